/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Judges one machine after it was read: every name that it uses exists, every
 * state can be reached and left, every clock can be started and ended, every
 * limit stands on an article, and no two acts could be meant by one letter.
 */
#include "routing/procedure_model.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "schemas/catalogue.h"

struct check {
    const struct machine *machine;
    const struct laws *laws;
    const struct words *roles;
    struct complaints *complaints;
};

static void need(const struct check *check, bool holds, int line,
                 const char *const sentence[2], const char *subject)
{
    if (!holds)
        complain(check->complaints, line, sentence[0], sentence[1],
                 subject ? subject : "");
}

#define SENTENCE(name, zh, en) static const char *const name[2] = {zh, en}

SENTENCE(no_role, "没有此当事方", "no such party");
SENTENCE(no_limit, "没有此期限", "no such limit");
SENTENCE(no_state, "没有此状态", "no such state");
SENTENCE(no_article, "law.xml 中没有此条文", "no such article in law.xml");
SENTENCE(no_type, "文书目录中没有此类型", "no such type in the catalogue");

static void need_roles(const struct check *check, const struct words *words,
                       int line)
{
    for (size_t i = 0; i < words->count; i++)
        need(check, machine_role(check->machine, words->items[i]), line,
             no_role, words->items[i]);
}

static void need_limits(const struct check *check, const struct words *words,
                        int line)
{
    for (size_t i = 0; i < words->count; i++)
        need(check, machine_limit(check->machine, words->items[i]), line,
             no_limit, words->items[i]);
}

static void need_article(const struct check *check, const char *article,
                         int line)
{
    need(check, !article || laws_find(check->laws, article), line, no_article,
         article);
}

/* --- parties and limits -----------------------------------------------------
 */

static void check_roles(const struct check *check)
{
    SENTENCE(twice, "当事方编号重复", "the party is there twice");
    SENTENCE(unknown, "登记册没有此类机关", "no such role in the registry");
    for (size_t i = 0; i < check->machine->role_count; i++) {
        const struct role *role = &check->machine->roles[i];
        need(check, machine_role(check->machine, role->id) == role, role->line,
             twice, role->id);
        need(check,
             !role->same_level ||
                 machine_role(check->machine, role->same_level),
             role->line, no_role, role->same_level);
        for (size_t k = 0; k < role->roles.count; k++)
            need(check, words_has(check->roles, role->roles.items[k]),
                 role->line, unknown, role->roles.items[k]);
    }
}

static void check_measure(const struct check *check,
                          const struct measure *measure, int line)
{
    SENTENCE(bare, "法定或者地方期限须写明条文",
             "a statutory or local limit needs its article");
    SENTENCE(hours, "按小时、工作日计算的期限不顺延",
             "hours and working days are not shifted");
    SENTENCE(rhythm, "due-on 须配合 P1M、P3M 或者 P1Y（后者写月日）",
             "due-on goes with P1M or P3M, or month and day with P1Y");
    const struct period *period = &measure->period;
    bool yearly = period->unit == PERIOD_YEARS && period->count == 1;
    bool monthly = period->unit == PERIOD_MONTHS &&
                   (period->count == 1 || period->count == 3);
    need(check,
         !measure->due_on.day || (measure->due_on.month ? yearly : monthly),
         line, rhythm, measure->period_text);
    need(check, measure->article || strcmp(measure->force, "none") == 0, line,
         bare, measure->period_text);
    need(check,
         !measure->shift || (measure->period.unit != PERIOD_HOURS &&
                             measure->period.unit != PERIOD_WORKING_DAYS),
         line, hours, measure->period_text);
    need_article(check, measure->article, line);
}

static void check_expiry(const struct check *check, const struct limit *limit)
{
    SENTENCE(offer, "offers 须同时写明 by、zh、en",
             "offers needs by, zh and en");
    const struct expiry *expiry = &limit->expiry;
    need_roles(check, &expiry->tells, limit->line);
    need_article(check, expiry->article, limit->line);
    need(check, !expiry->by || machine_role(check->machine, expiry->by),
         limit->line, no_role, expiry->by);
    need(check,
         !expiry->offers || (expiry->by && expiry->name.zh && expiry->name.en),
         limit->line, offer, limit->id);
}

/* What a limit of an earliest day may not be as well. */
static void check_kind(const struct check *check, const struct limit *limit)
{
    SENTENCE(idle, "无人被提醒的期限不应有 warn",
             "nobody is reminded of this limit: no warn");
    need(check, !limit->warn_text || (limit->duty && !limit->earliest),
         limit->line, idle, limit->warn_text);
}

static bool is_used(const struct machine *machine, const char *limit)
{
    for (size_t i = 0; i < machine->accept_count; i++) {
        const struct accept *accept = &machine->accepts[i];
        if (words_has(&accept->starts, limit) ||
            (accept->within && strcmp(accept->within, limit) == 0))
            return true;
        for (size_t k = 0; k < accept->extend_count; k++)
            if (strcmp(accept->extends[k].to, limit) == 0)
                return true;
    }
    return false;
}

static bool is_ended(const struct machine *machine, const char *limit)
{
    for (size_t i = 0; i < machine->accept_count; i++)
        if (words_has(&machine->accepts[i].meets, limit) ||
            words_has(&machine->accepts[i].cancels, limit) ||
            (machine->accepts[i].within &&
             strcmp(machine->accepts[i].within, limit) == 0) ||
            words_has(&machine->accepts[i].not_before, limit))
            return true;
    return false;
}

static void check_limits(const struct check *check)
{
    SENTENCE(twice, "期限编号重复", "the limit is there twice");
    SENTENCE(unused, "没有文书启动此期限", "no letter starts this limit");
    SENTENCE(endless, "没有文书履行或者取消此期限",
             "no letter meets or cancels this limit");
    const struct machine *machine = check->machine;
    for (size_t i = 0; i < machine->limit_count; i++) {
        const struct limit *limit = &machine->limits[i];
        need(check, machine_limit(machine, limit->id) == limit, limit->line,
             twice, limit->id);
        need_roles(check, &limit->owners, limit->line);
        check_measure(check, &limit->measure, limit->line);
        for (size_t k = 0; k < limit->variant_count; k++)
            check_measure(check, &limit->variants[k].measure,
                          limit->variants[k].line);
        check_expiry(check, limit);
        check_kind(check, limit);
        need(check, is_used(machine, limit->id), limit->line, unused,
             limit->id);
        need(check, !limit->duty || is_ended(machine, limit->id), limit->line,
             endless, limit->id);
    }
}

/* --- acts -------------------------------------------------------------------
 */

/* Whether some act of the machine is a letter of this type. */
static bool is_said(const struct machine *machine, const char *type)
{
    for (size_t i = 0; i < machine->accept_count; i++)
        if (strcmp(machine->accepts[i].type, type) == 0)
            return true;
    return false;
}

static void check_types(const struct check *check, const struct accept *accept)
{
    SENTENCE(cross, "回执、拒收、提醒不属于任何程序",
             "receipts, refusals and reminders belong to no procedure");
    SENTENCE(unsaid, "程序中没有被答复的文书",
             "the letter answered is not in this procedure");
    const struct message_type *type = catalogue_find(accept->type);
    need(check, type, accept->line, no_type, accept->type);
    need(check, !type || !type->cross_cutting, accept->line, cross,
         accept->type);
    for (size_t i = 0; i < accept->answers.count; i++)
        need(check, is_said(check->machine, accept->answers.items[i]),
             accept->line, unsaid, accept->answers.items[i]);
}

static void check_copies(const struct check *check, const struct accept *accept)
{
    SENTENCE(held, "必须抄送的不能另有条件",
             "what must be copied can have no condition of its own");
    for (size_t i = 0; i < accept->copy_count; i++) {
        const struct copy *copy = &accept->copies[i];
        need(check, machine_role(check->machine, copy->party), copy->line,
             no_role, copy->party);
        need(check,
             copy->need == NEED_RULE ||
                 (!copy->when.condition && copy->regions.count == 0),
             copy->line, held, copy->party);
    }
}

/* Who gets the letter, as a word list cannot be asked of two lists. */
static bool receives(const struct accept *accept, const char *role)
{
    for (size_t i = 0; i < accept->copy_count; i++)
        if (strcmp(accept->copies[i].party, role) == 0)
            return true;
    return words_has(&accept->to, role);
}

static void check_starts(const struct check *check, const struct accept *accept)
{
    SENTENCE(deaf, "期限自签收起算，但义务方收不到此文书",
             "counted from delivery to a party that does not get the letter");
    for (size_t i = 0; i < accept->starts.count; i++) {
        const struct limit *limit =
            machine_limit(check->machine, accept->starts.items[i]);
        if (!limit || limit->counted != COUNTED_DELIVERED)
            continue;
        for (size_t k = 0; k < limit->owners.count; k++)
            need(check, receives(accept, limit->owners.items[k]), accept->line,
                 deaf, limit->id);
    }
}

static void check_clocks(const struct check *check, const struct accept *accept)
{
    SENTENCE(alien, "发送方不是此期限的义务方",
             "the sender does not owe this limit");
    SENTENCE(undecided, "within 的期限须自决定起算",
             "a limit of within is counted from the decision");
    const struct limit *within = machine_limit(check->machine, accept->within);
    need(check, !accept->within || within, accept->line, no_limit,
         accept->within);
    need(check, !within || within->counted == COUNTED_DECIDED, accept->line,
         undecided, accept->within);
    need(check, !within || words_meet(&within->owners, &accept->from),
         accept->line, alien, accept->within);
    need_limits(check, &accept->meets, accept->line);
    need_limits(check, &accept->cancels, accept->line);
    need_limits(check, &accept->starts, accept->line);
    need_limits(check, &accept->pauses, accept->line);
    need_limits(check, &accept->resumes, accept->line);
    for (size_t i = 0; i < accept->meets.count; i++) {
        const struct limit *met =
            machine_limit(check->machine, accept->meets.items[i]);
        need(check,
             !met || accept->follows || words_meet(&met->owners, &accept->from),
             accept->line, alien, accept->meets.items[i]);
    }
    for (size_t i = 0; i < accept->extend_count; i++) {
        const struct extend *extend = &accept->extends[i];
        need(check, machine_limit(check->machine, extend->limit), extend->line,
             no_limit, extend->limit);
        need(check, machine_limit(check->machine, extend->to), extend->line,
             no_limit, extend->to);
    }
    check_starts(check, accept);
}

/* An earliest day holds back; every other limit drives. */
static void check_not_before(const struct check *check,
                             const struct accept *accept)
{
    SENTENCE(driving, "not-before 的期限须写 earliest=\"yes\"",
             "a limit of not-before needs earliest=\"yes\"");
    SENTENCE(met, "earliest 期限不能被履行，只能用于 not-before",
             "an earliest limit is not met; it is for not-before");
    const struct words *limits = &accept->not_before;
    need_limits(check, limits, accept->line);
    for (size_t i = 0; i < limits->count; i++) {
        const struct limit *limit =
            machine_limit(check->machine, limits->items[i]);
        need(check, !limit || limit->earliest, accept->line, driving,
             limits->items[i]);
    }
    for (size_t i = 0; i < accept->meets.count; i++) {
        const struct limit *limit =
            machine_limit(check->machine, accept->meets.items[i]);
        need(check, !limit || !limit->earliest, accept->line, met,
             accept->meets.items[i]);
    }
}

static void check_accept(const struct check *check, const struct accept *accept)
{
    const struct machine *machine = check->machine;
    check_types(check, accept);
    need_roles(check, &accept->from, accept->line);
    need_roles(check, &accept->to, accept->line);
    for (size_t i = 0; i < accept->in.count; i++)
        need(check, machine_state(machine, accept->in.items[i]), accept->line,
             no_state, accept->in.items[i]);
    need(check, !accept->next || machine_state(machine, accept->next),
         accept->line, no_state, accept->next);
    need(check, !accept->becomes || machine_role(machine, accept->becomes),
         accept->line, no_role, accept->becomes);
    need(check,
         !accept->once_settled || machine_limit(machine, accept->once_settled),
         accept->line, no_limit, accept->once_settled);
    need(check,
         !accept->while_open || machine_limit(machine, accept->while_open),
         accept->line, no_limit, accept->while_open);
    check_not_before(check, accept);
    need_article(check, accept->article, accept->line);
    check_copies(check, accept);
    check_clocks(check, accept);
}

/* --- states -----------------------------------------------------------------
 */

static bool leads_out(const struct machine *machine, const char *state)
{
    for (size_t i = 0; i < machine->accept_count; i++) {
        const struct accept *accept = &machine->accepts[i];
        if (words_has(&accept->in, state) &&
            strcmp(accept_next(accept, state), state) != 0)
            return true;
    }
    return false;
}

/* Marks what one more step reaches; false when nothing was new. */
static bool spread(const struct machine *machine, bool *reached)
{
    bool grew = false;
    for (size_t s = 0; s < machine->state_count; s++)
        for (size_t i = 0; reached[s] && i < machine->accept_count; i++) {
            const struct accept *accept = &machine->accepts[i];
            const struct state *next = machine_state(machine, accept->next);
            if (!next || !words_has(&accept->in, machine->states[s].id))
                continue;
            size_t place = (size_t)(next - machine->states);
            grew = grew || !reached[place];
            reached[place] = true;
        }
    return grew;
}

static void check_states(const struct check *check)
{
    SENTENCE(twice, "状态编号重复", "the state is there twice");
    SENTENCE(island, "无法到达此状态", "the state cannot be reached");
    SENTENCE(stuck, "此状态没有出路（若为终局，写 final=\"yes\"）",
             "no way out of the state (if it is the end, say final=\"yes\")");
    const struct machine *machine = check->machine;
    bool *reached = mem_new(machine->state_count, sizeof *reached);
    reached[0] = true;
    while (spread(machine, reached))
        continue;
    for (size_t i = 0; i < machine->state_count; i++) {
        const struct state *state = &machine->states[i];
        need(check, machine_state(machine, state->id) == state, state->line,
             twice, state->id);
        need(check, reached[i], state->line, island, state->id);
        need(check, state->final || leads_out(machine, state->id), state->line,
             stuck, state->id);
    }
    free(reached);
}

void machine_check(const struct machine *machine, const struct laws *laws,
                   const struct words *roles, struct complaints *complaints)
{
    const struct check check = {machine, laws, roles, complaints};
    check_roles(&check);
    check_limits(&check);
    for (size_t i = 0; i < machine->accept_count; i++)
        check_accept(&check, &machine->accepts[i]);
    check_states(&check);
    machine_check_ambiguity(machine, complaints);
}
