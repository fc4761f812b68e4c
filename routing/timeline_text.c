/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The timeline for someone at a terminal: one block per letter, the clocks
 * below (timeline_clocks.c). Submission receipts have no block of their own:
 * each stands with the letter that it answers.
 */
#include <inttypes.h>
#include <string.h>

#include "base/language.h"
#include "routing/ledger/receipt.h"
#include "routing/timeline_moves.h"

enum { INDENT = 30, NAME_MAX_COLUMNS = 44, DIGEST_SHOWN = 12 };

void page_put_bright(const struct page *page, const char *code,
                     const char *text)
{
    if (page->colour)
        buf_print(page->out, "\x1b[%sm", code);
    buf_put_text(page->out, text);
    if (page->colour)
        buf_put_text(page->out, "\x1b[0m");
}

char *page_show_instant(instant at, char text[INSTANT_TEXT_MAX])
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
    page_show_instant(at, text);
    return civil_day_number(civil_day_of(at)) ==
                   civil_day_number(civil_day_of(day))
               ? text + 11
               : text;
}

static void put_head(const struct page *page)
{
    char opened[INSTANT_TEXT_MAX], changed[INSTANT_TEXT_MAX];
    const struct casefile *casefile = page->timeline->casefile;
    struct buf *out = page->out;
    buf_put_text(out, say("案件 ", "case "));
    page_put_bright(page, PAGE_BOLD, casefile->id);
    buf_print(out, "  %s\n",
              page->names->procedures
                  ? procedure_name(page->names->procedures, casefile->procedure)
                  : casefile->procedure);
    buf_put_text(out, say("状态 ", "state "));
    page_put_bright(
        page, PAGE_BOLD,
        names_state(page->names, casefile->procedure, casefile->state));
    buf_print(out,
              say("  %s 起案，%s 最后变动\n", "  opened %s, last changed %s\n"),
              page_show_instant(casefile->opened_at, opened),
              page_show_instant(casefile->changed_at, changed));
}

/* Where the case comes from, and what came of it. */
static void put_chain(const struct page *page)
{
    const struct timeline *timeline = page->timeline;
    if (timeline->casefile->parent)
        buf_print(page->out, "%s %s\n", say("来源案件", "comes from case"),
                  timeline->casefile->parent);
    for (size_t i = 0; i < timeline->child_count; i++)
        buf_print(page->out, "%s %s\n", say("衍生案件", "led to case"),
                  timeline->children[i]);
}

static size_t wider(size_t columns, const char *text)
{
    size_t found = width_of(text);
    if (found > NAME_MAX_COLUMNS)
        found = NAME_MAX_COLUMNS;
    return found > columns ? found : columns;
}

static void put_parties(const struct page *page)
{
    const struct casefile *casefile = page->timeline->casefile;
    size_t names = 0, ids = 0;
    for (size_t i = 0; i < casefile->party_count; i++) {
        const char *agency = casefile->parties[i].agency;
        names = wider(names, names_agency(page->names, agency));
        ids = wider(ids, agency);
    }
    buf_put_text(page->out, say("\n当事机关\n", "\nparties\n"));
    for (size_t i = 0; i < casefile->party_count; i++) {
        const struct party *party = &casefile->parties[i];
        const char *name = names_agency(page->names, party->agency);
        buf_put_text(page->out, "  ");
        if (name != party->agency) {
            width_put_in(page->out, name, names);
            buf_put_text(page->out, "  ");
        }
        width_put_in(page->out, party->agency, ids);
        buf_put_text(page->out, "  ");
        width_put(page->out,
                  names_role(page->names, casefile->procedure, party->as));
        buf_put_char(page->out, '\n');
    }
}

static void begin_line(const struct page *page)
{
    buf_print(page->out, "%*s", INDENT, "");
}

static void put_delivery(const struct page *page,
                         const struct timeline_letter *letter,
                         const struct delivery *delivery, size_t columns)
{
    char at[INSTANT_TEXT_MAX];
    begin_line(page);
    buf_put_text(page->out, "→ ");
    width_put_in(page->out, names_agency(page->names, delivery->recipient),
                 columns);
    buf_put_text(page->out, "  ");
    if (delivery->delivered_at)
        buf_print(page->out, say("%s 送达", "delivered %s"),
                  show_near(delivery->delivered_at, letter->received_at, at));
    else if (delivery->sent_at)
        buf_print(page->out, say("%s 投递，未签收", "sent %s, not signed for"),
                  show_near(delivery->sent_at, letter->received_at, at));
    else
        page_put_bright(page, PAGE_RED, say("待投递", "to be sent"));
    buf_put_char(page->out, '\n');
}

static void put_addressees(const struct page *page,
                           const struct timeline_letter *letter)
{
    size_t columns = 0;
    for (size_t i = 0; i < letter->delivery_count; i++)
        columns = wider(columns, names_agency(page->names,
                                              letter->deliveries[i].recipient));
    begin_line(page);
    width_put(page->out, names_agency(page->names, letter->sender));
    buf_put_char(page->out, '\n');
    for (size_t i = 0; i < letter->delivery_count; i++)
        put_delivery(page, letter, &letter->deliveries[i], columns);
}

static void put_refusal(const struct page *page,
                        const struct timeline_letter *letter)
{
    enum reason code = reason_find(letter->code);
    begin_line(page);
    page_put_bright(page, PAGE_RED, say("被拒绝：", "refused: "));
    buf_print(page->out, "%s %s\n", letter->code,
              code < REASON_COUNT
                  ? say(reason_chinese(code), reason_english(code))
                  : "");
}

/* The letter of another case, which this one followed. */
static void put_linked(const struct page *page,
                       const struct timeline_letter *letter)
{
    if (!*letter->linked)
        return;
    begin_line(page);
    buf_print(page->out, "%s %s\n", say("关联案件", "of the linked case"),
              letter->linked);
}

static void put_step(const struct page *page, const struct step_row *step)
{
    const char *procedure = page->timeline->casefile->procedure;
    const char *before =
        names_state(page->names, procedure, step->state_before);
    const char *after = names_state(page->names, procedure, step->state_after);
    begin_line(page);
    if (strcmp(step->state_before, step->state_after) == 0)
        buf_print(page->out, say("状态不变：%s", "state stays: %s"), after);
    else
        buf_print(page->out, say("状态：%s → %s", "state: %s → %s"),
                  *step->state_before ? before : say("起案", "none"), after);
    if (step->late)
        page_put_bright(page, PAGE_RED, say("  【逾期】", "  [late]"));
    buf_put_char(page->out, '\n');
}

static void put_deletion(const struct page *page,
                         const struct deletion *deletion)
{
    char at[INSTANT_TEXT_MAX];
    begin_line(page);
    buf_print(page->out,
              say("正文已于 %s 依保管规则 %s 删除，记录为第 %" PRId64 " 条\n",
                  "body deleted on %s by rule %s, on record at %" PRId64 "\n"),
              page_show_instant(deletion->at, at), deletion->rule,
              deletion->record);
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
                  say("  中心答复：第 %" PRId64 " 条（%s）",
                      "  answered by %" PRId64 " (%s)"),
                  letter->answer,
                  show_near(letter->answered_at, letter->received_at, at));
    buf_put_char(page->out, '\n');
    if (letter->deletion.position)
        put_deletion(page, &letter->deletion);
}

static void put_letter(const struct page *page,
                       const struct timeline_letter *letter)
{
    char at[INSTANT_TEXT_MAX];
    const char *type = names_type(letter->type);
    AUTO(buf) struct buf title = {0};
    buf_print(page->out, "%7" PRId64 "  %s  ", letter->position,
              page_show_instant(letter->received_at, at));
    width_put(&title, *type ? type : say("无法识别的报文", "unreadable"));
    page_put_bright(page, PAGE_BOLD, buf_text(&title));
    if (*letter->number) {
        buf_put_text(page->out, "  ");
        width_put(page->out, letter->number);
    }
    buf_put_char(page->out, '\n');
    put_linked(page, letter);
    put_addressees(page, letter);
    if (letter->outcome == LETTER_REFUSED)
        put_refusal(page, letter);
    if (letter->step.state_after)
        put_step(page, &letter->step);
    put_evidence(page, letter);
}

void timeline_put_text(const struct timeline *timeline,
                       const struct names *names, instant now, bool colour,
                       struct buf *out)
{
    const struct page page = {timeline, names, now, colour, out};
    put_head(&page);
    put_chain(&page);
    put_parties(&page);
    buf_put_text(out, say("\n经过\n", "\nletters\n"));
    for (size_t i = 0; i < timeline->count; i++)
        if (strcmp(timeline->letters[i].type, RECEIPT_SUBMISSION) != 0)
            put_letter(&page, &timeline->letters[i]);
    page_put_clocks(&page, false,
                    say("\n运行中的期限\n", "\nrunning clocks\n"));
    page_put_clocks(&page, true, say("\n已了结的期限\n", "\nsettled clocks\n"));
    moves_put_text(&page);
}
