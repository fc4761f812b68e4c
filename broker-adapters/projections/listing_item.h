/*
 * listing_item - one row of the lists in memory; shared by the files of
 * listing_index alone.
 */
#ifndef YISONG_BROKER_ADAPTERS_LISTING_ITEM_H
#define YISONG_BROKER_ADAPTERS_LISTING_ITEM_H

#include "broker-adapters/projections/listing_index.h"
#include "broker-adapters/projections/shared_texts.h"

enum chain_kind { CHAIN_CODE, CHAIN_OTHER, CHAIN_NAME, CHAINS };

/* What many rows have in common is kept once. */
enum shared_text {
    SHARED_SUBJECT,
    SHARED_KIND,
    SHARED_TITLE,
    SHARED_AUTHORITY,
    SHARED_SENDER,
    SHARED_STOCK,
    SHAREDS
};

enum { ORGANISATION_FROM = 8, ORGANISATION_SIZE = 9, LETTER_SIZE = 16 };

struct item {
    struct item *next[CHAINS];
    const char *shared[SHAREDS];
    int64_t row;
    instant known_at;
    int32_t from, until, end; /* days; until, end INT32_MAX: open */
    unsigned char list;
    bool state_owned;
    unsigned char letter[LETTER_SIZE];
    struct digest digest;
    char texts[]; /* each ended by NUL, in the order of own_text */
};

/* A copy of the row; free() it. */
struct item *item_new(struct shared_texts *shared, const struct listing *row);

/* The hash by which a row hangs in a chain; false if it does not. */
bool item_hash(const struct item *item, enum chain_kind kind, uint64_t *hash);
bool listing_hash(const struct listing *row, enum chain_kind kind,
                  uint64_t *hash);

/* The hash under which what fits a key hangs. */
uint64_t listing_key_hash(const struct listing_key *key);

bool item_fits(const struct item *item, const struct listing_key *key);

/* The row again, its texts borrowed for the call. */
void item_show(const struct item *item,
               void (*use)(void *context, const struct listing *listing),
               void *context);

#endif
