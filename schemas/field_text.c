/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Only differences that cannot change the meaning are removed here; whatever
 * else is odd stays visible and is judged by the rule of the kind.
 */
#include "schemas/field_text.h"

#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "base/language.h"

enum { FULL_STOP = 0x3002 };

/* Every opening bracket stands above its closing one. */
static const char opening_brackets[] =
    "〔﹝❲〘[［【〖(（❨﹙{｛❴﹛「『｢《〈＜<⟨⟦";
static const char closing_brackets[] =
    "〕﹞❳〙]］】〗)）❩﹚}｝❵﹜」』｣》〉＞>⟩⟧";
static const char masks[] = "*×✕✖╳●□■▇█▓_?…※◆◇☆★";

/* What a person does not see and a machine trips over. */
static bool is_invisible(uint32_t c)
{
    return c == 0xAD || (c >= 0x200B && c <= 0x200D) || c == 0x2060 ||
           c == 0xFEFF || (c >= 0xFE00 && c <= 0xFE0F);
}

static bool is_space(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xA0 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
           c == 0x202F || c == 0x205F || c == 0x3000;
}

/* Characters that turn the order of what is shown, or show nothing. */
static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) ||
           (c >= 0x200E && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2061 && c <= 0x206F);
}

static bool is_dash(uint32_t c)
{
    return (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFE58 ||
           c == 0xFE63 || c == 0x2500 || c == 0x30FC;
}

static uint32_t fold(uint32_t c)
{
    if (c >= 0xFF01 && c <= 0xFF5E)
        return c - 0xFEE0;
    if (is_space(c))
        return ' ';
    if (is_dash(c))
        return '-';
    return c == 0xFFE5 ? 0xA5 : c;
}

static bool in_list(const char *list, uint32_t c)
{
    char utf8[UTF8_TEXT_MAX];
    utf8_write(c, utf8);
    return c != 0 && strstr(list, utf8) != NULL;
}

const char *field_text_show(uint32_t character, char shown[FIELD_SHOWN_MAX])
{
    struct field_text one = {.count = 1, .at = {character}};
    AUTO(buf) struct buf utf8 = {0};
    field_text_put(&one, 0, 1, &utf8);
    bool plain = character < 0x7F || field_is_han(character);
    if (character < 0x20 || (character >= 0x7F && character < 0xA1))
        snprintf(shown, FIELD_SHOWN_MAX, "U+%04X", (unsigned)character);
    else if (plain)
        snprintf(shown, FIELD_SHOWN_MAX, "'%s'", buf_text(&utf8));
    else
        snprintf(shown, FIELD_SHOWN_MAX, "'%s' (U+%04X)", buf_text(&utf8),
                 (unsigned)character);
    return shown;
}

static enum reason append(struct field_text *out, uint32_t c, struct fault *why)
{
    bool nothing =
        is_invisible(c) ||
        (is_space(c) && (out->count == 0 || out->at[out->count - 1] == ' '));
    if (nothing)
        return R_OK;
    char shown[FIELD_SHOWN_MAX];
    if (c == 0xFFFD)
        return fault(
            why, R_AMBIGUOUS, "%s",
            say("有字符丢失（U+FFFD）", "a character was lost (U+FFFD)"));
    if (!is_space(c) && is_control(c))
        return fault(why, R_BAD_FIELD, "%s %s",
                     say("含有控制字符", "contains a control character:"),
                     field_text_show(c, shown));
    if (out->count == FIELD_TEXT_MAX)
        return fault(why, R_BAD_FIELD,
                     say("超过 %d 个字符", "longer than %d characters"),
                     FIELD_TEXT_MAX);
    out->at[out->count++] = fold(c);
    return R_OK;
}

enum reason field_text_read(const char *text, struct field_text *out,
                            struct fault *why)
{
    *out = (struct field_text){0};
    size_t left = strlen(text);
    while (left > 0) {
        uint32_t c;
        size_t length = utf8_read(text, left, &c);
        if (length == 0)
            return fault(why, R_BAD_FIELD, "%s",
                         say("不是 UTF-8 文本", "not UTF-8 text"));
        TRY(append(out, c, why));
        text += length;
        left -= length;
    }
    while (out->count > 0 && (out->at[out->count - 1] == ' ' ||
                              out->at[out->count - 1] == FULL_STOP))
        out->count--;
    out->at[out->count] = 0;
    if (out->count == 0)
        return fault(why, R_BAD_FIELD, "%s", say("内容为空", "empty"));
    return R_OK;
}

void field_text_cut(struct field_text *text, size_t from, size_t to)
{
    memmove(&text->at[from], &text->at[to],
            (text->count - to + 1) * sizeof text->at[0]);
    text->count -= to - from;
}

void field_text_drop_spaces(struct field_text *text)
{
    for (size_t i = text->count; i > 0; i--)
        if (text->at[i - 1] == ' ')
            field_text_cut(text, i - 1, i);
}

void field_text_unify_brackets(struct field_text *text, uint32_t open,
                               uint32_t close)
{
    for (size_t i = 0; i < text->count; i++) {
        if (in_list(opening_brackets, text->at[i]))
            text->at[i] = open;
        else if (in_list(closing_brackets, text->at[i]))
            text->at[i] = close;
    }
}

void field_text_strip_brackets(struct field_text *text, uint32_t open,
                               uint32_t close)
{
    size_t depth = 0, last = text->count - 1;
    if (text->count < 2 || text->at[0] != open || text->at[last] != close)
        return;
    for (size_t i = 0; i < last; i++) {
        if (text->at[i] == open)
            depth++;
        else if (text->at[i] == close && --depth == 0)
            return;
    }
    if (depth != 1)
        return;
    field_text_cut(text, last, last + 1);
    field_text_cut(text, 0, 1);
}

/* How many characters of the text at `place` are this word; 0 if not all. */
static size_t match_word(const struct field_text *text, size_t place,
                         const char *word)
{
    size_t count = 0;
    while (*word) {
        uint32_t c;
        word += utf8_read(word, 4, &c);
        if (text->at[place + count] != c)
            return 0;
        count++;
    }
    return count;
}

size_t field_text_match(const struct field_text *text, size_t place,
                        const char *const words[], const char **found)
{
    size_t longest = 0;
    for (; *words; words++) {
        size_t count = match_word(text, place, *words);
        if (count <= longest)
            continue;
        longest = count;
        if (found)
            *found = *words;
    }
    return longest;
}

size_t field_text_find(const struct field_text *text, const char *const words[],
                       const char **found)
{
    size_t place = 0;
    while (place < text->count &&
           field_text_match(text, place, words, found) == 0)
        place++;
    return place;
}

bool field_reader_take(struct field_reader *reader, const char *const words[])
{
    size_t length = field_text_match(reader->text, reader->at, words, NULL);
    reader->at += length;
    return length > 0;
}

void field_text_skip_label(struct field_text *text, const char *const labels[])
{
    size_t length = field_text_match(text, 0, labels, NULL);
    if (length == 0)
        return;
    while (text->at[length] == ':' || text->at[length] == ' ')
        length++;
    field_text_cut(text, 0, length);
}

void field_text_put(const struct field_text *text, size_t from, size_t to,
                    struct buf *out)
{
    for (size_t i = from; i < to; i++) {
        char utf8[UTF8_TEXT_MAX];
        buf_put(out, utf8, utf8_write(text->at[i], utf8));
    }
}

bool field_is_digit(uint32_t character)
{
    return character >= '0' && character <= '9';
}

bool field_is_letter(uint32_t character)
{
    return (character >= 'A' && character <= 'Z') ||
           (character >= 'a' && character <= 'z');
}

bool field_is_han(uint32_t character)
{
    return character == 0x3005 || character == 0x3007 ||
           (character >= 0x3400 && character <= 0x9FFF) ||
           (character >= 0x20000 && character <= 0x3FFFF);
}

bool field_is_mask(uint32_t character)
{
    return in_list(masks, character);
}

int field_numeral(uint32_t character)
{
    static const char *const digits[] = {
        "〇零○", "一壹弌", "二贰貳弍两兩", "三叁參叄弎", "四肆",
        "五伍",  "六陆陸", "七柒",         "八捌",       "九玖"};
    for (int digit = 0; character >= 0x80 && digit < (int)COUNT_OF(digits);
         digit++)
        if (in_list(digits[digit], character))
            return digit;
    return -1;
}
