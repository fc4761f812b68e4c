/*
 * waiting - letters that wait in a publisher behind another of their order:
 * copies, in the order in which they were put.
 */
#ifndef YISONG_BROKER_ADAPTERS_WAITING_H
#define YISONG_BROKER_ADAPTERS_WAITING_H

#include "broker-adapters/publisher.h"

struct waiting {
    struct waiting *next;
    struct parcel parcel; /* its texts and body lie behind this struct */
    uint64_t order;
};

/* Appends a copy; free() it after taking it out of the list. */
void waiting_put(struct waiting **list, const struct parcel *parcel,
                 uint64_t order);

/* The first of this order before `end` (NULL: in the whole list), or NULL. */
const struct waiting *waiting_find(const struct waiting *list,
                                   const struct waiting *end, uint64_t order);

#endif
