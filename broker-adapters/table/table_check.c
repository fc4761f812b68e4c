/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each check is a statement that touches no row: the database says itself
 * whether tables, columns and rights are there, as it would when it matters.
 */
#include "broker-adapters/table/table_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/language.h"
#include "base/mem.h"
#include "broker-adapters/table/table_state.h"

void table_findings_done(struct table_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        free(findings->rows[i].text);
    free(findings->rows);
    *findings = (struct table_findings){0};
}

static void add(struct table_findings *out, const char *check,
                enum table_mark mark, char *text)
{
    out->rows = mem_resize(out->rows, out->count + 1, sizeof *out->rows);
    out->rows[out->count++] =
        (struct table_finding){.check = check, .mark = mark, .text = text};
}

/* Which checks are made: always, or for a table that the settings name. */
enum when { ALWAYS, WITH_COLUMNS, ON_POSTGRES, ON_SQLITE };

static bool applies(const struct table_place *place, enum when when)
{
    switch (when) {
    case ALWAYS:
        return true;
    case WITH_COLUMNS:
        return place->mapping != NULL;
    case ON_POSTGRES:
        return sql_dialect(place->db) == SQL_POSTGRES;
    case ON_SQLITE:
        break;
    }
    return sql_dialect(place->db) == SQL_SQLITE;
}

/* --- what must work --------------------------------------------------------
 */

static const struct trial {
    const char *check;
    enum when when;
    const char *statement;
    const char *chinese, *english;         /* it works */
    const char *chinese_not, *english_not; /* it does not */
} trials[] = {
    {"outgoing read", ALWAYS,
     "SELECT id, key, payload, jws, state FROM {outgoing} LIMIT 0",
     "发文表可读，各列齐全", "the outgoing table can be read, with its columns",
     "发文表读不到，或缺少列",
     "the outgoing table cannot be read, or lacks a "
     "column"},
    {"outgoing write", ALWAYS,
     "UPDATE {outgoing} SET state = state, letter_id = letter_id,"
     " case_id = case_id, code = code, rule = rule, article = article,"
     " reason_zh = reason_zh, reason_en = reason_en, mistakes = mistakes,"
     " position = position, taken_at = taken_at, sent_at = sent_at,"
     " submitted_at = submitted_at, delivered_at = delivered_at,"
     " refused_at = refused_at WHERE 1 = 0",
     "可在发文表写回状态", "states can be written into the outgoing table",
     "状态写不回发文表", "states cannot be written into the outgoing table"},
    {"incoming write", ALWAYS,
     "INSERT INTO {incoming} (letter_id, sender, case_id, type, type_name,"
     " in_reply_to, document_number, place, received_at, xml, flat, json, jws,"
     " sha256) SELECT letter_id, sender, case_id, type, type_name,"
     " in_reply_to, document_number, place, received_at, xml, flat, json, jws,"
     " sha256 FROM {incoming} WHERE 1 = 0"
     " ON CONFLICT (sender, letter_id) DO NOTHING",
     "可写收文表", "the incoming table can be written",
     "收文表写不进去，或 (sender, letter_id) 可以重复",
     "the incoming table cannot be written, or (sender, letter_id) is not "
     "unique in it"},
    {"columns read", WITH_COLUMNS, "SELECT {key} FROM {columns} LIMIT 0",
     "自有表可读", "the system's own table can be read",
     "自有表读不到，或没有 table_key 列",
     "the system's own table cannot be read, or has no column of the name in "
     "table_key"},
    {"columns status", WITH_COLUMNS,
     "INSERT INTO {outgoing} (key, state) SELECT key, state FROM {outgoing}"
     " WHERE 1 = 0 ON CONFLICT (key) DO NOTHING",
     "可在发文表记录自有表各行的状态",
     "states of its rows can be put into the outgoing table",
     "自有表各行的状态记不进发文表，或其 key 可以重复",
     "states of its rows cannot be put into the outgoing table, or its keys "
     "are not unique"},
};

static enum reason try_statement(struct table_place *place, const char *text,
                                 struct fault *why)
{
    AUTO(text) char *statement =
        table_words_expand(place->settings, sql_dialect(place->db), text);
    TRY(sql_begin(place->db, why));
    enum reason reason = sql_run(place->db, statement, SQL_NO_VALUES, why);
    sql_rollback(place->db);
    return reason;
}

static void try_all(struct table_place *place, struct table_findings *out,
                    struct fault *worst)
{
    for (size_t i = 0; i < COUNT_OF(trials); i++) {
        const struct trial *trial = &trials[i];
        struct fault found = {0};
        if (!applies(place, trial->when))
            continue;
        if (try_statement(place, trial->statement, &found) == R_OK) {
            add(out, trial->check, TABLE_FINE,
                mem_text(say(trial->chinese, trial->english)));
            continue;
        }
        add(out, trial->check, TABLE_WRONG,
            mem_print("%s: %s%s%s", say(trial->chinese_not, trial->english_not),
                      found.text, say("。", ". "),
                      say("建表和授权语句见 yisong table ddl",
                          "`yisong table ddl` makes tables and rights")));
        if (worst->reason == R_OK)
            *worst = found;
    }
}

/* --- what should be --------------------------------------------------------
 */

static const struct advice {
    const char *check;
    enum when when;
    const char *question;          /* a number: 0 is as it should be */
    const char *chinese, *english; /* with %lld where it is a count */
} advices[] = {
    {"keys", ALWAYS,
     "SELECT count(*) FROM {outgoing}"
     " WHERE state = 'new' AND (key IS NULL OR length(key) > 200)",
     "发文表有 %lld 行的 key 为空或超过 200 字，不会被取走",
     "%lld rows of the outgoing table have no key, or one of more than 200 "
     "characters: they are not taken"},
    {"double keys", ALWAYS,
     "SELECT count(*) FROM (SELECT key FROM {outgoing} GROUP BY key"
     " HAVING count(*) > 1) AS twice",
     "发文表有 %lld 个 key 出现多次，只有第一行会发出",
     "%lld keys stand in several rows of the outgoing table: only the first of "
     "them is sent"},
    {"shared keys", WITH_COLUMNS,
     "SELECT count(*) FROM {columns} s JOIN {outgoing} o"
     " ON o.key = CAST(s.{key} AS text) WHERE o.payload IS NOT NULL",
     "自有表有 %lld 行的 key 与发文表中的公文相同，不会被取走",
     "%lld rows of the system's own table have the key of a letter in the "
     "outgoing table: they are not taken"},
    {"trigger", ON_POSTGRES,
     "SELECT CASE WHEN count(*) > 0 THEN 0 ELSE 1 END FROM pg_trigger"
     " WHERE tgrelid = to_regclass('{outgoing}') AND NOT tgisinternal",
     "发文表没有触发器：新行按 table_look 定期查看，不会立即取走",
     "the outgoing table has no trigger: new rows are seen every "
     "table_look seconds, not at once"},
    {"superuser", ON_POSTGRES,
     "SELECT CASE WHEN rolsuper THEN 1 ELSE 0 END FROM pg_roles"
     " WHERE rolname = current_user",
     "适配器以超级用户连接：请按 yisong table ddl 建立权限最小的用户",
     "the adapter connects as a superuser: make a user with the rights "
     "of `yisong table ddl` and no others"},
    {"encoding", ON_POSTGRES,
     "SELECT CASE WHEN current_setting('server_encoding') = 'SQL_ASCII'"
     " THEN 1 ELSE 0 END",
     "数据库编码为 SQL_ASCII：不转换字符集，公文须为 UTF-8",
     "the database's encoding is SQL_ASCII: nothing is converted, "
     "letters must be UTF-8"},
    {"tls", ON_POSTGRES,
     "SELECT CASE WHEN inet_server_addr() IS NULL OR"
     " inet_server_addr() << inet '127.0.0.0/8' OR"
     " inet_server_addr() = inet '::1' OR ssl THEN 0 ELSE 1 END"
     " FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
     "与数据库的连接未加密：请在 table 中加 ?sslmode=verify-full",
     "the connection to the database is not encrypted: add "
     "?sslmode=verify-full to `table`"},
    {"journal", ON_SQLITE,
     "SELECT CASE journal_mode WHEN 'wal' THEN 0 ELSE 1 END"
     " FROM pragma_journal_mode",
     "未使用 WAL：读写会互相等待，建议 PRAGMA journal_mode = WAL",
     "the file has no write-ahead log: readers and writers wait for "
     "each other; PRAGMA journal_mode = WAL is better"},
};

static enum reason ask(struct table_place *place, const char *question,
                       int64_t *answer, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    AUTO(text) char *text =
        table_words_expand(place->settings, sql_dialect(place->db), question);
    TRY(sql_select(place->db, text, SQL_NO_VALUES, &rows, why));
    *answer = sql_next(rows) ? sql_integer(rows, 0) : 0;
    return sql_check(rows, why);
}

static void advise(struct table_place *place, struct table_findings *out)
{
    for (size_t i = 0; i < COUNT_OF(advices); i++) {
        int64_t answer = 0;
        struct fault found = {0};
        const char *form = say(advices[i].chinese, advices[i].english);
        if (!applies(place, advices[i].when))
            continue;
        enum reason reason = ask(place, advices[i].question, &answer, &found);
        if (reason != R_OK)
            add(out, advices[i].check, TABLE_WARNING, mem_text(found.text));
        else if (answer != 0)
            add(out, advices[i].check, TABLE_WARNING,
                mem_print(form, (long long)answer));
    }
}

/* --- what lies there -------------------------------------------------------
 */

static void count(struct table_place *place, struct table_findings *out)
{
    int64_t waiting = 0, refused = 0, left = 0;
    struct fault why = {0};
    bool known =
        ask(place, "SELECT count(*) FROM {outgoing} WHERE state = 'new'",
            &waiting, &why) == R_OK &&
        ask(place, "SELECT count(*) FROM {outgoing} WHERE state = 'refused'",
            &refused, &why) == R_OK &&
        ask(place, "SELECT count(*) FROM {incoming} WHERE NOT taken", &left,
            &why) == R_OK;
    if (known)
        add(out, "rows", TABLE_FINE,
            mem_print(
                say("发文待取 %lld 行，被退回 %lld 行；收文未处理 %lld 行",
                    "outgoing: %lld new, %lld refused; incoming: %lld "
                    "not taken by the system"),
                (long long)waiting, (long long)refused, (long long)left));
}

static enum reason connect_to(struct table_place *place,
                              struct table_findings *out, struct fault *why)
{
    AUTO(buf) struct buf name = {0};
    enum reason reason = table_place_connect(place, NULL, why);
    table_place_print(place, &name);
    add(out, "connection", reason == R_OK ? TABLE_FINE : TABLE_WRONG,
        reason == R_OK
            ? mem_print("%s %s", say("已连接", "connected to"), buf_text(&name))
            : mem_print("%s %s: %s", say("无法连接", "cannot connect to"),
                        buf_text(&name), why->text));
    return reason;
}

enum reason table_check(const struct adapter_settings *settings,
                        struct table_findings *out, struct fault *why)
{
    AUTO(table_place) struct table_place place = {0};
    struct fault worst = {0};
    if (!*settings->table)
        return fault(why, R_NOT_FOUND, "%s",
                     say("配置中没有 table", "the settings have no `table`"));
    TRY(table_place_init(&place, settings, why));
    TRY(connect_to(&place, out, why));
    try_all(&place, out, &worst);
    if (worst.reason == R_OK && place.mapping) {
        if (table_columns_find(&place, &worst) == R_OK)
            add(out, "columns", TABLE_FINE,
                mem_print(
                    "%s: %zu",
                    say("按映射可用的列", "columns that the mapping reads"),
                    place.words.name_count));
        else
            add(out, "columns", TABLE_WRONG, mem_text(worst.text));
    }
    if (worst.reason != R_OK)
        return fault(why, worst.reason, "%s", worst.text);
    advise(&place, out);
    count(&place, out);
    return R_OK;
}
