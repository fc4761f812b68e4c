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

void text_put_act(struct buf *out, const struct machine *machine,
                  const struct accept *accept, bool chinese)
{
    text_put_parties(out, machine, &accept->from, chinese);
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

void text_put_measure(struct buf *out, const struct measure *measure,
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
