/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What remains of a case that followed another one: the letter stands in its
 * story, its export can be checked by a stranger, it is the same case when the
 * log is played again, and it followed once however often something failed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/routing/follow_fixture.h"

/* --- the record -------------------------------------------------------------
 */

static void test_record__shows_the_letter_in_the_case_that_followed(
    void **state)
{
    struct centre *centre = *state;
    punish(centre);
    say_all(centre, &removal);
    AUTO(timeline) struct timeline *story = NULL;
    AUTO(buf) struct buf text = {0};
    AUTO(buf) struct buf json = {0};
    const struct names names = {centre->office.registry, centre->procedures};

    assert_int_equal(timeline_read(&story, centre->ledger, LIST, NULL), R_OK);
    timeline_put_text(story, &names, centre_clock, false, &text);
    timeline_put_json(story, &json);

    assert_non_null(strstr(buf_text(&text), "of the linked case " CARD));
    assert_non_null(strstr(buf_text(&text), "→ being lifted"));
    assert_non_null(strstr(buf_text(&json), "\"linkedCase\": \"" CARD "\""));
    assert_non_null(strstr(buf_text(&json), "\"stateAfter\": \"LIFTING\""));
}

static void remove_all(const char *folder)
{
    AUTO(text) char *command = mem_print("rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
}

static void test_record__is_exported_and_can_be_checked(void **state)
{
    struct centre *centre = *state;
    char folder[] = "/tmp/yisong-follow-XXXXXX";
    assert_non_null(mkdtemp(folder));
    punish(centre);
    say_all(centre, &removal);
    AUTO(text) char *authority =
        io_join(centre->office.folder, "authority.pem");
    const struct export_request request = {.case_id = LIST,
                                           .agencies = centre->office.folder,
                                           .folder = folder,
                                           .now = centre_clock};
    AUTO(export_findings) struct export_findings found = {0};
    size_t count;

    enum reason wrote = export_case(centre->ledger, &request, &count, NULL);
    enum reason checked = export_check(folder, authority, &found, NULL);

    remove_all(folder);
    assert_int_equal(wrote, R_OK);
    if (checked != R_OK)
        fprintf(stderr, "%s", buf_text(&found.faults));
    assert_int_equal(checked, R_OK);
    assert_int_equal(found.accepted, 2); /* the list and the removal */
}

/* A letter of another case that the centre did not tell of is a fault. */
static void test_record__with_a_letter_that_nothing_links_is_not_believed(
    void **state)
{
    struct centre *centre = *state;
    char folder[] = "/tmp/yisong-follow-XXXXXX";
    assert_non_null(mkdtemp(folder));
    punish(centre);
    const struct step_record forged = {.case_id = LIST,
                                       .position = 1,
                                       .state_before = "LISTED",
                                       .state_after = "LISTED",
                                       .at = centre_clock};
    assert_int_equal(ledger_begin(centre->ledger, NULL), R_OK);
    assert_int_equal(cases_put_step(centre->ledger, &forged, NULL), R_OK);
    assert_int_equal(ledger_commit(centre->ledger, NULL), R_OK);
    AUTO(text) char *authority =
        io_join(centre->office.folder, "authority.pem");
    const struct export_request request = {.case_id = LIST,
                                           .agencies = centre->office.folder,
                                           .folder = folder,
                                           .now = centre_clock};
    AUTO(export_findings) struct export_findings found = {0};
    size_t count;

    enum reason wrote = export_case(centre->ledger, &request, &count, NULL);
    enum reason checked = export_check(folder, authority, &found, NULL);

    remove_all(folder);
    assert_int_equal(wrote, R_OK);
    assert_int_not_equal(checked, R_OK);
    assert_non_null(strstr(buf_text(&found.faults), "UNKNOWN_CASE"));
}

/* Everything that was accepted, said again to a centre that knows nothing. */
static void replay(const struct centre *from, struct centre *to)
{
    struct log_head head;
    assert_int_equal(log_head(from->ledger, &head, NULL), R_OK);
    for (int64_t position = 1; position <= head.size; position++) {
        AUTO(letter_row) struct letter_row row = {0};
        assert_int_equal(letters_get(from->ledger, position, &row, NULL), R_OK);
        if (row.letter.outcome != LETTER_ACCEPTED)
            continue;
        centre_clock = row.letter.received_at;
        centre_submit_bytes(to, row.letter.sender, row.letter.bytes,
                            row.letter.size, row.letter.jws);
        centre_run(to);
    }
}

static void test_record__gives_the_same_cases_when_it_is_played_again(
    void **state)
{
    struct centre *centre = *state;
    static const char *const cases[] = {CARD, LIST};
    punish(centre);
    centre_clock += 3 * (instant)INSTANT_DAY;
    say_all(centre, &removal);
    sign_for(centre, TRANSPORT, centre_find(centre, TRANSPORT, REMOVAL, 0));
    struct centre *again = centre_open();
    registry_free(again->office.registry);
    assert_int_equal(
        registry_read(&again->office.registry, centre->office.folder, NULL),
        R_OK);
    router_set_registry(again->router, again->office.registry);

    replay(centre, again);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(casefile) struct casefile *then = read_case(centre, cases[i]);
        AUTO(casefile) struct casefile *now = read_case(again, cases[i]);
        AUTO(text) char *clocks = clocks_of(centre, cases[i]);
        assert_string_equal(now->state, then->state);
        assert_true(now->changed_at == then->changed_at);
        check_clocks(again, cases[i], clocks);
    }
    centre_close(again);
}

/* --- failures ---------------------------------------------------------------
 */

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

/* The letter, its receipt and one notice: once, whatever failed on the way. */
static void check_followed_once(struct centre *centre, int64_t before)
{
    struct log_head head, counted;
    AUTO(timeline) struct timeline *story = NULL;
    assert_int_equal(log_head(centre->ledger, &head, NULL), R_OK);
    assert_int_equal(log_verify(centre->ledger, NULL, &counted, NULL), R_OK);
    assert_true(digest_is_equal(&head.root, &counted.root));
    assert_int_equal(head.size, before + 3);
    check_state(centre, CARD, "REMOVED");
    check_state(centre, LIST, "LIFTING");
    assert_int_equal(timeline_read(&story, centre->ledger, LIST, NULL), R_OK);
    size_t notices = 0;
    for (size_t i = 0; i < story->count; i++)
        notices += strcmp(story->letters[i].type, NOTICE) == 0;
    assert_int_equal(notices, 1);
    assert_true(centre_count(centre, TRANSPORT, REMOVAL) >= 1);
    assert_true(centre_count(centre, TRANSPORT, NOTICE) >= 1);
}

static void fail_nth(int nth, bool carrier)
{
    struct centre *centre = centre_open();
    struct log_head head;
    punish(centre);
    assert_int_equal(log_head(centre->ledger, &head, NULL), R_OK);
    centre_submit(centre, &removal);
    if (carrier)
        centre->fail_in = nth;
    else
        sql_fail_after(nth);
    run_through_failures(centre);
    sql_fail_after(0);
    check_followed_once(centre, head.size);
    centre_close(centre);
}

static void test_following__survives_the_nth_failure_of_the_carrier(
    void **state)
{
    (void)state;
    for (int nth = 1; nth <= 16; nth++)
        fail_nth(nth, true);
}

static void test_following__survives_the_nth_failure_of_the_ledger(void **state)
{
    (void)state;
    for (int nth = 1; nth <= 120; nth += nth < 100 ? 2 : 1)
        fail_nth(nth, false);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_centre, close_centre)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_record__shows_the_letter_in_the_case_that_followed),
        TEST(test_record__is_exported_and_can_be_checked),
        TEST(test_record__with_a_letter_that_nothing_links_is_not_believed),
        TEST(test_record__gives_the_same_cases_when_it_is_played_again),
        cmocka_unit_test(
            test_following__survives_the_nth_failure_of_the_carrier),
        cmocka_unit_test(
            test_following__survives_the_nth_failure_of_the_ledger),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
