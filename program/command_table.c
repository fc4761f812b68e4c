/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong table ddl|check: the tables through which an agency's own system
 * exchanges letters, to be made in its database; and what is wrong with them.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/asset.h"
#include "base/buf.h"
#include "program/agency.h"
#include "program/desk_look.h"

enum { NAME_MAX_SIZE = 63 };

/* A name that needs no quotes, in whatever letters. */
static enum reason check_name(const char *name, struct fault *why)
{
    bool plain = *name && !isdigit((unsigned char)*name) &&
                 strlen(name) <= NAME_MAX_SIZE;
    for (const char *c = name; plain && *c; c++)
        plain = isalnum((unsigned char)*c) || *c == '_' || (*c & 0x80);
    return plain ? R_OK : fault(why, R_USAGE, "%s", name);
}

static void put_script(struct buf *out, const char *script,
                       const char *const markers[][2], size_t count)
{
    while (*script) {
        size_t i = 0;
        while (i < count &&
               strncmp(script, markers[i][0], strlen(markers[i][0])) != 0)
            i++;
        if (i < count) {
            buf_put_text(out, markers[i][1]);
            script += strlen(markers[i][0]);
        } else {
            buf_put_char(out, *script++);
        }
    }
}

static enum reason run_ddl(const struct arguments *arguments, struct fault *why)
{
    bool sqlite = arguments_has(arguments, "--sqlite");
    bool postgres = arguments_has(arguments, "--postgres");
    const char *adapter = arguments_value(arguments, "--adapter");
    const char *system = arguments_value(arguments, "--system");
    AUTO(buf) struct buf out = {0};
    if (sqlite == postgres)
        return fault(why, R_USAGE, "--postgres | --sqlite");
    const char *const markers[][2] = {
        {"{adapter}", adapter ? adapter : "yisong_adapter"},
        {"{system}", system ? system : "intake_system"}};
    for (size_t i = 0; i < COUNT_OF(markers); i++)
        TRY(check_name(markers[i][1], why));
    const struct asset *script =
        asset_get(sqlite ? "broker-adapters/table/sqlite.sql"
                         : "broker-adapters/table/postgres.sql");
    put_script(&out, script->bytes, markers, COUNT_OF(markers));
    fputs(buf_text(&out), stdout);
    return R_OK;
}

static const struct option ddl_options[] = {
    {"--postgres", NULL, "PostgreSQL", "for PostgreSQL"},
    {"--sqlite", NULL, "SQLite", "for SQLite"},
    {"--adapter", "USER", "适配器的数据库用户（默认 yisong_adapter）",
     "the adapter's user of the database (yisong_adapter)"},
    {"--system", "USER", "业务系统的数据库用户（默认 intake_system）",
     "the agency's own system's user (intake_system)"},
};

const struct command command_table_ddl = {
    .name = "table ddl",
    .operands = "",
    .chinese = "输出前置库两张表的建表语句，带说明和最小权限",
    .english = "print the tables for an agency's database, with the least "
               "rights",
    .example = "yisong table ddl --postgres --system cases | psql -d cases",
    .options = ddl_options,
    .option_count = COUNT_OF(ddl_options),
    .run = run_ddl,
};

static const struct option check_options[] = {DESK_OPTION, DESK_JSON};

const struct command command_table_check = {
    .name = "table check",
    .operands = "",
    .chinese = "检查前置库：连接、表、列、权限，说明哪里不对",
    .english = "check an agency's database: connection, tables, columns, "
               "rights",
    .example = "yisong table check -c police.conf",
    .options = check_options,
    .option_count = COUNT_OF(check_options),
    .run = agency_table_check,
};
