/*
 * http - a small HTTP/1.1 server face over libmicrohttpd: a table of routes,
 * requests with ceilings, answers now or later. One thread, the caller's: the
 * descriptor goes into the caller's poll(2), http_turn does what is due.
 *
 *     http_open -> while (...) { poll(http_descriptor, http_patience);
 *                                http_turn } -> http_close
 *
 * TLS 1.3 with a certificate; without one only loopback addresses are served.
 * Every request has a time limit from its first byte to the last of the
 * answer, every body a ceiling, and the number of connections is bounded. What
 * is larger than memory, a body that is poured or a file in answer, has the
 * time limit for every 64 KiB instead. Paths
 * are matched as they are written: nothing is unescaped, so "%2e", "//" and
 * ".." match no route. Errors are problem+json (RFC 9457).
 *
 * To add a route: a row in the caller's table.
 */
#ifndef YISONG_BASE_HTTP_H
#define YISONG_BASE_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/digest.h"

struct http;
struct http_request;

/* One path with one method. "{x}" in the pattern takes one whole segment; two
 * at most. */
struct http_route {
    const char *method; /* "GET" (and HEAD), "POST", "PUT" */
    const char *pattern;
    bool open; /* asks for no credentials */
    void (*handle)(void *context, struct http_request *request);
};

struct http_settings {
    const char *listen; /* "127.0.0.1:8480", "[::1]:8480"; port 0: any free */
    const char *certificate_path, *key_path; /* PEM; "": plain, loopback */
    const char *client_authority_path; /* PEM; "": no client certificates */
    size_t body_ceiling;
    int request_seconds; /* for one request, whole; 0: 30 */
    const struct http_route *routes;
    size_t route_count;
    /*
     * Called before the body of a request to a route that is not open: false
     * refuses it (401). What is kept with http_request_keep names the client.
     */
    bool (*admit)(void *context, struct http_request *request);
    /*
     * Called before the body of a PUT: says with http_request_pour where it
     * goes, and may answer. NULL: bodies are kept in memory, as all others.
     */
    void (*take)(void *context, struct http_request *request);
    void *context;
};

/* Listens. R_BAD_SETTINGS, R_BAD_KEY, R_SYSTEM_FAILED. */
enum reason http_open(struct http **out, const struct http_settings *settings,
                      struct fault *why) MUST_CHECK;
/* Requests without an answer get 503. */
void http_close(struct http *http);
AUTO_POINTER(http, http_close)

/* The port that is listened on. */
int http_port(const struct http *http);

/* For poll(2), and how many milliseconds it may wait at most. */
int http_descriptor(const struct http *http);
int http_patience(const struct http *http, int most);

/* Reads, calls handlers, writes. Never waits. */
void http_turn(struct http *http, int64_t monotonic);

/* --- a request, until it is answered --------------------------------------
 */

/* The segment of the path that "{x}" took, "" if there is none. */
const char *http_request_segment(const struct http_request *request);
/* The same of the second "{x}". */
const char *http_request_second(const struct http_request *request);

/* Header or query parameter, or NULL. Borrowed, and not trusted. */
const char *http_request_header(const struct http_request *request,
                                const char *name);
const char *http_request_parameter(const struct http_request *request,
                                   const char *name);
const struct buf *http_request_body(const struct http_request *request);

/* Where a body goes that is too large for memory. */
struct http_sink {
    void *state;
    int64_t most; /* bytes; what is longer is R_TOO_LARGE, and cut off */
    /* The next piece. May answer, with a problem; then no more comes. */
    void (*put)(void *state, struct http_request *request, const void *bytes,
                size_t size);
    /* The request is over, handled or cut off. */
    void (*close)(void *state);
};
void http_request_pour(struct http_request *request,
                       const struct http_sink *sink);
/* The state of the sink, or NULL. */
void *http_request_sink(const struct http_request *request);

/* The fingerprint of a client certificate that the client authority holds
 * for good; false if there is none. */
bool http_request_certificate(const struct http_request *request,
                              struct digest *fingerprint);

/* A text of the caller that lives as long as the request, and "" before. */
void http_request_keep(struct http_request *request, const char *text);
const char *http_request_kept(const struct http_request *request);

/*
 * Answers, once; the bytes are taken out of `body`, which may be NULL. A
 * handler that returns without an answer gives it later, in a later turn.
 */
void http_answer(struct http_request *request, int status,
                 const char *media_type, struct buf *body);

/*
 * Answers with an open file, or with the part of it that one Range asks for
 * (RFC 9110 section 14; If-Range holds the tag). The file is closed. Memory
 * does not depend on its size.
 */
struct http_file {
    int descriptor;
    int64_t size;
    const char *media_type;
    const char *tag; /* ETag, quotes included */
};
void http_answer_file(struct http_request *request,
                      const struct http_file *file);

/* Adds a header to the answer to come; not if the text has control characters.
 */
void http_answer_header(struct http_request *request, const char *name,
                        const char *text);

/* Answers with a problem: code and sentences of the reason, and the detail. */
void http_answer_problem(struct http_request *request, int status,
                         enum reason reason, const char *detail);

#endif
