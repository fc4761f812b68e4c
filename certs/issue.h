/*
 * issue - makes one key and one X.509 certificate for it. What a certificate
 * of each use may do stands in one table in issue.c. For the files of this
 * folder: outside, authority.h is the door.
 */
#ifndef YISONG_CERTS_ISSUE_H
#define YISONG_CERTS_ISSUE_H

#include "certs/key.h"

enum issue_use {
    ISSUE_AUTHORITY,
    ISSUE_SIGNING,
    ISSUE_ENCRYPTION,
    ISSUE_CLIENT,
    ISSUE_SERVER
};

/* The pairs that an agency has: KEYS/signing.key and KEYS/signing.pem, ... */
struct issue_part {
    const char *name;
    enum issue_use use;
    bool own_suite; /* of the agency's choice; else P-256 */
};

enum { ISSUE_PARTS = 3 };

extern const struct issue_part issue_parts[ISSUE_PARTS];

struct evp_pkey_st; /* EVP_PKEY */

struct issue {
    enum issue_use use;
    enum suite suite;
    const char *name;         /* the subject's CN */
    const char *organisation; /* its O */
    const char *const *hosts; /* names and addresses, for TLS; may be NULL */
    size_t host_count;
    instant now;
};

/* A new key, and as PEM. Free with EVP_PKEY_free. R_CRYPTO_FAILED. */
enum reason issue_key(struct evp_pkey_st **out, enum suite suite,
                      struct buf *pem, struct fault *why) MUST_CHECK;

/* A certificate, as PEM, for a key that may be the public half alone. */
enum reason issue_certify(const struct issue *wanted,
                          const struct signing_key *issuer,
                          struct evp_pkey_st *key, struct buf *certificate,
                          struct fault *why) MUST_CHECK;

/*
 * Makes the key and the certificate, both as PEM. `issuer` NULL: signed by
 * itself. R_USAGE for a host that is none, R_CRYPTO_FAILED.
 */
enum reason issue_make(const struct issue *wanted,
                       const struct signing_key *issuer, struct buf *key,
                       struct buf *certificate, struct fault *why) MUST_CHECK;

#endif
