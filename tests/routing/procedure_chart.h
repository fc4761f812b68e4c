/*
 * procedure_chart - what a procedure file says, read straight from its XML for
 * the tests that compare the engine with it. Include after cmocka.h.
 */
#ifndef YISONG_TESTS_ROUTING_PROCEDURE_CHART_H
#define YISONG_TESTS_ROUTING_PROCEDURE_CHART_H

#include "tests/routing/procedure_fixture.h"

enum { ROWS_MAX = 400, STATES_MAX = 60 };

/*
 * One line of the file: in this state, this letter, leads there. `follows`:
 * the letter is said in a linked case of that procedure; `to` are told.
 */
struct row {
    const char *state, *type, *from, *to, *next;
    const char *follows; /* "": it is said in this case */
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
    const char *body = strstr(when, "m:body/");
    if (!body)
        return mem_text("<notice/>");
    char path[256], value[64];
    assert_int_equal(sscanf(body + 7, "%255[^ ] = '%63[^']'", path, value), 2);
    char *slash = strchr(path, '/');
    assert_non_null(slash);
    *slash = '\0';
    return mem_print("<%s><%s>%s</%s></%s>", path + 2, slash + 3, value,
                     slash + 3, path + 2);
}

/* "critical" for ".../m:urgency = 'critical'", else NULL. */
static inline const char *urgency_for(const char *when)
{
    return strstr(when, "m:urgency = 'critical'") ? "critical" : NULL;
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
        const struct element *accept = element_first(block, NULL);
        for (; accept; accept = element_next(accept, NULL)) {
            assert_true(chart->row_count < ROWS_MAX);
            const char *next = element_attribute(accept, "next");
            bool follows = strcmp(element_name(accept), "follow") == 0;
            chart->rows[chart->row_count++] = (struct row){
                .state = state,
                .type = attribute(accept, "type"),
                .follows = attribute(accept, "in"),
                .from = attribute(accept, "from"),
                .to = attribute(accept, follows ? "tells" : "to"),
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

static inline const struct element *chart_party(const struct chart *chart,
                                                const char *party)
{
    const struct element *row = element_first(chart->root, "party");
    while (row && strcmp(attribute(row, "id"), party) != 0)
        row = element_next(row, "party");
    assert_non_null(row);
    return row;
}

/* Every procedure of the program, one after the other. */
static inline void each_chart(void (*visit)(struct bench *, struct chart *))
{
    char folder[512];
    snprintf(folder, sizeof folder, "%s/routing/procedures",
             getenv("YISONG_SOURCE") ? getenv("YISONG_SOURCE") : "..");
    AUTO(io_names) struct io_names names = {0};
    assert_int_equal(io_list(folder, &names, NULL), R_OK);
    AUTO(bench) struct bench bench = bench_open(folder);
    size_t visited = 0;
    for (size_t i = 0; i < names.count; i++) {
        if (!strstr(names.names[i], ".xml"))
            continue;
        static struct chart chart;
        AUTO(text) char *path = io_join(folder, names.names[i]);
        chart_read(&chart, path);
        visit(&bench, &chart);
        chart_done(&chart);
        bench_forget(&bench);
        visited++;
    }
    assert_int_equal(visited, procedures_count(bench.procedures));
}

#endif
