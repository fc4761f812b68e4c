/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * One request: found in the table, admitted, read, handled, answered.
 *
 *     new -> refused (the rest of the body is swallowed)  -> queued
 *         -> whole -> handled                             -> queued
 *                  -> held (its answer comes later)       -> queued
 *
 * A request that is refused before its body came is answered when the body is
 * through: a client that is still writing would not read the answer; one that
 * asked first ("Expect: 100-continue") gets it at once. Bodies far beyond the
 * ceiling are cut off.
 */
#include "base/http_state.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mask.h"
#include "base/mem.h"

/* The library takes a resumed request up in one turn, and reads in the next. */
enum { SWALLOW_TIMES = 8, RESUME_TURNS = 3 };

/* --- the table of routes ---------------------------------------------------
 */

/* Segment by segment; those that "{x}" stands for are copied. */
static bool match(const char *pattern, const char *path,
                  char segments[HTTP_SEGMENTS_MAX][HTTP_SEGMENT_MAX])
{
    char(*segment)[HTTP_SEGMENT_MAX] = segments;
    while (*pattern && *path) {
        if (*pattern != '{') {
            if (*pattern++ != *path++)
                return false;
            continue;
        }
        size_t length = strcspn(path, "/");
        if (length == 0 || length >= HTTP_SEGMENT_MAX)
            return false;
        memcpy(*segment, path, length);
        (*segment++)[length] = '\0';
        path += length;
        pattern += strcspn(pattern, "}") + 1;
    }
    return *pattern == *path;
}

static bool is_method(const struct http_route *route, const char *method)
{
    return strcmp(route->method, method) == 0 ||
           (strcmp(route->method, "GET") == 0 && strcmp(method, "HEAD") == 0);
}

/* The first pattern that fits is the path's; *allowed gets the methods that it
 * has, for 405. */
static const struct http_route *find_route(const struct http *http,
                                           const char *method, const char *path,
                                           struct http_request *request,
                                           struct buf *allowed)
{
    const char *pattern = NULL;
    for (size_t i = 0; i < http->settings.route_count; i++) {
        const struct http_route *route = &http->settings.routes[i];
        char segments[HTTP_SEGMENTS_MAX][HTTP_SEGMENT_MAX] = {"", ""};
        if (pattern && strcmp(pattern, route->pattern) != 0)
            continue;
        if (!match(route->pattern, path, segments))
            continue;
        pattern = route->pattern;
        memcpy(request->segments, segments, sizeof segments);
        if (is_method(route, method))
            return route;
        buf_print(allowed, "%s%s", allowed->size ? ", " : "", route->method);
    }
    return NULL;
}

/* --- from the first header to the handler ----------------------------------
 */

static void refuse_unknown(struct http_request *request,
                           const struct buf *allowed)
{
    if (allowed->size == 0) {
        http_answer_problem(request, MHD_HTTP_NOT_FOUND, R_NOT_FOUND, "");
        return;
    }
    http_answer_header(request, "Allow", buf_text(allowed));
    http_answer_problem(request, MHD_HTTP_METHOD_NOT_ALLOWED, R_BAD_REQUEST,
                        buf_text(allowed));
}

static void begin(struct http_request *request, const char *path,
                  const char *method)
{
    const struct http_settings *settings = &request->http->settings;
    AUTO(buf) struct buf allowed = {0};
    request->route = find_route(request->http, method, path, request, &allowed);
    if (!request->route) {
        refuse_unknown(request, &allowed);
        return;
    }
    if (request->route->open || settings->admit(settings->context, request)) {
        if (settings->take && strcmp(method, "PUT") == 0)
            settings->take(settings->context, request);
        return;
    }
    http_answer_header(request, "WWW-Authenticate", "Bearer");
    http_answer_problem(request, MHD_HTTP_UNAUTHORIZED, R_NO_CREDENTIALS, "");
}

static void refuse_large(struct http_request *request)
{
    http_answer_problem(request, MHD_HTTP_CONTENT_TOO_LARGE, R_TOO_LARGE, "");
}

/* Every 64 KiB of a stream have the time of a request. */
static void pour_piece(struct http_request *request, const char *piece,
                       size_t size)
{
    if (request->taken / HTTP_PIECE !=
        (request->taken + (int64_t)size) / HTTP_PIECE)
        http_peer_touch(request->http, request->connection);
    if (request->status != 0)
        return;
    if (request->taken + (int64_t)size > request->sink.most)
        refuse_large(request);
    else
        request->sink.put(request->sink.state, request, piece, size);
}

static bool take_piece(struct http_request *request, const char *piece,
                       size_t size)
{
    int64_t ceiling = (int64_t)request->http->settings.body_ceiling;
    if (request->sink.put)
        pour_piece(request, piece, size);
    else if (request->status == 0)
        buf_put(&request->body, piece, size);
    if (request->body.full && request->status == 0)
        refuse_large(request);
    request->taken += (int64_t)size;
    return request->taken <= request->sink.most + SWALLOW_TIMES * ceiling;
}

static bool queue_answer(struct http_request *request)
{
    if (request->queued)
        return true;
    request->queued = true;
    return MHD_queue_response(request->connection, (unsigned)request->status,
                              request->response) == MHD_YES;
}

static void hold(struct http_request *request)
{
    request->held = true;
    request->next = request->http->held;
    request->back = &request->http->held;
    if (request->next)
        request->next->back = &request->next;
    request->http->held = request;
    MHD_suspend_connection(request->connection);
}

static void let_go(struct http_request *request)
{
    request->held = false;
    *request->back = request->next;
    if (request->next)
        request->next->back = request->back;
}

static struct http_request *make(struct http *http,
                                 struct MHD_Connection *connection)
{
    struct http_request *request = mem_new(1, sizeof *request);
    request->http = http;
    request->connection = connection;
    request->body.ceiling = http->settings.body_ceiling;
    return request;
}

bool http_request_step(struct http *http, struct MHD_Connection *connection,
                       const char *path, const char *method, const char *piece,
                       size_t *size, void **held)
{
    struct http_request *request = *held;
    if (!request) {
        *held = request = make(http, connection);
        begin(request, path, method);
        return request->status == 0 || !http_request_header(request, "Expect")
                   ? true
                   : queue_answer(request);
    }
    if (*size > 0) {
        bool more = take_piece(request, piece, *size);
        *size = 0;
        return more;
    }
    http_peer_touch(http, connection);
    if (request->status == 0 && http->closing)
        http_answer_problem(request, MHD_HTTP_SERVICE_UNAVAILABLE, R_TIMED_OUT,
                            "");
    if (request->status == 0)
        request->route->handle(http->settings.context, request);
    if (request->status != 0)
        return queue_answer(request);
    hold(request);
    return true;
}

void http_request_free(struct http_request *request)
{
    if (!request)
        return;
    if (request->held)
        let_go(request);
    for (size_t i = 0; i < request->header_count; i++) {
        free(request->headers[i].name);
        free(request->headers[i].text);
    }
    if (request->response)
        MHD_destroy_response(request->response);
    if (request->sink.close)
        request->sink.close(request->sink.state);
    buf_done(&request->body);
    free(request);
}

/* --- what a handler asks ---------------------------------------------------
 */

const char *http_request_segment(const struct http_request *request)
{
    return request->segments[0];
}

const char *http_request_second(const struct http_request *request)
{
    return request->segments[1];
}

const char *http_request_header(const struct http_request *request,
                                const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND,
                                       name);
}

const char *http_request_parameter(const struct http_request *request,
                                   const char *name)
{
    return MHD_lookup_connection_value(request->connection,
                                       MHD_GET_ARGUMENT_KIND, name);
}

const struct buf *http_request_body(const struct http_request *request)
{
    return &request->body;
}

void http_request_pour(struct http_request *request,
                       const struct http_sink *sink)
{
    request->sink = *sink;
}

void *http_request_sink(const struct http_request *request)
{
    return request->sink.state;
}

bool http_request_certificate(const struct http_request *request,
                              struct digest *fingerprint)
{
    unsigned status = 0, count = 0;
    if (!request->http->has_clients)
        return false;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(
        request->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    gnutls_session_t session = info ? info->tls_session : NULL;
    if (!session || gnutls_certificate_verify_peers2(session, &status) != 0 ||
        status != 0)
        return false;
    const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &count);
    if (!chain || count == 0)
        return false;
    *fingerprint = digest_of(DIGEST_SHA256, chain[0].data, chain[0].size);
    return true;
}

void http_request_keep(struct http_request *request, const char *text)
{
    snprintf(request->kept, sizeof request->kept, "%s", text);
}

const char *http_request_kept(const struct http_request *request)
{
    return request->kept;
}

/* --- answers ---------------------------------------------------------------
 */

void http_answer_header(struct http_request *request, const char *name,
                        const char *text)
{
    if (request->header_count == HTTP_HEADERS_MAX)
        return;
    request->headers[request->header_count].name = mem_text(name);
    request->headers[request->header_count].text = mem_text(text);
    request->header_count++;
}

void http_request_finish(struct http_request *request, int status,
                         struct MHD_Response *response)
{
    if (request->status != 0) {
        MHD_destroy_response(response);
        return;
    }
    request->status = status;
    request->response = response;
    (void)MHD_add_response_header(response, "Cache-Control", "no-store");
    (void)MHD_add_response_header(response, "X-Content-Type-Options",
                                  "nosniff");
    for (size_t i = 0; i < request->header_count; i++)
        (void)MHD_add_response_header(response, request->headers[i].name,
                                      request->headers[i].text);
    if (request->held) {
        let_go(request);
        request->http->owed_turns = RESUME_TURNS;
        MHD_resume_connection(request->connection);
    }
}

void http_answer(struct http_request *request, int status,
                 const char *media_type, struct buf *body)
{
    size_t size = body ? body->size : 0;
    char *bytes = body && size ? buf_take(body) : NULL;
    struct MHD_Response *response = MHD_create_response_from_buffer(
        size, bytes, bytes ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
    if (size > 0)
        (void)MHD_add_response_header(response, "Content-Type", media_type);
    http_request_finish(request, status, response);
}

void http_answer_problem(struct http_request *request, int status,
                         enum reason reason, const char *detail)
{
    AUTO(buf) struct buf body = {0};
    buf_print(&body,
              "{\"type\":\"urn:yisong:reason:%s\",\"title\":\"%s\","
              "\"status\":%d,\"code\":\"%s\",\"zh\":\"%s\",\"en\":\"%s\"",
              reason_code(reason), reason_english(reason), status,
              reason_code(reason), reason_chinese(reason),
              reason_english(reason));
    if (*detail) {
        buf_put_text(&body, ",\"detail\":\"");
        mask_put_json(&body, detail);
        buf_put_char(&body, '"');
    }
    buf_put_text(&body, "}\n");
    http_answer(request, status, "application/problem+json", &body);
}
