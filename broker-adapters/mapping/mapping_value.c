/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * From a cell to what the letter says: Excel's damage is recognised and told,
 * code tables are looked up, and what the schema wants in normal form (dates,
 * sums, regions) is brought into it. Where the schema keeps a text as it was
 * written (credit codes, document numbers), it stays as it was written.
 */
#include "broker-adapters/mapping/mapping_parts.h"

#include <string.h>

#include "base/io.h"
#include "base/language.h"
#include "base/mem.h"

static void complain(const struct mapping_cell *cell, enum reason reason,
                     const char *text, const char *zh, const char *en,
                     struct mistakes *mistakes)
{
    bool secret = cell->column->kind == FIELD_CITIZEN_ID;
    for (size_t i = mistakes->count; i > 0; i--) {
        const struct mistake *told = &mistakes->rows[i - 1];
        if (told->line == cell->line && strcmp(told->path, cell->label) == 0)
            return; /* a column may fill several places */
    }
    mistakes_add(mistakes, reason, cell->line, cell->label, secret ? "" : text,
                 zh, en);
}

/* 1.23E+17: what Excel makes of a number of more than 11 digits. */
static bool is_scientific(const char *text)
{
    size_t digits = strspn(text, "0123456789.");
    if (digits == 0 || (text[digits] != 'E' && text[digits] != 'e'))
        return false;
    const char *power = text + digits + 1;
    power += *power == '+';
    return *power && power[strspn(power, "0123456789")] == '\0';
}

/* The 16th digit and those behind it became 0. */
static bool lost_digits(const char *text)
{
    size_t length = strlen(text);
    return length == 18 && strspn(text, "0123456789") == length &&
           strcmp(text + 15, "000") == 0;
}

static bool is_day_number(const char *text)
{
    return strlen(text) == 5 && strspn(text, "0123456789") == 5;
}

static bool has_excel_error(const char *text)
{
    return text[0] == '#' &&
           (strchr(text, '!') || strchr(text, '?') ||
            strcmp(text, "#N/A") == 0 || strncmp(text, "####", 4) == 0);
}

static bool is_code(enum field_kind kind)
{
    return kind == FIELD_CREDIT_CODE || kind == FIELD_CITIZEN_ID;
}

/* What Excel did to the cell, if it did something that cannot be undone. */
static bool complain_of_excel(const struct mapping_cell *cell, const char *text,
                              struct mistakes *mistakes)
{
    enum field_kind kind = cell->column->kind;
    if (is_scientific(text)) {
        complain(cell, R_AMBIGUOUS, text,
                 "Excel 把这个长数字改写成了科学计数法，后面的数字已丢失："
                 "请把该列设为“文本”格式后重新填写",
                 "Excel turned this long number into scientific notation and "
                 "lost its last digits: format the column as \"Text\" and "
                 "enter it again",
                 mistakes);
        return true;
    }
    if (is_code(kind) && lost_digits(text) &&
        field_check(kind, text, NULL, NULL) != R_OK) {
        complain(cell, R_AMBIGUOUS, text,
                 "Excel 只保留 15 位数字，最后三位已变成 000："
                 "请把该列设为“文本”格式后重新填写",
                 "Excel keeps 15 digits, the last three became 000: format "
                 "the column as \"Text\" and enter it again",
                 mistakes);
        return true;
    }
    if (kind == FIELD_DATE && is_day_number(text)) {
        complain(cell, R_AMBIGUOUS, text,
                 "这是 Excel 的日期序号，不是日期：请把该列设为“日期”格式",
                 "this is Excel's number of a day, not a date: format the "
                 "column as \"Date\"",
                 mistakes);
        return true;
    }
    if (has_excel_error(text)) {
        complain(cell, R_BAD_FIELD, text, "Excel 公式出错或列宽不够，没有值",
                 "an error of an Excel formula, or a column too narrow: there "
                 "is no value",
                 mistakes);
        return true;
    }
    return false;
}

static bool look_up(const struct mapping_cell *cell, const char *text,
                    struct buf *out, struct mistakes *mistakes)
{
    const struct code_table *table = &cell->column->table;
    AUTO(buf) struct buf known = {0};
    for (size_t i = 0; i < table->count; i++) {
        if (strcmp(table->rows[i].written, text) == 0) {
            buf_put_text(out, table->rows[i].code);
            return true;
        }
        if (i < 20)
            buf_print(&known, "%s%s", i ? ", " : "", table->rows[i].written);
    }
    AUTO(text) char *zh =
        mem_print("代码表中没有此值，可填：%s", buf_text(&known));
    AUTO(text) char *en =
        mem_print("not in the code table; it may be: %s", buf_text(&known));
    complain(cell, R_BAD_FIELD, text, zh, en, mistakes);
    return false;
}

static char *sentence(enum language language, enum field_kind kind,
                      const char *text)
{
    struct fault why = {0};
    language_speak(language);
    (void)!field_check(kind, text, NULL, &why);
    char *made = mem_print(
        "%s: %s", say(reason_chinese(why.reason), reason_english(why.reason)),
        why.text);
    language_speak(LANGUAGE_OF_READER);
    return made;
}

/* Whether the schema keeps the text of this kind as it was written. */
static bool keeps_written(const struct mapping_column *column)
{
    return column->type->field == column->kind &&
           column->kind != FIELD_AMOUNT && column->kind != FIELD_REGION;
}

static bool normalise(const struct mapping_cell *cell, const char *text,
                      struct buf *out, struct mistakes *mistakes)
{
    const struct mapping_column *column = cell->column;
    bool bare = text[strspn(text, "0123456789.,")] == '\0';
    AUTO(text) char *whole =
        mem_print("%s%s", text, bare && column->unit ? column->unit : "");
    AUTO(buf) struct buf normal = {0};
    enum reason reason = field_check(column->kind, whole, &normal, NULL);
    if (reason != R_OK) {
        AUTO(text) char *zh = sentence(LANGUAGE_CHINESE, column->kind, whole);
        AUTO(text) char *en = sentence(LANGUAGE_ENGLISH, column->kind, whole);
        complain(cell, reason, text, zh, en, mistakes);
        return false;
    }
    buf_put_text(out, keeps_written(column) ? text : buf_text(&normal));
    return true;
}

/* Line breaks within a cell (Alt+Enter) where the letter has one line. */
static void put_text(const struct mapping_column *column, const char *text,
                     struct buf *out)
{
    for (const char *c = text; *c; c++) {
        if (*c == '\r')
            continue;
        bool folds = *c == '\n' && column->type->pattern_text;
        buf_put_char(out, folds ? ' ' : *c);
    }
}

bool mapping_value(const struct mapping_cell *cell, const char *text,
                   struct buf *out, struct mistakes *mistakes)
{
    const struct mapping_column *column = cell->column;
    bool good = true;
    if (!*text)
        return true;
    if (complain_of_excel(cell, text, mistakes))
        return false;
    if (column->table.count > 0)
        good = look_up(cell, text, out, mistakes);
    else if (column->kind != FIELD_KIND_COUNT)
        good = normalise(cell, text, out, mistakes);
    else
        put_text(column, text, out);
    if (good && column->after)
        buf_put_text(out, column->after);
    return good;
}
