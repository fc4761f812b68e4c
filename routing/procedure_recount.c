/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Counting a running clock by another calendar. Limits whose end was named in
 * a letter, or is a fixed day of the year, do not hang on the calendar's days
 * in that way and stay; so does a clock that stood still for a while, whose
 * remainder was counted by the calendar of that day.
 */
#include "routing/procedure_due.h"

enum { FIRST_YEAR = 2015, LAST_YEAR = 2040 };

struct digest procedures_calendar(const struct procedures *procedures)
{
    AUTO(buf) struct buf days = {0};
    int64_t last = civil_day_number((struct civil_day){LAST_YEAR, 12, 31});
    for (int64_t number =
             civil_day_number((struct civil_day){FIRST_YEAR, 1, 1});
         number <= last; number++)
        buf_put_char(&days, calendar_is_working_day(procedures->calendar,
                                                    civil_day_of_number(number))
                                ? '1'
                                : '0');
    return digest_of(DIGEST_SHA256, days.bytes, days.size);
}

bool procedure_recount(const struct procedures *procedures,
                       const struct registry *registry,
                       const struct casefile *casefile,
                       struct deadline *deadline)
{
    const struct machine *machine =
        machine_find(procedures, casefile->procedure);
    const struct limit *limit =
        machine ? machine_limit(machine, deadline->limit) : NULL;
    const struct due_of of = {procedures, registry, limit, deadline->owner,
                              casefile->opened_at};
    if (!limit || deadline->status != DEADLINE_RUNNING || deadline->stopped ||
        limit->due_in || due_is_fixed(&of))
        return false;
    struct deadline counted = *deadline;
    if (due_compute(&of, &counted, 0, NULL) != R_OK ||
        counted.due == deadline->due)
        return false;
    deadline->due = counted.due;
    deadline->warn = due_warning(&of, deadline);
    return true;
}
