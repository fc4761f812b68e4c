/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Cards and punishment lists.
 *
 * A case has one card: the next one takes the place of the one before. The
 * agency that hung a card takes it off, nobody else. A card that is lifted
 * takes with it whatever was hung on its case: the entries of a punishment
 * list, a request to lend with caution.
 */
#include "broker-adapters/projections/project_parts.h"

#include <string.h>

enum { CARDS = 1u << LISTING_CARD, PUNISHMENTS = 1u << LISTING_PUNISHMENT };

/* Those of the same subject: by code, else by name. */
static void match_subject(struct listing_match *match,
                          const struct listing *subject)
{
    match->credit_code = *subject->credit_code ? subject->credit_code : NULL;
    match->name = match->credit_code ? NULL : subject->name;
}

static enum reason put_card(const struct projecting *work, struct listing *card,
                            const char *text, struct fault *why)
{
    struct listing_match before = {.lists = CARDS,
                                   .case_id = message_case(work->message),
                                   .sender = message_from(work->message)};
    card->list = LISTING_CARD;
    TRY(project_end(work, &before, "replaced", card->valid_from, why));
    return project_put(work, card, text, why);
}

enum reason project_card(const struct projecting *work, struct fault *why)
{
    const struct element *form = work->form;
    AUTO(project_subject) struct project_subject subject = {0};
    TRY(project_read_subject(project_find_subject(form), &subject, why));
    struct listing *card = &subject.listing;
    card->kind = project_text(form, "colour");
    card->title = project_text(form, "scheme");
    card->number = project_text(form, "number");
    card->authority = project_text(form, "authority");
    card->valid_from = project_text(form, "decidedOn");
    card->valid_until = project_text(form, "validUntil");
    struct listing_match same = {.lists = CARDS,
                                 .number = card->number,
                                 .kind = card->kind,
                                 .sender = message_from(work->message)};
    match_subject(&same, card);
    TRY(project_check_new(work, &same, why));
    return put_card(work, card, project_text(form, "reason"), why);
}

/*
 * The card that the letter answers, else what the same agency hung on the
 * subject under the number that it names, or in that colour; else the only one
 * under that number, because companies are renamed.
 */
static enum reason find_card(const struct projecting *work,
                             const struct listing *subject, int64_t *row,
                             struct fault *why)
{
    enum { TRIES = 4 };
    const char *answers = message_answers(work->message);
    const char *number = project_text(work->form, "number");
    struct listing_match tries[TRIES] = {
        {.letter = *answers ? answers : "-"},
        {.number = number},
        {.kind = project_text(work->form, "colour")},
        {.number = number},
    };
    match_subject(&tries[1], subject);
    match_subject(&tries[2], subject);
    for (size_t i = 0; i < TRIES; i++) {
        int64_t rows[2];
        size_t count;
        tries[i].lists = CARDS;
        tries[i].sender = message_from(work->message);
        TRY(listing_open_rows(work->mailbox, &tries[i], rows, COUNT_OF(rows),
                              &count, why));
        *row = count == 1 || (count > 1 && i + 1 < TRIES) ? rows[0] : 0;
        if (*row)
            return R_OK;
    }
    return R_OK;
}

struct upgrade {
    const struct projecting *work;
    const char *number, *authority, *day;
    enum reason reason;
    struct fault *why;
};

/* A yellow card whose holder did not mend becomes a red one. */
static void put_upgraded(void *context, const struct listing *before)
{
    struct upgrade *upgrade = context;
    struct listing red = *before;
    red.kind = "red";
    red.number = upgrade->number;
    red.authority = upgrade->authority;
    red.valid_from = upgrade->day;
    red.valid_until = "";
    upgrade->reason =
        project_put(upgrade->work, &red,
                    project_text(upgrade->work->form, "reason"), upgrade->why);
}

static enum reason upgrade_card(const struct projecting *work, int64_t row,
                                struct fault *why)
{
    const char *number = message_number(work->message);
    struct upgrade upgrade = {
        .work = work,
        .number = *number ? number : project_text(work->form, "number"),
        .authority = project_text(work->form, "authority"),
        .day = project_text(work->form, "decidedOn"),
        .why = why};
    TRY(project_end_row(work, row, "upgraded", upgrade.day, why));
    TRY(listing_get(work->mailbox, row, put_upgraded, &upgrade, why));
    return upgrade.reason;
}

/* A signatory may have been told of the card only by what was built on it. */
static enum reason lift(const struct projecting *work, int64_t card,
                        struct fault *why)
{
    const char *day = project_text(work->form, "decidedOn");
    if (card)
        TRY(project_end_row(work, card, "removed", day, why));
    TRY(project_lift_linked(work, why));
    return work->out->ended > 0 ? R_OK
                                : fault(why, R_NOT_FOUND, "%s %s",
                                        project_text(work->form, "colour"),
                                        project_text(work->form, "number"));
}

enum reason project_removal(const struct projecting *work, struct fault *why)
{
    const char *outcome = project_text(work->form, "outcome");
    AUTO(project_subject) struct project_subject subject = {0};
    int64_t card;
    if (strcmp(outcome, "kept") == 0)
        return R_OK;
    TRY(project_read_subject(project_find_subject(work->form), &subject, why));
    TRY(find_card(work, &subject.listing, &card, why));
    if (strcmp(outcome, "upgraded") != 0)
        return lift(work, card, why);
    return card ? upgrade_card(work, card, why)
                : fault(why, R_NOT_FOUND, "%s",
                        project_text(work->form, "number"));
}

/* --- punishment lists --------------------------------------------------------
 */

static void match_entry(const struct projecting *work,
                        const struct listing *entry,
                        struct listing_match *match)
{
    *match = (struct listing_match){.lists = PUNISHMENTS,
                                    .case_id = message_case(work->message)};
    match_subject(match, entry);
}

/* Of this case, else of this list by the same sender. */
static enum reason end_entry(const struct projecting *work,
                             const struct listing *entry, const char *end,
                             struct fault *why)
{
    struct listing_match match;
    int64_t before = work->out->ended;
    match_entry(work, entry, &match);
    TRY(project_end(work, &match, end, entry->valid_from, why));
    if (work->out->ended > before)
        return R_OK;
    match.case_id = NULL;
    match.title = entry->title;
    match.sender = message_from(work->message);
    TRY(project_end(work, &match, end, entry->valid_from, why));
    return work->out->ended > before ? R_OK
                                     : fault(why, R_NOT_FOUND, "%s %s",
                                             entry->credit_code, entry->name);
}

static enum reason put_entry(const struct projecting *work,
                             struct listing *entry, const char *text,
                             struct fault *why)
{
    struct listing_match same;
    match_entry(work, entry, &same);
    same.number = entry->number;
    TRY(project_check_new(work, &same, why));
    same.case_id = NULL;
    same.title = entry->title;
    same.sender = message_from(work->message);
    if (*entry->number)
        TRY(project_check_new(work, &same, why));
    return project_put(work, entry, text, why);
}

static enum reason apply_entry(const struct projecting *work,
                               const struct element *element, struct fault *why)
{
    const char *change = project_text(element, "change");
    const char *from = project_text(element, "from");
    AUTO(project_subject) struct project_subject subject = {0};
    TRY(project_read_subject(project_find_subject(element), &subject, why));
    struct listing *entry = &subject.listing;
    entry->list = LISTING_PUNISHMENT;
    entry->kind = "listed";
    entry->title = project_text(work->form, "listName");
    entry->number = project_text(element, "number");
    entry->authority = project_text(work->form, "authority");
    entry->valid_from = *from ? from : project_text(work->form, "asOf");
    entry->valid_until = project_text(element, "until");
    if (strcmp(change, "removed") == 0) {
        entry->valid_from = project_text(work->form, "asOf");
        return end_entry(work, entry, "removed", why);
    }
    if (strcmp(change, "corrected") == 0)
        TRY(end_entry(work, entry, "corrected", why));
    return put_entry(work, entry, project_text(element, "reason"), why);
}

/* An entry that is wrong holds back no other. */
enum reason project_punishments(const struct projecting *work,
                                struct fault *why)
{
    const struct element *entries = element_first(work->form, "entries");
    const struct element *entry =
        entries ? element_first(entries, "entry") : NULL;
    struct fault first = {0};
    for (; entry; entry = element_next(entry, "entry")) {
        struct fault found = {0};
        enum reason reason = apply_entry(work, entry, &found);
        if (reason != R_OK && reason_class(reason) != REASON_REFUSE)
            return fault(why, reason, "%s", found.text);
        if (reason != R_OK && first.reason == R_OK)
            first = found;
    }
    return first.reason == R_OK ? R_OK
                                : fault(why, first.reason, "%s", first.text);
}
