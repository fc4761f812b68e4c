/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Citizen ids; none in here belongs to a person: the first is the example of
 * the standard, the others are counted from invented parts.
 */
#include "tests/schemas/test_field.h"

static const char good[] = "11010519491231002X";

static void test_citizen_id__detects_every_error_of_one_symbol(void **state)
{
    (void)state;
    assert_reads(FIELD_CITIZEN_ID, good, good);
    for (size_t place = 0; place < sizeof good - 1; place++) {
        for (const char *symbol = "0123456789X"; *symbol; symbol++) {
            char wrong[sizeof good];
            memcpy(wrong, good, sizeof good);
            wrong[place] = *symbol;
            if (*symbol != good[place])
                refusal(FIELD_CITIZEN_ID, wrong);
        }
    }
}

static char check_symbol(const char *id)
{
    static const int weights[] = {7, 9, 10, 5,  8, 4, 2, 1, 6,
                                  3, 7, 9,  10, 5, 8, 4, 2};
    int sum = 0;
    for (int i = 0; i < 17; i++)
        sum += weights[i] * (id[i] - '0');
    return "10X98765432"[sum % 11];
}

/* Regions withdrawn long ago stay good; an invented province does not. */
static void test_citizen_id__knows_provinces_and_not_regions(void **state)
{
    (void)state;
    static const char known[] = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 "
                                "41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 "
                                "65 71 81 82 83 9";
    for (int number = 0; number < 100; number++) {
        char id[32], province[16];
        snprintf(province, sizeof province, "%02d", number);
        snprintf(id, sizeof id, "%s999919800229123", province);
        id[17] = check_symbol(id);
        id[18] = '\0';
        if (number >= 90 || strstr(known, province))
            assert_reads(FIELD_CITIZEN_ID, id, id);
        else
            refusal(FIELD_CITIZEN_ID, id);
    }
}

static void test_citizen_id__wants_a_real_date_of_birth(void **state)
{
    (void)state;
    static const char *const births[] = {"19810229", "19800230", "19801301",
                                         "19800100", "17991231", "21010101"};
    for (size_t i = 0; i < COUNT_OF(births); i++) {
        char id[32];
        snprintf(id, sizeof id, "110105%s123", births[i]);
        id[17] = check_symbol(id);
        id[18] = '\0';
        assert_non_null(strstr(refusal(FIELD_CITIZEN_ID, id), "7 to 14"));
    }
}

static void test_citizen_id__never_repeats_the_number(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "110105194912310021", "11010519491331002X",  "00010519491231002X",
        "110105491231002",    "1101051949123100 2Y", "110105********002X"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        const char *detail = refusal(FIELD_CITIZEN_ID, texts[i]);
        assert_null(strstr(detail, "0105"));
        assert_null(strstr(detail, "1231"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_citizen_id__detects_every_error_of_one_symbol),
        cmocka_unit_test(test_citizen_id__knows_provinces_and_not_regions),
        cmocka_unit_test(test_citizen_id__wants_a_real_date_of_birth),
        cmocka_unit_test(test_citizen_id__never_repeats_the_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
