/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * read the table -> pass over rows sent before -> judge each row alone ->
 * letters of good rows through intake -> bad rows back.
 *
 * Letters, the digests of their rows and the rows that go back are written in
 * one transaction with the fate of the file: whatever moment the process dies
 * at, no row is sent twice and none is lost.
 */
#include "broker-adapters/adapter/csv_taking.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/io.h"
#include "base/language.h"
#include "base/log.h"
#include "base/mem.h"
#include "broker-adapters/adapter/intake.h"
#include "broker-adapters/adapter/reason_sheet.h"
#include "broker-adapters/mailbox/csv_rows.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "broker-adapters/mapping/mappings.h"
#include "broker-adapters/spool/spool_name.h"

void csv_taking_done(struct csv_taking *taking)
{
    mistakes_done(&taking->mistakes);
}

bool csv_taking_is_for(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && strcasecmp(name + length - 4, ".csv") == 0;
}

enum fate { FATE_GOOD, FATE_SENT, FATE_REFUSED };

/* The table while its rows are decided about. */
struct table {
    const struct desk *desk;
    const struct mapping *mapping;
    struct sheet sheet;
    struct digest *digests;
    struct buf *faults; /* per row: what was wrong, for its last column */
    enum fate *fates;
    size_t *good;
    size_t good_count;
    int64_t file; /* in csv_file; 0: not put */
    const char *name;
    instant now;
    struct csv_taking *out;
};

static void table_done(struct table *table)
{
    for (size_t i = 0; table->faults && i < table->sheet.row_count; i++)
        buf_done(&table->faults[i]);
    free(table->faults);
    free(table->digests);
    free(table->fates);
    free(table->good);
    sheet_done(&table->sheet);
}
AUTO_VALUE(table, table_done)

static void put_row(const struct table *table, size_t row, bool with_fault,
                    struct buf *out)
{
    const char *cells[CSV_CELLS_MAX + 1];
    size_t count = 0;
    for (size_t i = 0; i < table->sheet.name_count; i++)
        if (strcmp(table->sheet.names[i], SHEET_FAULT_COLUMN) != 0)
            cells[count++] = table->sheet.rows[row].cells[i];
    if (with_fault)
        cells[count++] = buf_text(&table->faults[row]);
    csv_put(out, cells, count);
}

static void put_heading(const struct table *table, bool with_fault,
                        struct buf *out)
{
    const char *cells[CSV_CELLS_MAX + 1];
    size_t count = 0;
    for (size_t i = 0; i < table->sheet.name_count; i++)
        if (strcmp(table->sheet.names[i], SHEET_FAULT_COLUMN) != 0)
            cells[count++] = table->sheet.names[i];
    if (with_fault)
        cells[count++] = SHEET_FAULT_COLUMN;
    csv_put(out, cells, count);
}

static void refuse_row(struct table *table, size_t row,
                       const struct mistakes *found)
{
    struct buf *text = &table->faults[row];
    for (size_t i = 0; i < found->count; i++) {
        const struct mistake *one = &found->rows[i];
        buf_print(text, "%s%s%s%s / %s", text->size ? "；" : "", one->path,
                  *one->path ? ": " : "", one->chinese, one->english);
        mistakes_add(&table->out->mistakes, one->reason, one->line, one->path,
                     one->found, one->chinese, one->english);
    }
    table->fates[row] = FATE_REFUSED;
    table->out->refused++;
}

static bool stands_above(const struct table *table, size_t row)
{
    for (size_t i = 0; i < table->good_count; i++)
        if (digest_is_equal(&table->digests[table->good[i]],
                            &table->digests[row]))
            return true;
    return false;
}

static enum reason judge_row(struct table *table, size_t row, struct fault *why)
{
    AUTO(mistakes) struct mistakes found = {0};
    bool sent;
    table->digests[row] =
        mapping_row_digest(table->mapping, &table->sheet, row);
    TRY(csv_rows_has(table->desk->mailbox, &table->digests[row], &sent, why));
    if (sent || stands_above(table, row)) {
        table->fates[row] = FATE_SENT;
        table->out->repeats++;
    } else if (mapping_check_row(table->mapping, &table->sheet, row, &found,
                                 NULL) == R_OK) {
        table->good[table->good_count++] = row;
    } else {
        refuse_row(table, row, &found);
    }
    return R_OK;
}

static enum reason mark_rows(struct table *table, const size_t *rows,
                             size_t count, const char *letter,
                             struct fault *why)
{
    struct sql *mailbox = table->desk->mailbox;
    AUTO(buf) struct buf heading = {0};
    put_heading(table, false, &heading);
    if (table->file == 0)
        TRY(csv_rows_put_file(mailbox, table->name, buf_text(&heading),
                              &table->file, why));
    for (size_t i = 0; i < count; i++) {
        AUTO(buf) struct buf text = {0};
        put_row(table, rows[i], false, &text);
        TRY(csv_rows_put(mailbox, table->file, &table->digests[rows[i]], letter,
                         buf_text(&text), why));
    }
    table->out->sent += (int)count;
    table->out->letters++;
    return R_OK;
}

/* Intake found what concerns the whole letter: told at each of its rows. */
static void refuse_letter(struct table *table, const size_t *rows, size_t count,
                          const struct fault *found)
{
    for (size_t i = 0; i < count; i++) {
        AUTO(mistakes) struct mistakes one = {0};
        mistakes_add(&one, found->reason, table->sheet.rows[rows[i]].line, "",
                     found->text, reason_chinese(found->reason),
                     reason_english(found->reason));
        refuse_row(table, rows[i], &one);
    }
}

static enum reason send_rows(struct table *table, const size_t *rows,
                             size_t count, struct fault *why)
{
    AUTO(intake) struct intake made = {0};
    AUTO(buf) struct buf xml = {.ceiling = MESSAGE_CEILING};
    struct fault found = {0};
    enum reason reason =
        mapping_write(table->mapping, &table->sheet, rows, count, &xml, &found);
    struct intake_letter letter = {
        .bytes = buf_text(&xml), .size = xml.size, .jws = "", .source = ""};
    if (reason == R_OK)
        reason = intake_put(table->desk, &letter, table->now, &made, &found);
    if (reason == R_OK)
        return mark_rows(table, rows, count, made.id, why);
    if (reason_class(reason) == REASON_RETRY)
        return fault(why, reason, "%s", found.text);
    refuse_letter(table, rows, count, &found);
    return R_OK;
}

static enum reason send_good(struct table *table, struct fault *why)
{
    size_t *rows = table->good;
    size_t left = table->good_count;
    while (left > 0) {
        size_t count = mapping_group(table->mapping, &table->sheet, rows, left);
        TRY(send_rows(table, rows, count, why));
        rows += count;
        left -= count;
    }
    return R_OK;
}

static enum reason refuse_whole(const struct csv_taking *out, struct fault *why)
{
    const struct mistake *first = &out->mistakes.rows[0];
    return fault(why, first->reason, "%d: %s", first->line, first->path);
}

static enum reason send_back(const struct table *table,
                             const struct spool *spool, struct fault *why)
{
    AUTO(buf) struct buf bytes = {0};
    AUTO(buf) struct buf text = {0};
    AUTO(buf) struct buf json = {0};
    struct fault found = {0};
    char target[SPOOL_TARGET_MAX];
    AUTO(text) char *name = csv_rows_name(table->name, "");
    spool_target(spool, "refused", name, target);
    buf_put_text(&bytes, "\xEF\xBB\xBF");
    put_heading(table, true, &bytes);
    for (size_t i = 0; i < table->sheet.row_count; i++)
        if (table->fates[i] == FATE_REFUSED)
            put_row(table, i, true, &bytes);
    (void)refuse_whole(table->out, &found);
    struct reason_sheet sheet = reason_sheet_of(&found, &table->out->mistakes);
    reason_sheet_print(&sheet, &text);
    reason_sheet_print_json(&sheet, &json);
    struct csv_refused refused = {.name = target,
                                  .bytes = (char *)buf_text(&bytes),
                                  .reason_text = (char *)buf_text(&text),
                                  .reason_json = (char *)buf_text(&json)};
    return csv_refused_put(table->desk->mailbox, &refused, why);
}

static enum reason read_table(struct table *table,
                              const struct spool_file *file, struct fault *why)
{
    const struct mappings *known = table->desk->mappings;
    table->mapping = known ? mappings_find(known, file->name) : NULL;
    if (!table->mapping)
        return fault(why, R_NOT_FOUND, "%s",
                     say("没有适用于此文件名的映射：请设置 csv_mapping，"
                         "或按 `yisong map list` 的文件名命名",
                         "no mapping for a file of this name: set csv_mapping, "
                         "or name it as `yisong map list` says"));
    TRY(sheet_read(&table->sheet, buf_text(&file->bytes), file->bytes.size,
                   why));
    if (table->sheet.row_count == 0)
        return fault(why, R_NOT_VALID, "%s",
                     say("没有数据行", "there is no row"));
    size_t count = table->sheet.row_count;
    table->digests = mem_new(count, sizeof *table->digests);
    table->faults = mem_new(count, sizeof *table->faults);
    table->fates = mem_new(count, sizeof *table->fates);
    table->good = mem_new(count, sizeof *table->good);
    return mapping_check_heading(table->mapping, &table->sheet,
                                 &table->out->mistakes, why);
}

enum reason csv_taking_put(const struct desk *desk, const struct spool *spool,
                           const struct spool_file *file, instant now,
                           struct csv_taking *out, struct fault *why)
{
    char name[SPOOL_TARGET_MAX];
    spool_name_clean(file->name, name, sizeof name);
    AUTO(table) struct table table = {
        .desk = desk, .name = name, .now = now, .out = out};
    TRY(read_table(&table, file, why));
    for (size_t i = 0; i < table.sheet.row_count; i++)
        TRY(judge_row(&table, i, why));
    TRY(send_good(&table, why));
    if (out->refused > 0 && out->sent + out->repeats == 0)
        return refuse_whole(out, why);
    return out->refused > 0 ? send_back(&table, spool, why) : R_OK;
}

static enum reason lay(struct spool *spool, const struct csv_refused *refused,
                       struct fault *why)
{
    AUTO(text) char *text = mem_print("%s.reason.txt", refused->name);
    AUTO(text) char *json = mem_print("%s.reason.json", refused->name);
    TRY(spool_write(spool, "refused", text, refused->reason_text,
                    strlen(refused->reason_text), why));
    TRY(spool_write(spool, "refused", json, refused->reason_json,
                    strlen(refused->reason_json), why));
    return spool_write(spool, "refused", refused->name, refused->bytes,
                       strlen(refused->bytes), why);
}

enum reason csv_taking_settle(const struct desk *desk, struct spool *spool,
                              struct fault *why)
{
    for (;;) {
        AUTO(csv_refused) struct csv_refused refused = {0};
        TRY(csv_refused_next(desk->mailbox, &refused, why));
        if (refused.row == 0)
            return R_OK;
        TRY(lay(spool, &refused, why));
        TRY(sql_begin(desk->mailbox, why));
        TRY(mailbox_end(desk->mailbox,
                        csv_refused_settle(desk->mailbox, refused.row, why),
                        why));
    }
}
