/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Three chains lead to a row. The code chain hangs on the nine symbols of the
 * organisation, which a credit code holds at places 9 to 17, so that either
 * finds the other.
 *
 * Invariant: after a refresh the index holds exactly the rows of the two lists
 * that had not ended as of the last change, or end on a later day than the one
 * on which that became known; `change` is the number of that change.
 */
#include "broker-adapters/projections/listing_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "broker-adapters/projections/listing_item.h"

enum { BUCKETS_FIRST = 1024 };

struct chain {
    struct item **buckets;
    size_t size, count; /* size is a power of two */
};

struct listing_index {
    struct sql *mailbox;
    struct chain chains[CHAINS];
    struct shared_texts shared;
    size_t count;
    int64_t change, version, last_row;
    bool loaded;
};

/* --- chains ----------------------------------------------------------------
 */

static struct item **bucket_of(const struct chain *chain, uint64_t hash)
{
    return &chain->buckets[hash & (chain->size - 1)];
}

static void grow(struct chain *chain, enum chain_kind kind)
{
    struct chain bigger = {.size =
                               chain->size ? chain->size * 2 : BUCKETS_FIRST,
                           .count = chain->count};
    bigger.buckets = mem_new(bigger.size, sizeof(struct item *));
    for (size_t i = 0; i < chain->size; i++)
        while (chain->buckets[i]) {
            uint64_t hash = 0;
            struct item *item = chain->buckets[i];
            chain->buckets[i] = item->next[kind];
            (void)item_hash(item, kind, &hash);
            item->next[kind] = *bucket_of(&bigger, hash);
            *bucket_of(&bigger, hash) = item;
        }
    free(chain->buckets);
    *chain = bigger;
}

static void hang(struct listing_index *index, struct item *item)
{
    for (int kind = 0; kind < CHAINS; kind++) {
        struct chain *chain = &index->chains[kind];
        uint64_t hash;
        if (!item_hash(item, (enum chain_kind)kind, &hash))
            continue;
        if (chain->count >= chain->size)
            grow(chain, (enum chain_kind)kind);
        struct item **bucket = bucket_of(chain, hash);
        item->next[kind] = *bucket;
        *bucket = item;
        chain->count++;
    }
    index->count++;
}

/* Takes the row out of every chain that the texts lead to. */
static void take_off(struct listing_index *index, const struct listing *row)
{
    struct item *found = NULL;
    for (int kind = 0; kind < CHAINS; kind++) {
        struct chain *chain = &index->chains[kind];
        uint64_t hash;
        if (chain->size == 0 ||
            !listing_hash(row, (enum chain_kind)kind, &hash))
            continue;
        struct item **link = bucket_of(chain, hash);
        while (*link && (*link)->row != row->row)
            link = &(*link)->next[kind];
        if (!*link)
            continue;
        found = *link;
        *link = found->next[kind];
        chain->count--;
    }
    index->count -= found != NULL;
    free(found);
}

/* --- keeping up ------------------------------------------------------------
 */

/* A removal may be decided for a day to come. */
static bool ends_later(const struct listing *row)
{
    struct civil_day end;
    return *row->end && civil_day_parse(row->end_on, &end) &&
           civil_day_number(end) >
               civil_day_number(civil_day_of(row->end_known_at));
}

static void load(void *context, const struct listing *row)
{
    struct listing_index *index = context;
    index->last_row = row->row;
    if (!*row->end || ends_later(row))
        hang(index, item_new(&index->shared, row));
}

/* A row that the load has seen already is not hung twice. */
static void apply(void *context, const struct listing_change *change)
{
    struct listing_index *index = context;
    index->change = change->number;
    if (change->ended) {
        take_off(index, &change->listing);
        if (ends_later(&change->listing))
            hang(index, item_new(&index->shared, &change->listing));
    } else if (change->listing.row > index->last_row) {
        index->last_row = change->listing.row;
        hang(index, item_new(&index->shared, &change->listing));
    }
}

static enum reason get_version(struct sql *mailbox, int64_t *version,
                               struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox, "PRAGMA data_version", SQL_NO_VALUES, &rows, why));
    *version = sql_next(rows) ? sql_integer(rows, 0) : 0;
    return sql_check(rows, why);
}

/* The number first: what is written meanwhile is read again as a change. */
static enum reason load_all(struct listing_index *index, struct fault *why)
{
    struct listing_query query = {.lists = LISTING_BLACKLIST, .history = true};
    TRY(listing_last_change(index->mailbox, &index->change, why));
    TRY(listing_each(index->mailbox, &query, load, index, why));
    index->loaded = true;
    return R_OK;
}

static void clear(struct listing_index *index)
{
    struct chain *names = &index->chains[CHAIN_NAME];
    for (size_t i = 0; i < names->size; i++)
        while (names->buckets[i]) {
            struct item *item = names->buckets[i];
            names->buckets[i] = item->next[CHAIN_NAME];
            free(item);
        }
    for (int kind = 0; kind < CHAINS; kind++) {
        free(index->chains[kind].buckets);
        index->chains[kind] = (struct chain){0};
    }
    shared_texts_done(&index->shared);
    index->count = 0;
    index->change = index->last_row = 0;
}

enum reason listing_index_refresh(struct listing_index *index,
                                  struct fault *why)
{
    int64_t version;
    TRY(get_version(index->mailbox, &version, why));
    if (index->loaded && version == index->version)
        return R_OK;
    if (!index->loaded) {
        clear(index);
        TRY(load_all(index, why));
    }
    TRY(listing_changes(index->mailbox, index->change, LISTING_BLACKLIST, -1,
                        apply, index, why));
    index->version = version;
    return R_OK;
}

struct listing_index *listing_index_new(struct sql *mailbox)
{
    struct listing_index *index = mem_new(1, sizeof *index);
    index->mailbox = mailbox;
    return index;
}

void listing_index_free(struct listing_index *index)
{
    if (!index)
        return;
    clear(index);
    free(index);
}

size_t listing_index_count(const struct listing_index *index)
{
    return index->count;
}

int64_t listing_index_change(const struct listing_index *index)
{
    return index->change;
}

/* --- finding ---------------------------------------------------------------
 */

static bool holds(const struct item *item, int64_t day)
{
    return item->from <= day && day <= item->until && day < item->end;
}

size_t listing_index_find(const struct listing_index *index,
                          const struct listing_key *key, int64_t day,
                          void (*use)(void *context,
                                      const struct listing *listing),
                          void *context)
{
    static const enum chain_kind chains[] = {[LISTING_KEY_CODE] = CHAIN_CODE,
                                             [LISTING_KEY_ORGANISATION] =
                                                 CHAIN_CODE,
                                             [LISTING_KEY_OTHER] = CHAIN_OTHER,
                                             [LISTING_KEY_NAME] = CHAIN_NAME};
    enum chain_kind kind = chains[key->kind];
    const struct chain *chain = &index->chains[kind];
    size_t count = 0;
    if (chain->size == 0)
        return 0;
    const struct item *item = *bucket_of(chain, listing_key_hash(key));
    for (; item; item = item->next[kind])
        if (holds(item, day) && item_fits(item, key)) {
            count++;
            if (use)
                item_show(item, use, context);
        }
    return count;
}
