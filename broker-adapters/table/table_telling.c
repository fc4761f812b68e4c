/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * How far each letter is, into the row that it came from. First their commit,
 * then ours: a crash between the two writes the same state again.
 */
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "broker-adapters/adapter/reason_sheet.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "broker-adapters/table/table_state.h"

/* The states of `outgoing` as their row shows them: the early ones are one. */
static const char *shown(const char *state)
{
    static const char *const late[] = {"submitted", "delivered", "refused"};
    for (size_t i = 0; i < COUNT_OF(late); i++)
        if (strcmp(late[i], state) == 0)
            return state;
    return "taken";
}

/* A row of columns has no row in the outgoing table until something is to be
 * told of it; a letter's row may have been deleted by them, and that is that.
 */
static enum reason run_on_row(struct table_place *place, enum table_word word,
                              struct sql_values values, bool of_rows,
                              struct fault *why)
{
    TRY(sql_run(place->db, place->words.texts[word], values, why));
    if (sql_changes(place->db) > 0 || !of_rows)
        return R_OK;
    struct sql_values key = {values.values, 1};
    TRY(sql_run(place->db, place->words.texts[WORD_STATUS], key, why));
    return sql_run(place->db, place->words.texts[word], values, why);
}

struct told {
    char *key, *state;
};

struct telling {
    struct told rows[TABLE_BATCH];
    size_t count;
};

static void telling_done(struct telling *telling)
{
    for (size_t i = 0; i < telling->count; i++) {
        free(telling->rows[i].key);
        free(telling->rows[i].state);
    }
}
AUTO_VALUE(telling, telling_done)

static enum reason tell(struct table_place *place, const struct sql_rows *news,
                        struct fault *why)
{
    char times[NEWS_TIME_COUNT][INSTANT_TEXT_MAX];
    struct sql_value at[NEWS_TIME_COUNT];
    for (int i = 0; i < NEWS_TIME_COUNT; i++) {
        int64_t time = sql_integer(news, NEWS_TIMES + i);
        at[i] = time ? SQL_TEXT(instant_format(time, times[i])) : SQL_NULL;
    }
    struct sql_value position = sql_is_null(news, NEWS_POSITION)
                                    ? SQL_NULL
                                    : SQL_INT(sql_integer(news, NEWS_POSITION));
    return run_on_row(place, WORD_TELL,
                      SQL_VALUES(SQL_TEXT(sql_text(news, NEWS_KEY)),
                                 SQL_TEXT(shown(sql_text(news, NEWS_STATE))),
                                 SQL_TEXT(sql_text(news, NEWS_LETTER)),
                                 SQL_TEXT(sql_text(news, NEWS_CASE)),
                                 SQL_TEXT(sql_text(news, NEWS_CODE)),
                                 SQL_TEXT(sql_text(news, NEWS_RULE)),
                                 SQL_TEXT(sql_text(news, NEWS_ARTICLE)),
                                 SQL_TEXT(sql_text(news, NEWS_CHINESE)),
                                 SQL_TEXT(sql_text(news, NEWS_ENGLISH)),
                                 SQL_TEXT(sql_text(news, NEWS_MISTAKES)),
                                 position, at[0], at[1], at[2], at[3], at[4]),
                      sql_integer(news, NEWS_OF_ROWS) != 0, why);
}

static enum reason tell_all(struct table_connector *connector, int64_t most,
                            struct telling *telling, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *news = NULL;
    TRY(table_rows_news(connector->desk.mailbox, most, &news, why));
    while (telling->count < TABLE_BATCH && sql_next(news)) {
        struct told *told = &telling->rows[telling->count++];
        told->key = mem_text(sql_text(news, NEWS_KEY));
        told->state = mem_text(sql_text(news, NEWS_STATE));
        if (telling->count == 1)
            TRY(sql_begin(connector->place.db, why));
        TRY(tell(&connector->place, news, why));
    }
    return sql_check(news, why);
}

static enum reason note_told(struct table_connector *connector,
                             const struct telling *telling, struct fault *why)
{
    for (size_t i = 0; i < telling->count; i++)
        TRY(table_rows_told(connector->desk.mailbox, telling->rows[i].key,
                            telling->rows[i].state, why));
    return R_OK;
}

/* What cannot be written is told to people, but not every second. */
static void tell_refusal(struct table_connector *connector,
                         const struct fault *why)
{
    int64_t now = instant_monotonic();
    if (now < connector->next_complaint)
        return;
    connector->next_complaint = now + INSTANT_MINUTE;
    log_fault(LOG_WARN, "table: a row that cannot be written", why);
}

/*
 * A row that does not show the refusal must not be taken for one that was
 * mended.
 */
static void keep_untold(struct told *told)
{
    if (strcmp(told->state, "refused") != 0)
        return;
    free(told->state);
    told->state = mem_text(TABLE_UNTOLD);
}

static enum reason tell_some(struct table_connector *connector, int64_t most,
                             size_t *count, struct fault *why)
{
    AUTO(telling) struct telling telling = {0};
    struct sql *mailbox = connector->desk.mailbox;
    enum reason reason = tell_all(connector, most, &telling, why);
    *count = telling.count;
    if (telling.count == 0)
        return reason;
    reason = table_place_end(&connector->place, reason, why);
    if (reason_class(reason) == REASON_REFUSE && most == 1) {
        tell_refusal(connector, why);
        keep_untold(&telling.rows[0]);
        reason = R_OK; /* it stops no other; they may ask again */
    }
    TRY(reason);
    TRY(sql_begin(mailbox, why));
    return mailbox_end(mailbox, note_told(connector, &telling, why), why);
}

/* One of them cannot be written: the others are. */
static enum reason tell_each(struct table_connector *connector,
                             struct fault *why)
{
    size_t count = 1;
    for (size_t i = 0; i < TABLE_BATCH && count > 0; i++)
        TRY(tell_some(connector, 1, &count, why));
    return R_OK;
}

enum reason table_telling_turn(struct table_connector *connector,
                               struct fault *why)
{
    size_t count = 0;
    struct fault found = {0};
    enum reason reason = tell_some(connector, TABLE_BATCH, &count, &found);
    connector->more |= count == TABLE_BATCH;
    if (reason_class(reason) == REASON_REFUSE)
        return tell_each(connector, why);
    return reason == R_OK ? R_OK : fault(why, reason, "%s", found.text);
}

/* --- rows that became no letter --------------------------------------------
 */

static enum reason refuse(struct table_connector *connector,
                          const struct table_verdict *verdict,
                          struct fault *why)
{
    char at[INSTANT_TEXT_MAX];
    AUTO(buf) struct buf mistakes = {0};
    const char *code = reason_code(verdict->found.reason);
    const char *detail = verdict->found.text;
    const char *between = *detail ? ": " : "";
    AUTO(text) char *chinese = mem_print(
        "%s%s%s", reason_chinese(verdict->found.reason), between, detail);
    AUTO(text) char *english = mem_print(
        "%s%s%s", reason_english(verdict->found.reason), between, detail);
    mistakes_print_json(&verdict->mistakes, &mistakes);
    return run_on_row(&connector->place, WORD_REFUSE,
                      SQL_VALUES(SQL_TEXT(verdict->row.key), SQL_TEXT(code),
                                 SQL_TEXT(chinese), SQL_TEXT(english),
                                 SQL_TEXT(buf_text(&mistakes)),
                                 SQL_TEXT(instant_format(connector->now, at))),
                      verdict->row.of_rows, why);
}

static enum reason refuse_all(struct table_connector *connector,
                              const struct table_verdict *verdicts,
                              size_t count, struct fault *why)
{
    for (size_t i = 0; i < count; i++) {
        if (verdicts[i].found.reason == R_OK)
            continue;
        log_event(LOG_WARN, "table: refused row %s: %s: %s",
                  verdicts[i].row.key, reason_code(verdicts[i].found.reason),
                  verdicts[i].found.text);
        TRY(refuse(connector, &verdicts[i], why));
    }
    return R_OK;
}

enum reason table_telling_refuse(struct table_connector *connector,
                                 const struct table_verdict *verdicts,
                                 size_t count, struct fault *why)
{
    size_t refused = 0;
    for (size_t i = 0; i < count; i++)
        refused += verdicts[i].found.reason != R_OK;
    if (refused == 0)
        return R_OK;
    TRY(sql_begin(connector->place.db, why));
    return table_place_end(&connector->place,
                           refuse_all(connector, verdicts, count, why), why);
}
