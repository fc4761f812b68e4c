/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Opening a package. Everything is judged in the order in which it can hurt:
 * the size, the seal, the signature of the cover, for whom it is, the sums,
 * then each file of the archive against its line. A name in the archive is
 * only ever compared with the one name that may stand there: nothing is
 * written under it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "broker-adapters/courier/package_parts.h"
#include "schemas/message.h"

static const int64_t package_ceiling = (int64_t)4 * 1024 * 1024 * 1024;

/* A stretch of the archive. */
struct stretch {
    int64_t at;
    size_t size;
};

struct item {
    struct stretch letter, jws;
    int64_t place;
    bool is_json;
};

struct courier_package {
    int archive; /* unsealed, without a name */
    int64_t at, end;
    struct cover cover;
    struct item *items;
};

static enum reason read_stretch(const struct courier_package *package,
                                struct stretch stretch, void *into,
                                struct fault *why)
{
    for (size_t done = 0; done < stretch.size;) {
        ssize_t got =
            pread(package->archive, (char *)into + done, stretch.size - done,
                  (off_t)(stretch.at + (int64_t)done));
        if (got < 0)
            return fault_errno(why, R_DISK_FAILED, "reading a package");
        if (got == 0)
            return fault(why, R_NOT_WELL_FORMED, "the archive ends early");
        done += (size_t)got;
    }
    return R_OK;
}

static enum reason read_text(const struct courier_package *package,
                             struct stretch stretch, struct buf *out,
                             struct fault *why)
{
    char *bytes = mem_new(1, stretch.size + 1);
    enum reason reason = read_stretch(package, stretch, bytes, why);
    if (reason == R_OK)
        buf_put(out, bytes, stretch.size);
    free(bytes);
    return reason;
}

/* The next file of the archive must be this one. */
static enum reason take_file(struct courier_package *package, const char *name,
                             size_t ceiling, struct stretch *out,
                             struct fault *why)
{
    unsigned char head[TAR_BLOCK];
    char found[TAR_NAME_MAX];
    int64_t size;
    TRY(read_stretch(package, (struct stretch){package->at, sizeof head}, head,
                     why));
    if (!tar_read_head(head, found, &size) || strcmp(found, name) != 0)
        return fault(why, R_NOT_WELL_FORMED, "the archive has no %s here",
                     name);
    if (size > (int64_t)ceiling)
        return fault(why, R_TOO_LARGE, "%s", name);
    *out = (struct stretch){package->at + TAR_BLOCK, (size_t)size};
    package->at += TAR_BLOCK + size + (int64_t)tar_padding((uint64_t)size);
    return package->at <= package->end
               ? R_OK
               : fault(why, R_NOT_WELL_FORMED, "%s ends early", name);
}

/* A line "SUM  NAME\n" of SHA256SUMS; moves behind it. */
static bool take_line(const char **at, const char *name, struct digest *digest)
{
    char sum[DIGEST_TEXT_MAX];
    size_t length = strlen(name);
    if (strnlen(*at, 2 * DIGEST_SIZE) < 2 * DIGEST_SIZE)
        return false;
    memcpy(sum, *at, 2 * DIGEST_SIZE);
    sum[2 * DIGEST_SIZE] = '\0';
    *at += 2 * DIGEST_SIZE;
    if (!digest_parse(sum, digest) || strncmp(*at, "  ", 2) != 0 ||
        strncmp(*at + 2, name, length) != 0 || (*at)[2 + length] != '\n')
        return false;
    *at += 2 + length + 1;
    return true;
}

/* A file that has its line, and the bytes that the line says. */
static enum reason take_summed(struct courier_package *package,
                               const char **line, const char *name,
                               struct stretch *out, struct fault *why)
{
    struct digest expected;
    AUTO(buf) struct buf bytes = {.ceiling = MESSAGE_CEILING};
    if (!take_line(line, name, &expected))
        return fault(why, R_NOT_WELL_FORMED, PACKAGE_SUMS " has no line for %s",
                     name);
    TRY(take_file(package, name, MESSAGE_CEILING, out, why));
    TRY(read_text(package, *out, &bytes, why));
    struct digest found =
        digest_of(DIGEST_SHA256, buf_text(&bytes), bytes.size);
    return digest_is_equal(&found, &expected)
               ? R_OK
               : fault(why, R_DIGEST_MISMATCH, "%s is another one", name);
}

/* What the line's name says: the place in its case, and the encoding. */
static bool read_name(const char *line, struct package_letter *out)
{
    enum { DIGITS_MAX = 15 };
    size_t before = 2 * DIGEST_SIZE + strlen("  letters/000000-");
    if (strnlen(line, before) < before)
        return false;
    const char *digits = line + before;
    size_t length = strspn(digits, "0123456789");
    if (length == 0 || length > DIGITS_MAX)
        return false;
    out->place = strtoll(digits, NULL, 10);
    out->is_json = strncmp(digits + length, ".json\n", 6) == 0;
    return true;
}

static enum reason take_letter(struct courier_package *package, size_t place,
                               const char **line, struct fault *why)
{
    struct package_letter said = {0};
    struct item *item = &package->items[place];
    char name[TAR_NAME_MAX];
    if (!read_name(*line, &said))
        return fault(why, R_NOT_WELL_FORMED,
                     PACKAGE_SUMS " has no line for letter %zu", place + 1);
    item->place = said.place;
    item->is_json = said.is_json;
    TRY(take_summed(package, line, courier_package_name(place, &said, "", name),
                    &item->letter, why));
    if (!item->is_json)
        return R_OK;
    return take_summed(package, line,
                       courier_package_name(place, &said, ".jws", name),
                       &item->jws, why);
}

static enum reason take_end(const struct courier_package *package,
                            struct fault *why)
{
    static const char zeros[TAR_END];
    char end[TAR_END];
    if (package->end - package->at != TAR_END)
        return fault(why, R_NOT_WELL_FORMED, "the archive goes on");
    TRY(read_stretch(package, (struct stretch){package->at, TAR_END}, end,
                     why));
    return memcmp(end, zeros, TAR_END) == 0
               ? R_OK
               : fault(why, R_NOT_WELL_FORMED, "the archive has no end");
}

static enum reason judge(struct courier_package *package,
                         const struct package_reader *reader, instant now,
                         struct fault *why)
{
    AUTO(buf) struct buf page = {.ceiling = COVER_CEILING};
    AUTO(buf) struct buf sums = {.ceiling = PACKAGE_SUMS_CEILING};
    struct cover *cover = &package->cover;
    struct stretch part;
    TRY(take_file(package, PACKAGE_COVER, COVER_CEILING, &part, why));
    TRY(read_text(package, part, &page, why));
    TRY(cover_read(cover, &page, reader->registry, now, why));
    if (strcmp(cover->to, reader->agency) != 0)
        return fault(why, R_NOT_FOR_US, "it is for '%s'", cover->to);
    TRY(take_file(package, PACKAGE_SUMS, PACKAGE_SUMS_CEILING, &part, why));
    TRY(read_text(package, part, &sums, why));
    struct digest digest = digest_of(DIGEST_SHA256, buf_text(&sums), sums.size);
    if (!digest_is_equal(&digest, &cover->sums))
        return fault(why, R_DIGEST_MISMATCH, PACKAGE_SUMS);
    package->items = mem_new(cover->letters + 1, sizeof *package->items);
    const char *line = buf_text(&sums);
    for (size_t i = 0; i < cover->letters; i++)
        TRY(take_letter(package, i, &line, why));
    if (*line)
        return fault(why, R_NOT_WELL_FORMED, PACKAGE_SUMS " goes on");
    return take_end(package, why);
}

static enum reason open_scratch(const char *folder, int *out, struct fault *why)
{
    AUTO(text) char *path = mem_print("%s/.courier.XXXXXX", folder);
    *out = mkostemp(path, O_CLOEXEC);
    if (*out < 0)
        return fault_errno(why, R_DISK_FAILED, "%s", path);
    (void)unlink(path);
    return R_OK;
}

/* What was sealed before a renewal opens with the key of before. */
static enum reason open_seal(const struct package_reader *reader, int sealed,
                             int into, struct fault *why)
{
    struct fault found = {0};
    enum reason reason = envelope_open(reader->key, sealed, into, &found);
    if (reason == R_NOT_FOR_US && reader->former)
        return envelope_open(reader->former, sealed, into, why);
    return reason == R_OK ? R_OK : fault(why, reason, "%s", found.text);
}

static enum reason unseal(struct courier_package *package, const char *path,
                          const struct package_reader *reader,
                          struct fault *why)
{
    int sealed = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    if (sealed < 0)
        return fault_errno(why, R_NO_FILE, "%s", path);
    enum reason reason = R_OK;
    if (fstat(sealed, &status) != 0 || !S_ISREG(status.st_mode))
        reason = fault(why, R_NO_FILE, "%s is not a file", path);
    else if (status.st_size > package_ceiling)
        reason = fault(why, R_TOO_LARGE, "%s", path);
    else
        reason = open_seal(reader, sealed, package->archive, why);
    close(sealed);
    TRY(reason);
    package->end = lseek(package->archive, 0, SEEK_END);
    return R_OK;
}

enum reason courier_package_open(struct courier_package **out, const char *path,
                                 const struct package_reader *reader,
                                 instant now, struct fault *why)
{
    AUTO(courier_package) struct courier_package *package =
        mem_new(1, sizeof *package);
    package->archive = -1;
    TRY(open_scratch(reader->scratch, &package->archive, why));
    TRY(unseal(package, path, reader, why));
    TRY(judge(package, reader, now, why));
    *out = TAKE(package);
    return R_OK;
}

void courier_package_close(struct courier_package *package)
{
    if (!package)
        return;
    if (package->archive >= 0)
        close(package->archive);
    free(package->items);
    free(package);
}

const struct cover *courier_package_cover(const struct courier_package *package)
{
    return &package->cover;
}

enum reason courier_package_letter(const struct courier_package *package,
                                   size_t place, struct package_letter *out,
                                   struct fault *why)
{
    const struct item *item = &package->items[place];
    out->is_json = item->is_json;
    out->place = item->place;
    out->size = item->letter.size;
    out->bytes = mem_new(1, item->letter.size + 1);
    out->jws = mem_new(1, item->jws.size + 1);
    TRY(read_stretch(package, item->letter, out->bytes, why));
    return read_stretch(package, item->jws, out->jws, why);
}
