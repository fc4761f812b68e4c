/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What both dialects have is written once; sizes are measured differently.
 * Nothing large is read before its size is known.
 */
#include "broker-adapters/table/table_words.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/language.h"
#include "base/mem.h"

static const char *const texts[WORD_COUNT] = {
    [WORD_NEW] = "SELECT id, key FROM {outgoing}"
                 " WHERE state = 'new' AND id > ?1 AND length(key) <= ?2"
                 " AND (payload IS NOT NULL OR ?4 = 0)"
                 " ORDER BY id LIMIT ?3",
    [WORD_PAYLOAD] = "SELECT CASE WHEN {size} <= ?2 THEN payload END, {size},"
                     " CASE WHEN length(jws) <= ?3 THEN jws END, length(jws)"
                     " FROM {outgoing} WHERE key = ?1 AND state = 'new'",
    [WORD_COLUMN_KEYS] =
        "SELECT s.{key} FROM {columns} s LEFT JOIN {outgoing} o"
        " ON o.key = CAST(s.{key} AS text)"
        " WHERE o.key IS NULL OR (o.state = 'new' AND o.payload IS NULL)"
        " ORDER BY s.{key} LIMIT ?1",
    [WORD_COLUMNS] = "SELECT * FROM {columns} LIMIT 0",
    [WORD_STATUS] = "INSERT INTO {outgoing} (key, state) VALUES (?1, 'taken')"
                    " ON CONFLICT (key) DO NOTHING",
    [WORD_TELL] =
        "UPDATE {outgoing} SET state = ?2, letter_id = ?3, case_id = ?4,"
        " code = ?5, rule = ?6, article = ?7, reason_zh = ?8, reason_en = ?9,"
        " mistakes = ?10, position = ?11, taken_at = ?12, sent_at = ?13,"
        " submitted_at = ?14, delivered_at = ?15, refused_at = ?16"
        " WHERE key = ?1",
    [WORD_REFUSE] = "UPDATE {outgoing} SET state = 'refused', code = ?2,"
                    " reason_zh = ?3, reason_en = ?4, mistakes = ?5,"
                    " refused_at = ?6, rule = NULL, article = NULL"
                    " WHERE key = ?1",
    [WORD_HAND] =
        "INSERT INTO {incoming} (letter_id, sender, case_id, type, type_name,"
        " in_reply_to, document_number, place, received_at, xml, flat, json,"
        " jws, sha256) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,"
        " ?12, ?13, ?14) ON CONFLICT (sender, letter_id) DO NOTHING",
};

static const char *const sizes[] = {
    [SQL_SQLITE] = "length(CAST(payload AS BLOB))",
    [SQL_POSTGRES] = "octet_length(payload)",
};

void table_words_quote(struct buf *out, const char *name)
{
    buf_put_char(out, '"');
    for (; *name; name++) {
        if (*name == '.')
            buf_put_text(out, "\".\"");
        else
            buf_put_char(out, *name);
    }
    buf_put_char(out, '"');
}

/* No quotes: they would end the name; no more than one dot. */
static enum reason check_name(const char *setting, const char *name,
                              bool may_have_schema, struct fault *why)
{
    const char *dot = strchr(name, '.');
    bool dots = dot && (!may_have_schema || dot == name || !dot[1] ||
                        strchr(dot + 1, '.'));
    if (!*name || dots || strpbrk(name, "\"'`;\\{}") || strlen(name) > 120)
        return fault(why, R_BAD_SETTINGS, "%s = %s", setting, name);
    return R_OK;
}

enum reason table_words_check(const struct adapter_settings *settings,
                              struct fault *why)
{
    TRY(check_name("table_outgoing", settings->table_outgoing, true, why));
    TRY(check_name("table_incoming", settings->table_incoming, true, why));
    if (*settings->table_columns) {
        TRY(check_name("table_columns", settings->table_columns, true, why));
        TRY(check_name("table_key", settings->table_key, false, why));
    }
    if (*settings->table_columns_in)
        TRY(check_name("table_columns_in", settings->table_columns_in, true,
                       why));
    return R_OK;
}

static void put_marker(struct buf *out, const struct adapter_settings *settings,
                       enum sql_dialect dialect, const char *name)
{
    const struct {
        const char *name, *value;
    } markers[] = {
        {"{outgoing}", settings->table_outgoing},
        {"{incoming}", settings->table_incoming},
        {"{columns}", settings->table_columns},
        {"{columns_in}", settings->table_columns_in},
        {"{key}", settings->table_key},
    };
    for (size_t i = 0; i < COUNT_OF(markers); i++)
        if (strncmp(name, markers[i].name, strlen(markers[i].name)) == 0) {
            table_words_quote(out, markers[i].value);
            return;
        }
    buf_put_text(out, sizes[dialect]);
}

char *table_words_expand(const struct adapter_settings *settings,
                         enum sql_dialect dialect, const char *text)
{
    struct buf out = {0};
    for (; *text; text++) {
        if (*text != '{') {
            buf_put_char(&out, *text);
            continue;
        }
        put_marker(&out, settings, dialect, text);
        text = strchr(text, '}');
    }
    return buf_take(&out);
}

void table_words_make(struct table_words *words,
                      const struct adapter_settings *settings,
                      enum sql_dialect dialect)
{
    table_words_done(words);
    for (size_t i = 0; i < WORD_COUNT; i++)
        words->texts[i] = table_words_expand(settings, dialect, texts[i]);
}

void table_words_done(struct table_words *words)
{
    for (size_t i = 0; i < WORD_COUNT; i++)
        free(words->texts[i]);
    for (size_t i = 0; i < words->name_count; i++)
        free(words->names[i]);
    free(words->names);
    free(words->columns);
    free(words->row_in);
    *words = (struct table_words){0};
}
