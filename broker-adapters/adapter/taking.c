/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/adapter/taking.h"

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "broker-adapters/adapter/attachments.h"
#include "broker-adapters/adapter/csv_taking.h"
#include "broker-adapters/adapter/intake.h"
#include "broker-adapters/evidence/beside.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "broker-adapters/adapter/reason_sheet.h"
#include "broker-adapters/mailbox/taken.h"

static enum reason put_taken(const struct desk *desk,
                             const struct spool_file *file, const char *folder,
                             const char *target, struct fault *why)
{
    struct taken taken = {.folder = (char *)folder,
                          .name = file->name,
                          .identity = (char *)file->identity,
                          .target = (char *)target,
                          .reason_text = "",
                          .reason_json = ""};
    return taken_put(desk->mailbox, &taken, why);
}

static enum reason put_refused(const struct desk *desk,
                               const struct spool *spool,
                               const struct spool_file *file,
                               const struct reason_sheet *sheet,
                               struct fault *why)
{
    char target[SPOOL_TARGET_MAX];
    AUTO(buf) struct buf text = {0};
    AUTO(buf) struct buf json = {0};
    spool_target(spool, "refused", file->name, target);
    reason_sheet_print(sheet, &text);
    reason_sheet_print_json(sheet, &json);
    log_event(LOG_WARN, "refused %s: %s: %s", target, sheet->code,
              sheet->detail);
    struct taken taken = {.folder = "refused",
                          .name = file->name,
                          .identity = (char *)file->identity,
                          .target = target,
                          .reason_text = (char *)buf_text(&text),
                          .reason_json = (char *)buf_text(&json)};
    return taken_put(desk->mailbox, &taken, why);
}

/* A letter that its agency has signed itself lists its files itself. */
static bool is_signed(const struct spool_file *file)
{
    AUTO(message) struct message *message = NULL;
    return file->jws.size > 0 ||
           (message_parse(&message, buf_text(&file->bytes), file->bytes.size,
                          NULL) == R_OK &&
            message_signature(message));
}

/* The letter with the files that lie beside it; *pending: not yet. */
static enum reason add_files(const struct desk *desk, const struct spool *spool,
                             const struct spool_file *file, struct buf *out,
                             bool *pending, struct fault *why)
{
    enum beside_state state;
    AUTO(buf) struct buf entries = {.ceiling = MESSAGE_CEILING};
    AUTO(text) char *place = mem_print("%s/out", spool_path(spool));
    AUTO(text) char *folder = beside_folder(place, file->name);
    TRY(beside_look(desk->mailbox, folder, &state, &entries, why));
    *pending = state == BESIDE_PENDING;
    if (*pending)
        return R_OK;
    if (state == BESIDE_READY)
        TRY(beside_done(desk->mailbox, folder, why));
    if (entries.size > 0 && !is_signed(file))
        return attachments_add_entries(&file->bytes, &entries, out, why);
    buf_put(out, file->bytes.bytes, file->bytes.size);
    return R_OK;
}

/* The letter in the file, or why there is none. */
static enum reason try_letter(const struct desk *desk,
                              const struct spool_file *file,
                              const struct buf *bytes, const char *target,
                              instant now, struct intake *made,
                              struct fault *found)
{
    struct intake_letter letter = {.bytes = buf_text(bytes),
                                   .size = bytes->size,
                                   .jws = buf_text(&file->jws),
                                   .source = target};
    return intake_put(desk, &letter, now, made, found);
}

/* A file that cannot be read stays a file's fault, whatever the class. */
static bool is_temporary(const struct spool_file *file, enum reason reason)
{
    return file->fault.reason == R_OK && reason_class(reason) == REASON_RETRY;
}

/* Rows of a table: good ones go, bad ones come back beside the file. */
static enum reason take_table(const struct desk *desk, struct spool *spool,
                              const struct spool_file *file, instant now,
                              struct taking *out, struct fault *why)
{
    char target[SPOOL_TARGET_MAX];
    AUTO(csv_taking) struct csv_taking made = {0};
    struct fault found = {0};
    spool_target(spool, "sent", file->name, target);
    enum reason reason = csv_taking_put(desk, spool, file, now, &made, &found);
    out->taken += made.letters;
    out->refused += made.refused;
    if (reason == R_OK) {
        out->settled = true;
        log_event(LOG_INFO,
                  "took %s: %d letters of %d rows, %d sent before, %d refused",
                  target, made.letters, made.sent, made.repeats, made.refused);
        return put_taken(desk, file, "sent", target, why);
    }
    if (reason_class(reason) == REASON_RETRY)
        return fault(why, reason, "%s", found.text);
    if (reason == R_NOT_WELL_FORMED && !file->settled) {
        spool_postpone(spool, file);
        return R_OK;
    }
    out->refused += made.refused == 0;
    struct reason_sheet sheet = reason_sheet_of(&found, &made.mistakes);
    return put_refused(desk, spool, file, &sheet, why);
}

static enum reason take_file(const struct desk *desk, struct spool *spool,
                             const struct spool_file *file, instant now,
                             struct taking *out, struct fault *why)
{
    if (file->fault.reason == R_OK && csv_taking_is_for(file->name))
        return take_table(desk, spool, file, now, out, why);
    char target[SPOOL_TARGET_MAX];
    AUTO(intake) struct intake made = {0};
    AUTO(buf) struct buf bytes = {.ceiling = MESSAGE_CEILING};
    struct fault found = file->fault;
    bool pending = false;
    spool_target(spool, "sent", file->name, target);
    enum reason reason = found.reason;
    if (reason == R_OK)
        reason = add_files(desk, spool, file, &bytes, &pending, &found);
    if (pending) {
        spool_postpone(spool, file);
        return R_OK;
    }
    if (reason == R_OK)
        reason = try_letter(desk, file, &bytes, target, now, &made, &found);
    if (reason == R_OK) {
        out->taken++;
        log_event(LOG_INFO, "%s %s: letter %s, case %s",
                  made.repeat ? "already sent" : "took", target, made.id,
                  made.case_id);
        return put_taken(desk, file, "sent", target, why);
    }
    if (is_temporary(file, reason))
        return fault(why, reason, "%s", found.text);
    if (reason == R_NOT_WELL_FORMED && !file->settled) {
        spool_postpone(spool, file);
        return R_OK;
    }
    out->refused++;
    struct reason_sheet sheet = reason_sheet_of(&found, &made.mistakes);
    sheet.letter = made.id;
    return put_refused(desk, spool, file, &sheet, why);
}

static enum reason take_batch(const struct desk *desk, struct spool *spool,
                              instant now, int64_t monotonic,
                              struct taking *out, struct fault *why)
{
    for (int i = 0; i < TAKING_BATCH; i++) {
        AUTO(spool_file) struct spool_file file = {0};
        bool decided;
        TRY(spool_next(spool, monotonic, &file, why));
        if (!file.name)
            return R_OK;
        TRY(taken_has(desk->mailbox, file.name, file.identity, &decided, why));
        if (!decided)
            TRY(take_file(desk, spool, &file, now, out, why));
    }
    out->more = true;
    return R_OK;
}

enum reason taking_turn(const struct desk *desk, struct spool *spool,
                        instant now, int64_t monotonic, struct taking *out,
                        struct fault *why)
{
    *out = (struct taking){0};
    if (!spool_has_work(spool, monotonic))
        return R_OK;
    TRY(sql_begin(desk->mailbox, why));
    enum reason reason = mailbox_end(
        desk->mailbox, take_batch(desk, spool, now, monotonic, out, why), why);
    if (reason != R_OK)
        spool_look(spool);
    TRY(reason);
    bool decided = out->settled || out->taken + out->refused > 0;
    return decided ? taking_finish(desk, spool, why) : R_OK;
}

static enum reason write_reasons(struct spool *spool, const struct taken *taken,
                                 struct fault *why)
{
    if (!*taken->reason_text)
        return R_OK;
    AUTO(text) char *text = mem_print("%s.reason.txt", taken->target);
    AUTO(text) char *json = mem_print("%s.reason.json", taken->target);
    TRY(spool_write(spool, taken->folder, text, taken->reason_text,
                    strlen(taken->reason_text), why));
    return spool_write(spool, taken->folder, json, taken->reason_json,
                       strlen(taken->reason_json), why);
}

/* The reasons first: whoever sees the file in refused/ finds them. */
static enum reason settle_file(struct spool *spool, const struct taken *taken,
                               struct fault *why)
{
    TRY(write_reasons(spool, taken, why));
    if (!*taken->identity)
        return spool_send_back(spool, taken->name, taken->target, why);
    return spool_move(spool, taken->name, taken->identity, taken->folder,
                      taken->target, why);
}

/*
 * Another file of the same name may have been refused before. The choice is
 * kept before it is used: after a crash the file goes to the same place.
 */
static enum reason place_files(const struct desk *desk, struct spool *spool,
                               struct fault *why)
{
    for (int64_t after = 0;;) {
        AUTO(taken) struct taken taken = {0};
        TRY(taken_next(desk->mailbox, after, &taken, why));
        if (taken.row == 0)
            return R_OK;
        after = taken.row;
        if (*taken.target)
            continue;
        char target[SPOOL_TARGET_MAX];
        spool_target(spool, taken.folder, taken.name, target);
        TRY(taken_place(desk->mailbox, taken.row, target, why));
    }
}

struct settled {
    int64_t *rows;
    size_t count;
};

static void settled_done(struct settled *settled)
{
    free(settled->rows);
}
AUTO_VALUE(settled, settled_done)

static enum reason settle_files(const struct desk *desk, struct spool *spool,
                                struct settled *settled, struct fault *why)
{
    for (int64_t after = 0;;) {
        AUTO(taken) struct taken taken = {0};
        struct fault found = {0};
        TRY(taken_next(desk->mailbox, after, &taken, why));
        if (taken.row == 0)
            return R_OK;
        after = taken.row;
        if (settle_file(spool, &taken, &found) != R_OK) {
            log_fault(LOG_ERROR, taken.target, &found);
            continue;
        }
        settled->rows = mem_resize(settled->rows, settled->count + 1,
                                   sizeof *settled->rows);
        settled->rows[settled->count++] = taken.row;
    }
}

static enum reason forget_settled(const struct desk *desk,
                                  const struct settled *settled,
                                  struct fault *why)
{
    for (size_t i = 0; i < settled->count; i++)
        TRY(taken_settle(desk->mailbox, settled->rows[i], why));
    return R_OK;
}

enum reason taking_finish(const struct desk *desk, struct spool *spool,
                          struct fault *why)
{
    AUTO(settled) struct settled settled = {0};
    TRY(csv_taking_settle(desk, spool, why));
    TRY(place_files(desk, spool, why));
    TRY(settle_files(desk, spool, &settled, why));
    if (settled.count == 0)
        return R_OK;
    TRY(spool_sync(spool, why));
    TRY(sql_begin(desk->mailbox, why));
    return mailbox_end(desk->mailbox, forget_settled(desk, &settled, why), why);
}
