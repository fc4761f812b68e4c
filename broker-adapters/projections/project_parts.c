/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What every kind of letter needs on its way to the lists: its subject, its
 * day, its texts without personal data, and the rows that it ends.
 */
#include "broker-adapters/projections/project_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/mask.h"
#include "broker-adapters/projections/publicity.h"
#include "schemas/field.h"

enum { NAMES_MAX = 64 };

void project_subject_done(struct project_subject *subject)
{
    buf_done(&subject->code);
    buf_done(&subject->other);
}

const char *project_text(const struct element *parent, const char *name)
{
    const char *text = parent ? element_child_text(parent, name) : NULL;
    return text ? text : "";
}

const struct element *project_find_subject(const struct element *form)
{
    static const char *const kinds[] = {"unit", "person", "region"};
    const struct element *found = NULL;
    for (size_t i = 0; !found && i < COUNT_OF(kinds); i++)
        found = element_first(form, kinds[i]);
    return found;
}

/* Letters and digits alone, so that 10910751-2 is found as 109107512. */
static void put_other_code(const char *text, struct buf *out)
{
    for (; *text; text++)
        if ((*text >= '0' && *text <= '9') || (*text >= 'A' && *text <= 'Z'))
            buf_put_char(out, *text);
        else if (*text >= 'a' && *text <= 'z')
            buf_put_char(out, (char)(*text - 'a' + 'A'));
}

enum reason project_read_subject(const struct element *element,
                                 struct project_subject *out, struct fault *why)
{
    if (!element)
        return fault(why, R_NOT_VALID, "unit | person | region");
    const char *code = project_text(element, "creditCode");
    out->listing.subject = element_name(element);
    out->listing.name = project_text(element, "name");
    out->listing.stock_code = project_text(element, "stockCode");
    out->listing.state_owned =
        strcmp(project_text(element, "stateOwned"), "true") == 0;
    put_other_code(project_text(element, "otherCode"), &out->other);
    if (*code)
        TRY(field_check(FIELD_CREDIT_CODE, code, &out->code, why));
    out->listing.credit_code = buf_text(&out->code);
    out->listing.other_code = buf_text(&out->other);
    return R_OK;
}

const char *project_day(const struct message *message,
                        char text[PROJECT_DAY_MAX])
{
    instant at;
    if (!message_has_decided_at(message, &at))
        at = message_sent_at(message);
    struct civil_day day = civil_day_of(at);
    snprintf(text, PROJECT_DAY_MAX, "%04u-%02u-%02u",
             (unsigned)day.year % 10000, (unsigned)day.month % 100,
             (unsigned)day.day % 100);
    return text;
}

/* Every natural person that the letter names, wherever it does. */
static void collect_names(const struct element *element,
                          const char *names[NAMES_MAX], size_t *count)
{
    static const char *const people[] = {"person", "officer", "handler",
                                         "contact", "approval"};
    const struct element *child = element_first(element, NULL);
    for (; child && *count < NAMES_MAX; child = element_next(child, NULL)) {
        const char *name = NULL;
        for (size_t i = 0; i < COUNT_OF(people); i++)
            if (strcmp(element_name(child), people[i]) == 0)
                name = element_child_text(child, "name");
        if (strcmp(element_name(child), "legalRepresentative") == 0)
            name = element_text(child);
        if (name && *name)
            names[(*count)++] = name;
        collect_names(child, names, count);
    }
}

enum reason project_put(const struct projecting *work, struct listing *listing,
                        const char *text, struct fault *why)
{
    AUTO(buf) struct buf kept = {0};
    AUTO(buf) struct buf open = {0};
    const char *names[NAMES_MAX];
    size_t count = 0;
    int64_t row;
    collect_names(work->form, names, &count);
    mask_put(&kept, text);
    publicity_put_text(&open, text, names, count);
    listing->text = buf_text(&kept);
    listing->public_text = buf_text(&open);
    listing->case_id = message_case(work->message);
    listing->parent_case = message_parent(work->message);
    listing->sender = message_from(work->message);
    listing->letter = message_id(work->message);
    listing->digest = *message_digest(work->message);
    TRY(listing_put(work->mailbox, listing, work->now, &row, why));
    if (work->out->put++ == 0)
        work->out->row = row;
    return R_OK;
}

enum reason project_end_row(const struct projecting *work, int64_t row,
                            const char *end, const char *on, struct fault *why)
{
    struct listing_end ending = {.end = end,
                                 .on = on,
                                 .letter = message_id(work->message),
                                 .digest = message_digest(work->message),
                                 .now = work->now};
    work->out->ended++;
    return listing_finish(work->mailbox, row, &ending, why);
}

enum reason project_end(const struct projecting *work,
                        const struct listing_match *match, const char *end,
                        const char *on, struct fault *why)
{
    int64_t rows[PROJECT_ROWS_MAX];
    size_t count;
    do {
        TRY(listing_open_rows(work->mailbox, match, rows, PROJECT_ROWS_MAX,
                              &count, why));
        for (size_t i = 0; i < count; i++)
            TRY(project_end_row(work, rows[i], end, on, why));
    } while (count == PROJECT_ROWS_MAX);
    return R_OK;
}

static void keep_letter(void *context, const struct listing *listing)
{
    snprintf(context, UUID_TEXT_MAX, "%s", listing->letter);
}

enum reason project_check_new(const struct projecting *work,
                              const struct listing_match *match,
                              struct fault *why)
{
    int64_t row;
    size_t count;
    char letter[UUID_TEXT_MAX] = "";
    TRY(listing_open_rows(work->mailbox, match, &row, 1, &count, why));
    if (count == 0)
        return R_OK;
    TRY(listing_get(work->mailbox, row, keep_letter, letter, why));
    return fault(why, R_LISTED_ALREADY, "%s", letter);
}
