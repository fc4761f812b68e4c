/*
 * sheet - a table that an agency's own system or Excel saved: a CSV file, or a
 * flat JSON object (or an array of them), as names of columns and rows of
 * cells.
 *
 * The text may be UTF-8 with or without a byte order mark, or GB18030 (what
 * Excel saves in China); it is UTF-8 afterwards. Nothing is guessed: bytes
 * that are neither are a fault.
 */
#ifndef YISONG_BROKER_ADAPTERS_SHEET_H
#define YISONG_BROKER_ADAPTERS_SHEET_H

#include "base/buf.h"
#include "base/csv.h"

enum { SHEET_ROWS_MAX = 20000 };

struct sheet_row {
    int line;     /* of the file, counted from 1 */
    char **cells; /* one per column, as written; "" where there is none */
    char *beyond; /* cells behind the last column, or NULL */
};

struct sheet {
    char **names;
    size_t name_count;
    struct sheet_row *rows;
    size_t row_count;
};

/*
 * Reads the whole table. R_NOT_WELL_FORMED (encoding, a quote never closed,
 * ... with the line), R_TOO_LARGE. Free with
 * sheet_done in either case.
 */
enum reason sheet_read(struct sheet *out, const void *bytes, size_t size,
                       struct fault *why) MUST_CHECK;
void sheet_done(struct sheet *sheet);
AUTO_VALUE(sheet, sheet_done)

/* The place of a column, or name_count. */
size_t sheet_column(const struct sheet *sheet, const char *name);

/*
 * A cell as it was meant: without blanks around it, Excel's ="..." and the
 * apostrophe that keeps numbers as text. Free it.
 */
char *sheet_clean(const char *cell);

/*
 * The column that `yisong` adds where it gives rows back: what was wrong. It
 * is passed over when the mended rows come again.
 */
#define SHEET_FAULT_COLUMN "移送错误 / fault"

/* sheet_text.c: the text as UTF-8, without a byte order mark. */
enum reason sheet_decode(const void *bytes, size_t size, struct buf *out,
                         struct fault *why) MUST_CHECK;

/* sheet_json.c: a flat object, or an array of flat objects. */
enum reason sheet_read_json(struct sheet *out, const struct buf *text,
                            struct fault *why) MUST_CHECK;

/* A new row with empty cells. For the readers. */
struct sheet_row *sheet_add_row(struct sheet *sheet, int line);

#endif
