/*
 * xmldsig - our one profile of XML signatures (W3C XMLDSig, GB/T 25061), as a
 * text with two holes. For the files of this folder; signature.h is the door.
 */
#ifndef YISONG_CERTS_XMLDSIG_H
#define YISONG_CERTS_XMLDSIG_H

#include "certs/key.h"
#include "schemas/document.h"

#define XMLDSIG_NAMESPACE "http://www.w3.org/2000/09/xmldsig#"

/* Whether the root has a ds:Signature child anywhere. */
bool xmldsig_is_signed(const struct document *document);

/*
 * Appends the canonical document with its Signature as the root's last child.
 * R_SIGNATURE_PROFILE if it is signed already.
 */
enum reason xmldsig_sign(const struct signing_key *key,
                         const struct document *document, struct buf *out,
                         struct fault *why) MUST_CHECK;

/* R_NOT_SIGNED, R_SIGNATURE_PROFILE, R_BAD_SIGNATURE. Thread-safe. */
enum reason xmldsig_verify(const struct certificate *certificate,
                           const struct document *document,
                           struct fault *why) MUST_CHECK;

#endif
