/*
 * trust - whom we believe: the authority's certificates (DIR/authority.pem)
 * and what it has revoked (the .crl files in DIR/revoked), read once and
 * immutable. Says of a certificate what does not change with the time of
 * asking, so that the answer can be kept.
 */
#ifndef YISONG_CERTS_TRUST_H
#define YISONG_CERTS_TRUST_H

#include "certs/key.h"

struct trust;

/* R_NO_FILE, R_BAD_KEY for the authority's certificates. */
enum reason trust_read(struct trust **out, const char *folder,
                       struct fault *why) MUST_CHECK;
void trust_free(struct trust *trust);
AUTO_POINTER(trust, trust_free)

/*
 * Takes over the certificate of a licensed issuer that the registry names: it
 * may issue agencies' certificates and revoke them, and nothing else.
 * R_CERTIFICATE_INVALID if it is no issuer's.
 */
enum reason trust_put_issuer(struct trust *trust,
                             struct certificate *certificate,
                             struct fault *why) MUST_CHECK;
/* NULL behind the last. */
const struct certificate *trust_issuer(const struct trust *trust, size_t place);

/*
 * Reads FOLDER/revoked, once all issuers are known. R_BAD_REGISTRY for a list
 * that cannot be read or that none of them signed. No folder is no list.
 */
enum reason trust_read_lists(struct trust *trust, const char *folder,
                             struct fault *why) MUST_CHECK;

/* Whether a licensed issuer, not the authority, issued the certificate. */
bool trust_is_foreign(const struct trust *trust,
                      const struct certificate *certificate);

/* The authority's certificates: they alone sign the registry. */
size_t trust_count(const struct trust *trust);
const struct certificate *trust_get(const struct trust *trust, size_t place);

/* The judgement of one certificate, for any time. */
struct standing {
    const char *broken; /* why no chain leads to the authority, or NULL */
    instant valid_from, valid_until; /* the narrowest along the chain */
    instant revoked_at;              /* INT64_MAX: never */
};

/* What a certificate is meant for: its key usage must say so. */
enum trust_use { TRUST_SIGNING, TRUST_ENCRYPTION };

/* Builds and verifies the chain. Thread-safe. */
struct standing trust_judge(const struct trust *trust, enum trust_use use,
                            const struct certificate *certificate);

/*
 * Whether a certificate so judged may serve at that time: R_OK,
 * R_CERTIFICATE_INVALID, R_CERTIFICATE_EXPIRED, R_CERTIFICATE_REVOKED. `whose`
 * stands in the fault.
 */
enum reason standing_check(const struct standing *standing, instant at,
                           const char *whose, struct fault *why) MUST_CHECK;

#endif
