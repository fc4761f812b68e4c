/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Ledgers as earlier programs made them (data/stores: their tables, to the
 * letter) are opened by this one: nothing is lost, the log holds, the tables
 * are those of a new ledger, and the store as it was lies beside.
 */
#include "tests/routing/ledger_fixture.h"

enum { LETTERS = 300, VERSIONS = 4, FIRST_WITH_PAUSES = 3 };

static int fixture_fill(void **state)
{
    fixture_open(state);
    struct fixture *in = *state;
    letters_add(in->ledger, 1, LETTERS);
    return 0;
}

static const char *const copies[] = {
    "INSERT INTO letters SELECT * FROM now.letters",
    "INSERT INTO answers SELECT * FROM now.answers",
    "INSERT INTO tiles SELECT * FROM now.tiles",
    "DELETE FROM head",
    "INSERT INTO head SELECT * FROM now.head",
};

/* A case with three clocks: running, met, met late, in the numbers of then. */
static const char *const cases_before_pauses[] = {
    "INSERT INTO cases VALUES ('CASE-1', 'p', 's', 1, 2)",
    "INSERT INTO deadlines VALUES (1, 'CASE-1', 'l', 'o', 1, 1, 2, 1, 0, 0)",
    "INSERT INTO deadlines VALUES (2, 'CASE-1', 'l', 'o', 1, 1, 2, 2, 7, 0)",
    "INSERT INTO deadlines VALUES (3, 'CASE-1', 'l', 'o', 1, 1, 2, 3, 8, 0)",
};
static const char *const cases_with_pauses[] = {
    "INSERT INTO cases VALUES ('CASE-1', 'p', 's', 1, 2, '')",
    "INSERT INTO deadlines"
    " VALUES (1, 'CASE-1', 'l', 'o', 1, 1, 2, 1, 0, 0, 0, 0, 0)",
    "INSERT INTO deadlines"
    " VALUES (2, 'CASE-1', 'l', 'o', 1, 1, 2, 3, 7, 0, 0, 0, 0)",
    "INSERT INTO deadlines"
    " VALUES (3, 'CASE-1', 'l', 'o', 1, 1, 2, 4, 8, 0, 0, 0, 0)",
};

static void run_each(struct sql *db, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        MUST(sql_run(db, texts[i], SQL_NO_VALUES, NULL));
}

/* A ledger as the program of that version left it; its number says 1. */
static char *earlier_ledger(const struct fixture *in, int version)
{
    AUTO(buf) struct buf schema = {0};
    AUTO(sql) struct sql *db = NULL;
    AUTO(text) char *name = mem_print("data/stores/ledger-%d.sql", version);
    char *path = mem_print("%s/earlier-%d.db", in->folder, version);
    MUST(io_read(name, &schema, NULL));
    MUST(sql_open(&db, path, SQL_CREATE, buf_text(&schema), 1, NULL));
    MUST(sql_run(db, "ATTACH ?1 AS now", SQL_VALUES(SQL_TEXT(in->path)), NULL));
    run_each(db, copies, COUNT_OF(copies));
    if (version < FIRST_WITH_PAUSES)
        run_each(db, cases_before_pauses, COUNT_OF(cases_before_pauses));
    else
        run_each(db, cases_with_pauses, COUNT_OF(cases_with_pauses));
    return path;
}

/* The one text that a query gives. */
static char *told(const char *path, const char *query)
{
    AUTO(sql) struct sql *db = NULL;
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    MUST(sql_open(&db, path, SQL_READ, "", SQL_ANY_VERSION, NULL));
    MUST(sql_select(db, query, SQL_NO_VALUES, &rows, NULL));
    assert_true(sql_next(rows));
    return mem_text(sql_text(rows, 0));
}

static void check_same(const char *one, const char *other, const char *query)
{
    AUTO(text) char *first = told(one, query);
    AUTO(text) char *second = told(other, query);
    assert_string_equal(first, second);
}

static void open_and_close(const char *path)
{
    AUTO(ledger) struct ledger *ledger = NULL;
    struct fault why = {0};
    if (ledger_open(&ledger, path, SQL_WRITE, &why) != R_OK)
        fail_msg("%s: %s", path, why.text);
}

static const char columns[] =
    "SELECT group_concat(name || '.' || column) FROM (SELECT m.name, c.name"
    " AS column FROM sqlite_master AS m, pragma_table_info(m.name) AS c"
    " WHERE m.type = 'table' ORDER BY 1, 2)";
static const char indexes[] =
    "SELECT group_concat(sql) FROM (SELECT sql FROM sqlite_master"
    " WHERE type = 'index' AND sql IS NOT NULL ORDER BY name)";

static void test_ledger_open__brings_every_earlier_ledger_up(void **state)
{
    struct fixture *in = *state;
    for (int version = 1; version <= VERSIONS; version++) {
        AUTO(text) char *path = earlier_ledger(in, version);
        open_and_close(path);
        check_same(path, in->path, "PRAGMA user_version");
        check_same(path, in->path, columns);
        check_same(path, in->path, indexes);
    }
}

static void test_ledger_open__keeps_letters_log_and_clocks(void **state)
{
    struct fixture *in = *state;
    for (int version = 1; version <= VERSIONS; version++) {
        AUTO(text) char *path = earlier_ledger(in, version);
        AUTO(ledger) struct ledger *ledger = NULL;
        struct log_head head;
        MUST(ledger_open(&ledger, path, SQL_WRITE, NULL));
        MUST(log_verify(ledger, NULL, &head, NULL));
        assert_int_equal(head.size, LETTERS);
        AUTO(text) char *clocks =
            told(path, "SELECT group_concat(status || ':' || met_by) FROM"
                       " (SELECT status, met_by FROM deadlines ORDER BY row)");
        char expected[32];
        snprintf(expected, sizeof expected, "%d:0,%d:7,%d:8", DEADLINE_RUNNING,
                 DEADLINE_MET, DEADLINE_MET_LATE);
        assert_string_equal(clocks, expected);
        letters_add(ledger, LETTERS + 1, LETTERS + 2);
        MUST(log_verify(ledger, NULL, &head, NULL));
    }
}

static void test_ledger_open__leaves_the_earlier_ledger_beside(void **state)
{
    struct fixture *in = *state;
    AUTO(text) char *path = earlier_ledger(in, 1);
    AUTO(text) char *before = told(path, columns);
    open_and_close(path);
    AUTO(text) char *backup = mem_print("%s.version-1", path);
    AUTO(text) char *kept = told(backup, columns);
    assert_string_equal(kept, before);
    check_same(backup, in->path, "SELECT hex(root) FROM head");
    check_same(backup, in->path, "SELECT sum(length(bytes)) FROM letters");
}

static void test_ledger_open__changes_nothing_where_a_step_fails(void **state)
{
    struct fixture *in = *state;
    for (int nth = 1;; nth++) {
        AUTO(text) char *path = earlier_ledger(in, 1);
        AUTO(text) char *before = told(path, columns);
        AUTO(ledger) struct ledger *ledger = NULL;
        sql_fail_after(nth);
        enum reason reason = ledger_open(&ledger, path, SQL_WRITE, NULL);
        sql_fail_after(0);
        if (reason == R_OK)
            break;
        AUTO(text) char *after = told(path, columns);
        AUTO(text) char *number = told(path, "PRAGMA user_version");
        if (strcmp(number, "1") == 0)
            assert_string_equal(after, before);
        unlink(path);
        assert_true(nth < 100);
    }
}

static void test_ledger_open__does_not_upgrade_for_a_reader(void **state)
{
    struct fixture *in = *state;
    AUTO(text) char *path = earlier_ledger(in, VERSIONS);
    struct ledger *ledger = NULL;
    assert_int_equal(ledger_open(&ledger, path, SQL_READ, &in->why),
                     R_STORE_VERSION);
    assert_non_null(strstr(in->why.text, "older version 1"));
    AUTO(text) char *number = told(path, "PRAGMA user_version");
    assert_string_equal(number, "1");
}

static void test_ledger_open__leaves_a_newer_ledger_alone(void **state)
{
    struct fixture *in = *state;
    struct ledger *other = NULL;
    tamper(in, "PRAGMA user_version = 99");
    assert_int_equal(ledger_open(&other, in->path, SQL_WRITE, &in->why),
                     R_STORE_VERSION);
    assert_non_null(strstr(in->why.text, "99"));
    AUTO(text) char *backup = mem_print("%s.version-99", in->path);
    assert_false(io_exists(backup));
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, fixture_fill, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_ledger_open__brings_every_earlier_ledger_up),
        TEST(test_ledger_open__keeps_letters_log_and_clocks),
        TEST(test_ledger_open__leaves_the_earlier_ledger_beside),
        TEST(test_ledger_open__changes_nothing_where_a_step_fails),
        TEST(test_ledger_open__does_not_upgrade_for_a_reader),
        TEST(test_ledger_open__leaves_a_newer_ledger_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
