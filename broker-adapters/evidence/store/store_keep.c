/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the store does by itself: the digest of a file that has come whole, in
 * slices; deletion of what all have received, of what nobody fetched in time,
 * and of what its sender never finished. A file is deleted before its row says
 * so: after a crash it is deleted again.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "broker-adapters/evidence/store/store_state.h"

enum { SLICE = 8 * 1024 * 1024, PIECE = 256 * 1024, LOOK_MS = 20 * 1000 };

bool store_has_room(const struct store *store, int64_t bytes)
{
    struct statvfs disk;
    if (statvfs(store->settings.folder, &disk) != 0)
        return false;
    int64_t left = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
    return left - store->settings.reserve > bytes;
}

static enum reason mark_gone(struct store *store, const struct store_row *row,
                             const char *gone_why, instant now,
                             struct fault *why)
{
    TRY(store_rows_mark(store->db, row->row, STORE_GONE, gone_why, now, why));
    return store_log_put(store->db, now, "deleted", &row->transfer, gone_why,
                         why);
}

enum reason store_delete(struct store *store, const struct store_row *row,
                         const char *gone_why, instant now, struct fault *why)
{
    AUTO(text) char *path = store_path(store, &row->transfer);
    store_forget(store, row->row);
    if (unlink(path) != 0 && errno != ENOENT)
        return fault_errno(why, R_DISK_FAILED, "delete %s", path);
    STORE_CHANGE(store, mark_gone(store, row, gone_why, now, why), why);
    log_event(LOG_INFO, "evidence of letter %s of %s deleted: %s",
              row->transfer.letter, row->transfer.sender, gone_why);
    return R_OK;
}

/* --- digests ---------------------------------------------------------------
 */

struct telling {
    struct store *store;
    const struct store_row *row;
};

static enum reason tell_one(void *context, const char *agency, bool has,
                            struct fault *why)
{
    struct telling *telling = context;
    return has ? R_OK
               : store_say_whole(telling->store, agency, telling->row, why);
}

static enum reason mark_whole(struct store *store, const struct store_row *row,
                              instant now, struct fault *why)
{
    TRY(store_rows_mark(store->db, row->row, STORE_WHOLE, "", now, why));
    return store_log_put(store->db, now, "whole", &row->transfer, "", why);
}

/* Sender and receivers hear of it; whoever is away asks when it is back. */
static enum reason is_whole(struct store *store, const struct store_row *row,
                            instant now, struct fault *why)
{
    struct telling telling = {store, row};
    STORE_CHANGE(store, mark_whole(store, row, now, why), why);
    log_event(LOG_INFO, "evidence of letter %s of %s is whole: %lld bytes",
              row->transfer.letter, row->transfer.sender,
              (long long)row->total);
    TRY(store_say_whole(store, row->transfer.sender, row, why));
    return store_rows_each_receiver(store->db, row->row, tell_one, &telling,
                                    why);
}

static enum reason is_broken(struct store *store, const struct store_row *row,
                             instant now, struct fault *why)
{
    log_event(LOG_ERROR, "evidence of letter %s of %s is not what was offered",
              row->transfer.letter, row->transfer.sender);
    TRY(store_delete(store, row, "stalled", now, why));
    return store_say(store, row->transfer.sender, WORD_REFUSED, &row->transfer,
                     0, reason_code(R_DIGEST_MISMATCH), why);
}

static enum reason read_slice(struct store *store, struct fault *why)
{
    static unsigned char piece[PIECE];
    AUTO(text) char *path = store_path(store, &store->checked.transfer);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT) { /* an operator deleted it */
        store->checked_to = store->checked.total;
        return R_OK;
    }
    if (fd < 0)
        return fault_errno(why, R_DISK_FAILED, "open %s", path);
    ssize_t size = 1;
    for (int64_t end = store->checked_to + SLICE;
         size > 0 && store->checked_to < end;) {
        size = pread(fd, piece, sizeof piece, store->checked_to);
        if (size > 0)
            digest_run_put(store->digest, piece, (size_t)size);
        store->checked_to += size > 0 ? size : 0;
    }
    close(fd);
    if (size < 0)
        return fault_errno(why, R_DISK_FAILED, "read %s", path);
    if (size == 0)
        store->checked_to = store->checked.total;
    return R_OK;
}

static enum reason check_slice(struct store *store, instant now, bool *busy,
                               struct fault *why)
{
    if (!store->checked.row) {
        TRY(store_rows_next(store->db, STORE_CHECKING, 0, &store->checked,
                            why));
        if (!store->checked.row)
            return R_OK;
        digest_run_free(store->digest);
        store->digest = digest_run_new(DIGEST_SHA256);
        store->checked_to = 0;
    }
    *busy = true;
    TRY(read_slice(store, why));
    if (store->checked_to < store->checked.total)
        return R_OK;
    struct store_row row = store->checked;
    struct digest found = digest_run_end(store->digest);
    store->checked = (struct store_row){0};
    return digest_is_equal(&found, &row.sealed)
               ? is_whole(store, &row, now, why)
               : is_broken(store, &row, now, why);
}

/* --- time ------------------------------------------------------------------
 */

static enum reason delete_overdue(struct store *store, instant now,
                                  struct fault *why)
{
    const struct store_settings *settings = &store->settings;
    for (;;) {
        struct store_row row;
        TRY(store_rows_overdue(store->db, now - settings->kept_ms,
                               now - settings->stalled_ms, &row, why));
        if (row.row == 0)
            return R_OK;
        TRY(store_delete(store, &row,
                         row.state == STORE_OPEN ? "stalled" : "expired", now,
                         why));
    }
}

enum reason store_keep_turn(struct store *store, instant now, bool *busy,
                            struct fault *why)
{
    if (now >= store->next_look) {
        store->next_look = now + LOOK_MS;
        TRY(delete_overdue(store, now, why));
    }
    return check_slice(store, now, busy, why);
}
