/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Invariant: a context from prepared_new is never updated, only copied; so
 * many threads may share it without a lock. OpenSSL's error queue is empty
 * again when a function of this file returns.
 */
#include "certs/prepared.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <string.h>

#include "certs/suite.h"

AUTO_POINTER(evp_md_ctx_st, EVP_MD_CTX_free)
AUTO_POINTER(ECDSA_SIG_st, ECDSA_SIG_free)
AUTO_POINTER(bignum_st, BN_free)

enum { HALF = SIGNATURE_SIZE / 2, DER_MAX = SIGNATURE_SIZE + 8 };

enum suite prepared_suite(const EVP_PKEY *key)
{
    char curve[32];
    size_t length;
    if (EVP_PKEY_get_group_name(key, curve, sizeof curve, &length) != 1) {
        ERR_clear_error();
        return SUITE_COUNT;
    }
    for (unsigned i = 0; i < SUITE_COUNT; i++) {
        const struct suite_row *row = suite_get((enum suite)i);
        if (EVP_PKEY_is_a(key, row->key_type) &&
            strcmp(curve, row->curve_is) == 0)
            return (enum suite)i;
    }
    return SUITE_COUNT;
}

EVP_MD_CTX *prepared_new(EVP_PKEY *key, enum prepared_use use)
{
    enum suite suite = prepared_suite(key);
    if (suite == SUITE_COUNT)
        return NULL;
    const struct suite_row *row = suite_get(suite);
    AUTO(evp_md_ctx_st) EVP_MD_CTX *made = EVP_MD_CTX_new();
    EVP_PKEY_CTX *inner = NULL;
    int good = use == PREPARED_SIGN
                   ? EVP_DigestSignInit_ex(made, &inner, row->digest_name, NULL,
                                           NULL, key, NULL)
                   : EVP_DigestVerifyInit_ex(made, &inner, row->digest_name,
                                             NULL, NULL, key, NULL);
    /* Must stand between Init and the first byte (standards: GB/T 35276). */
    if (good == 1 && row->identity)
        good = EVP_PKEY_CTX_set1_id(inner, row->identity,
                                    (int)strlen(row->identity));
    ERR_clear_error();
    return good == 1 ? TAKE(made) : NULL;
}

EVP_MD_CTX *prepared_copy(const EVP_MD_CTX *prepared)
{
    AUTO(evp_md_ctx_st) EVP_MD_CTX *copy = EVP_MD_CTX_new();
    if (!copy || EVP_MD_CTX_copy_ex(copy, prepared) != 1) {
        ERR_clear_error();
        return NULL;
    }
    return TAKE(copy);
}

/* The flag spares OpenSSL a second copy of its own before the last step. */
static EVP_MD_CTX *copy_for_once(const EVP_MD_CTX *prepared)
{
    EVP_MD_CTX *copy = prepared_copy(prepared);
    if (copy)
        EVP_MD_CTX_set_flags(copy, EVP_MD_CTX_FLAG_FINALISE);
    return copy;
}

bool prepared_raw(const unsigned char *der, size_t size,
                  unsigned char signature[SIGNATURE_SIZE])
{
    const unsigned char *end = der;
    AUTO(ECDSA_SIG_st) ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &end, (long)size);
    bool good =
        pair && end == der + size &&
        BN_bn2binpad(ECDSA_SIG_get0_r(pair), signature, HALF) == HALF &&
        BN_bn2binpad(ECDSA_SIG_get0_s(pair), signature + HALF, HALF) == HALF;
    ERR_clear_error();
    return good;
}

static int der_of_raw(const unsigned char signature[SIGNATURE_SIZE],
                      unsigned char der[DER_MAX])
{
    AUTO(ECDSA_SIG_st) ECDSA_SIG *pair = ECDSA_SIG_new();
    AUTO(bignum_st) BIGNUM *r = BN_bin2bn(signature, HALF, NULL);
    AUTO(bignum_st) BIGNUM *s = BN_bin2bn(signature + HALF, HALF, NULL);
    if (!pair || !r || !s || ECDSA_SIG_set0(pair, r, s) != 1)
        return 0;
    r = s = NULL; /* the pair owns them now */
    return i2d_ECDSA_SIG(pair, &der);
}

bool prepared_sign(const EVP_MD_CTX *prepared, const void *bytes, size_t size,
                   unsigned char signature[SIGNATURE_SIZE])
{
    AUTO(evp_md_ctx_st) EVP_MD_CTX *context = copy_for_once(prepared);
    unsigned char der[DER_MAX];
    size_t length = sizeof der;
    bool good =
        context && EVP_DigestSign(context, der, &length, bytes, size) == 1;
    ERR_clear_error();
    return good && prepared_raw(der, length, signature);
}

bool prepared_verify(const EVP_MD_CTX *prepared, const void *bytes, size_t size,
                     const unsigned char signature[SIGNATURE_SIZE])
{
    AUTO(evp_md_ctx_st) EVP_MD_CTX *context = copy_for_once(prepared);
    unsigned char der[DER_MAX];
    int length = der_of_raw(signature, der);
    bool good =
        context && length > 0 &&
        EVP_DigestVerify(context, der, (size_t)length, bytes, size) == 1;
    ERR_clear_error();
    return good;
}

const char *prepared_error(char *text, size_t size)
{
    unsigned long code = ERR_peek_last_error();
    ERR_clear_error();
    if (code)
        ERR_error_string_n(code, text, size);
    else
        text[0] = '\0';
    return text;
}
