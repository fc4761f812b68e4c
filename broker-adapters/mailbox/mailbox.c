/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Opening the mailbox, the claim of the one running adapter, and the bell by
 * which commands wake it.
 *
 * The bell is a small file beside the store that is written and closed; the
 * adapter watches for that with inotify. The watch is on the folder, so that
 * it outlives the file.
 */
#include "broker-adapters/mailbox/mailbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/asset.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/sql_upgrade.h"
#include "broker-adapters/evidence/evidence_rows.h"
#include "broker-adapters/mailbox/csv_rows.h"
#include "broker-adapters/mailbox/table_rows.h"
#include "broker-adapters/mailbox/listing.h"

enum { MAILBOX_VERSION = 2, CLAIM_TRIES = 20, CLAIM_PAUSE_MS = 50 };

/* Tables that a connector makes for itself (csv_rows.c) have no number. */
static const struct sql_step steps[] = {
    {MAILBOX_VERSION, NULL, "broker-adapters/mailbox/mailbox_to_2.sql"},
};

enum reason mailbox_open(struct sql **out, const char *path, enum sql_mode mode,
                         struct fault *why)
{
    if (mode == SQL_CREATE) {
        AUTO(text) char *folder = io_folder_of(path);
        TRY(io_make_folder(folder, why));
    }
    AUTO(sql) struct sql *mailbox = NULL;
    if (mode != SQL_READ)
        TRY(sql_upgrade(path, steps, COUNT_OF(steps), why));
    TRY(sql_open(&mailbox, path, mode,
                 asset_get("broker-adapters/mailbox/mailbox.sql")->bytes,
                 MAILBOX_VERSION, why));
    if (mode == SQL_CREATE)
        TRY(csv_rows_open(mailbox, why));
    if (mode == SQL_CREATE)
        TRY(table_rows_open(mailbox, why));
    if (mode == SQL_CREATE)
        TRY(listing_open(mailbox, why));
    if (mode == SQL_CREATE)
        TRY(evidence_rows_open(mailbox, why));
    *out = TAKE(mailbox);
    return R_OK;
}

enum reason mailbox_end(struct sql *mailbox, enum reason reason,
                        struct fault *why)
{
    if (reason == R_OK)
        reason = sql_commit(mailbox, why);
    if (reason != R_OK)
        sql_rollback(mailbox);
    return reason;
}

const char *mailbox_text(const struct sql_rows *rows, int column)
{
    const char *text = sql_text(rows, column);
    return text ? text : "";
}

struct digest mailbox_digest(const struct sql_rows *rows, int column)
{
    struct digest digest = {0};
    size_t size;
    const void *bytes = sql_bytes(rows, column, &size);
    if (size == sizeof digest.bytes)
        memcpy(digest.bytes, bytes, size);
    return digest;
}

/* A process that was killed may hold its lock a moment longer. */
static bool lock_soon(int descriptor)
{
    for (int i = 0; flock(descriptor, LOCK_EX | LOCK_NB) != 0; i++) {
        if (errno != EWOULDBLOCK || i == CLAIM_TRIES)
            return false;
        (void)poll(NULL, 0, CLAIM_PAUSE_MS);
    }
    return true;
}

enum reason mailbox_claim(const char *path, int *descriptor, struct fault *why)
{
    AUTO(text) char *claim = mem_print("%s.claim", path);
    *descriptor = open(claim, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (*descriptor < 0)
        return fault_errno(why, R_DISK_FAILED, "open %s", claim);
    if (lock_soon(*descriptor))
        return R_OK;
    enum reason reason =
        errno == EWOULDBLOCK
            ? fault(why, R_STORE_BUSY, "another process runs on %s", path)
            : fault_errno(why, R_DISK_FAILED, "lock %s", claim);
    close(*descriptor);
    *descriptor = -1;
    return reason;
}

void mailbox_ring(const char *path)
{
    AUTO(text) char *bell = mem_print("%s.bell", path);
    int fd = open(bell, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0)
        close(fd);
}

enum reason mailbox_listen(const char *path, int *descriptor, struct fault *why)
{
    AUTO(text) char *folder = io_folder_of(path);
    *descriptor = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (*descriptor < 0)
        return fault_errno(why, R_SYSTEM_FAILED, "inotify");
    if (inotify_add_watch(*descriptor, folder, IN_CLOSE_WRITE) < 0) {
        close(*descriptor);
        return fault_errno(why, R_SYSTEM_FAILED, "watch %s", folder);
    }
    return R_OK;
}

bool mailbox_heard(int descriptor)
{
    char events[4096];
    bool heard = false;
    while (read(descriptor, events, sizeof events) > 0)
        heard = true;
    return heard;
}
