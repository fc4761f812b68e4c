/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * {"CF_WSH": "...", "CF_NR_FK": 5.25}, or an array of such objects: members
 * are columns, in the order in which they first appear.
 */
#include "broker-adapters/mapping/sheet.h"

#include <string.h>

#include "base/language.h"
#include "base/mem.h"
#include "schemas/json.h"

static enum reason check_object(const struct json *object, struct fault *why)
{
    if (object->kind != JSON_OBJECT)
        return fault(why, R_NOT_WELL_FORMED, "%d: %s", object->line,
                     say("应为对象", "an object is expected"));
    for (const struct json *at = object->first; at; at = at->next)
        if (at->kind == JSON_OBJECT || at->kind == JSON_ARRAY)
            return fault(why, R_NOT_WELL_FORMED, "%d: %s: %s", at->line,
                         at->name,
                         say("只能是文本、数字或真假值",
                             "only texts, numbers, true and false"));
    return R_OK;
}

static void add_names(struct sheet *sheet, const struct json *object)
{
    for (const struct json *at = object->first; at; at = at->next) {
        if (sheet_column(sheet, at->name) < sheet->name_count ||
            sheet->name_count == CSV_CELLS_MAX)
            continue;
        sheet->names = mem_resize(sheet->names, sheet->name_count + 1,
                                  sizeof *sheet->names);
        sheet->names[sheet->name_count++] = mem_text(at->name);
    }
}

static void add_row(struct sheet *sheet, const struct json *object)
{
    struct sheet_row *row = sheet_add_row(sheet, object->line);
    for (size_t i = 0; i < sheet->name_count; i++) {
        const struct json *at = json_find(object, sheet->names[i]);
        bool filled = at && at->kind != JSON_NULL;
        row->cells[i] = mem_text(filled ? at->text : "");
    }
}

enum reason sheet_read_json(struct sheet *out, const struct buf *text,
                            struct fault *why)
{
    AUTO(json_text) struct json_text *read = NULL;
    TRY(json_parse(&read, buf_text(text), text->size, why));
    const struct json *root = json_root(read);
    bool many = root->kind == JSON_ARRAY;
    const struct json *first = many ? root->first : root;
    if (many && root->count > SHEET_ROWS_MAX)
        return fault(why, R_TOO_LARGE, "> %d", SHEET_ROWS_MAX);
    for (const struct json *at = first; at; at = many ? at->next : NULL) {
        TRY(check_object(at, why));
        add_names(out, at);
    }
    for (const struct json *at = first; at; at = many ? at->next : NULL)
        add_row(out, at);
    return R_OK;
}
