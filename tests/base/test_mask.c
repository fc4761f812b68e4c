/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/io.h"
#include "base/mask.h"
#include "base/mem.h"

struct row {
    const char *text, *masked;
};

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        AUTO(buf) struct buf out = {0};
        mask_put(&out, rows[i].text);
        assert_string_equal(buf_text(&out), rows[i].masked);
    }
}

static void test_mask__hides_identity_numbers_in_every_writing(void **state)
{
    static const struct row rows[] = {
        {"360102198001011230", "360***********1230"},
        {"张三，360102198001011230。", "张三，360***********1230。"},
        {"身份证号36010219800101123X", "身份证号360***********123X"},
        {"36010219800101123x,", "360***********123x,"},
        {"360102 19800101 1230", "360***********1230"},
        {"360102-19800101-1230", "360***********1230"},
        {"360 102 198 001 011 230", "360 ***********1 230"},
        {"360102　1980　0101　1230", "360***********1230"},
        {"36 360102 1980 0101 1230 7", "36 360***********1230 7"},
        {"３６０１０２１９８００１０１１２３Ｘ", "３６０***********１２３Ｘ"},
        {"360102800101123", "360********1123"},
        {"360102 800101 123", "360********1 123"},
        {"360102198001011230/360103197912312227",
         "360***********1230/360***********2227"},
        {"{\"id\":\"360102198001011230\"}", "{\"id\":\"360***********1230\"}"},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void test_mask__hides_mistyped_numbers_and_bank_cards(void **state)
{
    static const struct row rows[] = {
        {"360102198013011239", "360***********1239"},
        {"36010219800101123", "360**********1123"},
        {"3601021980010112309", "360************2309"},
        {"6222021001101234567", "622************4567"},
        {"6222 0210 0110 1234 567", "622************4 567"},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

/* Its check digit proves it: also where it is a part of a name. */
static void test_mask__hides_a_proved_number_inside_other_signs(void **state)
{
    static const struct row rows[] = {
        {"NC-11010519491231002X", "NC-110***********002X"},
        {"a11010519491231002Xb", "a110***********002Xb"},
        {"2026110105194912310021", "2026110105194912310021"},
        {"202611010519491231002X", "2026110***********002X"},
        {"/spool/out/110105-19491231-002X.xml",
         "/spool/out/110***********002X.xml"},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void test_mask__hides_telephone_numbers(void **state)
{
    static const struct row rows[] = {
        {"电话13800138000", "电话138****8000"},
        {"138-0013-8000", "138-****8000"},
        {"138 0013 8000", "138 ****8000"},
        {"+8613800138000", "+861******8000"},
        {"+86 138 0013 8000", "+86 1******8000"},
        {"１３８００１３８０００", "１３８****８０００"},
        {"0791-86221234", "0791-******34"},
        {"010-12345678", "010-1*****78"},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void test_mask__leaves_what_is_no_person(void **state)
{
    static const char *const texts[] = {
        "",
        "01930000-0000-7000-8000-000000000012",
        "019aa8c8-1234-7123-8123-012345678901",
        "NC-2026-0001",
        "NC-13812345678",
        "91360100158263174T",
        "913601007055012343",
        "2026-11-22T09:00:00.123+08:00",
        "赣环罚〔2026〕12号",
        "1763697600000",
        "13800138000.50",
        "12 4500 12000 150000 3",
        "31 2100 4500 1000 50 12",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "20261122090000123",
        "360100202611220001",
        "2026112209000012",
        "\xff\xfe",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        AUTO(text) char *copy = mem_text(texts[i]);
        assert_string_equal(mask_text(copy), texts[i]);
    }
}

static void test_mask__takes_whatever_bytes_there_are(void **state)
{
    unsigned seed = 7;
    (void)state;
    for (int round = 0; round < 20000; round++) {
        static const char signs[] = "0123456789019861Xx- \xef\xbc\x90\x93.a";
        char text[64];
        size_t size = (size_t)(round % 60);
        for (size_t i = 0; i < size; i++) {
            seed = seed * 1103515245U + 12345U;
            text[i] = signs[(seed >> 16) % (sizeof signs - 1)];
        }
        text[size] = '\0';
        mask_text(text);
        assert_true(strlen(text) <= size);
        char again[64];
        memcpy(again, text, sizeof again);
        assert_string_equal(mask_text(again), text);
    }
}

static void test_mask_put_name__keeps_the_family_name(void **state)
{
    static const struct row rows[] = {
        {"张三", "张**"}, {"张三丰", "张**"}, {"欧阳修", "欧阳**"}, {"", ""}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        AUTO(buf) struct buf out = {0};
        mask_put_name(&out, rows[i].text);
        assert_string_equal(buf_text(&out), rows[i].masked);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mask__hides_identity_numbers_in_every_writing),
        cmocka_unit_test(test_mask__hides_mistyped_numbers_and_bank_cards),
        cmocka_unit_test(test_mask__hides_a_proved_number_inside_other_signs),
        cmocka_unit_test(test_mask__hides_telephone_numbers),
        cmocka_unit_test(test_mask__leaves_what_is_no_person),
        cmocka_unit_test(test_mask__takes_whatever_bytes_there_are),
        cmocka_unit_test(test_mask_put_name__keeps_the_family_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
