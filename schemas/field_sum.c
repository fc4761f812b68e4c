/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A sum is a row of items, each a number with a power of ten behind it
 * (1亿 2000万, 3千 5百), then 元, then 角 and 分. Numbers are kept as integers
 * with a count of decimals; no binary fraction takes part. An item must stay
 * below the power of the item before it.
 */
#include "schemas/field_sum.h"

#include "base/language.h"

enum { ITEMS_MAX = 8, POWER_MOST = 16 };
enum { POINT_CHINESE = 0x70B9, MIDDLE_DOT = 0xB7, WAN_POWER = 4, YI_POWER = 8 };

struct number {
    int64_t digits; /* without the point */
    int decimals;
    bool after_zero; /* 零 stood before it */
};

struct item {
    struct number number;
    int power; /* of ten */
};

struct reader {
    const struct field_text *text;
    size_t at;
    struct item items[ITEMS_MAX];
    size_t count;
};

static enum reason ambiguous(struct fault *why, const char *chinese,
                             const char *english)
{
    return fault(why, R_AMBIGUOUS, "%s", say(chinese, english));
}

static uint32_t here(const struct reader *reader)
{
    return reader->text->at[reader->at];
}

/* 1 for 十, 2 for 百, 3 for 千; 0 for none. */
static int small_power(uint32_t c)
{
    static const uint32_t powers[][2] = {
        {0x5341, 0x62FE}, {0x767E, 0x4F70}, {0x5343, 0x4EDF}};
    for (int i = 0; i < (int)COUNT_OF(powers); i++)
        if (c == powers[i][0] || c == powers[i][1])
            return i + 1;
    return 0;
}

/* 4 for 万, 8 for 亿; 0 for none. */
static int large_power(uint32_t c)
{
    if (c == 0x4E07 || c == 0x842C)
        return WAN_POWER;
    return c == 0x4EBF || c == 0x5104 ? YI_POWER : 0;
}

static bool is_point(uint32_t c)
{
    return c == '.' || c == POINT_CHINESE || c == MIDDLE_DOT;
}

static enum reason add_digit(struct number *number, int digit,
                             struct fault *why)
{
    if (number->digits >= FIELD_SUM_MOST / 10)
        return fault(why, R_BAD_FIELD, "%s",
                     say("数额过大", "too large a sum"));
    number->digits = number->digits * 10 + digit;
    return R_OK;
}

/* Digits with ',' or ' ' between groups of three: all groups or none. */
static enum reason read_grouped(struct reader *reader, struct number *number,
                                struct fault *why)
{
    uint32_t mark = 0;
    size_t in_group = 0;
    for (;; reader->at++) {
        uint32_t c = here(reader);
        if (field_is_digit(c)) {
            TRY(add_digit(number, (int)(c - '0'), why));
            in_group++;
            continue;
        }
        bool first = !mark && in_group <= 3 && (c == ',' || c == ' ');
        bool later = mark && in_group == 3 && c == mark;
        if (!first && !later)
            break;
        mark = c;
        in_group = 0;
    }
    if ((mark && in_group != 3) || here(reader) == ',' || here(reader) == ' ')
        return ambiguous(why, "千分位分隔有误",
                         "the separators do not make groups of three");
    return R_OK;
}

static enum reason read_arabic(struct reader *reader, struct number *number,
                               struct fault *why)
{
    TRY(read_grouped(reader, number, why));
    if (!is_point(here(reader)))
        return R_OK;
    reader->at++;
    for (; field_is_digit(here(reader)); reader->at++) {
        TRY(add_digit(number, (int)(here(reader) - '0'), why));
        number->decimals++;
    }
    if (number->decimals == 0 || is_point(here(reader)) ||
        here(reader) == ',' || here(reader) == ' ')
        return ambiguous(why, "小数点有误", "the decimal point is broken");
    return R_OK;
}

/* 二〇〇〇: digits one by one. Two alone (三五) may mean "three to five". */
static enum reason read_digit_by_digit(struct reader *reader,
                                       struct number *number, struct fault *why)
{
    size_t from = reader->at;
    bool zero = false;
    for (int digit; (digit = field_numeral(here(reader))) >= 0; reader->at++) {
        TRY(add_digit(number, digit, why));
        zero = zero || digit == 0;
    }
    if (small_power(here(reader)) || (reader->at - from < 3 && !zero))
        return ambiguous(why, "相邻数字可能表示约数",
                         "neighbouring numerals may mean 'about'");
    return R_OK;
}

/*
 * 一千零五, 壹佰贰拾叁, 十五: each power smaller than the one before. `last` is
 * the power read last, 4 at the beginning.
 */
static enum reason read_powers(struct reader *reader, struct number *number,
                               struct fault *why)
{
    static const int64_t tens[] = {1, 10, 100, 1000};
    bool zero = false;
    for (int last = COUNT_OF(tens); last > 0;) {
        int digit = field_numeral(here(reader));
        reader->at += digit >= 0 ? 1 : 0;
        int power = small_power(here(reader));
        if (digit < 0 && power == 0)
            return R_OK;
        if ((digit < 0 && power > 1) || power >= last)
            return ambiguous(why, "数位顺序有误",
                             "the numerals are disordered");
        number->after_zero = number->after_zero || digit == 0;
        if (power == 0 && digit == 0 && !zero) {
            zero = true;
            continue;
        }
        if (power == 0 && (last == 2 || last == 3) && !zero)
            return ambiguous(why, "末位数字的数位不明，如“一百五”",
                             "the place of the last numeral is unclear, as in "
                             "一百五");
        number->digits += (digit < 0 ? 1 : digit) * tens[power];
        reader->at += power ? 1 : 0;
        zero = false;
        last = power;
    }
    return R_OK;
}

static enum reason read_chinese(struct reader *reader, struct number *number,
                                struct fault *why)
{
    const uint32_t *c = &reader->text->at[reader->at];
    bool leading_zero = field_numeral(c[0]) == 0;
    if (leading_zero && (field_numeral(c[1]) > 0 || small_power(c[1]) == 1)) {
        number->after_zero = true;
        reader->at++;
        c++;
    }
    if (field_numeral(c[0]) >= 0 && field_numeral(c[1]) >= 0)
        TRY(read_digit_by_digit(reader, number, why));
    else
        TRY(read_powers(reader, number, why));
    if (!is_point(here(reader)))
        return R_OK;
    reader->at++;
    for (int digit; (digit = field_numeral(here(reader))) >= 0; reader->at++) {
        TRY(add_digit(number, digit, why));
        number->decimals++;
    }
    return number->decimals
               ? R_OK
               : ambiguous(why, "小数点有误", "the decimal point is broken");
}

static bool number_begins(const struct reader *reader)
{
    uint32_t c = here(reader);
    return field_is_digit(c) || field_numeral(c) >= 0 || small_power(c) == 1;
}

static enum reason read_number(struct reader *reader, struct number *number,
                               struct fault *why)
{
    bool zero = field_numeral(here(reader)) == 0 &&
                field_is_digit(reader->text->at[reader->at + 1]);
    *number = (struct number){.after_zero = zero};
    reader->at += zero ? 1 : 0;
    if (field_is_digit(here(reader)))
        return read_arabic(reader, number, why);
    if (number_begins(reader))
        return read_chinese(reader, number, why);
    char shown[FIELD_SHOWN_MAX];
    if (!here(reader))
        return fault(why, R_BAD_FIELD, "%s", say("没有金额", "no sum"));
    return fault(why, R_BAD_FIELD, "%s %s",
                 say("此处应为金额，却是", "expected a sum, found"),
                 field_text_show(here(reader), shown));
}

/* 千, 万, 亿, 千万, 万亿 behind a number. */
static int read_power(struct reader *reader)
{
    int power = small_power(here(reader));
    reader->at += power ? 1 : 0;
    for (int large; (large = large_power(here(reader))) > 0; reader->at++)
        power += large;
    return power;
}

/* 一万二千亿: what came before 亿 in units of 万 is meant in 亿 too. */
static void lift_items(struct reader *reader, int power)
{
    if (power < YI_POWER)
        return;
    for (size_t i = reader->count; i > 0; i--) {
        struct item *item = &reader->items[i - 1];
        if (item->power >= YI_POWER)
            return;
        item->power += YI_POWER;
    }
}

static enum reason read_items(struct reader *reader, struct fault *why)
{
    while (number_begins(reader)) {
        if (reader->count == ITEMS_MAX)
            return fault(why, R_BAD_FIELD, "%s",
                         say("不是一个金额", "not one sum"));
        struct item item;
        TRY(read_number(reader, &item.number, why));
        item.power = read_power(reader);
        lift_items(reader, item.power);
        reader->items[reader->count++] = item;
        if (item.power == 0)
            break;
    }
    if (reader->count == 0)
        return read_number(reader, &(struct number){0}, why);
    return R_OK;
}

static enum reason to_fen(struct number number, int power, int64_t *fen,
                          struct fault *why)
{
    int shift = power + 2 - number.decimals;
    *fen = number.digits;
    if (power > POWER_MOST)
        return fault(why, R_BAD_FIELD, "%s",
                     say("数额过大", "too large a sum"));
    for (; shift > 0; shift--)
        if (__builtin_mul_overflow(*fen, 10, fen) || *fen > FIELD_SUM_MOST)
            return fault(why, R_BAD_FIELD, "%s",
                         say("数额过大", "too large a sum"));
    for (; shift < 0; shift++) {
        if (*fen % 10)
            return ambiguous(why, "不足一分的尾数须取舍",
                             "parts of a fen would have to be rounded");
        *fen /= 10;
    }
    return R_OK;
}

static int64_t power_in_fen(int power)
{
    int64_t fen = 100;
    for (; power > 0; power--)
        fen *= 10;
    return fen;
}

/* Adds the items up; each must fit below the one before. */
static enum reason add_items(const struct reader *reader, int64_t *fen,
                             struct fault *why)
{
    *fen = 0;
    for (size_t i = 0; i < reader->count; i++) {
        struct item item = reader->items[i];
        bool last = i + 1 == reader->count;
        int64_t part;
        TRY(to_fen(item.number, item.power, &part, why));
        if (item.number.decimals && !last)
            return ambiguous(why, "小数后还有数", "more follows the decimals");
        *fen += part;
        if (i == 0)
            continue;
        int before = reader->items[i - 1].power;
        if (part >= power_in_fen(before))
            return ambiguous(why, "数位顺序有误",
                             "the numerals are disordered");
        bool bare = part > 0 && item.power == 0 && item.number.digits < 10 &&
                    before > 1 && !item.number.after_zero;
        if (bare)
            return ambiguous(why, "末位数字的数位不明，如“三万五”",
                             "the place of the last numeral is unclear, as in "
                             "三万五");
    }
    return R_OK;
}

static bool take(struct reader *reader, const char *const words[])
{
    size_t length = field_text_match(reader->text, reader->at, words, NULL);
    reader->at += length;
    return length > 0;
}

static const char *const yuan_words[] = {"元", "圆", "圓", NULL};
static const char *const jiao_words[] = {"角", "毛", NULL};
static const char *const fen_words[] = {"分", NULL};
static const char *const whole_words[] = {"整", "正", NULL};

/* 5角, 5分, 零伍分 behind 元; a number without its unit is colloquial. */
static enum reason read_change(struct reader *reader, int64_t *fen,
                               struct fault *why)
{
    int64_t unit = 10;
    while (number_begins(reader)) {
        struct number number;
        TRY(read_number(reader, &number, why));
        int64_t value = number.digits;
        bool jiao = unit == 10 && take(reader, jiao_words);
        if (!jiao && !take(reader, fen_words)) {
            if (value == 0)
                continue;
            return ambiguous(why, "元后数字没有单位",
                             "a number without a unit behind 元");
        }
        if (number.decimals || value > 9 || *fen % (jiao ? 100 : 10))
            return ambiguous(why, "角、分有误", "角 or 分 is out of place");
        *fen += value * (jiao ? 10 : 1);
        unit = jiao ? 1 : 0;
        if (!jiao)
            break;
    }
    return R_OK;
}

/* 伍角, 5角3分, 50分: a sum without yuan. */
static enum reason read_only_change(struct reader *reader, int64_t *fen,
                                    struct fault *why)
{
    bool one = reader->count == 1 && reader->items[0].power == 0 &&
               !reader->items[0].number.decimals;
    int64_t value = reader->items[0].number.digits;
    bool jiao = take(reader, jiao_words);
    if (!one || value > 99 || (!jiao && !take(reader, fen_words)))
        return fault(why, R_BAD_FIELD, "%s", say("不是金额", "not a sum"));
    *fen = value * (jiao ? 10 : 1);
    return jiao ? read_change(reader, fen, why) : R_OK;
}

enum reason field_sum_read(const struct field_text *text, size_t *place,
                           int64_t *fen, struct fault *why)
{
    struct reader reader = {.text = text, .at = *place};
    TRY(read_items(&reader, why));
    bool change = field_text_match(text, reader.at, jiao_words, NULL) ||
                  field_text_match(text, reader.at, fen_words, NULL);
    if (change) {
        TRY(read_only_change(&reader, fen, why));
    } else {
        TRY(add_items(&reader, fen, why));
        if (take(&reader, yuan_words))
            TRY(read_change(&reader, fen, why));
    }
    take(&reader, whole_words);
    if (*fen > FIELD_SUM_MOST)
        return fault(why, R_BAD_FIELD, "%s",
                     say("数额过大", "too large a sum"));
    *place = reader.at;
    return R_OK;
}

void field_sum_put(int64_t fen, struct buf *out)
{
    buf_print(out, "%lld", (long long)(fen / 100));
    if (fen % 100)
        buf_print(out, fen % 10 ? ".%02d" : ".%d",
                  (int)(fen % 10 ? fen % 100 : fen / 10 % 10));
}
