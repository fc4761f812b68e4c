/*
 * screen - what a condition cannot hold without. Most letters tell of no crime:
 * a look at the names of their elements and a few words spares the XPath. What
 * the screen does not understand it leaves to the XPath. Private to rules_*.c
 * and facts_read.c.
 */
#ifndef YISONG_ROUTING_SUPERVISION_SCREEN_H
#define YISONG_ROUTING_SUPERVISION_SCREEN_H

#include "routing/words.h"
#include "schemas/message.h"

enum { SCREEN_GROUPS_MAX = 4 };

/*
 * An element of one of these names, in which of each group one text stands
 * somewhere; no names: nothing is known.
 */
struct screen {
    struct words names;
    struct words groups[SCREEN_GROUPS_MAX];
    size_t group_count;
    bool is_all; /* it says no more than that of an element without children */
};

enum screen_verdict { SCREEN_NO, SCREEN_ASK, SCREEN_YES };

/*
 * Of a path that looks everywhere for elements m:a, or for any that is itself
 * m:a or m:b, with predicates of contains(., 'x'), also as the argument of a
 * sum; of other conditions nothing.
 */
struct screen screen_of(const char *xpath);
void screen_done(struct screen *screen);

/* The elements of a letter that any screen may ask for. */
struct screened {
    const struct element **elements;
    size_t count, room;
};
void screened_read(struct screened *out, const struct element *root,
                   const struct words *names);
void screened_done(struct screened *screened);
AUTO_VALUE(screened, screened_done)

/* Whether the condition cannot hold, must be asked, or holds for certain. */
enum screen_verdict screen_judge(const struct screen *screen,
                                 const struct screened *screened);

#endif
