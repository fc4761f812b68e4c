/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/side.h"

#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/mem.h"

struct beginning {
    void (*work)(void *context);
    void *context;
};

static void *begin(void *given)
{
    struct beginning beginning = *(struct beginning *)given;
    free(given);
    beginning.work(beginning.context);
    return NULL;
}

/* A thread inherits the mask of the one that makes it. */
static int make_thread(struct side *side, struct beginning *beginning)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&side->thread, NULL, begin, beginning);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

enum reason side_start(struct side *side, void (*work)(void *context),
                       void *context, struct fault *why)
{
    if (!side->has_bell)
        side->bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (side->bell < 0)
        return fault_errno(why, R_SYSTEM_FAILED, "eventfd");
    side->has_bell = true;
    struct beginning *beginning = mem_new(1, sizeof *beginning);
    *beginning = (struct beginning){work, context};
    atomic_store(&side->stop, false);
    if (make_thread(side, beginning) != 0) {
        free(beginning);
        return fault(why, R_SYSTEM_FAILED, "no thread");
    }
    side->started = true;
    return R_OK;
}

void side_ring(struct side *side)
{
    const uint64_t one = 1;
    if (side->has_bell && write(side->bell, &one, sizeof one) < 0)
        return; /* it has been rung more often than it can count */
}

void side_rest(struct side *side, int descriptor, int wait_ms)
{
    struct pollfd sources[] = {{.fd = side->bell, .events = POLLIN},
                               {.fd = descriptor, .events = POLLIN}};
    uint64_t rings;
    if (atomic_load(&side->stop))
        return;
    (void)poll(sources, 2, wait_ms);
    if (read(side->bell, &rings, sizeof rings) < 0)
        return; /* nobody rang */
}

void side_stop(struct side *side)
{
    if (!side->started)
        return;
    atomic_store(&side->stop, true);
    side_ring(side);
    pthread_join(side->thread, NULL);
    side->started = false;
}

void side_close(struct side *side)
{
    side_stop(side);
    if (side->has_bell)
        close(side->bell);
    side->has_bell = false;
}
