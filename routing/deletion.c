/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The plan. Deny by default: a case whose procedure or state is not known, or
 * one of whose linked cases is open, is not touched.
 */
#include "routing/deletion.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "routing/procedure_model.h"
#include "schemas/catalogue.h"

/* The case whose letters are looked at. */
struct looking {
    const struct deletion_parts *parts;
    struct retention_plan *plan;
    struct retention_case about;
    char *procedure, *state;
};

static void looking_done(struct looking *looking)
{
    free(looking->procedure);
    free(looking->state);
    buf_done(&looking->about.detail);
}
AUTO_VALUE(looking, looking_done)

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
    struct retention_case *about = &looking->about;
    bool itself = strcmp(row->id, about->case_id) == 0;
    (void)why;
    if (itself) {
        about->procedure = looking->procedure = mem_text(row->procedure);
        about->state = looking->state = mem_text(row->state);
        about->from = row->changed_at;
    }
    if (!is_closed(looking, row))
        retention_case_hold(about, itself ? RETENTION_OPEN : RETENTION_LINKED,
                            itself ? "" : row->id);
    else if (row->has_clock)
        retention_case_hold(about, RETENTION_CLOCK, itself ? "" : row->id);
    return R_OK;
}

/* A record can name only what has a lawful id and type. */
static enum reason see_letter(void *context, const struct kept_row *row,
                              struct fault *why)
{
    struct looking *looking = context;
    (void)why;
    if (!uuid_is_valid(row->id) || !catalogue_find(row->type))
        return R_OK;
    struct kept_letter kept = {.side = RETENTION_CENTRE,
                               .role = "exchange",
                               .procedure = looking->procedure,
                               .type = row->type};
    struct planned_letter letter = {.position = row->position,
                                    .row = row->position,
                                    .side = "letters",
                                    .id = (char *)row->id,
                                    .type = (char *)row->type,
                                    .digest = row->digest,
                                    .size = row->size};
    retention_plan_add(looking->plan, &looking->about,
                       retention_find(looking->parts->retention, &kept),
                       &letter);
    return R_OK;
}

static enum reason plan_case(const struct deletion_parts *parts,
                             const char *case_id, struct retention_plan *plan,
                             struct fault *why)
{
    AUTO(looking) struct looking looking = {
        .parts = parts, .plan = plan, .about.case_id = case_id};
    AUTO(buf) struct buf reason = {0};
    TRY(holds_find(parts->ledger, case_id, &reason, why));
    if (reason.size > 0)
        retention_case_hold(&looking.about, RETENTION_HELD, buf_text(&reason));
    TRY(deletions_kin(parts->ledger, case_id, see_kin, &looking, why));
    if (!looking.procedure)
        return fault(why, R_NOT_FOUND, "%s", case_id);
    return deletions_kept(parts->ledger, case_id, see_letter, &looking, why);
}

struct walk {
    const struct deletion_parts *parts;
    struct retention_plan *plan;
};

static enum reason see_case(void *context, const char *id, struct fault *why)
{
    const struct walk *walk = context;
    return plan_case(walk->parts, id, walk->plan, why);
}

enum reason deletion_plan(const struct deletion_parts *parts,
                          const char *case_id, struct retention_plan *out,
                          struct fault *why)
{
    struct walk walk = {.parts = parts, .plan = out};
    return case_id ? plan_case(parts, case_id, out, why)
                   : deletions_cases(parts->ledger, see_case, &walk, why);
}
