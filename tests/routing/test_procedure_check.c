/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is wrong with a procedure file is told when it is loaded: all of it,
 * with file and line. Each row spoils the extra procedure in one place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/io.h"
#include "routing/procedure.h"
#include "tests/base/scratch.h"

#define FOLLOW(type, procedure)                                                \
    "<follow type=\"" type "\" in=\"" procedure                                \
    "\" tells=\"office\" article=\"T1-1\"/>"

static const struct spoilt {
    const char *from, *to; /* the first `from` of the file becomes `to` */
    const char *fault;     /* what the report must say */
} rows[] = {
    {"<state id=\"OPEN\"", "<stat id=\"OPEN\"",
     "extra.xml:48: BAD_PROCEDURE: not well formed"},
    {"<party id=\"lead\"", "<party colour=\"red\" id=\"lead\"",
     "attribute 'colour' is not allowed"},
    {"<party id=\"sasac\"", "<partie/><party id=\"sasac\"", "partie"},
    {"zh=\"牵头机关\" en=\"lead\"", "zh=\"牵头机关\"",
     "attribute 'en' is required"},
    {"zh=\"牵头机关\"", "zh=\"\"", "zh"},
    {"roles=\"police\"", "roles=\"polize\"",
     "no such role in the registry: polize"},
    {"<party id=\"member\"", "<party id=\"office\"",
     "the party is there twice: office"},
    {"period=\"P5D\"", "period=\"P5X\"", "not a period: P5X"},
    {"period=\"P5D\"", "period=\"P0D\"", "not a period: P0D"},
    {"period=\"P5D\"", "period=\"PT5H\"",
     "hours and working days are not shifted: PT5H"},
    {"force=\"statutory\" article=\"T1-1\"", "force=\"statutory\"",
     "a statutory or local limit needs its article"},
    {"article=\"T1-2\"", "article=\"T1-3\"",
     "no such article in law.xml: T1-3"},
    {"owner=\"office\"", "owner=\"nobody\"", "no such party: nobody"},
    {" by=\"lead\"", "", "offers needs by, zh and en"},
    {"type=\"material-supplement\"", "type=\"material-suplement\"",
     "no such type in the catalogue: material-suplement"},
    {"type=\"material-supplement\"", "type=\"refusal\"",
     "receipts, refusals and reminders belong to no procedure: refusal"},
    {"from=\"office\" to=\"lead\"", "from=\"offices\" to=\"lead\"",
     "no such party: offices"},
    {"next=\"LISTED\"", "next=\"LIST\"", "no such state: LIST"},
    {"next=\"LISTED\"", "next=\"CLOSED\"",
     "the state cannot be reached: LISTED"},
    {"<state id=\"CLOSED\" final=\"yes\"", "<state id=\"CLOSED\"",
     "no way out of the state"},
    {"<state id=\"LISTED\"", "<state id=\"OPEN\"",
     "the state is there twice: OPEN"},
    {" starts=\"ordered\"", "", "no letter starts this limit: ordered"},
    {"meets=\"answer answer-long ordered\"", "meets=\"answer answer-long\"",
     "no letter meets or cancels this limit: ordered"},
    {"meets=\"feedback\"", "meets=\"ordered\"",
     "the sender does not owe this limit: ordered"},
    {"starts=\"feedback\"", "starts=\"feedbacks\"", "no such limit: feedbacks"},
    {"starts=\"feedback\"", "starts=\"feedback ordered\"",
     "counted from delivery to a party that does not get the letter: ordered"},
    {"//m:stateOwned = 'true'", "//m:stateOwned = (",
     "the condition is not XPath"},
    {"//m:stateOwned = 'true'", "//x:stateOwned", "the condition is not XPath"},
    {" when-en=\"state-owned\"", "", "when, when-zh and when-en go together"},
    {"need=\"rule\"", "need=\"must\"",
     "what must be copied can have no condition of its own: sasac"},
    {"type=\"card-credit-push\" from=\"lead\" to=\"member\"",
     "type=\"material-supplement\" from=\"lead\" to=\"office\"",
     "an earlier act of the same state takes this letter"},
    {"<extend limit=\"answer\"", "<extend limit=\"reply\"",
     "no such limit: reply"},
    {"becomes=\"former-office\"", "becomes=\"former\"",
     "no such party: former"},
    {"while-open=\"feedback\"", "while-open=\"feed\"", "no such limit: feed"},
    {"while-open=\"feedback\"", "answers=\"non-filing-notice\"",
     "the letter answered is not in this procedure: non-filing-notice"},
    {"while-open=\"feedback\"", "within=\"feedback\"",
     "a limit of within is counted from the decision"},
    {"while-open=\"feedback\"", "not-before=\"feedback\"",
     "a limit of not-before needs earliest=\"yes\": feedback"},
    {"while-open=\"feedback\"", "not-before=\"feed\"", "no such limit: feed"},
    {"while-open=\"feedback\"", "pauses=\"feed\"", "no such limit: feed"},
    {"while-open=\"feedback\"", "resumes=\"feed\"", "no such limit: feed"},
    {"owner=\"member\" force=\"none\"",
     "owner=\"member\" force=\"none\" earliest=\"yes\"",
     "an earliest limit is not met; it is for not-before: feedback"},
    {"owner=\"member\" force=\"none\"",
     "owner=\"member\" force=\"none\" due-on=\"05\"",
     "due-on goes with P1M or P3M, or month and day with P1Y: P3WD"},
    {"owner=\"member\" force=\"none\"",
     "owner=\"member\" force=\"none\" due-on=\"32\"", "due-on"},
    {"owner=\"member\" force=\"none\"",
     "owner=\"member\" force=\"none\" warn=\"P1X\"", "not a period: P1X"},
    {"owner=\"member\" force=\"none\"",
     "owner=\"member\" force=\"none\" warn=\"P1D\" duty=\"no\"",
     "nobody is reminded of this limit: no warn: P1D"},
    {" starts=\"ordered\"/>",
     " starts=\"ordered\"><parent procedure=\"extra\" need=\"may\"/></accept>",
     "only a letter that opens a case has a parent"},
    {"<copy party=\"government\" need=\"may\"/>",
     "<parent procedure=\"other\" need=\"may\"/>", "no such procedure: other"},
    {"<copy party=\"government\" need=\"may\"/>",
     "<parent procedure=\"extra\" states=\"LOST\" need=\"may\"/>",
     "the procedure of the parent has no such state: LOST"},
    {"<state id=\"CLOSED\"",
     "<in states=\"OPEN\">" FOLLOW("card-removal-decision",
                                   "other") "</in>"
                                            "<state id=\"CLOSED\"",
     "no such procedure: other"},
    {"<state id=\"CLOSED\"",
     "<in states=\"OPEN\">" FOLLOW("card-removal-decision",
                                   "extra") "</in>"
                                            "<state id=\"CLOSED\"",
     "neither procedure is a parent of the other: extra"},
    {"<copy party=\"government\" need=\"may\"/>\n    </accept>\n  </start>",
     "<parent procedure=\"extra\" need=\"may\"/></accept></start>"
     "<in states=\"OPEN\">" FOLLOW("judgment-info", "extra") "</in>",
     "the linked procedure has no such letter: judgment-info"},
    {"<state id=\"CLOSED\"",
     "<in states=\"OPEN\">" FOLLOW("card-removal-decision", "extra")
         FOLLOW("card-removal-decision", "extra") "</in>"
                                                  "<state id=\"CLOSED\"",
     "an earlier act of the same state takes this letter"},
    {"<state id=\"CLOSED\"",
     "<in states=\"OPEN\"><follow type=\"card-removal-decision\" "
     "in=\"extra\" tells=\"nobody\" article=\"T1-9\" cancels=\"nothing\"/>"
     "</in><state id=\"CLOSED\"",
     "no such party: nobody"},
};

/* The extra procedure and its law, in a folder of the test. */
static struct buf read_extra(const char *name)
{
    char path[512];
    struct buf text = {0};
    snprintf(path, sizeof path, "%s/tests/procedures/extra/%s",
             getenv("YISONG_SOURCE") ? getenv("YISONG_SOURCE") : "..", name);
    assert_int_equal(io_read(path, &text, NULL), R_OK);
    return text;
}

static void write_spoilt(void **state, const struct spoilt *row)
{
    AUTO(buf) struct buf law = read_extra("law.xml");
    AUTO(buf) struct buf text = read_extra("extra.xml");
    AUTO(buf) struct buf made = {0};
    const char *at = strstr(buf_text(&text), row->from);
    if (!at)
        fprintf(stderr, "not in extra.xml: %s\n", row->from);
    assert_non_null(at);
    buf_put(&made, text.bytes, (size_t)(at - text.bytes));
    buf_put_text(&made, row->to);
    buf_put_text(&made, at + strlen(row->from));
    scratch_write(state, "law.xml", buf_text(&law));
    scratch_write(state, "extra.xml", buf_text(&made));
}

static enum reason load(void **state, struct buf *report)
{
    AUTO(procedures) struct procedures *procedures = NULL;
    return procedures_load(&procedures, *state, report, NULL);
}

static void test_every_fault__is_told_with_file_and_line(void **state)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        AUTO(buf) struct buf report = {0};
        write_spoilt(state, &rows[i]);
        enum reason reason = load(state, &report);
        if (!strstr(buf_text(&report), rows[i].fault))
            fprintf(stderr, "%s -> %s: %s\n", rows[i].from, rows[i].to,
                    buf_text(&report));
        assert_int_equal(reason, R_BAD_PROCEDURE);
        assert_non_null(strstr(buf_text(&report), rows[i].fault));
        assert_non_null(strstr(buf_text(&report), "/extra.xml:"));
        assert_non_null(strstr(buf_text(&report), ": BAD_PROCEDURE: "));
    }
}

static void test_line_of_a_fault__is_that_of_the_element(void **state)
{
    AUTO(buf) struct buf report = {0};
    write_spoilt(state, &(struct spoilt){.from = "period=\"P5D\"",
                                         .to = "period=\"P5X\""});
    assert_int_equal(load(state, &report), R_BAD_PROCEDURE);
    assert_non_null(strstr(buf_text(&report), "/extra.xml:16: "));
}

static size_t count_lines(const struct buf *report)
{
    size_t lines = 0;
    for (const char *at = buf_text(report); (at = strchr(at, '\n')); at++)
        lines++;
    return lines;
}

static void test_faults_of_several_files__are_told_together(void **state)
{
    AUTO(buf) struct buf report = {0};
    write_spoilt(state, &rows[7]);
    scratch_write(state, "broken.xml", "<procedure");
    scratch_write(state, "other.xml", "<other/>");
    assert_int_equal(load(state, &report), R_BAD_PROCEDURE);
    assert_non_null(strstr(buf_text(&report), "broken.xml:"));
    assert_non_null(strstr(buf_text(&report), "other.xml:"));
    assert_non_null(strstr(buf_text(&report), "extra.xml:"));
    assert_int_equal(count_lines(&report), 3);
}

static void test_two_procedures__are_not_opened_by_one_letter(void **state)
{
    AUTO(buf) struct buf report = {0};
    write_spoilt(state,
                 &(struct spoilt){.from = "id=\"extra\"", .to = "id=\"twin\""});
    AUTO(buf) struct buf text = read_extra("extra.xml");
    scratch_write(state, "twin.xml", buf_text(&text));
    assert_int_equal(load(state, &report), R_BAD_PROCEDURE);
    assert_non_null(strstr(buf_text(&report),
                           "another procedure is opened by the same letter"));
}

static void test_one_id__is_one_procedure(void **state)
{
    AUTO(buf) struct buf report = {0};
    AUTO(buf) struct buf text = read_extra("extra.xml");
    AUTO(buf) struct buf law = read_extra("law.xml");
    scratch_write(state, "law.xml", buf_text(&law));
    scratch_write(state, "a.xml", buf_text(&text));
    scratch_write(state, "b.xml", buf_text(&text));
    assert_int_equal(load(state, &report), R_BAD_PROCEDURE);
    assert_non_null(strstr(buf_text(&report),
                           "b.xml:1: BAD_PROCEDURE: the procedure is there "
                           "twice: extra"));
}

static void test_spoilt_law__is_told(void **state)
{
    AUTO(buf) struct buf report = {0};
    write_spoilt(state, &(struct spoilt){.from = "extra", .to = "extra"});
    scratch_write(state, "law.xml",
                  "<laws xmlns=\"urn:yisong:law:1\"><law id=\"T1\"/></laws>");
    assert_int_equal(load(state, &report), R_BAD_PROCEDURE);
    assert_non_null(strstr(buf_text(&report), "law.xml:1: "));
}

static void test_folder_without_procedures__is_refused(void **state)
{
    AUTO(buf) struct buf report = {0};
    assert_int_equal(load(state, &report), R_BAD_PROCEDURE);
    assert_int_equal(count_lines(&report), 1);
}

static void test_folder_that_is_not_there__is_no_file(void **state)
{
    (void)state;
    AUTO(procedures) struct procedures *procedures = NULL;
    assert_int_equal(
        procedures_load(&procedures, "/nowhere/at/all", NULL, NULL), R_NO_FILE);
}

static void test_carried_procedures__are_without_fault(void **state)
{
    (void)state;
    AUTO(buf) struct buf report = {0};
    AUTO(procedures) struct procedures *procedures = NULL;
    assert_int_equal(procedures_load(&procedures, NULL, &report, NULL), R_OK);
    assert_int_equal(report.size, 0);
    assert_true(procedures_count(procedures) >= 2);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_fault__is_told_with_file_and_line),
        TEST(test_line_of_a_fault__is_that_of_the_element),
        TEST(test_faults_of_several_files__are_told_together),
        TEST(test_two_procedures__are_not_opened_by_one_letter),
        TEST(test_one_id__is_one_procedure),
        TEST(test_spoilt_law__is_told),
        TEST(test_folder_without_procedures__is_refused),
        TEST(test_folder_that_is_not_there__is_no_file),
        TEST(test_carried_procedures__are_without_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
