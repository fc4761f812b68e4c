/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The record comes first: it is put into the log, and only then are the bodies
 * that it names emptied, in the same transaction. Nothing is ever missing
 * without a signed word about it.
 */
#include "routing/deletion.h"

#include <string.h>

#include "routing/work.h"

static enum reason put_record(struct router *router,
                              const struct retention_line *line, size_t from,
                              size_t count, int64_t *record, struct fault *why)
{
    AUTO(buf) struct buf body = {0};
    retention_put_record(&body, line, from, count, router->now);
    struct own_letter letter = {
        .type = RECORD_DELETION,
        .case_id = line->case_id,
        .to = router->parts.agency,
        .body_xml = buf_text(&body),
        .encoding = MESSAGE_XML,
        .kept = true,
    };
    TRY(own_send(router, &letter, record, why));
    for (size_t i = from; i < from + count; i++) {
        struct deletion deletion = {.position = line->letters[i].position,
                                    .size = line->letters[i].size,
                                    .record = *record,
                                    .at = router->now};
        snprintf(deletion.rule, sizeof deletion.rule, "%s", line->rule->id);
        TRY(deletions_put(router->parts.ledger, &deletion, why));
    }
    return R_OK;
}

static enum reason delete_line(struct router *router,
                               const struct retention_line *line,
                               int64_t *record, struct fault *why)
{
    for (size_t from = 0; from < line->count; from += RECORD_ENTRIES_MAX) {
        size_t left = line->count - from;
        TRY(put_record(router, line, from,
                       left < RECORD_ENTRIES_MAX ? left : RECORD_ENTRIES_MAX,
                       record, why));
    }
    return R_OK;
}

/* Behind the write lock: a letter may have opened the case again. */
static enum reason delete_case(const struct deletion_parts *parts,
                               const char *case_id, instant now, size_t *count,
                               int64_t *record, struct fault *why)
{
    AUTO(retention_plan) struct retention_plan plan = {0};
    struct router router = {
        .parts = {.agency = parts->agency,
                  .registry = parts->registry,
                  .procedures = parts->procedures,
                  .key = parts->key,
                  .ledger = parts->ledger},
        .now = now,
    };
    TRY(deletion_plan(parts, case_id, &plan, why));
    for (size_t i = 0; i < plan.count; i++) {
        if (!retention_is_due(&plan.lines[i], now))
            continue;
        TRY(delete_line(&router, &plan.lines[i], record, why));
        *count += plan.lines[i].count;
    }
    return R_OK;
}

enum reason deletion_run(const struct deletion_parts *parts,
                         const char *case_id, instant now, size_t *count,
                         int64_t *record, struct fault *why)
{
    *count = 0;
    *record = 0;
    TRY(ledger_begin(parts->ledger, why));
    enum reason reason = delete_case(parts, case_id, now, count, record, why);
    if (reason == R_OK)
        reason = ledger_commit(parts->ledger, why);
    if (reason != R_OK)
        ledger_rollback(parts->ledger);
    return reason;
}
