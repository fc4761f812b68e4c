/*
 * province_state - what province*.c share. Private to them.
 */
#ifndef YISONG_SIMULATION_PROVINCE_STATE_H
#define YISONG_SIMULATION_PROVINCE_STATE_H

#include "simulation/confirm.h"
#include "simulation/province.h"

enum {
    CASE_TEXT_MAX = 24,
    CODE_TEXT_MAX = 20,
    CASE_LETTERS_MAX = 28, /* then a case is left alone */
    TICK = 10 * INSTANT_MINUTE
};

/* A case that wakes up at a time; the heap's order is total. */
struct waking {
    instant at;
    size_t place;
};

/* A city or county, or the province itself, which is the first. */
struct home {
    char code[8]; /* GB/T 2260 */
    char *name;
    size_t city; /* place of its city; the city itself; 0: the province */
};

/* A letter that is in an inbox and not yet confirmed. */
struct inbox_entry {
    size_t recipient, sender;
    size_t letter; /* in the book */
};

/* A letter to be written now: one of a case, or a delivery receipt. */
struct job {
    bool is_receipt, is_mistake;
    bool twice; /* sent twice, as a network does */
    struct draft draft;
    size_t inbox_first, inbox_count; /* of a receipt */
    struct sealed sealed;
    enum reason written;
    enum reason expected; /* what the exchange should answer */
    bool answered;        /* refused ones: it has */
};

struct province {
    struct province_plan plan;
    struct calendar *calendar;
    struct scripts scripts;
    struct book book;
    struct world *world;

    struct agency *agencies; /* one more at the end, which does not exist */
    const struct signing_key **keys;
    bool *speaks_json;
    size_t agency_count, sm2_count;
    struct home *homes;
    size_t home_count;
    char **roles;
    size_t role_count;
    size_t *offices; /* [role][home]: agency, or BOOK_NONE */

    int *shares; /* of each procedure */
    int share_sum;
    size_t *links; /* scripts that open a case out of another one */
    size_t link_count;

    uint64_t dice;
    instant begin, end;
    struct waking *heap;
    size_t waking_count, waking_room;
    struct draft *plans; /* what each case does next */
    size_t plan_room;
    struct inbox_entry *inbox;
    size_t inbox_count, inbox_room;
    struct job *jobs;
    size_t job_count, job_room;
};

/* "SIM-000042", and back; SIZE_MAX for another text. */
char *case_name(size_t place, char text[CASE_TEXT_MAX]);
size_t case_place(const struct province *province, const char *name);

/* --- province_people.c: who lives there ------------------------------------
 */
void people_make(struct province *province);
void people_free(struct province *province);
enum reason people_take_keys(struct province *province, struct fault *why);

/* The place of a role; SIZE_MAX if nobody has it. */
size_t people_role(const struct province *province, const char *role);
/* The office of a role that serves a home, else BOOK_NONE. */
size_t people_office(const struct province *province, size_t role, size_t home);
/* BOOK_NONE for another id. */
size_t people_find(const struct province *province, const char *id);

/* The name of a unit, and its credit code (GB 32100). */
char *unit_name(size_t unit, char text[CODE_TEXT_MAX * 3]);
char *unit_code(size_t unit, char text[CODE_TEXT_MAX]);

/* --- province_dice.c -------------------------------------------------------
 */
/* A number in [least, most]; whether so many of a thousand. */
int64_t dice_between(struct province *province, int64_t least, int64_t most);
bool dice_permille(struct province *province, int chance);
/* One of so many; 0 if there are none. */
size_t dice_below(struct province *province, size_t bound);
/* The next instant at which people are at work, on a tick. */
instant working_time(const struct province *province, instant at);

/* --- what is done next: province_choose.c, _names.c, _open.c, _mistakes.c --
 */
/* A new case of any procedure, some time in the year. */
void open_case(struct province *province);
/* Now and then: one that comes of another case, in its state of now. */
void open_another(struct province *province, size_t parent);
/* What the case does next. */
void choose_next(struct province *province, size_t place);
bool is_planned(const struct province *province, size_t place);
void plan_draft(struct province *province, const struct draft *draft,
                instant at);
struct draft draft_new(const struct script *script, size_t place, size_t from);
/* Fills to, copies; false if nobody is there to whom. */
bool draft_name(struct province *province, struct draft *draft);
/* Fills what it answers. */
void draft_answer(const struct province *province, struct draft *draft);
/* One part of it may be something else. */
void draft_mistake(struct province *province, struct draft *draft);

/* --- province_letters.c, province_ear.c ------------------------------------
 */
/* Writes the jobs on all cores, enters them in the book and submits them. */
enum reason letters_write(struct province *province,
                          struct fault *why) MUST_CHECK;
/* What arrives at the inboxes. */
void ear_hear(void *context, const struct departure *departure);

#endif
