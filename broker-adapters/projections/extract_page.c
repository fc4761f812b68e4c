/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The public page. Everything is in one file, so that it can be laid on any web
 * server, mailed or printed; the policy in its head forbids a browser to fetch
 * or run anything. Colours never say alone what words do not say.
 */
#include "broker-adapters/projections/extract.h"

#include <string.h>

#include "base/digest.h"

static const char style[] =
    ":root{--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--head:#f3f5f7;"
    "--red:#b42318;--redbg:#fdecea;--yellow:#7a5200;--yellowbg:#fff4d1}"
    "*{box-sizing:border-box}"
    "body{margin:0 auto;max-width:78rem;padding:2rem 1.25rem 4rem;"
    "color:var(--ink);background:#fff;line-height:1.65;"
    "font:1rem/1.65 \"Noto Sans CJK SC\",\"Source Han Sans SC\","
    "\"PingFang SC\",\"Microsoft YaHei\",sans-serif}"
    "header{border-bottom:3px solid var(--ink);padding-bottom:1rem}"
    "h1{font-size:1.7rem;line-height:1.3;margin:0 0 .4rem}"
    "h2{font-size:1.25rem;margin:2.5rem 0 .6rem}"
    "p{margin:.3rem 0}.soft{color:var(--soft)}"
    "nav{display:flex;flex-wrap:wrap;gap:.6rem;margin:1.2rem 0 0}"
    "nav a{flex:1 1 6rem;border:1px solid var(--line);border-radius:.4rem;"
    "padding:.6rem .9rem;color:inherit;text-decoration:none}"
    "nav a:hover,nav a:focus{border-color:var(--ink)}"
    "nav b{display:block;font-size:1.6rem;line-height:1.2}"
    "table{width:100%;border-collapse:collapse;font-size:.9rem}"
    "th,td{border:1px solid var(--line);padding:.45rem .6rem;"
    "text-align:left;vertical-align:top}"
    "thead th{background:var(--head);white-space:nowrap}"
    "td.nowrap,td.code{white-space:nowrap}"
    "td.code{font-family:ui-monospace,Menlo,Consolas,monospace;"
    "font-size:.85em}"
    "td.sum{text-align:right;white-space:nowrap;"
    "font-variant-numeric:tabular-nums}"
    "td.long{min-width:12rem;white-space:pre-line}"
    "td.mid{min-width:7.5rem}"
    "tbody td:first-child{min-width:9rem;font-weight:600}"
    ".card{display:inline-block;padding:0 .55em;border-radius:.25em;"
    "border:1px solid;font-weight:600;white-space:nowrap}"
    ".red{color:var(--red);background:var(--redbg)}"
    ".yellow{color:var(--yellow);background:var(--yellowbg)}"
    "footer{margin-top:3rem;border-top:1px solid var(--line);"
    "padding-top:1rem;font-size:.85rem}"
    "footer li{overflow-wrap:anywhere}"
    "@media screen and "
    "(max-width:62rem){table,tbody,tr,td{display:block;width:100%}"
    "thead{display:none}tr{border:1px solid var(--line);"
    "border-radius:.4rem;margin:0 0 .8rem;padding:.3rem .2rem}"
    "td,td.sum{border:0;text-align:left;padding:.15rem .7rem;"
    "overflow-wrap:anywhere}td.code,td.nowrap{white-space:normal}"
    "td.long,td.mid{min-width:0}"
    "td::before{content:attr(data-label)\"：\";color:var(--soft)}"
    "td:first-child{font-weight:600}td:first-child::before{content:\"\"}"
    "td:empty{display:none}}"
    "@media print{@page{size:A4 landscape;margin:12mm}"
    "body{max-width:none;padding:0;font-size:9.5pt}nav{display:none}"
    "h2{break-after:avoid}tr{break-inside:avoid}"
    "thead{display:table-header-group}table{font-size:8.5pt}"
    "thead th,.card{print-color-adjust:exact;"
    "-webkit-print-color-adjust:exact}}";

/* One cell: its label for small screens, its class, its text. */
static void put_cell(struct buf *out, const char *label, const char *class,
                     const char *text)
{
    buf_print(out, "<td data-label=\"%s\"", label);
    if (*class)
        buf_print(out, " class=\"%s\"", class);
    buf_put_char(out, '>');
    buf_put_xml(out, text);
    buf_put_text(out, "</td>");
}

static void put_heading(struct buf *out, const char *const labels[],
                        size_t count)
{
    buf_put_text(out, "<table>\n<thead><tr>");
    for (size_t i = 0; i < count; i++)
        buf_print(out, "<th scope=\"col\">%s</th>", labels[i]);
    buf_put_text(out, "</tr></thead>\n<tbody>\n");
}

static const char *const card_labels[] = {
    "名称",     "统一社会信用代码", "牌",       "制度", "决定文号",
    "决定日期", "有效期至",         "作出机关", "事由"};

static void put_card(struct buf *out, const struct extract_row *row)
{
    const char *const *label = card_labels;
    AUTO(buf) struct buf kind = {0};
    extract_put_kind(row->kind, &kind);
    buf_put_text(out, "<tr>");
    put_cell(out, label[0], "", row->name);
    put_cell(out, label[1], "code", row->code);
    buf_print(out,
              "<td data-label=\"%s\"><span class=\"card %s\">%s</span></td>",
              label[2], strcmp(row->kind, "red") == 0 ? "red" : "yellow",
              buf_text(&kind));
    put_cell(out, label[3], "mid", row->title);
    put_cell(out, label[4], "nowrap", row->number);
    put_cell(out, label[5], "nowrap", row->from);
    put_cell(out, label[6], "nowrap", row->until);
    put_cell(out, label[7], "", row->authority);
    put_cell(out, label[8], "long", row->text);
    buf_put_text(out, "</tr>\n");
}

static const char *const penalty_labels[] = {"行政相对人", "统一社会信用代码",
                                             "决定书文号", "违法行为",
                                             "处罚类别",   "违法事实和处罚内容",
                                             "罚款（元）", "决定日期",
                                             "公示截止",   "处罚机关"};

/* 1234567.5 as 1,234,567.5. */
static void put_sum(const char *amount, struct buf *out)
{
    size_t whole = strcspn(amount, ".");
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0)
            buf_put_char(out, ',');
        buf_put_char(out, amount[i]);
    }
    buf_put_text(out, amount + whole);
}

static void put_penalty(struct buf *out, const struct extract_row *row)
{
    const char *const *label = penalty_labels;
    AUTO(buf) struct buf kind = {0};
    AUTO(buf) struct buf sum = {0};
    extract_put_kind(row->kind, &kind);
    put_sum(row->amount, &sum);
    buf_put_text(out, "<tr>");
    put_cell(out, label[0], "", row->name);
    put_cell(out, label[1], "code", row->code);
    put_cell(out, label[2], "nowrap", row->number);
    put_cell(out, label[3], "", row->title);
    put_cell(out, label[4], "", buf_text(&kind));
    put_cell(out, label[5], "long", row->text);
    put_cell(out, label[6], "sum", buf_text(&sum));
    put_cell(out, label[7], "nowrap", row->from);
    put_cell(out, label[8], "nowrap", row->until);
    put_cell(out, label[9], "", row->authority);
    buf_put_text(out, "</tr>\n");
}

static void put_part(struct buf *out, const struct extract_part *part,
                     const char *const labels[], size_t count,
                     void (*put)(struct buf *out,
                                 const struct extract_row *row))
{
    if (part->count == 0) {
        buf_put_text(out, "<p>无。</p>\n");
        return;
    }
    put_heading(out, labels, count);
    for (size_t i = 0; i < part->count; i++)
        put(out, &part->rows[i]);
    buf_put_text(out, "</tbody>\n</table>\n");
}

static void put_head(struct buf *out, const struct extract *extract)
{
    size_t red = 0;
    for (size_t i = 0; i < extract->cards.count; i++)
        red += strcmp(extract->cards.rows[i].kind, "red") == 0;
    buf_put_text(out,
                 "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n"
                 "<meta charset=\"utf-8\">\n"
                 "<meta name=\"viewport\" content=\"width=device-width\">\n"
                 "<meta http-equiv=\"Content-Security-Policy\" "
                 "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
                 "<title>环保红黄牌和行政处罚信息公示</title>\n<style>");
    buf_put_text(out, style);
    buf_put_text(out, "</style>\n</head>\n<body>\n<header>\n"
                      "<h1>环保红黄牌和行政处罚信息公示</h1>\n<p>");
    buf_put_xml(out, extract->publisher);
    buf_print(out,
              "　截至 <time datetime=\"%s\">%s</time></p>\n</header>\n<nav>"
              "<a href=\"#cards\"><b>%zu</b>红牌</a>"
              "<a href=\"#cards\"><b>%zu</b>黄牌</a>"
              "<a href=\"#penalties\"><b>%zu</b>行政处罚</a></nav>\n",
              extract->day, extract->day, red, extract->cards.count - red,
              extract->penalties.count);
}

static void put_foot(struct buf *out, const struct extract *extract,
                     const struct extract_file *files, size_t count)
{
    char text[INSTANT_TEXT_MAX], hex[DIGEST_TEXT_MAX];
    buf_put_text(
        out,
        "<footer>\n<p>本页只列截至当日有效的决定；摘牌、修复或者公示期满的，"
        "不再列出。自然人只公开姓氏，不公开证件号码和联系方式。"
        "“牌”依各地红黄牌制度作出，不是企业环境信用评价的等级颜色。</p>\n"
        "<p>各条均由作出机关签名的文书生成；认为信息有误的，"
        "可以向作出机关或者本平台提出异议。</p>\n<p>同时公布的数据文件及其"
        " SHA-256 摘要：</p>\n<ul>\n");
    for (size_t i = 0; i < count; i++) {
        struct digest digest = digest_of(
            DIGEST_SHA256, buf_text(files[i].bytes), files[i].bytes->size);
        buf_print(out, "<li><a href=\"%s\">%s</a>　<code>%s</code></li>\n",
                  files[i].name, files[i].name, digest_format(&digest, hex));
    }
    buf_print(out, "</ul>\n<p class=\"soft\">生成时间 %s</p>\n</footer>\n",
              instant_format(extract->made_at, text));
}

void extract_put_page(const struct extract *extract,
                      const struct extract_file *files, size_t count,
                      struct buf *out)
{
    put_head(out, extract);
    buf_put_text(out, "<main>\n<section id=\"cards\">\n<h2>红黄牌</h2>\n");
    put_part(out, &extract->cards, card_labels, COUNT_OF(card_labels),
             put_card);
    buf_put_text(out, "</section>\n<section id=\"penalties\">\n"
                      "<h2>行政处罚</h2>\n");
    put_part(out, &extract->penalties, penalty_labels, COUNT_OF(penalty_labels),
             put_penalty);
    buf_put_text(out, "</section>\n</main>\n");
    put_foot(out, extract, files, count);
    buf_put_text(out, "</body>\n</html>\n");
}
