/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A revised calendar: open deadlines are counted anew, once, and what moved is
 * on record.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "routing/timeline.h"
#include "tests/support/centre.h"

#define CASE "NC-2026-0001"

/* The police have accepted a transfer on Saturday, 21 November 2026. */
static void accept_transfer(struct centre *centre)
{
    struct draft transfer = {.type = "criminal-case-transfer",
                             .case_id = CASE,
                             .from = "ecology-nanchang",
                             .to = "police-nanchang",
                             .copy_to = "procuratorate-nanchang",
                             .sequence = 1};
    centre_submit(centre, &transfer);
    centre_run(centre);
    struct draft receipt = {
        .type = "acceptance-receipt",
        .case_id = CASE,
        .from = "police-nanchang",
        .to = "ecology-nanchang",
        .answers =
            centre_find(centre, "police-nanchang", "criminal-case-transfer", 0),
        .body = "<acceptance><acceptedAt>2026-11-21T09:01:00+08:00"
                "</acceptedAt><officers><officer><name>李某</name></officer>"
                "</officers></acceptance>",
        .sequence = 1};
    centre_submit(centre, &receipt);
    centre_run(centre);
}

static void due_of(struct centre *centre, const char *limit,
                   char text[INSTANT_TEXT_MAX])
{
    AUTO(casefile) struct casefile *casefile = NULL;
    assert_int_equal(cases_find(centre->ledger, CASE, &casefile, NULL), R_OK);
    for (size_t i = 0; i < casefile->deadline_count; i++)
        if (strcmp(casefile->deadlines[i].limit, limit) == 0)
            instant_format(casefile->deadlines[i].due, text);
}

static int count_recounts(struct centre *centre, struct recount *last)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    int count = 0;
    assert_int_equal(recounts_of(centre->ledger, CASE, &rows, NULL), R_OK);
    for (; sql_next(rows); count++) {
        recounts_read(rows, last);
        last->limit = last->owner = NULL; /* go with the rows */
    }
    return count;
}

static void copy_files(const char *from, const char *to)
{
    struct fault why = {0};
    AUTO(io_names) struct io_names names = {0};
    office_must(io_make_folder(to, &why), &why);
    office_must(io_list(from, &names, &why), &why);
    for (size_t i = 0; i < names.count; i++) {
        AUTO(text) char *source = io_join(from, names.names[i]);
        AUTO(text) char *target = io_join(to, names.names[i]);
        AUTO(buf) struct buf bytes = {0};
        if (!strstr(names.names[i], ".xml") && !strstr(names.names[i], ".csv"))
            continue;
        office_must(io_read(source, &bytes, &why), &why);
        if (strcmp(names.names[i], "2026.csv") == 0)
            buf_put_text(&bytes, "2026-11-24,临时放假,off,测试\n");
        office_must(io_write(target, bytes.bytes, bytes.size, 0600, &why),
                    &why);
    }
}

/* The same procedures; Tuesday, 24 November is now a day off. */
static void revise_calendar(struct centre *centre)
{
    struct fault why = {0};
    AUTO(buf) struct buf report = {0};
    AUTO(text) char *folder = io_join(centre->office.folder, "procedures");
    AUTO(text) char *calendars = io_join(folder, "calendars");
    copy_files("../routing/procedures", folder);
    copy_files("../routing/calendars", calendars);
    centre_stop(centre);
    procedures_free(centre->procedures);
    centre->procedures = NULL;
    office_must(procedures_load(&centre->procedures, folder, &report, &why),
                &why);
    centre_start(centre);
}

static void expect_on_the_page(struct centre *centre, const char *words)
{
    AUTO(timeline) struct timeline *timeline = NULL;
    AUTO(buf) struct buf page = {0};
    const struct names names = {centre->office.registry, centre->procedures};
    assert_int_equal(timeline_read(&timeline, centre->ledger, CASE, NULL),
                     R_OK);
    timeline_put_text(timeline, &names, centre_clock, false, &page);
    assert_non_null(strstr(buf_text(&page), words));
}

static void test_recount__moves_what_a_revised_calendar_moves(void **state)
{
    (void)state;
    char due[INSTANT_TEXT_MAX] = "";
    struct recount last = {0};
    struct centre *centre = centre_open();
    accept_transfer(centre);
    due_of(centre, "filing-decision", due);
    assert_string_equal(due, "2026-11-24T23:59:59+08:00");
    assert_int_equal(count_recounts(centre, &last), 0);

    revise_calendar(centre);
    centre_run(centre);

    due_of(centre, "filing-decision", due);
    assert_string_equal(due, "2026-11-25T23:59:59+08:00");
    assert_true(count_recounts(centre, &last) >= 1);
    assert_int_equal(last.due_after - last.due_before, INSTANT_DAY);
    expect_on_the_page(centre, "2026-11-24 23:59:59 -> 2026-11-25 23:59:59");
    expect_on_the_page(centre, "ecology-nanchang        ecology bureau");
    centre_close(centre);
}

static void test_recount__happens_once_for_one_calendar(void **state)
{
    (void)state;
    struct recount last = {0};
    struct centre *centre = centre_open();
    accept_transfer(centre);
    revise_calendar(centre);
    centre_run(centre);
    int moved = count_recounts(centre, &last);

    centre_stop(centre);
    centre_start(centre);
    centre_run(centre);

    assert_int_equal(count_recounts(centre, &last), moved);
    centre_close(centre);
}

static void test_recount__is_whole_or_not_at_all(void **state)
{
    (void)state;
    struct fault why = {0};
    for (int nth = 1; nth <= 12; nth++) {
        char due[INSTANT_TEXT_MAX] = "";
        struct centre *centre = centre_open();
        accept_transfer(centre);
        revise_calendar(centre);
        sql_fail_after(nth);
        while (centre_try(centre, &why) != R_OK) {
            centre_stop(centre);
            centre_start(centre);
        }
        sql_fail_after(0);
        due_of(centre, "filing-decision", due);
        assert_string_equal(due, "2026-11-25T23:59:59+08:00");
        centre_close(centre);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recount__moves_what_a_revised_calendar_moves),
        cmocka_unit_test(test_recount__happens_once_for_one_calendar),
        cmocka_unit_test(test_recount__is_whole_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
