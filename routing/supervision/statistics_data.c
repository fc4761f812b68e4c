/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The tables for programs: CSV (RFC 4180, one block per table with a title
 * line) and JSON (ids only, the same in every language).
 */
#include <inttypes.h>
#include <string.h>

#include "base/language.h"
#include "routing/supervision/statistics.h"

/* --- CSV -------------------------------------------------------------------
 */

/* A cell that a spreadsheet would take for a formula begins with an ' */
static void put_cell(struct buf *out, const char *text)
{
    bool formula = *text && strchr("=+-@\t\r", *text);
    if (!formula && !text[strcspn(text, ",\"\r\n")]) {
        buf_put_text(out, text);
        return;
    }
    buf_put_text(out, formula ? "\"'" : "\"");
    for (; *text; text++) {
        if (*text == '"')
            buf_put_char(out, '"');
        buf_put_char(out, *text);
    }
    buf_put_char(out, '"');
}

static void put_head(const struct statistics *statistics,
                     const struct table *table, struct buf *out)
{
    put_cell(out, label_say(&table->name));
    buf_put_char(out, ',');
    buf_put_text(out, statistics->request.season.text);
    buf_put_text(out, "\r\n");
    bool regions = statistics->request.by_region;
    buf_print(out, "%s,%s",
              regions ? say("地区代码", "region code")
                      : say("机关代码", "agency id"),
              regions ? say("地区", "region") : say("机关", "agency"));
    for (size_t k = 0; k < table->column_count; k++) {
        buf_put_char(out, ',');
        put_cell(out, label_say(&table->columns[k].name));
    }
    buf_put_text(out, "\r\n");
}

static void put_total(const struct stat_table *table, struct buf *out)
{
    buf_print(out, ",%s", say("合计", "total"));
    for (size_t k = 0; k < table->table->column_count; k++) {
        int64_t total = 0;
        for (size_t i = 0; i < table->count; i++)
            total += table->rows[i].cells[k];
        buf_print(out, ",%" PRId64, total);
    }
    buf_put_text(out, "\r\n");
}

static void put_csv_table(const struct statistics *statistics,
                          const struct names *names,
                          const struct stat_table *table, struct buf *out)
{
    AUTO(buf) struct buf room = {0};
    put_head(statistics, table->table, out);
    for (size_t i = 0; i < table->count; i++) {
        const struct stat_row *row = &table->rows[i];
        put_cell(out, row->key);
        buf_put_char(out, ',');
        put_cell(out, statistics_row_name(statistics, names, row->key, &room));
        for (size_t k = 0; k < table->table->column_count; k++)
            buf_print(out, ",%" PRId64, row->cells[k]);
        buf_put_text(out, "\r\n");
    }
    put_total(table, out);
}

static void put_csv_cases(const struct statistics *statistics, struct buf *out)
{
    buf_print(out, "%s\r\n",
              say("时间,案件,行,文书,条,编号,关于",
                  "at,case,row,type,letter,id,about"));
    for (size_t i = 0; i < statistics->case_count; i++) {
        const struct stat_case *row = &statistics->cases[i];
        char at[INSTANT_TEXT_MAX];
        buf_print(out, "%s,", instant_format(row->at, at));
        put_cell(out, row->case_id);
        buf_put_char(out, ',');
        put_cell(out, row->key);
        buf_print(out, ",%s,%" PRId64 ",%s,", row->letter_type, row->position,
                  row->letter_id);
        put_cell(out, row->about);
        buf_put_text(out, "\r\n");
    }
}

void statistics_put_csv(const struct statistics *statistics,
                        const struct names *names, struct buf *out)
{
    if (statistics->explained) {
        put_csv_cases(statistics, out);
        return;
    }
    for (size_t i = 0; i < statistics->table_count; i++) {
        if (i)
            buf_put_text(out, "\r\n");
        put_csv_table(statistics, names, &statistics->tables[i], out);
    }
}

/* --- JSON ------------------------------------------------------------------
 */

static void put_text(struct buf *out, const char *name, const char *text)
{
    buf_print(out, "\"%s\": \"", name);
    buf_put_json(out, text);
    buf_put_char(out, '"');
}

static void put_row(const struct statistics *statistics,
                    const struct table *table, const struct stat_row *row,
                    struct buf *out)
{
    buf_put_text(out, "\n   {");
    put_text(out, statistics->request.by_region ? "region" : "agency",
             row->key);
    for (size_t k = 0; k < table->column_count; k++)
        buf_print(out, "%s\"%s\": %" PRId64, k ? ", " : ", \"figures\": {",
                  table->columns[k].id, row->cells[k]);
    buf_put_text(out, "}}");
}

static void put_json_table(const struct statistics *statistics,
                           const struct stat_table *table, struct buf *out)
{
    const struct table *rule = table->table;
    buf_put_text(out, "\n  {");
    put_text(out, "id", rule->id);
    buf_put_text(out, ", \"columns\": [");
    for (size_t k = 0; k < rule->column_count; k++) {
        buf_put_text(out, k ? ", {" : "{");
        put_text(out, "id", rule->columns[k].id);
        buf_put_text(out, ", ");
        put_text(out, "zh", rule->columns[k].name.zh);
        buf_put_text(out, ", ");
        put_text(out, "en", rule->columns[k].name.en);
        buf_put_char(out, '}');
    }
    buf_put_text(out, "],\n   \"rows\": [");
    for (size_t i = 0; i < table->count; i++) {
        buf_put_text(out, i ? "," : "");
        put_row(statistics, rule, &table->rows[i], out);
    }
    buf_put_text(out, "]}");
}

static void put_json_cases(const struct statistics *statistics, struct buf *out)
{
    for (size_t i = 0; i < statistics->case_count; i++) {
        const struct stat_case *row = &statistics->cases[i];
        char at[INSTANT_TEXT_MAX];
        const char *const texts[][2] = {{"at", instant_format(row->at, at)},
                                        {"caseId", row->case_id},
                                        {"row", row->key},
                                        {"type", row->letter_type},
                                        {"id", row->letter_id},
                                        {"about", row->about}};
        buf_print(out, "%s\n  {\"position\": %" PRId64, i ? "," : "",
                  row->position);
        for (size_t k = 0; k < COUNT_OF(texts); k++)
            if (*texts[k][1]) {
                buf_put_text(out, ", ");
                put_text(out, texts[k][0], texts[k][1]);
            }
        buf_put_char(out, '}');
    }
}

void statistics_put_json(const struct statistics *statistics, struct buf *out)
{
    char from[INSTANT_TEXT_MAX], until[INSTANT_TEXT_MAX], hex[DIGEST_TEXT_MAX];
    const struct season *season = &statistics->request.season;
    buf_print(out,
              "{\"period\": \"%s\", \"from\": \"%s\", \"until\": \"%s\",\n "
              "\"log\": {\"size\": %" PRId64 ", \"root\": \"%s\"},\n ",
              season->text, instant_format(season->from, from),
              instant_format(season->until, until), statistics->head.size,
              digest_format(&statistics->head.root, hex));
    if (statistics->explained) {
        put_text(out, "explains", statistics->request.explain);
        buf_put_text(out, ",\n \"cases\": [");
        put_json_cases(statistics, out);
        buf_put_text(out, "]}\n");
        return;
    }
    buf_put_text(out, "\"tables\": [");
    for (size_t i = 0; i < statistics->table_count; i++) {
        buf_put_text(out, i ? "," : "");
        put_json_table(statistics, &statistics->tables[i], out);
    }
    buf_put_text(out, "]}\n");
}
