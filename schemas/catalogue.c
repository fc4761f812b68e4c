/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reads catalogue.xml, which the program carries in itself, once per process.
 * A catalogue that is broken is a broken build: the process ends at once.
 */
#include "schemas/catalogue.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/mem.h"
#include "schemas/catalogue_parts.h"

static struct {
    struct message_type *types; /* sorted by id */
    size_t count;
    struct document **documents; /* whose texts the types borrow */
    size_t document_count;
} catalogue;

static void broken(const char *what)
{
    fprintf(stderr, "schemas/catalogue.xml: %s\n", what);
    abort();
}

static const char *required(const char *text, const char *what)
{
    if (!text || !*text)
        broken(what);
    return text;
}

static size_t count_children(const struct element *parent, const char *name)
{
    size_t count = 0;
    const struct element *child = element_first(parent, name);
    for (; child; child = element_next(child, name))
        count++;
    return count;
}

static void read_needs(struct message_type *type, const struct element *row)
{
    type->need_count = count_children(row, "needs");
    struct message_need *needs = mem_new(type->need_count + 1, sizeof *needs);
    type->needs = needs;
    const struct element *need = element_first(row, "needs");
    for (; need; need = element_next(need, "needs"))
        *needs++ = (struct message_need){
            .path = required(element_attribute(need, "path"), "needs/@path"),
            .value = element_attribute(need, "value")};
}

static void read_samples(struct message_type *type, const struct element *row)
{
    type->sample_count = count_children(row, "sample");
    struct message_sample *samples =
        mem_new(type->sample_count + 1, sizeof *samples);
    type->samples = samples;
    const struct element *sample = element_first(row, "sample");
    for (; sample; sample = element_next(sample, "sample"))
        *samples++ = (struct message_sample){
            .path = required(element_attribute(sample, "path"), "sample/@path"),
            .text = element_text(sample)};
}

static const char *optional(const struct element *row, const char *name,
                            const char *otherwise)
{
    const char *text = element_attribute(row, name);
    return text ? text : otherwise;
}

static void read_type(struct message_type *type, const struct element *row)
{
    *type = (struct message_type){
        .id = required(element_attribute(row, "id"), "type/@id"),
        .form = required(element_attribute(row, "form"), "type/@form"),
        .chinese = required(element_child_text(row, "chinese"), "chinese"),
        .english = required(element_child_text(row, "english"), "english"),
        .basis = optional(row, "basis", ""),
        .certainty = required(element_attribute(row, "certainty"), "certainty"),
        .scope = optional(row, "scope", "network"),
        .from = optional(row, "from", ""),
        .to = optional(row, "to", ""),
        .copy = optional(row, "copy", ""),
        .coined = element_attribute(row, "coined") != NULL,
        .cross_cutting = element_attribute(row, "cross-cutting") != NULL};
    read_needs(type, row);
    read_samples(type, row);
}

static int by_id(const void *a, const void *b)
{
    const struct message_type *first = a, *second = b;
    return strcmp(first->id, second->id);
}

void catalogue_take(struct document *document)
{
    catalogue.documents =
        mem_resize(catalogue.documents, catalogue.document_count + 1,
                   sizeof(struct document *));
    catalogue.documents[catalogue.document_count++] = document;
    const struct element *root = document_root(document);
    const struct element *row = element_first(root, "type");
    catalogue.types = mem_resize(
        catalogue.types, catalogue.count + count_children(root, "type") + 1,
        sizeof *catalogue.types);
    for (; row; row = element_next(row, "type"))
        read_type(&catalogue.types[catalogue.count++], row);
    qsort(catalogue.types, catalogue.count, sizeof *catalogue.types, by_id);
}

static void load(void)
{
    const struct asset *asset = asset_get("schemas/catalogue.xml");
    static struct document *document; /* its texts are borrowed for ever */
    struct fault why = {0};
    if (document_parse(&document, asset->bytes, asset->size, &why) != R_OK)
        broken(why.text);
    catalogue_take(document);
    for (size_t i = 1; i < catalogue.count; i++)
        if (strcmp(catalogue.types[i - 1].id, catalogue.types[i].id) == 0)
            broken(catalogue.types[i].id);
}

static void load_once(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
}

const struct message_type *catalogue_find(const char *id)
{
    load_once();
    const struct message_type key = {.id = id};
    return bsearch(&key, catalogue.types, catalogue.count,
                   sizeof *catalogue.types, by_id);
}

size_t catalogue_count(void)
{
    load_once();
    return catalogue.count;
}

const struct message_type *catalogue_get(size_t place)
{
    load_once();
    return &catalogue.types[place];
}
