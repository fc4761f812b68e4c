/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Making and opening the authority's folder.
 */
#include "certs/authority.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "certs/authority_folder.h"
#include "certs/issue.h"
#include "certs/registry_rows.h"
#include "certs/suite.h"

char *authority_path(const char *folder, const char *name)
{
    return mem_print("%s/authority/%s", folder, name);
}

char *authority_issued(const char *folder, const char *agency)
{
    return mem_print("%s/authority/issued/%s", folder, agency);
}

static enum reason take_lock(int *out, const char *folder, struct fault *why)
{
    AUTO(text) char *path = authority_path(folder, "lock");
    *out = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (*out < 0)
        return fault_errno(why, R_NO_FILE, "%s", path);
    while (flock(*out, LOCK_EX) != 0)
        if (errno != EINTR)
            return fault_errno(why, R_SYSTEM_FAILED, "lock %s", path);
    return R_OK;
}

static char *key_path(const char *folder, enum suite suite, const char *end)
{
    AUTO(text)
    char *name = mem_print("authority-%s.%s", suite_name(suite), end);
    return authority_path(folder, name);
}

/* One key and certificate; the certificate is also added to `all`. */
static enum reason make_root(const char *folder, enum suite suite, instant now,
                             struct buf *all, struct fault *why)
{
    AUTO(text)
    char *name = mem_print("Yisong authority %s", suite_name(suite));
    struct issue wanted = {.use = ISSUE_AUTHORITY,
                           .suite = suite,
                           .name = name,
                           .organisation = "Yisong",
                           .now = now};
    AUTO(buf) struct buf key = {0}, certificate = {0};
    TRY(issue_make(&wanted, NULL, &key, &certificate, why));
    AUTO(text) char *secret = key_path(folder, suite, "key");
    AUTO(text) char *open = key_path(folder, suite, "pem");
    TRY(io_write(open, certificate.bytes, certificate.size, 0644, why));
    TRY(io_write(secret, key.bytes, key.size, 0600, why));
    explicit_bzero(key.bytes, key.size);
    buf_put(all, certificate.bytes, certificate.size);
    return R_OK;
}

static enum reason read_keys(struct authority *authority, struct fault *why)
{
    for (unsigned i = 0; i < SUITE_COUNT; i++) {
        AUTO(text)
        char *secret = key_path(authority->folder, (enum suite)i, "key");
        AUTO(text)
        char *open = key_path(authority->folder, (enum suite)i, "pem");
        TRY(signing_key_read(&authority->keys[i], secret, open, why));
    }
    return R_OK;
}

static enum reason make_files(const char *folder, instant now,
                              struct fault *why)
{
    AUTO(buf) struct buf all = {0};
    for (unsigned i = 0; i < SUITE_COUNT; i++)
        TRY(make_root(folder, (enum suite)i, now, &all, why));
    AUTO(text) char *anchor = io_join(folder, "authority.pem");
    TRY(io_write(anchor, all.bytes, all.size, 0644, why));

    AUTO(authority) struct authority *made = mem_new(1, sizeof *made);
    made->folder = mem_text(folder);
    made->lock = -1;
    TRY(read_keys(made, why));
    made->registry = registry_new(NULL);
    return registry_write(made->registry, made->keys[SUITE_P256], folder, now,
                          why);
}

enum reason authority_create(const char *folder, instant now, struct fault *why)
{
    AUTO(text) char *private = authority_path(folder, "issued");
    AUTO(text) char *revoked = io_join(folder, "revoked");
    AUTO(text) char *anchor = io_join(folder, "authority.pem");
    if (io_exists(anchor))
        return fault(why, R_EXISTS, "%s", anchor);
    TRY(io_make_folder(private, why));
    TRY(io_make_folder(revoked, why));
    return make_files(folder, now, why);
}

enum reason authority_reload(struct authority *authority, struct fault *why)
{
    registry_free(TAKE(authority->registry));
    return registry_read(&authority->registry, authority->folder, why);
}

enum reason authority_open(struct authority **out, const char *folder,
                           struct fault *why)
{
    AUTO(authority) struct authority *made = mem_new(1, sizeof *made);
    made->folder = mem_text(folder);
    TRY(take_lock(&made->lock, folder, why));
    TRY(read_keys(made, why));
    TRY(authority_reload(made, why));
    *out = TAKE(made);
    return R_OK;
}

void authority_close(struct authority *authority)
{
    if (!authority)
        return;
    for (unsigned i = 0; i < SUITE_COUNT; i++)
        signing_key_free(authority->keys[i]);
    registry_free(authority->registry);
    if (authority->lock >= 0)
        close(authority->lock);
    free(authority->folder);
    free(authority);
}

const struct registry *authority_registry(const struct authority *authority)
{
    return authority->registry;
}
