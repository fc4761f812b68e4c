/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Supervision of clocks and states that few cases have: a region with a rule
 * of its own, and a case that stays where it should not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "routing/supervision/supervise.h"
#include "tests/routing/planted.h"

struct watched {
    struct centre *centre;
    struct rules *rules;
    struct findings *findings;
};

static int open_watched(void **state)
{
    struct fault why = {0};
    AUTO(buf) struct buf report = {0};
    struct watched *made = mem_new(1, sizeof *made);
    made->centre = centre_open();
    const struct rules_source source = {.procedures = made->centre->procedures};
    office_must(rules_load(&made->rules, &source, &report, &why), &why);
    *state = made;
    return 0;
}

static int close_watched(void **state)
{
    struct watched *made = *state;
    findings_free(made->findings);
    rules_free(made->rules);
    centre_close(made->centre);
    free(made);
    return 0;
}

/* What stands for the reason at this time; NULL: nothing. */
static const struct finding *look(struct watched *in, const char *reason,
                                  instant at)
{
    struct fault why = {0};
    findings_free(in->findings);
    in->findings = NULL;
    office_must(findings_read(&in->findings, in->centre->ledger, in->rules,
                              &(struct finding_request){.at = at}, &why),
                &why);
    for (size_t i = 0; i < in->findings->count; i++)
        if (strcmp(in->findings->items[i].rule->id, reason) == 0)
            return &in->findings->items[i];
    return NULL;
}

/* A case as the ledger might have it, with one clock or none. */
static void plant(struct watched *in, const char *procedure, const char *state,
                  const struct deadline *clock)
{
    AUTO(casefile) struct casefile *casefile = mem_new(1, sizeof *casefile);
    casefile->id = mem_text("PLANTED");
    casefile->procedure = mem_text(procedure);
    casefile->state = mem_text(state);
    casefile->opened_at = casefile->changed_at = OFFICE_LATER;
    if (clock)
        casefile_add_deadline(casefile, clock);
    assert_int_equal(ledger_begin(in->centre->ledger, NULL), R_OK);
    assert_int_equal(cases_put(in->centre->ledger, casefile, NULL), R_OK);
    assert_int_equal(ledger_commit(in->centre->ledger, NULL), R_OK);
}

static void test_clock__stands_on_the_rule_of_its_owners_region(void **state)
{
    struct watched *in = *state;
    const struct deadline clock = {.limit = (char *)(size_t) "annual-summary",
                                   .owner = (char *)(size_t)ECOLOGY,
                                   .start = OFFICE_LATER,
                                   .due = OFFICE_LATER + INSTANT_DAY,
                                   .status = DEADLINE_RUNNING};
    plant(in, "periodic-report", "COLLECTING", &clock);
    const struct finding *bare = look(in, "duty-overdue", PLANTED_AT);
    assert_non_null(bare);
    assert_string_equal(bare->article, "");

    in->rules->registry = in->centre->office.registry;
    const struct finding *found = look(in, "duty-overdue", PLANTED_AT);

    assert_non_null(found);
    assert_string_equal(found->article, "NC21-annual");
}

static void test_lifting__that_is_never_finished_is_seen(void **state)
{
    struct watched *in = *state;
    const char *reason = "lifting-unfinished";
    plant(in, "joint-punishment", "LIFTING", NULL);

    assert_null(look(in, reason, OFFICE_LATER + 30 * (instant)INSTANT_DAY));
    assert_non_null(look(in, reason, OFFICE_LATER + 31 * (instant)INSTANT_DAY));
}

/* A state is as old as the letter that led to it, not as the case. */
static void test_state__is_as_old_as_the_letter_that_led_to_it(void **state)
{
    struct watched *in = *state;
    const char *reason = "lifting-unfinished";
    const instant lifted = OFFICE_LATER + 100 * (instant)INSTANT_DAY;
    const struct step_record step = {.case_id = "PLANTED",
                                     .position = 7,
                                     .state_before = "LISTED",
                                     .state_after = "LIFTING",
                                     .at = lifted};
    plant(in, "joint-punishment", "LIFTING", NULL);
    assert_int_equal(ledger_begin(in->centre->ledger, NULL), R_OK);
    assert_int_equal(cases_put_step(in->centre->ledger, &step, NULL), R_OK);
    assert_int_equal(ledger_commit(in->centre->ledger, NULL), R_OK);

    assert_null(look(in, reason, lifted + 30 * (instant)INSTANT_DAY));
    const struct finding *found =
        look(in, reason, lifted + 31 * (instant)INSTANT_DAY);
    assert_non_null(found);
    assert_true(found->since == lifted);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_watched, close_watched)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_clock__stands_on_the_rule_of_its_owners_region),
        TEST(test_lifting__that_is_never_finished_is_seen),
        TEST(test_state__is_as_old_as_the_letter_that_led_to_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
