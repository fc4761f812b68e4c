/*
 * procedure_acts - where a type of letter is lawful, and what the law behind
 * it says: the procedure's side of the catalogue.
 *
 *     struct act_place place = {0};
 *     struct act_facts act;
 *     while (procedure_next_act(procedures, type, &place, &act))
 *         ...
 */
#ifndef YISONG_ROUTING_PROCEDURE_ACTS_H
#define YISONG_ROUTING_PROCEDURE_ACTS_H

#include "routing/procedure.h"
#include "routing/procedure_law.h"
#include "routing/words.h"

struct act_place {
    size_t machine, accept;
};

/* One act of a procedure; ids, borrowed. Missing texts are "". */
struct act_facts {
    const char *procedure;
    const struct words *states, *from, *to;
    const struct words *meets, *starts;
    const char *within;    /* the limit for sending it */
    const char *next;      /* state; "": it stays */
    const char *article;   /* "W17-9" */
    const char *condition; /* on the body, in the reader's language */
    bool opens;            /* a case */
};

/* The next act of this type; false behind the last. */
bool procedure_next_act(const struct procedures *procedures, const char *type,
                        struct act_place *place, struct act_facts *out);

/* In the reader's language; the id itself where it is not known. */
const char *procedure_party_name(const struct procedures *procedures,
                                 const char *procedure, const char *party);

/* "立案审查期限 3日（节假日顺延） 法定" for a limit, appended. */
void procedure_put_limit(const struct procedures *procedures,
                         const char *procedure, const char *limit,
                         struct buf *out);

/* An article of law.xml, "W17-9"; NULL if there is none. */
const struct article *procedure_article(const struct procedures *procedures,
                                        const char *article);

#endif
