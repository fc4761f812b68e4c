/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A text is read once. Where a digit begins a run, the run is gathered: its
 * digits in any writing, over single separators. What the run is, a table of
 * kinds asks in order.
 */
#include "base/mask.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/io.h"
#include "base/mask_number.h"
#include "base/mem.h"

enum { RUN_MAX = 40, GAP_MAX = 2 };

/* The digits of one run, and where each stands in the text. */
struct run {
    char digits[RUN_MAX + 1]; /* '0'-'9', 'X' only as the last one */
    size_t at[RUN_MAX], size[RUN_MAX];
    size_t count;
    size_t end; /* behind the last digit */
};

/* '0'-'9', 'X', ' ' for what may stand between digits, 0 for the rest. */
static char meaning(uint32_t character)
{
    static const uint32_t crosses[] = {'X',    'x',    0xFF38, 0xFF58, 0xD7,
                                       0x0425, 0x0445, 0x2169, 0x2179};
    static const uint32_t gaps[] = {' ',    '-',    0xA0,   0x3000, 0xFF0D,
                                    0x200B, 0x2010, 0x2011, 0x2012, 0x2013,
                                    0x2014, 0x2212, 0xFEFF};
    if (character >= '0' && character <= '9')
        return (char)character;
    if (character >= 0xFF10 && character <= 0xFF19)
        return (char)('0' + (character - 0xFF10));
    for (size_t i = 0; i < COUNT_OF(crosses); i++)
        if (character == crosses[i])
            return 'X';
    for (size_t i = 0; i < COUNT_OF(gaps); i++)
        if (character == gaps[i])
            return ' ';
    return 0;
}

static bool is_letter(uint32_t character)
{
    return (character >= 'A' && character <= 'Z') ||
           (character >= 'a' && character <= 'z') || character == '_' ||
           (character >= 0xFF21 && character <= 0xFF3A) ||
           (character >= 0xFF41 && character <= 0xFF5A);
}

static size_t read_at(const char *text, size_t size, size_t at,
                      uint32_t *character)
{
    *character = 0;
    if (at >= size)
        return 0;
    size_t length = utf8_read(text + at, size - at, character);
    if (length == 0) {
        *character = 0xFFFD;
        return 1;
    }
    return length;
}

static void take(struct run *run, char digit, size_t at, size_t size)
{
    run->digits[run->count] = digit;
    run->at[run->count] = at;
    run->size[run->count] = size;
    run->count++;
    run->digits[run->count] = '\0';
    run->end = at + size;
}

/* The run that begins at a digit. */
static void gather(const char *text, size_t size, size_t at, struct run *run)
{
    uint32_t character;
    size_t length, gaps = 0;
    run->count = 0;
    for (; (length = read_at(text, size, at, &character)) > 0; at += length) {
        char digit = meaning(character);
        if (digit == ' ' && gaps < GAP_MAX) {
            gaps++;
            continue;
        }
        if (!digit || digit == ' ' || run->count == RUN_MAX)
            return;
        gaps = 0;
        take(run, digit, at, length);
        if (digit == 'X')
            return;
    }
}

/* --- finding -------------------------------------------------------------- */

struct text {
    char *bytes;
    size_t size;
    size_t read, written; /* what is kept moves to the front */
    uint32_t before[2];   /* the characters before `at`, nearest first */
};

static bool is_sign(uint32_t character)
{
    char digit = meaning(character);
    return is_letter(character) || (digit && digit != ' ');
}

/* "NC-13812345678" is a name; so is what a decimal point goes on with. */
static bool is_bound(uint32_t nearest, uint32_t next)
{
    bool links = nearest == '-' || nearest == '.';
    return is_sign(nearest) || (links && is_sign(next));
}

static bool is_alone(const struct text *text, const struct run *run,
                     size_t from, size_t end)
{
    uint32_t after[2] = {0, 0};
    size_t length = read_at(text->bytes, text->size, end, &after[0]);
    read_at(text->bytes, text->size, end + length, &after[1]);
    bool goes_on = is_sign(after[0]) || (after[0] == '.' && is_sign(after[1]));
    if (from == 0)
        return !goes_on && !is_bound(text->before[0], text->before[1]);
    size_t gap = run->at[from - 1] + run->size[from - 1];
    return !goes_on && text->bytes[gap] != '-';
}

static bool has_gap(const struct run *run, size_t digit)
{
    return digit == 0 || digit == run->count ||
           run->at[digit - 1] + run->size[digit - 1] < run->at[digit];
}

static bool is_joined(const struct run *run, size_t from, size_t count)
{
    for (size_t i = from + 1; i < from + count; i++)
        if (has_gap(run, i))
            return true;
    return false;
}

static const struct number_kind *kind_of(const struct text *text,
                                         const struct run *run, size_t from,
                                         size_t count)
{
    size_t last = from + count - 1;
    const char *cross = memchr(run->digits + from, 'X', count - 1);
    bool whole = has_gap(run, from) && has_gap(run, from + count);
    struct place place = {
        .digits = run->digits + from,
        .count = count,
        .alone =
            whole && is_alone(text, run, from, run->at[last] + run->size[last]),
        .joined = is_joined(run, from, count),
    };
    return cross ? NULL : number_kind_of(&place);
}

/* The longest number that begins at this digit; its size, 0 for none. */
static size_t find(const struct text *text, const struct run *run, size_t from,
                   const struct number_kind **kind)
{
    size_t most = run->count - from;
    for (size_t count = most < NUMBER_LONGEST ? most : NUMBER_LONGEST;
         count >= NUMBER_SHORTEST; count--)
        if ((*kind = kind_of(text, run, from, count)))
            return count;
    return 0;
}

/* --- hiding --------------------------------------------------------------- */

static void keep_until(struct text *text, size_t end)
{
    size_t size = end - text->read;
    memmove(text->bytes + text->written, text->bytes + text->read, size);
    text->written += size;
    text->read = end;
}

static void hide(struct text *text, const struct run *run, size_t from,
                 const struct number_kind *kind, size_t count)
{
    size_t first = from + kind->head, last = from + count - kind->tail;
    keep_until(text, run->at[first]);
    for (size_t i = first; i < last; i++)
        text->bytes[text->written++] = '*';
    text->read = run->at[last];
}

/* Hides what is in the run that begins here; returns where to go on. */
static size_t look(struct text *text, size_t at)
{
    struct run run;
    const struct number_kind *kind = NULL;
    gather(text->bytes, text->size, at, &run);
    size_t from = 0;
    for (size_t count; from < run.count; from += count) {
        if (run.count == RUN_MAX && from + CITIZEN_ID_SIZE > RUN_MAX)
            break;
        count = find(text, &run, from, &kind);
        if (count)
            hide(text, &run, from, kind, count);
        else
            count = 1;
    }
    text->before[0] = text->before[1] = '0';
    return from < run.count ? run.at[from] : run.end;
}

char *mask_text(char *bytes)
{
    struct text text = {.bytes = bytes, .size = strlen(bytes)};
    uint32_t character;
    size_t length;
    for (size_t at = 0;
         (length = read_at(bytes, text.size, at, &character)) > 0;) {
        char digit = meaning(character);
        if (digit >= '0' && digit <= '9') {
            at = look(&text, at);
            continue;
        }
        text.before[1] = text.before[0];
        text.before[0] = character;
        at += length;
    }
    keep_until(&text, text.size);
    bytes[text.written] = '\0';
    return bytes;
}

void mask_put(struct buf *out, const char *text)
{
    AUTO(text) char *copy = mem_text(text);
    buf_put_text(out, mask_text(copy));
}

void mask_put_json(struct buf *out, const char *text)
{
    AUTO(text) char *copy = mem_text(text);
    buf_put_json(out, mask_text(copy));
}

void mask_put_name(struct buf *out, const char *name)
{
    static const char *const doubles[] = {"欧阳", "司马", "上官", "诸葛",
                                          "东方", "皇甫", "尉迟", "公孙",
                                          "慕容", "司徒", "令狐", "夏侯"};
    uint32_t first;
    size_t size = utf8_read(name, strlen(name), &first);
    for (size_t i = 0; i < COUNT_OF(doubles); i++)
        if (strncmp(name, doubles[i], strlen(doubles[i])) == 0)
            size = strlen(doubles[i]);
    buf_put(out, name, size);
    buf_put_text(out, *name ? "**" : "");
}
