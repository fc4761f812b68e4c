/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/courier/courier_store.h"

#include <stdlib.h>

#include "base/mem.h"
#include "broker-adapters/mailbox/mailbox.h"

static const char *const tables[] = {
    /* number 0 stands for nothing; letters of a number lost to us: -1 */
    "CREATE TABLE IF NOT EXISTS courier_given ("
    " partner TEXT NOT NULL,"
    " number INTEGER NOT NULL,"
    " name TEXT NOT NULL,"
    " letters INTEGER NOT NULL,"
    " made_at INTEGER NOT NULL,"
    " confirmed_at INTEGER NOT NULL DEFAULT 0,"
    " PRIMARY KEY (partner, number)) STRICT, WITHOUT ROWID",

    "CREATE TABLE IF NOT EXISTS courier_row ("
    " partner TEXT NOT NULL,"
    " letter INTEGER NOT NULL," /* of the mailbox, of the outbox */
    " number INTEGER NOT NULL,"
    " PRIMARY KEY (partner, letter)) STRICT, WITHOUT ROWID",

    "CREATE TABLE IF NOT EXISTS courier_taken ("
    " partner TEXT NOT NULL,"
    " number INTEGER NOT NULL,"
    " letters INTEGER NOT NULL,"
    " sums BLOB NOT NULL,"
    " made_at INTEGER NOT NULL,"
    " taken_at INTEGER NOT NULL,"
    " reported INTEGER NOT NULL DEFAULT 0,"
    " PRIMARY KEY (partner, number)) STRICT, WITHOUT ROWID",
};

enum reason courier_store_open(struct sql *db, struct fault *why)
{
    for (size_t i = 0; i < COUNT_OF(tables); i++)
        TRY(sql_run(db, tables[i], SQL_NO_VALUES, why));
    return R_OK;
}

/* The one number that a query gives; 0 if it gives none. */
static enum reason select_number(struct sql *db, const char *text,
                                 struct sql_values values, int64_t *out,
                                 struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(db, text, values, &rows, why));
    *out = sql_next(rows) ? sql_integer(rows, 0) : 0;
    return sql_check(rows, why);
}

/* The numbers that a query gives, ascending, as ranges. */
static enum reason select_ranges(struct sql *db, const char *text,
                                 const char *partner, struct number_range *out,
                                 size_t *count, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    *count = 0;
    TRY(sql_select(db, text, SQL_VALUES(SQL_TEXT(partner)), &rows, why));
    while (sql_next(rows)) {
        int64_t number = sql_integer(rows, 0);
        if (*count > 0 && out[*count - 1].last == number - 1)
            out[*count - 1].last = number;
        else if (*count < COVER_RANGES_MAX)
            out[(*count)++] = (struct number_range){number, number};
    }
    return sql_check(rows, why);
}

enum reason courier_next_number(struct sql *db, const char *partner,
                                int64_t *number, struct fault *why)
{
    TRY(select_number(db,
                      "SELECT coalesce(max(number), 0) FROM courier_given"
                      " WHERE partner = ?1",
                      SQL_VALUES(SQL_TEXT(partner)), number, why));
    (*number)++;
    return R_OK;
}

enum reason courier_has_row(struct sql *db, const char *partner, int64_t row,
                            bool *has, struct fault *why)
{
    int64_t count;
    TRY(select_number(db,
                      "SELECT count(*) FROM courier_row"
                      " WHERE partner = ?1 AND letter = ?2",
                      SQL_VALUES(SQL_TEXT(partner), SQL_INT(row)), &count,
                      why));
    *has = count > 0;
    return R_OK;
}

enum reason courier_last_row(struct sql *db, const char *partner, int64_t *row,
                             struct fault *why)
{
    return select_number(db,
                         "SELECT coalesce(max(letter), 0) FROM courier_row"
                         " WHERE partner = ?1",
                         SQL_VALUES(SQL_TEXT(partner)), row, why);
}

enum reason courier_give(struct sql *db, const struct courier_given *given,
                         const int64_t *rows, struct fault *why)
{
    TRY(sql_run(db,
                "INSERT INTO courier_given"
                " (partner, number, name, letters, made_at)"
                " VALUES (?1, ?2, ?3, ?4, ?5)",
                SQL_VALUES(SQL_TEXT(given->partner), SQL_INT(given->number),
                           SQL_TEXT(given->name), SQL_INT(given->letters),
                           SQL_INT(given->made_at)),
                why));
    for (int64_t i = 0; i < given->letters; i++)
        TRY(sql_run(db, "INSERT INTO courier_row VALUES (?1, ?2, ?3)",
                    SQL_VALUES(SQL_TEXT(given->partner), SQL_INT(rows[i]),
                               SQL_INT(given->number)),
                    why));
    return sql_run(db,
                   "UPDATE courier_taken SET reported = 1"
                   " WHERE partner = ?1 AND reported = 0",
                   SQL_VALUES(SQL_TEXT(given->partner)), why);
}

enum reason courier_file(struct sql *db, const char *partner, int64_t number,
                         char **name, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(db,
                   "SELECT name FROM courier_given"
                   " WHERE partner = ?1 AND number = ?2 AND name <> ''",
                   SQL_VALUES(SQL_TEXT(partner), SQL_INT(number)), &rows, why));
    if (sql_next(rows)) {
        *name = mem_text(sql_text(rows, 0));
        return R_OK;
    }
    TRY(sql_check(rows, why));
    return fault(why, R_NOT_FOUND, "%s: %lld", partner, (long long)number);
}

enum reason courier_unconfirmed(struct sql *db, const char *partner,
                                struct number_range *out, size_t *count,
                                struct fault *why)
{
    return select_ranges(db,
                         "SELECT number FROM courier_given WHERE partner = ?1"
                         " AND confirmed_at = 0 ORDER BY number",
                         partner, out, count, why);
}

static enum reason confirm_range(struct sql *db, const char *partner,
                                 const struct number_range *range, instant now,
                                 void (*use)(void *context, const char *name),
                                 void *context, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(db,
                   "UPDATE courier_given SET confirmed_at = ?4"
                   " WHERE partner = ?1 AND number BETWEEN ?2 AND ?3"
                   " AND confirmed_at = 0 RETURNING name",
                   SQL_VALUES(SQL_TEXT(partner), SQL_INT(range->first),
                              SQL_INT(range->last), SQL_INT(now)),
                   &rows, why));
    while (sql_next(rows))
        use(context, mailbox_text(rows, 0));
    return sql_check(rows, why);
}

/* What left before the store was set back: known by its number alone. */
static enum reason skip_to(struct sql *db, const char *partner, int64_t last,
                           instant now, struct fault *why)
{
    int64_t next;
    TRY(courier_next_number(db, partner, &next, why));
    if (last < next)
        return R_OK;
    return sql_run(db,
                   "INSERT INTO courier_given"
                   " (partner, number, name, letters, made_at, confirmed_at)"
                   " VALUES (?1, ?2, '', -1, ?3, ?3)",
                   SQL_VALUES(SQL_TEXT(partner), SQL_INT(last), SQL_INT(now)),
                   why);
}

enum reason courier_confirm(struct sql *db, const struct cover *word,
                            instant now,
                            void (*use)(void *context, const char *name),
                            void *context, struct fault *why)
{
    size_t count = word->confirmed_count;
    for (size_t i = 0; i < count; i++)
        TRY(confirm_range(db, word->from, &word->confirmed[i], now, use,
                          context, why));
    return count == 0 ? R_OK
                      : skip_to(db, word->from, word->confirmed[count - 1].last,
                                now, why);
}

/* --- taken in --------------------------------------------------------------
 */

static struct courier_taken read_taken(const struct sql_rows *rows)
{
    return (struct courier_taken){.number = sql_integer(rows, 0),
                                  .letters = sql_integer(rows, 1),
                                  .sums = mailbox_digest(rows, 2),
                                  .made_at = sql_integer(rows, 3),
                                  .taken_at = sql_integer(rows, 4)};
}

enum reason courier_find_taken(struct sql *db, const char *partner,
                               int64_t number, struct courier_taken *out,
                               bool *found, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(db,
                   "SELECT number, letters, sums, made_at, taken_at"
                   " FROM courier_taken WHERE partner = ?1 AND number = ?2",
                   SQL_VALUES(SQL_TEXT(partner), SQL_INT(number)), &rows, why));
    *found = sql_next(rows);
    if (*found)
        *out = read_taken(rows);
    return sql_check(rows, why);
}

enum reason courier_take(struct sql *db, const struct courier_taken *taken,
                         struct fault *why)
{
    return sql_run(db,
                   "INSERT INTO courier_taken"
                   " (partner, number, letters, sums, made_at, taken_at)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                   SQL_VALUES(SQL_TEXT(taken->partner), SQL_INT(taken->number),
                              SQL_INT(taken->letters), SQL_DIGEST(&taken->sums),
                              SQL_INT(taken->made_at),
                              SQL_INT(taken->taken_at)),
                   why);
}

enum reason courier_taken_ranges(struct sql *db, const char *partner,
                                 struct number_range *out, size_t *count,
                                 struct fault *why)
{
    return select_ranges(db,
                         "SELECT number FROM courier_taken WHERE partner = ?1"
                         " ORDER BY number",
                         partner, out, count, why);
}

enum reason courier_unreported(struct sql *db, const char *partner,
                               int64_t *count, struct fault *why)
{
    return select_number(db,
                         "SELECT count(*) FROM courier_taken"
                         " WHERE partner = ?1 AND reported = 0 AND letters > 0",
                         SQL_VALUES(SQL_TEXT(partner)), count, why);
}

/* --- looking ---------------------------------------------------------------
 */

enum reason courier_partners(struct sql *db, char ***out, size_t *count,
                             struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    *out = NULL;
    *count = 0;
    TRY(sql_select(db,
                   "SELECT partner FROM courier_given"
                   " UNION SELECT partner FROM courier_taken ORDER BY 1",
                   SQL_NO_VALUES, &rows, why));
    while (sql_next(rows)) {
        *out = mem_resize(*out, *count + 1, sizeof **out);
        (*out)[(*count)++] = mem_text(mailbox_text(rows, 0));
    }
    return sql_check(rows, why);
}

void courier_partners_free(char **partners, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(partners[i]);
    free(partners);
}

enum reason courier_each_given(struct sql *db, const char *partner,
                               void (*use)(void *context,
                                           const struct courier_given *given),
                               void *context, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(db,
                   "SELECT number, name, letters, made_at, confirmed_at"
                   " FROM courier_given WHERE partner = ?1 ORDER BY number",
                   SQL_VALUES(SQL_TEXT(partner)), &rows, why));
    while (sql_next(rows)) {
        struct courier_given given = {.partner = partner,
                                      .number = sql_integer(rows, 0),
                                      .name = mailbox_text(rows, 1),
                                      .letters = sql_integer(rows, 2),
                                      .made_at = sql_integer(rows, 3),
                                      .confirmed_at = sql_integer(rows, 4)};
        use(context, &given);
    }
    return sql_check(rows, why);
}

enum reason courier_each_taken(struct sql *db, const char *partner,
                               void (*use)(void *context,
                                           const struct courier_taken *taken),
                               void *context, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(db,
                   "SELECT number, letters, sums, made_at, taken_at"
                   " FROM courier_taken WHERE partner = ?1 ORDER BY number",
                   SQL_VALUES(SQL_TEXT(partner)), &rows, why));
    while (sql_next(rows)) {
        struct courier_taken taken = read_taken(rows);
        taken.partner = partner;
        use(context, &taken);
    }
    return sql_check(rows, why);
}
