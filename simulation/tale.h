/*
 * tale - the courses that invented cases may take (tales.csv): who says what,
 * after how long, and what should come of it. This is the second book of a
 * simulation: it does not read the procedure files.
 */
#ifndef YISONG_SIMULATION_TALE_H
#define YISONG_SIMULATION_TALE_H

#include <stdbool.h>

#include "base/csv.h"
#include "base/instant.h"
#include "routing/calendar.h"

enum { TALE_STARTS_MAX = 4, TALE_STEPS_MAX = 16, TALES_MAX = 32 };

/* A clock that a step starts. */
struct tale_limit {
    char limit[24], owner[16];
    char unit; /* 'H' hours, 'D' days moved off holidays, 'W' working days */
    int count;
    bool delivered; /* counted from the delivery to the owner */
    bool duty;      /* false: lapses, nobody is reminded */
};

struct tale_step {
    const char *type, *from, *to, *copies, *answers, *set;
    const char *next; /* state; "": stays */
    const char *meets, *cancels;
    const char *expect; /* code of the refusal; "": lawful */
    int least, most, late_least, late_most; /* minutes */
    int decided_before;                     /* minutes before sending */
    struct tale_limit starts[TALE_STARTS_MAX];
    size_t start_count;
};

struct tale {
    const char *name;
    int share;
    struct tale_step steps[TALE_STEPS_MAX];
    size_t count;
};

struct tales {
    struct csv rows;
    struct tale *tales;
    size_t count;
    int shares; /* the sum */
};

/* Reads what the program carries; ends the process if it is not whole. */
void tales_load(struct tales *out);
void tales_done(struct tales *tales);
AUTO_VALUE(tales, tales_done)

/* Whether the blank-separated words have this one. */
bool tale_names(const char *words, const char *word);

/* The end of a clock, counted day by day. */
instant tale_due(const struct tale_limit *limit, instant start,
                 const struct calendar *calendar);

#endif
