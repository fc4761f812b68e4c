/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The n-th call of the store fails, for every n, and the process starts again:
 * a letter goes from a folder to a folder exactly once all the same.
 */
#include "tests/broker-adapters/desk_fixture.h"

/* Enough for a broken file to settle and for the receipt to come back. */
enum { TURNS = 4, LETTERS = 2 };

/* A process that failed: everything is opened again, and completed. */
static enum reason start_again(struct world *world, struct fault *why)
{
    for (size_t i = 0; i < world->post_count; i++) {
        struct post *post = &world->posts[i];
        post_shut(post);
        post_open(post);
        TRY(handover_finish(&post->desk, post->spool, why));
        TRY(taking_finish(&post->desk, post->spool, why));
    }
    return R_OK;
}

/* Turns until nothing is left to do; how often the store failed. */
static int play(struct world *world)
{
    int failures = 0;
    for (int done = 0; done < TURNS;) {
        struct fault why = {0};
        if (world_turn(world, &why) == R_OK) {
            done++;
            continue;
        }
        assert_true(++failures < 20);
        sql_fail_after(0);
        must(start_again(world, &why), &why);
    }
    sql_fail_after(0);
    return failures;
}

static void check_exactly_once(const struct post *sender,
                               const struct post *recipient)
{
    assert_int_equal(number_of(sender, "SELECT count(*) FROM outgoing"
                                       " WHERE type = 'acceptance-receipt'"),
                     LETTERS);
    assert_int_equal(number_of(recipient, "SELECT count(*) FROM incoming"),
                     LETTERS);
    assert_int_equal(number_of(recipient, "SELECT count(*) FROM incoming"
                                          " WHERE state = 'handed'"),
                     LETTERS);
    assert_int_equal(number_of(sender, "SELECT count(*) FROM outgoing"
                                       " WHERE state = 'delivered'"),
                     LETTERS);
    assert_int_equal(number_of(sender, "SELECT count(*) FROM taken"), 0);
    assert_int_equal(files_in(sender, "out"), 0);
    assert_int_equal(files_in(sender, "sent"), LETTERS);
    assert_int_equal(files_in(sender, "refused"), 3);
    assert_int_equal(files_in(recipient, "in"), LETTERS);
}

/* No receipt without a kept letter: each names one, and is named by it. */
static void check_receipts(const struct post *recipient)
{
    assert_int_equal(number_of(recipient,
                               "SELECT count(*) FROM incoming"
                               " WHERE owes_receipt = 1 OR receipt IS NULL"),
                     0);
    assert_int_equal(
        number_of(recipient, "SELECT count(*) FROM outgoing o WHERE NOT EXISTS"
                             " (SELECT 1 FROM incoming WHERE receipt = o.row)"),
        0);
}

static void drop_letters(struct post *sender)
{
    static const char *const names[] = {"1.xml", "2.xml"};
    for (size_t i = 0; i < LETTERS; i++) {
        AUTO(text) char *text = letter_text(NULL, "NC-1", "police-nanchang");
        world_drop(sender, names[i], text);
    }
    AUTO(text) char *wrong = letter_text("no-uuid", "NC-3", "police-nanchang");
    world_drop(sender, "wrong.xml", wrong);
}

/* In memory where there is such a folder: a thousand commits are waited for. */
static char *make_folder(void)
{
    char *folder =
        mem_print("%s/yisong-crash.XXXXXX",
                  access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(folder));
    return folder;
}

static void test_adapter__loses_and_repeats_nothing_whatever_call_fails(
    void **state)
{
    struct office office = office_open();
    int failures = 1;
    for (int nth = 1; failures > 0; nth++) {
        char *folder = make_folder();
        void *scratch = folder;
        struct world *world = world_open(&scratch, &office);
        struct post *sender = world_post(world, "ecology-nanchang");
        struct post *recipient = world_post(world, "police-nanchang");
        drop_letters(sender);
        sql_fail_after(nth);
        failures = play(world);
        check_exactly_once(sender, recipient);
        check_receipts(recipient);
        world_close(world);
        scratch_remove_folder(folder);
        free(folder);
    }

    office_close(&office);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_adapter__loses_and_repeats_nothing_whatever_call_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
