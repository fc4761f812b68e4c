/*
 * beside - files that lie beside a letter in out/: for NAME.xml (or .json) the
 * folder NAME.files/, put there before the letter. They are looked at by the
 * press, because the digests of gigabytes take their time; the letter waits in
 * out/ until its manifest can be written.
 *
 *     wanted -> ready -> done
 */
#ifndef YISONG_BROKER_ADAPTERS_BESIDE_H
#define YISONG_BROKER_ADAPTERS_BESIDE_H

#include "base/buf.h"
#include "base/instant.h"
#include "base/sql.h"

enum reason beside_rows_open(struct sql *mailbox, struct fault *why) MUST_CHECK;

/* The folder of a letter: PATH/NAME.files for PATH and NAME.xml. Free it. */
char *beside_folder(const char *out_path, const char *letter_name);

enum beside_state {
    BESIDE_NONE,    /* no folder */
    BESIDE_PENDING, /* not looked at yet, or changed since */
    BESIDE_READY
};

/*
 * For the main loop, in its transaction: whether the files of this letter can
 * be listed; then appends their manifest entries. R_NO_FILE for what cannot be
 * sent (a link, a folder within), R_TOO_LARGE for more than ATTACHMENTS_MAX.
 */
enum reason beside_look(struct sql *mailbox, const char *folder,
                        enum beside_state *state, struct buf *entries,
                        struct fault *why) MUST_CHECK;
/* The letter was taken or refused: in its transaction. */
enum reason beside_done(struct sql *mailbox, const char *folder,
                        struct fault *why) MUST_CHECK;

/*
 * For the press: looks at the next folder that is wanted, keeps its files
 * beside the mailbox; *busy if there was one. Then lets go what refused
 * letters left.
 */
enum reason beside_turn(struct sql *mailbox, const char *mailbox_path,
                        bool *busy, struct fault *why) MUST_CHECK;

#endif
