/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The SQL face on PostgreSQL: statements, rows, changes by others.
 *
 * Statements are sent unprepared: they are few and small, and so a pooler
 * between us and the server, or a table that is altered under us, does no harm.
 *
 * Texts go as "unknown" and take the type of the column that they meet;
 * integers go as int8, bytes as bytea. What comes back comes as text.
 */
#include <ctype.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "base/sql_postgres_state.h"

enum { OID_BYTEA = 17, OID_INT8 = 20, VALUES_MAX = 128, NUMBER_MAX = 24 };

struct postgres_rows {
    struct sql_rows face;
    PGresult *result;
    int row; /* -1: before the first */
    unsigned char *decoded;
};

static struct postgres *own(const struct sql *db)
{
    return (struct postgres *)db;
}

/* --- statements ------------------------------------------------------------
 */

/* ?1 becomes $1, but not within quotes. */
static void translate(const char *text, struct buf *out)
{
    char quote = '\0';
    for (; *text; text++) {
        if (quote)
            quote = *text == quote ? '\0' : quote;
        else if (*text == '\'' || *text == '"')
            quote = *text;
        bool place = !quote && *text == '?' && isdigit((unsigned char)text[1]);
        buf_put_char(out, place ? '$' : *text);
    }
}

struct parameters {
    Oid types[VALUES_MAX];
    const char *texts[VALUES_MAX];
    int lengths[VALUES_MAX];
    int formats[VALUES_MAX];
    char numbers[VALUES_MAX][NUMBER_MAX];
};

static void put_parameter(struct parameters *out, size_t i,
                          const struct sql_value *value)
{
    switch (value->kind) {
    case SQL_KIND_INT:
        out->types[i] = OID_INT8;
        snprintf(out->numbers[i], NUMBER_MAX, "%lld",
                 (long long)value->integer);
        out->texts[i] = out->numbers[i];
        break;
    case SQL_KIND_TEXT:
        out->texts[i] = value->bytes;
        break;
    case SQL_KIND_BYTES:
        out->types[i] = OID_BYTEA;
        out->texts[i] = value->bytes;
        out->lengths[i] = (int)value->size;
        out->formats[i] = 1;
        break;
    case SQL_KIND_NULL:
        break;
    }
}

static enum reason execute(struct postgres *pg, const char *text,
                           struct sql_values values, PGresult **out,
                           struct fault *why)
{
    struct parameters given = {0};
    AUTO(buf) struct buf translated = {0};
    *out = NULL;
    if (pg->lost)
        return fault(why, R_PARTNER_DOWN, "PostgreSQL: the connection is lost");
    if (values.count > VALUES_MAX)
        return fault(why, R_STORE_FAILED, "%zu values", values.count);
    for (size_t i = 0; i < values.count; i++)
        put_parameter(&given, i, &values.values[i]);
    translate(text, &translated);
    if (!PQsendQueryParams(pg->connection, buf_text(&translated),
                           (int)values.count, given.types, given.texts,
                           given.lengths, given.formats, 0))
        return postgres_lost(pg, why);
    return postgres_finish(pg, out, why);
}

static enum reason postgres_run(struct sql *db, const char *text,
                                struct sql_values values, struct fault *why)
{
    PGresult *result;
    enum reason reason = execute(own(db), text, values, &result, why);
    own(db)->changes = result ? strtoll(PQcmdTuples(result), NULL, 10) : 0;
    PQclear(result);
    return reason;
}

enum reason postgres_script(struct sql *db, const char *script,
                            struct fault *why)
{
    struct postgres *pg = own(db);
    PGresult *result;
    if (pg->lost || !PQsendQuery(pg->connection, script))
        return postgres_lost(pg, why);
    enum reason reason = postgres_finish(pg, &result, why);
    PQclear(result);
    return reason;
}

/* A transaction in which something failed is ended by COMMIT, but not kept. */
static enum reason postgres_commit(struct sql *db, struct fault *why)
{
    PGresult *result;
    enum reason reason =
        execute(own(db), "COMMIT", SQL_NO_VALUES, &result, why);
    bool kept = result && strcmp(PQcmdStatus(result), "COMMIT") == 0;
    PQclear(result);
    if (reason == R_OK && !kept)
        return fault(why, R_STORE_FAILED, "PostgreSQL: not committed");
    return reason;
}

static void postgres_rollback(struct sql *db)
{
    struct postgres *pg = own(db);
    PGresult *result;
    if (pg->lost || PQtransactionStatus(pg->connection) == PQTRANS_IDLE)
        return;
    if (execute(pg, "ROLLBACK", SQL_NO_VALUES, &result, NULL) != R_OK)
        pg->lost = true;
    PQclear(result);
}

static int64_t postgres_changes(const struct sql *db)
{
    return own(db)->changes;
}

static int64_t postgres_last_id(const struct sql *db)
{
    (void)db;
    return 0; /* INSERT ... RETURNING tells */
}

/* --- rows ------------------------------------------------------------------
 */

static struct postgres_rows *held(const struct sql_rows *rows)
{
    return (struct postgres_rows *)rows;
}

static enum reason postgres_select(struct sql *db, const char *text,
                                   struct sql_values values,
                                   struct sql_rows **out, struct fault *why)
{
    PGresult *result;
    enum reason reason = execute(own(db), text, values, &result, why);
    if (reason != R_OK) {
        PQclear(result);
        return reason;
    }
    struct postgres_rows *rows = mem_new(1, sizeof *rows);
    *rows =
        (struct postgres_rows){.face = {.db = db}, .result = result, .row = -1};
    *out = &rows->face;
    return R_OK;
}

static bool postgres_next(struct sql_rows *rows)
{
    struct postgres_rows *at = held(rows);
    if (at->row + 1 >= PQntuples(at->result))
        return false;
    at->row++;
    return true;
}

/* All rows are here when there is a first one. */
static enum reason postgres_check(const struct sql_rows *rows,
                                  struct fault *why)
{
    (void)rows;
    (void)why;
    return R_OK;
}

static bool postgres_is_null(const struct sql_rows *rows, int column)
{
    const struct postgres_rows *at = held(rows);
    return PQgetisnull(at->result, at->row, column) != 0;
}

static const char *postgres_text(const struct sql_rows *rows, int column)
{
    const struct postgres_rows *at = held(rows);
    return postgres_is_null(rows, column)
               ? NULL
               : PQgetvalue(at->result, at->row, column);
}

/* A boolean is "t" or "f". */
static int64_t postgres_integer(const struct sql_rows *rows, int column)
{
    const char *text = postgres_text(rows, column);
    if (!text || *text == 'f')
        return 0;
    return *text == 't' ? 1 : strtoll(text, NULL, 10);
}

static const void *postgres_bytes(const struct sql_rows *rows, int column,
                                  size_t *size)
{
    struct postgres_rows *at = held(rows);
    const char *text = postgres_text(rows, column);
    *size = 0;
    if (!text)
        return "";
    if (PQftype(at->result, column) != OID_BYTEA) {
        *size = (size_t)PQgetlength(at->result, at->row, column);
        return text;
    }
    PQfreemem(at->decoded);
    at->decoded = PQunescapeBytea((const unsigned char *)text, size);
    return at->decoded ? (const void *)at->decoded : "";
}

static int postgres_columns(const struct sql_rows *rows)
{
    return PQnfields(held(rows)->result);
}

static const char *postgres_name(const struct sql_rows *rows, int column)
{
    return PQfname(held(rows)->result, column);
}

static void postgres_rows_free(struct sql_rows *rows)
{
    struct postgres_rows *at = held(rows);
    PQfreemem(at->decoded);
    PQclear(at->result);
    free(at);
}

/* --- hearing of changes ----------------------------------------------------
 */

/* `channel` is a name of ours, not one from outside. */
static enum reason postgres_listen(struct sql *db, const char *channel,
                                   struct fault *why)
{
    AUTO(text) char *text = mem_print("LISTEN %s", channel);
    return postgres_run(db, text, SQL_NO_VALUES, why);
}

static int postgres_descriptor(const struct sql *db)
{
    return own(db)->lost ? -1 : PQsocket(own(db)->connection);
}

static bool postgres_heard(struct sql *db)
{
    struct postgres *pg = own(db);
    bool heard = false;
    PGnotify *note;
    if (pg->lost)
        return false;
    if (!PQconsumeInput(pg->connection))
        pg->lost = true;
    while ((note = PQnotifies(pg->connection))) {
        PQfreemem(note);
        heard = true;
    }
    return heard;
}

static bool postgres_is_lost(const struct sql *db)
{
    return own(db)->lost;
}

static void postgres_close(struct sql *db)
{
    PQfinish(own(db)->connection);
    free(db);
}

const struct sql_ops sql_postgres_ops = {
    .dialect = SQL_POSTGRES,
    .begin = "BEGIN",
    .close = postgres_close,
    .commit = postgres_commit,
    .rollback = postgres_rollback,
    .run = postgres_run,
    .script = postgres_script,
    .select = postgres_select,
    .changes = postgres_changes,
    .last_id = postgres_last_id,
    .listen = postgres_listen,
    .descriptor = postgres_descriptor,
    .heard = postgres_heard,
    .is_lost = postgres_is_lost,
    .next = postgres_next,
    .check = postgres_check,
    .integer = postgres_integer,
    .text = postgres_text,
    .bytes = postgres_bytes,
    .is_null = postgres_is_null,
    .columns = postgres_columns,
    .name = postgres_name,
    .rows_free = postgres_rows_free,
};
