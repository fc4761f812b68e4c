/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Examples from samples.xml: the specimen of the header and of the body form,
 * without the parts that only some types need ("use"), with the values that
 * the catalogue or the row of the type in samples.xml asks for.
 */
#include "schemas/example.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/io.h"
#include "base/mem.h"
#include "schemas/catalogue.h"

/* What is being written: whose example, and where in the letter we are. */
struct writer {
    const struct message_type *type;
    const struct element *sets; /* the type's row in samples.xml, or NULL */
    struct buf *out;
    size_t depth;
};

static struct document *samples;

static void load(void)
{
    const struct asset *asset = asset_get("schemas/samples.xml");
    struct fault why = {0};
    if (document_parse(&samples, asset->bytes, asset->size, &why) == R_OK)
        return;
    fprintf(stderr, "schemas/samples.xml: %s\n", why.text);
    abort();
}

static const struct element *samples_root(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return document_root(samples);
}

/* The row `name` of samples.xml whose attribute has this value, or NULL. */
static const struct element *row_of(const char *name, const char *attribute,
                                    const char *value)
{
    const struct element *row = element_first(samples_root(), name);
    while (row && strcmp(element_attribute(row, attribute), value) != 0)
        row = element_next(row, name);
    return row;
}

/* Whether a place lies on the way to `path`, or is it. */
static bool leads_to(const char *place, const char *path)
{
    const size_t length = strlen(place);
    return strncmp(place, path, length) == 0 &&
           (path[length] == '\0' || path[length] == '/');
}

static const struct element *set_at(const struct writer *writer,
                                    const char *place)
{
    const struct element *set =
        writer->sets ? element_first(writer->sets, "set") : NULL;
    while (set && !leads_to(place, element_attribute(set, "path")))
        set = element_next(set, "set");
    return set;
}

/* The first sample of an added type on the way to which this place lies. */
static const struct message_sample *sample_at(const struct writer *writer,
                                              const char *place)
{
    for (size_t i = 0; i < writer->type->sample_count; i++)
        if (leads_to(place, writer->type->samples[i].path))
            return &writer->type->samples[i];
    return NULL;
}

static bool is_needed(const struct writer *writer, const char *place)
{
    for (size_t i = 0; i < writer->type->need_count; i++)
        if (leads_to(place, writer->type->needs[i].path))
            return true;
    return set_at(writer, place) || sample_at(writer, place);
}

/* --- texts ------------------------------------------------------------------
 */

/* "ecology-nanchang" for the first of some roles. */
static void put_agency(struct buf *out, const char *roles, const char *place)
{
    if (!*roles) /* receipts and the like: between the exchange and anybody */
        roles = strcmp(place, "nanchang") == 0 ? "exchange" : "ecology";
    buf_print(out, "%.*s-%s", (int)strcspn(roles, " "), roles, place);
}

static bool have_same_role(const struct message_type *type)
{
    const size_t length = strcspn(type->from, " ");
    return length == strcspn(type->to, " ") &&
           strncmp(type->from, type->to, length) == 0 &&
           strcmp(type->scope, "network") == 0;
}

static void put_token(const struct writer *writer, const char *token,
                      size_t length, struct buf *out)
{
    const struct message_type *type = writer->type;
    if (strncmp(token, "{name}", length) == 0)
        buf_put_text(out, type->chinese);
    else if (strncmp(token, "{type}", length) == 0)
        buf_put_text(out, type->id);
    else if (strncmp(token, "{case}", length) == 0)
        buf_put_text(out, type->cross_cutting ? "none" : "nanchang-2026-0112");
    else if (strncmp(token, "{from}", length) == 0)
        put_agency(out, type->from, "nanchang");
    else if (strncmp(token, "{to}", length) == 0)
        put_agency(out, type->to,
                   have_same_role(type) ? "jiangxi" : "nanchang");
    else if (strncmp(token, "{copy}", length) == 0)
        put_agency(out, type->copy, "nanchang");
}

static void put_text(const struct writer *writer, const char *text)
{
    AUTO(buf) struct buf filled = {0};
    while (*text) {
        const size_t plain = strcspn(text, "{");
        buf_put(&filled, text, plain);
        text += plain;
        if (!*text)
            break;
        size_t token = strcspn(text, "}");
        token += text[token] != '\0';
        put_token(writer, text, token, &filled);
        text += token;
    }
    buf_put_xml(writer->out, buf_text(&filled));
}

/* The text of a place that has no children. */
static const char *text_at(const struct writer *writer,
                           const struct element *specimen, const char *place)
{
    const struct element *set = set_at(writer, place);
    for (size_t i = 0; i < writer->type->need_count; i++) {
        const struct message_need *need = &writer->type->needs[i];
        if (need->value && strcmp(need->path, place) == 0)
            return need->value;
    }
    const struct message_sample *sample = sample_at(writer, place);
    if (sample && *sample->text)
        return sample->text;
    return set && *element_text(set) ? element_text(set)
                                     : element_text(specimen);
}

/* --- elements ---------------------------------------------------------------
 */

static void indent(const struct writer *writer)
{
    buf_print(writer->out, "\n%*s", (int)(2 * writer->depth), "");
}

static bool is_left_out(const struct writer *writer,
                        const struct element *specimen, const char *place)
{
    const struct element *set = set_at(writer, place);
    if (strcmp(element_text(specimen), "{copy}") == 0 && !*writer->type->copy)
        return true;
    if (element_attribute(specimen, "use"))
        return !is_needed(writer, place);
    const struct message_sample *sample = sample_at(writer, place);
    if (sample && strcmp(sample->path, place) == 0 && !*sample->text)
        return true; /* <sample path="..."/> takes it away */
    return set && strcmp(element_attribute(set, "path"), place) == 0 &&
           !*element_text(set); /* and so does <set path="..."/> */
}

static void put_element(struct writer *writer, const struct element *specimen,
                        const char *path)
{
    const char *name = element_name(specimen);
    AUTO(text) char *place = mem_print("%s%s%s", path, *path ? "/" : "", name);
    const struct element *child = element_first(specimen, NULL);
    if (is_left_out(writer, specimen, place))
        return;
    indent(writer);
    buf_print(writer->out, "<%s>", name);
    if (!child)
        put_text(writer, text_at(writer, specimen, place));
    writer->depth++;
    const bool has_children = child != NULL;
    for (; child; child = element_next(child, NULL))
        put_element(writer, child, place);
    writer->depth--;
    if (has_children)
        indent(writer);
    buf_print(writer->out, "</%s>", name);
}

static void put_body(struct writer *writer)
{
    const char *form = writer->type->form;
    AUTO(text) char *place = mem_print("body/%s", form);
    const struct element *part =
        element_first(row_of("form", "name", form), NULL);
    indent(writer);
    buf_print(writer->out, "<body>\n    <%s>", form);
    writer->depth += 2;
    for (; part; part = element_next(part, NULL))
        put_element(writer, part, place);
    writer->depth -= 2;
    buf_print(writer->out, "\n    </%s>", form);
    indent(writer);
    buf_put_text(writer->out, "</body>");
}

static void put_xml(const struct message_type *type, struct buf *out)
{
    struct writer writer = {.type = type,
                            .sets = row_of("type", "id", type->id),
                            .out = out,
                            .depth = 1};
    buf_put_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                      "<message xmlns=\"" MESSAGE_NAMESPACE "\">");
    put_element(&writer, element_first(samples_root(), "header"), "");
    put_body(&writer);
    buf_put_text(out, "\n</message>\n");
}

/* --- JSON for reading -------------------------------------------------------
 */

/* Line breaks and indents between the tokens of JSON that has no blanks. */
static void put_indented(const char *json, struct buf *out)
{
    int depth = 0;
    bool inside = false; /* a string */
    for (const char *at = json; *at; at++) {
        const bool opens = !inside && (*at == '{' || *at == '[');
        const bool closes = !inside && (*at == '}' || *at == ']');
        if (closes)
            buf_print(out, "\n%*s", 2 * --depth, "");
        buf_put_char(out, *at);
        if (inside && *at == '\\')
            buf_put_char(out, *++at);
        else if (*at == '"')
            inside = !inside;
        depth += opens;
        if (opens || (!inside && *at == ','))
            buf_print(out, "\n%*s", 2 * depth, "");
        else if (!inside && *at == ':')
            buf_put_char(out, ' ');
    }
}

enum reason message_example(const char *type, enum message_encoding encoding,
                            struct buf *out, struct fault *why)
{
    AUTO(buf) struct buf xml = {0};
    AUTO(buf) struct buf json = {0};
    AUTO(message) struct message *message = NULL;
    const struct message_type *row = catalogue_find(type);
    if (!row)
        return fault(why, R_NOT_FOUND, "%s", type);
    put_xml(row, encoding == MESSAGE_XML ? out : &xml);
    if (encoding == MESSAGE_XML)
        return buf_check(out, why);
    TRY(message_parse(&message, buf_text(&xml), xml.size, why));
    TRY(message_write(message, MESSAGE_JSON, &json, why));
    put_indented(buf_text(&json), out);
    return buf_check(out, why);
}
