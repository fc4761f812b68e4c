/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * One X.509 certificate with a key of one of our suites. Everything that is
 * asked of it often is read out once: fingerprint, name, period, and a
 * prepared context for verifying.
 */
#include "certs/certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/encode.h"
#include "base/io.h"
#include "base/mem.h"
#include "certs/prepared.h"
#include "certs/suite.h"

AUTO_POINTER(bio_st, BIO_free)

enum {
    PEM_CEILING = 1024 * 1024,
    DER_CEILING = 64 * 1024,
    COMMON_NAME_MAX = 128
};

struct certificate {
    X509 *x509;
    EVP_MD_CTX *prepared;
    enum suite suite;
    char fingerprint[DIGEST_TEXT_MAX];
    char name[COMMON_NAME_MAX];
    instant valid_from, valid_until;
};

/*
 * OpenSSL verifies a certificate that SM2 signed only if the object carries
 * the ID; otherwise it takes the empty one and every signature is wrong.
 */
static bool set_identity(X509 *x509)
{
    if (X509_get_signature_nid(x509) != NID_SM2_with_SM3)
        return true;
    const char *identity = suite_get(SUITE_SM2)->identity;
    ASN1_OCTET_STRING *text = ASN1_OCTET_STRING_new();
    if (!text || ASN1_OCTET_STRING_set(text, (const unsigned char *)identity,
                                       (int)strlen(identity)) != 1) {
        ASN1_OCTET_STRING_free(text);
        return false;
    }
    X509_set0_distinguishing_id(x509, text);
    return true;
}

static bool read_time(const ASN1_TIME *time, instant *out)
{
    struct tm parts;
    if (ASN1_TIME_to_tm(time, &parts) != 1)
        return false;
    *out = (instant)timegm(&parts) * INSTANT_SECOND;
    return true;
}

/* The one CN of the subject; a NUL inside would let two names look alike. */
static bool read_name(X509 *x509, char name[COMMON_NAME_MAX])
{
    const X509_NAME *subject = X509_get_subject_name(x509);
    int place = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (place < 0 ||
        X509_NAME_get_index_by_NID(subject, NID_commonName, place) >= 0)
        return false;
    unsigned char *text = NULL;
    int length = ASN1_STRING_to_UTF8(
        &text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, place)));
    bool good = length > 0 && length < COMMON_NAME_MAX &&
                memchr(text, '\0', (size_t)length) == NULL;
    if (good)
        snprintf(name, COMMON_NAME_MAX, "%s", (char *)text);
    OPENSSL_free(text);
    return good;
}

static enum reason read_fields(struct certificate *made, struct fault *why)
{
    X509 *x509 = made->x509;
    EVP_PKEY *key = X509_get0_pubkey(x509);
    made->suite = key ? prepared_suite(key) : SUITE_COUNT;
    if (made->suite == SUITE_COUNT)
        return fault(why, R_CERTIFICATE_INVALID,
                     "its key is neither P-256 nor SM2");
    made->prepared = prepared_new(key, PREPARED_VERIFY);
    struct digest digest;
    if (!made->prepared || !set_identity(x509) ||
        X509_digest(x509, EVP_sha256(), digest.bytes, NULL) != 1)
        return fault(why, R_CERTIFICATE_INVALID, "OpenSSL refuses it");
    digest_format(&digest, made->fingerprint);
    if (!read_name(x509, made->name))
        return fault(why, R_CERTIFICATE_INVALID,
                     "its subject has not exactly one common name");
    if (!read_time(X509_get0_notBefore(x509), &made->valid_from) ||
        !read_time(X509_get0_notAfter(x509), &made->valid_until))
        return fault(why, R_CERTIFICATE_INVALID, "its period cannot be read");
    return R_OK;
}

enum reason certificate_new(struct certificate **out, X509 *x509,
                            struct fault *why)
{
    AUTO(certificate) struct certificate *made = mem_new(1, sizeof *made);
    made->x509 = x509;
    enum reason reason = read_fields(made, why);
    ERR_clear_error();
    TRY(reason);
    *out = TAKE(made);
    return R_OK;
}

static enum reason parse_der(struct certificate **out,
                             const unsigned char *bytes, size_t size,
                             struct fault *why)
{
    const unsigned char *end = bytes;
    X509 *x509 = size <= DER_CEILING ? d2i_X509(NULL, &end, (long)size) : NULL;
    ERR_clear_error();
    if (x509 && end == bytes + size)
        return certificate_new(out, x509, why);
    X509_free(x509);
    return fault(why, R_CERTIFICATE_INVALID, "not an X.509 certificate");
}

enum reason certificate_parse(struct certificate **out, const void *der,
                              size_t size, struct fault *why)
{
    enum { DER_SEQUENCE = 0x30 };
    const unsigned char *bytes = der;
    if (size && bytes[0] == DER_SEQUENCE)
        return parse_der(out, bytes, size, why);
    AUTO(buf) struct buf decoded = {.ceiling = DER_CEILING};
    if (!base64_get(der, size, &decoded))
        return fault(why, R_CERTIFICATE_INVALID, "not canonical base64");
    return parse_der(out, (const unsigned char *)buf_text(&decoded),
                     decoded.size, why);
}

enum reason certificates_parse(struct certificates *out, const struct buf *pem,
                               const char *name, struct fault *why)
{
    AUTO(bio_st) BIO *bio = BIO_new_mem_buf(buf_text(pem), (int)pem->size);
    X509 *x509;
    while ((x509 = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
        struct certificate *made;
        struct fault inner = {0};
        if (certificate_new(&made, x509, &inner) != R_OK)
            return fault(why, R_BAD_KEY, "%s: %s", name, inner.text);
        out->rows = mem_resize(out->rows, out->count + 1, sizeof *out->rows);
        out->rows[out->count++] = made;
    }
    bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (!at_end || out->count == 0)
        return fault(why, R_BAD_KEY, "%s: not a PEM certificate", name);
    return R_OK;
}

enum reason certificates_read(struct certificates *out, const char *pem_path,
                              struct fault *why)
{
    AUTO(buf) struct buf text = {.ceiling = PEM_CEILING};
    TRY(io_read(pem_path, &text, why));
    return certificates_parse(out, &text, pem_path, why);
}

void certificates_done(struct certificates *certificates)
{
    for (size_t i = 0; i < certificates->count; i++)
        certificate_free(certificates->rows[i]);
    free(certificates->rows);
    *certificates = (struct certificates){0};
}

enum reason certificate_read(struct certificate **out, const char *pem_path,
                             struct fault *why)
{
    AUTO(certificates) struct certificates all = {0};
    TRY(certificates_read(&all, pem_path, why));
    *out = TAKE(all.rows[0]);
    return R_OK;
}

void certificate_free(struct certificate *certificate)
{
    if (!certificate)
        return;
    EVP_MD_CTX_free(certificate->prepared);
    X509_free(certificate->x509);
    free(certificate);
}

X509 *certificate_x509(const struct certificate *certificate)
{
    return certificate->x509;
}

enum suite certificate_suite(const struct certificate *certificate)
{
    return certificate->suite;
}

const char *certificate_fingerprint(const struct certificate *certificate)
{
    return certificate->fingerprint;
}

const char *certificate_name(const struct certificate *certificate)
{
    return certificate->name;
}

instant certificate_valid_from(const struct certificate *certificate)
{
    return certificate->valid_from;
}

instant certificate_valid_until(const struct certificate *certificate)
{
    return certificate->valid_until;
}

void certificate_put_der(const struct certificate *certificate, struct buf *out)
{
    unsigned char *der = NULL;
    int size = i2d_X509(certificate->x509, &der);
    if (size > 0)
        buf_put(out, der, (size_t)size);
    OPENSSL_free(der);
}

void certificate_put_pem(const struct certificate *certificate, struct buf *out)
{
    AUTO(bio_st) BIO *bio = BIO_new(BIO_s_mem());
    char *text = NULL;
    if (!bio || PEM_write_bio_X509(bio, certificate->x509) != 1)
        return;
    long size = BIO_get_mem_data(bio, &text);
    buf_put(out, text, (size_t)size);
}

enum reason certificate_verify(const struct certificate *certificate,
                               const void *bytes, size_t size,
                               const unsigned char signature[SIGNATURE_SIZE],
                               struct fault *why)
{
    if (prepared_verify(certificate->prepared, bytes, size, signature))
        return R_OK;
    return fault(why, R_BAD_SIGNATURE, "certificate %.16s... of '%s'",
                 certificate->fingerprint, certificate->name);
}
