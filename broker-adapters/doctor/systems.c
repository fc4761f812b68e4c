/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The HTTP interface is called as a client would call it. The webhook's
 * receiver gets an empty post without a signature: one that refuses it was
 * reached and does its duty; one that takes it would take anybody's.
 */
#include "broker-adapters/doctor/systems.h"

#include <string.h>

#include "base/http_client.h"
#include "base/io.h"
#include "base/language.h"
#include "base/mem.h"
#include "broker-adapters/table/table_check.h"

static const atomic_bool never;

static enum reason ask(const char *address, const char *authority,
                       const struct http_post *post, int *status,
                       struct fault *why)
{
    AUTO(http_client) struct http_client *client = NULL;
    AUTO(buf) struct buf answer = {0};
    TRY(http_client_open(&client, address, authority, why));
    return http_client_post(client, post, &never, status, &answer, why);
}

/* Who listens everywhere is called on loopback. */
static char *address_of(const struct adapter_settings *settings)
{
    const char *listen = settings->http_listen;
    const char *port = strrchr(listen, ':');
    bool is_everywhere =
        strncmp(listen, "0.0.0.0:", 8) == 0 || strncmp(listen, "[::]:", 5) == 0;
    const char *scheme = *settings->http_certificate ? "https" : "http";
    return is_everywhere ? mem_print("%s://localhost%s/health", scheme, port)
                         : mem_print("%s://%s/health", scheme, listen);
}

void systems_http(const struct adapter_settings *settings,
                  struct report *report)
{
    if (!*settings->http_listen) {
        report_put(report, "http", FINDING_SKIPPED, "未启用", "not in use");
        return;
    }
    AUTO(text) char *address = address_of(settings);
    const struct http_post get = {.body = NULL};
    struct fault found = {0};
    int status = 0;
    /* The certificate itself is what we hold of its chain. */
    enum reason reason =
        ask(address, settings->http_certificate, &get, &status, &found);
    if (reason != R_OK) {
        report_fault(report, "http", reason, &found);
        return;
    }
    /* We show no token: to be asked for one is what should happen. */
    bool is_good = status == 401;
    report_put(report, "http", is_good ? FINDING_OK : FINDING_FAIL,
               is_good ? "%s 答复 %d，要求出示令牌，正常" : "%s 答复 %d",
               is_good ? "%s answered %d: it asks for a token, as it should"
                       : "%s answered %d",
               address, status);
    if (!is_good)
        report_advise(report, "该端口上的可能不是本前置机：核对 http_listen",
                      "it may not be this adapter that listens there: compare "
                      "http_listen");
}

void systems_webhook(const struct adapter_settings *settings,
                     struct report *report)
{
    if (!*settings->webhook_url) {
        report_put(report, "webhook", FINDING_SKIPPED, "未启用", "not in use");
        return;
    }
    const struct http_post empty = {.body = "", .size = 0};
    struct fault found = {0};
    int status = 0;
    enum reason reason = ask(settings->webhook_url, settings->webhook_authority,
                             &empty, &status, &found);
    if (reason != R_OK) {
        report_fault(report, "webhook", reason, &found);
        return;
    }
    bool is_open = status >= 200 && status < 300;
    bool is_broken = status >= 500;
    report_put(report, "webhook",
               is_open || is_broken ? FINDING_WARN : FINDING_OK,
               is_open ? "%s 收下了未签名的空推送（状态 %d）"
                       : "%s 可达，未签名的空推送得到状态 %d",
               is_open ? "%s took an empty post without a signature (%d)"
                       : "%s was reached; an empty post without a signature "
                         "got %d",
               settings->webhook_url, status);
    if (is_open)
        report_advise(report,
                      "接收方没有核验 webhook-signature，任何人都能冒充推送",
                      "the receiver does not check webhook-signature: anybody "
                      "could post to it");
    if (is_broken)
        report_advise(report, "接收方内部出错：查看它的日志",
                      "the receiver has trouble of its own: read its log");
}

/* The findings in one language; whatever the reader's is. */
static enum reason look_at_tables(const struct adapter_settings *settings,
                                  enum language language,
                                  struct table_findings *out, struct fault *why)
{
    language_speak(language);
    enum reason reason = table_check(settings, out, why);
    language_speak(LANGUAGE_OF_READER);
    return reason;
}

void systems_tables(const struct adapter_settings *settings,
                    struct report *report)
{
    static const enum finding findings[] = {[TABLE_FINE] = FINDING_OK,
                                            [TABLE_WARNING] = FINDING_WARN,
                                            [TABLE_WRONG] = FINDING_FAIL};
    AUTO(table_findings) struct table_findings zh = {0}, en = {0};
    struct fault found = {0}, again = {0};
    if (!*settings->table) {
        report_put(report, "tables", FINDING_SKIPPED, "未启用", "not in use");
        return;
    }
    enum reason reason =
        look_at_tables(settings, LANGUAGE_CHINESE, &zh, &found);
    (void)look_at_tables(settings, LANGUAGE_ENGLISH, &en, &again);
    if (zh.count == 0 || zh.count != en.count) {
        report_fault(report, "tables", reason, &found);
        return;
    }
    for (size_t i = 0; i < zh.count; i++) {
        report_put(report, "tables", findings[zh.rows[i].mark], "%1$s", "%2$s",
                   zh.rows[i].text, en.rows[i].text);
        if (zh.rows[i].mark == TABLE_WRONG)
            report->lines[report->count - 1].reason = reason;
    }
}
