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

/*
 * R_NO_FILE, R_BAD_KEY for the authority's certificates; R_BAD_REGISTRY for a
 * revocation list that cannot be read or that the authority did not sign. No
 * folder of lists is no list.
 */
enum reason trust_read(struct trust **out, const char *folder,
                       struct fault *why) MUST_CHECK;
void trust_free(struct trust *trust);
AUTO_POINTER(trust, trust_free)

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
