/*
 * carrier_memory - a broker in memory: what is submitted waits in a queue
 * until the router has settled it, what the router hands over is confirmed at
 * once and heard by whoever listens.
 */
#ifndef YISONG_SIMULATION_CARRIER_MEMORY_H
#define YISONG_SIMULATION_CARRIER_MEMORY_H

#include "base/buf.h"
#include "routing/carrier.h"

struct carrier_memory;

/* `hear` is called for each letter that reaches an inbox; may be NULL. */
struct ear {
    void (*hear)(void *context, const struct departure *departure);
    void *context;
};

struct carrier_memory *carrier_memory_new(const struct ear *ear);
void carrier_memory_free(struct carrier_memory *memory);
AUTO_POINTER(carrier_memory, carrier_memory_free)

/* What the router is given; lives as long as `memory`. */
struct carrier carrier_memory_carrier(struct carrier_memory *memory);

/*
 * Puts a letter on the queue, as the user of a connection: JSON where there is
 * a `jws`, else XML. Copies.
 */
void carrier_memory_submit(struct carrier_memory *memory, const char *user,
                           const struct buf *body, const char *jws);

/* Letters that the router has not settled yet. */
size_t carrier_memory_waiting(const struct carrier_memory *memory);

#endif
