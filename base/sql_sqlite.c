/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The SQL face on SQLite: statements and rows.
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sql_sqlite_state.h"

struct sqlite_rows {
    struct sql_rows face;
    sqlite3_stmt *statement;
    struct sqlite_cached *home; /* NULL: not cached, to be finalised */
    int status;
};

static struct sqlite *own(const struct sql *db)
{
    return (struct sqlite *)db;
}

static struct sqlite_rows *held(const struct sql_rows *rows)
{
    return (struct sqlite_rows *)rows;
}

enum reason sqlite_fault(struct sqlite *db, int status, const char *text,
                         struct fault *why)
{
    if (db->foreign)
        return sqlite_foreign_fault(db, status, why);
    bool busy = (status & 0xFF) == SQLITE_BUSY;
    return fault(why, busy ? R_STORE_BUSY : R_STORE_FAILED, "%s (%.80s)",
                 sqlite3_errmsg(db->handle), text);
}

static int bind_value(sqlite3_stmt *statement, int place,
                      const struct sql_value *value)
{
    switch (value->kind) {
    case SQL_KIND_INT:
        return sqlite3_bind_int64(statement, place, value->integer);
    case SQL_KIND_TEXT:
        return sqlite3_bind_text64(statement, place, value->bytes, value->size,
                                   SQLITE_STATIC, SQLITE_UTF8);
    case SQL_KIND_BYTES:
        return sqlite3_bind_blob64(statement, place, value->bytes, value->size,
                                   SQLITE_STATIC);
    case SQL_KIND_NULL:
        break;
    }
    return sqlite3_bind_null(statement, place);
}

/*
 * The address finds the statement; its words decide. A text that was made for
 * one call may lie where another lay before.
 */
static struct sqlite_cached *cache_find(struct sqlite *db, const char *text)
{
    for (size_t i = 0; i < db->cached; i++) {
        struct sqlite_cached *slot = &db->cache[i];
        if (slot->text != text)
            continue;
        bool same =
            !slot->statement || strcmp(sqlite3_sql(slot->statement), text) == 0;
        return same ? slot : NULL;
    }
    if (db->cached == SQLITE_CACHED_MAX)
        return NULL;
    struct sqlite_cached *slot = &db->cache[db->cached++];
    *slot = (struct sqlite_cached){.text = text};
    return slot;
}

static enum reason prepare(struct sqlite *db, const char *text,
                           struct sqlite_rows *rows, struct fault *why)
{
    struct sqlite_cached *slot = cache_find(db, text);
    rows->face.db = &db->face;
    if (slot && !slot->in_use && slot->statement) {
        rows->statement = slot->statement;
    } else {
        int status =
            sqlite3_prepare_v3(db->handle, text, -1, SQLITE_PREPARE_PERSISTENT,
                               &rows->statement, NULL);
        if (status != SQLITE_OK)
            return sqlite_fault(db, status, text, why);
    }
    if (slot && !slot->in_use) {
        slot->statement = rows->statement;
        slot->in_use = true;
        rows->home = slot;
    }
    return R_OK;
}

static void release(struct sqlite_rows *rows)
{
    if (!rows->statement)
        return;
    if (!rows->home) {
        sqlite3_finalize(rows->statement);
        return;
    }
    sqlite3_reset(rows->statement);
    sqlite3_clear_bindings(rows->statement);
    rows->home->in_use = false;
}

static enum reason start(struct sqlite *db, const char *text,
                         struct sql_values values, struct sqlite_rows *rows,
                         struct fault *why)
{
    if (db->foreign)
        sqlite_foreign_begin(db->foreign);
    TRY(prepare(db, text, rows, why));
    for (size_t i = 0; i < values.count; i++) {
        int status = bind_value(rows->statement, (int)i + 1, &values.values[i]);
        if (status != SQLITE_OK)
            return sqlite_fault(db, status, text, why);
    }
    return R_OK;
}

static enum reason sqlite_run(struct sql *db, const char *text,
                              struct sql_values values, struct fault *why)
{
    struct sqlite_rows rows = {0};
    enum reason reason = start(own(db), text, values, &rows, why);
    if (reason == R_OK) {
        int status;
        while ((status = sqlite3_step(rows.statement)) == SQLITE_ROW)
            continue;
        if (status != SQLITE_DONE)
            reason = sqlite_fault(own(db), status, text, why);
    }
    release(&rows);
    return reason;
}

static enum reason sqlite_script(struct sql *db, const char *script,
                                 struct fault *why)
{
    int status = sqlite3_exec(own(db)->handle, script, NULL, NULL, NULL);
    return status == SQLITE_OK ? R_OK
                               : sqlite_fault(own(db), status, script, why);
}

static int64_t sqlite_changes(const struct sql *db)
{
    return sqlite3_changes64(own(db)->handle);
}

static int64_t sqlite_last_id(const struct sql *db)
{
    return sqlite3_last_insert_rowid(own(db)->handle);
}

static enum reason sqlite_commit(struct sql *db, struct fault *why)
{
    return sqlite_run(db, "COMMIT", SQL_NO_VALUES, why);
}

static void sqlite_rollback(struct sql *db)
{
    if (!sqlite3_get_autocommit(own(db)->handle))
        sqlite3_exec(own(db)->handle, "ROLLBACK", NULL, NULL, NULL);
}

static void sqlite_rows_free(struct sql_rows *rows)
{
    release(held(rows));
    free(rows);
}

static enum reason sqlite_select(struct sql *db, const char *text,
                                 struct sql_values values,
                                 struct sql_rows **out, struct fault *why)
{
    struct sqlite_rows *rows = mem_new(1, sizeof *rows);
    rows->face.db = db;
    AUTO(sql_rows) struct sql_rows *face = &rows->face;
    TRY(start(own(db), text, values, rows, why));
    *out = TAKE(face);
    return R_OK;
}

static bool sqlite_next(struct sql_rows *rows)
{
    held(rows)->status = sqlite3_step(held(rows)->statement);
    return held(rows)->status == SQLITE_ROW;
}

static enum reason sqlite_check(const struct sql_rows *rows, struct fault *why)
{
    const struct sqlite_rows *at = held(rows);
    if (at->status == SQLITE_DONE || at->status == SQLITE_ROW ||
        at->status == SQLITE_OK)
        return R_OK;
    return sqlite_fault(own(rows->db), at->status, sqlite3_sql(at->statement),
                        why);
}

static int64_t sqlite_integer(const struct sql_rows *rows, int column)
{
    return sqlite3_column_int64(held(rows)->statement, column);
}

static const char *sqlite_text(const struct sql_rows *rows, int column)
{
    return (const char *)sqlite3_column_text(held(rows)->statement, column);
}

static const void *sqlite_bytes(const struct sql_rows *rows, int column,
                                size_t *size)
{
    const void *bytes = sqlite3_column_blob(held(rows)->statement, column);
    *size = (size_t)sqlite3_column_bytes(held(rows)->statement, column);
    return bytes ? bytes : "";
}

static bool sqlite_is_null(const struct sql_rows *rows, int column)
{
    return sqlite3_column_type(held(rows)->statement, column) == SQLITE_NULL;
}

static int sqlite_columns(const struct sql_rows *rows)
{
    return sqlite3_column_count(held(rows)->statement);
}

static const char *sqlite_name(const struct sql_rows *rows, int column)
{
    return sqlite3_column_name(held(rows)->statement, column);
}

static void sqlite_close(struct sql *db)
{
    for (size_t i = 0; i < own(db)->cached; i++)
        sqlite3_finalize(own(db)->cache[i].statement);
    sqlite3_close(own(db)->handle);
    sqlite_foreign_free(own(db)->foreign);
    free(db);
}

const struct sql_ops sql_sqlite_ops = {
    .dialect = SQL_SQLITE,
    .begin = "BEGIN IMMEDIATE",
    .close = sqlite_close,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .run = sqlite_run,
    .script = sqlite_script,
    .select = sqlite_select,
    .changes = sqlite_changes,
    .last_id = sqlite_last_id,
    .listen = sqlite_foreign_listen,
    .descriptor = sqlite_foreign_descriptor,
    .heard = sqlite_foreign_heard,
    .is_lost = sqlite_foreign_is_lost,
    .next = sqlite_next,
    .check = sqlite_check,
    .integer = sqlite_integer,
    .text = sqlite_text,
    .bytes = sqlite_bytes,
    .is_null = sqlite_is_null,
    .columns = sqlite_columns,
    .name = sqlite_name,
    .rows_free = sqlite_rows_free,
};
