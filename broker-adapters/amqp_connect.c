/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Opening and closing a connection to RabbitMQ.
 *
 * The broker's certificate is judged inside the handshake, before our own
 * certificate goes out: rabbitmq-c would look only afterwards, and knows no IP
 * addresses. With TLS 1.3 the broker's judgement on our certificate shows only
 * at the login.
 *
 * Every wait here is bounded: connect and handshake, each call that expects an
 * answer (RPC_SECONDS), a write that the broker does not take (WRITE_MS).
 */
#include "broker-adapters/amqp.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <amqp.h>
#include <amqp_ssl_socket.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/instant.h"
#include "base/mem.h"
#include "broker-adapters/amqp_state.h"

enum {
    CONNECT_SECONDS = 5,
    RPC_SECONDS = 5,
    GOODBYE_SECONDS = 1,
    WRITE_MS = 15000,
    HEARTBEAT_SECONDS = 20,
    CHANNELS_MAX = 4,
    FRAME_MAX = 131072,
    SECURITY_LEVEL = 2 /* 112 bits: P-256, RSA 2048 */
};

/* A password on a key would be asked for at the terminal of a service. */
static int no_password(char *text, int size, int writing, void *context)
{
    (void)text;
    (void)size;
    (void)writing;
    (void)context;
    return 0;
}

/* Remembers why: OpenSSL's error says only that it failed. */
static int judge_peer(int is_fine, X509_STORE_CTX *chain)
{
    const SSL *tls =
        X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct amqp *amqp = SSL_CTX_get_app_data(SSL_get_SSL_CTX(tls));
    if (!is_fine && amqp->peer_verdict == X509_V_OK)
        amqp->peer_verdict = X509_STORE_CTX_get_error(chain);
    return is_fine;
}

/* The broker's judgement on our certificate comes as an alert. */
static void note_alert(const SSL *tls, int where, int value)
{
    struct amqp *amqp = SSL_CTX_get_app_data(SSL_get_SSL_CTX(tls));
    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT)
        amqp->alert = value;
}

static enum reason bad_file(const char *path, struct fault *why)
{
    const char *detail = ERR_reason_error_string(ERR_peek_last_error());
    return fault(why, R_BAD_KEY, "%s: %s", path, detail ? detail : "unusable");
}

static enum reason load_keys(SSL_CTX *tls, const struct amqp_settings *settings,
                             struct fault *why)
{
    SSL_CTX_set_default_passwd_cb(tls, no_password);
    if (SSL_CTX_load_verify_locations(tls, settings->ca_path, NULL) != 1)
        return bad_file(settings->ca_path, why);
    if (SSL_CTX_use_certificate_chain_file(tls, settings->certificate_path) !=
        1)
        return bad_file(settings->certificate_path, why);
    if (SSL_CTX_use_PrivateKey_file(tls, settings->key_path,
                                    SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(tls) != 1)
        return bad_file(settings->key_path, why);
    return R_OK;
}

static enum reason prepare_tls(struct amqp *amqp, amqp_socket_t *socket,
                               const struct amqp_settings *settings,
                               struct fault *why)
{
    ERR_clear_error();
    SSL_CTX *tls = amqp_ssl_socket_get_context(socket);
    SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
    SSL_CTX_set_options(tls, SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_security_level(tls, SECURITY_LEVEL);
    SSL_CTX_set_app_data(tls, amqp);
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, judge_peer);
    SSL_CTX_set_info_callback(tls, note_alert);
    X509_VERIFY_PARAM *peer = SSL_CTX_get0_param(tls);
    X509_VERIFY_PARAM_set_hostflags(peer, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    if (X509_VERIFY_PARAM_set1_ip_asc(peer, settings->host) != 1 &&
        X509_VERIFY_PARAM_set1_host(peer, settings->host, 0) != 1)
        return fault(why, R_BAD_SETTINGS, "host '%s'", settings->host);
    amqp_ssl_socket_set_verify_hostname(socket, 0); /* done above, and better */
    return load_keys(tls, settings, why);
}

/* A write that the broker does not take ends in an error, not in a hang. */
static void set_socket_options(int descriptor)
{
    int on = 1, limit = WRITE_MS;
    setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    setsockopt(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit, sizeof limit);
}

static enum reason connect_socket(struct amqp *amqp,
                                  const struct amqp_settings *settings,
                                  struct fault *why)
{
    amqp_socket_t *socket = amqp_ssl_socket_new(amqp->link);
    if (!socket)
        return fault(why, R_CRYPTO_FAILED, "no TLS context");
    TRY(prepare_tls(amqp, socket, settings, why));
    struct timeval limit = {.tv_sec = CONNECT_SECONDS};
    int status = amqp_socket_open_noblock(socket, settings->host,
                                          settings->port, &limit);
    if (status != AMQP_STATUS_OK) {
        char doing[300];
        snprintf(doing, sizeof doing, "%s:%d", settings->host, settings->port);
        return amqp_broken(amqp, status, doing, why);
    }
    set_socket_options(amqp_get_sockfd(amqp->link));
    struct timeval rpc = {.tv_sec = RPC_SECONDS};
    amqp_set_handshake_timeout(amqp->link, &rpc);
    amqp_set_rpc_timeout(amqp->link, &rpc);
    return R_OK;
}

static amqp_table_entry_t capability(const char *name)
{
    return (amqp_table_entry_t){
        .key = amqp_cstring_bytes(name),
        .value = {.kind = AMQP_FIELD_KIND_BOOLEAN, .value.boolean = 1}};
}

/* A broker that has anything to say before we have spoken refuses our
 * certificate. What it says is lost once a write of ours has failed. */
static enum reason check_welcome(struct amqp *amqp, struct fault *why)
{
    struct pollfd input = {.fd = amqp_get_sockfd(amqp->link), .events = POLLIN};
    if (poll(&input, 1, 0) != 1)
        return R_OK;
    amqp_frame_t frame;
    struct timeval none = {0};
    int status = amqp_simple_wait_frame_noblock(amqp->link, &frame, &none);
    return status == AMQP_STATUS_TIMEOUT
               ? R_OK
               : amqp_broken(amqp, status, "login", why);
}

/* EXTERNAL: the broker reads the user from our certificate. The identity "x"
 * is ignored there; an empty one makes rabbitmq-c 0.11 fail. */
static enum reason login(struct amqp *amqp,
                         const struct amqp_settings *settings,
                         struct fault *why)
{
    amqp_table_entry_t wanted[] = {
        capability("publisher_confirms"), capability("basic.nack"),
        capability("consumer_cancel_notify"), capability("connection.blocked")};
    amqp_table_entry_t property = {
        .key = amqp_cstring_bytes("capabilities"),
        .value = {.kind = AMQP_FIELD_KIND_TABLE,
                  .value.table = {COUNT_OF(wanted), wanted}}};
    amqp_table_t properties = {1, &property};
    amqp_rpc_reply_t reply = amqp_login_with_properties(
        amqp->link, settings->vhost, CHANNELS_MAX, FRAME_MAX,
        amqp->heartbeat_ms / INSTANT_SECOND, &properties,
        AMQP_SASL_METHOD_EXTERNAL, "x");
    TRY(amqp_check_reply(amqp, &reply, "login", why));
    amqp->heartbeat_ms = amqp_get_heartbeat(amqp->link) * INSTANT_SECOND;
    return R_OK;
}

static enum reason open_channel(struct amqp *amqp, struct fault *why)
{
    amqp_channel_open(amqp->link, AMQP_CHANNEL);
    amqp_rpc_reply_t reply = amqp_get_rpc_reply(amqp->link);
    TRY(amqp_check_reply(amqp, &reply, "channel.open", why));
    amqp_confirm_select(amqp->link, AMQP_CHANNEL);
    reply = amqp_get_rpc_reply(amqp->link);
    return amqp_check_reply(amqp, &reply, "confirm.select", why);
}

enum reason amqp_open(struct amqp **out, const struct amqp_settings *settings,
                      struct fault *why)
{
    AUTO(amqp) struct amqp *amqp = mem_new(1, sizeof *amqp);
    int seconds = settings->heartbeat_seconds ? settings->heartbeat_seconds
                                              : HEARTBEAT_SECONDS;
    amqp->heartbeat_ms = seconds * INSTANT_SECOND;
    amqp->ended = true; /* until there is somebody to say goodbye to */
    amqp->link = amqp_new_connection();
    if (!amqp->link)
        return fault(why, R_SYSTEM_FAILED, "no memory for a connection");
    TRY(connect_socket(amqp, settings, why));
    amqp->is_at_login = true;
    TRY(check_welcome(amqp, why));
    TRY(login(amqp, settings, why));
    amqp->is_at_login = false;
    amqp->ended = false;
    TRY(open_channel(amqp, why));
    amqp->heard_at = instant_monotonic();
    *out = TAKE(amqp);
    return R_OK;
}

void amqp_close(struct amqp *amqp)
{
    if (!amqp)
        return;
    int descriptor = amqp->link ? amqp_get_sockfd(amqp->link) : -1;
    if (!amqp->ended) {
        struct timeval limit = {.tv_sec = GOODBYE_SECONDS};
        amqp_set_rpc_timeout(amqp->link, &limit);
        amqp_connection_close(amqp->link, AMQP_REPLY_SUCCESS);
        descriptor = amqp_get_sockfd(amqp->link);
    }
    /* The library's TLS goodbye waits without limit for the other side. */
    if (descriptor >= 0)
        shutdown(descriptor, SHUT_RDWR);
    if (amqp->link)
        amqp_destroy_connection(amqp->link);
    buf_done(&amqp->body);
    free(amqp);
}

static enum reason tls_fault(const struct amqp *amqp, const char *doing,
                             struct fault *why)
{
    if (amqp->peer_verdict != X509_V_OK)
        return fault(why, R_BROKER_DOWN, "%s: the broker's certificate: %s",
                     doing, X509_verify_cert_error_string(amqp->peer_verdict));
    if (amqp->alert)
        return fault(why, R_BROKER_REFUSED, "%s: TLS alert: %s", doing,
                     SSL_alert_desc_string_long(amqp->alert));
    if (amqp->is_at_login)
        return fault(why, R_BROKER_REFUSED,
                     "%s: the broker hung up at once, as it does on a "
                     "certificate that it does not accept",
                     doing);
    return fault(why, R_BROKER_DOWN, "%s: the TLS connection broke", doing);
}

static bool is_tls_status(int status)
{
    return status <= AMQP_STATUS_SSL_ERROR &&
           status > _AMQP_STATUS_SSL_NEXT_VALUE;
}

enum reason amqp_broken(struct amqp *amqp, int status, const char *doing,
                        struct fault *why)
{
    amqp->ended = true;
    if (is_tls_status(status))
        return tls_fault(amqp, doing, why);
    enum reason reason = status == AMQP_STATUS_BROKER_UNSUPPORTED_SASL_METHOD
                             ? R_BROKER_REFUSED
                             : R_BROKER_DOWN;
    return fault(why, reason, "%s: %s", doing, amqp_error_string2(status));
}

enum reason amqp_refused(struct amqp *amqp, uint32_t method,
                         const void *decoded, struct fault *why)
{
    int code;
    amqp_bytes_t text;
    amqp->ended = true;
    if (method == AMQP_CONNECTION_CLOSE_METHOD) {
        const amqp_connection_close_t *close = decoded;
        code = close->reply_code;
        text = close->reply_text;
    } else {
        const amqp_channel_close_t *close = decoded;
        code = close->reply_code;
        text = close->reply_text;
    }
    return fault(
        why, code == AMQP_CONNECTION_FORCED ? R_BROKER_DOWN : R_BROKER_REFUSED,
        "%d %.*s", code, (int)text.len, (const char *)text.bytes);
}

enum reason amqp_check_reply(struct amqp *amqp, const amqp_rpc_reply_t *reply,
                             const char *doing, struct fault *why)
{
    switch (reply->reply_type) {
    case AMQP_RESPONSE_NORMAL:
        return R_OK;
    case AMQP_RESPONSE_SERVER_EXCEPTION:
        return amqp_refused(amqp, reply->reply.id, reply->reply.decoded, why);
    case AMQP_RESPONSE_LIBRARY_EXCEPTION:
        return amqp_broken(amqp, reply->library_error, doing, why);
    case AMQP_RESPONSE_NONE:
        break;
    }
    return amqp_broken(amqp, AMQP_STATUS_CONNECTION_CLOSED, doing, why);
}
