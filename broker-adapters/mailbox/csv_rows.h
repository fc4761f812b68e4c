/*
 * csv_rows - which rows of CSV files became letters, so that none is sent
 * twice whatever file it comes in again, and rows that go back to the agency
 * in refused/.
 */
#ifndef YISONG_BROKER_ADAPTERS_CSV_ROWS_H
#define YISONG_BROKER_ADAPTERS_CSV_ROWS_H

#include "base/digest.h"
#include "base/sql.h"

/* Makes the tables that are missing; mailbox_open calls it. */
enum reason csv_rows_open(struct sql *mailbox, struct fault *why) MUST_CHECK;

/* Whether the row with this digest became a letter before. */
enum reason csv_rows_has(struct sql *mailbox, const struct digest *digest,
                         bool *has, struct fault *why) MUST_CHECK;

/* A file whose rows become letters: its name and its heading as CSV. */
enum reason csv_rows_put_file(struct sql *mailbox, const char *name,
                              const char *heading, int64_t *file,
                              struct fault *why) MUST_CHECK;

/* A row of it that is in a letter; `text` is the row as CSV. */
enum reason csv_rows_put(struct sql *mailbox, int64_t file,
                         const struct digest *digest, const char *letter,
                         const char *text, struct fault *why) MUST_CHECK;

/* Rows that go back: a file for refused/, with its reasons beside. */
struct csv_refused {
    int64_t row;
    char *name, *bytes, *reason_text, *reason_json;
};
void csv_refused_done(struct csv_refused *refused);
AUTO_VALUE(csv_refused, csv_refused_done)

enum reason csv_refused_put(struct sql *mailbox,
                            const struct csv_refused *refused,
                            struct fault *why) MUST_CHECK;
/* The first one that is not settled; row is 0 if there is none. */
enum reason csv_refused_next(struct sql *mailbox, struct csv_refused *out,
                             struct fault *why) MUST_CHECK;
enum reason csv_refused_settle(struct sql *mailbox, int64_t row,
                               struct fault *why) MUST_CHECK;

/*
 * The exchange refused a letter: its rows go back, with the reasons, and may
 * be sent again. Nothing happens if it was not made of rows.
 */
enum reason csv_rows_send_back(struct sql *mailbox, const char *letter,
                               const char *reason_text, const char *reason_json,
                               struct fault *why) MUST_CHECK;

/* "NAME.rows.csv" of "NAME.csv" and of "NAME.rows.csv"; `mark` may be "". */
char *csv_rows_name(const char *file, const char *mark);

#endif
