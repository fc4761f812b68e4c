/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of the fields share: one reading, and rows of a data file.
 */
#ifndef YISONG_TESTS_TEST_FIELD_H
#define YISONG_TESTS_TEST_FIELD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/csv.h"
#include "base/io.h"
#include "schemas/field.h"

/* `reading` is the normal form, or the code of a fault ("AMBIGUOUS"). */
static inline void assert_reads(enum field_kind kind, const char *written,
                                const char *reading)
{
    AUTO(buf) struct buf normal = {0};
    struct fault why = {0};
    enum reason reason = field_check(kind, written, &normal, &why);
    const char *got = reason == R_OK ? buf_text(&normal) : reason_code(reason);
    if (strcmp(got, reading) != 0)
        fail_msg("%s '%s' read as %s (%s), not as %s", field_name(kind),
                 written, got, why.text, reading);
    if (reason != R_OK) {
        assert_int_equal(reason, why.reason);
        assert_int_equal(normal.size, 0);
        assert_true(why.text[0] != '\0');
        return;
    }
    AUTO(buf) struct buf again = {0};
    assert_int_equal(field_check(kind, got, &again, NULL), R_OK);
    assert_string_equal(buf_text(&again), got);
}

/* The detail of the fault that a text is refused with; borrowed. */
static inline const char *refusal(enum field_kind kind, const char *written)
{
    static struct fault why;
    fault_clear(&why);
    if (field_check(kind, written, NULL, &why) == R_OK)
        fail_msg("%s '%s' was accepted", field_name(kind), written);
    return why.text;
}

/* Opens tests/data/fields/NAME. */
static inline void open_rows(struct csv *rows, const char *name)
{
    const char *source = getenv("YISONG_SOURCE");
    AUTO(buf) struct buf path = {0}, bytes = {0};
    buf_print(&path, "%s/tests/data/fields/%s", source ? source : "..", name);
    struct fault why = {0};
    if (io_read(buf_text(&path), &bytes, &why) != R_OK)
        fail_msg("%s", why.text);
    csv_open(rows, buf_text(&bytes), bytes.size);
}

#endif
