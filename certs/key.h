/*
 * key - a private key with its certificate, and the two suites.
 *
 *   p256   ECDSA P-256 with SHA-256   (FIPS 186-4)
 *   sm2    SM2 with SM3               (GB/T 32918, GB/T 35276; ID
 *                                      1234567812345678, raw r||s)
 *
 * The suite belongs to the key, never to the message. Signatures are 64 bytes
 * r||s in both suites. Signing stays with OpenSSL, which keeps it constant
 * time.
 */
#ifndef YISONG_CERTS_KEY_H
#define YISONG_CERTS_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/instant.h"

enum suite { SUITE_P256, SUITE_SM2, SUITE_COUNT };

enum { SIGNATURE_SIZE = 64 };

/* "p256", "sm2"; SUITE_COUNT if there is no such suite. */
const char *suite_name(enum suite suite);
enum suite suite_find(const char *name);
enum digest_kind suite_digest(enum suite suite);

struct certificate; /* an X.509 certificate with its public key prepared */
struct signing_key; /* a private key and its certificate */

enum reason certificate_read(struct certificate **out, const char *pem_path,
                             struct fault *why) MUST_CHECK;
/* From DER, or from the base64 text of it that a registry holds. */
enum reason certificate_parse(struct certificate **out, const void *der,
                              size_t size, struct fault *why) MUST_CHECK;
void certificate_free(struct certificate *certificate);
AUTO_POINTER(certificate, certificate_free)

enum suite certificate_suite(const struct certificate *certificate);
/* SHA-256 of the DER: the fingerprint that headers carry, as lower-case hex. */
const char *certificate_fingerprint(const struct certificate *certificate);
/* The subject's CN. */
const char *certificate_name(const struct certificate *certificate);
instant certificate_valid_from(const struct certificate *certificate);
instant certificate_valid_until(const struct certificate *certificate);

/*
 * Whether `signature` is this key's over the bytes (digest, and for SM2 the
 * Z value, are computed here). R_OK or R_BAD_SIGNATURE. Thread-safe.
 * A seam: prepared tables per public key may take OpenSSL's place.
 */
enum reason certificate_verify(const struct certificate *certificate,
                               const void *bytes, size_t size,
                               const unsigned char signature[SIGNATURE_SIZE],
                               struct fault *why) MUST_CHECK;

/* R_BAD_KEY if they cannot be read or do not belong together. */
enum reason signing_key_read(struct signing_key **out, const char *key_path,
                             const char *certificate_path,
                             struct fault *why) MUST_CHECK;
void signing_key_free(struct signing_key *key);
AUTO_POINTER(signing_key, signing_key_free)

const struct certificate *signing_key_certificate(
    const struct signing_key *key);

enum reason signing_key_sign(const struct signing_key *key, const void *bytes,
                             size_t size,
                             unsigned char signature[SIGNATURE_SIZE],
                             struct fault *why) MUST_CHECK;

#endif
