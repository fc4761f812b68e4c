/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * From the sender's publish to the recipient's receipt at 100 letters per
 * second on an otherwise idle machine: the router beside a bare mover.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "bench/bench.h"

enum { PER_SECOND = 100 };

struct spread {
    double middle[ROUNDS_MAX], tail[ROUNDS_MAX];
};

static void run_path(const struct stage *stage, const struct path *path,
                     const struct letters *letters, struct spread *spread,
                     int round)
{
    double *latencies = mem_new(letters->count, sizeof *latencies);
    path_pace(stage, path, letters, PER_SECOND, latencies);
    spread->middle[round] = quantile(latencies, letters->count, 0.5);
    spread->tail[round] = quantile(latencies, letters->count, 0.99);
    free(latencies);
}

static void run_kind(const struct stage *stage, const struct kind *kind,
                     int rounds, size_t count)
{
    struct spread mover = {0}, router = {0};
    size_t n = (size_t)rounds;
    mover_start(stage);
    for (int i = 0; i < rounds; i++) {
        struct letters letters = letters_make(stage, kind, count);
        run_path(stage, &path_mover, &letters, &mover, i);
        run_path(stage, &path_router, &letters, &router, i);
        letters_done(&letters);
    }
    mover_stop();
    double mover_middle = quantile(mover.middle, n, 0.5);
    double router_middle = quantile(router.middle, n, 0.5);
    printf("%-12s %6.2f / %6.2f   %6.2f / %6.2f   %.2f\n", kind->name,
           mover_middle, quantile(mover.tail, n, 0.5), router_middle,
           quantile(router.tail, n, 0.5), router_middle / mover_middle);
    fflush(stdout);
}

int latency_run(const struct stage *stage, int rounds, size_t count)
{
    printf("\nlatency at %d letters per second, p50 / p99 in ms, %d rounds of "
           "%zu\n%-12s %-17s %-17s %s\n",
           PER_SECOND, rounds, count, "", "bare mover", "router", "p50 ratio");
    for (int i = 0; i < KIND_COUNT; i++)
        run_kind(stage, &kinds[i], rounds, count);
    return 0;
}
