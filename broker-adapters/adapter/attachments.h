/*
 * attachments - the manifest of the files that go with a letter: name, media
 * type, size, SHA-256 and SM3. The files themselves are kept beside the
 * mailbox, under their SHA-256.
 */
#ifndef YISONG_BROKER_ADAPTERS_ATTACHMENTS_H
#define YISONG_BROKER_ADAPTERS_ATTACHMENTS_H

#include "base/buf.h"
#include "base/digest.h"

enum { ATTACHMENTS_MAX = 200 };

/* One file and its entry in a manifest, XML. */
struct attachment {
    struct digest sha256, sm3;
    int64_t size;
    struct buf entry;
};
void attachment_done(struct attachment *attachment);
AUTO_VALUE(attachment, attachment_done)

/* Reads the file once. R_NO_FILE for what is not a regular file. */
enum reason attachment_measure(const char *path, struct attachment *out,
                               struct fault *why) MUST_CHECK;

/*
 * Keeps the file as attachments_keep does, without copying it where a second
 * name of the same file will do.
 */
enum reason attachment_link(const char *mailbox_path, const char *path,
                            const struct digest *sha256,
                            struct fault *why) MUST_CHECK;

/* A whole, durable copy, there at once or not at all. */
enum reason attachment_copy(const char *from, const char *to,
                            struct fault *why) MUST_CHECK;

/* As attachments_add, with entries (XML) that are there already. */
enum reason attachments_add_entries(const struct buf *letter,
                                    const struct buf *entries, struct buf *out,
                                    struct fault *why) MUST_CHECK;

/*
 * Appends the letter with an entry for each file added to its manifest, in the
 * encoding it has. R_NOT_WELL_FORMED, R_SIGNATURE_PROFILE for a letter that is
 * signed, R_NO_FILE.
 */
enum reason attachments_add(const struct buf *letter, const char *const *paths,
                            size_t count, struct buf *out,
                            struct fault *why) MUST_CHECK;

/*
 * Copies each file to FOLDER/SHA256, where FOLDER is "attachments" beside the
 * mailbox; what is there already stays. An empty file need not be kept.
 */
enum reason attachments_keep(const char *mailbox_path, const char *const *paths,
                             size_t count, struct fault *why) MUST_CHECK;

#endif
