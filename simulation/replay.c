/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * One case, one world. The agencies of the case are those that the publication
 * names; a procuratorate, a court, a credit platform and a bank stand beside
 * them, because letters need addressees.
 *
 * Every dated letter is sent at 12:00 of its day, later ones of the same day a
 * minute after each other. Then the clocks run on for ninety days.
 */
#include "simulation/replay.h"

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "routing/ledger/history.h"
#include "simulation/confirm.h"
#include "simulation/world.h"

enum { RUN_ON_DAYS = 90, SENT_MAX = 200 };

/* A letter that was accepted, so that others can answer it. */
struct sent {
    const char *type, *from;
    struct sealed sealed;
};

struct scene {
    struct world *world;
    struct replay *replay;
    const struct procedures *procedures;
    struct sent sent[SENT_MAX];
    size_t sent_count;
    int64_t sequence;
    /* heard in this turn */
    struct message *refusal;
    struct message *fresh[64]; /* letters that recipients must confirm */
    char *recipients[64];
    size_t fresh_count;
};

static bool is_of_centre(const char *type)
{
    static const char *const own[] = {"submission-receipt", "delivery-receipt",
                                      "refusal", "overdue-reminder",
                                      "linked-case-notice"};
    for (size_t i = 0; i < COUNT_OF(own); i++)
        if (strcmp(own[i], type) == 0)
            return true;
    return false;
}

static void hear(void *context, const struct departure *departure)
{
    struct scene *scene = context;
    bool refused = strcmp(departure->type, "refusal") == 0;
    if (is_of_centre(departure->type) && !refused)
        return;
    struct message *message;
    if (message_parse(&message, departure->body, departure->size, NULL) != R_OK)
        abort();
    if (refused) {
        message_free(scene->refusal);
        scene->refusal = message;
    } else if (scene->fresh_count < COUNT_OF(scene->fresh)) {
        scene->recipients[scene->fresh_count] = mem_text(departure->recipient);
        scene->fresh[scene->fresh_count++] = message;
    } else {
        message_free(message);
    }
}

/* The recipient's adapter has it, one second later. */
static enum reason confirm(struct scene *scene, const struct message *letter,
                           const char *recipient, struct fault *why)
{
    char digest[DIGEST_TEXT_MAX];
    AUTO(sealed) struct sealed receipt = {0};
    const struct arrived arrived = {
        .id = message_id(letter),
        .digest = digest_format(message_digest(letter), digest),
        .type = message_type(letter),
        .case_id = message_case(letter)};
    const struct arrivals arrivals = {.recipient = recipient,
                                      .sender = message_from(letter),
                                      .letters = &arrived,
                                      .count = 1,
                                      .at = world_clock(scene->world)};
    TRY(confirm_make(&arrivals, world_key(scene->world, recipient), &receipt,
                     why));
    world_submit(scene->world, recipient, &receipt);
    return R_OK;
}

static enum reason confirm_all(struct scene *scene, struct fault *why)
{
    enum reason reason = R_OK;
    world_set_clock(scene->world, world_clock(scene->world) + INSTANT_SECOND);
    for (size_t i = 0; i < scene->fresh_count; i++) {
        if (reason == R_OK)
            reason = confirm(scene, scene->fresh[i], scene->recipients[i], why);
        message_free(scene->fresh[i]);
        free(scene->recipients[i]);
    }
    scene->fresh_count = 0;
    TRY(reason);
    return world_settle(scene->world, why);
}

static const struct sent *find_sent(const struct scene *scene,
                                    const char *types)
{
    for (size_t i = scene->sent_count; i-- > 0;)
        if (strstr(types, scene->sent[i].type))
            return &scene->sent[i];
    return NULL;
}

/* What a letter answers that was never published: an id that nobody has. */
#define NOBODY "00000000-0000-7000-8000-000000000000"
#define NOTHING                                                                \
    "0000000000000000000000000000000000000000000000000000000000000000"

static enum reason write_letter(struct scene *scene,
                                const struct step_letter *letter,
                                struct sealed *out, struct fault *why)
{
    AUTO(text) char *to = mem_text(letter->to);
    AUTO(text) char *copies = mem_text(letter->copies);
    const struct sent *asked = find_sent(scene, letter->answers);
    instant now = world_clock(scene->world);
    struct wish wish = {.type = letter->type,
                        .case_id = scene->replay->record->id,
                        .from = letter->from,
                        .set = letter->set,
                        .sequence = ++scene->sequence,
                        .sent_at = now,
                        .decided_at = now};
    if (*letter->answers) {
        wish.answers = asked ? asked->sealed.id : NOBODY;
        wish.answers_digest = asked ? asked->sealed.digest : NOTHING;
    }
    wish_split(to, wish.to);
    wish_split(copies, wish.copies);
    return letter_make(&wish, world_key(scene->world, letter->from), out, why);
}

static char *take_text(const struct element *parent, const char *name)
{
    const char *text = element_child_text(parent, name);
    return mem_text(text ? text : "");
}

static void note_refusal(struct scene *scene, struct step_result *result)
{
    const struct element *body = message_body(scene->refusal);
    result->outcome = STEP_REFUSED;
    result->code = take_text(body, "code");
    result->rule = take_text(body, "rule");
    result->article = take_text(body, "article");
    result->lawful_zh = take_text(body, "lawfulChinese");
    result->lawful_en = take_text(body, "lawfulEnglish");
    message_free(TAKE(scene->refusal));
}

static enum reason read_case(struct scene *scene, struct casefile **out,
                             struct fault *why)
{
    TRY(cases_find(world_ledger(scene->world), scene->replay->record->id, out,
                   why));
    if (!*out)
        return R_OK;
    struct casefile *casefile = *out;
    for (size_t i = 0; i < casefile->deadline_count; i++) {
        free(casefile->deadlines[i].limit);
        free(casefile->deadlines[i].owner);
    }
    casefile->deadline_count = 0;
    return history_deadlines(world_ledger(scene->world), casefile, why);
}

/* Which limit the letter met late, and by how much. */
static enum reason note_lateness(struct scene *scene, int64_t position,
                                 struct step_result *result, struct fault *why)
{
    AUTO(casefile) struct casefile *casefile = NULL;
    TRY(read_case(scene, &casefile, why));
    for (size_t i = 0; casefile && i < casefile->deadline_count; i++) {
        const struct deadline *deadline = &casefile->deadlines[i];
        struct limit_facts facts;
        if (deadline->met_by != position ||
            deadline->status != DEADLINE_MET_LATE ||
            !procedure_clock(scene->procedures, world_registry(scene->world),
                             casefile, deadline, &facts))
            continue;
        result->limit = mem_text(deadline->limit);
        result->limit_article = mem_text(facts.article);
        result->due = deadline->due;
        result->late_seconds =
            (world_clock(scene->world) - deadline->due) / INSTANT_SECOND;
        break;
    }
    return R_OK;
}

static enum reason note_acceptance(struct scene *scene,
                                   const struct sealed *sealed,
                                   struct step_result *result,
                                   struct fault *why)
{
    struct ledger *ledger = world_ledger(scene->world);
    AUTO(letter_row) struct letter_row row = {0};
    TRY(letters_find(ledger, result->letter.from, sealed->id, &row, why));
    struct step_row step = {0};
    bool found;
    TRY(history_step(ledger, scene->replay->record->id, row.letter.position,
                     &step, &found, why));
    result->outcome = found && step.late ? STEP_LATE : STEP_LAWFUL;
    step_row_done(&step);
    return note_lateness(scene, row.letter.position, result, why);
}

/* Clocks that run out on the way are acted on at their time. */
static enum reason advance_to(struct scene *scene, instant until,
                              struct fault *why)
{
    for (;;) {
        instant next;
        TRY(world_next_due(scene->world, &next, why));
        if (next > until)
            break;
        world_set_clock(scene->world, next);
        TRY(world_settle(scene->world, why));
    }
    world_set_clock(scene->world, until);
    return R_OK;
}

static enum reason send_step(struct scene *scene, struct step_result *result,
                             struct fault *why)
{
    instant noon =
        civil_day_start(result->step->day) + 12 * (instant)INSTANT_HOUR;
    instant minute = world_clock(scene->world) + INSTANT_MINUTE;
    TRY(advance_to(scene, noon > minute ? noon : minute, why));
    if (scene->sent_count == SENT_MAX)
        return fault(why, R_TOO_LARGE, "%s", scene->replay->record->id);
    struct sent *sent = &scene->sent[scene->sent_count];
    *sent =
        (struct sent){.type = result->letter.type, .from = result->letter.from};
    enum reason reason =
        write_letter(scene, &result->letter, &sent->sealed, why);
    if (reason == R_OK) {
        world_submit(scene->world, result->letter.from, &sent->sealed);
        reason = world_settle(scene->world, why);
    }
    if (reason != R_OK || scene->refusal) {
        if (scene->refusal)
            note_refusal(scene, result);
        scene->sequence--;
        sealed_done(&sent->sealed);
        return reason;
    }
    scene->sent_count++;
    TRY(note_acceptance(scene, &sent->sealed, result, why));
    return confirm_all(scene, why);
}

static enum reason play_step(struct scene *scene, size_t place,
                             const struct step_letters *letters,
                             struct fault *why)
{
    const struct record *record = scene->replay->record;
    struct step_result *result = &scene->replay->steps[place];
    result->step = &record->steps[place];
    result->outcome = STEP_NO_LETTER;
    if (!step_letters_find(letters, record, result->step, &result->letter)) {
        result->letter =
            (struct step_letter){.type = "",
                                 .chinese = "对照表中没有这一步骤",
                                 .english = "the table has no such step"};
        return R_OK;
    }
    if (!*result->letter.type)
        return R_OK;
    result->outcome = STEP_NO_DATE;
    return result->step->dated ? send_step(scene, result, why) : R_OK;
}

static void note_expiry(struct scene *scene, const struct casefile *casefile,
                        const struct deadline *deadline)
{
    struct replay *replay = scene->replay;
    struct limit_facts facts;
    if (deadline->status != DEADLINE_RUNNING || !deadline->reminded ||
        !procedure_clock(scene->procedures, world_registry(scene->world),
                         casefile, deadline, &facts) ||
        !facts.duty)
        return;
    replay->expired = mem_resize(replay->expired, replay->expired_count + 1,
                                 sizeof *replay->expired);
    replay->expired[replay->expired_count++] =
        (struct expired_clock){.limit = mem_text(deadline->limit),
                               .owner = mem_text(deadline->owner),
                               .article = mem_text(facts.article),
                               .due = deadline->due};
}

static enum reason finish(struct scene *scene, struct fault *why)
{
    AUTO(casefile) struct casefile *casefile = NULL;
    TRY(advance_to(
        scene, world_clock(scene->world) + RUN_ON_DAYS * (instant)INSTANT_DAY,
        why));
    TRY(read_case(scene, &casefile, why));
    scene->replay->procedure = mem_text(casefile ? casefile->procedure : "");
    scene->replay->state = mem_text(casefile ? casefile->state : "");
    for (size_t i = 0; casefile && i < casefile->deadline_count; i++)
        note_expiry(scene, casefile, &casefile->deadlines[i]);
    struct log_head head;
    return log_verify(world_ledger(scene->world), NULL, &head, why);
}

/* The day of the first dated step, or none. */
static bool first_day(const struct record *record, struct civil_day *out)
{
    bool found = false;
    for (size_t i = 0; i < record->step_count; i++) {
        const struct record_step *step = &record->steps[i];
        if (!step->dated ||
            (found && civil_day_number(step->day) >= civil_day_number(*out)))
            continue;
        *out = step->day;
        found = true;
    }
    return found;
}

static enum reason open_world(struct scene *scene,
                              const struct procedures *procedures,
                              struct fault *why)
{
    static const char *const roles[] = {
        "ecology", "police",   "procuratorate", "court",   "credit-platform",
        "bank",    "taxation", "central-bank",  "superior"};
    const struct record *record = scene->replay->record;
    struct agency agencies[COUNT_OF(roles)] = {0};
    const char *names[COUNT_OF(roles)] = {record->transferor, record->police};
    struct civil_day day = {2026, 1, 1};
    (void)first_day(record, &day);
    for (size_t i = 0; i < COUNT_OF(roles); i++)
        agencies[i] = (struct agency){
            .id = roles[i],
            .role = strcmp(roles[i], "superior") ? roles[i] : "ecology",
            .chinese = names[i] && *names[i] ? names[i] : roles[i],
            .english = roles[i],
            .level = "county"};
    struct world_plan plan = {.agencies = agencies,
                              .agency_count = COUNT_OF(agencies),
                              .procedures = procedures,
                              .opened = civil_day_start(day),
                              .threads = 1,
                              .ear = {hear, scene}};
    return world_open(&scene->world, &plan, why);
}

static enum reason play(struct scene *scene, const struct step_letters *letters,
                        struct fault *why)
{
    TRY(open_world(scene, scene->procedures, why));
    for (size_t i = 0; i < scene->replay->record->step_count; i++)
        TRY(play_step(scene, i, letters, why));
    return finish(scene, why);
}

enum reason replay_run(struct replay *out, const struct record *record,
                       const struct procedures *procedures,
                       const struct step_letters *letters, struct fault *why)
{
    struct scene *scene = mem_new(1, sizeof *scene);
    out->record = record;
    out->steps = mem_new(record->step_count, sizeof *out->steps);
    scene->replay = out;
    scene->procedures = procedures;
    enum reason reason = play(scene, letters, why);
    world_close(scene->world);
    for (size_t i = 0; i < scene->sent_count; i++)
        sealed_done(&scene->sent[i].sealed);
    for (size_t i = 0; i < scene->fresh_count; i++) {
        message_free(scene->fresh[i]);
        free(scene->recipients[i]);
    }
    message_free(scene->refusal);
    free(scene);
    return reason;
}
