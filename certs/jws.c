/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * No JSON is parsed here: there is one protected header per suite, and a
 * received one is compared with it letter by letter. So "alg":"none", crit,
 * jwk, a second spelling of the same header cannot even be asked about.
 *
 * ES256 is RFC 7518. SM2 has no registered name; SM2SM3 is ours, with the ID
 * 1234567812345678 and raw r||s, as in GB/T 35276.
 */
#include "certs/jws.h"

#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "certs/suite.h"

enum { VALUE_LETTERS = 86 /* base64url of 64 bytes */ };

/* The protected header of a suite and the first dot. */
static void put_header(enum suite suite, struct buf *out)
{
    char header[64];
    int length = snprintf(header, sizeof header, "{\"alg\":\"%s\"}",
                          suite_get(suite)->algorithm);
    base64url_put(out, header, (size_t)length);
    buf_put_char(out, '.');
}

static void put_signing_input(enum suite suite, const void *body, size_t size,
                              struct buf *out)
{
    put_header(suite, out);
    base64url_put(out, body, size);
}

enum reason jws_sign(const struct signing_key *key, const void *body,
                     size_t size, struct buf *out, struct fault *why)
{
    enum suite suite = certificate_suite(signing_key_certificate(key));
    AUTO(buf) struct buf input = {0};
    put_signing_input(suite, body, size, &input);
    unsigned char raw[SIGNATURE_SIZE];
    TRY(signing_key_sign(key, input.bytes, input.size, raw, why));
    put_header(suite, out);
    buf_put_char(out, '.');
    base64url_put(out, raw, sizeof raw);
    return R_OK;
}

static enum reason read_value(enum suite suite, const char *jws,
                              struct buf *value, struct fault *why)
{
    AUTO(buf) struct buf header = {0};
    put_header(suite, &header);
    if (strncmp(jws, header.bytes, header.size) != 0)
        return fault(why, R_SIGNATURE_PROFILE,
                     "the protected header is not exactly {\"alg\":\"%s\"}",
                     suite_get(suite)->algorithm);
    if (jws[header.size] != '.')
        return fault(why, R_SIGNATURE_PROFILE, "the JWS is not detached");
    const char *letters = jws + header.size + 1;
    if (strlen(letters) != VALUE_LETTERS ||
        !base64url_get(letters, VALUE_LETTERS, value))
        return fault(why, R_SIGNATURE_PROFILE,
                     "the signature is not canonical base64url of 64 bytes");
    return R_OK;
}

enum reason jws_verify(const struct certificate *certificate, const void *body,
                       size_t size, const char *jws, struct fault *why)
{
    enum suite suite = certificate_suite(certificate);
    AUTO(buf) struct buf value = {0}, input = {0};
    TRY(read_value(suite, jws, &value, why));
    put_signing_input(suite, body, size, &input);
    return certificate_verify(certificate, input.bytes, input.size,
                              (const unsigned char *)value.bytes, why);
}
