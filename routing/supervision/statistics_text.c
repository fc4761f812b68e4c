/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The tables for a terminal, aligned by columns of characters, and the cases
 * behind one figure.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/asset.h"
#include "base/csv.h"
#include "base/language.h"
#include "routing/supervision/statistics.h"
#include "routing/timeline_page.h"

enum { FIGURE_MAX = 24 };

static void put_region_name(const char *code, struct buf *room)
{
    const struct asset *asset = asset_get("schemas/tables/regions.csv");
    AUTO(csv) struct csv rows = {0};
    char *cells[CSV_CELLS_MAX];
    csv_open(&rows, asset->bytes, asset->size);
    for (size_t count; (count = csv_next(&rows, cells)) > 0;)
        if (count > 1 && strcmp(cells[0], code) == 0)
            buf_put_text(room, cells[1]);
    if (room->size == 0)
        buf_put_text(room, *code ? code : say("地区未登记", "no region"));
}

const char *statistics_row_name(const struct statistics *statistics,
                                const struct names *names, const char *key,
                                struct buf *room)
{
    buf_clear(room);
    if (!statistics->request.by_region)
        return names_agency(names, key);
    put_region_name(key, room);
    return buf_text(room);
}

static size_t wider(size_t columns, const char *text)
{
    size_t found = width_of(text);
    return found > columns ? found : columns;
}

static void put_right(struct buf *out, const char *text, size_t columns)
{
    for (size_t i = width_of(text); i < columns; i++)
        buf_put_char(out, ' ');
    width_put(out, text);
}

/* The widths of a table: names, keys, figures. */
struct widths {
    size_t name, key, cells[COLUMNS_MAX];
};

static int64_t total_of(const struct stat_table *table, size_t column)
{
    int64_t total = 0;
    for (size_t i = 0; i < table->count; i++)
        total += table->rows[i].cells[column];
    return total;
}

static char *figure(int64_t number, char text[FIGURE_MAX])
{
    snprintf(text, FIGURE_MAX, "%" PRId64, number);
    return text;
}

static struct widths measure(const struct statistics *statistics,
                             const struct names *names,
                             const struct stat_table *table)
{
    char text[FIGURE_MAX];
    AUTO(buf) struct buf room = {0};
    struct widths widths = {.name = width_of(say("合计", "total"))};
    for (size_t i = 0; i < table->count; i++) {
        const char *key = table->rows[i].key;
        const char *name = statistics_row_name(statistics, names, key, &room);
        widths.name = wider(widths.name, name);
        if (strcmp(name, key) != 0)
            widths.key = wider(widths.key, key);
    }
    for (size_t k = 0; k < table->table->column_count; k++)
        widths.cells[k] =
            wider(wider(0, label_say(&table->table->columns[k].name)),
                  figure(total_of(table, k), text));
    return widths;
}

static void put_names(struct buf *out, const struct widths *widths,
                      const char *name, const char *key)
{
    buf_put_text(out, "  ");
    width_put_in(out, name, widths->name);
    if (widths->key) {
        buf_put_text(out, "  ");
        width_put_in(out, strcmp(name, key) == 0 ? "" : key, widths->key);
    }
}

static void put_table(const struct statistics *statistics,
                      const struct names *names, const struct stat_table *table,
                      struct buf *out)
{
    char text[FIGURE_MAX];
    AUTO(buf) struct buf room = {0};
    const struct widths widths = measure(statistics, names, table);
    const struct table *rule = table->table;
    buf_print(out, "\n%s  [%s]\n", label_say(&rule->name), rule->id);
    if (rule->source)
        buf_print(out, say("  依据：%s\n", "  asked for by: %s\n"),
                  rule->source);
    put_names(out, &widths, "", "");
    for (size_t k = 0; k < rule->column_count; k++) {
        buf_put_text(out, "  ");
        put_right(out, label_say(&rule->columns[k].name), widths.cells[k]);
    }
    buf_put_char(out, '\n');
    for (size_t i = 0; i < table->count; i++) {
        const struct stat_row *row = &table->rows[i];
        put_names(out, &widths,
                  statistics_row_name(statistics, names, row->key, &room),
                  row->key);
        for (size_t k = 0; k < rule->column_count; k++) {
            buf_put_text(out, "  ");
            put_right(out, figure(row->cells[k], text), widths.cells[k]);
        }
        buf_put_char(out, '\n');
    }
    put_names(out, &widths, say("合计", "total"), "");
    for (size_t k = 0; k < rule->column_count; k++) {
        buf_put_text(out, "  ");
        put_right(out, figure(total_of(table, k), text), widths.cells[k]);
    }
    buf_put_char(out, '\n');
}

static void put_case(const struct statistics *statistics,
                     const struct names *names, const struct stat_case *row,
                     const size_t widths[3], struct buf *out)
{
    char at[INSTANT_TEXT_MAX];
    AUTO(buf) struct buf room = {0};
    buf_print(out, "  %s  ", page_show_instant(row->at, at));
    width_put_in(out, row->case_id, widths[0]);
    buf_put_text(out, "  ");
    width_put_in(out, statistics_row_name(statistics, names, row->key, &room),
                 widths[1]);
    buf_put_text(out, "  ");
    width_put_in(out, names_type(row->letter_type), widths[2]);
    buf_print(out, "  %6" PRId64 "  %s", row->position, row->letter_id);
    if (*row->about) {
        buf_put_text(out, "  ");
        width_put(out, names_agency(names, row->about));
    }
    buf_put_char(out, '\n');
}

static void put_cases(const struct statistics *statistics,
                      const struct names *names, struct buf *out)
{
    const struct table *table = statistics->explained;
    AUTO(buf) struct buf room = {0};
    size_t widths[3] = {0};
    buf_print(out, say("\n%s：%s，%zu 项\n", "\n%s: %s, %zu\n"),
              label_say(&table->name),
              label_say(&table->columns[statistics->explained_column].name),
              statistics->case_count);
    for (size_t i = 0; i < statistics->case_count; i++) {
        const struct stat_case *row = &statistics->cases[i];
        widths[0] = wider(widths[0], row->case_id);
        widths[1] = wider(
            widths[1], statistics_row_name(statistics, names, row->key, &room));
        widths[2] = wider(widths[2], names_type(row->letter_type));
    }
    for (size_t i = 0; i < statistics->case_count; i++)
        put_case(statistics, names, &statistics->cases[i], widths, out);
}

void statistics_put_text(const struct statistics *statistics,
                         const struct names *names, struct buf *out)
{
    char from[INSTANT_TEXT_MAX], last[INSTANT_TEXT_MAX], hex[DIGEST_TEXT_MAX];
    const struct season *season = &statistics->request.season;
    instant_format(season->from, from)[10] = '\0';
    instant_format(season->until - 1, last)[10] = '\0';
    buf_print(out,
              say("统计表  %s（%s 至 %s）\n", "statistics  %s (%s to %s)\n"),
              season->text, from, last);
    buf_print(out,
              say("由日志 %" PRId64 " 条公文重新计数，根 %s\n",
                  "counted from the log of %" PRId64 " letters, root %s\n"),
              statistics->head.size,
              digest_format(&statistics->head.root, hex));
    if (statistics->explained) {
        put_cases(statistics, names, out);
        return;
    }
    for (size_t i = 0; i < statistics->table_count; i++)
        put_table(statistics, names, &statistics->tables[i], out);
}
