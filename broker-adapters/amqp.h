/*
 * amqp - one connection to RabbitMQ: only the amqp*.c files know rabbitmq-c.
 *
 * It turns the library's three-way replies into reasons, keeps heartbeats when
 * idle, never lets a publish wait without limit (rabbitmq-c 0.11 would), and
 * gives everything that can happen as one event at a time. TLS with a client
 * certificate and SASL EXTERNAL only. One thread.
 *
 * After any failure (class RETRY) the connection is dead: close it and open a
 * new one after amqp_backoff. What was not confirmed must be sent again by
 * whoever keeps it.
 */
#ifndef YISONG_BROKER_ADAPTERS_AMQP_H
#define YISONG_BROKER_ADAPTERS_AMQP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

struct amqp;

struct amqp_settings {
    const char *host; /* name or address in the broker's certificate */
    int port;
    const char *vhost;
    const char *ca_path, *certificate_path, *key_path; /* PEM */
    int heartbeat_seconds;                             /* 0: 20 */
};

/* Connects, logs in, opens a channel with publisher confirms. Blocks up to
 * 10 s. R_BROKER_DOWN, R_BROKER_REFUSED, R_BAD_KEY. */
enum reason amqp_open(struct amqp **out, const struct amqp_settings *settings,
                      struct fault *why) MUST_CHECK;
void amqp_close(struct amqp *amqp);
AUTO_POINTER(amqp, amqp_close)

/* A letter as the broker sees it. Texts NULL or "" are left out. */
struct amqp_letter {
    const char *message_id;
    const char *case_id; /* correlation-id: the consistent hash reads it */
    const char *type;
    const char *media_type; /* content-type */
    const char *user_id;    /* set by the sender, checked by RabbitMQ */
    const char *jws;        /* header "jws" */
    const char *courier;    /* header "courier": whose package it came in */
    int64_t sequence;       /* header "sequence"; 0: left out */
    const void *body;
    size_t size;
    bool is_passing; /* need not outlive the broker: its sender asks again */
};

/* Asks for up to `prefetch` unacknowledged letters of a queue. */
enum reason amqp_consume(struct amqp *amqp, const char *queue, int prefetch,
                         struct fault *why) MUST_CHECK;

/*
 * Publishes persistent (unless it is passing) and mandatory; `tag` counts 1, 2,
 * 3, ... per connection. Returned before the broker answers: the confirm is an
 * event. R_TOO_LARGE for a property above 255 bytes; the connection goes on.
 */
enum reason amqp_publish(struct amqp *amqp, const char *exchange,
                         const char *routing_key,
                         const struct amqp_letter *letter, uint64_t *tag,
                         struct fault *why) MUST_CHECK;

enum amqp_event_kind {
    AMQP_IDLE,      /* nothing within the time given */
    AMQP_DELIVERED, /* a letter; borrowed until the next amqp call */
    AMQP_CONFIRMED, /* tag, and with `multiple` all before it */
    AMQP_REJECTED,  /* basic.nack: send again after a short wait */
    AMQP_RETURNED,  /* no queue took it (message_id says which); a confirm
                       follows all the same */
    AMQP_BLOCKED,   /* the broker takes no more: publish nothing */
    AMQP_UNBLOCKED,
    AMQP_CANCELLED /* the queue was deleted or moved: consume again */
};

struct amqp_event {
    enum amqp_event_kind kind;
    uint64_t tag; /* delivery or publish tag */
    bool multiple;
    bool redelivered;
    /* AMQP_DELIVERED: texts are never NULL, a body above 8 MiB comes empty;
     * AMQP_RETURNED: message_id */
    struct amqp_letter letter;
};

/*
 * Waits up to `wait_ms` (0: not at all) for the next event and keeps the
 * heartbeat. Never waits longer than a third of the heartbeat.
 */
enum reason amqp_next(struct amqp *amqp, int wait_ms, struct amqp_event *event,
                      struct fault *why) MUST_CHECK;

/* Done with a delivery (`multiple`: and all before it). */
enum reason amqp_acknowledge(struct amqp *amqp, uint64_t tag, bool multiple,
                             struct fault *why) MUST_CHECK;

/* Gives it back to the queue (counted by its delivery limit). */
enum reason amqp_give_back(struct amqp *amqp, uint64_t tag,
                           struct fault *why) MUST_CHECK;

/* The socket, for poll(2) beside other things; read amqp_next(…, 0) first. */
int amqp_descriptor(const struct amqp *amqp);

/* 0.2 s, doubling to 30 s, with up to half of it at random; in ms. */
int amqp_backoff(int failures_in_a_row);

#endif
