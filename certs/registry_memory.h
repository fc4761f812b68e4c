/*
 * registry_memory - the newest registry that a machine has used, so that an
 * older one that somebody puts back (with an agency that was revoked since)
 * is not taken, although the authority did sign it.
 *
 * It lies beside the store that it protects, STORE.registry, not beside the
 * registry. Another authority begins anew: authority.pem is carried by hand.
 */
#ifndef YISONG_CERTS_REGISTRY_MEMORY_H
#define YISONG_CERTS_REGISTRY_MEMORY_H

#include "certs/registry.h"

/*
 * R_REGISTRY_OLD if a newer registry of the authority in `folder` was used
 * before, R_BAD_REGISTRY if another one with the same number was.
 */
enum reason registry_memory_check(const char *store, const char *folder,
                                  const struct registry *registry,
                                  struct fault *why) MUST_CHECK;

/* The same, and remembers this one. R_DISK_FAILED. */
enum reason registry_memory_put(const char *store, const char *folder,
                                const struct registry *registry,
                                struct fault *why) MUST_CHECK;

#endif
