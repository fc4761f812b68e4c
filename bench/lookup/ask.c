/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Callers over HTTP: connections that are kept, one question at a time on each,
 * all in one thread per caller.
 */
#include "bench/lookup/lookup.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

enum { ANSWER_MAX = 65536, CALLERS_MAX = 16 };

double microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

uint64_t random_below(uint64_t *seed, uint64_t limit)
{
    *seed =
        *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*seed >> 33) % limit;
}

void code_make(uint64_t number, char code[CODE_SIZE])
{
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    static const int weights[] = {1,  3,  9,  27, 19, 26, 16, 17, 20,
                                  29, 25, 13, 8,  24, 10, 30, 28};
    int sum = 0;
    snprintf(code, CODE_SIZE, "91360100%09llu",
             (unsigned long long)(number % 1000000000));
    for (int i = 0; i < CODE_SIZE - 2; i++)
        sum += weights[i] * (code[i] - '0');
    code[CODE_SIZE - 2] = alphabet[(31 - sum % 31) % 31];
    code[CODE_SIZE - 1] = '\0';
}

static void stop(const char *text)
{
    perror(text);
    exit(3);
}

static int dial(int port)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons((uint16_t)port),
                                        .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int yes = 1;
    int socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0 ||
        connect(socket_, (const struct sockaddr *)&address, sizeof address))
        stop("connect");
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return socket_;
}

/* Whether a whole answer is there: headers, and as many bytes as they say. */
static int is_whole(const char *answer, size_t size)
{
    const char *end = strstr(answer, "\r\n\r\n");
    const char *length = strcasestr(answer, "\r\nContent-Length:");
    if (!end || !length || length > end)
        return 0;
    return size >=
           (size_t)(end + 4 - answer) +
               strtoul(length + strlen("\r\nContent-Length:"), NULL, 10);
}

static void ask(int socket_, const struct asking *asking, uint64_t number,
                char answer[ANSWER_MAX])
{
    char code[CODE_SIZE], request[1024];
    code_make(number, code);
    int size = snprintf(
        request, sizeof request, "GET %s%s HTTP/1.1\r\nHost: x\r\n%s%s%s\r\n",
        asking->prefix, code, *asking->token ? "Authorization: Bearer " : "",
        asking->token, *asking->token ? "\r\n" : "");
    size_t got = 0;
    if (write(socket_, request, (size_t)size) != size)
        stop("write");
    do {
        ssize_t count =
            read(socket_, answer + got, (size_t)ANSWER_MAX - 1 - got);
        if (count <= 0)
            stop("read");
        got += (size_t)count;
        answer[got] = '\0';
    } while (!is_whole(answer, got));
    if (strncmp(answer, "HTTP/1.1 200", 12) != 0) {
        fprintf(stderr, "%s: %.200s\n", asking->name, answer);
        exit(3);
    }
}

struct caller {
    const struct asking *asking;
    uint64_t seed, count;
    double *times;
    pthread_t thread;
};

static void *call(void *context)
{
    struct caller *caller = context;
    char *answer = mem_new(ANSWER_MAX, 1);
    int socket_ = dial(caller->asking->port);
    for (uint64_t i = 0; i < caller->count; i++) {
        uint64_t number =
            random_below(&caller->seed, 2 * caller->asking->listed);
        double before = microseconds();
        ask(socket_, caller->asking, number, answer);
        caller->times[i] = microseconds() - before;
    }
    close(socket_);
    free(answer);
    return NULL;
}

static int compare(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;
    return (one > other) - (one < other);
}

struct asked ask_many(const struct asking *asking, int callers)
{
    struct caller rows[CALLERS_MAX] = {{0}};
    uint64_t each = asking->count / (uint64_t)callers;
    uint64_t total = each * (uint64_t)callers;
    double *times = mem_new(total, sizeof *times);
    double before = microseconds();
    for (int i = 0; i < callers; i++) {
        rows[i] = (struct caller){.asking = asking,
                                  .seed = 7 + (uint64_t)i,
                                  .count = each,
                                  .times = times + (uint64_t)i * each};
        if (pthread_create(&rows[i].thread, NULL, call, &rows[i]) != 0)
            stop("thread");
    }
    for (int i = 0; i < callers; i++)
        pthread_join(rows[i].thread, NULL);
    double spent = microseconds() - before;
    qsort(times, total, sizeof *times, compare);
    struct asked asked = {.per_second = (double)total / spent * 1e6,
                          .p50 = times[total / 2],
                          .p99 = times[total * 99 / 100]};
    free(times);
    return asked;
}

struct asked ask_one(const struct asking *asking)
{
    return ask_many(asking, 1);
}
