/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every procedure file is walked: each transition that it names is taken, and
 * on the way, in each state, what it does not name is refused. What the file
 * says is read here anew, straight from the XML, so that reader and judge are
 * both tested. The walk goes where it has been least; a refusal changes
 * nothing, so that refusals are tried in passing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "schemas/catalogue.h"
#include "tests/routing/procedure_linked.h"

enum { WALKS_MAX = 600, STEPS_MAX = 40 };

/* So long between two letters that no earliest day is still ahead. */
#define STRIDE (4 * 366 * (instant)INSTANT_DAY)

struct walk {
    struct bench *bench;
    struct chart *chart;
    instant now;
    bool seen[STATES_MAX]; /* its refusals were tried */
};

static const char *state_now(const struct walk *walk)
{
    return walk->bench->casefile ? walk->bench->casefile->state : "START";
}

/* --- what is refused --------------------------------------------------------
 */

static bool names_letter(const struct walk *walk, const char *type)
{
    for (size_t i = 0; i < walk->chart->row_count; i++)
        if (!*walk->chart->rows[i].follows &&
            strcmp(walk->chart->rows[i].state, state_now(walk)) == 0 &&
            strcmp(walk->chart->rows[i].type, type) == 0)
            return true;
    return false;
}

static void refuse_unnamed_types(struct walk *walk)
{
    const struct casefile *casefile = walk->bench->casefile;
    for (size_t i = 0; casefile && i < catalogue_count(); i++) {
        struct draft draft = {.type = catalogue_get(i)->id,
                              .from = casefile->parties[0].agency,
                              .to = "court-b",
                              .body = "<notice/>",
                              .at = walk->now};
        if (names_letter(walk, draft.type))
            continue;
        AUTO(text) char *before = mem_text(casefile->state);
        AUTO(outcome) struct outcome got = bench_say(walk->bench, &draft);
        assert_true(got.reason == R_OUT_OF_TURN || got.reason == R_CASE_EXISTS);
        assert_string_equal(bench_state(walk->bench), before);
        assert_true(got.ground.lawful_zh.size > 0);
        assert_true(got.ground.lawful_en.size > 0);
    }
}

/* Whether an agency may be one of these parties in the case at hand. */
static bool may_be(const struct walk *walk, const char *agency,
                   const char *parties, bool joins)
{
    const struct casefile *casefile = walk->bench->casefile;
    const struct party *known =
        casefile ? casefile_party(casefile, agency) : NULL;
    char party[NAME_SIZE], role[NAME_SIZE];
    if (known)
        return has_word(parties, known->as);
    snprintf(role, sizeof role, "%.*s", (int)strlen(agency) - 2, agency);
    while (joins && next_word(&parties, party))
        if (has_word(attribute(chart_party(walk->chart, party), "roles"), role))
            return true;
    return false;
}

/* Whether some act of this state is a letter of that type from or to it. */
static bool is_lawful(const struct walk *walk, const struct row *like,
                      const char *agency, bool sends)
{
    bool opening = !walk->bench->casefile;
    for (size_t i = 0; i < walk->chart->row_count; i++) {
        const struct row *row = &walk->chart->rows[i];
        bool joins = opening || (!sends && *attribute(row->accept, "joins"));
        if (!*row->follows && strcmp(row->state, like->state) == 0 &&
            strcmp(row->type, like->type) == 0 &&
            may_be(walk, agency, sends ? row->from : row->to, joins))
            return true;
    }
    return false;
}

static void must_refuse(struct walk *walk, const struct draft *draft)
{
    AUTO(text) char *before = mem_text(bench_state(walk->bench));
    AUTO(outcome) struct outcome got = bench_say(walk->bench, draft);
    if (got.reason != R_OK) {
        assert_int_equal(reason_class(got.reason), REASON_REFUSE);
        assert_string_equal(bench_state(walk->bench), before);
        return;
    }
    if (*before)
        fprintf(stderr, "accepted: %s: %s from %s to %s copy %s\n", before,
                draft->type, draft->from, draft->to, draft->copy_to);
    assert_string_equal(before, ""); /* it opened a case of another one */
    assert_string_not_equal(walk->bench->casefile->procedure,
                            attribute(walk->chart->root, "id"));
    bench_forget(walk->bench);
}

/* Said by or to whom this procedure does not name. */
static void refuse_other_agencies(struct walk *walk, const struct row *row,
                                  const struct made *made)
{
    struct draft bad = made->draft;
    for (size_t k = 0; k < COUNT_OF(bench_roles); k++) {
        char other[NAME_SIZE];
        snprintf(other, sizeof other, "%s-%c", bench_roles[k],
                 random_below(2) ? 'a' : 'b');
        bad = made->draft;
        bad.from = other;
        if (!is_lawful(walk, row, other, true))
            must_refuse(walk, &bad);
        bad = made->draft;
        bad.to = other;
        if (!is_lawful(walk, row, other, false))
            must_refuse(walk, &bad);
    }
    bad = made->draft;
    bad.to = "nobody-known";
    must_refuse(walk, &bad);
    bad.to = made->from;
    if (!is_lawful(walk, row, made->from, false))
        must_refuse(walk, &bad);
}

/* How many acts of this state are a letter of that type. */
static size_t count_alike(const struct walk *walk, const struct row *like)
{
    size_t count = 0;
    for (size_t i = 0; i < walk->chart->row_count; i++)
        count += !*walk->chart->rows[i].follows &&
                 strcmp(walk->chart->rows[i].state, like->state) == 0 &&
                 strcmp(walk->chart->rows[i].type, like->type) == 0;
    return count;
}

static bool must_be_copied(const struct row *row)
{
    const struct element *copy = element_first(row->accept, "copy");
    for (; copy; copy = element_next(copy, "copy"))
        if (strcmp(attribute(copy, "need"), "must") == 0)
            return true;
    return false;
}

static void refuse_missing_parts(struct walk *walk, const struct row *row,
                                 const struct made *made)
{
    struct draft bad = made->draft;
    if (count_alike(walk, row) > 1)
        return; /* another act of that type may do without */
    bad.copy_to = "";
    if (must_be_copied(row))
        must_refuse(walk, &bad);
    bad = made->draft;
    bad.answers = "";
    if (*attribute(row->accept, "answers"))
        must_refuse(walk, &bad);
    bad = made->draft;
    bad.parent = NULL;
    if (made->draft.parent)
        must_refuse(walk, &bad);
    bad = made->draft;
    bad.body = "<other/>";
    bad.urgency = NULL;
    if (*attribute(row->accept, "when"))
        must_refuse(walk, &bad);
}

/* Too early: while the clock of not-before runs. */
static void refuse_haste(struct walk *walk, const struct row *row,
                         const struct made *made)
{
    const char *limit = attribute(row->accept, "not-before");
    const struct casefile *casefile = walk->bench->casefile;
    if (!*limit || *attribute(row->accept, "early") ||
        count_alike(walk, row) > 1)
        return;
    for (size_t i = 0; casefile && i < casefile->deadline_count; i++) {
        const struct deadline *clock = &casefile->deadlines[i];
        struct draft bad = made->draft;
        bad.at = clock->due - INSTANT_SECOND;
        if (strcmp(clock->limit, limit) == 0 &&
            clock->status == DEADLINE_RUNNING)
            must_refuse(walk, &bad);
    }
}

static void refuse_here(struct walk *walk)
{
    for (size_t i = 0; i < walk->chart->state_count; i++) {
        if (strcmp(walk->chart->states[i], state_now(walk)) != 0 ||
            walk->seen[i])
            continue;
        walk->seen[i] = true;
        refuse_unnamed_types(walk);
    }
}

/* --- the walk ---------------------------------------------------------------
 */

/* An act may belong to the cases of a certain time. */
static bool is_of_day(const struct row *row, instant opened_at)
{
    char day[INSTANT_TEXT_MAX];
    instant_format(opened_at, day)[10] = '\0';
    const char *since = attribute(row->accept, "since");
    const char *until = attribute(row->accept, "until");
    return strcmp(day, since) >= 0 && (!*until || strcmp(day, until) < 0);
}

static bool can_take(const struct walk *walk, const struct row *row, bool wide,
                     struct made *made)
{
    const struct casefile *casefile = walk->bench->casefile;
    return !*row->follows && strcmp(row->state, state_now(walk)) == 0 &&
           is_of_day(row, casefile ? casefile->opened_at : walk->now) &&
           make_letter(walk->bench, walk->chart, row, wide, made);
}

/* The row of this state that was taken least often, and now and then any. */
static struct row *choose(struct walk *walk, bool wide, struct made *best)
{
    struct row *chosen = NULL;
    size_t count = 0;
    bool any = random_below(4) == 0;
    for (size_t i = 0; i < walk->chart->row_count; i++) {
        struct row *row = &walk->chart->rows[i];
        struct made made;
        if (!can_take(walk, row, wide, &made))
            continue;
        count++;
        if (chosen &&
            (any ? random_below(count) != 0 : row->taken >= chosen->taken))
            continue;
        chosen = row;
        *best = made;
    }
    best->draft.from = best->from; /* its texts point into itself */
    best->draft.to = best->to;
    best->draft.copy_to = best->copies;
    best->draft.at = walk->now;
    return chosen;
}

static void take(struct walk *walk, struct row *row, struct made *made)
{
    if (row->taken == 0) {
        refuse_other_agencies(walk, row, made);
        refuse_missing_parts(walk, row, made);
        refuse_haste(walk, row, made);
    }
    AUTO(text) char *before = mem_text(state_now(walk));
    AUTO(outcome) struct outcome got = bench_say(walk->bench, &made->draft);
    if (got.reason != R_OK)
        fprintf(stderr, "%s: %s %s from %s to %s: %s\n",
                attribute(walk->chart->root, "id"), row->state, row->type,
                made->from, made->to, got.why.text);
    assert_int_equal(got.reason, R_OK);
    bool waits = *attribute(row->accept, "once-settled") &&
                 strcmp(state_now(walk), before) == 0;
    if (!waits && strcmp(state_now(walk), row->next) != 0)
        fprintf(stderr, "%s: %s %s from %s to %s\n",
                attribute(walk->chart->root, "id"), row->state, row->type,
                made->from, made->to);
    if (!waits)
        assert_string_equal(state_now(walk), row->next);
    row->taken += waits ? 0 : 1;
    deliver_all(walk->bench, &got, walk->now);
    walk->now += STRIDE;
}

static bool is_covered(const struct chart *chart, bool tell)
{
    bool covered = true;
    for (size_t i = 0; i < chart->row_count; i++) {
        const struct row *row = &chart->rows[i];
        covered = covered && row->taken > 0;
        if (tell && row->taken == 0)
            fprintf(stderr, "%s: not taken: %s %s -> %s\n",
                    attribute(chart->root, "id"), row->state, row->type,
                    row->next);
    }
    return covered;
}

/* Now and then a case of the past, for acts that are no more. */
static instant random_opening(void)
{
    static const char *const days[] = {
        "2026-11-19T10:00:00+08:00", "2026-11-19T10:00:00+08:00",
        "2026-03-02T10:00:00+08:00", "2017-03-01T10:00:00+08:00"};
    return bench_time(days[random_below(COUNT_OF(days))]);
}

static void walk_chart(struct bench *bench, struct chart *chart)
{
    struct walk walk = {.bench = bench, .chart = chart};
    for (int i = 0; i < WALKS_MAX && !is_covered(chart, false); i++) {
        bench_forget(bench);
        walk.now = random_opening();
        bool wide = random_below(3) == 0;
        for (int k = 0; k < STEPS_MAX; k++) {
            struct made made = {0};
            refuse_here(&walk);
            linked_here(bench, chart, walk.now);
            struct row *row = choose(&walk, wide, &made);
            if (!row)
                break;
            take(&walk, row, &made);
        }
    }
    assert_true(is_covered(chart, true));
    for (size_t i = 0; i < chart->state_count; i++)
        assert_true(walk.seen[i]);
}

static void test_every_transition__is_taken_and_all_else_refused(void **state)
{
    (void)state;
    each_chart(walk_chart);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_transition__is_taken_and_all_else_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
