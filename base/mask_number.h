/*
 * mask_number - what a row of digits is: an identity number, a bank card, a
 * telephone number, or nothing that is hidden. Private to mask.c.
 */
#ifndef YISONG_BASE_MASK_NUMBER_H
#define YISONG_BASE_MASK_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

enum { NUMBER_SHORTEST = 10, NUMBER_LONGEST = 19, CITIZEN_ID_SIZE = 18 };

/* Digits of a run that may be a number of their own. */
struct place {
    const char *digits; /* '0'-'9', 'X' only as the last one */
    size_t count;
    bool alone;  /* nothing touches it that would make it part of a name */
    bool joined; /* there are separators in it */
};

struct number_kind {
    bool (*is)(const struct place *place);
    size_t head, tail; /* digits that stay */
};

/* NULL: nothing that is hidden. */
const struct number_kind *number_kind_of(const struct place *place);

#endif
