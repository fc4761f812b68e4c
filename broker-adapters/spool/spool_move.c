/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Moving and writing files of the spool. Every step may be done again after a
 * crash: what is moved or revealed already is left as it is.
 */
#include "broker-adapters/spool/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/encode.h"
#include "base/mem.h"
#include "broker-adapters/spool/spool_name.h"
#include "broker-adapters/spool/spool_state.h"

static bool is_there(int folder, const char *name)
{
    struct stat status;
    return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

static void make_other(const char *name, char target[SPOOL_TARGET_MAX])
{
    unsigned char bytes[6];
    char mark[2 * sizeof bytes + 1];
    random_fill(bytes, sizeof bytes);
    spool_name_mark(name, hex_format(bytes, sizeof bytes, mark), target,
                    SPOOL_TARGET_MAX);
}

void spool_target(const struct spool *spool, const char *folder,
                  const char *name, char target[SPOOL_TARGET_MAX])
{
    char clean[SPOOL_TARGET_MAX];
    int place = spool_folder(spool, folder);
    spool_name_clean(name, clean, sizeof clean);
    memcpy(target, clean, sizeof clean);
    while (is_there(place, target))
        make_other(clean, target);
}

/* Never over another file: one that came meanwhile keeps its name. */
static int rename_beside(int from, const char *name, int to, const char *target)
{
    if (renameat2(from, name, to, target, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno == EINVAL || errno == ENOSYS)
        return renameat(from, name, to, target);
    if (errno != EEXIST)
        return -1;
    char other[SPOOL_TARGET_MAX];
    make_other(target, other);
    return renameat(from, name, to, other);
}

static char *files_name(const char *name)
{
    const char *dot = strrchr(name, '.');
    size_t stem = dot ? (size_t)(dot - name) : strlen(name);
    return mem_print("%.*s.files", (int)stem, name);
}

/* The folder of files beside a letter, if there is one. */
static enum reason move_files(int from, const char *name, int to,
                              const char *target, struct fault *why)
{
    AUTO(text) char *files = files_name(name);
    AUTO(text) char *target_files = files_name(target);
    char other[SPOOL_TARGET_MAX];
    if (renameat(from, files, to, target_files) == 0 || errno == ENOENT ||
        errno == ENAMETOOLONG)
        return R_OK;
    bool taken = errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR;
    if (taken)
        make_other(target_files, other);
    if (taken && renameat(from, files, to, other) == 0)
        return R_OK;
    return fault_errno(why, R_DISK_FAILED, "move %s", files);
}

static enum reason move_with_jws(int from, const char *name, int to,
                                 const char *target, struct fault *why)
{
    AUTO(text) char *jws = mem_print("%s.jws", name);
    AUTO(text) char *target_jws = mem_print("%s.jws", target);
    TRY(move_files(from, name, to, target, why));
    if (renameat(from, jws, to, target_jws) != 0 && errno != ENOENT &&
        errno != ENAMETOOLONG)
        return fault_errno(why, R_DISK_FAILED, "move %s", target_jws);
    if (rename_beside(from, name, to, target) != 0 && errno != ENOENT)
        return fault_errno(why, R_DISK_FAILED, "move %s", target);
    return R_OK;
}

enum reason spool_move(struct spool *spool, const char *name,
                       const char *identity, const char *folder,
                       const char *target, struct fault *why)
{
    struct stat status;
    char found[SPOOL_IDENTITY_MAX];
    int out = spool->folders[SPOOL_OUT];
    if (fstatat(out, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? R_OK
                               : fault_errno(why, R_DISK_FAILED, "%s", target);
    spool_identity(&status, found);
    if (strcmp(found, identity) != 0)
        return R_OK;
    return move_with_jws(out, name, spool_folder(spool, folder), target, why);
}

enum reason spool_sync(struct spool *spool, struct fault *why)
{
    for (size_t i = 0; i < SPOOL_FOLDERS; i++)
        if (fsync(spool->folders[i]) != 0)
            return fault_errno(why, R_DISK_FAILED, "fsync %s",
                               spool_folders[i]);
    return R_OK;
}

enum reason spool_send_back(struct spool *spool, const char *name,
                            const char *target, struct fault *why)
{
    return move_with_jws(spool_folder(spool, "sent"), name,
                         spool_folder(spool, "refused"), target, why);
}

enum reason spool_write(struct spool *spool, const char *folder,
                        const char *name, const void *bytes, size_t size,
                        struct fault *why)
{
    AUTO(text) char *path = mem_print("%s/%s/%s", spool->path, folder, name);
    return io_write(path, bytes, size, 0640, why);
}

enum reason spool_draft(struct spool *spool, const char *folder,
                        const char *name, const void *bytes, size_t size,
                        struct fault *why)
{
    AUTO(text) char *draft = mem_print(".%s.part", name);
    int fd =
        openat(spool_folder(spool, folder), draft,
               O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
    if (fd < 0)
        return fault_errno(why, R_DISK_FAILED, "create %s/%s", folder, draft);
    enum reason reason = io_write_open(fd, draft, bytes, size, why);
    close(fd);
    return reason;
}

enum reason spool_reveal(struct spool *spool, const char *folder,
                         const char *name, struct fault *why)
{
    AUTO(text) char *draft = mem_print(".%s.part", name);
    int place = spool_folder(spool, folder);
    if (renameat(place, draft, place, name) != 0 && errno != ENOENT)
        return fault_errno(why, R_DISK_FAILED, "reveal %s/%s", folder, name);
    return R_OK;
}
