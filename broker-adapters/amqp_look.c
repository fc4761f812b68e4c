/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A passive queue.declare: it needs no rights and changes nothing.
 */
#include "broker-adapters/amqp_look.h"

#include <sys/time.h>

#include <amqp.h>

#include "base/instant.h"
#include "broker-adapters/amqp_state.h"

enum reason amqp_look(struct amqp *amqp, const char *queue,
                      struct amqp_queue *out, struct fault *why)
{
    if (amqp->ended)
        return fault(why, R_BROKER_DOWN, "the connection has ended");
    const amqp_queue_declare_ok_t *told =
        amqp_queue_declare(amqp->link, AMQP_CHANNEL, amqp_cstring_bytes(queue),
                           1, 0, 0, 0, amqp_empty_table);
    amqp_rpc_reply_t reply = amqp_get_rpc_reply(amqp->link);
    TRY(amqp_check_reply(amqp, &reply, queue, why));
    *out = (struct amqp_queue){.letters = told->message_count,
                               .consumers = told->consumer_count};
    return R_OK;
}
