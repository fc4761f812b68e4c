/*
 * instant - a point of time, in milliseconds since 1970-01-01T00:00:00Z.
 *
 * Time is a parameter: nothing below a main loop asks the clock, so no test
 * sleeps. Texts are RFC 3339 in China Standard Time (+08:00, no daylight
 * saving since 1991), whatever the machine's zone.
 */
#ifndef YISONG_BASE_INSTANT_H
#define YISONG_BASE_INSTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

typedef int64_t instant;

enum {
    INSTANT_SECOND = 1000,
    INSTANT_MINUTE = 60 * INSTANT_SECOND,
    INSTANT_HOUR = 60 * INSTANT_MINUTE,
    INSTANT_DAY = 24 * INSTANT_HOUR,
    INSTANT_TEXT_MAX = 40
};

/* A day of the civil calendar in +08:00; month and day count from 1. */
struct civil_day {
    int year, month, day;
};

/* The machine's clock. Only main loops and commands call this. */
instant instant_now(void);

/* A clock that never jumps, for measuring and time-outs; milliseconds. */
int64_t instant_monotonic(void);

/*
 * Reads RFC 3339 with a zone ("2026-11-21T17:00:00+08:00", fractions up to
 * nine digits, "Z"). R_BAD_FIELD for anything else, leap seconds included.
 */
enum reason instant_parse(const char *text, instant *out,
                          struct fault *why) MUST_CHECK;

/*
 * Writes "2026-11-21T17:00:00+08:00", with ".123" only where the milliseconds
 * are not zero. `text` has room for INSTANT_TEXT_MAX bytes; it is returned.
 */
char *instant_format(instant at, char text[INSTANT_TEXT_MAX]);

/* Days since 1970-01-01 (proleptic Gregorian), and back. */
int64_t civil_day_number(struct civil_day day);
struct civil_day civil_day_of_number(int64_t number);

/* The +08:00 calendar day of an instant, and the first instant of a day. */
struct civil_day civil_day_of(instant at);
instant civil_day_start(struct civil_day day);

/* Whether there is such a day: month 1-12, day within its month. */
bool civil_day_is_valid(struct civil_day day);

/* Reads "2026-11-21"; false for any other text and for a day that is not. */
bool civil_day_parse(const char *text, struct civil_day *out);

/* 0 Sunday ... 6 Saturday. */
int civil_day_weekday(struct civil_day day);

#endif
