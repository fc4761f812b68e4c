/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The exchange centre when things go wrong: the n-th call of its carrier or
 * its ledger fails, the process dies and starts again, for every n.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/centre.h"

#define ECOLOGY   "ecology-nanchang"
#define POLICE    "police-nanchang"
#define PROCURATE "procuratorate-nanchang"
#define CASE      "NC-2026-0001"

static const struct draft transfer = {.type = "criminal-case-transfer",
                                      .case_id = CASE,
                                      .from = ECOLOGY,
                                      .to = POLICE,
                                      .copy_to = PROCURATE,
                                      .sequence = 1};

static int open_centre(void **state)
{
    *state = centre_open();
    return 0;
}

static int close_centre(void **state)
{
    centre_close(*state);
    return 0;
}

/* Tries until it goes through; starts the process again after each failure. */
static void run_through_failures(struct centre *centre)
{
    struct fault why = {0};
    for (int i = 0; i < 20; i++) {
        if (centre_try(centre, &why) == R_OK)
            return;
        assert_int_equal(reason_class(why.reason), REASON_RETRY);
        centre_stop(centre);
        centre_start(centre);
    }
    fail_msg("does not come to rest");
}

/* What must hold however often something failed on the way. */
static void check_exactly_once(struct centre *centre)
{
    struct log_head head, counted;
    assert_int_equal(log_head(centre->ledger, &head, NULL), R_OK);
    assert_int_equal(log_verify(centre->ledger, NULL, &counted, NULL), R_OK);
    assert_true(digest_is_equal(&head.root, &counted.root));
    assert_true(centre_count(centre, POLICE, "criminal-case-transfer") >= 1);
    assert_int_equal(centre_count(centre, ECOLOGY, "refusal"), 0);
    AUTO(casefile) struct casefile *casefile = NULL;
    assert_int_equal(cases_find(centre->ledger, CASE, &casefile, NULL), R_OK);
    assert_string_equal(casefile->state, "SENT");
    assert_int_equal(head.size, 2); /* the transfer and its receipt */
}

static void test_router__survives_the_nth_failure_of_the_carrier(void **state)
{
    (void)state;
    for (int nth = 1; nth <= 16; nth++) {
        struct centre *centre = centre_open();
        centre_submit(centre, &transfer);
        centre->fail_in = nth;
        run_through_failures(centre);
        check_exactly_once(centre);
        centre_close(centre);
    }
}

static void test_router__survives_the_nth_failure_of_the_ledger(void **state)
{
    (void)state;
    for (int nth = 1; nth <= 60; nth++) {
        struct centre *centre = centre_open();
        centre_submit(centre, &transfer);
        sql_fail_after(nth);
        run_through_failures(centre);
        sql_fail_after(0);
        check_exactly_once(centre);
        centre_close(centre);
    }
}

static void test_router__delivers_after_a_restart_what_was_recorded(
    void **state)
{
    struct centre *centre = *state;
    struct fault why = {0};
    centre_submit(centre, &transfer);
    centre->fail_in = 3; /* recorded, then the first handing over fails */
    assert_int_not_equal(
        router_turn(centre->router, &centre->carrier, centre_now, 0, &why),
        R_OK);
    assert_int_equal(centre->inbox_count, 0);
    centre_stop(centre);
    centre_start(centre);

    centre_run(centre);

    assert_int_equal(centre_count(centre, POLICE, "criminal-case-transfer"), 1);
    assert_true(centre_count(centre, ECOLOGY, "submission-receipt") >= 1);
    assert_int_equal(router_counts(centre->router).repeated, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_router__survives_the_nth_failure_of_the_carrier),
        cmocka_unit_test(test_router__survives_the_nth_failure_of_the_ledger),
        cmocka_unit_test_setup_teardown(
            test_router__delivers_after_a_restart_what_was_recorded,
            open_centre, close_centre),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
