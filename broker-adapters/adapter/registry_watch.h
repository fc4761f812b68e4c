/*
 * registry_watch - the registry, read again when its file changed. One that
 * does not hold is not taken: the one before stays.
 */
#ifndef YISONG_BROKER_ADAPTERS_REGISTRY_WATCH_H
#define YISONG_BROKER_ADAPTERS_REGISTRY_WATCH_H

#include <time.h>

#include "certs/registry.h"

struct registry_watch {
    const char *folder; /* borrowed */
    /* Set before open: beside this store it is remembered which registry was
     * the newest, and no older one is taken. NULL: it is not. */
    const char *store;
    struct timespec seen;
    int64_t next_look;
    struct registry *registry;
};

enum reason registry_watch_open(struct registry_watch *watch,
                                const char *folder,
                                struct fault *why) MUST_CHECK;

/*
 * Looks at most once a second; `now` is monotonic. If *changed, the registry
 * before is gone: nothing may point into it.
 */
enum reason registry_watch_look(struct registry_watch *watch, int64_t now,
                                bool *changed, struct fault *why) MUST_CHECK;
void registry_watch_done(struct registry_watch *watch);

#endif
