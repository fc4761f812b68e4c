/*
 * rules - what is watched, counted and followed, as it stands in memory once
 * its four files were read: supervision.xml, thresholds.xml, statistics.xml,
 * feedback.xml. What each may say is in supervision.xsd and the README.
 *
 * Loaded whole and checked like procedures: all faults at once, with file and
 * line. Every article, message type, limit, state, heading and XPath that a
 * file names exists afterwards. Texts are borrowed from the documents.
 */
#ifndef YISONG_ROUTING_SUPERVISION_RULES_H
#define YISONG_ROUTING_SUPERVISION_RULES_H

#include "routing/procedure_model.h"
#include "routing/supervision/screen.h"

enum rules_file {
    RULES_SUPERVISION,
    RULES_THRESHOLDS,
    RULES_STATISTICS,
    RULES_FEEDBACK,
    RULES_FILES
};

/* The standing of an addressee who has not answered. */
#define RULES_SILENT "silent"

/* Any of these XPath conditions over a letter. */
struct any_of {
    struct condition **items;
    struct screen *screens; /* of each */
    size_t count;
};
bool any_of_holds(const struct any_of *any, const struct message *message);
/* The same, where the letter was read for `screened_names`. */
bool any_of_screened(const struct any_of *any, const struct message *message,
                     const struct screened *screened);

struct heading {
    const char *id; /* "not-transferred" */
    struct label name;
};

enum watch {
    WATCH_OVERDUE,    /* a duty whose clock has run out */
    WATCH_LATE,       /* a duty that was done late */
    WATCH_UNANSWERED, /* a letter that nothing followed */
    WATCH_STAYS,      /* a case that stays in a state */
    WATCH_THRESHOLD,  /* facts of a crime without a transfer */
    WATCH_COUNT
};

struct rule {
    const char *id; /* the reason id */
    const struct heading *heading;
    const char *article; /* NULL: that of the limit, or none */
    struct label name, blind;
    enum watch watch;
    struct words procedures, limits, states, types, by; /* none: any */
    bool has_after;
    struct period after; /* THRESHOLD: how long a transfer covers a unit */
    bool shift;
    bool penalised;
    int line;
};

struct threshold {
    const char *id;
    const char *article;
    bool grave, words; /* read from free text, not from figures */
    const char *from, *until;
    struct label name;
    struct any_of when;
    int line;
};

enum count {
    COUNT_LETTERS,  /* letters received in the period */
    COUNT_IN_FORCE, /* cases that were opened and not ended at its end */
    COUNT_EXPIRED,  /* duties whose limit ended in it, and were reminded */
    COUNT_TOLD,     /* addressees of its joint-punishment notices */
    COUNT_KINDS
};

struct column {
    const char *id;
    struct label name;
    enum count count;
    struct words types, procedures, limits, standings, ends; /* none: any */
    bool late;
    struct condition *when, *ends_when; /* NULL: always */
    int line;
};

struct table {
    const char *id;
    struct label name;
    const char *source; /* the notice that asks for it, or NULL */
    bool of_actor;      /* counted for who acts; else for who opened */
    struct column *columns;
    size_t column_count;
    int line;
};

struct notice {
    const char *type;
    struct condition *when; /* NULL: always */
    int line;
};

struct standing {
    const char *id; /* "acted" */
    struct label name;
    struct any_of when;
};

struct rules {
    struct heading *headings;
    size_t heading_count;
    struct rule *rules;
    size_t rule_count;
    struct any_of penalised;
    struct words forms;          /* body forms that can tell facts */
    struct words screened_names; /* of all thresholds */
    struct threshold *thresholds;
    size_t threshold_count;
    struct table *tables;
    size_t table_count;
    struct notice *notices;
    size_t notice_count;
    struct standing *standings;
    size_t standing_count;
    struct label silent;
    struct document *documents[RULES_FILES]; /* NULL: not read */
    char *paths[RULES_FILES];                /* as faults name them */
    const struct procedures *procedures;     /* borrowed */
    const struct registry *registry; /* borrowed; NULL: limits as they are */
};

/* Where rules come from, and what they are judged against. */
struct rules_source {
    const char *folder; /* NULL: the carried files */
    const struct procedures *procedures;
    /* The procedures are somebody's own: carried rules may name others. */
    bool own_procedures;
};

/*
 * Loads the carried files, or those of them that the folder has in their
 * place. R_BAD_PROCEDURE; `report` then has one line per fault.
 */
enum reason rules_load(struct rules **out, const struct rules_source *source,
                       struct buf *report, struct fault *why) MUST_CHECK;
void rules_free(struct rules *rules);
AUTO_POINTER(rules, rules_free)

/* Reads one root element that keeps to the grammar; faults: XPath, periods. */
void rules_read(struct rules *rules, const struct element *root,
                struct complaints *complaints);

/*
 * Judges what the files name: articles, types, and, if `whole`, procedures
 * with their limits and states.
 */
void rules_check(const struct rules *rules, bool whole,
                 struct complaints *complaints);

/* Words for what a rule stands on; "" without article. */
const char *rules_basis(const struct rules *rules, const char *article);

/* Whether the list is empty, or has the word. */
bool rules_wants(const struct words *words, const char *word);

#endif
