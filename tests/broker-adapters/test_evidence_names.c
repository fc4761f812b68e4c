/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What comes from the wire or from a letter and could end up in a path.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "broker-adapters/evidence/manifest.h"
#include "broker-adapters/evidence/transfer.h"

#define ID  "019306e0-0001-7a10-8b20-5c0de0000001"
#define SHA "f63d88b72ca68fedd7d25da44f885084be536f6a87ff06f9e7e9022f9feb6c83"

static void test_transfer__is_an_agency_a_uuid_and_a_digest(void **state)
{
    (void)state;
    struct transfer transfer;
    char text[TRANSFER_TEXT_MAX];
    assert_true(transfer_parse("ecology-x/" ID "/" SHA, &transfer));
    assert_string_equal(transfer.sender, "ecology-x");
    assert_string_equal(transfer.letter, ID);
    assert_string_equal(transfer_format(&transfer, text),
                        "ecology-x/" ID "/" SHA);
}

static void test_transfer__refuses_every_other_text(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "/",
        "//",
        "ecology-x",
        "ecology-x/" ID,
        "ecology-x/" ID "/",
        "ecology-x/" ID "/" SHA "/",
        "ecology-x/" ID "/" SHA "0",
        "ecology-x/../" SHA,
        "../" ID "/" SHA,
        "./" ID "/" SHA,
        "ecology.x/" ID "/" SHA,
        "Ecology/" ID "/" SHA,
        "e/" ID "/" SHA,
        "ecology-x\n/" ID "/" SHA,
        "a123456789012345678901234567890123456789012345678901234567890123456789"
        "/" ID "/" SHA,
    };
    struct transfer transfer;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_false(transfer_parse(texts[i], &transfer));
}

static struct amqp_letter letter_of(const char *type, const char *note,
                                    int64_t number)
{
    return (struct amqp_letter){.message_id = note,
                                .case_id = "ecology-x/" ID "/" SHA,
                                .type = type,
                                .media_type = "",
                                .user_id = "ecology-x",
                                .jws = "",
                                .sequence = number,
                                .body = "abc",
                                .size = 3};
}

static void test_word__needs_a_kind_a_number_and_a_digest_where_it_has_one(
    void **state)
{
    (void)state;
    struct word word;
    struct amqp_letter good = letter_of("evidence-chunk", SHA, 5);
    assert_true(word_parse(&good, &word));
    assert_int_equal(word.kind, WORD_CHUNK);
    assert_int_equal(word.number, 5);
    assert_int_equal(word.size, 3);
    struct amqp_letter ask = letter_of("evidence-ask", "", 0);
    assert_true(word_parse(&ask, &word));
    assert_int_equal(word.size, 0);
    const struct amqp_letter bad[] = {
        letter_of("evidence-", SHA, 5),
        letter_of("chunk", SHA, 5),
        letter_of("evidence-chunk", SHA, -1),
        letter_of("evidence-chunk", "", 5),
        letter_of("evidence-offer", "x", 5),
        letter_of("", SHA, 5),
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(word_parse(&bad[i], &word));
}

static void test_file_name__stays_as_it_is_where_it_is_harmless(void **state)
{
    (void)state;
    static const char *const names[] = {
        "现场照片 1.jpg", "a.tar.gz", "x", "CON", "~a", "-rf", "a..b"};
    char out[MANIFEST_NAME_MAX];
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        manifest_file_name(names[i], out);
        assert_string_equal(out, names[i]);
    }
}

static void test_file_name__never_leaves_its_folder_or_deceives(void **state)
{
    (void)state;
    static const char *const names[] = {
        "..",
        ".",
        "",
        ".hidden",
        "../../passwd",
        "/etc/x",
        "a/b",
        "a\nb",
        "\x1b[2J",
        "a\x7f",
        "a\xe2\x80\xae"
        "fdp.exe", /* U+202E */
        "a\xe2\x80\x8b"
        "b",
        "\xef\xbb\xbf"
        "a",
        "a\xff"
        "b",
    };
    char out[MANIFEST_NAME_MAX];
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        manifest_file_name(names[i], out);
        assert_true(*out != '\0' && *out != '.');
        assert_null(strchr(out, '/'));
        assert_null(strchr(out, '\n'));
        assert_null(strstr(out, "\xe2\x80"));
        assert_non_null(strchr(out, '%'));
    }
}

static void test_file_name__of_two_names_is_never_the_same(void **state)
{
    (void)state;
    char longer[2][700];
    for (size_t i = 0; i < 2; i++) {
        memset(longer[i], 'x', sizeof longer[i] - 1);
        longer[i][sizeof longer[i] - 1] = '\0';
    }
    longer[1][350] = 'y';
    const char *const pairs[][2] = {
        {"a%2Fb", "a/b"}, {"a%0Ab", "a\nb"}, {longer[0], longer[1]},
        {"%", ""},        {"%.a", ".a"},
    };
    char first[MANIFEST_NAME_MAX], second[MANIFEST_NAME_MAX];
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        manifest_file_name(pairs[i][0], first);
        manifest_file_name(pairs[i][1], second);
        assert_string_not_equal(first, second);
        assert_true(strlen(first) < MANIFEST_NAME_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_transfer__is_an_agency_a_uuid_and_a_digest),
        cmocka_unit_test(test_transfer__refuses_every_other_text),
        cmocka_unit_test(
            test_word__needs_a_kind_a_number_and_a_digest_where_it_has_one),
        cmocka_unit_test(test_file_name__stays_as_it_is_where_it_is_harmless),
        cmocka_unit_test(test_file_name__never_leaves_its_folder_or_deceives),
        cmocka_unit_test(test_file_name__of_two_names_is_never_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
