/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Loads the whole set: the procedures that the program carries, or those of a
 * folder, with law.xml, visibility.xml and the calendars. Where a folder has
 * none of these, the carried ones are used; carried rules stand on carried law.
 * Every file is judged, and every fault told, before the set is refused.
 */
#include "routing/procedure.h"

#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/io.h"
#include "base/mem.h"
#include "routing/procedure_model.h"
#include "routing/visibility.h"
#include "schemas/grammar.h"

#define LAW        "law.xml"
#define VISIBILITY "visibility.xml"

/* What is at hand while a set is loaded. */
struct loading {
    struct procedures *procedures;
    struct grammar *grammar;
    struct words roles; /* of the registry */
    struct complaints complaints;
};

static void tell(void *context, int line, const char *text)
{
    complain(context, line, "不符合格式", "does not keep to the form", text);
}

/* Takes the document. */
static void load_document(struct loading *loading, struct document *document)
{
    struct procedures *procedures = loading->procedures;
    struct machine *machine = mem_new(1, sizeof *machine);
    machine->document = document;
    machine->file = mem_text(loading->complaints.file);
    if (procedures->count == PROCEDURES_MAX)
        complain(&loading->complaints, 1, "程序文件过多", "too many procedures",
                 machine->file);
    if (procedures->count == PROCEDURES_MAX ||
        grammar_check(loading->grammar, document, tell, &loading->complaints)) {
        machine_free(machine);
        return;
    }
    size_t before = loading->complaints.count;
    machine_read(machine, &loading->complaints);
    if (machine_find(procedures, machine->id))
        complain(&loading->complaints, 1, "程序编号重复",
                 "the procedure is there twice", machine->id);
    if (loading->complaints.count == before)
        machine_check(machine, procedures->laws, &loading->roles,
                      &loading->complaints);
    procedures->machines = mem_resize(
        procedures->machines, procedures->count + 1, sizeof(struct machine *));
    procedures->machines[procedures->count++] = machine;
}

/* The parser's text begins with the line that it names. */
static int line_in(const char *text)
{
    return (int)strtol(text + strcspn(text, "0123456789"), NULL, 10);
}

/* A file that cannot even be parsed is one fault; the others are read on. */
static struct document *parse(struct loading *loading, const void *bytes,
                              size_t size)
{
    struct document *document = NULL;
    struct fault why = {0};
    if (document_parse(&document, bytes, size, &why) != R_OK)
        complain(&loading->complaints, line_in(why.text),
                 reason_chinese(why.reason), reason_english(why.reason),
                 why.text);
    return document;
}

static void load_asset(struct loading *loading, const struct asset *asset)
{
    loading->complaints.file = asset->name;
    struct document *document = parse(loading, asset->bytes, asset->size);
    if (document)
        load_document(loading, document);
}

static struct document *parse_file(struct loading *loading, const char *path)
{
    AUTO(buf) struct buf bytes = {.ceiling = DOCUMENT_CEILING};
    struct fault why = {0};
    loading->complaints.file = path;
    if (io_read(path, &bytes, &why) == R_OK)
        return parse(loading, bytes.bytes, bytes.size);
    complain(&loading->complaints, 1, reason_chinese(why.reason),
             reason_english(why.reason), why.text);
    return NULL;
}

static bool is_procedure_name(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && strcmp(name + length - 4, ".xml") == 0 &&
           name[0] != '.' && strcmp(name, LAW) != 0 &&
           strcmp(name, VISIBILITY) != 0;
}

static enum reason load_folder(struct loading *loading, const char *folder,
                               struct fault *why)
{
    AUTO(io_names) struct io_names names = {0};
    TRY(io_list(folder, &names, why));
    for (size_t i = 0; i < names.count; i++) {
        if (!is_procedure_name(names.names[i]))
            continue;
        AUTO(text) char *path = io_join(folder, names.names[i]);
        struct document *document = parse_file(loading, path);
        if (document)
            load_document(loading, document);
    }
    return R_OK;
}

static void load_assets(struct loading *loading)
{
    const struct asset *asset = NULL;
    while ((asset = asset_next("routing/procedures/", asset)))
        if (is_procedure_name(io_name_of(asset->name)))
            load_asset(loading, asset);
}

/* The file of the folder, or NULL if it has none. */
static char *find_own(const char *folder, const char *name)
{
    char *path = folder ? io_join(folder, name) : NULL;
    if (path && io_exists(path))
        return path;
    free(path);
    return NULL;
}

/* The file at `path`, or the carried one where that is NULL. */
static struct document *parse_either(struct loading *loading, const char *path,
                                     const char *carried)
{
    if (path)
        return parse_file(loading, path);
    const struct asset *asset = asset_get(carried);
    loading->complaints.file = asset->name;
    return parse(loading, asset->bytes, asset->size);
}

static struct laws *read_laws(struct loading *loading, const char *path)
{
    struct document *document = parse_either(loading, path, "routing/" LAW);
    return document ? laws_read(document, &loading->complaints) : NULL;
}

static void load_laws(struct loading *loading, const char *folder)
{
    struct procedures *procedures = loading->procedures;
    AUTO(text) char *law = find_own(folder, LAW);
    AUTO(text) char *rules = find_own(folder, VISIBILITY);
    procedures->laws = read_laws(loading, law);
    if (law && !rules)
        procedures->carried_laws = read_laws(loading, NULL);
    const struct visibility_ground ground = {
        .laws = procedures->carried_laws ? procedures->carried_laws
                                         : procedures->laws,
        .roles = &loading->roles,
    };
    struct document *document =
        ground.laws ? parse_either(loading, rules, "routing/" VISIBILITY)
                    : NULL;
    if (document)
        procedures->visibility =
            visibility_read(document, &ground, &loading->complaints);
}

/* The roles that an agency can be registered with, from registry.xsd. */
static struct words read_roles(void)
{
    const struct asset *asset = asset_get("certs/registry.xsd");
    AUTO(document) struct document *schema = NULL;
    AUTO(buf) struct buf text = {0};
    if (document_parse(&schema, asset->bytes, asset->size, NULL) != R_OK)
        abort();
    const struct element *type =
        element_first(document_root(schema), "simpleType");
    while (type && strcmp(element_attribute(type, "name"), "role") != 0)
        type = element_next(type, "simpleType");
    const struct element *list =
        type ? element_first(type, "restriction") : NULL;
    const struct element *row =
        list ? element_first(list, "enumeration") : NULL;
    for (; row; row = element_next(row, "enumeration"))
        buf_print(&text, " %s", element_attribute(row, "value"));
    return words_parse(buf_text(&text));
}

static enum reason load_calendar(struct procedures *procedures,
                                 const char *folder, struct fault *why)
{
    AUTO(text) char *path = folder ? io_join(folder, "calendars") : NULL;
    return calendar_load(&procedures->calendar,
                         path && io_exists(path) ? path : NULL, why);
}

static int by_id(const void *a, const void *b)
{
    struct machine *const *first = a, *const *second = b;
    return strcmp((*first)->id, (*second)->id);
}

static enum reason load(struct loading *loading, const char *folder,
                        struct fault *why)
{
    struct procedures *procedures = loading->procedures;
    struct complaints *complaints = &loading->complaints;
    TRY(load_calendar(procedures, folder, why));
    load_laws(loading, folder);
    if (procedures->laws && folder)
        TRY(load_folder(loading, folder, why));
    else if (procedures->laws)
        load_assets(loading);
    if (procedures->count > 0)
        qsort(procedures->machines, procedures->count, sizeof(struct machine *),
              by_id);
    complaints->file = folder ? folder : "routing/procedures";
    if (complaints->count == 0 && procedures->count == 0)
        complain(complaints, 0, "没有程序文件", "no procedure files", "*.xml");
    if (complaints->count == 0) {
        machines_check(procedures, complaints);
        machines_check_links(procedures, complaints);
        machines_link(procedures);
        visibility_check(procedures, complaints);
    }
    return complaints->count
               ? fault(why, R_BAD_PROCEDURE, "%s", complaints->first)
               : R_OK;
}

enum reason procedures_load(struct procedures **out, const char *folder,
                            struct buf *report, struct fault *why)
{
    AUTO(procedures) struct procedures *procedures =
        mem_new(1, sizeof *procedures);
    AUTO(grammar) struct grammar *grammar =
        grammar_new("routing/procedure.xsd");
    struct loading loading = {
        .procedures = procedures,
        .grammar = grammar,
        .roles = read_roles(),
        .complaints = {.report = report, .file = "routing"},
    };
    enum reason reason = load(&loading, folder, why);
    words_done(&loading.roles);
    TRY(reason);
    *out = TAKE(procedures);
    return R_OK;
}

void procedures_free(struct procedures *procedures)
{
    if (!procedures)
        return;
    for (size_t i = 0; i < procedures->count; i++)
        machine_free(procedures->machines[i]);
    free(procedures->machines);
    visibility_free(procedures->visibility);
    laws_free(procedures->carried_laws);
    laws_free(procedures->laws);
    calendar_free(procedures->calendar);
    free(procedures);
}
