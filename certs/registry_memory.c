/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * One line: "AUTHORITY NUMBER ISSUED", the authority by the digest of its
 * authority.pem, the time in milliseconds. What cannot be read as that is
 * taken for damage, not for nothing.
 */
#include "certs/registry_memory.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"

enum { LINE_MAX_SIZE = 256 };

struct memory {
    char authority[DIGEST_TEXT_MAX];
    int64_t number;
    instant issued_at;
};

static enum reason describe(const char *folder, const struct registry *registry,
                            struct memory *out, struct fault *why)
{
    AUTO(text) char *path = io_join(folder, "authority.pem");
    struct digest digest;
    TRY(digest_of_file(DIGEST_SHA256, path, &digest, why));
    digest_format(&digest, out->authority);
    out->number = registry_number(registry);
    out->issued_at = registry_issued_at(registry);
    return R_OK;
}

static bool read_number(const char **at, int64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoll(*at, &end, 10);
    bool good = errno == 0 && end != *at && *out > 0;
    *at = end;
    return good;
}

/* Zero where there is none yet. */
static enum reason recall(const char *path, struct memory *out,
                          struct fault *why)
{
    AUTO(buf) struct buf text = {.ceiling = LINE_MAX_SIZE};
    *out = (struct memory){0};
    if (!io_exists(path))
        return R_OK;
    TRY(io_read(path, &text, why));
    const char *at = buf_text(&text);
    size_t length = strcspn(at, " ");
    if (length != DIGEST_TEXT_MAX - 1)
        return fault(why, R_BAD_REGISTRY, "%s: cannot be read", path);
    memcpy(out->authority, at, length);
    at += length;
    if (!read_number(&at, &out->number) || !read_number(&at, &out->issued_at))
        return fault(why, R_BAD_REGISTRY, "%s: cannot be read", path);
    return R_OK;
}

static enum reason compare(const struct memory *before,
                           const struct memory *found, struct fault *why)
{
    char at[INSTANT_TEXT_MAX];
    if (strcmp(before->authority, found->authority) != 0)
        return R_OK;
    if (found->number < before->number)
        return fault(why, R_REGISTRY_OLD,
                     "number %" PRId64 ", used before: %" PRId64 " of %s",
                     found->number, before->number,
                     instant_format(before->issued_at, at));
    if (found->number == before->number &&
        found->issued_at != before->issued_at)
        return fault(why, R_BAD_REGISTRY,
                     "number %" PRId64 " was used before, issued at %s: the "
                     "authority signed two",
                     found->number, instant_format(before->issued_at, at));
    return R_OK;
}

static enum reason judge(const char *store, const char *folder,
                         const struct registry *registry, bool remembers,
                         struct fault *why)
{
    AUTO(text) char *path = mem_print("%s.registry", store);
    struct memory before, found;
    TRY(describe(folder, registry, &found, why));
    TRY(recall(path, &before, why));
    TRY(compare(&before, &found, why));
    bool is_known = strcmp(before.authority, found.authority) == 0 &&
                    before.number == found.number;
    if (is_known || !remembers)
        return R_OK;
    AUTO(text)
    char *line = mem_print("%s %" PRId64 " %" PRId64 "\n", found.authority,
                           found.number, found.issued_at);
    return io_write(path, line, strlen(line), 0600, why);
}

enum reason registry_memory_check(const char *store, const char *folder,
                                  const struct registry *registry,
                                  struct fault *why)
{
    return judge(store, folder, registry, false, why);
}

enum reason registry_memory_put(const char *store, const char *folder,
                                const struct registry *registry,
                                struct fault *why)
{
    return judge(store, folder, registry, true, why);
}
