/*
 * record - a case as it was published: its steps with what is known of their
 * dates, and which letter each of them is (steps.csv).
 */
#ifndef YISONG_SIMULATION_RECORD_H
#define YISONG_SIMULATION_RECORD_H

#include <stdbool.h>

#include "base/csv.h"
#include "base/fault.h"
#include "base/instant.h"
#include "schemas/json.h"

struct record_step {
    const char *date; /* as published: "2023-10-05", "2023-08", "" */
    const char *kind; /* "transferred" */
    const char *actor, *text;
    bool dated; /* the day is known, exactly */
    struct civil_day day;
};

struct record {
    const char *id, *title, *region;
    const char *transferor, *police, *charge, *source;
    struct record_step *steps;
    size_t step_count;
};

struct records {
    struct json_text *text; /* holds the texts */
    struct record *records;
    size_t count;
};

/*
 * Reads a file of cases, "builtin" those that the program carries. R_NO_FILE,
 * R_TOO_LARGE, R_NOT_WELL_FORMED, R_NOT_VALID with the line.
 */
enum reason records_read(struct records *out, const char *path,
                         struct fault *why) MUST_CHECK;
void records_done(struct records *records);
AUTO_VALUE(records, records_done)

/* What a kind of step is. Texts are never NULL. */
struct step_letter {
    const char *type; /* "": no letter, and why */
    const char *from, *to, *copies, *answers, *set;
    const char *chinese, *english;
};

struct step_letters {
    struct csv rows;
    char *(*cells)[CSV_CELLS_MAX];
    size_t count;
};

void step_letters_load(struct step_letters *out);
void step_letters_done(struct step_letters *letters);
AUTO_VALUE(step_letters, step_letters_done)

/* False if the table does not know the kind of step. */
bool step_letters_find(const struct step_letters *letters,
                       const struct record *record,
                       const struct record_step *step, struct step_letter *out);

#endif
