/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The tables, counted from the book. Letters count when they were sent, duties
 * that ran out when their clocks ended, cards by the last word on them, and
 * addressees by what they themselves answered until then.
 */
#include "simulation/recount.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "routing/supervision/statistics.h"

/* --- periods ----------------------------------------------------------------
 */

enum { SEASONS_MAX = 64 };

struct counting {
    struct province *province;
    const struct rules *rules;
    struct season seasons[SEASONS_MAX];
    size_t season_count;
    size_t column_count;
    int *cells; /* [season][column][agency] */
};

static enum reason add_season(struct counting *counting, const char *text,
                              struct fault *why)
{
    if (counting->season_count == SEASONS_MAX)
        return R_OK;
    return season_parse(text, &counting->seasons[counting->season_count++],
                        why);
}

static enum reason list_seasons(struct counting *counting, struct fault *why)
{
    struct civil_day first = civil_day_of(counting->province->begin);
    struct civil_day last = civil_day_of(counting->province->end - 1);
    char text[16];
    for (int year = first.year; year <= last.year; year++) {
        int from = year == first.year ? first.month : 1;
        int until = year == last.year ? last.month : 12;
        snprintf(text, sizeof text, "%04d", year % 10000);
        TRY(add_season(counting, text, why));
        for (int month = from; month <= until; month++) {
            snprintf(text, sizeof text, "%04d-%02d", year % 10000, month % 100);
            TRY(add_season(counting, text, why));
            if (month != until && month % 3 != 0)
                continue;
            snprintf(text, sizeof text, "%04d-Q%d", year % 10000,
                     (month + 2) / 3 % 10);
            TRY(add_season(counting, text, why));
        }
    }
    return R_OK;
}

static int *cell_of(const struct counting *counting, size_t season,
                    size_t column, size_t agency)
{
    const size_t agencies = counting->province->agency_count;
    return &counting
                ->cells[(season * counting->column_count + column) * agencies +
                        agency];
}

static void add(const struct counting *counting, size_t column, size_t agency,
                instant at)
{
    for (size_t i = 0; i < counting->season_count; i++)
        if (at >= counting->seasons[i].from && at < counting->seasons[i].until)
            (*cell_of(counting, i, column, agency))++;
}

/* Calls `count` for each column of a kind. */
typedef void count_column(const struct counting *counting,
                          const struct table *table,
                          const struct column *column, size_t place);

static void each_column(const struct counting *counting, enum count kind,
                        count_column *count)
{
    size_t place = 0;
    for (size_t i = 0; i < counting->rules->table_count; i++) {
        const struct table *table = &counting->rules->tables[i];
        for (size_t k = 0; k < table->column_count; k++, place++)
            if (table->columns[k].count == kind)
                count(counting, table, &table->columns[k], place);
    }
}

static bool wants(const struct words *words, const char *word)
{
    return words->count == 0 || words_has(words, word);
}

/* --- the kinds --------------------------------------------------------------
 */

static void count_letters(const struct counting *counting,
                          const struct table *table,
                          const struct column *column, size_t place)
{
    const struct book *book = &counting->province->book;
    for (size_t i = 0; i < book->letter_count; i++) {
        const struct book_letter *letter = &book->letters[i];
        const struct book_case *one = &book->cases[letter->place];
        struct script *script = (struct script *)(size_t)letter->script;
        struct seen *seen = recount_see(counting->rules, script);
        if (!wants(&column->types, script->act->type) ||
            !wants(&column->procedures, one->machine->id) ||
            (column->late && !letter->late) ||
            !recount_fits(&seen->columns[place], column->when, script))
            continue;
        add(counting, place,
            table->of_actor ? letter->from : one->parties[0].agency,
            letter->at);
    }
}

static void count_expired(const struct counting *counting,
                          const struct table *table,
                          const struct column *column, size_t place)
{
    const struct book *book = &counting->province->book;
    for (size_t i = 0; i < book->case_count; i++) {
        const struct book_case *one = &book->cases[i];
        for (size_t k = 0; k < one->clock_count; k++) {
            const struct book_clock *clock = &one->clocks[k];
            if (clock->owed && wants(&column->procedures, one->machine->id) &&
                wants(&column->limits, clock->limit->id))
                add(counting, place,
                    table->of_actor ? clock->owner : one->parties[0].agency,
                    clock->due);
        }
    }
}

/* The last word on a card before the period ended. */
static const struct book_letter *find_opener(const struct counting *counting,
                                             const struct book_case *one,
                                             const struct column *column,
                                             size_t place, instant until)
{
    const struct book *book = &counting->province->book;
    const struct book_letter *open = NULL;
    for (size_t i = 0; i < one->letter_count; i++) {
        const struct book_letter *letter = &book->letters[one->letters[i]];
        struct script *script = (struct script *)(size_t)letter->script;
        struct seen *seen = recount_see(counting->rules, script);
        const char *type = script->act->type;
        if (letter->at >= until || &book->cases[letter->place] != one)
            continue;
        if (words_has(&column->ends, type) &&
            recount_fits(&seen->ends[place], column->ends_when, script))
            open = NULL;
        else if (words_has(&column->types, type) &&
                 recount_fits(&seen->columns[place], column->when, script))
            open = letter;
    }
    return open;
}

static void count_in_force(const struct counting *counting,
                           const struct table *table,
                           const struct column *column, size_t place)
{
    const struct book *book = &counting->province->book;
    for (size_t i = 0; i < book->case_count; i++)
        for (size_t s = 0; s < counting->season_count; s++) {
            const struct book_case *one = &book->cases[i];
            const struct book_letter *open = find_opener(
                counting, one, column, place, counting->seasons[s].until);
            if (open)
                (*cell_of(counting, s, place,
                          table->of_actor ? open->from
                                          : one->parties[0].agency))++;
        }
}

/* What the addressee has said of the notice until then. */
static const char *find_standing(const struct counting *counting,
                                 const struct book_case *one, size_t notice,
                                 size_t agency, instant until)
{
    const struct rules *rules = counting->rules;
    const struct book *book = &counting->province->book;
    const char *weakest = rules->standings[rules->standing_count - 1].id;
    const char *standing = RULES_SILENT;
    for (size_t i = 0; i < one->letter_count; i++) {
        const struct book_letter *letter = &book->letters[one->letters[i]];
        if (letter->answers != notice || letter->from != agency ||
            letter->at >= until)
            continue;
        const struct seen *seen =
            recount_see(rules, (struct script *)(size_t)letter->script);
        if (seen->standing && (strcmp(seen->standing->id, weakest) != 0 ||
                               strcmp(standing, RULES_SILENT) == 0))
            standing = seen->standing->id;
    }
    return standing;
}

static void count_addressees(const struct counting *counting,
                             const struct book_case *one, size_t notice,
                             const struct table *table, size_t place)
{
    const struct book_letter *letter =
        &counting->province->book.letters[notice];
    const struct column *column = NULL;
    size_t first = 0;
    for (size_t i = 0; &counting->rules->tables[i] != table; i++)
        first += counting->rules->tables[i].column_count;
    column = &table->columns[place - first];
    for (size_t s = 0; s < counting->season_count; s++) {
        const struct season *season = &counting->seasons[s];
        if (letter->at < season->from || letter->at >= season->until)
            continue;
        for (size_t k = 0; k < letter->delivery_count; k++) {
            size_t agency = letter->deliveries[k].agency;
            if (book_party(one, agency) &&
                wants(&column->standings, find_standing(counting, one, notice,
                                                        agency, season->until)))
                (*cell_of(counting, s, place,
                          table->of_actor ? agency : letter->from))++;
        }
    }
}

/* A letter that moves a linked case is a notice there, too. */
static void count_told(const struct counting *counting,
                       const struct table *table, const struct column *column,
                       size_t place)
{
    const struct book *book = &counting->province->book;
    (void)column;
    for (size_t i = 0; i < book->case_count; i++) {
        const struct book_case *one = &book->cases[i];
        for (size_t k = 0; k < one->letter_count; k++) {
            const struct book_letter *letter = &book->letters[one->letters[k]];
            if (recount_see(counting->rules,
                            (struct script *)(size_t)letter->script)
                    ->is_notice)
                count_addressees(counting, one, one->letters[k], table, place);
        }
    }
}

/* --- the comparison ---------------------------------------------------------
 */

struct sums {
    int64_t expected, found; /* of all cells */
    int64_t cells, equal;
};

/* Rows stand by their key. */
static int64_t find_cell(const struct stat_table *table, const char *agency,
                         size_t column)
{
    size_t low = 0, high = table->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(table->rows[middle].key, agency);
        if (order == 0)
            return table->rows[middle].cells[column];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

static void compare_column(const struct counting *counting, size_t season,
                           const struct stat_table *table, size_t column,
                           size_t place, struct sums *sums,
                           struct audit *audit);

static void compare_tables(const struct counting *counting, size_t season,
                           const struct statistics *statistics,
                           struct sums *sums, struct audit *audit)
{
    size_t place = 0;
    for (size_t i = 0; i < statistics->table_count; i++) {
        const struct stat_table *table = &statistics->tables[i];
        for (size_t k = 0; k < table->table->column_count; k++, place++)
            compare_column(counting, season, table, k, place, sums, audit);
        for (size_t k = 0; k < table->count; k++)
            if (people_find(counting->province, table->rows[k].key) ==
                BOOK_NONE)
                audit_tell(audit, table->table->id, table->rows[k].key);
    }
}

static void compare_column(const struct counting *counting, size_t season,
                           const struct stat_table *table, size_t column,
                           size_t place, struct sums *sums, struct audit *audit)
{
    const struct province *province = counting->province;
    for (size_t i = 0; i < province->agency_count; i++) {
        int64_t expected = *cell_of(counting, season, place, i);
        int64_t found = find_cell(table, province->agencies[i].id, column);
        sums->cells++;
        sums->equal += expected == found;
        sums->expected += expected;
        sums->found += found;
        if (expected == found)
            continue;
        char text[200];
        snprintf(text, sizeof text, "%s.%s, %s: %lld, not %lld",
                 table->table->id, table->table->columns[column].id,
                 province->agencies[i].id, (long long)found,
                 (long long)expected);
        audit_tell(audit, counting->seasons[season].text, text);
    }
}

static enum reason compare(const struct counting *counting, struct audit *audit,
                           struct fault *why)
{
    struct sums sums = {0};
    for (size_t s = 0; s < counting->season_count; s++) {
        const struct stat_request request = {.season = counting->seasons[s]};
        AUTO(statistics) struct statistics *statistics = NULL;
        TRY(statistics_read(&statistics,
                            world_ledger(counting->province->world),
                            counting->rules, &request, why));
        compare_tables(counting, s, statistics, &sums, audit);
    }
    audit_put(audit,
              (struct audit_row){"统计表数字之和", "sum of the tables",
                                 "statistics", sums.expected, sums.found});
    audit_put(audit, (struct audit_row){"相同的统计格", "cells that are equal",
                                        "cells", sums.cells, sums.equal});
    return R_OK;
}

enum reason recount_statistics(struct province *province,
                               const struct rules *rules, struct audit *audit,
                               struct fault *why)
{
    struct counting counting = {.province = province,
                                .rules = rules,
                                .column_count = recount_columns(rules)};
    TRY(list_seasons(&counting, why));
    counting.cells = mem_new(counting.season_count * counting.column_count *
                                 province->agency_count,
                             sizeof(int));
    each_column(&counting, COUNT_LETTERS, count_letters);
    each_column(&counting, COUNT_EXPIRED, count_expired);
    each_column(&counting, COUNT_IN_FORCE, count_in_force);
    each_column(&counting, COUNT_TOLD, count_told);
    enum reason reason = compare(&counting, audit, why);
    free(counting.cells);
    return reason;
}
