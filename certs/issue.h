/*
 * issue - makes one key and one X.509 certificate for it. What a certificate
 * of each use may do stands in one table in issue.c. For the files of this
 * folder: outside, authority.h is the door.
 */
#ifndef YISONG_CERTS_ISSUE_H
#define YISONG_CERTS_ISSUE_H

#include "certs/key.h"

enum issue_use { ISSUE_AUTHORITY, ISSUE_SIGNING, ISSUE_CLIENT, ISSUE_SERVER };

struct issue {
    enum issue_use use;
    enum suite suite;
    const char *name;         /* the subject's CN */
    const char *organisation; /* its O */
    const char *const *hosts; /* names and addresses, for TLS; may be NULL */
    size_t host_count;
    instant now;
};

/*
 * Makes the key and the certificate, both as PEM. `issuer` NULL: signed by
 * itself. R_USAGE for a host that is none, R_CRYPTO_FAILED.
 */
enum reason issue_make(const struct issue *wanted,
                       const struct signing_key *issuer, struct buf *key,
                       struct buf *certificate, struct fault *why) MUST_CHECK;

#endif
