/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong catalogue: the types of letters, or the page of one type, as text,
 * HTML or JSON.
 */
#include "program/catalogue_page.h"

#include <stdio.h>

#include "base/language.h"
#include "program/command.h"

static const struct option options[] = {
    {"--json", NULL, "输出 JSON", "print JSON"},
    {"--html", NULL, "输出网页", "print a page for a browser"},
    {"--procedures", "FOLDER", "程序文件夹（缺省为程序自带的文件）",
     "folder of procedure files (default: those the program carries)"},
};

static enum reason put_list(const struct procedures *procedures,
                            const struct message_type *type, struct buf *out,
                            struct fault *why)
{
    (void)procedures;
    buf_print(out, "%-36s %-15s %s\n", type->id, type->form,
              say(type->chinese, type->english));
    return buf_check(out, why);
}

static enum reason put_json(const struct procedures *procedures,
                            const struct message_type *type, struct buf *out,
                            struct fault *why)
{
    catalogue_put_json(procedures, type, out);
    buf_put_char(out, '\n');
    return buf_check(out, why);
}

static void put_html_head(struct buf *out)
{
    const char *title = say("文书目录", "Catalogue of letters");
    buf_print(out,
              "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta "
              "charset=\"utf-8\"><title>%s</title>\n<style>body{font-family:"
              "sans-serif;max-width:60rem;margin:auto;padding:1rem}dt{font-"
              "weight:bold}dd{margin:0 0 .4rem 1.5rem}pre{overflow:auto;"
              "background:#f4f4f4;padding:.5rem}section{border-top:1px solid "
              "#ccc}</style></head><body>\n<h1>%s</h1>\n",
              say("zh-CN", "en"), title, title);
}

static void put_html_index(struct buf *out)
{
    buf_put_text(out, "<ul>\n");
    for (size_t i = 0; i < catalogue_count(); i++) {
        const struct message_type *type = catalogue_get(i);
        buf_print(out, "<li><a href=\"#%s\">%s</a> %s</li>\n", type->id,
                  type->id, say(type->chinese, type->english));
    }
    buf_put_text(out, "</ul>\n");
}

/* JSON: one object for one type, else an object per line. */
static enum reason put_all(const struct arguments *arguments,
                           const struct procedures *procedures, struct buf *out,
                           struct fault *why)
{
    const bool html = arguments_has(arguments, "--html");
    if (html)
        put_html_index(out);
    for (size_t i = 0; i < catalogue_count(); i++)
        TRY((html ? catalogue_put_html
             : arguments_has(arguments, "--json")
                 ? put_json
                 : put_list)(procedures, catalogue_get(i), out, why));
    return R_OK;
}

static enum reason put_one(const struct arguments *arguments,
                           const struct procedures *procedures, struct buf *out,
                           struct fault *why)
{
    const struct message_type *type = catalogue_find(arguments->operands[0]);
    if (!type)
        return fault(why, R_NOT_FOUND, "%s", arguments->operands[0]);
    return (arguments_has(arguments, "--html") ? catalogue_put_html
            : arguments_has(arguments, "--json")
                ? put_json
                : catalogue_put_text)(procedures, type, out, why);
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    AUTO(procedures) struct procedures *procedures = NULL;
    AUTO(buf) struct buf out = {0};
    const bool html = arguments_has(arguments, "--html");
    if (html && arguments_has(arguments, "--json"))
        return fault(why, R_USAGE, "--json --html");
    TRY(procedures_load(&procedures, arguments_value(arguments, "--procedures"),
                        NULL, why));
    if (html)
        put_html_head(&out);
    TRY((arguments->count ? put_one : put_all)(arguments, procedures, &out,
                                               why));
    if (html)
        buf_put_text(&out, "</body></html>\n");
    TRY(buf_check(&out, why));
    if (fwrite(buf_text(&out), 1, out.size, stdout) != out.size)
        return fault_errno(why, R_DISK_FAILED, "stdout");
    return R_OK;
}

const struct command command_catalogue = {
    .name = "catalogue",
    .operands = "[TYPE]",
    .chinese = "文书目录：全部类型，或者某一类型的名称、依据、程序、期限和样例",
    .english = "the types of letters, or all that is known of one type: names, "
               "basis, procedures, limits, an example",
    .example = "yisong catalogue filing-decision-notice",
    .options = options,
    .option_count = COUNT_OF(options),
    .most = 1,
    .run = run,
};
