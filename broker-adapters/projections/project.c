/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Which letters change the lists: a table by type. All lists can be made again
 * from the letters of the inbox, in the order of their turns.
 */
#include "broker-adapters/projections/project.h"

#include <string.h>

#include "base/log.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "broker-adapters/projections/project_parts.h"
#include "schemas/catalogue.h"

enum { PAST_BATCH = 200 };

static const struct project_type {
    const char *type;
    bool is_answered;
    enum reason (*apply)(const struct projecting *work, struct fault *why);
} types[] = {
    {"card-credit-push", true, project_card},
    {"card-removal-decision", true, project_removal},
    {"punishment-list", true, project_punishments},
    {"list-removal", true, project_punishments},
    {"penalty-publication", true, project_penalties},
    {"repair-notice", false, project_penalties},
    {"repair-decision", false, project_repair},
    {"publicity-stop", false, project_repair},
    {"objection-result", false, project_repair},
    {"sasac-notice", false, project_notice},
    {"csrc-notice", false, project_notice},
    {"bank-notice", false, project_notice},
    {"overdue-reminder", false, project_reminder},
    {"linked-case-notice", false, project_linked_notice},
};

static const struct project_type *type_find(const char *type)
{
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (strcmp(types[i].type, type) == 0)
            return &types[i];
    return NULL;
}

/* Receipts and refusals are about letters of ours; they are no copies. */
static bool is_copy(const struct project_letter *letter)
{
    const struct message *message = letter->message;
    const struct message_type *type = catalogue_find(message_type(message));
    for (size_t i = 0; i < message_to_count(message); i++)
        if (strcmp(message_to(message, i), letter->agency) == 0)
            return false;
    return type && !type->cross_cutting;
}

static enum reason put_turn(struct sql *mailbox, int64_t turn,
                            struct fault *why)
{
    return sql_run(mailbox,
                   "INSERT INTO listing_state (one, turn) VALUES (1, ?1)"
                   " ON CONFLICT (one) DO UPDATE SET turn = ?1",
                   SQL_VALUES(SQL_INT(turn)), why);
}

enum reason project_letter(struct sql *mailbox,
                           const struct project_letter *letter,
                           struct projected *out, struct fault *why)
{
    const struct project_type *type = type_find(message_type(letter->message));
    struct projecting work = {.mailbox = mailbox,
                              .message = letter->message,
                              .form = message_body(letter->message),
                              .now = letter->now,
                              .out = out};
    struct fault found = {0};
    enum reason reason = R_OK;
    out->is_answered = type && type->is_answered;
    if (type && work.form)
        reason = type->apply(&work, &found);
    else if (is_copy(letter))
        reason = project_copy(&work, &found);
    if (reason != R_OK && reason_class(reason) != REASON_REFUSE)
        return fault(why, reason, "%s", found.text);
    if (reason != R_OK)
        out->refused = found;
    return put_turn(mailbox, letter->turn, why);
}

/* --- what an earlier program handed over -------------------------------------
 */

static enum reason get_turn(struct sql *mailbox, int64_t *turn,
                            struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox, "SELECT turn FROM listing_state", SQL_NO_VALUES,
                   &rows, why));
    *turn = sql_next(rows) ? sql_integer(rows, 0) : 0;
    return sql_check(rows, why);
}

struct past {
    int64_t turn, received_at;
    struct message *message; /* NULL: none, or its bytes were deleted */
};

static void past_done(struct past *past)
{
    message_free(past->message);
}
AUTO_VALUE(past, past_done)

static enum reason next_past(struct sql *mailbox, int64_t after,
                             struct past *out, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    size_t size;
    TRY(sql_select(mailbox,
                   "SELECT turn_no, received_at, bytes FROM incoming"
                   " WHERE turn_no > ?1 AND state IN ('handing', 'handed')"
                   " ORDER BY turn_no LIMIT 1",
                   SQL_VALUES(SQL_INT(after)), &rows, why));
    if (!sql_next(rows))
        return sql_check(rows, why);
    out->turn = sql_integer(rows, 0);
    out->received_at = sql_integer(rows, 1);
    const void *bytes = sql_bytes(rows, 2, &size);
    if (message_parse(&out->message, bytes, size, NULL) != R_OK)
        out->message = NULL;
    return R_OK;
}

static enum reason apply_past(struct sql *mailbox, const char *agency,
                              int64_t *turn, int *count, struct fault *why)
{
    for (*count = 0; *count < PAST_BATCH; (*count)++) {
        AUTO(past) struct past past = {0};
        TRY(next_past(mailbox, *turn, &past, why));
        if (past.turn == 0)
            return R_OK;
        *turn = past.turn;
        struct projected done = {0};
        struct project_letter letter = {.agency = agency,
                                        .message = past.message,
                                        .turn = past.turn,
                                        .now = past.received_at};
        TRY(past.message ? project_letter(mailbox, &letter, &done, why)
                         : put_turn(mailbox, past.turn, why));
    }
    return R_OK;
}

enum reason project_past(struct sql *mailbox, const char *agency,
                         struct fault *why)
{
    int64_t turn;
    int count, total = 0;
    TRY(get_turn(mailbox, &turn, why));
    do {
        TRY(sql_begin(mailbox, why));
        TRY(mailbox_end(mailbox,
                        apply_past(mailbox, agency, &turn, &count, why), why));
        total += count;
    } while (count == PAST_BATCH);
    if (total > 0)
        log_event(LOG_INFO, "lists: %d earlier letters", total);
    return R_OK;
}
