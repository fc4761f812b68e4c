/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Sums: what was published, and sums written by an independent writer of
 * capital numerals, read back exactly.
 */
#include "tests/schemas/test_field.h"

#include <stdint.h>

static uint64_t next_random(uint64_t *random)
{
    *random = *random * 6364136223846793005u + 1442695040888963407u;
    return *random >> 20;
}

/* Sums of every size from a fen to a thousand billion yuan. */
static int64_t any_fen(uint64_t *random)
{
    static const uint64_t sizes[] = {100,       10000,        1000000,
                                     100000000, 100000000000, 100000000000000};
    uint64_t size = sizes[next_random(random) % COUNT_OF(sizes)];
    return (int64_t)(next_random(random) % size);
}

/* Four digits in capitals: 1050 is 壹仟零伍拾. */
static void put_four(struct buf *out, int number, bool zero)
{
    static const char *const digits[] = {"零", "壹", "贰", "叁", "肆",
                                         "伍", "陆", "柒", "捌", "玖"};
    static const char *const powers[] = {"仟", "佰", "拾", ""};
    int scale = 1000;
    for (int i = 0; i < 4; i++, scale /= 10) {
        int digit = number / scale % 10;
        if (digit && zero)
            buf_put_text(out, digits[0]);
        if (digit)
            buf_print(out, "%s%s", digits[digit], powers[i]);
        zero = digit == 0 && (zero || number / scale > 0);
    }
}

static void put_capitals(struct buf *out, int64_t fen)
{
    static const char *const units[] = {"万亿", "亿", "万", "元"};
    static const char *const small[] = {"",   "壹", "贰", "叁", "肆",
                                        "伍", "陆", "柒", "捌", "玖"};
    int64_t yuan = fen / 100, scale = INT64_C(1000000000000);
    bool begun = false;
    for (size_t i = 0; i < COUNT_OF(units); i++, scale /= 10000) {
        int part = (int)(yuan / scale % 10000);
        bool gap = begun && part < 1000;
        if (part)
            put_four(out, part, gap);
        if (part || (i == 3 && begun))
            buf_put_text(out, units[i]);
        begun = begun || part;
    }
    if (!begun)
        buf_put_text(out, "零元");
    if (fen / 10 % 10)
        buf_print(out, "%s角", small[fen / 10 % 10]);
    else if (fen % 10)
        buf_put_text(out, "零");
    buf_print(out, "%s%s", small[fen % 10], fen % 10 ? "分" : "整");
}

/* "1,234,567.89元" or "1 234 567.89元" */
static void put_grouped(struct buf *out, int64_t fen, char mark)
{
    char yuan[32];
    int length = snprintf(yuan, sizeof yuan, "%lld", (long long)(fen / 100));
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            buf_put_char(out, mark);
        buf_put_char(out, yuan[i]);
    }
    buf_print(out, ".%02d元", (int)(fen % 100));
}

static void put_plain(struct buf *out, int64_t fen)
{
    char text[64];
    int length = snprintf(text, sizeof text, "%lld.%02d",
                          (long long)(fen / 100), (int)(fen % 100));
    while (text[length - 1] == '0')
        length--;
    if (text[length - 1] == '.')
        length--;
    buf_put(out, text, (size_t)length);
}

static void test_amount__reads_back_what_is_written_in_any_form(void **state)
{
    (void)state;
    uint64_t random = 19000;
    for (int round = 0; round < 20000; round++) {
        int64_t fen = any_fen(&random);
        AUTO(buf) struct buf plain = {0}, text = {0}, both = {0};
        put_plain(&plain, fen);
        put_capitals(&text, fen);
        assert_reads(FIELD_AMOUNT, buf_text(&text), buf_text(&plain));
        put_grouped(&both, fen, round % 2 ? ',' : ' ');
        assert_reads(FIELD_AMOUNT, buf_text(&both), buf_text(&plain));
        buf_print(&both, "（大写：%s）", buf_text(&text));
        assert_reads(FIELD_AMOUNT, buf_text(&both), buf_text(&plain));
        buf_clear(&text);
        buf_print(&text, "罚款%lld.%06lld万元", (long long)(fen / 1000000),
                  (long long)(fen % 1000000));
        assert_reads(FIELD_AMOUNT, buf_text(&text), buf_text(&plain));
    }
}

static void test_amount__refuses_two_sums_that_differ(void **state)
{
    (void)state;
    uint64_t random = 5;
    for (int round = 0; round < 2000; round++) {
        int64_t fen = any_fen(&random);
        AUTO(buf) struct buf text = {0};
        put_grouped(&text, fen, ',');
        buf_put_text(&text, "(大写:");
        put_capitals(&text, fen + 1 + (int64_t)(random % 1000));
        buf_put_text(&text, ")");
        assert_reads(FIELD_AMOUNT, buf_text(&text), "AMBIGUOUS");
    }
}

static void test_amount__reads_every_published_fine(void **state)
{
    (void)state;
    AUTO(csv) struct csv rows = {0};
    open_rows(&rows, "penalties_sample.csv");
    char *cells[CSV_CELLS_MAX];
    size_t count = csv_next(&rows, cells);
    size_t yuan = csv_column(cells, count, "fine_yuan");
    size_t published = csv_column(cells, count, "fine_as_published");
    int read = 0, refused = 0;
    while (csv_next(&rows, cells) > published) {
        if (cells[published][0] == '\0')
            continue;
        if (cells[yuan][0])
            assert_reads(FIELD_AMOUNT, cells[published], cells[yuan]);
        else
            refusal(FIELD_AMOUNT, cells[published]);
        *(cells[yuan][0] ? &read : &refused) += 1;
    }
    assert_int_equal(read, 15);
    assert_int_equal(refused, 2);
}

static void test_amount__has_a_ceiling_of_a_thousand_billion_yuan(void **state)
{
    (void)state;
    assert_reads(FIELD_AMOUNT, "1000万亿元", "1000000000000000");
    assert_reads(FIELD_AMOUNT, "1000万亿零1分", "BAD_FIELD");
    assert_reads(FIELD_AMOUNT, "1001万亿元", "BAD_FIELD");
    assert_reads(FIELD_AMOUNT, "1亿亿亿亿亿亿亿亿亿亿亿亿亿亿亿元",
                 "BAD_FIELD");
    assert_reads(FIELD_AMOUNT, "99999999999999999999", "BAD_FIELD");
    assert_reads(FIELD_AMOUNT, "0.000000000000000000000001元", "AMBIGUOUS");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_amount__reads_back_what_is_written_in_any_form),
        cmocka_unit_test(test_amount__refuses_two_sums_that_differ),
        cmocka_unit_test(test_amount__reads_every_published_fine),
        cmocka_unit_test(test_amount__has_a_ceiling_of_a_thousand_billion_yuan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
