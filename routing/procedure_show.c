/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A procedure as text for a person: parties, states and what each accepts,
 * limits, and the articles that all of it stands on.
 */
#include <string.h>

#include "base/language.h"
#include "routing/procedure_text.h"
#include "routing/visibility.h"

static void put_parties(struct buf *out, const struct words *parties,
                        const struct machine *machine)
{
    text_put_parties(out, machine, parties, language_is_chinese());
}

static void put_article(struct buf *out, const struct procedures *procedures,
                        const char *id)
{
    const struct article *article = laws_find(procedures->laws, id);
    if (!article)
        return;
    if (language_is_chinese())
        buf_print(out, " [%s %s]", id, article->basis_zh);
    else
        buf_print(out, " [%s]", id);
}

static void put_roles(struct buf *out, const struct machine *machine)
{
    buf_print(out, "\n%s\n", say("当事方", "parties"));
    for (size_t i = 0; i < machine->role_count; i++) {
        const struct role *role = &machine->roles[i];
        buf_print(out, "  %-18s %s", role->id, label_say(&role->name));
        const struct role *other = machine_role(machine, role->same_level);
        if (other)
            buf_print(out, say("（与%s同级）", " (same level as %s)"),
                      label_say(&other->name));
        buf_put_text(out, "\n");
    }
}

static void put_limit_names(struct buf *out, const struct machine *machine,
                            const char *what, const struct words *limits)
{
    if (limits->count > 0)
        buf_print(out, "        %s", what);
    for (size_t i = 0; i < limits->count; i++) {
        const struct limit *limit = machine_limit(machine, limits->items[i]);
        buf_print(out, "%s%s", i ? say("；", "; ") : " ",
                  limit ? label_say(&limit->name) : limits->items[i]);
    }
    if (limits->count > 0)
        buf_put_text(out, "\n");
}

static void put_rule_copies(struct buf *out, const struct machine *machine,
                            const struct accept *accept)
{
    for (size_t i = 0; i < accept->copy_count; i++) {
        const struct copy *copy = &accept->copies[i];
        const struct role *role = machine_role(machine, copy->party);
        if (copy->need == NEED_MUST || !role)
            continue;
        buf_print(out, "        %s %s",
                  copy->need == NEED_MAY
                      ? say("可以抄送", "may be copied to")
                      : say("系统自动抄送", "copied by the exchange to"),
                  label_say(&role->name));
        if (copy->when.text)
            buf_print(out, say("（%s）", " (%s)"), label_say(&copy->when.name));
        for (size_t k = 0; k < copy->regions.count; k++)
            buf_print(out, "%s%s", k ? " " : say("，地区 ", ", regions "),
                      copy->regions.items[k]);
        buf_put_text(out, "\n");
    }
}

static void put_mark(void *out, const char *line)
{
    buf_print(out, "        %s\n", line);
}

static void put_act(struct buf *out, const struct procedures *procedures,
                    const struct machine *machine, const struct accept *accept)
{
    buf_put_text(out, "    ");
    text_put_act(out, machine, accept, language_is_chinese());
    const struct state *next = machine_state(machine, accept->next);
    if (next)
        buf_print(out, " => %s", label_say(&next->name));
    put_article(out, procedures, accept->article);
    buf_put_text(out, "\n");
    put_rule_copies(out, machine, accept);
    if (accept->within)
        buf_print(out, "        %s %s\n", say("本文书期限", "own limit"),
                  label_say(&machine_limit(machine, accept->within)->name));
    put_limit_names(out, machine, say("履行", "meets"), &accept->meets);
    put_limit_names(out, machine, say("取消", "cancels"), &accept->cancels);
    text_each_mark(machine, accept, language_is_chinese(), put_mark, out);
    put_limit_names(out, machine, say("起算", "starts"), &accept->starts);
}

static void put_state(struct buf *out, const struct procedures *procedures,
                      const struct machine *machine, const struct state *state)
{
    buf_print(out, "\n  %s  %s%s\n", state->id, label_say(&state->name),
              state->final ? say("（终局）", " (end)") : "");
    for (size_t i = 0; i < machine->accept_count; i++)
        if (words_has(&machine->accepts[i].in, state->id))
            put_act(out, procedures, machine, &machine->accepts[i]);
}

static const char *force_say(const char *force)
{
    if (strcmp(force, "statutory") == 0)
        return say("法定", "statutory");
    if (strcmp(force, "local") == 0)
        return say("地方规定", "local");
    return say("无法定期限", "no statutory limit");
}

static void put_measure(struct buf *out, const struct procedures *procedures,
                        const struct measure *measure)
{
    text_put_measure(out, measure, language_is_chinese());
    buf_print(out, say("，%s", ", %s"), force_say(measure->force));
    put_article(out, procedures, measure->article);
    buf_put_text(out, "\n");
}

static void put_variants(struct buf *out, const struct procedures *procedures,
                         const struct limit *limit)
{
    for (size_t i = 0; i < limit->variant_count; i++) {
        const struct variant *variant = &limit->variants[i];
        buf_print(out, "      %s", say("特别规定：", "instead: "));
        for (size_t k = 0; k < variant->regions.count; k++)
            buf_print(out, "%s ", variant->regions.items[k]);
        if (variant->from || variant->until)
            buf_print(out, "%s..%s ", variant->from ? variant->from : "",
                      variant->until ? variant->until : "");
        put_measure(out, procedures, &variant->measure);
    }
}

static void put_expiry(struct buf *out, const struct procedures *procedures,
                       const struct machine *machine, const struct limit *limit)
{
    const struct expiry *expiry = &limit->expiry;
    if (expiry->tells.count > 0) {
        buf_print(out, "      %s ",
                  say("到期未履行告知", "when it expires, told:"));
        put_parties(out, &expiry->tells, machine);
        buf_put_text(out, "\n");
    }
    if (expiry->offers) {
        buf_print(out, "      %s %s (%s)", say("可以", "offers"),
                  label_say(&expiry->name), expiry->offers);
        put_article(out, procedures, expiry->article);
        buf_put_text(out, "\n");
    }
}

static void put_limit(struct buf *out, const struct procedures *procedures,
                      const struct machine *machine, const struct limit *limit)
{
    static const struct label counted[] = {
        [COUNTED_RECEIVED] = {"收到起算", "from receipt here"},
        [COUNTED_DECIDED] = {"决定起算", "from the decision"},
        [COUNTED_DELIVERED] = {"签收起算", "from delivery"},
    };
    buf_print(out, "\n  %s  %s\n      ", limit->id, label_say(&limit->name));
    put_parties(out, &limit->owners, machine);
    buf_print(out, say("，%s，", ", %s, "),
              label_say(&counted[limit->counted]));
    put_measure(out, procedures, &limit->measure);
    if (limit->earliest)
        buf_print(out, "      %s\n", say("最早日期", "the earliest day"));
    if (limit->warn_text)
        buf_print(out, "      %s %s\n", say("提前提醒", "warned ahead:"),
                  limit->warn_text);
    put_variants(out, procedures, limit);
    put_expiry(out, procedures, machine, limit);
}

static bool is_cited(const struct machine *machine, const char *id)
{
    for (size_t i = 0; i < machine->accept_count; i++)
        if (machine->accepts[i].article &&
            strcmp(machine->accepts[i].article, id) == 0)
            return true;
    for (size_t i = 0; i < machine->limit_count; i++) {
        const struct limit *limit = &machine->limits[i];
        if ((limit->measure.article &&
             strcmp(limit->measure.article, id) == 0) ||
            (limit->expiry.article && strcmp(limit->expiry.article, id) == 0))
            return true;
        for (size_t k = 0; k < limit->variant_count; k++)
            if (limit->variants[k].measure.article &&
                strcmp(limit->variants[k].measure.article, id) == 0)
                return true;
    }
    return false;
}

static void put_articles(struct buf *out, const struct procedures *procedures,
                         const struct machine *machine)
{
    buf_print(out, "\n%s\n", say("法律依据", "legal basis"));
    for (size_t i = 0; i < laws_count(procedures->laws); i++) {
        const struct article *article = laws_get(procedures->laws, i);
        if (!is_cited(machine, article->id))
            continue;
        buf_print(out, "  %-14s %s (%s..%s) %s\n      %s\n", article->id,
                  say(article->basis_zh, article->basis_en), article->from,
                  article->until, article->certainty, article->gist);
    }
}

enum reason procedure_show(const struct procedures *procedures,
                           const char *procedure, struct buf *out,
                           struct fault *why)
{
    const struct machine *machine = machine_find(procedures, procedure);
    if (!machine)
        return fault(why, R_NOT_FOUND, "%s", procedure);
    buf_print(out, "%s  %s\n%s\n", machine->id, label_say(&machine->name),
              label_say(&machine->summary));
    put_roles(out, machine);
    buf_print(out, "\n%s\n", say("状态", "states"));
    for (size_t i = 0; i < machine->state_count; i++)
        put_state(out, procedures, machine, &machine->states[i]);
    buf_print(out, "\n%s\n", say("期限", "limits"));
    for (size_t i = 0; i < machine->limit_count; i++)
        put_limit(out, procedures, machine, &machine->limits[i]);
    visibility_show(procedures, machine, out);
    put_articles(out, procedures, machine);
    return R_OK;
}
