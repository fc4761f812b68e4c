/*
 * attachment_draft - a file that comes piece by piece, to be kept beside the
 * mailbox as attachments_keep does: when it is whole and what it was said to
 * be. Until then it lies there under a name that nobody takes.
 */
#ifndef YISONG_BROKER_ADAPTERS_ATTACHMENT_DRAFT_H
#define YISONG_BROKER_ADAPTERS_ATTACHMENT_DRAFT_H

#include "base/digest.h"

enum { ATTACHMENT_RESERVE_MB = 64 }; /* stays free: letters need it */
#define ATTACHMENT_CEILING ((int64_t)64 << 30)

struct attachment_draft;

/* `size` as it was announced, 0: not at all. R_TOO_LARGE, R_DISK_FULL,
 * R_DISK_FAILED. */
enum reason attachment_draft_new(struct attachment_draft **out,
                                 const char *mailbox_path, int64_t size,
                                 struct fault *why) MUST_CHECK;
/* What was not kept is gone. */
void attachment_draft_free(struct attachment_draft *draft);
AUTO_POINTER(attachment_draft, attachment_draft_free)

/* R_DISK_FULL, R_DISK_FAILED. */
enum reason attachment_draft_put(struct attachment_draft *draft,
                                 const void *bytes, size_t size,
                                 struct fault *why) MUST_CHECK;

/* Durable on return. R_DIGEST_MISMATCH. An empty file need not be kept. */
struct attachment_known {
    struct digest sha256, sm3;
    int64_t size;
};
enum reason attachment_draft_keep(struct attachment_draft *draft,
                                  const struct digest *sha256,
                                  struct attachment_known *out,
                                  struct fault *why) MUST_CHECK;

/* Whether a file of this size is kept under this digest. */
bool attachment_is_kept(const char *mailbox_path, const struct digest *sha256,
                        int64_t size);

/* At the start: drafts that a crash left behind. */
enum reason attachment_drafts_clear(const char *mailbox_path,
                                    struct fault *why) MUST_CHECK;

#endif
