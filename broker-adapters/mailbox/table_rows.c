/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/mailbox/table_rows.h"

#include <stdio.h>

#include "broker-adapters/mailbox/mailbox.h"

enum {
    HOLD_FIRST_MS = 2000,
    HOLD_MOST_MS = 5 * INSTANT_MINUTE,
    TRIES_MAX = 20
};

static const char *const tables[] = {
    /* settled: the letter cannot get further, and their row shows that. */
    "CREATE TABLE IF NOT EXISTS table_row ("
    " key TEXT PRIMARY KEY,"
    " letter TEXT NOT NULL,"
    " digest BLOB NOT NULL,"
    " of_rows INTEGER NOT NULL,"
    " told TEXT NOT NULL DEFAULT '',"
    " settled INTEGER NOT NULL DEFAULT 0,"
    " rule TEXT, article TEXT, mistakes TEXT) STRICT, WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS table_row_open ON table_row (letter)"
    " WHERE settled = 0",
    "CREATE INDEX IF NOT EXISTS table_row_letter ON table_row (letter)",

    "CREATE TABLE IF NOT EXISTS table_handed ("
    " letter INTEGER PRIMARY KEY REFERENCES incoming (row),"
    " handed_at INTEGER NOT NULL) STRICT",

    "CREATE TABLE IF NOT EXISTS table_case ("
    " case_id TEXT PRIMARY KEY,"
    " tries INTEGER NOT NULL,"
    " next_try INTEGER NOT NULL,"
    " text TEXT NOT NULL) STRICT, WITHOUT ROWID",
};

static enum reason make_tables(struct sql *mailbox, struct fault *why)
{
    for (size_t i = 0; i < COUNT_OF(tables); i++)
        TRY(sql_run(mailbox, tables[i], SQL_NO_VALUES, why));
    return R_OK;
}

enum reason table_rows_open(struct sql *mailbox, struct fault *why)
{
    TRY(sql_begin(mailbox, why));
    return mailbox_end(mailbox, make_tables(mailbox, why), why);
}

/* --- rows that became letters ----------------------------------------------
 */

enum reason table_rows_find(struct sql *mailbox, const char *key,
                            struct table_known *out, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    *out = (struct table_known){0};
    TRY(sql_select(mailbox,
                   "SELECT letter, table_row.digest, state, told"
                   " FROM table_row LEFT JOIN outgoing ON id = letter"
                   " WHERE key = ?1",
                   SQL_VALUES(SQL_TEXT(key)), &rows, why));
    if (!sql_next(rows))
        return sql_check(rows, why);
    out->digest = mailbox_digest(rows, 1);
    snprintf(out->letter, sizeof out->letter, "%s", mailbox_text(rows, 0));
    snprintf(out->state, sizeof out->state, "%s", mailbox_text(rows, 2));
    snprintf(out->told, sizeof out->told, "%s", mailbox_text(rows, 3));
    return R_OK;
}

enum reason table_rows_put(struct sql *mailbox, const struct table_row *row,
                           const char *letter, struct fault *why)
{
    return sql_run(mailbox,
                   "INSERT OR REPLACE INTO table_row"
                   " (key, letter, digest, of_rows) VALUES (?1, ?2, ?3, ?4)",
                   SQL_VALUES(SQL_TEXT(row->key), SQL_TEXT(letter),
                              SQL_DIGEST(&row->digest), SQL_INT(row->of_rows)),
                   why);
}

enum reason table_rows_retell(struct sql *mailbox, const char *key,
                              struct fault *why)
{
    return sql_run(mailbox,
                   "UPDATE table_row SET told = '', settled = 0"
                   " WHERE key = ?1",
                   SQL_VALUES(SQL_TEXT(key)), why);
}

enum reason table_rows_refuse(struct sql *mailbox, const char *letter,
                              const struct table_refused *refused,
                              struct fault *why)
{
    return sql_run(mailbox,
                   "UPDATE table_row SET rule = ?2, article = ?3, mistakes = ?4"
                   " WHERE letter = ?1",
                   SQL_VALUES(SQL_TEXT(letter), SQL_TEXT(refused->rule),
                              SQL_TEXT(refused->article),
                              SQL_TEXT(refused->mistakes)),
                   why);
}

enum reason table_rows_news(struct sql *mailbox, int64_t most,
                            struct sql_rows **out, struct fault *why)
{
    return sql_select(
        mailbox,
        "SELECT key, of_rows, letter, case_id, state, code, rule, article,"
        " text_zh, text_en, mistakes, position, queued_at, sent_at,"
        " submitted_at, delivered_at, refused_at"
        " FROM table_row JOIN outgoing ON id = letter"
        " WHERE settled = 0 AND told <> state LIMIT ?1",
        SQL_VALUES(SQL_INT(most)), out, why);
}

enum reason table_rows_told(struct sql *mailbox, const char *key,
                            const char *state, struct fault *why)
{
    return sql_run(mailbox,
                   "UPDATE table_row SET told = ?2,"
                   " settled = (?2 IN ('delivered', 'refused', '" TABLE_UNTOLD
                   "'))"
                   " WHERE key = ?1",
                   SQL_VALUES(SQL_TEXT(key), SQL_TEXT(state)), why);
}

/* --- letters that are written there ----------------------------------------
 */

#define WANTED                                                                 \
    " (?2 OR type NOT IN ('submission-receipt', 'delivery-receipt',"           \
    "  'refusal'))"                                                            \
    " AND length(bytes) > 0" /* not one whose body was deleted */              \
    " AND NOT EXISTS (SELECT 1 FROM table_handed"                              \
    "  WHERE letter = incoming.row)"

/* Letters are written mostly in their order: the front moves with them. */
static enum reason move_front(struct sql *mailbox, struct table_queue *queue,
                              struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT turn_no FROM incoming WHERE turn_no >= ?1 AND" WANTED
                   " ORDER BY turn_no LIMIT 1",
                   SQL_VALUES(SQL_INT(queue->turn), SQL_INT(queue->receipts)),
                   &rows, why));
    if (sql_next(rows))
        queue->turn = sql_integer(rows, 0);
    return sql_check(rows, why);
}

/*
 * Waiting is kept as a time of the machine's clock, to outlive the process; a
 * clock that was set back must not make anybody wait for ever.
 */
enum reason table_rows_waiting(struct sql *mailbox, struct table_queue *queue,
                               instant now, struct table_letter *out,
                               size_t most, size_t *count, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    *count = 0;
    TRY(move_front(mailbox, queue, why));
    TRY(sql_select(
        mailbox,
        "SELECT row, case_id FROM incoming WHERE turn_no >= ?1 AND" WANTED
        " AND state = 'handed'"
        " AND NOT EXISTS (SELECT 1 FROM table_case w"
        "  WHERE w.case_id = incoming.case_id"
        "  AND w.next_try > ?3 AND w.next_try <= ?4)"
        " ORDER BY turn_no LIMIT ?5",
        SQL_VALUES(SQL_INT(queue->turn), SQL_INT(queue->receipts), SQL_INT(now),
                   SQL_INT(now + HOLD_MOST_MS), SQL_INT((int64_t)most)),
        &rows, why));
    while (*count < most && sql_next(rows)) {
        struct table_letter *letter = &out[(*count)++];
        letter->row = sql_integer(rows, 0);
        snprintf(letter->case_id, sizeof letter->case_id, "%s",
                 mailbox_text(rows, 1));
    }
    return sql_check(rows, why);
}

enum reason table_rows_mark(struct sql *mailbox,
                            const struct table_letter *letter, instant now,
                            struct fault *why)
{
    TRY(sql_run(mailbox, "DELETE FROM table_case WHERE case_id = ?1",
                SQL_VALUES(SQL_TEXT(letter->case_id)), why));
    return sql_run(mailbox,
                   "INSERT OR IGNORE INTO table_handed (letter, handed_at)"
                   " VALUES (?1, ?2)",
                   SQL_VALUES(SQL_INT(letter->row), SQL_INT(now)), why);
}

static enum reason count_tries(struct sql *mailbox, const char *case_id,
                               int64_t *tries, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox, "SELECT tries FROM table_case WHERE case_id = ?1",
                   SQL_VALUES(SQL_TEXT(case_id)), &rows, why));
    *tries = sql_next(rows) ? sql_integer(rows, 0) : 0;
    return sql_check(rows, why);
}

static int64_t wait_after(int64_t tries)
{
    int64_t wait = (int64_t)HOLD_FIRST_MS
                   << (tries < TRIES_MAX ? tries : TRIES_MAX);
    return wait < HOLD_MOST_MS ? wait : HOLD_MOST_MS;
}

enum reason table_rows_hold(struct sql *mailbox,
                            const struct table_letter *letter, const char *text,
                            instant now, struct fault *why)
{
    int64_t tries;
    TRY(count_tries(mailbox, letter->case_id, &tries, why));
    return sql_run(mailbox,
                   "INSERT INTO table_case (case_id, tries, next_try, text)"
                   " VALUES (?1, ?2, ?3, ?4) ON CONFLICT (case_id)"
                   " DO UPDATE SET tries = ?2, next_try = ?3, text = ?4",
                   SQL_VALUES(SQL_TEXT(letter->case_id), SQL_INT(tries + 1),
                              SQL_INT(now + wait_after(tries)), SQL_TEXT(text)),
                   why);
}
