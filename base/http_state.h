/*
 * http_state - what the .c files of the server share; nobody else.
 *
 *   http.c          daemon, turns, time limits
 *   http_listen.c   the socket that is listened on
 *   http_request.c  from the first header to the answer
 *   http_file.c     answers that are files
 */
#ifndef YISONG_BASE_HTTP_STATE_H
#define YISONG_BASE_HTTP_STATE_H

#include "base/http.h"

struct MHD_Daemon; /* libmicrohttpd's own names */
struct MHD_Connection;
struct MHD_Response;

enum {
    HTTP_SEGMENTS_MAX = 2,
    HTTP_SEGMENT_MAX = 257,
    HTTP_HEADERS_MAX = 8,
    HTTP_KEPT_MAX = 65,
    HTTP_PIECE = 64 * 1024 /* of a stream: its time limit is for each */
};

/* A connection, whatever comes over it. */
struct http_peer {
    struct http_peer *next, **back;
    int socket;
    int64_t deadline; /* monotonic; hung up when it passes */
};

struct http_request {
    struct http *http;
    struct MHD_Connection *connection;
    struct http_request *next, **back; /* among the held ones */
    const struct http_route *route;
    char segments[HTTP_SEGMENTS_MAX][HTTP_SEGMENT_MAX];
    char kept[HTTP_KEPT_MAX];
    struct buf body;
    struct http_sink sink; /* put NULL: the body goes to `body` */
    int64_t taken;         /* bytes of the body, read or swallowed */
    bool held;             /* the handler has returned without an answer */
    bool queued;           /* the answer went to the library */
    int status;            /* 0: not answered yet */
    struct MHD_Response *response;
    struct {
        char *name, *text;
    } headers[HTTP_HEADERS_MAX];
    size_t header_count;
};

struct http {
    struct http_settings settings;
    struct MHD_Daemon *daemon;
    int socket, port;
    bool has_clients; /* client certificates are asked for */
    struct buf certificate, key, authority; /* PEM; the library borrows them */
    struct http_peer *peers;
    struct http_request *held;
    int owed_turns; /* an answer was given: it needs turns to go out */
    bool closing;   /* whatever comes now gets 503 */
    int64_t monotonic;
};

/* Binds and listens. Plain text is for loopback addresses. */
enum reason http_listen(const char *address, bool plain, int *socket, int *port,
                        struct fault *why) MUST_CHECK;

/* The library's callback for each piece of a request, as one step. True: goes
 * on; false: hang up. */
bool http_request_step(struct http *http, struct MHD_Connection *connection,
                       const char *path, const char *method, const char *piece,
                       size_t *size, void **held);
void http_request_free(struct http_request *request);

/* Answers with a response that is made; a second answer is dropped. */
void http_request_finish(struct http_request *request, int status,
                         struct MHD_Response *response);

/* The time limit of the connection begins anew. */
void http_peer_touch(struct http *http, struct MHD_Connection *connection);

#endif
