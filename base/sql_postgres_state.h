/*
 * sql_postgres_state - what the sql_postgres*.c files share; nobody else.
 *
 *   sql_postgres.c       statements, rows, the table of functions
 *   sql_postgres_wire.c  sending and waiting; what a failure means
 *   sql_postgres_open.c  connecting
 */
#ifndef YISONG_BASE_SQL_POSTGRES_STATE_H
#define YISONG_BASE_SQL_POSTGRES_STATE_H

#include "base/sql_ops.h"

struct pg_conn;
struct pg_result;

struct postgres {
    struct sql face;
    struct pg_conn *connection;
    struct sql_patience patience;
    bool lost;
    int64_t changes;
};

extern const struct sql_ops sql_postgres_ops;

/* Waits until the socket is ready; R_TIMED_OUT, and the connection is lost. */
enum reason postgres_wait(struct postgres *pg, short events, int64_t deadline,
                          struct fault *why) MUST_CHECK;

/*
 * Waits for the end of what was sent: its last result (free it in any case;
 * NULL: none), and the first failure.
 */
enum reason postgres_finish(struct postgres *pg, struct pg_result **out,
                            struct fault *why) MUST_CHECK;

/* The connection broke: its own words, which never hold a password. */
enum reason postgres_lost(struct postgres *pg, struct fault *why) MUST_CHECK;

/* Several statements without values. */
enum reason postgres_script(struct sql *db, const char *script,
                            struct fault *why) MUST_CHECK;

#endif
