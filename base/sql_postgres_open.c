/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Connecting to PostgreSQL, within the patience that is given.
 */
#include "base/sql_postgres.h"

#include <libpq-fe.h>
#include <poll.h>

#include "base/instant.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/sql_postgres_state.h"

enum { NUMBER_MAX = 24, GRACE_MS = 2000 };

static void be_silent(void *context, const PGresult *result)
{
    (void)context;
    (void)result;
}

/* libpq quotes an address that it cannot read, password and all: it is not
 * repeated. */
static enum reason check_address(const char *address, struct fault *why)
{
    char *words = NULL;
    PQconninfoOption *options = PQconninfoParse(address, &words);
    bool good = options != NULL;
    PQconninfoFree(options);
    PQfreemem(words);
    return good ? R_OK
                : fault(why, R_BAD_SETTINGS,
                        "postgresql://USER@HOST:PORT/DATABASE");
}

static enum reason finish_connecting(struct postgres *pg, struct fault *why)
{
    int64_t deadline = instant_monotonic() + pg->patience.wait_ms;
    short events = POLLOUT;
    for (;;) {
        TRY(postgres_wait(pg, events, deadline, why));
        PostgresPollingStatusType status = PQconnectPoll(pg->connection);
        if (status == PGRES_POLLING_OK)
            return R_OK;
        if (status == PGRES_POLLING_FAILED)
            return postgres_lost(pg, why);
        events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    }
}

static enum reason start_connecting(struct postgres *pg, const char *address,
                                    const char *passfile, struct fault *why)
{
    const char *names[] = {"dbname",
                           "client_encoding",
                           "fallback_application_name",
                           "tcp_user_timeout",
                           *passfile ? "passfile" : NULL,
                           NULL};
    char wait[NUMBER_MAX];
    snprintf(wait, sizeof wait, "%d", pg->patience.wait_ms);
    const char *values[] = {address, "UTF8", "yisong", wait, passfile, NULL};
    pg->connection = PQconnectStartParams(names, values, 1);
    if (!pg->connection)
        return fault(why, R_SYSTEM_FAILED, "libpq");
    if (PQstatus(pg->connection) == CONNECTION_BAD)
        return postgres_lost(pg, why);
    PQsetNoticeReceiver(pg->connection, be_silent, NULL);
    TRY(finish_connecting(pg, why));
    return PQsetnonblocking(pg->connection, 1) == 0 ? R_OK
                                                    : postgres_lost(pg, why);
}

static enum reason set_session(struct postgres *pg, struct fault *why)
{
    int wait = pg->patience.wait_ms;
    AUTO(text) char *script =
        mem_print("SET statement_timeout = %d;"
                  "SET lock_timeout = %d;"
                  "SET idle_in_transaction_session_timeout = %d;"
                  "SET TimeZone = 'Asia/Shanghai';"
                  "SET DateStyle = 'ISO, YMD';"
                  "SET bytea_output = 'hex';"
                  "SET standard_conforming_strings = on;",
                  wait, wait, 2 * wait + GRACE_MS);
    return postgres_script(&pg->face, script, why);
}

enum reason sql_postgres_open(struct sql **out, const char *address,
                              const char *passfile,
                              const struct sql_patience *patience,
                              struct fault *why)
{
    TRY(check_address(address, why));
    struct postgres *pg = mem_new(1, sizeof *pg);
    AUTO(sql) struct sql *db = &pg->face;
    *pg = (struct postgres){.face = {.ops = &sql_postgres_ops},
                            .patience = *patience};
    TRY(start_connecting(pg, address, passfile, why));
    TRY(set_session(pg, why));
    *out = TAKE(db);
    return R_OK;
}
