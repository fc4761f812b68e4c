/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong reply: an answer to a letter in the mailbox, for an agency without a
 * system of its own. What can be known is filled in: the letter answered and
 * its digest, the case, the addressee, times, what the type prescribes.
 */
#include "program/command.h"

#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/language.h"
#include "base/mem.h"
#include "broker-adapters/adapter/attachments.h"
#include "broker-adapters/adapter/draft.h"
#include "broker-adapters/adapter/form.h"
#include "broker-adapters/mailbox/incoming.h"
#include "program/desk_look.h"

enum { COPIES_MAX = MESSAGE_ADDRESSEES_MAX };

/* Everything that the answer is made of. */
struct answer {
    const struct arguments *arguments;
    const struct message_type *type;
    struct incoming_letter about;
    struct buf body;
    instant now;
};

static void answer_done(struct answer *answer)
{
    incoming_letter_done(&answer->about);
    buf_done(&answer->body);
}
AUTO_VALUE(answer, answer_done)

/* A body in JSON becomes XML on the way through a message. */
static enum reason body_of_json(const struct buf *json, struct buf *out,
                                struct fault *why)
{
    AUTO(buf) struct buf whole = {.ceiling = MESSAGE_CEILING};
    AUTO(buf) struct buf xml = {.ceiling = MESSAGE_CEILING};
    AUTO(message) struct message *message = NULL;
    buf_print(&whole,
              "{\"header\":{\"schemaVersion\":\"" MESSAGE_VERSION
              "\"},\"body\":%s}",
              buf_text(json));
    TRY(message_parse(&message, buf_text(&whole), whole.size, why));
    TRY(message_write(message, MESSAGE_XML, &xml, why));
    const char *begin = strstr(buf_text(&xml), "<body>");
    const char *end = strstr(buf_text(&xml), "</body>");
    if (begin && end)
        buf_put(out, begin + strlen("<body>"),
                (size_t)(end - begin) - strlen("<body>"));
    return R_OK;
}

static enum reason read_body(const char *path, struct buf *out,
                             struct fault *why)
{
    AUTO(buf) struct buf file = {.ceiling = MESSAGE_CEILING};
    TRY(io_read(path, &file, why));
    const char *text = buf_text(&file);
    text += strspn(text, " \t\r\n");
    if (*text == '{')
        return body_of_json(&file, out, why);
    if (strncmp(text, "<?xml", 5) == 0 && strstr(text, "?>"))
        text = strstr(text, "?>") + 2;
    buf_put_text(out, text);
    return R_OK;
}

static enum reason fill_body(struct answer *answer, struct fault *why)
{
    const char *path = arguments_value(answer->arguments, "--body");
    if (path)
        return read_body(path, &answer->body, why);
    AUTO(form) struct form *form = form_new(answer->type);
    for (size_t i = 0;; i++) {
        const char *field = arguments_each(answer->arguments, "--field", i);
        if (!field)
            break;
        TRY(form_set(form, field, why));
    }
    form_fill(form, answer->now);
    form_write(form, &answer->body);
    return R_OK;
}

static bool type_needs(const struct message_type *type, const char *path)
{
    for (size_t i = 0; i < type->need_count; i++)
        if (strcmp(type->needs[i].path, path) == 0)
            return true;
    return false;
}

/* Whom the answer is copied to; texts are borrowed. */
struct copies {
    const char *agencies[COPIES_MAX];
    size_t count;
};

static void add_copy(struct copies *copies, const char *agency,
                     const char *const without[2])
{
    bool known =
        strcmp(agency, without[0]) == 0 || strcmp(agency, without[1]) == 0;
    for (size_t i = 0; i < copies->count; i++)
        known |= strcmp(copies->agencies[i], agency) == 0;
    if (!known && copies->count < COPIES_MAX)
        copies->agencies[copies->count++] = agency;
}

/* As the person says; else all others who have the letter answered. */
static void fill_copies(const struct arguments *arguments,
                        const struct message *about,
                        const char *const without[2], struct copies *copies)
{
    for (size_t i = 0;; i++) {
        const char *agency = arguments_each(arguments, "--copy", i);
        if (!agency)
            break;
        add_copy(copies, agency, without);
    }
    if (copies->count > 0 || arguments_has(arguments, "--no-copies"))
        return;
    for (size_t i = 0; i < message_to_count(about); i++)
        add_copy(copies, message_to(about, i), without);
    for (size_t i = 0; i < message_copy_count(about); i++)
        add_copy(copies, message_copy(about, i), without);
}

static enum reason write_letter(const struct answer *answer, const char *agency,
                                struct buf *out, struct fault *why)
{
    char digest[DIGEST_TEXT_MAX], now[INSTANT_TEXT_MAX];
    struct copies copies = {0};
    AUTO(message) struct message *about = NULL;
    const struct arguments *arguments = answer->arguments;
    struct draft draft = {
        .type = answer->type->id,
        .case_id = answer->about.case_id,
        .to = arguments_value(arguments, "--to"),
        .answers = answer->about.id,
        .answers_digest = digest_format(&answer->about.digest, digest),
        .decided_at = arguments_value(arguments, "--decided-at"),
        .number = arguments_value(arguments, "--number"),
        .urgency = arguments_value(arguments, "--urgency"),
        .body_xml = buf_text(&answer->body),
        .media_type = answer->about.media_type,
    };
    TRY(message_parse(&about, answer->about.bytes, answer->about.size, why));
    if (!draft.to)
        draft.to = answer->about.sender;
    if (!draft.decided_at && type_needs(answer->type, "header/decidedAt"))
        draft.decided_at = instant_format(answer->now, now);
    const char *const without[] = {agency, draft.to};
    fill_copies(arguments, about, without, &copies);
    draft.copies = copies.agencies;
    draft.copy_count = copies.count;
    return draft_write(&draft, out, why);
}

static enum reason attach(const struct answer *answer,
                          const struct desk_look *look, struct buf *letter,
                          struct fault *why)
{
    const char *paths[ATTACHMENTS_MAX];
    size_t count = 0;
    for (; count < ATTACHMENTS_MAX; count++) {
        paths[count] = arguments_each(answer->arguments, "--attach", count);
        if (!paths[count])
            break;
    }
    if (count == 0)
        return R_OK;
    AUTO(buf) struct buf whole = {.ceiling = MESSAGE_CEILING};
    TRY(attachments_add(letter, paths, count, &whole, why));
    TRY(attachments_keep(look->settings.mailbox, paths, count, why));
    buf_clear(letter);
    buf_put(letter, buf_text(&whole), whole.size);
    return R_OK;
}

static enum reason find_type(const struct arguments *arguments,
                             const struct message_type **out, struct fault *why)
{
    const char *name;
    TRY(arguments_require(arguments, "--type", &name, why));
    *out = catalogue_find(name);
    return *out ? R_OK : fault(why, R_UNKNOWN_TYPE, "%s", name);
}

static void print_fields(const struct message_type *type)
{
    AUTO(buf) struct buf out = {0};
    AUTO(form) struct form *form = form_new(type);
    form_describe(form, &out);
    printf("%s\n%s", say(type->chinese, type->english), buf_text(&out));
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    AUTO(desk_look) struct desk_look look = {0};
    AUTO(answer) struct answer answer = {
        .arguments = arguments,
        .body.ceiling = MESSAGE_CEILING,
        .now = instant_now(),
    };
    AUTO(buf) struct buf letter = {.ceiling = MESSAGE_CEILING};
    if (arguments_has(arguments, "--fields")) {
        TRY(find_type(arguments, &answer.type, why));
        print_fields(answer.type);
        return R_OK;
    }
    if (arguments->count == 0)
        return fault(why, R_USAGE, "yisong reply %s",
                     arguments->command->operands);
    TRY(desk_look_open_to_send(&look, arguments, why));
    TRY(find_type(arguments, &answer.type, why)); /* the settings may add it */
    TRY(incoming_find(look.desk.mailbox, arguments->operands[0], &answer.about,
                      why));
    TRY(fill_body(&answer, why));
    TRY(write_letter(&answer, look.desk.agency, &letter, why));
    TRY(attach(&answer, &look, &letter, why));
    return desk_look_send(&look, arguments,
                          &(struct desk_letter){.bytes = &letter,
                                                .jws = "",
                                                .where = answer.type->id},
                          why);
}

static const struct option options[] = {
    DESK_OPTION,
    {"--type", "TYPE", "文书类型，例如 acceptance-receipt",
     "message type, as acceptance-receipt"},
    {"--field", "NAME=VALUE", "正文字段，可多次给出",
     "a field of the body; may be given several times"},
    {"--fields", NULL, "列出该类型的字段", "list the fields of the type"},
    {"--body", "FILE", "正文文件（XML 或 JSON），代替 --field",
     "file with the body (XML or JSON), instead of --field"},
    {"--number", "TEXT", "文号", "document number"},
    {"--decided-at", "TIME", "决定作出时间（缺省为现在）",
     "time of the decision (now, where it is needed)"},
    {"--to", "AGENCY", "主送机关（缺省为来文机关）",
     "addressee (the sender of the letter answered)"},
    {"--copy", "AGENCY", "抄送机关，可多次给出（缺省为来文的其他收件机关）",
     "copy to; several times (all others who have the letter answered)"},
    {"--no-copies", NULL, "不抄送", "no copies"},
    {"--urgency", "LEVEL", "紧急程度：normal、urgent、critical",
     "normal, urgent or critical"},
    {"--attach", "FILE", "附件，可多次给出",
     "an attachment; may be given several times"},
    DESK_JSON,
};

const struct command command_reply = {
    .name = "reply",
    .operands = "ID --type TYPE",
    .chinese = "答复信箱中的一份公文",
    .english = "answer a letter in the mailbox",
    .example = "yisong reply -c police.conf 019306e0-0001"
               " --type acceptance-receipt --field officers=李某",
    .options = options,
    .option_count = COUNT_OF(options),
    .least = 0,
    .most = 1,
    .run = run,
};
