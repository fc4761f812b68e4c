/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Rows into a letter: each cell to its place, the body through form.h in the
 * order of the schema, the header beside it.
 *
 * Texts that meet at one place (remarks, and what was kept of a date as it was
 * written) are joined by "；".
 */
#include "broker-adapters/mapping/mapping_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"

static const char header[] = "header.";

/* In the order of the schema. */
static const char *const header_names[] = {
    "id",           "caseId",           "parentCase",
    "to",           "copyTo",           "decidedAt",
    "inReplyTo.id", "inReplyTo.digest", "documentNumber",
    "urgency",
};

bool mapping_may_fill(const char *path)
{
    if (strncmp(path, header, sizeof header - 1) != 0)
        return true;
    for (size_t i = 0; i < COUNT_OF(header_names); i++)
        if (strcmp(path + sizeof header - 1, header_names[i]) == 0)
            return true;
    return false;
}

void mapping_letter_done(struct mapping_letter *letter)
{
    for (size_t i = 0; i < letter->count; i++) {
        free(letter->fields[i].path);
        buf_done(&letter->fields[i].text);
    }
    free(letter->fields);
    *letter = (struct mapping_letter){0};
}

static void put(struct mapping_letter *letter, const char *path,
                const char *text)
{
    bool joins = strstr(path, "header.to") != path &&
                 strstr(path, "header.copyTo") != path;
    for (size_t i = letter->row_first; joins && i < letter->count; i++) {
        struct mapping_field *field = &letter->fields[i];
        if (strcmp(field->path, path) != 0)
            continue;
        buf_print(&field->text, "；%s", text);
        return;
    }
    letter->fields =
        mem_resize(letter->fields, letter->count + 1, sizeof *letter->fields);
    struct mapping_field *field = &letter->fields[letter->count++];
    *field = (struct mapping_field){.path = mem_text(path)};
    buf_put_text(&field->text, text);
}

/* "entries[row].kinds[part]" with the numbers of this row and part. */
static char *number_path(const char *path, size_t row, size_t part)
{
    AUTO(buf) struct buf numbered = {0};
    while (*path) {
        if (strncmp(path, "[row]", 5) == 0) {
            buf_print(&numbered, "[%zu]", row + 1);
            path += 5;
        } else if (strncmp(path, "[part]", 6) == 0) {
            buf_print(&numbered, "[%zu]", part + 1);
            path += 6;
        } else {
            buf_put_char(&numbered, *path++);
        }
    }
    return mem_text(buf_text(&numbered));
}

static bool is_one_of(const char *list, const char *text)
{
    for (;;) {
        size_t length = strcspn(list, "|");
        if (strlen(text) == length && memcmp(text, list, length) == 0)
            return true;
        if (!list[length])
            return false;
        list += length + 1;
    }
}

static char *cell_of(const struct sheet *sheet, size_t row,
                     const struct mapping_column *column)
{
    size_t place = mapping_find_cell(sheet, column);
    return place == sheet->name_count
               ? mem_text("")
               : sheet_clean(sheet->rows[row].cells[place]);
}

static const struct mapping_column *column_named(const struct mapping *mapping,
                                                 const char *name)
{
    for (size_t i = 0; i < mapping->count; i++)
        if (mapping->columns[i].name &&
            strcmp(mapping->columns[i].name, name) == 0)
            return &mapping->columns[i];
    return NULL;
}

char *mapping_cell_text(const struct mapping *mapping,
                        const struct sheet *sheet, size_t row, const char *name)
{
    const struct mapping_column *column = column_named(mapping, name);
    return column ? cell_of(sheet, row, column) : mem_text("");
}

static bool applies(const struct mapping *mapping, const struct sheet *sheet,
                    size_t row, const struct mapping_column *column)
{
    if (!column->when)
        return true;
    AUTO(text) char *text =
        mapping_cell_text(mapping, sheet, row, column->when);
    return is_one_of(column->is, text);
}

const char *mapping_label_of(const struct sheet *sheet,
                             const struct mapping_column *column)
{
    size_t place = mapping_find_cell(sheet, column);
    return place == sheet->name_count ? column->name : sheet->names[place];
}

/* One value of a cell to its place; what was written, where it is kept. */
static void put_part(struct mapping_letter *letter,
                     const struct mapping_cell *cell, const char *text,
                     size_t part, struct mistakes *mistakes)
{
    const struct mapping_column *column = cell->column;
    AUTO(buf) struct buf value = {0};
    if (!mapping_value(cell, text, &value, mistakes) || value.size == 0)
        return;
    AUTO(text) char *path = number_path(column->path, letter->rows, part);
    put(letter, path, buf_text(&value));
    if (!column->keep || strcmp(buf_text(&value), text) == 0)
        return;
    AUTO(text) char *keep = number_path(column->keep, letter->rows, part);
    AUTO(text) char *kept = mem_print("%s：%s", cell->label, text);
    put(letter, keep, kept);
}

/* Length of the character at `text` if it separates the values of a cell. */
static size_t separator_at(const char *separators, const char *text)
{
    while (*separators) {
        size_t length = 1;
        while ((separators[length] & 0xC0) == 0x80)
            length++;
        if (strncmp(text, separators, length) == 0)
            return length;
        separators += length;
    }
    return 0;
}

static void put_parts(struct mapping_letter *letter,
                      const struct mapping_cell *cell, const char *text,
                      struct mistakes *mistakes)
{
    size_t part = 0;
    while (*text) {
        size_t length = 0;
        while (text[length] &&
               !separator_at(cell->column->split, text + length))
            length++;
        AUTO(text) char *raw = mem_copy(text, length);
        AUTO(text) char *one = sheet_clean(raw);
        if (*one)
            put_part(letter, cell, one, part++, mistakes);
        text += length;
        text += separator_at(cell->column->split, text);
    }
}

static void put_cell(struct mapping_letter *letter,
                     const struct mapping_cell *cell, const char *text,
                     struct mistakes *mistakes)
{
    if (!*text && cell->column->required)
        mistakes_add(mistakes, R_NOT_VALID, cell->line, cell->label, "",
                     "此列必须填写", "this column must be filled in");
    if (cell->column->split)
        put_parts(letter, cell, text, mistakes);
    else
        put_part(letter, cell, text, 0, mistakes);
}

void mapping_put_row(struct mapping_letter *letter,
                     const struct mapping *mapping, const struct sheet *sheet,
                     size_t row, struct mistakes *mistakes)
{
    letter->row_first = letter->count;
    for (size_t i = 0; i < mapping->count; i++) {
        const struct mapping_column *column = &mapping->columns[i];
        bool again = letter->rows > 0 && !strstr(column->path, "[row]");
        if (again || !applies(mapping, sheet, row, column))
            continue;
        if (!column->name) {
            AUTO(text) char *path = number_path(column->path, letter->rows, 0);
            put(letter, path, column->value);
            continue;
        }
        AUTO(text) char *text = cell_of(sheet, row, column);
        struct mapping_cell cell = {.column = column,
                                    .label = mapping_label_of(sheet, column),
                                    .line = sheet->rows[row].line};
        put_cell(letter, &cell, text, mistakes);
    }
    letter->rows++;
}

/* Values of a header element; for `to`, those of the mapping if there is none.
 */
static bool put_header_values(const struct mapping_letter *letter,
                              const char *name, struct buf *out)
{
    const char *element = strrchr(name, '.') ? strrchr(name, '.') + 1 : name;
    bool any = false;
    for (size_t i = 0; i < letter->count; i++) {
        const struct mapping_field *field = &letter->fields[i];
        if (strncmp(field->path, header, sizeof header - 1) != 0 ||
            strcmp(field->path + sizeof header - 1, name) != 0)
            continue;
        buf_put_element(out, element, buf_text(&field->text));
        any = true;
    }
    return any;
}

static void put_addressees(const struct mapping *mapping, const char *name,
                           struct buf *out)
{
    const struct element *root = document_root(mapping->document);
    const struct element *at = element_first(root, name);
    for (; at; at = element_next(at, name))
        buf_put_element(out, name, element_text(at));
    bool named = element_first(root, "to") != NULL;
    const char *rest = named || strcmp(name, "to") ? "" : mapping->send_to;
    while (rest && *rest) {
        size_t length = strcspn(rest, ", ");
        AUTO(text) char *one = mem_copy(rest, length);
        if (*one)
            buf_put_element(out, name, one);
        rest += length + strspn(rest + length, ", ");
    }
}

static void put_header(const struct mapping *mapping,
                       const struct mapping_letter *letter, struct buf *out)
{
    AUTO(buf) struct buf reply = {0};
    buf_print(out, "<header><schemaVersion>%s</schemaVersion>",
              MESSAGE_VERSION);
    for (size_t i = 0; i < COUNT_OF(header_names); i++) {
        const char *name = header_names[i];
        bool of_reply = strncmp(name, "inReplyTo.", 10) == 0;
        if (i == 1)
            buf_put_element(out, "type", mapping->type->id);
        bool any = put_header_values(letter, name, of_reply ? &reply : out);
        if (!any && (strcmp(name, "to") == 0 || strcmp(name, "copyTo") == 0))
            put_addressees(mapping, name, out);
        if (!any && strcmp(name, "urgency") == 0)
            buf_put_element(out, "urgency", "normal");
        if (strcmp(name, "inReplyTo.digest") == 0 && reply.size > 0)
            buf_print(out, "<inReplyTo>%s</inReplyTo>", buf_text(&reply));
    }
    buf_put_text(out, "</header>");
}

enum reason mapping_letter_write(const struct mapping *mapping,
                                 const struct mapping_letter *letter,
                                 struct buf *out, struct fault *why)
{
    AUTO(form) struct form *form = form_new(mapping->type);
    for (size_t i = 0; i < letter->count; i++) {
        const struct mapping_field *field = &letter->fields[i];
        if (strncmp(field->path, header, sizeof header - 1) == 0)
            continue;
        AUTO(text) char *set =
            mem_print("%s=%s", field->path, buf_text(&field->text));
        struct fault found = {0};
        if (form_set(form, set, &found) != R_OK)
            return fault(why, R_NOT_VALID, "%s", found.text);
    }
    buf_put_text(out, "<message xmlns=\"" MESSAGE_NAMESPACE "\">");
    put_header(mapping, letter, out);
    buf_put_text(out, "<body>");
    form_write(form, out);
    buf_put_text(out, "</body></message>\n");
    return buf_check(out, why);
}
