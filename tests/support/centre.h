/*
 * centre - a whole exchange centre in memory for tests: the office's agencies,
 * a ledger on disk, the built-in procedures, a router, and a carrier whose
 * n-th call can be told to fail. Include after cmocka.h.
 *
 *     struct centre centre = centre_open();
 *     centre_submit(&centre, &(struct draft){.from = ..., .type = ...});
 *     centre_run(&centre);                       turns until all is quiet
 *     centre_find(&centre, "police-nanchang", "criminal-case-transfer", 0);
 *     centre_close(&centre);
 *
 * Bodies are those of tests/data/messages/TYPE.xml, else of `yisong example`.
 */
#ifndef YISONG_TESTS_SUPPORT_CENTRE_H
#define YISONG_TESTS_SUPPORT_CENTRE_H

#include "base/encode.h"
#include "base/io.h"
#include "base/mem.h"
#include "routing/router.h"
#include "schemas/example.h"
#include "tests/support/authority.h"

enum { CENTRE_LETTERS = 512 };

/* A letter as a test asks for it; members left out get a sane value. */
struct draft {
    const char *id, *type, *case_id, *from, *to, *copy_to;
    const struct message *answers;
    const char *body; /* XML of the body form; NULL: of the example */
    int sequence;
    enum message_encoding encoding;
    const char *parent; /* id of the case that this one comes from, or NULL */
};

/* What arrived at an inbox queue. */
struct received {
    char *recipient;
    int64_t sequence;
    struct message *message;
    char *jws;
};

struct centre {
    struct office office;
    struct procedures *procedures;
    struct pool *pool;
    struct ledger *ledger;
    struct router *router;
    struct carrier carrier;
    char ledger_path[300];

    /* the broker in memory */
    struct arrival queue[CENTRE_LETTERS]; /* submitted, not yet settled */
    size_t queued, handed;                /* of them given to the router */
    uint64_t first_tag;
    struct received inbox[4 * CENTRE_LETTERS];
    size_t inbox_count;
    struct confirmation news[4 * CENTRE_LETTERS];
    size_t news_count;
    int fail_in; /* the n-th call of the carrier from now fails; 0: none */
};

static instant centre_clock = OFFICE_LATER;

static instant centre_now(void)
{
    return centre_clock;
}

static inline enum reason centre_call(struct centre *centre, struct fault *why)
{
    if (centre->fail_in > 0 && --centre->fail_in == 0)
        return fault(why, R_BROKER_DOWN, "failure asked for by a test");
    return R_OK;
}

static inline struct arrival arrival_copy(const struct arrival *from)
{
    struct arrival copy = *from;
    copy.user_id = mem_text(from->user_id);
    copy.media_type = mem_text(from->media_type);
    copy.jws = mem_text(from->jws);
    copy.body = mem_copy(from->body, from->size);
    return copy;
}

static enum reason centre_receive(void *self, struct arrival *arrivals,
                                  size_t most, int wait_ms, size_t *count,
                                  struct fault *why)
{
    struct centre *centre = self;
    (void)wait_ms;
    TRY(centre_call(centre, why));
    for (*count = 0; centre->handed < centre->queued && *count < most;
         (*count)++) {
        arrivals[*count] = arrival_copy(&centre->queue[centre->handed++]);
        arrivals[*count].tag = centre->first_tag + centre->handed - 1;
    }
    return R_OK;
}

static enum reason centre_settle(void *self, uint64_t tag, struct fault *why)
{
    struct centre *centre = self;
    TRY(centre_call(centre, why));
    size_t settled = (size_t)(tag - centre->first_tag) + 1;
    for (size_t i = 0; i < settled; i++)
        arrival_done(&centre->queue[i]);
    centre->queued -= settled;
    centre->handed -= settled;
    memmove(centre->queue, centre->queue + settled,
            centre->queued * sizeof *centre->queue);
    centre->first_tag = tag + 1;
    return R_OK;
}

static enum reason centre_send(void *self, const struct departure *departure,
                               struct fault *why)
{
    struct centre *centre = self;
    TRY(centre_call(centre, why));
    struct received *got = &centre->inbox[centre->inbox_count++];
    *got = (struct received){.recipient = mem_text(departure->recipient),
                             .sequence = departure->sequence,
                             .jws = mem_text(departure->jws)};
    struct fault broken = {0};
    office_must(
        message_parse(&got->message, departure->body, departure->size, &broken),
        &broken);
    if (getenv("YISONG_TEST_VERBOSE"))
        printf("-> %s: %.*s\n", got->recipient, (int)departure->size,
               (const char *)departure->body);
    centre->news[centre->news_count++] = (struct confirmation){
        .cookie = departure->cookie, .verdict = CARRIER_CONFIRMED};
    return R_OK;
}

static size_t centre_room(void *self)
{
    struct centre *centre = self;
    return 64 - centre->news_count % 64;
}

static enum reason centre_confirmations(void *self, struct confirmation *out,
                                        size_t most, size_t *count,
                                        struct fault *why)
{
    struct centre *centre = self;
    TRY(centre_call(centre, why));
    *count = centre->news_count < most ? centre->news_count : most;
    memcpy(out, centre->news, *count * sizeof *out);
    memmove(centre->news, centre->news + *count,
            (centre->news_count - *count) * sizeof *out);
    centre->news_count -= *count;
    return R_OK;
}

/* The process starts (again): ledger and router are opened. */
static inline void centre_start(struct centre *centre)
{
    struct fault why = {0};
    office_must(
        ledger_open(&centre->ledger, centre->ledger_path, SQL_CREATE, &why),
        &why);
    struct router_parts parts = {
        .agency = "exchange",
        .registry = centre->office.registry,
        .procedures = centre->procedures,
        .key = office_key(&centre->office, "exchange"),
        .ledger = centre->ledger,
        .pool = centre->pool,
    };
    office_must(router_open(&centre->router, &parts, &why), &why);
}

/* The process dies: what was not settled is given again, confirms are lost. */
static inline void centre_stop(struct centre *centre)
{
    router_close(TAKE(centre->router));
    ledger_close(TAKE(centre->ledger));
    centre->first_tag += centre->handed;
    centre->handed = 0;
    centre->news_count = 0;
}

static inline struct centre *centre_open(void)
{
    struct fault why = {0};
    struct centre *centre = mem_new(1, sizeof *centre);
    AUTO(buf) struct buf report = {0};
    centre_clock = OFFICE_LATER;
    centre->office = office_open();
    centre->first_tag = 1;
    centre->pool = pool_new(2);
    office_must(procedures_load(&centre->procedures, NULL, &report, &why),
                &why);
    snprintf(centre->ledger_path, sizeof centre->ledger_path, "%s/ledger.db",
             centre->office.folder);
    centre->carrier = (struct carrier){
        .self = centre,
        .receive = centre_receive,
        .settle = centre_settle,
        .send = centre_send,
        .room = centre_room,
        .confirmations = centre_confirmations,
    };
    centre_start(centre);
    return centre;
}

static inline void centre_close(struct centre *centre)
{
    centre_stop(centre);
    for (size_t i = 0; i < centre->queued; i++)
        arrival_done(&centre->queue[i]);
    for (size_t i = 0; i < centre->inbox_count; i++) {
        free(centre->inbox[i].recipient);
        free(centre->inbox[i].jws);
        message_free(centre->inbox[i].message);
    }
    procedures_free(centre->procedures);
    pool_free(centre->pool);
    office_close(&centre->office);
    free(centre);
}

/* Body and attachments of the example letter of this type. */
static inline char *example_body(const char *type)
{
    struct fault why = {0};
    AUTO(buf) struct buf text = {0};
    char path[200];
    snprintf(path, sizeof path, "data/messages/%s.xml", type);
    if (io_read(path, &text, NULL) != R_OK)
        office_must(message_example(type, MESSAGE_XML, &text, &why), &why);
    const char *start = strstr(text.bytes, "<body>");
    return mem_copy(start, (size_t)(strstr(start, "</message>") - start));
}

static inline void put_if(struct buf *out, const char *name, const char *text)
{
    if (text)
        buf_put_element(out, name, text);
}

/* Signed bytes and JWS of a draft. */
static inline void draft_sign(const struct centre *centre,
                              const struct draft *draft, struct buf *bytes,
                              struct buf *jws)
{
    struct fault why = {0};
    char id[UUID_TEXT_MAX], at[INSTANT_TEXT_MAX], digest[DIGEST_TEXT_MAX];
    const struct signing_key *key = office_key(&centre->office, draft->from);
    AUTO(text) char *body = draft->body
                                ? mem_print("<body>%s</body>", draft->body)
                                : example_body(draft->type);
    AUTO(buf) struct buf xml = {0};
    instant_format(centre_clock, at);
    buf_put_text(&xml, "<message xmlns=\"" MESSAGE_NAMESPACE "\"><header>"
                       "<schemaVersion>1</schemaVersion>");
    buf_put_element(&xml, "id",
                    draft->id ? draft->id : uuid_new(centre_clock, id));
    buf_put_element(&xml, "type", draft->type);
    buf_put_element(&xml, "caseId", draft->case_id);
    put_if(&xml, "parentCase", draft->parent);
    buf_put_element(&xml, "from", draft->from);
    buf_put_element(&xml, "to", draft->to);
    put_if(&xml, "copyTo", draft->copy_to);
    if (draft->sequence)
        buf_print(&xml, "<sequence>%d</sequence>", draft->sequence);
    buf_put_element(&xml, "sentAt", at);
    buf_put_element(&xml, "decidedAt", at);
    if (draft->answers) {
        digest_format(message_digest(draft->answers), digest);
        buf_print(&xml, "<inReplyTo><id>%s</id><digest>%s</digest></inReplyTo>",
                  message_id(draft->answers), digest);
    }
    buf_put_text(&xml, "<documentNumber>洪环罪移〔2026〕1号</documentNumber>"
                       "<urgency>normal</urgency>");
    buf_put_element(&xml, "certificate",
                    certificate_fingerprint(signing_key_certificate(key)));
    buf_print(&xml, "</header>%s</message>", body);

    AUTO(message) struct message *message = NULL;
    office_must(message_parse(&message, xml.bytes, xml.size, &why), &why);
    if (draft->encoding == MESSAGE_JSON) {
        buf_clear(&xml);
        office_must(message_write(message, MESSAGE_JSON, &xml, &why), &why);
        message_free(TAKE(message));
        office_must(message_parse(&message, xml.bytes, xml.size, &why), &why);
    }
    office_must(signature_sign(key, message, bytes, jws, &why), &why);
}

/* Puts bytes on a submit queue, as the user of a connection. */
static inline void centre_submit_bytes(struct centre *centre, const char *user,
                                       const void *bytes, size_t size,
                                       const char *jws)
{
    centre->queue[centre->queued++] = (struct arrival){
        .user_id = mem_text(user),
        .media_type = mem_text("application/xml"),
        .jws = mem_text(jws),
        .body = mem_copy(bytes, size),
        .size = size,
    };
}

static inline void centre_submit(struct centre *centre,
                                 const struct draft *draft)
{
    AUTO(buf) struct buf bytes = {0};
    AUTO(buf) struct buf jws = {0};
    draft_sign(centre, draft, &bytes, &jws);
    centre_submit_bytes(centre, draft->from, bytes.bytes, bytes.size,
                        buf_text(&jws));
}

/* Turns until everything is decided, delivered and marked. */
static inline enum reason centre_try(struct centre *centre, struct fault *why)
{
    for (int i = 0; i < 50; i++) {
        TRY(router_turn(centre->router, &centre->carrier, centre_now, 0, why));
        if (centre->queued == 0 && router_is_idle(centre->router))
            break;
    }
    return R_OK;
}

static inline void centre_run(struct centre *centre)
{
    struct fault why = {0};
    office_must(centre_try(centre, &why), &why);
}

/* The n-th letter (from 0) of a type that reached a recipient, or NULL. */
static inline const struct message *centre_find(const struct centre *centre,
                                                const char *recipient,
                                                const char *type, int nth)
{
    for (size_t i = 0; i < centre->inbox_count; i++) {
        const struct received *got = &centre->inbox[i];
        if (strcmp(got->recipient, recipient) == 0 &&
            strcmp(message_type(got->message), type) == 0 && nth-- == 0)
            return got->message;
    }
    return NULL;
}

static inline int centre_count(const struct centre *centre,
                               const char *recipient, const char *type)
{
    int count = 0;
    while (centre_find(centre, recipient, type, count))
        count++;
    return count;
}

#endif
