/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "program/listing_look.h"

#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "base/width.h"
#include "broker-adapters/projections/listing_write.h"
#include "program/desk_look.h"

static void put_day(struct civil_day day, char text[LISTING_DAY_MAX])
{
    snprintf(text, LISTING_DAY_MAX, "%04u-%02u-%02u",
             (unsigned)day.year % 10000, (unsigned)day.month % 100,
             (unsigned)day.day % 100);
}

enum reason listing_look_time(const char *text, instant *out, struct fault *why)
{
    struct civil_day day;
    if (!civil_day_parse(text, &day))
        return instant_parse(text, out, why);
    *out = civil_day_start(day) + INSTANT_DAY - 1;
    return R_OK;
}

enum reason listing_look_times(const struct arguments *arguments,
                               struct listing_query *query,
                               char day[LISTING_DAY_MAX], struct fault *why)
{
    struct civil_day asked = civil_day_of(instant_now());
    const char *as_of = arguments_value(arguments, "--as-of");
    const char *known_at = arguments_value(arguments, "--known-at");
    if (as_of && !civil_day_parse(as_of, &asked))
        return fault(why, R_USAGE, "--as-of %s: %s", as_of,
                     say("应为 2026-05-03 的形式", "write 2026-05-03"));
    if (known_at && listing_look_time(known_at, &query->known_at, NULL) != R_OK)
        return fault(why, R_USAGE, "--known-at %s: %s", known_at,
                     say("应为 2026-05-03 或 2026-05-03T09:00:00+08:00 的形式",
                         "write 2026-05-03 or 2026-05-03T09:00:00+08:00"));
    put_day(asked, day);
    query->day = day;
    query->history = arguments_has(arguments, "--history");
    return R_OK;
}

enum listing_form listing_look_form(const struct arguments *arguments)
{
    return arguments_has(arguments, "--json")  ? LISTING_JSON_FORM
           : arguments_has(arguments, "--csv") ? LISTING_CSV_FORM
                                               : LISTING_TEXT;
}

static const size_t widths[] = {19, 30, 10, 11, 26, 30};

static void put_cells(struct buf *out, const char *const cells[])
{
    for (size_t i = 0; i < COUNT_OF(widths); i++) {
        width_put_in(out, cells[i], widths[i]);
        buf_put_char(out, i + 1 < COUNT_OF(widths) ? ' ' : '\n');
    }
}

static const char *kind_name(const struct listing *listing)
{
    static const char *const names[][3] = {
        {"red", "红牌", "red"},
        {"yellow", "黄牌", "yellow"},
        {"listed", "惩戒名单", "list"},
    };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strcmp(names[i][0], listing->kind) == 0)
            return say(names[i][1], names[i][2]);
    return listing->list == LISTING_NOTICE || listing->list == LISTING_COPY
               ? desk_type_name(listing->kind)
               : listing->kind;
}

static const char *end_name(const char *end)
{
    static const char *const names[][3] = {
        {"removed", "摘牌、移出", "removed"},
        {"replaced", "被后一决定代替", "replaced"},
        {"upgraded", "升为红牌", "became red"},
        {"corrected", "更正", "corrected"},
        {"repaired", "信用修复", "repaired"},
        {"stopped", "停止公示", "no longer public"},
    };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strcmp(names[i][0], end) == 0)
            return say(names[i][1], names[i][2]);
    return end;
}

static void put_text(struct buf *out, const struct listing *listing)
{
    const char *const cells[] = {listing->credit_code, listing->name,
                                 kind_name(listing),   listing->valid_from,
                                 listing->number,      listing->authority};
    put_cells(out, cells);
    if (*listing->end)
        buf_print(out, "  %s %s：%s（%s）\n",
                  say("已失效，自", "holds no longer, from"), listing->end_on,
                  end_name(listing->end), listing->end_letter);
}

void listing_page_begin(struct listing_page *page)
{
    const char *const cells[] = {say("统一社会信用代码", "credit code"),
                                 say("名称", "name"),
                                 say("类别", "kind"),
                                 say("作出日期", "decided"),
                                 say("文号", "document number"),
                                 say("作出机关", "authority")};
    if (page->form == LISTING_JSON_FORM)
        buf_put_char(page->out, '[');
    else if (page->form == LISTING_CSV_FORM)
        listing_put_heading(page->out);
    else
        put_cells(page->out, cells);
}

/* Pages of any length: what is written leaves the memory. */
static void flush(struct listing_page *page)
{
    fwrite(buf_text(page->out), 1, page->out->size, stdout);
    buf_clear(page->out);
}

void listing_page_put(void *context, const struct listing *listing)
{
    enum { FLUSH_AT = 1 << 20 };
    struct listing_page *page = context;
    if (page->form == LISTING_JSON_FORM) {
        buf_put_text(page->out, page->count ? ",\n " : "");
        listing_put_json(page->out, listing);
    } else if (page->form == LISTING_CSV_FORM) {
        listing_put_csv(page->out, listing);
    } else {
        put_text(page->out, listing);
    }
    page->count++;
    if (page->out->size > FLUSH_AT)
        flush(page);
}

void listing_page_end(struct listing_page *page)
{
    if (page->form == LISTING_JSON_FORM)
        buf_put_text(page->out, "]\n");
    flush(page);
}
