/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A file of millions of rows is read row by row; what is kept is the answer.
 */
#include "broker-adapters/projections/customers.h"

#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/json.h"
#include "base/io.h"
#include "base/language.h"
#include "broker-adapters/mapping/sheet.h"
#include "broker-adapters/projections/listing_write.h"

const char *const customer_results[CUSTOMER_RESULTS] = {"listed", "name-only",
                                                        "clear", "bad-code"};

static const char *const code_headings[] = {
    "creditCode", "统一社会信用代码", "社会信用代码", "信用代码",   "uscc",
    "code",       "CF_XDR_SHXYM",     "组织机构代码", "工商注册号", "代码"};
static const char *const name_headings[] = {
    "name",     "名称",    "企业名称",  "单位名称",
    "客户名称", "company", "CF_XDR_MC", "行政相对人名称"};

/* Where codes and names stand; -1: nowhere. */
struct columns {
    int code, name;
};

struct customer {
    int line;
    const char *code, *name; /* as written, "" where there is none */
};

/* What one row found. */
struct answer {
    enum customer_result result;
    struct buf entries; /* JSON, by commas */
    struct buf numbers, kinds, letters, fault;
    size_t count;
};

static void answer_done(struct answer *answer)
{
    buf_done(&answer->entries);
    buf_done(&answer->numbers);
    buf_done(&answer->kinds);
    buf_done(&answer->letters);
    buf_done(&answer->fault);
}
AUTO_VALUE(answer, answer_done)

static int find_column(char *const names[], size_t count,
                       const char *const headings[], size_t heading_count)
{
    for (size_t i = 0; i < heading_count; i++)
        for (size_t at = 0; at < count; at++) {
            AUTO(text) char *name = sheet_clean(names[at]);
            if (strcmp(name, headings[i]) == 0)
                return (int)at;
        }
    return -1;
}

static struct columns find_columns(char *const names[], size_t count)
{
    return (struct columns){
        find_column(names, count, code_headings, COUNT_OF(code_headings)),
        find_column(names, count, name_headings, COUNT_OF(name_headings))};
}

static void put_part(struct buf *out, const char *text)
{
    if (out->size > 0)
        buf_put_text(out, "；");
    buf_put_text(out, text);
}

static void take_entry(void *context, const struct listing *row)
{
    struct answer *answer = context;
    buf_put_text(&answer->entries, answer->count++ ? "," : "");
    listing_put_json(&answer->entries, row);
    put_part(&answer->kinds, row->kind);
    put_part(&answer->numbers, row->number);
    put_part(&answer->letters, row->letter);
}

static void look_up(const struct customers_check *check,
                    const struct customer *customer, struct answer *answer)
{
    AUTO(listing_key) struct listing_key code = {0};
    AUTO(listing_key) struct listing_key name = {0};
    struct fault why = {0};
    answer->result = CUSTOMER_CLEAR;
    if (*customer->code &&
        listing_key_code(&code, customer->code, &why) != R_OK) {
        answer->result = CUSTOMER_BAD_CODE;
        buf_put_text(&answer->fault, why.text);
    } else if (*customer->code &&
               listing_index_find(check->index, &code, check->day, take_entry,
                                  answer) > 0) {
        answer->result = CUSTOMER_LISTED;
        return;
    }
    if (*customer->name &&
        listing_key_name(&name, customer->name, NULL) == R_OK &&
        listing_index_find(check->index, &name, check->day, take_entry,
                           answer) > 0 &&
        answer->result == CUSTOMER_CLEAR)
        answer->result = CUSTOMER_NAME_ONLY;
}

static void put_json(struct buf *out, const struct customer *customer,
                     const struct answer *answer)
{
    buf_print(out, "{\"line\":%d", customer->line);
    json_put_text(out, "code", customer->code);
    json_put_text(out, "name", customer->name);
    json_put_text(out, "result", customer_results[answer->result]);
    json_put_text(out, "fault", buf_text(&answer->fault));
    buf_print(out, ",\"entries\":[%s]}", buf_text(&answer->entries));
}

static void put_cells(struct buf *out, const char *const texts[], size_t count)
{
    enum { CELLS_MAX = 8 };
    struct buf safe[CELLS_MAX] = {{0}};
    const char *cells[CELLS_MAX];
    for (size_t i = 0; i < count && i < CELLS_MAX; i++) {
        listing_put_cell(&safe[i], texts[i]);
        cells[i] = buf_text(&safe[i]);
    }
    csv_put(out, cells, count);
    for (size_t i = 0; i < count && i < CELLS_MAX; i++)
        buf_done(&safe[i]);
}

static void put_csv(struct buf *out, const struct customer *customer,
                    const struct answer *answer)
{
    char line[16];
    snprintf(line, sizeof line, "%d", customer->line);
    const char *const texts[] = {line,
                                 customer->code,
                                 customer->name,
                                 customer_results[answer->result],
                                 buf_text(&answer->kinds),
                                 buf_text(&answer->numbers),
                                 buf_text(&answer->letters),
                                 buf_text(&answer->fault)};
    put_cells(out, texts, COUNT_OF(texts));
}

static void put_answer(struct customers_check *check,
                       const struct customer *customer, struct buf *out)
{
    AUTO(answer) struct answer answer = {0};
    size_t before = 0;
    look_up(check, customer, &answer);
    for (size_t i = 0; i < CUSTOMER_RESULTS; i++)
        before += check->counts[i];
    check->counts[answer.result]++;
    if (check->as_json)
        buf_put_text(out, before ? ",\n" : "");
    if (check->as_json)
        put_json(out, customer, &answer);
    else
        put_csv(out, customer, &answer);
}

static void begin(const struct customers_check *check, struct buf *out)
{
    static const char *const heading[] = {"line", "code",   "name",   "result",
                                          "kind", "number", "letter", "fault"};
    if (check->as_json)
        buf_put_text(out, "{\"customers\":[");
    else
        buf_put_text(out, "\xEF\xBB\xBF");
    if (!check->as_json)
        csv_put(out, heading, COUNT_OF(heading));
}

static void end(const struct customers_check *check, struct buf *out)
{
    if (!check->as_json)
        return;
    buf_print(out, "],\"change\":\"%lld\"",
              (long long)listing_index_change(check->index));
    for (size_t i = 0; i < CUSTOMER_RESULTS; i++)
        buf_print(out, ",\"%s\":%zu", customer_results[i], check->counts[i]);
    buf_put_text(out, "}\n");
}

static void put_row(struct customers_check *check, char *const cells[],
                    size_t count, const struct columns *columns, int line,
                    struct buf *out)
{
    const char *code = columns->code >= 0 && (size_t)columns->code < count
                           ? cells[columns->code]
                           : "";
    const char *name = columns->name >= 0 && (size_t)columns->name < count
                           ? cells[columns->name]
                           : "";
    AUTO(text) char *clean_code = sheet_clean(code);
    AUTO(text) char *clean_name = sheet_clean(name);
    const struct customer customer = {
        .line = line, .code = clean_code, .name = clean_name};
    if (*clean_code || *clean_name)
        put_answer(check, &customer, out);
}

static enum reason no_column(struct fault *why)
{
    return fault(why, R_NOT_VALID, "1: %s",
                 say("没有代码列或名称列：表头应有“统一社会信用代码”或“名称”",
                     "no column of codes or names: a heading creditCode or "
                     "name is needed"));
}

static bool is_code(const char *text)
{
    AUTO(listing_key) struct listing_key key = {0};
    AUTO(text) char *clean = sheet_clean(text);
    return listing_key_code(&key, clean, NULL) == R_OK;
}

static enum reason check_csv(struct customers_check *check,
                             const struct buf *text, struct buf *out,
                             struct fault *why)
{
    AUTO(csv) struct csv rows = {0};
    char *cells[CSV_CELLS_MAX];
    size_t total = 0;
    csv_open(&rows, buf_text(text), text->size);
    rows.no_comments = true;
    size_t count = csv_next(&rows, cells);
    struct columns columns = find_columns(cells, count);
    bool bare = columns.code < 0 && columns.name < 0;
    if (count == 0 || (bare && !(count == 1 && is_code(cells[0]))))
        return no_column(why);
    begin(check, out);
    if (bare) {
        columns.code = 0;
        put_row(check, cells, count, &columns, rows.line, out);
    }
    while ((count = csv_next(&rows, cells)) > 0) {
        if (++total > CUSTOMERS_MAX)
            return fault(why, R_TOO_LARGE, "%d: > %d", rows.line,
                         CUSTOMERS_MAX);
        put_row(check, cells, count, &columns, rows.line, out);
    }
    if (rows.unclosed)
        return fault(why, R_NOT_WELL_FORMED, "%d: %s", rows.line,
                     say("引号没有结束", "a quote is never closed"));
    end(check, out);
    return buf_check(out, why);
}

static enum reason check_json(struct customers_check *check,
                              const struct buf *text, struct buf *out,
                              struct fault *why)
{
    AUTO(sheet) struct sheet sheet = {0};
    TRY(sheet_read_json(&sheet, text, why));
    struct columns columns = find_columns(sheet.names, sheet.name_count);
    if (columns.code < 0 && columns.name < 0 && sheet.row_count > 0)
        return no_column(why);
    begin(check, out);
    for (size_t i = 0; i < sheet.row_count; i++)
        put_row(check, sheet.rows[i].cells, sheet.name_count, &columns,
                sheet.rows[i].line, out);
    end(check, out);
    return buf_check(out, why);
}

enum reason customers_check(struct customers_check *check, const void *bytes,
                            size_t size, struct buf *out, struct fault *why)
{
    AUTO(buf) struct buf text = {.ceiling = 512u * 1024 * 1024};
    TRY(sheet_decode(bytes, size, &text, why));
    const char *first = buf_text(&text);
    first += strspn(first, " \t\r\n");
    return *first == '[' || *first == '{' ? check_json(check, &text, out, why)
                                          : check_csv(check, &text, out, why);
}
