/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The timeline for someone at a terminal: one block per letter, the clocks
 * below, those that run first.
 */
#include "routing/timeline.h"

#include <inttypes.h>
#include <string.h>

#include "base/language.h"
#include "base/width.h"

enum { NAME_COLUMNS = 22, LIMIT_COLUMNS = 26, INDENT = 29, DIGEST_SHOWN = 12 };

struct page {
    const struct timeline *timeline;
    const struct names *names;
    instant now;
    bool colour;
    struct buf *out;
};

static void put_bright(const struct page *page, const char *code,
                       const char *text)
{
    if (page->colour)
        buf_print(page->out, "\x1b[%sm", code);
    buf_put_text(page->out, text);
    if (page->colour)
        buf_put_text(page->out, "\x1b[0m");
}

#define RED  "31;1"
#define BOLD "1"

/* "2026-11-21 09:00:12", without zone and fraction: the day is China's. */
static char *show_instant(instant at, char text[INSTANT_TEXT_MAX])
{
    instant_format(at, text);
    text[10] = ' ';
    text[19] = '\0';
    return text;
}

/* The time alone where the day is that of the letter. */
static const char *show_near(instant at, instant day,
                             char text[INSTANT_TEXT_MAX])
{
    show_instant(at, text);
    return civil_day_number(civil_day_of(at)) ==
                   civil_day_number(civil_day_of(day))
               ? text + 11
               : text;
}

/* "2天3小时", "40分钟": the two largest units are enough. */
static void put_span(struct buf *out, instant span)
{
    int64_t minutes = span / INSTANT_MINUTE;
    int64_t days = minutes / (24 * 60), hours = minutes / 60 % 24;
    if (days)
        buf_print(out, say("%" PRId64 "天", "%" PRId64 " d "), days);
    if (hours)
        buf_print(out, say("%" PRId64 "小时", "%" PRId64 " h "), hours);
    if (!days)
        buf_print(out, say("%" PRId64 "分钟", "%" PRId64 " min "),
                  minutes % 60);
    if (out->size && out->bytes[out->size - 1] == ' ')
        out->bytes[--out->size] = '\0';
}

static void put_head(const struct page *page)
{
    char opened[INSTANT_TEXT_MAX], changed[INSTANT_TEXT_MAX];
    const struct casefile *casefile = page->timeline->casefile;
    struct buf *out = page->out;
    buf_put_text(out, say("案件 ", "case "));
    put_bright(page, BOLD, casefile->id);
    buf_print(out, "  %s\n",
              page->names->procedures
                  ? procedure_name(page->names->procedures, casefile->procedure)
                  : casefile->procedure);
    buf_put_text(out, say("状态 ", "state "));
    put_bright(page, BOLD,
               names_state(page->names, casefile->procedure, casefile->state));
    buf_print(out,
              say("  %s 起案，%s 最后变动\n", "  opened %s, last changed %s\n"),
              show_instant(casefile->opened_at, opened),
              show_instant(casefile->changed_at, changed));
}

static void put_parties(const struct page *page)
{
    const struct casefile *casefile = page->timeline->casefile;
    buf_put_text(page->out, say("\n当事机关\n", "\nparties\n"));
    for (size_t i = 0; i < casefile->party_count; i++) {
        const struct party *party = &casefile->parties[i];
        const char *name = names_agency(page->names, party->agency);
        buf_put_text(page->out, "  ");
        width_put_in(page->out, name, NAME_COLUMNS);
        buf_put_char(page->out, ' ');
        width_put_in(page->out, party->agency, NAME_COLUMNS);
        buf_put_char(page->out, ' ');
        width_put(page->out, party->as);
        buf_put_char(page->out, '\n');
    }
}

static void begin_line(const struct page *page)
{
    buf_print(page->out, "%*s", INDENT, "");
}

static void put_delivery(const struct page *page,
                         const struct timeline_letter *letter,
                         const struct delivery *delivery)
{
    char at[INSTANT_TEXT_MAX];
    width_put(page->out, names_agency(page->names, delivery->recipient));
    if (delivery->delivered_at)
        buf_print(page->out, say("（%s 送达）", " (delivered %s)"),
                  show_near(delivery->delivered_at, letter->received_at, at));
    else if (delivery->sent_at)
        buf_print(page->out,
                  say("（%s 投递，未签收）", " (sent %s, not signed for)"),
                  show_near(delivery->sent_at, letter->received_at, at));
    else
        put_bright(page, RED, say("（待投递）", " (to be sent)"));
}

static void put_addressees(const struct page *page,
                           const struct timeline_letter *letter)
{
    begin_line(page);
    width_put(page->out, names_agency(page->names, letter->sender));
    for (size_t i = 0; i < letter->delivery_count; i++) {
        buf_put_text(page->out, i ? say("、", ", ") : " → ");
        put_delivery(page, letter, &letter->deliveries[i]);
    }
    buf_put_char(page->out, '\n');
}

/* What it did to the case, or why it was refused. */
static void put_effect(const struct page *page,
                       const struct timeline_letter *letter)
{
    const char *procedure = page->timeline->casefile->procedure;
    const struct step_row *step = &letter->step;
    enum reason code = reason_find(letter->code);
    if (letter->outcome == LETTER_REFUSED) {
        begin_line(page);
        put_bright(page, RED, say("被拒绝：", "refused: "));
        buf_print(page->out, "%s %s\n", letter->code,
                  code < REASON_COUNT
                      ? say(reason_chinese(code), reason_english(code))
                      : "");
    }
    if (!step->state_after)
        return;
    begin_line(page);
    if (strcmp(step->state_before, step->state_after) == 0)
        buf_print(page->out, say("状态不变（%s）", "state stays %s"),
                  names_state(page->names, procedure, step->state_after));
    else
        buf_print(page->out, "%s → %s",
                  *step->state_before
                      ? names_state(page->names, procedure, step->state_before)
                      : say("起案", "opened"),
                  names_state(page->names, procedure, step->state_after));
    if (step->late)
        put_bright(page, RED, say("  【逾期】", "  [late]"));
    buf_put_char(page->out, '\n');
}

static void put_evidence(const struct page *page,
                         const struct timeline_letter *letter)
{
    char hex[DIGEST_TEXT_MAX], at[INSTANT_TEXT_MAX];
    digest_format(&letter->digest, hex);
    begin_line(page);
    buf_print(page->out, say("摘要 %.*s…", "digest %.*s…"), DIGEST_SHOWN, hex);
    if (letter->answer)
        buf_print(page->out,
                  say("  中心回执 第%" PRId64 "条（%s）",
                      "  answered by %" PRId64 " (%s)"),
                  letter->answer,
                  show_near(letter->answered_at, letter->received_at, at));
    buf_put_char(page->out, '\n');
}

static void put_letter(const struct page *page,
                       const struct timeline_letter *letter)
{
    char at[INSTANT_TEXT_MAX];
    buf_print(page->out, "%7" PRId64 "  %s ", letter->position,
              show_instant(letter->received_at, at));
    const char *type = names_type(letter->type);
    AUTO(buf) struct buf title = {0};
    width_put(&title, *type ? type : say("无法识别的报文", "unreadable"));
    put_bright(page, BOLD, buf_text(&title));
    if (*letter->number) {
        buf_put_text(page->out, "  ");
        width_put(page->out, letter->number);
    }
    buf_put_char(page->out, '\n');
    put_addressees(page, letter);
    put_effect(page, letter);
    put_evidence(page, letter);
}

static void put_due(const struct page *page, const struct deadline *deadline)
{
    char at[INSTANT_TEXT_MAX];
    bool late = page->now > deadline->due;
    AUTO(buf) struct buf span = {0};
    put_span(&span,
             late ? page->now - deadline->due : deadline->due - page->now);
    buf_print(page->out, say("应于 %s 前办理，", "due %s, "),
              show_instant(deadline->due, at));
    if (!late) {
        buf_print(page->out, say("还有 %s", "%s left"), buf_text(&span));
        return;
    }
    AUTO(buf) struct buf text = {0};
    buf_print(&text, say("已逾期 %s", "%s late"), buf_text(&span));
    put_bright(page, RED, buf_text(&text));
}

static void put_settled(const struct page *page,
                        const struct deadline *deadline)
{
    char at[INSTANT_TEXT_MAX];
    struct buf *out = page->out;
    if (deadline->due)
        buf_print(out, say("期限 %s，", "due %s, "),
                  show_instant(deadline->due, at));
    if (deadline->status == DEADLINE_CANCELLED)
        buf_put_text(out, say("不再适用", "no longer applies"));
    else if (deadline->status == DEADLINE_MET)
        buf_print(out,
                  say("按期办结（第%" PRId64 "条）", "met in time by %" PRId64),
                  deadline->met_by);
    else {
        put_bright(page, RED, say("逾期办结", "met late"));
        buf_print(out, say("（第%" PRId64 "条）", " by %" PRId64),
                  deadline->met_by);
    }
}

static void put_deadline(const struct page *page,
                         const struct deadline *deadline)
{
    struct limit_facts facts;
    const char *procedure = page->timeline->casefile->procedure;
    const struct procedures *procedures = page->names->procedures;
    buf_put_text(page->out, "  ");
    width_put_in(page->out,
                 names_limit(page->names, procedure, deadline->limit),
                 LIMIT_COLUMNS);
    buf_put_char(page->out, ' ');
    width_put_in(page->out, names_agency(page->names, deadline->owner),
                 NAME_COLUMNS);
    buf_put_char(page->out, ' ');
    if (deadline->status == DEADLINE_WAITING)
        buf_put_text(page->out,
                     say("自送达起算，尚未送达", "starts with the delivery"));
    else if (deadline->status == DEADLINE_RUNNING)
        put_due(page, deadline);
    else
        put_settled(page, deadline);
    if (procedures &&
        procedure_limit(procedures, procedure, deadline->limit, &facts) &&
        *facts.basis_zh)
        buf_print(page->out, say("  依据：%s", "  (%s)"), facts.basis_zh);
    buf_put_char(page->out, '\n');
}

static void put_deadlines(const struct page *page, bool settled,
                          const char *title)
{
    const struct casefile *casefile = page->timeline->casefile;
    bool any = false;
    for (size_t i = 0; i < casefile->deadline_count; i++) {
        const struct deadline *deadline = &casefile->deadlines[i];
        if ((deadline->status > DEADLINE_RUNNING) != settled)
            continue;
        if (!any)
            buf_put_text(page->out, title);
        any = true;
        put_deadline(page, deadline);
    }
}

void timeline_put_text(const struct timeline *timeline,
                       const struct names *names, instant now, bool colour,
                       struct buf *out)
{
    const struct page page = {timeline, names, now, colour, out};
    put_head(&page);
    put_parties(&page);
    buf_put_text(out, say("\n经过\n", "\nletters\n"));
    for (size_t i = 0; i < timeline->count; i++)
        put_letter(&page, &timeline->letters[i]);
    put_deadlines(&page, false, say("\n运行中的期限\n", "\nrunning clocks\n"));
    put_deadlines(&page, true, say("\n已了结的期限\n", "\nsettled clocks\n"));
}
