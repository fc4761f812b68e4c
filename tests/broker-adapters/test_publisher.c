/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The outgoing window on a real RabbitMQ: bounds, order within a case, one
 * outcome for every letter whatever happens to the connection.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "broker-adapters/publisher.h"
#include "tests/support/broker.h"

enum { OUTCOMES_MAX = 64 };

static struct publisher *publisher_as(const char *certificate, size_t letters,
                                      size_t bytes)
{
    struct fault why = {0};
    struct publisher *publisher = publisher_new(letters, bytes);
    struct amqp_settings settings = broker_settings(certificate);
    broker_must(publisher_open(publisher, &settings, &why), &why);
    return publisher;
}

static struct parcel parcel_of(const char *case_id, int64_t cookie)
{
    return (struct parcel){.letter = {.message_id = case_id,
                                      .case_id = case_id,
                                      .sequence = cookie,
                                      .body = "text",
                                      .size = 4},
                           .exchange = "deliver",
                           .routing_key = "police-nanchang",
                           .cookie = cookie};
}

static void put(struct publisher *publisher, const char *case_id,
                int64_t cookie)
{
    struct fault why = {0};
    struct parcel parcel = parcel_of(case_id, cookie);
    if (publisher_put(publisher, &parcel, &why) != R_OK)
        fail_msg("%s", why.text);
}

/* Pumps until the cookies 1 to `count` have this outcome, once each. */
static void expect_outcomes(struct publisher *publisher, size_t count,
                            enum publisher_verdict verdict)
{
    struct outcome out[OUTCOMES_MAX];
    size_t have = publisher_outcomes(publisher, out, OUTCOMES_MAX);
    for (int i = 0; i < 200 && have < count; i++) {
        struct fault why = {0};
        if (publisher_pump(publisher, 100, &why) != R_OK)
            fail_msg("%s", why.text);
        have += publisher_outcomes(publisher, out + have, OUTCOMES_MAX - have);
    }
    assert_int_equal(have, count);
    bool seen[OUTCOMES_MAX + 1] = {false};
    for (size_t i = 0; i < count; i++) {
        assert_in_range(out[i].cookie, 1, count);
        assert_false(seen[out[i].cookie]);
        seen[out[i].cookie] = true;
        assert_int_equal(out[i].verdict, verdict);
    }
}

static void test_publisher__takes_no_more_letters_than_its_window(void **state)
{
    (void)state;
    AUTO(publisher)
    struct publisher *publisher = publisher_as("exchange", 3, 1000000);
    assert_int_equal(publisher_room(publisher), 3);
    put(publisher, "A", 1);
    put(publisher, "B", 2);
    assert_int_equal(publisher_room(publisher), 1);
    put(publisher, "C", 3);
    assert_int_equal(publisher_room(publisher), 0);
    expect_outcomes(publisher, 3, PUBLISHER_CONFIRMED);
    assert_int_equal(publisher_room(publisher), 3);
}

static void test_publisher__outcomes_not_collected_count_as_held(void **state)
{
    (void)state;
    struct fault why = {0};
    AUTO(publisher)
    struct publisher *publisher = publisher_as("exchange", 2, 1000000);
    put(publisher, "A", 1);
    put(publisher, "B", 2);
    for (int i = 0; i < 20; i++)
        assert_int_equal(publisher_pump(publisher, 10, &why), R_OK);
    assert_int_equal(publisher_room(publisher), 0);
    expect_outcomes(publisher, 2, PUBLISHER_CONFIRMED);
}

static void test_publisher__takes_no_more_bytes_than_its_window(void **state)
{
    (void)state;
    AUTO(publisher)
    struct publisher *publisher = publisher_as("exchange", 100, 6);
    put(publisher, "A", 1);
    assert_int_equal(publisher_room(publisher), 99);
    put(publisher, "B", 2);
    assert_int_equal(publisher_room(publisher), 0);
    expect_outcomes(publisher, 2, PUBLISHER_CONFIRMED);
    assert_int_equal(publisher_room(publisher), 100);
}

static void test_publisher__one_letter_of_a_case_waits_for_the_other(
    void **state)
{
    (void)state;
    AUTO(publisher)
    struct publisher *publisher = publisher_as("exchange", 10, 1000000);
    put(publisher, "A", 1);
    assert_true(publisher_is_busy(publisher, "police-nanchang", "A"));
    assert_false(publisher_is_busy(publisher, "court-nanchang", "A"));
    assert_false(publisher_is_busy(publisher, "police-nanchang", "B"));
    put(publisher, "A", 2);
    put(publisher, "A", 3);
    assert_int_equal(publisher_room(publisher), 7);
    expect_outcomes(publisher, 3, PUBLISHER_CONFIRMED);
    assert_false(publisher_is_busy(publisher, "police-nanchang", "A"));
}

static void test_publisher__a_letter_that_waited_arrives_unchanged(void **state)
{
    (void)state;
    struct fault why = {0};
    struct amqp_event event = {0};
    AUTO(publisher)
    struct publisher *publisher = publisher_as("exchange", 10, 1000000);
    AUTO(amqp) struct amqp *reader = broker_connect("ecology-nanchang");
    assert_int_equal(amqp_consume(reader, "in.ecology-nanchang", 10, &why),
                     R_OK);
    for (int64_t cookie = 1; cookie <= 2; cookie++) {
        char body[] = "some\0body", key[] = "ecology-nanchang", jws[] = "a..b";
        struct parcel parcel = {.letter = {.message_id = "m",
                                           .case_id = "A",
                                           .type = "card-credit-push",
                                           .media_type = "application/xml",
                                           .user_id = "exchange",
                                           .jws = jws,
                                           .sequence = cookie,
                                           .body = body,
                                           .size = sizeof body},
                                .exchange = "deliver",
                                .routing_key = key,
                                .cookie = cookie};
        assert_int_equal(publisher_put(publisher, &parcel, &why), R_OK);
        memset(body, 'x', sizeof body);
        memset(key, 'x', sizeof key - 1);
        memset(jws, 'x', sizeof jws - 1);
    }
    expect_outcomes(publisher, 2, PUBLISHER_CONFIRMED);
    for (int64_t sequence = 1; sequence <= 2; sequence++) {
        assert_int_equal(broker_wait(reader, &event, &why), R_OK);
        assert_int_equal(event.letter.sequence, sequence);
        assert_int_equal(event.letter.size, sizeof "some\0body");
        assert_memory_equal(event.letter.body, "some\0body", 10);
        assert_string_equal(event.letter.jws, "a..b");
        assert_string_equal(event.letter.user_id, "exchange");
    }
    assert_int_equal(amqp_acknowledge(reader, event.tag, true, &why), R_OK);
}

static void test_publisher__unordered_letters_do_not_wait(void **state)
{
    (void)state;
    struct fault why = {0};
    AUTO(publisher)
    struct publisher *publisher = publisher_as("exchange", 10, 1000000);
    struct parcel parcel = parcel_of("none", 1);
    parcel.is_unordered = true;
    assert_int_equal(publisher_put(publisher, &parcel, &why), R_OK);
    assert_false(publisher_is_busy(publisher, "police-nanchang", "none"));
    parcel.cookie = 2;
    assert_int_equal(publisher_put(publisher, &parcel, &why), R_OK);
    expect_outcomes(publisher, 2, PUBLISHER_CONFIRMED);
}

static void test_publisher__a_rejected_letter_takes_back_those_behind_it(
    void **state)
{
    (void)state;
    struct outcome out[OUTCOMES_MAX];
    struct fault why = {0};
    AUTO(publisher)
    struct publisher *publisher = publisher_as("exchange", 10, 1000000);
    size_t count = 0;
    for (int i = 0;
         i < 100 && (!count || out[0].verdict == PUBLISHER_CONFIRMED);
         i++) { /* until the queue is full */
        struct parcel parcel = parcel_of("A", 0);
        parcel.routing_key = "narrow";
        assert_int_equal(publisher_put(publisher, &parcel, &why), R_OK);
        do
            assert_int_equal(publisher_pump(publisher, 100, &why), R_OK);
        while ((count = publisher_outcomes(publisher, out, 1)) == 0);
    }
    for (int64_t cookie = 1; cookie <= 3; cookie++) {
        struct parcel parcel = parcel_of("A", cookie);
        parcel.routing_key = "narrow";
        assert_int_equal(publisher_put(publisher, &parcel, &why), R_OK);
    }
    expect_outcomes(publisher, 3, PUBLISHER_REJECTED);
    put(publisher, "A", 1);
    expect_outcomes(publisher, 1, PUBLISHER_CONFIRMED);
}

static void test_publisher__tells_what_no_queue_took(void **state)
{
    (void)state;
    struct fault why = {0};
    AUTO(publisher)
    struct publisher *publisher = publisher_as("lonely", 10, 1000000);
    for (int64_t cookie = 1; cookie <= 2; cookie++) {
        struct parcel parcel = parcel_of(cookie == 1 ? "A" : "B", cookie);
        parcel.exchange = "out.lonely";
        assert_int_equal(publisher_put(publisher, &parcel, &why), R_OK);
    }
    expect_outcomes(publisher, 2, PUBLISHER_UNROUTABLE);
}

static void test_publisher__everything_is_rejected_when_the_line_is_cut(
    void **state)
{
    (void)state;
    struct fault why = {0};
    AUTO(publisher) struct publisher *publisher = publisher_new(10, 1000000);
    struct amqp_settings settings = broker_settings("exchange");
    settings.heartbeat_seconds = 1;
    assert_int_equal(publisher_open(publisher, &settings, &why), R_OK);
    broker_freeze();
    put(publisher, "A", 1);
    put(publisher, "B", 2);
    put(publisher, "C", 3);
    put(publisher, "A", 4); /* waits */
    enum reason reason = R_OK;
    for (int i = 0; i < 60 && reason == R_OK; i++)
        reason = publisher_pump(publisher, 1000, &why);
    assert_int_equal(reason, R_BROKER_DOWN);
    assert_false(publisher_is_open(publisher));
    assert_int_equal(publisher_room(publisher), 0);
    assert_int_equal(publisher_descriptor(publisher), -1);
    struct parcel parcel = parcel_of("D", 5);
    assert_int_equal(publisher_put(publisher, &parcel, &why), R_BROKER_DOWN);
    expect_outcomes(publisher, 4, PUBLISHER_REJECTED);

    broker_thaw(state);
    assert_int_equal(publisher_open(publisher, &settings, &why), R_OK);
    assert_int_equal(publisher_room(publisher), 10);
    put(publisher, "A", 1);
    expect_outcomes(publisher, 1, PUBLISHER_CONFIRMED);
}

static void test_publisher__a_letter_too_large_for_amqp_costs_nothing(
    void **state)
{
    (void)state;
    struct fault why = {0};
    AUTO(publisher)
    struct publisher *publisher = publisher_as("exchange", 10, 1000000);
    char text[300];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct parcel parcel = parcel_of(text, 7);
    assert_int_equal(publisher_put(publisher, &parcel, &why), R_TOO_LARGE);
    assert_int_equal(publisher_room(publisher), 10);
    put(publisher, "A", 1);
    expect_outcomes(publisher, 1, PUBLISHER_CONFIRMED);
}

static void test_publisher__has_no_room_while_the_broker_is_blocked(
    void **state)
{
    (void)state;
    struct fault why = {0};
    AUTO(publisher)
    struct publisher *publisher = publisher_as("exchange", 10, 1000000);
    broker_do("ctl", "-q set_vm_memory_high_watermark absolute 1");
    put(publisher, "A", 1);
    put(publisher, "A", 2); /* waits, and goes after the blockade */
    for (int i = 0; i < 100 && publisher_room(publisher); i++)
        assert_int_equal(publisher_pump(publisher, 100, &why), R_OK);
    assert_int_equal(publisher_room(publisher), 0);
    broker_do("ctl", "-q set_vm_memory_high_watermark 0.4");
    expect_outcomes(publisher, 2, PUBLISHER_CONFIRMED);
    assert_int_equal(publisher_room(publisher), 10);
}

/* Thousands of letters through a small ring: tags wrap, confirms come in
 * bundles and out of turn. */
static void test_publisher__each_of_many_letters_has_one_outcome(void **state)
{
    (void)state;
    enum { LETTERS = 3000, CASES = 40 };
    struct fault why = {0};
    AUTO(publisher)
    struct publisher *publisher = publisher_as("exchange", 100, 1000000);
    static unsigned char outcomes[LETTERS];
    int64_t put_count = 0, done = 0;
    while (done < LETTERS) {
        while (put_count < LETTERS && publisher_room(publisher)) {
            char name[24];
            snprintf(name, sizeof name, "C-%d", (int)(put_count * 7 % CASES));
            put(publisher, name, put_count++);
        }
        assert_int_equal(publisher_pump(publisher, 100, &why), R_OK);
        struct outcome out[OUTCOMES_MAX];
        size_t count = publisher_outcomes(publisher, out, OUTCOMES_MAX);
        for (size_t i = 0; i < count; i++, done++) {
            assert_int_equal(out[i].verdict, PUBLISHER_CONFIRMED);
            assert_int_equal(outcomes[out[i].cookie]++, 0);
        }
    }
    assert_int_equal(publisher_room(publisher), 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_publisher__takes_no_more_letters_than_its_window),
        cmocka_unit_test(test_publisher__outcomes_not_collected_count_as_held),
        cmocka_unit_test(test_publisher__takes_no_more_bytes_than_its_window),
        cmocka_unit_test(
            test_publisher__one_letter_of_a_case_waits_for_the_other),
        cmocka_unit_test(
            test_publisher__a_letter_that_waited_arrives_unchanged),
        cmocka_unit_test(test_publisher__unordered_letters_do_not_wait),
        cmocka_unit_test(
            test_publisher__a_rejected_letter_takes_back_those_behind_it),
        cmocka_unit_test(test_publisher__tells_what_no_queue_took),
        cmocka_unit_test_teardown(
            test_publisher__everything_is_rejected_when_the_line_is_cut,
            broker_thaw),
        cmocka_unit_test(
            test_publisher__a_letter_too_large_for_amqp_costs_nothing),
        cmocka_unit_test(
            test_publisher__has_no_room_while_the_broker_is_blocked),
        cmocka_unit_test(test_publisher__each_of_many_letters_has_one_outcome),
    };
    return cmocka_run_group_tests(tests, broker_start, broker_stop);
}
