/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Lists of words in one piece of memory: the pointers, and behind them the
 * text that they point into.
 */
#include "routing/words.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static size_t count_words(const char *text)
{
    size_t count = 0;
    for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
        count++;
        text += strcspn(text, " ");
    }
    return count;
}

struct words words_parse(const char *text)
{
    struct words words = {0};
    words.count = text ? count_words(text) : 0;
    if (words.count == 0)
        return words;
    size_t pointers = words.count * sizeof(char *);
    words.items = mem_new(1, pointers + strlen(text) + 1);
    char *rest = (char *)words.items + pointers;
    memcpy(rest, text, strlen(text));
    for (size_t i = 0; i < words.count; i++) {
        rest += strspn(rest, " ");
        words.items[i] = rest;
        rest += strcspn(rest, " ");
        if (*rest)
            *rest++ = '\0';
    }
    return words;
}

void words_done(struct words *words)
{
    free(words->items);
    *words = (struct words){0};
}

bool words_has(const struct words *words, const char *word)
{
    for (size_t i = 0; word && i < words->count; i++)
        if (strcmp(words->items[i], word) == 0)
            return true;
    return false;
}

bool words_meet(const struct words *a, const struct words *b)
{
    for (size_t i = 0; i < a->count; i++)
        if (words_has(b, a->items[i]))
            return true;
    return false;
}

bool words_begin(const struct words *words, const char *text)
{
    for (size_t i = 0; i < words->count; i++)
        if (strncmp(text, words->items[i], strlen(words->items[i])) == 0)
            return true;
    return false;
}
