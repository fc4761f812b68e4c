/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The SQL face on SQLite. WAL with synchronous FULL: NORMAL loses committed
 * rows at a power cut. Checkpoints are bounded (1,000 pages each) so that no
 * single commit waits for a long one. New stores have pages of 16 KB: a letter
 * fits in one, which makes writing a third faster than with 4 KB. The cache (8
 * MB) holds a batch, and statement journals stay in memory: both together halve
 * the processor time of a batch.
 */
#include "base/sql.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/language.h"
#include "base/mem.h"

enum { CACHED_MAX = 128, BUSY_WAIT_MS = 10000 };

struct cached {
    const char *text;
    sqlite3_stmt *statement;
    bool in_use;
};

struct sql {
    sqlite3 *handle;
    struct cached cache[CACHED_MAX];
    size_t cached;
};

struct sql_rows {
    struct sql *db;
    sqlite3_stmt *statement;
    struct cached *home; /* NULL: not cached, to be finalised */
    int status;
};

static int64_t failures_in = 0;

void sql_fail_after(int64_t nth)
{
    failures_in = nth;
}

static bool must_fail_now(void)
{
    return failures_in > 0 && --failures_in == 0;
}

static enum reason store_fault(struct sql *db, int status, const char *text,
                               struct fault *why)
{
    bool busy = (status & 0xFF) == SQLITE_BUSY;
    return fault(why, busy ? R_STORE_BUSY : R_STORE_FAILED, "%s (%.80s)",
                 sqlite3_errmsg(db->handle), text);
}

struct sql_value sql_value_int(int64_t value)
{
    return (struct sql_value){.kind = SQL_KIND_INT, .integer = value};
}

struct sql_value sql_value_text(const char *text)
{
    if (!text)
        return SQL_NULL;
    return (struct sql_value){
        .kind = SQL_KIND_TEXT, .bytes = text, .size = strlen(text)};
}

struct sql_value sql_value_bytes(const void *bytes, size_t size)
{
    return (struct sql_value){
        .kind = SQL_KIND_BYTES, .bytes = bytes ? bytes : "", .size = size};
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
static struct cached *cache_find(struct sql *db, const char *text)
{
    for (size_t i = 0; i < db->cached; i++) {
        struct cached *slot = &db->cache[i];
        if (slot->text != text)
            continue;
        bool same =
            !slot->statement || strcmp(sqlite3_sql(slot->statement), text) == 0;
        return same ? slot : NULL;
    }
    if (db->cached == CACHED_MAX)
        return NULL;
    struct cached *slot = &db->cache[db->cached++];
    *slot = (struct cached){.text = text};
    return slot;
}

static enum reason prepare(struct sql *db, const char *text,
                           struct sql_rows *rows, struct fault *why)
{
    struct cached *slot = cache_find(db, text);
    rows->db = db;
    if (slot && !slot->in_use && slot->statement) {
        rows->statement = slot->statement;
    } else {
        int status =
            sqlite3_prepare_v3(db->handle, text, -1, SQLITE_PREPARE_PERSISTENT,
                               &rows->statement, NULL);
        if (status != SQLITE_OK)
            return store_fault(db, status, text, why);
    }
    if (slot && !slot->in_use) {
        slot->statement = rows->statement;
        slot->in_use = true;
        rows->home = slot;
    }
    return R_OK;
}

static void release(struct sql_rows *rows)
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

static enum reason start(struct sql *db, const char *text,
                         struct sql_values values, struct sql_rows *rows,
                         struct fault *why)
{
    if (must_fail_now())
        return fault(why, R_STORE_FAILED, "failure asked for by a test");
    TRY(prepare(db, text, rows, why));
    for (size_t i = 0; i < values.count; i++) {
        int status = bind_value(rows->statement, (int)i + 1, &values.values[i]);
        if (status != SQLITE_OK)
            return store_fault(db, status, text, why);
    }
    return R_OK;
}

enum reason sql_run(struct sql *db, const char *text, struct sql_values values,
                    struct fault *why)
{
    struct sql_rows rows = {0};
    enum reason reason = start(db, text, values, &rows, why);
    if (reason == R_OK) {
        int status;
        while ((status = sqlite3_step(rows.statement)) == SQLITE_ROW)
            continue;
        if (status != SQLITE_DONE)
            reason = store_fault(db, status, text, why);
    }
    release(&rows);
    return reason;
}

int64_t sql_changes(const struct sql *db)
{
    return sqlite3_changes64(db->handle);
}

int64_t sql_last_id(const struct sql *db)
{
    return sqlite3_last_insert_rowid(db->handle);
}

enum reason sql_begin(struct sql *db, struct fault *why)
{
    return sql_run(db, "BEGIN IMMEDIATE", SQL_NO_VALUES, why);
}

enum reason sql_commit(struct sql *db, struct fault *why)
{
    return sql_run(db, "COMMIT", SQL_NO_VALUES, why);
}

void sql_rollback(struct sql *db)
{
    if (!sqlite3_get_autocommit(db->handle))
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

enum reason sql_select(struct sql *db, const char *text,
                       struct sql_values values, struct sql_rows **out,
                       struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = mem_new(1, sizeof *rows);
    TRY(start(db, text, values, rows, why));
    *out = TAKE(rows);
    return R_OK;
}

bool sql_next(struct sql_rows *rows)
{
    rows->status = sqlite3_step(rows->statement);
    return rows->status == SQLITE_ROW;
}

enum reason sql_check(const struct sql_rows *rows, struct fault *why)
{
    if (rows->status == SQLITE_DONE || rows->status == SQLITE_ROW ||
        rows->status == SQLITE_OK)
        return R_OK;
    return store_fault(rows->db, rows->status, sqlite3_sql(rows->statement),
                       why);
}

int64_t sql_integer(const struct sql_rows *rows, int column)
{
    return sqlite3_column_int64(rows->statement, column);
}

const char *sql_text(const struct sql_rows *rows, int column)
{
    return (const char *)sqlite3_column_text(rows->statement, column);
}

const void *sql_bytes(const struct sql_rows *rows, int column, size_t *size)
{
    const void *bytes = sqlite3_column_blob(rows->statement, column);
    *size = (size_t)sqlite3_column_bytes(rows->statement, column);
    return bytes ? bytes : "";
}

bool sql_is_null(const struct sql_rows *rows, int column)
{
    return sqlite3_column_type(rows->statement, column) == SQLITE_NULL;
}

void sql_rows_free(struct sql_rows *rows)
{
    if (!rows)
        return;
    release(rows);
    free(rows);
}

enum reason sql_script(struct sql *db, const char *script, struct fault *why)
{
    int status = sqlite3_exec(db->handle, script, NULL, NULL, NULL);
    return status == SQLITE_OK ? R_OK : store_fault(db, status, script, why);
}

enum reason sql_version(struct sql *db, int64_t *out, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(db, "PRAGMA user_version", SQL_NO_VALUES, &rows, why));
    *out = sql_next(rows) ? sql_integer(rows, 0) : 0;
    return sql_check(rows, why);
}

/* Several processes may open a new store at once: the first one makes it. */
static enum reason make_schema(struct sql *db, const char *schema, int version,
                               struct fault *why)
{
    int64_t found = 0;
    TRY(sql_begin(db, why));
    TRY(sql_version(db, &found, why));
    if (found == 0) {
        AUTO(text) char *mark = mem_print("PRAGMA user_version = %d", version);
        TRY(sql_script(db, schema, why));
        TRY(sql_script(db, mark, why));
    }
    return sql_commit(db, why);
}

/*
 * Many processes may open a new store at once, and SQLite does not wait by
 * itself for the one that is turning it into a write-ahead log.
 */
static enum reason use_log(struct sql *db, struct fault *why)
{
    enum { PAUSE_MS = 20 };
    static const char script[] = "PRAGMA page_size = 16384;"
                                 "PRAGMA journal_mode = WAL;";
    int waited = 0, status;
    while ((status = sqlite3_exec(db->handle, script, NULL, NULL, NULL)) ==
               SQLITE_BUSY &&
           waited < BUSY_WAIT_MS)
        waited += sqlite3_sleep(PAUSE_MS);
    return status == SQLITE_OK ? R_OK : store_fault(db, status, script, why);
}

static enum reason open_handle(struct sql *db, const char *path,
                               enum sql_mode mode, struct fault *why)
{
    int flags =
        SQLITE_OPEN_NOMUTEX |
        (mode == SQL_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
        (mode == SQL_CREATE ? SQLITE_OPEN_CREATE : 0);
    int status = sqlite3_open_v2(path, &db->handle, flags, NULL);
    if (status == SQLITE_CANTOPEN)
        return fault(why, R_NO_FILE, "%s", path);
    if (status != SQLITE_OK)
        return store_fault(db, status, path, why);
    sqlite3_busy_timeout(db->handle, BUSY_WAIT_MS);
    if (mode == SQL_READ)
        return sql_script(db, "PRAGMA query_only = 1", why);
    TRY(use_log(db, why));
    return sql_script(db,
                      "PRAGMA synchronous = FULL;"
                      "PRAGMA temp_store = 2;"
                      "PRAGMA cache_size = -8192;"
                      "PRAGMA foreign_keys = 1;"
                      "PRAGMA wal_autocheckpoint = 1000;",
                      why);
}

static enum reason check_version(const char *path, int64_t found, int version,
                                 struct fault *why)
{
    if (found == version)
        return R_OK;
    const char *form =
        found > version
            ? say("%s 为第 %lld 版，本程序只认识第 %d 版：请使用更新的程序",
                  "%s has version %lld, this program knows version %d: "
                  "use the newer program")
            : say("%s 为旧的第 %lld 版，本程序为第 %d "
                  "版：由路由器或适配器启动一次即自动升级，并在旁留下备份",
                  "%s has the older version %lld, this program needs %d: the "
                  "router or the adapter upgrades it when it starts, and "
                  "leaves a backup beside it");
    return fault(why, R_STORE_VERSION, form, path, (long long)found, version);
}

enum reason sql_open(struct sql **out, const char *path, enum sql_mode mode,
                     const char *schema, int version, struct fault *why)
{
    AUTO(sql) struct sql *db = mem_new(1, sizeof *db);
    TRY(open_handle(db, path, mode, why));
    int64_t found = 0;
    TRY(sql_version(db, &found, why));
    if (found == 0 && mode == SQL_CREATE) {
        enum reason made = make_schema(db, schema, version, why);
        sql_rollback(db);
        TRY(made);
        TRY(sql_version(db, &found, why));
    }
    if (version != SQL_ANY_VERSION)
        TRY(check_version(path, found, version, why));
    *out = TAKE(db);
    return R_OK;
}

void sql_close(struct sql *db)
{
    if (!db)
        return;
    for (size_t i = 0; i < db->cached; i++)
        sqlite3_finalize(db->cache[i].statement);
    sqlite3_close(db->handle);
    free(db);
}
