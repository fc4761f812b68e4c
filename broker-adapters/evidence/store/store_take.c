/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Files that come. Bytes are taken in their place only, each chunk with its
 * digest; what is missing is asked for once ("go"), what is there already is
 * passed over. `written` runs ahead of what is durable; after a crash the
 * file is cut back to what its row says, and the sender goes on from there.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "broker-adapters/evidence/store/store_state.h"
#include "schemas/message.h"

enum {
    GOT_STEP = TRANSFER_WINDOW / 4,
    SYNC_STEP = 32 * 1024 * 1024,
    SYNC_MS = 2000
};

static enum reason sync_slot(struct store *store, struct store_slot *slot,
                             instant now, struct fault *why)
{
    if (slot->written == slot->row.have)
        return R_OK;
    if (fdatasync(slot->fd) != 0)
        return fault_errno(why, R_DISK_FAILED, "sync %s",
                           slot->row.transfer.letter);
    slot->row.have = slot->written;
    slot->synced_at = now;
    STORE_CHANGE(
        store,
        store_rows_have(store->db, slot->row.row, slot->written, now, why),
        why);
    return R_OK;
}

static void free_slot(struct store_slot *slot)
{
    close(slot->fd);
    *slot = (struct store_slot){0};
}

void store_forget(struct store *store, int64_t row)
{
    for (size_t i = 0; i < STORE_SLOTS; i++)
        if (store->slots[i].row.row && store->slots[i].row.row == row)
            free_slot(&store->slots[i]);
}

void store_take_close(struct store *store)
{
    struct fault why = {0};
    for (size_t i = 0; i < STORE_SLOTS; i++) {
        struct store_slot *slot = &store->slots[i];
        if (!slot->row.row)
            continue;
        if (sync_slot(store, slot, instant_now(), &why) != R_OK)
            log_fault(LOG_WARN, "evidence", &why);
        free_slot(slot);
    }
}

/* A free one, or the one that was used longest ago. */
static enum reason take_slot(struct store *store, instant now,
                             struct store_slot **out, struct fault *why)
{
    struct store_slot *oldest = &store->slots[0];
    for (size_t i = 0; i < STORE_SLOTS && oldest->row.row; i++)
        if (!store->slots[i].row.row ||
            store->slots[i].used_at < oldest->used_at)
            oldest = &store->slots[i];
    *out = oldest;
    if (!oldest->row.row)
        return R_OK;
    TRY(sync_slot(store, oldest, now, why));
    free_slot(oldest);
    return R_OK;
}

static enum reason open_slot(struct store *store, const struct store_row *row,
                             instant now, struct store_slot **out,
                             struct fault *why)
{
    struct stat status;
    AUTO(text) char *path = store_path(store, &row->transfer);
    AUTO(text) char *folder = io_folder_of(path);
    TRY(take_slot(store, now, out, why));
    TRY(io_make_folder(folder, why));
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 || fstat(fd, &status) != 0) {
        enum reason reason = fault_errno(why, R_DISK_FAILED, "open %s", path);
        if (fd >= 0)
            close(fd);
        return reason;
    }
    int64_t have = status.st_size < row->have ? status.st_size : row->have;
    if (ftruncate(fd, have) != 0) {
        enum reason reason = fault_errno(why, R_DISK_FAILED, "cut %s", path);
        close(fd);
        return reason;
    }
    **out = (struct store_slot){.row = *row,
                                .fd = fd,
                                .written = have,
                                .told = have,
                                .used_at = now,
                                .synced_at = now};
    (*out)->row.have = have;
    return R_OK;
}

/* NULL if it is not open here. */
static enum reason find_slot(struct store *store,
                             const struct transfer *transfer, instant now,
                             struct store_slot **out, struct fault *why)
{
    struct store_row row;
    for (size_t i = 0; i < STORE_SLOTS; i++) {
        *out = &store->slots[i];
        if ((*out)->row.row &&
            transfer_is_equal(&(*out)->row.transfer, transfer)) {
            (*out)->used_at = now;
            return R_OK;
        }
    }
    *out = NULL;
    TRY(store_rows_find(store->db, transfer, &row, why));
    if (row.row == 0 || row.state != STORE_OPEN)
        return R_OK;
    return open_slot(store, &row, now, out, why);
}

/* --- offers ----------------------------------------------------------------
 */

/* What a seal may add: its head, and a frame around each piece. */
static int64_t sealed_most(int64_t size)
{
    return size + size / 16 + 1024 * 1024;
}

static enum reason allow_all(struct store *store, const struct store_row *row,
                             const struct message *letter, struct fault *why)
{
    for (size_t i = 0; i < message_to_count(letter); i++)
        TRY(store_rows_allow(store->db, row->row, message_to(letter, i), why));
    for (size_t i = 0; i < message_copy_count(letter); i++)
        TRY(store_rows_allow(store->db, row->row, message_copy(letter, i),
                             why));
    return R_OK;
}

static enum reason put_row(struct store *store, struct store_row *row,
                           const struct message *letter, instant now,
                           struct fault *why)
{
    char sealed[DIGEST_TEXT_MAX];
    AUTO(text) char *detail =
        mem_print("size=%lld sealed=%s", (long long)row->total,
                  digest_format(&row->sealed, sealed));
    TRY(store_rows_put(store->db, row, now, why));
    TRY(allow_all(store, row, letter, why));
    return store_log_put(store->db, now, "opened", &row->transfer, detail, why);
}

/* Whether the ledger and the disk let it in; R_STORE_BUSY: not now. */
static enum reason judge_offer(struct store *store, const struct word *word,
                               struct store_claim *claim, struct fault *why)
{
    int64_t used;
    TRY(store_claim_find(store, &word->transfer, claim, why));
    if (word->number <= 0 || word->number > sealed_most(claim->size) ||
        word->number > store->settings.quota)
        return fault(why, R_TOO_LARGE, "%lld sealed bytes",
                     (long long)word->number);
    TRY(store_rows_used(store->db, word->transfer.sender, &used, why));
    if (used + word->number > store->settings.quota ||
        !store_has_room(store, word->number))
        return fault(why, R_STORE_BUSY, "no room for %lld bytes of %s",
                     (long long)word->number, word->transfer.sender);
    return R_OK;
}

static enum reason admit(struct store *store, const struct word *word,
                         instant now, struct fault *why)
{
    struct fault found = {0};
    AUTO(store_claim) struct store_claim claim = {0};
    const struct transfer *transfer = &word->transfer;
    enum reason reason = judge_offer(store, word, &claim, &found);
    if (reason == R_NOT_FOUND || reason == R_STORE_BUSY)
        return store_say(store, transfer->sender, WORD_WAIT, transfer, 0,
                         reason_code(reason), why);
    if (reason_class(reason) == REASON_REFUSE)
        return store_say(store, transfer->sender, WORD_REFUSED, transfer, 0,
                         reason_code(reason), why);
    if (reason != R_OK)
        return fault(why, reason, "%s", found.text);
    struct store_row row = {
        .transfer = *transfer, .total = word->number, .sealed = word->digest};
    AUTO(text) char *path = store_path(store, transfer);
    (void)unlink(path);
    STORE_CHANGE(store, put_row(store, &row, claim.letter, now, why), why);
    return store_say(store, transfer->sender, WORD_GO, transfer, 0, NULL, why);
}

static enum reason end_of_file(struct store *store, struct store_slot *slot,
                               instant now, struct fault *why)
{
    int64_t row = slot->row.row;
    TRY(sync_slot(store, slot, now, why));
    free_slot(slot);
    STORE_CHANGE(store,
                 store_rows_mark(store->db, row, STORE_CHECKING, "", now, why),
                 why);
    return R_OK;
}

static enum reason go_on(struct store *store, const struct transfer *transfer,
                         instant now, struct fault *why)
{
    struct store_slot *slot;
    TRY(find_slot(store, transfer, now, &slot, why));
    if (!slot)
        return R_OK;
    slot->told = slot->written;
    slot->has_gap = false;
    if (slot->written == slot->row.total) { /* we died just before saying so */
        int64_t total = slot->row.total;
        TRY(end_of_file(store, slot, now, why));
        return store_say(store, transfer->sender, WORD_GOT, transfer, total,
                         NULL, why);
    }
    return store_say(store, transfer->sender, WORD_GO, transfer, slot->written,
                     NULL, why);
}

enum reason store_offered(struct store *store, const char *agency,
                          const struct word *word, instant now,
                          struct fault *why)
{
    struct store_row row;
    const struct transfer *transfer = &word->transfer;
    if (strcmp(agency, transfer->sender) != 0)
        return R_OK;
    TRY(store_rows_find(store->db, transfer, &row, why));
    bool is_gone = row.state == STORE_GONE;
    if (row.row == 0 || (is_gone && strcmp(row.gone_why, "stalled") == 0))
        return admit(store, word, now, why);
    if (is_gone && strcmp(row.gone_why, "received") != 0)
        return store_say(store, agency, WORD_REFUSED, transfer, 0,
                         reason_code(R_NOT_FOUND), why);
    if (is_gone || row.state == STORE_WHOLE)
        return store_say_whole(store, agency, &row, why);
    if (row.state == STORE_CHECKING)
        return store_say(store, agency, WORD_GOT, transfer, row.total, NULL,
                         why);
    if (row.total == word->number &&
        digest_is_equal(&row.sealed, &word->digest))
        return go_on(store, transfer, now, why);
    store_forget(store, row.row); /* sealed anew: the old bytes are no use */
    return admit(store, word, now, why);
}

/* --- chunks ----------------------------------------------------------------
 */

static enum reason no_room(struct store *store, struct store_slot *slot,
                           struct fault *why)
{
    struct transfer transfer = slot->row.transfer;
    int64_t have = slot->row.have;
    log_event(LOG_ERROR, "no room for evidence of letter %s: %s",
              transfer.letter, strerror(errno));
    free_slot(slot); /* what was not durable is cut off */
    return store_say(store, transfer.sender, WORD_WAIT, &transfer, have,
                     reason_code(R_STORE_BUSY), why);
}

static enum reason gap(struct store *store, struct store_slot *slot,
                       struct fault *why)
{
    if (slot->has_gap)
        return R_OK;
    slot->has_gap = true;
    return store_say(store, slot->row.transfer.sender, WORD_GO,
                     &slot->row.transfer, slot->written, NULL, why);
}

static enum reason write_chunk(struct store *store, struct store_slot *slot,
                               const struct word *word, instant now,
                               struct fault *why)
{
    struct digest found = digest_of(DIGEST_SHA256, word->bytes, word->size);
    if (!digest_is_equal(&found, &word->digest))
        return gap(store, slot, why);
    ssize_t written = pwrite(slot->fd, word->bytes, word->size, word->number);
    if (written != (ssize_t)word->size)
        return no_room(store, slot, why);
    slot->has_gap = false;
    slot->written += written;
    if (slot->written == slot->row.total)
        return end_of_file(store, slot, now, why);
    if (slot->written - slot->row.have >= SYNC_STEP)
        TRY(sync_slot(store, slot, now, why));
    if (slot->written - slot->told < GOT_STEP)
        return R_OK;
    slot->told = slot->written;
    if (!store_has_room(store, 0)) {
        errno = ENOSPC;
        return no_room(store, slot, why);
    }
    return store_say(store, slot->row.transfer.sender, WORD_GOT,
                     &slot->row.transfer, slot->written, NULL, why);
}

enum reason store_chunk(struct store *store, const char *agency,
                        const struct word *word, instant now, struct fault *why)
{
    struct store_slot *slot;
    if (strcmp(agency, word->transfer.sender) != 0 || word->size == 0 ||
        word->size > TRANSFER_CHUNK)
        return R_OK;
    TRY(find_slot(store, &word->transfer, now, &slot, why));
    if (!slot || word->number < slot->written ||
        word->number + (int64_t)word->size > slot->row.total)
        return R_OK;
    return word->number > slot->written
               ? gap(store, slot, why)
               : write_chunk(store, slot, word, now, why);
}

enum reason store_take_turn(struct store *store, instant now, struct fault *why)
{
    for (size_t i = 0; i < STORE_SLOTS; i++) {
        struct store_slot *slot = &store->slots[i];
        if (slot->row.row && now - slot->synced_at > SYNC_MS)
            TRY(sync_slot(store, slot, now, why));
    }
    return R_OK;
}
