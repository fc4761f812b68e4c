/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Against the published vectors: FIPS 180-4, GB/T 32905 appendix A, and the
 * node hash of RFC 9162.
 */
#include "base/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/encode.h"
#include "base/pool.h"

static const char long_text[] =
    "abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd";

static const struct {
    enum digest_kind kind;
    const char *text, *hex;
} vectors[] = {
    {DIGEST_SHA256, "",
     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {DIGEST_SHA256, "abc",
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {DIGEST_SHA256, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {DIGEST_SM3, "",
     "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"},
    {DIGEST_SM3, "abc",
     "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"},
    {DIGEST_SM3, long_text,
     "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"},
};

static void test_digest__agrees_with_the_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        struct digest made = digest_of(vectors[i].kind, vectors[i].text,
                                       strlen(vectors[i].text));
        char hex[DIGEST_TEXT_MAX];
        assert_string_equal(digest_format(&made, hex), vectors[i].hex);
    }
}

static void test_digest__of_pieces_is_that_of_the_whole(void **state)
{
    (void)state;
    struct digest whole = digest_of(DIGEST_SHA256,
                                    "\x01"
                                    "abcd",
                                    5);
    struct digest pieces = digest_of_pieces(1, "ab", 2, "cd", 2);
    struct digest shifted = digest_of_pieces(1, "abcd", 4, "", 0);
    struct digest leaf = digest_of_pieces(0, "ab", 2, "cd", 2);
    assert_true(digest_is_equal(&whole, &pieces));
    assert_true(digest_is_equal(&whole, &shifted));
    assert_false(digest_is_equal(&whole, &leaf));
}

static void test_digest__of_a_file_is_that_of_its_bytes(void **state)
{
    (void)state;
    char path[] = "/tmp/yisong-digest.XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    char *bytes = calloc(1, 200000); /* more than one piece */
    bytes[199999] = 'x';
    assert_int_equal(write(fd, bytes, 200000), 200000);
    close(fd);
    struct digest of_file, of_bytes = digest_of(DIGEST_SM3, bytes, 200000);
    assert_int_equal(digest_of_file(DIGEST_SM3, path, &of_file, NULL), R_OK);
    assert_true(digest_is_equal(&of_file, &of_bytes));
    unlink(path);
    free(bytes);
    struct fault why = {0};
    assert_int_equal(digest_of_file(DIGEST_SM3, path, &of_file, &why),
                     R_NO_FILE);
    assert_non_null(strstr(why.text, path));
}

static void test_digest__of_pieces_over_time_is_that_of_the_whole(void **state)
{
    (void)state;
    AUTO(digest_run) struct digest_run *first = digest_run_new(DIGEST_SM3);
    AUTO(digest_run) struct digest_run *other = digest_run_new(DIGEST_SM3);
    digest_run_put(first, "abc", 3);
    digest_run_put(other, "abcde", 5);
    digest_run_put(first, "de", 2);
    struct digest a = digest_run_end(first), b = digest_run_end(other);
    struct digest whole = digest_of(DIGEST_SM3, "abcde", 5);
    assert_true(digest_is_equal(&a, &whole));
    assert_true(digest_is_equal(&b, &whole));
}

static void test_digest__text_is_64_lower_case_digits(void **state)
{
    (void)state;
    struct digest digest;
    assert_true(digest_parse(vectors[0].hex, &digest));
    assert_false(digest_parse("", &digest));
    assert_false(digest_parse(vectors[0].hex + 1, &digest));
    char text[DIGEST_TEXT_MAX + 1];
    snprintf(text, sizeof text, "%s0", vectors[0].hex);
    assert_false(digest_parse(text, &digest));
    snprintf(text, sizeof text, "%s", vectors[0].hex);
    text[0] = 'E';
    assert_false(digest_parse(text, &digest));
}

struct results {
    struct digest made[256];
};

static void digest_item(void *context, size_t item)
{
    struct results *results = context;
    results->made[item] =
        digest_of(item % 2 ? DIGEST_SM3 : DIGEST_SHA256, "abc", 3);
}

static void test_digest__is_the_same_on_many_threads(void **state)
{
    (void)state;
    AUTO(pool) struct pool *pool = pool_new(4);
    static struct results results;
    pool_run(pool, COUNT_OF(results.made), digest_item, &results);
    for (size_t i = 2; i < COUNT_OF(results.made); i++)
        assert_true(digest_is_equal(&results.made[i], &results.made[i % 2]));
}

static void test_uuid__is_a_version_7_that_sorts_by_time(void **state)
{
    (void)state;
    char last[UUID_TEXT_MAX] = "", next[UUID_TEXT_MAX];
    for (instant now = 1795251600000; now < 1795251600500; now++) {
        uuid_new(now, next);
        assert_true(uuid_is_valid(next));
        assert_true(strcmp(last, next) < 0);
        memcpy(last, next, sizeof last);
    }
    assert_memory_equal(uuid_new(0x0123456789ab, next), "01234567-89ab-7", 15);
}

static void test_uuid__of_one_moment_are_different(void **state)
{
    (void)state;
    char one[UUID_TEXT_MAX], other[UUID_TEXT_MAX];
    assert_string_not_equal(uuid_new(1, one), uuid_new(1, other));
}

static void test_uuid__refuses_every_other_text(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "01234567-89ab-7cde-8f01-23456789abc",
        "01234567-89ab-7cde-8f01-23456789abcde",
        "01234567-89ab-7cde-8f01-23456789abcD",
        "01234567-89ab-4cde-8f01-23456789abcd",
        "01234567-89ab-7cde-7f01-23456789abcd",
        "01234567-89ab-7cde-cf01-23456789abcd",
        "0123456789ab-7cde-8f01-23456789abcd-",
        "01234567089ab07cde08f01023456789abcd",
        "{1234567-89ab-7cde-8f01-23456789abc}",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_false(uuid_is_valid(texts[i]));
    assert_true(uuid_is_valid("01234567-89ab-7cde-bf01-23456789abcd"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digest__agrees_with_the_vectors),
        cmocka_unit_test(test_digest__of_pieces_is_that_of_the_whole),
        cmocka_unit_test(test_digest__of_a_file_is_that_of_its_bytes),
        cmocka_unit_test(test_digest__of_pieces_over_time_is_that_of_the_whole),
        cmocka_unit_test(test_digest__text_is_64_lower_case_digits),
        cmocka_unit_test(test_digest__is_the_same_on_many_threads),
        cmocka_unit_test(test_uuid__is_a_version_7_that_sorts_by_time),
        cmocka_unit_test(test_uuid__of_one_moment_are_different),
        cmocka_unit_test(test_uuid__refuses_every_other_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
