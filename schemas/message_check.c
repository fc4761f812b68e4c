/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Step 3, "is it a lawful form": the schema, then what it cannot say - the
 * type and its body form, what this type needs beyond its form, attachments
 * that are named but not listed. All mistakes, never only the first.
 */
#include <string.h>

#include "base/language.h"
#include "schemas/catalogue.h"
#include "schemas/judge.h"
#include "schemas/message_parts.h"

static void add_misfits(const struct message *message,
                        struct mistakes *mistakes)
{
    const struct misfits *misfits = message_misfits(message);
    for (size_t i = 0; i < misfits->count; i++)
        judge_complain(mistakes, R_NOT_VALID, misfits->rows[i].at,
                       misfits->rows[i].chinese, misfits->rows[i].english);
}

/* Follows "body/decision/reasons"; *last is the deepest that is there. */
static const struct element *follow(const struct element *root,
                                    const char *path,
                                    const struct element **last,
                                    const char **rest)
{
    const struct element *at = root;
    for (;;) {
        char name[64];
        size_t length = strcspn(path, "/");
        *last = at;
        *rest = path;
        if (length >= sizeof name)
            return NULL;
        memcpy(name, path, length);
        name[length] = '\0';
        at = element_first(at, name);
        if (!at || path[length] == '\0')
            return at;
        path += length + 1;
    }
}

static void check_need(const struct message_need *need,
                       const struct message_type *type,
                       const struct element *root, struct mistakes *mistakes)
{
    const struct element *last;
    const char *rest;
    const struct element *found = follow(root, need->path, &last, &rest);
    char zh[FAULT_TEXT_MAX], en[FAULT_TEXT_MAX];
    if (!found) {
        snprintf(zh, sizeof zh, "“%s”必须填写此项", type->chinese);
        snprintf(en, sizeof en, "required in a %s", type->english);
        judge_miss(mistakes, last, rest, zh, en);
    } else if (need->value && strcmp(element_text(found), need->value) != 0) {
        snprintf(zh, sizeof zh, "“%s”中此项必须是 %s", type->chinese,
                 need->value);
        snprintf(en, sizeof en, "must be %s in a %s", need->value,
                 type->english);
        judge_complain(mistakes, R_NOT_VALID, found, zh, en);
    }
}

static void check_type(const struct message *message, struct mistakes *mistakes)
{
    const struct element *root = document_root(message_document(message));
    const struct element *header = element_first(root, "header");
    const struct element *at = element_first(header, "type");
    const struct element *body = message_body(message);
    if (!at || !body)
        return; /* the schema said so already */
    const struct message_type *type = catalogue_find(message_type(message));
    if (!type) {
        judge_complain(mistakes, R_UNKNOWN_TYPE, at, "未知的文书类型",
                       "unknown message type");
        return;
    }
    if (strcmp(type->form, element_name(body)) != 0) {
        char zh[FAULT_TEXT_MAX], en[FAULT_TEXT_MAX];
        snprintf(zh, sizeof zh, "“%s”的正文形式应为 %s", type->chinese,
                 type->form);
        snprintf(en, sizeof en, "the body form of a %s is %s", type->english,
                 type->form);
        judge_complain(mistakes, R_WRONG_FORM, body, zh, en);
        return;
    }
    for (size_t i = 0; i < type->need_count; i++)
        check_need(&type->needs[i], type, root, mistakes);
}

static bool is_listed(const struct element *attachments, const char *name)
{
    const struct element *row =
        attachments ? element_first(attachments, "attachment") : NULL;
    for (; row; row = element_next(row, "attachment")) {
        const char *listed = element_child_text(row, "name");
        if (listed && strcmp(listed, name) == 0)
            return true;
    }
    return false;
}

/* Every "attachment" in the body names a file of the manifest. */
static void check_named(const struct element *element,
                        const struct element *attachments,
                        struct mistakes *mistakes)
{
    const struct element *child = element_first(element, NULL);
    for (; child; child = element_next(child, NULL)) {
        if (strcmp(element_name(child), "attachment") == 0 &&
            !is_listed(attachments, element_text(child)))
            judge_complain(mistakes, R_NOT_VALID, child, "附件清单中没有该文件",
                           "no such file in the manifest of attachments");
        check_named(child, attachments, mistakes);
    }
}

static void check_twice(const struct element *row, struct mistakes *mistakes)
{
    const char *name = element_child_text(row, "name");
    const struct element *later = element_next(row, "attachment");
    for (; name && later; later = element_next(later, "attachment")) {
        const struct element *other = element_first(later, "name");
        if (other && strcmp(element_text(other), name) == 0)
            judge_complain(mistakes, R_NOT_VALID, other, "文件名重复",
                           "this file name is listed twice");
    }
}

/* Compares names with names: only for a letter that keeps to the schema. */
static void check_manifest(const struct message *message,
                           struct mistakes *mistakes)
{
    const struct element *root = document_root(message_document(message));
    const struct element *attachments = element_first(root, "attachments");
    check_named(message_body(message), attachments, mistakes);
    const struct element *row =
        attachments ? element_first(attachments, "attachment") : NULL;
    for (; row; row = element_next(row, "attachment"))
        check_twice(row, mistakes);
}

enum reason message_check(const struct message *message,
                          struct mistakes *mistakes, struct fault *why)
{
    size_t before = mistakes->count;
    add_misfits(message, mistakes);
    judge_element(document_root(message_document(message)),
                  schema_root(schema_of_messages()), mistakes);
    bool is_formed = mistakes->count == before;
    check_type(message, mistakes);
    if (is_formed)
        check_manifest(message, mistakes);
    if (mistakes->count == before)
        return R_OK;
    const struct mistake *first = &mistakes->rows[before];
    return fault(why, first->reason, "%s: %s / %s", first->path, first->chinese,
                 first->english);
}
