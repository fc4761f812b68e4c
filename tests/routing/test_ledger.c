/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What every ledger must do, told through ledger.h alone: only the fixture
 * knows which store is behind it.
 */
#include "tests/routing/ledger_fixture.h"

/* --- letters -------------------------------------------------------------- */

static void test_ledger__gives_a_letter_back_as_it_came(void **state)
{
    struct fixture *in = *state;
    AUTO(letter_row) struct letter_row row = {0};
    char id[40], body[64];
    struct letter letter = letter_make(7, id, body);
    letter.jws = "eyJhbGciOiJFUzI1NiJ9..c2ln";
    letter.media_type = "application/json";
    MUST(ledger_begin(in->ledger, NULL));
    MUST(letters_put(in->ledger, &letter, NULL));
    MUST(ledger_commit(in->ledger, NULL));
    MUST(letters_find(in->ledger, "ecology-nanchang", id, &row, NULL));
    assert_int_equal(row.letter.position, 1);
    assert_int_equal(row.letter.size, strlen(body));
    assert_memory_equal(row.letter.bytes, body, strlen(body));
    assert_string_equal(row.letter.jws, letter.jws);
    assert_string_equal(row.letter.media_type, "application/json");
    assert_string_equal(row.letter.type, "criminal-case-transfer");
    assert_string_equal(row.letter.case_id, "CASE-1");
    assert_true(digest_is_equal(&row.letter.digest, &letter.digest));
    assert_int_equal(row.letter.received_at, NOON + 7);
    assert_int_equal(row.letter.sequence, 7);
    assert_true(row.letter.authenticated);
    assert_int_equal(row.letter.answer, 0);
}

static void test_ledger__counts_positions_without_gaps(void **state)
{
    struct fixture *in = *state;
    for (int n = 1; n <= 5; n++) {
        MUST(ledger_begin(in->ledger, NULL));
        assert_int_equal(letter_add(in->ledger, n), n);
        MUST(ledger_commit(in->ledger, NULL));
        MUST(ledger_begin(in->ledger, NULL));
        letter_add(in->ledger, n + 100);
        ledger_rollback(in->ledger);
    }
}

static void test_ledger__keeps_the_id_for_the_first_authenticated(void **state)
{
    struct fixture *in = *state;
    AUTO(letter_row) struct letter_row row = {0};
    char id[40], body[64], forged_body[] = "<forged/>";
    struct letter forged = letter_make(1, id, body);
    forged.authenticated = false;
    forged.bytes = forged_body;
    forged.size = strlen(forged_body);
    struct letter first = letter_make(1, id, body), reused = first;
    reused.outcome = LETTER_REFUSED;
    reused.code = "ID_REUSED";
    MUST(ledger_begin(in->ledger, NULL));
    MUST(letters_put(in->ledger, &forged, NULL));
    MUST(letters_put(in->ledger, &first, NULL));
    MUST(letters_put(in->ledger, &reused, NULL));
    MUST(ledger_commit(in->ledger, NULL));
    MUST(letters_find(in->ledger, "ecology-nanchang", id, &row, NULL));
    assert_int_equal(row.letter.position, 2);
    letter_row_done(&row);
    MUST(letters_get(in->ledger, 3, &row, NULL));
    assert_string_equal(row.letter.code, "ID_REUSED");
    assert_true(row.letter.authenticated);
}

static void test_ledger__keeps_ids_of_senders_apart(void **state)
{
    struct fixture *in = *state;
    AUTO(letter_row) struct letter_row row = {0};
    char id[40], body[64];
    struct letter mine = letter_make(1, id, body), theirs = mine;
    theirs.sender = "police-nanchang";
    MUST(ledger_begin(in->ledger, NULL));
    MUST(letters_put(in->ledger, &mine, NULL));
    MUST(letters_put(in->ledger, &theirs, NULL));
    MUST(ledger_commit(in->ledger, NULL));
    MUST(letters_find(in->ledger, "police-nanchang", id, &row, NULL));
    assert_int_equal(row.letter.position, 2);
    assert_int_equal(letters_find(in->ledger, "court-nanchang", id, &row, NULL),
                     R_NOT_FOUND);
}

static void test_ledger__keeps_the_first_answer(void **state)
{
    struct fixture *in = *state;
    AUTO(letter_row) struct letter_row row = {0};
    letters_add(in->ledger, 1, 3);
    MUST(ledger_begin(in->ledger, NULL));
    MUST(letters_answer(in->ledger, 1, 2, NULL));
    MUST(letters_answer(in->ledger, 1, 3, NULL));
    MUST(ledger_commit(in->ledger, NULL));
    MUST(letters_get(in->ledger, 1, &row, NULL));
    assert_int_equal(row.letter.answer, 2);
}

/* --- cases ---------------------------------------------------------------- */

static struct casefile *case_make(const char *id)
{
    struct casefile *made = mem_new(1, sizeof *made);
    made->id = mem_text(id);
    made->procedure = mem_text("case-transfer");
    made->opened_at = made->changed_at = NOON;
    casefile_set_state(made, "TRANSFERRED");
    casefile_add_party(made, "ecology-nanchang", "transferor")->sequence = 1;
    casefile_add_party(made, "police-nanchang", "police");
    casefile_add_deadline(made, &(struct deadline){.limit = "acceptance",
                                                   .owner = "police-nanchang",
                                                   .from = 1,
                                                   .start = NOON,
                                                   .due = NOON + INSTANT_DAY,
                                                   .status = DEADLINE_RUNNING});
    return made;
}

static void case_put(struct ledger *ledger, struct casefile *casefile)
{
    MUST(ledger_begin(ledger, NULL));
    MUST(cases_put(ledger, casefile, NULL));
    MUST(ledger_commit(ledger, NULL));
}

static struct casefile *case_get(struct ledger *ledger, const char *id)
{
    struct casefile *found = NULL;
    MUST(cases_find(ledger, id, &found, NULL));
    assert_non_null(found);
    return found;
}

static void test_ledger__gives_a_case_back_as_it_was_put(void **state)
{
    struct fixture *in = *state;
    AUTO(casefile) struct casefile *made = case_make("CASE-1");
    case_put(in->ledger, made);
    assert_int_not_equal(made->deadlines[0].row, 0);
    AUTO(casefile) struct casefile *found = case_get(in->ledger, "CASE-1");
    assert_string_equal(found->procedure, "case-transfer");
    assert_string_equal(found->state, "TRANSFERRED");
    assert_int_equal(found->party_count, 2);
    assert_int_equal(casefile_party(found, "ecology-nanchang")->sequence, 1);
    assert_string_equal(casefile_party(found, "police-nanchang")->as, "police");
    assert_int_equal(found->deadline_count, 1);
    assert_string_equal(found->deadlines[0].limit, "acceptance");
    assert_int_equal(found->deadlines[0].due, NOON + INSTANT_DAY);
    assert_int_equal(found->deadlines[0].row, made->deadlines[0].row);
}

static void test_ledger__has_no_case_that_was_not_put(void **state)
{
    struct fixture *in = *state;
    struct casefile *found = (struct casefile *)in;
    MUST(cases_find(in->ledger, "CASE-9", &found, NULL));
    assert_null(found);
}

static void test_ledger__writes_every_change_of_a_case(void **state)
{
    struct fixture *in = *state;
    AUTO(casefile) struct casefile *made = case_make("CASE-1");
    case_put(in->ledger, made);
    AUTO(casefile) struct casefile *again = case_get(in->ledger, "CASE-1");
    casefile_set_state(again, "UNDER_REVIEW");
    again->changed_at = NOON + 5;
    casefile_party(again, "police-nanchang")->sequence = 4;
    casefile_add_party(again, "procuratorate-nanchang", "copied");
    again->deadlines[0].status = DEADLINE_MET_LATE;
    again->deadlines[0].met_by = 2;
    casefile_add_deadline(again, &(struct deadline){.limit = "filing",
                                                    .owner = "police-nanchang",
                                                    .from = 2});
    case_put(in->ledger, again);
    AUTO(casefile) struct casefile *found = case_get(in->ledger, "CASE-1");
    assert_string_equal(found->state, "UNDER_REVIEW");
    assert_int_equal(found->changed_at, NOON + 5);
    assert_int_equal(found->party_count, 3);
    assert_int_equal(casefile_party(found, "police-nanchang")->sequence, 4);
    assert_int_equal(found->deadline_count, 1);
    assert_string_equal(found->deadlines[0].limit, "filing");
    assert_int_equal(found->deadlines[0].status, DEADLINE_WAITING);
}

static void test_ledger__writes_a_case_that_is_put_twice_without_reading(
    void **state)
{
    struct fixture *in = *state;
    AUTO(casefile) struct casefile *made = case_make("CASE-1");
    case_put(in->ledger, made);
    made->parties[0].sequence = 2;
    made->deadlines[0].reminded = NOON;
    case_put(in->ledger, made);
    AUTO(casefile) struct casefile *found = case_get(in->ledger, "CASE-1");
    assert_int_equal(found->parties[0].sequence, 2);
    assert_int_equal(found->deadlines[0].reminded, NOON);
    assert_int_equal(found->deadline_count, 1);
}

/* --- clocks --------------------------------------------------------------- */

static void put_due(struct ledger *ledger, const char *id, instant due,
                    enum deadline_status status)
{
    AUTO(casefile) struct casefile *made = case_make(id);
    made->deadlines[0].due = due;
    made->deadlines[0].status = status;
    case_put(ledger, made);
}

static void test_ledger__finds_the_case_whose_clock_ran_out_first(void **state)
{
    struct fixture *in = *state;
    AUTO(casefile) struct casefile *found = NULL;
    instant next;
    MUST(cases_next_due(in->ledger, &next, NULL));
    assert_int_equal(next, INT64_MAX);
    put_due(in->ledger, "LATER", NOON + 20, DEADLINE_RUNNING);
    put_due(in->ledger, "FIRST", NOON + 10, DEADLINE_RUNNING);
    put_due(in->ledger, "MET", NOON + 1, DEADLINE_MET);
    put_due(in->ledger, "WAITS", 0, DEADLINE_WAITING);
    MUST(cases_next_due(in->ledger, &next, NULL));
    assert_int_equal(next, NOON + 11);
    MUST(cases_overdue(in->ledger, next, &found, NULL));
    assert_non_null(found);
    assert_string_equal(found->id, "FIRST");
}

static void test_ledger__is_not_overdue_at_the_last_lawful_instant(void **state)
{
    struct fixture *in = *state;
    struct casefile *found = NULL;
    put_due(in->ledger, "FIRST", NOON + 10, DEADLINE_RUNNING);
    MUST(cases_overdue(in->ledger, NOON + 10, &found, NULL));
    assert_null(found);
}

static void test_ledger__acts_on_an_expiry_once(void **state)
{
    struct fixture *in = *state;
    struct casefile *found = NULL;
    put_due(in->ledger, "FIRST", NOON + 10, DEADLINE_RUNNING);
    MUST(cases_overdue(in->ledger, NOON + 11, &found, NULL));
    found->deadlines[0].reminded = NOON + 11;
    case_put(in->ledger, found);
    casefile_free(found);
    MUST(cases_overdue(in->ledger, NOON + 12, &found, NULL));
    assert_null(found);
    fixture_reopen(in);
    MUST(cases_overdue(in->ledger, NOON + 12, &found, NULL));
    assert_null(found);
}

static void test_ledger__finds_the_case_whose_clock_waits_for_a_delivery(
    void **state)
{
    struct fixture *in = *state;
    AUTO(casefile) struct casefile *made = case_make("CASE-1");
    AUTO(casefile) struct casefile *found = NULL;
    made->deadlines[0].from = 17;
    made->deadlines[0].status = DEADLINE_WAITING;
    case_put(in->ledger, made);
    MUST(cases_find_waiting(in->ledger, 16, "", &found, NULL));
    assert_null(found);
    MUST(cases_find_waiting(in->ledger, 17, "", &found, NULL));
    assert_non_null(found);
    found->deadlines[0].status = DEADLINE_RUNNING;
    case_put(in->ledger, found);
    casefile_free(TAKE(found));
    MUST(cases_find_waiting(in->ledger, 17, "", &found, NULL));
    assert_null(found);
}

/* --- outbox --------------------------------------------------------------- */

static struct outbox_row post(struct ledger *ledger, int64_t position,
                              const char *recipient, const char *case_id)
{
    struct outbox_row row = {0};
    MUST(outbox_put(ledger, position, recipient, case_id, &row, NULL));
    free(row.recipient);
    free(row.case_id);
    return row;
}

static void test_outbox__counts_per_recipient_and_case(void **state)
{
    struct fixture *in = *state;
    letters_add(in->ledger, 1, 3);
    MUST(ledger_begin(in->ledger, NULL));
    assert_int_equal(post(in->ledger, 1, "police", "A").sequence, 1);
    assert_int_equal(post(in->ledger, 2, "police", "A").sequence, 2);
    assert_int_equal(post(in->ledger, 1, "court", "A").sequence, 1);
    assert_int_equal(post(in->ledger, 3, "police", "B").sequence, 1);
    MUST(ledger_commit(in->ledger, NULL));
}

static void test_outbox__takes_a_letter_for_a_recipient_once(void **state)
{
    struct fixture *in = *state;
    letters_add(in->ledger, 1, 2);
    MUST(ledger_begin(in->ledger, NULL));
    struct outbox_row first = post(in->ledger, 1, "police", "A");
    struct outbox_row second = post(in->ledger, 1, "police", "A");
    assert_int_equal(second.row, first.row);
    assert_int_equal(second.sequence, 1);
    assert_int_equal(post(in->ledger, 2, "police", "A").sequence, 2);
    MUST(ledger_commit(in->ledger, NULL));
}

static void assert_unsent(struct ledger *ledger, int64_t after, size_t most,
                          const char *expected)
{
    struct outbox_row *rows = NULL;
    size_t count = 0;
    AUTO(buf) struct buf seen = {0};
    MUST(outbox_unsent(ledger, after, most, &rows, &count, NULL));
    for (size_t i = 0; i < count; i++)
        buf_print(&seen, "%d:%s/%s/%d ", (int)rows[i].position,
                  rows[i].recipient, rows[i].case_id, (int)rows[i].sequence);
    outbox_rows_free(rows, count);
    assert_string_equal(buf_text(&seen), expected);
}

static void test_outbox__gives_what_is_not_marked_in_order(void **state)
{
    struct fixture *in = *state;
    letters_add(in->ledger, 1, 3);
    MUST(ledger_begin(in->ledger, NULL));
    struct outbox_row first = post(in->ledger, 1, "police", "A");
    struct outbox_row second = post(in->ledger, 2, "court", "A");
    post(in->ledger, 3, "police", "A");
    MUST(outbox_mark(in->ledger, second.row, NOON, NULL));
    MUST(ledger_commit(in->ledger, NULL));
    assert_unsent(in->ledger, 0, 10, "1:police/A/1 3:police/A/2 ");
    assert_unsent(in->ledger, first.row, 10, "3:police/A/2 ");
    assert_unsent(in->ledger, 0, 1, "1:police/A/1 ");
    fixture_reopen(in);
    assert_unsent(in->ledger, 0, 10, "1:police/A/1 3:police/A/2 ");
}

static void test_outbox__knows_who_was_meant_to_have_it(void **state)
{
    struct fixture *in = *state;
    letters_add(in->ledger, 1, 2);
    struct letter receipt = {
        .position = 2, .sender = "police", .received_at = NOON + 9};
    struct letter stranger = {
        .position = 2, .sender = "bank", .received_at = NOON + 9};
    MUST(ledger_begin(in->ledger, NULL));
    post(in->ledger, 1, "police", "A");
    MUST(outbox_delivered(in->ledger, 1, &receipt, NULL));
    MUST(outbox_delivered(in->ledger, 1, &receipt, NULL));
    assert_int_equal(outbox_delivered(in->ledger, 1, &stranger, NULL),
                     R_NOT_FOUND);
    MUST(ledger_commit(in->ledger, NULL));
    assert_unsent(in->ledger, 0, 10, "");
}

#define IN_LEDGER(test)                                                        \
    cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_LEDGER(test_ledger__gives_a_letter_back_as_it_came),
        IN_LEDGER(test_ledger__counts_positions_without_gaps),
        IN_LEDGER(test_ledger__keeps_the_id_for_the_first_authenticated),
        IN_LEDGER(test_ledger__keeps_ids_of_senders_apart),
        IN_LEDGER(test_ledger__keeps_the_first_answer),
        IN_LEDGER(test_ledger__gives_a_case_back_as_it_was_put),
        IN_LEDGER(test_ledger__has_no_case_that_was_not_put),
        IN_LEDGER(test_ledger__writes_every_change_of_a_case),
        IN_LEDGER(test_ledger__writes_a_case_that_is_put_twice_without_reading),
        IN_LEDGER(test_ledger__finds_the_case_whose_clock_ran_out_first),
        IN_LEDGER(test_ledger__is_not_overdue_at_the_last_lawful_instant),
        IN_LEDGER(test_ledger__acts_on_an_expiry_once),
        IN_LEDGER(test_ledger__finds_the_case_whose_clock_waits_for_a_delivery),
        IN_LEDGER(test_outbox__counts_per_recipient_and_case),
        IN_LEDGER(test_outbox__takes_a_letter_for_a_recipient_once),
        IN_LEDGER(test_outbox__gives_what_is_not_marked_in_order),
        IN_LEDGER(test_outbox__knows_who_was_meant_to_have_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
