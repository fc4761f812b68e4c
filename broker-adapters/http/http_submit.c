/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Letters that were submitted over HTTP.
 *
 * Handlers only collect; the letters of one turn are kept in one transaction,
 * so that many callers share one sync of the disk. The key of a request and
 * the letter that it made are committed together: whoever lost the answer
 * asks again with the same key and gets the same letter.
 *
 * Promise: 202 is said after the commit, and of nothing else.
 */
#include "broker-adapters/http/connector_state.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "broker-adapters/adapter/intake.h"
#include "broker-adapters/http/http_store.h"
#include "broker-adapters/http/letters_view.h"
#include "broker-adapters/mailbox/mailbox.h"

enum { KEY_MAX = 255, JWS_MAX = 16384 };

/* What became of one request. */
struct submission {
    struct http_request *request;
    struct http_key key;
    const char *jws;
    struct intake made;
    struct fault found; /* why it was refused, or no reason */
    bool replayed;
    char letter[UUID_TEXT_MAX];
};

static bool is_visible(const char *text, size_t most)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++)
        if (text[i] < '!' || text[i] > '~')
            return false;
    return length > 0 && length <= most;
}

static bool is_mapped(const struct http_request *request)
{
    return http_request_parameter(request, "mapping") != NULL;
}

static bool is_lawful_type(const char *type, bool mapped)
{
    static const char *const letters[] = {"application/xml", "text/xml",
                                          "application/json"};
    static const char *const rows[] = {"application/json", "text/csv"};
    const char *const *known = mapped ? rows : letters;
    size_t count = mapped ? COUNT_OF(rows) : COUNT_OF(letters);
    size_t length = type ? strcspn(type, "; \t") : 0;
    for (size_t i = 0; i < count; i++)
        if (length == strlen(known[i]) &&
            strncasecmp(type, known[i], length) == 0)
            return true;
    return false;
}

static enum reason check_headers(const struct http_request *request,
                                 struct fault *why)
{
    const char *key = http_request_header(request, "Idempotency-Key");
    const char *type = http_request_header(request, "Content-Type");
    const char *jws = http_request_header(request, "Yisong-JWS");
    if (!key)
        return fault(why, R_BAD_REQUEST, "Idempotency-Key: missing");
    if (!is_visible(key, KEY_MAX))
        return fault(why, R_BAD_REQUEST,
                     "Idempotency-Key: 1 to %d visible ASCII characters",
                     KEY_MAX);
    if (!is_lawful_type(type, is_mapped(request)))
        return fault(why, R_UNKNOWN_MEDIA_TYPE, "Content-Type: %s",
                     is_mapped(request)
                         ? "application/json or text/csv"
                         : "application/xml or application/json");
    if (jws && is_mapped(request))
        return fault(why, R_BAD_REQUEST, "Yisong-JWS, mapping");
    if (jws && !is_visible(jws, JWS_MAX))
        return fault(why, R_BAD_REQUEST, "Yisong-JWS: HEADER..SIGNATURE");
    return R_OK;
}

void http_submit(void *context, struct http_request *request)
{
    struct http_connector *connector = context;
    struct fault found = {0};
    if (check_headers(request, &found) != R_OK) {
        http_refuse(request, &found, NULL);
        return;
    }
    if (connector->submitted_count == SUBMIT_BATCH)
        http_submit_flush(connector);
    connector->submitted[connector->submitted_count++] = request;
}

static void read_request(struct http_request *request,
                         struct submission *submission)
{
    const struct buf *body = http_request_body(request);
    const char *jws = http_request_header(request, "Yisong-JWS");
    submission->request = request;
    const char *mapping = http_request_parameter(request, "mapping");
    const char *beside = mapping ? mapping : jws ? jws : "";
    submission->jws = jws ? jws : "";
    submission->key = (struct http_key){
        .client = http_request_kept(request),
        .key = http_request_header(request, "Idempotency-Key"),
        .request = digest_of_pieces(mapping != NULL, beside, strlen(beside) + 1,
                                    buf_text(body), body->size)};
}

static enum reason keep(struct http_connector *connector,
                        struct submission *submission, struct fault *why)
{
    const struct buf *body = http_request_body(submission->request);
    AUTO(buf) struct buf mapped = {.ceiling = MESSAGE_CEILING};
    struct intake_letter letter = {.bytes = buf_text(body),
                                   .size = body->size,
                                   .jws = submission->jws,
                                   .source = ""};
    struct sql *mailbox = connector->desk.mailbox;
    TRY(http_key_find(mailbox, &submission->key, submission->letter, why));
    submission->replayed = *submission->letter != '\0';
    if (submission->replayed)
        return R_OK;
    if (is_mapped(submission->request)) {
        TRY(http_mapped_read(connector, submission->request, &mapped,
                             &submission->made.mistakes, why));
        letter.bytes = buf_text(&mapped);
        letter.size = mapped.size;
    }
    TRY(intake_put(&connector->desk, &letter, connector->now, &submission->made,
                   why));
    memcpy(submission->letter, submission->made.id, UUID_TEXT_MAX);
    return http_key_put(mailbox, &submission->key, submission->letter,
                        connector->now, why);
}

/* A refused letter has written nothing; the others of the batch go on. */
static enum reason keep_all(struct http_connector *connector,
                            struct submission *submissions, size_t count,
                            struct fault *why)
{
    for (size_t i = 0; i < count; i++) {
        struct fault *found = &submissions[i].found;
        enum reason reason = keep(connector, &submissions[i], found);
        if (reason != R_OK && reason_class(reason) != REASON_REFUSE)
            return fault(why, reason, "%s", found->text);
    }
    return R_OK;
}

static void answer_kept(struct http_connector *connector,
                        const struct submission *submission)
{
    struct fault found = {0};
    AUTO(buf) struct buf body = {0};
    char location[sizeof "/letters/" + UUID_TEXT_MAX];
    snprintf(location, sizeof location, "/letters/%s", submission->letter);
    http_answer_header(submission->request, "Location", location);
    if (submission->replayed)
        http_answer_header(submission->request, "Idempotency-Replayed", "true");
    if (letters_put_sent(connector->desk.mailbox, submission->letter, &body,
                         &found) == R_OK)
        http_answer(submission->request, 202, "application/json", &body);
    else
        http_refuse(submission->request, &found, NULL);
}

static void answer(struct http_connector *connector,
                   const struct submission *submission)
{
    const char *client = submission->key.client;
    if (submission->found.reason == R_OK) {
        log_event(LOG_INFO, "http %s: %s letter %s", client,
                  submission->replayed ? "again" : "took", submission->letter);
        answer_kept(connector, submission);
        return;
    }
    log_event(LOG_WARN, "http %s: refused: %s: %s", client,
              reason_code(submission->found.reason), submission->found.text);
    http_refuse(submission->request, &submission->found,
                &submission->made.mistakes);
}

static void settle(struct http_connector *connector,
                   struct submission *submissions, size_t count)
{
    struct sql *mailbox = connector->desk.mailbox;
    struct fault why = {0};
    enum reason reason = sql_begin(mailbox, &why);
    if (reason == R_OK)
        reason = mailbox_end(
            mailbox, keep_all(connector, submissions, count, &why), &why);
    if (reason == R_OK)
        mailbox_ring(connector->settings->mailbox);
    else
        log_fault(LOG_WARN, "http letters", &why);
    for (size_t i = 0; i < count; i++)
        if (reason == R_OK)
            answer(connector, &submissions[i]);
        else
            http_refuse(submissions[i].request, &why, NULL);
}

void http_submit_flush(struct http_connector *connector)
{
    struct submission submissions[SUBMIT_BATCH] = {0};
    size_t count = connector->submitted_count;
    connector->submitted_count = 0;
    if (count == 0)
        return;
    for (size_t i = 0; i < count; i++)
        read_request(connector->submitted[i], &submissions[i]);
    settle(connector, submissions, count);
    for (size_t i = 0; i < count; i++)
        intake_done(&submissions[i].made);
}
