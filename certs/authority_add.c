/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Issuing keys to agencies and to the broker. The keys are written first and
 * the registry last: an agency stands in the registry only if it can sign.
 */
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "certs/authority_folder.h"
#include "certs/issue.h"
#include "certs/registry_rows.h"
#include "schemas/field.h"

/* FOLDER/PART.key and FOLDER/PART.pem. */
static enum reason write_pair(const char *folder, const char *part,
                              struct buf *key, const struct buf *certificate,
                              struct fault *why)
{
    AUTO(text) char *secret = mem_print("%s/%s.key", folder, part);
    AUTO(text) char *open = mem_print("%s/%s.pem", folder, part);
    TRY(io_write(secret, key->bytes, key->size, 0600, why));
    explicit_bzero(key->bytes, key->size);
    return io_write(open, certificate->bytes, certificate->size, 0644, why);
}

enum reason authority_keep_copy(const struct authority *authority,
                                const struct issue *wanted,
                                const struct buf *certificate,
                                struct fault *why)
{
    AUTO(text) char *folder = authority_issued(authority->folder, wanted->name);
    TRY(io_make_folder(folder, why));
    struct digest digest =
        digest_of(DIGEST_SHA256, certificate->bytes, certificate->size);
    char name[DIGEST_TEXT_MAX];
    AUTO(text)
    char *path =
        mem_print("%s/%.16s.pem", folder, digest_format(&digest, name));
    return io_write(path, certificate->bytes, certificate->size, 0644, why);
}

static enum reason issue_pair(const struct authority *authority,
                              const struct issue *wanted, const char *folder,
                              const char *part, struct fault *why)
{
    AUTO(buf) struct buf key = {0}, certificate = {0};
    TRY(issue_make(wanted, authority->keys[wanted->suite], &key, &certificate,
                   why));
    TRY(authority_keep_copy(authority, wanted, &certificate, why));
    return write_pair(folder, part, &key, &certificate, why);
}

static enum reason copy_anchor(const char *from, const char *folder,
                               struct fault *why)
{
    AUTO(buf) struct buf bytes = {0};
    TRY(io_read(from, &bytes, why));
    AUTO(text) char *path = io_join(folder, "authority.pem");
    return io_write(path, bytes.bytes, bytes.size, 0644, why);
}

static enum reason make_key_folder(const char *folder, const char *part,
                                   struct fault *why)
{
    AUTO(text) char *secret = mem_print("%s/%s.key", folder, part);
    if (io_exists(secret))
        return fault(why, R_EXISTS, "%s", secret);
    return io_make_folder(folder, why);
}

static enum reason enrol(struct enrolments *enrolments, const char *folder,
                         const char *part, struct fault *why)
{
    struct certificate *certificate;
    AUTO(text) char *path = mem_print("%s/%s.pem", folder, part);
    TRY(certificate_read(&certificate, path, why));
    enrolments_put(enrolments, certificate);
    return R_OK;
}

/* The agency's three pairs and the anchor; what speaks for it is enrolled. */
static enum reason issue_keys(const struct authority *authority,
                              const struct issue *signing, const char *folder,
                              struct registration *row, struct fault *why)
{
    struct issue encryption = *signing;
    encryption.use = ISSUE_ENCRYPTION;
    encryption.suite = SUITE_P256;
    struct issue tls = *signing;
    tls.use = ISSUE_CLIENT;
    tls.suite = SUITE_P256;
    tls.hosts = &signing->name;
    tls.host_count = 1;
    TRY(make_key_folder(folder, "signing", why));
    TRY(issue_pair(authority, signing, folder, "signing", why));
    TRY(issue_pair(authority, &encryption, folder, "encryption", why));
    TRY(issue_pair(authority, &tls, folder, "tls", why));
    AUTO(text) char *anchor = io_join(authority->folder, "authority.pem");
    TRY(copy_anchor(anchor, folder, why));
    TRY(enrol(&row->signing, folder, "signing", why));
    return enrol(&row->encryption, folder, "encryption", why);
}

enum reason authority_write(struct authority *authority, instant now,
                            struct fault *why)
{
    TRY(registry_write(authority->registry, authority->keys[SUITE_P256],
                       authority->folder, now, why));
    return authority_reload(authority, why);
}

enum reason authority_check_texts(const struct agency *agency,
                                  struct fault *why)
{
    AUTO(buf) struct buf faults = {.ceiling = FAULT_TEXT_MAX};
    agency_check(agency, &faults);
    if (faults.size)
        return fault(why, R_BAD_FIELD, "%s", buf_text(&faults));
    if (agency->credit_code && *agency->credit_code)
        TRY(field_check(FIELD_CREDIT_CODE, agency->credit_code, NULL, why));
    if (agency->region && *agency->region)
        TRY(field_check(FIELD_REGION, agency->region, NULL, why));
    return R_OK;
}

/* Makes its keys and puts it into the registry in memory. */
static enum reason register_agency(struct authority *authority,
                                   const struct agency *agency,
                                   enum suite suite, const char *key_folder,
                                   instant now, struct fault *why)
{
    TRY(authority_check_texts(agency, why));
    if (registry_find(authority->registry, agency->id))
        return fault(why, R_EXISTS, "'%s'", agency->id);
    struct issue wanted = {.use = ISSUE_SIGNING,
                           .suite = suite,
                           .name = agency->id,
                           .organisation = agency->chinese,
                           .now = now};
    struct agency plain = *agency;
    plain.revoked = false;
    AUTO(registration) struct registration *row = registration_new(&plain);
    TRY(issue_keys(authority, &wanted, key_folder, row, why));
    registry_put(authority->registry, TAKE(row));
    return R_OK;
}

enum reason authority_add(struct authority *authority,
                          const struct agency *agency, enum suite suite,
                          const char *key_folder, instant now,
                          struct fault *why)
{
    TRY(register_agency(authority, agency, suite, key_folder, now, why));
    return authority_write(authority, now, why);
}

enum reason authority_add_all(struct authority *authority,
                              const struct agency *agencies, size_t count,
                              const char *keys, instant now, struct fault *why)
{
    for (size_t i = 0; i < count; i++) {
        AUTO(text) char *folder = io_join(keys, agencies[i].id);
        TRY(register_agency(authority, &agencies[i], SUITE_P256, folder, now,
                            why));
    }
    return authority_write(authority, now, why);
}

enum reason authority_renew(struct authority *authority, const char *agency,
                            enum suite suite, const char *key_folder,
                            instant now, struct fault *why)
{
    struct registration *row = registry_row(authority->registry, agency);
    if (!row)
        return fault(why, R_UNKNOWN_AGENCY, "'%s'", agency);
    if (row->agency.revoked)
        return fault(why, R_AGENCY_REVOKED, "'%s'", agency);
    struct issue wanted = {.use = ISSUE_SIGNING,
                           .suite = suite,
                           .name = agency,
                           .organisation = row->agency.chinese,
                           .now = now};
    TRY(issue_keys(authority, &wanted, key_folder, row, why));
    return authority_write(authority, now, why);
}

enum reason authority_broker(struct authority *authority,
                             const struct hosts *hosts, const char *folder,
                             instant now, struct fault *why)
{
    if (hosts->count == 0)
        return fault(why, R_USAGE, "--host");
    struct issue wanted = {.use = ISSUE_SERVER,
                           .suite = SUITE_P256,
                           .name = hosts->names[0],
                           .organisation = "Yisong",
                           .hosts = hosts->names,
                           .host_count = hosts->count,
                           .now = now};
    TRY(make_key_folder(folder, "server", why));
    TRY(issue_pair(authority, &wanted, folder, "server", why));
    AUTO(text)
    char *anchor = authority_path(authority->folder, "authority-p256.pem");
    return copy_anchor(anchor, folder, why);
}
