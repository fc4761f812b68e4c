/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/adapter/answers.h"

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "broker-adapters/mailbox/csv_rows.h"
#include "broker-adapters/mailbox/outgoing.h"
#include "broker-adapters/adapter/reason_sheet.h"
#include "broker-adapters/mailbox/table_rows.h"
#include "broker-adapters/mailbox/taken.h"

static const char *text_of(const struct element *parent, const char *name)
{
    const char *text = element_child_text(parent, name);
    return text ? text : "";
}

static enum reason read_entry(const struct element *element,
                              struct outgoing_entry *entry, struct fault *why)
{
    entry->id = text_of(element, "id");
    entry->position = strtoll(text_of(element, "position"), NULL, 10);
    if (!digest_parse(text_of(element, "digest"), &entry->digest))
        return fault(why, R_BAD_FIELD, "digest of %s", entry->id);
    return instant_parse(text_of(element, "at"), &entry->at, why);
}

static enum reason mark_submitted(const struct desk *desk,
                                  const struct outgoing_entry *entry,
                                  const char *from, struct fault *why)
{
    (void)from;
    return outgoing_mark_submitted(desk->mailbox, entry, why);
}

static enum reason mark_delivered(const struct desk *desk,
                                  const struct outgoing_entry *entry,
                                  const char *from, struct fault *why)
{
    return outgoing_mark_delivered(desk->mailbox, entry, from, why);
}

static enum reason apply_receipts(
    const struct desk *desk, const struct message *message,
    enum reason (*mark)(const struct desk *desk,
                        const struct outgoing_entry *entry, const char *from,
                        struct fault *why),
    struct fault *why)
{
    const struct element *element =
        element_first(message_body(message), "entry");
    for (; element; element = element_next(element, "entry")) {
        struct fault found = {0};
        struct outgoing_entry entry = {0};
        enum reason reason = read_entry(element, &entry, &found);
        if (reason == R_OK)
            reason = mark(desk, &entry, message_from(message), &found);
        TRY(desk_survive(reason, "receipt", &found, why));
    }
    return R_OK;
}

static enum reason apply_submission(const struct desk *desk,
                                    const struct message *message, instant now,
                                    struct fault *why)
{
    (void)now;
    return apply_receipts(desk, message, mark_submitted, why);
}

static enum reason apply_delivery(const struct desk *desk,
                                  const struct message *message, instant now,
                                  struct fault *why)
{
    (void)now;
    return apply_receipts(desk, message, mark_delivered, why);
}

static void read_mistakes(const struct element *form, struct mistakes *out)
{
    const struct element *list = element_first(form, "mistakes");
    const struct element *row = list ? element_first(list, "mistake") : NULL;
    for (; row; row = element_next(row, "mistake")) {
        enum reason reason = reason_find(text_of(row, "code"));
        mistakes_add(out, reason == REASON_COUNT ? R_NOT_VALID : reason,
                     (int)strtol(text_of(row, "line"), NULL, 10),
                     text_of(row, "path"), text_of(row, "found"),
                     text_of(row, "chinese"), text_of(row, "english"));
    }
}

/* Its file, or its rows of a CSV file, go to refused/ with the reasons; a row
 * of a table gets them. */
static enum reason send_file_back(const struct desk *desk,
                                  const struct element *form, const char *id,
                                  struct fault *why)
{
    AUTO(mistakes) struct mistakes mistakes = {0};
    AUTO(buf) struct buf text = {0};
    AUTO(buf) struct buf json = {0};
    read_mistakes(form, &mistakes);
    struct reason_sheet sheet = {
        .code = text_of(form, "code"),
        .chinese = text_of(form, "chinese"),
        .english = text_of(form, "english"),
        .detail = text_of(form, "detail"),
        .letter = id,
        .rule = text_of(form, "rule"),
        .article = text_of(form, "article"),
        .lawful_zh = text_of(form, "lawfulChinese"),
        .lawful_en = text_of(form, "lawfulEnglish"),
        .by_exchange = true,
        .mistakes = &mistakes,
    };
    reason_sheet_print(&sheet, &text);
    reason_sheet_print_json(&sheet, &json);
    TRY(taken_send_back(desk->mailbox, id, buf_text(&text), buf_text(&json),
                        why));
    TRY(csv_rows_send_back(desk->mailbox, id, buf_text(&text), buf_text(&json),
                           why));
    buf_clear(&json);
    mistakes_print_json(&mistakes, &json);
    struct table_refused refused = {.rule = sheet.rule,
                                    .article = sheet.article,
                                    .mistakes = buf_text(&json)};
    return table_rows_refuse(desk->mailbox, id, &refused, why);
}

/* One sentence for the outbox: what was wrong, and what would be right. */
static char *with_lawful(const struct element *form, const char *sentence,
                         const char *lawful)
{
    const char *right = text_of(form, lawful);
    return mem_print("%s%s%s", text_of(form, sentence), *right ? ": " : "",
                     right);
}

static enum reason apply_refusal(const struct desk *desk,
                                 const struct message *message, instant now,
                                 struct fault *why)
{
    const struct element *form = message_body(message);
    struct outgoing_entry entry = {.id = text_of(form, "id"), .at = now};
    AUTO(text) char *chinese = with_lawful(form, "chinese", "lawfulChinese");
    AUTO(text) char *english = with_lawful(form, "english", "lawfulEnglish");
    struct outgoing_refusal refusal = {
        .code = text_of(form, "code"), .chinese = chinese, .english = english};
    struct fault found = {0};
    if (!digest_parse(text_of(form, "digest"), &entry.digest))
        return R_OK;
    log_event(LOG_WARN, "the exchange refused letter %s: %s", entry.id,
              refusal.code);
    enum reason reason =
        outgoing_mark_refused(desk->mailbox, &entry, &refusal, &found);
    if (reason != R_OK)
        return desk_survive(reason, "refusal", &found, why);
    return send_file_back(desk, form, entry.id, why);
}

/* Cross-cutting letters: who may say them, and what they do at once. */
static const struct answer_type {
    const char *type;
    bool of_exchange; /* the exchange alone may send it */
    enum reason (*apply)(const struct desk *desk, const struct message *message,
                         instant now, struct fault *why);
} answer_types[] = {
    {"submission-receipt", true, apply_submission},
    {"delivery-receipt", false, apply_delivery},
    {"refusal", true, apply_refusal},
    {"overdue-reminder", true, NULL},
    {"linked-case-notice", true, NULL},
};

static const struct answer_type *answer_type_find(const char *type)
{
    for (size_t i = 0; i < COUNT_OF(answer_types); i++)
        if (strcmp(answer_types[i].type, type) == 0)
            return &answer_types[i];
    return NULL;
}

enum reason answers_check_sender(const struct desk *desk,
                                 const struct message *message,
                                 struct fault *why)
{
    const struct answer_type *type = answer_type_find(message_type(message));
    if (!type || !type->of_exchange)
        return R_OK;
    const struct agency *sender =
        registry_find(desk->registry, message_from(message));
    if (sender && strcmp(sender->role, "exchange") == 0)
        return R_OK;
    return fault(why, R_NOT_PERMITTED, "%s from '%s'", message_type(message),
                 message_from(message));
}

enum reason answers_apply(const struct desk *desk,
                          const struct message *message, instant now,
                          struct fault *why)
{
    const struct answer_type *type = answer_type_find(message_type(message));
    return type && type->apply ? type->apply(desk, message, now, why) : R_OK;
}
