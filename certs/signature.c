/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Both kinds of signature behind one pair of functions: which one it is
 * follows from the encoding of the message, and whose key counts follows from
 * the sender it names.
 */
#include "certs/signature.h"

#include <string.h>

#include "certs/jws.h"
#include "certs/xmldsig.h"

static enum reason sign_xml(const struct signing_key *key,
                            const struct message *message, struct buf *out,
                            struct buf *jws, struct fault *why)
{
    (void)jws;
    return xmldsig_sign(key, message_document(message), out, why);
}

static enum reason sign_json(const struct signing_key *key,
                             const struct message *message, struct buf *out,
                             struct buf *jws, struct fault *why)
{
    size_t size;
    const void *bytes = message_bytes(message, &size);
    buf_put(out, bytes, size);
    return jws_sign(key, bytes, size, jws, why);
}

static enum reason verify_xml(const struct certificate *certificate,
                              const struct message *message, const char *jws,
                              struct fault *why)
{
    if (*jws)
        return fault(why, R_SIGNATURE_PROFILE,
                     "an XML message with a JWS beside it");
    return xmldsig_verify(certificate, message_document(message), why);
}

static enum reason verify_json(const struct certificate *certificate,
                               const struct message *message, const char *jws,
                               struct fault *why)
{
    size_t size;
    const void *bytes = message_bytes(message, &size);
    return jws_verify(certificate, bytes, size, jws, why);
}

static const struct {
    enum reason (*sign)(const struct signing_key *key,
                        const struct message *message, struct buf *out,
                        struct buf *jws, struct fault *why);
    enum reason (*verify)(const struct certificate *certificate,
                          const struct message *message, const char *jws,
                          struct fault *why);
} kinds[] = {
    [MESSAGE_XML] = {sign_xml, verify_xml},
    [MESSAGE_JSON] = {sign_json, verify_json},
};

enum reason signature_sign(const struct signing_key *key,
                           const struct message *message,
                           struct buf *signed_bytes, struct buf *jws,
                           struct fault *why)
{
    const char *own = certificate_fingerprint(signing_key_certificate(key));
    if (strcmp(message_certificate(message), own) != 0)
        return fault(why, R_CERTIFICATE_UNKNOWN,
                     "header/certificate is '%s', the key's is %s",
                     message_certificate(message), own);
    return kinds[message_encoding(message)].sign(key, message, signed_bytes,
                                                 jws, why);
}

static bool is_signed(const struct message *message, const char *jws)
{
    return message_encoding(message) == MESSAGE_JSON
               ? *jws != '\0'
               : xmldsig_is_signed(message_document(message));
}

enum reason signature_verify(const struct registry *registry,
                             const struct message *message, const char *jws,
                             instant at, struct fault *why)
{
    const char *beside = jws ? jws : "";
    if (!is_signed(message, beside))
        return fault(why, R_NOT_SIGNED, "from '%s'", message_from(message));
    const struct certificate *certificate;
    TRY(registry_certificate(registry, message_from(message),
                             message_certificate(message), at, &certificate,
                             why));
    return kinds[message_encoding(message)].verify(certificate, message, beside,
                                                   why);
}

enum reason signature_sign_xml(const struct signing_key *key,
                               const struct document *document, struct buf *out,
                               struct fault *why)
{
    return xmldsig_sign(key, document, out, why);
}

enum reason signature_verify_xml(const struct certificate *certificate,
                                 const struct document *document,
                                 struct fault *why)
{
    return xmldsig_verify(certificate, document, why);
}
