/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong inbox, inbox show: what came.
 */
#include "program/command.h"

#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "base/mask.h"
#include "broker-adapters/evidence/evidence_list.h"
#include "broker-adapters/mailbox/deletion.h"
#include "broker-adapters/mailbox/incoming.h"
#include "broker-adapters/mailbox/mailbox_list.h"
#include "broker-adapters/mailbox/quarantine.h"
#include "program/desk_look.h"
#include "program/letter_view.h"

struct listing {
    struct sql *mailbox;
    struct buf *out;
    bool json;
    size_t count;
};

static void begin_line(struct listing *listing)
{
    if (listing->json)
        buf_put_text(listing->out, listing->count ? ",\n " : "");
    listing->count++;
}

static const size_t in_widths[] = {16, 36, 22, 26, 24, 14};
enum { MARK_MAX = 64 };

/* How far its evidence is, where that is what a letter waits for. */
static struct evidence_standing standing_of(const struct listing *listing,
                                            const struct incoming_line *line)
{
    struct evidence_standing standing = {0};
    if (evidence_standing(listing->mailbox, line->sender, line->id, &standing,
                          NULL) != R_OK)
        standing =
            (struct evidence_standing){0}; /* the list tells of letters */
    return standing;
}

static const char *in_mark(const struct incoming_line *line,
                           const struct evidence_standing *evidence,
                           char text[MARK_MAX])
{
    bool waits = strcmp(line->state, "waiting") == 0;
    if (waits && evidence->is_awaited) {
        snprintf(text, MARK_MAX, say("待证据 %d%%", "evidence %d%%"),
                 evidence->percent);
        return text;
    }
    if (waits || strcmp(line->state, "held") == 0)
        return say("待前件", "held");
    if (line->answered)
        return say("已答复", "answered");
    if (evidence->is_awaited)
        return say("证据未到", "evidence late");
    return evidence->is_elsewhere ? say("证据不发本机关", "no evidence") : "";
}

static void put_in_json(struct buf *out, const struct incoming_line *line,
                        const struct evidence_standing *evidence)
{
    char digest[DIGEST_TEXT_MAX];
    buf_print(out, "{\"id\":\"%s\"", line->id);
    desk_put_member(out, "type", line->type);
    desk_put_member(out, "caseId", line->case_id);
    desk_put_member(out, "from", line->sender);
    desk_put_member(out, "state", line->state);
    desk_put_member(out, "sha256", digest_format(&line->digest, digest));
    desk_put_time(out, "receivedAt", line->received_at);
    buf_print(out, ",\"place\":%lld,\"answered\":%s", (long long)line->place,
              line->answered ? "true" : "false");
    if (evidence->is_awaited)
        buf_print(out, ",\"evidencePercent\":%d", evidence->percent);
    if (evidence->is_elsewhere)
        buf_put_text(out, ",\"evidence\":\"elsewhere\"");
    buf_put_char(out, '}');
}

static void use_incoming(void *context, const struct incoming_line *line)
{
    struct listing *listing = context;
    char at[INSTANT_TEXT_MAX], mark[MARK_MAX];
    struct evidence_standing evidence = standing_of(listing, line);
    begin_line(listing);
    const char *const cells[] = {desk_minute(line->received_at, at),
                                 line->id,
                                 desk_type_name(line->type),
                                 line->case_id,
                                 line->sender,
                                 in_mark(line, &evidence, mark)};
    if (listing->json)
        put_in_json(listing->out, line, &evidence);
    else
        desk_put_cells(listing->out, cells, in_widths, COUNT_OF(in_widths));
}

static void put_in_head(struct buf *out)
{
    const char *const cells[] = {say("收到", "received"), say("编号", "id"),
                                 say("文书", "type"),     say("案件", "case"),
                                 say("发送机关", "from"), ""};
    desk_put_cells(out, cells, in_widths, COUNT_OF(in_widths));
}

/* What could not be trusted is not in the list, but nobody may miss it. */
static enum reason tell_quarantine(const struct desk_look *look,
                                   struct fault *why)
{
    size_t count = 0;
    for (int64_t after = 0;; count++) {
        AUTO(quarantined) struct quarantined row = {0};
        TRY(quarantine_next(look->desk.mailbox, QUARANTINE_ALL, after, &row,
                            why));
        if (row.row == 0)
            break;
        after = row.row;
    }
    if (count > 0)
        fprintf(stderr, "%s: %zu\n",
                say("另有不可信来件在隔离区",
                    "letters in quarantine that cannot be trusted"),
                count);
    return R_OK;
}

/* Receipts are bookkeeping, a person reads everything else. */
static enum reason run_inbox(const struct arguments *arguments,
                             struct fault *why)
{
    AUTO(desk_look) struct desk_look look = {0};
    AUTO(buf) struct buf out = {0};
    struct listing listing = {.out = &out,
                              .json = arguments_has(arguments, "--json")};
    long most;
    TRY(arguments_int(arguments, "--most", 1, 1000000, 1000, &most, why));
    TRY(desk_look_open(&look, arguments, why));
    listing.mailbox = look.desk.mailbox;
    if (listing.json)
        buf_put_char(&out, '[');
    else
        put_in_head(&out);
    TRY(mailbox_each_incoming(listing.mailbox, most,
                              arguments_has(arguments, "--all"), use_incoming,
                              &listing, why));
    TRY(tell_quarantine(&look, why));
    if (listing.json)
        buf_put_text(&out, "]\n");
    fputs(buf_text(&out), stdout);
    return R_OK;
}

/* Its retention ended: what is left of it. */
static enum reason show_deleted(const struct desk_look *look,
                                const struct incoming_letter *letter,
                                struct fault *why)
{
    AUTO(buf) struct buf told = {0};
    char hex[DIGEST_TEXT_MAX];
    bool found;
    TRY(mailbox_deletion_find(look->desk.mailbox, "incoming", letter->row,
                              &told, &found, why));
    printf("%s\n%s\nSHA-256 %s\n", desk_type_name(letter->type),
           buf_text(&told), digest_format(&letter->digest, hex));
    return R_OK;
}

static enum reason run_show(const struct arguments *arguments,
                            struct fault *why)
{
    AUTO(desk_look) struct desk_look look = {0};
    AUTO(incoming_letter) struct incoming_letter letter = {0};
    AUTO(message) struct message *message = NULL;
    AUTO(buf) struct buf out = {0};
    TRY(desk_look_open(&look, arguments, why));
    TRY(incoming_find(look.desk.mailbox, arguments->operands[0], &letter, why));
    if (arguments_has(arguments, "--raw")) {
        fwrite(letter.bytes, 1, letter.size, stdout);
        return R_OK;
    }
    if (letter.size == 0)
        return show_deleted(&look, &letter, why);
    TRY(message_parse(&message, letter.bytes, letter.size, why));
    letter_view_put(message, arguments_has(arguments, "--full"), &out);
    fputs(buf_text(&out), stdout);
    return R_OK;
}

static const struct option list_options[] = {
    DESK_OPTION,
    {"--all", NULL, "连同回执", "with receipts"},
    {"--most", "N", "最多列出几件（缺省 1000）", "at most so many (1000)"},
    DESK_JSON,
};

static const struct option show_options[] = {
    DESK_OPTION,
    {"--full", NULL, "连同证件号码、电话号码",
     "with identity and telephone numbers"},
    {"--raw", NULL, "原样输出已签名的字节",
     "print the signed bytes as they are"},
};

const struct command command_inbox = {
    .name = "inbox",
    .operands = "",
    .chinese = "列出收到的公文",
    .english = "list the letters that came",
    .example = "yisong inbox -c police.conf --json",
    .options = list_options,
    .option_count = COUNT_OF(list_options),
    .run = run_inbox,
};

const struct command command_inbox_show = {
    .name = "inbox show",
    .operands = "ID",
    .chinese = "显示一份公文（编号可只写开头）",
    .english = "show one letter (the beginning of its id will do)",
    .example = "yisong inbox show -c police.conf 019306e0-0001",
    .options = show_options,
    .option_count = COUNT_OF(show_options),
    .least = 1,
    .most = 1,
    .run = run_show,
};
