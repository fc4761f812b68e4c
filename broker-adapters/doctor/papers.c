/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading only, but for a file that is written into the folder and taken away
 * again.
 */
#include "broker-adapters/doctor/papers.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "broker-adapters/mailbox/mailbox.h"

enum {
    QUEUED_MINUTES = 10,
    LYING_MINUTES = 10,
    SILENT_HOURS = 24,
    PARTNERS_MOST = 20,
    INTEGRITY_MOST = 1024 * 1024 * 1024
};

bool papers_integrity(struct sql *store, const char *path, const char *check,
                      struct report *report)
{
    struct stat status;
    if (stat(path, &status) == 0 && status.st_size > INTEGRITY_MOST) {
        report_put(report, check, FINDING_SKIPPED,
                   "%s 超过 %d MiB，完整性检查请停机后用 sqlite3 进行",
                   "%s is above %d MiB: check it with sqlite3 when it is idle",
                   path, INTEGRITY_MOST / (1024 * 1024));
        return true;
    }
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    struct fault found = {0};
    enum reason reason = sql_select(store, "PRAGMA quick_check(1)",
                                    SQL_NO_VALUES, &rows, &found);
    const char *told =
        reason == R_OK && sql_next(rows) ? sql_text(rows, 0) : NULL;
    if (told && strcmp(told, "ok") == 0)
        return true;
    if (reason == R_OK)
        (void)fault(&found, R_STORE_FAILED, "%s", told ? told : "");
    report_fault(report, check, R_STORE_FAILED, &found);
    /* Waiting does not mend a store. */
    report->lines[report->count - 1].reason = R_NOT_VALID;
    return false;
}

/* How many there are, and the oldest of them. */
struct backlog {
    int64_t count;
    instant since;
};

static enum reason read_backlog(struct sql *mailbox, const char *query,
                                struct backlog *out, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox, query, SQL_NO_VALUES, &rows, why));
    if (sql_next(rows))
        *out = (struct backlog){sql_integer(rows, 0), sql_integer(rows, 1)};
    return sql_check(rows, why);
}

static const struct watched {
    const char *query;
    int minutes; /* that it may take unremarked */
    const char *zh, *en, *advice_zh, *advice_en;
} watched[] = {
    {"SELECT count(*), min(queued_at) FROM outgoing WHERE state = 'queued'",
     QUEUED_MINUTES, "%lld 件公文自 %s 起等待发出",
     "%lld letters wait to be sent since %s",
     "消息服务器恢复后会自动按序发出；见下面的消息服务器一行",
     "they go in their order once the broker is there again; see its line"},
    {"SELECT count(*), min(received_at) FROM incoming WHERE state = 'held'",
     QUEUED_MINUTES, "%lld 件来文自 %s 起等待同案的前一件",
     "%lld letters that came wait since %s for an earlier one of their case",
     "前一件到达或等待期满后会自动交出；久未到达请联系交换中心",
     "they are handed over when it comes or the wait is over; if it does not "
     "come, call the centre"},
    {"SELECT count(*), min(received_at) FROM quarantine", 0,
     "%lld 件来文无法采信，自 %s 起隔离",
     "%lld letters that could not be trusted, set aside since %s",
     "查看 quarantine/ 中的原因；发件机关新加入时，取最新登记册即可自动放行",
     "read the reasons in quarantine/; if the sender joined lately, the latest "
     "registry releases them by itself"},
};

void papers_mailbox(struct sql *mailbox, const char *path, instant now,
                    struct report *report)
{
    bool good = papers_integrity(mailbox, path, "mailbox", report);
    for (size_t i = 0; good && i < COUNT_OF(watched); i++) {
        const struct watched *row = &watched[i];
        struct backlog found = {0};
        struct fault why = {0};
        char at[INSTANT_TEXT_MAX];
        enum reason reason = read_backlog(mailbox, row->query, &found, &why);
        if (reason != R_OK) {
            report_fault(report, "mailbox", reason, &why);
            return;
        }
        if (found.count == 0 ||
            now - found.since < row->minutes * (instant)INSTANT_MINUTE)
            continue;
        good = false;
        report_put(report, "mailbox", FINDING_WARN, row->zh, row->en,
                   (long long)found.count, instant_format(found.since, at));
        report_advise(report, row->advice_zh, row->advice_en);
    }
    if (good)
        report_put(report, "mailbox", FINDING_OK,
                   "数据库完好，没有积压、隔离的公文",
                   "the database is whole; nothing waits, nothing is set "
                   "aside");
}

/* Files of out/ that the adapter should have taken by now. */
static int count_lying(const char *out, instant now)
{
    AUTO(io_names) struct io_names names = {0};
    int count = 0;
    if (io_list(out, &names, NULL) != R_OK)
        return 0;
    for (size_t i = 0; i < names.count; i++) {
        AUTO(text) char *path = io_join(out, names.names[i]);
        struct stat status;
        if (stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
            now - (instant)status.st_mtime * INSTANT_SECOND >
                LYING_MINUTES * (instant)INSTANT_MINUTE)
            count++;
    }
    return count;
}

static enum reason probe_folder(const char *folder, const char *name,
                                struct fault *why)
{
    AUTO(text) char *path =
        mem_print("%s/%s/.doctor-%ld", folder, name, (long)getpid());
    TRY(io_write(path, "", 0, 0600, why));
    (void)unlink(path);
    return R_OK;
}

void papers_spool(const char *folder, instant now, struct report *report)
{
    static const char *const names[] = {"out", "in", "sent", "refused",
                                        "receipts"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct fault found = {0};
        enum reason reason = probe_folder(folder, names[i], &found);
        if (reason == R_OK)
            continue;
        report_fault(report, "spool", reason, &found);
        report->lines[report->count - 1].reason = R_NOT_VALID;
        return;
    }
    AUTO(text) char *out = io_join(folder, "out");
    int lying = count_lying(out, now);
    report_put(report, "spool", lying ? FINDING_WARN : FINDING_OK,
               lying ? "%2$s 中有 %1$d 个文件十多分钟无人收取"
                     : "%2$s 各目录可写，没有滞留文件",
               lying ? "%d files in %s were not taken for ten minutes"
                     : "%2$s: every folder can be written, no file lies about",
               lying, lying ? out : folder);
    if (lying)
        report_advise(report, "前置机没有运行，或文件仍被打开、名字以点开头",
                      "the adapter does not run, or the files are still open "
                      "or named as drafts");
}

/* What the exchange has recorded and the addressee has not acknowledged. */
static const char silent[] =
    "SELECT a.agency, count(*), min(o.submitted_at),"
    " (SELECT max(i.received_at) FROM incoming i WHERE i.sender = a.agency)"
    " FROM addressee a JOIN outgoing o ON o.row = a.letter"
    " WHERE a.delivered_at IS NULL AND o.state = 'submitted'"
    " AND o.type <> 'link-probe' AND o.submitted_at < ?1"
    " GROUP BY a.agency ORDER BY min(o.submitted_at) LIMIT ?2";

static void tell_silent(const struct sql_rows *row, struct report *report)
{
    char since[INSTANT_TEXT_MAX], heard[INSTANT_TEXT_MAX];
    instant last = sql_integer(row, 3);
    report_put(report, "partners", FINDING_WARN,
               "%1$s 自 %3$s 起有 %2$lld 件未签收%4$s%5$s",
               "%1$s has not acknowledged %2$lld letters since %3$s%6$s%5$s",
               mailbox_text(row, 0), (long long)sql_integer(row, 1),
               instant_format(sql_integer(row, 2), since),
               last ? "；最近一次来文 " : "；从未来文",
               last ? instant_format(last, heard) : "",
               last ? "; last heard from " : "; never heard from");
    report_advise(report, "致电该机关：其前置机可能已停机或断网",
                  "call that agency: its adapter may be off or offline");
}

void papers_partners(struct sql *mailbox, instant now, struct report *report)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    struct fault found = {0};
    instant since = now - SILENT_HOURS * (instant)INSTANT_HOUR;
    size_t before = report->count;
    enum reason reason = sql_select(
        mailbox, silent, SQL_VALUES(SQL_INT(since), SQL_INT(PARTNERS_MOST)),
        &rows, &found);
    while (reason == R_OK && sql_next(rows))
        tell_silent(rows, report);
    if (reason == R_OK)
        reason = sql_check(rows, &found);
    if (reason != R_OK)
        report_fault(report, "partners", reason, &found);
    else if (report->count == before)
        report_put(report, "partners", FINDING_OK,
                   "没有超过 %d 小时未签收的公文",
                   "no letter went unacknowledged for %d hours", SILENT_HOURS);
}
