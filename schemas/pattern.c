/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Compiles a pattern into a row of pieces and matches by trying: a piece is an
 * atom with its least and most number of repeats; an atom is a set of
 * characters or a group of alternatives, each again a row of pieces. Patterns
 * come from our own schema, so their cost is known; sets (most of all atoms)
 * repeat without recursion.
 */
#include "schemas/pattern.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/mem.h"

enum { REPEATS_MAX = 100000 };

struct range {
    uint32_t from, to;
};

/* A set of characters; the first 128 are looked up in the bits. */
struct set {
    bool negated;
    bool is_ascii; /* names no character beyond ASCII */
    uint32_t ascii[4];
    struct range *ranges;
    size_t count;
};

struct piece {
    size_t least, most;
    struct set set;     /* the atom, unless it is a group */
    struct row *choice; /* alternatives of a group, NULL-ended, or NULL */
    struct piece *next;
};

struct row {
    struct piece *first;
    struct row *next; /* the other alternative */
};

struct pattern {
    struct row *rows;
};

struct reader {
    const char *at;
    const char *text;
    struct fault *why;
};

static enum reason wrong(const struct reader *reader, const char *what)
{
    return fault(reader->why, R_BAD_SETTINGS, "pattern '%s' at %zu: %s",
                 reader->text, (size_t)(reader->at - reader->text), what);
}

static uint32_t next_character(const char **at)
{
    uint32_t character = 0;
    size_t length = utf8_read(*at, 4, &character); /* stops at the NUL */
    *at += length;
    return length ? character : 0;
}

static enum reason read_character(struct reader *reader, uint32_t *character)
{
    if (*reader->at != '\\') {
        *character = next_character(&reader->at);
        return *character ? R_OK : wrong(reader, "unexpected end");
    }
    static const char controls[] = {['t'] = '\t', ['n'] = '\n', ['r'] = '\r'};
    unsigned char name = (unsigned char)reader->at[1];
    if (name < sizeof controls && controls[name])
        *character = (uint32_t)controls[name];
    else if (name && strchr("\\.[](){}|?*+-^", name))
        *character = name;
    else
        return wrong(reader, "unknown escape");
    reader->at += 2;
    return R_OK;
}

static void set_add(struct set *set, uint32_t from, uint32_t to)
{
    for (uint32_t c = from; c <= to && c < 128; c++)
        set->ascii[c / 32] |= UINT32_C(1) << (c % 32);
    set->is_ascii = (set->count == 0 || set->is_ascii) && to < 128;
    set->ranges = mem_resize(set->ranges, set->count + 1, sizeof *set->ranges);
    set->ranges[set->count++] = (struct range){from, to};
}

static bool set_has_far(const struct set *set, const char *text)
{
    uint32_t c = next_character(&text);
    for (size_t i = 0; i < set->count; i++)
        if (c >= set->ranges[i].from && c <= set->ranges[i].to)
            return !set->negated;
    return set->negated;
}

/* Whether the character that begins here is in the set. */
static bool set_has(const struct set *set, const char *text)
{
    unsigned char c = (unsigned char)*text;
    if (c < 128)
        return ((set->ascii[c / 32] >> (c % 32)) & 1) != set->negated;
    return set->is_ascii ? set->negated : set_has_far(set, text);
}

static const char *behind_character(const char *text)
{
    do
        text++;
    while (((unsigned char)*text & 0xC0) == 0x80);
    return text;
}

static enum reason read_class(struct reader *reader, struct set *set)
{
    reader->at++;
    if (*reader->at == '^') {
        set->negated = true;
        reader->at++;
    }
    while (*reader->at != ']') {
        uint32_t from, to;
        TRY(read_character(reader, &from));
        to = from;
        if (reader->at[0] == '-' && reader->at[1] != ']') {
            reader->at++;
            TRY(read_character(reader, &to));
        }
        if (to < from)
            return wrong(reader, "range the wrong way round");
        set_add(set, from, to);
    }
    reader->at++;
    return R_OK;
}

static enum reason read_number(struct reader *reader, size_t *number)
{
    char *end;
    if (*reader->at < '0' || *reader->at > '9')
        return wrong(reader, "number expected");
    *number = strtoul(reader->at, &end, 10);
    reader->at = end;
    return *number <= REPEATS_MAX ? R_OK : wrong(reader, "too many repeats");
}

static enum reason read_braces(struct reader *reader, struct piece *piece)
{
    reader->at++;
    TRY(read_number(reader, &piece->least));
    piece->most = piece->least;
    if (*reader->at == ',') {
        reader->at++;
        TRY(read_number(reader, &piece->most));
    }
    if (*reader->at != '}' || piece->most < piece->least)
        return wrong(reader, "bad repeat");
    reader->at++;
    return R_OK;
}

static enum reason read_repeat(struct reader *reader, struct piece *piece)
{
    piece->least = piece->most = 1;
    if (*reader->at == '{')
        return read_braces(reader, piece);
    if (*reader->at == '?' || *reader->at == '*')
        piece->least = 0;
    if (*reader->at == '*' || *reader->at == '+')
        piece->most = SIZE_MAX;
    if (*reader->at && strchr("?*+", *reader->at))
        reader->at++;
    return R_OK;
}

static enum reason read_rows(struct reader *reader, struct row **rows);

static enum reason read_group(struct reader *reader, struct row **rows)
{
    reader->at++;
    TRY(read_rows(reader, rows));
    if (*reader->at != ')')
        return wrong(reader, "')' expected");
    reader->at++;
    return R_OK;
}

static enum reason read_piece(struct reader *reader, struct piece *piece)
{
    if (*reader->at == '(') {
        TRY(read_group(reader, &piece->choice));
    } else if (*reader->at == '[') {
        TRY(read_class(reader, &piece->set));
    } else if (strchr("?*+{}]^$.", *reader->at)) {
        return wrong(reader, "outside the pattern language");
    } else {
        uint32_t character;
        TRY(read_character(reader, &character));
        set_add(&piece->set, character, character);
    }
    return read_repeat(reader, piece);
}

static enum reason read_rows(struct reader *reader, struct row **rows)
{
    for (;;) {
        struct row *row = *rows = mem_new(1, sizeof *row);
        struct piece **end = &row->first;
        while (*reader->at && !strchr("|)", *reader->at)) {
            *end = mem_new(1, sizeof **end);
            TRY(read_piece(reader, *end));
            end = &(*end)->next;
        }
        if (*reader->at != '|')
            return R_OK;
        reader->at++;
        rows = &row->next;
    }
}

/* What must still match once the pieces in hand are through. */
struct rest {
    const struct piece *piece; /* to be repeated or passed, may be NULL */
    size_t done;               /* repeats of it so far */
    const char *from;          /* where the latest repeat began */
    const struct rest *next;   /* NULL: the text must end */
};

static bool match(const struct piece *piece, size_t done, const char *text,
                  const struct rest *rest);

static bool match_rest(const char *text, const struct rest *rest)
{
    if (!rest)
        return *text == '\0';
    if (text == rest->from) /* an empty repeat brings nothing new */
        return match(rest->piece->next, 0, text, rest->next);
    return match(rest->piece, rest->done, text, rest->next);
}

/* As many as there are, then fewer and fewer. */
static bool match_set(const struct piece *piece, const char *text,
                      const struct rest *rest)
{
    const char *at = text;
    size_t count = 0;
    while (count < piece->most && *at && set_has(&piece->set, at)) {
        at = behind_character(at);
        count++;
    }
    for (; count >= piece->least; count--) {
        if (match(piece->next, 0, at, rest))
            return true;
        if (count == 0)
            break;
        do
            at--;
        while (((unsigned char)*at & 0xC0) == 0x80);
    }
    return false;
}

static bool match_group(const struct piece *piece, size_t done,
                        const char *text, const struct rest *rest)
{
    const struct rest again = {piece, done + 1, text, rest};
    if (done < piece->most)
        for (const struct row *row = piece->choice; row; row = row->next)
            if (match(row->first, 0, text, &again))
                return true;
    return done >= piece->least && match(piece->next, 0, text, rest);
}

static bool match(const struct piece *piece, size_t done, const char *text,
                  const struct rest *rest)
{
    if (!piece)
        return match_rest(text, rest);
    if (piece->choice)
        return match_group(piece, done, text, rest);
    return match_set(piece, text, rest);
}

bool pattern_matches(const struct pattern *pattern, const char *text)
{
    for (const struct row *row = pattern->rows; row; row = row->next)
        if (match(row->first, 0, text, NULL))
            return true;
    return false;
}

enum reason pattern_new(struct pattern **out, const char *text,
                        struct fault *why)
{
    AUTO(pattern) struct pattern *pattern = mem_new(1, sizeof *pattern);
    struct reader reader = {.at = text, .text = text, .why = why};
    TRY(read_rows(&reader, &pattern->rows));
    if (*reader.at)
        return wrong(&reader, "')' without '('");
    *out = TAKE(pattern);
    return R_OK;
}

static void rows_free(struct row *row)
{
    while (row) {
        struct row *behind = row->next;
        while (row->first) {
            struct piece *piece = row->first;
            row->first = piece->next;
            rows_free(piece->choice);
            free(piece->set.ranges);
            free(piece);
        }
        free(row);
        row = behind;
    }
}

void pattern_free(struct pattern *pattern)
{
    if (!pattern)
        return;
    rows_free(pattern->rows);
    free(pattern);
}
