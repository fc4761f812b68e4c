/*
 * place - where the opened files of a letter lie: in FOLDER, beside the letter
 * in in/ (or, without a spool folder, in evidence/in beside the mailbox). While
 * the letter waits for more of them FOLDER is a draft, ".FOLDER.part", that
 * nobody takes; it is revealed just before the letter.
 */
#ifndef YISONG_BROKER_ADAPTERS_PLACE_H
#define YISONG_BROKER_ADAPTERS_PLACE_H

#include "broker-adapters/evidence/evidence_rows.h"
#include "schemas/message.h"

/* FOLDER of a letter that came in this place of its case. Free it. */
char *place_folder_name(const struct message *message, int64_t place);

/* The folder around FOLDER; `spool` may be "". Free it. */
char *place_root(const char *mailbox_path, const char *spool);

/* Puts the opened file `from` under its name; `from` stays. Doing it again
 * does nothing. R_DISK_FAILED. */
enum reason place_put(const char *root, const struct evidence_target *target,
                      const char *from, struct fault *why) MUST_CHECK;

/*
 * In the caller's transaction: puts it wherever letters of this transfer list
 * it, and marks it whole; *between: not now, a letter is just being handed
 * over, and it is paused for a moment.
 */
enum reason place_all(struct sql *mailbox, const char *root,
                      const struct transfer *transfer, const char *from,
                      instant now, bool *between, struct fault *why) MUST_CHECK;

/* The draft gets its name; one that has it already is fine. */
enum reason place_reveal(const char *root, const char *folder,
                         struct fault *why) MUST_CHECK;

#endif
