/*
 * carrier_amqp - the router's carrier (routing/carrier.h) on RabbitMQ: one
 * connection that consumes the submit queues, one that publishes to the inbox
 * queues. Two, because a broker that is short of memory blocks those who
 * publish and must not block those who consume.
 */
#ifndef YISONG_PROGRAM_CARRIER_AMQP_H
#define YISONG_PROGRAM_CARRIER_AMQP_H

#include "broker-adapters/amqp.h"
#include "routing/carrier.h"

struct carrier_amqp;

/* Connects twice and consumes submit.0 ... submit.(shards - 1). */
enum reason carrier_amqp_open(struct carrier_amqp **out,
                              const struct amqp_settings *settings,
                              const char *agency, int shards,
                              struct fault *why) MUST_CHECK;
void carrier_amqp_close(struct carrier_amqp *link);
AUTO_POINTER(carrier_amqp, carrier_amqp_close)

/* Its functions; `link` must outlive it. */
struct carrier carrier_amqp_carrier(struct carrier_amqp *link);

#endif
