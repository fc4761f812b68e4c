/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * An UPDATE to an empty blob with secure_delete set: SQLite overwrites the
 * pages that the bytes stood in. The old pages still lie in the write-ahead
 * log until it is emptied, and what other programs once left in the free room
 * of a page until the file is rebuilt: deletions_sweep does both.
 */
#include "routing/ledger/deletions.h"

#include <string.h>

#include "base/language.h"
#include "routing/ledger/receipt.h"
#include "routing/ledger/store.h"

static void read_deletion(const struct sql_rows *rows, struct deletion *out)
{
    *out = (struct deletion){
        .position = sql_integer(rows, 0),
        .size = sql_integer(rows, 1),
        .at = sql_integer(rows, 2),
        .record = sql_integer(rows, 4),
    };
    snprintf(out->rule, sizeof out->rule, "%s", sql_text(rows, 3));
}

#define DELETION_COLUMNS                                                       \
    "SELECT position, size, at, rule, record FROM deletions "

enum reason deletions_find(struct ledger *ledger, int64_t position,
                           struct deletion *out, bool *found, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    *out = (struct deletion){0};
    TRY(sql_select(ledger->db, DELETION_COLUMNS "WHERE position = ?1",
                   SQL_VALUES(SQL_INT(position)), &rows, why));
    *found = sql_next(rows);
    if (*found)
        read_deletion(rows, out);
    return sql_check(rows, why);
}

enum reason deletions_put(struct ledger *ledger,
                          const struct deletion *deletion, struct fault *why)
{
    TRY(sql_run(ledger->db, "PRAGMA secure_delete = 1", SQL_NO_VALUES, why));
    TRY(sql_run(ledger->db,
                "INSERT INTO deletions (position, size, at, rule, record)"
                " VALUES (?1, ?2, ?3, ?4, ?5)",
                SQL_VALUES(SQL_INT(deletion->position), SQL_INT(deletion->size),
                           SQL_INT(deletion->at), SQL_TEXT(deletion->rule),
                           SQL_INT(deletion->record)),
                why));
    return sql_run(ledger->db,
                   "UPDATE letters SET bytes = x'' WHERE position = ?1",
                   SQL_VALUES(SQL_INT(deletion->position)), why);
}

enum reason deletions_kept(struct ledger *ledger, const char *case_id,
                           enum reason (*see)(void *context,
                                              const struct kept_row *row,
                                              struct fault *why),
                           void *context, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(
        ledger->db,
        "SELECT position, length(bytes), id, type, digest, received_at"
        " FROM letters l WHERE length(bytes) > 0 AND position IN"
        " (SELECT position FROM steps WHERE case_id = ?1"
        "  UNION SELECT position FROM letters"
        "  WHERE case_id = ?1 AND outcome <> 0) AND case_id = ?1"
        " AND NOT EXISTS (SELECT 1 FROM outbox o"
        " WHERE o.position = l.position AND o.sent_at = 0) ORDER BY position",
        SQL_VALUES(SQL_TEXT(case_id)), &rows, why));
    while (sql_next(rows)) {
        struct kept_row row = {
            .position = sql_integer(rows, 0),
            .size = sql_integer(rows, 1),
            .id = sql_text(rows, 2),
            .type = sql_text(rows, 3),
            .received_at = sql_integer(rows, 5),
        };
        TRY(row_digest(rows, 4, &row.digest, why));
        TRY(see(context, &row, why));
    }
    return sql_check(rows, why);
}

enum reason deletions_kin(struct ledger *ledger, const char *case_id,
                          enum reason (*see)(void *context,
                                             const struct kin_row *row,
                                             struct fault *why),
                          void *context, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(
        ledger->db,
        "WITH RECURSIVE kin (id) AS (SELECT ?1"
        " UNION SELECT c.id FROM cases c JOIN kin k ON c.parent = k.id"
        " WHERE c.parent <> ''"
        " UNION SELECT c.parent FROM cases c JOIN kin k ON c.id = k.id"
        " WHERE c.parent <> '')"
        " SELECT c.id, c.procedure, c.state, c.changed_at, EXISTS (SELECT 1"
        " FROM deadlines d WHERE d.case_id = c.id AND (d.status IN (0, 2)"
        " OR (d.status = 1 AND d.reminded = 0)))"
        " FROM cases c JOIN kin k ON c.id = k.id ORDER BY c.id",
        SQL_VALUES(SQL_TEXT(case_id)), &rows, why));
    while (sql_next(rows)) {
        struct kin_row row = {
            .id = sql_text(rows, 0),
            .procedure = sql_text(rows, 1),
            .state = sql_text(rows, 2),
            .changed_at = sql_integer(rows, 3),
            .has_clock = sql_integer(rows, 4) != 0,
        };
        TRY(see(context, &row, why));
    }
    return sql_check(rows, why);
}

enum reason deletions_cases(struct ledger *ledger,
                            enum reason (*see)(void *context, const char *id,
                                               struct fault *why),
                            void *context, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(ledger->db, "SELECT id FROM cases ORDER BY id",
                   SQL_NO_VALUES, &rows, why));
    while (sql_next(rows))
        TRY(see(context, sql_text(rows, 0), why));
    return sql_check(rows, why);
}

enum reason deletions_count(struct ledger *ledger, int64_t *count,
                            instant *newest, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(ledger->db,
                   "SELECT count(*), coalesce(max(received_at), 0) FROM"
                   " deletions d JOIN letters l ON l.position = d.position",
                   SQL_NO_VALUES, &rows, why));
    bool found = sql_next(rows);
    *count = found ? sql_integer(rows, 0) : 0;
    *newest = found ? sql_integer(rows, 1) : 0;
    return sql_check(rows, why);
}

enum reason deletions_each(struct ledger *ledger,
                           enum reason (*see)(void *context,
                                              const struct deletion *deletion,
                                              struct fault *why),
                           void *context, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(ledger->db, DELETION_COLUMNS "ORDER BY position",
                   SQL_NO_VALUES, &rows, why));
    while (sql_next(rows)) {
        struct deletion deletion;
        read_deletion(rows, &deletion);
        TRY(see(context, &deletion, why));
    }
    return sql_check(rows, why);
}

/* --- what the record says --------------------------------------------------
 */

void deletion_record_done(struct deletion_record *record)
{
    message_free(record->message);
    *record = (struct deletion_record){0};
}

static enum reason read_record(struct ledger *ledger, int64_t position,
                               struct deletion_record *record,
                               struct fault *why)
{
    AUTO(letter_row) struct letter_row row = {0};
    if (record->message && record->position == position)
        return R_OK;
    deletion_record_done(record);
    TRY(letters_get(ledger, position, &row, why));
    if (row.letter.outcome != LETTER_OWN ||
        strcmp(row.letter.type, RECORD_DELETION) != 0)
        return fault(why, R_PROOF_FAILED, "%s", row.letter.type);
    record->position = position;
    return message_parse(&record->message, row.letter.bytes, row.letter.size,
                         why);
}

enum reason deletions_check(struct ledger *ledger, const struct letter *letter,
                            struct deletion_record *record, struct fault *why)
{
    struct deletion deletion;
    bool found;
    TRY(deletions_find(ledger, letter->position, &deletion, &found, why));
    if (found && read_record(ledger, deletion.record, record, NULL) == R_OK &&
        receipt_lists(record->message, letter->id, &letter->digest))
        return R_OK;
    return fault(why, R_PROOF_FAILED, "position %lld: %s",
                 (long long)letter->position,
                 found ? "no record in the log says that its bytes were deleted"
                       : "the bytes do not have the digest");
}

/* --- so that the bytes are gone from the files ------------------------------
 */

static enum reason empty_log(struct ledger *ledger, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(ledger->db, "PRAGMA wal_checkpoint(TRUNCATE)", SQL_NO_VALUES,
                   &rows, why));
    bool busy = sql_next(rows) && sql_integer(rows, 0) != 0;
    TRY(sql_check(rows, why));
    return busy ? fault(why, R_STORE_BUSY, "%s",
                        say("另有进程在读，预写日志未能清空，请稍后再运行",
                            "another process reads: the write-ahead log could "
                            "not be emptied; run it again later"))
                : R_OK;
}

enum reason deletions_sweep(struct ledger *ledger, bool rebuild,
                            struct fault *why)
{
    TRY(sql_run(ledger->db, "PRAGMA secure_delete = 1", SQL_NO_VALUES, why));
    if (rebuild) { /* what stays may be larger than the memory */
        TRY(sql_run(ledger->db, "PRAGMA temp_store = 1", SQL_NO_VALUES, why));
        TRY(sql_run(ledger->db, "VACUUM", SQL_NO_VALUES, why));
    }
    return empty_log(ledger, why);
}

/* --- holds -----------------------------------------------------------------
 */

enum reason holds_put(struct ledger *ledger, const char *case_id,
                      const char *reason, instant now, struct fault *why)
{
    return sql_run(
        ledger->db,
        "INSERT INTO holds (case_id, reason, since, until)"
        " VALUES (?1, ?2, ?3, 0)",
        SQL_VALUES(SQL_TEXT(case_id), SQL_TEXT(reason), SQL_INT(now)), why);
}

enum reason holds_end(struct ledger *ledger, const char *case_id, instant now,
                      struct fault *why)
{
    TRY(sql_run(ledger->db,
                "UPDATE holds SET until = ?2 WHERE case_id = ?1 AND until = 0",
                SQL_VALUES(SQL_TEXT(case_id), SQL_INT(now)), why));
    return sql_changes(ledger->db) ? R_OK
                                   : fault(why, R_NOT_FOUND, "%s", case_id);
}

enum reason holds_find(struct ledger *ledger, const char *case_id,
                       struct buf *out, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(ledger->db,
                   "SELECT reason FROM holds WHERE case_id = ?1 AND until = 0"
                   " ORDER BY row",
                   SQL_VALUES(SQL_TEXT(case_id)), &rows, why));
    while (sql_next(rows))
        buf_print(out, "%s%s", out->size ? "; " : "", sql_text(rows, 0));
    return sql_check(rows, why);
}
