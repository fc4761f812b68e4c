/*
 * period - the limits of the law, and when they end.
 *
 *   PT24H  hours         the exact instant + 24 h; runs through holidays and
 *                        is never moved
 *   P3D    natural days  the day of the start is not counted; ends with the
 *                        last second of the last day
 *   P3WD   working days  the same, but only working days are counted
 *   P1M    months        the same date, or the last day of a shorter month
 *   P1Y    years         the same date, or 28 February
 *
 * A shift (节假日顺延) moves an end on a day that is not worked to the first
 * working day after it. Whether a limit shifts is said by the rule that sets
 * it. All days are days of +08:00, whatever the machine's zone.
 */
#ifndef YISONG_ROUTING_PERIOD_H
#define YISONG_ROUTING_PERIOD_H

#include "base/buf.h"
#include "base/instant.h"
#include "routing/calendar.h"

enum period_unit {
    PERIOD_HOURS,
    PERIOD_DAYS,
    PERIOD_WORKING_DAYS,
    PERIOD_MONTHS,
    PERIOD_YEARS,
    PERIOD_UNIT_COUNT
};

enum { PERIOD_TEXT_MAX = 24 };

struct period {
    enum period_unit unit;
    int count; /* 1 or more */
};

/*
 * Reads one of the five forms; combined ones ("P1M3D"), zero and anything
 * beyond a hundred years are R_BAD_FIELD.
 */
enum reason period_parse(const char *text, struct period *out,
                         struct fault *why) MUST_CHECK;

/* Writes it back; `text` has room for PERIOD_TEXT_MAX bytes, is returned. */
char *period_format(const struct period *period, char text[PERIOD_TEXT_MAX]);

/*
 * The last lawful instant of a period that starts at `start`: for all but
 * hours the last second (23:59:59) of its last day. The second that it names
 * belongs to the period whole (period_has_passed). `shift` moves an end of
 * days, months or years; it means nothing for hours and working days. Appends
 * to `how` (may be NULL) how it was counted, in the reader's language, one
 * line each. R_BAD_FIELD if the start lies outside the years 1900 to 2999.
 */
enum reason period_due(const struct period *period, instant start, bool shift,
                       const struct calendar *calendar, instant *due,
                       struct buf *how, struct fault *why) MUST_CHECK;

/* Whether an act at `at` is late: the second named by `due` is over. */
bool period_has_passed(instant due, instant at);

#endif
