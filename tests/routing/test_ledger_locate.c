/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Which letter is meant by an id or a digest: one, or none is said.
 */
#include "tests/routing/ledger_fixture.h"

/* The n-th letter once more, said by another or not known to be by anyone. */
static int64_t add_again(const struct fixture *in, int n, const char *sender,
                         bool authenticated, const char *bytes)
{
    char id[40], body[64];
    struct letter letter = letter_make(n, id, body);
    letter.sender = sender;
    letter.authenticated = authenticated;
    letter.outcome = authenticated ? LETTER_ACCEPTED : LETTER_REFUSED;
    letter.code = authenticated ? "" : "BAD_SIGNATURE";
    letter.bytes = bytes;
    letter.size = strlen(bytes);
    letter.digest = digest_of(DIGEST_SHA256, bytes, letter.size);
    MUST(ledger_begin(in->ledger, NULL));
    MUST(letters_put(in->ledger, &letter, NULL));
    MUST(ledger_commit(in->ledger, NULL));
    return letter.position;
}

static void check_found(struct fixture *in, const char *text, int64_t expected)
{
    int64_t position = 0;
    assert_int_equal(letters_locate(in->ledger, text, &position, &in->why),
                     R_OK);
    assert_int_equal(position, expected);
}

static void test_letter__is_found_by_its_id_and_by_its_digest(void **state)
{
    struct fixture *in = *state;
    letters_add(in->ledger, 1, 9);
    for (int n = 1; n <= 9; n++) {
        char id[40], body[64], hex[DIGEST_TEXT_MAX];
        struct letter letter = letter_make(n, id, body);
        check_found(in, id, n);
        check_found(in, digest_format(&letter.digest, hex), n);
    }
}

static void test_letter__that_is_not_there_is_not_found(void **state)
{
    static const char *const none[] = {
        "", "01930000", "01930000-0000-7000-8000-000000000099",
        "0000000000000000000000000000000000000000000000000000000000000000"};
    struct fixture *in = *state;
    int64_t position;
    letters_add(in->ledger, 1, 9);
    for (size_t i = 0; i < COUNT_OF(none); i++)
        assert_int_equal(
            letters_locate(in->ledger, none[i], &position, &in->why),
            R_NOT_FOUND);
}

/* A forged letter, whenever it comes, does not hide the signed one. */
static void test_letter__of_its_sender_goes_before_a_forged_one(void **state)
{
    struct fixture *in = *state;
    char id[40], body[64];
    letter_make(1, id, body);
    assert_int_equal(
        add_again(in, 1, "ecology-nanchang", false, "<forged n='1'/>"), 1);
    letters_add(in->ledger, 1, 1);
    add_again(in, 1, "ecology-nanchang", false, "<forged n='2'/>");
    check_found(in, id, 2);
}

static void test_id__of_two_senders_is_ambiguous_and_a_digest_is_not(
    void **state)
{
    struct fixture *in = *state;
    char id[40], body[64], hex[DIGEST_TEXT_MAX];
    int64_t position;
    struct letter letter = letter_make(1, id, body);
    letters_add(in->ledger, 1, 1);
    assert_int_equal(add_again(in, 1, "police-nanchang", true, "<other/>"), 2);
    assert_int_equal(letters_locate(in->ledger, id, &position, &in->why),
                     R_AMBIGUOUS);
    assert_non_null(strstr(in->why.text, ": 1, 2"));
    check_found(in, digest_format(&letter.digest, hex), 1);
    letter.digest = digest_of(DIGEST_SHA256, "<other/>", 8);
    check_found(in, digest_format(&letter.digest, hex), 2);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_letter__is_found_by_its_id_and_by_its_digest),
        TEST(test_letter__that_is_not_there_is_not_found),
        TEST(test_letter__of_its_sender_goes_before_a_forged_one),
        TEST(test_id__of_two_senders_is_ambiguous_and_a_digest_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
