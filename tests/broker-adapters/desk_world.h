/*
 * desk_world - desks of several agencies, each with its mailbox and folder
 * below one scratch folder, and the letters that they write. Included by
 * desk_fixture.h.
 */
#ifndef YISONG_TESTS_BROKER_ADAPTERS_DESK_WORLD_H
#define YISONG_TESTS_BROKER_ADAPTERS_DESK_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "broker-adapters/adapter/desk.h"
#include "broker-adapters/adapter/handover.h"
#include "broker-adapters/mailbox/incoming.h"
#include "broker-adapters/adapter/intake.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "broker-adapters/mailbox/outgoing.h"
#include "broker-adapters/adapter/receipts.h"
#include "broker-adapters/adapter/receiving.h"
#include "broker-adapters/spool/spool.h"
#include "broker-adapters/adapter/taking.h"
#include "tests/support/authority.h"

enum { WORLD_POSTS_MAX = 4, WORLD_LETTERS_MAX = 2000 };

/* One agency's machine. */
struct post {
    struct desk desk;
    struct spool *spool;
    char *mailbox_path, *spool_path;
};

/* What the exchange gave which place, so that a repeat gets the same one. */
struct world_place {
    const char *agency;
    char id[UUID_TEXT_MAX], case_id[OUTGOING_CASE_MAX];
    int64_t place;
};

struct world {
    struct office office;
    bool borrows; /* the office */
    const char *folder;
    struct post posts[WORLD_POSTS_MAX];
    size_t post_count;
    struct world_place places[WORLD_LETTERS_MAX];
    size_t place_count;
    int64_t monotonic;
};

static inline void must(enum reason reason, const struct fault *why)
{
    office_must(reason, why);
}

/* `office` NULL: one of its own, which takes a tenth of a second. */
static inline struct world *world_open(void **state,
                                       const struct office *office)
{
    struct world *world = mem_new(1, sizeof *world);
    log_open("test", LOG_ERROR + 1);
    world->office = office ? *office : office_open();
    world->borrows = office != NULL;
    world->folder = *state;
    return world;
}

/* Opens mailbox and folder, as a process that starts does. */
static inline void post_open(struct post *post)
{
    struct fault why = {0};
    must(
        mailbox_open(&post->desk.mailbox, post->mailbox_path, SQL_CREATE, &why),
        &why);
    must(spool_open(&post->spool, post->spool_path, &why), &why);
}

static inline void post_shut(struct post *post)
{
    sql_close(post->desk.mailbox);
    spool_close(post->spool);
    post->desk.mailbox = NULL;
    post->spool = NULL;
}

static inline struct post *world_post(struct world *world, const char *agency)
{
    for (size_t i = 0; i < world->post_count; i++)
        if (strcmp(world->posts[i].desk.agency, agency) == 0)
            return &world->posts[i];
    struct post *post = &world->posts[world->post_count++];
    post->desk.agency = agency;
    post->desk.key = office_key(&world->office, agency);
    post->desk.registry = world->office.registry;
    post->mailbox_path = mem_print("%s/%s/mailbox.db", world->folder, agency);
    post->spool_path = mem_print("%s/%s/spool", world->folder, agency);
    post_open(post);
    return post;
}

static inline void world_close(struct world *world)
{
    for (size_t i = 0; i < world->post_count; i++) {
        post_shut(&world->posts[i]);
        free(world->posts[i].mailbox_path);
        free(world->posts[i].spool_path);
    }
    if (!world->borrows)
        office_close(&world->office);
    free(world);
}

/* --- letters ---------------------------------------------------------------
 */

/* An acceptance receipt that lacks what intake fills in; free it. */
static inline char *letter_text(const char *id, const char *case_id,
                                const char *to)
{
    AUTO(text) char *given = id ? mem_print("<id>%s</id>", id) : mem_text("");
    AUTO(text) char *within =
        case_id ? mem_print("<caseId>%s</caseId>", case_id) : mem_text("");
    return mem_print(
        "<message xmlns=\"urn:yisong:message:1\">\n<header>"
        "<schemaVersion>1</schemaVersion>%s<type>acceptance-receipt</type>%s"
        "<to>%s</to><inReplyTo><id>019c0000-0000-7000-8000-000000000000</id>"
        "<digest>e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8"
        "55</digest></inReplyTo><urgency>normal</urgency></header>\n<body>"
        "<acceptance><acceptedAt>2026-11-21T09:00:00+08:00</acceptedAt>"
        "<officers><officer><name>张某</name></officer></officers>"
        "</acceptance></body></message>",
        given, within, to);
}

/* A sample letter with other agencies in it; free it. */
static inline char *sample_text(const char *name, const char *from,
                                const char *to)
{
    struct fault why = {0};
    AUTO(buf) struct buf file = {0};
    AUTO(text) char *path = mem_print("data/messages/%s", name);
    must(io_read(path, &file, &why), &why);
    char *head = strstr(file.bytes, "<from>"), *rest = head;
    const char *const ends[] = {"</to>", "</copyTo>"};
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        for (char *end; (end = strstr(rest, ends[i]));)
            rest = end + strlen(ends[i]);
    return mem_print("%.*s<from>%s</from><to>%s</to>%s",
                     (int)(head - file.bytes), file.bytes, from, to, rest);
}

static inline enum reason put_letter(struct post *post, const char *text,
                                     struct intake *made, struct fault *why)
{
    struct intake_letter letter = {
        .bytes = text, .size = strlen(text), .jws = "", .source = ""};
    TRY(sql_begin(post->desk.mailbox, why));
    return mailbox_end(
        post->desk.mailbox,
        intake_put(&post->desk, &letter, OFFICE_LATER, made, why), why);
}

/* A file into out/, there at once. */
static inline void world_drop(struct post *post, const char *name,
                              const char *text)
{
    struct fault why = {0};
    must(spool_write(post->spool, "out", name, text, strlen(text), &why), &why);
}

#endif
