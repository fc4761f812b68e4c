/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The letters that the centre itself writes: receipts, refusals, reminders.
 * They are messages like any other, signed with the centre's key, recorded in
 * the log before they go out, and written in the encoding that the recipient
 * uses.
 */
#include "routing/work.h"

#include "certs/signature.h"

static void put_answered(struct buf *out, const struct own_letter *letter)
{
    if (!letter->answers || !*letter->answers)
        return;
    buf_put_text(out, "<inReplyTo>");
    buf_put_element(out, "id", letter->answers);
    buf_put_element(out, "digest", letter->answers_digest);
    buf_put_text(out, "</inReplyTo>");
}

static void write_xml(const struct router *router,
                      const struct own_letter *letter, const char *id,
                      struct buf *out)
{
    char now[INSTANT_TEXT_MAX];
    const struct certificate *certificate =
        signing_key_certificate(router->parts.key);
    buf_put_text(out, "<message xmlns=\"" MESSAGE_NAMESPACE "\"><header>");
    buf_put_element(out, "schemaVersion", MESSAGE_VERSION);
    buf_put_element(out, "id", id);
    buf_put_element(out, "type", letter->type);
    buf_put_element(out, "caseId", letter->case_id);
    if (letter->parent)
        buf_put_element(out, "parentCase", letter->parent);
    buf_put_element(out, "from", router->parts.agency);
    buf_put_element(out, "to", letter->to);
    for (size_t i = 0; i < letter->copy_count; i++)
        buf_put_element(out, "copyTo", letter->copies[i]);
    buf_put_element(out, "sentAt", instant_format(router->now, now));
    put_answered(out, letter);
    buf_put_element(out, "urgency", "normal");
    buf_put_element(out, "certificate", certificate_fingerprint(certificate));
    buf_put_text(out, "</header><body>");
    buf_put_text(out, letter->body_xml);
    buf_put_text(out, "</body></message>");
}

/* The signed bytes, and the JWS where the encoding is JSON. */
struct own_bytes {
    const char *media_type;
    struct buf bytes, jws;
};

static void own_bytes_done(struct own_bytes *own)
{
    buf_done(&own->bytes);
    buf_done(&own->jws);
}

AUTO_VALUE(own_bytes, own_bytes_done)

static enum reason write_signed(const struct router *router,
                                const struct own_letter *letter, const char *id,
                                struct own_bytes *out, struct fault *why)
{
    AUTO(buf) struct buf plain = {0};
    write_xml(router, letter, id, &plain);
    AUTO(message) struct message *message = NULL;
    TRY(message_parse(&message, plain.bytes, plain.size, why));
    if (letter->encoding == MESSAGE_JSON) {
        buf_clear(&plain);
        TRY(message_write(message, MESSAGE_JSON, &plain, why));
        message_free(TAKE(message));
        TRY(message_parse(&message, plain.bytes, plain.size, why));
    }
    out->media_type = message_media_type(message);
    return signature_sign(router->parts.key, message, &out->bytes, &out->jws,
                          why);
}

static enum reason send_to(struct router *router, struct original *original,
                           const char *recipient, struct fault *why)
{
    if (!registry_find(router->parts.registry, recipient))
        return R_OK;
    return record_outbox(router, original, recipient, why);
}

enum reason own_send(struct router *router, const struct own_letter *own,
                     int64_t *position, struct fault *why)
{
    char id[UUID_TEXT_MAX];
    AUTO(own_bytes) struct own_bytes made = {0};
    TRY(write_signed(router, own, uuid_new(router->now, id), &made, why));
    struct letter letter = {
        .outcome = LETTER_OWN,
        .id = id,
        .type = own->type,
        .case_id = own->case_id,
        .sender = router->parts.agency,
        .authenticated = true,
        .media_type = made.media_type,
        .jws = buf_text(&made.jws),
        .bytes = made.bytes.bytes,
        .size = made.bytes.size,
        .digest = digest_of(DIGEST_SHA256, made.bytes.bytes, made.bytes.size),
        .received_at = router->now,
        .code = "",
    };
    TRY(letters_put(router->parts.ledger, &letter, why));
    router->next_position = letter.position + 1;
    *position = letter.position;
    if (own->kept)
        return R_OK;
    AUTO(original) struct original *original = original_new(&letter);
    TRY(send_to(router, original, own->to, why));
    for (size_t i = 0; i < own->copy_count; i++)
        TRY(send_to(router, original, own->copies[i], why));
    return R_OK;
}
