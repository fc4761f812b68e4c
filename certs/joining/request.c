/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Requests are signed and verified with prepared contexts: OpenSSL's own
 * X509_REQ_sign and X509_REQ_verify take the empty SM2 identity.
 */
#include "certs/joining/request.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/encode.h"
#include "base/io.h"
#include "certs/prepared.h"

AUTO_POINTER(bio_st, BIO_free)
AUTO_POINTER(evp_pkey_st, EVP_PKEY_free)
AUTO_POINTER(evp_md_ctx_st, EVP_MD_CTX_free)
AUTO_POINTER(X509_req_st, X509_REQ_free)
AUTO_POINTER(X509_name_st, X509_NAME_free)

enum { REQUEST_CEILING = 64 * 1024 };

static bool put_name(X509_NAME *name, int nid, const char *text)
{
    return X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8,
                                      (const unsigned char *)text, -1, -1,
                                      0) == 1;
}

static bool fill(X509_REQ *request, EVP_PKEY *key, const struct issue *wanted)
{
    AUTO(X509_name_st) X509_NAME *name = X509_NAME_new();
    AUTO(evp_md_ctx_st) EVP_MD_CTX *context = prepared_new(key, PREPARED_SIGN);
    return name && context && put_name(name, NID_countryName, "CN") &&
           put_name(name, NID_organizationName, wanted->organisation) &&
           put_name(name, NID_commonName, wanted->name) &&
           X509_REQ_set_version(request, X509_REQ_VERSION_1) == 1 &&
           X509_REQ_set_subject_name(request, name) == 1 &&
           X509_REQ_set_pubkey(request, key) == 1 &&
           X509_REQ_sign_ctx(request, context) > 0;
}

enum reason request_make(const struct issue *wanted, struct buf *key,
                         struct buf *request, struct fault *why)
{
    AUTO(evp_pkey_st) EVP_PKEY *made = NULL;
    TRY(issue_key(&made, wanted->suite, key, why));
    AUTO(X509_req_st) X509_REQ *x509 = X509_REQ_new();
    AUTO(bio_st) BIO *bio = BIO_new(BIO_s_mem());
    if (!x509 || !bio || !fill(x509, made, wanted) ||
        PEM_write_bio_X509_REQ(bio, x509) != 1) {
        char text[256];
        return fault(why, R_CRYPTO_FAILED, "request for '%s': %s", wanted->name,
                     prepared_error(text, sizeof text));
    }
    char *text = NULL;
    long size = BIO_get_mem_data(bio, &text);
    buf_put(request, text, (size_t)size);
    return R_OK;
}

/* Nothing that would steer a terminal on which it is shown. */
static bool is_printable(const unsigned char *text, size_t size)
{
    uint32_t character;
    for (size_t at = 0, length; at < size; at += length) {
        length = utf8_read((const char *)text + at, size - at, &character);
        if (length == 0 || character < 0x20 ||
            (character >= 0x7F && character < 0xA0))
            return false;
    }
    return true;
}

/* The one entry of this kind. */
static bool read_entry(X509_REQ *request, int nid, char text[REQUEST_NAME_MAX])
{
    const X509_NAME *subject = X509_REQ_get_subject_name(request);
    int place = X509_NAME_get_index_by_NID(subject, nid, -1);
    if (place < 0 || X509_NAME_get_index_by_NID(subject, nid, place) >= 0)
        return false;
    unsigned char *read = NULL;
    int length = ASN1_STRING_to_UTF8(
        &read, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, place)));
    bool good = length > 0 && length < REQUEST_NAME_MAX &&
                is_printable(read, (size_t)length);
    if (good)
        memcpy(text, read, (size_t)length + 1);
    OPENSSL_free(read);
    return good;
}

/* Whether the key that is named has signed the request. */
static bool is_proved(X509_REQ *request, EVP_PKEY *key)
{
    AUTO(evp_md_ctx_st)
    EVP_MD_CTX *context = prepared_new(key, PREPARED_VERIFY);
    const ASN1_BIT_STRING *der;
    unsigned char signature[SIGNATURE_SIZE], *signed_part = NULL;
    X509_REQ_get0_signature(request, &der, NULL);
    if (!context || !prepared_raw(ASN1_STRING_get0_data(der),
                                  (size_t)der->length, signature))
        return false;
    int size = i2d_re_X509_REQ_tbs(request, &signed_part);
    bool good = size > 0 &&
                prepared_verify(context, signed_part, (size_t)size, signature);
    OPENSSL_free(signed_part);
    return good;
}

static enum reason judge(struct requests *all, size_t part, struct fault *why)
{
    X509_REQ *request = all->rows[part];
    EVP_PKEY *key = X509_REQ_get0_pubkey(request);
    const char *name = issue_parts[part].name;
    char id[REQUEST_NAME_MAX] = "", organisation[REQUEST_NAME_MAX] = "";
    all->suites[part] = key ? prepared_suite(key) : SUITE_COUNT;
    if (all->suites[part] == SUITE_COUNT ||
        (!issue_parts[part].own_suite && all->suites[part] != SUITE_P256))
        return fault(why, R_BAD_REQUEST, "%s: the kind of its key", name);
    if (!is_proved(request, key))
        return fault(why, R_BAD_SIGNATURE,
                     "%s: no proof that the sender has "
                     "the private key",
                     name);
    if (!read_entry(request, NID_commonName, id) ||
        !read_entry(request, NID_organizationName, organisation))
        return fault(why, R_BAD_REQUEST, "%s: its subject", name);
    if (part == 0) {
        memcpy(all->id, id, sizeof id);
        memcpy(all->organisation, organisation, sizeof organisation);
    }
    if (strcmp(all->id, id) != 0 ||
        strcmp(all->organisation, organisation) != 0)
        return fault(why, R_BAD_REQUEST, "%s: '%s' and '%s'", name, all->id,
                     id);
    for (size_t i = 0; i < part; i++)
        if (EVP_PKEY_eq(X509_REQ_get0_pubkey(all->rows[i]), key) == 1)
            return fault(why, R_BAD_REQUEST, "%s and %s are one key",
                         issue_parts[i].name, name);
    return R_OK;
}

static enum reason read_blocks(struct requests *all, const char *path,
                               struct fault *why)
{
    AUTO(buf) struct buf text = {.ceiling = REQUEST_CEILING};
    AUTO(buf) struct buf der = {0};
    TRY(io_read(path, &text, why));
    AUTO(bio_st) BIO *bio = BIO_new_mem_buf(buf_text(&text), (int)text.size);
    size_t count = 0;
    X509_REQ *request;
    while ((request = PEM_read_bio_X509_REQ(bio, NULL, NULL, NULL))) {
        unsigned char *bytes = NULL;
        int size = i2d_X509_REQ(request, &bytes);
        if (size > 0)
            buf_put(&der, bytes, (size_t)size);
        OPENSSL_free(bytes);
        if (count < ISSUE_PARTS)
            all->rows[count] = request;
        else
            X509_REQ_free(request);
        count++;
    }
    ERR_clear_error();
    all->digest = digest_of(DIGEST_SHA256, der.bytes, der.size);
    return count == ISSUE_PARTS
               ? R_OK
               : fault(why, R_BAD_REQUEST, "%s: %zu of %d certificate requests",
                       path, count, ISSUE_PARTS);
}

enum reason requests_read(struct requests *out, const char *path,
                          struct fault *why)
{
    TRY(read_blocks(out, path, why));
    for (size_t i = 0; i < ISSUE_PARTS; i++) {
        enum reason reason = judge(out, i, why);
        ERR_clear_error();
        TRY(reason);
    }
    return R_OK;
}

void requests_done(struct requests *requests)
{
    for (size_t i = 0; i < ISSUE_PARTS; i++)
        X509_REQ_free(requests->rows[i]);
    *requests = (struct requests){0};
}

EVP_PKEY *requests_key(const struct requests *requests, size_t part)
{
    return X509_REQ_get0_pubkey(requests->rows[part]);
}

enum suite requests_suite(const struct requests *requests, enum issue_use use)
{
    size_t part = 0;
    while (part + 1 < ISSUE_PARTS && issue_parts[part].use != use)
        part++;
    return requests->suites[part];
}
