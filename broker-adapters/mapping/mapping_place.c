/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Paths: the same names as in form.h, with [row] (the number of the row in its
 * letter) and [part] (of a cell that holds several values) beside plain
 * numbers.
 */
#include "broker-adapters/mapping/mapping_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/language.h"
#include "base/mem.h"

static bool read_index(const char **path, struct mapping_step *step)
{
    const char *begin = *path + 1;
    size_t length = strcspn(begin, "]");
    if (begin[length] != ']' || length == 0 || length >= sizeof step->index)
        return false;
    memcpy(step->index, begin, length);
    step->index[length] = '\0';
    *path = begin + length + 1;
    return strcmp(step->index, "row") == 0 ||
           strcmp(step->index, "part") == 0 ||
           strspn(step->index, "0123456789") == length;
}

bool mapping_step_read(const char **path, struct mapping_step *step)
{
    size_t length = strcspn(*path, ".[");
    if (length == 0 || length >= sizeof step->name)
        return false;
    memcpy(step->name, *path, length);
    step->name[length] = step->index[0] = '\0';
    *path += length;
    if (**path == '[' && !read_index(path, step))
        return false;
    if (**path == '.')
        return *++*path != '\0';
    return **path == '\0';
}

static const struct schema_element *begin(const struct message_type *type,
                                          const char **path, struct buf *place)
{
    static const char header[] = "header.";
    const struct schema_element *root = schema_root(schema_of_messages());
    if (strncmp(*path, header, sizeof header - 1) == 0) {
        *path += sizeof header - 1;
        buf_put_text(place, "/message/header");
        return schema_find(root->type, "header");
    }
    buf_print(place, "/message/body/%s", type->form);
    return schema_find(schema_find(root->type, "body")->type, type->form);
}

/* Down one element, into the item of a list if the step does not name it. */
static const struct schema_element *step_down(const struct schema_element *at,
                                              const char *name,
                                              struct buf *place)
{
    if (schema_is_list(at->type) &&
        strcmp(at->type->elements[0].name, name) != 0) {
        at = &at->type->elements[0];
        buf_print(place, "/%s", at->name);
        if (at->type->is_simple)
            return NULL;
    }
    const struct schema_element *next = schema_find(at->type, name);
    if (next)
        buf_print(place, "/%s", name);
    return next;
}

enum reason mapping_place(const struct message_type *type, const char *path,
                          struct buf *place, const struct schema_type **leads,
                          struct fault *why)
{
    const char *rest = path;
    const struct schema_element *at = begin(type, &rest, place);
    while (*rest) {
        struct mapping_step step;
        if (!mapping_step_read(&rest, &step))
            return fault(why, R_BAD_SETTINGS, "%s: '%s'",
                         say("路径写法有误", "this is no path"), path);
        const struct schema_element *next = step_down(at, step.name, place);
        if (!next || at->type->is_simple)
            return fault(
                why, R_BAD_SETTINGS, "%s: '%s' (%s)",
                say("报文中没有此位置", "the letter has no such place"), path,
                step.name);
        at = next;
    }
    if (schema_is_list(at->type) && at->type->elements[0].type->is_simple) {
        at = &at->type->elements[0];
        buf_print(place, "/%s", at->name);
    }
    if (!at->type->is_simple)
        return fault(
            why, R_BAD_SETTINGS, "%s: '%s'",
            say("此位置是一组，不是一项", "this is a group, not a value"),
            path);
    *leads = at->type;
    return R_OK;
}

bool mapping_next_of(const char **list, char **one)
{
    if (!*list || !**list)
        return false;
    size_t length = strcspn(*list, "|");
    *one = mem_copy(*list, length);
    *list += length + ((*list)[length] == '|');
    return true;
}

size_t mapping_find_cell(const struct sheet *sheet,
                         const struct mapping_column *column)
{
    size_t place = sheet_column(sheet, column->name);
    const char *others = column->also;
    for (char *one;
         place == sheet->name_count && mapping_next_of(&others, &one);
         free(one))
        place = sheet_column(sheet, one);
    return place;
}

bool mapping_has_column(const struct mapping *mapping, const char *name)
{
    const struct sheet one = {.names = (char *[]){(char *)name},
                              .name_count = 1};
    for (size_t i = 0; i < mapping->count; i++) {
        const struct mapping_column *column = &mapping->columns[i];
        if (column->name && mapping_find_cell(&one, column) == 0)
            return true;
    }
    return false;
}
