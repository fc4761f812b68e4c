/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The examples are made once per type and kept; a letter is then a header in
 * front of a kept body.
 */
#include "simulation/letter_make.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "certs/signature.h"
#include "schemas/example.h"

void sealed_done(struct sealed *sealed)
{
    buf_done(&sealed->bytes);
    buf_done(&sealed->jws);
}

void wish_split(char *words, const char *out[WISH_ADDRESSEES_MAX])
{
    size_t count = 0;
    char *rest = words;
    for (char *word; (word = strtok_r(rest, " ", &rest));)
        if (count < WISH_ADDRESSEES_MAX)
            out[count++] = word;
}

struct kept_body {
    char *type, *body; /* "<body>...</body>" and the attachments behind it */
    struct kept_body *next;
};

static struct kept_body *kept;
static pthread_mutex_t kept_lock = PTHREAD_MUTEX_INITIALIZER;

static enum reason make_body(const char *type, char **out, struct fault *why)
{
    AUTO(buf) struct buf text = {0};
    TRY(message_example(type, MESSAGE_XML, &text, why));
    const char *start = strstr(buf_text(&text), "<body>");
    const char *end = start ? strstr(start, "</message>") : NULL;
    if (!end)
        return fault(why, R_NOT_WELL_FORMED, "example of %s", type);
    *out = mem_copy(start, (size_t)(end - start));
    return R_OK;
}

static enum reason find_body(const char *type, const char **out,
                             struct fault *why)
{
    struct kept_body *body = kept;
    while (body && strcmp(body->type, type) != 0)
        body = body->next;
    if (!body) {
        char *text;
        TRY(make_body(type, &text, why));
        body = mem_new(1, sizeof *body);
        *body = (struct kept_body){mem_text(type), text, kept};
        kept = body;
    }
    *out = body->body;
    return R_OK;
}

static enum reason example_body(const char *type, struct buf *out,
                                struct fault *why)
{
    const char *body = "";
    pthread_mutex_lock(&kept_lock);
    enum reason reason = find_body(type, &body, why);
    pthread_mutex_unlock(&kept_lock);
    TRY(reason);
    buf_put_text(out, body);
    return R_OK;
}

/* Puts `value` between the first <name> and its end; else changes nothing. */
static void replace(struct buf *body, const char *name, const char *value)
{
    AUTO(text) char *open = mem_print("<%s>", name);
    const char *start = strstr(buf_text(body), open);
    if (!start)
        return;
    start += strlen(open);
    struct buf made = {0};
    buf_put(&made, body->bytes, (size_t)(start - body->bytes));
    buf_put_xml(&made, value);
    buf_put_text(&made, start + strcspn(start, "<"));
    buf_done(body);
    *body = made;
}

/* "name=value name=value"; "@now" is the time of sending. */
static void apply_set(struct buf *body, const struct wish *wish)
{
    char now[INSTANT_TEXT_MAX];
    AUTO(text) char *words = mem_text(wish->set ? wish->set : "");
    char *rest = words;
    for (char *word; (word = strtok_r(rest, " ", &rest));) {
        char *value = strchr(word, '=');
        if (!value)
            continue;
        *value++ = '\0';
        replace(body, word,
                strcmp(value, "@now") == 0 ? instant_format(wish->sent_at, now)
                                           : value);
    }
}

static void put_addressees(struct buf *out, const struct wish *wish)
{
    for (size_t i = 0; i < WISH_ADDRESSEES_MAX && wish->to[i]; i++)
        buf_put_element(out, "to", wish->to[i]);
    for (size_t i = 0; i < WISH_ADDRESSEES_MAX && wish->copies[i]; i++)
        buf_put_element(out, "copyTo", wish->copies[i]);
}

static void put_header(struct buf *out, const struct wish *wish, const char *id,
                       const struct signing_key *key)
{
    char at[INSTANT_TEXT_MAX];
    buf_put_text(out, "<message xmlns=\"" MESSAGE_NAMESPACE "\"><header>");
    buf_put_element(out, "schemaVersion", MESSAGE_VERSION);
    buf_put_element(out, "id", id);
    buf_put_element(out, "type", wish->type);
    buf_put_element(out, "caseId", wish->case_id);
    if (wish->parent)
        buf_put_element(out, "parentCase", wish->parent);
    buf_put_element(out, "from", wish->from);
    put_addressees(out, wish);
    if (wish->sequence)
        buf_print(out, "<sequence>%lld</sequence>", (long long)wish->sequence);
    buf_put_element(out, "sentAt", instant_format(wish->sent_at, at));
    if (wish->decided_at)
        buf_put_element(out, "decidedAt", instant_format(wish->decided_at, at));
    if (wish->answers)
        buf_print(out, "<inReplyTo><id>%s</id><digest>%s</digest></inReplyTo>",
                  wish->answers, wish->answers_digest);
    if (!wish->body)
        buf_put_element(out, "documentNumber", "赣环移〔2025〕1号");
    buf_put_element(out, "urgency", wish->critical ? "critical" : "normal");
    buf_put_element(out, "certificate",
                    certificate_fingerprint(signing_key_certificate(key)));
    buf_put_text(out, "</header>");
}

static enum reason put_body(const struct wish *wish, struct buf *out,
                            struct fault *why)
{
    AUTO(buf) struct buf body = {0};
    if (wish->rest)
        buf_put_text(&body, wish->rest);
    else if (wish->body)
        buf_print(&body, "<body>%s</body>", wish->body);
    else
        TRY(example_body(wish->type, &body, why));
    apply_set(&body, wish);
    buf_put(out, body.bytes, body.size);
    return R_OK;
}

/* The same letter in JSON, to be signed in its place. */
static enum reason turn_to_json(struct message **message, struct fault *why)
{
    AUTO(buf) struct buf json = {0};
    TRY(message_write(*message, MESSAGE_JSON, &json, why));
    message_free(*message);
    *message = NULL;
    return message_parse(message, json.bytes, json.size, why);
}

enum reason letter_make(const struct wish *wish, const struct signing_key *key,
                        struct sealed *out, struct fault *why)
{
    AUTO(buf) struct buf xml = {0};
    uuid_new(wish->sent_at, out->id);
    put_header(&xml, wish, out->id, key);
    TRY(put_body(wish, &xml, why));
    buf_put_text(&xml, "</message>");
    AUTO(message) struct message *message = NULL;
    TRY(message_parse(&message, xml.bytes, xml.size, why));
    if (wish->json)
        TRY(turn_to_json(&message, why));
    TRY(signature_sign(key, message, &out->bytes, &out->jws, why));
    struct digest digest =
        digest_of(DIGEST_SHA256, out->bytes.bytes, out->bytes.size);
    digest_format(&digest, out->digest);
    return R_OK;
}
