/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Clocks. The instants that the law names are kept apart: when the act was
 * decided (by the sender's word), when it was received here, and when it
 * reached the party that must act (its delivery receipt). What a sender says of
 * its own time is never later than our receipt.
 *
 * A late act ends its clock like any other and is marked late.
 */
#include "routing/procedure_clock.h"

#include <string.h>

#include "routing/procedure_due.h"

bool clock_holds_back(const struct deadline *deadline,
                      const struct message *message)
{
    return deadline->status != DEADLINE_RUNNING ||
           !period_has_passed(deadline->due, message_sent_at(message));
}

bool clocks_are_open(const struct casefile *casefile, const char *limit)
{
    for (size_t i = 0; i < casefile->deadline_count; i++)
        if (deadline_is_open(&casefile->deadlines[i]) &&
            strcmp(casefile->deadlines[i].limit, limit) == 0)
            return true;
    return false;
}

/* --- which instant ----------------------------------------------------------
 */

static instant earlier(instant a, instant b)
{
    return a < b ? a : b;
}

static instant decided_at(const struct act *act)
{
    instant at;
    return message_has_decided_at(act->question.message, &at)
               ? earlier(at, act->received)
               : act->received;
}

/* The text at "acceptance/acceptedAt" in the body, or NULL. */
static const char *text_at(const struct message *message, const char *path)
{
    const struct element *at = message_body(message);
    size_t length = strcspn(path, "/");
    if (!at || strlen(element_name(at)) != length ||
        strncmp(element_name(at), path, length) != 0)
        return NULL;
    while (at && path[length] == '/') {
        path += length + 1;
        length = strcspn(path, "/");
        char name[64];
        if (length >= sizeof name)
            return NULL;
        memcpy(name, path, length);
        name[length] = '\0';
        at = element_first(at, name);
    }
    return at ? element_text(at) : NULL;
}

/* A date means its last second: who acts on that day is in time. */
static bool read_time(const char *text, bool is_end, instant *out)
{
    struct civil_day day;
    if (!text)
        return false;
    if (civil_day_parse(text, &day)) {
        *out =
            civil_day_start(day) + (is_end ? INSTANT_DAY - INSTANT_SECOND : 0);
        return true;
    }
    return instant_parse(text, out, NULL) == R_OK;
}

static instant start_of(const struct act *act, const struct limit *limit)
{
    instant said;
    if (limit->start_in &&
        read_time(text_at(act->question.message, limit->start_in), false,
                  &said))
        return earlier(said, act->received);
    return limit->counted == COUNTED_DECIDED ? decided_at(act) : act->received;
}

/* --- which clock ------------------------------------------------------------
 */

static struct due_of due_of(const struct act *act, const struct limit *limit,
                            const char *owner)
{
    return (struct due_of){.procedures = act->question.procedures,
                           .registry = act->question.registry,
                           .limit = limit,
                           .owner = owner,
                           .opened_at = act->casefile->opened_at};
}

/* --- what an act does -------------------------------------------------------
 */

/* So that letters without end never make clocks without end. */
static void make_room(struct casefile *casefile, const char *limit,
                      const char *owner)
{
    struct deadline *oldest = NULL;
    size_t count = 0;
    for (size_t i = 0; i < casefile->deadline_count; i++) {
        struct deadline *deadline = &casefile->deadlines[i];
        if (!deadline_is_open(deadline) ||
            strcmp(deadline->limit, limit) != 0 ||
            strcmp(deadline->owner, owner) != 0)
            continue;
        oldest = oldest ? oldest : deadline;
        count++;
    }
    if (count >= PROCEDURE_OPEN_PER_LIMIT)
        oldest->status = DEADLINE_CANCELLED;
}

/* The end of the clock of this limit that the letter itself has just met. */
static instant end_of_predecessor(const struct act *act,
                                  const struct limit *limit, const char *owner)
{
    instant end = 0;
    for (size_t i = 0; i < act->casefile->deadline_count; i++) {
        const struct deadline *deadline = &act->casefile->deadlines[i];
        if (deadline->met_by == act->position &&
            strcmp(deadline->limit, limit->id) == 0 &&
            strcmp(deadline->owner, owner) == 0 && deadline->due > end)
            end = deadline->due;
    }
    return end;
}

static enum reason start_one(struct act *act, const struct limit *limit,
                             const char *owner, struct fault *why)
{
    const struct due_of of = due_of(act, limit, owner);
    struct deadline deadline = {
        .limit = (char *)(size_t)limit->id,
        .owner = (char *)(size_t)owner,
        .from = act->position,
        .status = DEADLINE_RUNNING,
    };
    if (limit->due_in &&
        read_time(text_at(act->question.message, limit->due_in), true,
                  &deadline.due)) {
        deadline.start = act->received;
        deadline.warn = due_warning(&of, &deadline);
    } else if (limit->counted == COUNTED_DELIVERED) {
        deadline.status = DEADLINE_WAITING;
    } else {
        deadline.start = start_of(act, limit);
        TRY(due_compute(&of, &deadline, end_of_predecessor(act, limit, owner),
                        why));
    }
    make_room(act->casefile, limit->id, owner);
    casefile_add_deadline(act->casefile, &deadline);
    return R_OK;
}

static bool is_recipient(const struct act *act, const char *agency)
{
    for (size_t i = 0; i < act->effect->recipient_count; i++)
        if (strcmp(act->effect->recipients[i], agency) == 0)
            return true;
    return false;
}

enum reach { TO_RECIPIENTS, TO_SENDER, TO_ALL, REACH_COUNT };

static bool is_reached(const struct act *act, const char *agency,
                       enum reach reach)
{
    if (reach == TO_RECIPIENTS)
        return is_recipient(act, agency);
    return reach == TO_ALL ||
           strcmp(agency, message_from(act->question.message)) == 0;
}

/*
 * The owners are those whom the letter reaches; if none of them owes the
 * limit, the sender; else every party of the case that does.
 */
static enum reason start_limit(struct act *act, const struct limit *limit,
                               struct fault *why)
{
    size_t started = 0;
    for (enum reach reach = 0; started == 0 && reach < REACH_COUNT; reach++)
        for (size_t i = 0; i < act->casefile->party_count; i++) {
            const struct party *party = &act->casefile->parties[i];
            if (!words_has(&limit->owners, party->as) ||
                !is_reached(act, party->agency, reach))
                continue;
            TRY(start_one(act, limit, party->agency, why));
            started++;
        }
    return R_OK;
}

static void meet(struct act *act, struct deadline *deadline, instant at)
{
    bool late = deadline->status == DEADLINE_RUNNING &&
                period_has_passed(deadline->due, at);
    deadline->status = late ? DEADLINE_MET_LATE : DEADLINE_MET;
    deadline->met_by = act->position;
    act->effect->late = act->effect->late || late;
}

/* The limit of this very letter: decided, then sent in time or late. */
static enum reason run_within(struct act *act, struct fault *why)
{
    const struct message *message = act->question.message;
    const struct limit *limit =
        machine_limit(act->choice.machine, act->choice.accept->within);
    instant decided;
    if (!limit || !message_has_decided_at(message, &decided))
        return R_OK;
    TRY(start_one(act, limit, message_from(message), why));
    meet(act, &act->casefile->deadlines[act->casefile->deadline_count - 1],
         act->received);
    return R_OK;
}

static void run_meets(struct act *act)
{
    const struct words *meets = &act->choice.accept->meets;
    const char *sender = message_from(act->question.message);
    for (size_t i = 0; i < act->casefile->deadline_count; i++) {
        struct deadline *deadline = &act->casefile->deadlines[i];
        if (!deadline_is_open(deadline) || !words_has(meets, deadline->limit) ||
            strcmp(deadline->owner, sender) != 0)
            continue;
        const struct limit *limit =
            machine_limit(act->choice.machine, deadline->limit);
        bool decided = limit && limit->met_when_decided;
        meet(act, deadline, decided ? decided_at(act) : act->received);
    }
}

static void run_cancels(struct act *act)
{
    for (size_t i = 0; i < act->casefile->deadline_count; i++) {
        struct deadline *deadline = &act->casefile->deadlines[i];
        if (deadline_is_open(deadline) &&
            words_has(&act->choice.accept->cancels, deadline->limit))
            deadline->status = DEADLINE_CANCELLED;
    }
}

/* The longer limit takes the place of the shorter, from the same start. */
static enum reason extend_one(struct act *act, size_t place,
                              const struct limit *limit, struct fault *why)
{
    struct deadline longer = act->casefile->deadlines[place];
    longer.row = 0;
    longer.limit = (char *)(size_t)limit->id;
    longer.reminded = 0;
    const struct due_of of = due_of(act, limit, longer.owner);
    if (longer.status == DEADLINE_RUNNING)
        TRY(due_compute(&of, &longer, 0, why));
    act->casefile->deadlines[place].status = DEADLINE_CANCELLED;
    casefile_add_deadline(act->casefile, &longer);
    return R_OK;
}

static enum reason run_extends(struct act *act, struct fault *why)
{
    const struct accept *accept = act->choice.accept;
    const size_t before = act->casefile->deadline_count;
    for (size_t k = 0; k < accept->extend_count; k++)
        for (size_t i = 0; i < before; i++) {
            const struct deadline *deadline = &act->casefile->deadlines[i];
            if (!deadline_is_open(deadline) ||
                strcmp(deadline->limit, accept->extends[k].limit) != 0)
                continue;
            TRY(extend_one(
                act, i,
                machine_limit(act->choice.machine, accept->extends[k].to),
                why));
        }
    return R_OK;
}

/* --- stop and go ------------------------------------------------------------
 */

static void run_pauses(struct act *act)
{
    instant at = decided_at(act);
    for (size_t i = 0; i < act->casefile->deadline_count; i++) {
        struct deadline *deadline = &act->casefile->deadlines[i];
        if (deadline->status != DEADLINE_RUNNING ||
            !words_has(&act->choice.accept->pauses, deadline->limit) ||
            period_has_passed(deadline->due, at))
            continue;
        deadline->status = DEADLINE_PAUSED;
        deadline->paused = at > deadline->start ? at : deadline->start;
    }
}

static enum reason run_resumes(struct act *act, struct fault *why)
{
    for (size_t i = 0; i < act->casefile->deadline_count; i++) {
        struct deadline *deadline = &act->casefile->deadlines[i];
        const struct limit *limit =
            machine_limit(act->choice.machine, deadline->limit);
        if (!limit || deadline->status != DEADLINE_PAUSED ||
            !words_has(&act->choice.accept->resumes, deadline->limit))
            continue;
        const struct due_of of = due_of(act, limit, deadline->owner);
        instant at = decided_at(act);
        TRY(due_resume(&of, deadline,
                       at > deadline->paused ? at : deadline->paused, why));
    }
    return R_OK;
}

static void warn_of_haste(struct act *act, const struct deadline *deadline)
{
    const struct limit *limit =
        machine_limit(act->choice.machine, deadline->limit);
    buf_print(&act->effect->warning_zh, "早于允许的时间（%s）。",
              limit->name.zh);
    buf_print(&act->effect->warning_en, "Too early (%s). ", limit->name.en);
}

/* The act that waited: its earliest day has come, or it came too early. */
static void run_not_before(struct act *act)
{
    const struct words *limits = &act->choice.accept->not_before;
    for (size_t i = 0; limits->count && i < act->casefile->deadline_count;
         i++) {
        struct deadline *deadline = &act->casefile->deadlines[i];
        if (!deadline_is_open(deadline) || !words_has(limits, deadline->limit))
            continue;
        if (clock_holds_back(deadline, act->question.message))
            warn_of_haste(act, deadline);
        deadline->status = DEADLINE_CANCELLED;
    }
}

enum reason clocks_run(struct act *act, struct fault *why)
{
    const struct words *starts = &act->choice.accept->starts;
    TRY(run_within(act, why));
    run_meets(act);
    run_not_before(act);
    run_cancels(act);
    TRY(run_extends(act, why));
    run_pauses(act);
    TRY(run_resumes(act, why));
    for (size_t i = 0; i < starts->count; i++)
        TRY(start_limit(
            act, machine_limit(act->choice.machine, starts->items[i]), why));
    return R_OK;
}

size_t procedure_delivered(const struct procedures *procedures,
                           const struct registry *registry,
                           struct casefile *casefile, int64_t position,
                           const char *agency, instant received)
{
    const struct machine *machine =
        machine_find(procedures, casefile->procedure);
    size_t started = 0;
    for (size_t i = 0; machine && i < casefile->deadline_count; i++) {
        struct deadline *deadline = &casefile->deadlines[i];
        const struct limit *limit = machine_limit(machine, deadline->limit);
        if (!limit || deadline->status != DEADLINE_WAITING ||
            deadline->from != position || strcmp(deadline->owner, agency) != 0)
            continue;
        const struct due_of of = {procedures, registry, limit, agency,
                                  casefile->opened_at};
        deadline->start = received;
        if (due_compute(&of, deadline, 0, NULL) != R_OK)
            continue;
        deadline->status = DEADLINE_RUNNING;
        started++;
    }
    return started;
}
