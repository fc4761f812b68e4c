/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Letters that came are posted to the agency's own system, each
 * until it is accepted (status 2xx); then it is marked taken, as POST
 * /inbox/{id}/taken does.
 *
 * A letter that is not accepted holds back the later ones of its case, and no
 * others. It is tried again after 0.5 s, 1 s, 2 s ... 5 minutes; when nobody
 * answers at all, the others wait as well, for up to 30 s. What waits lies in
 * the mailbox and outlives the process. A receiver may get a letter twice and
 * knows it by webhook-id.
 *
 * Signed as Standard Webhooks say: HMAC-SHA256 over "ID.TIMESTAMP.BODY" with
 * the secret of the settings, in
 *
 *     webhook-id: FROM_ID   webhook-timestamp: SECONDS   webhook-signature:
 *     v1,BASE64
 *
 * The body is the letter as it was signed; a JSON letter's own signature comes
 * in Yisong-JWS.
 *
 * One letter at a time, in the order in which letters got ready, passing over
 * cases that wait. The mark "taken" is committed after the 2xx: a crash
 * between the two posts the letter again, none is lost.
 */
#include "broker-adapters/adapter/connectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/http_client.h"
#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/side.h"
#include "broker-adapters/amqp.h"
#include "broker-adapters/http/http_store.h"
#include "broker-adapters/http/letters_view.h"
#include "broker-adapters/http/webhook_queue.h"
#include "broker-adapters/mailbox/mailbox.h"

enum {
    SECRET_LEAST = 24,
    SECRET_MOST = 64,
    SECRET_FILE_MAX = 1024,
    HEADER_MAX = 256,
    REST_MS = 5000
};

struct webhook {
    const struct adapter_settings *settings;
    struct http_client *client;
    struct sql *mailbox;
    struct buf secret;
    struct side side;
    struct webhook_queue queue;
    int failures;     /* without any answer, in a row */
    int64_t next_try; /* monotonic */
};

static enum reason read_secret(const char *path, struct buf *out,
                               struct fault *why)
{
    static const char prefix[] = "whsec_";
    AUTO(buf) struct buf text = {.ceiling = SECRET_FILE_MAX};
    if (*path)
        TRY(io_read(path, &text, why));
    const char *secret = buf_text(&text);
    size_t length = strcspn(secret, " \r\n");
    if (strncmp(secret, prefix, strlen(prefix)) != 0 ||
        !base64_get(secret + strlen(prefix), length - strlen(prefix), out) ||
        out->size < SECRET_LEAST || out->size > SECRET_MOST)
        return fault(why, R_BAD_SETTINGS,
                     "webhook_secret: whsec_ and base64 of %d to %d bytes",
                     SECRET_LEAST, SECRET_MOST);
    return R_OK;
}

/* The headers of one post, and the texts that they consist of. */
struct envelope_headers {
    char lines[HTTP_POST_HEADERS_MAX][HEADER_MAX];
    size_t count;
};

static void add_header(struct envelope_headers *headers, const char *name,
                       const char *text)
{
    snprintf(headers->lines[headers->count++], HEADER_MAX, "%s: %s", name,
             text);
}

static void sign(const struct webhook *webhook,
                 const struct inbox_letter *letter, instant now,
                 struct envelope_headers *headers)
{
    char id[HEADER_MAX / 2], seconds[24];
    AUTO(buf) struct buf signed_text = {0};
    AUTO(buf) struct buf signature = {0};
    snprintf(id, sizeof id, "%s_%s", letter->sender, letter->id);
    snprintf(seconds, sizeof seconds, "%lld",
             (long long)(now / INSTANT_SECOND));
    buf_print(&signed_text, "%s.%s.", id, seconds);
    buf_put(&signed_text, letter->bytes, letter->size);
    struct digest mac = digest_hmac(webhook->secret.bytes, webhook->secret.size,
                                    signed_text.bytes, signed_text.size);
    buf_put_text(&signature, "v1,");
    base64_put(&signature, mac.bytes, DIGEST_SIZE);
    add_header(headers, "webhook-id", id);
    add_header(headers, "webhook-timestamp", seconds);
    add_header(headers, "webhook-signature", buf_text(&signature));
}

static enum reason post(struct webhook *webhook,
                        const struct inbox_letter *letter, instant now,
                        struct fault *why)
{
    struct envelope_headers headers = {0};
    struct http_post post = {.body = letter->bytes, .size = letter->size};
    AUTO(buf) struct buf answer = {0};
    AUTO(text) char *jws = NULL;
    int status = 0;
    sign(webhook, letter, now, &headers);
    add_header(&headers, "Content-Type", letter->media_type);
    add_header(&headers, "Yisong-From", letter->sender);
    add_header(&headers, "Yisong-Type", letter->type);
    add_header(&headers, "Yisong-Case", letter->case_id);
    for (size_t i = 0; i < headers.count; i++)
        post.headers[i] = headers.lines[i];
    if (*letter->jws)
        post.headers[headers.count] = jws =
            mem_print("Yisong-JWS: %s", letter->jws);
    TRY(http_client_post(webhook->client, &post, &webhook->side.stop, &status,
                         &answer, why));
    return status >= 200 && status < 300
               ? R_OK
               : fault(why, R_PARTNER_REFUSED, "%s: status %d",
                       webhook->settings->webhook_url, status);
}

static enum reason settle(const struct webhook *webhook,
                          const struct inbox_letter *letter,
                          enum reason outcome, const struct fault *found,
                          struct fault *why)
{
    struct sql *mailbox = webhook->mailbox;
    instant now = instant_now();
    if (outcome != R_OK)
        return webhook_queue_hold(mailbox, letter->case_id, found->text, now,
                                  why);
    TRY(inbox_mark_taken(mailbox, letter->row, "webhook", now, why));
    return webhook_queue_release(mailbox, letter->case_id, why);
}

static void note_answer(struct webhook *webhook, enum reason outcome)
{
    if (outcome != R_PARTNER_DOWN) {
        webhook->failures = 0;
        return;
    }
    webhook->next_try = instant_monotonic() + amqp_backoff(++webhook->failures);
}

/* *more: there may be another one at once. */
static enum reason deliver_next(struct webhook *webhook, bool *more,
                                struct fault *why)
{
    int64_t row;
    struct fault found = {0};
    AUTO(inbox_letter) struct inbox_letter letter = {0};
    struct sql *mailbox = webhook->mailbox;
    instant now = instant_now();
    *more = false;
    TRY(webhook_queue_next(&webhook->queue, mailbox, now, &row, why));
    if (row == 0)
        return R_OK;
    TRY(letters_get_inbox(mailbox, row, &letter, why));
    enum reason outcome = post(webhook, &letter, now, &found);
    if (outcome != R_OK && atomic_load(&webhook->side.stop))
        return R_OK; /* we hung up ourselves */
    if (outcome != R_OK)
        log_fault(LOG_WARN, "webhook", &found);
    note_answer(webhook, outcome);
    TRY(sql_begin(mailbox, why));
    TRY(mailbox_end(mailbox, settle(webhook, &letter, outcome, &found, why),
                    why));
    *more = outcome != R_PARTNER_DOWN;
    return R_OK;
}

static void rest(struct webhook *webhook)
{
    struct fault why = {0};
    int64_t left = webhook->next_try - instant_monotonic(), pause = REST_MS;
    if (left > 0)
        pause = left < REST_MS ? left : REST_MS;
    else if (webhook_queue_patience(webhook->mailbox, instant_now(), &pause,
                                    &why) != R_OK)
        log_fault(LOG_WARN, "webhook", &why);
    side_rest(&webhook->side, -1, (int)pause);
}

static void run(void *context)
{
    struct webhook *webhook = context;
    while (!atomic_load(&webhook->side.stop)) {
        struct fault why = {0};
        bool more = false;
        if (instant_monotonic() >= webhook->next_try &&
            deliver_next(webhook, &more, &why) != R_OK) {
            log_fault(LOG_WARN, "webhook", &why);
            webhook->next_try = instant_monotonic() + INSTANT_SECOND;
        }
        if (!more)
            rest(webhook);
    }
}

static void webhook_close(void *state)
{
    struct webhook *webhook = state;
    if (!webhook)
        return;
    side_close(&webhook->side);
    http_client_close(webhook->client);
    sql_close(webhook->mailbox);
    buf_done(&webhook->secret);
    free(webhook);
}
AUTO_POINTER(webhook, webhook_close)

static enum reason webhook_open(void **state,
                                const struct connector_place *place,
                                struct fault *why)
{
    const struct adapter_settings *settings = place->settings;
    AUTO(webhook) struct webhook *webhook = mem_new(1, sizeof *webhook);
    webhook->settings = settings;
    TRY(read_secret(settings->webhook_secret, &webhook->secret, why));
    TRY(http_client_open(&webhook->client, settings->webhook_url,
                         settings->webhook_authority, why));
    TRY(mailbox_open(&webhook->mailbox, settings->mailbox, SQL_WRITE, why));
    TRY(http_store_open(webhook->mailbox, why));
    TRY(side_start(&webhook->side, run, webhook, why));
    log_event(LOG_INFO, "webhook: %s", settings->webhook_url);
    *state = TAKE(webhook);
    return R_OK;
}

static void webhook_ring(void *state)
{
    struct webhook *webhook = state;
    side_ring(&webhook->side);
}

static bool is_wanted(const struct adapter_settings *settings)
{
    return *settings->webhook_url != '\0';
}

const struct connector connector_webhook = {
    .name = "webhook",
    .is_wanted = is_wanted,
    .open = webhook_open,
    .close = webhook_close,
    .ring = webhook_ring,
};
