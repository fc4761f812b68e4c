/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Who lives in the province, and the dice. Each city and each county has its
 * bureau, police, procuratorate and court, each city a bank, the province one
 * credit platform. Counties belong to cities in turn.
 */
#include "simulation/province_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const struct {
    const char *role, *chinese;
} offices[] = {
    {"ecology", "生态环境局"},
    {"police", "公安局"},
    {"procuratorate", "人民检察院"},
    {"court", "人民法院"},
};

static void add(struct province *province, char *id, const char *role,
                char *chinese, const char *level)
{
    province->agencies[province->agency_count++] =
        (struct agency){.id = id,
                        .role = role,
                        .chinese = chinese,
                        .english = mem_text(id),
                        .level = level};
}

static size_t place_count(const struct province *province)
{
    return province->plan.cities + province->plan.counties;
}

void people_make(struct province *province)
{
    size_t places = place_count(province);
    size_t cities = province->plan.cities;
    province->agencies =
        mem_new(places * COUNT_OF(offices) + cities + 1, sizeof(struct agency));
    for (size_t i = 0; i < places; i++)
        for (size_t j = 0; j < COUNT_OF(offices); j++)
            add(province, mem_print("%s-%zu", offices[j].role, i + 1),
                offices[j].role,
                mem_print("第%zu%s%s", i + 1, i < cities ? "市" : "县",
                          offices[j].chinese),
                i < cities ? "city" : "county");
    for (size_t i = 0; i < cities; i++)
        add(province, mem_print("bank-%zu", i + 1), "bank",
            mem_print("第%zu市银行", i + 1), "city");
    add(province, mem_text("credit-platform"), "credit-platform",
        mem_text("省公共信用信息平台"), "province");
}

void people_free(struct province *province)
{
    for (size_t i = 0; i < province->agency_count; i++) {
        free((char *)province->agencies[i].id);
        free((char *)province->agencies[i].chinese);
        free((char *)province->agencies[i].english);
    }
    free(province->agencies);
}

void agency_of(const struct province *province, const char *role, size_t place,
               char out[AGENCY_TEXT_MAX])
{
    size_t number = place;
    if (strcmp(role, "bank") == 0)
        number = place % province->plan.cities;
    if (strcmp(role, "other-police") == 0) {
        number = (place + 1) % place_count(province);
        role = "police";
    }
    if (strcmp(role, "credit") == 0)
        snprintf(out, AGENCY_TEXT_MAX, "credit-platform");
    else
        snprintf(out, AGENCY_TEXT_MAX, "%s-%zu", role, number + 1);
}

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
    uint64_t span = (uint64_t)(most - least) + 1;
    return least + (int64_t)(throw_dice(province) % span);
}

bool dice_permille(struct province *province, int chance)
{
    return dice_between(province, 0, 999) < chance;
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
    return place < province->book.count ? place : SIZE_MAX;
}
