/*
 * certificate - what the files of this folder need of a certificate beyond
 * key.h: the OpenSSL object in it, and reading several from one file.
 */
#ifndef YISONG_CERTS_CERTIFICATE_H
#define YISONG_CERTS_CERTIFICATE_H

#include "certs/key.h"

struct x509_st; /* X509 */
struct evp_pkey_st;
struct evp_md_ctx_st;

/* Takes the X509 over, in either outcome. R_CERTIFICATE_INVALID. */
enum reason certificate_new(struct certificate **out, struct x509_st *x509,
                            struct fault *why) MUST_CHECK;

/* Borrowed. OpenSSL keeps a lock and caches in it, hence not const. */
struct x509_st *certificate_x509(const struct certificate *certificate);

struct certificates {
    struct certificate **rows;
    size_t count;
};

/* All certificates of a PEM file, at least one. R_NO_FILE, R_BAD_KEY. */
enum reason certificates_read(struct certificates *out, const char *pem_path,
                              struct fault *why) MUST_CHECK;
/* The same from PEM in memory; `name` stands in the fault. */
enum reason certificates_parse(struct certificates *out, const struct buf *pem,
                               const char *name, struct fault *why) MUST_CHECK;
void certificates_done(struct certificates *certificates);
AUTO_VALUE(certificates, certificates_done)

/* PEM and DER of one. */
void certificate_put_pem(const struct certificate *certificate,
                         struct buf *out);
void certificate_put_der(const struct certificate *certificate,
                         struct buf *out);

/* A private key without a passphrase, from PEM. R_NO_FILE, R_BAD_KEY. */
enum reason private_key_read(struct evp_pkey_st **out, const char *path,
                             struct fault *why) MUST_CHECK;

/* The private key's context for X509_sign_ctx and its kin; a copy to free. */
struct evp_md_ctx_st *signing_key_context(const struct signing_key *key);

#endif
