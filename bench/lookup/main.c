/*
 * SPDX-License-Identifier: Apache-2.0
 *
 *   yisong-bench-lookup make STORE N            a mailbox with N cards
 *   yisong-bench-lookup ask STORE N PORT TOKEN  the figures
 *
 * Called by lookup.sh, which starts the adapter on the mailbox. The rivals run
 * in the same minute: SQLite on the same rows with the same index, and a server
 * on the same library that answers everybody with the same short text.
 */
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/http.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/side.h"
#include "bench/lookup/lookup.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "broker-adapters/projections/listing_index.h"

enum { DAY = 20776, ROUNDS = 5, IN_PROCESS = 200000, OVER_HTTP = 20000 };

static void must(enum reason reason, const struct fault *why)
{
    if (reason == R_OK)
        return;
    fprintf(stderr, "%s: %s\n", reason_code(reason), why->text);
    exit(3);
}

/* --- the mailbox -----------------------------------------------------------
 */

static void put_card(struct sql *mailbox, uint64_t number)
{
    struct fault why = {0};
    char code[CODE_SIZE], letter[UUID_TEXT_MAX];
    int64_t row;
    code_make(number, code);
    uuid_new(INT64_C(1767225600000) + (int64_t)number, letter);
    AUTO(text) char *name =
        mem_print("南昌市第%" PRIu64 "化工有限公司", number);
    AUTO(text) char *document =
        mem_print("洪环牌〔2026〕%" PRIu64 "号", number);
    AUTO(text) char *case_id = mem_print("card-%" PRIu64, number);
    const struct listing card = {.list = LISTING_CARD,
                                 .subject = "unit",
                                 .credit_code = code,
                                 .name = name,
                                 .kind = number % 3 ? "yellow" : "red",
                                 .title = "环保红（黄）牌警示",
                                 .number = document,
                                 .authority = "南昌市生态环境局",
                                 .valid_from = "2026-05-03",
                                 .case_id = case_id,
                                 .sender = "ecology-nanchang",
                                 .letter = letter,
                                 .digest = digest_of(DIGEST_SHA256, code, 18)};
    must(listing_put(mailbox, &card, INT64_C(1777777777000), &row, &why), &why);
}

static int make(const char *path, uint64_t count)
{
    struct fault why = {0};
    AUTO(sql) struct sql *mailbox = NULL;
    must(mailbox_open(&mailbox, path, SQL_CREATE, &why), &why);
    must(sql_begin(mailbox, &why), &why);
    for (uint64_t i = 0; i < count; i++)
        put_card(mailbox, i);
    must(sql_commit(mailbox, &why), &why);
    return 0;
}

/* --- in this process -------------------------------------------------------
 */

static void note(void *context, const struct listing *listing)
{
    *(size_t *)context += strlen(listing->number) > 0;
}

/* Microseconds for one question. */
static double ask_index(struct listing_index *index, uint64_t listed,
                        size_t *found)
{
    struct fault why = {0};
    uint64_t seed = 1;
    double before = microseconds();
    for (int i = 0; i < IN_PROCESS; i++) {
        char code[CODE_SIZE];
        AUTO(listing_key) struct listing_key key = {0};
        code_make(random_below(&seed, 2 * listed), code);
        must(listing_index_refresh(index, &why), &why);
        must(listing_key_code(&key, code, &why), &why);
        listing_index_find(index, &key, DAY, note, found);
    }
    return (microseconds() - before) / IN_PROCESS;
}

static double ask_sqlite(struct sql *mailbox, uint64_t listed, size_t *found)
{
    struct fault why = {0};
    uint64_t seed = 1;
    double before = microseconds();
    for (int i = 0; i < IN_PROCESS; i++) {
        char code[CODE_SIZE];
        AUTO(listing_key) struct listing_key key = {0};
        code_make(random_below(&seed, 2 * listed), code);
        must(listing_key_code(&key, code, &why), &why);
        struct listing_query query = {.lists = LISTING_BLACKLIST,
                                      .credit_code = buf_text(&key.text),
                                      .day = "2026-11-19"};
        must(listing_each(mailbox, &query, note, found, &why), &why);
    }
    return (microseconds() - before) / IN_PROCESS;
}

static int by_size(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;
    return (one > other) - (one < other);
}

static void compare_in_process(struct sql *mailbox, uint64_t listed)
{
    struct fault why = {0};
    double ours[ROUNDS], theirs[ROUNDS];
    size_t found = 0, expected = 0;
    struct mallinfo2 before = mallinfo2();
    double start = microseconds();
    AUTO(listing_index) struct listing_index *index =
        listing_index_new(mailbox);
    must(listing_index_refresh(index, &why), &why);
    double loaded = microseconds() - start;
    struct mallinfo2 after = mallinfo2();
    size_t bytes =
        after.uordblks + after.hblkhd - before.uordblks - before.hblkhd;
    printf("index: %zu rows in %.1f s, %.0f bytes for each\n",
           listing_index_count(index), loaded / 1e6,
           (double)bytes / (double)listing_index_count(index));
    for (int i = 0; i < ROUNDS; i++) {
        ours[i] = ask_index(index, listed, &found);
        theirs[i] = ask_sqlite(mailbox, listed, &expected);
    }
    if (found != expected)
        fprintf(stderr, "index found %zu, SQLite %zu\n", found, expected);
    qsort(ours, ROUNDS, sizeof *ours, by_size);
    qsort(theirs, ROUNDS, sizeof *theirs, by_size);
    printf("in process: index %.2f us (%.2f ... %.2f), SQLite %.2f us "
           "(%.2f ... %.2f): %.1f times as fast\n",
           ours[ROUNDS / 2], ours[0], ours[ROUNDS - 1], theirs[ROUNDS / 2],
           theirs[0], theirs[ROUNDS - 1],
           theirs[ROUNDS / 2] / ours[ROUNDS / 2]);
}

/* --- over HTTP -------------------------------------------------------------
 */

struct rival {
    struct http *http;
    struct side side;
};

static void say_constant(void *context, struct http_request *request)
{
    AUTO(buf) struct buf body = {0};
    (void)context;
    buf_put_text(&body, "{\"listed\":false}\n");
    http_answer(request, 200, "application/json", &body);
}

static void serve(void *context)
{
    struct rival *rival = context;
    while (!atomic_load(&rival->side.stop)) {
        http_turn(rival->http, instant_monotonic());
        side_rest(&rival->side, http_descriptor(rival->http),
                  http_patience(rival->http, 1000));
    }
}

static bool admit(void *context, struct http_request *request)
{
    (void)context;
    (void)request;
    return true;
}

static void open_rival(struct rival *rival)
{
    static const struct http_route routes[] = {
        {"GET", "/constant/{code}", true, say_constant}};
    struct fault why = {0};
    const struct http_settings settings = {.listen = "127.0.0.1:0",
                                           .certificate_path = "",
                                           .key_path = "",
                                           .client_authority_path = "",
                                           .body_ceiling = 1024,
                                           .routes = routes,
                                           .route_count = 1,
                                           .admit = admit};
    must(http_open(&rival->http, &settings, &why), &why);
    must(side_start(&rival->side, serve, rival, &why), &why);
}

static void close_rival(struct rival *rival)
{
    side_stop(&rival->side);
    side_close(&rival->side);
    http_close(rival->http);
}

static void compare_over_http(const struct asking *ours, int callers)
{
    struct rival rival = {0};
    open_rival(&rival);
    struct asking theirs = *ours;
    theirs.name = "constant";
    theirs.port = http_port(rival.http);
    theirs.token = "";
    theirs.prefix = "/constant/";
    double ratios[ROUNDS], tails[ROUNDS];
    struct asked last = {0}, bare = {0};
    for (int i = 0; i < ROUNDS; i++) {
        last = ask_many(ours, callers);
        bare = ask_many(&theirs, callers);
        ratios[i] = last.per_second / bare.per_second;
        tails[i] = last.p99;
    }
    close_rival(&rival);
    qsort(ratios, ROUNDS, sizeof *ratios, by_size);
    qsort(tails, ROUNDS, sizeof *tails, by_size);
    printf("HTTP, %d caller(s): %.0f lookups/s, p50 %.0f us, p99 %.0f us "
           "(%.0f ... %.0f); a constant answer %.0f/s, p99 %.0f us: "
           "%.2f of its rate\n",
           callers, last.per_second, last.p50, tails[ROUNDS / 2], tails[0],
           tails[ROUNDS - 1], bare.per_second, bare.p99, ratios[ROUNDS / 2]);
}

static int ask(const char *path, uint64_t listed, int port, const char *token)
{
    struct fault why = {0};
    AUTO(sql) struct sql *mailbox = NULL;
    const struct asking asking = {.name = "blacklist",
                                  .port = port,
                                  .token = token,
                                  .prefix = "/blacklist/",
                                  .listed = listed,
                                  .count = OVER_HTTP};
    must(mailbox_open(&mailbox, path, SQL_WRITE, &why), &why);
    compare_in_process(mailbox, listed);
    compare_over_http(&asking, 1);
    compare_over_http(&asking, 8);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "make") == 0)
        return make(argv[2], strtoull(argv[3], NULL, 10));
    if (argc == 6 && strcmp(argv[1], "ask") == 0)
        return ask(argv[2], strtoull(argv[3], NULL, 10),
                   (int)strtol(argv[4], NULL, 10), argv[5]);
    fputs("usage: bench/lookup.sh\n", stderr);
    return 2;
}
