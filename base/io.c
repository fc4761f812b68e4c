/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

enum reason io_read_open(int descriptor, const char *path, struct buf *out,
                         struct fault *why)
{
    char piece[65536];
    ssize_t size;
    while ((size = read(descriptor, piece, sizeof piece)) != 0) {
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return fault_errno(why, R_DISK_FAILED, "read %s", path);
        buf_put(out, piece, (size_t)size);
        if (out->full)
            return buf_check(out, why);
    }
    return R_OK;
}

enum reason io_read(const char *path, struct buf *out, struct fault *why)
{
    if (strcmp(path, "-") == 0)
        return io_read_open(STDIN_FILENO, "standard input", out, why);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return fault_errno(why, R_NO_FILE, "%s", path);
    enum reason reason = io_read_open(fd, path, out, why);
    close(fd);
    return reason;
}

static bool write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t done = write(fd, bytes, size);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        bytes += done;
        size -= (size_t)done;
    }
    return true;
}

enum reason io_write_open(int descriptor, const char *path, const void *bytes,
                          size_t size, struct fault *why)
{
    if (write_all(descriptor, bytes, size) && fsync(descriptor) == 0)
        return R_OK;
    return fault_errno(why, R_DISK_FAILED, "write %s", path);
}

enum reason io_sync_folder(const char *path, struct fault *why)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fault_errno(why, R_DISK_FAILED, "open %s", path);
    int failed = fsync(fd);
    close(fd);
    return failed ? fault_errno(why, R_DISK_FAILED, "fsync %s", path) : R_OK;
}

static enum reason sync_folder_of(const char *path, struct fault *why)
{
    AUTO(text) char *folder = io_folder_of(path);
    return io_sync_folder(folder, why);
}

enum reason io_write(const char *path, const void *bytes, size_t size,
                     unsigned mode, struct fault *why)
{
    AUTO(text) char *folder = io_folder_of(path);
    AUTO(text) char *draft =
        mem_print("%s/.%s.XXXXXX", folder, io_name_of(path));
    int fd = mkostemp(draft, O_CLOEXEC);
    if (fd < 0)
        return fault_errno(why, R_DISK_FAILED, "create %s", draft);
    enum reason reason =
        fchmod(fd, mode) == 0
            ? io_write_open(fd, path, bytes, size, why)
            : fault_errno(why, R_DISK_FAILED, "mode of %s", path);
    close(fd);
    if (reason == R_OK && rename(draft, path) != 0)
        reason = fault_errno(why, R_DISK_FAILED, "write %s", path);
    if (reason == R_OK)
        return io_sync_folder(folder, why);
    unlink(draft);
    return reason;
}

static enum reason make_one_folder(const char *path, struct fault *why)
{
    struct stat status;
    if (mkdir(path, 0700) == 0)
        return R_OK;
    if (errno == EEXIST && stat(path, &status) == 0)
        errno = S_ISDIR(status.st_mode) ? 0 : ENOTDIR;
    return errno ? fault_errno(why, R_DISK_FAILED, "mkdir %s", path) : R_OK;
}

enum reason io_make_folder(const char *path, struct fault *why)
{
    AUTO(text) char *part = mem_text(path);
    for (char *end = strchr(part, '/'); end; end = strchr(end + 1, '/')) {
        *end = '\0';
        if (*part)
            TRY(make_one_folder(part, why));
        *end = '/';
    }
    return make_one_folder(part, why);
}

enum reason io_move(const char *from, const char *to, struct fault *why)
{
    if (rename(from, to) != 0)
        return fault_errno(why, R_DISK_FAILED, "move %s to %s", from, to);
    TRY(sync_folder_of(to, why));
    return sync_folder_of(from, why);
}

bool io_exists(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0;
}

char *io_join(const char *folder, const char *name)
{
    if (name[0] == '/' || strcmp(folder, ".") == 0)
        return mem_text(name);
    return mem_print("%s/%s", folder, name);
}

char *io_folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return mem_text(".");
    return mem_copy(path, slash == path ? 1 : (size_t)(slash - path));
}

const char *io_name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

enum reason io_list(const char *folder, struct io_names *out, struct fault *why)
{
    DIR *stream = opendir(folder);
    if (!stream)
        return fault_errno(why, R_NO_FILE, "%s", folder);
    struct dirent *entry;
    while ((entry = readdir(stream))) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
            continue;
        out->names = mem_resize(out->names, out->count + 1, sizeof *out->names);
        out->names[out->count++] = mem_text(entry->d_name);
    }
    closedir(stream);
    if (out->count)
        qsort(out->names, out->count, sizeof *out->names, compare_names);
    return R_OK;
}

void io_names_done(struct io_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->names[i]);
    free(names->names);
    *names = (struct io_names){0};
}

void text_auto(char **text)
{
    free(*text);
}
