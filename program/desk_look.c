/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "program/desk_look.h"

#include <stdio.h>

#include "base/language.h"
#include "base/mask.h"
#include "base/width.h"
#include "broker-adapters/adapter/reason_sheet.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "schemas/catalogue.h"

static enum reason open_mailbox(struct desk_look *look,
                                const struct arguments *arguments,
                                enum sql_mode mode, struct fault *why)
{
    const char *path;
    TRY(arguments_require(arguments, "-c", &path, why));
    TRY(adapter_settings_read(path, &look->settings, why));
    look->desk.agency = look->settings.agency;
    look->desk.answers_cards = look->settings.answer_cards;
    look->desk.card_measure = look->settings.card_measure;
    return mailbox_open(&look->desk.mailbox, look->settings.mailbox, mode, why);
}

enum reason desk_look_open(struct desk_look *look,
                           const struct arguments *arguments, struct fault *why)
{
    return open_mailbox(look, arguments, SQL_READ, why);
}

enum reason desk_look_open_to_send(struct desk_look *look,
                                   const struct arguments *arguments,
                                   struct fault *why)
{
    TRY(open_mailbox(look, arguments, SQL_CREATE, why));
    TRY(signing_key_read(&look->key, look->settings.key,
                         look->settings.certificate, why));
    TRY(registry_read(&look->registry, look->settings.agencies, why));
    look->desk.key = look->key;
    look->desk.registry = look->registry;
    return R_OK;
}

void desk_look_done(struct desk_look *look)
{
    sql_close(look->desk.mailbox);
    signing_key_free(look->key);
    registry_free(look->registry);
    adapter_settings_done(&look->settings);
}

static void print_kept(const struct intake *made, bool json)
{
    char digest[DIGEST_TEXT_MAX];
    AUTO(buf) struct buf out = {0};
    if (!json) {
        printf("%s %s (%s %s)\n",
               made->repeat ? say("此前已入信箱", "in the mailbox already:")
                            : say("已签名入箱，待发送", "signed and queued:"),
               made->id, say("案件", "case"), made->case_id);
        return;
    }
    buf_print(&out, "{\"id\":\"%s\"", made->id);
    desk_put_member(&out, "caseId", made->case_id);
    if (!made->repeat)
        desk_put_member(&out, "sha256", digest_format(&made->digest, digest));
    buf_print(&out, ",\"repeat\":%s}", made->repeat ? "true" : "false");
    puts(buf_text(&out));
}

/* What is temporary is no judgement of the letter. */
static void print_refused(const struct intake *made, const char *where,
                          bool json, struct fault *why)
{
    AUTO(buf) struct buf report = {0};
    if (reason_class(why->reason) == REASON_RETRY)
        return;
    if (json) {
        struct reason_sheet sheet = reason_sheet_of(why, &made->mistakes);
        reason_sheet_print_json(&sheet, &report);
    } else {
        mistakes_print(&made->mistakes, where, &report);
    }
    if (report.size == 0)
        return;
    fputs(buf_text(&report), json ? stdout : stderr);
    fault_clear(why);
}

enum reason desk_look_send(const struct desk_look *look,
                           const struct arguments *arguments,
                           const struct desk_letter *letter, struct fault *why)
{
    AUTO(intake) struct intake made = {0};
    bool json = arguments_has(arguments, "--json");
    struct intake_letter source = {.bytes = buf_text(letter->bytes),
                                   .size = letter->bytes->size,
                                   .jws = letter->jws,
                                   .source = ""};
    struct sql *mailbox = look->desk.mailbox;
    TRY(sql_begin(mailbox, why));
    enum reason reason = mailbox_end(
        mailbox, intake_put(&look->desk, &source, instant_now(), &made, why),
        why);
    if (reason == R_OK) {
        mailbox_ring(look->settings.mailbox);
        print_kept(&made, json);
    } else {
        print_refused(&made, letter->where, json, why);
    }
    return reason;
}

const char *desk_type_name(const char *type)
{
    const struct message_type *known = catalogue_find(type);
    return known ? say(known->chinese, known->english) : type;
}

const char *desk_minute(instant at, char text[INSTANT_TEXT_MAX])
{
    if (at == 0)
        return "";
    instant_format(at, text);
    text[10] = ' ';
    text[16] = '\0';
    return text;
}

void desk_put_cells(struct buf *out, const char *const cells[],
                    const size_t widths[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        width_put_in(out, cells[i], widths[i]);
        buf_put_char(out, i + 1 < count ? ' ' : '\n');
    }
}

void desk_put_member(struct buf *out, const char *name, const char *text)
{
    buf_print(out, ",\"%s\":\"", name);
    mask_put_json(out, text);
    buf_put_char(out, '"');
}

void desk_put_time(struct buf *out, const char *name, instant at)
{
    char text[INSTANT_TEXT_MAX];
    if (at)
        desk_put_member(out, name, instant_format(at, text));
}
