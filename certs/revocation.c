/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Revocation lists. OpenSSL can sign a list with the SM2 identity but cannot
 * be told the identity when it verifies one, and its chain check would refuse
 * every list of an SM2 authority. So the signature is verified here over the
 * signed part, and the serial is looked up here, the same for both suites.
 *
 * A list only ever takes trust away: an old one still revokes, so nextUpdate
 * is written for other programs and not judged by ours.
 */
#include "certs/revocation.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/io.h"
#include "certs/prepared.h"

AUTO_POINTER(bio_st, BIO_free)
AUTO_POINTER(X509_crl_st, X509_CRL_free)
AUTO_POINTER(evp_md_ctx_st, EVP_MD_CTX_free)
AUTO_POINTER(asn1_string_st, ASN1_STRING_free)

enum { LIST_CEILING = 16 * 1024 * 1024, LIST_DAYS = 365 };

enum reason revocation_read(X509_CRL **out, const char *path, struct fault *why)
{
    AUTO(buf) struct buf bytes = {.ceiling = LIST_CEILING};
    TRY(io_read(path, &bytes, why));
    AUTO(bio_st) BIO *bio = BIO_new_mem_buf(buf_text(&bytes), (int)bytes.size);
    bool is_pem = strncmp(buf_text(&bytes), "-----BEGIN", 10) == 0;
    *out = is_pem ? PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL)
                  : d2i_X509_CRL_bio(bio, NULL);
    ERR_clear_error();
    return *out ? R_OK
                : fault(why, R_BAD_REGISTRY, "%s: not a revocation list", path);
}

bool revocation_is_by(X509_CRL *list, const struct certificate *authority)
{
    X509_NAME *name = X509_get_subject_name(certificate_x509(authority));
    if (X509_NAME_cmp(X509_CRL_get_issuer(list), name) != 0)
        return false;
    const ASN1_BIT_STRING *der;
    X509_CRL_get0_signature(list, &der, NULL);
    unsigned char signature[SIGNATURE_SIZE];
    if (!prepared_raw(ASN1_STRING_get0_data(der), (size_t)der->length,
                      signature))
        return false;
    unsigned char *signed_part = NULL;
    int size = i2d_re_X509_CRL_tbs(list, &signed_part);
    bool good =
        size > 0 && certificate_verify(authority, signed_part, (size_t)size,
                                       signature, NULL) == R_OK;
    OPENSSL_free(signed_part);
    return good;
}

static instant time_of(const ASN1_TIME *time)
{
    struct tm parts;
    /* A date that cannot be read revokes from the beginning. */
    return ASN1_TIME_to_tm(time, &parts) == 1
               ? (instant)timegm(&parts) * INSTANT_SECOND
               : 0;
}

instant revocation_find(X509_CRL *list, const struct certificate *certificate)
{
    X509 *x509 = certificate_x509(certificate);
    X509_REVOKED *row = NULL;
    if (X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_issuer_name(x509)) !=
            0 ||
        X509_CRL_get0_by_serial(list, &row, X509_get_serialNumber(x509)) != 1)
        return INT64_MAX;
    return time_of(X509_REVOKED_get0_revocationDate(row));
}

static bool add_row(X509_CRL *list, const ASN1_INTEGER *serial,
                    const ASN1_TIME *date)
{
    X509_REVOKED *row = X509_REVOKED_new();
    if (row &&
        X509_REVOKED_set_serialNumber(row, (ASN1_INTEGER *)serial) == 1 &&
        X509_REVOKED_set_revocationDate(row, (ASN1_TIME *)date) == 1 &&
        X509_CRL_add0_revoked(list, row) == 1)
        return true;
    X509_REVOKED_free(row);
    return false;
}

static bool add_old_rows(X509_CRL *list, X509_CRL *old)
{
    STACK_OF(X509_REVOKED) *rows = old ? X509_CRL_get_REVOKED(old) : NULL;
    for (int i = 0; i < sk_X509_REVOKED_num(rows); i++) {
        const X509_REVOKED *row = sk_X509_REVOKED_value(rows, i);
        if (!add_row(list, X509_REVOKED_get0_serialNumber(row),
                     X509_REVOKED_get0_revocationDate(row)))
            return false;
    }
    return true;
}

static bool add_new_rows(X509_CRL *list, X509_CRL *old,
                         const struct certificates *revoked,
                         const ASN1_TIME *date)
{
    for (size_t i = 0; i < revoked->count; i++) {
        const struct certificate *each = revoked->rows[i];
        if (old && revocation_find(old, each) != INT64_MAX)
            continue;
        if (!add_row(list, X509_get_serialNumber(certificate_x509(each)), date))
            return false;
    }
    return true;
}

/* RFC 5280 5.2.3: the number grows; the time of making does. */
static bool add_number(X509_CRL *list, instant at)
{
    AUTO(asn1_string_st) ASN1_INTEGER *number = ASN1_INTEGER_new();
    return number && ASN1_INTEGER_set_int64(number, at) == 1 &&
           X509_CRL_add1_ext_i2d(list, NID_crl_number, number, 0, 0) == 1;
}

static bool fill(X509_CRL *list, X509_CRL *old,
                 const struct certificates *revoked,
                 const struct signing_key *key, instant at)
{
    X509 *issuer = certificate_x509(signing_key_certificate(key));
    time_t seconds = (time_t)(at / INSTANT_SECOND);
    AUTO(asn1_string_st) ASN1_TIME *date = ASN1_TIME_set(NULL, seconds);
    AUTO(asn1_string_st)
    ASN1_TIME *next = ASN1_TIME_adj(NULL, seconds, LIST_DAYS, 0);
    return date && next &&
           X509_CRL_set_version(list, X509_CRL_VERSION_2) == 1 &&
           X509_CRL_set_issuer_name(list, X509_get_subject_name(issuer)) == 1 &&
           X509_CRL_set1_lastUpdate(list, date) == 1 &&
           X509_CRL_set1_nextUpdate(list, next) == 1 &&
           add_old_rows(list, old) && add_new_rows(list, old, revoked, date) &&
           X509_CRL_sort(list) == 1 && add_number(list, at);
}

enum reason revocation_write(X509_CRL *old, const struct certificates *revoked,
                             const struct signing_key *key, instant at,
                             struct buf *out, struct fault *why)
{
    AUTO(X509_crl_st) X509_CRL *list = X509_CRL_new();
    AUTO(evp_md_ctx_st) EVP_MD_CTX *context = signing_key_context(key);
    AUTO(bio_st) BIO *bio = BIO_new(BIO_s_mem());
    bool good = list && context && bio && fill(list, old, revoked, key, at) &&
                X509_CRL_sign_ctx(list, context) > 0 &&
                PEM_write_bio_X509_CRL(bio, list) == 1;
    if (!good) {
        char text[256];
        return fault(why, R_CRYPTO_FAILED, "revocation list: %s",
                     prepared_error(text, sizeof text));
    }
    char *text = NULL;
    long size = BIO_get_mem_data(bio, &text);
    buf_put(out, text, (size_t)size);
    return R_OK;
}
