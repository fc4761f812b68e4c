/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The newest registry that was used is remembered; and digests as they are
 * spoken.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/io.h"
#include "certs/joining/spoken.h"
#include "certs/registry_memory.h"
#include "certs/registry_rows.h"
#include "tests/support/authority.h"

static struct office office;

static int open_office(void **state)
{
    office = office_open();
    return scratch_make(state);
}

static int close_office(void **state)
{
    office_close(&office);
    return scratch_remove(state);
}

/* The registry is signed once more, with a number so much higher. */
static void sign_again(int64_t step, instant at)
{
    AUTO(signing_key) struct signing_key *key = NULL;
    AUTO(registry) struct registry *base = NULL;
    AUTO(text)
    char *secret = io_join(office.folder, "authority/authority-p256.key");
    AUTO(text)
    char *open = io_join(office.folder, "authority/authority-p256.pem");
    struct fault why = {0};
    office_must(signing_key_read(&key, secret, open, &why), &why);
    office_must(registry_read(&base, office.folder, &why), &why);
    base->number += step - 1;
    office_must(registry_write(base, key, office.folder, at, &why), &why);
    office_reload(&office);
}

static enum reason put(void **state)
{
    return registry_memory_put(scratch_path(state, "store"), office.folder,
                               office.registry, NULL);
}

static void test_registry_memory__takes_the_same_and_a_newer_one(void **state)
{
    assert_int_equal(put(state), R_OK);
    assert_int_equal(put(state), R_OK);
    sign_again(1, OFFICE_LATER);
    assert_int_equal(put(state), R_OK);
    assert_int_equal(put(state), R_OK);
}

static void test_registry_memory__refuses_an_older_one(void **state)
{
    sign_again(5, OFFICE_LATER);
    assert_int_equal(put(state), R_OK);
    sign_again(-1, OFFICE_LATER + 1000);
    assert_int_equal(put(state), R_REGISTRY_OLD);
    sign_again(1, OFFICE_LATER);
    assert_int_equal(put(state), R_OK);
}

static void test_registry_memory__refuses_another_one_of_that_number(
    void **state)
{
    assert_int_equal(put(state), R_OK);
    sign_again(0, OFFICE_LATER + 1000);
    assert_int_equal(put(state), R_BAD_REGISTRY);
}

static void test_registry_memory__begins_anew_with_another_authority(
    void **state)
{
    sign_again(50, OFFICE_LATER);
    assert_int_equal(put(state), R_OK);
    office_close(&office);
    office = office_open();
    assert_int_equal(put(state), R_OK);
}

static void test_registry_memory__only_looks_when_asked_to_check(void **state)
{
    const char *store = scratch_path(state, "store");
    assert_int_equal(
        registry_memory_check(store, office.folder, office.registry, NULL),
        R_OK);
    assert_false(io_exists(scratch_path(state, "store.registry")));
}

static void test_registry_memory__takes_damage_for_damage(void **state)
{
#define SOME_DIGEST                                                            \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    static const char *const damaged[] = {"",
                                          "x",
                                          "12 13 14\n",
                                          SOME_DIGEST,
                                          (SOME_DIGEST " 1\n"),
                                          (SOME_DIGEST " -1 2\n")};
    for (size_t i = 0; i < COUNT_OF(damaged); i++) {
        scratch_write(state, "store.registry", damaged[i]);
        assert_int_equal(put(state), R_BAD_REGISTRY);
    }
}

static void test_spoken__is_heard_as_it_was_said(void **state)
{
    (void)state;
    char digits[SPOKEN_TEXT_MAX], words[SPOKEN_CHINESE_MAX];
    for (unsigned i = 0; i < 200; i++) {
        struct digest digest = digest_of(DIGEST_SHA256, &i, sizeof i);
        spoken_format(&digest, digits);
        assert_int_equal(strlen(digits), 29);
        assert_true(spoken_is(digits, &digest));
        assert_true(spoken_is(spoken_chinese(&digest, words), &digest));
        digits[28] = digits[28] == '9' ? '0' : (char)(digits[28] + 1);
        assert_false(spoken_is(digits, &digest));
    }
}

static void test_spoken__wants_all_of_it_and_no_more(void **state)
{
    (void)state;
    char digits[SPOKEN_TEXT_MAX], longer[64];
    struct digest digest = digest_of(DIGEST_SHA256, "x", 1);
    spoken_format(&digest, digits);
    for (size_t length = 0; length < strlen(digits); length++) {
        snprintf(longer, sizeof longer, "%.*s", (int)length, digits);
        assert_false(spoken_is(longer, &digest));
    }
    snprintf(longer, sizeof longer, "%s0", digits);
    assert_false(spoken_is(longer, &digest));
    assert_false(spoken_is("一二三x", &digest));
    assert_false(spoken_is("\xE4\xB8", &digest));
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_office, close_office)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_registry_memory__takes_the_same_and_a_newer_one),
        TEST(test_registry_memory__refuses_an_older_one),
        TEST(test_registry_memory__refuses_another_one_of_that_number),
        TEST(test_registry_memory__begins_anew_with_another_authority),
        TEST(test_registry_memory__only_looks_when_asked_to_check),
        TEST(test_registry_memory__takes_damage_for_damage),
        cmocka_unit_test(test_spoken__is_heard_as_it_was_said),
        cmocka_unit_test(test_spoken__wants_all_of_it_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
