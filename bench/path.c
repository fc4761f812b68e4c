/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The two ends of a path, each a thread with a connection of its own: a sender
 * with a bounded window of unconfirmed letters, a recipient that acknowledges
 * in batches, and one that drains the sender's receipts. The same ends serve
 * every path, so only what stands between them differs.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "bench/bench.h"

enum { PREFETCH = 1000, ACK_EVERY = 100 };

const struct path path_router = {.name = "router",
                                 .queue = "in.receiver",
                                 .recipient = "receiver",
                                 .has_receipts = true};
const struct path path_shovel = {.name = "shovel",
                                 .exchange = "bench.shovel",
                                 .routing_key = "",
                                 .queue = "bench.shovel.to",
                                 .recipient = "bench",
                                 .sender = "bench"};
const struct path path_mover = {.name = "mover",
                                .exchange = "bench.mover",
                                .routing_key = "",
                                .queue = "bench.mover.to",
                                .recipient = "bench",
                                .sender = "bench"};

struct run {
    const struct stage *stage;
    const struct path *path;
    const struct letters *letters;
    double interval; /* seconds between two letters; 0: as fast as may be */
    double *sent_at; /* per letter */
    double *latency; /* per letter, ms; NULL: not wanted */
    atomic_size_t arrived;
    atomic_bool draining;
    double last_arrival;
};

static void publish(struct run *run, struct amqp *amqp, size_t place)
{
    struct fault why = {0};
    char exchange[128];
    uint64_t tag;
    const struct letters *letters = run->letters;
    const struct ready_letter *letter = &letters->rows[place];
    const char *sender =
        run->path->sender ? run->path->sender : letters->kind->sender;
    snprintf(exchange, sizeof exchange, "out.%s", sender);
    struct amqp_letter out = {
        .message_id = letter->id,
        .case_id = letter->id,
        .type = "card-credit-push",
        .media_type = letters->kind->encoding == MESSAGE_XML
                          ? "application/xml"
                          : "application/json",
        .user_id = sender,
        .jws = letter->jws,
        .sequence = (int64_t)place + 1,
        .body = letter->bytes,
        .size = letter->size,
    };
    run->sent_at[place] = seconds_now();
    must(amqp_publish(amqp,
                      run->path->exchange ? run->path->exchange : exchange, "",
                      &out, &tag, &why),
         &why);
}

/*
 * Waits for confirms until fewer than `window` letters are unconfirmed. A
 * confirm of many may come after the confirm of a later one.
 */
static size_t await_window(struct amqp *amqp, size_t sent, size_t confirmed,
                           size_t window, int wait_ms)
{
    struct fault why = {0};
    struct amqp_event event;
    for (;;) {
        bool must_wait = sent - confirmed >= window;
        must(amqp_next(amqp, must_wait ? 1000 : wait_ms, &event, &why), &why);
        if (event.kind == AMQP_CONFIRMED)
            confirmed = event.tag > confirmed ? (size_t)event.tag : confirmed;
        else if (!must_wait)
            return confirmed;
    }
}

static void sleep_until(double when)
{
    double left = when - seconds_now();
    if (left <= 0)
        return;
    struct timespec pause = {(time_t)left,
                             (long)((left - (double)(time_t)left) * 1e9)};
    nanosleep(&pause, NULL);
}

static void *send_all(void *given)
{
    struct run *run = given;
    const struct path *path = run->path;
    struct amqp *amqp = stage_connect(
        run->stage, path->sender ? path->sender : run->letters->kind->sender);
    size_t confirmed = 0;
    double start = seconds_now();
    for (size_t i = 0; i < run->letters->count; i++) {
        if (run->interval > 0)
            sleep_until(start + (double)i * run->interval);
        publish(run, amqp, i);
        confirmed = await_window(amqp, i + 1, confirmed, WINDOW, 0);
    }
    await_window(amqp, run->letters->count, confirmed, 1, 0);
    amqp_close(amqp);
    return NULL;
}

static void note_arrival(struct run *run, const struct amqp_letter *letter,
                         size_t *expected)
{
    double now = seconds_now();
    run->last_arrival = now;
    if (!run->latency)
        return;
    const struct letters *letters = run->letters;
    for (size_t i = 0; i < letters->count; i++) {
        size_t place = (*expected + i) % letters->count;
        if (strcmp(letters->rows[place].id, letter->message_id) != 0)
            continue;
        run->latency[place] = (now - run->sent_at[place]) * 1000;
        *expected = place + 1;
        return;
    }
}

static void *receive_all(void *given)
{
    struct run *run = given;
    struct fault why = {0};
    struct amqp_event event;
    struct amqp *amqp = stage_connect(run->stage, run->path->recipient);
    must(amqp_consume(amqp, run->path->queue, PREFETCH, &why), &why);
    size_t expected = 0, unacknowledged = 0;
    while (atomic_load(&run->arrived) < run->letters->count) {
        must(amqp_next(amqp, 1000, &event, &why), &why);
        if (event.kind != AMQP_DELIVERED)
            continue;
        note_arrival(run, &event.letter, &expected);
        size_t count = atomic_fetch_add(&run->arrived, 1) + 1;
        if (++unacknowledged >= ACK_EVERY || count == run->letters->count ||
            run->interval > 0) {
            must(amqp_acknowledge(amqp, event.tag, true, &why), &why);
            unacknowledged = 0;
        }
    }
    amqp_close(amqp);
    return NULL;
}

/* Receipts of the exchange: taken and thrown away. */
static void *drain(void *given)
{
    struct run *run = given;
    struct fault why = {0};
    struct amqp_event event;
    char queue[128];
    snprintf(queue, sizeof queue, "in.%s", run->letters->kind->sender);
    struct amqp *amqp = stage_connect(run->stage, run->letters->kind->sender);
    must(amqp_consume(amqp, queue, PREFETCH, &why), &why);
    while (atomic_load(&run->draining)) {
        must(amqp_next(amqp, 50, &event, &why), &why);
        if (event.kind == AMQP_DELIVERED)
            must(amqp_acknowledge(amqp, event.tag, false, &why), &why);
    }
    amqp_close(amqp);
    return NULL;
}

static double go(struct run *run)
{
    pthread_t sender, recipient, drainer;
    run->sent_at = mem_new(run->letters->count, sizeof(double));
    atomic_store(&run->draining, true);
    pthread_create(&recipient, NULL, receive_all, run);
    if (run->path->has_receipts)
        pthread_create(&drainer, NULL, drain, run);
    pthread_create(&sender, NULL, send_all, run);
    pthread_join(sender, NULL);
    pthread_join(recipient, NULL);
    atomic_store(&run->draining, false);
    if (run->path->has_receipts)
        pthread_join(drainer, NULL);
    double seconds = run->last_arrival - run->sent_at[0];
    free(run->sent_at);
    return seconds;
}

double path_run(const struct stage *stage, const struct path *path,
                const struct letters *letters)
{
    struct run run = {.stage = stage, .path = path, .letters = letters};
    return go(&run);
}

void path_pace(const struct stage *stage, const struct path *path,
               const struct letters *letters, double per_second,
               double *latencies)
{
    struct run run = {.stage = stage,
                      .path = path,
                      .letters = letters,
                      .interval = 1 / per_second,
                      .latency = latencies};
    (void)go(&run);
}
