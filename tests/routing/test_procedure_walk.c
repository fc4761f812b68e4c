/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every procedure file is walked: each transition that it names is taken, each
 * letter that a state does not name is refused, and storms of random letters
 * never reach a state that the file does not allow. What the file says is read
 * here anew, straight from the XML, so that reader and judge are both tested.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "schemas/catalogue.h"
#include "tests/routing/procedure_chart.h"

enum { STORM = 4000 };

static void say(struct bench *bench, const struct row *row,
                const struct draft *draft)
{
    AUTO(outcome) struct outcome got = bench_say(bench, draft);
    if (got.reason != R_OK)
        fprintf(stderr, "%s %s: %s\n", row->state, row->type, got.why.text);
    assert_int_equal(got.reason, R_OK);
}

/* Where all have to answer before the state changes, all answer. */
static void take(struct bench *bench, struct chart *chart, struct row *row)
{
    char copies[512], senders[512];
    const bool waits = *attribute(row->accept, "once-settled");
    struct draft draft = draft_of(chart, row, copies);
    snprintf(senders, sizeof senders, "%s", row->from);
    say(bench, row, &draft);
    char *left = NULL;
    for (char *word = strtok_r(senders, " ", &left);
         waits && word && strcmp(bench_state(bench), row->next) != 0;
         word = strtok_r(NULL, " ", &left)) {
        draft.from = agency_of(chart, word);
        if (strcmp(draft.from, draft.to) != 0)
            say(bench, row, &draft);
    }
    assert_string_equal(bench_state(bench), row->next);
    row->taken++;
}

static void go_to(struct bench *bench, struct chart *chart, const char *state)
{
    struct row *way[STATES_MAX];
    bench_forget(bench);
    for (size_t left = find_way(chart, state, way); left > 0; left--)
        take(bench, chart, way[left - 1]);
}

/* --- every procedure of the program -----------------------------------------
 */

static void each_chart(void (*visit)(struct bench *bench, struct chart *chart))
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

static void take_every_row(struct bench *bench, struct chart *chart)
{
    for (size_t i = 0; i < chart->row_count; i++) {
        go_to(bench, chart, chart->rows[i].state);
        take(bench, chart, &chart->rows[i]);
    }
    for (size_t i = 0; i < chart->row_count; i++)
        assert_true(chart->rows[i].taken > 0);
}

static void test_every_transition__is_taken(void **state)
{
    (void)state;
    each_chart(take_every_row);
}

static bool names_letter(const struct chart *chart, const char *state,
                         const char *type)
{
    for (size_t i = 0; i < chart->row_count; i++)
        if (strcmp(chart->rows[i].state, state) == 0 &&
            strcmp(chart->rows[i].type, type) == 0)
            return true;
    return false;
}

static void refuse_unnamed_types(struct bench *bench, struct chart *chart)
{
    for (size_t s = 1; s < chart->state_count; s++) {
        go_to(bench, chart, chart->states[s]);
        for (size_t i = 0; i < catalogue_count(); i++) {
            const char *type = catalogue_get(i)->id;
            if (names_letter(chart, chart->states[s], type))
                continue;
            struct draft draft = {.type = type,
                                  .from = bench->casefile->parties[0].agency,
                                  .to = "bank-b",
                                  .body = "<notice/>"};
            AUTO(outcome) struct outcome got = bench_say(bench, &draft);
            assert_true(got.reason == R_OUT_OF_TURN ||
                        got.reason == R_CASE_EXISTS);
            assert_string_equal(bench_state(bench), chart->states[s]);
            assert_true(got.ground.lawful_zh.size > 0);
            assert_true(got.ground.lawful_en.size > 0);
        }
    }
}

static void test_letter_that_a_state_does_not_name__is_refused(void **state)
{
    (void)state;
    each_chart(refuse_unnamed_types);
}

/* Whether a row of the same state and type has a party of this role. */
static bool is_named_there(const struct chart *chart, const struct row *like,
                           const char *role, bool as_sender)
{
    for (size_t i = 0; i < chart->row_count; i++) {
        const struct row *row = &chart->rows[i];
        if (strcmp(row->state, like->state) == 0 &&
            strcmp(row->type, like->type) == 0 &&
            may_be(chart, as_sender ? row->from : row->to, role))
            return true;
    }
    return false;
}

static void refuse_sender(struct bench *bench, struct draft bad,
                          const char *other)
{
    bad.from = other;
    AUTO(outcome) struct outcome got = bench_say(bench, &bad);
    assert_true(got.reason == R_NOT_PERMITTED || got.reason == R_NOT_A_PARTY ||
                got.reason == R_CASE_EXISTS);
}

static void refuse_addressee(struct bench *bench, struct draft bad,
                             const char *other)
{
    bad.to = other;
    AUTO(outcome) struct outcome got = bench_say(bench, &bad);
    assert_int_equal(got.reason, R_WRONG_ADDRESSEE);
}

/* Every role that a row does not name is refused, as sender and addressee. */
static void refuse_other_roles(struct bench *bench, struct chart *chart)
{
    for (size_t i = 0; i < chart->row_count; i++) {
        const struct row *row = &chart->rows[i];
        char copies[512], other[64];
        go_to(bench, chart, row->state);
        struct draft good = draft_of(chart, row, copies);
        for (size_t k = 0; k < COUNT_OF(bench_roles); k++) {
            const char *role = bench_roles[k];
            snprintf(other, sizeof other, "%s-a", role);
            if (!is_named_there(chart, row, role, true))
                refuse_sender(bench, good, other);
            if (!is_named_there(chart, row, role, false))
                refuse_addressee(bench, good, other);
            assert_string_equal(bench_state(bench),
                                strcmp(row->state, "START") == 0 ? ""
                                                                 : row->state);
        }
    }
}

static void test_role_that_a_row_does_not_name__is_refused(void **state)
{
    (void)state;
    each_chart(refuse_other_roles);
}

static void refuse_missing_parts(struct bench *bench, struct chart *chart)
{
    for (size_t i = 0; i < chart->row_count; i++) {
        const struct row *row = &chart->rows[i];
        char copies[512];
        go_to(bench, chart, row->state);
        struct draft good = draft_of(chart, row, copies), bad = good;
        const struct element *copy = element_first(row->accept, "copy");
        bool must = false;
        for (; copy; copy = element_next(copy, "copy"))
            must = must || strcmp(attribute(copy, "need"), "must") == 0;
        bad.copy_to = "";
        AUTO(outcome) struct outcome silent = {0};
        if (must)
            silent = bench_say(bench, &bad);
        assert_true(!must || silent.reason == R_WRONG_ADDRESSEE);
        bad = good;
        bad.answers = "";
        AUTO(outcome) struct outcome blind = {0};
        if (!good.answers)
            blind = bench_say(bench, &bad);
        assert_true(good.answers || blind.reason == R_UNKNOWN_MESSAGE);
    }
}

static void test_missing_copy_or_answer__is_refused(void **state)
{
    (void)state;
    each_chart(refuse_missing_parts);
}

/* --- storms -----------------------------------------------------------------
 */

static size_t random_below(size_t bound)
{
    static uint64_t seed = 20261121;
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(seed >> 33) % bound;
}

static const char *random_agency(void)
{
    static char ids[8][64];
    static size_t next = 0;
    char *id = ids[next++ % COUNT_OF(ids)];
    snprintf(id, 64, "%s-%c", bench_roles[random_below(COUNT_OF(bench_roles))],
             random_below(8) ? 'a' : 'b');
    return id;
}

/* A lawful letter of any row, one of whose parts may be something else. */
static struct draft random_draft(const struct chart *chart, char *copies)
{
    const struct row *row = &chart->rows[random_below(chart->row_count)];
    struct draft draft = draft_of(chart, row, copies);
    switch (random_below(8)) {
    case 0:
        draft.type = catalogue_get(random_below(catalogue_count()))->id;
        break;
    case 1:
        draft.from = random_agency();
        break;
    case 2:
        draft.to = random_agency();
        break;
    case 3:
        draft.copy_to = random_below(2) ? random_agency() : "";
        break;
    case 4:
        draft.body = chart->rows[random_below(chart->row_count)].body;
        break;
    case 5:
        draft.answers = "";
        break;
    default:
        break;
    }
    return draft;
}

/* Whether the file has a row from this state to that one for this letter. */
static bool allows(const struct chart *chart, const char *before,
                   const char *after, const struct draft *draft)
{
    const char *state = *before ? before : "START";
    for (size_t i = 0; i < chart->row_count; i++) {
        const struct row *row = &chart->rows[i];
        bool free_body = !*attribute(row->accept, "when");
        bool waits = *attribute(row->accept, "once-settled") &&
                     strcmp(after, state) == 0;
        if (strcmp(row->state, state) == 0 &&
            (waits || strcmp(row->next, after) == 0) &&
            strcmp(row->type, draft->type) == 0 &&
            (free_body || strcmp(row->body, draft->body) == 0))
            return true;
    }
    return false;
}

static void storm(struct bench *bench, struct chart *chart)
{
    size_t accepted = 0, refused = 0;
    for (int i = 0; i < STORM; i++) {
        if (random_below(16) == 0)
            bench_forget(bench);
        char copies[512], before[64];
        snprintf(before, sizeof before, "%s", bench_state(bench));
        struct draft draft = random_draft(chart, copies);
        AUTO(outcome) struct outcome got = bench_say(bench, &draft);
        if (got.reason != R_OK) {
            assert_string_equal(bench_state(bench), before);
            refused++;
            continue;
        }
        accepted++;
        if (strcmp(bench->casefile->procedure, attribute(chart->root, "id"))) {
            bench_forget(bench); /* the letter opens another procedure */
            continue;
        }
        assert_true(allows(chart, before, bench_state(bench), &draft));
        assert_string_equal(got.effect.state_before, before);
        assert_string_equal(got.effect.state_after, bench_state(bench));
        for (size_t k = 0; k < got.effect.recipient_count; k++)
            assert_non_null(
                casefile_party(bench->casefile, got.effect.recipients[k]));
    }
    assert_true(accepted > STORM / 20);
    assert_true(refused > STORM / 20);
}

static void test_storm__never_reaches_a_state_that_the_file_does_not_allow(
    void **state)
{
    (void)state;
    each_chart(storm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_transition__is_taken),
        cmocka_unit_test(test_letter_that_a_state_does_not_name__is_refused),
        cmocka_unit_test(test_role_that_a_row_does_not_name__is_refused),
        cmocka_unit_test(test_missing_copy_or_answer__is_refused),
        cmocka_unit_test(
            test_storm__never_reaches_a_state_that_the_file_does_not_allow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
