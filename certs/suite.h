/*
 * suite - what the two suites consist of, as one table; for the files of this
 * folder. To add a suite: a value in key.h and a row in suite.c.
 */
#ifndef YISONG_CERTS_SUITE_H
#define YISONG_CERTS_SUITE_H

#include "certs/key.h"

struct suite_row {
    const char *name;     /* "p256" */
    const char *key_type; /* as OpenSSL names it */
    const char *curve;    /* for making a key, and how a key names it */
    const char *curve_is;
    const char *digest_name;
    enum digest_kind digest;
    const char *identity;  /* SM2's distinguishing ID, else NULL */
    const char *algorithm; /* JWS "alg" */
};

const struct suite_row *suite_get(enum suite suite);

#endif
