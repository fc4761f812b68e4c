/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/projections/shared_texts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { SIZE_FIRST = 64 };

uint64_t text_hash(const char *text, size_t size)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    return hash ^ hash >> 32;
}

/* The slot of the text, or the empty one where it belongs. */
static char **slot_of(const struct shared_texts *texts, const char *text)
{
    size_t at = text_hash(text, strlen(text)) & (texts->size - 1);
    while (texts->slots[at] && strcmp(texts->slots[at], text) != 0)
        at = (at + 1) & (texts->size - 1);
    return &texts->slots[at];
}

static void grow(struct shared_texts *texts)
{
    struct shared_texts bigger = {.size = texts->size ? texts->size * 2
                                                      : SIZE_FIRST,
                                  .count = texts->count};
    bigger.slots = mem_new(bigger.size, sizeof *bigger.slots);
    for (size_t i = 0; i < texts->size; i++)
        if (texts->slots[i])
            *slot_of(&bigger, texts->slots[i]) = texts->slots[i];
    free(texts->slots);
    *texts = bigger;
}

const char *shared_texts_keep(struct shared_texts *texts, const char *text)
{
    if (texts->count * 2 >= texts->size)
        grow(texts);
    char **slot = slot_of(texts, text);
    if (!*slot) {
        *slot = mem_text(text);
        texts->count++;
    }
    return *slot;
}

void shared_texts_done(struct shared_texts *texts)
{
    for (size_t i = 0; i < texts->size; i++)
        free(texts->slots[i]);
    free(texts->slots);
    *texts = (struct shared_texts){0};
}
