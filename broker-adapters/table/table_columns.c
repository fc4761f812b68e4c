/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Rows of columns: a table or a view of the agency's own, with its own names,
 * read by a mapping and never written. What became of each row stands in the
 * outgoing table, under the row's key.
 *
 * As with CSV files each row is judged alone, good ones are not held back, and
 * rows that belong together go in one letter.
 */
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "broker-adapters/table/table_state.h"

enum { CELL_MAX = 65536 };

struct batch {
    struct sheet sheet;
    char *keys[TABLE_BATCH]; /* one per row of the sheet */
    struct table_verdict verdicts[TABLE_BATCH];
    size_t good[TABLE_BATCH];
    size_t good_count, kept;
};

static void batch_done(struct batch *batch)
{
    for (size_t i = 0; i < TABLE_BATCH; i++) {
        free(batch->keys[i]);
        mistakes_done(&batch->verdicts[i].mistakes);
    }
    sheet_done(&batch->sheet);
    free(batch);
}
AUTO_POINTER(batch, batch_done)

/* --- which columns there are -----------------------------------------------
 */

static void forget_names(struct table_words *words)
{
    for (size_t i = 0; i < words->name_count; i++)
        free(words->names[i]);
    words->name_count = 0;
}

static void add_name(struct table_words *words, const char *name)
{
    words->names =
        mem_resize(words->names, words->name_count + 1, sizeof *words->names);
    words->names[words->name_count++] = mem_text(name);
}

static enum reason check_heading(const struct table_place *place,
                                 struct fault *why)
{
    AUTO(mistakes) struct mistakes missing = {0};
    struct fault found = {0};
    const struct sheet heading = {.names = place->words.names,
                                  .name_count = place->words.name_count};
    return mapping_check_heading(place->mapping, &heading, &missing, &found) ==
                   R_OK
               ? R_OK
               : fault(why, R_STORE_UNFIT, "%s: %s",
                       place->settings->table_columns, found.text);
}

/* Only what the mapping asks for is read, and each cell to a limit. */
static void make_statement(struct table_place *place)
{
    AUTO(buf) struct buf text = {0};
    struct table_words *words = &place->words;
    buf_put_text(&text, "SELECT ");
    for (size_t i = 0; i < words->name_count; i++) {
        buf_print(&text, "%ssubstr(CAST(\"%s\" AS text), 1, %d)", i ? ", " : "",
                  words->names[i], CELL_MAX + 1);
    }
    buf_put_text(&text, " FROM {columns} WHERE {key} = ?1 LIMIT 1");
    words->columns = table_words_expand(place->settings, sql_dialect(place->db),
                                        buf_text(&text));
}

/* Which of the mapping's columns there are; those that it must have. */
enum reason table_columns_find(struct table_place *place, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    struct table_words *words = &place->words;
    if (words->columns)
        return R_OK;
    forget_names(words);
    TRY(sql_select(place->db, words->texts[WORD_COLUMNS], SQL_NO_VALUES, &rows,
                   why));
    for (int i = 0; i < sql_columns(rows); i++) {
        const char *name = sql_name(rows, i);
        bool plain = name && !strpbrk(name, "\"{}");
        if (plain && words->name_count < CSV_CELLS_MAX - 1 &&
            mapping_has_column(place->mapping, name))
            add_name(words, name);
    }
    if (words->name_count == 0)
        return fault(why, R_STORE_UNFIT, "%s: none of the columns of %s",
                     place->settings->table_columns,
                     mapping_id(place->mapping));
    TRY(check_heading(place, why));
    make_statement(place);
    return R_OK;
}

/* --- reading ---------------------------------------------------------------
 */

static enum reason read_keys(struct table_connector *connector,
                             struct batch *batch, size_t *count,
                             struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    struct table_place *place = &connector->place;
    TRY(sql_select(place->db, place->words.texts[WORD_COLUMN_KEYS],
                   SQL_VALUES(SQL_INT(TABLE_BATCH)), &rows, why));
    while (*count < TABLE_BATCH && sql_next(rows)) {
        const char *key = mailbox_text(rows, 0);
        if (*key && strlen(key) <= TABLE_KEY_MAX)
            batch->keys[(*count)++] = mem_text(key);
    }
    return sql_check(rows, why);
}

/* Some write GB18030 into columns that say otherwise. */
static enum reason read_cell(const struct sql_rows *rows, int column,
                             char **out, struct fault *found)
{
    size_t size;
    AUTO(buf) struct buf text = {0};
    const char *bytes = sql_bytes(rows, column, &size);
    if (size > CELL_MAX)
        return fault(found, R_TOO_LARGE, "%s > %d", sql_name(rows, column),
                     CELL_MAX);
    TRY(sheet_decode(bytes, size, &text, found));
    free(*out);
    *out = mem_text(buf_text(&text));
    return R_OK;
}

static void begin_sheet(struct batch *batch, const struct table_words *words)
{
    struct sheet *sheet = &batch->sheet;
    sheet->names = mem_new(words->name_count, sizeof *sheet->names);
    for (size_t i = 0; i < words->name_count; i++)
        sheet->names[sheet->name_count++] = mem_text(words->names[i]);
}

static enum reason read_row(struct table_connector *connector,
                            struct batch *batch, size_t at, size_t *bytes,
                            struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    struct table_place *place = &connector->place;
    struct sheet_row *row = sheet_add_row(&batch->sheet, 0);
    TRY(sql_select(place->db, place->words.columns,
                   SQL_VALUES(SQL_TEXT(batch->keys[at])), &rows, why));
    if (!sql_next(rows))
        return sql_check(rows, why);
    for (size_t i = 0; i < place->words.name_count; i++) {
        if (read_cell(rows, (int)i, &row->cells[i],
                      &batch->verdicts[at].found) != R_OK)
            break;
        *bytes += strlen(row->cells[i]);
    }
    return R_OK;
}

static enum reason read_rows(struct table_connector *connector,
                             struct batch *batch, struct fault *why)
{
    size_t count = 0, bytes = 0;
    TRY(table_columns_find(&connector->place, why));
    TRY(read_keys(connector, batch, &count, why));
    begin_sheet(batch, &connector->place.words);
    for (size_t i = 0; i < count && bytes < TABLE_BATCH_BYTES; i++)
        TRY(read_row(connector, batch, i, &bytes, why));
    return R_OK;
}

/* --- judging and keeping ---------------------------------------------------
 */

static enum reason judge(struct table_connector *connector, struct batch *batch,
                         size_t at, struct fault *why)
{
    const struct mapping *mapping = connector->place.mapping;
    struct table_verdict *verdict = &batch->verdicts[at];
    bool is_new = false;
    verdict->row = (struct table_row){
        .key = batch->keys[at],
        .digest = mapping_row_digest(mapping, &batch->sheet, at),
        .of_rows = true};
    if (verdict->found.reason != R_OK)
        return R_OK;
    enum reason reason = table_row_judge(connector->desk.mailbox, &verdict->row,
                                         &is_new, &verdict->found);
    if (reason_class(reason) == REASON_RETRY)
        return fault(why, reason, "%s", verdict->found.text);
    if (reason == R_OK && is_new &&
        mapping_check_row(mapping, &batch->sheet, at, &verdict->mistakes,
                          &verdict->found) == R_OK)
        batch->good[batch->good_count++] = at;
    return R_OK;
}

static enum reason mark(struct table_connector *connector, struct batch *batch,
                        const size_t *rows, size_t count, const char *letter,
                        struct fault *why)
{
    for (size_t i = 0; i < count; i++)
        TRY(table_rows_put(connector->desk.mailbox,
                           &batch->verdicts[rows[i]].row, letter, why));
    log_event(LOG_INFO, "table: took %zu rows from %s on: letter %s", count,
              batch->keys[rows[0]], letter);
    batch->kept += count;
    return R_OK;
}

static enum reason send(struct table_connector *connector, struct batch *batch,
                        const size_t *rows, size_t count, struct fault *why)
{
    AUTO(intake) struct intake made = {0};
    AUTO(buf) struct buf xml = {.ceiling = MESSAGE_CEILING};
    struct fault found = {0};
    enum reason reason = mapping_write(connector->place.mapping, &batch->sheet,
                                       rows, count, &xml, &found);
    struct intake_letter letter = {
        .bytes = buf_text(&xml), .size = xml.size, .jws = "", .source = ""};
    if (reason == R_OK)
        reason = intake_put(&connector->desk, &letter, connector->now, &made,
                            &found);
    if (reason == R_OK)
        return mark(connector, batch, rows, count, made.id, why);
    if (reason_class(reason) == REASON_RETRY)
        return fault(why, reason, "%s", found.text);
    for (size_t i = 0; i < count; i++)
        batch->verdicts[rows[i]].found = found;
    return R_OK;
}

static enum reason keep_all(struct table_connector *connector,
                            struct batch *batch, struct fault *why)
{
    for (size_t i = 0; i < batch->sheet.row_count; i++)
        TRY(judge(connector, batch, i, why));
    size_t *rows = batch->good;
    size_t left = batch->good_count;
    while (left > 0) {
        size_t count =
            mapping_group(connector->place.mapping, &batch->sheet, rows, left);
        TRY(send(connector, batch, rows, count, why));
        rows += count;
        left -= count;
    }
    return R_OK;
}

enum reason table_columns_turn(struct table_connector *connector,
                               struct fault *why)
{
    AUTO(batch) struct batch *batch = mem_new(1, sizeof *batch);
    struct sql *mailbox = connector->desk.mailbox;
    if (!connector->looks || !connector->place.mapping)
        return R_OK;
    TRY(read_rows(connector, batch, why));
    size_t count = batch->sheet.row_count;
    if (count == 0)
        return R_OK;
    TRY(sql_begin(mailbox, why));
    TRY(mailbox_end(mailbox, keep_all(connector, batch, why), why));
    if (batch->kept > 0)
        mailbox_ring(connector->settings->mailbox);
    connector->more |= count == TABLE_BATCH;
    return table_telling_refuse(connector, batch->verdicts, count, why);
}
