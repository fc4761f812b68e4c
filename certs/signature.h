/*
 * signature - signing a message and proving who signed it, for XML and JSON.
 *
 * XML: enveloped XMLDSig (GB/T 25061, W3C), exclusive c14n, one fixed profile:
 * the signature is the last child of the root, one reference, URI="", exactly
 * the transforms enveloped and exc-c14n, no KeyInfo, canonical base64. Any
 * other form is R_SIGNATURE_PROFILE.
 *
 * JSON: detached JWS (RFC 7515 appendix F) over the exact body bytes:
 * "protected..signature", the protected header being exactly {"alg":"ES256"}
 * or {"alg":"SM2SM3"} by the suite of the key.
 *
 * In both the signed header names the certificate by its fingerprint.
 */
#ifndef YISONG_CERTS_SIGNATURE_H
#define YISONG_CERTS_SIGNATURE_H

#include "certs/key.h"
#include "certs/registry.h"
#include "schemas/message.h"

/*
 * Signs complete bytes (message_complete, with header/certificate set to the
 * key's fingerprint). XML: `signed_bytes` is the document with its Signature
 * and `jws` stays empty. JSON: `signed_bytes` is the same bytes and `jws` the
 * detached JWS. R_CERTIFICATE_UNKNOWN if the header names another certificate.
 */
enum reason signature_sign(const struct signing_key *key,
                           const struct message *message,
                           struct buf *signed_bytes, struct buf *jws,
                           struct fault *why) MUST_CHECK;

/*
 * Step 2, "who says it": finds the sender's certificate in the registry and
 * checks the signature over exactly what was parsed. `jws` is NULL or "" for
 * XML. R_NOT_SIGNED, R_SIGNATURE_PROFILE, R_BAD_SIGNATURE and the reasons of
 * registry_certificate. Pure but for `at`; thread-safe.
 */
enum reason signature_verify(const struct registry *registry,
                             const struct message *message, const char *jws,
                             instant at, struct fault *why) MUST_CHECK;

/*
 * The same profile for our own XML files (registry): signs / verifies a
 * document whose root's last child is the Signature.
 */
enum reason signature_sign_xml(const struct signing_key *key,
                               const struct document *document, struct buf *out,
                               struct fault *why) MUST_CHECK;
enum reason signature_verify_xml(const struct certificate *certificate,
                                 const struct document *document,
                                 struct fault *why) MUST_CHECK;

#endif
