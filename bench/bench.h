/*
 * bench - what the measurements share: a stage (folder made by run.sh),
 * letters signed beforehand, and the two ends of a path.
 *
 * Every measurement prints ratios between things that ran in the same minute
 * on the same machine, never a bare time.
 */
#ifndef YISONG_BENCH_BENCH_H
#define YISONG_BENCH_BENCH_H

#include "broker-adapters/amqp.h"
#include "certs/signature.h"

enum { ROUNDS_MAX = 25, WINDOW = 1000 };

struct stage {
    const char *folder; /* has centre/, AGENCY/keys, broker port */
    int port;
    long router_pid, broker_pid;
};

/* What kind of letter: encoding and suite of its sender. */
struct kind {
    const char *name, *sender;
    enum message_encoding encoding;
};
enum { KIND_COUNT = 4 };
extern const struct kind kinds[KIND_COUNT];

struct ready_letter {
    char id[UUID_TEXT_MAX];
    char *jws;
    char *bytes;
    size_t size;
};

struct letters {
    const struct kind *kind;
    struct ready_letter *rows;
    size_t count;
};

/* `count` card letters of a kind, each opening a case of its own. */
struct letters letters_make(const struct stage *stage, const struct kind *kind,
                            size_t count);
void letters_done(struct letters *letters);

/* A way that letters go. */
struct path {
    const char *name;
    const char *exchange, *routing_key; /* where the sender publishes */
    const char *queue;                  /* where the recipient consumes */
    const char *recipient;              /* whose connection consumes it */
    const char *sender;                 /* NULL: the kind's */
    bool has_receipts;                  /* drain the sender's inbox */
};
extern const struct path path_router, path_shovel, path_mover;

/* Ends the process with the fault in words. */
void must(enum reason reason, const struct fault *why);

/* A connection of an agency. */
struct amqp *stage_connect(const struct stage *stage, const char *agency);
struct amqp_settings stage_settings(const struct stage *stage,
                                    const char *agency, char paths[3][512]);

/* CPU seconds of a process so far; resident and peak memory in MB. */
double process_cpu(long pid);
double process_memory(long pid, const char *field);

/* Sends all letters down a path; seconds until the last one arrived. */
double path_run(const struct stage *stage, const struct path *path,
                const struct letters *letters);

/* Sends at a steady rate; fills one latency in ms per letter. */
void path_pace(const struct stage *stage, const struct path *path,
               const struct letters *letters, double per_second,
               double *latencies);

/* Moves from one queue to another until it is told to stop: the bare mover. */
void mover_start(const struct stage *stage);
void mover_stop(void);

/* Sorts; the value at a share of the way (0.5: median). */
double quantile(double *values, size_t count, double share);

double seconds_now(void);

int throughput_run(const struct stage *stage, int rounds, size_t count);
int latency_run(const struct stage *stage, int rounds, size_t count);
int verify_run(const struct stage *stage, int rounds);

#endif
