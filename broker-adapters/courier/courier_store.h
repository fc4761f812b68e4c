/*
 * courier_store - which packages were given out and which were taken in, by
 * number and partner. At an agency the tables stand in its mailbox, so that a
 * package is taken in the transaction that keeps its letters; at the centre
 * in a store of their own.
 *
 * Numbers of one direction and partner are 1, 2, 3, ... without a gap. A
 * number given out is used for ever, and its letters are in no other package.
 */
#ifndef YISONG_BROKER_ADAPTERS_COURIER_STORE_H
#define YISONG_BROKER_ADAPTERS_COURIER_STORE_H

#include "base/sql.h"
#include "broker-adapters/courier/cover.h"

/* Makes the tables that are missing. */
enum reason courier_store_open(struct sql *db, struct fault *why) MUST_CHECK;

/* --- given out ------------------------------------------------------------ */

/* Texts are borrowed until the next line. */
struct courier_given {
    const char *partner, *name; /* of the file */
    int64_t number, letters;
    instant made_at, confirmed_at; /* 0: not yet */
};

/* The number that the next package to this partner has. */
enum reason courier_next_number(struct sql *db, const char *partner,
                                int64_t *number, struct fault *why) MUST_CHECK;

/* Whether this row (of the mailbox, of the outbox) was given to the partner. */
enum reason courier_has_row(struct sql *db, const char *partner, int64_t row,
                            bool *has, struct fault *why) MUST_CHECK;
/* The last row given to this partner; 0 if none. */
enum reason courier_last_row(struct sql *db, const char *partner, int64_t *row,
                             struct fault *why) MUST_CHECK;

enum reason courier_give(struct sql *db, const struct courier_given *given,
                         const int64_t *rows, struct fault *why) MUST_CHECK;

/* The file of a package; R_NOT_FOUND if there was none with this number. Free
 * it. */
enum reason courier_file(struct sql *db, const char *partner, int64_t number,
                         char **name, struct fault *why) MUST_CHECK;

/* Which packages the partner has not confirmed. */
enum reason courier_unconfirmed(struct sql *db, const char *partner,
                                struct number_range *out, size_t *count,
                                struct fault *why) MUST_CHECK;

/*
 * The partner says which packages it has: newly confirmed ones are marked, and
 * `use` is called with the file of each. A number above ours means that this
 * store is older than what left it: numbering goes on behind it.
 */
enum reason courier_confirm(struct sql *db, const struct cover *word,
                            instant now,
                            void (*use)(void *context, const char *name),
                            void *context, struct fault *why) MUST_CHECK;

/* --- taken in --------------------------------------------------------------
 */

struct courier_taken {
    const char *partner;
    int64_t number, letters;
    struct digest sums;
    instant made_at, taken_at;
};

/* *found false if this number was not taken from the partner. */
enum reason courier_find_taken(struct sql *db, const char *partner,
                               int64_t number, struct courier_taken *out,
                               bool *found, struct fault *why) MUST_CHECK;
enum reason courier_take(struct sql *db, const struct courier_taken *taken,
                         struct fault *why) MUST_CHECK;

/* The numbers taken from the partner, at most COVER_RANGES_MAX ranges. */
enum reason courier_taken_ranges(struct sql *db, const char *partner,
                                 struct number_range *out, size_t *count,
                                 struct fault *why) MUST_CHECK;

/* How many packages were taken since the last one was given out: the partner
 * does not know of them. */
enum reason courier_unreported(struct sql *db, const char *partner,
                               int64_t *count, struct fault *why) MUST_CHECK;

/* --- looking ---------------------------------------------------------------
 */

/* Each partner, by id; free with courier_partners_free. */
enum reason courier_partners(struct sql *db, char ***out, size_t *count,
                             struct fault *why) MUST_CHECK;
void courier_partners_free(char **partners, size_t count);

/* Calls `use` for each package given to the partner, by number. */
enum reason courier_each_given(struct sql *db, const char *partner,
                               void (*use)(void *context,
                                           const struct courier_given *given),
                               void *context, struct fault *why) MUST_CHECK;
enum reason courier_each_taken(struct sql *db, const char *partner,
                               void (*use)(void *context,
                                           const struct courier_taken *taken),
                               void *context, struct fault *why) MUST_CHECK;

#endif
