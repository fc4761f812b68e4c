/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Feedback as one page that prints on A4 and needs nothing from elsewhere: no
 * script, no font, no image. What letters say is escaped.
 */
#include <inttypes.h>
#include <string.h>

#include "base/language.h"
#include "routing/supervision/feedback.h"
#include "routing/timeline_page.h"

static const char style[] =
    "body{font:14px/1.5 serif;max-width:52em;margin:2em auto;color:#111}"
    "h1{font-size:20px}h2{font-size:16px;margin:1.6em 0 .3em}"
    "table{border-collapse:collapse;width:100%}"
    "th,td{border:1px solid #999;padding:.3em .5em;text-align:left;"
    "vertical-align:top}th{background:#eee}"
    ".late{color:#a00;font-weight:bold}.hash{font:11px monospace;"
    "word-break:break-all}small{color:#555}"
    "@media print{body{margin:0}details>*{display:block}}";

static void put_cell(struct buf *out, const char *text)
{
    buf_put_text(out, "<td>");
    buf_put_xml(out, text);
    buf_put_text(out, "</td>");
}

static void put_instant_cell(struct buf *out, instant at)
{
    char text[INSTANT_TEXT_MAX];
    put_cell(out, at ? page_show_instant(at, text) : "-");
}

static void put_answer(struct buf *out, const struct answer *answer)
{
    char at[INSTANT_TEXT_MAX];
    buf_print(out, "<div>%s ",
              page_show_instant(answer->letter->received_at, at));
    buf_put_xml(out, answer->standing ? label_say(&answer->standing->name)
                                      : names_type(answer->letter->type));
    buf_print(out,
              say(" <small>第 %" PRId64 " 条</small></div>",
                  " <small>letter %" PRId64 "</small></div>"),
              answer->letter->position);
    for (size_t i = 0; i < answer->measure_count; i++) {
        const struct measure_said *measure = &answer->measures[i];
        const char *const texts[] = {measure->name, measure->amount,
                                     measure->from, measure->reason};
        const char *gap = "";
        buf_put_text(out, "<div><small>");
        for (size_t k = 0; k < COUNT_OF(texts); k++) {
            if (!*texts[k])
                continue;
            buf_put_text(out, gap);
            buf_put_xml(out, texts[k]);
            gap = say("；", "; ");
        }
        buf_put_text(out, "</small></div>");
    }
}

static void put_clocks(const struct feedback_page *page,
                       const struct told_notice *notice,
                       const struct addressee *addressee)
{
    char at[INSTANT_TEXT_MAX];
    const struct deadline *clock = NULL;
    const char *procedure = page->feedback->timeline->casefile->procedure;
    buf_put_text(page->out, "<td>");
    while (
        (clock = addressee_clock(page->feedback, notice, addressee, clock))) {
        bool late = clock->status == DEADLINE_MET_LATE ||
                    (clock->status == DEADLINE_RUNNING &&
                     page->feedback->at > clock->due);
        buf_print(page->out, "<div%s>", late ? " class=\"late\"" : "");
        buf_put_xml(page->out,
                    names_limit(page->names, procedure, clock->limit));
        if (clock->due)
            buf_print(page->out, " %s", page_show_instant(clock->due, at));
        buf_print(page->out, "%s</div>", late ? say(" 逾期", " late") : "");
    }
    for (size_t i = 0; i < addressee->reminding_count; i++)
        buf_print(page->out,
                  say("<div>催办 %s</div>", "<div>reminded %s</div>"),
                  page_show_instant(
                      addressee->remindings[i].letter->received_at, at));
    buf_put_text(page->out, "</td>");
}

static void put_addressee(const struct feedback_page *page,
                          const struct told_notice *notice,
                          const struct addressee *addressee)
{
    char at[INSTANT_TEXT_MAX];
    struct buf *out = page->out;
    buf_put_text(out, "<tr>");
    put_cell(out, names_agency(page->names, addressee->agency));
    put_instant_cell(out, addressee->delivery->delivered_at);
    buf_print(out, "<td%s>", addressee->standing ? "" : " class=\"late\"");
    buf_put_xml(out, addressee_standing_name(page->feedback->rules, addressee));
    if (addressee->silent_since)
        buf_print(out,
                  say("<div><small>自 %s 起</small></div>",
                      "<div><small>since %s</small></div>"),
                  page_show_instant(addressee->silent_since, at));
    buf_put_text(out, "</td><td>");
    for (size_t i = 0; i < addressee->answer_count; i++)
        put_answer(out, &addressee->answers[i]);
    buf_put_text(out, "</td>");
    put_clocks(page, notice, addressee);
    buf_put_text(out, "</tr>\n");
}

static void put_notice(const struct feedback_page *page,
                       const struct told_notice *notice)
{
    char at[INSTANT_TEXT_MAX];
    struct buf *out = page->out;
    const struct timeline_letter *letter = notice->letter;
    buf_put_text(out, "<h2>");
    buf_put_xml(out, names_type(letter->type));
    buf_put_text(out, " ");
    buf_put_xml(out, letter->number);
    buf_put_text(out, "</h2>\n<p>");
    buf_put_xml(out, names_agency(page->names, letter->sender));
    buf_print(out,
              say("，%s，第 %" PRId64 " 条</p>\n<table><tr>",
                  ", %s, letter %" PRId64 "</p>\n<table><tr>"),
              page_show_instant(letter->received_at, at), letter->position);
    const char *const heads[][2] = {{"被告知机关", "told"},
                                    {"送达", "delivered"},
                                    {"情况", "standing"},
                                    {"答复", "answers"},
                                    {"期限与催办", "limits and reminders"}};
    for (size_t i = 0; i < COUNT_OF(heads); i++)
        buf_print(out, "<th>%s</th>", say(heads[i][0], heads[i][1]));
    buf_put_text(out, "</tr>\n");
    for (size_t i = 0; i < notice->addressee_count; i++)
        put_addressee(page, notice, &notice->addressees[i]);
    buf_put_text(out, "</table>\n");
}

static void put_line(struct buf *out, const struct evidence_line *line)
{
    char hex[DIGEST_TEXT_MAX];
    buf_print(out, "<tr><td>%" PRId64 "</td>", line->position);
    put_instant_cell(out, line->received_at);
    put_cell(out, names_type(line->type));
    buf_put_text(out, "<td class=\"hash\">");
    buf_put_xml(out, line->id);
    buf_print(out, "<br>%s<details><summary>%s</summary>",
              digest_format(&line->digest, hex),
              line->is_proved ? say("证明", "proof")
                              : say("在所签日志头之后", "after the head"));
    buf_put_xml(out, line->entry);
    for (size_t i = 0; line->is_proved && i < line->proof.count; i++)
        buf_print(out, "<br>%s", digest_format(&line->proof.nodes[i], hex));
    buf_put_text(out, "</details></td></tr>\n");
}

static void put_proof(const struct feedback_page *page)
{
    char hex[DIGEST_TEXT_MAX];
    struct buf *out = page->out;
    const struct evidence *evidence = page->evidence;
    buf_print(out, "<h2>%s</h2>\n<p>", say("证明", "Proof"));
    buf_print(out,
              say("日志 %" PRId64 " 条，根 <span class=\"hash\">%s</span>，",
                  "log of %" PRId64
                  " letters, root <span class=\"hash\">%s</span>, "),
              evidence->head.size, digest_format(&evidence->head.root, hex));
    if (evidence->receipt) {
        buf_put_text(out, say("交换中心在提交回执 ",
                              "signed by the centre in submission receipt "));
        buf_put_xml(out, evidence->receipt_id);
        buf_put_text(out, say(" 中签名。</p>\n", ".</p>\n"));
    } else {
        buf_put_text(out, say("尚无签名。</p>\n", "not signed yet.</p>\n"));
    }
    buf_print(out,
              "<table><tr><th>%s</th><th>%s</th><th>%s</th><th>%s</th></tr>\n",
              say("条", "letter"), say("接收", "received"), say("文书", "type"),
              say("编号、摘要、证明", "id, digest, proof"));
    for (size_t i = 0; i < evidence->count; i++)
        put_line(out, &evidence->lines[i]);
    buf_put_text(out, "</table>\n");
}

void feedback_put_html(const struct feedback_page *page)
{
    char at[INSTANT_TEXT_MAX];
    struct buf *out = page->out;
    const struct casefile *casefile = page->feedback->timeline->casefile;
    buf_print(out,
              "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta "
              "charset=\"utf-8\">\n<title>%s ",
              say("zh", "en"), say("联合惩戒反馈", "feedback"));
    buf_put_xml(out, casefile->id);
    buf_print(out, "</title>\n<style>%s</style></head><body>\n<h1>", style);
    buf_put_text(out, say("联合惩戒反馈情况：案件 ",
                          "Feedback on joint punishment: case "));
    buf_put_xml(out, casefile->id);
    buf_put_text(out, "</h1>\n<p>");
    buf_put_xml(out,
                names_state(page->names, casefile->procedure, casefile->state));
    buf_print(out, say("，截至 %s</p>\n", ", as of %s</p>\n"),
              page_show_instant(page->feedback->at, at));
    for (size_t i = 0; i < page->feedback->notice_count; i++)
        put_notice(page, &page->feedback->notices[i]);
    put_proof(page);
    buf_put_text(out, "</body></html>\n");
}
