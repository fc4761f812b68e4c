/*
 * extract - what the public may see: the cards and penalties that hold on a
 * day, without personal data. Natural persons keep their surname alone,
 * identity and telephone numbers are nowhere, names inside texts are masked.
 *
 * A row is made public in one place (extract.c); what it does not hold cannot
 * be written by any of the forms.
 */
#ifndef YISONG_BROKER_ADAPTERS_EXTRACT_H
#define YISONG_BROKER_ADAPTERS_EXTRACT_H

#include "base/buf.h"
#include "base/instant.h"
#include "base/sql.h"

struct extract_row {
    char *name, *code, *kind, *title, *number, *authority, *text, *amount;
    char *from, *until;
};

struct extract_part {
    struct extract_row *rows;
    size_t count;
};

struct extract {
    const char *publisher; /* Chinese name of the agency */
    const char *day;       /* 2026-05-03 */
    instant made_at;
    struct extract_part cards, penalties; /* newest first */
};
void extract_done(struct extract *extract);
AUTO_VALUE(extract, extract_done)

/* Fills in the parts; publisher, day and made_at are the caller's, borrowed. */
enum reason extract_read(struct sql *mailbox, struct extract *out,
                         struct fault *why) MUST_CHECK;

/* Appends a part as CSV with Chinese headings, for Excel. */
void extract_put_cards(const struct extract *extract, struct buf *out);
void extract_put_penalties(const struct extract *extract, struct buf *out);

/* Both parts for programs. */
void extract_put_json(const struct extract *extract, struct buf *out);

/* A file beside the page, and what its digest is. */
struct extract_file {
    const char *name;
    const struct buf *bytes;
};

/*
 * One page of HTML in Chinese that needs nothing else: no script, no fetched
 * font or picture; readable on a telephone, printable on A4.
 */
void extract_put_page(const struct extract *extract,
                      const struct extract_file *files, size_t count,
                      struct buf *out);

/* "罚款、责令停产停业" from "fine stop-production"; 红牌, 黄牌. */
void extract_put_kind(const char *kind, struct buf *out);

#endif
