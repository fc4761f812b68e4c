/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading tales, and counting days as a clerk does: one after the other.
 */
#include "simulation/tale.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/mem.h"

enum tale_column {
    TALE_NAME,
    TALE_SHARE,
    TALE_TYPE,
    TALE_FROM,
    TALE_TO,
    TALE_COPIES,
    TALE_ANSWERS,
    TALE_SET,
    TALE_LEAST,
    TALE_MOST,
    TALE_LATE_LEAST,
    TALE_LATE_MOST,
    TALE_DECIDED,
    TALE_NEXT,
    TALE_STARTS,
    TALE_MEETS,
    TALE_CANCELS,
    TALE_EXPECT,
    TALE_COLUMNS
};

static void broken(const char *text)
{
    fprintf(stderr, "simulation/tales.csv: %s\n", text);
    abort();
}

/* A cell of digits; empty is 0. */
static int read_number(const char *text)
{
    char *end;
    long number = strtol(text, &end, 10);
    if (*end || number < 0 || number > 1000000)
        broken(text);
    return (int)number;
}

/* The text up to the next '/', copied; moves behind it. */
static void cut(const char **rest, char *out, size_t room)
{
    size_t length = strcspn(*rest, "/ ");
    if (length == 0 || length >= room)
        broken(*rest);
    memcpy(out, *rest, length);
    out[length] = '\0';
    *rest += length + ((*rest)[length] == '/');
}

/* "acceptance/police/H24/delivered/duty" */
static void read_limit(const char *word, struct tale_limit *out)
{
    char period[8], from[16], force[8];
    cut(&word, out->limit, sizeof out->limit);
    cut(&word, out->owner, sizeof out->owner);
    cut(&word, period, sizeof period);
    cut(&word, from, sizeof from);
    cut(&word, force, sizeof force);
    out->unit = period[0];
    out->count = read_number(period + 1);
    out->delivered = strcmp(from, "delivered") == 0;
    out->duty = strcmp(force, "duty") == 0;
}

static void read_starts(const char *words, struct tale_step *out)
{
    while (*words) {
        if (out->start_count == TALE_STARTS_MAX)
            broken(words);
        read_limit(words, &out->starts[out->start_count++]);
        words += strcspn(words, " ");
        words += strspn(words, " ");
    }
}

static void read_step(char *const cells[], struct tale_step *out)
{
    *out = (struct tale_step){
        .type = cells[TALE_TYPE],
        .from = cells[TALE_FROM],
        .to = cells[TALE_TO],
        .copies = cells[TALE_COPIES],
        .answers = cells[TALE_ANSWERS],
        .set = cells[TALE_SET],
        .next = cells[TALE_NEXT],
        .meets = cells[TALE_MEETS],
        .cancels = cells[TALE_CANCELS],
        .expect = cells[TALE_EXPECT],
        .least = read_number(cells[TALE_LEAST]),
        .most = read_number(cells[TALE_MOST]),
        .late_least = read_number(cells[TALE_LATE_LEAST]),
        .late_most = read_number(cells[TALE_LATE_MOST]),
        .decided_before = read_number(cells[TALE_DECIDED]),
    };
    read_starts(cells[TALE_STARTS], out);
}

static struct tale *tale_of_row(struct tales *tales, char *const cells[])
{
    if (tales->count > 0) {
        struct tale *last = &tales->tales[tales->count - 1];
        if (strcmp(last->name, cells[TALE_NAME]) == 0)
            return last;
    }
    if (tales->count == TALES_MAX)
        broken(cells[TALE_NAME]);
    struct tale *tale = &tales->tales[tales->count++];
    tale->name = cells[TALE_NAME];
    tale->share = read_number(cells[TALE_SHARE]);
    tales->shares += tale->share;
    return tale;
}

void tales_load(struct tales *out)
{
    const struct asset *asset = asset_get("simulation/tales.csv");
    char *cells[CSV_CELLS_MAX];
    out->tales = mem_new(TALES_MAX, sizeof *out->tales);
    csv_open(&out->rows, asset->bytes, asset->size);
    (void)csv_next(&out->rows, cells);
    for (size_t count; (count = csv_next(&out->rows, cells)) > 0;) {
        if (count != TALE_COLUMNS)
            broken(cells[0]);
        struct tale *tale = tale_of_row(out, cells);
        if (tale->count == TALE_STEPS_MAX)
            broken(tale->name);
        read_step(cells, &tale->steps[tale->count++]);
    }
}

void tales_done(struct tales *tales)
{
    free(tales->tales);
    csv_done(&tales->rows);
}

bool tale_names(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; (at = strstr(at, word)); at += length)
        if ((at == words || at[-1] == ' ') &&
            (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

/* The last second of a day. */
static instant end_of(int64_t day)
{
    return civil_day_start(civil_day_of_number(day + 1)) - INSTANT_SECOND;
}

instant tale_due(const struct tale_limit *limit, instant start,
                 const struct calendar *calendar)
{
    if (limit->unit == 'H')
        return start + limit->count * (instant)INSTANT_HOUR;
    int64_t day = civil_day_number(civil_day_of(start));
    if (limit->unit == 'D') {
        day += limit->count;
        while (!calendar_is_working_day(calendar, civil_day_of_number(day)))
            day++;
        return end_of(day);
    }
    for (int left = limit->count; left > 0;)
        if (calendar_is_working_day(calendar, civil_day_of_number(++day)))
            left--;
    return end_of(day);
}
