/*
 * registry - the agencies that may take part, with role, names, region and
 * certificates: a signed file, read whole and then never changed in memory.
 *
 *     DIR/registry.xml     signed by the authority (XMLDSig, our profile)
 *     DIR/authority.pem    the authority's certificates (P-256 and SM2), the
 *                          anchor that is carried to a new agency by hand
 *     DIR/revoked/NAME.crl  revocation lists of the authority, may be missing
 *
 * The key is looked up by the sender here, never taken from the message.
 */
#ifndef YISONG_CERTS_REGISTRY_H
#define YISONG_CERTS_REGISTRY_H

#include "base/instant.h"
#include "certs/key.h"

struct registry;

/* The role ids of the field ("ecology", "police", ...): see registry.xsd. */
struct agency {
    const char *id;      /* "ecology-nanchang": also CN, user, queue name */
    const char *role;    /* "ecology" */
    const char *chinese; /* "南昌市生态环境局" */
    const char *english;
    const char *credit_code; /* GB 32100, "" if none */
    const char *region;      /* GB/T 2260, "360100"; "" if none */
    const char *level;       /* national, province, city, county; "" if none */
    bool revoked;            /* the registration, not one certificate */
};

/* Of the file: grows with each signing; and when that was. */
int64_t registry_number(const struct registry *registry);
instant registry_issued_at(const struct registry *registry);

/*
 * Reads and verifies the registry: signature of the authority, every
 * certificate, no two agencies with one id. R_BAD_REGISTRY with all faults.
 */
enum reason registry_read(struct registry **out, const char *folder,
                          struct fault *why) MUST_CHECK;
void registry_free(struct registry *registry);
AUTO_POINTER(registry, registry_free)

/* NULL if there is none. Borrowed from the registry. */
const struct agency *registry_find(const struct registry *registry,
                                   const char *agency);
size_t registry_count(const struct registry *registry);
const struct agency *registry_get(const struct registry *registry,
                                  size_t place);

/* Licensed issuers whose certificates agencies may bring; NULL behind. */
const struct certificate *registry_issuer_at(const struct registry *registry,
                                             size_t place);

/* The last instant at which a certificate may sign, of its own period and the
 * end that the registry sets it after a renewal. */
instant registry_certificate_ends(const struct registry *registry,
                                  const char *agency, size_t place);

/* The certificates of an agency in the order of their issue; NULL behind. */
const struct certificate *registry_certificate_at(
    const struct registry *registry, const char *agency, size_t place);

/* The same for its encryption certificates; most agencies have one. */
const struct certificate *registry_encryption_at(
    const struct registry *registry, const char *agency, size_t place);

/*
 * The newest encryption certificate of this agency that holds at `at`: what
 * is meant for it alone is sealed to it (envelope.h). The reasons of
 * registry_certificate; R_CERTIFICATE_UNKNOWN if it has none. Thread-safe.
 */
enum reason registry_encryption(const struct registry *registry,
                                const char *agency, instant at,
                                const struct certificate **out,
                                struct fault *why) MUST_CHECK;

/*
 * The certificate of this agency with this fingerprint, if it may sign at
 * `at`: registered for the agency, chain to the authority, within validity,
 * not revoked. The chain is checked once and remembered until a new registry
 * is read. R_UNKNOWN_AGENCY, R_AGENCY_REVOKED, R_CERTIFICATE_UNKNOWN,
 * R_CERTIFICATE_INVALID, R_CERTIFICATE_EXPIRED, R_CERTIFICATE_REVOKED.
 * Thread-safe.
 */
enum reason registry_certificate(const struct registry *registry,
                                 const char *agency, const char *fingerprint,
                                 instant at, const struct certificate **out,
                                 struct fault *why) MUST_CHECK;

#endif
