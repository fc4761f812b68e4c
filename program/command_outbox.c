/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong outbox: what went, how far it has come, and what waits here while its
 * limits run.
 */
#include "program/command.h"

#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "base/mask.h"
#include "broker-adapters/mailbox/line.h"
#include "broker-adapters/mailbox/mailbox_list.h"
#include "program/desk_look.h"
#include "program/queue_clocks.h"
#include "routing/timeline_page.h"

struct listing {
    const struct queue_clocks *clocks;
    struct buf *out;
    bool json;
    size_t count;
};

static const size_t out_widths[] = {16, 36, 22, 26, 9, 40};

static const struct {
    const char *state, *chinese, *english;
} states[] = {
    {"queued", "待发送", "queued"},       {"sent", "已发出", "sent"},
    {"submitted", "已登记", "submitted"}, {"delivered", "已送达", "delivered"},
    {"refused", "被拒收", "refused"},
};

static const char *state_name(const char *state)
{
    for (size_t i = 0; i < COUNT_OF(states); i++)
        if (strcmp(states[i].state, state) == 0)
            return say(states[i].chinese, states[i].english);
    return state;
}

static void put_out_json(struct buf *out, const struct outgoing_line *line)
{
    char digest[DIGEST_TEXT_MAX];
    buf_print(out, "{\"id\":\"%s\"", line->id);
    desk_put_member(out, "type", line->type);
    desk_put_member(out, "caseId", line->case_id);
    desk_put_member(out, "state", line->state);
    desk_put_member(out, "to", line->to);
    desk_put_member(out, "sha256", digest_format(&line->digest, digest));
    if (*line->source)
        desk_put_member(out, "file", line->source);
    if (*line->code)
        desk_put_member(out, "code", line->code);
    desk_put_time(out, "queuedAt", line->queued_at);
    desk_put_time(out, "sentAt", line->sent_at);
    desk_put_time(out, "submittedAt", line->submitted_at);
    desk_put_time(out, "deliveredAt", line->delivered_at);
    buf_print(out, ",\"position\":%lld", (long long)line->position);
}

static void put_refusal(struct buf *out, const struct outgoing_line *line)
{
    buf_print(out, "  %s: ", line->code);
    mask_put(out, say(line->text_zh, line->text_en));
    buf_put_char(out, '\n');
}

/* --- the limits of what waits ----------------------------------------------
 */

static void put_limits_json(struct buf *out, const struct queue_clocks *clocks,
                            const char *letter)
{
    const struct queued_limit *limits;
    size_t count;
    if (!queue_clocks_find(clocks, letter, &limits, &count)) {
        buf_put_text(out, ",\"limits\":null");
        return;
    }
    buf_put_text(out, ",\"limits\":[");
    for (size_t i = 0; i < count; i++) {
        buf_print(out, "%s{\"limit\":\"%s\"", i ? "," : "", limits[i].limit);
        desk_put_member(out, "period", limits[i].facts.period);
        desk_put_member(out, "article", limits[i].facts.article);
        desk_put_time(out, "due", limits[i].due);
        buf_print(out, ",\"decided\":%s,\"late\":%s}",
                  limits[i].decided ? "true" : "false",
                  limits[i].late ? "true" : "false");
    }
    buf_put_char(out, ']');
}

/* How long is left or how late it is; what was decided does not move. */
static void put_left(struct buf *out, const struct queued_limit *limit,
                     instant now)
{
    AUTO(buf) struct buf span = {0};
    if (limit->decided) {
        buf_put_text(out, limit->late
                              ? say("决定时已逾期", "decided too late")
                              : say("已在期限内作出决定", "decided in time"));
        return;
    }
    page_put_span(&span, limit->late ? now - limit->due : limit->due - now);
    buf_print(out,
              limit->late ? say("已逾期 %s", "%s late")
                          : say("还有 %s", "%s left"),
              buf_text(&span));
}

static void put_limit(struct buf *out, const struct queued_limit *limit,
                      instant now)
{
    char due[INSTANT_TEXT_MAX];
    const struct limit_facts *facts = &limit->facts;
    buf_print(out, say("  期限：%s，最迟 %s，", "  limit: %s, by %s, "),
              say(facts->chinese, facts->english),
              page_show_instant(limit->due, due));
    put_left(out, limit, now);
    const char *basis = say(facts->basis_zh, facts->basis_en);
    if (*basis)
        buf_print(out, say("（%s）", " (%s)"), basis);
    buf_put_char(out, '\n');
}

static void put_limits(struct buf *out, const struct queue_clocks *clocks,
                       const char *letter)
{
    const struct queued_limit *limits;
    size_t count;
    if (!queue_clocks_find(clocks, letter, &limits, &count))
        buf_put_text(out,
                     clocks->registry
                         ? say("  期限：本机没有此案全部公文，无法推算\n",
                               "  limit: not known, letters of the case are"
                               " missing here\n")
                         : say("  期限：读不到机关登记册，无法推算\n",
                               "  limit: not known without the registry\n"));
    for (size_t i = 0; i < count; i++)
        put_limit(out, &limits[i], clocks->now);
}

/* --- the list --------------------------------------------------------------
 */

static void put_line(struct listing *listing, const struct outgoing_line *line,
                     bool waits)
{
    char at[INSTANT_TEXT_MAX];
    const char *const cells[] = {
        desk_minute(line->queued_at, at), line->id,
        desk_type_name(line->type),       line->case_id,
        state_name(line->state),          line->to};
    desk_put_cells(listing->out, cells, out_widths, COUNT_OF(out_widths));
    if (*line->code)
        put_refusal(listing->out, line);
    if (waits)
        put_limits(listing->out, listing->clocks, line->id);
}

static void use_outgoing(void *context, const struct outgoing_line *line)
{
    struct listing *listing = context;
    bool waits = strcmp(line->state, "queued") == 0;
    bool is_first = listing->count++ == 0;
    if (!listing->json) {
        put_line(listing, line, waits);
        return;
    }
    buf_put_text(listing->out, is_first ? "" : ",\n ");
    put_out_json(listing->out, line);
    if (waits)
        put_limits_json(listing->out, listing->clocks, line->id);
    buf_put_char(listing->out, '}');
}

static void put_out_head(struct buf *out)
{
    const char *const cells[] = {
        say("入箱", "queued"),
        say("编号", "id"),
        say("文书", "type"),
        say("案件", "case"),
        say("状态", "state"),
        say("收件机关（+ 已签收）", "addressees (+ has it)")};
    desk_put_cells(out, cells, out_widths, COUNT_OF(out_widths));
}

/* --- above the list --------------------------------------------------------
 */

static void put_line_state(struct buf *out, const struct line *line,
                           instant now)
{
    char seen[INSTANT_TEXT_MAX];
    AUTO(buf) struct buf span = {0};
    page_put_span(&span, now - line->seen);
    if (line->seen == 0)
        buf_put_text(out, say("线路：从未连上过交换中心",
                              "line: the exchange was never reached"));
    else if (line_is_up(line, now))
        buf_print(out,
                  say("线路：通，%s 连着交换中心",
                      "line: up, the exchange was reached at %s"),
                  page_show_instant(line->seen, seen));
    else
        buf_print(out,
                  say("线路：不通，最近一次连着交换中心是 %s（%s前）",
                      "line: down, the exchange was last reached at %s"
                      " (%s ago)"),
                  page_show_instant(line->seen, seen), buf_text(&span));
    if (line->up && !line_is_up(line, now))
        buf_put_text(out, say("，适配器没有运行", "; no adapter is running"));
    buf_put_char(out, '\n');
}

static size_t count_late(const struct queue_clocks *clocks)
{
    size_t count = 0;
    for (size_t i = 0; i < clocks->count; i++)
        count += clocks->limits[i].late;
    return count;
}

/* The limit that ends next, of those that still can be met. */
static const struct queued_limit *find_next(const struct queue_clocks *clocks)
{
    const struct queued_limit *next = NULL;
    for (size_t i = 0; i < clocks->count; i++) {
        const struct queued_limit *limit = &clocks->limits[i];
        if (!limit->late && !limit->decided &&
            (!next || limit->due < next->due))
            next = limit;
    }
    return next;
}

static void put_clock_state(struct buf *out, const struct queue_clocks *clocks)
{
    char due[INSTANT_TEXT_MAX];
    const struct queued_limit *next = find_next(clocks);
    size_t late = count_late(clocks);
    if (late == 0 && !next)
        return;
    buf_put_text(out, say("期限不因线路不通而停：", "limits run on: "));
    buf_print(out, say("已逾期 %zu 项", "%zu late"), late);
    if (next)
        buf_print(out, say("，最先届满的 %s", ", the next ends at %s"),
                  page_show_instant(next->due, due));
    buf_put_char(out, '\n');
}

static enum reason put_state(struct buf *out, const struct desk_look *look,
                             const struct queue_clocks *clocks,
                             struct fault *why)
{
    struct line line;
    struct waiting_letters waiting;
    char since[INSTANT_TEXT_MAX];
    TRY(line_read(look->desk.mailbox, &line, why));
    TRY(mailbox_count_waiting(look->desk.mailbox, &waiting, why));
    put_line_state(out, &line, clocks->now);
    if (waiting.count == 0)
        return R_OK;
    buf_print(out,
              say("待发送：%lld 件，最早的 %s 入箱\n",
                  "queued: %lld, the oldest since %s\n"),
              (long long)waiting.count,
              page_show_instant(waiting.oldest, since));
    put_clock_state(out, clocks);
    return R_OK;
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    AUTO(desk_look) struct desk_look look = {0};
    AUTO(queue_clocks) struct queue_clocks clocks = {0};
    AUTO(buf) struct buf out = {0};
    struct listing listing = {.clocks = &clocks,
                              .out = &out,
                              .json = arguments_has(arguments, "--json")};
    long most;
    TRY(arguments_int(arguments, "--most", 1, 1000000, 1000, &most, why));
    TRY(desk_look_open(&look, arguments, why));
    TRY(queue_clocks_read(&clocks, &look, instant_now(), why));
    if (listing.json) {
        buf_put_char(&out, '[');
    } else {
        TRY(put_state(&out, &look, &clocks, why));
        put_out_head(&out);
    }
    TRY(mailbox_each_outgoing(look.desk.mailbox, most,
                              arguments_has(arguments, "--all"), use_outgoing,
                              &listing, why));
    if (listing.json)
        buf_put_text(&out, "]\n");
    fputs(buf_text(&out), stdout);
    return R_OK;
}

static const struct option options[] = {
    DESK_OPTION,
    {"--all", NULL, "连同回执", "with receipts"},
    {"--most", "N", "最多列出几件（缺省 1000）", "at most so many (1000)"},
    DESK_JSON,
};

const struct command command_outbox = {
    .name = "outbox",
    .operands = "",
    .chinese = "列出发出的公文及其送达情况，待发送的连同期限",
    .english = "list the letters that went, and the limits of those that wait",
    .example = "yisong outbox -c ecology.conf",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
