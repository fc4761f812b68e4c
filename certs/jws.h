/*
 * jws - our one profile of JSON Web Signatures: detached (RFC 7515 appendix F)
 * over the exact body bytes, "PROTECTED..SIGNATURE", the protected header
 * being exactly {"alg":"ES256"} or {"alg":"SM2SM3"}. For the files of this
 * folder; signature.h is the door.
 */
#ifndef YISONG_CERTS_JWS_H
#define YISONG_CERTS_JWS_H

#include "certs/key.h"

enum reason jws_sign(const struct signing_key *key, const void *body,
                     size_t size, struct buf *out,
                     struct fault *why) MUST_CHECK;

/* R_SIGNATURE_PROFILE, R_BAD_SIGNATURE. Thread-safe. */
enum reason jws_verify(const struct certificate *certificate, const void *body,
                       size_t size, const char *jws,
                       struct fault *why) MUST_CHECK;

#endif
