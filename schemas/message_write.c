/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Writing a message anew, from its tree: in the other encoding, or with the
 * header that the adapter fills in. What is written has no signature, and no
 * blanks between elements, so that one tree has one text in each encoding.
 */
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "schemas/judge.h"
#include "schemas/message_parts.h"

static enum reason not_plain(const struct element *at, const char *chinese,
                             const char *english, struct fault *why)
{
    AUTO(buf) struct buf path = {0};
    element_path(at, &path);
    return fault(why, R_NOT_VALID, "%s: %s", buf_text(&path),
                 say(chinese, english));
}

enum reason message_check_plain(const struct element *element,
                                struct fault *why)
{
    const char *namespace = element_namespace(element);
    if (strcmp(namespace, SIGNATURE_NAMESPACE) == 0)
        return R_OK;
    if (strcmp(namespace, MESSAGE_NAMESPACE) != 0)
        return not_plain(element, "不属于报文命名空间",
                         "not in the namespace of messages", why);
    if (element_any_attribute(element))
        return not_plain(element, "不允许属性", "attributes are not allowed",
                         why);
    const struct element *child = element_first(element, NULL);
    if (child && element_has_loose_text(element))
        return not_plain(element, "此处只能是元素，不能有文字",
                         "only elements belong here, no text", why);
    for (; child; child = element_next(child, NULL))
        TRY(message_check_plain(child, why));
    return R_OK;
}

static void put_xml_element(const struct element *element, struct buf *out)
{
    if (strcmp(element_namespace(element), SIGNATURE_NAMESPACE) == 0)
        return;
    const char *name = element_name(element);
    const struct element *child = element_first(element, NULL);
    buf_print(out, "<%s>", name);
    if (!child)
        buf_put_xml(out, element_text(element));
    for (; child; child = element_next(child, NULL))
        put_xml_element(child, out);
    buf_print(out, "</%s>", name);
}

void message_put_xml(const struct element *root, struct buf *out)
{
    buf_put_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                      "<message xmlns=\"" MESSAGE_NAMESPACE "\">");
    const struct element *child = element_first(root, NULL);
    for (; child; child = element_next(child, NULL))
        put_xml_element(child, out);
    buf_put_text(out, "</message>\n");
}

static enum reason write_tree(const struct element *root,
                              enum message_encoding encoding, struct buf *out,
                              struct fault *why)
{
    if (encoding == MESSAGE_XML)
        message_put_xml(root, out);
    else
        message_put_json(root, out);
    return buf_check(out, why);
}

/* Whether the tree says all that the message says. */
static enum reason check_whole(const struct message *message, struct fault *why)
{
    const struct misfits *misfits = message_misfits(message);
    if (misfits->count > 0)
        return not_plain(misfits->rows[0].at, misfits->rows[0].chinese,
                         misfits->rows[0].english, why);
    return message_check_plain(document_root(message_document(message)), why);
}

enum reason message_write(const struct message *message,
                          enum message_encoding encoding, struct buf *out,
                          struct fault *why)
{
    TRY(check_whole(message, why));
    return write_tree(document_root(message_document(message)), encoding, out,
                      why);
}

static void copy_into(struct document *made, struct element *parent,
                      const struct element *element)
{
    const struct element *child = element_first(element, NULL);
    struct element *copy =
        document_add(made, parent, element_name(element),
                     child ? NULL : element_text(element), 0);
    for (; child; child = element_next(child, NULL))
        copy_into(made, copy, child);
}

/* The text to put in the place of a header element, or NULL to keep it. */
static const char *new_text(const struct message_header *header,
                            const char *name, char text[INSTANT_TEXT_MAX])
{
    const struct {
        const char *name, *text;
    } rows[] = {{"id", header->id},
                {"caseId", header->case_id},
                {"from", header->from},
                {"certificate", header->certificate}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (strcmp(rows[i].name, name) == 0)
            return rows[i].text;
    if (strcmp(name, "sequence") == 0 && header->sequence) {
        snprintf(text, INSTANT_TEXT_MAX, "%lld", (long long)header->sequence);
        return text;
    }
    if (strcmp(name, "sentAt") == 0 && header->sent_at)
        return instant_format(header->sent_at, text);
    return NULL;
}

static void put_answers(struct document *made, struct element *parent,
                        const struct message_header *header)
{
    struct element *answers = document_add(made, parent, "inReplyTo", NULL, 0);
    document_add(made, answers, "id", header->answers, 0);
    document_add(made, answers, "digest",
                 header->answers_digest ? header->answers_digest : "", 0);
}

static void copy_named(struct document *made, struct element *parent,
                       const struct element *from, const char *name)
{
    const struct element *child = element_first(from, name);
    for (; child; child = element_next(child, name))
        copy_into(made, parent, child);
}

/* In the order of the schema; what it does not know comes last. */
static void copy_header(struct document *made, const struct element *from,
                        const struct schema_type *type,
                        const struct message_header *header)
{
    struct element *to =
        document_add(made, document_top(made), "header", NULL, 0);
    for (size_t i = 0; i < type->element_count; i++) {
        char room[INSTANT_TEXT_MAX];
        const char *name = type->elements[i].name;
        const char *text = new_text(header, name, room);
        if (text)
            document_add(made, to, name, text, 0);
        else if (header->answers && strcmp(name, "inReplyTo") == 0)
            put_answers(made, to, header);
        else
            copy_named(made, to, from, name);
    }
    const struct element *child = element_first(from, NULL);
    for (; child; child = element_next(child, NULL))
        if (!schema_find(type, element_name(child)))
            copy_into(made, to, child);
}

enum reason message_complete(const struct message *message,
                             const struct message_header *header,
                             struct buf *out, struct fault *why)
{
    if (message_signature(message))
        return fault(why, R_SIGNATURE_PROFILE,
                     say("已签名的报文不得改动", "it is signed already"));
    TRY(check_whole(message, why));
    const struct schema_element *rule = schema_root(schema_of_messages());
    AUTO(document) struct document *made =
        document_new(MESSAGE_NAMESPACE, rule->name);
    const struct element *root = document_root(message_document(message));
    const struct element *child = element_first(root, NULL);
    for (; child; child = element_next(child, NULL)) {
        if (strcmp(element_name(child), "header") == 0)
            copy_header(made, child, schema_find(rule->type, "header")->type,
                        header);
        else
            copy_into(made, document_top(made), child);
    }
    return write_tree(document_root(made), message_encoding(message), out, why);
}
