/*
 * sql_ops - what a store of another make must be able to do; for the sql_*.c
 * files only. sql.c passes each call of sql.h on to the functions of the
 * connection's table.
 *
 * To add a store: a struct that begins with `struct sql`, one for rows that
 * begins with `struct sql_rows`, a table of these functions, and an open
 * function that returns the former.
 */
#ifndef YISONG_BASE_SQL_OPS_H
#define YISONG_BASE_SQL_OPS_H

#include "base/sql.h"

struct sql_ops {
    enum sql_dialect dialect;
    const char *begin; /* a transaction that may write */

    void (*close)(struct sql *db);
    enum reason (*commit)(struct sql *db, struct fault *why);
    void (*rollback)(struct sql *db);
    enum reason (*run)(struct sql *db, const char *text,
                       struct sql_values values, struct fault *why);
    enum reason (*script)(struct sql *db, const char *script,
                          struct fault *why);
    enum reason (*select)(struct sql *db, const char *text,
                          struct sql_values values, struct sql_rows **out,
                          struct fault *why);
    int64_t (*changes)(const struct sql *db);
    int64_t (*last_id)(const struct sql *db);

    enum reason (*listen)(struct sql *db, const char *channel,
                          struct fault *why);
    int (*descriptor)(const struct sql *db);
    bool (*heard)(struct sql *db);
    bool (*is_lost)(const struct sql *db);

    bool (*next)(struct sql_rows *rows);
    enum reason (*check)(const struct sql_rows *rows, struct fault *why);
    int64_t (*integer)(const struct sql_rows *rows, int column);
    const char *(*text)(const struct sql_rows *rows, int column);
    const void *(*bytes)(const struct sql_rows *rows, int column, size_t *size);
    bool (*is_null)(const struct sql_rows *rows, int column);
    int (*columns)(const struct sql_rows *rows);
    const char *(*name)(const struct sql_rows *rows, int column);
    void (*rows_free)(struct sql_rows *rows);
};

struct sql {
    const struct sql_ops *ops;
};

struct sql_rows {
    struct sql *db;
};

/* Whether the caller was told to stop while it waits. */
bool sql_must_stop(const struct sql_patience *patience);

#endif
