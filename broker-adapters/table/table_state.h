/*
 * table_state - what the .c files of the table connector share; nobody else.
 *
 *   table_connector.c  the thread: connecting, the parts of its work in turn
 *   table_open.c       the agency's database, opened as the settings say
 *   table_words.c      the statements, made for its names and its dialect
 *   table_taking.c     letters that stand in rows, into the mailbox
 *   table_columns.c    rows of columns into letters, by a mapping
 *   table_telling.c    how far each letter is, into its row
 *   table_handing.c    letters that came, into rows
 *   table_flat.c       a letter as one flat JSON object
 *   table_check.c      what is wrong with their tables and rights, in words
 */
#ifndef YISONG_BROKER_ADAPTERS_TABLE_STATE_H
#define YISONG_BROKER_ADAPTERS_TABLE_STATE_H

#include "base/side.h"
#include "broker-adapters/adapter/adapter_settings.h"
#include "broker-adapters/adapter/intake.h"
#include "broker-adapters/adapter/registry_watch.h"
#include "broker-adapters/mailbox/table_rows.h"
#include "broker-adapters/mapping/mapping.h"
#include "broker-adapters/table/table_words.h"
#include "certs/key_watch.h"

enum {
    TABLE_BATCH = 64,
    TABLE_BATCH_BYTES = 8 * 1024 * 1024, /* of letters in memory at once */
    TABLE_JWS_MAX = 16384
};

/* Their database, and how it is spoken to. */
struct table_place {
    const struct adapter_settings *settings;
    struct mapping *mapping;    /* of table_columns; NULL: none */
    struct mapping *mapping_in; /* of table_columns_in; NULL: none */
    struct sql *db;             /* NULL: not connected */
    struct table_words words;
};

/* Reads the mappings and checks the names; connects to nothing.
 * R_BAD_SETTINGS. */
enum reason table_place_init(struct table_place *place,
                             const struct adapter_settings *settings,
                             struct fault *why) MUST_CHECK;
void table_place_done(struct table_place *place);
AUTO_VALUE(table_place, table_place_done)

/* Connects, and makes the statements. The reasons of sql_postgres_open and
 * sql_open_foreign. */
enum reason table_place_connect(struct table_place *place,
                                const atomic_bool *stop,
                                struct fault *why) MUST_CHECK;
void table_place_disconnect(struct table_place *place);

/* Commits in their database if `reason` is R_OK, else undoes. */
enum reason table_place_end(struct table_place *place, enum reason reason,
                            struct fault *why) MUST_CHECK;

/* "PostgreSQL intake@10.1.2.3:5432/cases", "SQLite /srv/intake.db". */
void table_place_print(const struct table_place *place, struct buf *out);

struct table_connector {
    const struct adapter_settings *settings;
    struct desk desk; /* with a mailbox connection of this thread's own */
    struct registry_watch registry;
    struct key_watch key;
    struct table_place place;
    struct side side;
    struct table_queue queue; /* of letters to hand over */
    int64_t after;            /* rows up to this one were looked at */
    int64_t next_complaint;   /* monotonic */
    instant now;              /* of this turn */
    bool more;                /* out: a batch was full */
    bool looks;               /* their tables are looked at in this turn */
};

/* --- the parts of a turn ---------------------------------------------------
 */
enum reason table_taking_turn(struct table_connector *connector,
                              struct fault *why) MUST_CHECK;
enum reason table_columns_turn(struct table_connector *connector,
                               struct fault *why) MUST_CHECK;
enum reason table_telling_turn(struct table_connector *connector,
                               struct fault *why) MUST_CHECK;
enum reason table_handing_turn(struct table_connector *connector,
                               struct fault *why) MUST_CHECK;

/* --- what the taking parts share -------------------------------------------
 */

/* What became of one row. */
struct table_verdict {
    struct table_row row;
    struct fault found; /* why it was refused, or no reason */
    struct mistakes mistakes;
};

/*
 * What must happen to a row that asks to be taken, by what is known of its
 * key: *is_new, or nothing more than telling it again. R_ID_REUSED where the
 * key stands for a letter with other content.
 */
enum reason table_row_judge(struct sql *mailbox, const struct table_row *row,
                            bool *is_new, struct fault *why) MUST_CHECK;

/* Writes the refusals among the verdicts into their rows. */
enum reason table_telling_refuse(struct table_connector *connector,
                                 const struct table_verdict *verdicts,
                                 size_t count, struct fault *why) MUST_CHECK;

/*
 * Which columns of table_columns the mapping reads; makes their statement.
 * R_STORE_UNFIT if one that it needs is missing.
 */
enum reason table_columns_find(struct table_place *place,
                               struct fault *why) MUST_CHECK;

/* The letter as one JSON object: paths as of `yisong reply`, texts. */
void table_flat_put(const struct message *message, struct buf *out);

#endif
