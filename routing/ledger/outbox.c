/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The outbox: a row stands here from the commit that made it until the broker
 * has confirmed it, and afterwards as the record of the delivery.
 */
#include "routing/ledger/store.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"

enum reason outbox_put(struct ledger *ledger, int64_t position,
                       const char *recipient, const char *case_id,
                       struct outbox_row *out, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(
        ledger->db,
        "INSERT INTO outbox (position, recipient, case_id, sequence) "
        "SELECT ?1, ?2, ?3, coalesce(max(sequence), 0) + 1 FROM outbox "
        "WHERE recipient = ?2 AND case_id = ?3 "
        "ON CONFLICT (position, recipient) DO UPDATE SET sent_at = sent_at "
        "RETURNING row, sequence",
        SQL_VALUES(SQL_INT(position), SQL_TEXT(recipient), SQL_TEXT(case_id)),
        &rows, why));
    if (!sql_next(rows)) {
        TRY(sql_check(rows, why));
        return fault(why, R_STORE_FAILED, "the outbox gave no row");
    }
    *out = (struct outbox_row){.row = sql_integer(rows, 0),
                               .position = position,
                               .recipient = mem_text(recipient),
                               .case_id = mem_text(case_id),
                               .sequence = sql_integer(rows, 1)};
    return R_OK;
}

void outbox_rows_free(struct outbox_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(rows[i].recipient);
        free(rows[i].case_id);
    }
    free(rows);
}

/* Takes the rows of a query over (row, position, recipient, case, number). */
static enum reason read_rows(struct sql_rows *rows, struct outbox_row **out,
                             size_t *count, struct fault *why)
{
    struct outbox_row *made = NULL;
    size_t found = 0, room = 0;
    while (sql_next(rows)) {
        if (found == room) {
            room = room ? 2 * room : 64;
            made = mem_resize(made, room, sizeof *made);
        }
        made[found++] = (struct outbox_row){
            .row = sql_integer(rows, 0),
            .position = sql_integer(rows, 1),
            .recipient = mem_text(sql_text(rows, 2)),
            .case_id = mem_text(sql_text(rows, 3)),
            .sequence = sql_integer(rows, 4),
        };
    }
    enum reason reason = sql_check(rows, why);
    if (reason != R_OK) {
        outbox_rows_free(made, found);
        return reason;
    }
    *out = made;
    *count = found;
    return R_OK;
}

enum reason outbox_unsent(struct ledger *ledger, int64_t after, size_t most,
                          struct outbox_row **out, size_t *count,
                          struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(ledger->db,
                   "SELECT row, position, recipient, case_id, sequence "
                   "FROM outbox WHERE sent_at = 0 AND row > ?1 "
                   "ORDER BY row LIMIT ?2",
                   SQL_VALUES(SQL_INT(after), SQL_INT((int64_t)most)), &rows,
                   why));
    return read_rows(rows, out, count, why);
}

enum reason outbox_waiting(struct ledger *ledger, const char *recipient,
                           int64_t after, size_t most, struct outbox_row **out,
                           size_t *count, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(ledger->db,
                   "SELECT row, outbox.position, recipient, outbox.case_id, "
                   "outbox.sequence FROM outbox JOIN letters USING (position) "
                   "WHERE recipient = ?1 AND row > ?2 AND delivered_at = 0 "
                   "AND (outcome = ?4 AND type <> 'delivery-receipt' OR row > "
                   "(SELECT coalesce(max(row), 0) FROM outbox "
                   "WHERE recipient = ?1 AND delivered_at > 0)) "
                   "ORDER BY row LIMIT ?3",
                   SQL_VALUES(SQL_TEXT(recipient), SQL_INT(after),
                              SQL_INT((int64_t)most), SQL_INT(LETTER_ACCEPTED)),
                   &rows, why));
    return read_rows(rows, out, count, why);
}

enum reason outbox_mark(struct ledger *ledger, int64_t row, instant at,
                        struct fault *why)
{
    return sql_run(ledger->db,
                   "UPDATE outbox SET sent_at = ?2 "
                   "WHERE row = ?1 AND sent_at = 0",
                   SQL_VALUES(SQL_INT(row), SQL_INT(at)), why);
}

enum reason outbox_check(struct ledger *ledger, int64_t position,
                         const char *recipient, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(ledger->db,
                   "SELECT 1 FROM outbox "
                   "WHERE position = ?1 AND recipient = ?2",
                   SQL_VALUES(SQL_INT(position), SQL_TEXT(recipient)), &rows,
                   why));
    if (sql_next(rows))
        return R_OK;
    TRY(sql_check(rows, why));
    return fault(why, R_NOT_FOUND, "letter %" PRId64 " was not for %s",
                 position, recipient);
}

/* Who has it was also sent it, even if the broker's word was lost. */
enum reason outbox_delivered(struct ledger *ledger, int64_t position,
                             const struct letter *receipt, struct fault *why)
{
    TRY(sql_run(ledger->db,
                "UPDATE outbox SET "
                "sent_at = CASE sent_at WHEN 0 THEN ?3 ELSE sent_at END, "
                "receipt = CASE delivered_at WHEN 0 THEN ?4 ELSE receipt END, "
                "delivered_at = "
                "CASE delivered_at WHEN 0 THEN ?3 ELSE delivered_at END "
                "WHERE position = ?1 AND recipient = ?2",
                SQL_VALUES(SQL_INT(position), SQL_TEXT(receipt->sender),
                           SQL_INT(receipt->received_at),
                           SQL_INT(receipt->position)),
                why));
    return sql_changes(ledger->db) > 0
               ? R_OK
               : outbox_check(ledger, position, receipt->sender, why);
}
