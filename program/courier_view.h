/*
 * courier_view - how the courier commands tell of packages, in words and as
 * JSON.
 */
#ifndef YISONG_PROGRAM_COURIER_VIEW_H
#define YISONG_PROGRAM_COURIER_VIEW_H

#include "broker-adapters/courier/courier_store.h"

/* What stands between us and one partner. */
struct courier_balance {
    struct number_range unconfirmed[COVER_RANGES_MAX];
    struct number_range taken[COVER_RANGES_MAX];
    struct number_range missing[COVER_RANGES_MAX + 1];
    size_t unconfirmed_count, taken_count, missing_count;
};
enum reason courier_balance_read(struct courier_balance *out, struct sql *db,
                                 const char *partner,
                                 struct fault *why) MUST_CHECK;

/* Lines for what a person must do: what is missing, what is not confirmed. */
void courier_balance_tell(const struct courier_balance *balance,
                          const char *partner);

/* ,"unconfirmed":"2 4-5","missing":"3" inside a JSON object. */
void courier_balance_put(const struct courier_balance *balance,
                         struct buf *out);

#endif
