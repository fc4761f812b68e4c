/*
 * http_client - posts to one address over HTTP or HTTPS (libcurl): TLS 1.2 or
 * newer, the certificate always checked, no redirects, no proxy, every wait
 * bounded, the answer cut at a ceiling. The connection is kept between posts.
 */
#ifndef YISONG_BASE_HTTP_CLIENT_H
#define YISONG_BASE_HTTP_CLIENT_H

#include <stdatomic.h>

#include "base/buf.h"

struct http_client;

/* Authority "": those that the machine trusts. R_BAD_SETTINGS for an address
 * that is not http:// or https://. Settings are copied. */
enum reason http_client_open(struct http_client **out, const char *address,
                             const char *authority_path,
                             struct fault *why) MUST_CHECK;
void http_client_close(struct http_client *client);
AUTO_POINTER(http_client, http_client_close)

enum { HTTP_POST_HEADERS_MAX = 16 };

struct http_post {
    const char *headers[HTTP_POST_HEADERS_MAX]; /* "Name: text"; NULL ends */
    const void *body;                           /* NULL: GET instead of POST */
    size_t size;
};

/*
 * Posts, and waits 10 s for the connection and 30 s in all. R_OK whatever the
 * status; `answer` gets the beginning of the body. R_PARTNER_DOWN if there was
 * no answer. Gives up soon when *stop becomes true.
 */
enum reason http_client_post(struct http_client *client,
                             const struct http_post *post,
                             const atomic_bool *stop, int *status,
                             struct buf *answer, struct fault *why) MUST_CHECK;

#endif
