/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Types of letters that an exchange or an agency adds by a file. A file is
 * judged whole before a type of it is taken: its form by catalogue.xsd, then
 * what only message.xsd can say, then whether the example that would be made
 * of each type is itself a valid letter.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/language.h"
#include "base/mem.h"
#include "schemas/catalogue.h"
#include "schemas/catalogue_parts.h"
#include "schemas/example.h"
#include "schemas/grammar.h"
#include "schemas/message.h"
#include "schemas/schema.h"

enum { FILES_MAX = 100, PATH_MAX_BYTES = 700 };

/* Where the faults go, and the file that is read now. */
struct adding {
    struct grammar *grammar;
    struct buf *report; /* may be NULL */
    const char *file;
    size_t faults;
    char first[FAULT_TEXT_MAX];
};

static void complain(struct adding *adding, int line, const char *sentence,
                     const char *subject)
{
    AUTO(buf) struct buf text = {0};
    buf_print(&text, "%s:%d: %s: %s: %s", adding->file, line,
              reason_code(R_BAD_SETTINGS), sentence, subject);
    if (adding->faults++ == 0)
        snprintf(adding->first, sizeof adding->first, "%s", buf_text(&text));
    if (adding->report)
        buf_print(adding->report, "%s\n", buf_text(&text));
}

static void tell(void *context, int line, const char *text)
{
    complain(context, line,
             say("不符合文书目录的格式", "does not keep to the form"), text);
}

/* --- one type ---------------------------------------------------------------
 */

/* Whether message.xsd has this place, "body/reply/result". */
static bool has_place(const char *path)
{
    const struct schema_type *type = schema_root(schema_of_messages())->type;
    char names[PATH_MAX_BYTES];
    char *rest = names;
    snprintf(names, sizeof names, "%s", path);
    while (type && rest) {
        char *name = strsep(&rest, "/");
        const struct schema_element *found = schema_find(type, name);
        if (!found)
            return false;
        type = found->type;
    }
    return true;
}

static void check_places(struct adding *adding, const struct element *row,
                         const char *name)
{
    const struct element *place = element_first(row, name);
    for (; place; place = element_next(place, name))
        if (!has_place(element_attribute(place, "path")))
            complain(
                adding, element_line(place),
                say("报文规范中没有此位置", "message.xsd has no such place"),
                element_attribute(place, "path"));
}

/* As often as the id is there before this row, or in the catalogue. */
static bool is_taken(const struct element *root, const struct element *row)
{
    const char *id = element_attribute(row, "id");
    const struct element *other = element_first(root, "type");
    for (; other && other != row; other = element_next(other, "type"))
        if (strcmp(element_attribute(other, "id"), id) == 0)
            return true;
    return catalogue_find(id) != NULL;
}

static void check_type(struct adding *adding, const struct element *root,
                       const struct element *row)
{
    const struct schema_type *body =
        schema_find(schema_root(schema_of_messages())->type, "body")->type;
    const char *form = element_attribute(row, "form");
    int line = element_line(row);
    if (is_taken(root, row))
        complain(adding, line, say("文书类型重复", "the type is there already"),
                 element_attribute(row, "id"));
    if (!schema_find(body, form))
        complain(adding, line, say("没有此正文形式", "no such body form"),
                 form);
    if (element_attribute(row, "cross-cutting"))
        complain(adding, line,
                 say("回执、拒收、提醒由程序自带，不能增加",
                     "receipts and the like are part of the program"),
                 element_attribute(row, "id"));
    check_places(adding, row, "needs");
    check_places(adding, row, "sample");
}

/* Once the types are taken. */
static void check_example(struct adding *adding, const struct element *row)
{
    AUTO(buf) struct buf text = {0};
    AUTO(message) struct message *message = NULL;
    AUTO(mistakes) struct mistakes mistakes = {0};
    struct fault why = {0};
    const char *id = element_attribute(row, "id");
    if (message_example(id, MESSAGE_XML, &text, &why) != R_OK ||
        message_parse(&message, buf_text(&text), text.size, &why) != R_OK)
        complain(adding, element_line(row),
                 say("样例无法生成", "no example can be made"), why.text);
    else if (message_check(message, &mistakes, &why) != R_OK)
        complain(adding, element_line(row),
                 say("样例不是有效报文（可用 sample 补足）",
                     "its example is not valid (a sample may help)"),
                 why.text);
}

/* --- files ------------------------------------------------------------------
 */

/* The parser's text begins with the line that it names. */
static int line_in(const char *text)
{
    return (int)strtol(text + strcspn(text, "0123456789"), NULL, 10);
}

static void take(struct adding *adding, struct document *document)
{
    size_t before = adding->faults;
    const struct element *root = document_root(document);
    const struct element *row;
    if (grammar_check(adding->grammar, document, tell, adding) == 0)
        for (row = element_first(root, "type"); row;
             row = element_next(row, "type"))
            check_type(adding, root, row);
    if (adding->faults > before) {
        document_free(document);
        return;
    }
    catalogue_take(document);
    for (row = element_first(root, "type"); row;
         row = element_next(row, "type"))
        check_example(adding, row);
}

/* The settings and the command line may name the same file. */
static bool is_added(const char *path)
{
    static char *added[FILES_MAX];
    static size_t count;
    char *real = realpath(path, NULL);
    for (size_t i = 0; real && i < count; i++)
        if (strcmp(added[i], real) == 0) {
            free(real);
            return true;
        }
    if (real && count < FILES_MAX)
        added[count++] = real;
    else
        free(real);
    return false;
}

static void add_file(struct adding *adding, const char *path)
{
    struct document *document = NULL;
    struct fault why = {0};
    adding->file = path;
    if (is_added(path))
        return;
    if (document_read(&document, path, &why) == R_OK)
        take(adding, document);
    else
        complain(adding, line_in(why.text),
                 say(reason_chinese(why.reason), reason_english(why.reason)),
                 why.text);
}

static bool is_catalogue_name(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && strcmp(name + length - 4, ".xml") == 0 &&
           name[0] != '.';
}

static enum reason add_folder(struct adding *adding, const char *folder,
                              struct fault *why)
{
    AUTO(io_names) struct io_names names = {0};
    TRY(io_list(folder, &names, why));
    if (names.count > FILES_MAX)
        return fault(why, R_BAD_SETTINGS, "%s: %zu > %d", folder, names.count,
                     FILES_MAX);
    for (size_t i = 0; i < names.count; i++) {
        AUTO(text) char *path = io_join(folder, names.names[i]);
        if (is_catalogue_name(names.names[i]))
            add_file(adding, path);
    }
    return R_OK;
}

enum reason catalogue_add(const char *path, struct buf *report,
                          struct fault *why)
{
    AUTO(grammar)
    struct grammar *grammar = grammar_new("schemas/catalogue.xsd");
    struct adding adding = {.grammar = grammar, .report = report};
    if (!io_exists(path))
        return fault(why, R_NO_FILE, "%s", path);
    if (is_catalogue_name(io_name_of(path)))
        add_file(&adding, path);
    else
        TRY(add_folder(&adding, path, why));
    return adding.faults ? fault(why, R_BAD_SETTINGS, "%s", adding.first)
                         : R_OK;
}
