/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A broker that answers heartbeats and confirms nothing. A letter that was put
 * and whose confirm nobody has read yet is the same to the publisher, so a
 * healthy RabbitMQ serves; the clock is the test's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "broker-adapters/publisher.h"
#include "tests/support/broker.h"

static struct publisher *open_one(void)
{
    struct fault why = {0};
    struct publisher *publisher = publisher_new(8, 1000000);
    struct amqp_settings settings = broker_settings("exchange");
    broker_must(publisher_open(publisher, &settings, &why), &why);
    return publisher;
}

static void put(struct publisher *publisher, int64_t cookie)
{
    struct fault why = {0};
    struct parcel parcel = {.letter = {.message_id = "1",
                                       .case_id = "case",
                                       .body = "text",
                                       .size = 4},
                            .exchange = "deliver",
                            .routing_key = "police-nanchang",
                            .cookie = cookie};
    broker_must(publisher_put(publisher, &parcel, &why), &why);
}

static void test_publisher__hangs_up_when_nothing_is_confirmed(void **state)
{
    (void)state;
    const int64_t begin = 1000;
    struct outcome outcome;
    AUTO(publisher) struct publisher *publisher = open_one();
    put(publisher, 7);
    assert_int_equal(publisher_check(publisher, begin, NULL), R_OK);
    assert_int_equal(
        publisher_check(publisher, begin + PUBLISHER_PATIENCE_MS - 1, NULL),
        R_OK);
    assert_true(publisher_is_open(publisher));
    assert_int_equal(
        publisher_check(publisher, begin + PUBLISHER_PATIENCE_MS, NULL),
        R_TIMED_OUT);
    assert_false(publisher_is_open(publisher));
    assert_int_equal(publisher_outcomes(publisher, &outcome, 1), 1);
    assert_int_equal(outcome.cookie, 7);
    assert_int_equal(outcome.verdict, PUBLISHER_REJECTED);
}

static void test_publisher__is_patient_while_confirms_come(void **state)
{
    (void)state;
    const int64_t begin = 1000;
    struct outcome outcome;
    AUTO(publisher) struct publisher *publisher = open_one();
    put(publisher, 1);
    put(publisher, 2); /* waits for the first */
    assert_int_equal(publisher_check(publisher, begin, NULL), R_OK);
    for (size_t i = 0; i < 100 && !publisher_has_outcomes(publisher); i++)
        assert_int_equal(publisher_pump(publisher, 100, NULL), R_OK);
    assert_int_equal(publisher_outcomes(publisher, &outcome, 1), 1);
    assert_int_equal(
        publisher_check(publisher, begin + PUBLISHER_PATIENCE_MS, NULL), R_OK);
    assert_true(publisher_is_open(publisher));
}

static void test_publisher__idle_is_no_standstill(void **state)
{
    (void)state;
    AUTO(publisher) struct publisher *publisher = open_one();
    assert_int_equal(publisher_check(publisher, 1000, NULL), R_OK);
    assert_int_equal(
        publisher_check(publisher, 1000 + 2 * PUBLISHER_PATIENCE_MS, NULL),
        R_OK);
    assert_true(publisher_is_open(publisher));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_publisher__hangs_up_when_nothing_is_confirmed),
        cmocka_unit_test(test_publisher__is_patient_while_confirms_come),
        cmocka_unit_test(test_publisher__idle_is_no_standstill),
    };
    return cmocka_run_group_tests(tests, broker_start, broker_stop);
}
