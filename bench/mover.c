/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The bare mover: takes letters off one queue and publishes them to another,
 * with the same connection code as the router and nothing of its work. What a
 * router with no questions would do.
 */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

#include "bench/bench.h"
#include "broker-adapters/publisher.h"

static pthread_t thread;
static atomic_bool running;

struct mover {
    struct amqp *in;
    struct publisher *out;
    uint64_t confirmed; /* letters whose outcome is known */
};

static void move(struct mover *mover, const struct amqp_event *event)
{
    struct fault why = {0};
    struct parcel parcel = {.letter = event->letter,
                            .exchange = "bench.moved",
                            .routing_key = "",
                            .cookie = (int64_t)event->tag,
                            .is_unordered = true};
    parcel.letter.user_id = "bench";
    must(publisher_put(mover->out, &parcel, &why), &why);
}

static void settle(struct mover *mover)
{
    struct fault why = {0};
    struct outcome outcomes[256];
    must(publisher_pump(mover->out, 0, &why), &why);
    size_t count = publisher_outcomes(mover->out, outcomes, 256);
    for (size_t i = 0; i < count; i++)
        if (outcomes[i].cookie > (int64_t)mover->confirmed)
            mover->confirmed = (uint64_t)outcomes[i].cookie;
    if (count > 0)
        must(amqp_acknowledge(mover->in, mover->confirmed, true, &why), &why);
}

static void turn(struct mover *mover)
{
    struct fault why = {0};
    struct amqp_event event = {.kind = AMQP_DELIVERED};
    while (event.kind == AMQP_DELIVERED && publisher_room(mover->out) > 0) {
        must(amqp_next(mover->in, 0, &event, &why), &why);
        if (event.kind == AMQP_DELIVERED)
            move(mover, &event);
    }
    settle(mover);
    struct pollfd sockets[] = {
        {.fd = amqp_descriptor(mover->in), .events = POLLIN},
        {.fd = publisher_descriptor(mover->out), .events = POLLIN}};
    (void)poll(sockets, 2, 50);
}

static void *run(void *given)
{
    const struct stage *stage = given;
    char paths[3][512];
    struct fault why = {0};
    struct amqp_settings settings = stage_settings(stage, "bench", paths);
    struct mover mover = {.in = stage_connect(stage, "bench"),
                          .out = publisher_new(WINDOW, 16 * 1024 * 1024)};
    must(publisher_open(mover.out, &settings, &why), &why);
    must(amqp_consume(mover.in, "bench.mover.from", WINDOW, &why), &why);
    while (atomic_load(&running))
        turn(&mover);
    amqp_close(mover.in);
    publisher_free(mover.out);
    return NULL;
}

void mover_start(const struct stage *stage)
{
    atomic_store(&running, true);
    pthread_create(&thread, NULL, run, (void *)stage);
}

void mover_stop(void)
{
    atomic_store(&running, false);
    pthread_join(thread, NULL);
}
