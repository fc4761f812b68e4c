/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Chance and office hours.
 */
#include "simulation/province_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* splitmix64: the same seed gives the same year on every machine. */
static uint64_t throw_dice(struct province *province)
{
    uint64_t z = province->dice += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

int64_t dice_between(struct province *province, int64_t least, int64_t most)
{
    if (most <= least)
        return least;
    uint64_t span = (uint64_t)(most - least) + 1;
    return least + (int64_t)(throw_dice(province) % span);
}

bool dice_permille(struct province *province, int chance)
{
    return dice_between(province, 0, 999) < chance;
}

size_t dice_below(struct province *province, size_t bound)
{
    return bound ? (size_t)(throw_dice(province) % bound) : 0;
}

enum { OPENS = 9 * INSTANT_HOUR, CLOSES = 17 * INSTANT_HOUR };

instant working_time(const struct province *province, instant at)
{
    at = (at + TICK - 1) / TICK * TICK;
    struct civil_day day = civil_day_of(at);
    instant opens = civil_day_start(day) + OPENS;
    if (calendar_is_working_day(province->calendar, day) &&
        at <= civil_day_start(day) + CLOSES)
        return at > opens ? at : opens;
    day = civil_day_of_number(civil_day_number(day) + 1);
    day = calendar_next_working_day(province->calendar, day);
    /* by the minute of the day, so that not all come at the opening */
    return civil_day_start(day) + OPENS + at % (6 * INSTANT_HOUR);
}

char *case_name(size_t place, char text[CASE_TEXT_MAX])
{
    snprintf(text, CASE_TEXT_MAX, "SIM-%06zu", place);
    return text;
}

size_t case_place(const struct province *province, const char *name)
{
    size_t place = SIZE_MAX;
    if (strncmp(name, "SIM-", 4) == 0)
        place = strtoul(name + 4, NULL, 10);
    return place < province->book.case_count ? place : SIZE_MAX;
}
