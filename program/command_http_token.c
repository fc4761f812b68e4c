/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong http-token: lets one more caller in. The token is printed once; the
 * file of clients keeps its digest only.
 */
#include "program/command.h"

#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/language.h"
#include "broker-adapters/adapter/adapter_settings.h"
#include "broker-adapters/http/clients.h"
#include "program/desk_look.h"

enum { CLIENTS_FILE_MAX = 1024 * 1024 };

static enum reason add_client(const char *path, const char *name,
                              const char *token, struct fault *why)
{
    char digest[DIGEST_TEXT_MAX];
    AUTO(buf) struct buf text = {.ceiling = CLIENTS_FILE_MAX};
    struct digest made = digest_of(DIGEST_SHA256, token, strlen(token));
    if (io_exists(path))
        TRY(io_read(path, &text, why));
    else
        buf_put_text(&text, "name,kind,sha256\n");
    if (text.size > 0 && text.bytes[text.size - 1] != '\n')
        buf_put_char(&text, '\n');
    buf_print(&text, "%s,token,%s\n", name, digest_format(&made, digest));
    TRY(buf_check(&text, why));
    return io_write(path, text.bytes, text.size, 0600, why);
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    const char *path, *name = arguments->operands[0];
    char token[CLIENT_TOKEN_MAX];
    AUTO(adapter_settings) struct adapter_settings settings = {0};
    TRY(arguments_require(arguments, "-c", &path, why));
    if (!client_name_is_valid(name))
        return fault(why, R_USAGE, "'%s'", name);
    TRY(adapter_settings_read(path, &settings, why));
    client_token_new(token);
    TRY(add_client(settings.http_clients, name, token, why));
    puts(token);
    fprintf(stderr, "%s: %s\n",
            say("请妥善保存，仅显示这一次；摘要已写入",
                "keep it: it is shown this once; its digest is in"),
            settings.http_clients);
    return R_OK;
}

static const struct option options[] = {DESK_OPTION};

const struct command command_http_token = {
    .name = "http-token",
    .operands = "NAME",
    .chinese = "为调用 HTTP 接口的业务系统签发令牌",
    .english = "make a token for a system that calls the HTTP interface",
    .example = "yisong http-token -c ecology.conf case-system",
    .options = options,
    .option_count = COUNT_OF(options),
    .least = 1,
    .most = 1,
    .run = run,
};
