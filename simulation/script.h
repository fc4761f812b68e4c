/*
 * script - what the letters of each act say. Written from the procedure files
 * and the examples of the catalogue: the body fulfils the condition of the act,
 * the days that a clock reads in it are blanks, and unit and figures can be
 * those of any case. So a new procedure is played without a line of its own.
 */
#ifndef YISONG_SIMULATION_SCRIPT_H
#define YISONG_SIMULATION_SCRIPT_H

#include "base/buf.h"
#include "routing/procedure_model.h"

enum { BLANKS_MAX = 6 };

/* A day or time in the body that a clock reads. */
struct blank {
    const char *path; /* "acceptance/acceptedAt" */
    bool is_due;      /* else it is the time of writing */
    bool is_day;      /* without an hour */
    char *written;    /* what stands there in the text */
};

/* Whether the figures of the letter meet a crime threshold, or are small. */
enum figures { FIGURES_GRAVE, FIGURES_SMALL, FIGURES_COUNT };

struct script {
    const struct machine *machine;
    const struct accept *act;
    char *text[FIGURES_COUNT];           /* from <body> to its end */
    struct message *read[FIGURES_COUNT]; /* as it reads, for conditions */
    char *unit, *code;                   /* that it names; NULL: none */
    bool critical;                       /* urgency */
    struct blank blanks[BLANKS_MAX];
    size_t blank_count;
    struct seen *seen; /* recount.h; NULL until something is counted */
};

struct scripts {
    struct script *scripts;
    size_t count;
};

/* recount.c: what a script was seen to say. */
struct seen;
void seen_free(struct seen *seen);

/* One for each act of each procedure. R_NOT_VALID names one that cannot be. */
enum reason scripts_write(struct scripts *out,
                          const struct procedures *procedures,
                          struct fault *why) MUST_CHECK;
void scripts_done(struct scripts *scripts);
AUTO_VALUE(scripts, scripts_done)

/*
 * Whether a condition of a procedure file holds for its letters. The form
 * ".../m:a/m:b = 'c'", which most of them have, is read here; others are asked
 * as they stand.
 */
bool script_fulfils(const struct script *script, const struct when *when);

/* The catalogue says that a letter of this type answers something. */
bool script_must_answer(const struct script *script);

/* NULL if nothing that a clock reads stands there. */
const struct blank *script_blank(const struct script *script, const char *path);

#endif
