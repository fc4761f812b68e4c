/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The suites. Everything that differs between them stands in this table (and
 * the XML algorithm names in xmldsig.c); no other file asks which one it is.
 */
#include "certs/suite.h"

#include <assert.h>
#include <string.h>

static const struct suite_row rows[SUITE_COUNT] = {
    [SUITE_P256] = {.name = "p256",
                    .key_type = "EC",
                    .curve = "P-256",
                    .curve_is = "prime256v1",
                    .digest_name = "SHA256",
                    .digest = DIGEST_SHA256,
                    .algorithm = "ES256"},
    /* GB/T 35276 fixes the ID; OpenSSL's own default is the empty one. */
    [SUITE_SM2] = {.name = "sm2",
                   .key_type = "SM2",
                   .curve = "SM2",
                   .curve_is = "SM2",
                   .digest_name = "SM3",
                   .digest = DIGEST_SM3,
                   .identity = "1234567812345678",
                   .algorithm = "SM2SM3"},
};

const struct suite_row *suite_get(enum suite suite)
{
    assert((unsigned)suite < SUITE_COUNT);
    return &rows[suite];
}

const char *suite_name(enum suite suite)
{
    return suite_get(suite)->name;
}

enum suite suite_find(const char *name)
{
    unsigned i = 0;
    while (i < SUITE_COUNT && strcmp(rows[i].name, name) != 0)
        i++;
    return (enum suite)i;
}

enum digest_kind suite_digest(enum suite suite)
{
    return suite_get(suite)->digest;
}
