/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Penalties and their end, notices to regulators and lenders, reminders, and
 * copies.
 */
#include "broker-adapters/projections/project_parts.h"

#include <stdio.h>
#include <string.h>

enum { PENALTIES = 1u << LISTING_PENALTY };

/* "fine stop-production" */
static void put_kinds(const struct element *penalty, struct buf *out)
{
    const struct element *kinds = element_first(penalty, "kinds");
    const struct element *kind = kinds ? element_first(kinds, "kind") : NULL;
    for (; kind; kind = element_next(kind, "kind"))
        buf_print(out, "%s%s", out->size ? " " : "", element_text(kind));
}

static const char *first_charge(const struct element *form)
{
    const struct element *charges = element_first(form, "charges");
    return project_text(charges ? element_first(charges, "charge") : NULL,
                        "name");
}

static enum reason put_penalty(const struct projecting *work,
                               const struct element *party,
                               const struct element *penalty, struct fault *why)
{
    AUTO(project_subject) struct project_subject subject = {0};
    AUTO(buf) struct buf kinds = {0};
    AUTO(buf) struct buf text = {0};
    TRY(project_read_subject(party, &subject, why));
    put_kinds(penalty, &kinds);
    struct listing *row = &subject.listing;
    row->list = LISTING_PENALTY;
    row->kind = buf_text(&kinds);
    row->title = first_charge(work->form);
    row->number = project_text(penalty, "number");
    row->authority = project_text(penalty, "authority");
    row->amount = project_text(penalty, "fine");
    row->valid_from = project_text(penalty, "decidedOn");
    row->valid_until = project_text(work->form, "until");
    struct listing_match same = {.lists = PENALTIES,
                                 .number = row->number,
                                 .sender = message_from(work->message),
                                 .name = row->name};
    TRY(project_check_new(work, &same, why));
    const char *facts = project_text(work->form, "reasons");
    buf_print(&text, "%s%s%s", facts, *facts ? "\n" : "",
              project_text(penalty, "content"));
    return project_put(work, row, buf_text(&text), why);
}

/* A notice of repair for what is published already says nothing new. */
static bool is_only_repeat(const struct projecting *work,
                           const struct fault *found)
{
    return found->reason == R_LISTED_ALREADY &&
           strcmp(message_type(work->message), "repair-notice") == 0;
}

static enum reason put_party(const struct projecting *work,
                             const struct element *party, struct fault *first,
                             struct fault *why)
{
    const struct element *list = element_first(work->form, "penalties");
    const struct element *penalty =
        list ? element_first(list, "penalty") : NULL;
    for (; penalty; penalty = element_next(penalty, "penalty")) {
        struct fault found = {0};
        enum reason reason = put_penalty(work, party, penalty, &found);
        if (reason != R_OK && reason_class(reason) != REASON_REFUSE)
            return fault(why, reason, "%s", found.text);
        if (reason != R_OK && first->reason == R_OK &&
            !is_only_repeat(work, &found))
            *first = found;
    }
    return R_OK;
}

enum reason project_penalties(const struct projecting *work, struct fault *why)
{
    const struct element *parties = element_first(work->form, "parties");
    const struct element *party = parties ? element_first(parties, NULL) : NULL;
    struct fault first = {0};
    for (; party; party = element_next(party, NULL))
        TRY(put_party(work, party, &first, why));
    return first.reason == R_OK ? R_OK
                                : fault(why, first.reason, "%s", first.text);
}

/* Publicity stops where the letter says that it does: repaired, an objection
 * upheld, the maximum reached. */
enum reason project_repair(const struct projecting *work, struct fault *why)
{
    static const char *const stops[][4] = {
        {"repair-decision", "outcome", "repaired", "repaired"},
        {"objection-result", "result", "agreed", "corrected"},
        {"publicity-stop", NULL, NULL, "stopped"},
    };
    char day[PROJECT_DAY_MAX];
    struct listing_match match = {.lists = PENALTIES,
                                  .case_id = message_case(work->message)};
    for (size_t i = 0; i < COUNT_OF(stops); i++) {
        const char *const *stop = stops[i];
        if (strcmp(message_type(work->message), stop[0]) == 0 &&
            (!stop[1] ||
             strcmp(project_text(work->form, stop[1]), stop[2]) == 0))
            TRY(project_end(work, &match, stop[3],
                            project_day(work->message, day), why));
    }
    return project_lift_linked(work, why);
}

enum reason project_notice(const struct projecting *work, struct fault *why)
{
    char day[PROJECT_DAY_MAX];
    const struct element *form = work->form;
    const char *content = project_text(form, "content");
    const struct element *parties = element_first(form, "parties");
    const struct element *party = parties ? element_first(parties, NULL) : NULL;
    for (; party; party = element_next(party, NULL)) {
        AUTO(project_subject) struct project_subject subject = {0};
        TRY(project_read_subject(party, &subject, why));
        struct listing *row = &subject.listing;
        row->list = LISTING_NOTICE;
        row->kind = message_type(work->message);
        row->title = project_text(form, "subject");
        row->number = message_number(work->message);
        row->authority = message_from(work->message);
        row->valid_from = project_day(work->message, day);
        TRY(project_put(
            work, row, *content ? content : project_text(form, "reason"), why));
    }
    return R_OK;
}

enum reason project_reminder(const struct projecting *work, struct fault *why)
{
    char day[PROJECT_DAY_MAX];
    const struct element *form = work->form;
    const char *due = project_text(form, "dueAt");
    (void)snprintf(day, sizeof day, "%.10s", due);
    struct listing row = {.list = LISTING_REMINDER,
                          .name = project_text(form, "agency"),
                          .kind = project_text(form, "limit"),
                          .title = project_text(form, "escalation"),
                          .number = project_text(form, "article"),
                          .authority = message_from(work->message),
                          .valid_from = day};
    return project_put(work, &row, project_text(form, "chinese"), why);
}

enum reason project_copy(const struct projecting *work, struct fault *why)
{
    char day[PROJECT_DAY_MAX];
    struct listing row = {.list = LISTING_COPY,
                          .name = message_from(work->message),
                          .kind = message_type(work->message),
                          .number = message_number(work->message),
                          .authority = message_from(work->message),
                          .valid_from = project_day(work->message, day)};
    return project_put(work, &row, "", why);
}
