/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Credit codes are kept in normal form, so that a lookup finds a code however
 * the letter wrote it; the letter itself stays in the mailbox as it was
 * signed. A card may also hang on a person (kept by name only: no identity
 * number leaves the letter) or on a region.
 */
#include "broker-adapters/mailbox/blacklist.h"

#include <string.h>

#include "broker-adapters/mailbox/mailbox.h"
#include "schemas/field.h"

static const char *text_of(const struct element *parent, const char *name)
{
    const char *text = parent ? element_child_text(parent, name) : NULL;
    return text ? text : "";
}

/* Whom the card hangs on: a unit, a person or a region. */
struct subject {
    const char *name;
    struct buf code; /* normal form, "" if it has none */
};

static void subject_done(struct subject *subject)
{
    buf_done(&subject->code);
}
AUTO_VALUE(subject, subject_done)

static void read_subject(const struct element *form, struct subject *out)
{
    static const char *const kinds[] = {"unit", "person", "region"};
    const struct element *found = NULL;
    for (size_t i = 0; !found && i < COUNT_OF(kinds); i++)
        found = element_first(form, kinds[i]);
    out->name = text_of(found, "name");
    const char *code = text_of(found, "creditCode");
    if (*code && field_check(FIELD_CREDIT_CODE, code, &out->code, NULL) != R_OK)
        buf_clear(&out->code);
}

/* A case has one card: the next one takes the place of the one before. */
static enum reason retire_case(struct sql *mailbox,
                               const struct message *message,
                               const char *decided_on, struct fault *why)
{
    return sql_run(mailbox,
                   "UPDATE card SET removed_by = ?1, removed_digest = ?2,"
                   " removed_on = ?3 WHERE removed_by IS NULL"
                   " AND case_id = ?4 AND sender = ?5 AND letter_id <> ?1",
                   SQL_VALUES(SQL_TEXT(message_id(message)),
                              SQL_DIGEST(message_digest(message)),
                              SQL_TEXT(decided_on),
                              SQL_TEXT(message_case(message)),
                              SQL_TEXT(message_from(message))),
                   why);
}

enum reason blacklist_put(struct sql *mailbox, const struct message *message,
                          instant now, struct fault *why)
{
    const struct element *form = message_body(message);
    AUTO(subject) struct subject subject = {0};
    read_subject(form, &subject);
    TRY(retire_case(mailbox, message, text_of(form, "decidedOn"), why));
    return sql_run(
        mailbox,
        "INSERT OR IGNORE INTO card (credit_code, name, colour, scheme,"
        " number, authority, decided_on, valid_until, case_id, sender,"
        " letter_id, digest, received_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        SQL_VALUES(SQL_TEXT(buf_text(&subject.code)), SQL_TEXT(subject.name),
                   SQL_TEXT(text_of(form, "colour")),
                   SQL_TEXT(text_of(form, "scheme")),
                   SQL_TEXT(text_of(form, "number")),
                   SQL_TEXT(text_of(form, "authority")),
                   SQL_TEXT(text_of(form, "decidedOn")),
                   SQL_TEXT(text_of(form, "validUntil")),
                   SQL_TEXT(message_case(message)),
                   SQL_TEXT(message_from(message)),
                   SQL_TEXT(message_id(message)),
                   SQL_DIGEST(message_digest(message)), SQL_INT(now)),
        why);
}

/* A yellow card whose holder did not mend becomes a red one. */
static enum reason put_upgraded(struct sql *mailbox,
                                const struct message *message, instant now,
                                struct fault *why)
{
    const struct element *form = message_body(message);
    const char *number = message_number(message);
    return sql_run(
        mailbox,
        "INSERT OR IGNORE INTO card (credit_code, name, colour, scheme,"
        " number, authority, decided_on, valid_until, case_id, sender,"
        " letter_id, digest, received_at)"
        " SELECT credit_code, name, 'red', scheme, ?3, ?4, ?5, '', case_id,"
        " sender, ?1, ?2, ?6 FROM card WHERE removed_by = ?1",
        SQL_VALUES(SQL_TEXT(message_id(message)),
                   SQL_DIGEST(message_digest(message)),
                   SQL_TEXT(*number ? number : text_of(form, "number")),
                   SQL_TEXT(text_of(form, "authority")),
                   SQL_TEXT(text_of(form, "decidedOn")), SQL_INT(now)),
        why);
}

enum reason blacklist_remove(struct sql *mailbox, const struct message *message,
                             instant now, struct fault *why)
{
    const struct element *form = message_body(message);
    const char *outcome = text_of(form, "outcome");
    AUTO(subject) struct subject subject = {0};
    read_subject(form, &subject);
    if (strcmp(outcome, "kept") == 0)
        return R_OK;
    TRY(sql_run(
        mailbox,
        "UPDATE card SET removed_by = ?1, removed_digest = ?2, removed_on = ?3"
        " WHERE removed_by IS NULL AND sender = ?4 AND (letter_id = ?5 OR"
        " NOT EXISTS (SELECT 1 FROM card WHERE letter_id = ?5)"
        " AND (number = ?6 OR colour = ?7 AND credit_code = ?8"
        "  AND (?8 <> '' OR name = ?9)))",
        SQL_VALUES(
            SQL_TEXT(message_id(message)), SQL_DIGEST(message_digest(message)),
            SQL_TEXT(text_of(form, "decidedOn")),
            SQL_TEXT(message_from(message)), SQL_TEXT(message_answers(message)),
            SQL_TEXT(text_of(form, "number")),
            SQL_TEXT(text_of(form, "colour")),
            SQL_TEXT(buf_text(&subject.code)), SQL_TEXT(subject.name)),
        why));
    if (sql_changes(mailbox) == 0)
        return fault(why, R_NOT_FOUND, "no card in force for %s",
                     message_id(message));
    return strcmp(outcome, "upgraded") == 0
               ? put_upgraded(mailbox, message, now, why)
               : R_OK;
}

static void read_card(const struct sql_rows *rows, struct card *card)
{
    const char **const texts[] = {
        &card->credit_code, &card->name,        &card->colour,
        &card->scheme,      &card->number,      &card->authority,
        &card->decided_on,  &card->valid_until, &card->case_id,
        &card->sender,      &card->letter_id,   &card->removed_by,
        &card->removed_on};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        *texts[i] = mailbox_text(rows, (int)i);
    card->digest = mailbox_digest(rows, (int)COUNT_OF(texts));
    card->received_at = sql_integer(rows, (int)COUNT_OF(texts) + 1);
}

enum reason blacklist_each(struct sql *mailbox, const char *credit_code,
                           bool history,
                           void (*use)(void *context, const struct card *card),
                           void *context, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT credit_code, name, colour, scheme, number,"
                   " authority, decided_on, valid_until, case_id, sender,"
                   " letter_id, removed_by, removed_on, digest, received_at"
                   " FROM card WHERE (?1 IS NULL OR credit_code = ?1)"
                   " AND (?2 OR removed_by IS NULL) ORDER BY row",
                   SQL_VALUES(SQL_TEXT(credit_code), SQL_INT(history)), &rows,
                   why));
    while (sql_next(rows)) {
        struct card card = {0};
        read_card(rows, &card);
        use(context, &card);
    }
    return sql_check(rows, why);
}
