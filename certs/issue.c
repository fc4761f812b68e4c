/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Certificates of the small authority (RFC 5280, GB/T 20518). Serials are
 * random (RFC 5280 4.1.2.2), so the authority keeps no counter that two runs
 * could spoil.
 */
#include "certs/issue.h"

#include <arpa/inet.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "certs/certificate.h"
#include "certs/prepared.h"
#include "certs/suite.h"

AUTO_POINTER(x509_st, X509_free)
AUTO_POINTER(bio_st, BIO_free)
AUTO_POINTER(evp_pkey_st, EVP_PKEY_free)
AUTO_POINTER(evp_md_ctx_st, EVP_MD_CTX_free)
AUTO_POINTER(X509_name_st, X509_NAME_free)
AUTO_POINTER(X509_extension_st, X509_EXTENSION_free)
AUTO_POINTER(asn1_string_st, ASN1_STRING_free)
AUTO_POINTER(bignum_st, BN_free)

const struct issue_part issue_parts[ISSUE_PARTS] = {
    {"signing", ISSUE_SIGNING, true},
    {"encryption", ISSUE_ENCRYPTION, false},
    {"tls", ISSUE_CLIENT, false},
};

struct use_row {
    const char *constraints, *usage, *extended;
    int days;
};

static const struct use_row uses[] = {
    [ISSUE_AUTHORITY] = {"critical,CA:TRUE",
                         "critical,keyCertSign,cRLSign,digitalSignature", NULL,
                         20 * 365},
    [ISSUE_SIGNING] = {"critical,CA:FALSE",
                       "critical,digitalSignature,nonRepudiation", NULL,
                       3 * 365},
    /* What is sealed to it must open for as long as it is kept. */
    [ISSUE_ENCRYPTION] = {"critical,CA:FALSE", "critical,keyAgreement", NULL,
                          3 * 365},
    [ISSUE_CLIENT] = {"critical,CA:FALSE", "critical,digitalSignature",
                      "clientAuth", 3 * 365},
    [ISSUE_SERVER] = {"critical,CA:FALSE", "critical,digitalSignature",
                      "serverAuth", 3 * 365},
};

/* The clock of another machine may be behind. */
enum { BACKDATE_SECONDS = 3600, SERIAL_SIZE = 16 };

static bool set_serial(X509 *x509)
{
    unsigned char raw[SERIAL_SIZE];
    random_fill(raw, sizeof raw);
    raw[0] =
        (unsigned char)((raw[0] & 0x7F) | 0x40); /* positive, full length */
    AUTO(bignum_st) BIGNUM *number = BN_bin2bn(raw, sizeof raw, NULL);
    return number &&
           BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509)) != NULL;
}

static bool set_period(X509 *x509, instant now, int days)
{
    time_t seconds = (time_t)(now / INSTANT_SECOND);
    AUTO(asn1_string_st)
    ASN1_TIME *from = ASN1_TIME_adj(NULL, seconds, 0, -BACKDATE_SECONDS);
    AUTO(asn1_string_st)
    ASN1_TIME *until = ASN1_TIME_adj(NULL, seconds, days, 0);
    return from && until && X509_set1_notBefore(x509, from) == 1 &&
           X509_set1_notAfter(x509, until) == 1;
}

static bool put_name(X509_NAME *name, int nid, const char *text)
{
    return X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8,
                                      (const unsigned char *)text, -1, -1,
                                      0) == 1;
}

static bool set_subject(X509 *x509, const struct issue *wanted)
{
    AUTO(X509_name_st) X509_NAME *name = X509_NAME_new();
    return name && put_name(name, NID_countryName, "CN") &&
           put_name(name, NID_organizationName, wanted->organisation) &&
           put_name(name, NID_commonName, wanted->name) &&
           X509_set_subject_name(x509, name) == 1;
}

static bool add_extension(X509 *x509, X509V3_CTX *context, int nid,
                          const char *value)
{
    if (!value)
        return true;
    AUTO(X509_extension_st)
    X509_EXTENSION *made = X509V3_EXT_conf_nid(NULL, context, nid, value);
    return made && X509_add_ext(x509, made, -1) == 1;
}

/* The text becomes part of an extension's source, where a comma is syntax. */
static bool is_host(const char *text)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:";
    size_t length = strlen(text);
    return length > 0 && length < 254 && text[0] != '.' &&
           strspn(text, letters) == length;
}

static enum reason name_hosts(const struct issue *wanted, struct buf *out,
                              struct fault *why)
{
    for (size_t i = 0; i < wanted->host_count; i++) {
        const char *host = wanted->hosts[i];
        unsigned char address[16];
        if (!is_host(host))
            return fault(why, R_USAGE, "'%s' is not a host", host);
        bool is_address = inet_pton(AF_INET, host, address) == 1 ||
                          inet_pton(AF_INET6, host, address) == 1;
        buf_print(out, "%s%s:%s", i ? "," : "", is_address ? "IP" : "DNS",
                  host);
    }
    return R_OK;
}

static bool add_extensions(X509 *x509, const struct use_row *use,
                           const struct signing_key *issuer, const char *hosts)
{
    X509 *issuer_x509 =
        issuer ? certificate_x509(signing_key_certificate(issuer)) : x509;
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer_x509, x509, NULL, NULL, 0);
    return add_extension(x509, &context, NID_basic_constraints,
                         use->constraints) &&
           add_extension(x509, &context, NID_key_usage, use->usage) &&
           add_extension(x509, &context, NID_ext_key_usage, use->extended) &&
           add_extension(x509, &context, NID_subject_key_identifier, "hash") &&
           add_extension(x509, &context, NID_authority_key_identifier,
                         issuer ? "keyid" : NULL) &&
           add_extension(x509, &context, NID_subject_alt_name,
                         *hosts ? hosts : NULL);
}

static bool sign(X509 *x509, EVP_PKEY *own, const struct signing_key *issuer)
{
    AUTO(evp_md_ctx_st)
    EVP_MD_CTX *context =
        issuer ? signing_key_context(issuer) : prepared_new(own, PREPARED_SIGN);
    /* X509_sign would sign with the empty SM2 identity. */
    return context && X509_sign_ctx(x509, context) > 0;
}

static bool fill(X509 *x509, EVP_PKEY *key, const struct issue *wanted,
                 const struct signing_key *issuer, const char *hosts)
{
    const struct use_row *use = &uses[wanted->use];
    return X509_set_version(x509, X509_VERSION_3) == 1 && set_serial(x509) &&
           set_period(x509, wanted->now, use->days) &&
           set_subject(x509, wanted) &&
           X509_set_issuer_name(
               x509,
               X509_get_subject_name(
                   issuer ? certificate_x509(signing_key_certificate(issuer))
                          : x509)) == 1 &&
           X509_set_pubkey(x509, key) == 1 &&
           add_extensions(x509, use, issuer, hosts) && sign(x509, key, issuer);
}

static enum reason failed(const char *name, struct fault *why)
{
    char text[256];
    return fault(why, R_CRYPTO_FAILED, "certificate for '%s': %s", name,
                 prepared_error(text, sizeof text));
}

enum reason issue_key(EVP_PKEY **out, enum suite suite, struct buf *pem,
                      struct fault *why)
{
    const struct suite_row *row = suite_get(suite);
    AUTO(evp_pkey_st)
    EVP_PKEY *made = EVP_PKEY_Q_keygen(NULL, NULL, row->key_type, row->curve);
    AUTO(bio_st) BIO *secret = BIO_new(BIO_s_secmem());
    if (!made || !secret ||
        PEM_write_bio_PKCS8PrivateKey(secret, made, NULL, NULL, 0, NULL,
                                      NULL) != 1)
        return failed(row->name, why);
    char *text = NULL;
    long size = BIO_get_mem_data(secret, &text);
    buf_put(pem, text, (size_t)size);
    *out = TAKE(made);
    return R_OK;
}

enum reason issue_certify(const struct issue *wanted,
                          const struct signing_key *issuer, EVP_PKEY *key,
                          struct buf *certificate, struct fault *why)
{
    AUTO(buf) struct buf hosts = {0};
    TRY(name_hosts(wanted, &hosts, why));
    AUTO(x509_st) X509 *x509 = X509_new();
    AUTO(bio_st) BIO *open = BIO_new(BIO_s_mem());
    if (!x509 || !open || !fill(x509, key, wanted, issuer, buf_text(&hosts)) ||
        PEM_write_bio_X509(open, x509) != 1)
        return failed(wanted->name, why);
    char *text = NULL;
    long size = BIO_get_mem_data(open, &text);
    buf_put(certificate, text, (size_t)size);
    return R_OK;
}

enum reason issue_make(const struct issue *wanted,
                       const struct signing_key *issuer, struct buf *key,
                       struct buf *certificate, struct fault *why)
{
    AUTO(evp_pkey_st) EVP_PKEY *made = NULL;
    TRY(issue_key(&made, wanted->suite, key, why));
    return issue_certify(wanted, issuer, made, certificate, why);
}
