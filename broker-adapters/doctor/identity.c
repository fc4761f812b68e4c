/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Everything is read anew from the files, as a process that starts would.
 */
#include "broker-adapters/doctor/identity.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "certs/registry_memory.h"
#include "certs/trust.h"

static const int64_t mebibyte = 1024 * 1024;

enum { FREE_LEAST_MIB = 64, FREE_WARN_MIB = 1024, TERM_DAYS = 30 };

void identity_registry(struct patient *patient, struct report *report)
{
    struct fault found = {0};
    char at[INSTANT_TEXT_MAX];
    enum reason reason =
        registry_read(&patient->registry, patient->agencies, &found);
    if (reason == R_OK)
        reason = registry_memory_check(patient->store, patient->agencies,
                                       patient->registry, &found);
    if (reason != R_OK) {
        report_fault(report, "registry", reason, &found);
        return;
    }
    const struct agency *us = registry_find(patient->registry, patient->agency);
    if (!us || us->revoked) {
        (void)fault(&found, us ? R_AGENCY_REVOKED : R_UNKNOWN_AGENCY, "'%s'",
                    patient->agency);
        report_fault(report, "registry", found.reason, &found);
        if (!us)
            report_advise(
                report,
                "登记册里没有本机关：核对配置中的 agency，或取最新登记册",
                "this agency is not in the registry: check `agency` "
                "in the settings, or get the latest registry");
        return;
    }
    report_put(report, "registry", FINDING_OK,
               "第 %lld 号，签发于 %s，共 %zu 个机关，签名有效",
               "number %lld of %s, %zu agencies, its signature holds",
               (long long)registry_number(patient->registry),
               instant_format(registry_issued_at(patient->registry), at),
               registry_count(patient->registry));
}

void identity_mode(struct report *report, const char *check, const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0 || (status.st_mode & 077) == 0)
        return;
    report_put(report, check, FINDING_FAIL, "%s 可被其他用户读取（权限 %03o）",
               "%s can be read by other users (mode %03o)", path,
               (unsigned)status.st_mode & 0777);
    report_advise(report, "执行 chmod 600；若怀疑泄露，换发密钥",
                  "chmod 600 it; renew the key if it may have been copied");
}

void identity_term(struct report *report, const char *check, const char *whose,
                   instant ends, instant now)
{
    char text[INSTANT_TEXT_MAX];
    int64_t days = (ends - now) / INSTANT_DAY;
    if (ends < now) {
        struct fault found = {0};
        (void)fault(&found, R_CERTIFICATE_EXPIRED, "%s: %s", whose,
                    instant_format(ends, text));
        report_fault(report, check, R_CERTIFICATE_EXPIRED, &found);
        return;
    }
    report_put(report, check, days > TERM_DAYS ? FINDING_OK : FINDING_WARN,
               "%s 有效，还有 %lld 天到期（%s）",
               "%s holds, %lld days left (%s)", whose, (long long)days,
               instant_format(ends, text));
    if (days <= TERM_DAYS)
        report_advise(
            report,
            "尽快换发：yisong agencies enrol --renew，新旧证书会并存，"
            "收发不中断",
            "renew soon: yisong agencies enrol --renew; old and new "
            "overlap, nothing stops");
}

/* The end that the registry has for the certificate of this fingerprint. */
static instant registered_end(const struct patient *patient,
                              const char *fingerprint)
{
    const struct certificate *each;
    for (size_t i = 0; (each = registry_certificate_at(patient->registry,
                                                       patient->agency, i));
         i++)
        if (strcmp(certificate_fingerprint(each), fingerprint) == 0)
            return registry_certificate_ends(patient->registry, patient->agency,
                                             i);
    return 0;
}

void identity_certificate(const struct patient *patient, struct report *report)
{
    AUTO(signing_key) struct signing_key *key = NULL;
    const struct certificate *registered;
    struct fault found = {0};
    enum reason reason =
        signing_key_read(&key, patient->key, patient->certificate, &found);
    if (reason == R_OK && !patient->registry) {
        report_put(report, "certificate", FINDING_SKIPPED,
                   "登记册不可用，无从核对", "no registry to compare with");
        return;
    }
    const char *fingerprint =
        reason == R_OK ? certificate_fingerprint(signing_key_certificate(key))
                       : "";
    if (reason == R_OK)
        reason = registry_certificate(patient->registry, patient->agency,
                                      fingerprint, patient->now, &registered,
                                      &found);
    if (reason == R_OK)
        identity_term(report, "certificate", patient->certificate,
                      registered_end(patient, fingerprint), patient->now);
    else
        report_fault(report, "certificate", reason, &found);
    identity_mode(report, "certificate", patient->key);
}

static enum reason judge_tls(const struct patient *patient, instant *ends,
                             struct fault *why)
{
    AUTO(signing_key) struct signing_key *key = NULL;
    AUTO(trust) struct trust *trust = NULL;
    TRY(signing_key_read(&key, patient->broker.key_path,
                         patient->broker.certificate_path, why));
    const struct certificate *certificate = signing_key_certificate(key);
    TRY(trust_read(&trust, patient->agencies, why));
    TRY(trust_read_lists(trust, patient->agencies, why));
    struct standing standing = trust_judge(trust, TRUST_SIGNING, certificate);
    TRY(standing_check(&standing, patient->now,
                       patient->broker.certificate_path, why));
    *ends = standing.valid_until;
    if (strcmp(certificate_name(certificate), patient->agency) != 0)
        return fault(why, R_CERTIFICATE_UNKNOWN,
                     "%s is of '%s': RabbitMQ would take us for that one",
                     patient->broker.certificate_path,
                     certificate_name(certificate));
    return R_OK;
}

void identity_tls(const struct patient *patient, struct report *report)
{
    instant ends;
    struct fault found = {0};
    enum reason reason = judge_tls(patient, &ends, &found);
    if (reason == R_OK)
        identity_term(report, "tls", patient->broker.certificate_path, ends,
                      patient->now);
    else
        report_fault(report, "tls", reason, &found);
    identity_mode(report, "tls", patient->broker.key_path);
}

/* Writes, syncs and removes a file, as every letter that is kept is. */
static enum reason probe_write(const char *folder, int64_t *took,
                               struct fault *why)
{
    char block[4096];
    AUTO(text) char *path = mem_print("%s/.doctor-%ld", folder, (long)getpid());
    memset(block, 'x', sizeof block);
    int64_t start = instant_monotonic();
    enum reason reason = io_write(path, block, sizeof block, 0600, why);
    *took = instant_monotonic() - start;
    (void)unlink(path);
    return reason;
}

void identity_disk(const struct patient *patient, const char *folder,
                   struct report *report)
{
    (void)patient;
    struct statvfs space;
    struct fault found = {0};
    int64_t took;
    enum reason reason =
        statvfs(folder, &space) == 0
            ? probe_write(folder, &took, &found)
            : fault(&found, R_DISK_FAILED, "%s: %s", folder, strerror(errno));
    if (reason != R_OK) {
        report_fault(report, "disk", R_DISK_FAILED, &found);
        return;
    }
    int64_t left = (int64_t)space.f_bavail * (int64_t)space.f_frsize / mebibyte;
    report_put(report, "disk",
               left < FREE_LEAST_MIB  ? FINDING_FAIL
               : left < FREE_WARN_MIB ? FINDING_WARN
                                      : FINDING_OK,
               "%s 剩余 %lld MiB，写入并落盘 4 KiB 用 %lld 毫秒",
               "%s has %lld MiB free; 4 KiB written and synced in %lld ms",
               folder, (long long)left, (long long)took);
    if (left < FREE_WARN_MIB)
        report_advise(report, "腾出空间：信箱写不进去时就收不了公文",
                      "make room: a mailbox that cannot be written takes no "
                      "letters in");
}
