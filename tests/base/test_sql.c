/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The store's promises: what is committed stays, what is not is gone, a
 * statement may be used within itself, and the n-th call fails when a test
 * asks for it.
 */
#include "base/sql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "tests/base/scratch.h"

static const char schema[] =
    "CREATE TABLE thing (id INTEGER PRIMARY KEY, text TEXT, bytes BLOB) STRICT;"
    "CREATE TABLE part (thing INTEGER REFERENCES thing(id)) STRICT;";

static const char insert[] = "INSERT INTO thing(text, bytes) VALUES (?1, ?2)";

static struct sql *open_store(void **state)
{
    struct sql *db = NULL;
    struct fault why = {0};
    enum reason reason = sql_open(&db, scratch_path(state, "store.db"),
                                  SQL_CREATE, schema, 1, &why);
    assert_string_equal(why.text, "");
    assert_int_equal(reason, R_OK);
    return db;
}

static enum reason add(struct sql *db, const char *text, struct fault *why)
{
    return sql_run(db, insert, SQL_VALUES(SQL_TEXT(text), SQL_NULL), why);
}

static int64_t count_things(struct sql *db)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    assert_int_equal(sql_select(db, "SELECT count(*) FROM thing", SQL_NO_VALUES,
                                &rows, NULL),
                     R_OK);
    assert_true(sql_next(rows));
    return sql_integer(rows, 0);
}

static void test_sql__gives_back_what_was_put(void **state)
{
    AUTO(sql) struct sql *db = open_store(state);
    assert_int_equal(sql_run(db, insert,
                             SQL_VALUES(SQL_TEXT("移送"), SQL_BYTES("\0x", 2)),
                             NULL),
                     R_OK);
    assert_int_equal(sql_last_id(db), 1);
    assert_int_equal(sql_changes(db), 1);
    assert_int_equal(sql_run(db, insert,
                             SQL_VALUES(SQL_TEXT(NULL), SQL_BYTES(NULL, 0)),
                             NULL),
                     R_OK);
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    assert_int_equal(sql_select(db, "SELECT * FROM thing WHERE id >= ?1",
                                SQL_VALUES(SQL_INT(1)), &rows, NULL),
                     R_OK);
    size_t size = 9;
    assert_true(sql_next(rows));
    assert_string_equal(sql_text(rows, 1), "移送");
    assert_memory_equal(sql_bytes(rows, 2, &size), "\0x", 2);
    assert_int_equal(size, 2);
    assert_true(sql_next(rows));
    assert_null(sql_text(rows, 1));
    assert_true(sql_is_null(rows, 1));
    assert_false(sql_is_null(rows, 2));
    assert_non_null(sql_bytes(rows, 2, &size));
    assert_int_equal(size, 0);
    assert_false(sql_next(rows));
    assert_int_equal(sql_check(rows, NULL), R_OK);
}

static void test_sql__commit_keeps_and_rollback_forgets(void **state)
{
    AUTO(sql) struct sql *db = open_store(state);
    assert_int_equal(sql_begin(db, NULL), R_OK);
    assert_int_equal(add(db, "kept", NULL), R_OK);
    assert_int_equal(sql_commit(db, NULL), R_OK);
    sql_rollback(db); /* nothing to do is fine */
    assert_int_equal(sql_begin(db, NULL), R_OK);
    assert_int_equal(add(db, "gone", NULL), R_OK);
    sql_rollback(db);
    assert_int_equal(count_things(db), 1);
}

static void test_sql__close_forgets_what_was_not_committed(void **state)
{
    struct sql *db = open_store(state);
    assert_int_equal(sql_begin(db, NULL), R_OK);
    assert_int_equal(add(db, "gone", NULL), R_OK);
    sql_close(db);
    AUTO(sql) struct sql *again = open_store(state);
    assert_int_equal(count_things(again), 0);
}

static void test_sql__a_statement_may_be_used_within_itself(void **state)
{
    static const char one_more[] = "SELECT ?1 + 1 WHERE ?1 < 5";
    AUTO(sql) struct sql *db = open_store(state);
    struct sql_rows *open[6] = {0};
    int64_t value = 0;
    for (size_t depth = 0; depth < COUNT_OF(open); depth++) {
        assert_int_equal(sql_select(db, one_more, SQL_VALUES(SQL_INT(value)),
                                    &open[depth], NULL),
                         R_OK);
        if (sql_next(open[depth]))
            value = sql_integer(open[depth], 0);
    }
    assert_int_equal(value, 5);
    for (size_t i = 0; i < COUNT_OF(open) - 1; i++) /* each kept its own row */
        assert_int_equal(sql_integer(open[i], 0), (int64_t)i + 1);
    for (size_t i = 0; i < COUNT_OF(open); i++)
        sql_rows_free(open[i]);
    AUTO(sql_rows) struct sql_rows *after = NULL; /* and it still works */
    assert_int_equal(
        sql_select(db, one_more, SQL_VALUES(SQL_INT(3)), &after, NULL), R_OK);
    assert_true(sql_next(after));
    assert_int_equal(sql_integer(after, 0), 4);
}

/* A cached statement remembers nothing of its last use. */
static void test_sql__values_do_not_stay_bound(void **state)
{
    AUTO(sql) struct sql *db = open_store(state);
    assert_int_equal(add(db, "first", NULL), R_OK);
    assert_int_equal(sql_run(db, insert, SQL_NO_VALUES, NULL), R_OK);
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    assert_int_equal(sql_select(db, "SELECT text FROM thing WHERE id = 2",
                                SQL_NO_VALUES, &rows, NULL),
                     R_OK);
    assert_true(sql_next(rows));
    assert_true(sql_is_null(rows, 0));
}

static void test_sql__a_text_in_the_place_of_another_is_another(void **state)
{
    AUTO(sql) struct sql *db = open_store(state);
    static char text[40];
    for (int expected = 1; expected <= 3; expected++) {
        AUTO(sql_rows) struct sql_rows *rows = NULL;
        snprintf(text, sizeof text, "SELECT %d", expected);
        assert_int_equal(sql_select(db, text, SQL_NO_VALUES, &rows, NULL),
                         R_OK);
        assert_true(sql_next(rows));
        assert_int_equal(sql_integer(rows, 0), expected);
    }
}

static void test_sql__has_room_for_more_statements_than_it_keeps(void **state)
{
    enum { MANY = 300 };
    static char texts[MANY][32];
    AUTO(sql) struct sql *db = open_store(state);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < MANY; i++) {
            snprintf(texts[i], sizeof texts[i], "SELECT %d", i);
            AUTO(sql_rows) struct sql_rows *rows = NULL;
            assert_int_equal(
                sql_select(db, texts[i], SQL_NO_VALUES, &rows, NULL), R_OK);
            assert_true(sql_next(rows));
            assert_int_equal(sql_integer(rows, 0), i);
        }
    }
}

static void test_sql__tells_a_broken_rule_and_goes_on(void **state)
{
    AUTO(sql) struct sql *db = open_store(state);
    struct fault why = {0};
    assert_int_equal(
        sql_run(db, "INSERT INTO part VALUES (77)", SQL_NO_VALUES, &why),
        R_STORE_FAILED);
    assert_non_null(strstr(why.text, "FOREIGN KEY"));
    assert_int_equal(
        sql_run(db, "INSERT INTO nothing VALUES (1)", SQL_NO_VALUES, &why),
        R_STORE_FAILED);
    assert_int_equal(add(db, "x", &why), R_OK);
}

static enum reason three_steps(struct sql *db, struct fault *why)
{
    TRY(sql_begin(db, why));
    TRY(add(db, "one", why));
    TRY(add(db, "two", why));
    return sql_commit(db, why);
}

/* The n-th call fails, for every n: all or nothing is there afterwards. */
static void test_sql__fails_where_a_test_asks_and_leaves_nothing(void **state)
{
    AUTO(sql) struct sql *db = open_store(state);
    for (int64_t nth = 1; nth <= 4; nth++) {
        struct fault why = {0};
        sql_fail_after(nth);
        assert_int_equal(three_steps(db, &why), R_STORE_FAILED);
        sql_rollback(db);
        assert_int_equal(count_things(db), 0);
    }
    sql_fail_after(5);
    assert_int_equal(three_steps(db, NULL), R_OK);
    sql_fail_after(0);
    assert_int_equal(count_things(db), 2);
}

static void test_sql_open__asks_for_the_right_version(void **state)
{
    const char *path = scratch_path(state, "store.db");
    sql_close(open_store(state));
    struct sql *db = NULL;
    struct fault why = {0};
    assert_int_equal(sql_open(&db, path, SQL_CREATE, schema, 2, &why),
                     R_STORE_VERSION);
    assert_non_null(
        strstr(why.text, "has the older version 1, this program needs 2"));
    assert_null(db);
}

static void test_sql_open__makes_nothing_where_it_may_not(void **state)
{
    const char *path = scratch_path(state, "none.db");
    struct sql *db = NULL;
    struct fault why = {0};
    assert_int_equal(sql_open(&db, path, SQL_READ, schema, 1, &why), R_NO_FILE);
    assert_int_equal(sql_open(&db, path, SQL_WRITE, schema, 1, &why),
                     R_NO_FILE);
    assert_int_equal(access(path, F_OK), -1);
}

static void test_sql_open__for_reading_writes_nothing(void **state)
{
    AUTO(sql) struct sql *writer = open_store(state);
    assert_int_equal(add(writer, "x", NULL), R_OK);
    AUTO(sql) struct sql *reader = NULL;
    assert_int_equal(sql_open(&reader, scratch_path(state, "store.db"),
                              SQL_READ, schema, 1, NULL),
                     R_OK);
    assert_int_equal(count_things(reader), 1);
    assert_int_equal(add(reader, "y", NULL), R_STORE_FAILED);
    assert_int_equal(count_things(writer), 1);
}

static void test_sql_open__refuses_a_file_that_is_no_store(void **state)
{
    const char *path = scratch_write(state, "store.db",
                                     "not a store at all, "
                                     "but a longer text");
    struct sql *db = NULL;
    struct fault why = {0};
    assert_int_equal(sql_open(&db, path, SQL_CREATE, schema, 1, &why),
                     R_STORE_FAILED);
}

/* Many processes find no store at once: one makes it, all can use it. */
static void test_sql_open__may_be_done_by_many_at_once(void **state)
{
    enum { PROCESSES = 8, EACH = 5 };
    int gate[2];
    pid_t children[PROCESSES];
    assert_int_equal(pipe(gate), 0);
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        if (children[i] != 0)
            continue;
        char byte;
        close(gate[1]);
        (void)!read(gate[0], &byte, 1); /* until all of them are there */
        struct sql *db = NULL;
        bool good = sql_open(&db, scratch_path(state, "store.db"), SQL_CREATE,
                             schema, 1, NULL) == R_OK;
        for (int n = 0; good && n < EACH; n++)
            good = add(db, "x", NULL) == R_OK;
        sql_close(db);
        _exit(good ? 0 : 1);
    }
    close(gate[0]);
    close(gate[1]);
    for (int i = 0; i < PROCESSES; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    AUTO(sql) struct sql *db = open_store(state);
    assert_int_equal(count_things(db), PROCESSES * EACH);
}

/* kill -9 in the middle of commits: what commit said is there. */
static void test_sql__keeps_what_it_committed_when_killed(void **state)
{
    sql_close(open_store(state));
    int64_t promised = 0;
    for (int round = 0; round < 5; round++) {
        int told[2];
        assert_int_equal(pipe(told), 0);
        pid_t child = fork();
        if (child == 0) {
            struct sql *db = open_store(state);
            for (;;) /* one byte for each commit that returned */
                if (three_steps(db, NULL) != R_OK || write(told[1], "x", 1) < 0)
                    _exit(1);
        }
        char byte;
        close(told[1]);
        for (int i = 0; i < 10; i++, promised++)
            assert_int_equal(read(told[0], &byte, 1), 1);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        while (read(told[0], &byte, 1) == 1)
            promised++;
        close(told[0]);
        AUTO(sql) struct sql *db = open_store(state);
        int64_t found = count_things(db);
        assert_int_equal(found % 2, 0); /* a transaction whole or not at all */
        assert_true(found >= 2 * promised && found <= 2 * promised + 2);
        promised = found / 2;
    }
}

#define ON_DISK(test)                                                          \
    cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_DISK(test_sql__gives_back_what_was_put),
        ON_DISK(test_sql__commit_keeps_and_rollback_forgets),
        ON_DISK(test_sql__close_forgets_what_was_not_committed),
        ON_DISK(test_sql__a_statement_may_be_used_within_itself),
        ON_DISK(test_sql__values_do_not_stay_bound),
        ON_DISK(test_sql__a_text_in_the_place_of_another_is_another),
        ON_DISK(test_sql__has_room_for_more_statements_than_it_keeps),
        ON_DISK(test_sql__tells_a_broken_rule_and_goes_on),
        ON_DISK(test_sql__fails_where_a_test_asks_and_leaves_nothing),
        ON_DISK(test_sql_open__asks_for_the_right_version),
        ON_DISK(test_sql_open__makes_nothing_where_it_may_not),
        ON_DISK(test_sql_open__for_reading_writes_nothing),
        ON_DISK(test_sql_open__refuses_a_file_that_is_no_store),
        ON_DISK(test_sql_open__may_be_done_by_many_at_once),
        ON_DISK(test_sql__keeps_what_it_committed_when_killed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
