/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The disk is written to while the bytes come, so that the last sync of a film
 * takes no longer than that of a photograph: whoever else the thread serves
 * does not wait for it.
 */
#include "broker-adapters/adapter/attachment_draft.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"

static const char prefix[] = ".put-";

enum { STRETCH = 4 * 1024 * 1024 }; /* between two looks at the disk */

struct attachment_draft {
    char *folder, *path;
    int descriptor;
    int64_t size, looked_at;
    struct digest_run *sha256, *sm3;
};

static char *folder_beside(const char *mailbox_path)
{
    AUTO(text) char *home = io_folder_of(mailbox_path);
    return mem_print("%s/attachments", home);
}

static enum reason check_space(const char *folder, int64_t wanted,
                               struct fault *why)
{
    struct statvfs disk;
    if (statvfs(folder, &disk) != 0)
        return fault_errno(why, R_DISK_FAILED, "%s", folder);
    int64_t left = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
    return left - ((int64_t)ATTACHMENT_RESERVE_MB << 20) >= wanted
               ? R_OK
               : fault(why, R_DISK_FULL, "%lld MB left",
                       (long long)(left >> 20));
}

enum reason attachment_draft_new(struct attachment_draft **out,
                                 const char *mailbox_path, int64_t size,
                                 struct fault *why)
{
    char id[UUID_TEXT_MAX];
    if (size > ATTACHMENT_CEILING)
        return fault(why, R_TOO_LARGE, "%lld bytes, at most %lld",
                     (long long)size, (long long)ATTACHMENT_CEILING);
    AUTO(attachment_draft) struct attachment_draft *draft =
        mem_new(1, sizeof *draft);
    draft->descriptor = -1;
    draft->folder = folder_beside(mailbox_path);
    TRY(io_make_folder(draft->folder, why));
    TRY(check_space(draft->folder, size, why));
    AUTO(text) char *path =
        mem_print("%s/%s%s", draft->folder, prefix, uuid_new(0, id));
    draft->descriptor =
        open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (draft->descriptor < 0)
        return fault_errno(why, R_DISK_FAILED, "%s", path);
    draft->path = TAKE(path);
    draft->sha256 = digest_run_new(DIGEST_SHA256);
    draft->sm3 = digest_run_new(DIGEST_SM3);
    *out = TAKE(draft);
    return R_OK;
}

void attachment_draft_free(struct attachment_draft *draft)
{
    if (!draft)
        return;
    if (draft->descriptor >= 0)
        close(draft->descriptor);
    if (draft->path)
        (void)unlink(draft->path);
    digest_run_free(draft->sha256);
    digest_run_free(draft->sm3);
    free(draft->folder);
    free(draft->path);
    free(draft);
}

static enum reason write_all(const struct attachment_draft *draft,
                             const char *bytes, size_t size, struct fault *why)
{
    while (size > 0) {
        ssize_t done = write(draft->descriptor, bytes, size);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return fault_errno(why,
                               errno == ENOSPC || errno == EDQUOT
                                   ? R_DISK_FULL
                                   : R_DISK_FAILED,
                               "%s", draft->path);
        bytes += done;
        size -= (size_t)done;
    }
    return R_OK;
}

enum reason attachment_draft_put(struct attachment_draft *draft,
                                 const void *bytes, size_t size,
                                 struct fault *why)
{
    TRY(write_all(draft, bytes, size, why));
    digest_run_put(draft->sha256, bytes, size);
    digest_run_put(draft->sm3, bytes, size);
    draft->size += (int64_t)size;
    if (draft->size - draft->looked_at < STRETCH)
        return R_OK;
    (void)sync_file_range(draft->descriptor, draft->looked_at, 0,
                          SYNC_FILE_RANGE_WRITE);
    draft->looked_at = draft->size;
    return check_space(draft->folder, 0, why);
}

static enum reason give_name(struct attachment_draft *draft, const char *sha256,
                             struct fault *why)
{
    AUTO(text) char *path = io_join(draft->folder, sha256);
    if (fsync(draft->descriptor) != 0)
        return fault_errno(why, R_DISK_FAILED, "fsync %s", draft->path);
    return io_move(draft->path, path, why);
}

enum reason attachment_draft_keep(struct attachment_draft *draft,
                                  const struct digest *sha256,
                                  struct attachment_known *out,
                                  struct fault *why)
{
    char text[DIGEST_TEXT_MAX];
    *out = (struct attachment_known){.sha256 = digest_run_end(draft->sha256),
                                     .sm3 = digest_run_end(draft->sm3),
                                     .size = draft->size};
    if (!digest_is_equal(&out->sha256, sha256))
        return fault(why, R_DIGEST_MISMATCH, "%lld bytes of SHA-256 %s",
                     (long long)out->size, digest_format(&out->sha256, text));
    return draft->size == 0
               ? R_OK
               : give_name(draft, digest_format(sha256, text), why);
}

bool attachment_is_kept(const char *mailbox_path, const struct digest *sha256,
                        int64_t size)
{
    char name[DIGEST_TEXT_MAX];
    struct stat status;
    AUTO(text) char *folder = folder_beside(mailbox_path);
    AUTO(text) char *path = io_join(folder, digest_format(sha256, name));
    return size == 0 || (lstat(path, &status) == 0 && S_ISREG(status.st_mode) &&
                         status.st_size == size);
}

enum reason attachment_drafts_clear(const char *mailbox_path, struct fault *why)
{
    AUTO(text) char *folder = folder_beside(mailbox_path);
    AUTO(io_names) struct io_names names = {0};
    TRY(io_list(folder, &names, why));
    for (size_t i = 0; i < names.count; i++) {
        AUTO(text) char *path = io_join(folder, names.names[i]);
        if (strncmp(names.names[i], prefix, strlen(prefix)) == 0)
            (void)unlink(path);
    }
    return R_OK;
}
