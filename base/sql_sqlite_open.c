/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A store of ours. WAL with synchronous FULL: NORMAL loses committed rows at a
 * power cut. Checkpoints are bounded (1,000 pages each) so that no single
 * commit waits for a long one. New stores have pages of 16 KB: a letter fits in
 * one, which makes writing a third faster than with 4 KB. The cache (8 MB)
 * holds a batch, and statement journals stay in memory: both together halve
 * the processor time of a batch.
 */
#include <sqlite3.h>

#include "base/io.h"
#include "base/language.h"
#include "base/mem.h"
#include "base/sql_sqlite_state.h"

enum { BUSY_WAIT_MS = 10000 };

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
static enum reason use_log(struct sqlite *db, struct fault *why)
{
    enum { PAUSE_MS = 20 };
    static const char script[] = "PRAGMA page_size = 4096;"
                                 "PRAGMA journal_mode = WAL;";
    int waited = 0, status;
    while ((status = sqlite3_exec(db->handle, script, NULL, NULL, NULL)) ==
               SQLITE_BUSY &&
           waited < BUSY_WAIT_MS)
        waited += sqlite3_sleep(PAUSE_MS);
    return status == SQLITE_OK ? R_OK : sqlite_fault(db, status, script, why);
}

static enum reason open_handle(struct sqlite *db, const char *path,
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
        return sqlite_fault(db, status, path, why);
    sqlite3_busy_timeout(db->handle, BUSY_WAIT_MS);
    if (mode == SQL_READ)
        return sql_script(&db->face, /* who reads much reads it in place */
                          "PRAGMA query_only = 1;"
                          "PRAGMA temp_store = 2;"
                          "PRAGMA cache_size = -32768;"
                          "PRAGMA mmap_size = 17179869184;",
                          why);
    TRY(use_log(db, why));
    return sql_script(&db->face,
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
    struct sqlite *made = mem_new(1, sizeof *made);
    AUTO(sql) struct sql *db = &made->face;
    db->ops = &sql_sqlite_ops;
    TRY(open_handle(made, path, mode, why));
    int64_t found = 0;
    TRY(sql_version(db, &found, why));
    if (found == 0 && mode == SQL_CREATE) {
        enum reason reason = make_schema(db, schema, version, why);
        sql_rollback(db);
        TRY(reason);
        TRY(sql_version(db, &found, why));
    }
    if (version != SQL_ANY_VERSION)
        TRY(check_version(path, found, version, why));
    *out = TAKE(db);
    return R_OK;
}
