/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Both books side by side. What the ledger says is read case by case, clock by
 * clock and letter by letter from its tables, and the log is computed anew.
 */
#include "simulation/province_state.h"

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

static void tell_first(struct audit *audit, const char *what, const char *where)
{
    if (!*audit->first)
        snprintf(audit->first, sizeof audit->first, "%s: %s", where, what);
}

static enum reason see_case(void *context, const struct case_line *line,
                            struct fault *why)
{
    struct tally *recount = context;
    struct province *province = recount->province;
    size_t place = case_place(province, line->id);
    (void)why;
    recount->cases++;
    const char *expected =
        place < SIZE_MAX ? province->book.cases[place].state : NULL;
    if (expected && strcmp(expected, line->state) == 0)
        recount->in_state++;
    else
        tell_first(recount->audit, line->state, line->id);
    return R_OK;
}

static struct book_clock *find_clock(struct book_case *one,
                                     const struct clock_row *row)
{
    for (size_t i = 0; i < one->clock_count; i++) {
        struct book_clock *clock = &one->clocks[i];
        if (strcmp(clock->limit->limit, row->limit) == 0 &&
            strcmp(clock->owner, row->owner) == 0 && clock->due == row->due)
            return clock;
    }
    return NULL;
}

/* Whether the tales speak of this limit at all. */
static bool is_in_tales(const struct book_case *one, const char *limit)
{
    for (size_t i = 0; i < one->clock_count; i++)
        if (strcmp(one->clocks[i].limit->limit, limit) == 0)
            return true;
    return false;
}

static enum reason see_clock(void *context, const struct clock_row *row,
                             struct fault *why)
{
    struct tally *recount = context;
    struct province *province = recount->province;
    size_t place = case_place(province, row->case_id);
    (void)why;
    if (place == SIZE_MAX)
        return R_OK;
    struct book_case *one = &province->book.cases[place];
    if (!is_in_tales(one, row->limit))
        return R_OK;
    bool over = row->met_by == 0 || row->met_at > row->due;
    const struct book_clock *clock = find_clock(one, row);
    recount->clocks++;
    recount->ran_out += over;
    if (!clock || book_is_overdue(clock, province->end) != over)
        tell_first(recount->audit, row->limit, row->case_id);
    return R_OK;
}

static enum reason see_letter(void *context, const struct letter_line *line,
                              struct fault *why)
{
    struct tally *recount = context;
    (void)why;
    recount->letters++;
    recount->late += line->late;
    return R_OK;
}

static void put_row(struct audit *audit, struct audit_row row)
{
    audit->differs |= row.expected != row.found;
    audit->rows[audit->count++] = row;
}

/* Of the book: clocks that are over, as the ledger lists them. */
struct expected {
    int64_t clocks, ran_out, reminded, twice;
};

static void expect_clock(struct expected *expected,
                         const struct book_clock *clock, bool cancelled,
                         instant end)
{
    bool over = book_is_overdue(clock, end);
    if (clock->due && clock->due < end && !cancelled) {
        expected->clocks++;
        expected->ran_out += over;
    }
    if (clock->limit->duty)
        expected->reminded += over;
    expected->twice += clock->reminded != (over && clock->limit->duty);
}

static struct expected expect_clocks(const struct province *province)
{
    struct expected expected = {0};
    for (size_t i = 0; i < province->book.count; i++) {
        const struct book_case *one = &province->book.cases[i];
        for (size_t j = 0; j < one->clock_count; j++)
            expect_clock(&expected, &one->clocks[j], one->clocks[j].cancelled,
                         province->end);
    }
    return expected;
}

static void compare(struct tally *recount)
{
    struct province *province = recount->province;
    const struct book *book = &province->book;
    struct audit *audit = recount->audit;
    struct router_counts counts = world_counts(province->world);
    struct expected expected = expect_clocks(province);
#define ROW(zh, en, id, left, right)                                           \
    put_row(audit,                                                             \
            (struct audit_row){zh, en, id, (int64_t)(left), (int64_t)(right)})
    ROW("案件", "cases", "cases", book->opened, recount->cases);
    ROW("状态相符的案件", "cases in the expected state", "states", book->opened,
        recount->in_state);
    ROW("受理的文书", "letters accepted", "accepted",
        book->accepted + book->receipts, counts.accepted);
    ROW("改变案件的文书", "letters that changed a case", "steps",
        book->accepted, recount->letters);
    ROW("逾期的文书", "letters that were late", "late", book->late,
        recount->late);
    ROW("退回的文书", "letters refused", "refused", book->refused,
        counts.refused);
    ROW("退回通知", "refusals that arrived", "refusals", book->refused,
        book->heard_refusals);
    ROW("送达", "letters that arrived", "deliveries", book->deliveries,
        book->heard_deliveries);
    ROW("已届期的期限", "clocks that came to their end", "clocks",
        expected.clocks, recount->clocks);
    ROW("届满未办的期限", "clocks that ran out", "expired", expected.ran_out,
        recount->ran_out);
    ROW("催办", "reminders that arrived", "reminders", expected.reminded,
        book->heard_reminders);
    ROW("催办不是恰好一次的期限", "clocks not reminded exactly once",
        "not-once", 0, expected.twice);
    ROW("意外", "surprises", "surprises", 0, book->surprises);
#undef ROW
}

enum reason province_audit(struct province *province, struct audit *out,
                           struct fault *why)
{
    struct ledger *ledger = world_ledger(province->world);
    struct tally recount = {.province = province, .audit = out};
    struct log_head head, stored;
    const struct span span = {
        .from = province->begin, .until = province->end + 1, .last = INT64_MAX};
    *out = (struct audit){0};
    TRY(survey_cases(ledger, see_case, &recount, why));
    TRY(survey_clocks(ledger, province->end, see_clock, &recount, why));
    TRY(survey_letters(ledger, &span, see_letter, &recount, why));
    compare(&recount);
    if (*province->book.surprise)
        tell_first(out, province->book.surprise, "surprise");
    out->differs |= *out->first != '\0';
    TRY(log_verify(ledger, NULL, &head, why));
    TRY(log_head(ledger, &stored, why));
    put_row(out, (struct audit_row){"核验过的日志条目",
                                    "entries of the verified log", "log",
                                    stored.size, head.size});
    return R_OK;
}
