/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong sign: what an adapter does with a letter before it goes out, for one
 * file. What the sender left out of the header and only the signer can know
 * is filled in; what stands there is never changed.
 */
#include <stdio.h>

#include "base/io.h"
#include "base/language.h"
#include "base/mem.h"
#include "certs/signature.h"
#include "program/command.h"

/* The missing header elements, and whether there are any. */
static bool find_missing(const struct message *message,
                         const struct certificate *certificate,
                         struct message_header *header, char id[UUID_TEXT_MAX])
{
    if (!*message_id(message))
        header->id = uuid_new(instant_now(), id);
    if (!*message_from(message))
        header->from = certificate_name(certificate);
    if (!*message_certificate(message))
        header->certificate = certificate_fingerprint(certificate);
    if (!message_sent_at(message))
        header->sent_at = instant_now();
    return header->id || header->from || header->certificate || header->sent_at;
}

/* Puts the completed message in the place of `*message` if it has to be. */
static enum reason complete(struct message **message,
                            const struct certificate *certificate,
                            bool *changed, struct fault *why)
{
    struct message_header header = {0};
    char id[UUID_TEXT_MAX];
    *changed = find_missing(*message, certificate, &header, id);
    if (!*changed)
        return R_OK;
    AUTO(buf) struct buf bytes = {.ceiling = MESSAGE_CEILING};
    TRY(message_complete(*message, &header, &bytes, why));
    TRY(buf_check(&bytes, why));
    struct message *completed;
    TRY(message_parse(&completed, bytes.bytes, bytes.size, why));
    message_free(*message);
    *message = completed;
    return R_OK;
}

static enum reason write_out(const struct buf *bytes, const struct buf *jws,
                             const char *path, struct fault *why)
{
    if (!path) {
        const struct buf *shown = jws->size ? jws : bytes;
        fwrite(shown->bytes, 1, shown->size, stdout);
        putchar('\n');
        return R_OK;
    }
    if (jws->size) {
        AUTO(text) char *beside = mem_print("%s.jws", path);
        TRY(io_write(beside, jws->bytes, jws->size, 0644, why));
    }
    return io_write(path, bytes->bytes, bytes->size, 0644, why);
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    const char *key_path, *certificate_path;
    TRY(arguments_require(arguments, "--key", &key_path, why));
    TRY(arguments_require(arguments, "--cert", &certificate_path, why));
    AUTO(signing_key) struct signing_key *key = NULL;
    TRY(signing_key_read(&key, key_path, certificate_path, why));

    AUTO(buf) struct buf given = {.ceiling = MESSAGE_CEILING};
    TRY(io_read(arguments->operands[0], &given, why));
    AUTO(message) struct message *message = NULL;
    TRY(message_parse(&message, given.bytes, given.size, why));
    const char *out = arguments_value(arguments, "--out");
    bool changed;
    TRY(complete(&message, signing_key_certificate(key), &changed, why));
    /* Only the JWS would be shown, over bytes that nobody has. */
    if (changed && !out && message_encoding(message) == MESSAGE_JSON)
        return fault(why, R_USAGE, "%s: --out",
                     say("报文头有补全内容，须写入文件",
                         "the header had to be completed"));
    AUTO(buf) struct buf bytes = {0}, jws = {0};
    TRY(signature_sign(key, message, &bytes, &jws, why));
    return write_out(&bytes, &jws, out, why);
}

static const struct option options[] = {
    {"--key", "FILE", "签名私钥（PEM）", "private key (PEM)"},
    {"--cert", "FILE", "签名证书（PEM）", "its certificate (PEM)"},
    {"--out", "FILE", "输出文件；JSON 的签名写入 FILE.jws",
     "output file; the signature of JSON goes to FILE.jws"},
};

const struct command command_sign = {
    .name = "sign",
    .operands = "FILE",
    .chinese = "签署一份报文（XML 数字签名，或 JSON 的分离式 JWS）",
    .english = "sign a message (XML signature, or detached JWS for JSON)",
    .example = "yisong sign --key signing.key --cert signing.pem "
               "--out transfer.signed.xml transfer.xml",
    .options = options,
    .option_count = COUNT_OF(options),
    .least = 1,
    .most = 1,
    .run = run,
};
