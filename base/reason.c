/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The reason table, read from reason.def.
 */
#include "base/reason.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

struct reason_row {
    const char *code;
    enum reason_class class;
    const char *chinese;
    const char *english;
};

static const struct reason_row rows[REASON_COUNT] = {
#define REASON(name, class, zh, en) {#name, REASON_##class, zh, en},
#include "base/reason.def"
#undef REASON
};

static const struct reason_row *row_get(enum reason reason)
{
    assert((unsigned)reason < REASON_COUNT);
    return &rows[reason];
}

const char *reason_code(enum reason reason)
{
    return row_get(reason)->code;
}

enum reason_class reason_class(enum reason reason)
{
    return row_get(reason)->class;
}

const char *reason_chinese(enum reason reason)
{
    return row_get(reason)->chinese;
}

const char *reason_english(enum reason reason)
{
    return row_get(reason)->english;
}

enum reason reason_find(const char *code)
{
    for (unsigned i = 0; i < REASON_COUNT; i++)
        if (strcmp(rows[i].code, code) == 0)
            return (enum reason)i;
    return REASON_COUNT;
}

int reason_exit_status(enum reason reason)
{
    static const int status[] = {
        [REASON_DONE] = 0,
        [REASON_REFUSE] = 1,
        [REASON_MISUSE] = 2,
        [REASON_RETRY] = 3,
    };
    return status[reason_class(reason)];
}
