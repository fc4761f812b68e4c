/*
 * recount - the tables and lists that the public commands give, counted a
 * second time from the book, and compared cell by cell. What is counted is
 * read from the same rule files; who did what, when, stands in the book alone.
 */
#ifndef YISONG_SIMULATION_RECOUNT_H
#define YISONG_SIMULATION_RECOUNT_H

#include "routing/supervision/rules.h"
#include "simulation/province_state.h"

/* What one letter says, judged once for all letters that say it. */
struct seen {
    uint64_t met[FIGURES_COUNT]; /* thresholds, whatever the day */
    bool penalised[FIGURES_COUNT];
    const struct standing *standing; /* as an answer; NULL: none */
    bool is_notice;
    signed char *columns; /* of the tables: 1 fits, -1 does not, 0 unknown */
    signed char *ends;    /* the same of what ends a column */
};

/* The letter's script as the rules see it. */
struct seen *recount_see(const struct rules *rules, struct script *script);
/* Whether it fulfils the condition (NULL: yes); `known` is kept with it. */
bool recount_fits(signed char *known, const struct condition *condition,
                  const struct script *script);
/* The columns of all tables. */
size_t recount_columns(const struct rules *rules);

/* Months, quarters and years of the run, all tables; --period by --period. */
enum reason recount_statistics(struct province *province,
                               const struct rules *rules, struct audit *audit,
                               struct fault *why) MUST_CHECK;

/* Everything that yisong supervise lists at the end. */
enum reason recount_supervision(struct province *province,
                                const struct rules *rules, struct audit *audit,
                                struct fault *why) MUST_CHECK;

/* A list of findings, each one line, in any order. */
struct findings_list {
    char **lines;
    size_t count;
};
void findings_list_add(struct findings_list *list, char *line);

/* The part of it that joins facts, penalties and transfers. */
void recount_thresholds(const struct province *province,
                        const struct rules *rules,
                        struct findings_list *expected);

#endif
