/*
 * key_watch - a pair of key and certificate, read again when its files
 * changed, so that a process takes new keys without being started again. A
 * pair that does not fit (somebody is laying it down), or that the registry
 * does not have for the agency, is not taken: the one before stays.
 *
 *     key_watch_open -> while (...) if (key_watch_look) use watch.key anew
 */
#ifndef YISONG_CERTS_KEY_WATCH_H
#define YISONG_CERTS_KEY_WATCH_H

#include <time.h>

#include "certs/registry.h"

struct key_watch {
    const char *key_path, *certificate_path; /* borrowed */
    const char *agency; /* whose it must be; NULL: any (TLS) */
    struct timespec seen[2];
    int64_t next_look, next_term;
    int told_days; /* what the log was told last of the end */
    struct signing_key *key;
};

/* Set paths and agency first. The reasons of signing_key_read. */
enum reason key_watch_open(struct key_watch *watch,
                           struct fault *why) MUST_CHECK;

/*
 * Looks at most once a second; `monotonic` counts that, `now` judges the
 * certificate. True: watch->key is another one now, and the one before is
 * gone. What cannot be taken is logged.
 */
bool key_watch_look(struct key_watch *watch, const struct registry *registry,
                    instant now, int64_t monotonic);

/*
 * Tells the log when the certificate ends within 30, 7 and 1 days, and when
 * it has ended: once each.
 */
void key_watch_term(struct key_watch *watch, instant now, int64_t monotonic);

void key_watch_done(struct key_watch *watch);

#endif
