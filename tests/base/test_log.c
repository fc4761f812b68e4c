/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/io.h"
#include "tests/base/scratch.h"

/* What `speak` writes on standard error. */
static char *heard(void **state, void (*speak)(void))
{
    const char *path = scratch_path(state, "log");
    fflush(stderr);
    int kept = dup(STDERR_FILENO);
    assert_non_null(freopen(path, "w", stderr));
    speak();
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    struct buf text = {0};
    assert_int_equal(io_read(path, &text, NULL), R_OK);
    return buf_take(&text);
}

static void speak_low_and_high(void)
{
    log_open("router", LOG_WARN);
    log_event(LOG_INFO, "nobody reads %s", "this");
    log_event(LOG_WARN, "letter %d", 7);
}

static void test_log__speaks_from_its_level_on(void **state)
{
    char *text = heard(state, speak_low_and_high);
    assert_non_null(strstr(text, "+08:00 warn router: letter 7\n"));
    assert_null(strstr(text, "nobody"));
    free(text);
}

static void speak_a_forged_line(void)
{
    struct fault why = {.reason = R_BAD_FIELD,
                        .text = "x\n2026 error router: all lost\r\x1b[2J"};
    setenv("LC_ALL", "C.UTF-8", 1);
    log_open("router", LOG_INFO);
    log_fault(LOG_WARN, "letter", &why);
}

static void test_log__is_one_line_whatever_a_letter_says(void **state)
{
    char *text = heard(state, speak_a_forged_line);
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    assert_null(strpbrk(text, "\r\x1b"));
    assert_non_null(strstr(text, "router: letter: BAD_FIELD: "));
    free(text);
}

#define ON_DISK(test)                                                          \
    cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_DISK(test_log__speaks_from_its_level_on),
        ON_DISK(test_log__is_one_line_whatever_a_letter_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
