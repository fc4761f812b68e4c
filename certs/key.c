/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A private key beside its certificate. The key never leaves OpenSSL; a file
 * that asks for a passphrase is refused rather than waited for.
 */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>

#include "base/io.h"
#include "base/mem.h"
#include "certs/certificate.h"
#include "certs/prepared.h"

AUTO_POINTER(bio_st, BIO_free)
AUTO_POINTER(evp_pkey_st, EVP_PKEY_free)

enum { KEY_CEILING = 64 * 1024 };

struct signing_key {
    struct certificate *certificate;
    EVP_MD_CTX *prepared;
};

static int no_passphrase(char *text, int size, int writing, void *context)
{
    (void)text;
    (void)size;
    (void)writing;
    (void)context;
    return -1;
}

static void wipe(struct buf *secret)
{
    OPENSSL_cleanse(secret->bytes, secret->size);
    buf_done(secret);
}

enum reason private_key_read(EVP_PKEY **out, const char *path,
                             struct fault *why)
{
    struct buf text = {.ceiling = KEY_CEILING};
    enum reason reason = io_read(path, &text, why);
    if (reason == R_OK) {
        AUTO(bio_st)
        BIO *bio = BIO_new_mem_buf(buf_text(&text), (int)text.size);
        *out = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
    }
    wipe(&text);
    ERR_clear_error();
    TRY(reason);
    return *out ? R_OK
                : fault(why, R_BAD_KEY,
                        "%s: not a PEM private key without passphrase", path);
}

enum reason signing_key_read(struct signing_key **out, const char *key_path,
                             const char *certificate_path, struct fault *why)
{
    AUTO(evp_pkey_st) EVP_PKEY *key = NULL;
    TRY(private_key_read(&key, key_path, why));
    AUTO(signing_key) struct signing_key *made = mem_new(1, sizeof *made);
    TRY(certificate_read(&made->certificate, certificate_path, why));
    bool fits =
        X509_check_private_key(certificate_x509(made->certificate), key) == 1;
    ERR_clear_error();
    if (!fits)
        return fault(why, R_BAD_KEY, "%s does not belong to %s", key_path,
                     certificate_path);
    made->prepared = prepared_new(key, PREPARED_SIGN);
    if (!made->prepared)
        return fault(why, R_BAD_KEY, "%s: OpenSSL refuses it", key_path);
    *out = TAKE(made);
    return R_OK;
}

void signing_key_free(struct signing_key *key)
{
    if (!key)
        return;
    EVP_MD_CTX_free(key->prepared);
    certificate_free(key->certificate);
    free(key);
}

const struct certificate *signing_key_certificate(const struct signing_key *key)
{
    return key->certificate;
}

EVP_MD_CTX *signing_key_context(const struct signing_key *key)
{
    return prepared_copy(key->prepared);
}

enum reason signing_key_sign(const struct signing_key *key, const void *bytes,
                             size_t size,
                             unsigned char signature[SIGNATURE_SIZE],
                             struct fault *why)
{
    if (prepared_sign(key->prepared, bytes, size, signature))
        return R_OK;
    return fault(why, R_CRYPTO_FAILED, "signing as '%s'",
                 certificate_name(key->certificate));
}
