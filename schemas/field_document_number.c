/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * 文号 and 案号: 环环监〔2017〕17号, 石环罚决〔2025〕无极-14号,
 * （2019）豫1602刑初123号. The normal form has 〔〕 around the year, no spaces,
 * ASCII digits and letters; leading zeros and 第 belong to the number and
 * stay. A number with a bracket lost is never mended: 〔2013150号 may be
 * number 150 or 50 with a digit too many.
 */
#include "schemas/field_rules.h"

#include "base/language.h"

enum {
    OPEN = 0x3014,
    CLOSE = 0x3015,
    NUMBER = 0x53F7, /* 号 */
    NUMBER_OLD = 0x865F,
    ORDINAL = 0x7B2C,   /* 第 */
    SUB = 0x4E4B,       /* 之 */
    YEAR_WORD = 0x5E74, /* 年 */
    YEAR_LEAST = 1949,
    YEAR_MOST = 2100
};

static const char *const labels[] = {"文号",     "发文字号", "决定书文号",
                                     "文书文号", "案号",     NULL};
static const char *const templates[] = {"X", "x", "某", "...", "---", NULL};

/* Where the parts are; `year_open` and `year_close` are the brackets. */
struct parts {
    size_t year_open, year_close;
    int year;
};

static enum reason ambiguous(struct fault *why, const char *chinese,
                             const char *english)
{
    return fault(why, R_AMBIGUOUS, "%s", say(chinese, english));
}

static enum reason check_template(const struct field_text *text,
                                  struct fault *why)
{
    bool open = field_text_find(text, templates, NULL) < text->count;
    for (size_t i = 0; i < text->count && !open; i++)
        open = field_is_mask(text->at[i]);
    return open ? ambiguous(why, "是模板或被遮盖，文号不完整",
                            "a template or masked, not a whole number")
                : R_OK;
}

/* One digit of a year, 2013 or 二〇一三; -1 if it is none. */
static int year_digit(uint32_t c)
{
    return field_is_digit(c) ? (int)(c - '0') : field_numeral(c);
}

/* The year between two brackets; 0 if no digit is there, -1 if it is none. */
static int read_year(const struct field_text *text, size_t open, size_t close)
{
    int year = 0;
    close -= text->at[close - 1] == YEAR_WORD ? 1 : 0;
    bool any = false, all = close - open == 5;
    for (size_t i = open + 1; i < close; i++) {
        int digit = year_digit(text->at[i]);
        any = any || field_is_digit(text->at[i]);
        all = all && digit >= 0;
        year = all ? year * 10 + digit : 0;
    }
    return all ? year : any ? -1 : 0;
}

static enum reason take_pair(const struct field_text *text, size_t open,
                             size_t close, struct parts *parts,
                             struct fault *why)
{
    int year = read_year(text, open, close);
    if (year == 0)
        return R_OK;
    if (parts->year)
        return ambiguous(why, "含有两个年份", "two years in brackets");
    if (year < YEAR_LEAST || year > YEAR_MOST)
        return fault(why, R_BAD_FIELD, "%s",
                     say("括号内应为四位年份（1949 至 2100）",
                         "the brackets must hold a year of four digits, "
                         "1949 to 2100"));
    *parts = (struct parts){open, close, year};
    return R_OK;
}

/* Every bracket has its other half, none stands in another. */
static enum reason find_parts(const struct field_text *text,
                              struct parts *parts, struct fault *why)
{
    size_t open = text->count;
    for (size_t i = 0; i < text->count; i++) {
        bool inside = open < text->count;
        if ((text->at[i] == OPEN && inside) ||
            (text->at[i] == CLOSE && !inside))
            return ambiguous(why, "括号不成对", "a bracket is lost");
        if (text->at[i] == OPEN) {
            open = i;
        } else if (text->at[i] == CLOSE) {
            TRY(take_pair(text, open, i, parts, why));
            open = text->count;
        }
    }
    if (open < text->count)
        return ambiguous(why, "括号不成对", "a bracket is lost");
    if (!parts->year)
        return ambiguous(why, "没有带括号的年份，如〔2025〕",
                         "no year in brackets, as in 〔2025〕");
    return R_OK;
}

static enum reason check_characters(const struct field_text *text, size_t from,
                                    size_t to, bool brackets, struct fault *why)
{
    char shown[FIELD_SHOWN_MAX];
    for (size_t i = from; i < to; i++) {
        uint32_t c = text->at[i];
        bool good = field_is_digit(c) || field_is_letter(c) ||
                    field_is_han(c) || c == '-' || c == 0xB7 ||
                    (brackets && (c == OPEN || c == CLOSE));
        if (!good)
            return fault(why, R_BAD_FIELD, "%s %s",
                         say("文号中不应有", "does not belong in a number:"),
                         field_text_show(c, shown));
    }
    return R_OK;
}

/* The place of the one 号 that ends the number, before "之一" if that is there.
 */
static size_t end_of_serial(const struct field_text *text, size_t from)
{
    size_t end = text->count;
    while (end > from && year_digit(text->at[end - 1]) >= 0)
        end--;
    bool sub = end < text->count && end > from + 1 && text->at[end - 1] == SUB;
    end = sub ? end - 1 : text->count;
    return end > from && text->at[end - 1] == NUMBER ? end - 1 : text->count;
}

static enum reason check_serial(const struct field_text *text, size_t from,
                                struct fault *why)
{
    size_t end = end_of_serial(text, from);
    if (end == text->count)
        return fault(why, R_BAD_FIELD, "%s",
                     say("应以“号”结尾", "must end with 号"));
    bool numbered = false;
    for (size_t i = from; i < end; i++) {
        if (text->at[i] == NUMBER)
            return ambiguous(why, "含有两个文号", "two numbers");
        numbered = numbered || year_digit(text->at[i]) >= 0;
    }
    if (!numbered)
        return ambiguous(why, "缺少序号", "the serial number is missing");
    return check_characters(text, from, text->count, false, why);
}

/* Somebody must have issued it: before the year, or behind it in courts. */
static bool has_issuer(const struct field_text *text, const struct parts *parts)
{
    uint32_t after = text->at[parts->year_close + 1];
    bool word = field_is_han(after) && field_numeral(after) < 0;
    return parts->year_open > 0 || (word && after != ORDINAL);
}

static void put_number(const struct field_text *text, const struct parts *parts,
                       struct buf *out)
{
    for (size_t i = 0; i < parts->year_open; i++) {
        if (text->at[i] == OPEN)
            buf_put_text(out, "（");
        else if (text->at[i] == CLOSE)
            buf_put_text(out, "）");
        else
            field_text_put(text, i, i + 1, out);
    }
    buf_print(out, "〔%d〕", parts->year);
    field_text_put(text, parts->year_close + 1, text->count, out);
}

static void tidy(struct field_text *text)
{
    field_text_skip_label(text, labels);
    field_text_drop_spaces(text);
    field_text_unify_brackets(text, OPEN, CLOSE);
    field_text_strip_brackets(text, OPEN, CLOSE);
    for (size_t i = 0; i < text->count; i++)
        if (text->at[i] == NUMBER_OLD)
            text->at[i] = NUMBER;
}

enum reason field_document_number(const struct field_text *text,
                                  struct buf *out, struct fault *why)
{
    struct field_text number = *text;
    tidy(&number);
    TRY(check_template(&number, why));
    struct parts parts = {0};
    TRY(find_parts(&number, &parts, why));
    if (!has_issuer(&number, &parts))
        return fault(why, R_BAD_FIELD, "%s",
                     say("缺少发文机关代字", "the issuer's word is missing"));
    TRY(check_characters(&number, 0, parts.year_open, true, why));
    TRY(check_serial(&number, parts.year_close + 1, why));
    put_number(&number, &parts, out);
    return R_OK;
}
