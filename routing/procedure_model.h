/*
 * procedure_model - a procedure as it stands in memory once its file was read.
 * Only for the files procedure_*.c, authorise.c, advance.c and draw*.c.
 *
 * Texts are borrowed from the documents, which the set keeps. A missing
 * optional text is NULL; lists may be empty. After procedures_load every name
 * used below exists.
 */
#ifndef YISONG_ROUTING_PROCEDURE_MODEL_H
#define YISONG_ROUTING_PROCEDURE_MODEL_H

#include "routing/calendar.h"
#include "routing/period.h"
#include "routing/procedure.h"
#include "routing/procedure_law.h"
#include "routing/words.h"
#include "schemas/document.h"

enum {
    PROCEDURES_MAX = 256,
    PROCEDURE_OPEN_PER_LIMIT = 8 /* clocks of one limit that one owner has */
};

/* The state in which a case is before its first letter. */
#define PROCEDURE_START "START"

struct label {
    const char *zh, *en;
};

/* Who takes part, and which agencies may be that. */
struct role {
    const char *id;
    struct words roles; /* of the registry */
    const char *same_level;
    struct label name;
    int line;
};

enum counted { COUNTED_RECEIVED, COUNTED_DECIDED, COUNTED_DELIVERED };

/* A day of the month (month 0) or of the year. */
struct due_on {
    int month, day; /* day 0: none */
    bool after;     /* of the first period that begins after the start */
};

/* How long, by which rule; a limit has one and may have local or later ones. */
struct measure {
    struct period period;
    const char *period_text;
    struct due_on due_on;
    bool shift;
    const char *force; /* "statutory", "local", "none" */
    const char *article;
};

struct variant {
    struct words regions; /* prefixes; none: everywhere */
    const char *from, *until;
    struct measure measure;
    int line;
};

struct expiry {
    struct words tells;
    const char *offers, *by, *article;
    struct label name;
};

struct limit {
    const char *id;
    struct label name;
    struct measure measure;
    bool earliest;         /* its end is the first lawful instant */
    const char *warn_text; /* NULL: no warning */
    struct period warn;
    struct variant *variants;
    size_t variant_count;
    enum counted counted;
    const char *start_in, *due_in; /* paths below the body */
    bool met_when_decided;
    struct words owners;
    bool duty;
    struct expiry expiry;
    int line;
};

/* A condition on the body, with its words for a reader. */
struct when {
    const char *text;
    struct label name;
    struct condition *condition; /* NULL: always */
};

enum need { NEED_MUST, NEED_MAY, NEED_RULE };

struct copy {
    const char *party;
    enum need need;
    struct words regions;
    struct when when;
    int line;
};

struct extend {
    const char *limit, *to;
    int line;
};

/* A case that the opening letter may or must name as its parent. */
struct parent {
    const char *procedure;
    const struct machine *machine; /* of that name, once all are linked */
    struct words states;           /* none: any */
    bool must;
    int line;
};

/*
 * A lawful act of the case; or (`follows`) what an act of a linked case means
 * for this one: then `to` are those who are told, and it has no sender.
 */
struct accept {
    const char *type;
    const char *follows; /* procedure of the linked case; NULL: said here */
    const struct label *follows_name; /* once all are linked */
    bool followed;                    /* some procedure follows this act */
    struct words in;                  /* states */
    struct words from, to;
    const char *next; /* NULL: the state stays */
    const char *once_settled, *while_open;
    const char *article;
    struct when when;
    struct words answers, meets, cancels, starts, pauses, resumes;
    const char *within;
    struct words not_before; /* limits of `earliest` */
    bool early_warns;        /* too early: a warning, not a refusal */
    const char *since, *until;
    bool internal; /* the agency writes to itself */
    bool joins;
    const char *becomes;
    struct copy *copies;
    size_t copy_count;
    struct extend *extends;
    size_t extend_count;
    struct parent *parents;
    size_t parent_count;
    int line;
};

struct state {
    const char *id;
    struct label name;
    bool final;
    char *rule; /* "case-transfer/UNDER_REVIEW" */
    int line;
};

struct machine {
    char *file; /* as faults name it */
    struct document *document;
    const char *id;
    struct label name, summary;
    struct role *roles;
    size_t role_count;
    struct limit *limits;
    size_t limit_count;
    struct state *states; /* the first is PROCEDURE_START */
    size_t state_count;
    struct accept *accepts; /* in the order of the file */
    size_t accept_count;
};

struct procedures {
    struct machine **machines; /* sorted by id */
    size_t count;
    struct laws *laws;
    struct laws *carried_laws; /* where `laws` are of a folder, or NULL */
    struct visibility *visibility;
    struct calendar *calendar;
};

/* Where the faults of a load go: FILE:LINE: CODE: sentence: subject. */
struct complaints {
    struct buf *report; /* may be NULL */
    char first[FAULT_TEXT_MAX];
    size_t count;
    const char *file; /* that is read now */
};
void complain(struct complaints *complaints, int line, const char *zh,
              const char *en, const char *subject);

/* Reads one file into a machine that the caller frees, faults or not. */
void machine_read(struct machine *machine, struct complaints *complaints);
/* Judges one machine that was read without fault; `roles`: of the registry. */
void machine_check(const struct machine *machine, const struct laws *laws,
                   const struct words *roles, struct complaints *complaints);
void machine_check_ambiguity(const struct machine *machine,
                             struct complaints *complaints);
/* Judges the machines together: no letter opens two of them. */
void machines_check(const struct procedures *procedures,
                    struct complaints *complaints);
/* Judges what the machines say of each other's cases. */
void machines_check_links(const struct procedures *procedures,
                          struct complaints *complaints);
/* Marks the acts that other machines follow, once all of them are there. */
void machines_link(struct procedures *procedures);
void machine_free(struct machine *machine);
AUTO_POINTER(machine, machine_free)

/* NULL if there is none. */
const struct machine *machine_find(const struct procedures *procedures,
                                   const char *id);
const struct role *machine_role(const struct machine *machine, const char *id);
const struct limit *machine_limit(const struct machine *machine,
                                  const char *id);
const struct state *machine_state(const struct machine *machine,
                                  const char *id);

/* What the accept leads to from a state. */
const char *accept_next(const struct accept *accept, const char *state);

/* In the reader's language. */
const char *label_say(const struct label *label);

#endif
