/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Cases that come from cases, and clocks that warn before they end, at the
 * exchange centre: from the letter through the ledger to what people read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "routing/export.h"
#include "routing/timeline.h"
#include "tests/support/centre.h"

#define ECOLOGY   "ecology-nanchang"
#define POLICE    "police-nanchang"
#define PROCURATE "procuratorate-nanchang"
#define CASE      "NC-2026-0001"
#define CHILD     "NC-2026-0001-S1"

static const struct draft transfer = {.type = "criminal-case-transfer",
                                      .case_id = CASE,
                                      .from = ECOLOGY,
                                      .to = POLICE,
                                      .copy_to = PROCURATE,
                                      .sequence = 1};

static const struct draft suggestion = {
    .type = "filing-supervision-suggestion",
    .case_id = CHILD,
    .parent = CASE,
    .from = ECOLOGY,
    .to = PROCURATE,
    .body = "<request><subject>建议立案监督</subject>"
            "<reason>逾期未作决定</reason></request>",
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

static void say_all(struct centre *centre, const struct draft *draft)
{
    centre_submit(centre, draft);
    centre_run(centre);
}

static const struct message *take_receipt(struct centre *centre)
{
    say_all(centre, &transfer);
    const struct message *got =
        centre_find(centre, POLICE, "criminal-case-transfer", 0);
    assert_non_null(got);
    char at[INSTANT_TEXT_MAX];
    AUTO(text) char *body =
        mem_print("<acceptance><acceptedAt>%s</acceptedAt><officers><officer>"
                  "<name>张某</name></officer></officers></acceptance>",
                  instant_format(centre_clock, at));
    struct draft receipt = {.type = "acceptance-receipt",
                            .body = body,
                            .case_id = CASE,
                            .from = POLICE,
                            .to = ECOLOGY,
                            .answers = got,
                            .sequence = 1};
    say_all(centre, &receipt);
    return got;
}

static const char *refusal_code(const struct centre *centre, const char *to)
{
    const struct message *refusal = centre_find(centre, to, "refusal", 0);
    assert_non_null(refusal);
    return element_child_text(message_body(refusal), "code");
}

static void test_links__a_case_knows_its_parent_and_its_children(void **state)
{
    struct centre *centre = *state;
    AUTO(timeline) struct timeline *parent = NULL;
    AUTO(timeline) struct timeline *child = NULL;
    AUTO(buf) struct buf json = {0};
    say_all(centre, &transfer);

    say_all(centre, &suggestion);

    assert_int_equal(timeline_read(&parent, centre->ledger, CASE, NULL), R_OK);
    assert_int_equal(timeline_read(&child, centre->ledger, CHILD, NULL), R_OK);
    assert_int_equal(parent->child_count, 1);
    assert_string_equal(parent->children[0], CHILD);
    assert_string_equal(child->casefile->parent, CASE);
    timeline_put_json(child, &json);
    assert_non_null(strstr(buf_text(&json), "\"parent\": \"" CASE "\""));
    const struct message *got =
        centre_find(centre, PROCURATE, "filing-supervision-suggestion", 0);
    assert_string_equal(message_parent(got), CASE);
}

static void test_links__an_unknown_parent_is_refused(void **state)
{
    struct centre *centre = *state;
    say_all(centre, &suggestion);
    assert_string_equal(refusal_code(centre, ECOLOGY), "UNKNOWN_CASE");
}

static void test_links__a_parent_in_another_state_is_refused(void **state)
{
    struct centre *centre = *state;
    const struct message *got = take_receipt(centre);
    struct draft filing = {.type = "filing-decision-notice",
                           .case_id = CASE,
                           .from = POLICE,
                           .to = ECOLOGY,
                           .copy_to = PROCURATE,
                           .answers = got,
                           .sequence = 2};
    say_all(centre, &filing);

    say_all(centre, &suggestion);

    assert_string_equal(refusal_code(centre, ECOLOGY), "OUT_OF_TURN");
}

static void remove_all(const char *folder)
{
    AUTO(text) char *command = mem_print("rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
}

static void test_links__the_whole_chain_is_exported(void **state)
{
    struct centre *centre = *state;
    char folder[] = "/tmp/yisong-chain-XXXXXX";
    size_t cases, letters;
    AUTO(buf) struct buf index = {0};
    assert_non_null(mkdtemp(folder));
    say_all(centre, &transfer);
    say_all(centre, &suggestion);

    const struct export_request request = {
        .case_id = CHILD, .folder = folder, .now = centre_clock};
    enum reason reason =
        export_chain(centre->ledger, &request, &cases, &letters, NULL);

    AUTO(text) char *path = io_join(folder, EXPORT_CHAIN);
    enum reason read = io_read(path, &index, NULL);
    remove_all(folder);
    assert_int_equal(reason, R_OK);
    assert_int_equal(read, R_OK);
    assert_int_equal(cases, 2);
    assert_string_equal(buf_text(&index),
                        "[{\"id\": \"" CASE "\"},\n {\"id\": \"" CHILD
                        "\", \"parent\": \"" CASE "\"}]\n");
}

/* The ledger keeps what a party has become. */
static void test_links__a_case_that_was_forwarded_stays_forwarded(void **state)
{
    struct centre *centre = *state;
    AUTO(casefile) struct casefile *kept = NULL;
    say_all(centre, &transfer);
    assert_int_equal(cases_find(centre->ledger, CASE, &kept, NULL), R_OK);
    struct party *police = casefile_party(kept, POLICE);
    free(police->as);
    police->as = mem_text("former-police");
    police->sequence++;
    assert_int_equal(ledger_begin(centre->ledger, NULL), R_OK);
    assert_int_equal(cases_put(centre->ledger, kept, NULL), R_OK);
    assert_int_equal(ledger_commit(centre->ledger, NULL), R_OK);
    AUTO(casefile) struct casefile *again = NULL;
    assert_int_equal(cases_find(centre->ledger, CASE, &again, NULL), R_OK);
    assert_string_equal(casefile_party(again, POLICE)->as, "former-police");
}

/* --- warnings ---------------------------------------------------------------
 */

static instant due_of(const struct centre *centre, const char *limit)
{
    AUTO(casefile) struct casefile *casefile = NULL;
    assert_int_equal(cases_find(centre->ledger, CASE, &casefile, NULL), R_OK);
    for (size_t i = 0; i < casefile->deadline_count; i++)
        if (strcmp(casefile->deadlines[i].limit, limit) == 0)
            return casefile->deadlines[i].due;
    return 0;
}

static void test_warning__goes_once_to_the_owner_alone(void **state)
{
    struct centre *centre = *state;
    take_receipt(centre);
    instant due = due_of(centre, "filing-decision");
    assert_true(due > centre_clock);

    centre_clock = due - 3 * (instant)INSTANT_DAY;
    centre_run(centre);
    int before = centre_count(centre, POLICE, "overdue-reminder");
    centre_clock = due - 12 * (instant)INSTANT_HOUR;
    centre_run(centre);
    centre_run(centre);

    assert_int_equal(before, 0);
    assert_int_equal(centre_count(centre, POLICE, "overdue-reminder"), 1);
    assert_int_equal(centre_count(centre, ECOLOGY, "overdue-reminder"), 0);
    const struct element *reminder =
        message_body(centre_find(centre, POLICE, "overdue-reminder", 0));
    assert_string_equal(element_child_text(reminder, "limit"),
                        "filing-decision");
    assert_null(element_child_text(reminder, "escalation"));
    assert_non_null(strstr(element_child_text(reminder, "chinese"),
                           "（环环监〔2017〕17号）第九条）"));
    assert_non_null(
        strstr(element_child_text(reminder, "english"), ", art. 9)"));
}

static void test_warning__is_followed_by_the_reminder_at_the_end(void **state)
{
    struct centre *centre = *state;
    take_receipt(centre);
    instant due = due_of(centre, "filing-decision");
    centre_clock = due - 12 * (instant)INSTANT_HOUR;
    centre_run(centre);

    centre_clock = due + INSTANT_SECOND;
    centre_run(centre);
    centre_run(centre);

    assert_int_equal(centre_count(centre, POLICE, "overdue-reminder"), 2);
    assert_int_equal(centre_count(centre, ECOLOGY, "overdue-reminder"), 1);
    assert_int_equal(centre_count(centre, PROCURATE, "overdue-reminder"), 1);
    const struct element *reminder =
        message_body(centre_find(centre, ECOLOGY, "overdue-reminder", 0));
    assert_string_equal(element_child_text(reminder, "escalation"),
                        "filing-supervision-suggestion");
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_centre, close_centre)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_links__a_case_knows_its_parent_and_its_children),
        TEST(test_links__an_unknown_parent_is_refused),
        TEST(test_links__a_parent_in_another_state_is_refused),
        TEST(test_links__the_whole_chain_is_exported),
        TEST(test_links__a_case_that_was_forwarded_stays_forwarded),
        TEST(test_warning__goes_once_to_the_owner_alone),
        TEST(test_warning__is_followed_by_the_reminder_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
