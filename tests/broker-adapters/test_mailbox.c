/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The tables of the mailbox: what came in which order, what went how far.
 */
#include "tests/broker-adapters/desk_fixture.h"

static void check_state(const struct post *post, const char *id,
                        const char *state)
{
    AUTO(text) char *query =
        mem_print("SELECT state FROM incoming WHERE id = '%s'", id);
    assert_true(query_holds(post, query, state));
}

static void test_incoming__waits_for_what_is_missing_and_keeps_the_order(
    void **state)
{
    struct world *world = *state;
    struct post *sender = world_post(world, "ecology-nanchang");
    struct post *recipient = world_post(world, "police-nanchang");
    AUTO(queued_letter) struct queued_letter first =
        queue_letter(sender, "NC-1", "police-nanchang");
    AUTO(queued_letter) struct queued_letter second =
        queue_letter(sender, "NC-1", "police-nanchang");
    AUTO(queued_letter) struct queued_letter third =
        queue_letter(sender, "NC-1", "police-nanchang");

    arrive(recipient, &third, 3);
    arrive(recipient, &second, 2);
    check_state(recipient, third.id, "held");
    check_state(recipient, second.id, "held");
    arrive(recipient, &first, 1);

    check_state(recipient, third.id, "ready");
    AUTO(text) char *query =
        mem_print("SELECT (SELECT turn_no FROM incoming WHERE id = '%s') <"
                  " (SELECT turn_no FROM incoming WHERE id = '%s')",
                  second.id, third.id);
    assert_int_equal(number_of(recipient, query), 1);
}

static void test_incoming__does_not_let_one_case_wait_for_another(void **state)
{
    struct world *world = *state;
    struct post *sender = world_post(world, "ecology-nanchang");
    struct post *recipient = world_post(world, "police-nanchang");
    AUTO(queued_letter) struct queued_letter held =
        queue_letter(sender, "NC-1", "police-nanchang");
    AUTO(queued_letter) struct queued_letter other =
        queue_letter(sender, "NC-2", "police-nanchang");

    arrive(recipient, &held, 2);
    arrive(recipient, &other, 1);

    check_state(recipient, held.id, "held");
    check_state(recipient, other.id, "ready");
}

static void test_incoming__gives_up_waiting_after_a_while(void **state)
{
    struct world *world = *state;
    struct fault why = {0};
    struct post *sender = world_post(world, "ecology-nanchang");
    struct post *recipient = world_post(world, "police-nanchang");
    AUTO(queued_letter) struct queued_letter late =
        queue_letter(sender, "NC-1", "police-nanchang");
    arrive(recipient, &late, 7);
    int released;

    must(incoming_release(recipient->desk.mailbox, OFFICE_LATER, &released,
                          &why),
         &why);
    assert_int_equal(released, 0);
    must(incoming_release(recipient->desk.mailbox, OFFICE_LATER + 1, &released,
                          &why),
         &why);
    assert_int_equal(released, 1);
    check_state(recipient, late.id, "ready");
}

static void test_incoming__keeps_a_repeated_letter_once(void **state)
{
    struct world *world = *state;
    struct post *sender = world_post(world, "ecology-nanchang");
    struct post *recipient = world_post(world, "police-nanchang");
    AUTO(queued_letter) struct queued_letter letter =
        queue_letter(sender, "NC-1", "police-nanchang");

    assert_int_equal(arrive(recipient, &letter, 1), RECEIVING_KEPT);
    assert_int_equal(arrive(recipient, &letter, 1), RECEIVING_REPEAT);

    assert_int_equal(number_of(recipient, "SELECT count(*) FROM incoming"), 1);
    assert_int_equal(number_of(recipient, "SELECT count(*) FROM outgoing"), 1);
}

static void test_incoming__lets_a_repeat_fill_the_place_it_came_in(void **state)
{
    struct world *world = *state;
    struct post *sender = world_post(world, "ecology-nanchang");
    struct post *recipient = world_post(world, "police-nanchang");
    AUTO(queued_letter) struct queued_letter first =
        queue_letter(sender, "NC-1", "police-nanchang");
    AUTO(queued_letter) struct queued_letter next =
        queue_letter(sender, "NC-1", "police-nanchang");

    arrive(recipient, &first, 1);
    arrive(recipient, &first, 2);
    arrive(recipient, &next, 3);

    check_state(recipient, next.id, "ready");
}

static void test_outgoing__numbers_the_letters_of_each_case(void **state)
{
    struct world *world = *state;
    struct post *post = world_post(world, "ecology-nanchang");
    AUTO(queued_letter) struct queued_letter first =
        queue_letter(post, "NC-1", "police-nanchang");
    AUTO(queued_letter) struct queued_letter other =
        queue_letter(post, "NC-2", "police-nanchang");
    AUTO(queued_letter) struct queued_letter second =
        queue_letter(post, "NC-1", "police-nanchang");

    assert_int_equal(first.sequence, 1);
    assert_int_equal(other.sequence, 1);
    assert_int_equal(second.sequence, 2);
}

static void test_outgoing__never_takes_a_state_back(void **state)
{
    struct world *world = *state;
    struct fault why = {0};
    struct post *post = world_post(world, "ecology-nanchang");
    AUTO(queued_letter) struct queued_letter letter =
        queue_letter(post, "NC-1", "police-nanchang");
    struct outgoing_entry entry = {
        .id = letter.id,
        .digest = digest_of(DIGEST_SHA256, letter.bytes, letter.size),
        .at = OFFICE_LATER};

    /* The receipts overtake the broker's confirm. */
    must(outgoing_mark_delivered(post->desk.mailbox, &entry, "police-nanchang",
                                 &why),
         &why);
    must(outgoing_mark_submitted(post->desk.mailbox, &entry, &why), &why);
    must(outgoing_mark_sent(post->desk.mailbox, letter.row, OFFICE_LATER, &why),
         &why);

    assert_true(query_holds(post, "SELECT state FROM outgoing", "delivered"));
    assert_int_equal(number_of(post,
                               "SELECT count(*) FROM outgoing WHERE sent_at > 0"
                               " AND submitted_at > 0 AND delivered_at > 0"),
                     1);
}

static void test_outgoing__believes_no_receipt_for_other_bytes(void **state)
{
    struct world *world = *state;
    struct fault why = {0};
    struct post *post = world_post(world, "ecology-nanchang");
    AUTO(queued_letter) struct queued_letter letter =
        queue_letter(post, "NC-1", "police-nanchang");
    struct outgoing_entry entry = {.id = letter.id, .at = OFFICE_LATER};

    assert_int_equal(outgoing_mark_submitted(post->desk.mailbox, &entry, &why),
                     R_NOT_FOUND);

    assert_true(query_holds(post, "SELECT state FROM outgoing", "queued"));
}

static void test_receipts__go_in_one_letter_for_many(void **state)
{
    struct world *world = *state;
    struct fault why = {0};
    struct post *sender = world_post(world, "ecology-nanchang");
    struct post *recipient = world_post(world, "police-nanchang");
    struct sql *mailbox = recipient->desk.mailbox;
    must(sql_begin(mailbox, &why), &why);
    for (int i = 0; i < 3; i++) {
        AUTO(queued_letter) struct queued_letter letter =
            queue_letter(sender, i ? "NC-1" : "NC-2", "police-nanchang");
        struct unjudged came = came_of(&letter, i ? i : 1);
        enum receiving outcome;
        must(receiving_take(&recipient->desk, &came, OFFICE_LATER, &outcome,
                            &why),
             &why);
    }
    int written;

    must(mailbox_end(
             mailbox,
             receipts_write(&recipient->desk, OFFICE_LATER, &written, &why),
             &why),
         &why);

    assert_int_equal(written, 1);
    assert_true(query_holds(recipient, "SELECT case_id FROM outgoing", "none"));
    AUTO(queued_letter) struct queued_letter receipt = last_queued(recipient);
    assert_int_equal(arrive(sender, &receipt, 1), RECEIVING_KEPT);
    assert_int_equal(number_of(sender, "SELECT count(*) FROM outgoing"
                                       " WHERE state = 'delivered'"),
                     3);
}

static void test_mailbox__has_one_running_adapter(void **state)
{
    struct world *world = *state;
    struct fault why = {0};
    struct post *post = world_post(world, "ecology-nanchang");
    int first, second;
    must(mailbox_claim(post->mailbox_path, &first, &why), &why);

    assert_int_equal(mailbox_claim(post->mailbox_path, &second, &why),
                     R_STORE_BUSY);

    close(first);
    must(mailbox_claim(post->mailbox_path, &second, &why), &why);
    close(second);
}

static void test_mailbox__hears_the_bell(void **state)
{
    struct world *world = *state;
    struct fault why = {0};
    struct post *post = world_post(world, "ecology-nanchang");
    int bell;
    must(mailbox_listen(post->mailbox_path, &bell, &why), &why);

    assert_false(mailbox_heard(bell));
    mailbox_ring(post->mailbox_path);
    assert_true(mailbox_heard(bell));
    assert_false(mailbox_heard(bell));
    close(bell);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(
            test_incoming__waits_for_what_is_missing_and_keeps_the_order),
        WORLD_TEST(test_incoming__does_not_let_one_case_wait_for_another),
        WORLD_TEST(test_incoming__gives_up_waiting_after_a_while),
        WORLD_TEST(test_incoming__keeps_a_repeated_letter_once),
        WORLD_TEST(test_incoming__lets_a_repeat_fill_the_place_it_came_in),
        WORLD_TEST(test_outgoing__numbers_the_letters_of_each_case),
        WORLD_TEST(test_outgoing__never_takes_a_state_back),
        WORLD_TEST(test_outgoing__believes_no_receipt_for_other_bytes),
        WORLD_TEST(test_receipts__go_in_one_letter_for_many),
        WORLD_TEST(test_mailbox__has_one_running_adapter),
        WORLD_TEST(test_mailbox__hears_the_bell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
