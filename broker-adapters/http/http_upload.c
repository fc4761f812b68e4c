/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Files that travel with a letter to come, or with one that waits for them:
 * written to the disk as they come, kept when they are what their digest says.
 *
 * The digest is the name: the same file again is the same file, two callers
 * cannot disturb each other, and what a letter lists is found by what it is.
 *
 * Promise: 201 and 200 are said of a file that is durable. One that no letter
 * has named for thirty days is let go.
 */
#include "broker-adapters/http/connector_state.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "broker-adapters/adapter/attachment_draft.h"
#include "broker-adapters/evidence/evidence_rows.h"
#include "broker-adapters/evidence/seal.h"
#include "broker-adapters/http/http_store.h"
#include "broker-adapters/http/members.h"
#include "broker-adapters/mailbox/mailbox.h"

enum { KEPT_DAYS = 30 };

/* One body on its way to the disk. */
struct parcel {
    struct digest sha256;
    struct attachment_draft *draft; /* NULL: not wanted, or refused */
};

static void pour(void *state, struct http_request *request, const void *bytes,
                 size_t size)
{
    struct parcel *parcel = state;
    struct fault why = {0};
    if (!parcel->draft ||
        attachment_draft_put(parcel->draft, bytes, size, &why) == R_OK)
        return;
    attachment_draft_free(TAKE(parcel->draft));
    log_fault(LOG_WARN, "http file", &why);
    http_refuse(request, &why, NULL);
}

static void parcel_close(void *state)
{
    struct parcel *parcel = state;
    attachment_draft_free(parcel->draft);
    free(parcel);
}

static enum reason give_digest(const struct http_request *request,
                               struct digest *out, struct fault *why)
{
    return digest_parse(http_request_segment(request), out)
               ? R_OK
               : fault(why, R_BAD_REQUEST,
                       "/files/SHA256: 64 lower-case hexadecimal digits");
}

/* A file that was given before and still lies here. */
static enum reason find_kept(const struct http_connector *connector,
                             const struct digest *sha256,
                             struct attachment_known *out, instant *at,
                             struct fault *why)
{
    char text[DIGEST_TEXT_MAX];
    TRY(http_file_find(connector->desk.mailbox, sha256, out, at, why));
    return attachment_is_kept(connector->settings->mailbox, sha256, out->size)
               ? R_OK
               : fault(why, R_NOT_FOUND, "%s", digest_format(sha256, text));
}

static void answer(struct http_request *request, int status,
                   const struct attachment_known *file, instant at)
{
    char text[DIGEST_TEXT_MAX];
    AUTO(buf) struct buf body = {0};
    buf_print(&body, "{\"sha256\":\"%s\"", digest_format(&file->sha256, text));
    buf_print(&body, ",\"sm3\":\"%s\"", digest_format(&file->sm3, text));
    member_int(&body, "size", file->size);
    member_time(&body, "putAt", at);
    buf_put_text(&body, "}\n");
    http_answer(request, status, "application/json", &body);
}

/* In its transaction no letter is kept that might name the file. */
static enum reason let_go(const struct http_connector *connector,
                          const struct digest *sha256, struct fault *why)
{
    struct sql *mailbox = connector->desk.mailbox;
    bool needed = true;
    AUTO(text) char *path =
        seal_attachment_path(connector->settings->mailbox, sha256);
    TRY(sql_begin(mailbox, why));
    enum reason reason = evidence_out_needs(mailbox, sha256, &needed, why);
    if (reason == R_OK && !needed) {
        (void)unlink(path);
        reason = http_file_forget(mailbox, sha256, why);
    }
    return mailbox_end(mailbox, reason, why);
}

static void let_go_old(const struct http_connector *connector)
{
    struct fault why = {0};
    struct digest sha256;
    bool found = false;
    enum reason reason =
        http_file_old(connector->desk.mailbox,
                      connector->now - (int64_t)KEPT_DAYS * INSTANT_DAY,
                      &sha256, &found, &why);
    if (reason == R_OK && found)
        reason = let_go(connector, &sha256, &why);
    if (reason != R_OK)
        log_fault(LOG_WARN, "http files", &why);
}

/* What was announced; a body in chunks announces nothing. */
static int64_t announced(const struct http_request *request)
{
    const char *text = http_request_header(request, "Content-Length");
    return text ? strtoll(text, NULL, 10) : 0;
}

void http_file_take(void *context, struct http_request *request)
{
    struct http_connector *connector = context;
    struct fault why = {0};
    struct attachment_known known;
    instant at;
    struct parcel *parcel = mem_new(1, sizeof *parcel);
    const struct http_sink sink = {.state = parcel,
                                   .most = ATTACHMENT_CEILING,
                                   .put = pour,
                                   .close = parcel_close};
    http_request_pour(request, &sink);
    let_go_old(connector);
    enum reason reason = give_digest(request, &parcel->sha256, &why);
    if (reason == R_OK &&
        find_kept(connector, &parcel->sha256, &known, &at, &why) == R_OK) {
        if (http_request_header(request, "Expect")) /* asked before sending */
            answer(request, 200, &known, at);
        return;
    }
    why = reason == R_OK ? (struct fault){0} : why;
    if (reason == R_OK)
        reason =
            attachment_draft_new(&parcel->draft, connector->settings->mailbox,
                                 announced(request), &why);
    if (reason != R_OK)
        http_refuse(request, &why, NULL);
}

/* A letter that went before its file waits for it no more. */
static enum reason keep(const struct http_connector *connector,
                        const struct http_request *request,
                        struct attachment_known *out, struct fault *why)
{
    struct sql *mailbox = connector->desk.mailbox;
    struct parcel *parcel = http_request_sink(request);
    int found;
    TRY(attachment_draft_keep(parcel->draft, &parcel->sha256, out, why));
    TRY(sql_begin(mailbox, why));
    enum reason reason = http_file_mark(
        mailbox, out, http_request_kept(request), connector->now, why);
    if (reason == R_OK)
        reason = evidence_out_found(mailbox, &out->sha256, &found, why);
    TRY(mailbox_end(mailbox, reason, why));
    mailbox_ring(connector->settings->mailbox);
    return R_OK;
}

/* The body is through. */
void http_file_put(void *context, struct http_request *request)
{
    struct http_connector *connector = context;
    const struct parcel *parcel = http_request_sink(request);
    struct attachment_known known;
    struct fault why = {0};
    instant at = connector->now;
    bool is_new = parcel->draft != NULL;
    enum reason reason =
        is_new ? keep(connector, request, &known, &why)
               : find_kept(connector, &parcel->sha256, &known, &at, &why);
    if (reason == R_NOT_FOUND) /* its letter was just through with it */
        reason = fault(&why, R_STORE_BUSY, "give the file again");
    if (reason != R_OK) {
        log_fault(LOG_WARN, "http file", &why);
        http_refuse(request, &why, NULL);
        return;
    }
    if (is_new)
        log_event(LOG_INFO, "http %s: file of %lld bytes",
                  http_request_kept(request), (long long)known.size);
    answer(request, is_new ? 201 : 200, &known, at);
}

void http_file_get(void *context, struct http_request *request)
{
    struct attachment_known known;
    struct digest sha256;
    struct fault why = {0};
    instant at;
    if (give_digest(request, &sha256, &why) == R_OK &&
        find_kept(context, &sha256, &known, &at, &why) == R_OK)
        answer(request, 200, &known, at);
    else
        http_refuse(request, &why, NULL);
}
