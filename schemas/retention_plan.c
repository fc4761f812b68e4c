/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "schemas/retention_plan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/mem.h"

static const struct {
    const char *code, *chinese, *english;
} holds[] = {
    [RETENTION_FREE] = {"", "", ""},
    [RETENTION_OPEN] = {"open", "案件未结", "the case is open"},
    [RETENTION_CLOCK] = {"clock", "期限仍在计算", "a clock still runs"},
    [RETENTION_LINKED] = {"linked", "关联案件未结", "a linked case is open"},
    [RETENTION_UNFINISHED] = {"unfinished", "尚有公文未送达",
                              "a letter is still on its way"},
    [RETENTION_HELD] = {"held", "已冻结", "held"},
};

const char *retention_hold_code(enum retention_hold hold)
{
    return holds[hold].code;
}

const char *retention_hold_words(enum retention_hold hold)
{
    return say(holds[hold].chinese, holds[hold].english);
}

static void line_done(struct retention_line *line)
{
    for (size_t i = 0; i < line->count; i++) {
        free(line->letters[i].id);
        free(line->letters[i].type);
    }
    free(line->letters);
    free(line->case_id);
    free(line->procedure);
    free(line->state);
    free(line->detail);
}

void retention_plan_done(struct retention_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        line_done(&plan->lines[i]);
    free(plan->lines);
    *plan = (struct retention_plan){0};
}

void retention_case_hold(struct retention_case *about,
                         enum retention_hold because, const char *detail)
{
    if (about->hold != RETENTION_FREE)
        return;
    about->hold = because;
    buf_put_text(&about->detail, detail);
}

/* The lines of the case that is being added are the last ones. */
static struct retention_line *line_of(struct retention_plan *plan,
                                      const struct retention_case *about,
                                      const struct retention_rule *rule)
{
    for (size_t i = plan->count; i-- > 0;) {
        struct retention_line *line = &plan->lines[i];
        if (strcmp(line->case_id, about->case_id) != 0)
            break;
        if (line->rule == rule)
            return line;
    }
    plan->lines = mem_resize(plan->lines, plan->count + 1, sizeof *plan->lines);
    struct retention_line *line = &plan->lines[plan->count++];
    *line = (struct retention_line){
        .case_id = mem_text(about->case_id),
        .procedure = mem_text(about->procedure),
        .state = mem_text(about->state),
        .rule = rule,
        .from = about->from,
        .ends = retention_ends(rule, about->from),
        .hold = about->hold,
        .detail = mem_text(buf_text(&about->detail)),
    };
    return line;
}

void retention_plan_add(struct retention_plan *plan,
                        const struct retention_case *about,
                        const struct retention_rule *rule,
                        const struct planned_letter *letter)
{
    struct retention_line *line = line_of(plan, about, rule);
    line->letters =
        mem_resize(line->letters, line->count + 1, sizeof *line->letters);
    struct planned_letter *added = &line->letters[line->count++];
    *added = *letter;
    added->id = mem_text(letter->id);
    added->type = mem_text(letter->type);
    line->bytes += letter->size;
}

bool retention_is_due(const struct retention_line *line, instant now)
{
    return line->hold == RETENTION_FREE && line->ends <= now;
}

void retention_put_record(struct buf *out, const struct retention_line *line,
                          size_t from, size_t count, instant now)
{
    char text[DIGEST_TEXT_MAX], at[INSTANT_TEXT_MAX];
    buf_put_text(out, "<receipts>");
    for (size_t i = from; i < from + count; i++) {
        const struct planned_letter *letter = &line->letters[i];
        buf_put_text(out, "<entry>");
        buf_put_element(out, "id", letter->id);
        buf_put_element(out, "digest", digest_format(&letter->digest, text));
        buf_put_element(out, "type", letter->type);
        buf_put_element(out, "caseId", line->case_id);
        buf_put_element(out, "at", instant_format(now, at));
        if (letter->position > 0)
            buf_print(out, "<position>%" PRId64 "</position>",
                      letter->position);
        buf_put_element(out, "rule", line->rule->id);
        buf_put_text(out, "</entry>");
    }
    buf_put_text(out, "</receipts>");
}
