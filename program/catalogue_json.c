/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * One type of letter as JSON: ids as they stand in the files.
 */
#include "program/catalogue_page.h"

#include "routing/procedure_acts.h"

static void put_text(struct buf *out, const char *name, const char *text)
{
    buf_print(out, "\"%s\":\"", name);
    buf_put_json(out, text);
    buf_put_text(out, "\",");
}

static void put_words(struct buf *out, const char *name,
                      const struct words *words)
{
    buf_print(out, "\"%s\":[", name);
    for (size_t i = 0; i < words->count; i++)
        buf_print(out, "%s\"%s\"", i ? "," : "", words->items[i]);
    buf_put_text(out, "],");
}

static void put_split(struct buf *out, const char *name, const char *text)
{
    struct words words = words_parse(text);
    put_words(out, name, &words);
    words_done(&words);
}

static void put_needs(const struct message_type *type, struct buf *out)
{
    buf_put_text(out, "\"needs\":[");
    for (size_t i = 0; i < type->need_count; i++) {
        const struct message_need *need = &type->needs[i];
        buf_print(out, "%s{\"path\":\"%s\"", i ? "," : "", need->path);
        if (need->value)
            buf_print(out, ",\"value\":\"%s\"", need->value);
        buf_put_char(out, '}');
    }
    buf_put_text(out, "],");
}

static void put_act(const struct act_facts *act, struct buf *out)
{
    buf_put_char(out, '{');
    put_text(out, "procedure", act->procedure);
    put_words(out, "states", act->states);
    put_words(out, "from", act->from);
    put_words(out, "to", act->to);
    put_text(out, "next", act->next);
    put_text(out, "within", act->within);
    put_words(out, "meets", act->meets);
    put_words(out, "starts", act->starts);
    put_text(out, "article", act->article);
    buf_print(out, "\"opens\":%s}", act->opens ? "true" : "false");
}

void catalogue_put_json(const struct procedures *procedures,
                        const struct message_type *type, struct buf *out)
{
    struct act_place place = {0};
    struct act_facts act;
    buf_put_char(out, '{');
    put_text(out, "id", type->id);
    put_text(out, "zh", type->chinese);
    put_text(out, "en", type->english);
    put_text(out, "form", type->form);
    put_text(out, "scope", type->scope);
    put_text(out, "certainty", type->certainty);
    buf_print(out, "\"coined\":%s,\"crossCutting\":%s,",
              type->coined ? "true" : "false",
              type->cross_cutting ? "true" : "false");
    put_split(out, "basis", type->basis);
    put_split(out, "from", type->from);
    put_split(out, "to", type->to);
    put_split(out, "copy", type->copy);
    put_needs(type, out);
    buf_put_text(out, "\"acts\":[");
    for (size_t i = 0; procedure_next_act(procedures, type->id, &place, &act);
         i++) {
        buf_put_text(out, i ? "," : "");
        put_act(&act, out);
    }
    buf_put_text(out, "]}");
}
