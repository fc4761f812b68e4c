/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Letters per second through the whole router, beside RabbitMQ's own shovel
 * and a bare mover that move the same letters between the same kind of queues.
 * Interleaved: each round runs every path once.
 */
#include <stdio.h>

#include "bench/bench.h"

struct sample {
    double rate[ROUNDS_MAX], ratio[ROUNDS_MAX];
    double router_us[ROUNDS_MAX], broker_us[ROUNDS_MAX];
};

static void run_router(const struct stage *stage, const struct kind *kind,
                       size_t count, struct sample *sample, int round)
{
    struct letters letters = letters_make(stage, kind, count);
    double router = process_cpu(stage->router_pid);
    double broker = process_cpu(stage->broker_pid);
    double seconds = path_run(stage, &path_router, &letters);
    double per_letter = 1e6 / (double)count;
    sample->rate[round] = (double)count / seconds;
    sample->router_us[round] =
        (process_cpu(stage->router_pid) - router) * per_letter;
    sample->broker_us[round] =
        (process_cpu(stage->broker_pid) - broker) * per_letter;
    letters_done(&letters);
}

static double run_plain(const struct stage *stage, const struct path *path,
                        const struct kind *kind, size_t count)
{
    struct letters letters = letters_make(stage, kind, count);
    double seconds = path_run(stage, path, &letters);
    letters_done(&letters);
    return (double)count / seconds;
}

static void print_row(const char *name, struct sample *sample, int rounds,
                      bool with_cpu)
{
    size_t n = (size_t)rounds;
    printf("%-12s %7.0f %7.3f   %.3f ... %.3f", name,
           quantile(sample->rate, n, 0.5), quantile(sample->ratio, n, 0.5),
           quantile(sample->ratio, n, 0), quantile(sample->ratio, n, 1));
    if (with_cpu)
        printf("   %6.0f %6.0f", quantile(sample->router_us, n, 0.5),
               quantile(sample->broker_us, n, 0.5));
    putchar('\n');
    fflush(stdout);
}

/* One kind of letter: shovel, mover and router in turn. */
static void run_kind(const struct stage *stage, const struct kind *kind,
                     int rounds, size_t count)
{
    struct sample shovel = {0}, mover = {0}, router = {0};
    for (int i = 0; i < rounds; i++) {
        shovel.rate[i] = run_plain(stage, &path_shovel, kind, count);
        mover_start(stage);
        mover.rate[i] = run_plain(stage, &path_mover, kind, count);
        mover_stop();
        run_router(stage, kind, count, &router, i);
        shovel.ratio[i] = 1;
        mover.ratio[i] = mover.rate[i] / shovel.rate[i];
        router.ratio[i] = router.rate[i] / shovel.rate[i];
    }
    printf("\n%s, %zu letters x %d rounds\n", kind->name, count, rounds);
    printf("%-12s %7s %7s   %-15s   %6s %6s\n", "", "per s", "ratio",
           "least ... most", "router", "broker us CPU");
    print_row("shovel", &shovel, rounds, false);
    print_row("bare mover", &mover, rounds, false);
    print_row("router", &router, rounds, true);
}

int throughput_run(const struct stage *stage, int rounds, size_t count)
{
    printf("router memory before: %.1f MB\n",
           process_memory(stage->router_pid, "VmRSS"));
    for (int i = 0; i < KIND_COUNT; i++)
        run_kind(stage, &kinds[i], rounds, count);
    printf("\nrouter memory: %.1f MB now, %.1f MB at most\n",
           process_memory(stage->router_pid, "VmRSS"),
           process_memory(stage->router_pid, "VmHWM"));
    return 0;
}
