/*
 * taking - letters from the folder out/ into the mailbox, and their files to
 * sent/ or refused/.
 *
 * The fate of a file is written in the transaction that keeps its letter
 * (taken.h); the file is moved afterwards, and the row goes when the move is
 * durable. Whatever moment the process dies at, doing the rest again is right.
 */
#ifndef YISONG_BROKER_ADAPTERS_TAKING_H
#define YISONG_BROKER_ADAPTERS_TAKING_H

#include "base/instant.h"
#include "broker-adapters/adapter/desk.h"
#include "broker-adapters/spool/spool.h"

enum { TAKING_BATCH = 64 };

/* What a turn did. */
struct taking {
    int taken;    /* letters kept */
    int refused;  /* files refused */
    bool settled; /* a table whose rows were all sent before */
    bool more;    /* the batch was full: there may be more */
};

/*
 * One batch: decides about up to TAKING_BATCH files in one transaction, then
 * moves them. `monotonic` tells how long a file has stayed the same.
 */
enum reason taking_turn(const struct desk *desk, struct spool *spool,
                        instant now, int64_t monotonic, struct taking *out,
                        struct fault *why) MUST_CHECK;

/*
 * Moves the files whose fate is decided; at the start, after each batch, and
 * when the exchange refused a letter. One that cannot be moved is logged and
 * stays decided.
 */
enum reason taking_finish(const struct desk *desk, struct spool *spool,
                          struct fault *why) MUST_CHECK;

#endif
