/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a receiver may ever see: every fault of the rules is told with its
 * line, a procedure cannot go round them, a letter that does is refused with
 * the rule, its article and what would be lawful.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/base/scratch.h"
#include "tests/routing/procedure_fixture.h"

/* --- the rules --------------------------------------------------------------
 */

#define RULES                                                                  \
    "<visibility xmlns=\"urn:yisong:visibility:1\">\n"                         \
    "<rule id=\"lender\" roles=\"bank\" forms=\"notice decision\""             \
    " attachments=\"notice\" article=\"T1-1\" force=\"local\">"                \
    "<chinese>x</chinese><english>y</english></rule>\n"                        \
    "<rule id=\"other\" roles=\"insurer\" forms=\"notice\" force=\"none\">"    \
    "<chinese>x</chinese><english>y</english></rule>\n"                        \
    "</visibility>\n"

static const struct {
    const char *from, *to, *fault;
} spoilt[] = {
    {"T1-1", "T1-9", "visibility.xml:2: BAD_PROCEDURE: no such article"},
    {"T1-1", "PIPL-6", "visibility.xml:2: BAD_PROCEDURE: no such article"},
    {"\"bank\"", "\"bnak\"", "visibility.xml:2: BAD_PROCEDURE: no such role"},
    {"\"insurer\"", "\"insurer bank\"",
     "visibility.xml:3: BAD_PROCEDURE: an earlier rule has this role"},
    {"\"notice decision\"", "\"notice decisoin\"",
     "visibility.xml:2: BAD_PROCEDURE: no such body form: decisoin"},
    {"attachments=\"notice\"", "attachments=\"card\"",
     "visibility.xml:2: BAD_PROCEDURE: files go with what is not"},
    {"force=\"none\"", "force=\"statutory\"",
     "visibility.xml:3: BAD_PROCEDURE: a rule that has force needs"},
    {"force=\"local\"", "force=\"habit\"", "visibility.xml:2: BAD_PROCEDURE"},
    {"<chinese>x</chinese>", "", "visibility.xml:2: BAD_PROCEDURE"},
    {"</visibility>", "", "BAD_PROCEDURE: not well formed"},
};

static void copy_extra(void **state, const char *name)
{
    AUTO(buf) struct buf text = {0};
    char path[512];
    const char *source = getenv("YISONG_SOURCE");
    snprintf(path, sizeof path, "%s/tests/procedures/extra/%s",
             source ? source : "..", name);
    assert_int_equal(io_read(path, &text, NULL), R_OK);
    scratch_write(state, name, buf_text(&text));
}

/* The first `from` of the rules is `to`. */
static void write_rules(void **state, const char *from, const char *to)
{
    AUTO(buf) struct buf made = {0};
    const char *at = strstr(RULES, from);
    assert_non_null(at);
    buf_put(&made, RULES, (size_t)(at - RULES));
    buf_put_text(&made, to);
    buf_put_text(&made, at + strlen(from));
    scratch_write(state, "visibility.xml", buf_text(&made));
    copy_extra(state, "law.xml");
    copy_extra(state, "extra.xml");
}

static enum reason load(void **state, struct buf *report)
{
    AUTO(procedures) struct procedures *procedures = NULL;
    return procedures_load(&procedures, *state, report, NULL);
}

static void test_rules__are_judged_with_file_and_line(void **state)
{
    for (size_t i = 0; i < COUNT_OF(spoilt); i++) {
        AUTO(buf) struct buf report = {0};
        write_rules(state, spoilt[i].from, spoilt[i].to);
        assert_int_equal(load(state, &report), R_BAD_PROCEDURE);
        if (!strstr(buf_text(&report), spoilt[i].fault))
            fail_msg("%s: %s", spoilt[i].fault, buf_text(&report));
    }
}

/* A folder with a law of its own need not repeat the carried rules. */
static void test_rules__that_are_carried_stand_on_carried_law(void **state)
{
    AUTO(buf) struct buf report = {0};
    copy_extra(state, "law.xml");
    copy_extra(state, "extra.xml");
    if (load(state, &report) != R_OK)
        fail_msg("%s", buf_text(&report));
}

static void test_rules__of_a_folder_are_for_its_letters(void **state)
{
    write_rules(state, "roles=\"bank\"", "roles=\"police\"");
    AUTO(buf) struct buf report = {0};
    assert_int_equal(load(state, &report), R_BAD_PROCEDURE);
    assert_non_null(
        strstr(buf_text(&report),
               "police <- criminal-case-transfer (visibility/lender)"));
    assert_non_null(strstr(buf_text(&report), "/extra.xml:"));
}

/* --- letters ----------------------------------------------------------------
 */

#define FILES                                                                  \
    "</body><attachments><attachment><name>a.pdf</name></attachment>"          \
    "</attachments><body>"

static const struct draft push = {.type = "card-credit-push",
                                  .from = "ecology-a",
                                  .to = "credit-platform-a",
                                  .copy_to = "bank-a",
                                  .answers = ""};
static const struct draft transfer = {.type = "criminal-case-transfer",
                                      .from = "ecology-a",
                                      .to = "police-a",
                                      .copy_to = "procuratorate-a",
                                      .answers = ""};

static void check_refused(struct draft draft, const char *rule,
                          const char *agency)
{
    AUTO(bench) struct bench bench = bench_open(NULL);
    AUTO(outcome) struct outcome got = bench_say(&bench, &draft);
    assert_int_equal(got.reason, R_WRONG_ADDRESSEE);
    assert_string_equal(got.ground.rule, rule);
    assert_string_equal(got.ground.article, "PIPL-6");
    assert_non_null(strstr(got.why.text, agency));
    assert_non_null(strstr(buf_text(&got.ground.lawful_zh), "第六条"));
    assert_non_null(strstr(buf_text(&got.ground.lawful_zh), "系统默认"));
    assert_non_null(strstr(buf_text(&got.ground.lawful_en), "a default"));
}

static void test_case_file__is_never_for_bank_platform_and_supplier(
    void **state)
{
    (void)state;
    struct draft draft = transfer;
    draft.to = "bank-a";
    check_refused(draft, "visibility/bank", "bank-a");
    draft.to = "police-a";
    draft.copy_to = "procuratorate-a bank-a";
    check_refused(draft, "visibility/bank", "bank-a");
    draft.copy_to = "procuratorate-a credit-platform-b";
    check_refused(draft, "visibility/credit-platform", "credit-platform-b");
    draft.copy_to = "power-grid-a";
    check_refused(draft, "visibility/supplier", "power-grid-a");
}

static void test_files__go_with_no_card_to_a_bank(void **state)
{
    (void)state;
    AUTO(bench) struct bench bench = bench_open(NULL);
    AUTO(outcome) struct outcome plain = bench_say(&bench, &push);
    assert_int_equal(plain.reason, R_OK);
    struct draft draft = push;
    draft.body = "<card/>" FILES;
    check_refused(draft, "visibility/bank", "attachments");
}

/* Lists go as tables; a case file may have its files where it is read. */
static void test_files__go_with_lists_and_with_case_files_to_police(
    void **state)
{
    static const struct {
        const char *type, *from, *to, *body;
    } rows[] = {
        {"punishment-list", "ecology-a", "credit-platform-a bank-a",
         "<punishmentList/>" FILES},
        {"criminal-case-transfer", "ecology-a", "police-a",
         "<caseTransfer/>" FILES},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        AUTO(bench) struct bench bench = bench_open(NULL);
        const struct draft draft = {.type = rows[i].type,
                                    .from = rows[i].from,
                                    .to = rows[i].to,
                                    .copy_to = "procuratorate-a",
                                    .answers = "",
                                    .body = rows[i].body};
        AUTO(outcome) struct outcome got = bench_say(&bench, &draft);
        assert_true(strncmp(got.ground.rule, "visibility", 10) != 0);
    }
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_rules__are_judged_with_file_and_line),
        TEST(test_rules__that_are_carried_stand_on_carried_law),
        TEST(test_rules__of_a_folder_are_for_its_letters),
        cmocka_unit_test(
            test_case_file__is_never_for_bank_platform_and_supplier),
        cmocka_unit_test(test_files__go_with_no_card_to_a_bank),
        cmocka_unit_test(
            test_files__go_with_lists_and_with_case_files_to_police),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
