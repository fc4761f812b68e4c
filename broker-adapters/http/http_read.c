/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What callers read: how far their letters are, and what came for them.
 */
#include "broker-adapters/http/connector_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "broker-adapters/http/http_store.h"
#include "broker-adapters/http/letters_view.h"
#include "broker-adapters/mailbox/mailbox.h"

enum { LIMIT_STANDARD = 100, LIMIT_MAX = 1000 };

enum reason http_read_number(const struct http_request *request,
                             const char *name, int64_t most, int64_t *out,
                             struct fault *why)
{
    const char *text = http_request_parameter(request, name);
    char *end;
    if (!text)
        return R_OK;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno || *text < '0' || *text > '9' || *end || value > most)
        return fault(why, R_BAD_REQUEST, "%s: 0 ... %lld", name,
                     (long long)most);
    *out = value;
    return R_OK;
}

/* One of a list of words ended by NULL, or "". */
static enum reason read_choice(const struct http_request *request,
                               const char *name, const char *const words[],
                               const char **out, struct fault *why)
{
    const char *text = http_request_parameter(request, name);
    *out = "";
    if (!text)
        return R_OK;
    for (size_t i = 0; words[i]; i++)
        if (strcmp(words[i], text) == 0) {
            *out = words[i];
            return R_OK;
        }
    return fault(why, R_BAD_REQUEST, "%s", name);
}

static enum reason read_page(const struct http_request *request,
                             struct letters_page *page, struct fault *why)
{
    page->limit = LIMIT_STANDARD;
    TRY(http_read_number(request, "after", INT64_MAX - 1, &page->after, why));
    TRY(http_read_number(request, "limit", LIMIT_MAX, &page->limit, why));
    return page->limit > 0
               ? R_OK
               : fault(why, R_BAD_REQUEST, "limit: 1 ... %d", LIMIT_MAX);
}

static enum reason write_sent_page(const struct http_connector *connector,
                                   const struct http_request *request,
                                   struct buf *out, struct fault *why)
{
    static const char *const states[] = {"queued",    "sent",    "submitted",
                                         "delivered", "refused", NULL};
    struct letters_page page = {0};
    TRY(read_page(request, &page, why));
    TRY(read_choice(request, "state", states, &page.choice, why));
    return letters_put_sent_page(connector->desk.mailbox, &page, out, why);
}

static enum reason write_inbox_page(const struct http_connector *connector,
                                    const struct http_request *request,
                                    struct buf *out, struct fault *why)
{
    static const char *const choices[] = {"waiting", NULL};
    struct letters_page page = {0};
    TRY(read_page(request, &page, why));
    TRY(read_choice(request, "only", choices, &page.choice, why));
    return letters_put_inbox_page(connector->desk.mailbox, &page, out, why);
}

void http_sent_page(void *context, struct http_request *request)
{
    struct fault found = {0};
    AUTO(buf) struct buf out = {0};
    http_give(request, write_sent_page(context, request, &out, &found), &out,
              &found);
}

void http_inbox_page(void *context, struct http_request *request)
{
    struct fault found = {0};
    AUTO(buf) struct buf out = {0};
    http_give(request, write_inbox_page(context, request, &out, &found), &out,
              &found);
}

void http_sent(void *context, struct http_request *request)
{
    struct http_connector *connector = context;
    struct fault found = {0};
    AUTO(buf) struct buf out = {0};
    http_give(request,
              letters_put_sent(connector->desk.mailbox,
                               http_request_segment(request), &out, &found),
              &out, &found);
}

enum reason http_find_letter(const struct http_connector *connector,
                             const struct http_request *request, int64_t *row,
                             struct fault *why)
{
    return letters_find_inbox(
        connector->desk.mailbox, http_request_segment(request),
        http_request_parameter(request, "from"), row, why);
}

static enum reason get_letter(const struct http_connector *connector,
                              const struct http_request *request,
                              struct inbox_letter *out, struct fault *why)
{
    int64_t row;
    TRY(http_find_letter(connector, request, &row, why));
    return letters_get_inbox(connector->desk.mailbox, row, out, why);
}

static void give_mapped(const struct http_connector *connector,
                        struct http_request *request,
                        const struct inbox_letter *letter)
{
    struct fault found = {0};
    AUTO(buf) struct buf out = {0};
    http_give(request,
              http_mapped_put(connector, request, letter, &out, &found), &out,
              &found);
}

/* The bytes that were signed, untouched; or the rows of a mapping. */
void http_inbox_letter(void *context, struct http_request *request)
{
    struct fault found = {0};
    AUTO(inbox_letter) struct inbox_letter letter = {0};
    AUTO(buf) struct buf body = {0};
    if (get_letter(context, request, &letter, &found) != R_OK) {
        http_refuse(request, &found, NULL);
        return;
    }
    if (http_request_parameter(request, "mapping")) {
        give_mapped(context, request, &letter);
        return;
    }
    http_answer_header(request, "Yisong-From", letter.sender);
    http_answer_header(request, "Yisong-Type", letter.type);
    http_answer_header(request, "Yisong-Case", letter.case_id);
    if (*letter.jws)
        http_answer_header(request, "Yisong-JWS", letter.jws);
    buf_put(&body, letter.bytes, letter.size);
    http_answer(request, 200, letter.media_type, &body);
}

static enum reason mark_taken(const struct http_connector *connector,
                              const struct http_request *request,
                              struct fault *why)
{
    int64_t row;
    struct sql *mailbox = connector->desk.mailbox;
    TRY(http_find_letter(connector, request, &row, why));
    TRY(sql_begin(mailbox, why));
    return mailbox_end(mailbox,
                       inbox_mark_taken(mailbox, row,
                                        http_request_kept(request),
                                        connector->now, why),
                       why);
}

void http_inbox_taken(void *context, struct http_request *request)
{
    struct fault found = {0};
    if (mark_taken(context, request, &found) == R_OK)
        http_answer(request, 204, NULL, NULL);
    else
        http_refuse(request, &found, NULL);
}

void http_openapi(void *context, struct http_request *request)
{
    (void)context;
    const struct asset *document =
        asset_get("broker-adapters/http/openapi.json");
    AUTO(buf) struct buf body = {0};
    buf_put(&body, document->bytes, document->size);
    http_answer(request, 200, "application/json", &body);
}
