/*
 * authority - a small certification and registration authority, for first
 * installations and for tests. One folder:
 *
 *     DIR/authority.pem     its certificates, one per suite       public
 *     DIR/registry.xml      the agencies, signed                  public
 *     DIR/revoked/          its revocation lists, one per suite   public
 *     DIR/authority/        authority-SUITE.key, mode 0600, and a copy of
 *                           every certificate issued              private
 *
 * Where a licensed issuer exists, its certificates take the place of these;
 * nothing else changes. Every function holds a lock on the folder, so several
 * commands at once are safe.
 */
#ifndef YISONG_CERTS_AUTHORITY_H
#define YISONG_CERTS_AUTHORITY_H

#include "certs/registry.h"

struct authority;

/* Makes keys, certificates and an empty registry. R_EXISTS. */
enum reason authority_create(const char *folder, instant now,
                             struct fault *why) MUST_CHECK;

/* Takes the lock, waiting for it. R_NO_FILE, R_BAD_KEY, R_BAD_REGISTRY. */
enum reason authority_open(struct authority **out, const char *folder,
                           struct fault *why) MUST_CHECK;
void authority_close(struct authority *authority);
AUTO_POINTER(authority, authority_close)

/* The registry as it is now; borrowed. */
const struct registry *authority_registry(const struct authority *authority);

/*
 * Registers an agency and makes its keys: in `key_folder` afterwards
 *     signing.key signing.pem    for letters, of the suite
 *     encryption.key .pem        P-256, for what is sealed for the agency
 *     tls.key tls.pem            P-256, for the connection to the broker
 *     authority.pem              the authority's certificates
 * R_EXISTS for a known id or a folder with keys, R_BAD_FIELD for a text.
 */
enum reason authority_add(struct authority *authority,
                          const struct agency *agency, enum suite suite,
                          const char *key_folder, instant now,
                          struct fault *why) MUST_CHECK;

/*
 * Many agencies at once, with P-256 keys in KEYS/AGENCY/: the registry is
 * written once, at the end.
 */
enum reason authority_add_all(struct authority *authority,
                              const struct agency *agencies, size_t count,
                              const char *keys, instant now,
                              struct fault *why) MUST_CHECK;

/*
 * New keys for a registered agency, in a new folder. The old certificate stays
 * registered, so that what it signed can be verified.
 */
enum reason authority_renew(struct authority *authority, const char *agency,
                            enum suite suite, const char *key_folder,
                            instant now, struct fault *why) MUST_CHECK;

/*
 * Puts every certificate of the agency into the revocation lists and marks its
 * registration, both as of `now`. R_UNKNOWN_AGENCY, R_AGENCY_REVOKED.
 */
enum reason authority_revoke(struct authority *authority, const char *agency,
                             const char *text, instant now,
                             struct fault *why) MUST_CHECK;

struct hosts {
    const char *const *names; /* DNS names and addresses */
    size_t count;
};

/*
 * A TLS server certificate for a broker that is reached under these names:
 * server.key, server.pem, and authority.pem with the P-256 certificate alone,
 * because RabbitMQ cannot read SM2. R_EXISTS.
 */
enum reason authority_broker(struct authority *authority,
                             const struct hosts *hosts, const char *folder,
                             instant now, struct fault *why) MUST_CHECK;

#endif
