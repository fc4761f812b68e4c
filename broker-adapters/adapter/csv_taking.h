/*
 * csv_taking - a CSV file of out/: its rows through a mapping into letters,
 * each through intake like any other. Good rows are not held back by bad ones:
 * those come back in refused/NAME.rows.csv, each with what was wrong, to be
 * mended and dropped again.
 */
#ifndef YISONG_BROKER_ADAPTERS_CSV_TAKING_H
#define YISONG_BROKER_ADAPTERS_CSV_TAKING_H

#include "base/instant.h"
#include "broker-adapters/adapter/desk.h"
#include "broker-adapters/spool/spool.h"
#include "schemas/mistake.h"

struct csv_taking {
    int letters; /* kept */
    int sent;    /* rows in them */
    int repeats; /* rows that were sent before */
    int refused; /* rows */
    struct mistakes mistakes;
};
void csv_taking_done(struct csv_taking *taking);
AUTO_VALUE(csv_taking, csv_taking_done)

/* Whether a file is a table, by its name. */
bool csv_taking_is_for(const char *name);

/*
 * Works in the caller's transaction. R_OK: the file may go to sent/. A reason
 * of class REFUSE or MISUSE: no row of it was sent, all mistakes are in `out`.
 */
enum reason csv_taking_put(const struct desk *desk, const struct spool *spool,
                           const struct spool_file *file, instant now,
                           struct csv_taking *out,
                           struct fault *why) MUST_CHECK;

/* Rows that go back are laid into refused/; at the start and after a batch. */
enum reason csv_taking_settle(const struct desk *desk, struct spool *spool,
                              struct fault *why) MUST_CHECK;

#endif
