/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Writes RabbitMQ's definitions JSON, one object per line so that a diff of
 * two landscapes can be read.
 *
 * Least privilege: an agency's certificate may write to its own out exchange
 * and read its own in queue; the router's may read the submit queues and write
 * to `deliver`, and to `courier` what came in packages. Nobody may configure.
 * Exchanges between are internal: no client can publish to them, so CC and BCC
 * headers lead nowhere.
 */
#include "broker-adapters/topology.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

enum {
    AGENCY_ID_MIN = 2,
    AGENCY_ID_MAX = 63,
    NAME_ROOM = 16, /* "evidence.out." */

    /* Connections that still linger after a cut line count too. */
    AGENCY_CONNECTIONS = 12,
    EXCHANGE_CONNECTIONS = 64,
    CONNECTION_CHANNELS = 4,

    /* A letter that makes its reader fail is set aside after so many tries. An
     * adapter that cannot keep a letter must hold it rather than give it back;
     * what it loses all the same stays in the router's ledger. */
    SUBMIT_DELIVERIES = 20,
    IN_DELIVERIES = 50,

    /* A full queue refuses (basic.nack) and its senders keep their letters. */
    QUEUE_LETTERS = 200000,

    /* Evidence on its way: some windows (transfer.h), whatever anybody does.
     * It is asked for again if the broker forgets it. */
    EVIDENCE_WORDS = 4096,
    EVIDENCE_BYTES = 32 * 1024 * 1024
};

static const int64_t queue_bytes = (int64_t)2 * 1024 * 1024 * 1024;

static bool id_is_valid(const char *id)
{
    static const char tail[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    size_t length = strlen(id);
    return length >= AGENCY_ID_MIN && length <= AGENCY_ID_MAX &&
           islower((unsigned char)id[0]) && strspn(id, tail) == length;
}

static enum reason check(const struct topology *topology, struct fault *why)
{
    if (topology->shards < 1 || topology->shards > TOPOLOGY_SHARDS_MAX)
        return fault(why, R_BAD_SETTINGS, "shards %d (1 ... %d)",
                     topology->shards, TOPOLOGY_SHARDS_MAX);
    if (!id_is_valid(topology->exchange))
        return fault(why, R_BAD_SETTINGS, "agency id '%s'", topology->exchange);
    for (size_t i = 0; i < topology->count; i++) {
        const char *id = topology->agencies[i].id;
        bool is_new = strcmp(id, topology->exchange) != 0;
        for (size_t j = 0; is_new && j < i; j++)
            is_new = strcmp(id, topology->agencies[j].id) != 0;
        if (!is_new || !id_is_valid(id))
            return fault(why, R_BAD_SETTINGS, "agency id '%s'%s", id,
                         is_new ? "" : " twice");
    }
    return R_OK;
}

/* A list "name": [ rows ]; rows are separated as they come. */
struct list {
    struct buf *out;
    const struct topology *topology;
    bool has_rows;
};

static struct list begin_list(struct buf *out, const struct topology *topology,
                              const char *name)
{
    buf_print(out, "\"%s\": [", name);
    return (struct list){out, topology, false};
}

static void begin_row(struct list *list)
{
    buf_put_text(list->out, list->has_rows ? ",\n  " : "\n  ");
    list->has_rows = true;
}

static void begin_vhost_row(struct list *list)
{
    begin_row(list);
    buf_put_text(list->out, "{\"vhost\": \"");
    buf_put_json(list->out, list->topology->vhost);
    buf_put_text(list->out, "\", ");
}

static void end_list(struct list *list)
{
    buf_put_text(list->out, list->has_rows ? "\n]" : "]");
}

static void put_user(struct list *list, const char *name, int connections)
{
    begin_row(list);
    /* An empty hash lets no password in: the certificate is the only way. */
    buf_print(list->out,
              "{\"name\": \"%s\", \"password_hash\": \"\", "
              "\"hashing_algorithm\": \"rabbit_password_hashing_sha256\", "
              "\"tags\": [], \"limits\": {\"max-connections\": %d, "
              "\"max-channels\": %d}}",
              name, connections, connections * CONNECTION_CHANNELS);
}

static void put_users(struct buf *out, const struct topology *topology)
{
    struct list list = begin_list(out, topology, "users");
    put_user(&list, topology->exchange, EXCHANGE_CONNECTIONS);
    for (size_t i = 0; i < topology->count; i++)
        put_user(&list, topology->agencies[i].id, AGENCY_CONNECTIONS);
    end_list(&list);
}

static void put_vhost(struct buf *out, const struct topology *topology)
{
    struct list list = begin_list(out, topology, "vhosts");
    begin_row(&list);
    buf_put_text(out, "{\"name\": \"");
    buf_put_json(out, topology->vhost);
    buf_put_text(out, "\"}");
    end_list(&list);
}

static void put_permissions(struct buf *out, const struct topology *topology)
{
    struct list list = begin_list(out, topology, "permissions");
    begin_vhost_row(&list);
    buf_print(out,
              "\"user\": \"%s\", \"configure\": \"^$\", "
              "\"write\": \"^(deliver|courier|evidence\\\\.in)$\", "
              "\"read\": \"^(submit\\\\.[0-9]+|evidence\\\\.out\\\\..*)$\"}",
              topology->exchange);
    for (size_t i = 0; i < topology->count; i++) {
        const char *id = topology->agencies[i].id;
        begin_vhost_row(&list);
        if (topology->agencies[i].revoked) {
            buf_print(out,
                      "\"user\": \"%s\", \"configure\": \"^$\", "
                      "\"write\": \"^$\", \"read\": \"^$\"}",
                      id);
            continue;
        }
        buf_print(out,
                  "\"user\": \"%s\", \"configure\": \"^$\", "
                  "\"write\": \"^(evidence\\\\.)?out\\\\.%s$\", "
                  "\"read\": \"^(evidence\\\\.)?in\\\\.%s$\"}",
                  id, id, id);
    }
    end_list(&list);
}

/* At-least-once: a letter leaves its queue only when `dead` has it. */
static void put_policy(struct list *list, const char *name, const char *pattern,
                       int deliveries)
{
    begin_vhost_row(list);
    buf_print(list->out,
              "\"name\": \"%s\", \"pattern\": \"%s\", "
              "\"apply-to\": \"queues\", \"priority\": 0, \"definition\": {"
              "\"dead-letter-exchange\": \"dead\", "
              "\"dead-letter-strategy\": \"at-least-once\", "
              "\"delivery-limit\": %d, \"overflow\": \"reject-publish\", "
              "\"max-length\": %d, \"max-length-bytes\": %lld}}",
              name, pattern, deliveries, QUEUE_LETTERS, (long long)queue_bytes);
}

static void put_policies(struct buf *out, const struct topology *topology)
{
    struct list list = begin_list(out, topology, "policies");
    put_policy(&list, "submit", "^submit\\\\.", SUBMIT_DELIVERIES);
    put_policy(&list, "in", "^in\\\\.", IN_DELIVERIES);
    begin_vhost_row(&list);
    buf_print(out,
              "\"name\": \"evidence\", \"pattern\": \"^evidence\\\\.\", "
              "\"apply-to\": \"queues\", \"priority\": 0, \"definition\": {"
              "\"overflow\": \"reject-publish\", \"max-length\": %d, "
              "\"max-length-bytes\": %d}}",
              EVIDENCE_WORDS, EVIDENCE_BYTES);
    end_list(&list);
}

static void put_exchange(struct list *list, const char *name, const char *type,
                         bool is_internal, const char *arguments)
{
    begin_vhost_row(list);
    buf_print(list->out,
              "\"name\": \"%s\", \"type\": \"%s\", \"durable\": true, "
              "\"auto_delete\": false, \"internal\": %s, \"arguments\": {%s}}",
              name, type, is_internal ? "true" : "false", arguments);
}

static void put_exchanges(struct buf *out, const struct topology *topology)
{
    struct list list = begin_list(out, topology, "exchanges");
    put_exchange(&list, "submit", "x-consistent-hash", true,
                 "\"hash-property\": \"correlation_id\"");
    put_exchange(&list, "deliver", "direct", false,
                 "\"alternate-exchange\": \"unroutable\"");
    put_exchange(&list, "courier", "fanout", false, "");
    put_exchange(&list, "unroutable", "fanout", true, "");
    put_exchange(&list, "dead", "fanout", true, "");
    for (size_t i = 0; i < topology->count; i++) {
        char name[AGENCY_ID_MAX + NAME_ROOM];
        snprintf(name, sizeof name, "out.%s", topology->agencies[i].id);
        put_exchange(&list, name, "fanout", false, "");
        snprintf(name, sizeof name, "evidence.out.%s",
                 topology->agencies[i].id);
        put_exchange(&list, name, "fanout", false, "");
    }
    put_exchange(&list, "evidence.in", "direct", false, "");
    end_list(&list);
}

static void put_queue(struct list *list, const char *name,
                      const char *more_arguments)
{
    begin_vhost_row(list);
    buf_print(list->out,
              "\"name\": \"%s\", \"durable\": true, \"auto_delete\": false, "
              "\"arguments\": {\"x-queue-type\": \"quorum\"%s}}",
              name, more_arguments);
}

/* Not replicated and not on disk: what it holds is only on its way. */
static void put_evidence_queue(struct list *list, const char *way,
                               const char *agency)
{
    begin_vhost_row(list);
    buf_print(list->out,
              "\"name\": \"evidence.%s.%s\", \"durable\": true, "
              "\"auto_delete\": false, "
              "\"arguments\": {\"x-queue-type\": \"classic\"}}",
              way, agency);
}

static void put_queues(struct buf *out, const struct topology *topology)
{
    struct list list = begin_list(out, topology, "queues");
    char name[AGENCY_ID_MAX + NAME_ROOM];
    for (int shard = 0; shard < topology->shards; shard++) {
        snprintf(name, sizeof name, "submit.%d", shard);
        put_queue(&list, name, ", \"x-single-active-consumer\": true");
    }
    for (size_t i = 0; i < topology->count; i++) {
        snprintf(name, sizeof name, "in.%s", topology->agencies[i].id);
        put_queue(&list, name, "");
        put_evidence_queue(&list, "out", topology->agencies[i].id);
        put_evidence_queue(&list, "in", topology->agencies[i].id);
    }
    put_queue(&list, "unroutable", "");
    put_queue(&list, "dead", "");
    end_list(&list);
}

static void put_binding(struct list *list, const char *source,
                        const char *target, const char *kind, const char *key)
{
    begin_vhost_row(list);
    buf_print(list->out,
              "\"source\": \"%s\", \"destination\": \"%s\", "
              "\"destination_type\": \"%s\", \"routing_key\": \"%s\", "
              "\"arguments\": {}}",
              source, target, kind, key);
}

static void put_bindings(struct buf *out, const struct topology *topology)
{
    struct list list = begin_list(out, topology, "bindings");
    char name[AGENCY_ID_MAX + NAME_ROOM];
    for (int shard = 0; shard < topology->shards; shard++) {
        snprintf(name, sizeof name, "submit.%d", shard);
        /* The key is the queue's share of the hash ring. */
        put_binding(&list, "submit", name, "queue", "1");
    }
    for (size_t i = 0; i < topology->count; i++) {
        const char *id = topology->agencies[i].id;
        snprintf(name, sizeof name, "out.%s", id);
        put_binding(&list, name, "submit", "exchange", "");
        snprintf(name, sizeof name, "in.%s", id);
        put_binding(&list, "deliver", name, "queue", id);
        snprintf(name, sizeof name, "evidence.out.%s", id);
        put_binding(&list, name, name, "queue", "");
        snprintf(name, sizeof name, "evidence.in.%s", id);
        put_binding(&list, "evidence.in", name, "queue", id);
    }
    put_binding(&list, "courier", "submit", "exchange", "");
    put_binding(&list, "unroutable", "unroutable", "queue", "");
    put_binding(&list, "dead", "dead", "queue", "");
    end_list(&list);
}

enum reason topology_write(const struct topology *topology, struct buf *out,
                           struct fault *why)
{
    static void (*const parts[])(struct buf *, const struct topology *) = {
        put_users,     put_vhost,  put_permissions, put_policies,
        put_exchanges, put_queues, put_bindings};
    TRY(check(topology, why));
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        buf_put_text(out, i ? ",\n" : "{\n");
        parts[i](out, topology);
    }
    buf_put_text(out, "\n}\n");
    return buf_check(out, why);
}
