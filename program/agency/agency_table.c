/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong table check: what is wrong with the tables of an agency's database.
 */
#include <stdio.h>

#include "base/language.h"
#include "broker-adapters/table/table_check.h"
#include "program/agency.h"

static void print(const struct table_findings *findings)
{
    const char *const marks[] = {
        [TABLE_FINE] = say("正常", "ok"),
        [TABLE_WARNING] = say("提醒", "note"),
        [TABLE_WRONG] = say("错误", "WRONG"),
    };
    for (size_t i = 0; i < findings->count; i++)
        printf("%-6s %s\n", marks[findings->rows[i].mark],
               findings->rows[i].text);
}

static void print_json(const struct table_findings *findings)
{
    static const char *const marks[] = {
        [TABLE_FINE] = "ok", [TABLE_WARNING] = "note", [TABLE_WRONG] = "wrong"};
    AUTO(buf) struct buf out = {0};
    for (size_t i = 0; i < findings->count; i++) {
        const struct table_finding *row = &findings->rows[i];
        buf_print(&out, "%s{\"check\":\"%s\",\"mark\":\"%s\",\"text\":\"",
                  i ? ",\n" : "[", row->check, marks[row->mark]);
        buf_put_json(&out, row->text);
        buf_put_text(&out, "\"}");
    }
    puts(findings->count ? buf_text(&out) : "[");
    puts("]");
}

enum reason agency_table_check(const struct arguments *arguments,
                               struct fault *why)
{
    const char *path;
    AUTO(adapter_settings) struct adapter_settings settings = {0};
    AUTO(table_findings) struct table_findings findings = {0};
    TRY(arguments_require(arguments, "-c", &path, why));
    TRY(adapter_settings_read(path, &settings, why));
    enum reason reason = table_check(&settings, &findings, why);
    if (findings.count == 0)
        return reason;
    if (arguments_has(arguments, "--json"))
        print_json(&findings);
    else
        print(&findings);
    fault_clear(why); /* it was told, with all the others */
    return reason;
}
