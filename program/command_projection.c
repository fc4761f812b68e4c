/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong list: one of the lists that letters make at this agency.
 */
#include "program/command.h"

#include <string.h>

#include "base/language.h"
#include "program/desk_look.h"
#include "program/listing_look.h"
#include "schemas/field.h"

static enum reason find_list(const char *name, unsigned *lists,
                             struct fault *why)
{
    enum listing_list list = listing_find_list(name);
    if (list == LISTING_LISTS)
        return fault(why, R_USAGE,
                     "%s: cards, punishments, penalties, notices, reminders, "
                     "copies",
                     name);
    *lists = 1u << list;
    return R_OK;
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    AUTO(desk_look) struct desk_look look = {0};
    AUTO(buf) struct buf out = {0};
    AUTO(buf) struct buf code = {0};
    char day[LISTING_DAY_MAX];
    const char *asked = arguments_value(arguments, "--code");
    struct listing_query query = {.name = arguments_value(arguments, "--name")};
    struct listing_page page = {.out = &out,
                                .form = listing_look_form(arguments)};
    TRY(find_list(arguments->operands[0], &query.lists, why));
    TRY(listing_look_times(arguments, &query, day, why));
    if (asked)
        TRY(field_check(FIELD_CREDIT_CODE, asked, &code, why));
    query.credit_code = asked ? buf_text(&code) : NULL;
    TRY(desk_look_open(&look, arguments, why));
    listing_page_begin(&page);
    TRY(listing_each(look.desk.mailbox, &query, listing_page_put, &page, why));
    listing_page_end(&page);
    return R_OK;
}

static const struct option options[] = {
    DESK_OPTION,
    {"--code", "CODE", "只列该统一社会信用代码", "only this credit code"},
    {"--name", "NAME", "只列该名称", "only this name"},
    LISTING_AS_OF,
    LISTING_KNOWN_AT,
    LISTING_HISTORY,
    LISTING_CSV,
    DESK_JSON,
};

const struct command command_list = {
    .name = "list",
    .operands = "cards|punishments|penalties|notices|reminders|copies",
    .chinese = "列出本机关的名单：红黄牌、惩戒、处罚、抄告、催办、抄送",
    .english = "print a list: cards, punishments, penalties, notices, "
               "reminders, copies",
    .example = "yisong list penalties -c credit.conf --history --csv",
    .options = options,
    .option_count = COUNT_OF(options),
    .least = 1,
    .most = 1,
    .run = run,
};
