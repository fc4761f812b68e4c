/*
 * calendar - which days are worked in China: weekends, statutory holidays and
 * the weekends worked instead, as the State Council's yearly notices say.
 *
 * The years 2015-2026 are carried in the program (routing/calendars/). In a
 * year that the calendar does not know, only weekends are off. A calendar
 * never changes after it was loaded, so many threads may read one.
 *
 * To add a year: one file in routing/calendars/ (its README tells how).
 */
#ifndef YISONG_ROUTING_CALENDAR_H
#define YISONG_ROUTING_CALENDAR_H

#include <stdbool.h>

#include "base/instant.h"

struct calendar;

/*
 * Loads the calendar: a CSV file, a folder of such files (*.csv), or with
 * NULL the one that the program carries. What is loaded replaces the carried
 * one whole. R_NO_FILE, R_TOO_LARGE, R_DISK_FAILED, or R_BAD_SETTINGS with
 * "FILE:LINE:". The caller frees it.
 */
enum reason calendar_load(struct calendar **out, const char *path_or_null,
                          struct fault *why) MUST_CHECK;
void calendar_free(struct calendar *calendar);

/* Whether the notice of that year is in it: whether it has the National Day. */
bool calendar_knows(const struct calendar *calendar, int year);

/*
 * Whether the day is worked: Monday to Friday unless off by notice, Saturday
 * and Sunday only if worked by notice (调休上班).
 */
bool calendar_is_working_day(const struct calendar *calendar,
                             struct civil_day day);

/* The first working day on or after `day`. */
struct civil_day calendar_next_working_day(const struct calendar *calendar,
                                           struct civil_day day);

/*
 * The holiday to which a notice gives the day, off or worked instead
 * ("国庆节"), or NULL if no notice names the day. Borrowed from the calendar.
 */
const char *calendar_holiday(const struct calendar *calendar,
                             struct civil_day day);

AUTO_POINTER(calendar, calendar_free)

#endif
