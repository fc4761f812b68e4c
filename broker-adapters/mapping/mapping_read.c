/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reads a mapping file and holds it whole against mapping.xsd, the schema of
 * messages and its code tables: what could go wrong later for every row goes
 * wrong here, once, with file and line.
 */
#include "broker-adapters/mapping/mapping_write.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/io.h"
#include "base/language.h"
#include "base/mem.h"
#include "schemas/grammar.h"

#define MAPPINGS "broker-adapters/mappings/"

enum { TABLE_ROWS_MAX = 10000 };

void mapping_free(struct mapping *mapping)
{
    if (!mapping)
        return;
    for (size_t i = 0; i < mapping->count; i++) {
        struct mapping_column *column = &mapping->columns[i];
        for (size_t j = 0; j < column->table.count; j++) {
            free(column->table.rows[j].written);
            free(column->table.rows[j].code);
        }
        free(column->table.rows);
        free(column->place);
    }
    free(mapping->columns);
    document_free(mapping->document);
    free(mapping->file);
    free(mapping);
}

/* The file that is being read, and the faults found so far. */
struct reading {
    struct mapping *mapping;
    struct buf *report;
    struct fault first;
};

static void complain(struct reading *reading, int line, const char *text)
{
    const char *file = reading->mapping->file;
    buf_print(reading->report, "%s:%d: %s\n", file, line, text);
    if (reading->first.reason == R_OK)
        (void)fault(&reading->first, R_BAD_SETTINGS, "%s:%d: %s", file, line,
                    text);
}

static void complain_of_grammar(void *context, int line, const char *text)
{
    complain(context, line, text);
}

static void add_code(struct code_table *table, char *const cells[])
{
    table->rows =
        mem_resize(table->rows, table->count + 1, sizeof *table->rows);
    table->rows[table->count++] = (struct code_row){
        .written = mem_text(cells[0]), .code = mem_text(cells[1])};
}

static bool is_value_of(const struct schema_type *type, const char *code)
{
    for (size_t i = 0; i < type->value_count; i++)
        if (strcmp(type->values[i].text, code) == 0)
            return true;
    return type->value_count == 0;
}

static void read_codes(struct reading *reading, struct mapping_column *column,
                       const char *file, const struct buf *text)
{
    AUTO(csv) struct csv csv = {0};
    char *cells[CSV_CELLS_MAX];
    csv_open(&csv, buf_text(text), text->size);
    size_t count = csv_next(&csv, cells);
    if (count < 2 || strcmp(cells[0], "written") != 0 ||
        strcmp(cells[1], "code") != 0)
        complain(reading, column->line,
                 say("代码表的表头应为 written,code",
                     "the heading of a code table is written,code"));
    while ((count = csv_next(&csv, cells)) > 0) {
        if (count >= 2 && column->table.count < TABLE_ROWS_MAX &&
            (!column->type || is_value_of(column->type, cells[1]))) {
            add_code(&column->table, cells);
            continue;
        }
        AUTO(text) char *what =
            mem_print("%s:%d: %s", file, csv.line,
                      say("此处没有这个代码", "no code that may stand there"));
        complain(reading, column->line, what);
    }
}

/* Beside the mapping file, or carried by the program. */
static void read_table(struct reading *reading, struct mapping_column *column,
                       const char *name)
{
    AUTO(text) char *folder = io_folder_of(reading->mapping->file);
    AUTO(text) char *path = io_join(folder, name);
    AUTO(text) char *own = mem_print(MAPPINGS "%s", name);
    AUTO(buf) struct buf text = {.ceiling = DOCUMENT_CEILING};
    struct fault why = {0};
    const struct asset *asset = asset_next(own, NULL);
    if (io_exists(path)) {
        if (io_read(path, &text, &why) != R_OK)
            complain(reading, column->line, why.text);
        read_codes(reading, column, path, &text);
    } else if (asset && strcmp(asset->name, own) == 0) {
        buf_put(&text, asset->bytes, asset->size);
        read_codes(reading, column, name, &text);
    } else {
        AUTO(text) char *what = mem_print(
            "%s: %s", say("没有此代码表", "there is no such code table"), path);
        complain(reading, column->line, what);
    }
}

static bool names_a_column(const struct mapping *mapping, const char *name)
{
    for (size_t i = 0; i < mapping->count; i++)
        if (mapping->columns[i].name &&
            strcmp(mapping->columns[i].name, name) == 0)
            return true;
    return false;
}

static void check_path(struct reading *reading, struct mapping_column *column,
                       const char *path, const struct schema_type **type,
                       char **place)
{
    struct fault why = {0};
    AUTO(buf) struct buf found = {0};
    if (mapping_place(reading->mapping->type, path, &found, type, &why) != R_OK)
        complain(reading, column->line, why.text);
    if (place)
        *place = buf_take(&found);
    if (!mapping_may_fill(path))
        complain(reading, column->line,
                 say("此项由本系统填写", "this is filled in by the adapter"));
    if (strstr(path, "[row]") && reading->mapping->rows == 1)
        complain(reading, column->line,
                 say("[row] 需要在 mapping 上写明 rows",
                     "[row] needs the attribute rows of the mapping"));
}

static void check_column(struct reading *reading, struct mapping_column *column,
                         const struct element *element)
{
    const struct mapping *mapping = reading->mapping;
    const struct schema_type *kept = NULL;
    const char *table = element_attribute(element, "table");
    check_path(reading, column, column->path, &column->type, &column->place);
    if (column->keep)
        check_path(reading, column, column->keep, &kept, NULL);
    if (table)
        read_table(reading, column, table);
    if (!column->when != !column->is)
        complain(reading, column->line,
                 say("when 与 is 必须同时出现", "when and is go together"));
    if (column->when && !names_a_column(mapping, column->when))
        complain(reading, column->line,
                 say("when 所指的列不在本文件中",
                     "when names a column that is not in this file"));
    if (!column->split != !strstr(column->path, "[part]"))
        complain(reading, column->line,
                 say("split 与路径中的 [part] 必须同时出现",
                     "split and [part] in the path go together"));
    if (column->value && column->type &&
        !is_value_of(column->type, column->value))
        complain(reading, column->line,
                 say("此处不允许这个值", "this value may not stand there"));
}

static void read_column(struct mapping *mapping, const struct element *element)
{
    const char *required = element_attribute(element, "required");
    const char *kind = element_attribute(element, "kind");
    mapping->columns = mem_resize(mapping->columns, mapping->count + 1,
                                  sizeof *mapping->columns);
    mapping->columns[mapping->count++] = (struct mapping_column){
        .line = element_line(element),
        .name = element_attribute(element, "name"),
        .also = element_attribute(element, "also"),
        .path = element_attribute(element, "path"),
        .value = element_attribute(element, "value"),
        .kind = kind ? field_find(kind) : FIELD_KIND_COUNT,
        .unit = element_attribute(element, "unit"),
        .after = element_attribute(element, "after"),
        .split = element_attribute(element, "split"),
        .keep = element_attribute(element, "keep"),
        .when = element_attribute(element, "when"),
        .is = element_attribute(element, "is"),
        .required = required && strcmp(required, "yes") == 0,
    };
}

static bool is_column(const struct element *element)
{
    return strcmp(element_name(element), "column") == 0 ||
           strcmp(element_name(element), "constant") == 0;
}

static void read_columns(struct reading *reading, const struct element *root)
{
    struct mapping *mapping = reading->mapping;
    const struct element *at;
    for (at = element_first(root, NULL); at; at = element_next(at, NULL))
        if (is_column(at))
            read_column(mapping, at);
    size_t place = 0;
    for (at = element_first(root, NULL); at; at = element_next(at, NULL))
        if (is_column(at))
            check_column(reading, &mapping->columns[place++], at);
    if (mapping->group && !names_a_column(mapping, mapping->group))
        complain(reading, element_line(root),
                 say("group 所指的列不在本文件中",
                     "group names a column that is not in this file"));
}

static void read_root(struct reading *reading)
{
    struct mapping *mapping = reading->mapping;
    const struct element *root = document_root(mapping->document);
    struct grammar *grammar = grammar_new(MAPPINGS "mapping.xsd");
    size_t faults =
        grammar_check(grammar, mapping->document, complain_of_grammar, reading);
    grammar_free(grammar);
    if (faults > 0)
        return;
    const char *rows = element_attribute(root, "rows");
    mapping->id = element_attribute(root, "id");
    mapping->files = element_attribute(root, "files");
    mapping->group = element_attribute(root, "group");
    mapping->type = catalogue_find(element_attribute(root, "type"));
    mapping->rows = rows ? strtoul(rows, NULL, 10) : 1;
    if (mapping->type)
        read_columns(reading, root);
    else
        complain(reading, element_line(root),
                 say("没有此文书类型", "there is no such message type"));
}

static enum reason read_document(struct mapping *mapping, const char *name,
                                 struct fault *why)
{
    AUTO(text) char *own = mem_print(MAPPINGS "%s.xml", io_name_of(name));
    const struct asset *asset = asset_next(own, NULL);
    bool carried = !io_exists(name) && asset && strcmp(asset->name, own) == 0;
    mapping->file = mem_text(carried ? own : name);
    return carried ? document_parse(&mapping->document, asset->bytes,
                                    asset->size, why)
                   : document_read(&mapping->document, name, why);
}

enum reason mapping_read(struct mapping **out, const char *name,
                         struct buf *report, struct fault *why)
{
    AUTO(mapping) struct mapping *mapping = mem_new(1, sizeof *mapping);
    struct reading reading = {.mapping = mapping, .report = report};
    struct fault found = {0};
    enum reason reason = read_document(mapping, name, &found);
    if (reason == R_NO_FILE)
        return fault(why, reason, "%s", found.text);
    if (reason != R_OK) {
        buf_print(report, "%s: %s\n", name, found.text);
        return fault(why, R_BAD_SETTINGS, "%s: %s", name, found.text);
    }
    read_root(&reading);
    if (reading.first.reason != R_OK)
        return fault(why, R_BAD_SETTINGS, "%s", reading.first.text);
    *out = TAKE(mapping);
    return R_OK;
}

const char *mapping_id(const struct mapping *mapping)
{
    return mapping->id;
}

const char *mapping_type(const struct mapping *mapping)
{
    return mapping->type->id;
}

const char *mapping_label(const struct mapping *mapping)
{
    const struct element *root = document_root(mapping->document);
    return element_child_text(root, say("chinese", "english"));
}

bool mapping_fits(const struct mapping *mapping, const char *file_name)
{
    const char *patterns = mapping->files;
    bool fits = false;
    for (char *one; !fits && mapping_next_of(&patterns, &one); free(one))
        fits = fnmatch(one, file_name, 0) == 0;
    return fits;
}

void mapping_send_to(struct mapping *mapping, const char *agencies)
{
    mapping->send_to = agencies;
}
