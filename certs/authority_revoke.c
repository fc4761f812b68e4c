/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Revoking an agency: its certificates go into the lists first and the
 * registration is marked last, so a run that was cut short can be repeated.
 */
#include <openssl/x509.h>
#include <stdlib.h>

#include "base/io.h"
#include "base/mem.h"
#include "certs/authority_folder.h"
#include "certs/registry_rows.h"
#include "certs/revocation.h"

AUTO_POINTER(X509_crl_st, X509_CRL_free)

/* Every certificate that was ever issued to the agency, TLS included. */
static enum reason read_issued(const struct authority *authority,
                               const char *agency, struct certificates *out,
                               struct fault *why)
{
    AUTO(text) char *folder = authority_issued(authority->folder, agency);
    AUTO(io_names) struct io_names names = {0};
    TRY(io_list(folder, &names, why));
    for (size_t i = 0; i < names.count; i++) {
        if (names.names[i][0] == '.')
            continue;
        AUTO(text) char *path = io_join(folder, names.names[i]);
        TRY(certificates_read(out, path, why));
    }
    return R_OK;
}

/* Those among them that this key has issued; the rows stay theirs. */
static struct certificates issued_by(const struct certificates *all,
                                     const struct signing_key *key)
{
    X509 *issuer = certificate_x509(signing_key_certificate(key));
    struct certificates some = {.rows = mem_new(all->count, sizeof *some.rows)};
    for (size_t i = 0; i < all->count; i++)
        if (X509_NAME_cmp(X509_get_issuer_name(certificate_x509(all->rows[i])),
                          X509_get_subject_name(issuer)) == 0)
            some.rows[some.count++] = all->rows[i];
    return some;
}

static enum reason extend_list(const struct authority *authority,
                               enum suite suite, const struct certificates *all,
                               instant now, struct fault *why)
{
    AUTO(text)
    char *path = mem_print("%s/revoked/authority-%s.crl", authority->folder,
                           suite_name(suite));
    AUTO(X509_crl_st) X509_CRL *old = NULL;
    if (io_exists(path))
        TRY(revocation_read(&old, path, why));
    const struct signing_key *key = authority->keys[suite];
    struct certificates some = issued_by(all, key);
    AUTO(buf) struct buf text = {0};
    enum reason reason =
        some.count ? revocation_write(old, &some, key, now, &text, why) : R_OK;
    free(some.rows);
    TRY(reason);
    return text.size ? io_write(path, text.bytes, text.size, 0644, why) : R_OK;
}

enum reason authority_revoke(struct authority *authority, const char *agency,
                             const char *text, instant now, struct fault *why)
{
    struct registration *row = registry_row(authority->registry, agency);
    if (!row)
        return fault(why, R_UNKNOWN_AGENCY, "'%s'", agency);
    if (row->agency.revoked)
        return fault(why, R_AGENCY_REVOKED, "'%s': %s", agency,
                     row->revoked_text);
    AUTO(certificates) struct certificates all = {0};
    TRY(read_issued(authority, agency, &all, why));
    for (unsigned i = 0; i < SUITE_COUNT; i++)
        TRY(extend_list(authority, (enum suite)i, &all, now, why));
    row->agency.revoked = true;
    row->revoked_at = now;
    row->revoked_text = mem_text(text);
    TRY(registry_write(authority->registry, authority->keys[SUITE_P256],
                       authority->folder, now, why));
    return authority_reload(authority, why);
}
