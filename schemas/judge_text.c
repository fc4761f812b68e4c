/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The text of one element: characters, length, pattern, values, bounds, then
 * what an XSD cannot say (field.h: check digits, real days). What the type's
 * label says is what the reader is told.
 */
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/instant.h"
#include "base/language.h"
#include "schemas/judge.h"

/*
 * Characters that people cannot see, or that turn the reading order: DEL and
 * C1 controls, bidirectional controls, byte order mark, no-characters.
 */
static bool is_hidden(uint32_t c)
{
    static const struct {
        uint32_t from, to;
    } ranges[] = {{0x7F, 0x9F},     {0x200E, 0x200F}, {0x202A, 0x202E},
                  {0x2066, 0x2069}, {0xFDD0, 0xFDEF}, {0xFEFF, 0xFEFF},
                  {0xFFF9, 0xFFFB}};
    for (size_t i = 0; i < COUNT_OF(ranges); i++)
        if (c >= ranges[i].from && c <= ranges[i].to)
            return true;
    return (c & 0xFFFE) == 0xFFFE;
}

/* Whether a character that begins with this byte can be a hidden one. */
static bool may_be_hidden(unsigned char first)
{
    return first == 0x7F || first == 0xC2 || first == 0xE2 || first == 0xEF ||
           first >= 0xF0;
}

/* The length in characters; *hidden is the first that nobody can see, or 0. */
static size_t count_characters(const char *text, uint32_t *hidden)
{
    size_t count = 0;
    *hidden = 0;
    for (; *text; text++) {
        unsigned char first = (unsigned char)*text;
        count += (first & 0xC0) != 0x80;
        uint32_t c;
        if (may_be_hidden(first) && *hidden == 0 &&
            utf8_read(text, 4, &c) > 0 && is_hidden(c))
            *hidden = c;
    }
    return count;
}

static bool is_listed(const struct schema_type *type, const char *text)
{
    for (size_t i = 0; i < type->value_count; i++)
        if (strcmp(type->values[i].text, text) == 0)
            return true;
    return false;
}

static bool is_within(const struct schema_type *type, const char *text)
{
    if (type->base != SCHEMA_INTEGER)
        return true;
    long long number = strtoll(text, NULL, 10);
    return number >= type->least && number <= type->most;
}

static bool fits(const struct schema_type *type, const char *text,
                 size_t characters)
{
    return characters >= type->least_length &&
           characters <= type->most_length &&
           (!type->pattern || pattern_matches(type->pattern, text)) &&
           (type->value_count == 0 || is_listed(type, text)) &&
           is_within(type, text);
}

static void complain_listed(const struct element *element,
                            const struct schema_type *type,
                            struct mistakes *mistakes)
{
    AUTO(buf) struct buf zh = {0};
    AUTO(buf) struct buf en = {0};
    buf_put_text(&zh, "应为下列之一：");
    buf_put_text(&en, "must be one of: ");
    for (size_t i = 0; i < type->value_count; i++) {
        const struct schema_value *value = &type->values[i];
        buf_print(&zh, "%s%s（%s）", i ? "、" : "", value->text,
                  value->label.chinese);
        buf_print(&en, "%s%s", i ? ", " : "", value->text);
    }
    judge_complain(mistakes, R_NOT_VALID, element, buf_text(&zh),
                   buf_text(&en));
}

static void complain_value(const struct element *element,
                           const struct schema_type *type,
                           struct mistakes *mistakes)
{
    AUTO(buf) struct buf zh = {0};
    AUTO(buf) struct buf en = {0};
    if (type->value_count) {
        complain_listed(element, type, mistakes);
        return;
    }
    buf_print(&zh, "应为：%s", type->label.chinese);
    buf_print(&en, "must be: %s", type->label.english);
    judge_complain(mistakes, R_NOT_VALID, element, buf_text(&zh),
                   buf_text(&en));
}

static void complain_hidden(const struct element *element, uint32_t c,
                            struct mistakes *mistakes)
{
    char zh[80], en[80];
    snprintf(zh, sizeof zh, "含有不可见或改变方向的字符 U+%04X", c);
    snprintf(en, sizeof en, "contains the hidden character U+%04X", c);
    judge_complain(mistakes, R_BAD_FIELD, element, zh, en);
}

static enum reason check_day(const char *text, struct fault *why)
{
    struct civil_day day;
    if (civil_day_parse(text, &day))
        return R_OK;
    return fault(why, R_BAD_FIELD, say("没有这一天", "there is no such day"));
}

static enum reason check_time(const char *text, struct fault *why)
{
    instant at;
    if (instant_parse(text, &at, NULL) == R_OK)
        return R_OK;
    return fault(why, R_BAD_FIELD,
                 say("没有这一时刻", "there is no such time"));
}

static enum reason check_field(const struct schema_type *type, const char *text,
                               struct fault *why)
{
    if (type->base == SCHEMA_TIME)
        return check_time(text, why);
    if (type->base == SCHEMA_DATE)
        return check_day(text, why);
    if (type->field == FIELD_KIND_COUNT)
        return R_OK;
    return field_check(type->field, text, NULL, why);
}

/* The detail is in the language spoken: asks once for each. */
static void put_detail(struct buf *out, enum language language,
                       const struct schema_type *type, const char *text)
{
    struct fault why = {0};
    language_speak(language);
    (void)!check_field(type, text, &why);
    buf_print(out, say("应为：%s：%s", "must be: %s: %s"),
              say(type->label.chinese, type->label.english), why.text);
    language_speak(LANGUAGE_OF_READER);
}

static void complain_field(const struct element *element,
                           const struct schema_type *type, enum reason reason,
                           struct mistakes *mistakes)
{
    AUTO(buf) struct buf zh = {0};
    AUTO(buf) struct buf en = {0};
    put_detail(&zh, LANGUAGE_CHINESE, type, element_text(element));
    put_detail(&en, LANGUAGE_ENGLISH, type, element_text(element));
    judge_complain(mistakes, reason, element, buf_text(&zh), buf_text(&en));
}

void judge_text(const struct element *element, const struct schema_type *type,
                struct mistakes *mistakes)
{
    const char *text = element_text(element);
    uint32_t hidden;
    size_t characters = count_characters(text, &hidden);
    enum reason reason;
    if (!fits(type, text, characters))
        complain_value(element, type, mistakes);
    else if (hidden)
        complain_hidden(element, hidden, mistakes);
    else if ((reason = check_field(type, text, NULL)) != R_OK)
        complain_field(element, type, reason, mistakes);
}
