/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a connection does when the broker is idle, frozen, killed, short of
 * memory or ends the connection. Where the heartbeat matters it is one second:
 * a frozen broker shows after two.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/support/broker.h"

static const struct amqp_letter letter = {
    .message_id = "m", .case_id = "C-1", .body = "text", .size = 4};

static struct amqp *connect_with_short_heartbeat(void)
{
    struct amqp_settings settings = broker_settings("exchange");
    settings.heartbeat_seconds = 1;
    return broker_connect_with(&settings);
}

static enum reason publish(struct amqp *amqp, struct fault *why)
{
    uint64_t tag;
    return amqp_publish(amqp, "deliver", "police-nanchang", &letter, &tag, why);
}

/* Publishes and waits for the confirm. */
static void expect_confirm(struct amqp *amqp)
{
    struct fault why = {0};
    struct amqp_event event = {0};
    if (publish(amqp, &why) != R_OK || broker_wait(amqp, &event, &why) != R_OK)
        fail_msg("%s", why.text);
    assert_int_equal(event.kind, AMQP_CONFIRMED);
}

static void test_amqp__an_idle_connection_outlives_many_heartbeats(void **state)
{
    (void)state;
    struct fault why = {0};
    AUTO(amqp) struct amqp *amqp = connect_with_short_heartbeat();
    for (int i = 0; i < 15; i++) { /* a third of a second each */
        struct amqp_event event;
        assert_int_equal(amqp_next(amqp, 10000, &event, &why), R_OK);
        assert_int_equal(event.kind, AMQP_IDLE);
    }
    expect_confirm(amqp);
}

/* Reads until the connection fails; bounded, in case it never does. */
static enum reason read_until_failure(struct amqp *amqp, struct fault *why)
{
    struct amqp_event event;
    for (int i = 0; i < 60; i++)
        TRY(amqp_next(amqp, 1000, &event, why));
    return R_OK;
}

static void test_amqp__a_frozen_broker_is_noticed_by_a_reader(void **state)
{
    (void)state;
    struct fault why = {0};
    AUTO(amqp) struct amqp *amqp = connect_with_short_heartbeat();
    broker_freeze();
    assert_int_equal(read_until_failure(amqp, &why), R_BROKER_DOWN);
}

static void test_amqp__a_publish_after_long_silence_does_not_hang(void **state)
{
    (void)state;
    struct fault why = {0};
    AUTO(amqp) struct amqp *clock = connect_with_short_heartbeat();
    AUTO(amqp) struct amqp *silent = connect_with_short_heartbeat();
    broker_freeze();
    assert_int_equal(read_until_failure(clock, &why), R_BROKER_DOWN);
    /* Two heartbeats went by in which nobody read from the second one. */
    assert_int_equal(publish(silent, &why), R_BROKER_DOWN);
}

static void test_amqp__a_frozen_broker_lets_nobody_wait_for_ever(void **state)
{
    (void)state;
    struct fault why = {0};
    struct amqp_settings settings = broker_settings("exchange");
    AUTO(amqp) struct amqp *amqp = NULL;
    broker_freeze();
    assert_int_equal(amqp_open(&amqp, &settings, &why), R_BROKER_DOWN);
}

static void test_amqp__goodbye_to_a_frozen_broker_does_not_hang(void **state)
{
    (void)state;
    struct amqp *amqp = broker_connect("exchange");
    broker_freeze();
    amqp_close(amqp);
}

static void test_amqp__a_connection_that_failed_stays_failed(void **state)
{
    (void)state;
    struct fault why = {0};
    AUTO(amqp) struct amqp *amqp = broker_connect("exchange");
    struct amqp_event event;
    broker_do("ctl", "-q close_all_user_connections exchange because");
    assert_int_equal(read_until_failure(amqp, &why), R_BROKER_DOWN);
    assert_non_null(strstr(why.text, "320"));
    assert_int_equal(publish(amqp, &why), R_BROKER_DOWN);
    assert_int_equal(amqp_next(amqp, 0, &event, &why), R_BROKER_DOWN);
    assert_int_equal(amqp_acknowledge(amqp, 1, true, &why), R_BROKER_DOWN);
    assert_int_equal(amqp_consume(amqp, "submit.0", 1, &why), R_BROKER_DOWN);
}

static void test_amqp__a_broker_short_of_memory_says_so_and_recovers(
    void **state)
{
    (void)state;
    struct fault why = {0};
    struct amqp_event event;
    AUTO(amqp) struct amqp *sender = broker_connect("exchange");
    broker_do("ctl", "-q set_vm_memory_high_watermark absolute 1");
    assert_int_equal(publish(sender, &why), R_OK);
    assert_int_equal(broker_wait(sender, &event, &why), R_OK);
    assert_int_equal(event.kind, AMQP_BLOCKED);
    broker_do("ctl", "-q set_vm_memory_high_watermark 0.4");
    assert_int_equal(broker_wait(sender, &event, &why), R_OK);
    assert_int_equal(event.kind, AMQP_UNBLOCKED);
    assert_int_equal(broker_wait(sender, &event, &why), R_OK);
    assert_int_equal(event.kind, AMQP_CONFIRMED);
}

static void test_amqp__what_was_confirmed_outlives_a_killed_broker(void **state)
{
    (void)state;
    struct fault why = {0};
    struct amqp_event event;
    AUTO(amqp) struct amqp *before = broker_connect("exchange");
    uint64_t tag;
    assert_int_equal(amqp_publish(before, "deliver", "ecology-nanchang",
                                  &letter, &tag, &why),
                     R_OK);
    assert_int_equal(broker_wait(before, &event, &why), R_OK);
    assert_int_equal(event.kind, AMQP_CONFIRMED);
    broker_signal(SIGKILL);
    assert_int_equal(read_until_failure(before, &why), R_BROKER_DOWN);

    broker_do("start", "");
    AUTO(amqp) struct amqp *reader = broker_connect("ecology-nanchang");
    assert_int_equal(amqp_consume(reader, "in.ecology-nanchang", 10, &why),
                     R_OK);
    assert_int_equal(broker_wait(reader, &event, &why), R_OK);
    assert_int_equal(event.kind, AMQP_DELIVERED);
    assert_string_equal(event.letter.message_id, "m");
    assert_int_equal(amqp_acknowledge(reader, event.tag, false, &why), R_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_amqp__an_idle_connection_outlives_many_heartbeats),
        cmocka_unit_test_teardown(
            test_amqp__a_frozen_broker_is_noticed_by_a_reader, broker_thaw),
        cmocka_unit_test_teardown(
            test_amqp__a_publish_after_long_silence_does_not_hang, broker_thaw),
        cmocka_unit_test_teardown(
            test_amqp__a_frozen_broker_lets_nobody_wait_for_ever, broker_thaw),
        cmocka_unit_test_teardown(
            test_amqp__goodbye_to_a_frozen_broker_does_not_hang, broker_thaw),
        cmocka_unit_test(test_amqp__a_connection_that_failed_stays_failed),
        cmocka_unit_test(
            test_amqp__a_broker_short_of_memory_says_so_and_recovers),
        cmocka_unit_test(
            test_amqp__what_was_confirmed_outlives_a_killed_broker),
    };
    return cmocka_run_group_tests(tests, broker_start, broker_stop);
}
