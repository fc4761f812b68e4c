/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A letter into rows: each column reads the place that it would fill. The
 * rows that come out can be read again with the same mapping.
 *
 * Cells are safe to open in Excel: what it would take for a formula gets an
 * apostrophe, long numbers stand as ="..."; sheet_clean takes both away.
 */
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "broker-adapters/mapping/mapping_parts.h"

/* Where a walk through the letter stands. */
struct walk {
    const struct element *at;
    const struct schema_element *rule;
    size_t row, part;
};

static size_t index_of(const struct walk *walk, const struct mapping_step *step)
{
    if (strcmp(step->index, "row") == 0)
        return walk->row;
    if (strcmp(step->index, "part") == 0)
        return walk->part;
    size_t index = 0;
    for (const char *c = step->index; *c; c++)
        index = index * 10 + (size_t)(*c - '0');
    return index ? index - 1 : 0;
}

static void enter(struct walk *walk, const char *name, size_t place)
{
    const struct schema_element *rule = schema_find(walk->rule->type, name);
    const struct element *at = rule ? element_first(walk->at, name) : NULL;
    for (; at && place > 0; place--)
        at = element_next(at, name);
    walk->at = at;
    walk->rule = rule;
}

static void take_step(struct walk *walk, const struct mapping_step *step)
{
    const struct schema_type *type = walk->rule->type;
    if (schema_is_list(type) && strcmp(type->elements[0].name, step->name) != 0)
        enter(walk, type->elements[0].name, 0);
    if (!walk->at)
        return;
    size_t index = index_of(walk, step);
    const struct schema_element *next =
        schema_find(walk->rule->type, step->name);
    bool of_items = next && schema_is_list(next->type);
    enter(walk, step->name, of_items ? 0 : index);
    if (walk->at && of_items && *step->index)
        enter(walk, next->type->elements[0].name, index);
}

/* The text at a path of the letter, or NULL. */
static const char *text_at(const struct mapping *mapping,
                           const struct message *message, const char *path,
                           struct walk walk)
{
    const struct schema_element *root = schema_root(schema_of_messages());
    const struct element *top = document_root(message_document(message));
    walk.at = top;
    walk.rule = root;
    if (strncmp(path, "header.", 7) == 0) {
        path += 7;
        enter(&walk, "header", 0);
    } else {
        enter(&walk, "body", 0);
        if (walk.at)
            enter(&walk, mapping->type->form, 0);
    }
    while (walk.at && *path) {
        struct mapping_step step;
        if (!mapping_step_read(&path, &step))
            return NULL;
        take_step(&walk, &step);
    }
    if (walk.at && schema_is_list(walk.rule->type))
        enter(&walk, walk.rule->type->elements[0].name, 0);
    return walk.at ? element_text(walk.at) : NULL;
}

static void put_written(const struct mapping_column *column, const char *text,
                        struct buf *out)
{
    size_t size = strlen(text);
    size_t behind = column->after ? strlen(column->after) : 0;
    if (behind && size >= behind &&
        strcmp(text + size - behind, column->after) == 0)
        size -= behind;
    AUTO(text) char *value = mem_copy(text, size);
    for (size_t i = 0; i < column->table.count; i++) {
        if (strcmp(column->table.rows[i].code, value) != 0)
            continue;
        buf_put_text(out, column->table.rows[i].written);
        return;
    }
    buf_put_text(out, value);
    if (column->unit && column->kind == FIELD_AMOUNT)
        buf_put_text(out, "元");
}

static void put_separator(const struct mapping_column *column, struct buf *out)
{
    size_t length = 1;
    while ((column->split[length] & 0xC0) == 0x80)
        length++;
    buf_put(out, column->split, length);
}

/* The cell of one column; false if the letter has nothing at its place. */
static bool put_cell(const struct mapping *mapping,
                     const struct message *message,
                     const struct mapping_column *column, size_t row,
                     struct buf *out)
{
    struct walk walk = {.row = row};
    const char *text;
    while ((text = text_at(mapping, message, column->path, walk))) {
        if (walk.part > 0)
            put_separator(column, out);
        put_written(column, text, out);
        walk.part++;
        if (!column->split)
            break;
    }
    return walk.part > 0;
}

static bool is_first_of_name(const struct mapping *mapping, size_t place)
{
    const char *name = mapping->columns[place].name;
    for (size_t i = 0; name && i < place; i++)
        if (mapping->columns[i].name &&
            strcmp(mapping->columns[i].name, name) == 0)
            return false;
    return name != NULL;
}

/* As Excel can open it without changing it. */
static char *guarded(const char *text)
{
    if (*text && strchr("=+-@\t\r", *text))
        return mem_print("'%s", text);
    bool number = strlen(text) > 11 && text[strspn(text, "0123456789")] == '\0';
    return number ? mem_print("=\"%s\"", text) : mem_text(text);
}

void mapping_put_heading(const struct mapping *mapping, struct buf *out)
{
    const char *cells[CSV_CELLS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < mapping->count && count < CSV_CELLS_MAX; i++)
        if (is_first_of_name(mapping, i))
            cells[count++] = mapping->columns[i].name;
    csv_put(out, cells, count);
}

/* The first of the columns with this name that finds something. */
static char *cell_named(const struct mapping *mapping,
                        const struct message *message, const char *name,
                        size_t row, bool *any)
{
    AUTO(buf) struct buf cell = {0};
    for (size_t i = 0; i < mapping->count; i++) {
        const struct mapping_column *column = &mapping->columns[i];
        if (!column->name || strcmp(column->name, name) != 0 ||
            !put_cell(mapping, message, column, row, &cell))
            continue;
        *any |= row == 0 || strstr(column->path, "[row]");
        break;
    }
    return guarded(buf_text(&cell));
}

void mapping_put_rows(const struct mapping *mapping,
                      const struct message *message, struct buf *out)
{
    bool any = true;
    for (size_t row = 0; any && row < mapping->rows; row++) {
        char *cells[CSV_CELLS_MAX];
        size_t count = 0;
        any = false;
        for (size_t i = 0; i < mapping->count && count < CSV_CELLS_MAX; i++)
            if (is_first_of_name(mapping, i))
                cells[count++] = cell_named(
                    mapping, message, mapping->columns[i].name, row, &any);
        if (any)
            csv_put(out, (const char *const *)cells, count);
        for (size_t i = 0; i < count; i++)
            free(cells[i]);
    }
}
