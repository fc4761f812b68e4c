/*
 * listing_look - what the commands about lists share: which day and which time
 * are asked for, and how rows are printed.
 */
#ifndef YISONG_PROGRAM_LISTING_LOOK_H
#define YISONG_PROGRAM_LISTING_LOOK_H

#include "broker-adapters/mailbox/listing.h"
#include "program/command.h"

#define LISTING_AS_OF                                                          \
    {                                                                          \
        "--as-of", "DAY", "按决定在该日有效的（默认今天），如 2026-05-03",     \
            "what held by the decisions on this day (today), 2026-05-03"       \
    }
#define LISTING_KNOWN_AT                                                       \
    {                                                                          \
        "--known-at", "TIME",                                                  \
            "按本机关在该时所知（默认现在）；只写日期为当日末",                \
            "as this agency knew it then (now); a day alone means its end"     \
    }
#define LISTING_HISTORY                                                        \
    {                                                                          \
        "--history", NULL, "连同已失效的", "with what holds no longer"         \
    }
#define LISTING_CSV                                                            \
    {                                                                          \
        "--csv", NULL, "输出 CSV", "print CSV"                                 \
    }

enum { LISTING_DAY_MAX = 16 };

/* Day, time and history of a query from the options; `day` keeps the text. */
enum reason listing_look_times(const struct arguments *arguments,
                               struct listing_query *query,
                               char day[LISTING_DAY_MAX],
                               struct fault *why) MUST_CHECK;

/* "2026-05-03" or RFC 3339; a day alone is its last millisecond. */
enum reason listing_look_time(const char *text, instant *out,
                              struct fault *why) MUST_CHECK;

enum listing_form { LISTING_TEXT, LISTING_JSON_FORM, LISTING_CSV_FORM };

/* Rows while they are printed. */
struct listing_page {
    struct buf *out;
    enum listing_form form;
    size_t count;
};
void listing_page_begin(struct listing_page *page);
void listing_page_put(void *page, const struct listing *listing);
void listing_page_end(struct listing_page *page);

/* What the options say. */
enum listing_form listing_look_form(const struct arguments *arguments);

#endif
