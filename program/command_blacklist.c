/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong blacklist list|lookup|changes: cards and punishment lists, as a credit
 * platform or a bank must apply them: now, on another day, or as they were
 * known at another time.
 */
#include "program/command.h"

#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "broker-adapters/projections/listing_write.h"
#include "program/desk_look.h"
#include "program/listing_look.h"
#include "schemas/field.h"

enum {
    BLACKLIST = 1u << LISTING_CARD | 1u << LISTING_PUNISHMENT,
    CHANGES_STANDARD = 1000
};

/* Prints the rows of a code (NULL: all); *count says how many. */
static enum reason print_rows(const struct arguments *arguments,
                              const char *code, size_t *count,
                              struct fault *why)
{
    AUTO(desk_look) struct desk_look look = {0};
    AUTO(buf) struct buf out = {0};
    char day[LISTING_DAY_MAX];
    struct listing_query query = {.lists = BLACKLIST, .credit_code = code};
    struct listing_page page = {.out = &out,
                                .form = listing_look_form(arguments)};
    TRY(listing_look_times(arguments, &query, day, why));
    TRY(desk_look_open(&look, arguments, why));
    listing_page_begin(&page);
    TRY(listing_each(look.desk.mailbox, &query, listing_page_put, &page, why));
    *count = page.count;
    if (page.form != LISTING_TEXT || page.count > 0 || !code)
        listing_page_end(&page);
    return R_OK;
}

static enum reason run_list(const struct arguments *arguments,
                            struct fault *why)
{
    size_t count;
    return print_rows(arguments, NULL, &count, why);
}

static enum reason run_lookup(const struct arguments *arguments,
                              struct fault *why)
{
    AUTO(buf) struct buf code = {0};
    size_t count;
    TRY(field_check(FIELD_CREDIT_CODE, arguments->operands[0], &code, why));
    TRY(print_rows(arguments, buf_text(&code), &count, why));
    if (count > 0)
        return R_OK;
    if (listing_look_form(arguments) == LISTING_TEXT)
        printf("%s: %s\n", buf_text(&code),
               say("未列入红黄牌和惩戒名单", "not listed"));
    fault_clear(why);
    return R_NOT_FOUND;
}

static void print_change(void *context, const struct listing_change *change)
{
    struct buf *out = context;
    buf_clear(out);
    listing_put_change(out, change);
    puts(buf_text(out));
}

static enum reason run_changes(const struct arguments *arguments,
                               struct fault *why)
{
    AUTO(desk_look) struct desk_look look = {0};
    AUTO(buf) struct buf line = {0};
    long since, limit;
    TRY(arguments_int(arguments, "--since", 0, 2147483647, 0, &since, why));
    TRY(arguments_int(arguments, "--limit", 1, 1000000, CHANGES_STANDARD,
                      &limit, why));
    TRY(desk_look_open(&look, arguments, why));
    return listing_changes(look.desk.mailbox, since, BLACKLIST, limit,
                           print_change, &line, why);
}

static const struct option options[] = {
    DESK_OPTION,     LISTING_AS_OF, LISTING_KNOWN_AT,
    LISTING_HISTORY, LISTING_CSV,   DESK_JSON,
};

const struct command command_blacklist_list = {
    .name = "blacklist list",
    .operands = "",
    .chinese = "列出在册红黄牌和联合惩戒名单；可问某日、某时所知",
    .english = "list cards and punishment lists, of any day, as known then",
    .example = "yisong blacklist list -c bank.conf --as-of 2026-05-03 "
               "--known-at 2026-05-03 --json",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run_list,
};

const struct command command_blacklist_lookup = {
    .name = "blacklist lookup",
    .operands = "CREDIT-CODE",
    .chinese = "按统一社会信用代码查询：0 在册，1 不在册",
    .english = "look up a credit code: exit 0 listed, 1 not listed",
    .example = "yisong blacklist lookup -c bank.conf 91420683MA0000015G",
    .options = options,
    .option_count = COUNT_OF(options),
    .least = 1,
    .most = 1,
    .run = run_lookup,
};

static const struct option change_options[] = {
    DESK_OPTION,
    {"--since", "NUMBER", "上次读到的编号（默认从头）",
     "the number that was read last (from the beginning)"},
    {"--limit", "N", "最多多少条（1000）", "at most so many (1000)"},
};

const struct command command_blacklist_changes = {
    .name = "blacklist changes",
    .operands = "",
    .chinese = "红黄牌和惩戒名单的变动，每行一条 JSON，编号连续不缺",
    .english = "changes of cards and lists behind a number, JSON lines",
    .example = "yisong blacklist changes -c bank.conf --since 1208",
    .options = change_options,
    .option_count = COUNT_OF(change_options),
    .run = run_changes,
};
