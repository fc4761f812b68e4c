/*
 * mapping_write - rows on their way into a letter; used by mapping_rows.c.
 */
#ifndef YISONG_BROKER_ADAPTERS_MAPPING_WRITE_H
#define YISONG_BROKER_ADAPTERS_MAPPING_WRITE_H

#include "broker-adapters/adapter/form.h"
#include "broker-adapters/mapping/mapping_parts.h"

struct mapping_field {
    char *path;
    struct buf text;
};

struct mapping_letter {
    struct mapping_field *fields;
    size_t count, row_first, rows;
};
void mapping_letter_done(struct mapping_letter *letter);
AUTO_VALUE(mapping_letter, mapping_letter_done)

/* Adds a row; what is wrong with its cells goes to `mistakes`. */
void mapping_put_row(struct mapping_letter *letter,
                     const struct mapping *mapping, const struct sheet *sheet,
                     size_t row, struct mistakes *mistakes);

/* Appends the letter as XML; R_NOT_VALID where a list gets too long. */
enum reason mapping_letter_write(const struct mapping *mapping,
                                 const struct mapping_letter *letter,
                                 struct buf *out, struct fault *why) MUST_CHECK;

/* Whether a path is one that a mapping may fill (not: header.from). */
bool mapping_may_fill(const char *path);

/* The cell, cleaned, of the column with this name in the mapping. Free it. */
char *mapping_cell_text(const struct mapping *mapping,
                        const struct sheet *sheet, size_t row,
                        const char *name);

/* The heading that the column has in this sheet. */
const char *mapping_label_of(const struct sheet *sheet,
                             const struct mapping_column *column);

#endif
