/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading one file of out/ that may be anything: a link, a pipe, a device, a
 * file that is huge, unreadable or still being written.
 *
 * Nothing here waits: what is opened was looked at first, without following
 * links, and O_NONBLOCK covers the moment between. A read lease is granted by
 * the kernel only while nobody has the file open for writing; it is given
 * back at once, and the file is compared before and after reading.
 */
#include "broker-adapters/spool/spool_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/language.h"
#include "base/mem.h"

enum { JWS_CEILING = 8192 };

void spool_identity(const struct stat *status,
                    char identity[SPOOL_IDENTITY_MAX])
{
    snprintf(identity, SPOOL_IDENTITY_MAX, "%llx:%llx:%llx:%llx.%lx",
             (unsigned long long)status->st_dev,
             (unsigned long long)status->st_ino,
             (unsigned long long)status->st_size,
             (unsigned long long)status->st_mtim.tv_sec,
             (unsigned long)status->st_mtim.tv_nsec);
}

/* Keeps the fault as the file's, not as a failure of ours. */
static enum spool_state refuse(struct spool_file *file, enum reason reason,
                               const char *zh, const char *en)
{
    (void)fault(&file->fault, reason, "%s", say(zh, en));
    return SPOOL_TAKEN;
}

enum writer { WRITER_NONE, WRITER_BUSY, WRITER_UNKNOWN };

static enum writer find_writer(int fd)
{
    if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
        (void)fcntl(fd, F_SETLEASE, F_UNLCK);
        return WRITER_NONE;
    }
    return errno == EAGAIN ? WRITER_BUSY : WRITER_UNKNOWN;
}

/* Up to the ceiling: what is larger is full, which is no failure here. */
static bool read_whole(int fd, struct buf *out)
{
    enum reason reason = io_read_open(fd, "", out, NULL);
    return reason == R_OK || reason == R_TOO_LARGE;
}

static enum spool_state read_open(int fd, struct spool_file *file)
{
    struct stat status;
    char before[SPOOL_IDENTITY_MAX];
    enum writer writer = find_writer(fd);
    if (writer == WRITER_BUSY || (writer == WRITER_UNKNOWN && !file->settled))
        return SPOOL_GROWING;
    if (fstat(fd, &status) != 0)
        return SPOOL_GROWING;
    spool_identity(&status, before);
    if (strcmp(before, file->identity) != 0)
        return SPOOL_GROWING;
    if (status.st_size > SPOOL_FILE_CEILING)
        return refuse(file, R_TOO_LARGE, "文件超过 1 MiB",
                      "the file is larger than 1 MiB");
    if (!read_whole(fd, &file->bytes) || fstat(fd, &status) != 0)
        return refuse(file, R_DISK_FAILED, "无法读取", "cannot be read");
    spool_identity(&status, before);
    return strcmp(before, file->identity) == 0 ? SPOOL_TAKEN : SPOOL_GROWING;
}

static enum spool_state read_letter(int folder, struct spool_file *file)
{
    int fd = openat(folder, file->name,
                    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 && (errno == ENOENT || errno == EMFILE || errno == ENFILE))
        return SPOOL_NO_LETTER;
    if (fd < 0 && !file->settled)
        return SPOOL_GROWING;
    if (fd < 0)
        return refuse(file, R_NO_FILE, "文件无法打开（权限？）",
                      "the file cannot be opened (permissions?)");
    enum spool_state state = read_open(fd, file);
    close(fd);
    return state;
}

/* The detached signature beside a JSON letter, if there is one. */
static enum spool_state read_beside(int folder, struct spool_file *file)
{
    AUTO(text) char *name = mem_print("%s.jws", file->name);
    struct stat status;
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return SPOOL_TAKEN;
    file->jws.ceiling = JWS_CEILING;
    int fd = openat(folder, name,
                    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    bool good = fd >= 0 && S_ISREG(status.st_mode) &&
                read_whole(fd, &file->jws) && !file->jws.full;
    if (fd >= 0)
        close(fd);
    while (file->jws.size &&
           strchr("\r\n", file->jws.bytes[file->jws.size - 1]))
        file->jws.bytes[--file->jws.size] = '\0';
    return good ? SPOOL_TAKEN
                : refuse(file, R_SIGNATURE_PROFILE, "签名文件 .jws 无法使用",
                         "the .jws file beside it cannot be used");
}

enum spool_state spool_examine(const struct spool *spool,
                               struct spool_file *file)
{
    int folder = spool->folders[SPOOL_OUT];
    struct stat status;
    if (fstatat(folder, file->name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
        S_ISDIR(status.st_mode))
        return SPOOL_NO_LETTER;
    spool_identity(&status, file->identity);
    if (!S_ISREG(status.st_mode))
        return refuse(file, R_NO_FILE, "不是普通文件（链接、管道或设备）",
                      "not a regular file (a link, a pipe or a device)");
    for (size_t i = 0; i < spool->waiting_count; i++) {
        const struct spool_waiting *entry = &spool->waiting[i];
        if (strcmp(entry->name, file->name) == 0 &&
            strcmp(entry->identity, file->identity) == 0)
            file->settled = spool->now - entry->since >= SPOOL_SETTLED_MS;
    }
    enum spool_state state = read_letter(folder, file);
    if (state != SPOOL_TAKEN || file->fault.reason != R_OK)
        return state;
    return read_beside(folder, file);
}
