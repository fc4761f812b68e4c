/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The SQL face: values, and calls passed on to the store that a connection
 * belongs to (sql_ops.h).
 */
#include "base/sql.h"

#include <string.h>

#include "base/sql_ops.h"

static int64_t failures_in = 0;

void sql_fail_after(int64_t nth)
{
    failures_in = nth;
}

static enum reason check_failure(struct fault *why)
{
    bool now = failures_in > 0 && --failures_in == 0;
    return now ? fault(why, R_STORE_FAILED, "failure asked for by a test")
               : R_OK;
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

bool sql_must_stop(const struct sql_patience *patience)
{
    return patience->stop && atomic_load(patience->stop);
}

enum sql_dialect sql_dialect(const struct sql *db)
{
    return db->ops->dialect;
}

void sql_close(struct sql *db)
{
    if (db)
        db->ops->close(db);
}

enum reason sql_begin(struct sql *db, struct fault *why)
{
    return sql_run(db, db->ops->begin, SQL_NO_VALUES, why);
}

enum reason sql_commit(struct sql *db, struct fault *why)
{
    TRY(check_failure(why));
    return db->ops->commit(db, why);
}

void sql_rollback(struct sql *db)
{
    db->ops->rollback(db);
}

enum reason sql_run(struct sql *db, const char *text, struct sql_values values,
                    struct fault *why)
{
    TRY(check_failure(why));
    return db->ops->run(db, text, values, why);
}

enum reason sql_script(struct sql *db, const char *script, struct fault *why)
{
    return db->ops->script(db, script, why);
}

int64_t sql_changes(const struct sql *db)
{
    return db->ops->changes(db);
}

int64_t sql_last_id(const struct sql *db)
{
    return db->ops->last_id(db);
}

enum reason sql_listen(struct sql *db, const char *channel, struct fault *why)
{
    return db->ops->listen(db, channel, why);
}

int sql_descriptor(const struct sql *db)
{
    return db->ops->descriptor(db);
}

bool sql_heard(struct sql *db)
{
    return db->ops->heard(db);
}

bool sql_is_lost(const struct sql *db)
{
    return db->ops->is_lost(db);
}

enum reason sql_select(struct sql *db, const char *text,
                       struct sql_values values, struct sql_rows **out,
                       struct fault *why)
{
    TRY(check_failure(why));
    return db->ops->select(db, text, values, out, why);
}

bool sql_next(struct sql_rows *rows)
{
    return rows->db->ops->next(rows);
}

enum reason sql_check(const struct sql_rows *rows, struct fault *why)
{
    return rows->db->ops->check(rows, why);
}

int64_t sql_integer(const struct sql_rows *rows, int column)
{
    return rows->db->ops->integer(rows, column);
}

const char *sql_text(const struct sql_rows *rows, int column)
{
    return rows->db->ops->text(rows, column);
}

const void *sql_bytes(const struct sql_rows *rows, int column, size_t *size)
{
    return rows->db->ops->bytes(rows, column, size);
}

bool sql_is_null(const struct sql_rows *rows, int column)
{
    return rows->db->ops->is_null(rows, column);
}

int sql_columns(const struct sql_rows *rows)
{
    return rows->db->ops->columns(rows);
}

const char *sql_name(const struct sql_rows *rows, int column)
{
    return rows->db->ops->name(rows, column);
}

void sql_rows_free(struct sql_rows *rows)
{
    if (rows)
        rows->db->ops->rows_free(rows);
}
