/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong case list|show: where the cases stand, and the story of one.
 */
#include "program/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/language.h"
#include "base/width.h"
#include "program/case_look.h"

static const struct option list_options[] = {
    CASE_LOOK_OPTIONS,
    {"--agency", "ID", "只列该机关为当事机关的案件",
     "only cases to which this agency is a party"},
    {"--state", "STATE", "只列处于该状态的案件（状态代码）",
     "only cases in this state (its id)"},
    {"--most", "N", "最多列出几件（缺省 100）", "at most so many (100)"},
    {"--json", NULL, "输出 JSON", "print JSON"},
};

static const struct option show_options[] = {
    CASE_LOOK_OPTIONS,
    {"--json", NULL, "输出 JSON", "print JSON"},
};

/* "2026-11-21 09:00" */
static char *show_minute(instant at, char text[INSTANT_TEXT_MAX])
{
    instant_format(at, text);
    text[10] = ' ';
    text[16] = '\0';
    return text;
}

static const struct {
    const char *chinese, *english;
    size_t most; /* columns */
} columns[] = {
    {"案件", "case", 64},        {"程序", "procedure", 44},
    {"状态", "state", 32},       {"公文", "letters", 12},
    {"最后变动", "changed", 16}, {"最近期限", "next due", 16},
};

enum { COLUMNS = COUNT_OF(columns) };

/* The cells of a row, with room for the texts that are made for them. */
struct cells {
    const char *texts[COLUMNS];
    char letters[24], changed[INSTANT_TEXT_MAX], due[INSTANT_TEXT_MAX];
};

static void fill(struct cells *cells, const struct names *names,
                 const struct case_row *row)
{
    snprintf(cells->letters, sizeof cells->letters, "%" PRId64, row->letters);
    cells->texts[0] = row->id;
    cells->texts[1] = names->procedures
                          ? procedure_name(names->procedures, row->procedure)
                          : row->procedure;
    cells->texts[2] = names_state(names, row->procedure, row->state);
    cells->texts[3] = cells->letters;
    cells->texts[4] = show_minute(row->changed_at, cells->changed);
    cells->texts[5] =
        row->next_due ? show_minute(row->next_due, cells->due) : "";
}

static void widen(size_t widths[COLUMNS], const struct cells *cells)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        size_t found = width_of(cells->texts[i]);
        if (found > columns[i].most)
            found = columns[i].most;
        widths[i] = found > widths[i] ? found : widths[i];
    }
}

static void put_cells(struct buf *out, const size_t widths[COLUMNS],
                      const struct cells *cells)
{
    for (size_t i = 0; i + 1 < COLUMNS; i++) {
        width_put_in(out, cells->texts[i], widths[i]);
        buf_put_text(out, "  ");
    }
    width_put(out, cells->texts[COLUMNS - 1]);
    buf_put_char(out, '\n');
}

static void put_row_json(struct buf *out, const struct case_row *row)
{
    char at[INSTANT_TEXT_MAX];
    const char *const texts[][2] = {
        {"id", row->id}, {"procedure", row->procedure}, {"state", row->state}};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        buf_print(out, "%s\"%s\": \"", i ? ", " : "{", texts[i][0]);
        buf_put_json(out, texts[i][1]);
        buf_put_char(out, '"');
    }
    buf_print(out, ", \"openedAt\": \"%s\"",
              instant_format(row->opened_at, at));
    buf_print(out, ", \"changedAt\": \"%s\", \"letters\": %" PRId64,
              instant_format(row->changed_at, at), row->letters);
    if (row->next_due)
        buf_print(out, ", \"nextDue\": \"%s\"",
                  instant_format(row->next_due, at));
    buf_put_char(out, '}');
}

static void put_list_json(struct buf *out, const struct case_row *rows,
                          size_t count)
{
    buf_put_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        buf_put_text(out, i ? ",\n " : "");
        put_row_json(out, &rows[i]);
    }
    buf_put_text(out, "]\n");
}

static void put_list(struct buf *out, const struct names *names,
                     const struct case_row *rows, size_t count)
{
    size_t widths[COLUMNS] = {0};
    struct cells head, cells;
    for (size_t i = 0; i < COLUMNS; i++)
        head.texts[i] = say(columns[i].chinese, columns[i].english);
    widen(widths, &head);
    for (size_t i = 0; i < count; i++) {
        fill(&cells, names, &rows[i]);
        widen(widths, &cells);
    }
    put_cells(out, widths, &head);
    for (size_t i = 0; i < count; i++) {
        fill(&cells, names, &rows[i]);
        put_cells(out, widths, &cells);
    }
}

static enum reason run_list(const struct arguments *arguments,
                            struct fault *why)
{
    AUTO(case_look) struct case_look look = {0};
    AUTO(buf) struct buf out = {0};
    struct case_filter filter = {
        .agency = arguments_value(arguments, "--agency"),
        .state = arguments_value(arguments, "--state")};
    struct case_row *rows;
    size_t count;
    long most;
    TRY(arguments_int(arguments, "--most", 1, 1000000, 100, &most, why));
    filter.most = (size_t)most;
    TRY(case_look_open(&look, arguments, why));
    TRY(history_cases(look.ledger, &filter, &rows, &count, why));
    if (arguments_has(arguments, "--json"))
        put_list_json(&out, rows, count);
    else
        put_list(&out, &look.names, rows, count);
    case_rows_free(rows, count);
    fputs(buf_text(&out), stdout);
    return R_OK;
}

static enum reason run_show(const struct arguments *arguments,
                            struct fault *why)
{
    AUTO(case_look) struct case_look look = {0};
    AUTO(timeline) struct timeline *timeline = NULL;
    AUTO(buf) struct buf out = {0};
    TRY(case_look_open(&look, arguments, why));
    TRY(timeline_read(&timeline, look.ledger, arguments->operands[0], why));
    if (arguments_has(arguments, "--json")) {
        timeline_put_json(timeline, &out);
        buf_put_char(&out, '\n');
    } else {
        bool colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
        timeline_put_text(timeline, &look.names, instant_now(), colour, &out);
    }
    TRY(buf_check(&out, why));
    fputs(buf_text(&out), stdout);
    return R_OK;
}

const struct command command_case_list = {
    .name = "case list",
    .operands = "",
    .chinese = "列出案件及其状态、最近的期限",
    .english = "list the cases: state, letters, next due time",
    .example = "yisong case list --ledger ledger.db --agency police-nanchang",
    .options = list_options,
    .option_count = COUNT_OF(list_options),
    .run = run_list,
};

const struct command command_case_show = {
    .name = "case show",
    .operands = "CASE",
    .chinese = "显示一个案件的经过：公文、状态、送达、期限",
    .english = "show the story of a case: letters, states, deliveries, clocks",
    .example =
        "yisong case show --ledger ledger.db --agencies agencies NC-2026-0017",
    .options = show_options,
    .option_count = COUNT_OF(show_options),
    .least = 1,
    .most = 1,
    .run = run_show,
};
