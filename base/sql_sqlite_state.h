/*
 * sql_sqlite_state - what the sql_sqlite*.c files share; nobody else.
 *
 *   sql_sqlite.c          statements, rows, the table of functions
 *   sql_sqlite_open.c     a store of ours: its schema, version, durability
 *   sql_sqlite_foreign.c  a file of another system's, as it is
 */
#ifndef YISONG_BASE_SQL_SQLITE_STATE_H
#define YISONG_BASE_SQL_SQLITE_STATE_H

#include "base/sql_ops.h"

enum { SQLITE_CACHED_MAX = 128 };

struct sqlite3;
struct sqlite3_stmt;
struct sqlite_foreign;

struct sqlite_cached {
    const char *text;
    struct sqlite3_stmt *statement;
    bool in_use;
};

struct sqlite {
    struct sql face;
    struct sqlite3 *handle;
    struct sqlite_cached cache[SQLITE_CACHED_MAX];
    size_t cached;
    struct sqlite_foreign *foreign; /* NULL: a store of ours */
};

extern const struct sql_ops sql_sqlite_ops;

/* What a status of SQLite means, with its own words and those of `text`. */
enum reason sqlite_fault(struct sqlite *db, int status, const char *text,
                         struct fault *why) MUST_CHECK;

/* --- another system's file -------------------------------------------------
 */

/* The same, where the file is not ours. */
enum reason sqlite_foreign_fault(struct sqlite *db, int status,
                                 struct fault *why) MUST_CHECK;
/* A statement begins: its time is counted from now on. */
void sqlite_foreign_begin(struct sqlite_foreign *foreign);

enum reason sqlite_foreign_listen(struct sql *db, const char *channel,
                                  struct fault *why) MUST_CHECK;
int sqlite_foreign_descriptor(const struct sql *db);
bool sqlite_foreign_heard(struct sql *db);
bool sqlite_foreign_is_lost(const struct sql *db);
void sqlite_foreign_free(struct sqlite_foreign *foreign);

#endif
