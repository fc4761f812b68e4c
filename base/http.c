/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The daemon of libmicrohttpd in its external form: it has no thread, we call
 * it when its epoll descriptor is readable.
 *
 * The library only limits silence. Whoever sends a byte now and then would
 * hold a connection for ever, so every connection has a deadline here, and is
 * hung up when it passes: set when it opens and when an answer is done, for
 * the next request; when a request is whole, for its answer.
 */
#include "base/http_state.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"

enum {
    CONNECTIONS_MAX = 128,
    SILENCE_SECONDS = 15,
    REQUEST_SECONDS = 30,
    HEADERS_MAX = 64 * 1024,
    PEM_MAX = 1024 * 1024,
    LOOK_MS = 1000,
    LAST_TURNS = 4
};

static const char priorities[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3";

static int64_t deadline_of(const struct http *http)
{
    return http->monotonic +
           (int64_t)http->settings.request_seconds * INSTANT_SECOND;
}

static void open_peer(struct http *http, struct MHD_Connection *connection,
                      void **context)
{
    struct http_peer *peer = mem_new(1, sizeof *peer);
    peer->socket =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)
            ->connect_fd;
    peer->deadline = deadline_of(http);
    peer->next = http->peers;
    peer->back = &http->peers;
    if (peer->next)
        peer->next->back = &peer->next;
    http->peers = peer;
    *context = peer;
}

static void close_peer(void **context)
{
    struct http_peer *peer = *context;
    if (!peer)
        return;
    *peer->back = peer->next;
    if (peer->next)
        peer->next->back = peer->back;
    free(peer);
    *context = NULL;
}

static void on_connection(void *http, struct MHD_Connection *connection,
                          void **context,
                          enum MHD_ConnectionNotificationCode what)
{
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        open_peer(http, connection, context);
    else
        close_peer(context);
}

void http_peer_touch(struct http *http, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct http_peer *peer = info ? info->socket_context : NULL;
    if (peer)
        peer->deadline = deadline_of(http);
}

static enum MHD_Result on_request(void *http, struct MHD_Connection *connection,
                                  const char *path, const char *method,
                                  const char *version, const char *piece,
                                  size_t *size, void **held)
{
    (void)version;
    return http_request_step(http, connection, path, method, piece, size, held)
               ? MHD_YES
               : MHD_NO;
}

static void on_done(void *http, struct MHD_Connection *connection, void **held,
                    enum MHD_RequestTerminationCode how)
{
    (void)how;
    http_peer_touch(http, connection);
    http_request_free(*held);
    *held = NULL;
}

/* Paths stay as they were written. */
static size_t leave_escaped(void *context, struct MHD_Connection *connection,
                            char *text)
{
    (void)context;
    (void)connection;
    size_t length = 0;
    while (text[length])
        length++;
    return length;
}

static void on_log(void *context, const char *format, va_list values)
{
    char line[256];
    (void)context;
    if (vsnprintf(line, sizeof line, format, values) > 0)
        log_event(LOG_DEBUG, "http: %s", line);
}

static enum reason read_pem(const char *path, struct buf *out,
                            struct fault *why)
{
    out->ceiling = PEM_MAX;
    return *path ? io_read(path, out, why) : R_OK;
}

static enum reason start(struct http *http, struct fault *why)
{
    const struct http_settings *settings = &http->settings;
    bool tls = *settings->certificate_path != '\0';
    struct MHD_OptionItem secure[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (char *)buf_text(&http->certificate)},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (char *)buf_text(&http->key)},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (char *)priorities},
        {http->has_clients ? MHD_OPTION_HTTPS_MEM_TRUST : MHD_OPTION_END, 0,
         (char *)buf_text(&http->authority)},
        {MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem plain[] = {{MHD_OPTION_END, 0, NULL}};
    http->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
            (tls ? MHD_USE_TLS : 0),
        0, NULL, NULL, on_request, http, MHD_OPTION_EXTERNAL_LOGGER, on_log,
        NULL, MHD_OPTION_LISTEN_SOCKET, http->socket,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SILENCE_SECONDS,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADERS_MAX,
        MHD_OPTION_NOTIFY_COMPLETED, on_done, http,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, http,
        MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_ARRAY, tls ? secure : plain,
        MHD_OPTION_END);
    if (http->daemon)
        return R_OK;
    return tls ? fault(why, R_BAD_KEY, "%s", settings->certificate_path)
               : fault(why, R_SYSTEM_FAILED, "http %s", settings->listen);
}

enum reason http_open(struct http **out, const struct http_settings *settings,
                      struct fault *why)
{
    AUTO(http) struct http *http = mem_new(1, sizeof *http);
    bool plain = *settings->certificate_path == '\0';
    http->settings = *settings;
    http->socket = -1;
    http->has_clients = !plain && *settings->client_authority_path != '\0';
    http->monotonic = instant_monotonic();
    if (http->settings.request_seconds == 0)
        http->settings.request_seconds = REQUEST_SECONDS;
    if (plain && *settings->client_authority_path)
        return fault(why, R_BAD_SETTINGS,
                     "client certificates need a server certificate");
    TRY(read_pem(settings->certificate_path, &http->certificate, why));
    TRY(read_pem(settings->key_path, &http->key, why));
    TRY(read_pem(settings->client_authority_path, &http->authority, why));
    TRY(http_listen(settings->listen, plain, &http->socket, &http->port, why));
    TRY(start(http, why));
    *out = TAKE(http);
    return R_OK;
}

void http_close(struct http *http)
{
    if (!http)
        return;
    http->closing = true;
    while (http->held)
        http_answer_problem(http->held, MHD_HTTP_SERVICE_UNAVAILABLE,
                            R_TIMED_OUT, "");
    if (http->daemon) {
        for (int i = 0; i < LAST_TURNS; i++) /* what was answered goes out */
            http_turn(http, http->monotonic);
        MHD_stop_daemon(http->daemon); /* closes the socket as well */
    } else if (http->socket >= 0) {
        close(http->socket);
    }
    buf_done(&http->certificate);
    buf_done(&http->key);
    buf_done(&http->authority);
    free(http);
}

int http_port(const struct http *http)
{
    return http->port;
}

int http_descriptor(const struct http *http)
{
    return MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)
        ->epoll_fd;
}

int http_patience(const struct http *http, int most)
{
    MHD_UNSIGNED_LONG_LONG left;
    if (http->owed_turns > 0)
        return 0;
    if (http->peers && most > LOOK_MS)
        most = LOOK_MS;
    if (MHD_get_timeout(http->daemon, &left) != MHD_YES)
        return most;
    return left < (MHD_UNSIGNED_LONG_LONG)most ? (int)left : most;
}

/* The library sees the end of the stream and tidies up itself. */
static void hang_up_late(struct http *http)
{
    for (struct http_peer *peer = http->peers; peer; peer = peer->next)
        if (http->monotonic >= peer->deadline)
            (void)shutdown(peer->socket, SHUT_RDWR);
}

void http_turn(struct http *http, int64_t monotonic)
{
    http->monotonic = monotonic;
    if (http->owed_turns > 0)
        http->owed_turns--;
    hang_up_late(http);
    (void)MHD_run(http->daemon);
}
