/*
 * one_office - one office for all tests of a program that change nothing in
 * it:
 *
 *     cmocka_run_group_tests(tests, one_office_open, one_office_close)
 */
#ifndef YISONG_TESTS_SUPPORT_ONE_OFFICE_H
#define YISONG_TESTS_SUPPORT_ONE_OFFICE_H

#include "tests/support/authority.h"

static struct office office;

static inline int one_office_open(void **state)
{
    (void)state;
    office = office_open();
    return 0;
}

static inline int one_office_close(void **state)
{
    (void)state;
    office_close(&office);
    return 0;
}

#endif
