/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Letters out and events in, over one open connection.
 *
 * rabbitmq-c 0.11 reads from the socket without limit, inside a publish, when
 * nothing was heard for two heartbeats. So this file keeps its own account of
 * when the broker last spoke (never later than the library's) and publishes
 * only while the library's limit cannot have passed, or while there is
 * something to read. Its memory for frames is given back at every turn.
 */
#include "broker-adapters/amqp.h"

#include <poll.h>
#include <string.h>
#include <sys/time.h>

#include <amqp.h>

#include "base/digest.h"
#include "base/instant.h"
#include "broker-adapters/amqp_state.h"

enum { BACKOFF_FIRST = 200, BACKOFF_MOST = 30000 };

static enum reason check_open(const struct amqp *amqp, struct fault *why)
{
    if (!amqp->ended)
        return R_OK;
    return fault(why, R_BROKER_DOWN, "the connection has ended");
}

/* False at the end of the time and at a signal. */
static bool has_input(const struct amqp *amqp, int wait_ms)
{
    struct pollfd socket = {.fd = amqp_get_sockfd(amqp->link),
                            .events = POLLIN};
    return poll(&socket, 1, wait_ms) == 1;
}

/* See the head of this file. A broker that lives speaks twice in a heartbeat.
 */
static enum reason check_alive(struct amqp *amqp, struct fault *why)
{
    int64_t silence = instant_monotonic() - amqp->heard_at;
    if (silence < amqp->heartbeat_ms || has_input(amqp, 0) ||
        silence < amqp->heartbeat_ms * 3 / 2)
        return R_OK;
    return amqp_broken(amqp, AMQP_STATUS_HEARTBEAT_TIMEOUT, "publish", why);
}

static bool is_given(const char *text)
{
    return text && *text;
}

static enum reason check_texts(const struct amqp_letter *letter,
                               struct fault *why)
{
    const char *texts[AMQP_SHORT_TEXTS] = {
        letter->message_id, letter->case_id, letter->type,
        letter->media_type, letter->user_id, letter->courier};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (is_given(texts[i]) && strlen(texts[i]) > AMQP_SHORT_MAX)
            return fault(why, R_TOO_LARGE, "a property of %zu bytes",
                         strlen(texts[i]));
    if (is_given(letter->jws) && strlen(letter->jws) > AMQP_JWS_MAX)
        return fault(why, R_TOO_LARGE, "a signature of %zu bytes",
                     strlen(letter->jws));
    return R_OK;
}

static void set_text(amqp_basic_properties_t *properties, amqp_flags_t flag,
                     amqp_bytes_t *member, const char *text)
{
    if (!is_given(text))
        return;
    properties->_flags |= flag;
    *member = amqp_cstring_bytes(text);
}

enum { PASSING = 1, PERSISTENT = 2, HEADERS_MAX = 3 };

static amqp_table_entry_t text_header(const char *name, const char *text)
{
    return (amqp_table_entry_t){
        .key = amqp_cstring_bytes(name),
        .value = {.kind = AMQP_FIELD_KIND_UTF8,
                  .value.bytes = amqp_cstring_bytes(text)}};
}

static int set_headers(amqp_table_entry_t headers[HEADERS_MAX],
                       const struct amqp_letter *letter)
{
    int count = 0;
    if (is_given(letter->jws))
        headers[count++] = text_header("jws", letter->jws);
    if (is_given(letter->courier))
        headers[count++] = text_header("courier", letter->courier);
    if (letter->sequence)
        headers[count++] =
            (amqp_table_entry_t){.key = amqp_cstring_bytes("sequence"),
                                 .value = {.kind = AMQP_FIELD_KIND_I64,
                                           .value.i64 = letter->sequence}};
    return count;
}

static amqp_basic_properties_t properties_of(
    const struct amqp_letter *letter, amqp_table_entry_t headers[HEADERS_MAX])
{
    amqp_basic_properties_t out = {
        ._flags = AMQP_BASIC_DELIVERY_MODE_FLAG,
        .delivery_mode = letter->is_passing ? PASSING : PERSISTENT};
    set_text(&out, AMQP_BASIC_MESSAGE_ID_FLAG, &out.message_id,
             letter->message_id);
    set_text(&out, AMQP_BASIC_CORRELATION_ID_FLAG, &out.correlation_id,
             letter->case_id);
    set_text(&out, AMQP_BASIC_TYPE_FLAG, &out.type, letter->type);
    set_text(&out, AMQP_BASIC_CONTENT_TYPE_FLAG, &out.content_type,
             letter->media_type);
    set_text(&out, AMQP_BASIC_USER_ID_FLAG, &out.user_id, letter->user_id);
    out.headers.num_entries = set_headers(headers, letter);
    out.headers.entries = headers;
    if (out.headers.num_entries)
        out._flags |= AMQP_BASIC_HEADERS_FLAG;
    return out;
}

enum reason amqp_publish(struct amqp *amqp, const char *exchange,
                         const char *routing_key,
                         const struct amqp_letter *letter, uint64_t *tag,
                         struct fault *why)
{
    TRY(check_open(amqp, why));
    TRY(check_texts(letter, why));
    TRY(check_alive(amqp, why));
    amqp_table_entry_t headers[HEADERS_MAX];
    amqp_basic_properties_t properties = properties_of(letter, headers);
    amqp_bytes_t body = {letter->size, (void *)(uintptr_t)letter->body};
    int status = amqp_basic_publish(
        amqp->link, AMQP_CHANNEL, amqp_cstring_bytes(exchange),
        amqp_cstring_bytes(routing_key), 1, 0, &properties, body);
    if (status != AMQP_STATUS_OK)
        return amqp_broken(amqp, status, "publish", why);
    *tag = ++amqp->published;
    return R_OK;
}

enum reason amqp_consume(struct amqp *amqp, const char *queue, int prefetch,
                         struct fault *why)
{
    TRY(check_open(amqp, why));
    amqp_basic_qos(amqp->link, AMQP_CHANNEL, 0, (uint16_t)prefetch, 0);
    amqp_rpc_reply_t reply = amqp_get_rpc_reply(amqp->link);
    TRY(amqp_check_reply(amqp, &reply, "basic.qos", why));
    amqp_basic_consume(amqp->link, AMQP_CHANNEL, amqp_cstring_bytes(queue),
                       amqp_empty_bytes, 0, 0, 0, amqp_empty_table);
    reply = amqp_get_rpc_reply(amqp->link);
    return amqp_check_reply(amqp, &reply, queue, why);
}

/* Takes the frame that is there, if one is whole, and keeps the heartbeat. */
static enum reason read_frame(struct amqp *amqp, amqp_frame_t *frame,
                              bool *has_frame, struct fault *why)
{
    struct timeval none = {0};
    int status = amqp_simple_wait_frame_noblock(amqp->link, frame, &none);
    *has_frame = status == AMQP_STATUS_OK;
    if (*has_frame || status == AMQP_STATUS_TIMEOUT)
        return R_OK;
    return amqp_broken(amqp, status, "read", why);
}

/* The library does not tell of heartbeats that came, so that the waiting is
 * done here. */
static bool wait_for_input(struct amqp *amqp, int64_t wait_ms)
{
    if (amqp_frames_enqueued(amqp->link) || amqp_data_in_buffer(amqp->link))
        return true;
    if (!has_input(amqp, wait_ms > 0 ? (int)wait_ms : 0))
        return false;
    amqp->heard_at = instant_monotonic();
    return true;
}

enum reason amqp_next(struct amqp *amqp, int wait_ms, struct amqp_event *event,
                      struct fault *why)
{
    TRY(check_open(amqp, why));
    amqp_maybe_release_buffers(amqp->link);
    int64_t most = amqp->heartbeat_ms / 3;
    int64_t until = instant_monotonic() + (wait_ms < most ? wait_ms : most);
    *event = (struct amqp_event){.kind = AMQP_IDLE};
    bool is_input, complete = false;
    do {
        amqp_frame_t frame;
        bool has_frame;
        is_input =
            wait_for_input(amqp, wait_ms ? until - instant_monotonic() : 0);
        TRY(read_frame(amqp, &frame, &has_frame, why));
        if (has_frame)
            TRY(amqp_take_frame(amqp, &frame, event, &complete, why));
    } while (is_input && !complete);
    return R_OK;
}

enum reason amqp_acknowledge(struct amqp *amqp, uint64_t tag, bool multiple,
                             struct fault *why)
{
    TRY(check_open(amqp, why));
    int status = amqp_basic_ack(amqp->link, AMQP_CHANNEL, tag, multiple);
    if (status == AMQP_STATUS_OK)
        return R_OK;
    return amqp_broken(amqp, status, "acknowledge", why);
}

enum reason amqp_give_back(struct amqp *amqp, uint64_t tag, struct fault *why)
{
    TRY(check_open(amqp, why));
    int status = amqp_basic_nack(amqp->link, AMQP_CHANNEL, tag, 0, 1);
    if (status == AMQP_STATUS_OK)
        return R_OK;
    return amqp_broken(amqp, status, "give back", why);
}

int amqp_descriptor(const struct amqp *amqp)
{
    return amqp_get_sockfd(amqp->link);
}

int amqp_backoff(int failures_in_a_row)
{
    int wait = BACKOFF_FIRST;
    for (int i = 1; i < failures_in_a_row && wait < BACKOFF_MOST; i++)
        wait *= 2;
    if (wait > BACKOFF_MOST)
        wait = BACKOFF_MOST;
    unsigned dice;
    random_fill(&dice, sizeof dice);
    return wait / 2 + (int)(dice % (unsigned)(wait / 2 + 1));
}
