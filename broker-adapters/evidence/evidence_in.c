/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The files that come, a row for each entry of a manifest. The transfer is the
 * same for all entries with the same bytes; what is said of it is said of all
 * of them.
 */
#include "broker-adapters/evidence/evidence_rows.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "broker-adapters/mailbox/mailbox.h"

#define COLUMNS                                                                \
    "SELECT row, size, have, tries, sender, letter, sha256, sm3"               \
    " FROM evidence_in "
#define OF_TRANSFER " WHERE letter = ?1 AND sha256 = ?2 AND sender = ?3"

static enum reason read_one(struct sql_rows *rows, struct evidence_in *out,
                            struct fault *why)
{
    *out = (struct evidence_in){0};
    if (!sql_next(rows))
        return sql_check(rows, why);
    struct transfer *transfer = &out->transfer;
    out->row = sql_integer(rows, 0);
    out->size = sql_integer(rows, 1);
    out->have = sql_integer(rows, 2);
    out->tries = (int)sql_integer(rows, 3);
    snprintf(transfer->sender, sizeof transfer->sender, "%s",
             mailbox_text(rows, 4));
    snprintf(transfer->letter, sizeof transfer->letter, "%s",
             mailbox_text(rows, 5));
    out->sha256 = mailbox_digest(rows, 6);
    out->sm3 = mailbox_digest(rows, 7);
    digest_format(&out->sha256, transfer->sha256);
    return R_OK;
}

enum reason evidence_in_next(struct sql *mailbox, const char *state,
                             instant now, struct evidence_in *out,
                             struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   COLUMNS
                   "WHERE state = iif(?1 = 'untold', 'whole', ?1)"
                   " AND (?1 <> 'untold' OR told = 0) AND next_try <= ?2"
                   " ORDER BY size, row LIMIT 1",
                   SQL_VALUES(SQL_TEXT(state), SQL_INT(now)), &rows, why));
    return read_one(rows, out, why);
}

enum reason evidence_in_find(struct sql *mailbox,
                             const struct transfer *transfer,
                             struct evidence_in *out, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    struct digest sha256 = {0};
    (void)digest_parse(transfer->sha256, &sha256);
    TRY(sql_select(mailbox,
                   COLUMNS OF_TRANSFER " AND state = 'awaited' LIMIT 1",
                   SQL_VALUES(SQL_TEXT(transfer->letter), SQL_DIGEST(&sha256),
                              SQL_TEXT(transfer->sender)),
                   &rows, why));
    return read_one(rows, out, why);
}

/* One change of all rows of a transfer: its values follow ?4, ?5. */
static enum reason change(struct sql *mailbox, const char *text,
                          const struct transfer *transfer,
                          const struct sql_value values[2], struct fault *why)
{
    struct digest sha256 = {0};
    (void)digest_parse(transfer->sha256, &sha256);
    return sql_run(mailbox, text,
                   SQL_VALUES(SQL_TEXT(transfer->letter), SQL_DIGEST(&sha256),
                              SQL_TEXT(transfer->sender), values[0], values[1]),
                   why);
}

#define VALUES(first, second) ((const struct sql_value[2]){first, second})

enum reason evidence_in_pause(struct sql *mailbox,
                              const struct transfer *transfer, instant until,
                              const char *code, struct fault *why)
{
    return change(mailbox,
                  "UPDATE evidence_in SET next_try = ?4, code = ?5" OF_TRANSFER,
                  transfer, VALUES(SQL_INT(until), SQL_TEXT(code)), why);
}

enum reason evidence_in_there(struct sql *mailbox,
                              const struct transfer *transfer, int64_t there,
                              struct fault *why)
{
    return change(mailbox,
                  "UPDATE evidence_in SET there = ?4, code = ?5" OF_TRANSFER,
                  transfer, VALUES(SQL_INT(there), SQL_TEXT("")), why);
}

enum reason evidence_in_have(struct sql *mailbox,
                             const struct transfer *transfer, int64_t have,
                             int64_t rate, struct fault *why)
{
    return change(mailbox,
                  "UPDATE evidence_in SET have = ?4, rate = ?5,"
                  " code = ''" OF_TRANSFER,
                  transfer, VALUES(SQL_INT(have), SQL_INT(rate)), why);
}

enum reason evidence_in_mark(struct sql *mailbox,
                             const struct transfer *transfer, const char *state,
                             instant now, struct fault *why)
{
    return change(mailbox,
                  "UPDATE evidence_in SET state = ?4, next_try = 0, code = '',"
                  " whole_at = iif(?4 = 'whole', ?5, NULL)" OF_TRANSFER
                  " AND state IN ('awaited', 'here')",
                  transfer, VALUES(SQL_TEXT(state), SQL_INT(now)), why);
}

enum reason evidence_in_again(struct sql *mailbox,
                              const struct transfer *transfer, instant next,
                              const char *code, struct fault *why)
{
    return change(mailbox,
                  "UPDATE evidence_in SET state = 'awaited', have = 0,"
                  " tries = tries + 1, next_try = ?4, code = ?5" OF_TRANSFER
                  " AND state IN ('awaited', 'here')",
                  transfer, VALUES(SQL_INT(next), SQL_TEXT(code)), why);
}

enum reason evidence_in_told(struct sql *mailbox,
                             const struct transfer *transfer, struct fault *why)
{
    return change(mailbox,
                  "UPDATE evidence_in SET told = ?4, code = ?5" OF_TRANSFER,
                  transfer, VALUES(SQL_INT(1), SQL_TEXT("")), why);
}

void evidence_target_done(struct evidence_target *target)
{
    free(target->folder);
    free(target->name);
    *target = (struct evidence_target){0};
}

enum reason evidence_in_target(struct sql *mailbox,
                               const struct transfer *transfer, int64_t after,
                               struct evidence_target *out, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    struct digest sha256 = {0};
    *out = (struct evidence_target){0};
    (void)digest_parse(transfer->sha256, &sha256);
    TRY(sql_select(mailbox,
                   "SELECT e.row, e.folder, e.file, CASE"
                   " WHEN i.state = 'handed' THEN 2"
                   " WHEN h.incoming IS NOT NULL THEN 0 ELSE 1 END"
                   " FROM evidence_in e JOIN incoming i ON i.row = e.incoming"
                   " LEFT JOIN evidence_hold h ON h.incoming = e.incoming"
                   " WHERE letter = ?1 AND sha256 = ?2 AND e.sender = ?3"
                   " AND e.row > ?4 ORDER BY e.row LIMIT 1",
                   SQL_VALUES(SQL_TEXT(transfer->letter), SQL_DIGEST(&sha256),
                              SQL_TEXT(transfer->sender), SQL_INT(after)),
                   &rows, why));
    if (!sql_next(rows))
        return sql_check(rows, why);
    out->row = sql_integer(rows, 0);
    out->folder = mem_text(sql_text(rows, 1));
    out->name = mem_text(sql_text(rows, 2));
    out->time = (enum evidence_time)sql_integer(rows, 3);
    return R_OK;
}
