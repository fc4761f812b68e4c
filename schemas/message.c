/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A message: the bytes as they came, their digest, and the one tree made from
 * them. The header is looked up once; every text handed out is borrowed from
 * the tree, which is never changed.
 */
#include "schemas/message.h"

#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/mem.h"
#include "schemas/judge.h"
#include "schemas/message_parts.h"

/* Header elements with one text, in the order of `texts`. */
enum text_place {
    TEXT_ID,
    TEXT_TYPE,
    TEXT_CASE,
    TEXT_PARENT,
    TEXT_FROM,
    TEXT_NUMBER,
    TEXT_CERTIFICATE,
    TEXT_SEQUENCE,
    TEXT_SENT_AT,
    TEXT_DECIDED_AT,
    TEXT_COUNT
};

static const char *const text_names[TEXT_COUNT] = {
    [TEXT_ID] = "id",
    [TEXT_TYPE] = "type",
    [TEXT_CASE] = "caseId",
    [TEXT_PARENT] = "parentCase",
    [TEXT_FROM] = "from",
    [TEXT_NUMBER] = "documentNumber",
    [TEXT_CERTIFICATE] = "certificate",
    [TEXT_SEQUENCE] = "sequence",
    [TEXT_SENT_AT] = "sentAt",
    [TEXT_DECIDED_AT] = "decidedAt",
};

struct agencies {
    const char *names[MESSAGE_ADDRESSEES_MAX];
    size_t count;
};

struct message {
    enum message_encoding encoding;
    char *bytes;
    size_t size;
    struct digest digest;
    struct document *document;
    struct misfits misfits;
    const char *texts[TEXT_COUNT];
    const char *answers, *answers_digest;
    struct agencies to, copies;
    const struct element *body, *signature;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static enum reason find_encoding(struct message *message, struct fault *why)
{
    size_t start = 0;
    if (message->size >= 3 && memcmp(message->bytes, "\xEF\xBB\xBF", 3) == 0)
        start = 3;
    while (start < message->size && is_blank(message->bytes[start]))
        start++;
    char first = start < message->size ? message->bytes[start] : '\0';
    message->encoding = first == '<' ? MESSAGE_XML : MESSAGE_JSON;
    if (first == '<' || first == '{')
        return R_OK;
    return fault(
        why, R_NOT_WELL_FORMED,
        say("既不是 XML 也不是 JSON 对象", "neither XML nor a JSON object"));
}

static enum reason parse_json(struct message *message, struct fault *why)
{
    AUTO(json_text) struct json_text *text = NULL;
    TRY(json_parse(&text, message->bytes, message->size, why));
    return message_tree_of_json(json_root(text), &message->document,
                                &message->misfits, why);
}

static void read_agency(struct agencies *agencies,
                        const struct element *element)
{
    if (agencies->count < MESSAGE_ADDRESSEES_MAX)
        agencies->names[agencies->count++] = element_text(element);
}

static void read_answers(struct message *message, const struct element *element)
{
    const char *id = element_child_text(element, "id");
    const char *digest = element_child_text(element, "digest");
    message->answers = id ? id : "";
    message->answers_digest = digest ? digest : "";
}

static void read_header_element(struct message *message,
                                const struct element *element)
{
    const char *name = element_name(element);
    for (size_t i = 0; i < TEXT_COUNT; i++)
        if (strcmp(name, text_names[i]) == 0 && !*message->texts[i]) {
            message->texts[i] = element_text(element);
            return;
        }
    if (strcmp(name, "to") == 0)
        read_agency(&message->to, element);
    else if (strcmp(name, "copyTo") == 0)
        read_agency(&message->copies, element);
    else if (strcmp(name, "inReplyTo") == 0)
        read_answers(message, element);
}

static enum reason read_header(struct message *message, struct fault *why)
{
    for (size_t i = 0; i < TEXT_COUNT; i++)
        message->texts[i] = "";
    message->answers = message->answers_digest = "";
    const struct element *root = document_root(message->document);
    if (!element_is(root, MESSAGE_NAMESPACE, "message"))
        return fault(
            why, R_NOT_VALID,
            say("根元素必须是 %s 的 message", "the root must be message in %s"),
            MESSAGE_NAMESPACE);
    const struct element *header = element_first(root, "header");
    const struct element *child = header ? element_first(header, NULL) : NULL;
    if (!child)
        return fault(why, R_NOT_VALID, say("缺少公文头 header", "no header"));
    for (; child; child = element_next(child, NULL))
        read_header_element(message, child);
    return R_OK;
}

static void read_parts(struct message *message)
{
    const struct element *root = document_root(message->document);
    const struct element *body = element_first(root, "body");
    message->body = body ? element_first(body, NULL) : NULL;
    const struct element *child = element_first(root, NULL), *last = NULL;
    for (; child; child = element_next(child, NULL))
        last = child;
    if (last && element_is(last, SIGNATURE_NAMESPACE, "Signature"))
        message->signature = last;
}

enum reason message_parse(struct message **out, const void *bytes, size_t size,
                          struct fault *why)
{
    if (size > MESSAGE_CEILING)
        return fault(why, R_TOO_LARGE,
                     say("%zu 字节，最多 %d", "%zu bytes, at most %d"), size,
                     MESSAGE_CEILING);
    AUTO(message) struct message *message = mem_new(1, sizeof *message);
    message->bytes = mem_copy(bytes, size);
    message->size = size;
    TRY(find_encoding(message, why));
    if (message->encoding == MESSAGE_XML)
        TRY(document_parse(&message->document, message->bytes, size, why));
    else
        TRY(parse_json(message, why));
    TRY(read_header(message, why));
    read_parts(message);
    message->digest = digest_of(DIGEST_SHA256, bytes, size);
    *out = TAKE(message);
    return R_OK;
}

void message_free(struct message *message)
{
    if (!message)
        return;
    misfits_done(&message->misfits);
    document_free(message->document);
    free(message->bytes);
    free(message);
}

const struct misfits *message_misfits(const struct message *message)
{
    return &message->misfits;
}

enum message_encoding message_encoding(const struct message *message)
{
    return message->encoding;
}

const char *message_media_type(const struct message *message)
{
    return message->encoding == MESSAGE_XML ? "application/xml"
                                            : "application/json";
}

const void *message_bytes(const struct message *message, size_t *size)
{
    *size = message->size;
    return message->bytes;
}

const struct digest *message_digest(const struct message *message)
{
    return &message->digest;
}

const struct document *message_document(const struct message *message)
{
    return message->document;
}

const char *message_id(const struct message *message)
{
    return message->texts[TEXT_ID];
}

const char *message_type(const struct message *message)
{
    return message->texts[TEXT_TYPE];
}

const char *message_case(const struct message *message)
{
    return message->texts[TEXT_CASE];
}

const char *message_parent(const struct message *message)
{
    return message->texts[TEXT_PARENT];
}

const char *message_from(const struct message *message)
{
    return message->texts[TEXT_FROM];
}

size_t message_to_count(const struct message *message)
{
    return message->to.count;
}

const char *message_to(const struct message *message, size_t place)
{
    return message->to.names[place];
}

size_t message_copy_count(const struct message *message)
{
    return message->copies.count;
}

const char *message_copy(const struct message *message, size_t place)
{
    return message->copies.names[place];
}

const char *message_answers(const struct message *message)
{
    return message->answers;
}

const char *message_answers_digest(const struct message *message)
{
    return message->answers_digest;
}

const char *message_number(const struct message *message)
{
    return message->texts[TEXT_NUMBER];
}

const char *message_certificate(const struct message *message)
{
    return message->texts[TEXT_CERTIFICATE];
}

int64_t message_sequence(const struct message *message)
{
    const char *text = message->texts[TEXT_SEQUENCE];
    size_t digits = strspn(text, "0123456789");
    return digits > 0 && digits <= 16 && text[digits] == '\0'
               ? strtoll(text, NULL, 10)
               : 0;
}

instant message_sent_at(const struct message *message)
{
    instant at;
    return instant_parse(message->texts[TEXT_SENT_AT], &at, NULL) == R_OK ? at
                                                                          : 0;
}

bool message_has_decided_at(const struct message *message, instant *at)
{
    const char *text = message->texts[TEXT_DECIDED_AT];
    return *text && instant_parse(text, at, NULL) == R_OK;
}

const struct element *message_body(const struct message *message)
{
    return message->body;
}

const struct element *message_signature(const struct message *message)
{
    return message->signature;
}
