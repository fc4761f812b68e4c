/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/adapter/registry_watch.h"

#include <sys/stat.h>

#include "base/io.h"
#include "base/log.h"
#include "certs/registry_memory.h"

static struct timespec time_of(const char *folder)
{
    AUTO(text) char *path = io_join(folder, "registry.xml");
    struct stat status = {0};
    (void)stat(path, &status);
    return status.st_mtim;
}

static enum reason read_newest(const struct registry_watch *watch,
                               struct registry **out, struct fault *why)
{
    AUTO(registry) struct registry *fresh = NULL;
    TRY(registry_read(&fresh, watch->folder, why));
    if (watch->store)
        TRY(registry_memory_put(watch->store, watch->folder, fresh, why));
    *out = TAKE(fresh);
    return R_OK;
}

enum reason registry_watch_open(struct registry_watch *watch,
                                const char *folder, struct fault *why)
{
    watch->folder = folder;
    watch->seen = time_of(folder);
    return read_newest(watch, &watch->registry, why);
}

enum reason registry_watch_look(struct registry_watch *watch, int64_t now,
                                bool *changed, struct fault *why)
{
    *changed = false;
    if (now < watch->next_look)
        return R_OK;
    watch->next_look = now + INSTANT_SECOND;
    struct timespec found = time_of(watch->folder);
    if (found.tv_sec == watch->seen.tv_sec &&
        found.tv_nsec == watch->seen.tv_nsec)
        return R_OK;
    struct registry *fresh = NULL;
    watch->seen = (struct timespec){0};
    TRY(read_newest(watch, &fresh, why));
    registry_free(watch->registry);
    watch->registry = fresh;
    watch->seen = found;
    *changed = true;
    log_event(LOG_INFO, "registry read again: %zu agencies",
              registry_count(fresh));
    return R_OK;
}

void registry_watch_done(struct registry_watch *watch)
{
    registry_free(watch->registry);
    watch->registry = NULL;
}
