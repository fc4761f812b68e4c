/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The files that go, a row for each letter and digest.
 */
#include "broker-adapters/evidence/evidence_rows.h"

#include <stdio.h>

#include "broker-adapters/mailbox/mailbox.h"

#define COLUMNS                                                                \
    "SELECT e.row, e.size, e.sealed_size, e.confirmed, e.letter, e.sha256,"    \
    " e.sealed FROM evidence_out e "

static enum reason read_one(struct sql_rows *rows, struct evidence_out *out,
                            struct fault *why)
{
    *out = (struct evidence_out){0};
    if (!sql_next(rows))
        return sql_check(rows, why);
    out->row = sql_integer(rows, 0);
    out->size = sql_integer(rows, 1);
    out->sealed_size = sql_integer(rows, 2);
    out->confirmed = sql_integer(rows, 3);
    snprintf(out->letter, sizeof out->letter, "%s", mailbox_text(rows, 4));
    out->sha256 = mailbox_digest(rows, 5);
    out->sealed = mailbox_digest(rows, 6);
    return R_OK;
}

/* A letter that its agency sent by other means than this mailbox has no row in
 * outgoing; it does not get here. */
enum reason evidence_out_next(struct sql *mailbox, const char *state,
                              instant now, struct evidence_out *out,
                              struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   COLUMNS "JOIN outgoing o ON o.id = e.letter"
                           " WHERE e.state = ?1 AND e.next_try <= ?2"
                           " AND o.state <> 'refused' AND (?1 <> 'sealed'"
                           "  OR o.state IN ('submitted', 'delivered'))"
                           " ORDER BY e.size, e.row LIMIT 1",
                   SQL_VALUES(SQL_TEXT(state), SQL_INT(now)), &rows, why));
    return read_one(rows, out, why);
}

enum reason evidence_out_find(struct sql *mailbox,
                              const struct transfer *transfer,
                              struct evidence_out *out, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    struct digest sha256 = {0};
    (void)digest_parse(transfer->sha256, &sha256);
    TRY(sql_select(
        mailbox,
        COLUMNS "WHERE e.letter = ?1 AND e.sha256 = ?2 AND e.state = 'sealed'",
        SQL_VALUES(SQL_TEXT(transfer->letter), SQL_DIGEST(&sha256)), &rows,
        why));
    return read_one(rows, out, why);
}

enum reason evidence_out_refused(struct sql *mailbox, struct evidence_out *out,
                                 struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   COLUMNS "JOIN outgoing o ON o.id = e.letter"
                           " WHERE e.state IN ('kept', 'missing', 'sealed')"
                           " AND o.state = 'refused' LIMIT 1",
                   SQL_NO_VALUES, &rows, why));
    return read_one(rows, out, why);
}

enum reason evidence_out_pause(struct sql *mailbox, int64_t row, instant until,
                               const char *code, struct fault *why)
{
    return sql_run(mailbox,
                   "UPDATE evidence_out SET next_try = ?2, code = ?3"
                   " WHERE row = ?1",
                   SQL_VALUES(SQL_INT(row), SQL_INT(until), SQL_TEXT(code)),
                   why);
}

enum reason evidence_out_mark(struct sql *mailbox, int64_t row,
                              const char *state, instant now, struct fault *why)
{
    return sql_run(mailbox,
                   "UPDATE evidence_out SET state = ?2, next_try = 0,"
                   " sent_at = iif(?2 = 'sent', ?3, sent_at),"
                   " confirmed = iif(?2 = 'sent', sealed_size,"
                   "  iif(?2 = 'sealed', confirmed, 0)),"
                   " code = iif(?2 = 'sent', '', code) WHERE row = ?1",
                   SQL_VALUES(SQL_INT(row), SQL_TEXT(state), SQL_INT(now)),
                   why);
}

enum reason evidence_out_sealed(struct sql *mailbox, int64_t row, int64_t size,
                                const struct digest *sealed, struct fault *why)
{
    return sql_run(mailbox,
                   "UPDATE evidence_out SET state = 'sealed', sealed_size = ?2,"
                   " sealed = ?3, confirmed = 0, next_try = 0, code = ''"
                   " WHERE row = ?1",
                   SQL_VALUES(SQL_INT(row), SQL_INT(size), SQL_DIGEST(sealed)),
                   why);
}

enum reason evidence_out_confirmed(struct sql *mailbox, int64_t row,
                                   int64_t offset, int64_t rate,
                                   struct fault *why)
{
    return sql_run(
        mailbox,
        "UPDATE evidence_out SET confirmed = ?2, rate = ?3, code = ''"
        " WHERE row = ?1 AND state = 'sealed'",
        SQL_VALUES(SQL_INT(row), SQL_INT(offset), SQL_INT(rate)), why);
}

enum reason evidence_out_found(struct sql *mailbox, const struct digest *sha256,
                               int *count, struct fault *why)
{
    TRY(sql_run(mailbox,
                "UPDATE evidence_out SET state = 'kept', next_try = 0,"
                " code = '' WHERE sha256 = ?1 AND state = 'missing'",
                SQL_VALUES(SQL_DIGEST(sha256)), why));
    *count = (int)sql_changes(mailbox);
    return R_OK;
}

enum reason evidence_out_found_any(struct sql *mailbox, struct fault *why)
{
    return sql_run(mailbox,
                   "UPDATE evidence_out SET state = 'kept', next_try = 0,"
                   " code = '' WHERE state = 'missing'",
                   SQL_NO_VALUES, why);
}

enum reason evidence_out_needs(struct sql *mailbox, const struct digest *sha256,
                               bool *needed, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT 1 FROM evidence_out WHERE sha256 = ?1"
                   " AND state IN ('kept', 'missing', 'sealed') LIMIT 1",
                   SQL_VALUES(SQL_DIGEST(sha256)), &rows, why));
    *needed = sql_next(rows);
    return sql_check(rows, why);
}
