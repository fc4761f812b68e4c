/*
 * statistics - the tables that the notices ask for, for a day, week, month,
 * quarter or year. Every figure is counted anew from the letters of the log,
 * up to the head that is told with it, never from a counter; so whoever has
 * the letters can count again. What a column counts is data (statistics.xml).
 *
 * A letter belongs to the period in which the centre received it; a duty that
 * ran out, to the period in which its limit ended, as the reminders say.
 */
#ifndef YISONG_ROUTING_SUPERVISION_STATISTICS_H
#define YISONG_ROUTING_SUPERVISION_STATISTICS_H

#include "routing/ledger/survey.h"
#include "routing/supervision/rules.h"
#include "routing/timeline.h"

enum { COLUMNS_MAX = 31 };

/* "2026", "2026-Q3", "2026-10", "2026-W45", "2026-10-05": days of +08:00. */
struct season {
    char text[16];
    instant from, until;
};
enum reason season_parse(const char *text, struct season *out,
                         struct fault *why) MUST_CHECK;

/* One agency or region, and its figures in the order of the columns. */
struct stat_row {
    char *key;
    int64_t cells[COLUMNS_MAX];
};

struct stat_table {
    const struct table *table;
    struct stat_row *rows; /* by key */
    size_t count;
};

/* What stands behind a figure. */
struct stat_case {
    char *key, *case_id, *letter_id, *letter_type;
    char *about; /* an addressee, or a limit; "" */
    int64_t position;
    instant at;
};

struct stat_request {
    struct season season;
    const struct registry *registry; /* may be NULL: no names, no regions */
    bool by_region;
    const char *table;   /* only this one; NULL: all */
    const char *explain; /* "TABLE.COLUMN[.ROW]", or NULL */
    /* Called now and then: letters looked at, of how many; may be NULL. */
    void (*progress)(int64_t done, int64_t all);
};

struct statistics {
    const struct rules *rules;
    struct stat_request request;
    struct log_head head;
    struct stat_table *tables;
    size_t table_count;
    const struct table *explained; /* NULL: nothing is to be explained */
    size_t explained_column;
    const char *explained_row; /* NULL: all */
    struct stat_case *cases;
    size_t case_count;
};

/* R_USAGE for a table or column that is not there. Free it. */
enum reason statistics_read(struct statistics **out, struct ledger *ledger,
                            const struct rules *rules,
                            const struct stat_request *request,
                            struct fault *why) MUST_CHECK;
void statistics_free(struct statistics *statistics);
AUTO_POINTER(statistics, statistics_free)

/* One thing that was counted; texts are borrowed. */
struct stat_item {
    const char *agency;
    const char *case_id, *letter_id, *letter_type, *about;
    int64_t position;
    instant at;
};
void statistics_count(struct statistics *statistics, size_t table,
                      size_t column, const struct stat_item *item);

/* The columns that follow reminders, cards and notices; private. */
enum reason statistics_count_expired(struct statistics *statistics,
                                     struct ledger *ledger,
                                     struct fault *why) MUST_CHECK;

/* What is gathered while the letters go by, and counted behind the last. */
struct gathering;
struct gathering *gathering_new(struct statistics *statistics,
                                struct ledger *ledger);
void gathering_free(struct gathering *gathering);
AUTO_POINTER(gathering, gathering_free)
/* Any letter before the end of the period. */
enum reason gathering_see(struct gathering *gathering,
                          const struct letter_line *line,
                          struct fault *why) MUST_CHECK;
enum reason gathering_count(struct gathering *gathering,
                            struct fault *why) MUST_CHECK;

void statistics_put_text(const struct statistics *statistics,
                         const struct names *names, struct buf *out);
void statistics_put_csv(const struct statistics *statistics,
                        const struct names *names, struct buf *out);
void statistics_put_json(const struct statistics *statistics, struct buf *out);

/* The name of a row for people: an agency's, or a region's. */
const char *statistics_row_name(const struct statistics *statistics,
                                const struct names *names, const char *key,
                                struct buf *room);

#endif
