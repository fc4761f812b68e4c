/*
 * csv - rows of a comma-separated file (RFC 4180): quoted cells, doubled
 * quotes, LF or CRLF, a byte order mark skipped. Empty lines and (unless
 * no_comments) lines that begin with '#' are no rows.
 *
 *     AUTO(csv) struct csv rows = {0};
 *     csv_open(&rows, bytes, size);
 *     char *cells[CSV_CELLS_MAX];
 *     for (size_t count; (count = csv_next(&rows, cells)) > 0;)
 *         use(cells[0]);
 */
#ifndef YISONG_BASE_CSV_H
#define YISONG_BASE_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/idiom.h"

enum { CSV_CELLS_MAX = 128 };

struct csv {
    char *text; /* its own copy; cells point into it */
    char *next;
    int line;         /* of the row that was given last, counted from 1 */
    int next_line;    /* of what comes next */
    bool no_comments; /* '#' begins a row like any other; set after csv_open */
    bool unclosed;    /* the last cell's quote was never closed */
};

/* Copies the bytes (a NUL ends them early). */
void csv_open(struct csv *csv, const void *bytes, size_t size);

/*
 * The cells of the next row, and their number; 0 at the end. Cells beyond
 * CSV_CELLS_MAX are dropped. They live until csv_done.
 */
size_t csv_next(struct csv *csv, char *cells[CSV_CELLS_MAX]);

/* The place of a name among the cells of a heading, or `count`. */
size_t csv_column(char *const cells[], size_t count, const char *name);

/* Appends a row, cells in quotes where they need them, ended by CR LF. */
void csv_put(struct buf *out, const char *const cells[], size_t count);

void csv_done(struct csv *csv);

AUTO_VALUE(csv, csv_done)

#endif
