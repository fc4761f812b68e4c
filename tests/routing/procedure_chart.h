/*
 * procedure_chart - what a procedure file says, read straight from its XML for
 * the tests that compare the engine with it, and lawful letters made from it.
 * Include after cmocka.h.
 */
#ifndef YISONG_TESTS_ROUTING_PROCEDURE_CHART_H
#define YISONG_TESTS_ROUTING_PROCEDURE_CHART_H

#include "tests/routing/procedure_fixture.h"

enum { ROWS_MAX = 400, STATES_MAX = 60 };

/* One line of the file: in this state, this letter, leads there. */
struct row {
    const char *state, *type, *from, *to, *next;
    const struct element *accept;
    char *body;
    size_t taken;
};

struct chart {
    struct document *document;
    const struct element *root;
    struct row rows[ROWS_MAX];
    size_t row_count;
    const char *states[STATES_MAX];
    size_t state_count;
};

static inline const char *attribute(const struct element *element,
                                    const char *name)
{
    const char *text = element_attribute(element, name);
    return text ? text : "";
}

static inline bool has_word(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; (at = strstr(at, word)); at += length)
        if ((at == list || at[-1] == ' ') &&
            (at[length] == '\0' || at[length] == ' '))
            return true;
    return false;
}

/*
 * A body that fulfils a condition of the form ".../m:a/m:b = 'c'", which is
 * what conditions on the body look like; "<notice/>" where there is none.
 */
static inline char *body_for(const char *when)
{
    if (!*when)
        return mem_text("<notice/>");
    char path[256], value[64];
    const char *body = strstr(when, "m:body/");
    assert_non_null(body);
    assert_int_equal(sscanf(body + 7, "%255[^ ] = '%63[^']'", path, value), 2);
    char *slash = strchr(path, '/');
    assert_non_null(slash);
    *slash = '\0';
    return mem_print("<%s><%s>%s</%s></%s>", path + 2, slash + 3, value,
                     slash + 3, path + 2);
}

static inline void add_rows(struct chart *chart, const struct element *block,
                            const char *states)
{
    char copy[512];
    snprintf(copy, sizeof copy, "%s", states);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
        const char *state = NULL;
        for (size_t i = 0; i < chart->state_count; i++)
            if (strcmp(chart->states[i], word) == 0)
                state = chart->states[i];
        assert_non_null(state);
        const struct element *accept = element_first(block, "accept");
        for (; accept; accept = element_next(accept, "accept")) {
            assert_true(chart->row_count < ROWS_MAX);
            const char *next = element_attribute(accept, "next");
            chart->rows[chart->row_count++] = (struct row){
                .state = state,
                .type = attribute(accept, "type"),
                .from = attribute(accept, "from"),
                .to = attribute(accept, "to"),
                .next = next ? next : state,
                .accept = accept,
                .body = body_for(attribute(accept, "when")),
            };
        }
    }
}

static inline void chart_read(struct chart *chart, const char *path)
{
    struct fault why = {0};
    *chart = (struct chart){0};
    if (document_read(&chart->document, path, &why) != R_OK)
        fault_print(stderr, path, &why);
    assert_non_null(chart->document);
    chart->root = document_root(chart->document);
    chart->states[chart->state_count++] = "START";
    const struct element *block = element_first(chart->root, "state");
    for (; block; block = element_next(block, "state"))
        chart->states[chart->state_count++] = attribute(block, "id");
    add_rows(chart, element_first(chart->root, "start"), "START");
    block = element_next(element_first(chart->root, "start"), NULL);
    for (; block; block = element_next(block, NULL))
        add_rows(chart, block,
                 *attribute(block, "states") ? attribute(block, "states")
                                             : attribute(block, "id"));
}

static inline void chart_done(struct chart *chart)
{
    for (size_t i = 0; i < chart->row_count; i++)
        free(chart->rows[i].body);
    document_free(chart->document);
}

static inline const struct element *party_row(const struct chart *chart,
                                              const char *party)
{
    const struct element *row = element_first(chart->root, "party");
    while (row && strcmp(attribute(row, "id"), party) != 0)
        row = element_next(row, "party");
    assert_non_null(row);
    return row;
}

/*
 * "ecology-a" for the party "ecology": the first role that it may have. The
 * next party of the file with the same first role is "ecology-b".
 */
static inline const char *agency_of(const struct chart *chart,
                                    const char *party)
{
    static char ids[64][64];
    static size_t next = 0;
    char *id = ids[next++ % COUNT_OF(ids)], suffix[] = "-a";
    const struct element *row = party_row(chart, party);
    snprintf(id, 64, "%s", attribute(row, "roles"));
    id[strcspn(id, " ")] = '\0';
    const struct element *before = element_first(chart->root, "party");
    for (; before != row; before = element_next(before, "party")) {
        const char *roles = attribute(before, "roles");
        const size_t length = strcspn(roles, " ");
        if (length == strlen(id) && strncmp(roles, id, length) == 0)
            suffix[1]++;
    }
    strcat(id, suffix);
    return id;
}

/* Whether some party of the list may be an agency of this role. */
static inline bool may_be(const struct chart *chart, const char *parties,
                          const char *role)
{
    char copy[512];
    snprintf(copy, sizeof copy, "%s", parties);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
        if (has_word(attribute(party_row(chart, word), "roles"), role))
            return true;
    return false;
}

static inline const char *first_word(const char *list)
{
    static char words[16][64];
    static size_t next = 0;
    char *word = words[next++ % COUNT_OF(words)];
    snprintf(word, 64, "%.*s", (int)strcspn(list, " "), list);
    return word;
}

/* Adds " ecology-a" unless the list holds it. */
static inline void add_agency(char *list, const char *agency)
{
    if (!has_word(list, agency))
        sprintf(list + strlen(list), " %s", agency);
}

/* Whether the letter of this row may reach agencies that are new. */
static inline bool may_join(const struct row *row)
{
    return strcmp(row->state, "START") == 0 || *attribute(row->accept, "joins");
}

/* To whom: one party, or all where they may be new to the case. */
static inline void put_addressees(const struct chart *chart,
                                  const struct row *row, const char *from,
                                  char *to)
{
    char parties[512];
    const bool internal = *attribute(row->accept, "internal");
    snprintf(parties, sizeof parties, "%s", row->to);
    to[0] = '\0';
    for (char *word = strtok(parties, " "); word; word = strtok(NULL, " ")) {
        const char *agency = agency_of(chart, word);
        if ((strcmp(agency, from) == 0) == internal && (!*to || may_join(row)))
            add_agency(to, agency);
    }
    memmove(to, to + (*to == ' '), strlen(to) + 1 - (*to == ' '));
}

/* The letter of a row, as its sender ought to write it. */
static inline struct draft draft_of(const struct chart *chart,
                                    const struct row *row, char *copies)
{
    static char addressees[16][512];
    static size_t next = 0;
    char *to = addressees[next++ % COUNT_OF(addressees)];
    const char *from = agency_of(chart, first_word(row->from));
    put_addressees(chart, row, from, to);
    copies[0] = '\0';
    const struct element *copy = element_first(row->accept, "copy");
    for (; copy; copy = element_next(copy, "copy")) {
        const char *agency = agency_of(chart, attribute(copy, "party"));
        if (!*attribute(copy, "regions") && strcmp(agency, from) != 0)
            add_agency(copies, agency);
    }
    return (struct draft){
        .type = row->type,
        .from = from,
        .to = to,
        .copy_to = copies,
        .body = row->body,
        .answers = *attribute(row->accept, "answers") ? NULL : "",
    };
}

/* Rows that lead from the start to a state, the shortest way. */
static inline size_t find_way(struct chart *chart, const char *state,
                              struct row **way)
{
    struct row *by[STATES_MAX] = {0};
    const char *queue[STATES_MAX] = {"START"};
    size_t count = 1, length = 0;
    for (size_t at = 0; at < count; at++)
        for (size_t i = 0; i < chart->row_count; i++) {
            struct row *row = &chart->rows[i];
            bool known = false;
            for (size_t k = 0; k < count; k++)
                known = known || strcmp(queue[k], row->next) == 0;
            if (known || strcmp(row->state, queue[at]) != 0)
                continue;
            by[count] = row;
            queue[count++] = row->next;
        }
    while (strcmp(state, "START") != 0) {
        size_t at = 0;
        while (at < count && strcmp(queue[at], state) != 0)
            at++;
        assert_true(at < count);
        way[length++] = by[at];
        state = by[at]->state;
    }
    return length;
}

#endif
