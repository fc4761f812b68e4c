/*
 * sql - a small face over an SQL store: open, statements with typed values,
 * rows, transactions. What the program keeps itself is SQLite (sql_open); a
 * database of an agency's own may be SQLite (sql_open_foreign) or PostgreSQL
 * (sql_postgres.h). Each make is a table of functions (sql_ops.h); their
 * libraries' headers stay in the sql_*.c files.
 *
 * Statements are string constants with ?1, ?2, ... and are prepared once per
 * connection: they are found again by the address of their text. A text made
 * for one call works too, but is prepared each time. A connection
 * belongs to one thread.
 *
 *     TRY(sql_run(db, "UPDATE outbox SET sent = ?2 WHERE seq = ?1",
 *                 SQL_VALUES(SQL_INT(seq), SQL_INT(now)), why));
 *
 *     AUTO(sql_rows) struct sql_rows *rows = NULL;
 *     TRY(sql_select(db, "SELECT id FROM message", SQL_NO_VALUES, &rows, why));
 *     while (sql_next(rows))
 *         use(sql_text(rows, 0));
 *     TRY(sql_check(rows, why));
 */
#ifndef YISONG_BASE_SQL_H
#define YISONG_BASE_SQL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

struct sql;
struct sql_rows;

enum sql_mode {
    SQL_READ,  /* must exist; nothing is written */
    SQL_WRITE, /* must exist */
    SQL_CREATE /* made with the schema if it is not there */
};

enum sql_kind { SQL_KIND_NULL, SQL_KIND_INT, SQL_KIND_TEXT, SQL_KIND_BYTES };

struct sql_value {
    enum sql_kind kind;
    int64_t integer;
    const void *bytes; /* borrowed until the call returns */
    size_t size;
};

struct sql_values {
    const struct sql_value *values;
    size_t count;
};

struct sql_value sql_value_int(int64_t value);
struct sql_value sql_value_text(const char *text); /* NULL is SQL NULL */
struct sql_value sql_value_bytes(const void *bytes, size_t size);

#define SQL_INT(value)         sql_value_int(value)
#define SQL_TEXT(text)         sql_value_text(text)
#define SQL_BYTES(bytes, size) sql_value_bytes(bytes, size)
#define SQL_DIGEST(digest)     sql_value_bytes((digest)->bytes, DIGEST_SIZE)
#define SQL_NULL               ((struct sql_value){.kind = SQL_KIND_NULL})
#define SQL_VALUES(...)                                                        \
    ((struct sql_values){(const struct sql_value[]){__VA_ARGS__},              \
                         sizeof((const struct sql_value[]){__VA_ARGS__}) /     \
                             sizeof(struct sql_value)})
#define SQL_NO_VALUES ((struct sql_values){NULL, 0})

/*
 * Opens the store at `path` with write-ahead log and synchronous FULL: what is
 * committed survives a power cut. `schema` is run, in one transaction, where
 * the file is new (SQL_CREATE); its number, `PRAGMA user_version`, is compared
 * afterwards: a store of another version is R_STORE_VERSION with both numbers
 * (sql_upgrade.h brings an older one up). SQL_ANY_VERSION asks for none.
 * A lock held by another process is waited for (10 s), then R_STORE_BUSY.
 */
enum { SQL_ANY_VERSION = -1 };
enum reason sql_open(struct sql **out, const char *path, enum sql_mode mode,
                     const char *schema, int version,
                     struct fault *why) MUST_CHECK;
void sql_close(struct sql *db);

/* How long a call on another system's database may take, at most. */
struct sql_patience {
    int wait_ms;
    const atomic_bool *stop; /* once true, nobody waits any more; or NULL */
};

/*
 * Opens an SQLite file that belongs to another system, to read and write its
 * rows; nothing else of it is changed. R_STORE_UNFIT if there is none or it is
 * none; later R_STORE_REFUSED for a row that breaks a rule of its table,
 * R_STORE_UNFIT for tables, columns and rights that are not as needed,
 * R_STORE_BUSY and R_TIMED_OUT.
 */
enum reason sql_open_foreign(struct sql **out, const char *path,
                             const struct sql_patience *patience,
                             struct fault *why) MUST_CHECK;

enum sql_dialect { SQL_SQLITE, SQL_POSTGRES };
enum sql_dialect sql_dialect(const struct sql *db);

/* The number of the schema that the store has; 0: none yet. */
enum reason sql_version(struct sql *db, int64_t *out,
                        struct fault *why) MUST_CHECK;

/* Takes the write lock at once, so that a commit cannot fail for a reader. */
enum reason sql_begin(struct sql *db, struct fault *why) MUST_CHECK;
/* Durable when it returns R_OK. */
enum reason sql_commit(struct sql *db, struct fault *why) MUST_CHECK;
/* Undoes what was not committed; nothing to do is fine. */
void sql_rollback(struct sql *db);

/* Runs a statement that gives no rows. */
enum reason sql_run(struct sql *db, const char *text, struct sql_values values,
                    struct fault *why) MUST_CHECK;

/* Runs a script of several statements, without values and rows. */
enum reason sql_script(struct sql *db, const char *script,
                       struct fault *why) MUST_CHECK;

/* Rows changed by the last sql_run, and the row id that it inserted (SQLite;
 * elsewhere INSERT ... RETURNING tells). */
int64_t sql_changes(const struct sql *db);
int64_t sql_last_id(const struct sql *db);

/* Runs a query; the caller frees the rows, before the next commit. */
enum reason sql_select(struct sql *db, const char *text,
                       struct sql_values values, struct sql_rows **out,
                       struct fault *why) MUST_CHECK;

/* Steps to the next row; false at the end and at a failure (sql_check). */
bool sql_next(struct sql_rows *rows);
enum reason sql_check(const struct sql_rows *rows,
                      struct fault *why) MUST_CHECK;

/* Columns of the present row, counted from 0; borrowed until the next step. */
int64_t sql_integer(const struct sql_rows *rows, int column);
const char *sql_text(const struct sql_rows *rows, int column); /* may be NULL */
const void *sql_bytes(const struct sql_rows *rows, int column, size_t *size);
bool sql_is_null(const struct sql_rows *rows, int column);
/* How many columns there are, and their names; without a row, too. */
int sql_columns(const struct sql_rows *rows);
const char *sql_name(const struct sql_rows *rows, int column);
void sql_rows_free(struct sql_rows *rows);

AUTO_POINTER(sql_rows, sql_rows_free)
AUTO_POINTER(sql, sql_close)

/*
 * Another system's database may be changed by others. sql_listen asks to hear
 * of it (PostgreSQL: NOTIFY on `channel`; SQLite: writes to the file);
 * sql_descriptor is for poll(2), -1 if there is none; sql_heard forgets what
 * was heard and says whether it was anything. Not all that changes is heard:
 * look now and then as well.
 */
enum reason sql_listen(struct sql *db, const char *channel,
                       struct fault *why) MUST_CHECK;
int sql_descriptor(const struct sql *db);
bool sql_heard(struct sql *db);

/* Whether the connection is of no use any more: close it, open another. */
bool sql_is_lost(const struct sql *db);

/*
 * Tests: the `nth` statement, begin or commit from now fails with
 * R_STORE_FAILED; 0 switches it off. Counts over all connections.
 */
void sql_fail_after(int64_t nth);

#endif
