/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Waiting is done on both sockets at once, so that a confirm is heard while no
 * letter comes. What is delivered is copied: the batch outlives the event.
 */
#include "program/carrier_amqp.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "base/mem.h"
#include "broker-adapters/publisher.h"

enum {
    PREFETCH = 1000,
    WINDOW_LETTERS = 512,
    WINDOW_BYTES = 16 * 1024 * 1024,
    OUTCOMES_MAX = 256
};

struct carrier_amqp {
    struct amqp *consumer;
    struct publisher *publisher;
    char *agency;
};

static enum reason consume(struct carrier_amqp *link, int shards,
                           struct fault *why)
{
    for (int i = 0; i < shards; i++) {
        char queue[32];
        snprintf(queue, sizeof queue, "submit.%d", i);
        TRY(amqp_consume(link->consumer, queue, PREFETCH / shards, why));
    }
    return R_OK;
}

enum reason carrier_amqp_open(struct carrier_amqp **out,
                              const struct amqp_settings *settings,
                              const char *agency, int shards, struct fault *why)
{
    AUTO(carrier_amqp) struct carrier_amqp *link = mem_new(1, sizeof *link);
    link->agency = mem_text(agency);
    link->publisher = publisher_new(WINDOW_LETTERS, WINDOW_BYTES);
    TRY(publisher_open(link->publisher, settings, why));
    TRY(amqp_open(&link->consumer, settings, why));
    TRY(consume(link, shards, why));
    *out = TAKE(link);
    return R_OK;
}

void carrier_amqp_close(struct carrier_amqp *link)
{
    if (!link)
        return;
    amqp_close(link->consumer);
    publisher_free(link->publisher);
    free(link->agency);
    free(link);
}

/*
 * Who put a letter there: the user that the broker knows. What the centre
 * itself put there came by courier (yisong courier unpack), and the centre
 * vouches for whose package it was: nobody else can be its user.
 */
static const char *channel_of(const struct carrier_amqp *link,
                              const struct amqp_letter *letter)
{
    return strcmp(letter->user_id, link->agency) == 0 && *letter->courier
               ? letter->courier
               : letter->user_id;
}

static struct arrival arrival_of(const struct carrier_amqp *link,
                                 const struct amqp_event *event)
{
    const struct amqp_letter *letter = &event->letter;
    return (struct arrival){
        .tag = event->tag,
        .user_id = mem_text(channel_of(link, letter)),
        .message_id = mem_text(letter->message_id),
        .media_type = mem_text(letter->media_type),
        .jws = mem_text(letter->jws),
        .body = mem_copy(letter->body, letter->size),
        .size = letter->size,
        .redelivered = event->redelivered,
    };
}

/* Takes what is there. */
static enum reason drain(struct carrier_amqp *link, struct arrival *arrivals,
                         size_t most, size_t *count, struct fault *why)
{
    while (*count < most) {
        struct amqp_event event;
        TRY(amqp_next(link->consumer, 0, &event, why));
        if (event.kind == AMQP_IDLE)
            break;
        if (event.kind == AMQP_CANCELLED)
            return fault(why, R_BROKER_REFUSED, "a submit queue went away");
        if (event.kind == AMQP_DELIVERED)
            arrivals[(*count)++] = arrival_of(link, &event);
    }
    return R_OK;
}

static void wait_for_either(struct carrier_amqp *link, int wait_ms)
{
    struct pollfd sockets[] = {
        {.fd = amqp_descriptor(link->consumer), .events = POLLIN},
        {.fd = publisher_descriptor(link->publisher), .events = POLLIN},
    };
    (void)poll(sockets, COUNT_OF(sockets), wait_ms);
}

static enum reason receive(void *self, struct arrival *arrivals, size_t most,
                           int wait_ms, size_t *count, struct fault *why)
{
    struct carrier_amqp *link = self;
    *count = 0;
    TRY(drain(link, arrivals, most, count, why));
    if (*count > 0 || wait_ms == 0)
        return R_OK;
    TRY(publisher_pump(link->publisher, 0, why));
    if (!publisher_has_outcomes(link->publisher))
        wait_for_either(link, wait_ms);
    return drain(link, arrivals, most, count, why);
}

static enum reason settle(void *self, uint64_t tag, struct fault *why)
{
    struct carrier_amqp *link = self;
    return amqp_acknowledge(link->consumer, tag, true, why);
}

static enum reason send(void *self, const struct departure *departure,
                        struct fault *why)
{
    struct carrier_amqp *link = self;
    struct parcel parcel = {
        .letter = {.message_id = departure->message_id,
                   .case_id = departure->case_id,
                   .type = departure->type,
                   .media_type = departure->media_type,
                   .user_id = link->agency,
                   .jws = departure->jws,
                   .sequence = departure->sequence,
                   .body = departure->body,
                   .size = departure->size},
        .exchange = "deliver",
        .routing_key = departure->recipient,
        .cookie = departure->cookie,
    };
    return publisher_put(link->publisher, &parcel, why);
}

static size_t room(void *self)
{
    struct carrier_amqp *link = self;
    return publisher_room(link->publisher);
}

static enum reason confirmations(void *self, struct confirmation *out,
                                 size_t most, size_t *count, struct fault *why)
{
    static const enum carrier_verdict verdicts[] = {
        [PUBLISHER_CONFIRMED] = CARRIER_CONFIRMED,
        [PUBLISHER_REJECTED] = CARRIER_REJECTED,
        [PUBLISHER_UNROUTABLE] = CARRIER_UNROUTABLE,
    };
    struct carrier_amqp *link = self;
    struct outcome outcomes[OUTCOMES_MAX];
    TRY(publisher_pump(link->publisher, 0, why));
    TRY(publisher_check(link->publisher, instant_monotonic(), why));
    *count = publisher_outcomes(link->publisher, outcomes,
                                most < OUTCOMES_MAX ? most : OUTCOMES_MAX);
    for (size_t i = 0; i < *count; i++)
        out[i] = (struct confirmation){outcomes[i].cookie,
                                       verdicts[outcomes[i].verdict]};
    return R_OK;
}

struct carrier carrier_amqp_carrier(struct carrier_amqp *link)
{
    return (struct carrier){
        .self = link,
        .receive = receive,
        .settle = settle,
        .send = send,
        .room = room,
        .confirmations = confirmations,
    };
}
