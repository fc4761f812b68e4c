/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reads law.xml into a table sorted by article, so that every procedure can
 * ask for the articles it names.
 */
#include "routing/procedure_law.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "routing/procedure_cite.h"
#include "routing/procedure_model.h"
#include "schemas/grammar.h"

struct laws {
    struct document *document;
    struct article *articles;
    size_t count;
};

static void tell(void *context, int line, const char *text)
{
    complain(context, line, "不符合格式", "does not keep to the form", text);
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

/* Where no number is known the article is named by its id, "JP1580-flow". */
static char *basis_in_english(const struct article *article)
{
    AUTO(buf) struct buf cite = {0};
    bool is_read = cite_put_english(&cite, article->cite);
    return mem_print("%s, %s", article->law_en,
                     is_read ? buf_text(&cite) : article->id);
}

static void read_article(struct article *article, const struct element *law,
                         const struct element *row)
{
    const char *certainty = element_attribute(row, "certainty");
    *article = (struct article){
        .gist = element_text(row),
        .law_zh = element_attribute(law, "zh"),
        .law_en = element_attribute(law, "en"),
        .number = element_attribute(law, "number"),
        .cite = element_attribute(row, "cite"),
        .from = or_empty(element_attribute(law, "from")),
        .until = or_empty(element_attribute(law, "until")),
        .certainty =
            certainty ? certainty : element_attribute(law, "certainty"),
    };
    article->id = mem_print("%s-%s", element_attribute(law, "id"),
                            element_attribute(row, "id"));
    article->basis_zh = mem_print("《%s》（%s）%s", article->law_zh,
                                  article->number, article->cite);
    article->basis_en = basis_in_english(article);
}

static void read_law(struct laws *laws, const struct element *law)
{
    const struct element *row = element_first(law, "article");
    for (; row; row = element_next(row, "article")) {
        laws->articles =
            mem_resize(laws->articles, laws->count + 1, sizeof *laws->articles);
        read_article(&laws->articles[laws->count++], law, row);
    }
}

static int by_id(const void *a, const void *b)
{
    const struct article *first = a, *second = b;
    return strcmp(first->id, second->id);
}

struct laws *laws_read(struct document *document, struct complaints *complaints)
{
    struct laws *laws = mem_new(1, sizeof *laws);
    laws->document = document;
    AUTO(grammar) struct grammar *grammar = grammar_new("routing/law.xsd");
    if (grammar_check(grammar, document, tell, complaints) > 0)
        return laws;
    const struct element *law = element_first(document_root(document), "law");
    for (; law; law = element_next(law, "law"))
        read_law(laws, law);
    if (laws->count > 0)
        qsort(laws->articles, laws->count, sizeof *laws->articles, by_id);
    for (size_t i = 1; i < laws->count; i++)
        if (strcmp(laws->articles[i - 1].id, laws->articles[i].id) == 0)
            complain(complaints, 0, "条文重复", "an article is there twice",
                     laws->articles[i].id);
    return laws;
}

void laws_free(struct laws *laws)
{
    if (!laws)
        return;
    for (size_t i = 0; i < laws->count; i++) {
        free(laws->articles[i].id);
        free(laws->articles[i].basis_zh);
        free(laws->articles[i].basis_en);
    }
    free(laws->articles);
    document_free(laws->document);
    free(laws);
}

const struct article *laws_find(const struct laws *laws, const char *article)
{
    if (!article || laws->count == 0)
        return NULL;
    const struct article key = {.id = (char *)(size_t)article};
    return bsearch(&key, laws->articles, laws->count, sizeof *laws->articles,
                   by_id);
}

size_t laws_count(const struct laws *laws)
{
    return laws->count;
}

const struct article *laws_get(const struct laws *laws, size_t place)
{
    return &laws->articles[place];
}
