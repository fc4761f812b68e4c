/*
 * lookup - how fast the blacklist answers, beside SQLite and beside a server
 * that says one sentence to everybody.
 */
#ifndef YISONG_BENCH_LOOKUP_H
#define YISONG_BENCH_LOOKUP_H

#include <stddef.h>
#include <stdint.h>

enum { CODE_SIZE = 19 };

/* The credit code with this number, its check symbol right. */
void code_make(uint64_t number, char code[CODE_SIZE]);

/* A number below `limit`, the same row of numbers in every run. */
uint64_t random_below(uint64_t *seed, uint64_t limit);

/* Microseconds on a clock that never jumps. */
double microseconds(void);

/* Half of `count` asked codes are listed. Prints rates and the 50th and 99th
 * percentile of one caller and of several, in microseconds. */
struct asking {
    const char *name; /* as printed */
    int port;
    const char *token;  /* "" for none */
    const char *prefix; /* of the path, before the code */
    uint64_t listed, count;
};
struct asked {
    double per_second, p50, p99;
};
struct asked ask_one(const struct asking *asking);
struct asked ask_many(const struct asking *asking, int callers);

#endif
