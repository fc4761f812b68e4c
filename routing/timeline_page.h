/*
 * timeline_page - what the files share that write for a terminal about cases:
 * timelines, findings of supervision, feedback.
 */
#ifndef YISONG_ROUTING_TIMELINE_PAGE_H
#define YISONG_ROUTING_TIMELINE_PAGE_H

#include "base/width.h"
#include "routing/timeline.h"

struct page {
    const struct timeline *timeline;
    const struct names *names;
    instant now;
    bool colour;
    struct buf *out;
};

#define PAGE_RED  "31;1"
#define PAGE_BOLD "1"

/* The text, in a colour where colours are wanted. */
void page_put_bright(const struct page *page, const char *code,
                     const char *text);

/* "2天3小时", "40分钟": the two largest units are enough. */
void page_put_span(struct buf *out, instant span);

/* "2026-11-21 09:00:12", without zone and fraction: the day is China's. */
char *page_show_instant(instant at, char text[INSTANT_TEXT_MAX]);

/* The clocks that run or wait, or those that are settled. */
void page_put_clocks(const struct page *page, bool settled, const char *title);

#endif
