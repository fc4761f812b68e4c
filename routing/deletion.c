/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The plan. Deny by default: a case whose procedure or state is not known, or
 * one of whose linked cases is open, is not touched.
 */
#include "routing/deletion.h"

#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/mem.h"
#include "routing/procedure_model.h"
#include "schemas/catalogue.h"

static const struct {
    const char *code, *chinese, *english;
} holds[] = {
    [DELETION_FREE] = {"", "", ""},
    [DELETION_OPEN] = {"open", "案件未结", "the case is open"},
    [DELETION_CLOCK] = {"clock", "期限仍在计算", "a clock still runs"},
    [DELETION_LINKED] = {"linked", "关联案件未结", "a linked case is open"},
    [DELETION_HELD] = {"held", "已被冻结", "held"},
};

const char *deletion_hold_code(enum deletion_hold hold)
{
    return holds[hold].code;
}

const char *deletion_hold_words(enum deletion_hold hold)
{
    return say(holds[hold].chinese, holds[hold].english);
}

static void line_done(struct deletion_line *line)
{
    for (size_t i = 0; i < line->count; i++) {
        free(line->letters[i].id);
        free(line->letters[i].type);
    }
    free(line->letters);
    free(line->case_id);
    free(line->procedure);
    free(line->state);
    free(line->detail);
}

void deletion_plan_done(struct deletion_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        line_done(&plan->lines[i]);
    free(plan->lines);
    *plan = (struct deletion_plan){0};
}

/* What is known of the case whose letters are looked at. */
struct looking {
    const struct deletion_parts *parts;
    struct deletion_plan *plan;
    const char *case_id;
    size_t first; /* line of this case */
    char *procedure, *state;
    instant closed_at;
    enum deletion_hold hold;
    struct buf detail;
};

static void looking_done(struct looking *looking)
{
    free(looking->procedure);
    free(looking->state);
    buf_done(&looking->detail);
}
AUTO_VALUE(looking, looking_done)

static void hold(struct looking *looking, enum deletion_hold because,
                 const char *detail)
{
    if (looking->hold != DELETION_FREE)
        return;
    looking->hold = because;
    buf_put_text(&looking->detail, detail);
}

static bool is_closed(const struct looking *looking, const struct kin_row *row)
{
    const struct machine *machine =
        machine_find(looking->parts->procedures, row->procedure);
    const struct state *state =
        machine ? machine_state(machine, row->state) : NULL;
    return state && state->final;
}

static enum reason see_kin(void *context, const struct kin_row *row,
                           struct fault *why)
{
    struct looking *looking = context;
    (void)why;
    bool itself = strcmp(row->id, looking->case_id) == 0;
    if (itself) {
        looking->procedure = mem_text(row->procedure);
        looking->state = mem_text(row->state);
        looking->closed_at = row->changed_at;
    }
    if (!is_closed(looking, row))
        hold(looking, itself ? DELETION_OPEN : DELETION_LINKED,
             itself ? "" : row->id);
    else if (row->has_clock)
        hold(looking, DELETION_CLOCK, itself ? "" : row->id);
    return R_OK;
}

static struct deletion_line *line_for(struct looking *looking,
                                      const struct retention_rule *rule)
{
    struct deletion_plan *plan = looking->plan;
    for (size_t i = looking->first; i < plan->count; i++)
        if (plan->lines[i].rule == rule)
            return &plan->lines[i];
    plan->lines = mem_resize(plan->lines, plan->count + 1, sizeof *plan->lines);
    struct deletion_line *line = &plan->lines[plan->count++];
    *line = (struct deletion_line){
        .case_id = mem_text(looking->case_id),
        .procedure = mem_text(looking->procedure),
        .state = mem_text(looking->state),
        .rule = rule,
        .closed_at = looking->closed_at,
        .ends = retention_ends(rule, looking->closed_at),
        .hold = looking->hold,
        .detail = mem_text(buf_text(&looking->detail)),
    };
    return line;
}

/* A record can name only what has a lawful id and type. */
static enum reason see_letter(void *context, const struct kept_row *row,
                              struct fault *why)
{
    struct looking *looking = context;
    (void)why;
    if (!uuid_is_valid(row->id) || !catalogue_find(row->type))
        return R_OK;
    struct kept_letter letter = {.side = RETENTION_CENTRE,
                                 .role = "exchange",
                                 .procedure = looking->procedure,
                                 .type = row->type};
    struct deletion_line *line =
        line_for(looking, retention_find(looking->parts->retention, &letter));
    line->letters =
        mem_resize(line->letters, line->count + 1, sizeof *line->letters);
    line->letters[line->count++] = (struct planned_letter){
        .position = row->position,
        .size = row->size,
        .id = mem_text(row->id),
        .type = mem_text(row->type),
        .digest = row->digest,
    };
    line->bytes += row->size;
    return R_OK;
}

static enum reason plan_case(const struct deletion_parts *parts,
                             const char *case_id, struct deletion_plan *plan,
                             struct fault *why)
{
    AUTO(looking) struct looking looking = {
        .parts = parts, .plan = plan, .case_id = case_id, .first = plan->count};
    AUTO(buf) struct buf reason = {0};
    TRY(holds_find(parts->ledger, case_id, &reason, why));
    if (reason.size > 0)
        hold(&looking, DELETION_HELD, buf_text(&reason));
    TRY(deletions_kin(parts->ledger, case_id, see_kin, &looking, why));
    if (!looking.procedure)
        return fault(why, R_NOT_FOUND, "%s", case_id);
    return deletions_kept(parts->ledger, case_id, see_letter, &looking, why);
}

struct walk {
    const struct deletion_parts *parts;
    struct deletion_plan *plan;
};

static enum reason see_case(void *context, const char *id, struct fault *why)
{
    const struct walk *walk = context;
    return plan_case(walk->parts, id, walk->plan, why);
}

enum reason deletion_plan(const struct deletion_parts *parts,
                          const char *case_id, struct deletion_plan *out,
                          struct fault *why)
{
    struct walk walk = {.parts = parts, .plan = out};
    return case_id ? plan_case(parts, case_id, out, why)
                   : deletions_cases(parts->ledger, see_case, &walk, why);
}

bool deletion_is_due(const struct deletion_line *line, instant now)
{
    return line->hold == DELETION_FREE && line->ends <= now;
}
