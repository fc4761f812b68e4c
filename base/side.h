/*
 * side - a thread beside the main loop, for work that waits for others: it
 * has a bell to be woken by, and is told to stop. Signals stay with the main
 * thread.
 */
#ifndef YISONG_BASE_SIDE_H
#define YISONG_BASE_SIDE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/fault.h"

struct side {
    pthread_t thread;
    bool started, has_bell;
    int bell; /* eventfd */
    atomic_bool stop;
};

/* Starts work(context), which returns soon after side->stop is set. Begin with
 * {0}; after side_stop it may be started again. */
enum reason side_start(struct side *side, void (*work)(void *context),
                       void *context, struct fault *why) MUST_CHECK;

/* Wakes side_rest; from any thread, until side_close. */
void side_ring(struct side *side);

/* The thread itself: sleeps until the bell, `descriptor` (-1: none) or the
 * time. */
void side_rest(struct side *side, int descriptor, int wait_ms);

/* Tells it to stop and waits for it; nothing to do if it was not started. */
void side_stop(struct side *side);
/* The same, and the bell is gone. */
void side_close(struct side *side);

#endif
