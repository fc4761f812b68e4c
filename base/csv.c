/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Cells are ended and unquoted in place: an unquoted cell is never longer
 * than what stood in the file. A quote that is never closed takes the rest of
 * the file as one cell; whoever reads the rows then finds too few cells.
 */
#include "base/csv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void csv_open(struct csv *csv, const void *bytes, size_t size)
{
    static const char mark[] = "\xEF\xBB\xBF";
    csv->text = mem_copy(bytes, size);
    csv->next = csv->text;
    if (strncmp(csv->next, mark, sizeof mark - 1) == 0)
        csv->next += sizeof mark - 1;
    csv->line = 0;
    csv->next_line = 1;
    csv->no_comments = csv->unclosed = false;
}

static void skip_empty_lines(struct csv *csv)
{
    for (;;) {
        bool comment = csv->next[0] == '#' && !csv->no_comments;
        size_t length =
            comment ? strcspn(csv->next, "\n") : strspn(csv->next, "\r");
        if (csv->next[length] != '\n') {
            if (csv->next[length] == '\0')
                csv->next += length;
            return;
        }
        csv->next += length + 1;
        csv->next_line++;
    }
}

/* Moves the cell at *from to *to without its quotes; stops behind it. */
static void read_quoted(struct csv *csv, char **from, char **to)
{
    for ((*from)++; **from; (*from)++) {
        if (**from == '"' && (*from)[1] != '"')
            break;
        if (**from == '"')
            (*from)++;
        if (**from == '\n')
            csv->next_line++;
        *(*to)++ = **from;
    }
    csv->unclosed = **from == '\0';
    if (!csv->unclosed)
        (*from)++;
}

/* Reads one cell; returns the character that ended it. */
static char read_cell(struct csv *csv, char **cell)
{
    char *from = csv->next, *to = from;
    *cell = to;
    if (*from == '"')
        read_quoted(csv, &from, &to);
    while (*from && *from != ',' && *from != '\n')
        *to++ = *from++;
    char ended_by = *from;
    csv->next = ended_by ? from + 1 : from;
    if (ended_by != ',' && to > *cell && to[-1] == '\r')
        to--;
    *to = '\0';
    return ended_by;
}

size_t csv_next(struct csv *csv, char *cells[CSV_CELLS_MAX])
{
    skip_empty_lines(csv);
    csv->line = csv->next_line;
    if (!*csv->next)
        return 0;
    size_t count = 0;
    char ended_by = ',';
    while (ended_by == ',') {
        char *cell;
        ended_by = read_cell(csv, &cell);
        if (count < CSV_CELLS_MAX)
            cells[count++] = cell;
    }
    csv->next_line++;
    return count;
}

size_t csv_column(char *const cells[], size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(cells[i], name) == 0)
            return i;
    return count;
}

static void put_cell(struct buf *out, const char *cell)
{
    if (!*cell || cell[strcspn(cell, ",\"\r\n")]) {
        buf_put_char(out, '"');
        for (const char *c = cell; *c; c++)
            buf_put(out, *c == '"' ? "\"\"" : c, *c == '"' ? 2 : 1);
        buf_put_char(out, '"');
        return;
    }
    buf_put_text(out, cell);
}

void csv_put(struct buf *out, const char *const cells[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_put_char(out, ',');
        if (*cells[i] || count == 1)
            put_cell(out, cells[i]);
    }
    buf_put_text(out, "\r\n");
}

void csv_done(struct csv *csv)
{
    free(csv->text);
    *csv = (struct csv){0};
}
