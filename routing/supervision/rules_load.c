/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Finds the four files, each in the folder given or else among those that the
 * program carries, and judges them before any is used.
 */
#include "routing/supervision/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/io.h"
#include "base/language.h"
#include "base/mem.h"
#include "schemas/grammar.h"

#define HOME "routing/supervision/"

static const char *const files[RULES_FILES] = {
    [RULES_SUPERVISION] = "supervision.xml",
    [RULES_THRESHOLDS] = "thresholds.xml",
    [RULES_STATISTICS] = "statistics.xml",
    [RULES_FEEDBACK] = "feedback.xml"};

static void tell(void *context, int line, const char *text)
{
    complain(context, line, "不符合格式", "does not keep to the form", text);
}

static struct document *parse(const char *path, const void *bytes, size_t size,
                              struct complaints *complaints)
{
    struct document *document = NULL;
    struct fault why = {0};
    complaints->file = path;
    if (document_parse(&document, bytes, size, &why) != R_OK)
        complain(complaints, 1, reason_chinese(why.reason),
                 reason_english(why.reason), why.text);
    return document;
}

static struct document *parse_file(const char *path,
                                   struct complaints *complaints)
{
    AUTO(buf) struct buf bytes = {.ceiling = DOCUMENT_CEILING};
    struct fault why = {0};
    complaints->file = path;
    if (io_read(path, &bytes, &why) == R_OK)
        return parse(path, buf_text(&bytes), bytes.size, complaints);
    complain(complaints, 1, reason_chinese(why.reason),
             reason_english(why.reason), why.text);
    return NULL;
}

/* The path of the file that counts: of the folder, or the asset's name. */
static char *choose_path(const char *folder, const char *name, bool *carried)
{
    AUTO(text) char *path = folder ? io_join(folder, name) : NULL;
    *carried = !path || !io_exists(path);
    return *carried ? mem_print(HOME "%s", name) : TAKE(path);
}

static void load_file(struct rules *rules, const struct grammar *grammar,
                      const char *folder, enum rules_file file,
                      struct complaints *complaints)
{
    bool carried;
    char *path = choose_path(folder, files[file], &carried);
    rules->paths[file] = path;
    const struct asset *asset = carried ? asset_get(path) : NULL;
    struct document *document =
        asset ? parse(path, asset->bytes, asset->size, complaints)
              : parse_file(path, complaints);
    rules->documents[file] = document;
    if (!document)
        return;
    const struct element *root = document_root(document);
    const char *name = element_name(root);
    size_t length = strcspn(files[file], ".");
    if (strlen(name) != length || strncmp(name, files[file], length) != 0)
        complain(complaints, 1, "根元素不对", "another root element", name);
    else if (grammar_check(grammar, document, tell, complaints) == 0)
        rules_read(rules, root, complaints);
}

enum reason rules_load(struct rules **out, const struct rules_source *source,
                       struct buf *report, struct fault *why)
{
    AUTO(rules) struct rules *rules = mem_new(1, sizeof *rules);
    AUTO(grammar) struct grammar *grammar = grammar_new(HOME "supervision.xsd");
    struct complaints complaints = {.report = report, .file = HOME};
    rules->procedures = source->procedures;
    if (source->folder && !io_exists(source->folder))
        return fault(why, R_NO_FILE, "%s", source->folder);
    for (enum rules_file file = 0; file < RULES_FILES; file++)
        load_file(rules, grammar, source->folder, file, &complaints);
    if (complaints.count == 0)
        rules_check(rules, !source->own_procedures, &complaints);
    if (complaints.count)
        return fault(why, R_BAD_PROCEDURE, "%s", complaints.first);
    *out = TAKE(rules);
    return R_OK;
}

bool any_of_screened(const struct any_of *any, const struct message *message,
                     const struct screened *screened)
{
    for (size_t i = 0; i < any->count; i++) {
        enum screen_verdict verdict = screen_judge(&any->screens[i], screened);
        if (verdict == SCREEN_YES ||
            (verdict == SCREEN_ASK &&
             condition_holds(any->items[i], message_document(message))))
            return true;
    }
    return false;
}

bool any_of_holds(const struct any_of *any, const struct message *message)
{
    for (size_t i = 0; i < any->count; i++)
        if (condition_holds(any->items[i], message_document(message)))
            return true;
    return false;
}

static void any_of_done(struct any_of *any)
{
    for (size_t i = 0; i < any->count; i++)
        condition_free(any->items[i]);
    for (size_t i = 0; i < any->count; i++)
        screen_done(&any->screens[i]);
    free(any->items);
    free(any->screens);
}

static void rule_done(struct rule *rule)
{
    words_done(&rule->procedures);
    words_done(&rule->limits);
    words_done(&rule->states);
    words_done(&rule->types);
    words_done(&rule->by);
}

static void table_done(struct table *table)
{
    for (size_t i = 0; i < table->column_count; i++) {
        struct column *column = &table->columns[i];
        words_done(&column->types);
        words_done(&column->procedures);
        words_done(&column->limits);
        words_done(&column->standings);
        words_done(&column->ends);
        condition_free(column->when);
        condition_free(column->ends_when);
    }
    free(table->columns);
}

void rules_free(struct rules *rules)
{
    if (!rules)
        return;
    for (size_t i = 0; i < rules->rule_count; i++)
        rule_done(&rules->rules[i]);
    for (size_t i = 0; i < rules->threshold_count; i++)
        any_of_done(&rules->thresholds[i].when);
    for (size_t i = 0; i < rules->table_count; i++)
        table_done(&rules->tables[i]);
    for (size_t i = 0; i < rules->notice_count; i++)
        condition_free(rules->notices[i].when);
    for (size_t i = 0; i < rules->standing_count; i++)
        any_of_done(&rules->standings[i].when);
    any_of_done(&rules->penalised);
    words_done(&rules->screened_names);
    free(rules->headings);
    free(rules->rules);
    free(rules->thresholds);
    free(rules->tables);
    free(rules->notices);
    free(rules->standings);
    words_done(&rules->forms);
    for (size_t i = 0; i < RULES_FILES; i++) {
        document_free(rules->documents[i]);
        free(rules->paths[i]);
    }
    free(rules);
}

const char *rules_basis(const struct rules *rules, const char *article)
{
    const struct article *found = laws_find(rules->procedures->laws, article);
    return found ? say(found->basis_zh, found->basis_en) : "";
}

bool rules_wants(const struct words *words, const char *word)
{
    return words->count == 0 || words_has(words, word);
}
