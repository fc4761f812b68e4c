/*
 * amqp_state - what the three amqp_*.c files share: one connection as they see
 * it. Nobody else includes this; the face is amqp.h.
 *
 *   amqp_connect.c  TLS, login, the library's replies as reasons, close
 *   amqp_event.c    frames become events
 *   amqp.c          publish, consume, wait, acknowledge
 */
#ifndef YISONG_BROKER_ADAPTERS_AMQP_STATE_H
#define YISONG_BROKER_ADAPTERS_AMQP_STATE_H

#include "base/buf.h"
#include "broker-adapters/amqp.h"

struct amqp_connection_state_t_; /* rabbitmq-c's own name */
struct amqp_frame_t_;
struct amqp_rpc_reply_t_;

enum {
    AMQP_CHANNEL = 1,
    AMQP_SHORT_MAX = 255,            /* AMQP's own limit for a short string */
    AMQP_BODY_MAX = 8 * 1024 * 1024, /* twice what the broker lets through */
    AMQP_JWS_MAX = 16384,            /* a longer header is taken as missing */
    AMQP_SHORT_TEXTS = 6,            /* the texts of a letter beside the jws */
    AMQP_TEXTS_ROOM = AMQP_SHORT_TEXTS * (AMQP_SHORT_MAX + 1) + AMQP_JWS_MAX + 1
};

/* What the next frame on the channel must be. */
enum amqp_awaited { AWAITED_METHOD, AWAITED_HEADER, AWAITED_BODY };

struct amqp {
    struct amqp_connection_state_t_ *link;
    bool ended; /* failed or closed: only amqp_close is left */
    int heartbeat_ms;
    int64_t heard_at; /* monotonic; the broker spoke then or later */
    uint64_t published;
    int peer_verdict; /* X509_V_*: why the broker's certificate was refused */
    int alert;        /* the last one that the broker sent, 0: none */
    bool is_at_login; /* TLS is up, the broker has not let us in yet */

    struct amqp_event letter; /* being put together from frames */
    enum amqp_awaited awaited;
    size_t expected; /* bytes of the body */
    bool skips_body;
    struct buf body; /* only for bodies of several frames */
    size_t texts_used;
    char texts[AMQP_TEXTS_ROOM];
};

/* Ends the connection with what the library's status says. */
enum reason amqp_broken(struct amqp *amqp, int status, const char *doing,
                        struct fault *why) MUST_CHECK;

/* Ends the connection with what the broker's channel.close or
 * connection.close says. */
enum reason amqp_refused(struct amqp *amqp, uint32_t method,
                         const void *decoded, struct fault *why) MUST_CHECK;

/* Judges the reply to a synchronous call. */
enum reason amqp_check_reply(struct amqp *amqp,
                             const struct amqp_rpc_reply_t_ *reply,
                             const char *doing, struct fault *why) MUST_CHECK;

/* Takes one frame; *complete when it made an event. */
enum reason amqp_take_frame(struct amqp *amqp,
                            const struct amqp_frame_t_ *frame,
                            struct amqp_event *event, bool *complete,
                            struct fault *why) MUST_CHECK;

#endif
