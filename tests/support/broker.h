/*
 * broker - a real RabbitMQ with a throw-away authority, for the tests of
 * broker-adapters: one per test program, as cmocka's group set-up.
 *
 *     cmocka_run_group_tests(tests, broker_start, broker_stop)
 *
 * Agencies: ecology-nanchang and police-nanchang; `exchange`; `lonely`, whose
 * exchange leads nowhere; `narrow`, whose inbox holds one letter; `inspector`,
 * who may read `dead` and `unroutable`; `stranger`, which has a certificate
 * and no user.
 *
 * Certificates are named by the folder they lie in: an agency's id; "expired"
 * and "forged" say ecology-nanchang, of our authority and of another one.
 */
#ifndef YISONG_TESTS_SUPPORT_BROKER_H
#define YISONG_TESTS_SUPPORT_BROKER_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "broker-adapters/amqp.h"
#include "broker-adapters/topology.h"
#include "certs/authority.h"
#include "tests/base/scratch.h"

enum { BROKER_PATH_MAX = 200, BROKER_SHARDS = 2 };

static struct broker {
    char folder[BROKER_PATH_MAX / 2];
    int port;
} broker;

static const struct topology_agency broker_agencies[] = {
    {"ecology-nanchang", false},
    {"police-nanchang", false},
    {"lonely", false},
    {"narrow", false}};

/* "FOLDER/a/b"; borrowed until the 16th call after this one. */
static inline const char *broker_path(const char *a, const char *b)
{
    static char paths[16][BROKER_PATH_MAX];
    static unsigned next = 0;
    char *path = paths[next++ % COUNT_OF(paths)];
    snprintf(path, BROKER_PATH_MAX, "%s/%s/%s", broker.folder, a, b);
    return path;
}

/* Runs `broker.sh ACTION FOLDER MORE`. */
static inline void broker_do(const char *action, const char *more)
{
    char line[1000];
    const char *source = getenv("YISONG_SOURCE");
    snprintf(line, sizeof line, "%s/landscape/broker.sh %s %s %s >%s",
             source ? source : "..", action, broker.folder, more,
             broker_path("", "said"));
    if (system(line) != 0)
        abort();
}

/* A fault in the set-up of a test ends it, and the broker with it. */
static inline void broker_must(enum reason reason, const struct fault *why)
{
    if (reason == R_OK)
        return;
    fault_print(stderr, "tests/support/broker.h", why);
    broker_do("kill", "");
    abort();
}

/* What the last broker_do printed; free it. */
static inline char *broker_said(void)
{
    struct fault why = {0};
    struct buf said = {0};
    broker_must(io_read(broker_path("", "said"), &said, &why), &why);
    return buf_take(&said);
}

static inline void broker_signal(int number)
{
    struct fault why = {0};
    AUTO(buf) struct buf text = {0};
    broker_must(io_read(broker_path("broker", "server.pid"), &text, &why),
                &why);
    kill((pid_t)atoi(buf_text(&text)), number);
}

static inline void broker_add(struct authority *authority, const char *id,
                              const char *folder, instant at)
{
    struct fault why = {0};
    struct agency agency = {.id = id,
                            .role = "ecology",
                            .chinese = "测试机关",
                            .english = "Test agency",
                            .credit_code = "",
                            .region = "360100",
                            .level = "city"};
    broker_must(authority_add(authority, &agency, SUITE_P256,
                              broker_path(folder, ""), at, &why),
                &why);
}

static inline struct authority *broker_authority(const char *name, instant at)
{
    struct fault why = {0};
    struct authority *authority = NULL;
    broker_must(authority_create(broker_path(name, ""), at, &why), &why);
    broker_must(authority_open(&authority, broker_path(name, ""), &why), &why);
    return authority;
}

static inline void broker_make_keys(instant now)
{
    struct fault why = {0};
    const char *const names[] = {"localhost", "127.0.0.1"};
    instant long_ago = now - 5 * 365 * (instant)INSTANT_DAY;
    AUTO(authority)
    struct authority *authority = broker_authority("centre", long_ago);
    broker_add(authority, "ecology-nanchang", "expired", long_ago);
    broker_must(authority_renew(authority, "ecology-nanchang", SUITE_P256,
                                broker_path("ecology-nanchang", ""), now, &why),
                &why);
    for (size_t i = 1; i < COUNT_OF(broker_agencies); i++)
        broker_add(authority, broker_agencies[i].id, broker_agencies[i].id,
                   now);
    broker_add(authority, "exchange", "exchange", now);
    broker_add(authority, "inspector", "inspector", now);
    broker_add(authority, "stranger", "stranger", now);
    broker_must(authority_broker(authority, &(struct hosts){names, 2},
                                 broker_path("tls", ""), now, &why),
                &why);
    AUTO(authority)
    struct authority *other = broker_authority("other", now);
    broker_add(other, "ecology-nanchang", "forged", now);
}

/* Takes out the one line that holds `text`. */
static inline void broker_cut_line(char *all, const char *text)
{
    char *place = strstr(all, text);
    if (!place)
        abort();
    char *begin = place, *end = strchr(place, '\n') + 1;
    while (begin > all && begin[-1] != '\n')
        begin--;
    memmove(begin, end, strlen(end) + 1);
}

/* Puts one more row at the beginning of a list of the definitions. */
static inline void broker_insert(struct buf *json, const char *list,
                                 const char *row)
{
    char head[40];
    snprintf(head, sizeof head, "\"%s\": [\n", list);
    const char *rest = strstr(json->bytes, head) + strlen(head);
    struct buf changed = {0};
    buf_put(&changed, json->bytes, (size_t)(rest - json->bytes));
    buf_print(&changed, "  %s,\n", row);
    buf_put_text(&changed, rest);
    buf_done(json);
    *json = changed;
}

static inline void broker_write_definitions(void)
{
    struct fault why = {0};
    AUTO(buf) struct buf json = {0};
    struct topology topology = {.vhost = "yisong",
                                .exchange = "exchange",
                                .agencies = broker_agencies,
                                .count = COUNT_OF(broker_agencies),
                                .shards = BROKER_SHARDS};
    broker_must(topology_write(&topology, &json, &why), &why);
    broker_cut_line(json.bytes, "\"source\": \"out.lonely\"");
    broker_insert(&json, "users",
                  "{\"name\": \"inspector\", \"password_hash\": \"\", "
                  "\"hashing_algorithm\": "
                  "\"rabbit_password_hashing_sha256\", \"tags\": []}");
    broker_insert(&json, "permissions",
                  "{\"vhost\": \"yisong\", \"user\": \"inspector\", "
                  "\"configure\": \"^$\", \"write\": \"^$\", "
                  "\"read\": \"^(dead|unroutable)$\"}");
    broker_insert(&json, "policies",
                  "{\"vhost\": \"yisong\", \"name\": \"narrow\", "
                  "\"pattern\": \"^in[.]narrow$\", \"apply-to\": "
                  "\"queues\", \"priority\": 9, \"definition\": "
                  "{\"max-length\": 1, \"overflow\": \"reject-publish\"}}");
    broker_must(io_write(broker_path("", "definitions.json"), json.bytes,
                         json.size, 0600, &why),
                &why);
}

static inline void broker_read_port(void)
{
    char *said = broker_said();
    broker.port = atoi(strrchr(said, ':') + 1);
    free(said);
}

static inline int broker_stop(void **state)
{
    (void)state;
    broker_do("kill", "");
    scratch_remove_folder(broker.folder);
    return 0;
}

static inline int broker_start(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    log_open("test", LOG_ERROR);
    strcpy(broker.folder, "/tmp/yisong-broker.XXXXXX");
    if (!mkdtemp(broker.folder))
        return -1;
    broker_make_keys(instant_now());
    broker_write_definitions();
    broker_do("start", "");
    broker_read_port();
    return 0;
}

/* Connection settings with the certificate in this folder. */
static inline struct amqp_settings broker_settings(const char *certificate)
{
    return (struct amqp_settings){
        .host = "127.0.0.1",
        .port = broker.port,
        .vhost = "yisong",
        .ca_path = broker_path("tls", "authority.pem"),
        .certificate_path = broker_path(certificate, "tls.pem"),
        .key_path = broker_path(certificate, "tls.key")};
}

static inline struct amqp *broker_connect_with(
    const struct amqp_settings *settings)
{
    struct fault why = {0};
    struct amqp *amqp = NULL;
    broker_must(amqp_open(&amqp, settings, &why), &why);
    return amqp;
}

/* An open connection; aborts if there is none. */
static inline struct amqp *broker_connect(const char *certificate)
{
    struct amqp_settings settings = broker_settings(certificate);
    return broker_connect_with(&settings);
}

/* Freezes the broker; broker_thaw is also a test's teardown. */
static inline void broker_freeze(void)
{
    broker_signal(SIGSTOP);
}

static inline int broker_thaw(void **state)
{
    (void)state;
    broker_signal(SIGCONT);
    return 0;
}

/* The next event that is not AMQP_IDLE; R_TIMED_OUT after some hundred. */
static inline enum reason broker_wait(struct amqp *amqp,
                                      struct amqp_event *event,
                                      struct fault *why)
{
    for (int i = 0; i < 200; i++) {
        TRY(amqp_next(amqp, 100, event, why));
        if (event->kind != AMQP_IDLE)
            return R_OK;
    }
    return fault(why, R_TIMED_OUT, "no event");
}

#endif
