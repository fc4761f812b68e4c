/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Duties that are done in a linked case: a transfer that the procuratorate
 * asked for, an entry in the shared platform. The clock runs where the duty
 * began, and the letter that ends it is said elsewhere.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/routing/follow_fixture.h"

/* --- a transfer that the procuratorate asked for ----------------------------
 */

static void test_transfer__meets_the_limit_of_the_opinion_that_it_follows(
    void **state)
{
    struct centre *centre = *state;
    const char *supervision = "NC-OPINION-1";
    struct draft letter = {.type = "transfer-opinion",
                           .case_id = supervision,
                           .from = "procuratorate-nanchang",
                           .to = ECOLOGY,
                           .sequence = 1};
    say_all(centre, &letter);
    sign_for(centre, ECOLOGY,
             centre_find(centre, ECOLOGY, "transfer-opinion", 0));
    check_clocks(centre, supervision,
                 "transfer/" ECOLOGY "/running "
                 "entry/procuratorate-nanchang/running");
    letter = (struct draft){.type = "criminal-case-transfer",
                            .case_id = "NC-CRIME-1",
                            .parent = supervision,
                            .from = ECOLOGY,
                            .to = "police-nanchang",
                            .copy_to = "procuratorate-nanchang",
                            .sequence = 1};

    say_all(centre, &letter);

    check_clocks(centre, supervision, "entry/procuratorate-nanchang/running");
    check_state(centre, supervision, "OPINION_ISSUED"); /* to be reported */
    assert_int_equal(centre_count(centre, "procuratorate-nanchang",
                                  "criminal-case-transfer"),
                     1);
}

/* --- an entry in the platform, noticed in the case of the decision ----------
 */

static const struct draft suggestion = {
    .type = "filing-supervision-suggestion",
    .case_id = "NC-SUP-1",
    .from = ECOLOGY,
    .to = "procuratorate-nanchang",
    .body = "<request><subject>建议立案监督</subject>"
            "<reason>逾期未作决定</reason></request>",
    .sequence = 1};

static const struct draft entry = {.type = "platform-entry",
                                   .case_id = "NC-ENTRY-1",
                                   .parent = "NC-SUP-1",
                                   .from = ECOLOGY,
                                   .to = "police-nanchang",
                                   .copy_to = NULL,
                                   .sequence = 1};

static enum deadline_status entry_clock(const struct centre *centre)
{
    AUTO(timeline) struct timeline *story = NULL;
    assert_int_equal(timeline_read(&story, centre->ledger, "NC-SUP-1", NULL),
                     R_OK);
    for (size_t i = 0; i < story->casefile->deadline_count; i++)
        if (strcmp(story->casefile->deadlines[i].limit, "entry-ecology") == 0)
            return story->casefile->deadlines[i].status;
    fail_msg("no entry is due");
    return DEADLINE_CANCELLED;
}

static void test_entry__meets_the_duty_of_the_decision_that_it_enters(
    void **state)
{
    struct centre *centre = *state;
    say_all(centre, &suggestion);
    assert_int_equal(entry_clock(centre), DEADLINE_RUNNING);

    say_all(centre, &entry);

    assert_int_equal(entry_clock(centre), DEADLINE_MET);
    check_state(centre, "NC-SUP-1", "REVIEWING");
    assert_int_equal(centre_count(centre, ECOLOGY, NOTICE), 1);
    assert_int_equal(
        centre_count(centre, "procuratorate-nanchang", "platform-entry"), 0);
}

static void test_entry__never_made_is_told_to_the_procuratorate(void **state)
{
    struct centre *centre = *state;
    say_all(centre, &suggestion);

    centre_clock += 12 * (instant)INSTANT_DAY;
    centre_run(centre);

    assert_int_equal(centre_count(centre, ECOLOGY, "overdue-reminder"), 1);
    const struct message *reminder =
        centre_find(centre, "procuratorate-nanchang", "overdue-reminder", 0);
    assert_non_null(reminder);
    assert_string_equal(element_child_text(message_body(reminder), "limit"),
                        "entry-ecology");
    say_all(centre, &entry);
    assert_int_equal(entry_clock(centre), DEADLINE_MET_LATE);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_centre, close_centre)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_transfer__meets_the_limit_of_the_opinion_that_it_follows),
        TEST(test_entry__meets_the_duty_of_the_decision_that_it_enters),
        TEST(test_entry__never_made_is_told_to_the_procuratorate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
