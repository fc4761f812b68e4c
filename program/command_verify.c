/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong verify: who signed these files, judged by a registry at a time. Every
 * file is told about; the exit status is that of the first that fails.
 */
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/language.h"
#include "base/mask.h"
#include "base/mem.h"
#include "certs/signature.h"
#include "program/command.h"

enum { JWS_CEILING = 4096 };

/* What came of one file. */
struct verdict {
    const char *file;
    struct message *message; /* NULL if it could not be parsed */
    struct fault why;        /* R_OK: signed and valid */
};

/*
 * The JWS of a JSON file: from the file named, else from FILE.jws, else none.
 * A text editor's newline at the end is no part of it.
 */
static enum reason read_jws(const char *file, const char *named,
                            struct buf *out, struct fault *why)
{
    AUTO(text) char *beside = mem_print("%s.jws", file);
    const char *path = named ? named : beside;
    if (!named && !io_exists(beside))
        return R_OK;
    TRY(io_read(path, out, why));
    if (out->size && out->bytes[out->size - 1] == '\n')
        out->bytes[--out->size] = '\0';
    if (strlen(buf_text(out)) != out->size)
        return fault(why, R_SIGNATURE_PROFILE, "%s: a NUL inside", path);
    return R_OK;
}

static enum reason verify(struct verdict *verdict,
                          const struct registry *registry,
                          const char *named_jws, instant at)
{
    struct fault *why = &verdict->why;
    AUTO(buf) struct buf bytes = {.ceiling = MESSAGE_CEILING};
    AUTO(buf) struct buf jws = {.ceiling = JWS_CEILING};
    TRY(io_read(verdict->file, &bytes, why));
    TRY(message_parse(&verdict->message, bytes.bytes, bytes.size, why));
    if (message_encoding(verdict->message) == MESSAGE_JSON)
        TRY(read_jws(verdict->file, named_jws, &jws, why));
    return signature_verify(registry, verdict->message, buf_text(&jws), at,
                            why);
}

/* The certificate that a valid message names; NULL for others. */
static const struct certificate *signer(const struct registry *registry,
                                        const struct message *message)
{
    const struct certificate *each = NULL;
    for (size_t i = 0;
         (each = registry_certificate_at(registry, message_from(message), i));
         i++)
        if (strcmp(certificate_fingerprint(each),
                   message_certificate(message)) == 0)
            break;
    return each;
}

static void print(const struct verdict *verdict,
                  const struct registry *registry)
{
    if (verdict->why.reason != R_OK) {
        fault_print(stdout, verdict->file, &verdict->why);
        return;
    }
    const char *from = message_from(verdict->message);
    const struct agency *agency = registry_find(registry, from);
    const struct certificate *certificate = signer(registry, verdict->message);
    printf("%s: %s: %s %s, %s, %s %s\n", verdict->file,
           say("签名有效", "signature valid"), from,
           say(agency->chinese, agency->english),
           suite_name(certificate_suite(certificate)),
           say("证书", "certificate"), certificate_fingerprint(certificate));
}

static void put_member(struct buf *out, const char *name, const char *text)
{
    buf_print(out, ",\"%s\":\"", name);
    mask_put_json(out, text);
    buf_put_char(out, '"');
}

static void put_message(struct buf *out, const struct message *message,
                        const struct registry *registry)
{
    char digest[DIGEST_TEXT_MAX];
    put_member(out, "id", message_id(message));
    put_member(out, "type", message_type(message));
    put_member(out, "case", message_case(message));
    put_member(out, "from", message_from(message));
    put_member(out, "certificate", message_certificate(message));
    put_member(out, "digest", digest_format(message_digest(message), digest));
    const struct certificate *certificate = signer(registry, message);
    if (certificate)
        put_member(out, "suite", suite_name(certificate_suite(certificate)));
}

static void put_json(struct buf *out, const struct verdict *verdict,
                     const struct registry *registry)
{
    bool valid = verdict->why.reason == R_OK;
    buf_print(out, "{\"valid\":%s,\"reason\":\"%s\"", valid ? "true" : "false",
              reason_code(verdict->why.reason));
    put_member(out, "file", verdict->file);
    put_member(out, "detail", verdict->why.text);
    if (verdict->message)
        put_message(out, verdict->message, registry);
    buf_put_char(out, '}');
}

/* Verifies one file, tells about it, and returns what came of it. */
static enum reason judge(const struct arguments *arguments, const char *file,
                         const struct registry *registry, instant at,
                         struct buf *json)
{
    struct verdict verdict = {.file = file};
    enum reason reason =
        verify(&verdict, registry, arguments_value(arguments, "--jws"), at);
    if (arguments_has(arguments, "--json")) {
        buf_put_text(json, json->size ? ",\n" : "[");
        put_json(json, &verdict, registry);
    } else {
        print(&verdict, registry);
    }
    message_free(verdict.message);
    return reason;
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    const char *folder, *time = arguments_value(arguments, "--at");
    TRY(arguments_require(arguments, "--agencies", &folder, why));
    instant at = instant_now();
    if (time && instant_parse(time, &at, NULL) != R_OK)
        return fault(why, R_USAGE, "--at %s", time);
    if (arguments_has(arguments, "--jws") && arguments->count > 1)
        return fault(why, R_USAGE, "--jws: %s",
                     say("只能用于一个文件", "for one file only"));
    AUTO(registry) struct registry *registry = NULL;
    TRY(registry_read(&registry, folder, why));

    enum reason first = R_OK;
    AUTO(buf) struct buf json = {0};
    for (size_t i = 0; i < arguments->count; i++) {
        enum reason reason =
            judge(arguments, arguments->operands[i], registry, at, &json);
        first = first == R_OK ? reason : first;
    }
    if (json.size)
        printf("%s]\n", json.bytes);
    return first;
}

static const struct option options[] = {
    {"--agencies", "DIR", "机关登记册目录", "folder of the registry"},
    {"--jws", "FILE", "JSON 报文的签名（默认 FILE.jws）",
     "signature of a JSON message (FILE.jws unless given)"},
    {"--at", "TIME", "按此时刻判断证书效力（默认现在）",
     "judge the certificates at this time (now unless given)"},
    {"--json", NULL, "输出 JSON", "print JSON"},
};

const struct command command_verify = {
    .name = "verify",
    .operands = "FILE...",
    .chinese = "核验报文签名：由哪个机关、用哪张证书签署",
    .english = "verify messages: which agency signed, with which certificate",
    .example = "yisong verify --agencies /etc/yisong/agencies transfer.xml",
    .options = options,
    .option_count = COUNT_OF(options),
    .least = 1,
    .most = 1024,
    .run = run,
};
