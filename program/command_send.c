/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong send: a letter from a file into the mailbox; the running adapter
 * sends it on, at once or when the broker can be reached again.
 */
#include "program/command.h"

#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "broker-adapters/adapter/attachments.h"
#include "broker-adapters/evidence/evidence_rows.h"
#include "broker-adapters/evidence/seal.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "program/desk_look.h"

enum { JWS_CEILING = 8192 };

static enum reason read_letter(const struct arguments *arguments,
                               struct buf *letter, struct fault *why)
{
    AUTO(buf) struct buf plain = {.ceiling = MESSAGE_CEILING};
    TRY(io_read(arguments->operands[0], &plain, why));
    if (arguments->count == 1) {
        buf_put(letter, buf_text(&plain), plain.size);
        return R_OK;
    }
    return attachments_add(&plain, arguments->operands + 1,
                           arguments->count - 1, letter, why);
}

/* A system that signs by itself puts NAME.json.jws beside NAME.json. */
static enum reason read_signature(const char *letter, struct buf *jws,
                                  struct fault *why)
{
    AUTO(text) char *path = mem_print("%s.jws", letter);
    if (access(path, F_OK) != 0)
        return R_OK;
    TRY(io_read(path, jws, why));
    while (jws->size && strchr("\r\n", jws->bytes[jws->size - 1]))
        jws->bytes[--jws->size] = '\0';
    return R_OK;
}

/* The same file may just have been deleted with an earlier letter of ours. */
static enum reason keep_again(const struct desk_look *look,
                              const struct arguments *arguments,
                              struct fault *why)
{
    bool lacks;
    struct sql *mailbox = look->desk.mailbox;
    TRY(seal_lacks(mailbox, look->settings.mailbox, &lacks, why));
    if (!lacks)
        return R_OK;
    TRY(attachments_keep(look->settings.mailbox, arguments->operands + 1,
                         arguments->count - 1, why));
    TRY(sql_begin(mailbox, why));
    TRY(mailbox_end(mailbox, evidence_out_found_any(mailbox, why), why));
    mailbox_ring(look->settings.mailbox);
    return R_OK;
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    AUTO(desk_look) struct desk_look look = {0};
    AUTO(buf) struct buf letter = {.ceiling = MESSAGE_CEILING};
    AUTO(buf) struct buf jws = {.ceiling = JWS_CEILING};
    TRY(desk_look_open_to_send(&look, arguments, why));
    TRY(read_letter(arguments, &letter, why));
    TRY(read_signature(arguments->operands[0], &jws, why));
    if (arguments->count > 1)
        TRY(attachments_keep(look.settings.mailbox, arguments->operands + 1,
                             arguments->count - 1, why));
    TRY(desk_look_send(&look, arguments,
                       &(struct desk_letter){.bytes = &letter,
                                             .jws = buf_text(&jws),
                                             .where = arguments->operands[0]},
                       why));
    return arguments->count > 1 ? keep_again(&look, arguments, why) : R_OK;
}

static const struct option options[] = {DESK_OPTION, DESK_JSON};

const struct command command_send = {
    .name = "send",
    .operands = "LETTER [ATTACHMENT...]",
    .chinese = "发送公文：补全、校验、签名、入信箱",
    .english = "send a letter: complete, judge, sign, queue",
    .example = "yisong send -c ecology.conf transfer.xml report.pdf",
    .options = options,
    .option_count = COUNT_OF(options),
    .least = 1,
    .most = 1 + ATTACHMENTS_MAX,
    .run = run,
};
