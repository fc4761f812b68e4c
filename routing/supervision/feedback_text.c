/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Feedback for someone at a terminal: one block per notice, one line per
 * addressee with what it did, and the proof at the end.
 */
#include <inttypes.h>
#include <string.h>

#include "base/language.h"
#include "routing/supervision/feedback.h"
#include "routing/timeline_page.h"

static void put_bright(const struct feedback_page *page, const char *code,
                       const char *text)
{
    if (page->colour)
        buf_print(page->out, "\x1b[%sm", code);
    width_put(page->out, text);
    if (page->colour)
        buf_put_text(page->out, "\x1b[0m");
}

static void put_delivery(const struct feedback_page *page,
                         const struct addressee *addressee)
{
    char at[INSTANT_TEXT_MAX];
    const struct delivery *delivery = addressee->delivery;
    if (delivery->delivered_at)
        buf_print(page->out, say("送达 %s", "delivered %s"),
                  page_show_instant(delivery->delivered_at, at));
    else if (delivery->sent_at)
        buf_print(page->out, say("投递 %s，未签收", "sent %s, not signed for"),
                  page_show_instant(delivery->sent_at, at));
    else
        buf_put_text(page->out, say("待投递", "to be sent"));
    buf_put_char(page->out, '\n');
}

static void put_measure(struct buf *out, const struct measure_said *measure)
{
    buf_put_text(out, "          ");
    width_put(out, measure->name);
    if (*measure->amount)
        buf_print(out, say("，%s 元", ", %s yuan"), measure->amount);
    if (*measure->from)
        buf_print(out, say("，自 %s 起", ", from %s"), measure->from);
    if (*measure->reason) {
        buf_put_text(out, say("；理由：", "; because: "));
        width_put(out, measure->reason);
    }
    buf_put_char(out, '\n');
}

static void put_answer(const struct feedback_page *page,
                       const struct answer *answer)
{
    char at[INSTANT_TEXT_MAX];
    struct buf *out = page->out;
    buf_print(out, "        %s  ",
              page_show_instant(answer->letter->received_at, at));
    width_put(out, answer->standing ? label_say(&answer->standing->name)
                                    : names_type(answer->letter->type));
    buf_print(out, say("（第 %" PRId64 " 条 ", " (letter %" PRId64 ", "),
              answer->letter->position);
    width_put(out, names_type(answer->letter->type));
    buf_put_text(out, say("）\n", ")\n"));
    for (size_t i = 0; i < answer->measure_count; i++)
        put_measure(out, &answer->measures[i]);
    const char *const more[] = {answer->effect, answer->remarks};
    for (size_t i = 0; i < COUNT_OF(more); i++)
        if (*more[i]) {
            buf_put_text(out, "          ");
            width_put(out, more[i]);
            buf_put_char(out, '\n');
        }
}

static void put_clock(const struct feedback_page *page,
                      const struct deadline *clock)
{
    char at[INSTANT_TEXT_MAX];
    AUTO(buf) struct buf span = {0};
    struct buf *out = page->out;
    instant now = page->feedback->at;
    const char *procedure = page->feedback->timeline->casefile->procedure;
    buf_put_text(out, "        ");
    width_put(out, names_limit(page->names, procedure, clock->limit));
    if (clock->due)
        buf_print(out, say("：%s，", ": due %s, "),
                  page_show_instant(clock->due, at));
    else
        buf_put_text(out, say("：", ": "));
    if (clock->status == DEADLINE_RUNNING && now > clock->due) {
        AUTO(buf) struct buf text = {0};
        page_put_span(&span, now - clock->due);
        buf_print(&text, say("已逾期 %s", "%s late"), buf_text(&span));
        put_bright(page, PAGE_RED, buf_text(&text));
    } else if (clock->status == DEADLINE_RUNNING) {
        page_put_span(&span, clock->due - now);
        buf_print(out, say("还有 %s", "%s left"), buf_text(&span));
    } else if (clock->status == DEADLINE_MET_LATE) {
        put_bright(page, PAGE_RED, say("逾期办结", "met late"));
    } else {
        static const char *const words[][2] = {
            [DEADLINE_WAITING] = {"尚未送达，未起算", "not delivered yet"},
            [DEADLINE_PAUSED] = {"中止", "stands still"},
            [DEADLINE_MET] = {"按期办结", "met in time"},
            [DEADLINE_CANCELLED] = {"不再适用", "no longer applies"}};
        buf_put_text(out,
                     say(words[clock->status][0], words[clock->status][1]));
    }
    buf_put_char(out, '\n');
}

static void put_addressee(const struct feedback_page *page,
                          const struct told_notice *notice,
                          const struct addressee *addressee)
{
    char at[INSTANT_TEXT_MAX];
    struct buf *out = page->out;
    const char *name = names_agency(page->names, addressee->agency);
    buf_put_text(out, "    ");
    put_bright(page, addressee->standing ? PAGE_BOLD : PAGE_RED,
               addressee_standing_name(page->feedback->rules, addressee));
    buf_put_text(out, "  ");
    width_put(out, name);
    if (strcmp(name, addressee->agency) != 0)
        buf_print(out, say("（%s）", " (%s)"), addressee->agency);
    buf_put_text(out, "  ");
    put_delivery(page, addressee);
    if (addressee->silent_since) {
        AUTO(buf) struct buf span = {0};
        page_put_span(&span, page->feedback->at - addressee->silent_since);
        buf_print(out,
                  say("        自 %s 起未反馈，已 %s\n",
                      "        silent since %s, %s\n"),
                  page_show_instant(addressee->silent_since, at),
                  buf_text(&span));
    }
    for (size_t i = 0; i < addressee->answer_count; i++)
        put_answer(page, &addressee->answers[i]);
    const struct deadline *clock = NULL;
    while ((clock = addressee_clock(page->feedback, notice, addressee, clock)))
        put_clock(page, clock);
    for (size_t i = 0; i < addressee->reminding_count; i++)
        buf_print(
            out,
            say("        %s  催办（第 %" PRId64 " 条）\n",
                "        %s  reminded (letter %" PRId64 ")\n"),
            page_show_instant(addressee->remindings[i].letter->received_at, at),
            addressee->remindings[i].letter->position);
}

static void put_counts(const struct feedback_page *page,
                       const struct told_notice *notice)
{
    const struct rules *rules = page->feedback->rules;
    struct buf *out = page->out;
    buf_print(out, say("    告知 %zu 家", "    told %zu"),
              notice->addressee_count);
    for (size_t s = 0; s <= rules->standing_count; s++) {
        bool silent = s == rules->standing_count;
        const struct standing *standing = silent ? NULL : &rules->standings[s];
        size_t count = 0;
        for (size_t i = 0; i < notice->addressee_count; i++)
            count += notice->addressees[i].standing == standing;
        if (count)
            buf_print(out, say("，%s %zu", ", %s %zu"),
                      label_say(standing ? &standing->name : &rules->silent),
                      count);
    }
    buf_put_char(out, '\n');
}

static void put_notice(const struct feedback_page *page,
                       const struct told_notice *notice)
{
    char at[INSTANT_TEXT_MAX];
    const struct timeline_letter *letter = notice->letter;
    buf_print(page->out, "\n  %s  ",
              page_show_instant(letter->received_at, at));
    put_bright(page, PAGE_BOLD, names_type(letter->type));
    buf_put_text(page->out, "  ");
    width_put(page->out, letter->number);
    buf_put_text(page->out, "  ");
    width_put(page->out, names_agency(page->names, letter->sender));
    buf_print(
        page->out,
        say("\n    第 %" PRId64 " 条  %s\n", "\n    letter %" PRId64 "  %s\n"),
        letter->position, letter->id);
    put_counts(page, notice);
    for (size_t i = 0; i < notice->addressee_count; i++)
        put_addressee(page, notice, &notice->addressees[i]);
}

static void put_line(const struct feedback_page *page,
                     const struct evidence_line *line)
{
    char at[INSTANT_TEXT_MAX], hex[DIGEST_TEXT_MAX];
    buf_print(page->out, "  %7" PRId64 "  %s  ", line->position,
              page_show_instant(line->received_at, at));
    width_put(page->out, names_type(line->type));
    buf_print(page->out, "  %s\n           %s", line->id,
              digest_format(&line->digest, hex));
    if (line->is_proved)
        buf_print(page->out, say("  证明 %zu 步\n", "  proof of %zu nodes\n"),
                  line->proof.count);
    else
        buf_put_text(page->out,
                     say("  在所签日志头之后\n", "  after the signed head\n"));
}

static void put_proof(const struct feedback_page *page)
{
    char hex[DIGEST_TEXT_MAX];
    const struct evidence *evidence = page->evidence;
    buf_put_text(page->out, say("\n证明\n", "\nproof\n"));
    buf_print(page->out,
              say("  日志 %" PRId64 " 条，根 %s\n",
                  "  log of %" PRId64 " letters, root %s\n"),
              evidence->head.size, digest_format(&evidence->head.root, hex));
    if (evidence->receipt)
        buf_print(page->out,
                  say("  该日志头由交换中心在提交回执 %s（第 %" PRId64
                      " 条）中签名\n",
                      "  signed by the centre in submission receipt %s (letter "
                      "%" PRId64 ")\n"),
                  evidence->receipt_id, evidence->receipt);
    else
        buf_put_text(page->out, say("  该日志头尚无签名\n",
                                    "  no receipt has signed this head\n"));
    for (size_t i = 0; i < evidence->count; i++)
        put_line(page, &evidence->lines[i]);
    if (evidence->count)
        buf_print(page->out,
                  say("  证明全文：--json、--html，或者 yisong log prove "
                      "--position 条 --size %" PRId64 "\n",
                      "  in full: --json, --html, or yisong log prove "
                      "--position N --size %" PRId64 "\n"),
                  evidence->head.size);
}

void feedback_put_text(const struct feedback_page *page)
{
    char at[INSTANT_TEXT_MAX];
    const struct casefile *casefile = page->feedback->timeline->casefile;
    buf_put_text(page->out, say("案件 ", "case "));
    put_bright(page, PAGE_BOLD, casefile->id);
    buf_print(page->out, say("  %s，截至 %s\n", "  %s, as of %s\n"),
              names_state(page->names, casefile->procedure, casefile->state),
              page_show_instant(page->feedback->at, at));
    if (!page->feedback->notice_count)
        buf_put_text(page->out,
                     say("\n  本案没有联合惩戒的告知\n",
                         "\n  no notice of joint punishment in this case\n"));
    for (size_t i = 0; i < page->feedback->notice_count; i++)
        put_notice(page, &page->feedback->notices[i]);
    put_proof(page);
}
