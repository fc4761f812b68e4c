/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A rule that names what is not there - a role, a body form, an article -
 * would silently keep nothing back: it is a fault, told with its line, and the
 * set is not loaded.
 */
#include "routing/visibility.h"

#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/mem.h"
#include "schemas/catalogue.h"
#include "schemas/grammar.h"

struct rule {
    char *name; /* "visibility/bank" */
    struct words roles, forms, files;
    const char *force;
    const struct article *article; /* NULL: the law says nothing */
    struct label lawful;
    const char *remark; /* NULL: none */
    int line;
};

struct visibility {
    struct document *document;
    struct rule *rules;
    size_t count;
};

/* --- reading ----------------------------------------------------------------
 */

static void tell(void *context, int line, const char *text)
{
    complain(context, line, "不符合格式", "does not keep to the form", text);
}

static struct rule read_rule(const struct element *row, const struct laws *laws)
{
    return (struct rule){
        .name = mem_print("visibility/%s", element_attribute(row, "id")),
        .roles = words_parse(element_attribute(row, "roles")),
        .forms = words_parse(element_attribute(row, "forms")),
        .files = words_parse(element_attribute(row, "attachments")),
        .force = element_attribute(row, "force"),
        .article = laws_find(laws, element_attribute(row, "article")),
        .lawful = {element_child_text(row, "chinese"),
                   element_child_text(row, "english")},
        .remark = element_child_text(row, "remark"),
        .line = element_line(row),
    };
}

static const struct rule *rule_of(const struct visibility *visibility,
                                  const char *role)
{
    for (size_t i = 0; i < visibility->count; i++)
        if (words_has(&visibility->rules[i].roles, role))
            return &visibility->rules[i];
    return NULL;
}

static bool is_form(const char *form)
{
    for (size_t i = 0; i < catalogue_count(); i++)
        if (strcmp(catalogue_get(i)->form, form) == 0)
            return true;
    return false;
}

static void check_roles(const struct visibility *visibility,
                        const struct rule *rule, const struct words *known,
                        struct complaints *complaints)
{
    for (size_t i = 0; i < rule->roles.count; i++) {
        const char *role = rule->roles.items[i];
        if (!words_has(known, role))
            complain(complaints, rule->line, "没有这种机关", "no such role",
                     role);
        if (rule_of(visibility, role) != rule)
            complain(complaints, rule->line, "前面的规则已包含该机关",
                     "an earlier rule has this role", role);
    }
}

static void check_forms(const struct rule *rule, struct complaints *complaints)
{
    for (size_t i = 0; i < rule->forms.count; i++)
        if (!is_form(rule->forms.items[i]))
            complain(complaints, rule->line, "没有这种正文形式",
                     "no such body form", rule->forms.items[i]);
    for (size_t i = 0; i < rule->files.count; i++)
        if (!words_has(&rule->forms, rule->files.items[i]))
            complain(complaints, rule->line, "文件所随的文书本身不可收到",
                     "files go with what is not among the forms",
                     rule->files.items[i]);
}

static void check_article(const struct rule *rule, const char *article,
                          struct complaints *complaints)
{
    if (article && !rule->article)
        complain(complaints, rule->line, "law.xml 中没有该条文",
                 "no such article in law.xml", article);
    if (!article && strcmp(rule->force, "none") != 0)
        complain(complaints, rule->line, "有法律效力的规则须写明条文",
                 "a rule that has force needs an article", rule->force);
}

struct visibility *visibility_read(struct document *document,
                                   const struct visibility_ground *ground,
                                   struct complaints *complaints)
{
    struct visibility *visibility = mem_new(1, sizeof *visibility);
    AUTO(grammar) struct grammar *grammar =
        grammar_new("routing/visibility.xsd");
    visibility->document = document;
    if (grammar_check(grammar, document, tell, complaints) > 0)
        return visibility;
    const struct element *row = element_first(document_root(document), "rule");
    for (; row; row = element_next(row, "rule")) {
        visibility->rules = mem_resize(visibility->rules, visibility->count + 1,
                                       sizeof *visibility->rules);
        struct rule *rule = &visibility->rules[visibility->count++];
        *rule = read_rule(row, ground->laws);
        check_roles(visibility, rule, ground->roles, complaints);
        check_forms(rule, complaints);
        check_article(rule, element_attribute(row, "article"), complaints);
    }
    return visibility;
}

void visibility_free(struct visibility *visibility)
{
    if (!visibility)
        return;
    for (size_t i = 0; i < visibility->count; i++) {
        free(visibility->rules[i].name);
        words_done(&visibility->rules[i].roles);
        words_done(&visibility->rules[i].forms);
        words_done(&visibility->rules[i].files);
    }
    free(visibility->rules);
    document_free(visibility->document);
    free(visibility);
}

/* --- over the procedures ----------------------------------------------------
 */

bool visibility_allows(const struct visibility *visibility, const char *role,
                       const char *type)
{
    const struct rule *rule = rule_of(visibility, role);
    const struct message_type *known = catalogue_find(type);
    return !rule || !known || words_has(&rule->forms, known->form);
}

/* What is judged, and where its faults go. */
struct judging {
    const struct visibility *visibility;
    const struct machine *machine;
    struct complaints *complaints;
};

static void check_party(const struct judging *judging, const char *party,
                        const char *type, int line)
{
    const struct role *role = machine_role(judging->machine, party);
    for (size_t i = 0; role && i < role->roles.count; i++) {
        if (visibility_allows(judging->visibility, role->roles.items[i], type))
            continue;
        AUTO(buf) struct buf subject = {0};
        buf_print(&subject, "%s <- %s (%s)", role->roles.items[i], type,
                  rule_of(judging->visibility, role->roles.items[i])->name);
        complain(judging->complaints, line,
                 "该机关不得收到这种文书（visibility.xml）",
                 "this role may never get such a letter (visibility.xml)",
                 buf_text(&subject));
    }
}

/* Those that an act of a linked case is told to get its letter as well. */
static void check_accept(const struct judging *judging,
                         const struct accept *accept)
{
    for (size_t i = 0; i < accept->to.count; i++)
        check_party(judging, accept->to.items[i], accept->type, accept->line);
    for (size_t i = 0; i < accept->copy_count; i++)
        check_party(judging, accept->copies[i].party, accept->type,
                    accept->copies[i].line);
}

void visibility_check(const struct procedures *procedures,
                      struct complaints *complaints)
{
    for (size_t i = 0; i < procedures->count; i++) {
        const struct machine *machine = procedures->machines[i];
        const struct judging judging = {procedures->visibility, machine,
                                        complaints};
        complaints->file = machine->file;
        for (size_t k = 0; k < machine->accept_count; k++)
            check_accept(&judging, &machine->accepts[k]);
    }
}

/* --- over a letter ----------------------------------------------------------
 */

static const char *force_of(const struct rule *rule, bool chinese)
{
    if (strcmp(rule->force, "statutory") == 0)
        return chinese ? "法定" : "statutory";
    if (strcmp(rule->force, "local") == 0)
        return chinese ? "地方规定" : "local";
    return chinese ? "法律未定范围，为系统默认"
                   : "no statutory line, a default";
}

static void put_basis(struct buf *out, const struct rule *rule, bool chinese)
{
    const struct article *article = rule->article;
    if (article)
        buf_print(out, chinese ? "依据：%s（%s）。" : " Basis: %s (%s).",
                  chinese ? article->basis_zh : article->basis_en,
                  force_of(rule, chinese));
    else
        buf_print(out, chinese ? "（%s）" : " (%s)", force_of(rule, chinese));
}

static void fill(struct ground *ground, const struct rule *rule)
{
    ground->rule = rule->name;
    ground->article = rule->article ? rule->article->id : "";
    buf_print(&ground->lawful_zh, "%s。", rule->lawful.zh);
    buf_print(&ground->lawful_en, "%s.", rule->lawful.en);
    put_basis(&ground->lawful_zh, rule, true);
    put_basis(&ground->lawful_en, rule, false);
}

static bool has_files(const struct message *message)
{
    const struct element *root = document_root(message_document(message));
    return element_first(root, "attachments") != NULL;
}

static enum reason check_agency(const struct visibility *visibility,
                                const struct agency *agency,
                                const struct message *message,
                                struct ground *ground, struct fault *why)
{
    const char *type = message_type(message);
    const struct rule *rule = agency ? rule_of(visibility, agency->role) : NULL;
    const struct message_type *known = catalogue_find(type);
    if (!rule || !known)
        return R_OK;
    bool allowed = words_has(&rule->forms, known->form);
    if (allowed &&
        (!has_files(message) || words_has(&rule->files, known->form)))
        return R_OK;
    fill(ground, rule);
    return fault(why, R_WRONG_ADDRESSEE, "%s (%s) <- %s%s", agency->id,
                 agency->role, type, allowed ? " + attachments" : "");
}

enum reason visibility_authorise(const struct procedures *procedures,
                                 const struct registry *registry,
                                 const struct message *message,
                                 struct ground *ground, struct fault *why)
{
    const struct visibility *visibility = procedures->visibility;
    for (size_t i = 0; i < message_to_count(message); i++)
        TRY(check_agency(visibility,
                         registry_find(registry, message_to(message, i)),
                         message, ground, why));
    for (size_t i = 0; i < message_copy_count(message); i++)
        TRY(check_agency(visibility,
                         registry_find(registry, message_copy(message, i)),
                         message, ground, why));
    return R_OK;
}

/* --- for a person -----------------------------------------------------------
 */

static bool concerns(const struct rule *rule, const struct machine *machine)
{
    for (size_t i = 0; i < machine->role_count; i++)
        if (words_meet(&rule->roles, &machine->roles[i].roles))
            return true;
    return false;
}

static void put_rule(struct buf *out, const struct rule *rule)
{
    buf_put_text(out, " ");
    for (size_t i = 0; i < rule->roles.count; i++)
        buf_print(out, " %s", rule->roles.items[i]);
    buf_print(out, ": %s\n%s", label_say(&rule->lawful),
              say("      ", "     "));
    put_basis(out, rule, language_is_chinese());
    if (rule->remark)
        buf_print(out, " %s", rule->remark);
    buf_put_text(out, "\n");
}

void visibility_show(const struct procedures *procedures,
                     const struct machine *machine, struct buf *out)
{
    const struct visibility *visibility = procedures->visibility;
    bool headed = false;
    for (size_t i = 0; i < visibility->count; i++) {
        if (!concerns(&visibility->rules[i], machine))
            continue;
        if (!headed)
            buf_print(out, "\n%s\n",
                      say("收件范围", "what a receiver may see"));
        headed = true;
        put_rule(out, &visibility->rules[i]);
    }
}
