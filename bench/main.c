/*
 * SPDX-License-Identifier: Apache-2.0
 *
 *   yisong-bench throughput|latency|verify FOLDER PORT ROUTER BROKER ROUNDS N
 *
 * Called by run.sh, which makes the folder and starts the processes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"

int main(int argc, char **argv)
{
    if (argc != 8) {
        fputs("usage: bench/run.sh\n", stderr);
        return 2;
    }
    struct stage stage = {
        .folder = argv[2],
        .port = (int)strtol(argv[3], NULL, 10),
        .router_pid = strtol(argv[4], NULL, 10),
        .broker_pid = strtol(argv[5], NULL, 10),
    };
    int rounds = (int)strtol(argv[6], NULL, 10);
    size_t count = strtoul(argv[7], NULL, 10);
    if (rounds < 1 || rounds > ROUNDS_MAX || count < 1)
        return 2;
    if (strcmp(argv[1], "throughput") == 0)
        return throughput_run(&stage, rounds, count);
    if (strcmp(argv[1], "latency") == 0)
        return latency_run(&stage, rounds, count);
    return verify_run(&stage, rounds);
}
