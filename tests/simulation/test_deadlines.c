/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A million open clocks: they cost nothing while none runs out, none is lost
 * when the process is killed, and ten thousand that run out in the same second
 * are each acted on once, at that second.
 *
 * The rows are put into the ledger by SQL; all else is the real router.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>

#include "simulation/carrier_memory.h"
#include "tests/support/centre.h"

enum { CLOCKS = 1000000, EXPIRING = 10000 };

#define DUE (OFFICE_LATER + 30 * (instant)INSTANT_DAY)

/* Letters that were heard, and after how many of them the process dies. */
static int heard, dies_after;

static void hear(void *context, const struct departure *departure)
{
    (void)context, (void)departure;
    if (++heard == dies_after)
        (void)raise(SIGKILL);
}

/* The first EXPIRING cases have one clock each, the others all the rest. */
static const char *const rows[] = {
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
    "i < 100000) INSERT INTO cases SELECT 'MANY-' || i, 'case-transfer', "
    "'SENT', 1795222860000, 1795222860000, '' FROM n",
    "INSERT INTO parties SELECT id, 1, 'ecology-nanchang', 'ecology', 1 "
    "FROM cases WHERE id GLOB 'MANY-*'",
    "INSERT INTO parties SELECT id, 2, 'police-nanchang', 'police', 0 "
    "FROM cases WHERE id GLOB 'MANY-*'",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
    "i < 1000000) INSERT INTO deadlines (case_id, limit_id, owner, "
    "from_position, start, due, status, met_by, reminded, warn, paused, "
    "stopped) SELECT 'MANY-' || CASE WHEN i <= 10000 THEN i ELSE "
    "10001 + i % 90000 END, 'acceptance', 'police-nanchang', 1, "
    "1795222860000, 1795222860000 + 2592000000 + CASE WHEN i <= 10000 "
    "THEN 0 ELSE 86400000 + i * 1000 END, 1, 0, 0, 0, 0, 0 FROM n",
};

static struct sql *open_rows(const struct centre *centre, enum sql_mode mode)
{
    struct sql *db;
    struct fault why = {0};
    office_must(
        sql_open(&db, centre->ledger_path, mode, "", SQL_ANY_VERSION, &why),
        &why);
    return db;
}

static int64_t count_rows(const struct centre *centre, const char *query)
{
    AUTO(sql) struct sql *db = open_rows(centre, SQL_READ);
    struct sql_rows *found;
    assert_int_equal(sql_select(db, query, SQL_NO_VALUES, &found, NULL), R_OK);
    assert_true(sql_next(found));
    int64_t count = sql_integer(found, 0);
    sql_rows_free(found);
    return count;
}

static void put_clocks(struct centre *centre)
{
    AUTO(sql) struct sql *db = open_rows(centre, SQL_WRITE);
    struct fault why = {0};
    office_must(sql_begin(db, &why), &why);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        office_must(sql_run(db, rows[i], SQL_NO_VALUES, &why), &why);
    office_must(sql_commit(db, &why), &why);
}

static int open_many(void **state)
{
    struct centre *centre = centre_open();
    centre_submit(centre, &(struct draft){.type = "criminal-case-transfer",
                                          .case_id = "NC-2026-0001",
                                          .from = "ecology-nanchang",
                                          .to = "police-nanchang",
                                          .copy_to = "procuratorate-nanchang",
                                          .sequence = 1});
    centre_run(centre);
    centre_stop(centre);
    put_clocks(centre);
    *state = centre;
    return 0;
}

static int close_many(void **state)
{
    centre_close(*state);
    return 0;
}

/* Turns at a fixed time until nothing is due and all was handed over. */
static void run_turns(struct centre *centre, struct carrier_memory *memory)
{
    struct carrier carrier = carrier_memory_carrier(memory);
    struct fault why = {0};
    instant next;
    do {
        office_must(router_turn(centre->router, &carrier, centre_now, 0, &why),
                    &why);
        office_must(cases_next_due(centre->ledger, &next, &why), &why);
    } while (next <= centre_clock || !router_is_idle(centre->router));
}

/* With the first statement failing, only a turn without any succeeds. */
static void check_idle_turns(struct centre *centre,
                             struct carrier_memory *memory)
{
    struct carrier carrier = carrier_memory_carrier(memory);
    sql_fail_after(1);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(
            router_turn(centre->router, &carrier, centre_now, 0, NULL), R_OK);
    sql_fail_after(0);
}

#define REMINDED "SELECT count(*) FROM deadlines WHERE reminded <> 0"
#define LETTERS  "SELECT count(*) FROM letters WHERE type = 'overdue-reminder'"

static void test_a_million_open_clocks__need_no_statement_per_turn(void **state)
{
    struct centre *centre = *state;
    AUTO(carrier_memory)
    struct carrier_memory *memory = carrier_memory_new(&(struct ear){0});
    assert_int_equal(count_rows(centre, "SELECT count(*) FROM deadlines "
                                        "WHERE case_id GLOB 'MANY-*'"),
                     CLOCKS);
    centre_start(centre);
    run_turns(centre, memory);
    check_idle_turns(centre, memory);
    centre_clock = DUE;
    check_idle_turns(centre, memory);
    assert_int_equal(count_rows(centre, REMINDED), 0);
    centre_stop(centre);
}

/* The child is killed in the middle of handing over. */
static void die_at_work(struct centre *centre)
{
    pid_t child = fork();
    if (child == 0) {
        struct carrier_memory *memory =
            carrier_memory_new(&(struct ear){.hear = hear});
        centre->pool = pool_new(1);
        dies_after = EXPIRING / 3;
        centre_start(centre);
        run_turns(centre, memory);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void test_clocks_that_end_together__act_once_each_after_a_kill(
    void **state)
{
    struct centre *centre = *state;
    AUTO(carrier_memory)
    struct carrier_memory *memory =
        carrier_memory_new(&(struct ear){.hear = hear});
    const int64_t before = count_rows(centre, LETTERS);
    centre_clock = DUE + 1;
    die_at_work(centre);
    const int64_t halfway = count_rows(centre, REMINDED);
    assert_true(halfway > 0 && halfway < EXPIRING);

    heard = dies_after = 0;
    centre_start(centre);
    run_turns(centre, memory);
    check_idle_turns(centre, memory);
    centre_stop(centre);
    assert_int_equal(count_rows(centre, REMINDED " AND reminded = due + 1"),
                     EXPIRING);
    assert_int_equal(count_rows(centre, LETTERS) - before, EXPIRING);
    assert_int_equal(
        count_rows(centre, "SELECT count(DISTINCT case_id) FROM letters WHERE "
                           "type = 'overdue-reminder' AND case_id GLOB "
                           "'MANY-*'"),
        EXPIRING);
    assert_int_equal(count_rows(centre, "SELECT count(*) FROM outbox "
                                        "WHERE sent_at = 0"),
                     0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_a_million_open_clocks__need_no_statement_per_turn),
        cmocka_unit_test(
            test_clocks_that_end_together__act_once_each_after_a_kill),
    };
    return cmocka_run_group_tests_name("deadlines", tests, open_many,
                                       close_many);
}
