/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The offset of the clocks is estimated as NTP does: the centre noted the
 * probe between our sending and our seeing the receipt; half of the way there
 * and back is the error. The time in the receipt is under the centre's
 * signature, which the adapter verified when it took the receipt in.
 */
#include "broker-adapters/doctor/exchange.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "broker-adapters/adapter/draft.h"
#include "broker-adapters/adapter/intake.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "broker-adapters/mailbox/outgoing.h"

enum { LOOK_MS = 10, CLOCK_WARN_MS = 2000, CLOCK_FAIL_MS = 60000 };

static const char exchange_role[] = "exchange";

/* What has become of the probe. */
struct probe {
    struct intake made;
    instant started, seen;
    char *state, *code, *text_zh, *text_en;
    instant noted; /* by the centre; 0: not yet */
    bool is_over;
};

static void probe_forget(struct probe *probe)
{
    text_auto(&probe->state);
    text_auto(&probe->code);
    text_auto(&probe->text_zh);
    text_auto(&probe->text_en);
    probe->state = probe->code = probe->text_zh = probe->text_en = NULL;
}

static void probe_done(struct probe *probe)
{
    probe_forget(probe);
    intake_done(&probe->made);
}
AUTO_VALUE(probe, probe_done)

static const char *find_centre(const struct registry *registry)
{
    for (size_t i = 0; i < registry_count(registry); i++)
        if (strcmp(registry_get(registry, i)->role, exchange_role) == 0)
            return registry_get(registry, i)->id;
    return NULL;
}

static enum reason put_probe(const struct desk *desk, const char *centre,
                             struct probe *probe, struct fault *why)
{
    static const char body[] =
        "<notice><subject>链路检测</subject>"
        "<content>yisong doctor; 不涉及任何案件。</content></notice>";
    const struct draft draft = {.type = "link-probe",
                                .case_id = "none",
                                .to = centre,
                                .body_xml = body,
                                .media_type = "application/xml"};
    AUTO(buf) struct buf bytes = {0};
    TRY(draft_write(&draft, &bytes, why));
    const struct intake_letter letter = {
        .bytes = bytes.bytes, .size = bytes.size, .jws = "", .source = ""};
    TRY(sql_begin(desk->mailbox, why));
    return mailbox_end(
        desk->mailbox,
        intake_put(desk, &letter, probe->started, &probe->made, why), why);
}

/* The refusal says when the centre wrote it. */
static enum reason find_refusal_time(const struct desk *desk,
                                     struct probe *probe, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(desk->mailbox,
                   "SELECT sent_at FROM incoming WHERE type = 'refusal'"
                   " ORDER BY row DESC LIMIT 1",
                   SQL_NO_VALUES, &rows, why));
    if (sql_next(rows))
        probe->noted = sql_integer(rows, 0);
    return sql_check(rows, why);
}

static enum reason look(const struct desk *desk, struct probe *probe,
                        struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(desk->mailbox,
                   "SELECT state, submitted_at, code, text_zh, text_en"
                   " FROM outgoing WHERE id = ?1",
                   SQL_VALUES(SQL_TEXT(probe->made.id)), &rows, why));
    if (!sql_next(rows))
        return sql_check(rows, why);
    probe_forget(probe);
    probe->seen = instant_now();
    probe->state = mem_text(mailbox_text(rows, 0));
    probe->noted = sql_integer(rows, 1);
    probe->code = mem_text(mailbox_text(rows, 2));
    probe->text_zh = mem_text(mailbox_text(rows, 3));
    probe->text_en = mem_text(mailbox_text(rows, 4));
    bool is_refused = strcmp(probe->state, "refused") == 0;
    probe->is_over = probe->noted != 0 || is_refused;
    return is_refused ? find_refusal_time(desk, probe, why) : R_OK;
}

/* The centre was the addressee, and its receipt is the proof. */
static enum reason close_probe(const struct desk *desk, const char *centre,
                               const struct probe *probe, struct fault *why)
{
    const struct outgoing_entry entry = {
        .id = probe->made.id, .digest = probe->made.digest, .at = probe->noted};
    TRY(sql_begin(desk->mailbox, why));
    return mailbox_end(
        desk->mailbox,
        outgoing_mark_delivered(desk->mailbox, &entry, centre, why), why);
}

static enum reason await(const struct patient *patient, const struct desk *desk,
                         const char *centre, int wait_seconds,
                         struct probe *probe, struct fault *why)
{
    probe->started = instant_now();
    int64_t until =
        instant_monotonic() + (int64_t)wait_seconds * INSTANT_SECOND;
    TRY(put_probe(desk, centre, probe, why));
    mailbox_ring(patient->store);
    while (!probe->is_over && instant_monotonic() < until) {
        (void)poll(NULL, 0, LOOK_MS);
        TRY(look(desk, probe, why));
    }
    bool is_answered = probe->is_over && strcmp(probe->state, "refused") != 0;
    return is_answered ? close_probe(desk, centre, probe, why) : R_OK;
}

static void tell_silence(const struct probe *probe, int seconds,
                         struct report *report)
{
    bool is_queued = strcmp(probe->state ? probe->state : "", "queued") == 0;
    struct fault found = {0};
    (void)fault(&found, R_TIMED_OUT, "%d s", seconds);
    report_fault(report, "exchange", R_TIMED_OUT, &found);
    struct report_line *line = &report->lines[report->count - 1];
    if (is_queued) {
        snprintf(line->zh, sizeof line->zh, "检测公文 %d 秒内未能离开本机信箱",
                 seconds);
        snprintf(line->en, sizeof line->en,
                 "the probe did not leave the mailbox within %d s", seconds);
        report_advise(report, "看前置机日志：它没有连上消息服务器",
                      "read the adapter's log: it has no connection to the "
                      "broker");
        return;
    }
    snprintf(line->zh, sizeof line->zh,
             "消息服务器已收下检测公文，交换中心 %d 秒内没有答复", seconds);
    snprintf(line->en, sizeof line->en,
             "the broker has the probe, the centre did not answer within %d s",
             seconds);
    report_advise(report,
                  "交换中心的路由进程可能已停：请致电交换中心；公文不会丢失",
                  "the centre's router may have stopped: call the centre; no "
                  "letter is lost");
}

static void tell_offset(int64_t offset, int64_t error, enum finding finding,
                        struct report *report)
{
    report_put(report, "clock", finding,
               "本机比交换中心%1$s %3$.3f 秒（据其签名回执中的时间，误差 "
               "±%4$.3f 秒）",
               "this machine is %3$.3f s %2$s the centre (by the time in its "
               "signed receipt, give or take %4$.3f s)",
               offset < 0 ? "慢" : "快", offset < 0 ? "behind" : "ahead of",
               (double)(offset < 0 ? -offset : offset) / INSTANT_SECOND,
               (double)error / INSTANT_SECOND);
    if (finding != FINDING_OK)
        report_advise(
            report,
            "启用时间同步（chrony 或 systemd-timesyncd）；快过 5 分钟的"
            "公文会被拒收，期限也会算错",
            "turn on time synchronisation (chrony, timesyncd): "
            "letters more than 5 minutes ahead are refused");
}

static void tell_clock(const struct probe *probe, struct report *report)
{
    int64_t error = (probe->seen - probe->started) / 2;
    int64_t offset = probe->started + error - probe->noted;
    int64_t size = offset < 0 ? -offset : offset;
    if (size > error) {
        tell_offset(offset, error,
                    size > CLOCK_FAIL_MS + error   ? FINDING_FAIL
                    : size > CLOCK_WARN_MS + error ? FINDING_WARN
                                                   : FINDING_OK,
                    report);
        return;
    }
    report_put(report, "clock", FINDING_OK,
               "与交换中心一致（据其签名回执中的时间，误差 ±%.3f 秒）",
               "agrees with the centre (by the time in its signed receipt, "
               "give or take %.3f s)",
               (double)error / INSTANT_SECOND);
}

static void tell_refusal(const struct probe *probe, struct report *report)
{
    struct fault found = {0};
    enum reason reason = reason_find(probe->code);
    if (reason == REASON_COUNT)
        reason = R_NOT_VALID;
    (void)fault(&found, reason, "link-probe");
    report_fault(report, "exchange", reason, &found);
    if (reason == R_NOT_PERMITTED || reason == R_UNKNOWN_TYPE)
        report_advise(report, "交换中心的程序较旧，不认识检测公文",
                      "the centre's program is older and knows no probes");
}

void exchange_probe(const struct patient *patient, const struct desk *desk,
                    int wait_seconds, struct report *report)
{
    AUTO(probe) struct probe probe = {0};
    struct fault found = {0};
    const char *centre = find_centre(patient->registry);
    enum reason reason =
        centre ? await(patient, desk, centre, wait_seconds, &probe, &found)
               : fault(&found, R_BAD_REGISTRY, "no agency of role exchange");
    if (reason != R_OK)
        report_fault(report, "exchange", reason, &found);
    else if (!probe.is_over)
        tell_silence(&probe, wait_seconds, report);
    else if (strcmp(probe.state, "refused") == 0)
        tell_refusal(&probe, report);
    else
        report_put(report, "exchange", FINDING_OK,
                   "检测公文经消息服务器到 %s，签名回执返回，往返 %lld 毫秒",
                   "a probe went to %s and its signed receipt came back, "
                   "%lld ms there and back",
                   centre, (long long)(probe.seen - probe.started));
    if (reason == R_OK && probe.is_over && probe.noted)
        tell_clock(&probe, report);
    else
        report_put(report, "clock", FINDING_SKIPPED,
                   "没有交换中心的回执可供对时",
                   "no receipt of the centre to set the clock against");
}
