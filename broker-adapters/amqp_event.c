/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Frames from RabbitMQ become events: the table at the end says what each
 * method means. A letter comes as a method, a header and some body frames;
 * what was begun is kept in struct amqp between calls, so that nothing here
 * waits.
 *
 * A body that came in one frame stays where rabbitmq-c put it and is lent;
 * only longer ones are copied together.
 */
#include "broker-adapters/amqp_state.h"

#include <string.h>

#include <amqp.h>
#include <amqp_framing.h>

#include "base/idiom.h"

/* Copies a text out of the frame and ends it by a NUL; "" if it is too long
 * or there is no room for it. */
static const char *keep_text(struct amqp *amqp, amqp_bytes_t text, size_t most)
{
    if (text.len == 0 || text.len > most ||
        text.len >= sizeof amqp->texts - amqp->texts_used)
        return "";
    char *kept = amqp->texts + amqp->texts_used;
    memcpy(kept, text.bytes, text.len);
    kept[text.len] = '\0';
    amqp->texts_used += text.len + 1;
    return kept;
}

static const char *keep_property(struct amqp *amqp,
                                 const amqp_basic_properties_t *properties,
                                 amqp_flags_t flag, amqp_bytes_t text)
{
    return properties->_flags & flag ? keep_text(amqp, text, AMQP_SHORT_MAX)
                                     : "";
}

static bool has_name(const amqp_table_entry_t *entry, const char *name)
{
    return entry->key.len == strlen(name) &&
           memcmp(entry->key.bytes, name, entry->key.len) == 0;
}

/* Clients choose the smallest kind that holds the number. */
static bool read_integer(const amqp_field_value_t *from, int64_t *out)
{
    switch (from->kind) {
    case AMQP_FIELD_KIND_I8:
        *out = from->value.i8;
        return true;
    case AMQP_FIELD_KIND_I16:
        *out = from->value.i16;
        return true;
    case AMQP_FIELD_KIND_I32:
        *out = from->value.i32;
        return true;
    case AMQP_FIELD_KIND_I64:
        *out = from->value.i64;
        return true;
    default:
        return false;
    }
}

static void take_headers(struct amqp *amqp, const amqp_table_t *headers)
{
    struct amqp_letter *letter = &amqp->letter.letter;
    for (int i = 0; i < headers->num_entries; i++) {
        const amqp_table_entry_t *entry = &headers->entries[i];
        if (entry->value.kind == AMQP_FIELD_KIND_UTF8 && has_name(entry, "jws"))
            letter->jws =
                keep_text(amqp, entry->value.value.bytes, AMQP_JWS_MAX);
        if (entry->value.kind == AMQP_FIELD_KIND_UTF8 &&
            has_name(entry, "courier"))
            letter->courier =
                keep_text(amqp, entry->value.value.bytes, AMQP_SHORT_MAX);
        if (has_name(entry, "sequence"))
            (void)read_integer(&entry->value, &letter->sequence);
    }
}

static void take_properties(struct amqp *amqp,
                            const amqp_basic_properties_t *from)
{
    amqp->texts_used = 0;
    amqp->letter.letter = (struct amqp_letter){
        .message_id = keep_property(amqp, from, AMQP_BASIC_MESSAGE_ID_FLAG,
                                    from->message_id),
        .case_id = keep_property(amqp, from, AMQP_BASIC_CORRELATION_ID_FLAG,
                                 from->correlation_id),
        .type = keep_property(amqp, from, AMQP_BASIC_TYPE_FLAG, from->type),
        .media_type = keep_property(amqp, from, AMQP_BASIC_CONTENT_TYPE_FLAG,
                                    from->content_type),
        .user_id =
            keep_property(amqp, from, AMQP_BASIC_USER_ID_FLAG, from->user_id),
        .jws = "",
        .courier = "",
        .body = ""};
    if (from->_flags & AMQP_BASIC_HEADERS_FLAG)
        take_headers(amqp, &from->headers);
}

static bool end_letter(struct amqp *amqp)
{
    amqp->awaited = AWAITED_METHOD;
    return true;
}

static bool take_header(struct amqp *amqp, const amqp_frame_t *frame)
{
    take_properties(amqp, frame->payload.properties.decoded);
    uint64_t size = frame->payload.properties.body_size;
    buf_clear(&amqp->body);
    amqp->skips_body =
        amqp->letter.kind == AMQP_RETURNED || size > AMQP_BODY_MAX;
    amqp->expected = size;
    amqp->awaited = AWAITED_BODY;
    return size == 0 && end_letter(amqp);
}

static bool take_body(struct amqp *amqp, const amqp_frame_t *frame)
{
    amqp_bytes_t part = frame->payload.body_fragment;
    struct amqp_letter *letter = &amqp->letter.letter;
    bool is_last = part.len >= amqp->expected;
    amqp->expected -= is_last ? amqp->expected : part.len;
    if (amqp->skips_body)
        return is_last && end_letter(amqp);
    bool is_only = is_last && amqp->body.size == 0;
    if (!is_only)
        buf_put(&amqp->body, part.bytes, part.len);
    letter->body = is_only ? part.bytes : amqp->body.bytes;
    letter->size = is_only ? part.len : amqp->body.size;
    return is_last && end_letter(amqp);
}

/* What a method means: `begin` fills the event; then content may follow. */
static void begin_delivery(struct amqp_event *event, const void *method)
{
    const amqp_basic_deliver_t *deliver = method;
    event->tag = deliver->delivery_tag;
    event->redelivered = deliver->redelivered;
}

static void begin_ack(struct amqp_event *event, const void *method)
{
    const amqp_basic_ack_t *ack = method;
    event->tag = ack->delivery_tag;
    event->multiple = ack->multiple;
}

static void begin_nack(struct amqp_event *event, const void *method)
{
    const amqp_basic_nack_t *nack = method;
    event->tag = nack->delivery_tag;
    event->multiple = nack->multiple;
}

static void begin_nothing(struct amqp_event *event, const void *method)
{
    (void)event;
    (void)method;
}

static const struct meaning {
    amqp_method_number_t method;
    enum amqp_event_kind kind;
    bool has_content;
    void (*begin)(struct amqp_event *event, const void *method);
} meanings[] = {
    {AMQP_BASIC_DELIVER_METHOD, AMQP_DELIVERED, true, begin_delivery},
    {AMQP_BASIC_ACK_METHOD, AMQP_CONFIRMED, false, begin_ack},
    {AMQP_BASIC_NACK_METHOD, AMQP_REJECTED, false, begin_nack},
    {AMQP_BASIC_RETURN_METHOD, AMQP_RETURNED, true, begin_nothing},
    {AMQP_CONNECTION_BLOCKED_METHOD, AMQP_BLOCKED, false, begin_nothing},
    {AMQP_CONNECTION_UNBLOCKED_METHOD, AMQP_UNBLOCKED, false, begin_nothing},
    {AMQP_BASIC_CANCEL_METHOD, AMQP_CANCELLED, false, begin_nothing},
};

/* Methods without a meaning to us are passed over. */
static bool take_method(struct amqp *amqp, amqp_method_t method,
                        struct amqp_event *event)
{
    for (size_t i = 0; i < COUNT_OF(meanings); i++) {
        if (meanings[i].method != method.id)
            continue;
        struct amqp_event begun = {.kind = meanings[i].kind};
        meanings[i].begin(&begun, method.decoded);
        if (!meanings[i].has_content) {
            *event = begun;
            return true;
        }
        amqp->letter = begun;
        amqp->awaited = AWAITED_HEADER;
        return false;
    }
    return false;
}

static bool is_close(const amqp_frame_t *frame)
{
    return frame->payload.method.id == AMQP_CHANNEL_CLOSE_METHOD ||
           frame->payload.method.id == AMQP_CONNECTION_CLOSE_METHOD;
}

static bool take_content(struct amqp *amqp, const amqp_frame_t *frame,
                         struct amqp_event *event)
{
    bool complete = frame->frame_type == AMQP_FRAME_HEADER
                        ? take_header(amqp, frame)
                        : take_body(amqp, frame);
    if (complete)
        *event = amqp->letter;
    return complete;
}

enum reason amqp_take_frame(struct amqp *amqp, const amqp_frame_t *frame,
                            struct amqp_event *event, bool *complete,
                            struct fault *why)
{
    static const uint8_t kinds[] = {[AWAITED_METHOD] = AMQP_FRAME_METHOD,
                                    [AWAITED_HEADER] = AMQP_FRAME_HEADER,
                                    [AWAITED_BODY] = AMQP_FRAME_BODY};
    bool is_method = frame->frame_type == AMQP_FRAME_METHOD;
    if (is_method && is_close(frame))
        return amqp_refused(amqp, frame->payload.method.id,
                            frame->payload.method.decoded, why);
    /* Channel 0 speaks about the connection, between the parts of a letter
     * too. */
    bool is_aside = is_method && frame->channel == 0;
    if (!is_aside && frame->frame_type != kinds[amqp->awaited])
        return amqp_broken(amqp, AMQP_STATUS_BAD_AMQP_DATA, "frame", why);
    *complete = is_method ? take_method(amqp, frame->payload.method, event)
                          : take_content(amqp, frame, event);
    return R_OK;
}
