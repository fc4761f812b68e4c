/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each question has a connection of its own, because RabbitMQ answers "no" by
 * closing the channel.
 */
#include "broker-adapters/doctor/links.h"

#include "broker-adapters/amqp_look.h"

enum { ANSWER_MS = 5000 };

bool links_broker(const struct patient *patient, struct report *report)
{
    AUTO(amqp) struct amqp *amqp = NULL;
    struct fault found = {0};
    int64_t start = instant_monotonic();
    enum reason reason = amqp_open(&amqp, &patient->broker, &found);
    if (reason != R_OK) {
        report_fault(report, "broker", reason, &found);
        return false;
    }
    report_put(report, "broker", FINDING_OK,
               "%s:%d TLS 连接并以本机关证书登录成功，%lld 毫秒",
               "%s:%d took our TLS connection and our certificate, %lld ms",
               patient->broker.host, patient->broker.port,
               (long long)(instant_monotonic() - start));
    return true;
}

/* Waits until the broker has said yes or no to what was published. */
static enum reason await_answer(struct amqp *amqp, struct fault *why)
{
    int64_t until = instant_monotonic() + ANSWER_MS;
    while (instant_monotonic() < until) {
        struct amqp_event event;
        TRY(amqp_next(amqp, ANSWER_MS, &event, why));
        if (event.kind == AMQP_CONFIRMED || event.kind == AMQP_REJECTED)
            return R_OK;
    }
    return fault(why, R_TIMED_OUT, "no answer in %d ms", ANSWER_MS);
}

static enum reason attempt(struct amqp *amqp,
                           const struct links_forbidden *what,
                           struct fault *why)
{
    uint64_t tag;
    const struct amqp_letter letter = {
        .type = "link-probe", .body = "doctor", .size = 6};
    if (what->act == LINKS_READ)
        return amqp_consume(amqp, what->name, 1, why);
    TRY(amqp_publish(amqp, what->name, "", &letter, &tag, why));
    return await_answer(amqp, why);
}

/* Whether it was refused, as it must be. */
static bool check_forbidden(const struct patient *patient,
                            const struct links_forbidden *what,
                            struct report *report)
{
    AUTO(amqp) struct amqp *amqp = NULL;
    struct fault found = {0};
    enum reason reason = amqp_open(&amqp, &patient->broker, &found);
    if (reason == R_OK) {
        reason = attempt(amqp, what, &found);
        if (reason == R_BROKER_REFUSED)
            return true;
    }
    if (reason != R_OK) {
        report_fault(report, "rights", reason, &found);
        return false;
    }
    report_put(report, "rights", FINDING_FAIL,
               what->act == LINKS_WRITE ? "竟可写入不属于本机关的 %s"
                                        : "竟可读取不属于本机关的 %s",
               what->act == LINKS_WRITE ? "may write to %s, which is not ours"
                                        : "may read %s, which is not ours",
               what->name);
    report_advise(report,
                  "交换中心须立即重新导入 yisong topology 的输出，收回多余权限",
                  "the centre must import `yisong topology` again at once");
    return false;
}

void links_rights(const struct patient *patient,
                  const struct links_forbidden *tries, size_t count,
                  struct report *report)
{
    bool good = true;
    for (size_t i = 0; i < count; i++)
        good &= check_forbidden(patient, &tries[i], report);
    if (good && count > 0)
        report_put(report, "rights", FINDING_OK,
                   "试写、试读他人的 %zu 处交换机和队列，均被拒绝",
                   "%zu tries to write and read what is not ours were refused",
                   count);
}

/* A line for what needs somebody; whether there is nothing to say. */
static bool judge_queue(const struct links_queue *wanted,
                        const struct amqp_queue *told, struct report *report)
{
    long long letters = (long long)told->letters;
    bool is_unread = wanted->reader_zh && told->consumers == 0;
    enum finding finding = is_unread                ? FINDING_FAIL
                           : letters > wanted->most ? FINDING_WARN
                                                    : FINDING_OK;
    if (finding == FINDING_OK)
        return true;
    if (is_unread)
        report_put(report, "queue", finding,
                   "%1$s 积压 %2$lld 件，%3$s没有在读取",
                   "%1$s holds %2$lld, and %4$s does not read it", wanted->name,
                   letters, wanted->reader_zh, wanted->reader_en);
    else
        report_put(report, "queue", finding, "%s 有 %lld 件，%lld 个读取者",
                   "%s holds %lld, %lld readers", wanted->name, letters,
                   (long long)told->consumers);
    if (!wanted->reader_zh)
        report_advise(report,
                      "有无法投递或处理失败的公文：查看该队列并告知交换中心",
                      "letters that could not be delivered or handled: look "
                      "into the queue");
    if (is_unread) {
        report_advise(report, "启动应读取该队列的进程，或查看它的日志",
                      "start the process that should read it, or read its log");
        /* It may come back by itself. */
        report->lines[report->count - 1].reason = R_PARTNER_DOWN;
    }
    return false;
}

void links_queues(const struct patient *patient,
                  const struct links_queue *queues, size_t count,
                  struct report *report)
{
    AUTO(amqp) struct amqp *amqp = NULL;
    size_t good = 0;
    int64_t letters = 0;
    for (size_t i = 0; i < count; i++) {
        struct fault found = {0};
        struct amqp_queue told;
        enum reason reason =
            amqp ? R_OK : amqp_open(&amqp, &patient->broker, &found);
        if (reason == R_OK)
            reason = amqp_look(amqp, queues[i].name, &told, &found);
        if (reason == R_OK) {
            good += judge_queue(&queues[i], &told, report);
            letters += told.letters;
            continue;
        }
        report_fault(report, "queue", reason, &found);
        amqp_close(TAKE(amqp));
    }
    if (good > 0)
        report_put(
            report, "queue", FINDING_OK,
            "查看 %zu 个队列，%zu 个有读取者且没有积压，共有 %lld 件在途",
            "%zu queues looked at, %zu are read and not full, %lld "
            "letters on their way",
            count, good, (long long)letters);
}
