/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a bank asks: a code, a name, a file of customers, what changed; and the
 * lists, of any day and as they were known at any time.
 *
 * Present answers come out of memory; before each the store is asked whether
 * anything was committed since. Answers about the past come out of the store.
 */
#include "broker-adapters/http/connector_state.h"

#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "broker-adapters/http/members.h"
#include "broker-adapters/projections/customers.h"
#include "broker-adapters/projections/listing_write.h"

enum { PAGE_STANDARD = 100, PAGE_MAX = 1000, TEXT_MAX = 1024, DAY_MAX = 16 };

/* Day and time that are asked for; without them: today, as known now. */
struct times {
    int64_t day;
    char text[DAY_MAX];
    instant known_at;
    bool past; /* one of them was given */
};

/* The value of two hexadecimal digits, or -1. */
static int hex_value(const char *text)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    int value = 0;
    for (int i = 0; i < 2; i++) {
        const char *at = text[i] ? strchr(digits, text[i]) : NULL;
        if (!at)
            return -1;
        int digit = (int)(at - digits);
        value = value * 16 + (digit < 16 ? digit : digit - 6);
    }
    return value;
}

/*
 * The server unescapes nothing. What is read here leads nowhere but into a
 * lookup, so it may be: codes in full-width digits, names, times.
 */
static enum reason unescape(const char *text, char out[TEXT_MAX],
                            struct fault *why)
{
    size_t count = 0;
    for (; *text && count < TEXT_MAX - 1; text++) {
        int value = *text == '%' ? hex_value(text + 1) : (unsigned char)*text;
        if (value <= 0)
            return fault(why, R_BAD_REQUEST, "%%");
        text += *text == '%' ? 2 : 0;
        out[count++] = (char)value;
    }
    out[count] = '\0';
    return utf8_is_valid(out, count) ? R_OK
                                     : fault(why, R_BAD_REQUEST, "UTF-8");
}

/* A parameter, unescaped; "" if it is missing. */
static enum reason read_text(const struct http_request *request,
                             const char *name, char out[TEXT_MAX],
                             struct fault *why)
{
    const char *text = http_request_parameter(request, name);
    out[0] = '\0';
    return text ? unescape(text, out, why) : R_OK;
}

static enum reason read_known_at(const char *text, instant *out,
                                 struct fault *why)
{
    struct civil_day day;
    if (!civil_day_parse(text, &day))
        return instant_parse(text, out, NULL) == R_OK
                   ? R_OK
                   : fault(why, R_BAD_REQUEST,
                           "knownAt: 2026-05-03 | 2026-05-03T09:00:00+08:00");
    *out = civil_day_start(day) + INSTANT_DAY - 1;
    return R_OK;
}

static enum reason read_times(const struct http_request *request, instant now,
                              struct times *out, struct fault *why)
{
    char as_of[TEXT_MAX], known_at[TEXT_MAX];
    struct civil_day day = civil_day_of(now);
    TRY(read_text(request, "asOf", as_of, why));
    TRY(read_text(request, "knownAt", known_at, why));
    *out = (struct times){.past = *as_of || *known_at};
    if (*as_of && !civil_day_parse(as_of, &day))
        return fault(why, R_BAD_REQUEST, "asOf: 2026-05-03");
    if (*known_at)
        TRY(read_known_at(known_at, &out->known_at, why));
    out->day = civil_day_number(day);
    snprintf(out->text, sizeof out->text, "%04u-%02u-%02u",
             (unsigned)day.year % 10000, (unsigned)day.month % 100,
             (unsigned)day.day % 100);
    return R_OK;
}

/* --- one customer ----------------------------------------------------------
 */

struct entries {
    struct buf *out;
    size_t count;
};

static void put_entry(void *context, const struct listing *listing)
{
    struct entries *entries = context;
    buf_put_text(entries->out, entries->count++ ? ",\n" : "");
    listing_put_json(entries->out, listing);
}

/* The past, and only by what the store is indexed by. */
static enum reason find_past(const struct http_connector *connector,
                             const struct listing_key *key, const char *name,
                             const struct times *times, struct entries *entries,
                             struct fault *why)
{
    struct listing_query query = {.lists = LISTING_BLACKLIST,
                                  .day = times->text,
                                  .known_at = times->known_at};
    if (key->kind == LISTING_KEY_NAME)
        query.name = name;
    else if (key->kind == LISTING_KEY_CODE)
        query.credit_code = buf_text(&key->text);
    else
        return fault(why, R_BAD_REQUEST, "asOf, knownAt: %s",
                     reason_english(R_BAD_FIELD));
    return listing_each(connector->desk.mailbox, &query, put_entry, entries,
                        why);
}

static enum reason answer_key(const struct http_connector *connector,
                              const struct http_request *request,
                              const struct listing_key *key, const char *name,
                              struct buf *out, struct fault *why)
{
    static const char *const members[] = {"code", "code", "code", "name"};
    struct times times;
    AUTO(buf) struct buf rows = {0};
    struct entries entries = {.out = &rows};
    TRY(read_times(request, connector->now, &times, why));
    TRY(listing_index_refresh(connector->blacklist, why));
    if (times.past)
        TRY(find_past(connector, key, name, &times, &entries, why));
    else
        listing_index_find(connector->blacklist, key, times.day, put_entry,
                           &entries);
    buf_put_char(out, '{');
    member_text(out, members[key->kind], buf_text(&key->text));
    member_flag(out, "listed", entries.count > 0);
    member_text(out, "asOf", times.text);
    member_time(out, "knownAt",
                times.known_at ? times.known_at : connector->now);
    buf_print(out, ",\"change\":\"%lld\",\"entries\":[%s]}\n",
              (long long)listing_index_change(connector->blacklist),
              buf_text(&rows));
    return R_OK;
}

static enum reason answer_code(const struct http_connector *connector,
                               const struct http_request *request,
                               const char *code, struct buf *out,
                               struct fault *why)
{
    AUTO(listing_key) struct listing_key key = {0};
    TRY(listing_key_code(&key, code, why));
    return answer_key(connector, request, &key, "", out, why);
}

void http_blacklist(void *context, struct http_request *request)
{
    struct fault found = {0};
    AUTO(buf) struct buf out = {0};
    char code[TEXT_MAX];
    enum reason reason = unescape(http_request_segment(request), code, &found);
    if (reason == R_OK)
        reason = answer_code(context, request, code, &out, &found);
    http_give(request, reason, &out, &found);
}

static enum reason answer_by(const struct http_connector *connector,
                             const struct http_request *request,
                             struct buf *out, struct fault *why)
{
    AUTO(listing_key) struct listing_key key = {0};
    char code[TEXT_MAX], name[TEXT_MAX];
    TRY(read_text(request, "code", code, why));
    TRY(read_text(request, "name", name, why));
    if (!*code == !*name)
        return fault(why, R_BAD_REQUEST, "code | name");
    if (*code)
        return answer_code(connector, request, code, out, why);
    TRY(listing_key_name(&key, name, why));
    return answer_key(connector, request, &key, name, out, why);
}

void http_blacklist_by(void *context, struct http_request *request)
{
    struct fault found = {0};
    AUTO(buf) struct buf out = {0};
    http_give(request, answer_by(context, request, &out, &found), &out, &found);
}

/* --- many customers --------------------------------------------------------
 */

static bool wants_csv(const struct http_request *request)
{
    const char *accept = http_request_header(request, "Accept");
    return accept && strstr(accept, "text/csv");
}

void http_blacklist_check(void *context, struct http_request *request)
{
    struct http_connector *connector = context;
    struct fault found = {0};
    AUTO(buf) struct buf out = {0};
    const struct buf *body = http_request_body(request);
    struct customers_check check = {
        .index = connector->blacklist,
        .day = civil_day_number(civil_day_of(connector->now)),
        .as_json = !wants_csv(request)};
    enum reason reason = listing_index_refresh(connector->blacklist, &found);
    if (reason == R_OK)
        reason =
            customers_check(&check, buf_text(body), body->size, &out, &found);
    if (reason != R_OK || check.as_json)
        http_give(request, reason, &out, &found);
    else
        http_answer(request, 200, "text/csv", &out);
}

/* --- the feed --------------------------------------------------------------
 */

struct feed {
    struct buf *out;
    int64_t limit, count, last;
};

static void put_change(void *context, const struct listing_change *change)
{
    struct feed *feed = context;
    if (feed->count++ >= feed->limit)
        return;
    feed->last = change->number;
    buf_put_text(feed->out, feed->count > 1 ? ",\n" : "");
    listing_put_change(feed->out, change);
}

static enum reason write_changes(const struct http_connector *connector,
                                 const struct http_request *request,
                                 struct buf *out, struct fault *why)
{
    struct feed feed = {.out = out, .limit = PAGE_STANDARD};
    TRY(http_read_number(request, "since", INT64_MAX - 1, &feed.last, why));
    TRY(http_read_number(request, "limit", PAGE_MAX, &feed.limit, why));
    if (feed.limit == 0)
        return fault(why, R_BAD_REQUEST, "limit: 1 ... %d", PAGE_MAX);
    buf_put_text(out, "{\"changes\":[");
    TRY(listing_changes(connector->desk.mailbox, feed.last, LISTING_BLACKLIST,
                        feed.limit + 1, put_change, &feed, why));
    buf_print(out, "],\"next\":\"%lld\",\"more\":%s}\n", (long long)feed.last,
              feed.count > feed.limit ? "true" : "false");
    return R_OK;
}

void http_blacklist_changes(void *context, struct http_request *request)
{
    struct fault found = {0};
    AUTO(buf) struct buf out = {0};
    http_give(request, write_changes(context, request, &out, &found), &out,
              &found);
}

/* --- whole lists -----------------------------------------------------------
 */

struct page {
    struct buf *out;
    bool csv;
    int64_t limit, count, last;
};

static void put_row(void *context, const struct listing *listing)
{
    struct page *page = context;
    if (page->count++ >= page->limit)
        return;
    page->last = listing->row;
    if (page->csv) {
        listing_put_csv(page->out, listing);
        return;
    }
    buf_put_text(page->out, page->count > 1 ? ",\n" : "");
    listing_put_json(page->out, listing);
}

static enum reason read_list(const struct http_connector *connector,
                             const struct http_request *request,
                             struct listing_query *query, struct times *times,
                             struct fault *why)
{
    const char *history = http_request_parameter(request, "history");
    enum listing_list list = listing_find_list(http_request_segment(request));
    if (list == LISTING_LISTS)
        return fault(why, R_NOT_FOUND, "%s", http_request_segment(request));
    query->limit = PAGE_STANDARD;
    TRY(read_times(request, connector->now, times, why));
    TRY(http_read_number(request, "after", INT64_MAX - 1, &query->after, why));
    TRY(http_read_number(request, "limit", PAGE_MAX, &query->limit, why));
    if (query->limit == 0)
        return fault(why, R_BAD_REQUEST, "limit: 1 ... %d", PAGE_MAX);
    query->lists = 1u << list;
    query->day = times->text;
    query->known_at = times->known_at;
    query->history = history && strcmp(history, "true") == 0;
    return R_OK;
}

static enum reason write_list(const struct http_connector *connector,
                              const struct http_request *request,
                              struct page *page, struct fault *why)
{
    struct listing_query query = {0};
    struct times times;
    TRY(read_list(connector, request, &query, &times, why));
    page->limit = query.limit++;
    page->last = query.after;
    if (page->csv)
        listing_put_heading(page->out);
    else
        buf_put_text(page->out, "{\"entries\":[");
    TRY(listing_each(connector->desk.mailbox, &query, put_row, page, why));
    if (!page->csv)
        buf_print(page->out, "],\"next\":\"%lld\",\"more\":%s}\n",
                  (long long)page->last,
                  page->count > page->limit ? "true" : "false");
    return R_OK;
}

void http_list(void *context, struct http_request *request)
{
    struct fault found = {0};
    AUTO(buf) struct buf out = {0};
    char next[24];
    struct page page = {.out = &out, .csv = wants_csv(request)};
    enum reason reason = write_list(context, request, &page, &found);
    if (reason != R_OK || !page.csv) {
        http_give(request, reason, &out, &found);
        return;
    }
    snprintf(next, sizeof next, "%lld", (long long)page.last);
    http_answer_header(request, "Yisong-Next", next);
    http_answer_header(request, "Yisong-More",
                       page.count > page.limit ? "true" : "false");
    http_answer(request, 200, "text/csv", &out);
}
