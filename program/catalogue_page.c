/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A page is a list of rows: a label and a text. They are gathered once and
 * written in one of two ways; what a person reads is the same in both.
 */
#include "program/catalogue_page.h"

#include <string.h>

#include "base/language.h"
#include "routing/procedure_acts.h"
#include "schemas/example.h"

/* Where rows go: text for a terminal, or a definition list. */
struct page {
    const struct procedures *procedures;
    const struct message_type *type;
    struct buf *out;
    bool html;
};

static void put_row(const struct page *page, const char *label,
                    const char *text)
{
    if (!*text)
        return;
    if (!page->html) {
        buf_print(page->out, "%s%s%s\n", label, say("：", ": "), text);
        return;
    }
    buf_put_text(page->out, "<dt>");
    buf_put_xml(page->out, label);
    buf_put_text(page->out, "</dt><dd>");
    buf_put_xml(page->out, text);
    buf_put_text(page->out, "</dd>\n");
}

/* --- what the catalogue says ------------------------------------------------
 */

static const char *scope_text(const char *scope)
{
    static const char *const rows[][3] = {
        {"network", "机关之间", "between agencies"},
        {"internal", "机关内部，由本机关记录", "inside an agency, on record"},
        {"enterprise", "与企业往来，由机关记录",
         "with an enterprise, recorded by the agency"},
        {"public", "与公众往来，由机关记录",
         "with the public, recorded by the agency"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (strcmp(rows[i][0], scope) == 0)
            return say(rows[i][1], rows[i][2]);
    return scope;
}

static const char *certainty_text(const char *certainty)
{
    static const char *const rows[][3] = {
        {"R", "读过条文", "the provision was read"},
        {"R2", "二手报道", "a report of it was read"},
        {"S", "源文件", "a source notice"},
        {"M", "未核实", "not confirmed"},
        {"N", "未见条文", "no text found"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (strcmp(rows[i][0], certainty) == 0)
            return say(rows[i][1], rows[i][2]);
    return certainty;
}

static void put_needs(const struct page *page)
{
    AUTO(buf) struct buf text = {0};
    for (size_t i = 0; i < page->type->need_count; i++) {
        const struct message_need *need = &page->type->needs[i];
        buf_print(&text, "%s%s", i ? ", " : "", need->path);
        if (need->value)
            buf_print(&text, " = %s", need->value);
    }
    put_row(page, say("必填", "needs"), buf_text(&text));
}

static void put_facts(const struct page *page)
{
    const struct message_type *type = page->type;
    put_row(page, say("编号", "id"), type->id);
    put_row(page, say("中文名称", "Chinese name"), type->chinese);
    put_row(page, say("英文名称", "English name"), type->english);
    put_row(page, say("正文形式", "body form"), type->form);
    put_row(page, say("往来范围", "scope"), scope_text(type->scope));
    if (type->coined)
        put_row(page, say("说明", "note"),
                say("条文没有写明文书名称，名称由本系统拟定",
                    "the texts name no such document; the name is ours"));
    put_row(page, say("发送方", "from"), type->from);
    put_row(page, say("接收方", "to"), type->to);
    put_row(page, say("抄送", "copy"), type->copy);
    put_needs(page);
}

/* --- what the law says ------------------------------------------------------
 */

static void put_article(const struct page *page, const char *id)
{
    AUTO(buf) struct buf text = {0};
    const struct article *article = procedure_article(page->procedures, id);
    if (!article)
        return;
    buf_print(&text, "%s：%s (%s%s%s)",
              say(article->basis_zh, article->basis_en), article->gist, id,
              say("，", ", "), certainty_text(article->certainty));
    put_row(page, say("依据", "basis"), buf_text(&text));
}

static void put_basis(const struct page *page)
{
    struct words articles = words_parse(page->type->basis);
    for (size_t i = 0; i < articles.count; i++)
        put_article(page, articles.items[i]);
    if (articles.count == 0 && !page->type->cross_cutting)
        put_row(page, say("依据", "basis"), certainty_text("N"));
    words_done(&articles);
}

/* --- what the procedures say ------------------------------------------------
 */

static void put_names(const struct page *page, const struct act_facts *act,
                      const struct words *ids,
                      const char *(*name)(const struct procedures *,
                                          const char *, const char *),
                      struct buf *out)
{
    for (size_t i = 0; i < ids->count; i++)
        buf_print(out, "%s%s", i ? say("、", ", ") : "",
                  name(page->procedures, act->procedure, ids->items[i]));
}

static void put_limits(const struct page *page, const struct act_facts *act,
                       const char *label, const struct words *limits,
                       struct buf *out)
{
    for (size_t i = 0; i < limits->count; i++) {
        buf_print(out, "%s%s%s", say("；", "; "), label, say("：", ": "));
        procedure_put_limit(page->procedures, act->procedure, limits->items[i],
                            out);
    }
}

static void put_act(const struct page *page, const struct act_facts *act)
{
    AUTO(buf) struct buf text = {0};
    buf_print(&text, "%s%s", procedure_name(page->procedures, act->procedure),
              say("：", ": "));
    if (act->opens)
        buf_put_text(&text, say("开启案件", "opens a case"));
    else
        put_names(page, act, act->states, procedure_state_name, &text);
    if (*act->condition)
        buf_print(&text, say("（%s）", " (%s)"), act->condition);
    buf_put_text(&text, say("；", "; "));
    put_names(page, act, act->from, procedure_party_name, &text);
    buf_put_text(&text, " → ");
    put_names(page, act, act->to, procedure_party_name, &text);
    if (*act->next)
        buf_print(
            &text, say("；进入“%s”", "; leads to \"%s\""),
            procedure_state_name(page->procedures, act->procedure, act->next));
    char *within[] = {(char *)(uintptr_t)act->within};
    const struct words own = {within, *act->within != '\0'};
    put_limits(page, act, say("应在期限内", "due within"), &own, &text);
    put_limits(page, act, say("履行", "meets"), act->meets, &text);
    put_limits(page, act, say("起算", "starts"), act->starts, &text);
    if (*act->article)
        buf_print(&text, " [%s]", act->article);
    put_row(page, say("程序", "procedure"), buf_text(&text));
}

static void put_acts(const struct page *page)
{
    struct act_place place = {0};
    struct act_facts act;
    size_t count = 0;
    for (; procedure_next_act(page->procedures, page->type->id, &place, &act);
         count++)
        put_act(page, &act);
    if (count == 0)
        put_row(page, say("程序", "procedure"),
                say("不属于任何程序", "belongs to no procedure"));
}

/* --- pages ------------------------------------------------------------------
 */

enum reason catalogue_put_text(const struct procedures *procedures,
                               const struct message_type *type, struct buf *out,
                               struct fault *why)
{
    const struct page page = {procedures, type, out, false};
    put_facts(&page);
    put_basis(&page);
    put_acts(&page);
    buf_put_char(out, '\n');
    return message_example(type->id, MESSAGE_XML, out, why);
}

enum reason catalogue_put_html(const struct procedures *procedures,
                               const struct message_type *type, struct buf *out,
                               struct fault *why)
{
    const struct page page = {procedures, type, out, true};
    AUTO(buf) struct buf xml = {0};
    AUTO(buf) struct buf json = {0};
    TRY(message_example(type->id, MESSAGE_XML, &xml, why));
    TRY(message_example(type->id, MESSAGE_JSON, &json, why));
    buf_print(out, "<section id=\"%s\">\n<h2>%s</h2>\n<dl>\n", type->id,
              say(type->chinese, type->english));
    put_facts(&page);
    put_basis(&page);
    put_acts(&page);
    buf_print(out, "</dl>\n<details><summary>%s XML</summary><pre>",
              say("样例", "example"));
    buf_put_xml(out, buf_text(&xml));
    buf_print(out, "</pre></details>\n<details><summary>%s JSON</summary><pre>",
              say("样例", "example"));
    buf_put_xml(out, buf_text(&json));
    buf_put_text(out, "</pre></details>\n</section>\n");
    return buf_check(out, why);
}
