/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong agencies approve, package, issuer: what the centre does when agencies
 * join, renew their keys, or bring certificates of a licensed issuer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/language.h"
#include "base/mem.h"
#include "base/width.h"
#include "broker-adapters/adapter/adapter_settings.h"
#include "certs/joining/approve.h"
#include "certs/joining/spoken.h"
#include "program/command.h"

enum { PORT_STANDARD = 5671, PORT_MAX = 65535, OVERLAP_STANDARD = 30 };

static void show_request(const struct requests *requests)
{
    char digits[SPOKEN_TEXT_MAX], words[SPOKEN_CHINESE_MAX];
    AUTO(buf) struct buf name = {0}, id = {0};
    /* Whoever made the request wrote them; the terminal must not obey. */
    width_put_whole(&name, requests->organisation);
    width_put_whole(&id, requests->id);
    printf(say("申请机关：%s（%s），签名算法 %s\n",
               "request of: %s (%s), suite %s\n"),
           buf_text(&name), buf_text(&id),
           suite_name(requests_suite(requests, ISSUE_SIGNING)));
    printf(say("申请指纹：%s\n", "fingerprint: %s\n"),
           spoken_format(&requests->digest, digits));
    printf(say("电话读作：%s\n", "read aloud as: %s\n"),
           spoken_chinese(&requests->digest, words));
}

/* Only what was compared over the telephone is the agency's own request. */
static enum reason check_heard(const struct arguments *arguments,
                               const struct requests *requests,
                               struct fault *why)
{
    const char *heard = arguments_value(arguments, "--fingerprint");
    if (!heard)
        return fault(why, R_USAGE, "%s",
                     say("尚未批准。请致电该机关核对指纹，再加 --fingerprint "
                         "\"对方报出的数字\" 执行一次",
                         "not approved yet: call the agency, compare, and run "
                         "it again with --fingerprint \"what they told\""));
    return spoken_is(heard, &requests->digest)
               ? R_OK
               : fault(why, R_DIGEST_MISMATCH, "--fingerprint %s: %s", heard,
                       say("不是这份申请", "it is another request"));
}

static const char *text_or_empty(const struct arguments *arguments,
                                 const char *name)
{
    const char *text = arguments_value(arguments, name);
    return text ? text : "";
}

static enum reason read_agency(const struct arguments *arguments,
                               struct approval *approval, struct fault *why)
{
    struct agency *agency = &approval->agency;
    if (approval->renews)
        return R_OK;
    TRY(arguments_require(arguments, "--role", &agency->role, why));
    agency->english = arguments_value(arguments, "--english");
    if (!agency->english)
        agency->english = approval->requests->id;
    agency->credit_code = text_or_empty(arguments, "--credit-code");
    agency->region = text_or_empty(arguments, "--region");
    agency->level = text_or_empty(arguments, "--level");
    return R_OK;
}

/* HOST or HOST:PORT. */
static enum reason write_settings(const struct arguments *arguments,
                                  const struct approval *approval,
                                  struct buf *out, struct fault *why)
{
    const char *broker = arguments_value(arguments, "--broker");
    AUTO(text) char *host = mem_text(broker ? broker : "localhost");
    struct adapter_beginning beginning = {
        .agency = approval->requests->id, .host = host, .port = PORT_STANDARD};
    char *colon = strrchr(host, ':');
    if (colon) {
        char *end;
        long port = strtol(colon + 1, &end, 10);
        if (*end || port < 1 || port > PORT_MAX)
            return fault(why, R_USAGE, "--broker %s", broker);
        beginning.port = (int)port;
        *colon = '\0';
    }
    const char *role = text_or_empty(arguments, "--role");
    beginning.answers_cards =
        strcmp(role, "bank") == 0 || strcmp(role, "credit-platform") == 0;
    adapter_settings_template(&beginning, out);
    return R_OK;
}

static enum reason tell_authority(const struct authority *authority,
                                  struct fault *why)
{
    struct digest digest;
    char digits[SPOKEN_TEXT_MAX], words[SPOKEN_CHINESE_MAX];
    TRY(approve_digest(authority, &digest, why));
    printf(say("登记机构指纹：%s\n", "fingerprint of the authority: %s\n"),
           spoken_format(&digest, digits));
    printf(say("请在电话中报给该机关：%s\n", "tell it the agency as: %s\n"),
           spoken_chinese(&digest, words));
    return R_OK;
}

/* OUT, or ID.package in the present folder. Free it. */
static char *package_path(const struct arguments *arguments, const char *id)
{
    const char *given = arguments_value(arguments, "--out");
    return given ? mem_text(given) : mem_print("%s.package", id);
}

static enum reason approve_all(const struct arguments *arguments,
                               const struct approval *approval,
                               struct fault *why)
{
    AUTO(authority) struct authority *authority = NULL;
    AUTO(package) struct package package = {0};
    AUTO(text)
    char *path = package_path(arguments, approval->requests->id);
    if (io_exists(path))
        return fault(why, R_EXISTS, "%s", path);
    TRY(authority_open(&authority, arguments->operands[0], why));
    TRY(approve_request(authority, approval, instant_now(), &package, why));
    TRY(approve_write(authority, &package, path, why));
    printf(say("已登记：%s；登记册第 %lld 号\n文件包：%s\n",
               "registered: %s; registry number %lld\npackage: %s\n"),
           approval->requests->id,
           (long long)registry_number(authority_registry(authority)), path);
    return tell_authority(authority, why);
}

static enum reason approve(const struct arguments *arguments, struct fault *why)
{
    long overlap;
    AUTO(requests) struct requests requests = {0};
    AUTO(buf) struct buf settings = {0};
    TRY(arguments_int(arguments, "--overlap", 0, 366, OVERLAP_STANDARD,
                      &overlap, why));
    TRY(requests_read(&requests, arguments->operands[1], why));
    show_request(&requests);
    TRY(check_heard(arguments, &requests, why));
    struct approval approval = {.requests = &requests,
                                .foreign_path =
                                    arguments_value(arguments, "--certificate"),
                                .renews = arguments_has(arguments, "--renew"),
                                .overlap_days = (int)overlap};
    TRY(read_agency(arguments, &approval, why));
    TRY(write_settings(arguments, &approval, &settings, why));
    approval.settings_text = buf_text(&settings);
    return approve_all(arguments, &approval, why);
}

static const struct option approve_options[] = {
    {"--fingerprint", "DIGITS", "该机关在电话中报出的申请指纹",
     "the request's fingerprint, as the agency told it"},
    {"--role", "ROLE", "角色，见 certs/registry.xsd",
     "role, see certs/registry.xsd"},
    {"--english", "NAME", "英文名称（默认为代号）",
     "English name (the id unless given)"},
    {"--credit-code", "CODE", "统一社会信用代码", "unified social credit code"},
    {"--region", "CODE", "行政区划代码，如 360100", "region, as 360100"},
    {"--level", "LEVEL", "national、province、city 或 county",
     "national, province, city or county"},
    {"--broker", "HOST[:PORT]", "写入配置的消息服务器地址",
     "address of the broker, for the settings"},
    {"--certificate", "FILE", "持牌电子认证机构为该申请的签名密钥所发证书",
     "a licensed issuer's certificate for the request's signing key"},
    {"--renew", NULL, "已登记机关换发：新旧证书并存一段时间",
     "new keys of a registered agency; old and new overlap"},
    {"--overlap", "DAYS", "旧证书继续有效的天数（默认 30）",
     "days that the old certificate goes on (30)"},
    {"--out", "PACKAGE", "文件包（默认 ID.package）",
     "the package (ID.package unless given)"},
};

const struct command command_agencies_approve = {
    .name = "agencies approve",
    .operands = "DIR REQUEST",
    .chinese = "（中心）核对申请，签发证书，登记，生成交回机关的文件包",
    .english = "(centre) judge a request, issue, register, make the package",
    .example = "yisong agencies approve DIR ecology-nanchang.request "
               "--fingerprint \"4821 0937 5526 1184 2093 7741\" "
               "--role ecology --region 360100 --level city "
               "--broker mq.example.cn",
    .options = approve_options,
    .option_count = COUNT_OF(approve_options),
    .least = 2,
    .most = 2,
    .run = approve,
};

static enum reason package_registry(const struct arguments *arguments,
                                    struct fault *why)
{
    AUTO(authority) struct authority *authority = NULL;
    AUTO(package) struct package package = {0};
    AUTO(text) char *path = package_path(arguments, "registry");
    TRY(authority_open(&authority, arguments->operands[0], why));
    TRY(approve_fill(authority, instant_now(), &package, why));
    TRY(approve_write(authority, &package, path, why));
    puts(path);
    return R_OK;
}

static const struct option package_options[] = {
    {"--out", "PACKAGE", "文件包（默认 registry.package）",
     "the package (registry.package unless given)"},
};

const struct command command_agencies_package = {
    .name = "agencies package",
    .operands = "DIR",
    .chinese = "（中心）把现行登记册打成文件包，供各机关用 join 更新",
    .english = "(centre) the registry as a package, for agencies to join again",
    .example = "yisong agencies package DIR --out registry.package",
    .options = package_options,
    .option_count = COUNT_OF(package_options),
    .least = 1,
    .most = 1,
    .run = package_registry,
};

static enum reason issuer(const struct arguments *arguments, struct fault *why)
{
    AUTO(authority) struct authority *authority = NULL;
    TRY(authority_open(&authority, arguments->operands[0], why));
    TRY(approve_issuer(authority, arguments->operands[1], instant_now(), why));
    const struct certificate *each;
    for (size_t i = 0;
         (each = registry_issuer_at(authority_registry(authority), i)); i++)
        printf("%.16s  %s\n", certificate_fingerprint(each),
               certificate_name(each));
    return R_OK;
}

const struct command command_agencies_issuer = {
    .name = "agencies issuer",
    .operands = "DIR CERTIFICATE",
    .chinese = "（中心）登记一家持牌电子认证机构，其签发的签名证书可用于登记",
    .english = "(centre) enter a licensed issuer of signing certificates",
    .example = "yisong agencies issuer DIR licensed-sm2.pem",
    .least = 2,
    .most = 2,
    .run = issuer,
};
