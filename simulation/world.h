/*
 * world - a whole exchange in one process: an authority with its agencies and
 * their keys, the real router over a real ledger, a broker in memory, and a
 * clock that stands still until it is set. Nothing of the router is replaced:
 * letters are signed, examined, decided, logged and delivered as always.
 *
 *     world_open -> (world_set_clock, world_submit, world_settle)* -> close
 *
 * One world at a time: the router's clock is a plain function.
 */
#ifndef YISONG_SIMULATION_WORLD_H
#define YISONG_SIMULATION_WORLD_H

#include "routing/router.h"
#include "simulation/carrier_memory.h"
#include "simulation/letter_make.h"

/* All borrowed until world_open returns; procedures until world_close. */
struct world_plan {
    const struct agency *agencies; /* the exchange comes by itself */
    size_t agency_count;
    size_t sm2_count; /* so many of them, the last ones, sign with SM2 */
    const struct procedures *procedures;
    const char *ledger;   /* a new file; NULL: one that is thrown away */
    const char *registry; /* a new folder that keeps it; NULL: none */
    instant opened;
    unsigned threads;
    struct ear ear;
};

struct world;

/* R_EXISTS for a ledger that is there already. */
enum reason world_open(struct world **out, const struct world_plan *plan,
                       struct fault *why) MUST_CHECK;
void world_close(struct world *world);
AUTO_POINTER(world, world_close)

/* Never backwards. */
void world_set_clock(struct world *world, instant now);
instant world_clock(const struct world *world);

/* The key of an agency; borrowed. NULL if there is no such agency. */
const struct signing_key *world_key(const struct world *world,
                                    const char *agency);

void world_submit(struct world *world, const char *user,
                  const struct sealed *sealed);

/* Turns of the router until all is decided, delivered and marked. */
enum reason world_settle(struct world *world, struct fault *why) MUST_CHECK;

/* The next instant at which a clock of the law wants the router; INT64_MAX. */
enum reason world_next_due(struct world *world, instant *out,
                           struct fault *why) MUST_CHECK;

struct ledger *world_ledger(struct world *world);
const struct registry *world_registry(const struct world *world);
struct pool *world_pool(struct world *world);
struct router_counts world_counts(const struct world *world);

#endif
