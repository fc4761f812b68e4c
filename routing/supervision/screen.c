/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A condition that hangs on a location path is false where the path finds
 * nothing, if it is false of an empty letter: so it is enough to know when the
 * path can find nothing. That is so where no element has one of its names, or
 * where none of those has a text that a predicate wants to be contained.
 */
#include "routing/supervision/screen.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

/* --- reading a condition ----------------------------------------------------
 */

static bool take(const char **rest, const char *text)
{
    size_t length = strlen(text);
    if (strncmp(*rest, text, length) != 0)
        return false;
    *rest += length;
    return true;
}

static size_t name_length(const char *text)
{
    return strspn(text, "abcdefghijklmnopqrstuvwxyz"
                        "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
}

static bool take_name(const char **rest, struct buf *names)
{
    size_t length;
    if (!take(rest, "m:") || (length = name_length(*rest)) == 0)
        return false;
    buf_put(names, *rest, length);
    buf_put_char(names, ' ');
    *rest += length;
    return true;
}

/* Up to the ']' that belongs to the '[' before; NULL if there is none. */
static const char *end_of_predicate(const char *text)
{
    int depth = 1;
    char quote = '\0';
    for (; *text; text++) {
        if (quote)
            quote = *text == quote ? '\0' : quote;
        else if (*text == '\'' || *text == '"')
            quote = *text;
        else if (*text == '[')
            depth++;
        else if (*text == ']' && --depth == 0)
            return text;
    }
    return NULL;
}

/* self::m:reason or self::m:facts */
static bool read_selves(const char *text, const char *end, struct buf *names)
{
    do {
        if (!take(&text, "self::") || !take_name(&text, names))
            return false;
    } while (take(&text, " or "));
    return text == end;
}

/*
 * contains(., 'x') or contains(m:pollutant, 'y'); *is_all: nothing but the
 * first form, of single words.
 */
static bool read_contained(const char *text, const char *end,
                           struct buf *literals, bool *is_all)
{
    AUTO(buf) struct buf children = {0};
    do {
        if (!take(&text, "contains(") ||
            (!take(&text, ".") && !take_name(&text, &children)) ||
            !take(&text, ", '"))
            return false;
        size_t length = strcspn(text, "'");
        *is_all = *is_all && children.size == 0 && length > 0 &&
                  !memchr(text, ' ', length);
        buf_put(literals, text, length);
        buf_put_char(literals, ' ');
        text += length;
        if (!take(&text, "')"))
            return false;
    } while (take(&text, " or "));
    return text == end;
}

static void read_predicate(struct screen *screen, const char *text,
                           const char *end, struct buf *names)
{
    AUTO(buf) struct buf selves = {0}, literals = {0};
    if (names->size == 0 && read_selves(text, end, &selves))
        buf_put(names, selves.bytes, selves.size);
    else if (screen->group_count < SCREEN_GROUPS_MAX &&
             read_contained(text, end, &literals, &screen->is_all))
        screen->groups[screen->group_count++] =
            words_parse(buf_text(&literals));
    else
        screen->is_all = false;
}

/* The first of these outside of brackets and quotes, or the end. */
static const char *find_outside(const char *text, const char *word)
{
    int depth = 0;
    char quote = '\0';
    for (; *text; text++) {
        if (quote)
            quote = *text == quote ? '\0' : quote;
        else if (*text == '\'' || *text == '"')
            quote = *text;
        else if (*text == '[' || *text == '(')
            depth++;
        else if (*text == ']' || *text == ')')
            depth--;
        else if (depth <= 0 && strncmp(text, word, strlen(word)) == 0)
            break;
    }
    return text;
}

/*
 * Whether all hangs on the path: it is compared with something, and what else
 * there may be is asked besides, not instead.
 */
static bool is_needed(const char *rest)
{
    AUTO(buf) struct buf first = {0};
    buf_put(&first, rest, (size_t)(find_outside(rest, " and ") - rest));
    return !*find_outside(rest, " or ") && !*find_outside(rest, "|") &&
           !strstr(buf_text(&first), "//") && !strstr(buf_text(&first), "not(");
}

static bool is_false_of_nothing(const char *xpath)
{
    AUTO(document) struct document *empty =
        document_new(MESSAGE_NAMESPACE, "message");
    AUTO(condition) struct condition *condition = NULL;
    return condition_new(&condition, xpath, NULL) == R_OK &&
           !condition_holds(condition, empty);
}

struct screen screen_of(const char *xpath)
{
    struct screen screen = {.is_all = true};
    AUTO(buf) struct buf names = {0};
    const char *rest = xpath;
    (void)take(&rest, "sum(");
    if (!take(&rest, "//") || (!take(&rest, "*") && !take_name(&rest, &names)))
        return screen;
    while (take(&rest, "[")) {
        const char *end = end_of_predicate(rest);
        if (!end)
            break;
        read_predicate(&screen, rest, end, &names);
        rest = end + 1;
    }
    if (is_needed(rest) && is_false_of_nothing(xpath))
        screen.names = words_parse(buf_text(&names));
    screen.is_all = screen.is_all && *rest == '\0' && xpath[0] == '/';
    return screen;
}

void screen_done(struct screen *screen)
{
    words_done(&screen->names);
    for (size_t i = 0; i < screen->group_count; i++)
        words_done(&screen->groups[i]);
}

/* --- a letter ---------------------------------------------------------------
 */

void screened_read(struct screened *out, const struct element *root,
                   const struct words *names)
{
    const struct element *child = element_first(root, NULL);
    for (; child; child = element_next(child, NULL)) {
        if (words_has(names, element_name(child))) {
            if (out->count == out->room) {
                out->room = 2 * out->room + 16;
                out->elements =
                    mem_resize(out->elements, out->room, sizeof *out->elements);
            }
            out->elements[out->count++] = child;
        }
        screened_read(out, child, names);
    }
}

void screened_done(struct screened *screened)
{
    free(screened->elements);
}

static void put_text(const struct element *element, struct buf *out)
{
    const struct element *child = element_first(element, NULL);
    if (!child)
        buf_put_text(out, element_text(element));
    for (; child; child = element_next(child, NULL))
        put_text(child, out);
}

static bool contains_one(const char *text, const struct words *literals)
{
    for (size_t i = 0; i < literals->count; i++)
        if (strstr(text, literals->items[i]))
            return true;
    return false;
}

static bool has_texts(const struct screen *screen,
                      const struct element *element)
{
    AUTO(buf) struct buf text = {0};
    if (screen->group_count > 0)
        put_text(element, &text);
    for (size_t i = 0; i < screen->group_count; i++)
        if (!contains_one(buf_text(&text), &screen->groups[i]))
            return false;
    return true;
}

enum screen_verdict screen_judge(const struct screen *screen,
                                 const struct screened *screened)
{
    enum screen_verdict verdict = SCREEN_NO;
    if (screen->names.count == 0)
        return SCREEN_ASK;
    for (size_t i = 0; i < screened->count; i++) {
        const struct element *element = screened->elements[i];
        if (!words_has(&screen->names, element_name(element)) ||
            !has_texts(screen, element))
            continue;
        if (screen->is_all && !element_first(element, NULL))
            return SCREEN_YES;
        verdict = SCREEN_ASK;
    }
    return verdict;
}
