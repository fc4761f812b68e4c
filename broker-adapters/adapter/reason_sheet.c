/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/adapter/reason_sheet.h"

#include "base/mask.h"

struct reason_sheet reason_sheet_of(const struct fault *found,
                                    const struct mistakes *mistakes)
{
    return (struct reason_sheet){.code = reason_code(found->reason),
                                 .chinese = reason_chinese(found->reason),
                                 .english = reason_english(found->reason),
                                 .detail = found->text,
                                 .mistakes = mistakes};
}

static void put_row(struct buf *out, const char *label, const char *text)
{
    if (!text || !*text)
        return;
    buf_print(out, "%s: ", label);
    mask_put(out, text);
    buf_put_char(out, '\n');
}

static void put_mistake(struct buf *out, size_t number,
                        const struct mistake *mistake)
{
    buf_print(out, "\n%zu. %s", number, mistake->path);
    if (mistake->line > 0)
        buf_print(out, " (第 %d 行 / line %d)", mistake->line, mistake->line);
    buf_print(out, "\n   %s: %s\n   %s: %s\n", reason_code(mistake->reason),
              mistake->chinese, reason_code(mistake->reason), mistake->english);
    if (*mistake->found)
        buf_print(out, "   现为 / found: %s\n", mistake->found);
}

void reason_sheet_print(const struct reason_sheet *sheet, struct buf *out)
{
    buf_put_text(out, sheet->by_exchange
                          ? "交换中心拒收 / refused by the exchange\n\n"
                          : "未发送 / not sent\n\n");
    buf_print(out, "%s: %s\n%s: %s\n", sheet->code, sheet->chinese, sheet->code,
              sheet->english);
    put_row(out, "说明 / detail", sheet->detail);
    put_row(out, "报文编号 / letter", sheet->letter);
    put_row(out, "规则 / rule", sheet->rule);
    put_row(out, "依据条款 / article", sheet->article);
    put_row(out, "怎样才合规", sheet->lawful_zh);
    put_row(out, "what would be lawful", sheet->lawful_en);
    if (!sheet->mistakes)
        return;
    for (size_t i = 0; i < sheet->mistakes->count; i++)
        put_mistake(out, i + 1, &sheet->mistakes->rows[i]);
    if (sheet->mistakes->dropped)
        buf_print(out, "\n... +%zu\n", sheet->mistakes->dropped);
}

static void put_member(struct buf *out, const char *name, const char *text)
{
    if (!text || !*text)
        return;
    buf_print(out, ",\"%s\":\"", name);
    mask_put_json(out, text);
    buf_put_char(out, '"');
}

void reason_sheet_print_json(const struct reason_sheet *sheet, struct buf *out)
{
    buf_print(out, "{\"code\":\"%s\"", sheet->code);
    put_member(out, "zh", sheet->chinese);
    put_member(out, "en", sheet->english);
    put_member(out, "detail", sheet->detail);
    put_member(out, "id", sheet->letter);
    put_member(out, "by", sheet->by_exchange ? "exchange" : "adapter");
    put_member(out, "rule", sheet->rule);
    put_member(out, "article", sheet->article);
    put_member(out, "lawfulZh", sheet->lawful_zh);
    put_member(out, "lawfulEn", sheet->lawful_en);
    buf_put_text(out, ",\"mistakes\":");
    const struct mistakes none = {0};
    mistakes_print_json(sheet->mistakes ? sheet->mistakes : &none, out);
    buf_put_text(out, "}\n");
}
