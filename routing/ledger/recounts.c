/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * By which calendar the open deadlines were counted, and which of them a
 * revised one has moved. The rows stay for ever: a court may ask why a limit
 * ended a day later than the letter said.
 */
#include "routing/ledger/store.h"

#include <string.h>

#include "base/io.h"
#include "base/mem.h"

enum reason recounts_calendar(struct ledger *ledger, struct digest *out,
                              struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(ledger->db, "SELECT digest FROM counted_by", SQL_NO_VALUES,
                   &rows, why));
    memset(out, 0, sizeof *out);
    if (sql_next(rows))
        return row_digest(rows, 0, out, why);
    return sql_check(rows, why);
}

enum reason recounts_set_calendar(struct ledger *ledger,
                                  const struct digest *digest,
                                  struct fault *why)
{
    return sql_run(ledger->db,
                   "INSERT INTO counted_by VALUES (1, ?1) "
                   "ON CONFLICT (only_one) DO UPDATE SET digest = ?1",
                   SQL_VALUES(SQL_DIGEST(digest)), why);
}

enum reason recounts_next_case(struct ledger *ledger, const char *after,
                               struct casefile **out, struct fault *why)
{
    AUTO(text) char *id = NULL;
    {
        AUTO(sql_rows) struct sql_rows *rows = NULL;
        TRY(sql_select(ledger->db,
                       "SELECT case_id FROM deadlines "
                       "WHERE status = 1 AND case_id > ?1 "
                       "ORDER BY case_id LIMIT 1",
                       SQL_VALUES(SQL_TEXT(after)), &rows, why));
        if (sql_next(rows))
            id = mem_text(sql_text(rows, 0));
        TRY(sql_check(rows, why));
    }
    *out = NULL;
    return id ? cases_find(ledger, id, out, why) : R_OK;
}

enum reason recounts_put(struct ledger *ledger, const struct recount *recount,
                         struct fault *why)
{
    return sql_run(
        ledger->db,
        "INSERT INTO recounts "
        "(case_id, limit_id, owner, from_position, due_before, "
        "due_after, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        SQL_VALUES(SQL_TEXT(recount->case_id), SQL_TEXT(recount->limit),
                   SQL_TEXT(recount->owner), SQL_INT(recount->from),
                   SQL_INT(recount->due_before), SQL_INT(recount->due_after),
                   SQL_INT(recount->at)),
        why);
}

enum reason recounts_of(struct ledger *ledger, const char *case_id,
                        struct sql_rows **out, struct fault *why)
{
    return sql_select(ledger->db,
                      "SELECT limit_id, owner, from_position, due_before, "
                      "due_after, at FROM recounts WHERE case_id = ?1 "
                      "ORDER BY row",
                      SQL_VALUES(SQL_TEXT(case_id)), out, why);
}

void recounts_read(const struct sql_rows *rows, struct recount *out)
{
    *out = (struct recount){.limit = sql_text(rows, 0),
                            .owner = sql_text(rows, 1),
                            .from = sql_integer(rows, 2),
                            .due_before = sql_integer(rows, 3),
                            .due_after = sql_integer(rows, 4),
                            .at = sql_integer(rows, 5)};
}
