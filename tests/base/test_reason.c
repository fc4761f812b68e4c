/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The table of outcomes, and the faults that carry them.
 */
#include "base/fault.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/encode.h"
#include "base/language.h"

static enum reason reason_at(unsigned i)
{
    return (enum reason)i;
}

static void test_reason__ok_is_zero_beside_unistd(void **state)
{
    (void)state;
    assert_int_equal(R_OK, 0);
    assert_int_equal(reason_class(R_OK), REASON_DONE);
}

static void test_reason__every_row_speaks_both_languages(void **state)
{
    (void)state;
    for (unsigned i = 0; i < REASON_COUNT; i++) {
        const char *chinese = reason_chinese(reason_at(i));
        const char *english = reason_english(reason_at(i));
        assert_true(utf8_is_valid(chinese, strlen(chinese)));
        assert_true((unsigned char)chinese[0] >= 0xE4); /* a Han character */
        assert_true(strlen(english) >= 4);
        for (const char *c = english; *c; c++)
            assert_true(isprint((unsigned char)*c));
        assert_null(strpbrk(english + strlen(english) - 1, ".!"));
    }
}

static void test_reason__every_code_is_its_own(void **state)
{
    (void)state;
    for (unsigned i = 0; i < REASON_COUNT; i++) {
        const char *code = reason_code(reason_at(i));
        assert_int_equal(reason_find(code), i);
        assert_int_equal(strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"),
                         strlen(code));
    }
    assert_int_equal(reason_find("NO_SUCH_CODE"), REASON_COUNT);
    assert_int_equal(reason_find(""), REASON_COUNT);
    assert_int_equal(reason_find("ok"), REASON_COUNT);
}

static void test_reason__only_ok_is_done(void **state)
{
    (void)state;
    for (unsigned i = 1; i < REASON_COUNT; i++)
        assert_int_not_equal(reason_class(reason_at(i)), REASON_DONE);
}

static void test_reason__class_decides_the_exit_status(void **state)
{
    (void)state;
    assert_int_equal(reason_exit_status(R_OK), 0);
    assert_int_equal(reason_exit_status(R_BAD_SIGNATURE), 1);
    assert_int_equal(reason_exit_status(R_USAGE), 2);
    assert_int_equal(reason_exit_status(R_BROKER_DOWN), 3);
}

static void test_fault__records_and_returns_the_reason(void **state)
{
    (void)state;
    struct fault why = {0};
    assert_int_equal(fault(&why, R_BAD_FIELD, "%s is %d", "x", 7), R_BAD_FIELD);
    assert_int_equal(why.reason, R_BAD_FIELD);
    assert_string_equal(why.text, "x is 7");
    assert_int_equal(fault(NULL, R_BAD_FIELD, "%s", "nobody listens"),
                     R_BAD_FIELD);
    fault_clear(&why);
    assert_int_equal(why.reason, R_OK);
    assert_string_equal(why.text, "");
}

/* Whatever the place of the cut, no half character stays. */
static void test_fault__is_cut_at_a_character(void **state)
{
    (void)state;
    for (int shift = 0; shift < 4; shift++) {
        char text[2 * FAULT_TEXT_MAX] = "";
        memset(text, 'x', (size_t)shift);
        for (size_t i = (size_t)shift; i + 3 < sizeof text; i += 3)
            memcpy(text + i, "移", 3);
        struct fault why = {0};
        assert_int_equal(fault(&why, R_NOT_VALID, "%s", text), R_NOT_VALID);
        size_t length = strlen(why.text);
        assert_true(utf8_is_valid(why.text, length));
        assert_true(length >= FAULT_TEXT_MAX - 4);
        assert_memory_equal(why.text, text, length);
    }
}

static void test_fault__of_errno_keeps_errno_of_the_failure(void **state)
{
    (void)state;
    struct fault why = {0};
    errno = EACCES;
    assert_int_equal(fault_errno(&why, R_NO_FILE, "open %s", "/x"), R_NO_FILE);
    assert_string_equal(why.text, "open /x: Permission denied");
    char text[2 * FAULT_TEXT_MAX];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    errno = EACCES;
    assert_int_equal(fault_errno(&why, R_NO_FILE, "%s", text), R_NO_FILE);
    assert_int_equal(strlen(why.text), FAULT_TEXT_MAX - 1);
}

static char *printed(const struct fault *why)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    fault_print(out, "a.xml:3", why);
    fclose(out);
    return text;
}

static void test_fault__prints_one_line_in_the_reader_s_language(void **state)
{
    (void)state;
    struct fault why = {.reason = R_NOT_SIGNED, .text = "letter 7"};
    setenv("LC_ALL", "C.UTF-8", 1);
    char *english = printed(&why);
    assert_string_equal(english, "a.xml:3: NOT_SIGNED: not signed: letter 7\n");
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    char *chinese = printed(&why);
    assert_string_equal(chinese, "a.xml:3: NOT_SIGNED: 缺少签名: letter 7\n");
    free(english);
    free(chinese);
}

static void test_language__follows_the_first_variable_that_is_set(void **state)
{
    (void)state;
    unsetenv("LC_ALL");
    unsetenv("LC_MESSAGES");
    setenv("LANG", "zh_CN.UTF-8", 1);
    assert_true(language_is_chinese());
    setenv("LC_MESSAGES", "en_GB.UTF-8", 1);
    assert_string_equal(say("是", "yes"), "yes");
    setenv("LC_ALL", "zh", 1);
    assert_string_equal(say("是", "yes"), "是");
    setenv("LC_ALL", "", 1); /* empty is not set */
    assert_false(language_is_chinese());
    unsetenv("LC_MESSAGES");
    unsetenv("LANG");
    assert_false(language_is_chinese());
}

static void test_language__speaks_the_other_one_when_asked(void **state)
{
    (void)state;
    setenv("LC_ALL", "en_GB.UTF-8", 1);
    language_speak(LANGUAGE_CHINESE);
    assert_string_equal(say("是", "yes"), "是");
    language_speak(LANGUAGE_ENGLISH);
    assert_string_equal(say("是", "yes"), "yes");
    language_speak(LANGUAGE_OF_READER);
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    assert_string_equal(say("是", "yes"), "是");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reason__ok_is_zero_beside_unistd),
        cmocka_unit_test(test_reason__every_row_speaks_both_languages),
        cmocka_unit_test(test_reason__every_code_is_its_own),
        cmocka_unit_test(test_reason__only_ok_is_done),
        cmocka_unit_test(test_reason__class_decides_the_exit_status),
        cmocka_unit_test(test_fault__records_and_returns_the_reason),
        cmocka_unit_test(test_fault__is_cut_at_a_character),
        cmocka_unit_test(test_fault__of_errno_keeps_errno_of_the_failure),
        cmocka_unit_test(test_fault__prints_one_line_in_the_reader_s_language),
        cmocka_unit_test(test_language__follows_the_first_variable_that_is_set),
        cmocka_unit_test(test_language__speaks_the_other_one_when_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
