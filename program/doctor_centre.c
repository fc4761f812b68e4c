/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The centre cannot write to its own submit queues, so that the way there and
 * back is tried from an agency; here that line is SKIPPED. What is tried: keys,
 * disk, ledger, broker, rights, every queue with its reader, and the terms of
 * all certificates in the registry.
 */
#include "program/doctor_centre.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "broker-adapters/doctor/identity.h"
#include "broker-adapters/doctor/links.h"
#include "broker-adapters/doctor/papers.h"
#include "program/doctor_report.h"
#include "program/router_settings.h"
#include "routing/ledger/ledger.h"

enum { WAITING_MOST = 1000, TERM_DAYS = 30 };

static void check_ledger(const struct patient *patient, struct report *report)
{
    AUTO(ledger) struct ledger *ledger = NULL;
    struct fault found = {0};
    struct log_head head;
    enum reason reason = ledger_open(&ledger, patient->store, SQL_READ, &found);
    if (reason == R_OK)
        reason = log_head(ledger, &head, &found);
    if (reason != R_OK) {
        report_fault(report, "ledger", reason, &found);
        return;
    }
    report_put(report, "ledger", FINDING_OK,
               "可读，日志 %lld 条；逐条核验用 yisong log verify",
               "it can be read, %lld entries in the log; yisong log verify "
               "judges each",
               (long long)head.size);
}

/* Only what needs somebody: certificates that end soon, or have ended. */
static void check_agencies(const struct patient *patient, struct report *report)
{
    size_t before = report->count;
    for (size_t i = 0; i < registry_count(patient->registry); i++) {
        const struct agency *agency = registry_get(patient->registry, i);
        instant ends = 0;
        for (size_t j = 0;
             registry_certificate_at(patient->registry, agency->id, j); j++) {
            instant each =
                registry_certificate_ends(patient->registry, agency->id, j);
            ends = each > ends ? each : ends;
        }
        if (!agency->revoked &&
            ends < patient->now + TERM_DAYS * (instant)INSTANT_DAY)
            identity_term(report, "agencies", agency->id, ends, patient->now);
    }
    if (report->count == before)
        report_put(report, "agencies", FINDING_OK,
                   "%zu 个机关的证书都在 %d 天以后才到期",
                   "no certificate of %zu agencies ends within %d days",
                   registry_count(patient->registry), TERM_DAYS);
}

static void check_queues(const struct patient *patient, int shards,
                         struct report *report)
{
    size_t count = 0, agencies = registry_count(patient->registry);
    size_t most = (size_t)shards + agencies + 2;
    struct links_queue *queues = mem_new(most, sizeof *queues);
    char(*names)[128] = mem_new(most, sizeof *names);
    for (int i = 0; i < shards; i++, count++) {
        snprintf(names[count], sizeof names[count], "submit.%d", i);
        queues[count] = (struct links_queue){names[count], "路由进程",
                                             "the router", WAITING_MOST};
    }
    for (size_t i = 0; i < agencies; i++) {
        const struct agency *agency = registry_get(patient->registry, i);
        if (agency->revoked || strcmp(agency->id, patient->agency) == 0)
            continue;
        snprintf(names[count], sizeof names[count], "in.%s", agency->id);
        queues[count] = (struct links_queue){names[count], "该机关的前置机",
                                             "its adapter", WAITING_MOST};
        count++;
    }
    queues[count++] = (struct links_queue){.name = "unroutable"};
    queues[count++] = (struct links_queue){.name = "dead"};
    links_queues(patient, queues, count, report);
    free(names);
    free(queues);
}

static void check_links(const struct patient *patient, int shards,
                        struct report *report)
{
    const struct links_forbidden tries[] = {{LINKS_WRITE, "submit"},
                                            {LINKS_READ, "dead"}};
    if (!links_broker(patient, report)) {
        report_put(report, "queue", FINDING_SKIPPED,
                   "没有连上消息服务器，无法查看",
                   "no connection to the broker to look with");
        return;
    }
    links_rights(patient, tries, COUNT_OF(tries), report);
    if (patient->registry)
        check_queues(patient, shards, report);
}

static void examine(const struct router_settings *settings,
                    struct patient *patient, struct report *report)
{
    AUTO(text) char *folder = io_folder_of(settings->ledger);
    identity_registry(patient, report);
    identity_certificate(patient, report);
    identity_tls(patient, report);
    if (patient->registry)
        check_agencies(patient, report);
    identity_disk(patient, folder, report);
    check_ledger(patient, report);
    check_links(patient, settings->shards, report);
    report_put(report, "exchange", FINDING_SKIPPED,
               "往返须在任一机关一侧实测：yisong doctor -c adapter.conf",
               "the way there and back is tried at an agency: yisong doctor "
               "-c adapter.conf");
}

enum reason doctor_centre(const struct arguments *arguments, const char *path,
                          struct fault *why)
{
    AUTO(router_settings) struct router_settings settings = {0};
    AUTO(report) struct report report = {0};
    TRY(router_settings_read(path, &settings, why));
    struct patient patient = {.agency = settings.agency,
                              .agencies = settings.agencies,
                              .key = settings.key,
                              .certificate = settings.certificate,
                              .broker = broker_settings_amqp(&settings.broker),
                              .store = settings.ledger,
                              .now = instant_now()};
    examine(&settings, &patient, &report);
    registry_free(patient.registry);
    return doctor_tell(&report, settings.agency, patient.now, arguments);
}
