/*
 * table_words - the statements on an agency's tables: made once for the names
 * that the settings give, in the dialect of its database.
 *
 * Names are quoted, so they must be written as they are; "schema.table" names
 * a table of another schema.
 */
#ifndef YISONG_BROKER_ADAPTERS_TABLE_WORDS_H
#define YISONG_BROKER_ADAPTERS_TABLE_WORDS_H

#include "base/sql.h"
#include "broker-adapters/adapter/adapter_settings.h"

enum table_word {
    WORD_NEW,         /* rows with a letter that is new: id and key */
    WORD_PAYLOAD,     /* of a key: letter, its size, its signature */
    WORD_COLUMN_KEYS, /* keys of rows of columns that are new */
    WORD_COLUMNS,     /* the columns of that table: no rows */
    WORD_STATUS,      /* a row of its own for a row of columns */
    WORD_TELL,        /* how far the letter of a key is */
    WORD_REFUSE,      /* why there is no letter */
    WORD_HAND,        /* a letter that came */
    WORD_COUNT
};

struct table_words {
    char *texts[WORD_COUNT];
    char *columns; /* one row of columns by its key; NULL: no such table */
    char *row_in;  /* a row that a letter makes; NULL: no such table */
    char **names;  /* of `columns`, in their order */
    size_t name_count;
};

/* R_BAD_SETTINGS for a name that cannot be one. */
enum reason table_words_check(const struct adapter_settings *settings,
                              struct fault *why) MUST_CHECK;

void table_words_make(struct table_words *words,
                      const struct adapter_settings *settings,
                      enum sql_dialect dialect);
void table_words_done(struct table_words *words);

/*
 * A text with {outgoing}, {incoming}, {columns}, {columns_in}, {key} and
 * {size} for those names and the size of the payload. Free it.
 */
char *table_words_expand(const struct adapter_settings *settings,
                         enum sql_dialect dialect, const char *text);

/* Appends a name in quotes. */
void table_words_quote(struct buf *out, const char *name);

#endif
