/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Threads take the next item from an atomic counter until none is left; the
 * last to finish wakes the caller. Small batches are done by the caller
 * alone: waking a thread costs more than a letter.
 */
#include "base/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"

enum { ALONE_BELOW = 4 };

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t start, finish;
    pthread_t *threads;
    unsigned count;   /* threads besides the caller */
    unsigned working; /* threads that have not finished the batch */
    unsigned batch;   /* number of the present batch */
    bool stopping;
    void (*work)(void *context, size_t item);
    void *context;
    size_t items;
    atomic_size_t next;
};

static void take_items(struct pool *pool)
{
    size_t item;
    while ((item = atomic_fetch_add(&pool->next, 1)) < pool->items)
        pool->work(pool->context, item);
}

static void *worker_run(void *given)
{
    struct pool *pool = given;
    unsigned seen = 0;
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (pool->batch == seen && !pool->stopping)
            pthread_cond_wait(&pool->start, &pool->lock);
        if (pool->stopping)
            break;
        seen = pool->batch;
        pthread_mutex_unlock(&pool->lock);
        take_items(pool);
        pthread_mutex_lock(&pool->lock);
        if (--pool->working == 0)
            pthread_cond_signal(&pool->finish);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

struct pool *pool_new(unsigned threads)
{
    struct pool *pool = mem_new(1, sizeof *pool);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->start, NULL);
    pthread_cond_init(&pool->finish, NULL);
    pool->threads = mem_new(threads, sizeof *pool->threads);
    while (pool->count + 1 < threads &&
           pthread_create(&pool->threads[pool->count], NULL, worker_run,
                          pool) == 0)
        pool->count++;
    return pool;
}

void pool_free(struct pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->start);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->count; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_mutex_destroy(&pool->lock);
    pthread_cond_destroy(&pool->start);
    pthread_cond_destroy(&pool->finish);
    free(pool->threads);
    free(pool);
}

void pool_run(struct pool *pool, size_t count,
              void (*work)(void *context, size_t item), void *context)
{
    pool->work = work;
    pool->context = context;
    pool->items = count;
    atomic_store(&pool->next, 0);
    if (pool->count == 0 || count < ALONE_BELOW) {
        take_items(pool);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    pool->working = pool->count;
    pool->batch++;
    pthread_cond_broadcast(&pool->start);
    pthread_mutex_unlock(&pool->lock);
    take_items(pool);
    pthread_mutex_lock(&pool->lock);
    while (pool->working > 0)
        pthread_cond_wait(&pool->finish, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}
