/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The chain check. OpenSSL builds and verifies the chain without looking at
 * the clock; the period and the revocation are kept as instants, so one
 * judgement answers for every time of receipt, the past included.
 *
 * Every certificate of authority.pem is an end of trust, so that the
 * certificate of a regional issuer may stand there without its own root.
 */
#include "certs/trust.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "certs/revocation.h"

AUTO_POINTER(x509_store_ctx_st, X509_STORE_CTX_free)

struct trust {
    struct certificates authorities, issuers;
    X509_STORE *store;
    X509_CRL **lists;
    size_t list_count;
};

static enum reason read_authorities(struct trust *trust, const char *folder,
                                    struct fault *why)
{
    AUTO(text) char *path = io_join(folder, "authority.pem");
    TRY(certificates_read(&trust->authorities, path, why));
    trust->store = X509_STORE_new();
    bool good =
        trust->store &&
        X509_STORE_set_flags(trust->store, X509_V_FLAG_NO_CHECK_TIME |
                                               X509_V_FLAG_PARTIAL_CHAIN) == 1;
    for (size_t i = 0; good && i < trust->authorities.count; i++)
        good = X509_STORE_add_cert(
                   trust->store,
                   certificate_x509(trust->authorities.rows[i])) == 1;
    ERR_clear_error();
    return good ? R_OK : fault(why, R_BAD_KEY, "%s: OpenSSL refuses it", path);
}

/* The authority's certificates, then the other issuers'; NULL behind. */
static const struct certificate *issuer_at(const struct trust *trust,
                                           size_t place)
{
    return place < trust->authorities.count
               ? trust->authorities.rows[place]
               : trust_issuer(trust, place - trust->authorities.count);
}

static bool is_by_issuer(const struct trust *trust, X509_CRL *list)
{
    const struct certificate *issuer;
    for (size_t i = 0; (issuer = issuer_at(trust, i)); i++)
        if (revocation_is_by(list, issuer))
            return true;
    return false;
}

static enum reason read_list(struct trust *trust, const char *path,
                             struct fault *why)
{
    X509_CRL *list;
    TRY(revocation_read(&list, path, why));
    if (!is_by_issuer(trust, list)) {
        X509_CRL_free(list);
        return fault(why, R_BAD_REGISTRY, "%s: not signed by the authority",
                     path);
    }
    trust->lists =
        mem_resize(trust->lists, trust->list_count + 1, sizeof(X509_CRL *));
    trust->lists[trust->list_count++] = list;
    return R_OK;
}

enum reason trust_read_lists(struct trust *trust, const char *folder,
                             struct fault *why)
{
    AUTO(text) char *revoked = io_join(folder, "revoked");
    if (!io_exists(revoked))
        return R_OK;
    AUTO(io_names) struct io_names names = {0};
    TRY(io_list(revoked, &names, why));
    for (size_t i = 0; i < names.count; i++) {
        const char *name = names.names[i];
        size_t length = strlen(name);
        /* A name that begins with a dot is a draft of io_write. */
        if (name[0] == '.' || length < 5 ||
            strcmp(name + length - 4, ".crl") != 0)
            continue;
        AUTO(text) char *path = io_join(revoked, name);
        TRY(read_list(trust, path, why));
    }
    return R_OK;
}

enum reason trust_read(struct trust **out, const char *folder,
                       struct fault *why)
{
    AUTO(trust) struct trust *made = mem_new(1, sizeof *made);
    TRY(read_authorities(made, folder, why));
    *out = TAKE(made);
    return R_OK;
}

void trust_free(struct trust *trust)
{
    if (!trust)
        return;
    for (size_t i = 0; i < trust->list_count; i++)
        X509_CRL_free(trust->lists[i]);
    free(trust->lists);
    X509_STORE_free(trust->store);
    certificates_done(&trust->authorities);
    certificates_done(&trust->issuers);
    free(trust);
}

enum reason trust_put_issuer(struct trust *trust,
                             struct certificate *certificate, struct fault *why)
{
    X509 *x509 = certificate_x509(certificate);
    bool good =
        X509_check_ca(x509) > 0 && X509_STORE_add_cert(trust->store, x509) == 1;
    ERR_clear_error();
    trust->issuers.rows =
        mem_resize(trust->issuers.rows, trust->issuers.count + 1,
                   sizeof *trust->issuers.rows);
    trust->issuers.rows[trust->issuers.count++] = certificate;
    return good ? R_OK
                : fault(why, R_CERTIFICATE_INVALID,
                        "'%s' is no issuer's certificate",
                        certificate_name(certificate));
}

const struct certificate *trust_issuer(const struct trust *trust, size_t place)
{
    return place < trust->issuers.count ? trust->issuers.rows[place] : NULL;
}

bool trust_is_foreign(const struct trust *trust,
                      const struct certificate *certificate)
{
    const X509_NAME *issuer =
        X509_get_issuer_name(certificate_x509(certificate));
    for (size_t i = 0; i < trust->issuers.count; i++)
        if (X509_NAME_cmp(issuer, X509_get_subject_name(certificate_x509(
                                      trust->issuers.rows[i]))) == 0)
            return true;
    return false;
}

size_t trust_count(const struct trust *trust)
{
    return trust->authorities.count;
}

const struct certificate *trust_get(const struct trust *trust, size_t place)
{
    return trust->authorities.rows[place];
}

static const struct {
    uint32_t usage;
    const char *misuse;
} uses[] = {
    [TRUST_SIGNING] = {KU_DIGITAL_SIGNATURE,
                       "its key usage does not allow signing"},
    [TRUST_ENCRYPTION] = {KU_KEY_AGREEMENT,
                          "its key usage does not allow key agreement"},
};

/* Who may issue certificates must not sign letters, and the reverse. */
static const char *find_misuse(X509 *x509, enum trust_use use)
{
    if (X509_check_ca(x509) > 0)
        return "it is an issuer's certificate, not an agency's";
    if (!(X509_get_key_usage(x509) & uses[use].usage))
        return uses[use].misuse;
    return NULL;
}

static instant later(instant a, instant b)
{
    return a > b ? a : b;
}

static instant earlier(instant a, instant b)
{
    return a < b ? a : b;
}

/* An issuer narrows the period of what it issued. */
static void narrow(struct standing *standing, const struct trust *trust,
                   STACK_OF(X509) * chain)
{
    const struct certificate *authority;
    for (size_t i = 0; (authority = issuer_at(trust, i)); i++) {
        for (int place = 1; place < sk_X509_num(chain); place++) {
            if (X509_cmp(sk_X509_value(chain, place),
                         certificate_x509(authority)) != 0)
                continue;
            standing->valid_from =
                later(standing->valid_from, certificate_valid_from(authority));
            standing->valid_until = earlier(standing->valid_until,
                                            certificate_valid_until(authority));
        }
    }
}

static void judge_chain(struct standing *standing, const struct trust *trust,
                        X509 *x509)
{
    AUTO(x509_store_ctx_st) X509_STORE_CTX *context = X509_STORE_CTX_new();
    if (!context ||
        X509_STORE_CTX_init(context, trust->store, x509, NULL) != 1) {
        standing->broken = "OpenSSL cannot start the check";
        return;
    }
    if (X509_verify_cert(context) != 1)
        standing->broken =
            X509_verify_cert_error_string(X509_STORE_CTX_get_error(context));
    else
        narrow(standing, trust, X509_STORE_CTX_get0_chain(context));
}

struct standing trust_judge(const struct trust *trust, enum trust_use use,
                            const struct certificate *certificate)
{
    X509 *x509 = certificate_x509(certificate);
    struct standing made = {
        .broken = find_misuse(x509, use),
        .valid_from = certificate_valid_from(certificate),
        .valid_until = certificate_valid_until(certificate),
        .revoked_at = INT64_MAX,
    };
    if (!made.broken)
        judge_chain(&made, trust, x509);
    for (size_t i = 0; i < trust->list_count; i++)
        made.revoked_at = earlier(
            made.revoked_at, revocation_find(trust->lists[i], certificate));
    ERR_clear_error();
    return made;
}

enum reason standing_check(const struct standing *standing, instant at,
                           const char *whose, struct fault *why)
{
    char text[INSTANT_TEXT_MAX];
    if (standing->broken)
        return fault(why, R_CERTIFICATE_INVALID, "%s: %s", whose,
                     standing->broken);
    if (at >= standing->revoked_at)
        return fault(why, R_CERTIFICATE_REVOKED, "%s: %s", whose,
                     instant_format(standing->revoked_at, text));
    if (at < standing->valid_from)
        return fault(why, R_CERTIFICATE_EXPIRED, "%s: not before %s", whose,
                     instant_format(standing->valid_from, text));
    if (at >= standing->valid_until + INSTANT_SECOND)
        return fault(why, R_CERTIFICATE_EXPIRED, "%s: until %s", whose,
                     instant_format(standing->valid_until, text));
    return R_OK;
}
