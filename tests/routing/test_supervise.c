/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What supervision finds in a ledger that the real router wrote: each planted
 * thing once, under its reason, and nothing of what is in order. Called as
 * `test_supervise make FOLDER` it only leaves that ledger and its registry
 * there, for tests/supervision; `empty FOLDER` leaves one without letters.
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

static struct rules *load(const struct centre *centre, const char *folder)
{
    struct fault why = {0};
    struct rules *rules = NULL;
    AUTO(buf) struct buf report = {0};
    const struct rules_source source = {.folder = folder,
                                        .procedures = centre->procedures};
    enum reason reason = rules_load(&rules, &source, &report, &why);
    if (reason != R_OK)
        fail_msg("%s", buf_text(&report));
    return rules;
}

static void look(struct watched *in, instant at)
{
    struct fault why = {0};
    findings_free(in->findings);
    in->findings = NULL;
    office_must(findings_read(&in->findings, in->centre->ledger, in->rules,
                              &(struct finding_request){.at = at}, &why),
                &why);
}

static int open_watched(void **state)
{
    struct watched *made = mem_new(1, sizeof *made);
    made->centre = planted_open();
    made->rules = load(made->centre, NULL);
    look(made, PLANTED_AT);
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

/* How often the reason stands for the case; NULL: any reason. */
static int count(const struct watched *in, const char *reason,
                 const char *case_id)
{
    int found = 0;
    for (size_t i = 0; i < in->findings->count; i++) {
        const struct finding *finding = &in->findings->items[i];
        found += (!reason || strcmp(finding->rule->id, reason) == 0) &&
                 strcmp(finding->case_id, case_id) == 0;
    }
    return found;
}

static const struct finding *find(const struct watched *in, const char *reason)
{
    for (size_t i = 0; i < in->findings->count; i++)
        if (strcmp(in->findings->items[i].rule->id, reason) == 0)
            return &in->findings->items[i];
    fail_msg("nothing found for %s", reason);
    return NULL;
}

static void test_supervise__finds_each_planted_transfer_once(void **state)
{
    const struct watched *in = *state;
    assert_int_equal(count(in, "transfer-unreceipted", "TR-NO-RECEIPT"), 1);
    assert_int_equal(count(in, NULL, "TR-NO-RECEIPT"), 1);
    assert_int_equal(count(in, "transfer-unreceived", "TR-UNDELIVERED"), 1);
    assert_int_equal(count(in, NULL, "TR-UNDELIVERED"), 1);
    assert_int_equal(count(in, "decision-overdue", "TR-NO-DECISION"), 1);
    assert_int_equal(count(in, NULL, "TR-NO-DECISION"), 1);
    assert_int_equal(count(in, "decision-late", "TR-LATE"), 1);
}

/* What stands under `other`, say exhibits, has nothing to do with filing. */
static void test_supervise__leaves_what_is_in_order_alone(void **state)
{
    const struct watched *in = *state;
    for (size_t i = 0; i < in->findings->count; i++) {
        const struct finding *finding = &in->findings->items[i];
        bool fine = strcmp(finding->case_id, "TR-GOOD") == 0 ||
                    strcmp(finding->case_id, "TR-NOT-FILED") == 0;
        assert_true(!fine || strcmp(finding->rule->heading->id, "other") == 0);
    }
}

static void test_supervise__finds_exhibits_not_handed_over(void **state)
{
    const struct watched *in = *state;
    assert_int_equal(count(in, "exhibits-not-seen", "TR-GOOD"), 1);
    assert_int_equal(count(in, "exhibits-not-seen", "TR-NOT-FILED"), 0);
}

static void test_supervise__tells_who_since_when_and_on_what_ground(
    void **state)
{
    const struct finding *finding = find(*state, "transfer-unreceipted");
    assert_string_equal(finding->agency, POLICE);
    assert_string_equal(finding->article, "W17-7");
    assert_string_equal(finding->limit, "acceptance");
    assert_string_equal(finding->letter_type, "criminal-case-transfer");
    assert_string_equal(finding->parties,
                        ECOLOGY " " POLICE " " PROCURATE " court-nanchang");
    assert_true(finding->since > OFFICE_LATER && finding->due < PLANTED_AT);
    assert_true(finding->due - finding->since <= INSTANT_DAY);
    assert_int_equal(finding->done, 0);
}

static void test_supervise__says_that_a_letter_never_arrived(void **state)
{
    const struct finding *finding = find(*state, "transfer-unreceived");
    assert_true(finding->undelivered);
    assert_string_equal(finding->agency, POLICE);
}

static void test_supervise__tells_how_late_an_act_was(void **state)
{
    const struct finding *finding = find(*state, "decision-late");
    assert_true(finding->done > finding->due);
    assert_true(finding->done < PLANTED_AT);
    assert_string_equal(finding->article, "W17-9");
}

static void test_supervise__finds_a_penalty_in_place_of_a_transfer(void **state)
{
    const struct watched *in = *state;
    const struct finding *finding = find(in, "penalised-not-transferred");
    assert_string_equal(finding->case_id, "CARD-CRIME");
    assert_string_equal(finding->subject, "南昌某电镀有限公司");
    assert_string_equal(finding->article, "W310-11");
    assert_true(finding->thresholds != 0);
    assert_int_equal(count(in, finding->rule->id, "CARD-TRANSFERRED"), 0);
    assert_int_equal(count(in, finding->rule->id, "CARD-MINOR"), 0);
    assert_int_equal(count(in, "threshold-not-transferred", "CARD-CRIME"), 0);
}

static void test_supervise__sees_the_ledger_as_of_an_instant(void **state)
{
    struct watched *in = *state;
    look(in, OFFICE_LATER);
    assert_int_equal(in->findings->count, 0);
    look(in, OFFICE_LATER + 8 * INSTANT_DAY);
    assert_int_equal(count(in, "decision-overdue", "TR-LATE"), 1);
    assert_int_equal(count(in, "decision-late", "TR-LATE"), 0);
}

static void test_supervise__bears_huge_ages(void **state)
{
    struct watched *in = *state;
    AUTO(buf) struct buf out = {0};
    const struct words all = {0};
    const struct names names = {NULL, in->rules->procedures};
    instant far;
    assert_int_equal(instant_parse("9999-12-31T23:59:59+08:00", &far, NULL),
                     R_OK);
    look(in, far);
    assert_int_equal(count(in, "transfer-unreceipted", "TR-NO-RECEIPT"), 1);
    findings_put_text(in->findings, &names, &all,
                      &(struct finding_style){.colour = false}, &out);
    assert_non_null(strstr(buf_text(&out), "2912118"));
    findings_put_json(in->findings, &all, &out);
    assert_false(out.full);
}

static void test_supervise__finds_nothing_in_an_empty_ledger(void **state)
{
    struct centre *centre = centre_open();
    struct watched in = {.centre = centre, .rules = load(centre, NULL)};
    AUTO(buf) struct buf out = {0};
    const struct words all = {0};
    (void)state;
    look(&in, PLANTED_AT);
    assert_int_equal(in.findings->count, 0);
    findings_put_json(in.findings, &all, &out);
    assert_non_null(strstr(buf_text(&out), "\"findings\": []"));
    findings_free(in.findings);
    rules_free(in.rules);
    centre_close(centre);
}

/* A rule file of someone's own, in place of a carried one. */
static char *write_rules(const struct centre *centre, const char *name,
                         const char *text)
{
    char *folder = io_join(centre->office.folder, "rules");
    AUTO(text) char *path = io_join(folder, name);
    struct fault why = {0};
    office_must(io_make_folder(folder, &why), &why);
    office_must(io_write(path, text, strlen(text), 0644, &why), &why);
    return folder;
}

static void test_supervise__takes_a_new_rule_without_code(void **state)
{
    struct watched *in = *state;
    AUTO(text) char *folder = write_rules(
        in->centre, "supervision.xml",
        "<supervision xmlns='urn:yisong:supervision:1'>"
        "<heading id='mine' zh='本地' en='local'/>"
        "<rule id='filed-long-ago' heading='mine' article='W17-10' zh='立案后久"
        "未移交' en='filed long ago'>"
        "<unanswered types='non-filing-notice' by='card-credit-push' "
        "after='P5D'/></rule></supervision>");
    rules_free(in->rules);
    in->rules = load(in->centre, folder);
    look(in, PLANTED_AT);
    assert_int_equal(in->findings->count, 1);
    assert_int_equal(count(in, "filed-long-ago", "TR-NOT-FILED"), 1);
}

static void refuses(struct watched *in, const char *file, const char *text,
                    const char *told)
{
    struct fault why = {0};
    struct rules *rules = NULL;
    AUTO(buf) struct buf report = {0};
    AUTO(text) char *folder = write_rules(in->centre, file, text);
    const struct rules_source source = {.folder = folder,
                                        .procedures = in->centre->procedures};
    assert_int_equal(rules_load(&rules, &source, &report, &why),
                     R_BAD_PROCEDURE);
    assert_null(rules);
    if (!strstr(buf_text(&report), told))
        fail_msg("no '%s' in %s", told, buf_text(&report));
    AUTO(text) char *path = io_join(folder, file);
    unlink(path);
}

#define RULE(content)                                                          \
    "<supervision xmlns='urn:yisong:supervision:1'>"                           \
    "<heading id='h' zh='h' en='h'/>\n" content "</supervision>"

static void test_rules__refuse_what_does_not_exist(void **state)
{
    struct watched *in = *state;
    refuses(in, "supervision.xml", "<a", "not well formed");
    refuses(in, "supervision.xml", "<thresholds/>", "another root element");
    refuses(in, "supervision.xml",
            RULE("<rule id='r' heading='x' zh='r' en='r'><late/></rule>"),
            "supervision.xml:2: BAD_PROCEDURE: no such heading: x");
    refuses(in, "supervision.xml",
            RULE("<rule id='r' heading='h' article='W17-999' zh='r' en='r'>"
                 "<late/></rule>"),
            "no such article: W17-999");
    refuses(in, "supervision.xml",
            RULE("<rule id='r' heading='h' zh='r' en='r'>"
                 "<late limits='no-such'/></rule>"),
            "no such limit: no-such");
    refuses(in, "supervision.xml",
            RULE("<rule id='r' heading='h' zh='r' en='r'><stays after='P1D' "
                 "procedures='case-transfer' states='NOWHERE'/></rule>"),
            "no such state: NOWHERE");
    refuses(in, "supervision.xml",
            RULE("<rule id='r' heading='h' zh='r' en='r'><unanswered "
                 "types='no-such' by='refusal' after='P1X'/></rule>"),
            "not a period: P1X");
    refuses(in, "thresholds.xml",
            "<thresholds xmlns='urn:yisong:supervision:1' forms='card'>"
            "<penalised><when>1 +</when></penalised><threshold id='t' "
            "article='W17-5' reads='figures' zh='t' en='t'><when>true()</when>"
            "</threshold></thresholds>",
            "not XPath");
}

#define WATCHED(test)                                                          \
    cmocka_unit_test_setup_teardown(test, open_watched, close_watched)

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "make") == 0)
        return planted_leave(planted_open(), argv[2]);
    if (argc == 3 && strcmp(argv[1], "empty") == 0)
        return planted_leave(centre_open(), argv[2]);
    const struct CMUnitTest tests[] = {
        WATCHED(test_supervise__finds_each_planted_transfer_once),
        WATCHED(test_supervise__leaves_what_is_in_order_alone),
        WATCHED(test_supervise__finds_exhibits_not_handed_over),
        WATCHED(test_supervise__tells_who_since_when_and_on_what_ground),
        WATCHED(test_supervise__says_that_a_letter_never_arrived),
        WATCHED(test_supervise__tells_how_late_an_act_was),
        WATCHED(test_supervise__finds_a_penalty_in_place_of_a_transfer),
        WATCHED(test_supervise__sees_the_ledger_as_of_an_instant),
        WATCHED(test_supervise__bears_huge_ages),
        cmocka_unit_test(test_supervise__finds_nothing_in_an_empty_ledger),
        WATCHED(test_supervise__takes_a_new_rule_without_code),
        WATCHED(test_rules__refuse_what_does_not_exist),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
