/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong agencies enrol, join: the two steps of joining that an agency takes,
 * before and after the centre's (command_agencies_approve.c). Nothing is asked
 * at the terminal.
 */
#include <stdio.h>

#include "base/language.h"
#include "certs/joining/join.h"
#include "certs/joining/spoken.h"
#include "program/command.h"

static enum reason read_suite(const struct arguments *arguments,
                              enum suite *suite, struct fault *why)
{
    const char *name = arguments_value(arguments, "--suite");
    *suite = name ? suite_find(name) : SUITE_COUNT;
    return !name || *suite < SUITE_COUNT
               ? R_OK
               : fault(why, R_USAGE, "--suite %s", name);
}

static enum reason enrol(const struct arguments *arguments, struct fault *why)
{
    struct enrolment wanted = {.folder = arguments->operands[0],
                               .renews = arguments_has(arguments, "--renew")};
    wanted.chinese = arguments_value(arguments, "--chinese");
    TRY(arguments_require(arguments, "--id", &wanted.id, why));
    TRY(read_suite(arguments, &wanted.suite, why));
    if (!wanted.renews)
        TRY(arguments_require(arguments, "--chinese", &wanted.chinese, why));
    struct digest digest;
    char digits[SPOKEN_TEXT_MAX], words[SPOKEN_CHINESE_MAX];
    TRY(join_enrol(&wanted, &digest, why));
    printf(say("申请文件：%s/%s.request（不含私钥，可公开传送）\n",
               "request: %s/%s.request (no private key in it)\n"),
           wanted.folder, wanted.id);
    printf(say("申请指纹：%s\n", "fingerprint: %s\n"),
           spoken_format(&digest, digits));
    printf(say("电话读作：%s\n", "read aloud as: %s\n"),
           spoken_chinese(&digest, words));
    printf("%s\n", say("把申请文件送交换中心，再打电话核对指纹；"
                       "同时记下对方报出的登记机构指纹。",
                       "Give the file to the exchange centre, then compare "
                       "the fingerprint by telephone and write down the "
                       "authority's fingerprint that they tell."));
    return R_OK;
}

static const struct option enrol_options[] = {
    {"--id", "ID", "机关代号，如 ecology-nanchang", "id, as ecology-nanchang"},
    {"--chinese", "NAME", "机关中文全称", "the agency's Chinese name"},
    {"--suite", "p256|sm2", "签名算法（默认 p256）",
     "signature suite (p256 unless given)"},
    {"--renew", NULL, "已加入的机关换发新密钥",
     "new keys for an agency that has joined"},
};

const struct command command_agencies_enrol = {
    .name = "agencies enrol",
    .operands = "FOLDER",
    .chinese = "（机关）生成私钥和证书申请，私钥不离开本机",
    .english = "(agency) make keys and a request; the keys stay here",
    .example = "yisong agencies enrol /var/lib/yisong/ecology-nanchang "
               "--id ecology-nanchang --chinese 南昌市生态环境局",
    .options = enrol_options,
    .option_count = COUNT_OF(enrol_options),
    .least = 1,
    .most = 1,
    .run = enrol,
};

static void tell(const struct joined *joined, const char *folder)
{
    printf(say("登记册第 %lld 号已就位：%s/agencies\n",
               "registry number %lld in place: %s/agencies\n"),
           (long long)joined->number, folder);
    if (*joined->agency)
        printf(say("%s 的证书已就位：%s/keys\n",
                   "certificates of %s in place: %s/keys\n"),
               joined->agency, folder);
    if (joined->has_settings)
        printf(say("配置已写好：%s/adapter.conf\n下一步：yisong adapter -c "
                   "%s/adapter.conf，再用 yisong doctor -c 检查\n",
                   "settings written: %s/adapter.conf\nnext: yisong adapter -c "
                   "%s/adapter.conf, then look with yisong doctor -c\n"),
               folder, folder);
}

static enum reason join(const struct arguments *arguments, struct fault *why)
{
    const struct joining wanted = {
        .package_path = arguments->operands[0],
        .folder = arguments->operands[1],
        .heard = arguments_value(arguments, "--fingerprint")};
    struct joined joined;
    enum reason reason = join_package(&wanted, &joined, why);
    if (reason == R_USAGE && !wanted.heard)
        return fault(why, R_USAGE, "%s",
                     say("首次加入必须给出 --fingerprint：交换中心在电话中报出"
                         "的登记机构指纹",
                         "joining for the first time needs --fingerprint: the "
                         "authority's, as the centre told it by telephone"));
    TRY(reason);
    tell(&joined, wanted.folder);
    return R_OK;
}

static const struct option join_options[] = {
    {"--fingerprint", "DIGITS", "首次加入：电话中听到的登记机构指纹",
     "first time: the authority's fingerprint, as heard"},
};

const struct command command_agencies_join = {
    .name = "agencies join",
    .operands = "PACKAGE FOLDER",
    .chinese = "（机关）核验交换中心发回的文件包，把证书、登记册、配置放到位",
    .english = "(agency) verify the centre's package and lay it into place",
    .example = "yisong agencies join ecology-nanchang.package "
               "/var/lib/yisong/ecology-nanchang --fingerprint "
               "\"4821 0937 5526 1184 2093 7741\"",
    .options = join_options,
    .option_count = COUNT_OF(join_options),
    .least = 2,
    .most = 2,
    .run = join,
};
