/*
 * listing_index - cards and punishment lists in memory, for answers in
 * microseconds: found by credit code, organisation code, registration number
 * or name.
 *
 * It is never behind a commit: before an answer listing_index_refresh asks the
 * store, at the cost of one word of shared memory, whether anybody wrote since,
 * and reads what changed. It belongs to one thread and its connection.
 */
#ifndef YISONG_BROKER_ADAPTERS_LISTING_INDEX_H
#define YISONG_BROKER_ADAPTERS_LISTING_INDEX_H

#include "base/buf.h"
#include "broker-adapters/mailbox/listing.h"

struct listing_index;

/* What is on the blacklist, as bits of a query. */
enum { LISTING_BLACKLIST = 1u << LISTING_CARD | 1u << LISTING_PUNISHMENT };

/* Empty; the first refresh reads everything. `mailbox` is borrowed. */
struct listing_index *listing_index_new(struct sql *mailbox);
void listing_index_free(struct listing_index *index);
AUTO_POINTER(listing_index, listing_index_free)

enum reason listing_index_refresh(struct listing_index *index,
                                  struct fault *why) MUST_CHECK;

/* Rows in it, and the number of the last change that it holds. */
size_t listing_index_count(const struct listing_index *index);
int64_t listing_index_change(const struct listing_index *index);

/* What is asked for, in the normal form that listing_key makes of a text. */
enum listing_key_kind {
    LISTING_KEY_CODE,         /* a credit code of 18 symbols */
    LISTING_KEY_ORGANISATION, /* an organisation code of 9 */
    LISTING_KEY_OTHER,        /* a registration number of 15 digits */
    LISTING_KEY_NAME
};

struct listing_key {
    enum listing_key_kind kind;
    struct buf text;
};
void listing_key_done(struct listing_key *key);
AUTO_VALUE(listing_key, listing_key_done)

/*
 * Reads a code as people write it: full-width, lower case, with blanks and
 * hyphens. R_BAD_FIELD and R_AMBIGUOUS as field_check.
 */
enum reason listing_key_code(struct listing_key *out, const char *text,
                             struct fault *why) MUST_CHECK;

/* A name, compared without blanks, width and kinds of brackets. R_BAD_FIELD if
 * it is empty. */
enum reason listing_key_name(struct listing_key *out, const char *text,
                             struct fault *why) MUST_CHECK;

/*
 * Calls `use` for each row that holds on the day (civil_day_number); gives how
 * many. A row with an organisation code alone is found by the credit code that
 * holds it. Texts are borrowed for the call; text and parent_case are not kept
 * here.
 */
size_t listing_index_find(const struct listing_index *index,
                          const struct listing_key *key, int64_t day,
                          void (*use)(void *context,
                                      const struct listing *listing),
                          void *context);

#endif
