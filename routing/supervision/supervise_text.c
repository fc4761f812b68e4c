/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The list for someone at a terminal: headings, under each the rules that
 * found something with their ground, under each rule the cases, oldest first.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "routing/supervision/supervise.h"
#include "routing/timeline_page.h"

struct sheet {
    const struct findings *findings;
    const struct names *names;
    const struct words *only;
    bool colour;
    struct buf *out;
};

static bool is_wanted(const struct sheet *sheet, const struct finding *finding)
{
    return rules_wants(sheet->only, finding->rule->id);
}

static void put_bright(const struct sheet *sheet, const char *code,
                       const char *text)
{
    if (sheet->colour)
        buf_print(sheet->out, "\x1b[%sm", code);
    width_put(sheet->out, text);
    if (sheet->colour)
        buf_put_text(sheet->out, "\x1b[0m");
}

/* "南昌市公安局（police-nanchang）", or the id alone. */
static void put_agency(const struct sheet *sheet, const char *agency)
{
    const char *name = names_agency(sheet->names, agency);
    width_put(sheet->out, name);
    if (strcmp(name, agency) == 0)
        return;
    buf_put_text(sheet->out, say("（", " ("));
    width_put(sheet->out, agency);
    buf_put_text(sheet->out, say("）", ")"));
}

static void put_parties(const struct sheet *sheet, const char *parties)
{
    struct words list = words_parse(parties);
    for (size_t i = 0; i < list.count; i++) {
        buf_put_text(sheet->out, i ? say("、", ", ") : "");
        width_put(sheet->out, names_agency(sheet->names, list.items[i]));
    }
    words_done(&list);
}

static void put_thresholds(const struct sheet *sheet,
                           const struct finding *finding)
{
    const struct rules *rules = sheet->findings->rules;
    bool figures = false;
    for (size_t i = 0; i < rules->threshold_count; i++) {
        const struct threshold *threshold = &rules->thresholds[i];
        if (!(finding->thresholds & (UINT64_C(1) << i)))
            continue;
        figures = figures || !threshold->words;
        buf_print(
            sheet->out,
            say("      追诉标准：%s（%s）%s\n", "      threshold: %s (%s)%s\n"),
            label_say(&threshold->name), rules_basis(rules, threshold->article),
            threshold->grave ? say("，情节严重", ", grave") : "");
    }
    if (!figures)
        buf_put_text(sheet->out,
                     say("      依公文文字推断，须人工核对\n",
                         "      read from words alone: to be checked\n"));
}

static void put_time(const struct sheet *sheet, const struct finding *finding)
{
    char since[INSTANT_TEXT_MAX], due[INSTANT_TEXT_MAX];
    AUTO(buf) struct buf age = {0};
    AUTO(buf) struct buf late = {0};
    instant end = finding->done ? finding->done : sheet->findings->at;
    page_put_span(&age, end - finding->since);
    buf_print(sheet->out, say("      自 %s 起 %s", "      since %s, %s"),
              page_show_instant(finding->since, since), buf_text(&age));
    if (finding->due) {
        page_put_span(&late, end - finding->due);
        buf_print(sheet->out, say("；期限 %s，", "; due %s, "),
                  page_show_instant(finding->due, due));
        AUTO(buf) struct buf text = {0};
        buf_print(&text,
                  finding->done ? say("逾期 %s 办理", "done %s late")
                                : say("已逾期 %s", "%s late"),
                  buf_text(&late));
        put_bright(sheet, PAGE_RED, buf_text(&text));
    }
    buf_put_char(sheet->out, '\n');
}

static void put_letter(const struct sheet *sheet, const struct finding *finding)
{
    if (!finding->position)
        return;
    buf_print(sheet->out,
              say("      公文 第 %" PRId64 " 条 ", "      letter %" PRId64 " "),
              finding->position);
    width_put(sheet->out, names_type(finding->letter_type));
    buf_put_text(sheet->out, "  ");
    width_put(sheet->out, finding->letter_id);
    if (finding->undelivered)
        put_bright(sheet, PAGE_RED, say("  尚未送达", "  not delivered yet"));
    buf_put_char(sheet->out, '\n');
}

static void put_finding(const struct sheet *sheet,
                        const struct finding *finding)
{
    struct buf *out = sheet->out;
    const struct names *names = sheet->names;
    buf_put_text(out, "    ");
    put_bright(sheet, PAGE_BOLD, finding->case_id);
    buf_print(out, "  %s  %s\n",
              names->procedures
                  ? procedure_name(names->procedures, finding->procedure)
                  : finding->procedure,
              names_state(names, finding->procedure, finding->state));
    if (*finding->agency) {
        buf_put_text(out, say("      责任机关 ", "      by "));
        put_agency(sheet, finding->agency);
        if (*finding->limit)
            buf_print(out, say("：%s", ": %s"),
                      names_limit(names, finding->procedure, finding->limit));
        buf_put_char(out, '\n');
    }
    if (*finding->subject) {
        buf_put_text(out, say("      当事人 ", "      about "));
        width_put(out, finding->subject);
        buf_put_char(out, '\n');
    }
    if (finding->thresholds)
        put_thresholds(sheet, finding);
    put_time(sheet, finding);
    put_letter(sheet, finding);
    buf_put_text(out, say("      当事机关 ", "      parties "));
    put_parties(sheet, finding->parties);
    buf_put_char(out, '\n');
}

/* The ground stands with the rule where all its findings share it. */
static void put_rule(const struct sheet *sheet, const struct rule *rule,
                     size_t from)
{
    const struct findings *findings = sheet->findings;
    const char *article = findings->items[from].article;
    size_t count = 0;
    for (size_t i = from;
         i < findings->count && findings->items[i].rule == rule; i++)
        count++;
    buf_print(sheet->out, "\n  %s  [%s]  %zu\n", label_say(&rule->name),
              rule->id, count);
    for (size_t i = from; i < from + count; i++) {
        if (i == from || strcmp(findings->items[i].article, article) != 0) {
            article = findings->items[i].article;
            if (*article)
                buf_print(sheet->out, say("  依据：%s\n", "  ground: %s\n"),
                          rules_basis(findings->rules, article));
        }
        put_finding(sheet, &findings->items[i]);
    }
}

static void put_heading(const struct sheet *sheet,
                        const struct heading *heading)
{
    const struct findings *findings = sheet->findings;
    size_t count = 0;
    for (size_t i = 0; i < findings->count; i++)
        count += findings->items[i].rule->heading == heading &&
                 is_wanted(sheet, &findings->items[i]);
    buf_put_char(sheet->out, '\n');
    put_bright(sheet, PAGE_BOLD, label_say(&heading->name));
    if (count)
        buf_print(sheet->out, say("  %zu 项\n", "  %zu\n"), count);
    else
        buf_put_text(sheet->out, say("  无\n", "  none\n"));
    const struct rule *before = NULL;
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        if (finding->rule->heading == heading && finding->rule != before &&
            is_wanted(sheet, finding))
            put_rule(sheet, finding->rule, i);
        before = finding->rule;
    }
}

/* --- how many of each ------------------------------------------------------
 */

enum { OVERVIEW_COLUMNS = 72, OVERVIEW_LEAST = 12 };

static void put_count(const struct sheet *sheet, size_t indent,
                      const char *name, size_t count)
{
    char figure[24];
    snprintf(figure, sizeof figure, "%zu", count);
    buf_print(sheet->out, "%*s", (int)indent, "");
    width_put_in(sheet->out, name,
                 OVERVIEW_COLUMNS - indent - width_of(figure));
    buf_print(sheet->out, "%s\n", figure);
}

static size_t count_of(const struct sheet *sheet, const struct heading *heading,
                       const struct rule *rule)
{
    size_t count = 0;
    for (size_t i = 0; i < sheet->findings->count; i++) {
        const struct finding *finding = &sheet->findings->items[i];
        count += (!heading || finding->rule->heading == heading) &&
                 (!rule || finding->rule == rule) && is_wanted(sheet, finding);
    }
    return count;
}

static void put_overview(const struct sheet *sheet)
{
    const struct rules *rules = sheet->findings->rules;
    buf_put_char(sheet->out, '\n');
    for (size_t i = 0; i < rules->heading_count; i++) {
        const struct heading *heading = &rules->headings[i];
        size_t count = count_of(sheet, heading, NULL);
        if (count)
            put_count(sheet, 2, label_say(&heading->name), count);
        for (size_t k = 0; count && k < rules->rule_count; k++) {
            size_t found = count_of(sheet, heading, &rules->rules[k]);
            if (found)
                put_count(sheet, 4, label_say(&rules->rules[k].name), found);
        }
    }
    put_count(sheet, 2, say("共计", "in all"), count_of(sheet, NULL, NULL));
}

void findings_put_text(const struct findings *findings,
                       const struct names *names, const struct words *only,
                       const struct finding_style *style, struct buf *out)
{
    const struct sheet sheet = {findings, names, only, style->colour, out};
    char at[INSTANT_TEXT_MAX];
    buf_print(out, say("监督清单，截至 %s\n", "to be looked at, as of %s\n"),
              page_show_instant(findings->at, at));
    if (style->summary || count_of(&sheet, NULL, NULL) >= OVERVIEW_LEAST)
        put_overview(&sheet);
    if (style->summary)
        return;
    for (size_t i = 0; i < findings->rules->heading_count; i++)
        put_heading(&sheet, &findings->rules->headings[i]);
    buf_put_text(out,
                 say("\n本清单只依据经交换中心的公文。各项规则看不到什么："
                     "yisong supervise --rules\n",
                     "\nOnly letters of this centre are seen. What each rule "
                     "cannot see: yisong supervise --rules\n"));
}

static void put_rule_words(const struct rules *rules, const struct rule *rule,
                           struct buf *out)
{
    buf_print(out, "\n  %s  [%s]\n", label_say(&rule->name), rule->id);
    if (rule->article)
        buf_print(out, say("    依据：%s\n", "    ground: %s\n"),
                  rules_basis(rules, rule->article));
    else
        buf_put_text(out, say("    依据：该期限的条文\n",
                              "    ground: the article of the limit\n"));
    if (*label_say(&rule->blind))
        buf_print(out, say("    看不到：%s\n", "    cannot see: %s\n"),
                  label_say(&rule->blind));
}

void rules_put_text(const struct rules *rules, struct buf *out)
{
    for (size_t i = 0; i < rules->heading_count; i++) {
        const struct heading *heading = &rules->headings[i];
        buf_print(out, "%s%s\n", i ? "\n" : "", label_say(&heading->name));
        for (size_t k = 0; k < rules->rule_count; k++)
            if (rules->rules[k].heading == heading)
                put_rule_words(rules, &rules->rules[k], out);
    }
    buf_put_text(out, say("\n追诉标准\n\n", "\ncrime thresholds\n\n"));
    for (size_t i = 0; i < rules->threshold_count; i++) {
        const struct threshold *threshold = &rules->thresholds[i];
        buf_print(out,
                  say("  %s  [%s]\n    依据：%s；%s\n",
                      "  %s  [%s]\n    ground: %s; %s\n"),
                  label_say(&threshold->name), threshold->id,
                  rules_basis(rules, threshold->article),
                  threshold->words ? say("依文字推断，须人工核对",
                                         "read from words: to be checked")
                                   : say("依数值判断", "read from figures"));
    }
}
