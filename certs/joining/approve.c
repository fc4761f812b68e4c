/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Everything is judged before anything is written; the registry is written
 * last, so that a run cut short has registered nobody.
 */
#include "certs/joining/approve.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "certs/authority_folder.h"
#include "certs/issue.h"
#include "certs/registry_rows.h"
#include "schemas/document.h"

/* What is being decided. */
struct decision {
    struct authority *authority;
    const struct approval *approval;
    struct agency agency; /* as it is, or will be, registered */
    struct registration *row;
    instant now;
};

static bool is_same(const char *a, const char *b)
{
    return a && *a && b && strcmp(a, b) == 0;
}

/* Two agencies that read alike would be mistaken for each other. */
static enum reason check_alike(const struct decision *decision,
                               struct fault *why)
{
    const struct registry *registry = decision->authority->registry;
    for (size_t i = 0; i < registry->count; i++) {
        const struct agency *other = &registry->rows[i]->agency;
        if (is_same(decision->agency.id, other->id))
            return fault(why, R_EXISTS, "'%s'", other->id);
        if (is_same(decision->agency.chinese, other->chinese) ||
            is_same(decision->agency.credit_code, other->credit_code))
            return fault(why, R_EXISTS, "%s: '%s' %s", other->chinese,
                         other->id, other->credit_code);
    }
    return R_OK;
}

static bool holds_key(const struct enrolments *enrolments, EVP_PKEY *key)
{
    for (size_t i = 0; i < enrolments->count; i++)
        if (EVP_PKEY_eq(X509_get0_pubkey(
                            certificate_x509(enrolments->rows[i]->certificate)),
                        key) == 1)
            return true;
    return false;
}

/* A key that somebody has, or had, speaks for nobody else; nor again. */
static enum reason check_keys(const struct decision *decision,
                              struct fault *why)
{
    const struct registry *registry = decision->authority->registry;
    for (size_t part = 0; part < ISSUE_PARTS; part++) {
        EVP_PKEY *key = requests_key(decision->approval->requests, part);
        for (size_t i = 0; i < registry->count; i++)
            if (holds_key(&registry->rows[i]->signing, key) ||
                holds_key(&registry->rows[i]->encryption, key))
                return fault(why, R_EXISTS, "the %s key is one of '%s'",
                             issue_parts[part].name,
                             registry->rows[i]->agency.id);
    }
    return R_OK;
}

static enum reason judge(struct decision *decision, struct fault *why)
{
    const struct approval *approval = decision->approval;
    const char *id = approval->requests->id;
    decision->agency = approval->agency;
    decision->agency.id = id;
    decision->agency.chinese = approval->requests->organisation;
    decision->agency.revoked = false;
    TRY(check_keys(decision, why));
    if (!approval->renews) {
        TRY(authority_check_texts(&decision->agency, why));
        return check_alike(decision, why);
    }
    decision->row = registry_row(decision->authority->registry, id);
    if (!decision->row)
        return fault(why, R_UNKNOWN_AGENCY, "'%s'", id);
    decision->agency = decision->row->agency;
    if (decision->agency.revoked)
        return fault(why, R_AGENCY_REVOKED, "'%s': %s", id,
                     decision->row->revoked_text);
    return R_OK;
}

/* The licensed issuer's certificate must be for this very key and hold now. */
static enum reason take_foreign(const struct decision *decision,
                                struct buf *pem, struct fault *why)
{
    const char *path = decision->approval->foreign_path;
    AUTO(certificate) struct certificate *given = NULL;
    TRY(certificate_read(&given, path, why));
    EVP_PKEY *asked = requests_key(decision->approval->requests, 0);
    if (EVP_PKEY_eq(X509_get0_pubkey(certificate_x509(given)), asked) != 1)
        return fault(why, R_CERTIFICATE_INVALID,
                     "%s is for another key than the request", path);
    const struct trust *trust = decision->authority->registry->trust;
    if (!trust_is_foreign(trust, given))
        return fault(why, R_CERTIFICATE_INVALID,
                     "%s: its issuer is not entered (agencies issuer)", path);
    struct standing standing = trust_judge(trust, TRUST_SIGNING, given);
    TRY(standing_check(&standing, decision->now, path, why));
    certificate_put_pem(given, pem);
    return R_OK;
}

static enum reason certify(const struct decision *decision, size_t part,
                           struct buf *pem, struct fault *why)
{
    const struct requests *requests = decision->approval->requests;
    if (issue_parts[part].use == ISSUE_SIGNING &&
        decision->approval->foreign_path)
        return take_foreign(decision, pem, why);
    const char *host = decision->agency.id;
    struct issue wanted = {.use = issue_parts[part].use,
                           .suite = requests->suites[part],
                           .name = decision->agency.id,
                           .organisation = decision->agency.chinese,
                           .hosts = &host,
                           .host_count = issue_parts[part].use == ISSUE_CLIENT,
                           .now = decision->now};
    TRY(issue_certify(&wanted, decision->authority->keys[wanted.suite],
                      requests_key(requests, part), pem, why));
    return authority_keep_copy(decision->authority, &wanted, pem, why);
}

static enum reason enrol(struct enrolments *enrolments, const struct buf *pem,
                         struct fault *why)
{
    AUTO(certificates) struct certificates made = {0};
    TRY(certificates_parse(&made, pem, "certificate", why));
    enrolments_put(enrolments, TAKE(made.rows[0]));
    return R_OK;
}

/* From now on the new certificate signs; letters on their way still pass. */
static void end_old(struct enrolments *enrolments, instant until)
{
    for (size_t i = 0; i < enrolments->count; i++)
        if (enrolments->rows[i]->until > until)
            enrolments->rows[i]->until = until;
}

static enum reason issue_all(struct decision *decision, struct package *out,
                             struct fault *why)
{
    struct enrolments *places[] = {[ISSUE_SIGNING] = &decision->row->signing,
                                   [ISSUE_ENCRYPTION] =
                                       &decision->row->encryption,
                                   [ISSUE_CLIENT] = NULL};
    end_old(&decision->row->signing,
            decision->now +
                (instant)decision->approval->overlap_days * INSTANT_DAY);
    for (size_t part = 0; part < ISSUE_PARTS; part++) {
        AUTO(buf) struct buf pem = {0};
        AUTO(text)
        char *name = mem_print("keys/%s.pem", issue_parts[part].name);
        TRY(certify(decision, part, &pem, why));
        struct enrolments *place = places[issue_parts[part].use];
        if (place)
            TRY(enrol(place, &pem, why));
        package_put(out, name, pem.bytes, pem.size);
    }
    return R_OK;
}

static enum reason register_all(struct decision *decision, struct package *out,
                                struct fault *why)
{
    if (decision->row)
        return issue_all(decision, out, why);
    AUTO(registration)
    struct registration *row = registration_new(&decision->agency);
    decision->row = row;
    TRY(issue_all(decision, out, why));
    registry_put(decision->authority->registry, TAKE(row));
    return R_OK;
}

enum reason approve_request(struct authority *authority,
                            const struct approval *approval, instant now,
                            struct package *out, struct fault *why)
{
    struct decision decision = {
        .authority = authority, .approval = approval, .now = now};
    TRY(judge(&decision, why));
    out->agency = mem_text(approval->requests->id);
    TRY(register_all(&decision, out, why));
    TRY(authority_write(authority, now, why));
    if (approval->settings_text)
        package_put(out, "adapter.conf", approval->settings_text,
                    strlen(approval->settings_text));
    return approve_fill(authority, now, out, why);
}

static enum reason add_file(struct package *out, const char *path,
                            const char *name, struct fault *why)
{
    AUTO(buf) struct buf bytes = {0};
    TRY(io_read(path, &bytes, why));
    package_put(out, name, buf_text(&bytes), bytes.size);
    return R_OK;
}

static enum reason add_lists(const char *folder, struct package *out,
                             struct fault *why)
{
    AUTO(text) char *revoked = io_join(folder, "revoked");
    AUTO(io_names) struct io_names names = {0};
    if (!io_exists(revoked))
        return R_OK;
    TRY(io_list(revoked, &names, why));
    for (size_t i = 0; i < names.count; i++) {
        const char *end = strrchr(names.names[i], '.');
        if (names.names[i][0] == '.' || !end || strcmp(end, ".crl") != 0)
            continue;
        AUTO(text) char *path = io_join(revoked, names.names[i]);
        AUTO(text)
        char *name = mem_print("agencies/revoked/%s", names.names[i]);
        TRY(add_file(out, path, name, why));
    }
    return R_OK;
}

enum reason approve_fill(const struct authority *authority, instant now,
                         struct package *out, struct fault *why)
{
    AUTO(text) char *anchor = io_join(authority->folder, "authority.pem");
    AUTO(text) char *registry = io_join(authority->folder, "registry.xml");
    out->issued_at = now;
    TRY(add_file(out, anchor, "keys/authority.pem", why));
    TRY(add_file(out, anchor, "agencies/authority.pem", why));
    TRY(add_lists(authority->folder, out, why));
    return add_file(out, registry, "agencies/registry.xml", why);
}

enum reason approve_write(const struct authority *authority,
                          const struct package *package, const char *path,
                          struct fault *why)
{
    AUTO(buf) struct buf out = {.ceiling = DOCUMENT_CEILING};
    TRY(package_write(package, authority->keys[SUITE_P256], &out, why));
    return io_write(path, out.bytes, out.size, 0644, why);
}

enum reason approve_digest(const struct authority *authority,
                           struct digest *out, struct fault *why)
{
    AUTO(text) char *anchor = io_join(authority->folder, "authority.pem");
    return digest_of_file(DIGEST_SHA256, anchor, out, why);
}

enum reason approve_issuer(struct authority *authority, const char *pem_path,
                           instant now, struct fault *why)
{
    AUTO(certificates) struct certificates given = {0};
    TRY(certificates_read(&given, pem_path, why));
    for (size_t i = 0; i < given.count; i++)
        TRY(trust_put_issuer(authority->registry->trust, TAKE(given.rows[i]),
                             why));
    return authority_write(authority, now, why);
}
