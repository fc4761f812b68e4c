/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/mailbox/csv_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "broker-adapters/mailbox/mailbox.h"

/* Stores that were made before there were CSV files get them too. */
static const char *const tables[] = {
    "CREATE TABLE IF NOT EXISTS csv_file ("
    " row INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL,"
    " heading TEXT NOT NULL) STRICT",

    "CREATE TABLE IF NOT EXISTS csv_row ("
    " digest BLOB PRIMARY KEY," /* of the mapping and the cells */
    " file INTEGER NOT NULL REFERENCES csv_file (row),"
    " letter TEXT NOT NULL," /* its id in outgoing */
    " text TEXT NOT NULL) STRICT",

    "CREATE INDEX IF NOT EXISTS csv_row_letter ON csv_row (letter)",

    "CREATE TABLE IF NOT EXISTS csv_refused ("
    " row INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL," /* in refused/ */
    " bytes TEXT NOT NULL,"
    " reason_text TEXT NOT NULL,"
    " reason_json TEXT NOT NULL) STRICT",
};

static enum reason make_tables(struct sql *mailbox, struct fault *why)
{
    for (size_t i = 0; i < COUNT_OF(tables); i++)
        TRY(sql_run(mailbox, tables[i], SQL_NO_VALUES, why));
    return R_OK;
}

enum reason csv_rows_open(struct sql *mailbox, struct fault *why)
{
    TRY(sql_begin(mailbox, why));
    return mailbox_end(mailbox, make_tables(mailbox, why), why);
}

enum reason csv_rows_has(struct sql *mailbox, const struct digest *digest,
                         bool *has, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox, "SELECT 1 FROM csv_row WHERE digest = ?1",
                   SQL_VALUES(SQL_DIGEST(digest)), &rows, why));
    *has = sql_next(rows);
    return sql_check(rows, why);
}

enum reason csv_rows_put_file(struct sql *mailbox, const char *name,
                              const char *heading, int64_t *file,
                              struct fault *why)
{
    TRY(sql_run(mailbox, "INSERT INTO csv_file (name, heading) VALUES (?1, ?2)",
                SQL_VALUES(SQL_TEXT(name), SQL_TEXT(heading)), why));
    *file = sql_last_id(mailbox);
    return R_OK;
}

enum reason csv_rows_put(struct sql *mailbox, int64_t file,
                         const struct digest *digest, const char *letter,
                         const char *text, struct fault *why)
{
    return sql_run(mailbox,
                   "INSERT INTO csv_row (digest, file, letter, text)"
                   " VALUES (?1, ?2, ?3, ?4)",
                   SQL_VALUES(SQL_DIGEST(digest), SQL_INT(file),
                              SQL_TEXT(letter), SQL_TEXT(text)),
                   why);
}

void csv_refused_done(struct csv_refused *refused)
{
    free(refused->name);
    free(refused->bytes);
    free(refused->reason_text);
    free(refused->reason_json);
    *refused = (struct csv_refused){0};
}

enum reason csv_refused_put(struct sql *mailbox,
                            const struct csv_refused *refused,
                            struct fault *why)
{
    return sql_run(mailbox,
                   "INSERT INTO csv_refused (name, bytes, reason_text,"
                   " reason_json) VALUES (?1, ?2, ?3, ?4)",
                   SQL_VALUES(SQL_TEXT(refused->name), SQL_TEXT(refused->bytes),
                              SQL_TEXT(refused->reason_text),
                              SQL_TEXT(refused->reason_json)),
                   why);
}

enum reason csv_refused_next(struct sql *mailbox, struct csv_refused *out,
                             struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    *out = (struct csv_refused){0};
    TRY(sql_select(mailbox,
                   "SELECT row, name, bytes, reason_text, reason_json"
                   " FROM csv_refused ORDER BY row LIMIT 1",
                   SQL_NO_VALUES, &rows, why));
    if (!sql_next(rows))
        return sql_check(rows, why);
    out->row = sql_integer(rows, 0);
    out->name = mem_text(sql_text(rows, 1));
    out->bytes = mem_text(sql_text(rows, 2));
    out->reason_text = mem_text(sql_text(rows, 3));
    out->reason_json = mem_text(sql_text(rows, 4));
    return R_OK;
}

enum reason csv_refused_settle(struct sql *mailbox, int64_t row,
                               struct fault *why)
{
    return sql_run(mailbox, "DELETE FROM csv_refused WHERE row = ?1",
                   SQL_VALUES(SQL_INT(row)), why);
}

char *csv_rows_name(const char *file, const char *mark)
{
    static const char *const ends[] = {".csv", ".CSV", ".rows"};
    size_t length = strlen(file);
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        size_t end = strlen(ends[i]);
        if (length > end && strncmp(file + length - end, ends[i], end) == 0)
            length -= end;
    }
    return mem_print("%.*s%s%s.rows.csv", (int)length, file, *mark ? "-" : "",
                     mark);
}

/* The rows of a letter under the heading of their file; `name` of the file. */
static enum reason read_rows(struct sql *mailbox, const char *letter,
                             struct buf *text, char **name, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT f.name, f.heading, r.text FROM csv_row r"
                   " JOIN csv_file f ON f.row = r.file"
                   " WHERE r.letter = ?1 ORDER BY r.rowid",
                   SQL_VALUES(SQL_TEXT(letter)), &rows, why));
    while (sql_next(rows)) {
        if (!*name) {
            *name = mem_text(sql_text(rows, 0));
            buf_print(text, "\xEF\xBB\xBF%s", mailbox_text(rows, 1));
        }
        buf_put_text(text, mailbox_text(rows, 2));
    }
    return sql_check(rows, why);
}

enum reason csv_rows_send_back(struct sql *mailbox, const char *letter,
                               const char *reason_text, const char *reason_json,
                               struct fault *why)
{
    AUTO(buf) struct buf text = {0};
    char *file = NULL;
    enum reason reason = read_rows(mailbox, letter, &text, &file, why);
    if (reason != R_OK || !file) {
        free(file);
        return reason;
    }
    struct csv_refused refused = {.name = csv_rows_name(file, letter),
                                  .bytes = (char *)buf_text(&text),
                                  .reason_text = (char *)reason_text,
                                  .reason_json = (char *)reason_json};
    reason = csv_refused_put(mailbox, &refused, why);
    free(refused.name);
    free(file);
    TRY(reason);
    return sql_run(mailbox, "DELETE FROM csv_row WHERE letter = ?1",
                   SQL_VALUES(SQL_TEXT(letter)), why);
}
