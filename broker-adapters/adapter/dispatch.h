/*
 * dispatch - queued letters from the mailbox to the broker, through the window
 * of a publisher. A letter leaves the state "queued" when the broker confirmed
 * it; whatever happens before, it is sent again.
 */
#ifndef YISONG_BROKER_ADAPTERS_DISPATCH_H
#define YISONG_BROKER_ADAPTERS_DISPATCH_H

#include "base/instant.h"
#include "broker-adapters/adapter/desk.h"
#include "broker-adapters/publisher.h"

enum { DISPATCH_LETTERS = 256, DISPATCH_BYTES = 8 * 1024 * 1024 };

/* Start with {0}. */
struct dispatch {
    int64_t after;    /* rows up to here were handed to the publisher */
    size_t in_flight; /* of them, those without an outcome */
    bool again;       /* some must go again: when none is in flight */
    int64_t pause;    /* nothing before this (monotonic) */
};

/* There may be new letters, or all of them must go anew. */
void dispatch_restart(struct dispatch *dispatch);

/*
 * Hands over what the window takes. Reads the mailbox only; *sent counts
 * letters. After a failure of the broker the publisher is closed.
 */
enum reason dispatch_send(struct dispatch *dispatch, const struct desk *desk,
                          struct publisher *publisher, int64_t monotonic,
                          int *sent, struct fault *why) MUST_CHECK;

/* Marks what was confirmed, in one transaction. */
enum reason dispatch_settle(struct dispatch *dispatch, const struct desk *desk,
                            struct publisher *publisher, instant now,
                            int64_t monotonic, struct fault *why) MUST_CHECK;

#endif
