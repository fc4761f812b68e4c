/*
 * amqp_look - what the broker tells of a queue without touching it.
 */
#ifndef YISONG_BROKER_ADAPTERS_AMQP_LOOK_H
#define YISONG_BROKER_ADAPTERS_AMQP_LOOK_H

#include "broker-adapters/amqp.h"

struct amqp_queue {
    int64_t letters, consumers;
};

/* R_BROKER_REFUSED if there is none; then the connection has ended. */
enum reason amqp_look(struct amqp *amqp, const char *queue,
                      struct amqp_queue *out, struct fault *why) MUST_CHECK;

#endif
