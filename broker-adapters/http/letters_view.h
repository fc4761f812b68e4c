/*
 * letters_view - letters of the mailbox as JSON: how far each that we sent has
 * come, and page by page what came for us. The shapes are those of
 * openapi.json.
 */
#ifndef YISONG_BROKER_ADAPTERS_LETTERS_VIEW_H
#define YISONG_BROKER_ADAPTERS_LETTERS_VIEW_H

#include "base/buf.h"
#include "base/sql.h"

/* One letter of ours with its addressees and what came in answer.
 * R_NOT_FOUND. */
enum reason letters_put_sent(struct sql *mailbox, const char *id,
                             struct buf *out, struct fault *why) MUST_CHECK;

/* A page: what is behind `after`, at most `limit`. */
struct letters_page {
    int64_t after, limit;
    const char *choice; /* a state of sent letters; "waiting": not taken */
};

/* {"letters":[...],"next":"CURSOR","more":BOOL}, oldest first. */
enum reason letters_put_sent_page(struct sql *mailbox,
                                  const struct letters_page *page,
                                  struct buf *out,
                                  struct fault *why) MUST_CHECK;
enum reason letters_put_inbox_page(struct sql *mailbox,
                                   const struct letters_page *page,
                                   struct buf *out,
                                   struct fault *why) MUST_CHECK;

/*
 * The row of the letter with this id that was handed over; `sender` tells it
 * from one of the same id by another agency, NULL: there is only one.
 * R_NOT_FOUND, R_AMBIGUOUS.
 */
enum reason letters_find_inbox(struct sql *mailbox, const char *id,
                               const char *sender, int64_t *row,
                               struct fault *why) MUST_CHECK;

/* A letter that came, as it came. Owns its texts. */
struct inbox_letter {
    int64_t row;
    char *id, *sender, *case_id, *type, *media_type, *jws;
    void *bytes;
    size_t size;
};
void inbox_letter_done(struct inbox_letter *letter);
AUTO_VALUE(inbox_letter, inbox_letter_done)

enum reason letters_get_inbox(struct sql *mailbox, int64_t row,
                              struct inbox_letter *out,
                              struct fault *why) MUST_CHECK;

#endif
