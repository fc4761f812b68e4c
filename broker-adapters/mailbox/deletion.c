/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/mailbox/deletion.h"

#include <string.h>

#include "base/language.h"
#include "broker-adapters/mailbox/mailbox.h"

/* Both tables as one; `done`: nothing more is to come of this letter. */
#define LETTERS                                                                \
    "SELECT 'outgoing' AS side, row, id, type, case_id, digest,"               \
    " length(bytes) AS size, queued_at AS at, coalesce(position, 0) AS place," \
    " state IN ('delivered', 'refused') OR (state = 'submitted' AND NOT"       \
    " EXISTS (SELECT 1 FROM addressee a WHERE a.letter = outgoing.row AND"     \
    " a.delivered_at IS NULL)) AS done, source FROM outgoing"                  \
    " WHERE type NOT IN ('delivery-receipt', 'deletion-record', 'link-probe')" \
    " UNION ALL SELECT 'incoming', row, id, type, case_id, digest,"            \
    " length(bytes), received_at, 0, state IN ('ready', 'handed') AND"         \
    " owes_receipt = 0, '' FROM incoming"                                      \
    " WHERE type NOT IN ('submission-receipt', 'delivery-receipt')"

/* The case whose letters are being read. */
struct reading {
    const struct mailbox_keeping *keeping;
    struct retention_plan *plan;
    struct retention_case about;
};

static void reading_done(struct reading *reading)
{
    buf_done(&reading->about.detail);
}
AUTO_VALUE(reading, reading_done)

static enum reason read_about(struct reading *reading, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    struct retention_case *about = &reading->about;
    TRY(sql_select(reading->keeping->mailbox,
                   "SELECT max(at), min(done), (SELECT group_concat(reason,"
                   " '; ') FROM hold h WHERE h.case_id = ?1 AND h.until = 0)"
                   " FROM (" LETTERS ") WHERE case_id = ?1",
                   SQL_VALUES(SQL_TEXT(about->case_id)), &rows, why));
    if (!sql_next(rows))
        return sql_check(rows, why);
    about->from = sql_integer(rows, 0);
    if (!sql_is_null(rows, 2))
        retention_case_hold(about, RETENTION_HELD, mailbox_text(rows, 2));
    if (sql_integer(rows, 1) == 0)
        retention_case_hold(about, RETENTION_UNFINISHED, "");
    return R_OK;
}

static void add_letter(struct reading *reading, const struct sql_rows *rows)
{
    const char *side =
        strcmp(sql_text(rows, 0), "outgoing") == 0 ? "outgoing" : "incoming";
    struct kept_letter kept = {.side = RETENTION_AGENCY,
                               .role = reading->keeping->role,
                               .procedure = "",
                               .type = sql_text(rows, 3)};
    struct planned_letter letter = {
        .position = sql_integer(rows, 6),
        .row = sql_integer(rows, 1),
        .side = side,
        .id = (char *)sql_text(rows, 2),
        .type = (char *)sql_text(rows, 3),
        .digest = mailbox_digest(rows, 4),
        .size = sql_integer(rows, 5),
    };
    retention_plan_add(reading->plan, &reading->about,
                       retention_find(reading->keeping->retention, &kept),
                       &letter);
}

static enum reason plan_case(const struct mailbox_keeping *keeping,
                             const char *case_id, struct retention_plan *plan,
                             struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    AUTO(reading) struct reading reading = {
        .keeping = keeping,
        .plan = plan,
        .about = {.case_id = case_id, .procedure = "", .state = ""},
    };
    TRY(read_about(&reading, why));
    TRY(sql_select(keeping->mailbox,
                   "SELECT side, row, id, type, digest, size, place"
                   " FROM (" LETTERS ") WHERE case_id = ?1 AND size > 0"
                   " ORDER BY at, side, row",
                   SQL_VALUES(SQL_TEXT(case_id)), &rows, why));
    while (sql_next(rows))
        add_letter(&reading, rows);
    return sql_check(rows, why);
}

enum reason mailbox_deletion_plan(const struct mailbox_keeping *keeping,
                                  const char *case_id,
                                  struct retention_plan *out, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    if (case_id)
        return plan_case(keeping, case_id, out, why);
    TRY(sql_select(keeping->mailbox,
                   "SELECT DISTINCT case_id FROM (" LETTERS ") WHERE size > 0"
                   " ORDER BY case_id",
                   SQL_NO_VALUES, &rows, why));
    while (sql_next(rows))
        TRY(plan_case(keeping, sql_text(rows, 0), out, why));
    return sql_check(rows, why);
}

static enum reason has_table(struct sql *mailbox, const char *name, bool *has,
                             struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT 1 FROM sqlite_master WHERE type = 'table' AND"
                   " name = ?1",
                   SQL_VALUES(SQL_TEXT(name)), &rows, why));
    *has = sql_next(rows);
    return sql_check(rows, why);
}

/* The row of a list or of a table that the letter was made of. */
static enum reason empty_source(struct sql *mailbox, const char *id,
                                struct fault *why)
{
    static const struct {
        const char *table, *update;
    } sources[] = {
        {"csv_row", "UPDATE csv_row SET text = '' WHERE letter = ?1"},
    };
    for (size_t i = 0; i < COUNT_OF(sources); i++) {
        bool has;
        TRY(has_table(mailbox, sources[i].table, &has, why));
        if (has)
            TRY(sql_run(mailbox, sources[i].update, SQL_VALUES(SQL_TEXT(id)),
                        why));
    }
    return R_OK;
}

static enum reason empty_letter(struct sql *mailbox,
                                const struct planned_letter *letter,
                                struct fault *why)
{
    bool outgoing = strcmp(letter->side, "outgoing") == 0;
    TRY(sql_run(mailbox,
                outgoing ? "UPDATE outgoing SET bytes = x'' WHERE row = ?1"
                         : "UPDATE incoming SET bytes = x'' WHERE row = ?1",
                SQL_VALUES(SQL_INT(letter->row)), why));
    return outgoing ? empty_source(mailbox, letter->id, why) : R_OK;
}

enum reason mailbox_deletion_put(struct sql *mailbox,
                                 const struct retention_line *line, size_t from,
                                 size_t count, const char *record, instant now,
                                 struct fault *why)
{
    TRY(sql_run(mailbox, "PRAGMA secure_delete = 1", SQL_NO_VALUES, why));
    for (size_t i = from; i < from + count; i++) {
        const struct planned_letter *letter = &line->letters[i];
        TRY(sql_run(mailbox,
                    "INSERT INTO deletion (side, letter, size, at, rule,"
                    " record) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    SQL_VALUES(SQL_TEXT(letter->side), SQL_INT(letter->row),
                               SQL_INT(letter->size), SQL_INT(now),
                               SQL_TEXT(line->rule->id), SQL_TEXT(record)),
                    why));
        TRY(empty_letter(mailbox, letter, why));
    }
    return R_OK;
}

enum reason mailbox_deletion_each(
    struct sql *mailbox,
    enum reason (*see)(void *context, const struct mailbox_deletion *deletion,
                       struct fault *why),
    void *context, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT d.side, l.id, l.type, l.case_id, d.rule, d.record,"
                   " l.source, l.digest, d.size, l.size, d.at FROM deletion d"
                   " JOIN (" LETTERS ") l ON l.side = d.side"
                   " AND l.row = d.letter ORDER BY d.at, d.side, d.letter",
                   SQL_NO_VALUES, &rows, why));
    while (sql_next(rows)) {
        struct mailbox_deletion deletion = {
            .side = mailbox_text(rows, 0),
            .id = mailbox_text(rows, 1),
            .type = mailbox_text(rows, 2),
            .case_id = mailbox_text(rows, 3),
            .rule = mailbox_text(rows, 4),
            .record = mailbox_text(rows, 5),
            .source = mailbox_text(rows, 6),
            .digest = mailbox_digest(rows, 7),
            .size = sql_integer(rows, 8),
            .left = sql_integer(rows, 9),
            .at = sql_integer(rows, 10),
        };
        TRY(see(context, &deletion, why));
    }
    return sql_check(rows, why);
}

enum reason mailbox_deletion_find(struct sql *mailbox, const char *side,
                                  int64_t row, struct buf *out, bool *found,
                                  struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    char at[INSTANT_TEXT_MAX];
    TRY(sql_select(mailbox,
                   "SELECT at, rule FROM deletion WHERE side = ?1"
                   " AND letter = ?2",
                   SQL_VALUES(SQL_TEXT(side), SQL_INT(row)), &rows, why));
    *found = sql_next(rows);
    if (*found)
        buf_print(out,
                  say("正文已于 %s 依规则 %s 删除",
                      "its body was deleted on %s by rule %s"),
                  instant_format(sql_integer(rows, 0), at),
                  mailbox_text(rows, 1));
    return sql_check(rows, why);
}

enum reason mailbox_deletion_sweep(struct sql *mailbox, bool rebuild,
                                   struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_run(mailbox, "PRAGMA secure_delete = 1", SQL_NO_VALUES, why));
    if (rebuild) {
        TRY(sql_run(mailbox, "PRAGMA temp_store = 1", SQL_NO_VALUES, why));
        TRY(sql_run(mailbox, "VACUUM", SQL_NO_VALUES, why));
    }
    TRY(sql_select(mailbox, "PRAGMA wal_checkpoint(TRUNCATE)", SQL_NO_VALUES,
                   &rows, why));
    bool busy = sql_next(rows) && sql_integer(rows, 0) != 0;
    TRY(sql_check(rows, why));
    return busy ? fault(why, R_STORE_BUSY, "%s",
                        say("另有进程在读，预写日志未能清空，请稍后再运行",
                            "another process reads: the write-ahead log could "
                            "not be emptied; run it again later"))
                : R_OK;
}

enum reason mailbox_hold_put(struct sql *mailbox, const char *case_id,
                             const char *reason, instant now, struct fault *why)
{
    return sql_run(
        mailbox,
        "INSERT INTO hold (case_id, reason, since, until)"
        " VALUES (?1, ?2, ?3, 0)",
        SQL_VALUES(SQL_TEXT(case_id), SQL_TEXT(reason), SQL_INT(now)), why);
}

enum reason mailbox_hold_end(struct sql *mailbox, const char *case_id,
                             instant now, struct fault *why)
{
    TRY(sql_run(mailbox,
                "UPDATE hold SET until = ?2 WHERE case_id = ?1 AND until = 0",
                SQL_VALUES(SQL_TEXT(case_id), SQL_INT(now)), why));
    return sql_changes(mailbox) ? R_OK : fault(why, R_NOT_FOUND, "%s", case_id);
}
