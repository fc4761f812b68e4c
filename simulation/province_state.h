/*
 * province_state - what province*.c share. Private to them.
 */
#ifndef YISONG_SIMULATION_PROVINCE_STATE_H
#define YISONG_SIMULATION_PROVINCE_STATE_H

#include "simulation/confirm.h"
#include "simulation/province.h"

enum { CASE_TEXT_MAX = 24, TICK = 10 * INSTANT_MINUTE };

/* A case that wakes up at a time; the heap's order is total. */
struct waking {
    instant at;
    size_t place;
};

/* A letter that is in an inbox and not yet confirmed. */
struct inbox_entry {
    char recipient[AGENCY_TEXT_MAX], sender[AGENCY_TEXT_MAX];
    size_t place; /* of the case */
    size_t letter;
};

/* A letter to be written now: a step of a case, or a delivery receipt. */
struct job {
    size_t place;
    const struct tale_step *step; /* NULL: a delivery receipt */
    struct inbox_entry receipt;
    char sender[AGENCY_TEXT_MAX];
    const struct signing_key *key;
    struct sealed sealed;
    enum reason reason;
};

struct province {
    struct province_plan plan;
    struct tales tales;
    struct calendar *calendar;
    struct book book;
    struct world *world;
    struct agency *agencies;
    size_t agency_count;
    uint64_t dice;
    instant begin, end;
    struct waking *heap;
    size_t waking_count;
    struct inbox_entry *inbox;
    size_t inbox_count, inbox_room;
    struct job *jobs;
    size_t job_count, job_room;
    size_t done; /* cases that have come to their end */
};

/* "SIM-000042", and back; SIZE_MAX for another text. */
char *case_name(size_t place, char text[CASE_TEXT_MAX]);
size_t case_place(const struct province *province, const char *name);

/* The agency of a role that has to do with cases of this place. */
void agency_of(const struct province *province, const char *role, size_t place,
               char out[AGENCY_TEXT_MAX]);

/* province_people.c: fills `agencies`. */
void people_make(struct province *province);
void people_free(struct province *province);

/* province_dice.c: a number in [least, most]; whether 1 in `of` thousand. */
int64_t dice_between(struct province *province, int64_t least, int64_t most);
bool dice_permille(struct province *province, int chance);

/* The next instant at which people are at work, on a tick. */
instant working_time(const struct province *province, instant at);

/* province_letters.c: writes the jobs on all cores and submits them. */
enum reason letters_write(struct province *province,
                          struct fault *why) MUST_CHECK;

/* province_ear.c: what arrives at the inboxes. */
void ear_hear(void *context, const struct departure *departure);

#endif
