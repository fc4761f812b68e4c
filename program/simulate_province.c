/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A year of a province at the command line.
 */
#include "program/simulate_province.h"

#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "base/width.h"
#include "program/progress.h"
#include "simulation/province.h"

enum { CITIES_MAX = 40, COUNTIES_MAX = 400, CASES_MAX = 200000 };

static enum reason read_day(const struct arguments *arguments, const char *name,
                            const char *standard, struct civil_day *out,
                            struct fault *why)
{
    const char *text = arguments_value(arguments, name);
    if (civil_day_parse(text ? text : standard, out))
        return R_OK;
    return fault(why, R_USAGE, "%s: %s", name, text);
}

static enum reason read_plan(const struct arguments *arguments,
                             struct province_plan *plan, struct fault *why)
{
    long cities, counties, cases, seed;
    TRY(arguments_int(arguments, "--cities", 1, CITIES_MAX, 14, &cities, why));
    TRY(arguments_int(arguments, "--counties", 0, COUNTIES_MAX, 100, &counties,
                      why));
    TRY(arguments_int(arguments, "--cases", 1, CASES_MAX, 20000, &cases, why));
    TRY(arguments_int(arguments, "--seed", 0, 1000000000, 1, &seed, why));
    TRY(read_day(arguments, "--from", "2025-01-01", &plan->from, why));
    TRY(read_day(arguments, "--to", "2025-12-31", &plan->to, why));
    int64_t days =
        civil_day_number(plan->to) - civil_day_number(plan->from) + 1;
    if (days < 1 || days > 731)
        return fault(why, R_USAGE, "--from, --to");
    plan->cities = (size_t)cities;
    plan->counties = (size_t)counties;
    plan->cases = (size_t)cases;
    plan->seed = (uint64_t)seed;
    plan->region = arguments_value(arguments, "--region");
    if (!plan->region)
        plan->region = "21";
    if (strlen(plan->region) != 2)
        return fault(why, R_USAGE, "--region %s", plan->region);
    plan->ledger = arguments_value(arguments, "--ledger");
    plan->registry = arguments_value(arguments, "--agencies");
    plan->threads = 2;
    return R_OK;
}

static void show_progress(size_t done, size_t all)
{
    progress_tell((int64_t)done, (int64_t)all);
}

enum { NAME_COLUMNS = 34, FIGURE_COLUMNS = 12 };

static void put_right(struct buf *out, const char *text)
{
    for (size_t i = width_of(text); i < FIGURE_COLUMNS; i++)
        buf_put_char(out, ' ');
    buf_put_text(out, text);
}

static void print_rows(const struct audit *audit)
{
    AUTO(buf) struct buf head = {0};
    width_put_in(&head, "", NAME_COLUMNS);
    put_right(&head, say("应有", "expected"));
    put_right(&head, say("实有", "found"));
    puts(buf_text(&head));
    for (size_t i = 0; i < audit->count; i++) {
        const struct audit_row *row = &audit->rows[i];
        AUTO(buf) struct buf name = {0};
        width_put_in(&name, say(row->chinese, row->english), NAME_COLUMNS);
        printf("%s%12lld%12lld%s\n", buf_text(&name), (long long)row->expected,
               (long long)row->found, row->expected == row->found ? "" : "  !");
    }
}

static void print_json(const struct audit *audit)
{
    printf("{\"differs\":%s", audit->differs ? "true" : "false");
    for (size_t i = 0; i < audit->count; i++)
        printf(",\"%s\":{\"expected\":%lld,\"found\":%lld}",
               audit->rows[i].name, (long long)audit->rows[i].expected,
               (long long)audit->rows[i].found);
    puts("}");
}

enum reason simulate_province(const struct arguments *arguments,
                              const struct procedures *procedures,
                              struct fault *why)
{
    struct province_plan plan = {
        .procedures = procedures,
        .own_procedures = arguments_value(arguments, "--procedures") != NULL};
    TRY(read_plan(arguments, &plan, why));
    plan.progress = show_progress;
    AUTO(province) struct province *province = NULL;
    TRY(province_open(&province, &plan, why));
    enum reason reason = province_run(province, why);
    progress_end();
    TRY(reason);
    struct audit audit;
    TRY(province_audit(province, &audit, why));
    if (arguments_has(arguments, "--json")) {
        print_json(&audit);
    } else {
        printf(say("%s：市县 %zu 个，机关 %zu 个\n",
                   "%s: %zu cities and counties, %zu agencies\n"),
               province_name(province), province_places(province),
               province_agencies(province));
        print_rows(&audit);
    }
    if (audit.without_rules)
        fputs(
            say("监督规则与这些程序不符：未核对统计表和监督清单\n",
                "the rules of supervision do not fit these procedures: tables "
                "and findings were not compared\n"),
            stderr);
    if (arguments_has(arguments, "--acts")) {
        AUTO(buf) struct buf acts = {0};
        province_put_acts(province, &acts);
        fputs(buf_text(&acts), stdout);
    }
    if (!audit.differs)
        return R_OK;
    return fault(why, R_PROOF_FAILED, "%s", audit.first);
}
