/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A sealed file to the centre:
 *
 *     offer -> go(offset) -> chunk, chunk, ... <- got(offset) ... -> whole
 *
 * The centre says from where and how far; whatever was lost on the way, it
 * says so with another "go". A file that must wait (its letter is not known
 * there yet, no room) makes place for the next one.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "broker-adapters/evidence/link.h"
#include "broker-adapters/evidence/seal.h"
#include "broker-adapters/evidence/sweep.h"
#include "broker-adapters/mailbox/mailbox.h"

enum {
    CHUNKS_PER_TURN = 4,
    WAIT_MS = 5000,
    LONG_MS = 10 * 60 * 1000,
    CONFIRM_STEP = 8 * 1024 * 1024 /* progress is kept this often */
};

void upload_close(struct upload *upload)
{
    if (upload->row.row)
        close(upload->fd);
    *upload = (struct upload){0};
}

static enum reason offer(struct link *link, struct fault *why)
{
    struct upload *upload = &link->upload;
    struct word word = {.kind = WORD_OFFER,
                        .transfer = upload->transfer,
                        .number = upload->row.sealed_size,
                        .digest = upload->row.sealed,
                        .code = ""};
    upload->may_send = false;
    upload->heard_at = link->monotonic;
    return link_say(link, &word, why);
}

/* The sealed file went away: it is sealed again. */
static enum reason seal_again(struct link *link, int64_t row, struct fault *why)
{
    LINK_CHANGE(link,
                evidence_out_mark(link->mailbox, row, "kept", link->now, why),
                why);
    side_ring(link->press);
    return R_OK;
}

static enum reason begin(struct link *link, struct fault *why)
{
    struct upload *upload = &link->upload;
    struct evidence_out row;
    TRY(evidence_out_next(link->mailbox, "sealed", link->now, &row, why));
    if (row.row == 0)
        return R_OK;
    struct transfer *transfer = &upload->transfer;
    snprintf(transfer->sender, sizeof transfer->sender, "%s",
             link->settings->agency);
    memcpy(transfer->letter, row.letter, sizeof transfer->letter);
    digest_format(&row.sha256, transfer->sha256);
    AUTO(text) char *path = seal_going_path(link->settings->mailbox, transfer);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return seal_again(link, row.row, why);
    upload->row = row;
    upload->fd = fd;
    return offer(link, why);
}

static enum reason send_chunk(struct link *link, struct fault *why)
{
    static _Thread_local unsigned char bytes[TRANSFER_CHUNK];
    struct upload *upload = &link->upload;
    ssize_t size = pread(upload->fd, bytes, sizeof bytes, upload->next);
    if (size <= 0) { /* shorter than it was: never again what was offered */
        int64_t row = upload->row.row;
        upload_close(upload);
        return seal_again(link, row, why);
    }
    struct word word = {.kind = WORD_CHUNK,
                        .transfer = upload->transfer,
                        .number = upload->next,
                        .code = "",
                        .bytes = bytes,
                        .size = (size_t)size};
    word.digest = digest_of(DIGEST_SHA256, bytes, word.size);
    TRY(link_say(link, &word, why));
    upload->next += size;
    link->budget -= size;
    return R_OK;
}

/* Whether the line may be used: what was not used is saved for a second. */
static bool has_budget(struct link *link)
{
    int64_t rate = link->settings->evidence_kbps; /* bytes in a millisecond */
    if (rate == 0)
        return true;
    link->budget += (link->monotonic - link->budget_at) * rate;
    link->budget_at = link->monotonic;
    if (link->budget > rate * INSTANT_SECOND)
        link->budget = rate * INSTANT_SECOND;
    return link->budget > 0;
}

static bool may_send(struct link *link)
{
    const struct upload *upload = &link->upload;
    return upload->may_send && upload->next < upload->upto &&
           upload->next < upload->row.sealed_size && has_budget(link);
}

enum reason upload_turn(struct link *link, struct fault *why)
{
    struct upload *upload = &link->upload;
    if (link->is_blocked || link->monotonic < link->quiet_until)
        return R_OK;
    if (!upload->row.row)
        return begin(link, why);
    if (link_is_silent(link, upload->heard_at))
        return offer(link, why);
    for (int i = 0; i < CHUNKS_PER_TURN && may_send(link); i++) {
        link->is_busy = true;
        TRY(send_chunk(link, why));
    }
    return R_OK;
}

/* --- what the centre says --------------------------------------------------
 */

static enum reason go(struct link *link, const struct word *word,
                      struct fault *why)
{
    struct upload *upload = &link->upload;
    (void)why;
    upload->next = word->number;
    upload->upto = word->number + TRANSFER_WINDOW;
    upload->may_send = true;
    upload->row.confirmed = word->number;
    upload->noted_at = link->monotonic;
    return R_OK;
}

static enum reason got(struct link *link, const struct word *word,
                       struct fault *why)
{
    struct upload *upload = &link->upload;
    upload->upto = word->number + TRANSFER_WINDOW;
    if (word->number < upload->row.confirmed + CONFIRM_STEP)
        return R_OK;
    int64_t rate =
        link_rate(link, word->number - upload->row.confirmed, upload->noted_at);
    upload->row.confirmed = word->number;
    upload->noted_at = link->monotonic;
    LINK_CHANGE(link,
                evidence_out_confirmed(link->mailbox, upload->row.row,
                                       word->number, rate, why),
                why);
    return R_OK;
}

static enum reason whole(struct link *link, const struct word *word,
                         struct fault *why)
{
    int64_t row = link->upload.row.row;
    upload_close(&link->upload);
    LINK_CHANGE(link,
                evidence_out_mark(link->mailbox, row, "sent", link->now, why),
                why);
    log_event(LOG_INFO, "evidence of letter %s is whole at the centre",
              word->transfer.letter);
    return sweep_gone(link->mailbox, link->settings, &word->transfer, why);
}

static enum reason pause_it(struct link *link, int64_t pause, const char *code,
                            struct fault *why)
{
    int64_t row = link->upload.row.row;
    upload_close(&link->upload);
    LINK_CHANGE(
        link,
        evidence_out_pause(link->mailbox, row, link->now + pause, code, why),
        why);
    return R_OK;
}

static enum reason wait(struct link *link, const struct word *word,
                        struct fault *why)
{
    return pause_it(link, WAIT_MS, word->code, why);
}

/* What lay there is not what was offered: it is sealed anew. */
static enum reason refused(struct link *link, const struct word *word,
                           struct fault *why)
{
    int64_t row = link->upload.row.row;
    log_event(LOG_ERROR, "evidence of letter %s: the centre says %s",
              word->transfer.letter, word->code);
    TRY(pause_it(link, LONG_MS, word->code, why));
    return strcmp(word->code, reason_code(R_DIGEST_MISMATCH)) == 0
               ? seal_again(link, row, why)
               : R_OK;
}

enum reason upload_hear(struct link *link, const struct word *word,
                        struct fault *why)
{
    static enum reason (*const hears[WORD_KINDS])(
        struct link *, const struct word *, struct fault *) = {
        [WORD_GO] = go,     [WORD_GOT] = got,         [WORD_WHOLE] = whole,
        [WORD_WAIT] = wait, [WORD_REFUSED] = refused,
    };
    struct upload *upload = &link->upload;
    if (!upload->row.row || !hears[word->kind] ||
        !transfer_is_equal(&word->transfer, &upload->transfer))
        return R_OK;
    upload->heard_at = link->monotonic;
    return hears[word->kind](link, word, why);
}
