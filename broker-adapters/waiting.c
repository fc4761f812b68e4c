/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * One allocation per letter: the struct, then its texts and its body.
 */
#include "broker-adapters/waiting.h"

#include <string.h>

#include "base/mem.h"

static size_t text_size(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

static const char *copy(char **free_place, const void *bytes, size_t size)
{
    if (!bytes)
        return NULL;
    char *place = *free_place;
    memcpy(place, bytes, size);
    *free_place += size;
    return place;
}

void waiting_put(struct waiting **list, const struct parcel *parcel,
                 uint64_t order)
{
    enum { TEXTS = 9 };
    struct parcel kept = *parcel;
    struct amqp_letter *letter = &kept.letter;
    const char **texts[TEXTS] = {
        &kept.exchange,   &kept.routing_key, &letter->message_id,
        &letter->case_id, &letter->type,     &letter->media_type,
        &letter->user_id, &letter->jws,      &letter->courier};
    size_t size = sizeof(struct waiting) + letter->size;
    for (size_t i = 0; i < TEXTS; i++)
        size += text_size(*texts[i]);

    struct waiting *one = mem_new(1, size);
    char *free_place = (char *)(one + 1);
    for (size_t i = 0; i < TEXTS; i++)
        *texts[i] = copy(&free_place, *texts[i], text_size(*texts[i]));
    letter->body = copy(&free_place, letter->body, letter->size);
    one->parcel = kept;
    one->order = order;

    while (*list)
        list = &(*list)->next;
    *list = one;
}

const struct waiting *waiting_find(const struct waiting *list,
                                   const struct waiting *end, uint64_t order)
{
    for (; list && list != end; list = list->next)
        if (list->order == order)
            return list;
    return NULL;
}
