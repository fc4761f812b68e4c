/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong cards: the local schemes of cards and of credit grades. The same
 * colours mean different things in the two; card-schemes.xml keeps them apart.
 */
#include <stdio.h>
#include <string.h>

#include "base/asset.h"
#include "base/language.h"
#include "program/command.h"
#include "routing/words.h"
#include "schemas/document.h"

static const struct option options[] = {
    {"--region", "CODE", "只列适用于该行政区划的制度",
     "only the schemes of this region"},
};

/* The attribute in the reader's language. */
static const char *said(const struct element *element)
{
    return element_attribute(element, say("zh", "en"));
}

static bool holds_for(const struct element *scheme, const char *region)
{
    struct words regions = words_parse(element_attribute(scheme, "regions"));
    const bool holds =
        !region || regions.count == 0 || words_begin(&regions, region);
    words_done(&regions);
    return holds;
}

static const char *colour_name(const char *colour)
{
    static const char *const names[][3] = {
        {"green", "绿", "green"},   {"blue", "蓝", "blue"},
        {"yellow", "黄", "yellow"}, {"red", "红", "red"},
        {"black", "黑", "black"},
    };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (colour && strcmp(names[i][0], colour) == 0)
            return say(names[i][1], names[i][2]);
    return "";
}

static void print_scheme(const struct element *scheme)
{
    const bool card = strcmp(element_attribute(scheme, "kind"), "card") == 0;
    const char *article = element_attribute(scheme, "article");
    printf("%s %s [%s]\n", element_attribute(scheme, "id"), said(scheme),
           card ? say("警示牌", "card") : say("信用等级", "credit grade"));
    printf("  %s %s\n", say("颜色：", "colours:"),
           element_attribute(scheme, "colours"));
    const struct element *row = element_first(scheme, NULL);
    for (; row; row = element_next(row, NULL)) {
        const char *colour = colour_name(element_attribute(row, "colour"));
        printf("  %s%s%s\n", colour, *colour ? say("：", ": ") : "", said(row));
    }
    printf("  %s %s%s%s\n", say("来源：", "source:"),
           element_attribute(scheme, "source"), article ? " " : "",
           article ? article : "");
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    AUTO(document) struct document *document = NULL;
    const struct asset *asset = asset_get("routing/card-schemes.xml");
    const char *region = arguments_value(arguments, "--region");
    TRY(document_parse(&document, asset->bytes, asset->size, why));
    const struct element *scheme =
        element_first(document_root(document), "scheme");
    for (; scheme; scheme = element_next(scheme, "scheme"))
        if (holds_for(scheme, region))
            print_scheme(scheme);
    return R_OK;
}

const struct command command_cards = {
    .name = "cards",
    .operands = "",
    .chinese = "列出各地红黄牌制度和环境信用等级制度",
    .english = "list the local schemes of cards and of credit grades",
    .example = "yisong cards --region 360100",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
