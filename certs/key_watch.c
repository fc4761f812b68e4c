/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "certs/key_watch.h"

#include <string.h>
#include <sys/stat.h>

#include "base/log.h"

enum { TERM_LOOK_MS = 60 * 1000 };

static struct timespec time_of(const char *path)
{
    struct stat status = {0};
    (void)stat(path, &status);
    return status.st_mtim;
}

/* Whether the files are others than those that were seen; sees them. */
static bool have_changed(struct key_watch *watch)
{
    const char *paths[] = {watch->key_path, watch->certificate_path};
    bool changed = false;
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        struct timespec found = time_of(paths[i]);
        changed |= found.tv_sec != watch->seen[i].tv_sec ||
                   found.tv_nsec != watch->seen[i].tv_nsec;
        watch->seen[i] = found;
    }
    return changed;
}

enum reason key_watch_open(struct key_watch *watch, struct fault *why)
{
    watch->told_days = INT32_MAX;
    (void)have_changed(watch);
    return signing_key_read(&watch->key, watch->key_path,
                            watch->certificate_path, why);
}

static enum reason read_fresh(const struct key_watch *watch,
                              const struct registry *registry, instant now,
                              struct signing_key **out, struct fault *why)
{
    const struct certificate *registered;
    AUTO(signing_key) struct signing_key *fresh = NULL;
    TRY(signing_key_read(&fresh, watch->key_path, watch->certificate_path,
                         why));
    if (watch->agency)
        TRY(registry_certificate(
            registry, watch->agency,
            certificate_fingerprint(signing_key_certificate(fresh)), now,
            &registered, why));
    *out = TAKE(fresh);
    return R_OK;
}

static bool is_same(const struct signing_key *a, const struct signing_key *b)
{
    return strcmp(certificate_fingerprint(signing_key_certificate(a)),
                  certificate_fingerprint(signing_key_certificate(b))) == 0;
}

bool key_watch_look(struct key_watch *watch, const struct registry *registry,
                    instant now, int64_t monotonic)
{
    struct signing_key *fresh = NULL;
    struct fault why = {0};
    if (monotonic < watch->next_look)
        return false;
    watch->next_look = monotonic + INSTANT_SECOND;
    if (!have_changed(watch))
        return false;
    if (read_fresh(watch, registry, now, &fresh, &why) != R_OK) {
        /* The other half, or the registry, may be on its way. */
        watch->seen[0] = (struct timespec){0};
        log_fault(LOG_WARN, "new keys not taken", &why);
        return false;
    }
    if (is_same(fresh, watch->key)) {
        signing_key_free(fresh); /* its files were written once more */
        return false;
    }
    signing_key_free(watch->key);
    watch->key = fresh;
    watch->told_days = INT32_MAX;
    watch->next_term = 0;
    log_event(LOG_INFO, "new keys taken: %s, certificate %.16s",
              watch->certificate_path,
              certificate_fingerprint(signing_key_certificate(fresh)));
    return true;
}

/* The last of these that has come; INT32_MAX: none yet, 0: it has ended. */
static int reached(int64_t left)
{
    static const int days[] = {1, 7, 30};
    if (left < 0)
        return 0;
    for (size_t i = 0; i < COUNT_OF(days); i++)
        if (left <= days[i] * (int64_t)INSTANT_DAY)
            return days[i];
    return INT32_MAX;
}

void key_watch_term(struct key_watch *watch, instant now, int64_t monotonic)
{
    if (monotonic < watch->next_term)
        return;
    watch->next_term = monotonic + TERM_LOOK_MS;
    instant ends = certificate_valid_until(signing_key_certificate(watch->key));
    int term = reached(ends - now);
    if (term >= watch->told_days)
        return;
    watch->told_days = term;
    char text[INSTANT_TEXT_MAX];
    log_event(term <= 7 ? LOG_ERROR : LOG_WARN,
              term ? "%s ends within %d days, %s: renew it (yisong agencies "
                     "enrol --renew)"
                   : "%s has ended (%d days left), %s: renew it (yisong "
                     "agencies enrol --renew)",
              watch->certificate_path, term, instant_format(ends, text));
}

void key_watch_done(struct key_watch *watch)
{
    signing_key_free(watch->key);
    watch->key = NULL;
}
