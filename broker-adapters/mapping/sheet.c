/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A row with fewer cells than the heading has empty ones; one with more is
 * refused if they are not empty: a comma too many shifts all that stands
 * behind it, and nobody could say which cell is which.
 */
#include "broker-adapters/mapping/sheet.h"

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/language.h"
#include "base/mem.h"

struct sheet_row *sheet_add_row(struct sheet *sheet, int line)
{
    if (sheet->row_count % 64 == 0)
        sheet->rows =
            mem_resize(sheet->rows, sheet->row_count + 64, sizeof *sheet->rows);
    struct sheet_row *row = &sheet->rows[sheet->row_count++];
    *row = (struct sheet_row){
        .line = line, .cells = mem_new(sheet->name_count + 1, sizeof(char *))};
    return row;
}

void sheet_done(struct sheet *sheet)
{
    for (size_t i = 0; i < sheet->row_count; i++) {
        for (size_t j = 0; j < sheet->name_count; j++)
            free(sheet->rows[i].cells[j]);
        free(sheet->rows[i].cells);
        free(sheet->rows[i].beyond);
    }
    for (size_t i = 0; i < sheet->name_count; i++)
        free(sheet->names[i]);
    free(sheet->rows);
    free(sheet->names);
    *sheet = (struct sheet){0};
}

size_t sheet_column(const struct sheet *sheet, const char *name)
{
    return csv_column(sheet->names, sheet->name_count, name);
}

/* Blanks that Excel, Word and web pages leave around a value. */
static size_t blank_at(const char *text)
{
    static const char *const blanks[] = {" ",  "\t",       "\r",
                                         "\n", "\xC2\xA0", "\xE3\x80\x80"};
    for (size_t i = 0; i < COUNT_OF(blanks); i++)
        if (strncmp(text, blanks[i], strlen(blanks[i])) == 0)
            return strlen(blanks[i]);
    return 0;
}

static char *trim(const char *from, size_t size)
{
    size_t begin = 0, end = 0, length;
    AUTO(text) char *copy = mem_copy(from, size);
    while ((length = blank_at(copy + begin)) > 0)
        begin += length;
    for (size_t at = begin; copy[at];) {
        length = blank_at(copy + at);
        at += length ? length : 1;
        end = length ? end : at;
    }
    return mem_copy(copy + begin, end > begin ? end - begin : 0);
}

char *sheet_clean(const char *cell)
{
    AUTO(text) char *trimmed = trim(cell, strlen(cell));
    size_t size = strlen(trimmed);
    if (size >= 3 && trimmed[0] == '=' && trimmed[1] == '"' &&
        trimmed[size - 1] == '"')
        return trim(trimmed + 2, size - 3);
    if (trimmed[0] == '\'' && trimmed[1] != '\0')
        return trim(trimmed + 1, size - 1);
    return TAKE(trimmed);
}

static enum reason read_heading(struct sheet *out, struct csv *csv,
                                char *cells[], struct fault *why)
{
    size_t count = csv_next(csv, cells);
    while (count > 0 && !*cells[count - 1])
        count--;
    if (count == 0)
        return fault(why, R_NOT_WELL_FORMED, "1: %s",
                     say("没有表头", "there is no heading"));
    if (count == CSV_CELLS_MAX)
        return fault(why, R_TOO_LARGE, "1: > %d", CSV_CELLS_MAX - 1);
    if (count == 1 && cells[0][strcspn(cells[0], ";\t")])
        return fault(
            why, R_NOT_WELL_FORMED, "%d: %s", csv->line,
            say("各列应以逗号分隔", "columns are separated by commas"));
    out->names = mem_new(count, sizeof *out->names);
    for (size_t i = 0; i < count; i++) {
        char *name = sheet_clean(cells[i]);
        bool twice = *name && sheet_column(out, name) < out->name_count;
        out->names[out->name_count++] = name;
        if (twice)
            return fault(why, R_NOT_WELL_FORMED, "%d: %s: %s", csv->line,
                         say("表头中有重复的列", "two columns have this name"),
                         name);
    }
    return R_OK;
}

static bool is_empty(char *const cells[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (cells[i][strspn(cells[i], " \t\r\n")])
            return false;
    return true;
}

static char *join(char *const cells[], size_t count)
{
    AUTO(buf) struct buf text = {0};
    for (size_t i = 0; i < count; i++)
        buf_print(&text, "%s%s", i ? "," : "", cells[i]);
    return mem_text(buf_text(&text));
}

static enum reason read_row(struct sheet *out, const struct csv *csv,
                            char *const cells[], size_t count,
                            struct fault *why)
{
    if (out->row_count == SHEET_ROWS_MAX)
        return fault(why, R_TOO_LARGE, "%d: > %d", csv->line, SHEET_ROWS_MAX);
    struct sheet_row *row = sheet_add_row(out, csv->line);
    for (size_t i = 0; i < out->name_count; i++)
        row->cells[i] = mem_text(i < count ? cells[i] : "");
    if (count > out->name_count &&
        !is_empty(cells + out->name_count, count - out->name_count))
        row->beyond = join(cells + out->name_count, count - out->name_count);
    return R_OK;
}

static enum reason read_csv(struct sheet *out, const struct buf *text,
                            struct fault *why)
{
    AUTO(csv) struct csv csv = {0};
    char *cells[CSV_CELLS_MAX];
    csv_open(&csv, buf_text(text), text->size);
    csv.no_comments = true;
    TRY(read_heading(out, &csv, cells, why));
    for (size_t count; (count = csv_next(&csv, cells)) > 0;) {
        if (csv.unclosed)
            return fault(why, R_NOT_WELL_FORMED, "%d: %s", csv.line,
                         say("引号没有结束", "a quote is never closed"));
        if (!is_empty(cells, count))
            TRY(read_row(out, &csv, cells, count, why));
    }
    return R_OK;
}

enum reason sheet_read(struct sheet *out, const void *bytes, size_t size,
                       struct fault *why)
{
    AUTO(buf) struct buf text = {0};
    TRY(sheet_decode(bytes, size, &text, why));
    const char *first = buf_text(&text);
    first += strspn(first, " \t\r\n");
    return *first == '{' || *first == '[' ? sheet_read_json(out, &text, why)
                                          : read_csv(out, &text, why);
}
