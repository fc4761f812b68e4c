/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Letters over one connection to a real RabbitMQ, and what comes back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/support/broker.h"

static void expect_kind(struct amqp *amqp, struct amqp_event *event,
                        enum amqp_event_kind kind)
{
    struct fault why = {0};
    if (broker_wait(amqp, event, &why) != R_OK)
        fail_msg("%s", why.text);
    assert_int_equal(event->kind, kind);
}

static void send_to(struct amqp *amqp, const char *exchange, const char *key,
                    const struct amqp_letter *letter)
{
    struct fault why = {0};
    uint64_t tag;
    if (amqp_publish(amqp, exchange, key, letter, &tag, &why) != R_OK)
        fail_msg("%s", why.text);
}

static void test_amqp__a_letter_arrives_with_all_its_properties(void **state)
{
    (void)state;
    struct fault why = {0};
    AUTO(amqp) struct amqp *sender = broker_connect("exchange");
    AUTO(amqp) struct amqp *reader = broker_connect("police-nanchang");
    assert_int_equal(amqp_consume(reader, "in.police-nanchang", 10, &why),
                     R_OK);
    struct amqp_letter letter = {.message_id = "m-1",
                                 .case_id = "赣环移-1",
                                 .type = "acceptance-receipt",
                                 .media_type = "application/json",
                                 .user_id = "exchange",
                                 .jws = "eyJh..c2ln",
                                 .sequence = 7,
                                 .body = "{\"a\":\0 1}",
                                 .size = 8};
    struct amqp_event event;
    send_to(sender, "deliver", "police-nanchang", &letter);
    expect_kind(sender, &event, AMQP_CONFIRMED);
    assert_int_equal(event.tag, 1);
    expect_kind(reader, &event, AMQP_DELIVERED);
    assert_string_equal(event.letter.message_id, "m-1");
    assert_string_equal(event.letter.case_id, "赣环移-1");
    assert_string_equal(event.letter.type, "acceptance-receipt");
    assert_string_equal(event.letter.media_type, "application/json");
    assert_string_equal(event.letter.user_id, "exchange");
    assert_string_equal(event.letter.jws, "eyJh..c2ln");
    assert_int_equal(event.letter.sequence, 7);
    assert_int_equal(event.letter.size, 8);
    assert_memory_equal(event.letter.body, letter.body, 8);
    assert_false(event.redelivered);
    assert_int_equal(amqp_acknowledge(reader, event.tag, false, &why), R_OK);
}

static void test_amqp__what_is_missing_arrives_as_empty_text(void **state)
{
    (void)state;
    struct fault why = {0};
    AUTO(amqp) struct amqp *sender = broker_connect("exchange");
    AUTO(amqp) struct amqp *reader = broker_connect("police-nanchang");
    assert_int_equal(amqp_consume(reader, "in.police-nanchang", 10, &why),
                     R_OK);
    struct amqp_event event;
    send_to(sender, "deliver", "police-nanchang", &(struct amqp_letter){0});
    expect_kind(reader, &event, AMQP_DELIVERED);
    assert_string_equal(event.letter.message_id, "");
    assert_string_equal(event.letter.user_id, "");
    assert_string_equal(event.letter.jws, "");
    assert_int_equal(event.letter.size, 0);
    assert_int_equal(amqp_acknowledge(reader, event.tag, false, &why), R_OK);
}

static void test_amqp__a_body_of_many_frames_arrives_whole(void **state)
{
    (void)state;
    enum { SIZE = 1000001 };
    struct fault why = {0};
    AUTO(amqp) struct amqp *sender = broker_connect("exchange");
    AUTO(amqp) struct amqp *reader = broker_connect("police-nanchang");
    assert_int_equal(amqp_consume(reader, "in.police-nanchang", 10, &why),
                     R_OK);
    AUTO(buf) struct buf body = {0};
    for (int i = 0; i < SIZE; i++)
        buf_put_char(&body, (char)(i * 31 % 251));
    struct amqp_letter large = {.body = body.bytes, .size = body.size};
    struct amqp_letter small = {.body = "next", .size = 4};
    struct amqp_event event;
    send_to(sender, "deliver", "police-nanchang", &large);
    send_to(sender, "deliver", "police-nanchang", &small);
    expect_kind(reader, &event, AMQP_DELIVERED);
    assert_int_equal(event.letter.size, SIZE);
    assert_memory_equal(event.letter.body, body.bytes, SIZE);
    expect_kind(reader, &event, AMQP_DELIVERED);
    assert_memory_equal(event.letter.body, "next", 4);
    assert_int_equal(amqp_acknowledge(reader, event.tag, true, &why), R_OK);
}

static void test_amqp__a_letter_above_the_brokers_ceiling_is_refused(
    void **state)
{
    (void)state;
    struct fault why = {0};
    AUTO(amqp) struct amqp *sender = broker_connect("exchange");
    AUTO(buf) struct buf body = {0};
    for (int i = 0; i <= 4194304; i++)
        buf_put_char(&body, 'x');
    struct amqp_event event;
    send_to(sender, "deliver", "police-nanchang",
            &(struct amqp_letter){.body = body.bytes, .size = body.size});
    assert_int_equal(broker_wait(sender, &event, &why), R_BROKER_REFUSED);
    assert_non_null(strstr(why.text, "406"));
}

static void test_amqp__a_property_too_long_for_amqp_is_refused_at_once(
    void **state)
{
    (void)state;
    struct fault why = {0};
    AUTO(amqp) struct amqp *sender = broker_connect("exchange");
    char text[257];
    memset(text, 'x', 256);
    text[256] = '\0';
    uint64_t tag;
    struct amqp_event event;
    assert_int_equal(amqp_publish(sender, "deliver", "police-nanchang",
                                  &(struct amqp_letter){.case_id = text}, &tag,
                                  &why),
                     R_TOO_LARGE);
    assert_int_equal(amqp_next(sender, 0, &event, &why), R_OK);
}

static void test_amqp__a_letter_that_no_queue_takes_comes_back(void **state)
{
    (void)state;
    struct fault why = {0};
    AUTO(amqp) struct amqp *sender = broker_connect("lonely");
    struct amqp_event event;
    send_to(
        sender, "out.lonely", "",
        &(struct amqp_letter){.message_id = "m-9", .body = "text", .size = 4});
    expect_kind(sender, &event, AMQP_RETURNED);
    assert_string_equal(event.letter.message_id, "m-9");
    expect_kind(sender, &event, AMQP_CONFIRMED);
    assert_int_equal(amqp_next(sender, 0, &event, &why), R_OK);
    assert_int_equal(event.kind, AMQP_IDLE);
}

static void test_amqp__a_letter_to_nobody_is_kept_as_unroutable(void **state)
{
    (void)state;
    struct fault why = {0};
    AUTO(amqp) struct amqp *sender = broker_connect("exchange");
    AUTO(amqp) struct amqp *inspector = broker_connect("inspector");
    struct amqp_event event;
    send_to(sender, "deliver", "no-such-agency",
            &(struct amqp_letter){.message_id = "m-3"});
    expect_kind(sender, &event, AMQP_CONFIRMED);
    assert_int_equal(amqp_consume(inspector, "unroutable", 1, &why), R_OK);
    expect_kind(inspector, &event, AMQP_DELIVERED);
    assert_string_equal(event.letter.message_id, "m-3");
}

static void test_amqp__a_full_queue_rejects_and_the_connection_lives(
    void **state)
{
    (void)state;
    AUTO(amqp) struct amqp *sender = broker_connect("exchange");
    struct amqp_event event = {.kind = AMQP_CONFIRMED};
    for (int i = 0; i < 100 && event.kind == AMQP_CONFIRMED; i++) {
        struct fault why = {0};
        send_to(sender, "deliver", "narrow",
                &(struct amqp_letter){.body = "x", .size = 1});
        assert_int_equal(broker_wait(sender, &event, &why), R_OK);
    }
    assert_int_equal(event.kind, AMQP_REJECTED);
    send_to(sender, "deliver", "police-nanchang",
            &(struct amqp_letter){.message_id = "after"});
    expect_kind(sender, &event, AMQP_CONFIRMED);
}

static void test_amqp__a_letter_given_back_comes_again(void **state)
{
    (void)state;
    struct fault why = {0};
    AUTO(amqp) struct amqp *sender = broker_connect("exchange");
    AUTO(amqp) struct amqp *reader = broker_connect("ecology-nanchang");
    assert_int_equal(amqp_consume(reader, "in.ecology-nanchang", 10, &why),
                     R_OK);
    struct amqp_event event;
    send_to(sender, "deliver", "ecology-nanchang",
            &(struct amqp_letter){.message_id = "m-2"});
    expect_kind(reader, &event, AMQP_DELIVERED);
    assert_int_equal(amqp_give_back(reader, event.tag, &why), R_OK);
    expect_kind(reader, &event, AMQP_DELIVERED);
    assert_string_equal(event.letter.message_id, "m-2");
    assert_true(event.redelivered);
    assert_int_equal(amqp_acknowledge(reader, event.tag, false, &why), R_OK);
}

static void test_amqp__a_queue_that_goes_away_cancels_its_reader(void **state)
{
    (void)state;
    struct fault why = {0};
    AUTO(amqp) struct amqp *reader = broker_connect("narrow");
    assert_int_equal(amqp_consume(reader, "in.narrow", 1, &why), R_OK);
    struct amqp_event event = {.kind = AMQP_IDLE};
    broker_do("ctl", "-q delete_queue -p yisong in.narrow");
    do
        assert_int_equal(broker_wait(reader, &event, &why), R_OK);
    while (event.kind == AMQP_DELIVERED);
    assert_int_equal(event.kind, AMQP_CANCELLED);
}

static void test_amqp__backs_off_up_to_half_a_minute_and_never_to_zero(
    void **state)
{
    (void)state;
    for (int failures = 0; failures < 100; failures++) {
        int wait = amqp_backoff(failures);
        assert_in_range(wait, 100, 30000);
    }
    assert_in_range(amqp_backoff(1), 100, 200);
    assert_in_range(amqp_backoff(3), 400, 800);
    assert_in_range(amqp_backoff(1000000), 15000, 30000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_amqp__a_letter_arrives_with_all_its_properties),
        cmocka_unit_test(test_amqp__what_is_missing_arrives_as_empty_text),
        cmocka_unit_test(test_amqp__a_body_of_many_frames_arrives_whole),
        cmocka_unit_test(
            test_amqp__a_letter_above_the_brokers_ceiling_is_refused),
        cmocka_unit_test(
            test_amqp__a_property_too_long_for_amqp_is_refused_at_once),
        cmocka_unit_test(test_amqp__a_letter_that_no_queue_takes_comes_back),
        cmocka_unit_test(test_amqp__a_letter_to_nobody_is_kept_as_unroutable),
        cmocka_unit_test(
            test_amqp__a_full_queue_rejects_and_the_connection_lives),
        cmocka_unit_test(test_amqp__a_letter_given_back_comes_again),
        cmocka_unit_test(test_amqp__a_queue_that_goes_away_cancels_its_reader),
        cmocka_unit_test(
            test_amqp__backs_off_up_to_half_a_minute_and_never_to_zero),
    };
    return cmocka_run_group_tests(tests, broker_start, broker_stop);
}
