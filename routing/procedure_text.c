/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "routing/procedure_text.h"

#include <string.h>

#include "schemas/catalogue.h"

static const char *pick(const struct label *label, bool chinese)
{
    return chinese ? label->zh : label->en;
}

const char *text_type(const char *type, bool chinese)
{
    const struct message_type *row = catalogue_find(type);
    if (!row)
        return type;
    return chinese ? row->chinese : row->english;
}

void text_put_parties(struct buf *out, const struct machine *machine,
                      const struct words *parties, bool chinese)
{
    for (size_t i = 0; i < parties->count; i++) {
        const struct role *role = machine_role(machine, parties->items[i]);
        if (i > 0)
            buf_put_text(out, chinese ? "、" : ", ");
        buf_put_text(out,
                     role ? pick(&role->name, chinese) : parties->items[i]);
    }
}

/* Between two remarks of one pair of brackets. */
static void put_remark(struct buf *out, size_t *count, bool chinese)
{
    const char *const open[] = {" (", "（"}, *const next[] = {"; ", "；"};
    buf_put_text(out, (*count)++ ? next[chinese] : open[chinese]);
}

static void put_sender(struct buf *out, const struct machine *machine,
                       const struct accept *accept, bool chinese)
{
    if (accept->follows)
        buf_print(out, chinese ? "关联案件（%s）" : "linked case (%s)",
                  accept->follows_name ? pick(accept->follows_name, chinese)
                                       : accept->follows);
    else
        text_put_parties(out, machine, &accept->from, chinese);
}

void text_put_act(struct buf *out, const struct machine *machine,
                  const struct accept *accept, bool chinese)
{
    put_sender(out, machine, accept, chinese);
    if (accept->to.count)
        buf_put_text(out, chinese ? "→" : " -> ");
    text_put_parties(out, machine, &accept->to, chinese);
    buf_print(out, chinese ? "《%s》" : ": %s",
              text_type(accept->type, chinese));
    size_t remarks = 0;
    if (accept->when.text) {
        put_remark(out, &remarks, chinese);
        buf_put_text(out, pick(&accept->when.name, chinese));
    }
    for (size_t i = 0; i < accept->copy_count; i++) {
        const struct copy *copy = &accept->copies[i];
        const struct role *role = machine_role(machine, copy->party);
        if (copy->need != NEED_MUST || !role)
            continue;
        put_remark(out, &remarks, chinese);
        buf_print(out, chinese ? "抄送%s" : "copy to %s",
                  pick(&role->name, chinese));
    }
    if (remarks)
        buf_put_text(out, chinese ? "）" : ")");
}

static void put_span(struct buf *out, const struct measure *measure,
                     bool chinese)
{
    static const struct label units[PERIOD_UNIT_COUNT] = {
        [PERIOD_HOURS] = {"小时", "hours"},
        [PERIOD_DAYS] = {"日", "days"},
        [PERIOD_WORKING_DAYS] = {"个工作日", "working days"},
        [PERIOD_MONTHS] = {"个月", "months"},
        [PERIOD_YEARS] = {"年", "years"},
    };
    const struct label *unit = &units[measure->period.unit];
    buf_print(out, chinese ? "%d%s" : "%d %s", measure->period.count,
              pick(unit, chinese));
    if (measure->shift)
        buf_put_text(out, chinese ? "，节假日顺延" : ", moved past holidays");
}

static void put_fixed_day(struct buf *out, const struct measure *measure,
                          bool chinese)
{
    const struct due_on *on = &measure->due_on;
    bool quarterly = measure->period.count == 3;
    if (on->month)
        buf_print(out, chinese ? "每年%d月%d日" : "each year on %02d-%02d",
                  on->month, on->day);
    else if (chinese)
        buf_print(out, "%s%d日", quarterly ? "每季度首月" : "每月", on->day);
    else
        buf_print(out, "each %s on day %d",
                  quarterly ? "first month of a quarter" : "month", on->day);
    if (on->after)
        buf_put_text(out, chinese ? "（上一期的）" : ", for the period before");
    if (measure->shift)
        buf_put_text(out, chinese ? "，节假日顺延" : ", moved past holidays");
}

void text_put_measure(struct buf *out, const struct measure *measure,
                      bool chinese)
{
    (measure->due_on.day ? put_fixed_day : put_span)(out, measure, chinese);
}

void text_put_limit(struct buf *out, const struct limit *limit, bool chinese)
{
    text_put_measure(out, &limit->measure, chinese);
    if (limit->earliest)
        buf_put_text(out, chinese ? "，最早日期" : ", the earliest day");
}

/* --- marks ------------------------------------------------------------------
 */

struct marking {
    const struct machine *machine;
    bool chinese;
    void (*put)(void *context, const char *line);
    void *context;
};

static void mark(const struct marking *marking, const char *zh, const char *en,
                 const char *subject)
{
    AUTO(buf) struct buf line = {0};
    buf_print(&line, marking->chinese ? "%s：%s" : "%s: %s",
              marking->chinese ? zh : en, subject);
    marking->put(marking->context, buf_text(&line));
}

static void mark_limit(const struct marking *marking, const char *zh,
                       const char *en, const char *id)
{
    const struct limit *limit = machine_limit(marking->machine, id);
    if (limit)
        mark(marking, zh, en, pick(&limit->name, marking->chinese));
}

static void mark_extension(const struct marking *marking,
                           const struct extend *extend)
{
    const struct limit *from = machine_limit(marking->machine, extend->limit);
    const struct limit *to = machine_limit(marking->machine, extend->to);
    AUTO(buf) struct buf text = {0};
    buf_print(&text, "%s → %s", pick(&from->name, marking->chinese),
              pick(&to->name, marking->chinese));
    mark(marking, "延长", "extends", buf_text(&text));
}

/* A procedure that is read alone knows of its parents only what they are
 * called. */
static void put_parent(struct buf *out, const struct parent *parent,
                       bool chinese)
{
    const struct machine *machine = parent->machine;
    const char *open = chinese ? "（" : " (";
    const char *between = chinese ? "、" : ", ";
    buf_put_text(out,
                 machine ? pick(&machine->name, chinese) : parent->procedure);
    for (size_t i = 0; i < parent->states.count; i++) {
        const char *id = parent->states.items[i];
        const struct state *state = machine ? machine_state(machine, id) : NULL;
        buf_put_text(out, i ? between : open);
        buf_put_text(out, state ? pick(&state->name, chinese) : id);
    }
    if (parent->states.count)
        buf_put_text(out, chinese ? "）" : ")");
}

static void mark_parents(const struct marking *marking,
                         const struct accept *accept)
{
    for (size_t i = 0; i < accept->parent_count; i++) {
        const struct parent *parent = &accept->parents[i];
        AUTO(buf) struct buf text = {0};
        put_parent(&text, parent, marking->chinese);
        mark(marking, parent->must ? "来源案件（必须）" : "来源案件",
             parent->must ? "must come from" : "may come from",
             buf_text(&text));
    }
}

void text_each_mark(const struct machine *machine, const struct accept *accept,
                    bool chinese, void (*put)(void *context, const char *line),
                    void *context)
{
    const struct marking marking = {machine, chinese, put, context};
    if (accept->internal)
        mark(&marking, "内部文书", "internal",
             chinese ? "只记入案卷，不送达" : "on the record, sent to nobody");
    for (size_t i = 0; i < accept->not_before.count; i++)
        mark_limit(&marking,
                   accept->early_warns ? "届满前提示过早" : "届满后方可",
                   accept->early_warns ? "too early before the end of"
                                       : "only after the end of",
                   accept->not_before.items[i]);
    for (size_t i = 0; i < accept->extend_count; i++)
        mark_extension(&marking, &accept->extends[i]);
    for (size_t i = 0; i < accept->pauses.count; i++)
        mark_limit(&marking, "中止计算", "stops", accept->pauses.items[i]);
    for (size_t i = 0; i < accept->resumes.count; i++)
        mark_limit(&marking, "继续计算", "resumes", accept->resumes.items[i]);
    if (accept->since)
        mark(&marking, "适用于此日起开启的案件", "cases opened since",
             accept->since);
    if (accept->until)
        mark(&marking, "适用于此日前开启的案件", "cases opened before",
             accept->until);
    mark_parents(&marking, accept);
}
