/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Credit codes against what public registers hold, good and bad.
 */
#include "tests/schemas/test_field.h"

static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static void test_credit_code__accepts_every_published_good_one(void **state)
{
    (void)state;
    AUTO(csv) struct csv rows = {0};
    open_rows(&rows, "uscc_valid_sample.csv");
    char *cells[CSV_CELLS_MAX];
    assert_true(csv_next(&rows, cells) > 1);
    int read = 0;
    for (; csv_next(&rows, cells) > 1; read++)
        assert_reads(FIELD_CREDIT_CODE, cells[0], cells[0]);
    assert_int_equal(read, 173);
}

/*
 * Wrong check symbols are named; lower-case letters are all that is wrong
 * with the rows of "alphabet", and no reader has to guess there.
 */
static void test_credit_code__judges_every_published_bad_one(void **state)
{
    (void)state;
    AUTO(csv) struct csv rows = {0};
    open_rows(&rows, "uscc_invalid_sample.csv");
    char *cells[CSV_CELLS_MAX];
    assert_true(csv_next(&rows, cells) > 5);
    int read = 0;
    for (; csv_next(&rows, cells) > 5; read++) {
        if (strcmp(cells[2], "alphabet") == 0) {
            assert_string_equal(cells[5], "ok");
            assert_int_equal(
                field_check(FIELD_CREDIT_CODE, cells[0], NULL, NULL), R_OK);
            continue;
        }
        const char *detail = refusal(FIELD_CREDIT_CODE, cells[0]);
        char expected[32];
        snprintf(expected, sizeof expected, "expected %s", cells[3]);
        if (strcmp(cells[2], "checkdigit") == 0) {
            assert_non_null(strstr(detail, expected));
            assert_int_equal(strstr(detail, "remainder") != NULL,
                             strcmp(cells[4], "yes") == 0);
        }
    }
    assert_int_equal(read, 119);
}

static void test_credit_code__detects_every_error_of_one_symbol(void **state)
{
    (void)state;
    static const char good[] = "91433100MA4QT7R31Y";
    assert_reads(FIELD_CREDIT_CODE, good, good);
    for (size_t place = 0; place < sizeof good - 1; place++) {
        for (const char *symbol = alphabet; *symbol; symbol++) {
            char wrong[sizeof good];
            memcpy(wrong, good, sizeof good);
            wrong[place] = *symbol;
            if (*symbol != good[place])
                refusal(FIELD_CREDIT_CODE, wrong);
        }
    }
}

static void test_credit_code__detects_neighbours_that_changed_places(
    void **state)
{
    (void)state;
    static const char good[] = "91433100MA4QT7R31Y";
    for (size_t place = 0; place + 2 < sizeof good; place++) {
        char wrong[sizeof good];
        memcpy(wrong, good, sizeof good);
        wrong[place] = good[place + 1];
        wrong[place + 1] = good[place];
        if (wrong[place] != wrong[place + 1])
            refusal(FIELD_CREDIT_CODE, wrong);
    }
}

static void test_credit_code__refuses_letters_that_look_like_digits(
    void **state)
{
    (void)state;
    for (const char *letter = "IOSVZiosvz"; *letter; letter++) {
        char wrong[] = "91433100MA4QT7R31Y";
        wrong[9] = *letter;
        assert_non_null(
            strstr(refusal(FIELD_CREDIT_CODE, wrong), "position 10"));
    }
}

static void test_credit_code__says_what_another_number_is(void **state)
{
    (void)state;
    assert_non_null(strstr(refusal(FIELD_CREDIT_CODE, "440800000014935"),
                           "registration number"));
    assert_non_null(
        strstr(refusal(FIELD_CREDIT_CODE, "13497257-7"), "organisation code"));
    assert_non_null(
        strstr(refusal(FIELD_CREDIT_CODE, "无"), "there is no code"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_credit_code__accepts_every_published_good_one),
        cmocka_unit_test(test_credit_code__judges_every_published_bad_one),
        cmocka_unit_test(test_credit_code__detects_every_error_of_one_symbol),
        cmocka_unit_test(
            test_credit_code__detects_neighbours_that_changed_places),
        cmocka_unit_test(
            test_credit_code__refuses_letters_that_look_like_digits),
        cmocka_unit_test(test_credit_code__says_what_another_number_is),
    };
    setenv("LC_ALL", "C.UTF-8", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
