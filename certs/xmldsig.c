/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Signing and verifying with a single canonical pass and no tree walk.
 *
 * The exclusive canonical form of the whole document ends, by our profile, in
 * the canonical Signature and the root's end tag. So the canonical form of the
 * enveloped content is that text with the Signature cut out, and the canonical
 * SignedInfo is a constant with the digest put in. The received Signature is
 * compared byte by byte with the constant: whatever else an attacker can add
 * to it (KeyInfo, Object, an attribute, a transform, white space) shows in the
 * canonical form, and is refused.
 *
 * Invariant: only what was compared or digested is believed; the algorithm is
 * chosen by the key, the text merely has to agree.
 */
#include "certs/xmldsig.h"

#include <stdio.h>
#include <string.h>

#include "base/encode.h"

#define EXCLUSIVE "http://www.w3.org/2001/10/xml-exc-c14n#"
#define ENVELOPED XMLDSIG_NAMESPACE "enveloped-signature"
#define XMLNS_DS  " xmlns:ds=\"" XMLDSIG_NAMESPACE "\""

/* Behind "<ds:SignedInfo" and its possible xmlns; %s: two URIs, the digest. */
#define SIGNED_INFO                                                            \
    "><ds:CanonicalizationMethod Algorithm=\"" EXCLUSIVE                       \
    "\"></ds:CanonicalizationMethod>"                                          \
    "<ds:SignatureMethod Algorithm=\"%s\"></ds:SignatureMethod>"               \
    "<ds:Reference URI=\"\"><ds:Transforms>"                                   \
    "<ds:Transform Algorithm=\"" ENVELOPED "\"></ds:Transform>"                \
    "<ds:Transform Algorithm=\"" EXCLUSIVE "\"></ds:Transform>"                \
    "</ds:Transforms>"                                                         \
    "<ds:DigestMethod Algorithm=\"%s\"></ds:DigestMethod>"                     \
    "<ds:DigestValue>%.44s</ds:DigestValue></ds:Reference></ds:SignedInfo>"

#define SIGNATURE                                                              \
    "<ds:Signature" XMLNS_DS "><ds:SignedInfo" SIGNED_INFO                     \
    "<ds:SignatureValue>%.88s</ds:SignatureValue></ds:Signature>"

enum {
    DIGEST_LETTERS = 44, /* base64 of 32 bytes */
    VALUE_LETTERS = 88,  /* base64 of 64 bytes */
    TEMPLATE_MAX = 1400
};

static const char value_end[] = "</ds:SignatureValue></ds:Signature>";
static const char digest_start[] = "<ds:DigestValue>";

/*
 * How the algorithms are called, the first of a suite being the one we write.
 * There is no registered name for SM2: the first pair is what the customs
 * single window made usual, the second its successor. SHA-1 has no row.
 */
static const struct algorithm {
    enum suite suite;
    const char *signature, *digest;
} algorithms[] = {
    {SUITE_P256, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
     "http://www.w3.org/2001/04/xmlenc#sha256"},
    {SUITE_SM2, XMLDSIG_NAMESPACE "sm2-sm3", XMLDSIG_NAMESPACE "sm3"},
    {SUITE_SM2, "http://www.chinaport.gov.cn/2022/04/xmldsig#sm2-sm3",
     "http://www.chinaport.gov.cn/2022/04/xmldsig#sm3"},
};

static size_t write_signed_info(const struct algorithm *names,
                                const char *digest, char text[TEMPLATE_MAX])
{
    return (size_t)snprintf(text, TEMPLATE_MAX,
                            "<ds:SignedInfo" XMLNS_DS SIGNED_INFO,
                            names->signature, names->digest, digest);
}

static size_t write_signature(const struct algorithm *names, const char *digest,
                              const char *value, char text[TEMPLATE_MAX])
{
    return (size_t)snprintf(text, TEMPLATE_MAX, SIGNATURE, names->signature,
                            names->digest, digest, value);
}

static void digest_text(const struct algorithm *names, const struct buf *bytes,
                        struct buf *out)
{
    struct digest digest =
        digest_of(suite_digest(names->suite), bytes->bytes, bytes->size);
    base64_put(out, digest.bytes, DIGEST_SIZE);
}

/* Where the root's end tag begins; canonical text has '<' only in tags. */
static size_t root_end(const struct buf *canonical)
{
    const char *tag = memrchr(canonical->bytes, '<', canonical->size);
    return (size_t)(tag - canonical->bytes);
}

static size_t count_signatures(const struct document *document)
{
    size_t count = 0;
    for (const struct element *child =
             element_first(document_root(document), "Signature");
         child; child = element_next(child, "Signature"))
        count += element_is(child, XMLDSIG_NAMESPACE, "Signature");
    return count;
}

bool xmldsig_is_signed(const struct document *document)
{
    return count_signatures(document) > 0;
}

enum reason xmldsig_sign(const struct signing_key *key,
                         const struct document *document, struct buf *out,
                         struct fault *why)
{
    if (xmldsig_is_signed(document))
        return fault(why, R_SIGNATURE_PROFILE, "signed already");
    enum suite suite = certificate_suite(signing_key_certificate(key));
    const struct algorithm *names = algorithms;
    while (names->suite != suite)
        names++;
    AUTO(buf) struct buf content = {0}, digest = {0}, value = {0};
    TRY(document_canonical(document, NULL, &content, why));
    digest_text(names, &content, &digest);

    char text[TEMPLATE_MAX];
    unsigned char raw[SIGNATURE_SIZE];
    size_t size = write_signed_info(names, digest.bytes, text);
    TRY(signing_key_sign(key, text, size, raw, why));
    base64_put(&value, raw, sizeof raw);

    size = write_signature(names, digest.bytes, value.bytes, text);
    size_t end = root_end(&content);
    buf_put(out, content.bytes, end);
    buf_put(out, text, size);
    buf_put(out, content.bytes + end, content.size - end);
    return R_OK;
}

/* The parts of a received Signature; the letters point into its text. */
struct received {
    const struct algorithm *names;
    const char *digest, *value;
    size_t start, end; /* in the canonical text */
};

/* Whether the text before the root's end tag is a Signature with these names.
 */
static bool read_as(const struct algorithm *names, const struct buf *canonical,
                    struct received *out)
{
    char text[TEMPLATE_MAX];
    char blank[VALUE_LETTERS + 1];
    memset(blank, ' ', VALUE_LETTERS);
    blank[VALUE_LETTERS] = '\0';
    size_t size = write_signature(names, blank, blank, text);
    size_t end = root_end(canonical);
    if (size > end)
        return false;
    const char *received = canonical->bytes + end - size;
    const char *hole = strstr(text, digest_start) + strlen(digest_start);
    *out = (struct received){.names = names,
                             .digest = received + (hole - text),
                             .value = received + size - strlen(value_end) -
                                      VALUE_LETTERS,
                             .start = end - size,
                             .end = end};
    write_signature(names, out->digest, out->value, text);
    return memcmp(text, received, size) == 0;
}

static enum reason read_signature(const struct certificate *certificate,
                                  const struct buf *canonical,
                                  struct received *out, struct fault *why)
{
    for (size_t i = 0; i < COUNT_OF(algorithms); i++) {
        if (!read_as(&algorithms[i], canonical, out))
            continue;
        if (algorithms[i].suite == certificate_suite(certificate))
            return R_OK;
        return fault(why, R_SIGNATURE_PROFILE,
                     "the algorithm is not that of the key (%s)",
                     suite_name(certificate_suite(certificate)));
    }
    return fault(why, R_SIGNATURE_PROFILE,
                 "the Signature is not the last child of the root, or has "
                 "other parts, algorithms or white space than the profile");
}

static enum reason check_digest(const struct received *received,
                                struct buf *canonical, struct fault *why)
{
    char kept[DIGEST_LETTERS];
    memcpy(kept, received->digest, DIGEST_LETTERS);
    memmove(canonical->bytes + received->start,
            canonical->bytes + received->end, canonical->size - received->end);
    canonical->size -= received->end - received->start;
    AUTO(buf) struct buf digest = {0};
    digest_text(received->names, canonical, &digest);
    if (memcmp(digest.bytes, kept, DIGEST_LETTERS) == 0)
        return R_OK;
    return fault(why, R_BAD_SIGNATURE,
                 "the content is not what was signed (digest %.44s)",
                 digest.bytes);
}

enum reason xmldsig_verify(const struct certificate *certificate,
                           const struct document *document, struct fault *why)
{
    size_t count = count_signatures(document);
    if (count == 0)
        return fault(why, R_NOT_SIGNED, "no ds:Signature in the root");
    if (count > 1)
        return fault(why, R_SIGNATURE_PROFILE, "%zu signatures", count);
    AUTO(buf) struct buf canonical = {0}, value = {0};
    TRY(document_canonical(document, NULL, &canonical, why));
    struct received received;
    TRY(read_signature(certificate, &canonical, &received, why));
    if (!base64_get(received.value, VALUE_LETTERS, &value) ||
        value.size != SIGNATURE_SIZE)
        return fault(why, R_SIGNATURE_PROFILE,
                     "SignatureValue is not canonical base64 of 64 bytes");

    char text[TEMPLATE_MAX];
    size_t size = write_signed_info(received.names, received.digest, text);
    TRY(check_digest(&received, &canonical, why));
    return certificate_verify(certificate, text, size,
                              (const unsigned char *)value.bytes, why);
}
