/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * "pass" is said of a path that was probed for this very answer: a row written
 * into the mailbox, a connection opened to the broker with the adapter's own
 * certificate. Opening may take seconds, so a thread does it; those who ask
 * meanwhile share its outcome.
 */
#include "broker-adapters/http/connector_state.h"

#include <string.h>

#include "base/mem.h"
#include "broker-adapters/amqp.h"
#include "broker-adapters/http/members.h"
#include "broker-adapters/mailbox/mailbox.h"

static enum reason probe_broker(const struct adapter_settings *settings,
                                struct fault *why)
{
    AUTO(amqp) struct amqp *amqp = NULL;
    const struct amqp_settings broker = broker_settings_amqp(&settings->broker);
    return amqp_open(&amqp, &broker, why);
}

static void run_probe(void *context)
{
    struct http_connector *connector = context;
    struct probe *probe = &connector->probe;
    fault_clear(&probe->fault);
    probe->reason = probe_broker(connector->settings, &probe->fault);
    atomic_store(&probe->done, true);
    side_ring(&connector->side);
}

static enum reason write_mark(struct sql *mailbox, instant now,
                              struct fault *why)
{
    return sql_run(mailbox,
                   "INSERT INTO http_probe (one, at) VALUES (1, ?1)"
                   " ON CONFLICT (one) DO UPDATE SET at = ?1",
                   SQL_VALUES(SQL_INT(now)), why);
}

static enum reason probe_mailbox(struct sql *mailbox, instant now,
                                 struct fault *why)
{
    TRY(sql_begin(mailbox, why));
    return mailbox_end(mailbox, write_mark(mailbox, now, why), why);
}

static void put_check(struct buf *out, const char *name, enum reason reason,
                      const struct fault *found)
{
    member_name(out, name);
    buf_put_char(out, '{');
    member_text(out, "status", reason == R_OK ? "pass" : "fail");
    if (reason != R_OK) {
        member_text(out, "code", reason_code(reason));
        member_text(out, "zh", reason_chinese(reason));
        member_text(out, "en", reason_english(reason));
        member_text(out, "detail", found->text);
    }
    buf_put_char(out, '}');
}

/* A number, and since when. */
static enum reason put_count(struct sql *mailbox, const char *name,
                             const char *query, struct buf *out,
                             struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox, query, SQL_NO_VALUES, &rows, why));
    if (!sql_next(rows))
        return sql_check(rows, why);
    member_name(out, name);
    buf_put_char(out, '{');
    member_int(out, "count", sql_integer(rows, 0));
    member_time(out, "since", sql_integer(rows, 1));
    buf_put_char(out, '}');
    return R_OK;
}

static enum reason put_counts(struct sql *mailbox, struct buf *out,
                              struct fault *why)
{
    TRY(put_count(mailbox, "queued",
                  "SELECT count(*), min(queued_at) FROM outgoing"
                  " WHERE state = 'queued'",
                  out, why));
    /* Counted over indexes: the inbox may hold years of letters. */
    TRY(put_count(mailbox, "waiting",
                  "SELECT (SELECT count(*) FROM incoming"
                  "  WHERE state = 'handed')"
                  " - (SELECT count(*) FROM inbox_taken), 0",
                  out, why));
    return put_count(mailbox, "held",
                     "SELECT count(*), min(received_at) FROM incoming"
                     " WHERE state = 'held'",
                     out, why);
}

static void put_health(struct http_connector *connector, struct buf *out,
                       int *status)
{
    struct sql *mailbox = connector->desk.mailbox;
    struct fault found = {0};
    const struct probe *probe = &connector->probe;
    AUTO(buf) struct buf counts = {0};
    enum reason store = probe_mailbox(mailbox, connector->now, &found);
    buf_put_char(&counts, '{');
    if (store == R_OK)
        store = put_counts(mailbox, &counts, &found);
    bool whole = store == R_OK;
    *status = whole ? 200 : 503;
    buf_put_char(out, '{');
    member_text(out, "status",
                !whole                  ? "fail"
                : probe->reason == R_OK ? "pass"
                                        : "warn");
    member_time(out, "at", connector->now);
    member_name(out, "checks");
    buf_put_char(out, '{');
    put_check(out, "mailbox", store, &found);
    put_check(out, "broker", probe->reason, &probe->fault);
    buf_put_char(out, '}');
    if (whole)
        buf_print(out, ",%s", buf_text(&counts) + 1);
    buf_put_text(out, "}\n");
}

void http_health(void *context, struct http_request *request)
{
    struct http_connector *connector = context;
    struct probe *probe = &connector->probe;
    struct fault found = {0};
    if (probe->asker_count == HEALTH_MAX) {
        (void)fault(&found, R_TIMED_OUT, "a probe is under way");
        http_refuse(request, &found, NULL);
        return;
    }
    if (!probe->side.started) {
        atomic_store(&probe->done, false);
        if (side_start(&probe->side, run_probe, connector, &found) != R_OK) {
            http_refuse(request, &found, NULL);
            return;
        }
    }
    probe->askers[probe->asker_count++] = request;
}

void http_health_settle(struct http_connector *connector)
{
    struct probe *probe = &connector->probe;
    if (!probe->side.started || !atomic_load(&probe->done))
        return;
    side_stop(&probe->side);
    AUTO(buf) struct buf health = {0};
    int status;
    put_health(connector, &health, &status);
    for (size_t i = 0; i < probe->asker_count; i++) {
        AUTO(buf) struct buf copy = {0};
        buf_put(&copy, buf_text(&health), health.size);
        http_answer(probe->askers[i], status, "application/json", &copy);
    }
    probe->asker_count = 0;
}

void http_health_close(struct http_connector *connector)
{
    side_close(&connector->probe.side);
}
