/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The pattern matcher, held against libxml2's XSD patterns on every pattern
 * of message.xsd and on some made to be awkward.
 */
#include "schemas/pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxml/xmlregexp.h>

#include "schemas/schema.h"

static bool ours(const char *text, const char *value)
{
    AUTO(pattern) struct pattern *pattern = NULL;
    assert_int_equal(pattern_new(&pattern, text, NULL), R_OK);
    return pattern_matches(pattern, value);
}

static void test_pattern__matches_the_whole_text(void **state)
{
    (void)state;
    assert_true(ours("[a-c]+", "abcabc"));
    assert_false(ours("[a-c]+", "abcd"));
    assert_false(ours("[a-c]+", "xabc"));
    assert_false(ours("[a-c]+", ""));
    assert_true(ours("", ""));
    assert_false(ours("", "a"));
}

static void test_pattern__repeats_and_steps_back(void **state)
{
    (void)state;
    assert_true(ours("a*a{2}", "aa"));
    assert_true(ours("[^x]*b", "ababab"));
    assert_true(ours("(ab|a)(bc|c)?", "abc"));
    assert_true(ours("(a|b){2,3}", "aba"));
    assert_false(ours("(a|b){2,3}", "abab"));
    assert_true(ours("(a?)*b", "aab"));
    assert_true(ours("(a*)+", ""));
    assert_true(ours("x(\\.[0-9]{1,2})?", "x.05"));
}

static void test_pattern__counts_characters_not_bytes(void **state)
{
    (void)state;
    assert_true(ours("[^a]{2}", "案件"));
    assert_false(ours("[^a]{2}", "案"));
    assert_true(ours("[一-龥]{2}〔[0-9]{4}〕", "环罚〔2026〕"));
}

static void test_pattern__refuses_what_means_different_things(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "a.b", "^a$",   "\\d+",   "\\s", "\\p{L}", "[a-z", "(a",  "a)",
        "*a",  "a{2,}", "a{3,2}", "a{",  "[b-a]",  "a\\",  "\\/",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        AUTO(pattern) struct pattern *pattern = NULL;
        if (pattern_new(&pattern, texts[i], NULL) != R_BAD_SETTINGS)
            fail_msg("accepted: %s", texts[i]);
    }
}

/* A text near the pattern: bits of it, of the alphabet, of other scripts. */
static void make_text(char *text, const char *pattern, unsigned *seed)
{
    static const char *const bits[] = {"0", "9", "a", "f",  "Z",  "-", ".",
                                       ":", "T", "+", " ",  "\t", "/", "案",
                                       "_", "@", "1", "20", "-0", "\n"};
    size_t count = (size_t)rand_r(seed) % 12;
    text[0] = '\0';
    while (count-- > 0) {
        if (rand_r(seed) % 4 == 0 && *pattern) {
            char one[2] = {pattern[(size_t)rand_r(seed) % strlen(pattern)], 0};
            if ((unsigned char)one[0] < 0x80)
                strcat(text, one);
        } else {
            strcat(text, bits[(size_t)rand_r(seed) % COUNT_OF(bits)]);
        }
    }
}

static void assert_agree(const char *pattern, unsigned *seed)
{
    xmlRegexp *theirs = xmlRegexpCompile((const xmlChar *)pattern);
    assert_non_null(theirs);
    AUTO(pattern) struct pattern *own = NULL;
    assert_int_equal(pattern_new(&own, pattern, NULL), R_OK);
    for (int i = 0; i < 3000; i++) {
        char text[256];
        make_text(text, pattern, seed);
        bool expected = xmlRegexpExec(theirs, (const xmlChar *)text) == 1;
        if (pattern_matches(own, text) != expected)
            fail_msg("'%s' on '%s': libxml2 says %d", pattern, text, expected);
    }
    xmlRegFreeRegexp(theirs);
}

static void test_pattern__agrees_with_libxml2(void **state)
{
    (void)state;
    static const char *const more[] = {
        "(0|9)*",         "(a|f|af)*Z?",     "-?(0|[1-9][0-9]{0,2})(\\.0)?",
        "([^ ]+ ?){1,3}", "(0|1|20)+(-|T)?", "[a-fA-Z0-9._-]{1,4}"};
    unsigned seed = 1;
    const struct schema *schema = schema_of_messages();
    for (size_t i = 0; i < schema_type_count(schema); i++) {
        const struct schema_type *type = schema_type_get(schema, i);
        if (type->pattern)
            assert_agree(type->pattern_text, &seed);
    }
    for (size_t i = 0; i < COUNT_OF(more); i++)
        assert_agree(more[i], &seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pattern__matches_the_whole_text),
        cmocka_unit_test(test_pattern__repeats_and_steps_back),
        cmocka_unit_test(test_pattern__counts_characters_not_bytes),
        cmocka_unit_test(test_pattern__refuses_what_means_different_things),
        cmocka_unit_test(test_pattern__agrees_with_libxml2),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
