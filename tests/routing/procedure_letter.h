/*
 * procedure_letter - the letter of a row of a chart, as its sender ought to
 * write it in the case at hand: to and from those who are that in the case,
 * else to agencies that may join it. Include after cmocka.h.
 */
#ifndef YISONG_TESTS_ROUTING_PROCEDURE_LETTER_H
#define YISONG_TESTS_ROUTING_PROCEDURE_LETTER_H

#include "tests/routing/procedure_chart.h"

enum { NAME_SIZE = 64, NAMES_SIZE = 512 };

/* A letter with room for its names. */
struct made {
    struct draft draft;
    char from[NAME_SIZE], to[NAMES_SIZE], copies[NAMES_SIZE];
};

static inline size_t random_below(size_t bound)
{
    static uint64_t seed = 20261121;
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(seed >> 33) % bound;
}

/* Takes the next word of a list; false at its end. */
static inline bool next_word(const char **list, char out[NAME_SIZE])
{
    *list += strspn(*list, " ");
    size_t length = strcspn(*list, " ");
    snprintf(out, NAME_SIZE, "%.*s", (int)length, *list);
    *list += length;
    return length > 0;
}

static inline void add_name(char list[NAMES_SIZE], const char *name)
{
    size_t used = strlen(list);
    int length = snprintf(list + used, NAMES_SIZE - used, " %s", name);
    assert_true(length > 0 && (size_t)length < NAMES_SIZE - used);
}

static inline bool is_opening(const struct row *row)
{
    return strcmp(row->state, "START") == 0;
}

/* An agency that is no party yet and could be this one; "" if none is left. */
static inline void find_new(const struct bench *bench,
                            const struct chart *chart, const char *party,
                            const char *taken, char out[NAME_SIZE])
{
    for (const char *suffix = "abc"; *suffix; suffix++) {
        const char *roles = attribute(chart_party(chart, party), "roles");
        char role[NAME_SIZE];
        while (next_word(&roles, role)) {
            snprintf(out, NAME_SIZE, "%.60s-%c", role, *suffix);
            if (!has_word(taken, out) &&
                (!bench->casefile || !casefile_party(bench->casefile, out)))
                return;
        }
    }
    out[0] = '\0';
}

/*
 * One of those in the case who are one of `parties` and, if `limit` is named,
 * have an open clock of it; "" if there is none.
 */
static inline void find_known(const struct bench *bench, const char *parties,
                              const char *taken, const char *limit,
                              char out[NAME_SIZE])
{
    size_t count = 0;
    out[0] = '\0';
    for (size_t i = 0; bench->casefile && i < bench->casefile->party_count;
         i++) {
        const struct party *party = &bench->casefile->parties[i];
        const struct deadline *clock = bench_clock(bench, limit, party->agency);
        if (has_word(parties, party->as) && !has_word(taken, party->agency) &&
            (!*limit || (clock && deadline_is_open(clock))) &&
            random_below(++count) == 0)
            snprintf(out, NAME_SIZE, "%s", party->agency);
    }
}

/* `wide`: to as many as may join. */
static inline void make_to(const struct bench *bench, const struct chart *chart,
                           const struct row *row, bool wide, struct made *made)
{
    char name[NAME_SIZE], party[NAME_SIZE], taken[NAMES_SIZE];
    const char *parties = row->to;
    bool joins = is_opening(row) || *attribute(row->accept, "joins");
    if (*attribute(row->accept, "internal")) {
        add_name(made->to, made->from);
        return;
    }
    find_known(bench, row->to, made->from, "", name);
    if (*name)
        add_name(made->to, name);
    for (int i = 0; i < (wide ? 3 : 1) && joins; i++, parties = row->to)
        while ((wide || !*made->to) && next_word(&parties, party)) {
            snprintf(taken, sizeof taken, "%s%.400s", made->from, made->to);
            find_new(bench, chart, party, taken, name);
            if (*name)
                add_name(made->to, name);
        }
}

/* What has to be copied (`wide`: may be); false if nobody is there to whom. */
static inline bool make_copies(const struct bench *bench,
                               const struct chart *chart, const struct row *row,
                               bool wide, struct made *made)
{
    const struct element *copy = element_first(row->accept, "copy");
    for (; copy; copy = element_next(copy, "copy")) {
        char name[NAME_SIZE], known[NAME_SIZE], taken[NAMES_SIZE];
        bool joins = *attribute(row->accept, "joins");
        bool must = strcmp(attribute(copy, "need"), "must") == 0;
        if (!must && !wide)
            continue;
        snprintf(taken, sizeof taken, "%s%.400s", made->from, made->to);
        add_name(taken, made->copies);
        find_known(bench, attribute(copy, "party"), "", "", known);
        find_known(bench, attribute(copy, "party"), taken, "", name);
        if (!*name && (joins || !*known))
            find_new(bench, chart, attribute(copy, "party"), taken, name);
        if (*name)
            add_name(made->copies, name);
        else if (must)
            return false;
    }
    return true;
}

static inline bool must_have_parent(const struct row *row)
{
    const struct element *link = element_first(row->accept, "parent");
    for (; link; link = element_next(link, "parent"))
        if (strcmp(attribute(link, "need"), "must") == 0)
            return true;
    return false;
}

/* False if nobody in the case can send or receive it now. */
static inline bool make_letter(const struct bench *bench,
                               const struct chart *chart, const struct row *row,
                               bool wide, struct made *made)
{
    const struct element *accept = row->accept;
    const char *when = attribute(accept, "when"), *froms = row->from;
    char party[NAME_SIZE];
    *made = (struct made){0};
    if (is_opening(row) && next_word(&froms, party))
        find_new(bench, chart, party, "", made->from);
    else
        find_known(bench, row->from, "", attribute(accept, "while-open"),
                   made->from);
    if (*made->from)
        make_to(bench, chart, row, wide, made);
    made->draft = (struct draft){
        .type = row->type,
        .from = made->from,
        .to = made->to,
        .copy_to = made->copies,
        .body = row->body,
        .parent = must_have_parent(row) ? "P-1" : NULL,
        .urgency = urgency_for(when),
        .answers = *attribute(accept, "answers") ? NULL : "",
    };
    return *made->from && *made->to &&
           make_copies(bench, chart, row, wide, made);
}

/* The letter just accepted reached everybody. */
static inline void deliver_all(struct bench *bench, const struct outcome *got,
                               instant at)
{
    for (size_t i = 0; i < got->effect.recipient_count; i++)
        procedure_delivered(bench->procedures, bench->registry, bench->casefile,
                            bench->position, got->effect.recipients[i], at);
}

#endif
