/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * libpq used without ever waiting in it: each call has a deadline, and ends
 * early when the caller must stop. The server is told to give up a little
 * before (sql_postgres_open.c), so that a slow statement does not cost the
 * connection.
 */
#include <libpq-fe.h>
#include <poll.h>
#include <string.h>

#include "base/instant.h"
#include "base/sql_postgres_state.h"

enum { GRACE_MS = 2000, SLICE_MS = 200 };

/* --- faults ----------------------------------------------------------------
 */

/* What a SQLSTATE means, by its beginning; the first that fits counts. */
static const struct {
    const char *state;
    enum reason reason;
} states[] = {
    {"22", R_STORE_REFUSED},  /* data exception: encoding, length, syntax */
    {"23", R_STORE_REFUSED},  /* integrity constraint */
    {"44", R_STORE_REFUSED},  /* WITH CHECK OPTION */
    {"54", R_STORE_REFUSED},  /* program limit: the row is too wide */
    {"P0", R_STORE_REFUSED},  /* raised by a trigger of theirs */
    {"28", R_STORE_UNFIT},    /* login */
    {"3D", R_STORE_UNFIT},    /* no such database */
    {"3F", R_STORE_UNFIT},    /* no such schema */
    {"42", R_STORE_UNFIT},    /* rights, tables, columns */
    {"0A", R_STORE_UNFIT},    /* not supported: a view, a pooler */
    {"25006", R_STORE_UNFIT}, /* read only: a standby server */
    {"40", R_STORE_BUSY},     /* deadlock, serialisation */
    {"55", R_STORE_BUSY},     /* lock not available */
    {"57014", R_TIMED_OUT},   /* statement_timeout */
    {"57P", R_PARTNER_DOWN},  /* shutting down, starting up */
    {"08", R_PARTNER_DOWN},   /* connection */
};

static enum reason reason_of(const char *state)
{
    for (size_t i = 0; i < COUNT_OF(states); i++)
        if (strncmp(state, states[i].state, strlen(states[i].state)) == 0)
            return states[i].reason;
    return R_STORE_FAILED;
}

/* One line, without the end of it. */
static void flatten(const char *text, char out[FAULT_TEXT_MAX])
{
    size_t size = 0;
    for (; *text && size + 1 < FAULT_TEXT_MAX; text++)
        out[size++] = *text == '\n' || *text == '\t' ? ' ' : *text;
    while (size > 0 && out[size - 1] == ' ')
        size--;
    out[size] = '\0';
}

static const char *field(const PGresult *result, int name)
{
    const char *text = PQresultErrorField(result, name);
    return text ? text : "";
}

/*
 * The server's own words, but no values of the row: the detail is left out
 * ("Failing row contains ..."), and of a data exception the message as well,
 * which quotes what it could not read.
 */
static enum reason result_fault(const PGresult *result, struct fault *why)
{
    char text[FAULT_TEXT_MAX] = "";
    const char *state = field(result, PG_DIAG_SQLSTATE);
    const char *column = field(result, PG_DIAG_COLUMN_NAME);
    if (strncmp(state, "22", 2) != 0)
        flatten(field(result, PG_DIAG_MESSAGE_PRIMARY), text);
    return fault(why, reason_of(state), "PostgreSQL %s%s%s%s%s", state,
                 *text ? ": " : "", text, *column ? ": " : "", column);
}

/* The connection's words name host, database and user, never the password. */
enum reason postgres_lost(struct postgres *pg, struct fault *why)
{
    char text[FAULT_TEXT_MAX];
    flatten(PQerrorMessage(pg->connection), text);
    pg->lost = true;
    return fault(why, R_PARTNER_DOWN, "%s",
                 *text ? text : "the connection is closed");
}

/* --- waiting ---------------------------------------------------------------
 */

enum reason postgres_wait(struct postgres *pg, short events, int64_t deadline,
                          struct fault *why)
{
    for (;;) {
        int64_t left = deadline - instant_monotonic();
        if (left <= 0 || sql_must_stop(&pg->patience)) {
            pg->lost = true; /* an answer may still come: not to be mixed up */
            return fault(why, R_TIMED_OUT, "PostgreSQL: no answer in %d ms",
                         pg->patience.wait_ms);
        }
        struct pollfd source = {.fd = PQsocket(pg->connection),
                                .events = events};
        if (poll(&source, 1, left < SLICE_MS ? (int)left : SLICE_MS) > 0)
            return R_OK;
    }
}

static enum reason push(struct postgres *pg, int64_t deadline,
                        struct fault *why)
{
    int left;
    while ((left = PQflush(pg->connection)) == 1) {
        TRY(postgres_wait(pg, POLLIN | POLLOUT, deadline, why));
        if (!PQconsumeInput(pg->connection))
            return postgres_lost(pg, why);
    }
    return left == 0 ? R_OK : postgres_lost(pg, why);
}

/* The next result, NULL when there are no more. */
static enum reason pull(struct postgres *pg, int64_t deadline, PGresult **out,
                        struct fault *why)
{
    while (PQisBusy(pg->connection)) {
        TRY(postgres_wait(pg, POLLIN, deadline, why));
        if (!PQconsumeInput(pg->connection))
            return postgres_lost(pg, why);
    }
    *out = PQgetResult(pg->connection);
    return R_OK;
}

static bool is_good(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
           status == PGRES_EMPTY_QUERY;
}

/* A result of a lost connection has no SQLSTATE. */
static enum reason bad_fault(struct postgres *pg, const PGresult *result,
                             struct fault *why)
{
    if (PQstatus(pg->connection) != CONNECTION_OK)
        return postgres_lost(pg, why);
    return *field(result, PG_DIAG_SQLSTATE) ? result_fault(result, why)
                                            : postgres_lost(pg, why);
}

/* The last good result of what was sent; the first failure counts. */
enum reason postgres_finish(struct postgres *pg, PGresult **out,
                            struct fault *why)
{
    enum reason worst = R_OK;
    int64_t deadline = instant_monotonic() + pg->patience.wait_ms + GRACE_MS;
    *out = NULL;
    TRY(push(pg, deadline, why));
    for (;;) {
        PGresult *result = NULL;
        enum reason reason = pull(pg, deadline, &result, why);
        if (reason == R_OK && !result)
            break;
        if (reason == R_OK && worst == R_OK && !is_good(result))
            reason = worst = bad_fault(pg, result, why);
        PQclear(*out);
        *out = result;
        if (pg->lost)
            return reason;
    }
    return worst;
}
