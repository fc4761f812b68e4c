/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The public extract for Excel and for programs. The headings of penalties are
 * those of the double publicity of penalties (双公示).
 */
#include "broker-adapters/projections/extract.h"

#include "base/csv.h"
#include "base/json.h"
#include "broker-adapters/projections/listing_write.h"

enum { COLUMNS = 10 };

static void put_cells(const char *const texts[], size_t count, struct buf *out)
{
    struct buf safe[COLUMNS] = {{0}};
    const char *cells[COLUMNS];
    for (size_t i = 0; i < count; i++) {
        listing_put_cell(&safe[i], texts[i]);
        cells[i] = buf_text(&safe[i]);
    }
    csv_put(out, cells, count);
    for (size_t i = 0; i < count; i++)
        buf_done(&safe[i]);
}

void extract_put_cards(const struct extract *extract, struct buf *out)
{
    static const char *const heading[] = {
        "名称",     "统一社会信用代码", "牌",       "制度", "决定文号",
        "决定日期", "有效期至",         "作出机关", "事由"};
    buf_put_text(out, "\xEF\xBB\xBF");
    csv_put(out, heading, COUNT_OF(heading));
    for (size_t i = 0; i < extract->cards.count; i++) {
        const struct extract_row *row = &extract->cards.rows[i];
        AUTO(buf) struct buf kind = {0};
        extract_put_kind(row->kind, &kind);
        const char *const texts[] = {
            row->name, row->code,  buf_text(&kind), row->title, row->number,
            row->from, row->until, row->authority,  row->text};
        put_cells(texts, COUNT_OF(texts), out);
    }
}

void extract_put_penalties(const struct extract *extract, struct buf *out)
{
    static const char *const heading[] = {
        "行政相对人名称", "统一社会信用代码", "行政处罚决定书文号",
        "违法行为类型",   "处罚类别",         "违法事实和处罚内容",
        "罚款金额（元）", "处罚决定日期",     "公示截止期",
        "处罚机关"};
    buf_put_text(out, "\xEF\xBB\xBF");
    csv_put(out, heading, COUNT_OF(heading));
    for (size_t i = 0; i < extract->penalties.count; i++) {
        const struct extract_row *row = &extract->penalties.rows[i];
        AUTO(buf) struct buf kind = {0};
        extract_put_kind(row->kind, &kind);
        const char *const texts[] = {
            row->name, row->code,   row->number, row->title, buf_text(&kind),
            row->text, row->amount, row->from,   row->until, row->authority};
        put_cells(texts, COUNT_OF(texts), out);
    }
}

static void put_part(const char *name, const struct extract_part *part,
                     struct buf *out)
{
    buf_print(out, ",\n\"%s\":[", name);
    for (size_t i = 0; i < part->count; i++) {
        const struct extract_row *row = &part->rows[i];
        buf_print(out, "%s{\"kind\":\"%s\"", i ? ",\n " : "\n ", row->kind);
        json_put_text(out, "name", row->name);
        json_put_text(out, "creditCode", row->code);
        json_put_text(out, "title", row->title);
        json_put_text(out, "number", row->number);
        json_put_text(out, "authority", row->authority);
        json_put_text(out, "decidedOn", row->from);
        json_put_text(out, "validUntil", row->until);
        json_put_text(out, "amount", row->amount);
        json_put_text(out, "text", row->text);
        buf_put_char(out, '}');
    }
    buf_put_char(out, ']');
}

void extract_put_json(const struct extract *extract, struct buf *out)
{
    buf_print(out, "{\"asOf\":\"%s\"", extract->day);
    json_put_text(out, "publisher", extract->publisher);
    json_put_instant(out, "madeAt", extract->made_at);
    put_part("cards", &extract->cards, out);
    put_part("penalties", &extract->penalties, out);
    buf_put_text(out, "}\n");
}
