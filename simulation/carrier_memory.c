/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The queue is an array with three places: settled <= handed <= count. What
 * is settled is dropped when all of it is, so nothing is ever moved.
 */
#include "simulation/carrier_memory.h"

#include <stdlib.h>

#include "base/mem.h"

enum { NEWS_MAX = 256 };

struct carrier_memory {
    struct arrival *queue;
    size_t count, room, handed, settled;
    struct confirmation news[NEWS_MAX];
    size_t news_count;
    struct ear ear;
};

struct carrier_memory *carrier_memory_new(const struct ear *ear)
{
    struct carrier_memory *memory = mem_new(1, sizeof *memory);
    memory->ear = *ear;
    return memory;
}

void carrier_memory_free(struct carrier_memory *memory)
{
    if (!memory)
        return;
    for (size_t i = memory->handed; i < memory->count; i++)
        arrival_done(&memory->queue[i]);
    free(memory->queue);
    free(memory);
}

void carrier_memory_submit(struct carrier_memory *memory, const char *user,
                           const struct buf *body, const char *jws)
{
    if (memory->count == memory->room) {
        memory->room = 2 * memory->room + 64;
        memory->queue =
            mem_resize(memory->queue, memory->room, sizeof *memory->queue);
    }
    memory->queue[memory->count++] = (struct arrival){
        .user_id = mem_text(user),
        .media_type = mem_text(*jws ? "application/json" : "application/xml"),
        .message_id = mem_text(""),
        .jws = mem_text(jws),
        .body = mem_copy(body->bytes, body->size),
        .size = body->size,
    };
}

size_t carrier_memory_waiting(const struct carrier_memory *memory)
{
    return memory->count - memory->settled;
}

/* Hands over what it holds: the router frees it. */
static enum reason receive(void *self, struct arrival *arrivals, size_t most,
                           int wait_ms, size_t *count, struct fault *why)
{
    struct carrier_memory *memory = self;
    (void)wait_ms, (void)why;
    for (*count = 0; memory->handed < memory->count && *count < most;
         (*count)++) {
        arrivals[*count] = memory->queue[memory->handed++];
        arrivals[*count].tag = memory->handed;
    }
    return R_OK;
}

static enum reason settle(void *self, uint64_t tag, struct fault *why)
{
    struct carrier_memory *memory = self;
    (void)why;
    memory->settled = (size_t)tag;
    if (memory->settled == memory->count)
        memory->settled = memory->handed = memory->count = 0;
    return R_OK;
}

static enum reason send(void *self, const struct departure *departure,
                        struct fault *why)
{
    struct carrier_memory *memory = self;
    if (memory->news_count == NEWS_MAX)
        return fault(why, R_BROKER_DOWN, "more letters than there is room for");
    memory->news[memory->news_count++] = (struct confirmation){
        .cookie = departure->cookie, .verdict = CARRIER_CONFIRMED};
    if (memory->ear.hear)
        memory->ear.hear(memory->ear.context, departure);
    return R_OK;
}

static size_t room(void *self)
{
    const struct carrier_memory *memory = self;
    return NEWS_MAX - memory->news_count;
}

static enum reason confirmations(void *self, struct confirmation *out,
                                 size_t most, size_t *count, struct fault *why)
{
    struct carrier_memory *memory = self;
    (void)why;
    for (*count = 0; *count < most && memory->news_count > 0; (*count)++)
        out[*count] = memory->news[--memory->news_count];
    return R_OK;
}

struct carrier carrier_memory_carrier(struct carrier_memory *memory)
{
    return (struct carrier){
        .self = memory,
        .receive = receive,
        .settle = settle,
        .send = send,
        .room = room,
        .confirmations = confirmations,
    };
}
