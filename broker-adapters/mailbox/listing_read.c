/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading the lists: on a day, as known at a time; and the feed of changes.
 *
 * Days are texts YYYY-MM-DD and compare as such. Columns stand in one order in
 * every query: texts, then numbers and digests.
 */
#include "broker-adapters/mailbox/listing.h"

#include "broker-adapters/mailbox/mailbox.h"

#define TEXTS                                                                  \
    "l.subject, l.credit_code, l.other_code, l.name, l.kind, l.title,"         \
    " l.number, l.authority, l.text, l.public_text, l.amount, l.stock_code,"   \
    " l.valid_from, l.valid_until, l.case_id, l.parent_case, l.sender,"        \
    " l.letter, l.end, l.end_on, l.end_letter"
#define NUMBERS                                                                \
    ", l.row, l.list, l.state_owned, l.digest, l.known_at, l.end_digest,"      \
    " l.end_known_at"

enum { TEXT_COUNT = 21 };

/* An end that was not known at `known_at` (0: all are) is left out. */
static void read_listing(const struct sql_rows *rows, instant known_at,
                         struct listing *out)
{
    const char **const texts[TEXT_COUNT] = {
        &out->subject,     &out->credit_code, &out->other_code,
        &out->name,        &out->kind,        &out->title,
        &out->number,      &out->authority,   &out->text,
        &out->public_text, &out->amount,      &out->stock_code,
        &out->valid_from,  &out->valid_until, &out->case_id,
        &out->parent_case, &out->sender,      &out->letter,
        &out->end,         &out->end_on,      &out->end_letter};
    for (int i = 0; i < TEXT_COUNT; i++)
        *texts[i] = mailbox_text(rows, i);
    out->row = sql_integer(rows, TEXT_COUNT);
    out->list = (enum listing_list)sql_integer(rows, TEXT_COUNT + 1);
    out->state_owned = sql_integer(rows, TEXT_COUNT + 2) != 0;
    out->digest = mailbox_digest(rows, TEXT_COUNT + 3);
    out->known_at = sql_integer(rows, TEXT_COUNT + 4);
    out->end_digest = mailbox_digest(rows, TEXT_COUNT + 5);
    out->end_known_at = sql_integer(rows, TEXT_COUNT + 6);
    if (known_at == 0 || out->end_known_at <= known_at)
        return;
    out->end = out->end_on = out->end_letter = "";
    out->end_digest = (struct digest){0};
    out->end_known_at = 0;
}

/*
 * One text for each column whose index is to be taken; what else is asked for
 * stands in all of them.
 */
#define EACH(column)                                                           \
    "SELECT " TEXTS NUMBERS " FROM listing l WHERE " column " AND l.row > ?1"  \
    " AND (?2 = 0 OR (?2 >> l.list) & 1)"                                      \
    " AND (?4 IS NULL OR l.name = ?4)"                                         \
    " AND (?9 IS NULL OR l.letter = ?9 OR l.end_letter = ?9)"                  \
    " AND (?5 = 0 OR l.known_at <= ?5)"                                        \
    " AND (?8 OR (l.valid_from <= ?6"                                          \
    "  AND (l.valid_until = '' OR ?6 <= l.valid_until)"                        \
    "  AND NOT (l.end <> '' AND l.end_on <= ?6"                                \
    "   AND (?5 = 0 OR l.end_known_at <= ?5))))"                               \
    " ORDER BY l.row LIMIT ?7"

static const char *query_text(const struct listing_query *query)
{
    return query->letter        ? EACH("(l.letter = ?9 OR l.end_letter = ?9)")
           : query->credit_code ? EACH("l.credit_code = ?3")
           : query->name        ? EACH("l.name = ?4")
                                : EACH("?3 IS NULL");
}

enum reason listing_each(struct sql *mailbox, const struct listing_query *query,
                         void (*use)(void *context,
                                     const struct listing *listing),
                         void *context, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox, query_text(query),
                   SQL_VALUES(SQL_INT(query->after), SQL_INT(query->lists),
                              SQL_TEXT(query->credit_code),
                              SQL_TEXT(query->name), SQL_INT(query->known_at),
                              SQL_TEXT(query->day ? query->day : ""),
                              SQL_INT(query->limit ? query->limit : -1),
                              SQL_INT(query->history), SQL_TEXT(query->letter)),
                   &rows, why));
    while (sql_next(rows)) {
        struct listing listing = {0};
        read_listing(rows, query->known_at, &listing);
        use(context, &listing);
    }
    return sql_check(rows, why);
}

enum reason listing_get(struct sql *mailbox, int64_t row,
                        void (*use)(void *context,
                                    const struct listing *listing),
                        void *context, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT " TEXTS NUMBERS " FROM listing l WHERE l.row = ?1",
                   SQL_VALUES(SQL_INT(row)), &rows, why));
    if (!sql_next(rows)) {
        TRY(sql_check(rows, why));
        return fault(why, R_NOT_FOUND, "%lld", (long long)row);
    }
    struct listing listing = {0};
    read_listing(rows, 0, &listing);
    use(context, &listing);
    return R_OK;
}

/* A change tells what was known when it was made: an end that came later has a
 * number of its own. */
enum reason listing_changes(struct sql *mailbox, int64_t since, unsigned lists,
                            int64_t limit,
                            void (*use)(void *context,
                                        const struct listing_change *change),
                            void *context, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT " TEXTS NUMBERS ", c.number, c.ended"
                   " FROM listing_change c JOIN listing l ON l.row = c.listing"
                   " WHERE c.number > ?1 AND (?2 = 0 OR (?2 >> l.list) & 1)"
                   " ORDER BY c.number LIMIT ?3",
                   SQL_VALUES(SQL_INT(since), SQL_INT(lists), SQL_INT(limit)),
                   &rows, why));
    while (sql_next(rows)) {
        struct listing_change change = {0};
        change.number = sql_integer(rows, TEXT_COUNT + 7);
        change.ended = sql_integer(rows, TEXT_COUNT + 8) != 0;
        read_listing(rows, change.ended ? 0 : INT64_MIN, &change.listing);
        use(context, &change);
    }
    return sql_check(rows, why);
}

#define OPEN_ROWS(column)                                                      \
    "SELECT row FROM listing WHERE " column " AND end = ''"                    \
    " AND (?1 = 0 OR (?1 >> list) & 1)"                                        \
    " AND (?2 IS NULL OR case_id = ?2)"                                        \
    " AND (?4 IS NULL OR sender = ?4)"                                         \
    " AND (?6 IS NULL OR number = ?6) AND (?7 IS NULL OR kind = ?7)"           \
    " AND (?8 IS NULL OR title = ?8)"                                          \
    " AND (?9 IS NULL OR credit_code = ?9)"                                    \
    " AND (?10 IS NULL OR name = ?10) ORDER BY row LIMIT ?11"

static const char *match_text(const struct listing_match *match)
{
    return match->letter        ? OPEN_ROWS("letter = ?5")
           : match->parent_case ? OPEN_ROWS("parent_case = ?3")
           : match->case_id     ? OPEN_ROWS("case_id = ?2")
           : match->number      ? OPEN_ROWS("number = ?6")
           : match->credit_code ? OPEN_ROWS("credit_code = ?9")
                                : OPEN_ROWS("name = ?10");
}

enum reason listing_open_rows(struct sql *mailbox,
                              const struct listing_match *match, int64_t *out,
                              size_t most, size_t *count, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    *count = 0;
    TRY(sql_select(mailbox, match_text(match),
                   SQL_VALUES(SQL_INT(match->lists), SQL_TEXT(match->case_id),
                              SQL_TEXT(match->parent_case),
                              SQL_TEXT(match->sender), SQL_TEXT(match->letter),
                              SQL_TEXT(match->number), SQL_TEXT(match->kind),
                              SQL_TEXT(match->title),
                              SQL_TEXT(match->credit_code),
                              SQL_TEXT(match->name), SQL_INT((int64_t)most)),
                   &rows, why));
    while (*count < most && sql_next(rows))
        out[(*count)++] = sql_integer(rows, 0);
    return sql_check(rows, why);
}
