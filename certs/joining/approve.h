/*
 * approve - the centre's side of joining: judges a request, issues what it
 * asks for, enters the registry, makes the package to carry back.
 */
#ifndef YISONG_CERTS_APPROVE_H
#define YISONG_CERTS_APPROVE_H

#include "certs/authority.h"
#include "certs/joining/package.h"
#include "certs/joining/request.h"

struct approval {
    const struct requests *requests;
    struct agency agency;      /* role, region, ...; a renewal needs none */
    const char *foreign_path;  /* a licensed issuer's signing certificate */
    bool renews;               /* new keys for a registered agency */
    int overlap_days;          /* that the old ones go on signing */
    const char *settings_text; /* adapter.conf, or NULL */
};

/*
 * Issues, registers, and fills the package, which is not signed yet. R_EXISTS
 * for an id, name, credit code or key that is another's, R_UNKNOWN_AGENCY and
 * R_AGENCY_REVOKED for a renewal, R_BAD_FIELD for a text, R_CERTIFICATE_* for
 * what the licensed issuer gave. Nothing is registered by halves.
 */
enum reason approve_request(struct authority *authority,
                            const struct approval *approval, instant now,
                            struct package *out, struct fault *why) MUST_CHECK;

/* The public part of the authority's folder, for any agency. */
enum reason approve_fill(const struct authority *authority, instant now,
                         struct package *out, struct fault *why) MUST_CHECK;

enum reason approve_write(const struct authority *authority,
                          const struct package *package, const char *path,
                          struct fault *why) MUST_CHECK;

/* The digest of authority.pem, for comparing over the telephone. */
enum reason approve_digest(const struct authority *authority,
                           struct digest *out, struct fault *why) MUST_CHECK;

/*
 * Enters a licensed issuer: certificates that it gave may be registered. It
 * can neither sign the registry nor bring in agencies by itself.
 */
enum reason approve_issuer(struct authority *authority, const char *pem_path,
                           instant now, struct fault *why) MUST_CHECK;

#endif
