/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The rules that an export must keep, one function each; the table at the end
 * is the order in which they are applied. A rule finds everything that is
 * wrong and does not stop at the first.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/language.h"
#include "certs/signature.h"
#include "routing/export_audit.h"

#define NOTICE "linked-case-notice"

/* --- each file is in the log ------------------------------------------------
 */

static void check_proofs(struct audit *audit)
{
    int64_t last = 0;
    for (size_t i = 0; i < audit->count; i++) {
        const struct item *item = &audit->items[i];
        struct fault found = {0};
        if (!item->entry.line)
            continue;
        if (item->entry.position <= last)
            audit_say(audit, item->file, R_PROOF_FAILED, "%s",
                      say("位置不是递增的", "positions do not grow"));
        last = item->entry.position;
        if (log_check_inclusion(&item->entry.leaf, item->entry.position - 1,
                                &audit->head, &item->proof, &found) == R_OK)
            audit->findings->proofs++;
        else
            audit_fault(audit, item->file, &found);
    }
}

/* --- each letter is about this case, or one that it followed
 * -----------------------------------------
 */

static bool is_receipt(const struct item *item)
{
    return entry_says(&item->entry, ENTRY_TYPE, RECEIPT_SUBMISSION) ||
           entry_says(&item->entry, ENTRY_TYPE, RECEIPT_DELIVERY);
}

/* Whether the centre told in this case that it follows that letter. */
static bool is_followed(const struct audit *audit, const struct item *letter)
{
    char hex[DIGEST_TEXT_MAX];
    digest_format(&letter->digest, hex);
    for (size_t i = 0; letter->entry.line && i < audit->count; i++) {
        const struct item *item = &audit->items[i];
        if (item->message && item_is(item, LETTER_OWN) &&
            entry_says(&item->entry, ENTRY_CASE, audit->findings->case_id) &&
            strcmp(message_type(item->message), NOTICE) == 0 &&
            entry_says(&letter->entry, ENTRY_ID,
                       message_answers(item->message)) &&
            strcmp(message_answers_digest(item->message), hex) == 0)
            return true;
    }
    return false;
}

static void check_case(struct audit *audit)
{
    for (size_t i = 0; i < audit->count; i++) {
        const struct item *item = &audit->items[i];
        if (item->entry.line && !is_receipt(item) &&
            !entry_says(&item->entry, ENTRY_CASE, audit->findings->case_id) &&
            !(item_is(item, LETTER_ACCEPTED) && is_followed(audit, item)))
            audit_say(audit, item->file, R_UNKNOWN_CASE, "%s",
                      item->entry.words[ENTRY_CASE]);
    }
}

/* --- each letter says what the log says of it, and is signed ---------------
 */

static void check_words(struct audit *audit, const struct item *item)
{
    const struct message *message = item->message;
    const struct {
        enum entry_word word;
        const char *text;
    } rows[] = {{ENTRY_ID, message_id(message)},
                {ENTRY_TYPE, message_type(message)},
                {ENTRY_CASE, message_case(message)},
                {ENTRY_SENDER, message_from(message)}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (!entry_says(&item->entry, rows[i].word, rows[i].text))
            audit_say(audit, item->file, R_PROOF_FAILED, "\"%s\" / \"%s\"",
                      item->entry.words[rows[i].word], rows[i].text);
}

/* Only the exchange centre writes receipts of submission and the like. */
static void check_centre(struct audit *audit, const struct item *item)
{
    const struct agency *agency =
        registry_find(audit->registry, message_from(item->message));
    if (!agency || strcmp(agency->role, "exchange") != 0)
        audit_say(audit, item->file, R_NOT_PERMITTED, "%s",
                  message_from(item->message));
}

/* A refused letter may have been refused for its very signature. */
static void check_signatures(struct audit *audit)
{
    for (size_t i = 0; i < audit->count; i++) {
        struct item *item = &audit->items[i];
        struct fault found = {0};
        if (!item->whole || !item->message)
            continue;
        item->is_signed =
            signature_verify(audit->registry, item->message,
                             buf_text(&item->jws), item->entry.received_at,
                             &found) == R_OK;
        if (item->is_signed)
            audit->findings->signatures++;
        if (item_is(item, LETTER_REFUSED))
            continue;
        if (!item->is_signed)
            audit_fault(audit, item->file, &found);
        check_words(audit, item);
        if (item_is(item, LETTER_OWN))
            check_centre(audit, item);
    }
}

/* --- the centre's signed heads lead to the head of the log ------------------
 */

static const struct item *at_position(const struct audit *audit,
                                      const struct json *row)
{
    const struct json *position = json_find(row, "position");
    if (!position || position->kind != JSON_INTEGER)
        return NULL;
    for (size_t i = 0; i < audit->count; i++)
        if (audit->items[i].entry.line &&
            audit->items[i].entry.position == strtoll(position->text, NULL, 10))
            return &audit->items[i];
    return NULL;
}

static enum reason check_head(const struct audit *audit, const struct json *row,
                              struct log_head *head, struct fault *why)
{
    struct log_head promised;
    struct log_proof proof;
    const struct item *item =
        row->kind == JSON_OBJECT ? at_position(audit, row) : NULL;
    if (!item || !item->message || !item->is_signed ||
        !item_is(item, LETTER_OWN) || !receipt_head(item->message, &promised))
        return fault(
            why, R_PROOF_FAILED, "line %d: %s", row->line,
            say("没有经中心签名的日志根", "no head that the centre signed"));
    TRY(proof_read_head(row, "size", "root", head, why));
    TRY(proof_read_nodes(row, "nodes", &proof, why));
    if (head->size != promised.size ||
        !digest_is_equal(&head->root, &promised.root))
        return fault(why, R_PROOF_FAILED, "%s", item->file);
    return log_check_consistency(head, &audit->head, &proof, why);
}

static void check_heads(struct audit *audit)
{
    const struct json *rows = json_find(audit->index, "signedHeads");
    if (!rows || rows->kind != JSON_ARRAY)
        return;
    for (const struct json *row = rows->first; row; row = row->next) {
        struct fault found = {0};
        struct log_head head;
        if (check_head(audit, row, &head, &found) != R_OK)
            audit_fault(audit, EXPORT_INDEX, &found);
        else if (head.size > audit->findings->signed_size)
            audit->findings->signed_size = head.size;
    }
}

/* --- each accepted letter has the centre's receipt -------------------------
 */

static bool is_of_case(const struct audit *audit, const struct item *item)
{
    return item->message &&
           entry_says(&item->entry, ENTRY_CASE, audit->findings->case_id);
}

static bool is_type(const struct item *item, const char *type)
{
    return item->message && strcmp(message_type(item->message), type) == 0;
}

static bool has_receipt(const struct audit *audit, const struct item *letter)
{
    for (size_t i = 0; i < audit->count; i++) {
        const struct item *item = &audit->items[i];
        if (is_type(item, RECEIPT_SUBMISSION) && item->is_signed &&
            item_is(item, LETTER_OWN) &&
            receipt_lists(item->message, message_id(letter->message),
                          &letter->digest))
            return true;
    }
    return false;
}

static void check_receipts(struct audit *audit)
{
    for (size_t i = 0; i < audit->count; i++) {
        const struct item *item = &audit->items[i];
        if (!item_is(item, LETTER_ACCEPTED) || !item->message ||
            is_type(item, RECEIPT_DELIVERY))
            continue;
        if (!has_receipt(audit, item))
            audit_say(audit, item->file, R_NOT_FOUND, "%s",
                      say("没有中心的提交回执", "no submission receipt"));
        if (item->entry.position > audit->findings->signed_size)
            audit_say(audit, item->file, R_PROOF_FAILED, "%s",
                      say("不在经签名的日志根之内",
                          "not under a head that the centre signed"));
    }
}

/* --- the chain of the case --------------------------------------------------
 */

static void check_answered(struct audit *audit, const struct item *item)
{
    char hex[DIGEST_TEXT_MAX];
    const char *id = message_answers(item->message);
    if (!*id)
        return;
    const struct item *answered = audit_find(audit, id);
    if (!answered && item_is(item, LETTER_OWN))
        return; /* a refusal answers a letter that may hold no id */
    if (!answered)
        audit_say(audit, item->file, R_UNKNOWN_MESSAGE, "%s", id);
    else if (strcmp(digest_format(&answered->digest, hex),
                    message_answers_digest(item->message)) != 0)
        audit_say(audit, item->file, R_DIGEST_MISMATCH, "%s", id);
}

/* The last sequence of a sender before this place; 0 if there is none. */
static int64_t last_sequence(const struct audit *audit, size_t place,
                             const char *sender, bool refused_too)
{
    int64_t last = 0;
    for (size_t i = 0; i < place; i++) {
        const struct item *item = &audit->items[i];
        if (!is_of_case(audit, item) || item_is(item, LETTER_OWN) ||
            (!refused_too && !item_is(item, LETTER_ACCEPTED)) ||
            strcmp(message_from(item->message), sender) != 0)
            continue;
        if (message_sequence(item->message) > last)
            last = message_sequence(item->message);
    }
    return last;
}

/* A number that is left out may be a letter that is held back. */
static void check_sequence(struct audit *audit, size_t place)
{
    const struct item *item = &audit->items[place];
    const char *sender = message_from(item->message);
    int64_t sequence = message_sequence(item->message);
    int64_t accepted = last_sequence(audit, place, sender, false);
    int64_t known = last_sequence(audit, place, sender, true);
    if (sequence <= accepted)
        audit_say(audit, item->file, R_OUT_OF_SEQUENCE,
                  "%s %" PRId64 " / %" PRId64, sender, sequence, accepted);
    else if (sequence > known + 1)
        buf_print(&audit->findings->notes,
                  say("%s：%s 的案内序号由 %" PRId64 " 跳到 %" PRId64 "\n",
                      "%s: the sequence of %s goes from %" PRId64 " to %" PRId64
                      "\n"),
                  item->file, sender, known, sequence);
}

static void check_chain(struct audit *audit)
{
    for (size_t i = 0; i < audit->count; i++) {
        const struct item *item = &audit->items[i];
        if (!is_of_case(audit, item) || item_is(item, LETTER_REFUSED))
            continue;
        check_answered(audit, item);
        if (item_is(item, LETTER_ACCEPTED) && !is_type(item, RECEIPT_DELIVERY))
            check_sequence(audit, i);
    }
}

/* --- the timeline tells of nothing else ------------------------------------
 */

static const char *text_of(const struct json *row, const char *name)
{
    const struct json *member = json_find(row, name);
    return member && member->kind == JSON_STRING ? member->text : "";
}

static void check_timeline(struct audit *audit)
{
    const struct json *told = json_find(audit->index, "case");
    const struct json *rows =
        told && told->kind == JSON_OBJECT ? json_find(told, "letters") : NULL;
    const char *state = "";
    for (const struct json *row = rows ? rows->first : NULL; row;
         row = row->next) {
        const struct item *item =
            row->kind == JSON_OBJECT ? at_position(audit, row) : NULL;
        if (!item || strcmp(text_of(row, "digest"),
                            item->entry.words[ENTRY_DIGEST]) != 0) {
            audit_say(audit, EXPORT_INDEX, R_PROOF_FAILED, "line %d: %s",
                      row->line,
                      say("经过中的公文没有证据",
                          "a letter of the timeline is not in evidence"));
            continue;
        }
        if (!*text_of(row, "stateAfter"))
            continue;
        if (strcmp(text_of(row, "stateBefore"), state) != 0)
            audit_say(audit, item->file, R_OUT_OF_TURN, "%s / %s", state,
                      text_of(row, "stateBefore"));
        state = text_of(row, "stateAfter");
    }
    if (!rows || strcmp(state, text_of(told, "state")) != 0)
        audit_say(audit, EXPORT_INDEX, R_OUT_OF_TURN, "%s", state);
}

/* --- nothing else lies in the folder ----------------------------------------
 */

static bool is_named(const struct audit *audit, const char *file)
{
    for (size_t i = 0; i < audit->count; i++) {
        size_t length = strlen(audit->items[i].file);
        if (strncmp(file, audit->items[i].file, length) == 0 &&
            (!file[length] || strcmp(file + length, ".jws") == 0))
            return true;
    }
    return false;
}

static void check_strays(struct audit *audit)
{
    static const char *const folders[] = {EXPORT_LETTERS, EXPORT_RECEIPTS};
    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        AUTO(io_names) struct io_names names = {0};
        AUTO(text) char *folder = io_join(audit->folder, folders[i]);
        if (io_list(folder, &names, NULL) != R_OK)
            continue;
        for (size_t k = 0; k < names.count; k++) {
            AUTO(text) char *file = io_join(folders[i], names.names[k]);
            if (!is_named(audit, file))
                audit_say(
                    audit, file, R_PROOF_FAILED, "%s",
                    say("case.json 中没有此文件", "not named in case.json"));
        }
    }
}

const struct audit_rule audit_rules[] = {
    {"proofs", check_proofs}, /* each file is in the log */
    {"case", check_case},     /* all of them are about this case */
    {"signatures", check_signatures},
    {"deletions", audit_check_deletions},
    {"heads", check_heads},       /* which the centre signed */
    {"receipts", check_receipts}, /* each accepted letter has one */
    {"chain", check_chain},       /* answers and sequences */
    {"timeline", check_timeline}, /* tells of nothing else */
    {"strays", check_strays},     /* nothing else lies there */
};

const size_t audit_rule_count = COUNT_OF(audit_rules);
