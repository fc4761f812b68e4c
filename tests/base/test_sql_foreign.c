/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Another system's SQLite file: nothing but rows is changed, no call takes
 * longer than the patience given, faults tell what must be mended by whom.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/instant.h"
#include "base/io.h"
#include "base/sql.h"
#include "tests/base/scratch.h"

static const struct sql_patience patience = {.wait_ms = 300};

/* Their system: made without our code. */
static sqlite3 *open_theirs(void **state, const char *script)
{
    sqlite3 *theirs = NULL;
    assert_int_equal(sqlite3_open(scratch_path(state, "theirs.db"), &theirs),
                     SQLITE_OK);
    assert_int_equal(sqlite3_exec(theirs, script, NULL, NULL, NULL), SQLITE_OK);
    return theirs;
}

static struct sql *open_ours(void **state)
{
    struct sql *db = NULL;
    assert_int_equal(sql_open_foreign(&db, scratch_path(state, "theirs.db"),
                                      &patience, NULL),
                     R_OK);
    return db;
}

static enum reason run(struct sql *db, const char *text)
{
    return sql_run(db, text, SQL_NO_VALUES, NULL);
}

static const char schema[] = "CREATE TABLE thing (id INTEGER PRIMARY KEY,"
                             " name TEXT NOT NULL UNIQUE)";

static void test_foreign__leaves_journal_and_version_as_they_are(void **state)
{
    sqlite3 *theirs = open_theirs(state, schema);
    AUTO(sql) struct sql *db = open_ours(state);
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    assert_int_equal(run(db, "INSERT INTO thing (name) VALUES ('a')"), R_OK);
    assert_int_equal(sql_changes(db), 1);
    assert_int_equal(
        sql_select(db, "PRAGMA journal_mode", SQL_NO_VALUES, &rows, NULL),
        R_OK);
    assert_true(sql_next(rows));
    assert_string_equal(sql_text(rows, 0), "delete");
    sqlite3_close(theirs);
}

static void test_foreign__tells_a_bad_row_from_an_unfit_table(void **state)
{
    sqlite3 *theirs = open_theirs(state, schema);
    AUTO(sql) struct sql *db = open_ours(state);
    assert_int_equal(run(db, "INSERT INTO thing (name) VALUES ('a')"), R_OK);
    assert_int_equal(run(db, "INSERT INTO thing (name) VALUES ('a')"),
                     R_STORE_REFUSED);
    assert_int_equal(run(db, "INSERT INTO thing (name) VALUES (NULL)"),
                     R_STORE_REFUSED);
    assert_int_equal(run(db, "SELECT colour FROM thing"), R_STORE_UNFIT);
    assert_int_equal(run(db, "SELECT 1 FROM nothing"), R_STORE_UNFIT);
    assert_int_equal(run(db, "INSERT INTO thing (name) VALUES ('b')"), R_OK);
    sqlite3_close(theirs);
}

static void test_foreign__waits_for_a_lock_but_not_for_ever(void **state)
{
    sqlite3 *theirs = open_theirs(state, schema);
    AUTO(sql) struct sql *db = open_ours(state);
    sqlite3_exec(theirs, "BEGIN EXCLUSIVE", NULL, NULL, NULL);
    assert_int_equal(run(db, "INSERT INTO thing (name) VALUES ('a')"),
                     R_STORE_BUSY);
    sqlite3_exec(theirs, "COMMIT", NULL, NULL, NULL);
    assert_int_equal(run(db, "INSERT INTO thing (name) VALUES ('a')"), R_OK);
    sqlite3_close(theirs);
}

static void test_foreign__ends_a_view_that_never_ends(void **state)
{
    sqlite3 *theirs =
        open_theirs(state, "CREATE VIEW thing AS WITH RECURSIVE n(i) AS"
                           " (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                           " SELECT count(*) AS id FROM n");
    AUTO(sql) struct sql *db = open_ours(state);
    assert_int_equal(run(db, "SELECT id FROM thing"), R_TIMED_OUT);
    sqlite3_close(theirs);
}

static void test_foreign__ends_at_once_when_it_must_stop(void **state)
{
    static const struct sql_patience long_patience = {.wait_ms = 600 * 1000};
    atomic_bool stop = true;
    struct sql_patience given = long_patience;
    given.stop = &stop;
    sqlite3 *theirs = open_theirs(state, schema);
    struct sql *db = NULL;
    assert_int_equal(
        sql_open_foreign(&db, scratch_path(state, "theirs.db"), &given, NULL),
        R_OK);
    sqlite3_exec(theirs, "BEGIN EXCLUSIVE", NULL, NULL, NULL);
    assert_int_equal(run(db, "INSERT INTO thing (name) VALUES ('a')"),
                     R_STORE_BUSY);
    sql_close(db);
    sqlite3_close(theirs);
}

static void test_foreign__hears_what_others_write(void **state)
{
    sqlite3 *theirs = open_theirs(state, schema);
    AUTO(sql) struct sql *db = open_ours(state);
    assert_int_equal(sql_descriptor(db), -1);
    assert_int_equal(sql_listen(db, "channel", NULL), R_OK);
    assert_true(sql_descriptor(db) >= 0);
    assert_false(sql_heard(db));
    sqlite3_exec(theirs, "INSERT INTO thing (name) VALUES ('a')", NULL, NULL,
                 NULL);
    assert_true(sql_heard(db));
    assert_false(sql_heard(db));
    scratch_write(state, "another.file", "nothing of theirs");
    assert_false(sql_heard(db));
    sqlite3_close(theirs);
}

static void test_foreign__is_lost_when_another_file_takes_its_place(
    void **state)
{
    sqlite3_close(open_theirs(state, schema));
    AUTO(sql) struct sql *db = open_ours(state);
    assert_false(sql_is_lost(db));
    assert_int_equal(unlink(scratch_path(state, "theirs.db")), 0);
    assert_true(sql_is_lost(db));
    scratch_write(state, "theirs.db", "");
    assert_true(sql_is_lost(db));
}

static void test_foreign__refuses_what_is_no_file_of_sqlite(void **state)
{
    struct sql *db = NULL;
    const char *path = scratch_path(state, "none.db");
    assert_int_equal(sql_open_foreign(&db, path, &patience, NULL),
                     R_STORE_UNFIT);
    assert_int_equal(access(path, F_OK), -1);
    path = scratch_write(state, "text.db",
                         "a text that is long enough to be "
                         "told from an empty file, and no "
                         "file of SQLite in the least");
    enum reason reason = sql_open_foreign(&db, path, &patience, NULL);
    if (reason == R_OK) {
        reason = run(db, "SELECT 1 FROM thing");
        sql_close(db);
    }
    assert_int_equal(reason, R_STORE_UNFIT);
}

static void test_foreign__tells_columns_without_a_row(void **state)
{
    sqlite3 *theirs = open_theirs(state, schema);
    AUTO(sql) struct sql *db = open_ours(state);
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    assert_int_equal(sql_select(db, "SELECT * FROM thing LIMIT 0",
                                SQL_NO_VALUES, &rows, NULL),
                     R_OK);
    assert_int_equal(sql_columns(rows), 2);
    assert_string_equal(sql_name(rows, 1), "name");
    assert_int_equal(sql_dialect(db), SQL_SQLITE);
    sqlite3_close(theirs);
}

#define ON_DISK(test)                                                          \
    cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_DISK(test_foreign__leaves_journal_and_version_as_they_are),
        ON_DISK(test_foreign__tells_a_bad_row_from_an_unfit_table),
        ON_DISK(test_foreign__waits_for_a_lock_but_not_for_ever),
        ON_DISK(test_foreign__ends_a_view_that_never_ends),
        ON_DISK(test_foreign__ends_at_once_when_it_must_stop),
        ON_DISK(test_foreign__hears_what_others_write),
        ON_DISK(test_foreign__is_lost_when_another_file_takes_its_place),
        ON_DISK(test_foreign__refuses_what_is_no_file_of_sqlite),
        ON_DISK(test_foreign__tells_columns_without_a_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
