/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The exchange centre as its agencies see it: letters go in at a submit queue,
 * letters come out at inbox queues.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/centre.h"

#define ECOLOGY   "ecology-nanchang"
#define POLICE    "police-nanchang"
#define PROCURATE "procuratorate-nanchang"
#define CASE      "NC-2026-0001"

static const struct draft transfer = {.type = "criminal-case-transfer",
                                      .case_id = CASE,
                                      .from = ECOLOGY,
                                      .to = POLICE,
                                      .copy_to = PROCURATE,
                                      .sequence = 1};

static struct draft answer(const char *type, const struct message *answers,
                           int sequence)
{
    return (struct draft){.type = type,
                          .case_id = CASE,
                          .from = POLICE,
                          .to = ECOLOGY,
                          .answers = answers,
                          .sequence = sequence};
}

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

/* Submits the transfer and returns it as the police got it. */
static const struct message *hand_over(struct centre *centre)
{
    centre_submit(centre, &transfer);
    centre_run(centre);
    const struct message *got =
        centre_find(centre, POLICE, "criminal-case-transfer", 0);
    assert_non_null(got);
    return got;
}

static const char *refusal_code(const struct centre *centre,
                                const char *recipient, int nth)
{
    const struct message *refusal =
        centre_find(centre, recipient, "refusal", nth);
    assert_non_null(refusal);
    return element_child_text(message_body(refusal), "code");
}

static void test_router__hands_a_transfer_to_police_and_procuratorate(
    void **state)
{
    struct centre *centre = *state;

    const struct message *got = hand_over(centre);

    assert_string_equal(message_from(got), ECOLOGY);
    assert_int_equal(centre_count(centre, PROCURATE, "criminal-case-transfer"),
                     1);
    assert_int_equal(router_counts(centre->router).accepted, 1);
}

static void test_router__gives_the_sender_a_signed_receipt(void **state)
{
    struct centre *centre = *state;
    const struct message *got = hand_over(centre);

    const struct message *receipt =
        centre_find(centre, ECOLOGY, "submission-receipt", 0);

    assert_non_null(receipt);
    assert_int_equal(signature_verify(centre->office.registry, receipt, NULL,
                                      centre_clock, NULL),
                     R_OK);
    AUTO(mistakes) struct mistakes mistakes = {0};
    assert_int_equal(message_check(receipt, &mistakes, NULL), R_OK);
    const struct element *entry = element_first(message_body(receipt), "entry");
    assert_string_equal(element_child_text(entry, "id"), message_id(got));
    assert_string_equal(element_child_text(message_body(receipt), "logSize"),
                        "1");
}

static void test_router__repeats_the_first_receipt_for_the_same_letter(
    void **state)
{
    struct centre *centre = *state;
    AUTO(buf) struct buf bytes = {0};
    AUTO(buf) struct buf jws = {0};
    draft_sign(centre, &transfer, &bytes, &jws);

    for (int i = 0; i < 3; i++) {
        centre_submit_bytes(centre, ECOLOGY, bytes.bytes, bytes.size, "");
        centre_run(centre);
    }

    assert_int_equal(router_counts(centre->router).accepted, 1);
    assert_int_equal(router_counts(centre->router).repeated, 2);
    assert_int_equal(centre_count(centre, POLICE, "criminal-case-transfer"), 1);
    assert_int_equal(centre_count(centre, ECOLOGY, "submission-receipt"), 3);
    assert_string_equal(
        message_id(centre_find(centre, ECOLOGY, "submission-receipt", 0)),
        message_id(centre_find(centre, ECOLOGY, "submission-receipt", 2)));
}

static void test_router__refuses_other_content_under_a_known_id(void **state)
{
    struct centre *centre = *state;
    struct draft first = transfer, second = transfer;
    first.id = second.id = "019aa6f0-0000-7000-8000-000000000001";
    second.sequence = 2;
    centre_submit(centre, &first);
    centre_submit(centre, &second);

    centre_run(centre);

    assert_string_equal(refusal_code(centre, ECOLOGY, 0), "ID_REUSED");
    assert_int_equal(centre_count(centre, POLICE, "criminal-case-transfer"), 1);
}

static void test_router__tells_the_connection_that_it_names_another_sender(
    void **state)
{
    struct centre *centre = *state;
    AUTO(buf) struct buf bytes = {0};
    AUTO(buf) struct buf jws = {0};
    draft_sign(centre, &transfer, &bytes, &jws);

    centre_submit_bytes(centre, "bank-nanchang", bytes.bytes, bytes.size, "");
    centre_run(centre);

    assert_string_equal(refusal_code(centre, "bank-nanchang", 0),
                        "WRONG_CHANNEL");
    assert_int_equal(centre_count(centre, ECOLOGY, "refusal"), 0);
}

static void test_router__keeps_a_letter_of_nobody_and_answers_nobody(
    void **state)
{
    struct centre *centre = *state;
    centre_submit_bytes(centre, NULL, "<message/>", 10, "");

    centre_run(centre);

    AUTO(letter_row) struct letter_row kept = {0};
    assert_int_equal(letters_get(centre->ledger, 1, &kept, NULL), R_OK);
    assert_int_equal(kept.letter.outcome, LETTER_REFUSED);
    assert_memory_equal(kept.letter.bytes, "<message/>", 10);
    assert_int_equal(centre->inbox_count, 0);
}

static void test_router__a_forger_cannot_occupy_the_id_of_another(void **state)
{
    struct centre *centre = *state;
    AUTO(buf) struct buf bytes = {0};
    AUTO(buf) struct buf jws = {0};
    draft_sign(centre, &transfer, &bytes, &jws);
    AUTO(text) char *forged = mem_copy(bytes.bytes, bytes.size);
    memcpy(strstr(forged, "<urgency>normal"), "<urgency>urgent", 15);

    centre_submit_bytes(centre, ECOLOGY, forged, bytes.size, "");
    centre_submit_bytes(centre, ECOLOGY, bytes.bytes, bytes.size, "");
    centre_run(centre);

    assert_string_equal(refusal_code(centre, ECOLOGY, 0), "BAD_SIGNATURE");
    assert_int_equal(centre_count(centre, POLICE, "criminal-case-transfer"), 1);
}

static void test_router__says_what_would_have_been_lawful(void **state)
{
    struct centre *centre = *state;
    const struct message *got = hand_over(centre);
    struct draft filing = answer("filing-decision-notice", got, 1);
    filing.copy_to = PROCURATE;

    centre_submit(centre, &filing);
    centre_run(centre);

    assert_string_equal(refusal_code(centre, POLICE, 0), "OUT_OF_TURN");
    const struct element *body =
        message_body(centre_find(centre, POLICE, "refusal", 0));
    assert_non_null(element_child_text(body, "rule"));
    assert_non_null(
        strstr(element_child_text(body, "lawfulChinese"), "接受案件回执"));
}

static void test_router__refuses_an_agency_that_is_not_a_party(void **state)
{
    struct centre *centre = *state;
    const struct message *got = hand_over(centre);
    struct draft strange = answer("acceptance-receipt", got, 1);
    strange.from = "court-nanchang";

    centre_submit(centre, &strange);
    centre_run(centre);

    assert_non_null(centre_find(centre, "court-nanchang", "refusal", 0));
    assert_int_equal(centre_count(centre, ECOLOGY, "acceptance-receipt"), 0);
}

static void test_router__carries_a_case_to_the_filing_decision(void **state)
{
    struct centre *centre = *state;
    const struct message *got = hand_over(centre);
    struct draft receipt = answer("acceptance-receipt", got, 1);
    centre_submit(centre, &receipt);
    centre_run(centre);
    struct draft filing = answer("filing-decision-notice", got, 2);
    filing.copy_to = PROCURATE;

    centre_submit(centre, &filing);
    centre_run(centre);

    assert_int_equal(centre_count(centre, ECOLOGY, "filing-decision-notice"),
                     1);
    assert_int_equal(centre_count(centre, PROCURATE, "filing-decision-notice"),
                     1);
    AUTO(casefile) struct casefile *casefile = NULL;
    assert_int_equal(cases_find(centre->ledger, CASE, &casefile, NULL), R_OK);
    assert_string_equal(casefile->state, "FILED");
}

static void test_router__refuses_a_sequence_that_went_backwards(void **state)
{
    struct centre *centre = *state;
    const struct message *got = hand_over(centre);
    struct draft receipt = answer("acceptance-receipt", got, 5);
    centre_submit(centre, &receipt);
    struct draft filing = answer("filing-decision-notice", got, 5);
    filing.copy_to = PROCURATE;
    centre_submit(centre, &filing);

    centre_run(centre);

    assert_string_equal(refusal_code(centre, POLICE, 0), "OUT_OF_SEQUENCE");
}

static void test_router__refuses_an_answer_to_other_bytes(void **state)
{
    struct centre *centre = *state;
    (void)hand_over(centre);
    struct draft receipt =
        answer("acceptance-receipt",
               centre_find(centre, ECOLOGY, "submission-receipt", 0), 1);

    centre_submit(centre, &receipt);
    centre_run(centre);

    assert_string_equal(refusal_code(centre, POLICE, 0), "UNKNOWN_MESSAGE");
}

/* The delivery receipt of the police for one letter. */
static char *delivery_of(const struct message *message, instant at)
{
    char digest[DIGEST_TEXT_MAX], when[INSTANT_TEXT_MAX];
    return mem_print(
        "<receipts><entry><id>%s</id><digest>%s</digest>"
        "<type>%s</type><caseId>%s</caseId><at>%s</at></entry>"
        "</receipts>",
        message_id(message), digest_format(message_digest(message), digest),
        message_type(message), message_case(message), instant_format(at, when));
}

static void test_router__passes_a_delivery_receipt_to_the_sender(void **state)
{
    struct centre *centre = *state;
    const struct message *got = hand_over(centre);
    AUTO(text) char *body = delivery_of(got, centre_clock);
    struct draft receipt = answer("delivery-receipt", NULL, 0);
    receipt.body = body;

    centre_submit(centre, &receipt);
    centre_run(centre);

    assert_int_equal(centre_count(centre, ECOLOGY, "delivery-receipt"), 1);
    assert_int_equal(centre_count(centre, POLICE, "submission-receipt"), 0);
}

static void test_router__refuses_a_receipt_for_what_was_not_sent_to_it(
    void **state)
{
    struct centre *centre = *state;
    const struct message *got = hand_over(centre);
    AUTO(text) char *body = delivery_of(got, centre_clock);
    struct draft receipt = answer("delivery-receipt", NULL, 0);
    receipt.body = body;
    receipt.from = "bank-nanchang";

    centre_submit(centre, &receipt);
    centre_run(centre);

    assert_string_equal(refusal_code(centre, "bank-nanchang", 0),
                        "NOT_A_PARTY");
    assert_int_equal(centre_count(centre, ECOLOGY, "delivery-receipt"), 0);
}

static void test_router__answers_json_with_json(void **state)
{
    struct centre *centre = *state;
    struct draft json = transfer;
    json.encoding = MESSAGE_JSON;

    centre_submit(centre, &json);
    centre_run(centre);

    const struct message *receipt =
        centre_find(centre, ECOLOGY, "submission-receipt", 0);
    assert_non_null(receipt);
    assert_int_equal(message_encoding(receipt), MESSAGE_JSON);
    assert_int_equal(centre_count(centre, POLICE, "criminal-case-transfer"), 1);
}

static void test_router__reminds_once_and_still_accepts_the_late_act(
    void **state)
{
    struct centre *centre = *state;
    const struct message *got = hand_over(centre);
    struct draft receipt = answer("acceptance-receipt", got, 1);
    centre_submit(centre, &receipt);
    centre_run(centre);

    centre_clock += 40 * (instant)INSTANT_DAY;
    centre_run(centre);
    centre_run(centre);
    int reminders = centre_count(centre, POLICE, "overdue-reminder");
    struct draft filing = answer("filing-decision-notice", got, 2);
    filing.copy_to = PROCURATE;
    centre_submit(centre, &filing);
    centre_run(centre);

    assert_int_equal(reminders, 1);
    assert_int_equal(centre_count(centre, ECOLOGY, "overdue-reminder"), 1);
    assert_int_equal(centre_count(centre, PROCURATE, "overdue-reminder"), 1);
    assert_int_equal(centre_count(centre, ECOLOGY, "filing-decision-notice"),
                     1);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(test_router__##name, open_centre,          \
                                    close_centre)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(hands_a_transfer_to_police_and_procuratorate),
        TEST(gives_the_sender_a_signed_receipt),
        TEST(repeats_the_first_receipt_for_the_same_letter),
        TEST(refuses_other_content_under_a_known_id),
        TEST(tells_the_connection_that_it_names_another_sender),
        TEST(keeps_a_letter_of_nobody_and_answers_nobody),
        TEST(a_forger_cannot_occupy_the_id_of_another),
        TEST(says_what_would_have_been_lawful),
        TEST(refuses_an_agency_that_is_not_a_party),
        TEST(carries_a_case_to_the_filing_decision),
        TEST(refuses_a_sequence_that_went_backwards),
        TEST(refuses_an_answer_to_other_bytes),
        TEST(passes_a_delivery_receipt_to_the_sender),
        TEST(refuses_a_receipt_for_what_was_not_sent_to_it),
        TEST(answers_json_with_json),
        TEST(reminds_once_and_still_accepts_the_late_act),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
