/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * File names are CASE-PLACE-TYPE-ID.xml|json: they sort by case and, within a
 * case, in the order of the exchange. Case, type and id were judged by the
 * schema before the letter was kept, so they hold nothing but letters, digits,
 * dots, dashes and underscores.
 */
#include "broker-adapters/adapter/handover.h"

#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "broker-adapters/adapter/cards.h"
#include "broker-adapters/evidence/evidence_list.h"
#include "broker-adapters/evidence/place.h"
#include "broker-adapters/mailbox/incoming.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "broker-adapters/mailbox/quarantine.h"
#include "broker-adapters/adapter/reason_sheet.h"

static char *note_name(const char *name)
{
    return mem_print("%.*s.files.txt", (int)(strrchr(name, '.') - name), name);
}

static bool is_json(const char *media_type)
{
    return strcmp(media_type, "application/json") == 0;
}

static const char *folder_of(const struct ready_letter *letter)
{
    static const char *const receipts[] = {"submission-receipt",
                                           "delivery-receipt", "refusal"};
    for (size_t i = 0; i < COUNT_OF(receipts); i++)
        if (strcmp(receipts[i], letter->type) == 0)
            return "receipts";
    return "in";
}

static void name_of(const struct ready_letter *letter,
                    char name[HANDOVER_NAME_MAX])
{
    snprintf(name, HANDOVER_NAME_MAX, "%s-%04lld-%s-%s.%s", letter->case_id,
             (long long)letter->place, letter->type, letter->id,
             is_json(letter->media_type) ? "json" : "xml");
}

/* What must be known of its files: NAME.files.txt. */
static enum reason write_note(const struct desk *desk, struct spool *spool,
                              const struct ready_letter *letter,
                              const char *name, struct fault *why)
{
    AUTO(buf) struct buf note = {0};
    AUTO(text) char *file = note_name(name);
    TRY(evidence_note(desk->mailbox, letter->row, &note, why));
    return note.size
               ? spool_draft(spool, "in", file, note.bytes, note.size, why)
               : R_OK;
}

static enum reason write_draft(const struct desk *desk, struct spool *spool,
                               const struct ready_letter *letter,
                               struct fault *why)
{
    char name[HANDOVER_NAME_MAX];
    const char *folder = folder_of(letter);
    name_of(letter, name);
    TRY(write_note(desk, spool, letter, name, why));
    if (*letter->jws) {
        AUTO(text) char *jws = mem_print("%s.jws", name);
        TRY(spool_draft(spool, folder, jws, letter->jws, strlen(letter->jws),
                        why));
    }
    return spool_draft(spool, folder, name, letter->bytes, letter->size, why);
}

static enum reason reveal_evidence(const struct desk *desk,
                                   const struct ready_letter *letter,
                                   struct fault *why)
{
    AUTO(text) char *folder = NULL;
    TRY(evidence_folder(desk->mailbox, letter->row, &folder, why));
    if (!folder || !desk->evidence)
        return R_OK;
    return place_reveal(desk->evidence, folder, why);
}

/* Evidence and signature first: whoever sees the letter finds them. */
static enum reason reveal(const struct desk *desk, struct spool *spool,
                          const struct ready_letter *letter, struct fault *why)
{
    char name[HANDOVER_NAME_MAX];
    const char *folder = folder_of(letter);
    name_of(letter, name);
    AUTO(text) char *note = note_name(name);
    TRY(reveal_evidence(desk, letter, why));
    TRY(spool_reveal(spool, "in", note, why));
    if (*letter->jws) {
        AUTO(text) char *jws = mem_print("%s.jws", name);
        TRY(spool_reveal(spool, folder, jws, why));
    }
    return spool_reveal(spool, folder, name, why);
}

static enum reason write_drafts(const struct desk *desk, struct spool *spool,
                                int *count, struct fault *why)
{
    int64_t after = 0;
    for (*count = 0; *count < HANDOVER_BATCH; (*count)++) {
        AUTO(ready_letter) struct ready_letter letter = {0};
        TRY(incoming_next(desk->mailbox, "ready", after, &letter, why));
        if (letter.row == 0)
            return R_OK;
        after = letter.turn;
        if (spool)
            TRY(write_draft(desk, spool, &letter, why));
        else
            TRY(reveal_evidence(desk, &letter, why));
    }
    return R_OK;
}

static enum reason apply_and_mark(const struct desk *desk, int count,
                                  const char *state, instant now,
                                  struct fault *why)
{
    for (int i = 0; i < count; i++) {
        AUTO(ready_letter) struct ready_letter letter = {0};
        TRY(incoming_next(desk->mailbox, "ready", 0, &letter, why));
        TRY(cards_apply(desk, &letter, now, why));
        TRY(incoming_mark(desk->mailbox, letter.row, state, why));
    }
    return R_OK;
}

static enum reason reveal_all(const struct desk *desk, struct spool *spool,
                              int *count, struct fault *why)
{
    int64_t after = 0;
    for (*count = 0;; (*count)++) {
        AUTO(ready_letter) struct ready_letter letter = {0};
        TRY(incoming_next(desk->mailbox, "handing", after, &letter, why));
        if (letter.row == 0)
            return R_OK;
        after = letter.turn;
        if (spool)
            TRY(reveal(desk, spool, &letter, why));
    }
}

enum reason handover_finish(const struct desk *desk, struct spool *spool,
                            struct fault *why)
{
    int count;
    TRY(reveal_all(desk, spool, &count, why));
    if (count == 0)
        return R_OK;
    if (spool)
        TRY(spool_sync(spool, why));
    TRY(sql_begin(desk->mailbox, why));
    return mailbox_end(desk->mailbox, incoming_mark_handed(desk->mailbox, why),
                       why);
}

/* Letters whose evidence is there, or has kept them waiting for too long. */
static enum reason release_waiting(const struct desk *desk, instant now,
                                   struct fault *why)
{
    instant since = desk->evidence_hours
                        ? now - (instant)desk->evidence_hours * INSTANT_HOUR
                        : INT64_MIN;
    bool any;
    int late;
    TRY(evidence_may_release(desk->mailbox, since, &any, why));
    if (!any)
        return R_OK;
    TRY(sql_begin(desk->mailbox, why));
    TRY(mailbox_end(desk->mailbox,
                    evidence_release(desk->mailbox, since, &late, why), why));
    if (late > 0)
        log_event(LOG_ERROR,
                  "%d letter(s) waited %d hours for evidence that did not come;"
                  " handed over without it",
                  late, desk->evidence_hours);
    return R_OK;
}

enum reason handover_turn(const struct desk *desk, struct spool *spool,
                          instant now, int *count, struct fault *why)
{
    TRY(release_waiting(desk, now, why));
    TRY(write_drafts(desk, spool, count, why));
    if (*count == 0)
        return R_OK;
    TRY(sql_begin(desk->mailbox, why));
    const char *state = spool ? "handing" : "handed";
    TRY(mailbox_end(desk->mailbox,
                    apply_and_mark(desk, *count, state, now, why), why));
    return spool ? handover_finish(desk, spool, why) : R_OK;
}

/* The bytes as they came, and why they are not trusted. */
static enum reason file_quarantined(struct spool *spool,
                                    const struct quarantined *row,
                                    struct fault *why)
{
    char digest[DIGEST_TEXT_MAX];
    AUTO(buf) struct buf text = {0};
    enum reason reason = reason_find(row->code);
    AUTO(text) char *name =
        mem_print("%s.%s", digest_format(&row->digest, digest),
                  is_json(row->media_type) ? "json" : "xml");
    AUTO(text) char *jws = mem_print("%s.jws", name);
    AUTO(text) char *sheet = mem_print("%s.reason.txt", name);
    buf_print(
        &text,
        "不可信，未予处理 / not trusted, not acted on\n\n%s: %s\n%s: %s\n%s\n",
        row->code, reason_chinese(reason), row->code, reason_english(reason),
        row->detail);
    TRY(spool_write(spool, "quarantine", sheet, text.bytes, text.size, why));
    if (*row->jws)
        TRY(spool_write(spool, "quarantine", jws, row->jws, strlen(row->jws),
                        why));
    return spool_write(spool, "quarantine", name, row->body, row->size, why);
}

enum reason handover_quarantine(const struct desk *desk, struct spool *spool,
                                struct fault *why)
{
    for (;;) {
        AUTO(quarantined) struct quarantined row = {0};
        TRY(quarantine_next(desk->mailbox, QUARANTINE_UNFILED, 0, &row, why));
        if (row.row == 0)
            return R_OK;
        TRY(file_quarantined(spool, &row, why));
        TRY(sql_begin(desk->mailbox, why));
        TRY(mailbox_end(desk->mailbox,
                        quarantine_mark_filed(desk->mailbox, row.row, why),
                        why));
    }
}
