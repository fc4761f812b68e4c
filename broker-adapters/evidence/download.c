/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A sealed file from the centre:
 *
 *     ask(offset) -> whole(size), chunk, chunk ... -> got(offset) ...
 *                 -> wait: not whole there yet, asked again later
 *
 * Only what was asked for is taken, only in its place, only with its digest.
 * How far it is on disk is kept in the mailbox; after a cut it goes on from
 * there. When all of it is here the press opens it; what came of that is told
 * to the centre, signed, until it is noted there.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "broker-adapters/evidence/link.h"
#include "broker-adapters/evidence/seal.h"
#include "broker-adapters/mailbox/mailbox.h"

enum {
    GOT_STEP = TRANSFER_WINDOW / 4,
    SYNC_STEP = 16 * 1024 * 1024,
    SYNC_MS = 2000,
    WAIT_MS = 20 * 1000,
    TELL_MS = 20 * 1000,
    DISK_MS = 30 * 1000,
    LONG_MS = 60 * 60 * 1000
};

/* What a seal may add: its head, and a frame around each piece. */
static int64_t sealed_most(int64_t size)
{
    return size + size / 16 + 1024 * 1024;
}

void download_close(struct download *download)
{
    if (download->row.row)
        close(download->fd);
    *download = (struct download){0};
}

static enum reason say(struct link *link, enum word_kind kind,
                       struct fault *why)
{
    struct download *download = &link->download;
    struct word word = {.kind = kind,
                        .transfer = download->row.transfer,
                        .number = download->have,
                        .code = ""};
    download->told = download->have;
    return link_say(link, &word, why);
}

static enum reason ask(struct link *link, struct fault *why)
{
    link->download.heard_at = link->monotonic;
    return say(link, WORD_ASK, why);
}

/* It makes place for the next one; what is here stays here. */
static enum reason put_off(struct link *link, int64_t pause, const char *code,
                           struct fault *why)
{
    struct transfer transfer = link->download.row.transfer;
    download_close(&link->download);
    LINK_CHANGE(link,
                evidence_in_pause(link->mailbox, &transfer, link->now + pause,
                                  code, why),
                why);
    return R_OK;
}

static enum reason disk_failed(struct link *link, struct fault *why)
{
    struct fault found = {0};
    (void)fault_errno(&found, R_DISK_FAILED, "evidence of letter %s",
                      link->download.row.transfer.letter);
    log_fault(LOG_ERROR, "no room for evidence", &found);
    return put_off(link, DISK_MS, reason_code(R_DISK_FAILED), why);
}

static enum reason begin(struct link *link, struct fault *why)
{
    struct download *download = &link->download;
    struct evidence_in row;
    TRY(evidence_in_next(link->mailbox, "awaited", link->now, &row, why));
    if (row.row == 0)
        return R_OK;
    AUTO(text) char *path =
        seal_coming_path(link->settings->mailbox, &row.transfer);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    download->row = row;
    download->fd = fd;
    off_t found = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
    if (found < 0)
        return disk_failed(link, why);
    download->have = found < row.have ? found : row.have;
    download->durable = download->have;
    if (ftruncate(fd, download->have) != 0)
        return disk_failed(link, why);
    return ask(link, why);
}

static enum reason sync_it(struct link *link, struct fault *why)
{
    struct download *download = &link->download;
    if (fdatasync(download->fd) != 0)
        return disk_failed(link, why);
    int64_t rate = link_rate(link, download->have - download->durable,
                             download->synced_at);
    download->durable = download->have;
    download->synced_at = link->monotonic;
    LINK_CHANGE(link,
                evidence_in_have(link->mailbox, &download->row.transfer,
                                 download->have, rate, why),
                why);
    return R_OK;
}

static enum reason finish(struct link *link, struct fault *why)
{
    struct transfer transfer = link->download.row.transfer;
    TRY(sync_it(link, why));
    if (!link->download.row.row)
        return R_OK; /* the disk said no */
    download_close(&link->download);
    LINK_CHANGE(
        link,
        evidence_in_mark(link->mailbox, &transfer, "here", link->now, why),
        why);
    log_event(LOG_INFO, "evidence of letter %s has come whole",
              transfer.letter);
    side_ring(link->press);
    return R_OK;
}

/* That it was opened here, signed. */
static enum reason tell_next(struct link *link, struct fault *why)
{
    struct evidence_in row;
    unsigned char signature[SIGNATURE_SIZE];
    AUTO(buf) struct buf statement = {0};
    TRY(evidence_in_next(link->mailbox, "untold", link->now, &row, why));
    if (row.row == 0)
        return R_OK;
    transfer_statement(&row.transfer, link->settings->agency, &statement);
    TRY(signing_key_sign(link->key.key, statement.bytes, statement.size,
                         signature, why));
    struct word word = {
        .kind = WORD_HAVE,
        .transfer = row.transfer,
        .code = certificate_fingerprint(signing_key_certificate(link->key.key)),
        .bytes = signature,
        .size = sizeof signature};
    link->is_busy = true;
    LINK_CHANGE(link,
                evidence_in_pause(link->mailbox, &row.transfer,
                                  link->now + TELL_MS, "", why),
                why);
    return link_say(link, &word, why);
}

enum reason download_turn(struct link *link, struct fault *why)
{
    struct download *download = &link->download;
    if (link->is_blocked || link->monotonic < link->quiet_until)
        return R_OK;
    TRY(tell_next(link, why));
    if (!download->row.row)
        return begin(link, why);
    if (link_is_silent(link, download->heard_at))
        return ask(link, why);
    if (download->have > download->durable &&
        link->monotonic - download->synced_at > SYNC_MS)
        TRY(sync_it(link, why));
    if (download->row.row && download->have - download->told >= GOT_STEP)
        return say(link, WORD_GOT, why);
    return R_OK;
}

/* --- what the centre says --------------------------------------------------
 */

static enum reason whole(struct link *link, const struct word *word,
                         struct fault *why)
{
    struct download *download = &link->download;
    if (word->number <= 0 || word->number > sealed_most(download->row.size))
        return put_off(link, LONG_MS, reason_code(R_TOO_LARGE), why);
    download->total = word->number;
    download->synced_at = link->monotonic;
    LINK_CHANGE(
        link,
        evidence_in_there(link->mailbox, &word->transfer, word->number, why),
        why);
    if (download->have < download->total)
        return R_OK;
    if (download->have == download->total)
        return finish(link, why);
    download->have = 0; /* another sealed file lies there now */
    if (ftruncate(download->fd, 0) != 0)
        return disk_failed(link, why);
    return ask(link, why);
}

static enum reason take_chunk(struct link *link, const struct word *word,
                              struct fault *why)
{
    struct download *download = &link->download;
    if (download->total == 0 || word->number != download->have ||
        word->size == 0 || word->size > TRANSFER_CHUNK ||
        word->number + (int64_t)word->size > download->total)
        return R_OK;
    struct digest found = digest_of(DIGEST_SHA256, word->bytes, word->size);
    if (!digest_is_equal(&found, &word->digest))
        return R_OK; /* it is asked for again after a silence */
    ssize_t written =
        pwrite(download->fd, word->bytes, word->size, word->number);
    if (written != (ssize_t)word->size)
        return disk_failed(link, why);
    download->have += written;
    if (download->have == download->total)
        return finish(link, why);
    return download->have - download->durable >= SYNC_STEP ? sync_it(link, why)
                                                           : R_OK;
}

static enum reason wait(struct link *link, const struct word *word,
                        struct fault *why)
{
    LINK_CHANGE(
        link,
        evidence_in_there(link->mailbox, &word->transfer, word->number, why),
        why);
    return put_off(link, WAIT_MS, word->code, why);
}

static enum reason refused(struct link *link, const struct word *word,
                           struct fault *why)
{
    log_event(LOG_ERROR, "evidence of letter %s: the centre says %s",
              word->transfer.letter, word->code);
    return put_off(link, LONG_MS, word->code, why);
}

/* The centre tells by itself that a file is whole there: its turn comes. */
static enum reason hear_aside(struct link *link, const struct word *word,
                              struct fault *why)
{
    struct evidence_in row;
    if (word->kind == WORD_NOTED)
        LINK_CHANGE(link, evidence_in_told(link->mailbox, &word->transfer, why),
                    why);
    if (word->kind != WORD_WHOLE)
        return R_OK;
    TRY(evidence_in_find(link->mailbox, &word->transfer, &row, why));
    if (row.row)
        LINK_CHANGE(
            link, evidence_in_pause(link->mailbox, &word->transfer, 0, "", why),
            why);
    return R_OK;
}

enum reason download_hear(struct link *link, const struct word *word,
                          struct fault *why)
{
    static enum reason (*const hears[WORD_KINDS])(
        struct link *, const struct word *, struct fault *) = {
        [WORD_WHOLE] = whole,
        [WORD_CHUNK] = take_chunk,
        [WORD_WAIT] = wait,
        [WORD_REFUSED] = refused,
    };
    struct download *download = &link->download;
    if (!download->row.row ||
        !transfer_is_equal(&word->transfer, &download->row.transfer))
        return hear_aside(link, word, why);
    if (!hears[word->kind])
        return R_OK;
    download->heard_at = link->monotonic;
    return hears[word->kind](link, word, why);
}
