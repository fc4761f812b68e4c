/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The evidence store without a broker: an agency gives it a file, another one
 * fetches it, and every single call of the store's database fails in turn.
 * After each failure the store is opened anew, as after a crash.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/io.h"
#include "broker-adapters/evidence/store/store.h"
#include "broker-adapters/evidence/store/store_rows.h"
#include "tests/base/scratch.h"

#define ID  "019306e0-0001-7a10-8b20-5c0de0000001"
#define SHA "f63d88b72ca68fedd7d25da44f885084be536f6a87ff06f9e7e9022f9feb6c83"

enum { SIZE = 3 * TRANSFER_CHUNK + 12345 };

static const char letter[] =
    "<message xmlns=\"urn:yisong:message:1\"><header>"
    "<schemaVersion>1</schemaVersion><id>" ID "</id><type>t</type>"
    "<caseId>c</caseId><from>ecology-x</from><to>police-x</to>"
    "<sequence>1</sequence><sentAt>2026-11-20T10:00:00+08:00</sentAt>"
    "<urgency>normal</urgency></header><body><request/></body><attachments>"
    "<attachment><name>a.bin</name><mediaType>a/b</mediaType><size>798777"
    "</size><sha256>" SHA "</sha256><sm3>" SHA "</sm3><carried>true</carried>"
    "</attachment></attachments></message>";

/* The world around the store: what it says is acted upon at once. */
struct world {
    unsigned char bytes[SIZE], got[SIZE];
    struct transfer transfer;
    bool accepted; /* the letter */
    int64_t go;    /* where the sender was told to begin; -1: not told */
    bool sender_knows, is_refused;
    int64_t have; /* of the receiver */
    int64_t total;
    int waits;
};

static enum reason say(void *self, const char *agency, const struct word *word,
                       struct fault *why)
{
    struct world *world = self;
    bool is_sender = strcmp(agency, "ecology-x") == 0;
    (void)why;
    if (word->kind == WORD_GO)
        world->go = word->number;
    if (word->kind == WORD_WAIT)
        world->waits++;
    if (word->kind == WORD_REFUSED)
        world->is_refused = true;
    if (word->kind == WORD_WHOLE && is_sender)
        world->sender_knows = true;
    if (word->kind == WORD_WHOLE && !is_sender)
        world->total = word->number;
    if (word->kind == WORD_CHUNK && word->number == world->have) {
        memcpy(world->got + world->have, word->bytes, word->size);
        world->have += (int64_t)word->size;
    }
    return R_OK;
}

static bool has_room(void *self)
{
    (void)self;
    return true;
}

static enum reason find(void *self, const char *sender, const char *id,
                        struct buf *out, struct fault *why)
{
    const struct world *world = self;
    if (!world->accepted || strcmp(sender, "ecology-x") != 0 ||
        strcmp(id, ID) != 0)
        return fault(why, R_NOT_FOUND, "%s", id);
    buf_put_text(out, letter);
    return R_OK;
}

static struct world *world_new(void)
{
    struct world *world = mem_new(1, sizeof *world);
    for (size_t i = 0; i < SIZE; i++)
        world->bytes[i] = (unsigned char)(i * 31 + i / 251);
    assert_true(transfer_parse("ecology-x/" ID "/" SHA, &world->transfer));
    world->accepted = true;
    world->go = -1;
    return world;
}

static enum reason open_store(struct store **out, struct world *world,
                              const char *folder, struct fault *why)
{
    struct store_settings settings = {
        .folder = folder,
        .quota = 1 << 30,
        .kept_ms = INSTANT_DAY,
        .stalled_ms = INSTANT_HOUR,
        .ground = {.self = world, .find = find},
        .face = {.self = world, .say = say, .has_room = has_room},
    };
    return store_open(out, &settings, why);
}

static struct word word_of(const struct world *world, enum word_kind kind,
                           int64_t number)
{
    return (struct word){.kind = kind,
                         .transfer = world->transfer,
                         .number = number,
                         .code = ""};
}

static enum reason offer(struct store *store, struct world *world, instant now,
                         struct fault *why)
{
    struct word word = word_of(world, WORD_OFFER, SIZE);
    word.digest = digest_of(DIGEST_SHA256, world->bytes, SIZE);
    return store_hear(store, "ecology-x", &word, now, why);
}

static enum reason give_chunk(struct store *store, const struct world *world,
                              int64_t from, instant now, struct fault *why)
{
    struct word word = word_of(world, WORD_CHUNK, from);
    size_t left = SIZE - (size_t)from;
    word.size = left < TRANSFER_CHUNK ? left : TRANSFER_CHUNK;
    word.bytes = world->bytes + from;
    word.digest = digest_of(DIGEST_SHA256, word.bytes, word.size);
    return store_hear(store, "ecology-x", &word, now, why);
}

static enum reason turn(struct store *store, instant now, struct fault *why)
{
    for (bool busy = true; busy;)
        TRY(store_turn(store, now, &busy, why));
    return R_OK;
}

/* Everything once: sent, checked, fetched. */
static enum reason travel(struct world *world, const char *folder, instant now,
                          struct fault *why)
{
    AUTO(store) struct store *store = NULL;
    world->go = -1;
    TRY(open_store(&store, world, folder, why));
    TRY(offer(store, world, now, why));
    for (int64_t at = world->go; at >= 0 && at < SIZE; at += TRANSFER_CHUNK)
        TRY(give_chunk(store, world, at, now, why));
    TRY(turn(store, now, why));
    struct word ask = word_of(world, WORD_ASK, world->have);
    TRY(store_hear(store, "police-x", &ask, now, why));
    return turn(store, now, why);
}

static void test_store__gives_what_it_took_whichever_call_fails(void **state)
{
    const instant now = 1795000000000;
    int64_t nth = 1;
    for (bool failed = true; failed; nth++) {
        AUTO(text) char *folder =
            mem_print("%s/%d", scratch_path(state, "n"), (int)nth);
        struct world *world = world_new();
        struct fault why = {0};
        assert_int_equal(io_make_folder(folder, NULL), R_OK);
        sql_fail_after(nth);
        failed = travel(world, folder, now, &why) != R_OK;
        sql_fail_after(0);
        for (int tries = 0; world->have < SIZE && tries < 3; tries++)
            assert_int_equal(travel(world, folder, now, &why), R_OK);
        assert_int_equal(world->have, SIZE);
        assert_true(world->sender_knows);
        assert_false(world->is_refused);
        assert_memory_equal(world->got, world->bytes, SIZE);
        free(world);
    }
    assert_true(nth > 20);
}

static void test_store__waits_for_the_letter_and_takes_nothing_before(
    void **state)
{
    struct world *world = world_new();
    struct fault why = {0};
    world->accepted = false;
    assert_int_equal(travel(world, *state, 1795000000000, &why), R_OK);
    assert_int_equal(world->go, -1);
    assert_int_equal(world->waits, 1);
    assert_true(world->is_refused); /* the police: no letter is for them */
    free(world);
}

static int64_t size_of(const char *folder)
{
    AUTO(text) char *path = mem_print("%s/ecology-x/" ID "." SHA, folder);
    AUTO(buf) struct buf bytes = {0};
    return io_read(path, &bytes, NULL) == R_OK ? (int64_t)bytes.size : -1;
}

static void count_line(void *context, int64_t line, const char *text,
                       const struct digest *chain)
{
    (void)line, (void)chain;
    int *deleted = context;
    *deleted += strstr(text, " deleted ") && strstr(text, " expired");
}

static void test_store__deletes_what_nobody_fetched_and_says_so(void **state)
{
    struct world *world = world_new();
    struct fault why = {0};
    instant now = 1795000000000;
    AUTO(store) struct store *store = NULL;
    AUTO(sql) struct sql *db = NULL;
    AUTO(text) char *path = io_join(*state, "evidence.db");
    int deleted = 0;
    assert_int_equal(travel(world, *state, now, &why), R_OK);
    assert_int_equal(size_of(*state), SIZE);
    assert_int_equal(open_store(&store, world, *state, &why), R_OK);
    assert_int_equal(turn(store, now + INSTANT_DAY - INSTANT_HOUR, &why), R_OK);
    assert_int_equal(size_of(*state), SIZE);
    assert_int_equal(turn(store, now + INSTANT_DAY + INSTANT_HOUR, &why), R_OK);
    assert_int_equal(size_of(*state), -1);
    assert_int_equal(store_rows_open(&db, path, SQL_READ, &why), R_OK);
    assert_int_equal(store_log_each(db, count_line, &deleted, &why), R_OK);
    assert_int_equal(deleted, 1);
    free(world);
}

static void test_store__goes_on_where_it_is_durable_after_a_crash(void **state)
{
    struct world *world = world_new();
    struct fault why = {0};
    instant now = 1795000000000;
    struct store *store = NULL;
    assert_int_equal(open_store(&store, world, *state, &why), R_OK);
    assert_int_equal(offer(store, world, now, &why), R_OK);
    assert_int_equal(give_chunk(store, world, 0, now, &why), R_OK);
    assert_int_equal(give_chunk(store, world, 2 * TRANSFER_CHUNK, now, &why),
                     R_OK);
    assert_int_equal(world->go, TRANSFER_CHUNK); /* a gap: one is missing */
    assert_int_equal(turn(store, now + 5 * INSTANT_SECOND, &why), R_OK);
    assert_int_equal(give_chunk(store, world, TRANSFER_CHUNK, now, &why), R_OK);
    sql_fail_after(1); /* closing cannot write any more, as if killed */
    store_close(store);
    sql_fail_after(0);
    assert_int_equal(open_store(&store, world, *state, &why), R_OK);
    assert_int_equal(offer(store, world, now, &why), R_OK);
    assert_int_equal(world->go, TRANSFER_CHUNK);
    store_close(store);
    free(world);
}

#define IN_FOLDER(test)                                                        \
    cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_store__gives_what_it_took_whichever_call_fails),
        IN_FOLDER(test_store__waits_for_the_letter_and_takes_nothing_before),
        IN_FOLDER(test_store__deletes_what_nobody_fetched_and_says_so),
        IN_FOLDER(test_store__goes_on_where_it_is_durable_after_a_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
