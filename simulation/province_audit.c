/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Both books side by side. What the ledger says is read case by case, clock by
 * clock and letter by letter from its tables, and the log is computed anew.
 */
#include "simulation/recount.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "routing/ledger/survey.h"

struct tally {
    struct province *province;
    struct audit *audit;
    int64_t cases, in_state; /* cases, and those in the expected state */
    int64_t clocks, ran_out; /* that the book knows too */
    int64_t letters, late;
};

void audit_tell(struct audit *audit, const char *where, const char *what)
{
    if (!*audit->first)
        snprintf(audit->first, sizeof audit->first, "%s: %s", where, what);
}

void audit_put(struct audit *audit, struct audit_row row)
{
    audit->differs |= row.expected != row.found;
    audit->rows[audit->count++] = row;
}

static enum reason see_case(void *context, const struct case_line *line,
                            struct fault *why)
{
    struct tally *tally = context;
    const struct book *book = &tally->province->book;
    size_t place = case_place(tally->province, line->id);
    (void)why;
    tally->cases++;
    const struct book_case *one = place < SIZE_MAX ? &book->cases[place] : NULL;
    if (one && one->machine && strcmp(one->machine->id, line->procedure) == 0 &&
        strcmp(one->state, line->state) == 0)
        tally->in_state++;
    else
        audit_tell(tally->audit, line->id, line->state);
    return R_OK;
}

/* --- clocks -----------------------------------------------------------------
 */

static bool is_same(const struct province *province,
                    const struct book_clock *clock, const struct clock_row *row)
{
    const struct book *book = &province->book;
    return clock->due == row->due && clock->start == row->start &&
           strcmp(clock->limit->id, row->limit) == 0 &&
           strcmp(book->letters[clock->letter].id, row->letter_id) == 0 &&
           strcmp(province->agencies[clock->owner].id, row->owner) == 0;
}

/* As the survey lists them: running, or met. */
static bool is_listed(const struct book_clock *clock, instant end)
{
    return clock->due && clock->due < end && !clock->cancelled &&
           (clock->state == CLOCK_RUNS || clock->state == CLOCK_DONE);
}

static bool has_run_out(const struct book_clock *clock)
{
    return clock->state == CLOCK_RUNS || clock->late;
}

static enum reason see_clock(void *context, const struct clock_row *row,
                             struct fault *why)
{
    struct tally *tally = context;
    struct province *province = tally->province;
    size_t place = case_place(province, row->case_id);
    (void)why;
    if (place == SIZE_MAX)
        return R_OK;
    const struct book_case *one = &province->book.cases[place];
    bool over = row->met_by == 0 || row->status == DEADLINE_MET_LATE;
    for (size_t i = 0; i < one->clock_count; i++) {
        const struct book_clock *clock = &one->clocks[i];
        if (!is_same(province, clock, row) ||
            !is_listed(clock, province->end) || has_run_out(clock) != over)
            continue;
        tally->clocks++;
        tally->ran_out += over;
        return R_OK;
    }
    char text[200];
    snprintf(text, sizeof text, "%s, %s, %s", row->limit, row->owner,
             deadline_status_name(row->status));
    audit_tell(tally->audit, row->case_id, text);
    return R_OK;
}

/* --- letters ----------------------------------------------------------------
 */

static const struct book_letter *find_letter(const struct province *province,
                                             const struct letter_line *line)
{
    size_t place = case_place(province, line->case_id);
    const struct book *book = &province->book;
    const struct book_case *one = place < SIZE_MAX ? &book->cases[place] : NULL;
    for (size_t i = 0; one && i < one->letter_count; i++)
        if (strcmp(book->letters[one->letters[i]].id, line->id) == 0)
            return &book->letters[one->letters[i]];
    return NULL;
}

static enum reason see_letter(void *context, const struct letter_line *line,
                              struct fault *why)
{
    struct tally *tally = context;
    struct province *province = tally->province;
    const struct book_letter *letter = find_letter(province, line);
    (void)why;
    tally->letters++;
    tally->late += line->late;
    if (!letter || letter->late != line->late ||
        letter->at != line->received_at)
        audit_tell(tally->audit, line->case_id, line->type);
    return R_OK;
}

/* --- the comparison ---------------------------------------------------------
 */

/* What the book holds. */
struct expected {
    int64_t clocks, ran_out, reminded, not_once, late, deliveries, heard;
};

static struct expected expect(struct tally *tally)
{
    const struct province *province = tally->province;
    const struct book *book = &province->book;
    struct expected expected = {0};
    for (size_t i = 0; i < book->case_count; i++)
        for (size_t k = 0; k < book->cases[i].clock_count; k++) {
            const struct book_clock *clock = &book->cases[i].clocks[k];
            bool listed = is_listed(clock, province->end);
            char name[CASE_TEXT_MAX];
            expected.clocks += listed;
            expected.ran_out += listed && has_run_out(clock);
            expected.reminded += clock->owed;
            expected.not_once += clock->heard != clock->owed;
            if (clock->heard != clock->owed)
                audit_tell(tally->audit, case_name(i, name), clock->limit->id);
        }
    for (size_t i = 0; i < book->letter_count; i++) {
        const struct book_letter *letter = &book->letters[i];
        expected.late += letter->late;
        expected.deliveries += (int64_t)letter->delivery_count;
        for (size_t k = 0; k < letter->delivery_count; k++)
            expected.heard += letter->deliveries[k].heard != 0;
    }
    return expected;
}

static void compare(struct tally *tally)
{
    struct province *province = tally->province;
    const struct book *book = &province->book;
    struct audit *audit = tally->audit;
    struct router_counts counts = world_counts(province->world);
    struct expected expected = expect(tally);
#define ROW(zh, en, id, left, right)                                           \
    audit_put(audit, (struct audit_row){zh, en, id, (int64_t)(left),           \
                                        (int64_t)(right)})
    ROW("案件", "cases", "cases", book->opened, tally->cases);
    ROW("状态相符的案件", "cases in the expected state", "states", book->opened,
        tally->in_state);
    ROW("受理的文书", "letters accepted", "accepted",
        book->letter_count + book->receipts, counts.accepted);
    ROW("改变案件的文书", "letters that changed a case", "steps",
        book->letter_count, tally->letters);
    ROW("逾期的文书", "letters that were late", "late", expected.late,
        tally->late);
    ROW("退回的文书", "letters refused", "refused", book->refused,
        counts.refused);
    ROW("退回通知", "refusals that arrived", "refusals", book->refused,
        book->heard_refusals);
    ROW("重复的文书", "letters that came twice", "repeated", book->repeated,
        counts.repeated);
    ROW("送达", "letters that arrived", "deliveries", expected.deliveries,
        expected.heard);
    ROW("已届期的期限", "clocks that came to their end", "clocks",
        expected.clocks, tally->clocks);
    ROW("届满未办的期限", "clocks that ran out", "expired", expected.ran_out,
        tally->ran_out);
    ROW("关联案件通知", "notices of linked cases", "notices", book->notices,
        book->heard_notices);
    ROW("催办", "reminders that arrived", "reminders", expected.reminded,
        book->heard_reminders);
    ROW("催办不是恰好一次的期限", "clocks not reminded exactly once",
        "not-once", 0, expected.not_once);
    ROW("意外", "surprises", "surprises", 0, book->surprises);
#undef ROW
}

/* What the public commands say, against the book. */
static enum reason recount(struct province *province, struct audit *audit,
                           struct fault *why)
{
    const struct rules_source source = {.procedures = province->plan.procedures,
                                        .own_procedures =
                                            province->plan.own_procedures};
    AUTO(rules) struct rules *rules = NULL;
    AUTO(buf) struct buf report = {0};
    enum reason reason = rules_load(&rules, &source, &report, why);
    audit->without_rules = reason == R_BAD_PROCEDURE && source.own_procedures;
    if (audit->without_rules)
        return R_OK;
    TRY(reason);
    for (size_t i = 0; i < province->scripts.count; i++) {
        seen_free(province->scripts.scripts[i].seen); /* by other rules */
        province->scripts.scripts[i].seen = NULL;
    }
    TRY(recount_statistics(province, rules, audit, why));
    return recount_supervision(province, rules, audit, why);
}

enum reason province_audit(struct province *province, struct audit *out,
                           struct fault *why)
{
    struct ledger *ledger = world_ledger(province->world);
    struct tally tally = {.province = province, .audit = out};
    struct log_head head, stored;
    const struct span span = {
        .from = province->begin, .until = province->end + 1, .last = INT64_MAX};
    *out = (struct audit){0};
    if (*province->book.surprise)
        audit_tell(out, "surprise", province->book.surprise);
    TRY(survey_cases(ledger, see_case, &tally, why));
    TRY(survey_clocks(ledger, province->end, see_clock, &tally, why));
    TRY(survey_letters(ledger, &span, see_letter, &tally, why));
    compare(&tally);
    TRY(recount(province, out, why));
    TRY(log_verify(ledger, NULL, &head, why));
    TRY(log_head(ledger, &stored, why));
    audit_put(out, (struct audit_row){"核验过的日志条目",
                                      "entries of the verified log", "log",
                                      stored.size, head.size});
    out->differs |= *out->first != '\0';
    return R_OK;
}

void province_put_acts(struct province *province, struct buf *out)
{
    const struct book *book = &province->book;
    for (size_t i = 0; i < province->scripts.count; i++) {
        const struct script *script = &province->scripts.scripts[i];
        size_t count = 0;
        for (size_t k = 0; k < book->letter_count; k++)
            count += book->letters[k].act == script->act;
        buf_print(out, "%7zu %s %s %s\n", count, script->machine->id,
                  script->act->type,
                  script->act->next ? script->act->next : "-");
    }
}
