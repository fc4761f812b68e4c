/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A file gets its name by a second link, so that the same bytes can lie under
 * several names and none of them is ever half written.
 */
#include "broker-adapters/evidence/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"

enum { SOON_MS = 500 };

/* As handover.c names the letter itself. */
char *place_folder_name(const struct message *message, int64_t place)
{
    return mem_print("%s-%04lld-%s-%s.files", message_case(message),
                     (long long)place, message_type(message),
                     message_id(message));
}

char *place_root(const char *mailbox_path, const char *spool)
{
    AUTO(text) char *home = io_folder_of(mailbox_path);
    return *spool ? mem_print("%s/in", spool)
                  : mem_print("%s/evidence/in", home);
}

static char *draft_path(const char *root, const char *folder)
{
    return mem_print("%s/.%s.part", root, folder);
}

/* Where links do not work the file itself takes the name. */
static enum reason give_name(const char *from, const char *to,
                             struct fault *why)
{
    struct stat named, opened;
    if (link(from, to) == 0)
        return R_OK;
    if (errno == EEXIST) {
        if (stat(from, &opened) == 0 && stat(to, &named) == 0 &&
            opened.st_ino == named.st_ino && opened.st_dev == named.st_dev)
            return R_OK;
        if (unlink(to) == 0 && link(from, to) == 0)
            return R_OK;
    }
    if (rename(from, to) == 0)
        return R_OK;
    return fault_errno(why, R_DISK_FAILED, "name %s", to);
}

enum reason place_put(const char *root, const struct evidence_target *target,
                      const char *from, struct fault *why)
{
    AUTO(text) char *folder = target->time == EVIDENCE_LATE
                                  ? io_join(root, target->folder)
                                  : draft_path(root, target->folder);
    AUTO(text) char *path = io_join(folder, target->name);
    if (mkdir(folder, 0750) != 0 && errno != EEXIST)
        return fault_errno(why, R_DISK_FAILED, "mkdir %s", folder);
    TRY(give_name(from, path, why));
    TRY(io_sync_folder(folder, why));
    return io_sync_folder(root, why);
}

enum reason place_all(struct sql *mailbox, const char *root,
                      const struct transfer *transfer, const char *from,
                      instant now, bool *between, struct fault *why)
{
    *between = false;
    for (int64_t after = 0;;) {
        AUTO(evidence_target) struct evidence_target target = {0};
        TRY(evidence_in_target(mailbox, transfer, after, &target, why));
        if (target.row == 0)
            return evidence_in_mark(mailbox, transfer, "whole", now, why);
        after = target.row;
        *between = target.time == EVIDENCE_BETWEEN;
        if (*between)
            return evidence_in_pause(mailbox, transfer, now + SOON_MS, "", why);
        TRY(place_put(root, &target, from, why));
    }
}

enum reason place_reveal(const char *root, const char *folder,
                         struct fault *why)
{
    AUTO(text) char *draft = draft_path(root, folder);
    AUTO(text) char *path = io_join(root, folder);
    if (rename(draft, path) != 0 && errno != ENOENT)
        return fault_errno(why, R_DISK_FAILED, "reveal %s", path);
    return io_sync_folder(root, why);
}
