/*
 * mapping - turns the rows of an agency's own table into letters, and letters
 * into rows, as a file says: no C, no program at the partner's side.
 *
 *     <mapping xmlns="urn:yisong:mapping:1" id="cards" type="card-credit-push"
 *              files="cards*.csv|红黄牌*.csv">
 *       <chinese>红黄牌名单</chinese> <english>red and yellow cards</english>
 *       <to>credit-nanchang</to>
 *       <column name="company" also="企业名称" path="unit.name"
 * required="yes"/> <column name="colour" path="colour"
 * table="card_colours.csv"/> <constant path="scheme" value="企业环境信用评价"/>
 *     </mapping>
 *
 * Paths are those of `yisong reply`; `header.` names places of the header.
 * mapping.xsd tells all attributes. The mappings that the program carries are
 * in broker-adapters/mappings/.
 */
#ifndef YISONG_BROKER_ADAPTERS_MAPPING_H
#define YISONG_BROKER_ADAPTERS_MAPPING_H

#include "broker-adapters/mapping/sheet.h"
#include "schemas/message.h"

struct mapping;

/*
 * Reads and checks the whole file: R_BAD_SETTINGS, and `report` holds one
 * "FILE:LINE: text" line per fault. `name` is a path, or the id of a mapping
 * that the program carries; R_NO_FILE if it is neither.
 */
enum reason mapping_read(struct mapping **out, const char *name,
                         struct buf *report, struct fault *why) MUST_CHECK;
void mapping_free(struct mapping *mapping);
AUTO_POINTER(mapping, mapping_free)

const char *mapping_id(const struct mapping *mapping);
const char *mapping_type(const struct mapping *mapping);
const char *mapping_label(
    const struct mapping *mapping); /* reader's language */

/* Whether it asks for a column of this name. */
bool mapping_has_column(const struct mapping *mapping, const char *name);

/* Whether a file of this name is meant for it (`files`, as a shell matches). */
bool mapping_fits(const struct mapping *mapping, const char *file_name);

/* Addressees for letters whose row and mapping name none; borrowed, or NULL. */
void mapping_send_to(struct mapping *mapping, const char *agencies);

/* What came of a row: the faults, each with line and column (as `path`). */

/*
 * Whether the table has the columns that the mapping must have. R_NOT_VALID,
 * all that are missing in `mistakes`.
 */
enum reason mapping_check_heading(const struct mapping *mapping,
                                  const struct sheet *sheet,
                                  struct mistakes *mistakes,
                                  struct fault *why) MUST_CHECK;

/*
 * Whether a row alone makes a lawful letter; every fault of the row in
 * `mistakes`, with its line and the name of its column.
 */
enum reason mapping_check_row(const struct mapping *mapping,
                              const struct sheet *sheet, size_t row,
                              struct mistakes *mistakes,
                              struct fault *why) MUST_CHECK;

/*
 * How many of `rows` (places in the sheet, all checked) go into one letter
 * with the first of them; those are moved to the front, in their order.
 */
size_t mapping_group(const struct mapping *mapping, const struct sheet *sheet,
                     size_t *rows, size_t count);

/* Appends the letter of some rows, as XML that intake completes and signs. */
enum reason mapping_write(const struct mapping *mapping,
                          const struct sheet *sheet, const size_t *rows,
                          size_t count, struct buf *out,
                          struct fault *why) MUST_CHECK;

/* The same row again has the same digest, whatever file it stands in. */
struct digest mapping_row_digest(const struct mapping *mapping,
                                 const struct sheet *sheet, size_t row);

/* The way back: the heading, and the rows that a letter makes, as CSV. */
void mapping_put_heading(const struct mapping *mapping, struct buf *out);
void mapping_put_rows(const struct mapping *mapping,
                      const struct message *message, struct buf *out);

#endif
