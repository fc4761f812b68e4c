/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Laying a package into place: verified whole, then the registry in a folder
 * beside, read there as the adapter will read it, then moved file by file with
 * registry.xml last; then each pair, the certificate before the key. A running
 * adapter that looks in between finds a pair that does not fit and goes on
 * with the one it has.
 */
#include "certs/joining/join.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "certs/joining/package.h"
#include "certs/joining/spoken.h"
#include "certs/registry.h"

static const char registry_prefix[] = "agencies/";

/* What is known about the authority: from before, or from the telephone. */
static enum reason verify(const struct joining *wanted,
                          const struct package *package, struct fault *why)
{
    AUTO(certificates) struct certificates known = {0};
    AUTO(text)
    char *anchor = mem_print("%s/agencies/authority.pem", wanted->folder);
    if (io_exists(anchor)) {
        TRY(certificates_read(&known, anchor, why));
        return package_verify(package, &known, why);
    }
    const struct package_file *file =
        package_find(package, "agencies/authority.pem");
    if (!file)
        return fault(why, R_NOT_VALID, "%s: no authority.pem",
                     wanted->package_path);
    if (!wanted->heard)
        return fault(why, R_USAGE, "--fingerprint");
    struct digest digest =
        digest_of(DIGEST_SHA256, file->bytes.bytes, file->bytes.size);
    if (!spoken_is(wanted->heard, &digest))
        return fault(why, R_DIGEST_MISMATCH, "--fingerprint: authority.pem");
    TRY(certificates_parse(&known, &file->bytes, file->name, why));
    return package_verify(package, &known, why);
}

static bool is_registry_file(const struct package_file *file)
{
    return strncmp(file->name, registry_prefix, strlen(registry_prefix)) == 0;
}

static enum reason write_beside(const struct package *package,
                                const char *beside, struct fault *why)
{
    AUTO(text) char *revoked = io_join(beside, "revoked");
    TRY(io_make_folder(revoked, why));
    for (size_t i = 0; i < package->count; i++) {
        const struct package_file *file = &package->files[i];
        if (!is_registry_file(file))
            continue;
        AUTO(text)
        char *path = io_join(beside, file->name + strlen(registry_prefix));
        TRY(io_write(path, file->bytes.bytes, file->bytes.size, 0644, why));
    }
    return R_OK;
}

static enum reason check_age(const struct registry *fresh, const char *agencies,
                             struct fault *why)
{
    AUTO(text) char *path = io_join(agencies, "registry.xml");
    AUTO(registry) struct registry *there = NULL;
    if (!io_exists(path))
        return R_OK;
    TRY(registry_read(&there, agencies, why));
    if (registry_number(fresh) >= registry_number(there))
        return R_OK;
    return fault(why, R_REGISTRY_OLD, "%lld < %lld",
                 (long long)registry_number(fresh),
                 (long long)registry_number(there));
}

static enum reason move_registry(const struct package *package,
                                 const char *beside, const char *agencies,
                                 struct fault *why)
{
    AUTO(text) char *to_revoked = io_join(agencies, "revoked");
    AUTO(text) char *from_revoked = io_join(beside, "revoked");
    TRY(io_make_folder(to_revoked, why));
    /* registry.xml is the last of every package (approve.c). */
    for (size_t i = 0; i < package->count; i++) {
        const struct package_file *file = &package->files[i];
        if (!is_registry_file(file))
            continue;
        const char *name = file->name + strlen(registry_prefix);
        AUTO(text) char *from = io_join(beside, name);
        AUTO(text) char *to = io_join(agencies, name);
        TRY(io_move(from, to, why));
    }
    (void)rmdir(from_revoked);
    (void)rmdir(beside);
    return R_OK;
}

static enum reason lay_registry(const struct package *package,
                                const char *agencies, int64_t *number,
                                struct fault *why)
{
    AUTO(text) char *beside = mem_print("%s.next", agencies);
    AUTO(registry) struct registry *fresh = NULL;
    TRY(write_beside(package, beside, why));
    TRY(registry_read(&fresh, beside, why));
    TRY(check_age(fresh, agencies, why));
    *number = registry_number(fresh);
    return move_registry(package, beside, agencies, why);
}

/* A pair on its way from keys/next/ to keys/. */
struct pair {
    char *next_key, *next_pem, *key, *pem;
};

static void pair_done(struct pair *pair)
{
    text_auto(&pair->next_key);
    text_auto(&pair->next_pem);
    text_auto(&pair->key);
    text_auto(&pair->pem);
}
AUTO_VALUE(pair, pair_done)

static struct pair pair_of(const char *folder, const char *part)
{
    return (struct pair){
        .next_key = mem_print("%s/keys/next/%s.key", folder, part),
        .next_pem = mem_print("%s/keys/next/%s.pem", folder, part),
        .key = mem_print("%s/keys/%s.key", folder, part),
        .pem = mem_print("%s/keys/%s.pem", folder, part)};
}

/* Where the key of this certificate lies: new, or in place already. */
static enum reason check_pair(const struct pair *pair,
                              const struct package_file *file,
                              const char *folder, struct fault *why)
{
    AUTO(signing_key) struct signing_key *key = NULL;
    AUTO(text) char *next = mem_print("%s/keys/next", folder);
    bool is_new = io_exists(pair->next_key);
    TRY(io_make_folder(next, why));
    TRY(io_write(pair->next_pem, file->bytes.bytes, file->bytes.size, 0644,
                 why));
    return signing_key_read(&key, is_new ? pair->next_key : pair->key,
                            pair->next_pem, why);
}

static enum reason set_aside(const char *folder, const char *path,
                             struct fault *why)
{
    AUTO(text) char *before = mem_print("%s/keys/before", folder);
    AUTO(text) char *to = io_join(before, io_name_of(path));
    if (!io_exists(path))
        return R_OK;
    TRY(io_make_folder(before, why));
    return io_move(path, to, why);
}

static enum reason move_pair(const struct pair *pair, const char *folder,
                             struct fault *why)
{
    if (!io_exists(pair->next_key))
        return io_move(pair->next_pem, pair->pem, why);
    AUTO(buf) struct buf old = {0};
    AUTO(text)
    char *kept = mem_print("%s/keys/before/%s", folder, io_name_of(pair->pem));
    if (io_exists(pair->pem)) {
        AUTO(text) char *before = mem_print("%s/keys/before", folder);
        TRY(io_make_folder(before, why));
        TRY(io_read(pair->pem, &old, why));
        TRY(io_write(kept, old.bytes, old.size, 0644, why));
    }
    TRY(io_move(pair->next_pem, pair->pem, why));
    TRY(set_aside(folder, pair->key, why));
    return io_move(pair->next_key, pair->key, why);
}

static enum reason each_pair(const char *folder, const struct package *package,
                             bool moves, struct fault *why)
{
    for (size_t i = 0; i < ISSUE_PARTS; i++) {
        AUTO(pair) struct pair pair = pair_of(folder, issue_parts[i].name);
        AUTO(text) char *name = mem_print("keys/%s.pem", issue_parts[i].name);
        const struct package_file *file = package_find(package, name);
        if (!file)
            return fault(why, R_NOT_VALID, "no %s in the package", name);
        TRY(moves ? move_pair(&pair, folder, why)
                  : check_pair(&pair, file, folder, why));
    }
    return R_OK;
}

static enum reason lay_keys(const struct joining *wanted,
                            const struct package *package, struct fault *why)
{
    const struct package_file *anchor =
        package_find(package, "keys/authority.pem");
    AUTO(text) char *path = mem_print("%s/keys/authority.pem", wanted->folder);
    TRY(each_pair(wanted->folder, package, true, why));
    return anchor ? io_write(path, anchor->bytes.bytes, anchor->bytes.size,
                             0644, why)
                  : R_OK;
}

static enum reason lay_settings(const struct joining *wanted,
                                const struct package *package, bool *written,
                                struct fault *why)
{
    AUTO(text) char *path = io_join(wanted->folder, "adapter.conf");
    const struct package_file *file = package_find(package, "adapter.conf");
    *written = file && !io_exists(path);
    return *written
               ? io_write(path, file->bytes.bytes, file->bytes.size, 0640, why)
               : R_OK;
}

enum reason join_package(const struct joining *wanted, struct joined *out,
                         struct fault *why)
{
    AUTO(package) struct package package = {0};
    AUTO(text) char *agencies = mem_print("%s/agencies", wanted->folder);
    TRY(package_read(&package, wanted->package_path, why));
    TRY(verify(wanted, &package, why));
    bool has_keys = *package.agency != '\0';
    *out = (struct joined){0};
    if (has_keys)
        TRY(each_pair(wanted->folder, &package, false, why));
    TRY(lay_registry(&package, agencies, &out->number, why));
    if (has_keys)
        TRY(lay_keys(wanted, &package, why));
    snprintf(out->agency, sizeof out->agency, "%s", package.agency);
    return lay_settings(wanted, &package, &out->has_settings, why);
}

enum reason join_registry(const struct package *package, const char *agencies,
                          int64_t *number, struct fault *why)
{
    AUTO(certificates) struct certificates known = {0};
    AUTO(text) char *anchor = io_join(agencies, "authority.pem");
    TRY(certificates_read(&known, anchor, why));
    TRY(package_verify(package, &known, why));
    return lay_registry(package, agencies, number, why);
}
