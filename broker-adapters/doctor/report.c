/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Collecting and printing. Both languages are always written, so that a
 * report that was sent to somebody else can be read there.
 */
#include "broker-adapters/doctor/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/language.h"
#include "base/mem.h"
#include "base/width.h"

static const struct {
    const char *check, *zh, *en;
} titles[] = {
    {"registry", "登记册", "registry"},
    {"certificate", "签名证书", "certificate"},
    {"encryption", "加密证书", "encryption"},
    {"tls", "连接证书", "TLS certificate"},
    {"disk", "磁盘", "disk"},
    {"mailbox", "信箱", "mailbox"},
    {"ledger", "台账", "ledger"},
    {"spool", "交换文件夹", "spool folder"},
    {"process", "进程", "process"},
    {"broker", "消息服务器", "broker"},
    {"rights", "权限", "rights"},
    {"queue", "队列", "queue"},
    {"exchange", "往返交换中心", "exchange"},
    {"clock", "时钟", "clock"},
    {"partners", "往来机关", "partners"},
    {"agencies", "各机关证书", "agencies"},
    {"http", "HTTP 接口", "HTTP interface"},
    {"webhook", "推送", "webhook"},
    {"tables", "数据库表", "database tables"},
    {"evidence", "证据附件", "evidence"},
};

static const struct {
    const char *name, *zh, *en;
} findings[FINDINGS] = {
    [FINDING_OK] = {"ok", "正常", "OK"},
    [FINDING_WARN] = {"warn", "注意", "WARN"},
    [FINDING_FAIL] = {"fail", "故障", "FAIL"},
    [FINDING_SKIPPED] = {"skipped", "未测", "SKIPPED"},
};

static const struct {
    enum reason reason;
    const char *zh, *en;
} usual[] = {
    {R_BROKER_DOWN,
     "检查网线、地址、端口和防火墙；消息服务器停机时等它恢复即可，"
     "公文都在本机排队，不会丢失",
     "check cable, address, port and firewall; if the broker is down just "
     "wait: letters are queued here and none is lost"},
    {R_BROKER_REFUSED,
     "证书可能已被吊销或未登记，或权限未下发：请交换中心核对"
     "登记，并重新导入 yisong topology 的输出",
     "the certificate may be revoked or unknown, or the rights not set: ask "
     "the centre to look, and to import `yisong topology` again"},
    {R_BAD_KEY, "用 yisong agencies join 重新放置证书，或从备份恢复密钥文件",
     "lay the certificates down again with yisong agencies join, or restore "
     "the key file"},
    {R_NO_FILE, "检查配置中的路径", "check the path in the settings"},
    {R_BAD_REGISTRY, "登记册损坏或被改动：请向交换中心索取新的文件包",
     "the registry is damaged or was altered: ask the centre for a package"},
    {R_REGISTRY_OLD, "有人放回了旧登记册：请向交换中心索取最新文件包",
     "somebody put an old registry back: ask the centre for the latest one"},
    {R_CERTIFICATE_EXPIRED, "用 yisong agencies enrol --renew 换发证书",
     "renew with yisong agencies enrol --renew"},
    {R_CERTIFICATE_REVOKED, "证书已吊销：联系交换中心重新登记",
     "the certificate is revoked: talk to the centre"},
    {R_AGENCY_REVOKED, "登记已撤销：联系交换中心",
     "the registration is revoked: talk to the centre"},
    {R_CERTIFICATE_UNKNOWN,
     "登记册里没有这张证书：取最新登记册，或用 yisong "
     "agencies join 放置对应的证书",
     "the registry does not have this certificate: get the latest registry, "
     "or join with the package that has it"},
    {R_DISK_FAILED, "检查磁盘空间、目录权限和磁盘健康",
     "check free space, the folder's mode and the health of the disk"},
    {R_STORE_FAILED, "停下前置机，从备份恢复数据库，再启动",
     "stop the adapter, restore the database, start again"},
    {R_PARTNER_DOWN, "检查对方系统是否运行、地址和证书是否正确",
     "check that the partner's system runs, its address and certificate"},
};

void report_put(struct report *report, const char *check, enum finding finding,
                const char *zh, const char *en, ...)
{
    report->lines =
        mem_resize(report->lines, report->count + 1, sizeof *report->lines);
    struct report_line *line = &report->lines[report->count++];
    *line = (struct report_line){.check = check, .finding = finding};
    va_list arguments, again;
    va_start(arguments, en);
    va_copy(again, arguments);
    vsnprintf(line->zh, sizeof line->zh, zh, arguments);
    vsnprintf(line->en, sizeof line->en, en, again);
    va_end(again);
    va_end(arguments);
}

void report_advise(struct report *report, const char *zh, const char *en)
{
    struct report_line *last = &report->lines[report->count - 1];
    last->advice_zh = zh;
    last->advice_en = en;
}

void report_fault(struct report *report, const char *check, enum reason reason,
                  const struct fault *found)
{
    report_put(report, check, FINDING_FAIL, "%1$s%3$s%4$s", "%2$s%3$s%4$s",
               reason_chinese(reason), reason_english(reason),
               *found->text ? ": " : "", found->text);
    report->lines[report->count - 1].reason = reason;
    for (size_t i = 0; i < COUNT_OF(usual); i++)
        if (usual[i].reason == reason)
            report_advise(report, usual[i].zh, usual[i].en);
}

enum finding report_of(const struct report *report, const char *check)
{
    static const int weight[FINDINGS] = {[FINDING_SKIPPED] = 0,
                                         [FINDING_OK] = 1,
                                         [FINDING_WARN] = 2,
                                         [FINDING_FAIL] = 3};
    enum finding worst = FINDING_SKIPPED;
    for (size_t i = 0; i < report->count; i++)
        if (strcmp(report->lines[i].check, check) == 0 &&
            weight[report->lines[i].finding] > weight[worst])
            worst = report->lines[i].finding;
    return worst;
}

static const char *title_of(const char *check)
{
    for (size_t i = 0; i < COUNT_OF(titles); i++)
        if (strcmp(titles[i].check, check) == 0)
            return say(titles[i].zh, titles[i].en);
    return check;
}

/* Only the first line of a text: a registry's faults may be many. */
static void put_first_line(struct buf *out, const char *text)
{
    AUTO(buf) struct buf first = {0};
    buf_put(&first, text, strcspn(text, "\n"));
    width_put(out, buf_text(&first));
}

void report_print(const struct report *report, struct buf *out)
{
    enum { FINDING_COLUMNS = 9, TITLE_COLUMNS = 17 };
    int counts[FINDINGS] = {0};
    for (size_t i = 0; i < report->count; i++) {
        const struct report_line *line = &report->lines[i];
        const char *advice = say(line->advice_zh, line->advice_en);
        counts[line->finding]++;
        width_put_in(
            out, say(findings[line->finding].zh, findings[line->finding].en),
            FINDING_COLUMNS);
        width_put_in(out, title_of(line->check), TITLE_COLUMNS);
        put_first_line(out, say(line->zh, line->en));
        buf_put_char(out, '\n');
        if (advice)
            buf_print(out, "%*s-> %s\n", FINDING_COLUMNS + TITLE_COLUMNS, "",
                      advice);
    }
    buf_print(out,
              say("正常 %d，注意 %d，故障 %d，未测 %d\n",
                  "%d ok, %d to watch, %d failed, %d skipped\n"),
              counts[FINDING_OK], counts[FINDING_WARN], counts[FINDING_FAIL],
              counts[FINDING_SKIPPED]);
}

static void put_member(struct buf *out, const char *name, const char *text)
{
    if (!text)
        return;
    buf_print(out, ",\"%s\":\"", name);
    /* A text that was cut may end within a character. */
    size_t size = strlen(text);
    while (size > 0 && !utf8_is_valid(text, size))
        size--;
    AUTO(buf) struct buf whole = {0};
    buf_put(&whole, text, size);
    buf_put_json(out, buf_text(&whole));
    buf_put_char(out, '"');
}

void report_print_json(const struct report *report, const char *agency,
                       instant at, struct buf *out)
{
    char text[INSTANT_TEXT_MAX];
    enum reason outcome = report_outcome(report);
    buf_print(out, "{\"at\":\"%s\"", instant_format(at, text));
    put_member(out, "agency", agency);
    buf_print(out, ",\"exit\":%d,\"lines\":[", reason_exit_status(outcome));
    for (size_t i = 0; i < report->count; i++) {
        const struct report_line *line = &report->lines[i];
        buf_print(out, "%s{\"check\":\"%s\",\"status\":\"%s\"", i ? "," : "",
                  line->check, findings[line->finding].name);
        if (line->reason != R_OK)
            put_member(out, "code", reason_code(line->reason));
        put_member(out, "zh", line->zh);
        put_member(out, "en", line->en);
        put_member(out, "adviceZh", line->advice_zh);
        put_member(out, "adviceEn", line->advice_en);
        buf_put_char(out, '}');
    }
    buf_put_text(out, "]}\n");
}

enum reason report_outcome(const struct report *report)
{
    enum reason outcome = R_OK;
    for (size_t i = 0; i < report->count; i++) {
        const struct report_line *line = &report->lines[i];
        if (line->finding != FINDING_FAIL)
            continue;
        if (reason_class(line->reason) != REASON_RETRY)
            return R_NOT_VALID;
        outcome = R_TIMED_OUT;
    }
    return outcome;
}

void report_done(struct report *report)
{
    free(report->lines);
    *report = (struct report){0};
}
