/*
 * carrier - what the router needs of a transport: letters come in, are
 * settled when they are recorded, and letters go out and are confirmed. The
 * program wires it to RabbitMQ; tests wire it to memory and let its n-th call
 * fail.
 */
#ifndef YISONG_ROUTING_CARRIER_H
#define YISONG_ROUTING_CARRIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

/* A letter that came; all of it is owned by the batch. */
struct arrival {
    uint64_t tag;     /* for settle */
    char *user_id;    /* who the connection says it is; "" if it did not say */
    char *message_id; /* as the envelope says; not to be trusted */
    char *media_type;
    char *jws;
    char *body;
    size_t size;
    bool redelivered;
};

/* A letter that goes; borrowed until the call returns. */
struct departure {
    int64_t cookie; /* comes back when it is confirmed */
    const char *recipient;
    const char *message_id, *case_id, *type, *media_type, *jws;
    int64_t sequence;
    const void *body;
    size_t size;
};

enum carrier_verdict {
    CARRIER_CONFIRMED,
    CARRIER_REJECTED,
    CARRIER_UNROUTABLE
};

struct confirmation {
    int64_t cookie;
    enum carrier_verdict verdict;
};

struct carrier {
    void *self;

    /*
     * Waits up to `wait_ms` for the first letter, then takes what is there,
     * at most `most`. R_OK with *count 0 if there was none.
     */
    enum reason (*receive)(void *self, struct arrival *arrivals, size_t most,
                           int wait_ms, size_t *count, struct fault *why);

    /* All letters up to this tag are recorded: take them off the queue. */
    enum reason (*settle)(void *self, uint64_t tag, struct fault *why);

    /* Hands a letter over; how it ended comes from `confirmations`. */
    enum reason (*send)(void *self, const struct departure *departure,
                        struct fault *why);

    /* How many more letters may be handed over now; 0: wait. */
    size_t (*room)(void *self);

    /* What was confirmed since; does not wait. */
    enum reason (*confirmations)(void *self, struct confirmation *out,
                                 size_t most, size_t *count, struct fault *why);
};

void arrival_done(struct arrival *arrival);

#endif
