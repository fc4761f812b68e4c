/*
 * files_view - the files of a letter as JSON, in the shapes of openapi.json.
 */
#ifndef YISONG_BROKER_ADAPTERS_FILES_VIEW_H
#define YISONG_BROKER_ADAPTERS_FILES_VIEW_H

#include "base/buf.h"
#include "base/sql.h"

/* Member "files" of an incoming letter: nothing if it lists none, unless
 * `always`. */
struct files_letter {
    int64_t row;
    const char *id, *sender;
};
enum reason files_put_came(struct sql *mailbox,
                           const struct files_letter *letter, bool always,
                           struct buf *out, struct fault *why) MUST_CHECK;

/* Member "files" of a letter of ours: nothing if it lists none. */
enum reason files_put_going(struct sql *mailbox, const char *letter,
                            struct buf *out, struct fault *why) MUST_CHECK;

#endif
