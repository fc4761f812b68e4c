/*
 * revocation - one revocation list (X.509 CRL) of the authority. For the files
 * of this folder; trust.c asks, authority_revoke.c writes.
 */
#ifndef YISONG_CERTS_REVOCATION_H
#define YISONG_CERTS_REVOCATION_H

#include "certs/certificate.h"

struct X509_crl_st; /* X509_CRL */

/* PEM or DER. R_BAD_REGISTRY if it is neither. Free with X509_CRL_free. */
enum reason revocation_read(struct X509_crl_st **out, const char *path,
                            struct fault *why) MUST_CHECK;

/* Whether this authority made and signed the list. */
bool revocation_is_by(struct X509_crl_st *list,
                      const struct certificate *authority);

/* When the list says the certificate was revoked; INT64_MAX: it does not. */
instant revocation_find(struct X509_crl_st *list,
                        const struct certificate *certificate);

/*
 * A new list that holds the rows of `old` (NULL: none) and these certificates
 * as revoked at `at`, signed by `key`; as PEM. Those already in it stay.
 */
enum reason revocation_write(struct X509_crl_st *old,
                             const struct certificates *revoked,
                             const struct signing_key *key, instant at,
                             struct buf *out, struct fault *why) MUST_CHECK;

#endif
