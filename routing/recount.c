/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * When the State Council revises a calendar, limits that are open end on other
 * days. At the first turn with another calendar every running clock is counted
 * anew, in one transaction; what moved is kept beside the case, and a clock
 * that now ends later is acted on again when it does.
 */
#include "routing/work.h"

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"

static enum reason recount_one(struct router *router, struct casefile *casefile,
                               struct deadline *deadline, struct fault *why)
{
    struct recount record = {.case_id = casefile->id,
                             .limit = deadline->limit,
                             .owner = deadline->owner,
                             .from = deadline->from,
                             .due_before = deadline->due,
                             .at = router->now};
    if (!procedure_recount(router->parts.procedures, router->parts.registry,
                           casefile, deadline))
        return R_OK;
    if (deadline->due >= router->now)
        deadline->reminded = 0;
    record.due_after = deadline->due;
    router->counts.recounted++;
    return recounts_put(router->parts.ledger, &record, why);
}

static enum reason recount_all(struct router *router, struct fault *why)
{
    AUTO(text) char *after = mem_text("");
    for (;;) {
        AUTO(casefile) struct casefile *casefile = NULL;
        TRY(recounts_next_case(router->parts.ledger, after, &casefile, why));
        if (!casefile)
            return R_OK;
        for (size_t i = 0; i < casefile->deadline_count; i++)
            TRY(recount_one(router, casefile, &casefile->deadlines[i], why));
        TRY(cases_put(router->parts.ledger, casefile, why));
        free(after);
        after = mem_text(casefile->id);
    }
}

static enum reason recount(struct router *router, const struct digest *calendar,
                           struct fault *why)
{
    struct digest then, none = {{0}};
    TRY(ledger_begin(router->parts.ledger, why));
    TRY(recounts_calendar(router->parts.ledger, &then, why));
    if (!digest_is_equal(&then, &none)) /* a new ledger has nothing to count */
        TRY(recount_all(router, why));
    TRY(recounts_set_calendar(router->parts.ledger, calendar, why));
    return ledger_commit(router->parts.ledger, why);
}

enum reason recount_deadlines(struct router *router, struct fault *why)
{
    struct digest then;
    struct digest now = procedures_calendar(router->parts.procedures);
    TRY(recounts_calendar(router->parts.ledger, &then, why));
    if (digest_is_equal(&then, &now))
        return R_OK;
    int64_t before = router->counts.recounted;
    enum reason reason = recount(router, &now, why);
    if (reason != R_OK) {
        ledger_rollback(router->parts.ledger);
        router->counts.recounted = before;
        return reason;
    }
    if (router->counts.recounted > before)
        log_event(LOG_INFO, "calendar revised: %lld open deadlines moved",
                  (long long)(router->counts.recounted - before));
    return cases_next_due(router->parts.ledger, &router->next_due, why);
}
