/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every script is judged like a letter that came: what no agency could send is
 * found before the first day.
 */
#include "simulation/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/io.h"
#include "base/mem.h"
#include "schemas/catalogue.h"
#include "schemas/example.h"

/* ".../m:decision/m:outcome = 'approved'", or the urgency of the header. */
struct demand {
    char path[128], value[64];
    bool of_header;
};

static bool read_demand(const char *condition, struct demand *out)
{
    const char *body = strstr(condition, "/m:body/");
    *out = (struct demand){.of_header = !body};
    const char *path = body ? body + 8 : strstr(condition, "/m:header/");
    if (!path)
        return false;
    if (!body)
        path += 10;
    size_t used = 0;
    for (; *path && *path != ' ' && used + 1 < sizeof out->path;)
        if (strncmp(path, "m:", 2) == 0)
            path += 2;
        else
            out->path[used++] = *path++;
    const char *quote = strchr(path, '\'');
    size_t length = quote ? strcspn(quote + 1, "'") : 0;
    if (length == 0 || length >= sizeof out->value)
        return false;
    memcpy(out->value, quote + 1, length);
    return true;
}

/* --- the text ---------------------------------------------------------------
 */

/* Behind "<a>" and, below it, "<b>" of the path "a/b"; NULL if it is not there.
 */
static const char *find_place(const char *text, const char *path)
{
    while (text && *path) {
        size_t length = strcspn(path, "/");
        AUTO(text) char *open = mem_print("<%.*s>", (int)length, path);
        text = strstr(text, open);
        text = text ? text + strlen(open) : NULL;
        path += length + (path[length] == '/');
    }
    return text;
}

static char *text_at(const char *text, const char *path)
{
    const char *place = find_place(text, path);
    return place ? mem_print("%.*s", (int)strcspn(place, "<"), place) : NULL;
}

static void put_at(char **text, const char *path, const char *value)
{
    const char *place = find_place(*text, path);
    if (!place)
        return;
    char *made = mem_print("%.*s%s%s", (int)(place - *text), *text, value,
                           place + strcspn(place, "<"));
    free(*text);
    *text = made;
}

/* In every place of that name. */
static void put_all(char **text, const char *name, const char *value)
{
    AUTO(text) char *open = mem_print("<%s>", name);
    struct buf made = {0};
    const char *rest = *text;
    for (const char *at; (at = strstr(rest, open));) {
        at += strlen(open);
        buf_put(&made, rest, (size_t)(at - rest));
        buf_put_text(&made, value);
        rest = at + strcspn(at, "<");
    }
    buf_put_text(&made, rest);
    free(*text);
    *text = buf_take(&made);
}

static enum reason read_example(const char *type, char **out, struct fault *why)
{
    AUTO(buf) struct buf text = {0};
    TRY(message_example(type, MESSAGE_XML, &text, why));
    const char *start = strstr(buf_text(&text), "<body>");
    const char *end = start ? strstr(start, "</message>") : NULL;
    if (!end)
        return fault(why, R_NOT_WELL_FORMED, "%s", type);
    *out = mem_copy(start, (size_t)(end - start));
    return R_OK;
}

/* --- blanks -----------------------------------------------------------------
 */

static void add_blank(struct script *script, const char *path, bool is_due)
{
    char *written = path ? text_at(script->text[FIGURES_GRAVE], path) : NULL;
    if (!written || script->blank_count == BLANKS_MAX ||
        script_blank(script, path)) {
        free(written);
        return;
    }
    script->blanks[script->blank_count++] =
        (struct blank){.path = path,
                       .is_due = is_due,
                       .is_day = !strchr(written, 'T'),
                       .written = written};
}

static void find_blanks(struct script *script)
{
    const struct machine *machine = script->machine;
    for (size_t i = 0; i < machine->limit_count; i++) {
        add_blank(script, machine->limits[i].start_in, false);
        add_blank(script, machine->limits[i].due_in, true);
    }
}

const struct blank *script_blank(const struct script *script, const char *path)
{
    for (size_t i = 0; path && i < script->blank_count; i++)
        if (strcmp(script->blanks[i].path, path) == 0)
            return &script->blanks[i];
    return NULL;
}

/* --- one script -------------------------------------------------------------
 */

/* Read with a header that says what the act needs. */
static enum reason read_back(const struct script *script, const char *text,
                             struct message **out, struct fault *why)
{
    AUTO(buf) struct buf whole = {0};
    buf_print(&whole,
              "<message xmlns=\"" MESSAGE_NAMESPACE "\"><header>"
              "<schemaVersion>" MESSAGE_VERSION "</schemaVersion>"
              "<id>019c0000-0000-7000-8000-000000000000</id>"
              "<type>%s</type><caseId>SIM-1</caseId><from>a-1</from>"
              "<to>a-2</to><sequence>1</sequence>"
              "<sentAt>2026-12-01T09:00:00+08:00</sentAt>"
              "<decidedAt>2026-12-01T08:00:00+08:00</decidedAt>"
              "<inReplyTo><id>019c0000-0000-7000-8000-000000000000</id>"
              "<digest>%064d</digest></inReplyTo>"
              "<documentNumber>沈环函〔2026〕1号</documentNumber>"
              "<urgency>%s</urgency></header>%s</message>",
              script->act->type, 0, script->critical ? "critical" : "normal",
              text);
    AUTO(message) struct message *message = NULL;
    AUTO(mistakes) struct mistakes mistakes = {0};
    TRY(message_parse(&message, whole.bytes, whole.size, why));
    TRY(message_check(message, &mistakes, why));
    *out = TAKE(message);
    return R_OK;
}

static void name_unit(struct script *script)
{
    const char *text = script->text[FIGURES_GRAVE];
    script->unit = text_at(text, "unit/name");
    script->code = script->unit ? text_at(text, "unit/creditCode") : NULL;
}

/* Below every threshold of the law. */
static void write_small(struct script *script)
{
    char *text = mem_text(script->text[FIGURES_GRAVE]);
    put_all(&text, "value", "1.2");
    put_all(&text, "timesOver", "0.10");
    put_all(&text, "quantity", "0.2");
    script->text[FIGURES_SMALL] = text;
}

/* --- acts that are "any other" ----------------------------------------------
 */

/* A condition before it in the file that the text fulfils by chance. */
static bool find_rival(const struct script *script, struct demand *out)
{
    const struct machine *machine = script->machine;
    const struct accept *act = script->act;
    for (size_t i = 0; &machine->accepts[i] != act; i++) {
        const struct accept *other = &machine->accepts[i];
        if (!other->follows && other->when.text &&
            strcmp(other->type, act->type) == 0 &&
            words_meet(&other->in, &act->in) &&
            script_fulfils(script, &other->when) &&
            read_demand(other->when.text, out) && !out->of_header)
            return true;
    }
    return false;
}

/* The next word that the schema knows, behind `at`; NULL at the end. */
static const char *next_word(const char *at, char word[64])
{
    static const char mark[] = "<xs:enumeration value=\"";
    at = strstr(at, mark);
    if (!at)
        return NULL;
    at += sizeof mark - 1;
    snprintf(word, 64, "%.*s", (int)strcspn(at, "\""), at);
    return at;
}

/* Another word in that place, lawful for the type, that no rival claims. */
static void say_otherwise(struct script *script)
{
    const char *at = asset_get("schemas/message.xsd")->bytes;
    char *first = script->text[FIGURES_GRAVE], word[64];
    struct demand rival, other;
    if (script->act->when.text || !find_rival(script, &rival))
        return;
    while ((at = next_word(at, word))) {
        AUTO(message) struct message *message = NULL;
        script->text[FIGURES_GRAVE] = mem_text(first);
        put_at(&script->text[FIGURES_GRAVE], rival.path, word);
        if (!find_rival(script, &other) &&
            read_back(script, script->text[FIGURES_GRAVE], &message, NULL) ==
                R_OK) {
            free(first);
            return;
        }
        free(script->text[FIGURES_GRAVE]);
    }
    script->text[FIGURES_GRAVE] = first;
}

static enum reason write_script(struct script *script, struct fault *why)
{
    const char *condition = script->act->when.text;
    struct demand demand = {0};
    TRY(read_example(script->act->type, &script->text[FIGURES_GRAVE], why));
    if (condition && !read_demand(condition, &demand))
        return fault(why, R_NOT_VALID, "%s: %s", script->machine->id,
                     condition);
    script->critical = condition && demand.of_header;
    if (condition && !demand.of_header)
        put_at(&script->text[FIGURES_GRAVE], demand.path, demand.value);
    say_otherwise(script);
    find_blanks(script);
    name_unit(script);
    write_small(script);
    for (enum figures i = 0; i < FIGURES_COUNT; i++)
        TRY(read_back(script, script->text[i], &script->read[i], why));
    return R_OK;
}

static enum reason write_all(struct scripts *scripts,
                             const struct procedures *procedures,
                             struct fault *why)
{
    for (size_t i = 0; i < procedures->count; i++) {
        const struct machine *machine = procedures->machines[i];
        for (size_t k = 0; k < machine->accept_count; k++) {
            if (machine->accepts[k].follows)
                continue; /* another case's letter */
            struct script *script = &scripts->scripts[scripts->count++];
            *script = (struct script){.machine = machine,
                                      .act = &machine->accepts[k]};
            struct fault inner = {0};
            enum reason reason = write_script(script, &inner);
            if (reason != R_OK)
                return fault(why, reason, "%s, %s: %s", machine->id,
                             script->act->type, inner.text);
        }
    }
    return R_OK;
}

enum reason scripts_write(struct scripts *out,
                          const struct procedures *procedures,
                          struct fault *why)
{
    size_t count = 0;
    for (size_t i = 0; i < procedures->count; i++)
        count += procedures->machines[i]->accept_count;
    *out = (struct scripts){mem_new(count + 1, sizeof(struct script)), 0};
    return write_all(out, procedures, why);
}

void scripts_done(struct scripts *scripts)
{
    for (size_t i = 0; i < scripts->count; i++) {
        struct script *script = &scripts->scripts[i];
        for (enum figures k = 0; k < FIGURES_COUNT; k++) {
            free(script->text[k]);
            message_free(script->read[k]);
        }
        for (size_t k = 0; k < script->blank_count; k++)
            free(script->blanks[k].written);
        free(script->unit);
        free(script->code);
        seen_free(script->seen);
    }
    free(scripts->scripts);
}

bool script_fulfils(const struct script *script, const struct when *when)
{
    struct demand demand;
    if (!when->text)
        return true;
    if (!read_demand(when->text, &demand))
        return script->read[FIGURES_GRAVE] &&
               condition_holds(when->condition,
                               message_document(script->read[FIGURES_GRAVE]));
    if (demand.of_header)
        return script->critical == (strcmp(demand.value, "critical") == 0);
    AUTO(text) char *says = text_at(script->text[FIGURES_GRAVE], demand.path);
    return says && strcmp(says, demand.value) == 0;
}

bool script_must_answer(const struct script *script)
{
    const struct message_type *type = catalogue_find(script->act->type);
    for (size_t i = 0; i < type->need_count; i++)
        if (strncmp(type->needs[i].path, "header/inReplyTo", 16) == 0)
            return true;
    return false;
}
