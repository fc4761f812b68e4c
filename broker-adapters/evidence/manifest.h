/*
 * manifest - the files that travel with a letter: those entries of its signed
 * list of attachments that say "carried", and for whom they are meant.
 */
#ifndef YISONG_BROKER_ADAPTERS_MANIFEST_H
#define YISONG_BROKER_ADAPTERS_MANIFEST_H

#include "schemas/message.h"

/* Texts are borrowed from the message. */
struct manifest_entry {
    const char *name, *media_type, *sha256, *sm3;
    int64_t size;
};

/*
 * The next carried entry: begin with *place NULL. False behind the last. The
 * message was checked before (message_check).
 */
bool manifest_next(const struct message *message, const struct element **place,
                   struct manifest_entry *out);

/*
 * Whether the sender meant the files for this agency: it is named in the
 * header. Those to whom the procedure gives a copy of the letter are not; the
 * files were sealed before anybody could know of them.
 */
bool manifest_is_for(const struct message *message, const char *agency);

enum { MANIFEST_NAME_MAX = 201 };

/*
 * The name under which a file may lie in a folder: nothing that leaves the
 * folder, no control characters, and none of those that make a text read
 * backwards ("exe.pdf"); each becomes %XX. Two names never become one.
 */
void manifest_file_name(const char *name, char out[MANIFEST_NAME_MAX]);

#endif
