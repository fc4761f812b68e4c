/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Citations in law.xml are written as the texts write them, 第十二条第三项. For
 * readers of English their numbers are turned into figures, piece by piece;
 * every piece that is not known is copied.
 */
#include "routing/procedure_cite.h"

#include <stdlib.h>
#include <string.h>

#include "base/idiom.h"

enum { HAN = 3 /* bytes of a Chinese character in UTF-8 */ };

/* The value of a character in a list of characters; -1 if it is not there. */
static int place_of(const char *character, const char *list)
{
    for (int i = 0; list[(size_t)i * HAN]; i++)
        if (strncmp(character, list + (size_t)i * HAN, HAN) == 0)
            return i;
    return -1;
}

/* Reads 零 to 九千九百九十九; returns the bytes that it took. */
static size_t read_number(const char *text, int *out)
{
    static const int units[] = {10, 100, 1000};
    const char *at = text;
    int sum = 0, digit = -1;
    for (;; at += HAN) {
        int value = place_of(at, "零一二三四五六七八九");
        int unit = place_of(at, "十百千");
        if (value < 0 && unit < 0)
            break;
        if (unit >= 0)
            sum += (digit < 0 ? 1 : digit) * units[unit];
        digit = unit >= 0 ? -1 : value;
    }
    *out = sum + (digit > 0 ? digit : 0);
    return (size_t)(at - text);
}

/* "第N条", "第N款", "第N项"; 0 if the text does not begin with one. */
static size_t put_numbered(struct buf *out, const char *text)
{
    static const struct {
        const char *kind, *before, *after;
    } rows[] = {{"条", "art. ", ""}, {"款", " para. ", ""}, {"项", "(", ")"}};
    int number;
    if (strncmp(text, "第", HAN) != 0)
        return 0;
    size_t length = read_number(text + HAN, &number);
    for (size_t i = 0; length && i < COUNT_OF(rows); i++) {
        if (strncmp(text + HAN + length, rows[i].kind, HAN) != 0)
            continue;
        buf_print(out, "%s%d%s", rows[i].before, number, rows[i].after);
        return HAN + length + HAN;
    }
    return 0;
}

static size_t put_word(struct buf *out, const char *text)
{
    static const struct {
        const char *zh, *en;
    } words[] = {{"（条号未核实）", " (article number not confirmed)"},
                 {"，条号未核实", ", article number not confirmed"},
                 {"、", ", "},
                 {"至", " to "},
                 {"（", " ("},
                 {"）", ")"}};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        size_t length = strlen(words[i].zh);
        if (strncmp(text, words[i].zh, length) != 0)
            continue;
        buf_put_text(out, words[i].en);
        return length;
    }
    return 0;
}

bool cite_put_english(struct buf *out, const char *cite)
{
    bool is_read = true;
    while (*cite) {
        size_t taken = put_numbered(out, cite);
        taken = taken ? taken : put_word(out, cite);
        is_read = is_read && taken;
        if (!taken)
            buf_put_char(out, *cite);
        cite += taken ? taken : 1;
    }
    return is_read;
}
