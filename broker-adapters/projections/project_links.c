/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What ends because another case ended: the entries of a punishment list and
 * the notices that were built on a card, when the card is lifted; those built
 * on a penalty, when credit is repaired.
 *
 * An agency that was told of the linked case gets the letter that lifts, and a
 * notice of the exchange in its own case that names the letter
 * (linked-case-notice). They are letters of two cases, so either may come
 * first; whichever comes second finds the other in the inbox.
 */
#include "broker-adapters/projections/project_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "broker-adapters/mailbox/mailbox.h"

enum {
    LINKED = 1u << LISTING_PUNISHMENT | 1u << LISTING_NOTICE,
    NOTICES_MAX = 64
};

static const struct lifting_type {
    const char *type, *outcome, *end;
} lifting_types[] = {
    {"card-removal-decision", "removed", "removed"},
    {"repair-decision", "repaired", "repaired"},
};

static const struct lifting_type *lifting_find(const struct message *message)
{
    const char *outcome = project_text(message_body(message), "outcome");
    for (size_t i = 0; i < COUNT_OF(lifting_types); i++)
        if (strcmp(lifting_types[i].type, message_type(message)) == 0 &&
            strcmp(lifting_types[i].outcome, outcome) == 0)
            return &lifting_types[i];
    return NULL;
}

static const char *day_of(const struct message *lifting,
                          char text[PROJECT_DAY_MAX])
{
    const char *day = project_text(message_body(lifting), "decidedOn");
    return *day ? day : project_day(lifting, text);
}

/* The cases that a notice says follow this letter. */
static enum reason find_followers(const struct projecting *work,
                                  char *cases[NOTICES_MAX], size_t *count,
                                  struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(
        work->mailbox,
        "SELECT case_id FROM incoming WHERE answers = ?1"
        " AND answers <> '' AND type = 'linked-case-notice'"
        " AND state <> 'held' LIMIT ?2",
        SQL_VALUES(SQL_TEXT(message_id(work->message)), SQL_INT(NOTICES_MAX)),
        &rows, why));
    while (*count < NOTICES_MAX && sql_next(rows))
        cases[(*count)++] = mem_text(sql_text(rows, 0));
    return sql_check(rows, why);
}

enum reason project_lift_linked(const struct projecting *work,
                                struct fault *why)
{
    char text[PROJECT_DAY_MAX];
    char *cases[NOTICES_MAX];
    size_t count = 0;
    const struct lifting_type *type = lifting_find(work->message);
    const char *case_id = message_case(work->message);
    struct listing_match match = {.lists = LINKED, .parent_case = case_id};
    if (!type || !*case_id)
        return R_OK;
    const char *day = day_of(work->message, text);
    enum reason reason = project_end(work, &match, type->end, day, why);
    if (reason == R_OK)
        reason = find_followers(work, cases, &count, why);
    match.parent_case = NULL;
    for (size_t i = 0; i < count; i++) {
        match.case_id = cases[i];
        if (reason == R_OK)
            reason = project_end(work, &match, type->end, day, why);
        free(cases[i]);
    }
    return reason;
}

/* The letter that the notice names, if it came and its turn was before. */
static enum reason find_named(const struct projecting *work,
                              struct message **out, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    struct digest digest;
    size_t size;
    if (!digest_parse(message_answers_digest(work->message), &digest))
        return R_OK;
    TRY(sql_select(work->mailbox,
                   "SELECT bytes FROM incoming WHERE id = ?1 AND digest = ?2"
                   " AND state IN ('handing', 'handed')",
                   SQL_VALUES(SQL_TEXT(message_answers(work->message)),
                              SQL_DIGEST(&digest)),
                   &rows, why));
    if (!sql_next(rows))
        return sql_check(rows, why);
    const void *bytes = sql_bytes(rows, 0, &size);
    if (message_parse(out, bytes, size, NULL) != R_OK)
        *out = NULL;
    return R_OK;
}

enum reason project_linked_notice(const struct projecting *work,
                                  struct fault *why)
{
    char text[PROJECT_DAY_MAX];
    AUTO(message) struct message *lifting = NULL;
    TRY(find_named(work, &lifting, why));
    const struct lifting_type *type = lifting ? lifting_find(lifting) : NULL;
    struct listing_match match = {.lists = LINKED,
                                  .case_id = message_case(work->message)};
    return type ? project_end(work, &match, type->end, day_of(lifting, text),
                              why)
                : R_OK;
}
