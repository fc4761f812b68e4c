/*
 * prepared - OpenSSL contexts that are made ready once per key and copied for
 * each signature, because looking algorithms up costs as much as the curve.
 * The only place that knows how OpenSSL writes a signature (DER) and where the
 * SM2 identity goes. For the files of this folder.
 */
#ifndef YISONG_CERTS_PREPARED_H
#define YISONG_CERTS_PREPARED_H

#include "certs/key.h"

struct evp_pkey_st;   /* EVP_PKEY */
struct evp_md_ctx_st; /* EVP_MD_CTX */

enum prepared_use { PREPARED_SIGN, PREPARED_VERIFY };

/* The suite that a key belongs to, or SUITE_COUNT. */
enum suite prepared_suite(const struct evp_pkey_st *key);

/* NULL if OpenSSL refuses the key. Free with EVP_MD_CTX_free. */
struct evp_md_ctx_st *prepared_new(struct evp_pkey_st *key,
                                   enum prepared_use use);

/* A copy that can be used once, or NULL. Thread-safe. */
struct evp_md_ctx_st *prepared_copy(const struct evp_md_ctx_st *prepared);

/* Thread-safe: the prepared context is only copied. False: refused. */
bool prepared_sign(const struct evp_md_ctx_st *prepared, const void *bytes,
                   size_t size, unsigned char signature[SIGNATURE_SIZE]);
bool prepared_verify(const struct evp_md_ctx_st *prepared, const void *bytes,
                     size_t size,
                     const unsigned char signature[SIGNATURE_SIZE]);

/* The DER form SEQUENCE { r, s } as r||s; false for anything else. */
bool prepared_raw(const unsigned char *der, size_t size,
                  unsigned char signature[SIGNATURE_SIZE]);

/* The text of OpenSSL's last error, and forgets all of them. */
const char *prepared_error(char *text, size_t size);

#endif
