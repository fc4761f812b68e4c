/*
 * procedure_fixture - procedures, a registry of agencies of every role, and
 * letters, all in memory, for the tests of authorise and advance. Include
 * after cmocka.h.
 *
 *     struct bench bench = bench_open(NULL);
 *     struct outcome got = bench_say(&bench, &(struct draft){...});
 *
 * Agencies are "ROLE-a" (Nanchang), "ROLE-b" (Jinan) and "ROLE-c" (Jiangxi);
 * `bench.casefile` is the case at hand, NULL before it was opened.
 */
#ifndef YISONG_TESTS_ROUTING_PROCEDURE_FIXTURE_H
#define YISONG_TESTS_ROUTING_PROCEDURE_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "certs/registry_rows.h"
#include "routing/procedure.h"
#include "schemas/example.h"

/* 2026-11-19T10:00:00+08:00, a Thursday. */
#define BENCH_START ((instant)1795053600000)

struct draft {
    const char *type, *from, *to, *copy_to; /* several: "a b" */
    const char *body;    /* inside <body>; NULL: of the example */
    const char *answers; /* NULL: answers something; "": nothing */
    const char *decided; /* RFC 3339, or NULL */
    const char *case_id;
    const char *parent;  /* NULL: none */
    const char *urgency; /* NULL: normal */
    instant at;          /* received; 0: BENCH_START */
};

struct bench {
    struct procedures *procedures;
    struct registry *registry;
    struct casefile *casefile;
    int64_t position;
};

/* What came of a letter. Free with outcome_done. */
struct outcome {
    enum reason reason;
    struct fault why;
    struct ground ground;
    struct effect effect;
};

static inline void outcome_done(struct outcome *outcome)
{
    ground_done(&outcome->ground);
    effect_done(&outcome->effect);
}
AUTO_VALUE(outcome, outcome_done)

/* Every role of the registry but the exchange itself. */
static const char *const bench_roles[] = {"ecology",
                                          "police",
                                          "procuratorate",
                                          "court",
                                          "credit-platform",
                                          "bank",
                                          "government",
                                          "supervision",
                                          "justice",
                                          "development-reform",
                                          "market-regulation",
                                          "state-assets",
                                          "securities",
                                          "financial-regulation",
                                          "taxation",
                                          "customs",
                                          "industry",
                                          "finance",
                                          "natural-resources",
                                          "water",
                                          "emergency",
                                          "power-grid",
                                          "central-bank",
                                          "insurer",
                                          "coast-guard",
                                          "audit",
                                          "housing",
                                          "transport",
                                          "agriculture",
                                          "water-supply",
                                          "monitoring-station",
                                          "monitoring-centre",
                                          "hotline",
                                          "grid-platform",
                                          "township"};

static inline void bench_add(struct bench *bench, const char *role,
                             const char *suffix, const char *region,
                             const char *level)
{
    char id[64];
    snprintf(id, sizeof id, "%s-%s", role, suffix);
    struct agency agency = {.id = id,
                            .role = role,
                            .chinese = id,
                            .english = id,
                            .credit_code = "",
                            .region = region,
                            .level = level};
    registry_put(bench->registry, registration_new(&agency));
}

static inline struct bench bench_open(const char *folder)
{
    struct bench bench = {0};
    struct fault why = {0};
    if (procedures_load(&bench.procedures, folder, NULL, &why) != R_OK) {
        fault_print(stderr, "procedures_load", &why);
        abort();
    }
    bench.registry = registry_new(NULL);
    for (size_t i = 0; i < COUNT_OF(bench_roles); i++) {
        bench_add(&bench, bench_roles[i], "a", "360100", "city");
        bench_add(&bench, bench_roles[i], "b", "370100", "city");
        bench_add(&bench, bench_roles[i], "c", "360000", "province");
    }
    bench_add(&bench, "police", "county", "360121", "county");
    bench_add(&bench, "bank", "province", "360000", "province");
    return bench;
}

static inline void bench_forget(struct bench *bench)
{
    casefile_free(bench->casefile);
    bench->casefile = NULL;
    bench->position = 0;
}

static inline void bench_close(struct bench *bench)
{
    bench_forget(bench);
    procedures_free(bench->procedures);
    registry_free(bench->registry);
}
AUTO_VALUE(bench, bench_close)

/* <name>a</name><name>b</name> for "a b". */
static inline void bench_put_each(struct buf *out, const char *name,
                                  const char *ids)
{
    char copy[512];
    snprintf(copy, sizeof copy, "%s", ids ? ids : "");
    for (char *id = strtok(copy, " "); id; id = strtok(NULL, " "))
        buf_print(out, "<%s>%s</%s>", name, id, name);
}

/* The body of tests/data/messages/TYPE.xml, or of the program's example. */
static inline void bench_put_example(struct buf *out, const char *type)
{
    AUTO(buf) struct buf text = {0};
    char path[512];
    const char *source = getenv("YISONG_SOURCE");
    snprintf(path, sizeof path, "%s/tests/data/messages/%s.xml",
             source ? source : "..", type);
    struct fault why = {0};
    if (io_read(path, &text, NULL) != R_OK &&
        message_example(type, MESSAGE_XML, &text, &why) != R_OK) {
        fault_print(stderr, type, &why);
        abort();
    }
    const char *start = strstr(buf_text(&text), "<body>");
    const char *end = strstr(buf_text(&text), "</body>");
    buf_put(out, start + 6, (size_t)(end - start - 6));
}

static inline struct message *bench_message(const struct bench *bench,
                                            const struct draft *draft)
{
    AUTO(buf) struct buf xml = {0};
    char at[INSTANT_TEXT_MAX];
    buf_print(&xml,
              "<message xmlns=\"urn:yisong:message:1\"><header>"
              "<schemaVersion>1</schemaVersion>"
              "<id>019c0000-0000-7000-8000-%012d</id>"
              "<type>%s</type><caseId>%s</caseId>",
              (int)bench->position + 1, draft->type,
              draft->case_id ? draft->case_id : "NC-1");
    if (draft->parent)
        buf_print(&xml, "<parentCase>%s</parentCase>", draft->parent);
    buf_print(&xml, "<from>%s</from>", draft->from);
    bench_put_each(&xml, "to", draft->to);
    bench_put_each(&xml, "copyTo", draft->copy_to);
    buf_print(&xml, "<sequence>%d</sequence><sentAt>%s</sentAt>",
              (int)bench->position + 1,
              instant_format(draft->at ? draft->at : BENCH_START, at));
    if (draft->decided)
        buf_print(&xml, "<decidedAt>%s</decidedAt>", draft->decided);
    if (!draft->answers || *draft->answers)
        buf_print(&xml,
                  "<inReplyTo><id>019c0000-0000-7000-8000-000000000000</id>"
                  "<digest>%064d</digest></inReplyTo>",
                  0);
    buf_print(&xml, "<urgency>%s</urgency></header><body>",
              draft->urgency ? draft->urgency : "normal");
    if (draft->body)
        buf_put_text(&xml, draft->body);
    else
        bench_put_example(&xml, draft->type);
    buf_put_text(&xml, "</body></message>");
    struct message *message = NULL;
    struct fault why = {0};
    if (message_parse(&message, xml.bytes, xml.size, &why) != R_OK) {
        fault_print(stderr, buf_text(&xml), &why);
        abort();
    }
    return message;
}

/* Authorises, and if it may be said, advances. */
static inline struct outcome bench_say(struct bench *bench,
                                       const struct draft *draft)
{
    struct outcome got = {0};
    AUTO(message) struct message *message = bench_message(bench, draft);
    got.reason =
        procedure_authorise(bench->procedures, bench->registry, bench->casefile,
                            message, &got.ground, &got.why);
    if (got.reason == R_OK)
        got.reason = procedure_advance(
            bench->procedures, bench->registry, &bench->casefile, message,
            draft->at ? draft->at : BENCH_START, ++bench->position, &got.effect,
            &got.why);
    return got;
}

/* The state of the case at hand, "" if there is none. */
static inline const char *bench_state(const struct bench *bench)
{
    return bench->casefile ? bench->casefile->state : "";
}

/* The last clock of this limit and owner, or NULL. */
static inline struct deadline *bench_clock(const struct bench *bench,
                                           const char *limit, const char *owner)
{
    struct deadline *found = NULL;
    for (size_t i = 0; bench->casefile && i < bench->casefile->deadline_count;
         i++) {
        struct deadline *deadline = &bench->casefile->deadlines[i];
        if (strcmp(deadline->limit, limit) == 0 &&
            strcmp(deadline->owner, owner) == 0)
            found = deadline;
    }
    return found;
}

static inline bool outcome_reached(const struct outcome *outcome,
                                   const char *agency)
{
    for (size_t i = 0; i < outcome->effect.recipient_count; i++)
        if (strcmp(outcome->effect.recipients[i], agency) == 0)
            return true;
    return false;
}

/* For cmocka: *state is a bench with the procedures of the program. */
static inline int bench_make(void **state)
{
    struct bench *bench = mem_new(1, sizeof *bench);
    *bench = bench_open(NULL);
    *state = bench;
    return 0;
}

static inline int bench_remove(void **state)
{
    bench_close(*state);
    free(*state);
    return 0;
}

static inline enum reason bench_reason(struct bench *bench, struct draft draft)
{
    AUTO(outcome) struct outcome got = bench_say(bench, &draft);
    return got.reason;
}

static inline void bench_must(struct bench *bench, struct draft draft)
{
    AUTO(outcome) struct outcome got = bench_say(bench, &draft);
    if (got.reason != R_OK)
        fault_print(stderr, draft.type, &got.why);
    assert_int_equal(got.reason, R_OK);
}

static inline instant bench_time(const char *text)
{
    instant time = 0;
    assert_int_equal(instant_parse(text, &time, NULL), R_OK);
    return time;
}

static inline void bench_assert_due(const struct deadline *deadline,
                                    const char *text)
{
    char due[INSTANT_TEXT_MAX];
    assert_non_null(deadline);
    assert_string_equal(instant_format(deadline->due, due), text);
}

/* Says it, and returns whether something was late. */
static inline bool bench_late(struct bench *bench, struct draft draft)
{
    AUTO(outcome) struct outcome got = bench_say(bench, &draft);
    if (got.reason != R_OK)
        fault_print(stderr, draft.type, &got.why);
    assert_int_equal(got.reason, R_OK);
    return got.effect.late;
}

#endif
