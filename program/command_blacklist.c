/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong blacklist list|lookup: the cards in force, as a credit platform or a
 * bank must apply them.
 */
#include "program/command.h"

#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "base/width.h"
#include "broker-adapters/mailbox/blacklist.h"
#include "program/desk_look.h"
#include "schemas/field.h"

struct listing {
    struct buf *out;
    bool json;
    size_t count;
};

static const char *colour_name(const char *colour)
{
    return strcmp(colour, "red") == 0 ? say("红牌", "red")
                                      : say("黄牌", "yellow");
}

static void put_json(struct buf *out, const struct card *card)
{
    char digest[DIGEST_TEXT_MAX];
    const char *const members[][2] = {
        {"name", card->name},
        {"colour", card->colour},
        {"scheme", card->scheme},
        {"number", card->number},
        {"authority", card->authority},
        {"decidedOn", card->decided_on},
        {"validUntil", card->valid_until},
        {"caseId", card->case_id},
        {"from", card->sender},
        {"letter", card->letter_id},
        {"sha256", digest_format(&card->digest, digest)},
        {"removedBy", card->removed_by},
        {"removedOn", card->removed_on},
    };
    buf_print(out, "{\"creditCode\":\"%s\"", card->credit_code);
    for (size_t i = 0; i < COUNT_OF(members); i++)
        if (*members[i][1])
            desk_put_member(out, members[i][0], members[i][1]);
    desk_put_time(out, "receivedAt", card->received_at);
    buf_put_char(out, '}');
}

static const size_t widths[] = {19, 30, 8, 11, 26, 30};

static void put_cells(struct buf *out, const char *const cells[])
{
    for (size_t i = 0; i < COUNT_OF(widths); i++) {
        width_put_in(out, cells[i], widths[i]);
        buf_put_char(out, i + 1 < COUNT_OF(widths) ? ' ' : '\n');
    }
}

static void put_card(struct buf *out, const struct card *card)
{
    const char *const cells[] = {
        card->credit_code, card->name,   colour_name(card->colour),
        card->decided_on,  card->number, card->authority};
    put_cells(out, cells);
    if (*card->removed_by)
        buf_print(out, "  %s %s (%s)\n",
                  say("已于此日摘牌", "no longer in force since"),
                  card->removed_on, card->removed_by);
}

static void use_card(void *context, const struct card *card)
{
    struct listing *listing = context;
    if (listing->json)
        buf_put_text(listing->out, listing->count ? ",\n " : "");
    if (listing->json)
        put_json(listing->out, card);
    else
        put_card(listing->out, card);
    listing->count++;
}

static void put_head(struct buf *out)
{
    const char *const cells[] = {say("统一社会信用代码", "credit code"),
                                 say("名称", "name"),
                                 say("牌", "card"),
                                 say("作出日期", "decided"),
                                 say("文号", "document number"),
                                 say("作出机关", "authority")};
    put_cells(out, cells);
}

/* Prints the cards of a code (NULL: all); *count says how many. */
static enum reason print_cards(const struct arguments *arguments,
                               const char *code, size_t *count,
                               struct fault *why)
{
    AUTO(desk_look) struct desk_look look = {0};
    AUTO(buf) struct buf out = {0};
    struct listing listing = {.out = &out,
                              .json = arguments_has(arguments, "--json")};
    TRY(desk_look_open(&look, arguments, why));
    if (listing.json)
        buf_put_char(&out, '[');
    else
        put_head(&out);
    TRY(blacklist_each(look.desk.mailbox, code,
                       arguments_has(arguments, "--history"), use_card,
                       &listing, why));
    if (listing.json)
        buf_put_text(&out, "]\n");
    *count = listing.count;
    if (listing.json || listing.count > 0 || !code)
        fputs(buf_text(&out), stdout);
    return R_OK;
}

static enum reason run_list(const struct arguments *arguments,
                            struct fault *why)
{
    size_t count;
    return print_cards(arguments, NULL, &count, why);
}

static enum reason run_lookup(const struct arguments *arguments,
                              struct fault *why)
{
    AUTO(buf) struct buf code = {0};
    size_t count;
    TRY(field_check(FIELD_CREDIT_CODE, arguments->operands[0], &code, why));
    TRY(print_cards(arguments, buf_text(&code), &count, why));
    if (count > 0)
        return R_OK;
    if (!arguments_has(arguments, "--json"))
        printf("%s: %s\n", buf_text(&code), say("无在册红黄牌", "not listed"));
    fault_clear(why);
    return R_NOT_FOUND;
}

static const struct option options[] = {
    DESK_OPTION,
    {"--history", NULL, "连同已失效的牌", "with cards no longer in force"},
    DESK_JSON,
};

const struct command command_blacklist_list = {
    .name = "blacklist list",
    .operands = "",
    .chinese = "列出在册红黄牌",
    .english = "list the cards in force",
    .example = "yisong blacklist list -c bank.conf --json",
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
