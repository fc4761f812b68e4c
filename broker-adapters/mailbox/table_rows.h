/*
 * table_rows - rows of an agency's own database: which became letters, what
 * their database was told of each, and which letters that came were written
 * there. What stands here decides; their database may lose anything.
 */
#ifndef YISONG_BROKER_ADAPTERS_TABLE_ROWS_H
#define YISONG_BROKER_ADAPTERS_TABLE_ROWS_H

#include "base/digest.h"
#include "base/instant.h"
#include "base/sql.h"

enum { TABLE_KEY_MAX = 200, TABLE_STATE_MAX = 16 };

/* Makes the tables that are missing; mailbox_open calls it. */
enum reason table_rows_open(struct sql *mailbox, struct fault *why) MUST_CHECK;

/* --- rows that became letters ----------------------------------------------
 */

struct table_row {
    const char *key;      /* that their system gave it */
    struct digest digest; /* of what the row said */
    bool of_rows;         /* of a table of columns, not of letters */
};

/* What is known of a key; `letter` is "" if nothing is. */
struct table_known {
    char letter[UUID_TEXT_MAX];
    struct digest digest;
    char state[TABLE_STATE_MAX]; /* of the letter in `outgoing` */
    char told[TABLE_STATE_MAX];  /* the state that their row shows; "": none */
};
enum reason table_rows_find(struct sql *mailbox, const char *key,
                            struct table_known *out,
                            struct fault *why) MUST_CHECK;

/* The row is in this letter; an earlier letter of the key is forgotten. */
enum reason table_rows_put(struct sql *mailbox, const struct table_row *row,
                           const char *letter, struct fault *why) MUST_CHECK;

/* Their row must be told again. */
enum reason table_rows_retell(struct sql *mailbox, const char *key,
                              struct fault *why) MUST_CHECK;

/* Why the exchange refused a letter, beyond what `outgoing` keeps. Nothing
 * happens if it was not made of rows. */
struct table_refused {
    const char *rule, *article, *mistakes; /* the last is a JSON array */
};
enum reason table_rows_refuse(struct sql *mailbox, const char *letter,
                              const struct table_refused *refused,
                              struct fault *why) MUST_CHECK;

/*
 * Rows whose letter is further than their table shows; the columns are those
 * of enum table_news. Free the rows.
 */
enum table_news {
    NEWS_KEY,
    NEWS_OF_ROWS,
    NEWS_LETTER,
    NEWS_CASE,
    NEWS_STATE,
    NEWS_CODE,
    NEWS_RULE,
    NEWS_ARTICLE,
    NEWS_CHINESE,
    NEWS_ENGLISH,
    NEWS_MISTAKES,
    NEWS_POSITION,
    NEWS_TIMES, /* taken, sent, submitted, delivered, refused */
    NEWS_TIME_COUNT = 5
};
enum reason table_rows_news(struct sql *mailbox, int64_t most,
                            struct sql_rows **out,
                            struct fault *why) MUST_CHECK;
/*
 * Their row shows this state now; after the last one it is looked at no more.
 * TABLE_UNTOLD: nor if it could not be written.
 */
#define TABLE_UNTOLD "-"
enum reason table_rows_told(struct sql *mailbox, const char *key,
                            const char *state, struct fault *why) MUST_CHECK;

/* --- letters that are written there ----------------------------------------
 */

struct table_letter {
    int64_t row; /* in `incoming` */
    char case_id[66];
};

/* Letters behind all those that are written; begin with 0. */
struct table_queue {
    int64_t turn;
    bool receipts; /* they too */
};
enum reason table_rows_waiting(struct sql *mailbox, struct table_queue *queue,
                               instant now, struct table_letter *out,
                               size_t most, size_t *count,
                               struct fault *why) MUST_CHECK;
enum reason table_rows_mark(struct sql *mailbox,
                            const struct table_letter *letter, instant now,
                            struct fault *why) MUST_CHECK;

/* Their database did not take it: its case waits, longer each time. */
enum reason table_rows_hold(struct sql *mailbox,
                            const struct table_letter *letter, const char *text,
                            instant now, struct fault *why) MUST_CHECK;

#endif
