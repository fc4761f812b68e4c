/*
 * request - a request for certificates (PKCS#10, RFC 2986): one file of PEM
 * blocks, one per pair of issue.h, made where the private keys are and stay.
 *
 * Each block is signed by the key that it names: that is the proof that the
 * sender has it. Subject: O is the Chinese name of the agency, CN its id.
 */
#ifndef YISONG_CERTS_JOINING_REQUEST_H
#define YISONG_CERTS_JOINING_REQUEST_H

#include "certs/issue.h"

struct X509_req_st; /* X509_REQ */

/* Makes a key and asks for a certificate for it, both as PEM. */
enum reason request_make(const struct issue *wanted, struct buf *key,
                         struct buf *request, struct fault *why) MUST_CHECK;

enum { REQUEST_NAME_MAX = 256 };

struct requests {
    struct X509_req_st *rows[ISSUE_PARTS];
    char id[REQUEST_NAME_MAX], organisation[REQUEST_NAME_MAX];
    enum suite suites[ISSUE_PARTS];
    struct digest digest; /* of all of it, for comparing over the telephone */
};

/*
 * Reads and judges the file: one block per pair, each with the proof, all of
 * one subject, no key twice, TLS on P-256. R_NO_FILE, R_BAD_REQUEST,
 * R_BAD_SIGNATURE.
 */
enum reason requests_read(struct requests *out, const char *path,
                          struct fault *why) MUST_CHECK;
void requests_done(struct requests *requests);
AUTO_VALUE(requests, requests_done)

/* The suite that was asked for a use. */
enum suite requests_suite(const struct requests *requests, enum issue_use use);

/* The public key of a block; borrowed. */
struct evp_pkey_st *requests_key(const struct requests *requests, size_t part);

#endif
