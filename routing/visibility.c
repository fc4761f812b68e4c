/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The rules are read once; a file that the program carries and that cannot be
 * read is a mistake of the build and ends the process.
 */
#include "routing/visibility.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/language.h"
#include "schemas/catalogue.h"

static struct document *rules;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void forget(void)
{
    document_free(rules);
}

static void read_rules(void)
{
    const struct asset *asset = asset_get("routing/visibility.xml");
    if (document_parse(&rules, asset->bytes, asset->size, NULL) != R_OK)
        abort();
    atexit(forget);
}

static bool has_word(const char *list, const char *word)
{
    struct words words = words_parse(list);
    bool has = words_has(&words, word);
    words_done(&words);
    return has;
}

static const struct element *rule_of(const char *role)
{
    pthread_once(&once, read_rules);
    const struct element *rule = element_first(document_root(rules), "rule");
    while (rule && !has_word(element_attribute(rule, "roles"), role))
        rule = element_next(rule, "rule");
    return rule;
}

bool visibility_allows(const char *role, const char *type)
{
    const struct element *rule = rule_of(role);
    const struct message_type *known = catalogue_find(type);
    return !rule || !known ||
           has_word(element_attribute(rule, "forms"), known->form);
}

/* --- over the procedures ----------------------------------------------------
 */

static void check_party(const struct machine *machine, const char *party,
                        const struct accept *accept, int line,
                        struct complaints *complaints)
{
    const struct role *role = machine_role(machine, party);
    for (size_t i = 0; role && i < role->roles.count; i++) {
        if (visibility_allows(role->roles.items[i], accept->type))
            continue;
        AUTO(buf) struct buf subject = {0};
        buf_print(&subject, "%s <- %s", role->roles.items[i], accept->type);
        complain(complaints, line, "该机关不得收到这种文书（visibility.xml）",
                 "this role may never get such a letter (visibility.xml)",
                 buf_text(&subject));
    }
}

static void check_accept(const struct machine *machine,
                         const struct accept *accept,
                         struct complaints *complaints)
{
    if (accept->follows)
        return;
    for (size_t i = 0; i < accept->to.count; i++)
        check_party(machine, accept->to.items[i], accept, accept->line,
                    complaints);
    for (size_t i = 0; i < accept->copy_count; i++)
        check_party(machine, accept->copies[i].party, accept,
                    accept->copies[i].line, complaints);
}

void visibility_check(const struct procedures *procedures,
                      struct complaints *complaints)
{
    for (size_t i = 0; i < procedures->count; i++) {
        const struct machine *machine = procedures->machines[i];
        complaints->file = machine->file;
        for (size_t k = 0; k < machine->accept_count; k++)
            check_accept(machine, &machine->accepts[k], complaints);
    }
}

/* --- over a letter ----------------------------------------------------------
 */

static enum reason check_agency(const struct registry *registry, const char *id,
                                const char *type, struct ground *ground,
                                struct fault *why)
{
    const struct agency *agency = registry_find(registry, id);
    if (!agency || visibility_allows(agency->role, type))
        return R_OK;
    const struct element *rule = rule_of(agency->role);
    ground->rule = "visibility";
    buf_put_text(&ground->lawful_zh, element_attribute(rule, "zh"));
    buf_put_text(&ground->lawful_en, element_attribute(rule, "en"));
    return fault(why, R_WRONG_ADDRESSEE, "%s (%s) <- %s: %s", id, agency->role,
                 type, element_attribute(rule, "basis"));
}

enum reason visibility_authorise(const struct registry *registry,
                                 const struct message *message,
                                 struct ground *ground, struct fault *why)
{
    const char *type = message_type(message);
    for (size_t i = 0; i < message_to_count(message); i++)
        TRY(check_agency(registry, message_to(message, i), type, ground, why));
    for (size_t i = 0; i < message_copy_count(message); i++)
        TRY(check_agency(registry, message_copy(message, i), type, ground,
                         why));
    return R_OK;
}

/* --- for a person -----------------------------------------------------------
 */

static bool concerns(const struct element *rule, const struct machine *machine)
{
    for (size_t i = 0; i < machine->role_count; i++)
        for (size_t k = 0; k < machine->roles[i].roles.count; k++)
            if (has_word(element_attribute(rule, "roles"),
                         machine->roles[i].roles.items[k]))
                return true;
    return false;
}

void visibility_show(const struct machine *machine, struct buf *out)
{
    bool headed = false;
    pthread_once(&once, read_rules);
    const struct element *rule = element_first(document_root(rules), "rule");
    for (; rule; rule = element_next(rule, "rule")) {
        if (!concerns(rule, machine))
            continue;
        if (!headed)
            buf_print(out, "\n%s\n",
                      say("收件范围", "what a receiver may see"));
        headed = true;
        buf_print(
            out, "  %s: %s\n      %s\n", element_attribute(rule, "roles"),
            say(element_attribute(rule, "zh"), element_attribute(rule, "en")),
            element_attribute(rule, "basis"));
    }
}
