/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>

#include <cmocka.h>

#include "tests/base/scratch.h"

struct sample {
    char *name, *folder, *note;
    int port;
    bool strict;
};

static const struct setting table[] = {
    {"name", SETTING_TEXT, offsetof(struct sample, name), NULL, 0, 0, "名称",
     "the name"},
    {"folder", SETTING_PATH, offsetof(struct sample, folder), "data", 0, 0,
     "目录", "the folder"},
    {"note", SETTING_TEXT, offsetof(struct sample, note), "", 0, 0, "备注",
     "a note"},
    {"port", SETTING_INT, offsetof(struct sample, port), "5671", 1, 65535,
     "端口", "the port"},
    {"strict", SETTING_FLAG, offsetof(struct sample, strict), "yes", 0, 0,
     "严格", "be strict"},
};

struct outcome {
    struct sample sample;
    struct buf report;
    struct fault why;
    enum reason reason;
};

static struct outcome *read_text(void **state, const char *text)
{
    static struct outcome outcome;
    outcome = (struct outcome){0};
    setenv("LC_ALL", "C.UTF-8", 1);
    outcome.reason = settings_read(scratch_write(state, "x.conf", text), table,
                                   COUNT_OF(table), &outcome.sample,
                                   &outcome.report, &outcome.why);
    return &outcome;
}

static void outcome_done(struct outcome *outcome)
{
    settings_done(table, COUNT_OF(table), &outcome->sample);
    buf_done(&outcome->report);
}

static void test_settings__are_read_into_the_struct(void **state)
{
    struct outcome *got =
        read_text(state, "# a comment\n\n  name =  移送 centre \nport=7\n"
                         "strict = no\nfolder = /var/x\nnote = a = b");
    assert_int_equal(got->reason, R_OK);
    assert_string_equal(got->sample.name, "移送 centre");
    assert_int_equal(got->sample.port, 7);
    assert_false(got->sample.strict);
    assert_string_equal(got->sample.folder, "/var/x");
    assert_string_equal(got->sample.note, "a = b");
    assert_int_equal(got->report.size, 0);
    outcome_done(got);
}

static void test_settings__have_their_standards(void **state)
{
    struct outcome *got = read_text(state, "name = x\n");
    assert_int_equal(got->reason, R_OK);
    assert_int_equal(got->sample.port, 5671);
    assert_true(got->sample.strict);
    assert_string_equal(got->sample.note, "");
    assert_string_equal(got->sample.folder, scratch_path(state, "data"));
    outcome_done(got);
}

static void test_settings__report_every_fault_with_its_line(void **state)
{
    struct outcome *got =
        read_text(state, "port = 0\nport = 9\ncolour = red\nstrict = maybe\n"
                         "no equals sign\n");
    assert_int_equal(got->reason, R_BAD_SETTINGS);
    const char *report = buf_text(&got->report);
    static const char *const lines[] = {
        "x.conf:1: BAD_SETTINGS: not a number within bounds: port = 0 (1",
        "x.conf:2: BAD_SETTINGS: given twice: port\n",
        "x.conf:3: BAD_SETTINGS: no such setting: colour\n",
        "x.conf:4: BAD_SETTINGS: must be yes or no: strict\n",
        "x.conf:5: BAD_SETTINGS: no '=' in the line: no equals sign\n",
        "BAD_SETTINGS: a required setting is missing: name\n",
    };
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        assert_non_null(strstr(report, lines[i]));
    assert_int_equal(got->why.reason, R_BAD_SETTINGS);
    assert_non_null(strstr(got->why.text, "x.conf:1: not a number"));
    assert_null(strchr(got->why.text, '\n'));
    outcome_done(got);
}

static void test_settings__refuse_numbers_that_are_none(void **state)
{
    static const char *const texts[] = {
        "name=x\nport=\n",    "name=x\nport=7x\n",
        "name=x\nport=-1\n",  "name=x\nport=65536\n",
        "name=x\nport=7 7\n", "name=x\nport=99999999999999999999\n"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct outcome *got = read_text(state, texts[i]);
        assert_int_equal(got->reason, R_BAD_SETTINGS);
        outcome_done(got);
    }
}

static void test_settings__need_the_file(void **state)
{
    struct sample sample = {0};
    AUTO(buf) struct buf report = {0};
    struct fault why = {0};
    assert_int_equal(settings_read(scratch_path(state, "none"), table,
                                   COUNT_OF(table), &sample, &report, &why),
                     R_NO_FILE);
    settings_done(table, COUNT_OF(table), &sample);
}

static void test_settings__of_an_empty_file_lack_what_is_required(void **state)
{
    struct outcome *got = read_text(state, "");
    assert_int_equal(got->reason, R_BAD_SETTINGS);
    assert_non_null(strstr(got->why.text, "name"));
    outcome_done(got);
}

#define ON_DISK(test)                                                          \
    cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_DISK(test_settings__are_read_into_the_struct),
        ON_DISK(test_settings__have_their_standards),
        ON_DISK(test_settings__report_every_fault_with_its_line),
        ON_DISK(test_settings__refuse_numbers_that_are_none),
        ON_DISK(test_settings__need_the_file),
        ON_DISK(test_settings__of_an_empty_file_lack_what_is_required),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
