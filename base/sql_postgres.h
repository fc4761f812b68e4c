/*
 * sql_postgres - the SQL face (sql.h) on PostgreSQL. Only a program that opens
 * such a store links libpq.
 *
 * Whatever the other end does, no call takes longer than the patience given:
 * connecting, a statement, a lock. A connection that broke or did not answer
 * stays broken (sql_is_lost): close it and open another.
 *
 * Reasons: R_PARTNER_DOWN, R_TIMED_OUT, R_STORE_BUSY (a deadlock, a lock) are
 * temporary; R_STORE_REFUSED is for a row that breaks a rule of its table;
 * R_STORE_UNFIT for rights, tables and columns that are not as needed, and a
 * login that is not accepted.
 */
#ifndef YISONG_BASE_SQL_POSTGRES_H
#define YISONG_BASE_SQL_POSTGRES_H

#include "base/sql.h"

/*
 * `address` is a connection URI, postgresql://USER@HOST:PORT/DATABASE?...; the
 * password may stand in it, or in `passfile` (as libpq's .pgpass; "": where
 * libpq looks by itself). No fault ever tells either.
 */
enum reason sql_postgres_open(struct sql **out, const char *address,
                              const char *passfile,
                              const struct sql_patience *patience,
                              struct fault *why) MUST_CHECK;

#endif
