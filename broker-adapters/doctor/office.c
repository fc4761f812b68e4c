/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The checks in the order in which one needs the other: what cannot be asked
 * because an earlier answer was no is SKIPPED.
 */
#include "broker-adapters/doctor/office.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "broker-adapters/doctor/exchange.h"
#include "broker-adapters/doctor/links.h"
#include "broker-adapters/doctor/papers.h"
#include "broker-adapters/doctor/sealed.h"
#include "broker-adapters/doctor/systems.h"
#include "broker-adapters/mailbox/mailbox.h"

struct office {
    const struct adapter_settings *settings;
    struct patient patient;
    struct sql *mailbox; /* NULL: it could not be opened */
    int wait_seconds;
    bool is_running, is_connected;
    struct report *report;
};

static void check_registry(struct office *office)
{
    identity_registry(&office->patient, office->report);
}

static void check_certificate(struct office *office)
{
    identity_certificate(&office->patient, office->report);
}

static void check_encryption(struct office *office)
{
    sealed_key(office->settings, &office->patient, office->report);
}

static void check_tls(struct office *office)
{
    identity_tls(&office->patient, office->report);
}

static void check_disk(struct office *office)
{
    AUTO(text) char *folder = io_folder_of(office->settings->mailbox);
    identity_disk(&office->patient, folder, office->report);
}

/* Whether it is there; the adapter makes it when it first starts. */
static bool is_made(struct office *office, const char *check, const char *path)
{
    if (io_exists(path))
        return true;
    report_put(office->report, check, FINDING_SKIPPED,
               "%s 还没有，前置机首次启动时建立",
               "%s is not there yet: the adapter makes it when it first starts",
               path);
    return false;
}

static void check_mailbox(struct office *office)
{
    struct fault found = {0};
    if (!is_made(office, "mailbox", office->settings->mailbox))
        return;
    enum reason reason = mailbox_open(
        &office->mailbox, office->settings->mailbox, SQL_WRITE, &found);
    if (reason == R_OK)
        papers_mailbox(office->mailbox, office->settings->mailbox,
                       office->patient.now, office->report);
    else
        report_fault(office->report, "mailbox", reason, &found);
}

static void check_spool(struct office *office)
{
    if (*office->settings->spool &&
        !is_made(office, "spool", office->settings->spool))
        return;
    if (*office->settings->spool)
        papers_spool(office->settings->spool, office->patient.now,
                     office->report);
    else
        report_put(office->report, "spool", FINDING_SKIPPED, "未启用",
                   "not in use");
}

/* Only a running adapter holds the claim on its mailbox. */
static void check_process(struct office *office)
{
    int claim = -1;
    struct fault found = {0};
    enum reason reason =
        mailbox_claim(office->settings->mailbox, &claim, &found);
    office->is_running = reason == R_STORE_BUSY;
    if (claim >= 0)
        close(claim);
    if (office->is_running) {
        report_put(office->report, "process", FINDING_OK, "前置机正在运行",
                   "the adapter runs");
        return;
    }
    report_put(office->report, "process", FINDING_FAIL, "前置机没有运行",
               "the adapter does not run");
    report_advise(office->report,
                  "启动它：yisong adapter -c 配置文件，或 systemctl start "
                  "yisong-adapter@机关代号",
                  "start it: yisong adapter -c FILE, or systemctl start "
                  "yisong-adapter@AGENCY");
}

static void check_broker(struct office *office)
{
    office->is_connected = links_broker(&office->patient, office->report);
}

/* An agency other than ourselves and the centre, or NULL. */
static const char *find_other(const struct patient *patient)
{
    const struct registry *registry = patient->registry;
    for (size_t i = 0; registry && i < registry_count(registry); i++) {
        const struct agency *agency = registry_get(registry, i);
        if (strcmp(agency->id, patient->agency) != 0 &&
            strcmp(agency->role, "exchange") != 0 && !agency->revoked)
            return agency->id;
    }
    return NULL;
}

static void skip_unconnected(struct office *office, const char *check)
{
    report_put(office->report, check, FINDING_SKIPPED,
               "没有连上消息服务器，无法测试",
               "no connection to the broker to try it with");
}

static void check_rights(struct office *office)
{
    const char *other = find_other(&office->patient);
    AUTO(text) char *out = mem_print("out.%s", other ? other : "");
    AUTO(text) char *in = mem_print("in.%s", other ? other : "");
    const struct links_forbidden tries[] = {{LINKS_WRITE, "deliver"},
                                            {LINKS_READ, "submit.0"},
                                            {LINKS_WRITE, out},
                                            {LINKS_READ, in}};
    if (office->is_connected)
        links_rights(&office->patient, tries, other ? COUNT_OF(tries) : 2,
                     office->report);
    else
        skip_unconnected(office, "rights");
}

static void check_queue(struct office *office)
{
    enum { WAITING_MOST = 1000 };
    AUTO(text) char *in = mem_print("in.%s", office->patient.agency);
    const struct links_queue queues[] = {
        {in, "前置机", "the adapter", WAITING_MOST},
        {"submit.0", "交换中心", "the centre", WAITING_MOST},
    };
    if (office->is_connected)
        links_queues(&office->patient, queues, COUNT_OF(queues),
                     office->report);
    else
        skip_unconnected(office, "queue");
}

static void check_exchange(struct office *office)
{
    const struct patient *patient = &office->patient;
    AUTO(signing_key) struct signing_key *key = NULL;
    struct fault found = {0};
    enum reason reason =
        signing_key_read(&key, patient->key, patient->certificate, &found);
    struct desk desk = {.agency = patient->agency,
                        .key = key,
                        .registry = patient->registry,
                        .mailbox = office->mailbox};
    if (office->is_running && office->mailbox && patient->registry &&
        reason == R_OK) {
        exchange_probe(patient, &desk, office->wait_seconds, office->report);
        return;
    }
    report_put(office->report, "exchange", FINDING_SKIPPED,
               "检测公文须由运行中的前置机收发（见上）",
               "the probe goes through the running adapter (see above)");
    report_put(office->report, "clock", FINDING_SKIPPED,
               "没有交换中心的回执可供对时",
               "no receipt of the centre to set the clock against");
}

static void check_partners(struct office *office)
{
    if (office->mailbox)
        papers_partners(office->mailbox, office->patient.now, office->report);
}

static void check_evidence(struct office *office)
{
    if (office->is_connected)
        sealed_files(office->mailbox, &office->patient, office->report);
    else
        skip_unconnected(office, "evidence");
}

static void check_systems(struct office *office)
{
    systems_tables(office->settings, office->report);
    systems_http(office->settings, office->report);
    systems_webhook(office->settings, office->report);
}

static void (*const checks[])(struct office *office) = {
    check_registry, check_certificate, check_encryption, check_tls,
    check_disk,     check_mailbox,     check_spool,      check_process,
    check_broker,   check_rights,      check_queue,      check_exchange,
    check_partners, check_evidence,    check_systems,
};

void office_examine(const struct adapter_settings *settings, instant now,
                    int wait_seconds, struct report *report)
{
    struct office office = {
        .settings = settings,
        .patient = {.agency = settings->agency,
                    .agencies = settings->agencies,
                    .key = settings->key,
                    .certificate = settings->certificate,
                    .broker = broker_settings_amqp(&settings->broker),
                    .store = settings->mailbox,
                    .now = now},
        .wait_seconds = wait_seconds,
        .report = report,
    };
    for (size_t i = 0; i < COUNT_OF(checks); i++)
        checks[i](&office);
    sql_close(office.mailbox);
    registry_free(office.patient.registry);
}
