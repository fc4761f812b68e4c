/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * One file at a time, smallest first. What is done is durable on disk before
 * its row says so; a crash between the two does the file again.
 *
 * A file is laid into its folder within the transaction that marks it whole:
 * the main loop cannot hand the letter over between the two.
 */
#include "broker-adapters/evidence/press.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "broker-adapters/evidence/beside.h"
#include "broker-adapters/evidence/evidence_rows.h"
#include "broker-adapters/evidence/place.h"
#include "broker-adapters/evidence/seal.h"
#include "broker-adapters/evidence/sweep.h"
#include "broker-adapters/mailbox/mailbox.h"

enum {
    REST_MS = 500,
    FAILED_MS = 2000,
    DISK_MS = 30 * 1000,
    LONG_MS = 10 * 60 * 1000, /* somebody must change something */
    OPEN_TRIES_MAX = 6
};

static enum reason commit(const struct press *press, enum reason reason,
                          struct fault *why)
{
    return mailbox_end(press->mailbox, reason, why);
}

/* --- files that go ---------------------------------------------------------
 */

struct agencies {
    char **ids;
    size_t count;
};

static void agencies_done(struct agencies *agencies)
{
    for (size_t i = 0; i < agencies->count; i++)
        free(agencies->ids[i]);
    free(agencies->ids);
}
AUTO_VALUE(agencies, agencies_done)

static enum reason read_addressees(struct sql *mailbox, const char *letter,
                                   struct agencies *out, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT agency FROM addressee a JOIN outgoing o"
                   " ON o.row = a.letter WHERE o.id = ?1 ORDER BY agency",
                   SQL_VALUES(SQL_TEXT(letter)), &rows, why));
    while (sql_next(rows)) {
        out->ids = mem_resize(out->ids, out->count + 1, sizeof *out->ids);
        out->ids[out->count++] = mem_text(sql_text(rows, 0));
    }
    return sql_check(rows, why);
}

static struct transfer transfer_of(const struct press *press,
                                   const struct evidence_out *row)
{
    struct transfer transfer = {0};
    snprintf(transfer.sender, sizeof transfer.sender, "%s",
             press->settings->agency);
    memcpy(transfer.letter, row->letter, sizeof transfer.letter);
    digest_format(&row->sha256, transfer.sha256);
    return transfer;
}

static enum reason seal_row(struct press *press, struct evidence_out *row,
                            struct fault *why)
{
    struct transfer transfer = transfer_of(press, row);
    const char *path = press->settings->mailbox;
    AUTO(agencies) struct agencies agencies = {0};
    AUTO(text) char *from = seal_attachment_path(path, &row->sha256);
    AUTO(text) char *into = seal_going_path(path, &transfer);
    TRY(read_addressees(press->mailbox, row->letter, &agencies, why));
    struct sealing sealing = {
        .registry = press->registry.registry,
        .agencies = (const char *const *)agencies.ids,
        .count = agencies.count,
        .sha256 = &row->sha256,
        .now = instant_now(),
        .stop = &press->side.stop,
    };
    return seal_file(&sealing, from, into, &row->sealed_size, &row->sealed,
                     why);
}

static enum reason note_sealing(const struct press *press,
                                const struct evidence_out *row,
                                enum reason outcome, struct fault *why)
{
    struct sql *mailbox = press->mailbox;
    instant now = instant_now();
    if (outcome == R_OK)
        return evidence_out_sealed(mailbox, row->row, row->sealed_size,
                                   &row->sealed, why);
    if (outcome == R_NO_FILE || outcome == R_DIGEST_MISMATCH) {
        TRY(evidence_out_mark(mailbox, row->row, "missing", now, why));
        return evidence_out_pause(mailbox, row->row, 0, reason_code(outcome),
                                  why);
    }
    int64_t pause = reason_class(outcome) == REASON_RETRY ? DISK_MS : LONG_MS;
    return evidence_out_pause(mailbox, row->row, now + pause,
                              reason_code(outcome), why);
}

/* A file that is not what was signed lies in the way of the right one. */
static void put_away(const struct press *press, const struct evidence_out *row,
                     enum reason outcome)
{
    struct transfer transfer = transfer_of(press, row);
    const char *path = press->settings->mailbox;
    AUTO(text) char *attachment = seal_attachment_path(path, &row->sha256);
    AUTO(text) char *going = seal_going_path(path, &transfer);
    if (outcome == R_DIGEST_MISMATCH)
        (void)unlink(attachment);
    if (outcome != R_OK)
        (void)unlink(going);
}

static enum reason seal_next(struct press *press, bool *busy, struct fault *why)
{
    struct evidence_out row;
    struct fault found = {0};
    TRY(evidence_out_next(press->mailbox, "kept", instant_now(), &row, why));
    if (row.row == 0)
        return R_OK;
    *busy = true;
    enum reason outcome = seal_row(press, &row, &found);
    if (atomic_load(&press->side.stop))
        return R_OK;
    if (outcome != R_OK)
        log_fault(LOG_WARN, "evidence not sealed", &found);
    put_away(press, &row, outcome);
    TRY(sql_begin(press->mailbox, why));
    TRY(commit(press, note_sealing(press, &row, outcome, why), why));
    if (outcome == R_OK) {
        log_event(LOG_INFO, "evidence of letter %s sealed: %lld bytes",
                  row.letter, (long long)row.sealed_size);
        side_ring(press->link);
    }
    return R_OK;
}

/* --- files that came -------------------------------------------------------
 */

/* An agency without an encryption key can still send. */
static void read_key(struct press *press)
{
    struct fault found = {0};
    const struct adapter_settings *settings = press->settings;
    AUTO(text) char *home = io_folder_of(settings->key);
    AUTO(text) char *key = io_join(home, "encryption.key");
    AUTO(text) char *certificate = io_join(home, "encryption.pem");
    if (envelope_key_read(
            &press->key,
            *settings->encryption_key ? settings->encryption_key : key,
            *settings->encryption_certificate ? settings->encryption_certificate
                                              : certificate,
            &found) != R_OK)
        log_fault(LOG_WARN, "evidence cannot be opened here", &found);
}

/* What was sealed before a renewal opens with the key of before. */
static enum reason open_with_former(struct press *press, const char *from,
                                    const char *into, const struct opened *must,
                                    struct fault *why)
{
    AUTO(text) char *home = io_folder_of(press->settings->key);
    AUTO(text) char *key = io_join(home, "before/encryption.key");
    AUTO(text) char *certificate = io_join(home, "before/encryption.pem");
    AUTO(envelope_key) struct envelope_key *former = NULL;
    if (!io_exists(key))
        return fault(why, R_NOT_FOR_US, "sealed to none of our keys");
    TRY(envelope_key_read(&former, key, certificate, why));
    return seal_open(former, from, into, must, why);
}

/* The keys may have been renewed since they were read. */
static enum reason open_sealed(struct press *press, const char *from,
                               const char *into, const struct opened *must,
                               struct fault *why)
{
    struct fault found = {0};
    enum reason reason = seal_open(press->key, from, into, must, &found);
    if (reason == R_NOT_FOR_US) {
        envelope_key_free(TAKE(press->key));
        read_key(press);
        reason = press->key ? seal_open(press->key, from, into, must, &found)
                            : R_NOT_FOR_US;
    }
    if (reason == R_NOT_FOR_US)
        return open_with_former(press, from, into, must, why);
    return reason == R_OK ? R_OK : fault(why, reason, "%s", found.text);
}

static enum reason open_row(struct press *press, const struct evidence_in *row,
                            const char *from, struct fault *why)
{
    struct opened must = {row->size, row->sha256, row->sm3};
    bool between = false;
    AUTO(text) char *opened =
        mem_print("%s/.opened-%lld.part", press->root, (long long)row->row);
    if (!press->key && row->size > 0)
        return fault(why, R_BAD_KEY, "no encryption key here");
    enum reason reason = open_sealed(press, from, opened, &must, why);
    if (reason == R_OK)
        reason = sql_begin(press->mailbox, why);
    if (reason == R_OK)
        reason = commit(press,
                        place_all(press->mailbox, press->root, &row->transfer,
                                  opened, instant_now(), &between, why),
                        why);
    (void)unlink(opened);
    if (reason == R_OK && !between)
        (void)unlink(from);
    return reason;
}

/* What cannot be opened is fetched again, less and less often. */
static enum reason note_opening(const struct press *press,
                                const struct evidence_in *row,
                                enum reason outcome, struct fault *why)
{
    struct sql *mailbox = press->mailbox;
    instant now = instant_now();
    const char *code = reason_code(outcome);
    bool is_ours = outcome == R_BAD_KEY || outcome == R_NOT_FOR_US;
    if (reason_class(outcome) == REASON_RETRY || is_ours)
        return evidence_in_pause(mailbox, &row->transfer,
                                 now + (is_ours ? LONG_MS : DISK_MS), code,
                                 why);
    int64_t pause = row->tries < OPEN_TRIES_MAX
                        ? INSTANT_SECOND << (2 * row->tries)
                        : INSTANT_HOUR;
    return evidence_in_again(mailbox, &row->transfer, now + pause, code, why);
}

static enum reason open_next(struct press *press, bool *busy, struct fault *why)
{
    struct evidence_in row;
    struct fault found = {0};
    TRY(evidence_in_next(press->mailbox, "here", instant_now(), &row, why));
    if (row.row == 0)
        return R_OK;
    *busy = true;
    AUTO(text) char *sealed =
        seal_coming_path(press->settings->mailbox, &row.transfer);
    enum reason outcome = open_row(press, &row, sealed, &found);
    if (outcome == R_OK) {
        log_event(LOG_INFO, "evidence of letter %s opened: %lld bytes",
                  row.transfer.letter, (long long)row.size);
        mailbox_ring(press->settings->mailbox);
        side_ring(press->link);
        return R_OK;
    }
    log_fault(LOG_ERROR, "evidence not opened", &found);
    TRY(sql_begin(press->mailbox, why));
    TRY(commit(press, note_opening(press, &row, outcome, why), why));
    if (reason_class(outcome) == REASON_REFUSE && outcome != R_NOT_FOR_US)
        (void)unlink(sealed);
    return R_OK;
}

/* --- the thread ------------------------------------------------------------
 */

static enum reason take_turn(struct press *press, bool *busy, struct fault *why)
{
    bool changed;
    TRY(registry_watch_look(&press->registry, instant_monotonic(), &changed,
                            why));
    TRY(sweep_refused(press->mailbox, press->settings, why));
    bool measured = false;
    TRY(beside_turn(press->mailbox, press->settings->mailbox, &measured, why));
    if (measured)
        mailbox_ring(press->settings->mailbox);
    *busy |= measured;
    TRY(seal_next(press, busy, why));
    return open_next(press, busy, why);
}

static void run(void *context)
{
    struct press *press = context;
    struct fault why = {0};
    if (sweep_leftovers(press->mailbox, press->settings, &why) != R_OK)
        log_fault(LOG_WARN, "evidence", &why);
    while (!atomic_load(&press->side.stop)) {
        bool busy = false;
        why = (struct fault){0};
        enum reason reason = take_turn(press, &busy, &why);
        if (reason != R_OK)
            log_fault(LOG_WARN, "evidence", &why);
        if (!busy || reason != R_OK)
            side_rest(&press->side, -1, reason == R_OK ? REST_MS : FAILED_MS);
    }
}

enum reason press_open(struct press *press,
                       const struct adapter_settings *settings,
                       struct side *link, struct fault *why)
{
    press->settings = settings;
    press->link = link;
    press->root = place_root(settings->mailbox, settings->spool);
    read_key(press);
    TRY(seal_make_folders(settings->mailbox, why));
    press->registry.store = settings->mailbox;
    TRY(registry_watch_open(&press->registry, settings->agencies, why));
    TRY(mailbox_open(&press->mailbox, settings->mailbox, SQL_WRITE, why));
    return side_start(&press->side, run, press, why);
}

void press_close(struct press *press)
{
    side_close(&press->side);
    sql_close(press->mailbox);
    registry_watch_done(&press->registry);
    envelope_key_free(press->key);
    free(press->root);
}
