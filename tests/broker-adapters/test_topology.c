/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The topology at work on a real RabbitMQ: the order of a case through the
 * submit queues, readers that take over from each other, letters that make
 * their reader fail.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "broker-adapters/publisher.h"
#include "tests/support/broker.h"

enum { CASES = 40, LETTERS_PER_CASE = 20, LETTERS = CASES * LETTERS_PER_CASE };

/* A router's reader: consumes every submit queue. */
static struct amqp *open_router(void)
{
    struct fault why = {0};
    struct amqp *router = broker_connect("exchange");
    for (int shard = 0; shard < BROKER_SHARDS; shard++) {
        char queue[20];
        snprintf(queue, sizeof queue, "submit.%d", shard);
        broker_must(amqp_consume(router, queue, 50, &why), &why);
    }
    return router;
}

/* Puts as many letters as there is room for; each case has its sequence. */
static void submit_some(struct publisher *publisher, int *submitted)
{
    struct fault why = {0};
    struct outcome out[200];
    while (*submitted < LETTERS && publisher_room(publisher)) {
        char name[24];
        snprintf(name, sizeof name, "C-%d", *submitted % CASES);
        struct parcel parcel = {.letter = {.message_id = name,
                                           .case_id = name,
                                           .user_id = "ecology-nanchang",
                                           .sequence = 1 + *submitted / CASES},
                                .exchange = "out.ecology-nanchang",
                                .routing_key = "",
                                .cookie = *submitted};
        broker_must(publisher_put(publisher, &parcel, &why), &why);
        ++*submitted;
    }
    broker_must(publisher_pump(publisher, 0, &why), &why);
    (void)publisher_outcomes(publisher, out, COUNT_OF(out));
}

/* What one reader saw: the last sequence of each case; a repeat is allowed. */
static int take_some(struct amqp *router, int64_t last[CASES], int *taken)
{
    struct fault why = {0};
    struct amqp_event event;
    int count = 0;
    do {
        broker_must(amqp_next(router, count ? 0 : 20, &event, &why), &why);
        if (event.kind != AMQP_DELIVERED)
            continue;
        int number = atoi(event.letter.case_id + strlen("C-"));
        assert_in_range(event.letter.sequence, 1, last[number] + 1);
        if (event.letter.sequence == last[number] + 1) {
            last[number]++;
            ++*taken;
        }
        broker_must(amqp_acknowledge(router, event.tag, false, &why), &why);
        count++;
    } while (event.kind == AMQP_DELIVERED);
    return count;
}

static void test_topology__a_case_stays_in_order_when_a_router_takes_over(
    void **state)
{
    (void)state;
    AUTO(publisher) struct publisher *publisher = publisher_new(100, 100000);
    struct amqp_settings settings = broker_settings("ecology-nanchang");
    struct fault why = {0};
    broker_must(publisher_open(publisher, &settings, &why), &why);
    struct amqp *first = open_router();
    AUTO(amqp) struct amqp *second = open_router();
    int64_t last[CASES] = {0};
    int submitted = 0, taken = 0, taken_by_second = 0;
    for (int i = 0; i < 5000 && taken < LETTERS; i++) {
        submit_some(publisher, &submitted);
        if (first)
            take_some(first, last, &taken);
        taken_by_second += take_some(second, last, &taken);
        if (taken < LETTERS / 2)
            assert_int_equal(taken_by_second, 0); /* it only stands by */
        else
            amqp_close(TAKE(first));
    }
    amqp_close(first);
    assert_int_equal(taken, LETTERS);
    assert_true(taken_by_second > 0);
}

static void test_topology__the_cases_are_spread_over_the_queues(void **state)
{
    (void)state;
    struct fault why = {0};
    AUTO(publisher) struct publisher *publisher = publisher_new(100, 100000);
    struct amqp_settings settings = broker_settings("ecology-nanchang");
    broker_must(publisher_open(publisher, &settings, &why), &why);
    int submitted = LETTERS - CASES; /* one letter for each case */
    while (submitted < LETTERS)
        submit_some(publisher, &submitted);
    for (int shard = 0; shard < BROKER_SHARDS; shard++) {
        AUTO(amqp) struct amqp *reader = broker_connect("exchange");
        char queue[20];
        struct amqp_event event;
        snprintf(queue, sizeof queue, "submit.%d", shard);
        broker_must(amqp_consume(reader, queue, CASES, &why), &why);
        int count = 0;
        for (; broker_wait(reader, &event, NULL) == R_OK; count++) {
            broker_must(amqp_acknowledge(reader, event.tag, false, &why), &why);
            if (count > CASES / 4)
                break;
        }
        assert_true(count > CASES / 4);
    }
}

static void test_topology__a_letter_that_fails_its_reader_is_set_aside(
    void **state)
{
    (void)state;
    struct fault why = {0};
    struct amqp_event event;
    uint64_t tag;
    AUTO(amqp) struct amqp *sender = broker_connect("ecology-nanchang");
    AUTO(amqp) struct amqp *router = open_router();
    AUTO(amqp) struct amqp *inspector = broker_connect("inspector");
    broker_must(amqp_consume(inspector, "dead", 1, &why), &why);
    struct amqp_letter poison = {.message_id = "poison", .case_id = "P"};
    broker_must(
        amqp_publish(sender, "out.ecology-nanchang", "", &poison, &tag, &why),
        &why);
    int deliveries = 0;
    for (int i = 0; i < 5000; i++) {
        broker_must(amqp_next(inspector, 0, &event, &why), &why);
        if (event.kind == AMQP_DELIVERED)
            break;
        broker_must(amqp_next(router, 20, &event, &why), &why);
        if (event.kind != AMQP_DELIVERED)
            continue;
        if (strcmp(event.letter.message_id, "poison") == 0) {
            deliveries++;
            broker_must(amqp_give_back(router, event.tag, &why), &why);
        } else {
            broker_must(amqp_acknowledge(router, event.tag, false, &why), &why);
        }
    }
    assert_int_equal(event.kind, AMQP_DELIVERED);
    assert_string_equal(event.letter.message_id, "poison");
    assert_int_equal(deliveries, 21); /* the limit, and the first time */
}

static void test_topology__refuses_ids_and_numbers_out_of_range(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "a",
        "Ecology",
        "e/x",
        "1st",
        "a b",
        "a\"b",
        "exchange",
        "police",
        "a123456789012345678901234567890123456789012345678901234567890123"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct fault why = {0};
        AUTO(buf) struct buf out = {0};
        struct topology_agency agencies[] = {{"police", false},
                                             {wrong[i], false}};
        struct topology topology = {"yisong", "exchange", agencies, 2, 2};
        assert_int_equal(topology_write(&topology, &out, &why), R_BAD_SETTINGS);
    }
    static const int shards[] = {0, -1, TOPOLOGY_SHARDS_MAX + 1};
    for (size_t i = 0; i < COUNT_OF(shards); i++) {
        struct fault why = {0};
        AUTO(buf) struct buf out = {0};
        struct topology topology = {"yisong", "exchange", NULL, 0, shards[i]};
        assert_int_equal(topology_write(&topology, &out, &why), R_BAD_SETTINGS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_topology__a_case_stays_in_order_when_a_router_takes_over),
        cmocka_unit_test(test_topology__the_cases_are_spread_over_the_queues),
        cmocka_unit_test(
            test_topology__a_letter_that_fails_its_reader_is_set_aside),
        cmocka_unit_test(test_topology__refuses_ids_and_numbers_out_of_range),
    };
    return cmocka_run_group_tests(tests, broker_start, broker_stop);
}
