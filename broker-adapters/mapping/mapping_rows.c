/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Judging rows: each is made a letter of its own and held against the schema;
 * what is wrong with the letter is told at the column that it came from.
 */
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "broker-adapters/mapping/mapping_write.h"

enum reason mapping_check_heading(const struct mapping *mapping,
                                  const struct sheet *sheet,
                                  struct mistakes *mistakes, struct fault *why)
{
    AUTO(buf) struct buf missing = {0};
    for (size_t i = 0; i < mapping->count; i++) {
        const struct mapping_column *column = &mapping->columns[i];
        if (!column->name || !column->required || column->when ||
            mapping_find_cell(sheet, column) < sheet->name_count)
            continue;
        mistakes_add(mistakes, R_NOT_VALID, 1, column->name, "",
                     "表头中缺少此列", "the heading lacks this column");
        buf_print(&missing, "%s%s", missing.size ? ", " : "", column->name);
    }
    return missing.size ? fault(why, R_NOT_VALID, "%s", buf_text(&missing))
                        : R_OK;
}

/* "/message/body/card/measures/measure[2]/name" without the numbers. */
static char *without_numbers(const char *path)
{
    AUTO(buf) struct buf plain = {0};
    while (*path) {
        size_t length = strcspn(path, "[");
        buf_put(&plain, path, length);
        path += length;
        path += strcspn(path, "]");
        path += *path == ']';
    }
    return mem_text(buf_text(&plain));
}

/* The column that fills a place, or something below it. */
static const struct mapping_column *column_at(const struct mapping *mapping,
                                              const char *path)
{
    size_t length = strlen(path);
    for (size_t i = 0; i < mapping->count; i++)
        if (strcmp(mapping->columns[i].place, path) == 0 &&
            mapping->columns[i].name)
            return &mapping->columns[i];
    AUTO(text) char *form = mem_print("/message/body/%s", mapping->type->form);
    for (size_t i = 0; strcmp(form, path) != 0 && i < mapping->count; i++)
        if (strncmp(mapping->columns[i].place, path, length) == 0 &&
            mapping->columns[i].place[length] == '/' &&
            mapping->columns[i].name)
            return &mapping->columns[i];
    return NULL;
}

static bool was_told(const struct mistakes *mistakes, size_t count,
                     const char *label)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(mistakes->rows[i].path, label) == 0)
            return true;
    return false;
}

/* The letter's mistakes at their columns, unless the cell was told already. */
static void tell_columns(const struct mapping *mapping,
                         const struct sheet *sheet, size_t row,
                         const struct mistakes *found,
                         struct mistakes *mistakes)
{
    size_t told = mistakes->count;
    for (size_t i = 0; i < found->count; i++) {
        const struct mistake *one = &found->rows[i];
        AUTO(text) char *path = without_numbers(one->path);
        const struct mapping_column *column = column_at(mapping, path);
        const char *label =
            column ? mapping_label_of(sheet, column) : one->path;
        if (!was_told(mistakes, told, label))
            mistakes_add(mistakes, one->reason, sheet->rows[row].line, label,
                         one->found, one->chinese, one->english);
    }
    mistakes->dropped += found->dropped;
}

/* What intake will fill in, so that the letter can be judged whole. */
static enum reason complete(const struct message *message, struct buf *out,
                            struct fault *why)
{
    static const char anybody[] = "01900000-0000-7000-8000-000000000000";
    struct message_header filled = {.from = "this-agency", .sent_at = 1};
    if (!*message_id(message))
        filled.id = anybody;
    if (!*message_case(message))
        filled.case_id = anybody;
    if (*message_answers(message) && !*message_answers_digest(message)) {
        filled.answers = message_answers(message);
        filled.answers_digest = "00000000000000000000000000000000"
                                "00000000000000000000000000000000";
    }
    return message_complete(message, &filled, out, why);
}

static enum reason judge(const struct buf *xml, struct mistakes *found,
                         struct fault *why)
{
    AUTO(message) struct message *draft = NULL;
    AUTO(message) struct message *whole = NULL;
    AUTO(buf) struct buf bytes = {.ceiling = MESSAGE_CEILING};
    TRY(message_parse(&draft, buf_text(xml), xml->size, why));
    TRY(complete(draft, &bytes, why));
    TRY(message_parse(&whole, buf_text(&bytes), bytes.size, why));
    return message_check(whole, found, why);
}

static enum reason first_of(const struct mistakes *mistakes, size_t before,
                            struct fault *why)
{
    if (mistakes->count <= before)
        return fault(why, R_NOT_VALID, "...");
    const struct mistake *first = &mistakes->rows[before];
    return fault(why, first->reason, "%d: %s", first->line, first->path);
}

/* The commas may have shifted every cell: nothing else is told of the row. */
static enum reason refuse_beyond(const struct sheet *sheet,
                                 const struct sheet_row *row,
                                 struct mistakes *mistakes, struct fault *why)
{
    AUTO(text) char *zh = mem_print(
        "单元格多于表头的列，多出“%s”：值中有逗号时应加引号", row->beyond);
    AUTO(text) char *en = mem_print(
        "more cells than the heading has columns, too many: \"%s\"; a value "
        "with a comma stands in quotes",
        row->beyond);
    mistakes_add(mistakes, R_NOT_WELL_FORMED, row->line,
                 sheet->names[sheet->name_count - 1], "", zh, en);
    return fault(why, R_NOT_WELL_FORMED, "%d", row->line);
}

enum reason mapping_check_row(const struct mapping *mapping,
                              const struct sheet *sheet, size_t row,
                              struct mistakes *mistakes, struct fault *why)
{
    AUTO(mapping_letter) struct mapping_letter letter = {0};
    AUTO(mistakes) struct mistakes found = {0};
    AUTO(buf) struct buf xml = {.ceiling = MESSAGE_CEILING};
    size_t before = mistakes->count + mistakes->dropped;
    if (sheet->rows[row].beyond)
        return refuse_beyond(sheet, &sheet->rows[row], mistakes, why);
    struct fault detail = {0};
    mapping_put_row(&letter, mapping, sheet, row, mistakes);
    enum reason reason = mapping_letter_write(mapping, &letter, &xml, &detail);
    if (reason == R_OK)
        reason = judge(&xml, &found, &detail);
    if (reason != R_OK && found.count == 0)
        mistakes_add(mistakes, reason, sheet->rows[row].line, "", detail.text,
                     reason_chinese(reason), reason_english(reason));
    tell_columns(mapping, sheet, row, &found, mistakes);
    return mistakes->count + mistakes->dropped == before
               ? R_OK
               : first_of(mistakes, before, why);
}

size_t mapping_group(const struct mapping *mapping, const struct sheet *sheet,
                     size_t *rows, size_t count)
{
    if (count == 0 || mapping->rows == 1)
        return count > 0;
    const char *name = mapping->group ? mapping->group : "";
    AUTO(text) char *first = mapping_cell_text(mapping, sheet, rows[0], name);
    size_t taken = 1;
    for (size_t i = 1; i < count && taken < mapping->rows; i++) {
        AUTO(text) char *text =
            mapping_cell_text(mapping, sheet, rows[i], name);
        if (strcmp(text, first) != 0)
            continue;
        size_t row = rows[i];
        memmove(&rows[taken + 1], &rows[taken], (i - taken) * sizeof *rows);
        rows[taken++] = row;
    }
    return taken;
}

enum reason mapping_write(const struct mapping *mapping,
                          const struct sheet *sheet, const size_t *rows,
                          size_t count, struct buf *out, struct fault *why)
{
    AUTO(mapping_letter) struct mapping_letter letter = {0};
    AUTO(mistakes) struct mistakes mistakes = {0};
    for (size_t i = 0; i < count; i++)
        mapping_put_row(&letter, mapping, sheet, rows[i], &mistakes);
    if (mistakes.count > 0)
        return first_of(&mistakes, 0, why);
    return mapping_letter_write(mapping, &letter, out, why);
}

struct digest mapping_row_digest(const struct mapping *mapping,
                                 const struct sheet *sheet, size_t row)
{
    AUTO(buf) struct buf text = {0};
    buf_put_text(&text, mapping->id);
    for (size_t i = 0; i < mapping->count; i++) {
        if (!mapping->columns[i].name)
            continue;
        AUTO(text) char *cell =
            mapping_cell_text(mapping, sheet, row, mapping->columns[i].name);
        buf_put_char(&text, '\n');
        buf_put_json(&text, cell);
    }
    return digest_of(DIGEST_SHA256, buf_text(&text), text.size);
}
