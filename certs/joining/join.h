/*
 * join - the agency's side of joining: makes the keys, which never leave the
 * folder, and the request that goes to the centre; lays the package that comes
 * back into place.
 *
 *     FOLDER/ID.request          to carry to the centre; nothing secret
 *     FOLDER/keys/next/X.key     new keys, mode 0600, until the package came
 *     FOLDER/keys/X.key X.pem    the pairs in use
 *     FOLDER/keys/before/        the pairs that a renewal replaced
 *     FOLDER/agencies/           the registry
 *     FOLDER/adapter.conf        settings; one that is there is left alone
 */
#ifndef YISONG_CERTS_JOIN_H
#define YISONG_CERTS_JOIN_H

#include "certs/joining/package.h"
#include "certs/joining/request.h"

struct enrolment {
    const char *folder;
    const char *id, *chinese; /* a renewal takes the name from ID.request */
    enum suite suite;         /* SUITE_COUNT: as before, P-256 at first */
    bool renews;
};

/*
 * Makes keys and request. `digest` is of the request, for the telephone. Keys
 * that wait for their certificates are not made again: then R_EXISTS, as for
 * an agency that has keys and does not renew. R_BAD_FIELD for id or name.
 */
enum reason join_enrol(const struct enrolment *wanted, struct digest *digest,
                       struct fault *why) MUST_CHECK;

struct joining {
    const char *package_path, *folder;
    const char *heard; /* the authority's digest as it was told, or NULL */
};

struct joined {
    char agency[REQUEST_NAME_MAX]; /* "": only the registry was brought */
    bool has_settings;             /* adapter.conf was laid down now */
    int64_t number;                /* of the registry */
};

/*
 * Verifies and lays down. The first package is believed if the authority in
 * it has the digest that was heard (R_DIGEST_MISMATCH; R_USAGE without one);
 * later ones must be signed by the authority that is there. R_BAD_KEY for
 * certificates of other keys, R_REGISTRY_OLD for a registry older than the one
 * that is there. May be repeated after a crash.
 */
enum reason join_package(const struct joining *wanted, struct joined *out,
                         struct fault *why) MUST_CHECK;

/*
 * Lays only the registry of a package into a folder of its kind, signed by the
 * authority that is there. R_REGISTRY_OLD, R_BAD_SIGNATURE and its kin,
 * R_DISK_FAILED.
 */
enum reason join_registry(const struct package *package, const char *agencies,
                          int64_t *number, struct fault *why) MUST_CHECK;

#endif
