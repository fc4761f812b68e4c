/*
 * receiving - one letter that came from the exchange: verified here, whatever
 * the exchange says of it, kept, and put in its place.
 */
#ifndef YISONG_BROKER_ADAPTERS_RECEIVING_H
#define YISONG_BROKER_ADAPTERS_RECEIVING_H

#include "base/instant.h"
#include "broker-adapters/adapter/desk.h"
#include "broker-adapters/mailbox/quarantine.h"

enum receiving {
    RECEIVING_KEPT,       /* a new letter */
    RECEIVING_REPEAT,     /* here already */
    RECEIVING_QUARANTINED /* not to be trusted; nothing was done with it */
};

/*
 * Works in the caller's transaction; after its commit the letter may be
 * acknowledged. Only RETRY reasons come out: what is wrong with the letter
 * itself puts it into quarantine.
 */
enum reason receiving_take(const struct desk *desk, const struct unjudged *came,
                           instant now, enum receiving *outcome,
                           struct fault *why) MUST_CHECK;

/*
 * Judges again what is in quarantine because the registry did not know its
 * sender or certificate; *released counts what is trusted now.
 */
enum reason receiving_judge_again(const struct desk *desk, instant now,
                                  int *released, struct fault *why) MUST_CHECK;

#endif
