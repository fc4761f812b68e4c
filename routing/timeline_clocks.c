/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The clocks of a case for someone at a terminal: who must do what by when,
 * how much is left, on what ground.
 */
#include <inttypes.h>
#include <string.h>

#include "base/language.h"
#include "routing/timeline_page.h"

enum { LIMIT_MAX_COLUMNS = 40 };

void page_put_span(struct buf *out, instant span)
{
    int64_t minutes = span / INSTANT_MINUTE;
    int64_t days = minutes / (24 * 60), hours = minutes / 60 % 24;
    const char *gap = "";
    if (days) {
        buf_print(out, say("%" PRId64 "天", "%" PRId64 " d"), days);
        gap = say("", " ");
    }
    if (hours) {
        buf_print(out, say("%s%" PRId64 "小时", "%s%" PRId64 " h"), gap, hours);
        gap = say("", " ");
    }
    if (!days)
        buf_print(out, say("%s%" PRId64 "分钟", "%s%" PRId64 " min"), gap,
                  minutes % 60);
}

static void put_due(const struct page *page, const struct deadline *deadline)
{
    char at[INSTANT_TEXT_MAX];
    bool late = page->now > deadline->due;
    AUTO(buf) struct buf span = {0};
    AUTO(buf) struct buf text = {0};
    page_put_span(&span,
                  late ? page->now - deadline->due : deadline->due - page->now);
    buf_print(page->out, say("应于 %s 前办理，", "due %s, "),
              page_show_instant(deadline->due, at));
    buf_print(&text,
              late ? say("已逾期 %s", "%s late") : say("还有 %s", "%s left"),
              buf_text(&span));
    if (late)
        page_put_bright(page, PAGE_RED, buf_text(&text));
    else
        buf_put_text(page->out, buf_text(&text));
}

static void put_paused(const struct page *page, const struct deadline *deadline)
{
    char at[INSTANT_TEXT_MAX];
    buf_print(page->out, say("自 %s 中止计算", "stands still since %s"),
              page_show_instant(deadline->paused, at));
}

static void put_settled(const struct page *page,
                        const struct deadline *deadline)
{
    char at[INSTANT_TEXT_MAX];
    struct buf *out = page->out;
    if (deadline->due)
        buf_print(out, say("期限 %s，", "due %s, "),
                  page_show_instant(deadline->due, at));
    if (deadline->status == DEADLINE_CANCELLED) {
        buf_put_text(out, say("不再适用", "no longer applies"));
        return;
    }
    if (deadline->status == DEADLINE_MET)
        buf_put_text(out, say("按期办结", "met in time"));
    else
        page_put_bright(page, PAGE_RED, say("逾期办结", "met late"));
    buf_print(out, say("（第 %" PRId64 " 条）", " by %" PRId64),
              deadline->met_by);
}

/* By the region of its owner and the law of the day, where they are known. */
static bool find_facts(const struct page *page, const struct deadline *deadline,
                       struct limit_facts *facts)
{
    const struct names *names = page->names;
    const struct casefile *casefile = page->timeline->casefile;
    if (names->procedures && names->registry)
        return procedure_clock(names->procedures, names->registry, casefile,
                               deadline, facts);
    return names->procedures &&
           procedure_limit(names->procedures, casefile->procedure,
                           deadline->limit, facts);
}

static const char *force_say(const char *force)
{
    if (strcmp(force, "local") == 0)
        return say("（地方规定）", " (local)");
    return strcmp(force, "none") == 0
               ? say("（法条未定期限，为缺省值）",
                     " (the law sets no period: a default)")
               : "";
}

/* The ground of a clock that runs, and what follows when it has run out. */
static void put_ground(const struct page *page, const struct deadline *deadline)
{
    struct limit_facts facts;
    if (!find_facts(page, deadline, &facts))
        return;
    if (*facts.basis_zh)
        buf_print(page->out, say("    依据：%s%s\n", "    ground: %s%s\n"),
                  say(facts.basis_zh, facts.basis_en), force_say(facts.force));
    if (*facts.offers && page->now > deadline->due && deadline->due)
        buf_print(page->out,
                  say("    逾期后可以提出：%s\n", "    now open: %s\n"),
                  names_type(facts.offers));
}

static void put_clock(const struct page *page, const struct deadline *deadline,
                      size_t limits, size_t owners)
{
    struct buf *out = page->out;
    const char *limit = names_limit(
        page->names, page->timeline->casefile->procedure, deadline->limit);
    buf_put_text(out, "  ");
    width_put_in(out, limit, limits);
    buf_put_text(out, "  ");
    width_put_in(out, names_agency(page->names, deadline->owner), owners);
    buf_put_text(out, "  ");
    if (deadline->status == DEADLINE_WAITING)
        buf_put_text(out,
                     say("自送达起算，尚未送达", "starts with the delivery"));
    else if (deadline->status == DEADLINE_RUNNING)
        put_due(page, deadline);
    else if (deadline->status == DEADLINE_PAUSED)
        put_paused(page, deadline);
    else
        put_settled(page, deadline);
    buf_put_char(out, '\n');
    if (deadline_is_open(deadline))
        put_ground(page, deadline);
}

static size_t wider(size_t columns, const char *text)
{
    size_t found = width_of(text);
    if (found > LIMIT_MAX_COLUMNS)
        found = LIMIT_MAX_COLUMNS;
    return found > columns ? found : columns;
}

void page_put_clocks(const struct page *page, bool settled, const char *title)
{
    const struct casefile *casefile = page->timeline->casefile;
    size_t limits = 0, owners = 0;
    bool any = false;
    for (size_t i = 0; i < casefile->deadline_count; i++) {
        const struct deadline *deadline = &casefile->deadlines[i];
        limits = wider(limits, names_limit(page->names, casefile->procedure,
                                           deadline->limit));
        owners = wider(owners, names_agency(page->names, deadline->owner));
    }
    for (size_t i = 0; i < casefile->deadline_count; i++) {
        const struct deadline *deadline = &casefile->deadlines[i];
        if (deadline_is_open(deadline) == settled)
            continue;
        if (!any)
            buf_put_text(page->out, title);
        any = true;
        put_clock(page, deadline, limits, owners);
    }
}
