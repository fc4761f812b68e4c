/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A reader stands somewhere in the text and moves forward; where a number has
 * no reading, or two, it fails and says which of its forms is broken.
 */
#include "schemas/field_number.h"

#include "base/language.h"

enum { POINT_CHINESE = 0x70B9, MIDDLE_DOT = 0xB7 };

static enum reason ambiguous(struct fault *why, const char *chinese,
                             const char *english)
{
    return fault(why, R_AMBIGUOUS, "%s", say(chinese, english));
}

static uint32_t here(const struct field_reader *reader)
{
    return reader->text->at[reader->at];
}

/* 1 for 十, 2 for 百, 3 for 千; 0 for none. */
int field_small_power(uint32_t c)
{
    static const uint32_t powers[][2] = {
        {0x5341, 0x62FE}, {0x767E, 0x4F70}, {0x5343, 0x4EDF}};
    for (int i = 0; i < (int)COUNT_OF(powers); i++)
        if (c == powers[i][0] || c == powers[i][1])
            return i + 1;
    return 0;
}

static bool is_point(uint32_t c)
{
    return c == '.' || c == POINT_CHINESE || c == MIDDLE_DOT;
}

static enum reason add_digit(struct field_number *number, int digit,
                             struct fault *why)
{
    if (number->digits >= FIELD_NUMBER_MOST / 10)
        return fault(why, R_BAD_FIELD, "%s",
                     say("数额过大", "too large a sum"));
    number->digits = number->digits * 10 + digit;
    return R_OK;
}

/* Digits with ',' or ' ' between groups of three: all groups or none. */
static enum reason read_grouped(struct field_reader *reader,
                                struct field_number *number, struct fault *why)
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

static enum reason read_arabic(struct field_reader *reader,
                               struct field_number *number, struct fault *why)
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
static enum reason read_digit_by_digit(struct field_reader *reader,
                                       struct field_number *number,
                                       struct fault *why)
{
    size_t from = reader->at;
    bool zero = false;
    for (int digit; (digit = field_numeral(here(reader))) >= 0; reader->at++) {
        TRY(add_digit(number, digit, why));
        zero = zero || digit == 0;
    }
    if (field_small_power(here(reader)) || (reader->at - from < 3 && !zero))
        return ambiguous(why, "相邻数字可能表示约数",
                         "neighbouring numerals may mean 'about'");
    return R_OK;
}

/*
 * 一千零五, 壹佰贰拾叁, 十五: each power smaller than the one before. `last` is
 * the power read last, 4 at the beginning.
 */
static enum reason read_powers(struct field_reader *reader,
                               struct field_number *number, struct fault *why)
{
    static const int64_t tens[] = {1, 10, 100, 1000};
    bool zero = false;
    for (int last = COUNT_OF(tens); last > 0;) {
        int digit = field_numeral(here(reader));
        reader->at += digit >= 0 ? 1 : 0;
        int power = field_small_power(here(reader));
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

static enum reason read_chinese(struct field_reader *reader,
                                struct field_number *number, struct fault *why)
{
    const uint32_t *c = &reader->text->at[reader->at];
    bool leading_zero = field_numeral(c[0]) == 0;
    if (leading_zero &&
        (field_numeral(c[1]) > 0 || field_small_power(c[1]) == 1)) {
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

bool field_number_begins(const struct field_reader *reader)
{
    uint32_t c = here(reader);
    return field_is_digit(c) || field_numeral(c) >= 0 ||
           field_small_power(c) == 1;
}

enum reason field_number_read(struct field_reader *reader,
                              struct field_number *number, struct fault *why)
{
    bool zero = field_numeral(here(reader)) == 0 &&
                field_is_digit(reader->text->at[reader->at + 1]);
    *number = (struct field_number){.after_zero = zero};
    reader->at += zero ? 1 : 0;
    if (field_is_digit(here(reader)))
        return read_arabic(reader, number, why);
    if (field_number_begins(reader))
        return read_chinese(reader, number, why);
    char shown[FIELD_SHOWN_MAX];
    if (!here(reader))
        return fault(why, R_BAD_FIELD, "%s", say("没有金额", "no sum"));
    return fault(why, R_BAD_FIELD, "%s %s",
                 say("此处应为金额，却是", "expected a sum, found"),
                 field_text_show(here(reader), shown));
}
