/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench/bench.h"

void must(enum reason reason, const struct fault *why)
{
    if (reason == R_OK)
        return;
    fault_print(stderr, "yisong-bench", why);
    exit(reason_exit_status(reason));
}

struct amqp_settings stage_settings(const struct stage *stage,
                                    const char *agency, char paths[3][512])
{
    static const char *const names[] = {"authority.pem", "tls.pem", "tls.key"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        snprintf(paths[i], 512, "%s/%s/keys/%s", stage->folder, agency,
                 names[i]);
    return (struct amqp_settings){
        .host = "localhost",
        .port = stage->port,
        .vhost = "yisong",
        .ca_path = paths[0],
        .certificate_path = paths[1],
        .key_path = paths[2],
    };
}

struct amqp *stage_connect(const struct stage *stage, const char *agency)
{
    char paths[3][512];
    struct fault why = {0};
    struct amqp_settings settings = stage_settings(stage, agency, paths);
    struct amqp *amqp = NULL;
    must(amqp_open(&amqp, &settings, &why), &why);
    return amqp;
}

double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double process_cpu(long pid)
{
    char path[64], line[1024];
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    bool good = fgets(line, sizeof line, file) != NULL;
    fclose(file);
    unsigned long user = 0, system = 0;
    const char *rest = good ? strrchr(line, ')') : NULL;
    if (!rest || sscanf(rest,
                        ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u "
                        "%lu %lu",
                        &user, &system) != 2)
        return 0;
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

double process_memory(long pid, const char *field)
{
    char path[64], line[256];
    double kilobytes = 0;
    snprintf(path, sizeof path, "/proc/%ld/status", pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    while (fgets(line, sizeof line, file))
        if (strncmp(line, field, strlen(field)) == 0)
            kilobytes = strtod(line + strlen(field) + 1, NULL);
    fclose(file);
    return kilobytes / 1024;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double quantile(double *values, size_t count, double share)
{
    qsort(values, count, sizeof *values, compare);
    size_t place = (size_t)(share * (double)(count - 1) + 0.5);
    return values[place];
}
