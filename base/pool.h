/*
 * pool - worker threads for one kind of work: the same pure function over
 * every item of a batch.
 */
#ifndef YISONG_BASE_POOL_H
#define YISONG_BASE_POOL_H

#include <stddef.h>

#include "base/idiom.h"

struct pool;

/* A pool that works on `threads` cores, the caller's among them (1: alone). */
struct pool *pool_new(unsigned threads);
void pool_free(struct pool *pool);

/*
 * Calls work(context, i) once for each i below count, on all threads, and
 * returns when the last one has returned. The work of different items must
 * not touch the same things.
 */
void pool_run(struct pool *pool, size_t count,
              void (*work)(void *context, size_t item), void *context);

AUTO_POINTER(pool, pool_free)

#endif
