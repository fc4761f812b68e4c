/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What holds for every kind of field: the readings that were decided, normal
 * forms that stay, and texts that nobody would write.
 */
#include "tests/schemas/test_field.h"

#include "base/encode.h"

static void test_field__has_a_name_that_finds_it(void **state)
{
    (void)state;
    for (enum field_kind kind = 0; kind < FIELD_KIND_COUNT; kind++)
        assert_int_equal(field_find(field_name(kind)), kind);
    assert_int_equal(field_find("colour"), FIELD_KIND_COUNT);
    assert_int_equal(field_find(""), FIELD_KIND_COUNT);
}

static void test_field__reads_what_stands_on_paper(void **state)
{
    (void)state;
    AUTO(csv) struct csv rows = {0};
    open_rows(&rows, "readings.csv");
    char *cells[CSV_CELLS_MAX];
    assert_int_equal(csv_next(&rows, cells), 3);
    int read = 0;
    for (size_t count; (count = csv_next(&rows, cells)) > 0; read++) {
        assert_int_equal(count, 3);
        enum field_kind kind = field_find(cells[0]);
        assert_in_range(kind, 0, FIELD_KIND_COUNT - 1);
        assert_reads(kind, cells[1], cells[2]);
    }
    assert_in_range(read, 300, 10000);
}

/* The kinds as the published list names them. */
static enum field_kind kind_of_list(const char *name)
{
    static const char *const names[] = {"uscc", "citizen", "decision_no",
                                        "date", "money",   "region"};
    for (enum field_kind kind = 0; kind < FIELD_KIND_COUNT; kind++)
        if (strcmp(names[kind], name) == 0)
            return kind;
    return FIELD_KIND_COUNT;
}

/* What a person reads is read; ODD026 has lost a bracket and is not mended. */
static void test_field__reads_the_odd_strings_that_were_published(void **state)
{
    (void)state;
    AUTO(csv) struct csv rows = {0};
    open_rows(&rows, "odd_strings_sample.csv");
    char *cells[CSV_CELLS_MAX];
    int read = 0, refused = 0;
    while (csv_next(&rows, cells) > 3) {
        enum field_kind kind = kind_of_list(cells[1]);
        if (kind == FIELD_KIND_COUNT)
            continue;
        bool lost = strcmp(cells[0], "ODD026") == 0;
        bool fault = lost || (cells[3][0] >= 'A' && cells[3][0] <= 'Z');
        if (fault)
            refusal(kind, cells[2]);
        else
            assert_reads(kind, cells[2], cells[3]);
        *(fault ? &refused : &read) += 1;
    }
    assert_int_equal(read, 20);
    assert_int_equal(refused, 10);
}

static void test_field__judges_without_a_place_for_the_result(void **state)
{
    (void)state;
    assert_int_equal(field_check(FIELD_DATE, "2021-9-7", NULL, NULL), R_OK);
    assert_int_equal(field_check(FIELD_DATE, "2021-9-", NULL, NULL),
                     R_BAD_FIELD);
}

static void test_field__appends_behind_what_is_there(void **state)
{
    (void)state;
    AUTO(buf) struct buf line = {0};
    buf_put_text(&line, "on ");
    assert_int_equal(field_check(FIELD_DATE, "2021-9-7", &line, NULL), R_OK);
    assert_string_equal(buf_text(&line), "on 2021-09-07");
}

static void test_field__refuses_what_no_reader_can_see_or_trust(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        " \t\n",
        "\xE3\x80\x82",             /* a full stop alone */
        "\xE2\x80\x8B\xEF\xBB\xBF", /* invisible characters alone */
        "2021-09-07\xE2\x80\xAE",   /* turns the order of what is shown */
        "2021\x01-09-07",           /* control character */
        "2021-09-0\xFF",            /* not UTF-8 */
        "2021-09-0\xC0\xB7",        /* overlong */
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        for (enum field_kind kind = 0; kind < FIELD_KIND_COUNT; kind++)
            assert_reads(kind, texts[i], "BAD_FIELD");
    for (enum field_kind kind = 0; kind < FIELD_KIND_COUNT; kind++)
        assert_reads(kind, "\xEF\xBF\xBD", "AMBIGUOUS");
}

static void test_field__reads_through_what_no_reader_sees(void **state)
{
    (void)state;
    assert_reads(FIELD_DATE,
                 "\xEF\xBB\xBF"
                 "2021\xE2\x80\x8B-09-07\r\n",
                 "2021-09-07");
    assert_reads(FIELD_DATE,
                 "\xE3\x80\x80\xC2\xA0"
                 "2021\xE2\x80\x93"
                 "9"
                 "\xE2\x88\x92"
                 "7",
                 "2021-09-07");
}

static void test_field__has_a_ceiling(void **state)
{
    (void)state;
    char text[4000];
    memset(text, '9', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (enum field_kind kind = 0; kind < FIELD_KIND_COUNT; kind++)
        assert_reads(kind, text, "BAD_FIELD");
}

/* Pieces of real texts in any order: each is read or refused, never both. */
static void test_field__survives_texts_that_nobody_would_write(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "(",  ")",    "〔", "〕",     "【", "2025", "号", "第", "万",
        "亿", "千",   "百", "十",     "零", "壹",   "三", "元", "角",
        "分", "整",   ",",  ".",      " ",  "5",    "00", "年", "月",
        "日", "-",    "X",  "*",      "¥",  "大写", ":",  "之", "廿",
        "点", "罚款", "余", "江西省", "91", "０",   "。"};
    uint64_t random = 20260101;
    for (int round = 0; round < 60000; round++) {
        AUTO(buf) struct buf text = {0};
        for (uint64_t left = random % 9 + 1; left > 0; left--) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            buf_put_text(&text, pieces[(random >> 33) % COUNT_OF(pieces)]);
        }
        enum field_kind kind = (enum field_kind)(round % FIELD_KIND_COUNT);
        AUTO(buf) struct buf normal = {0};
        struct fault why = {0};
        enum reason reason = field_check(kind, buf_text(&text), &normal, &why);
        assert_true(utf8_is_valid(why.text, strlen(why.text)));
        if (reason == R_OK)
            assert_reads(kind, buf_text(&text), buf_text(&normal));
        else
            assert_true(reason == R_BAD_FIELD || reason == R_AMBIGUOUS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_field__has_a_name_that_finds_it),
        cmocka_unit_test(test_field__reads_what_stands_on_paper),
        cmocka_unit_test(test_field__reads_the_odd_strings_that_were_published),
        cmocka_unit_test(test_field__judges_without_a_place_for_the_result),
        cmocka_unit_test(test_field__appends_behind_what_is_there),
        cmocka_unit_test(test_field__refuses_what_no_reader_can_see_or_trust),
        cmocka_unit_test(test_field__reads_through_what_no_reader_sees),
        cmocka_unit_test(test_field__has_a_ceiling),
        cmocka_unit_test(test_field__survives_texts_that_nobody_would_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
