/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/doctor/sealed.h"

#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "broker-adapters/amqp_look.h"
#include "broker-adapters/evidence/evidence_rows.h"
#include "certs/envelope.h"

enum { WAITING_MINUTES = 60 };

/* The path of the settings, or NAME beside the signing key. Free it. */
static char *path_of(const struct adapter_settings *settings, const char *given,
                     const char *name)
{
    AUTO(text) char *home = io_folder_of(settings->key);
    return *given ? mem_text(given) : io_join(home, name);
}

static enum reason judge_key(const struct patient *patient, const char *key,
                             const char *pem, instant *ends, struct fault *why)
{
    AUTO(envelope_key) struct envelope_key *pair = NULL;
    AUTO(certificate) struct certificate *ours = NULL;
    const struct certificate *newest;
    TRY(envelope_key_read(&pair, key, pem, why));
    TRY(certificate_read(&ours, pem, why));
    TRY(registry_encryption(patient->registry, patient->agency, patient->now,
                            &newest, why));
    *ends = certificate_valid_until(newest);
    if (strcmp(certificate_fingerprint(ours),
               certificate_fingerprint(newest)) != 0)
        return fault(why, R_CERTIFICATE_UNKNOWN,
                     "%s: others seal to another one, %.16s", pem,
                     certificate_fingerprint(newest));
    return R_OK;
}

void sealed_key(const struct adapter_settings *settings,
                const struct patient *patient, struct report *report)
{
    AUTO(text) char *key =
        path_of(settings, settings->encryption_key, "encryption.key");
    AUTO(text) char *pem =
        path_of(settings, settings->encryption_certificate, "encryption.pem");
    struct fault found = {0};
    instant ends;
    if (!patient->registry ||
        (!registry_encryption_at(patient->registry, patient->agency, 0) &&
         !io_exists(key))) {
        report_put(report, "encryption", FINDING_SKIPPED,
                   "本机关没有登记加密证书，收不了密封的附件",
                   "no encryption certificate is registered: sealed files "
                   "cannot come here");
        return;
    }
    enum reason reason = judge_key(patient, key, pem, &ends, &found);
    if (reason == R_OK)
        identity_term(report, "encryption", pem, ends, patient->now);
    else
        report_fault(report, "encryption", reason, &found);
    identity_mode(report, "encryption", key);
}

/* Files that should have gone, or come, by now. */
static const char waiting[] =
    "SELECT (SELECT count(*) FROM evidence_out e JOIN outgoing o"
    "  ON o.id = e.letter WHERE e.state IN ('kept', 'missing', 'sealed')"
    "  AND o.queued_at < ?1),"
    " (SELECT count(*) FROM evidence_in WHERE state IN ('awaited', 'here')"
    "  AND since < ?1)";

static enum reason count_waiting(struct sql *mailbox, instant since,
                                 int64_t *going, int64_t *coming,
                                 struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(evidence_rows_open(mailbox, why));
    TRY(sql_select(mailbox, waiting, SQL_VALUES(SQL_INT(since)), &rows, why));
    if (sql_next(rows)) {
        *going = sql_integer(rows, 0);
        *coming = sql_integer(rows, 1);
    }
    return sql_check(rows, why);
}

static void tell_store(const struct patient *patient, struct report *report)
{
    AUTO(amqp) struct amqp *amqp = NULL;
    AUTO(text) char *queue = mem_print("evidence.out.%s", patient->agency);
    struct amqp_queue told;
    struct fault found = {0};
    enum reason reason = amqp_open(&amqp, &patient->broker, &found);
    if (reason == R_OK)
        reason = amqp_look(amqp, queue, &told, &found);
    if (reason != R_OK) {
        report_fault(report, "evidence", reason, &found);
        return;
    }
    report_put(report, "evidence", told.consumers ? FINDING_OK : FINDING_WARN,
               told.consumers
                   ? "交换中心的证据存储在线，没有滞留的附件"
                   : "交换中心的证据存储不在线，附件暂时送不出、取不到",
               told.consumers
                   ? "the centre's store of evidence is there, no file waits"
                   : "the centre's store of evidence is away: files neither "
                     "go nor come");
    if (!told.consumers)
        report_advise(report, "公文照常收发，附件在存储恢复后自动续传",
                      "letters go on; files go on by themselves when it is "
                      "back");
}

void sealed_files(struct sql *mailbox, const struct patient *patient,
                  struct report *report)
{
    int64_t going = 0, coming = 0;
    struct fault found = {0};
    enum reason reason =
        mailbox ? count_waiting(mailbox,
                                patient->now -
                                    WAITING_MINUTES * (instant)INSTANT_MINUTE,
                                &going, &coming, &found)
                : R_OK;
    if (reason != R_OK) {
        report_fault(report, "evidence", reason, &found);
        return;
    }
    if (going || coming) {
        report_put(report, "evidence", FINDING_WARN,
                   "附件滞留一小时以上：待送 %lld 个，待收 %lld 个",
                   "files that wait for more than an hour: %lld to go, %lld to "
                   "come",
                   (long long)going, (long long)coming);
        report_advise(report, "用 yisong evidence list 查看是哪些、缺什么",
                      "yisong evidence list says which, and what is missing");
        return;
    }
    tell_store(patient, report);
}
