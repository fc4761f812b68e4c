/*
 * attachments - the manifest of the files that go with a letter: name, media
 * type, size, SHA-256 and SM3. The files themselves are kept beside the
 * mailbox, under their SHA-256.
 */
#ifndef YISONG_BROKER_ADAPTERS_ATTACHMENTS_H
#define YISONG_BROKER_ADAPTERS_ATTACHMENTS_H

#include "base/buf.h"

enum { ATTACHMENTS_MAX = 200 };

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
