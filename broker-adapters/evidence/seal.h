/*
 * seal - files sealed to the agencies that their letter names, and opened
 * again; and where both lie beside a mailbox:
 *
 *     attachments/SHA256              what the agency attached
 *     evidence/going/LETTER.SHA256    sealed, until the centre has it
 *     evidence/coming/SENDER.LETTER.SHA256   sealed, as far as it came
 *     evidence/in/                    opened files, if there is no spool folder
 */
#ifndef YISONG_BROKER_ADAPTERS_SEAL_H
#define YISONG_BROKER_ADAPTERS_SEAL_H

#include <stdatomic.h>

#include "base/sql.h"
#include "broker-adapters/evidence/transfer.h"
#include "certs/envelope.h"
#include "certs/registry.h"

/* Paths; free them. */
char *seal_attachment_path(const char *mailbox_path,
                           const struct digest *sha256);
char *seal_going_path(const char *mailbox_path,
                      const struct transfer *transfer);
char *seal_coming_path(const char *mailbox_path,
                       const struct transfer *transfer);

/* Makes the folders beside the mailbox. */
enum reason seal_make_folders(const char *mailbox_path,
                              struct fault *why) MUST_CHECK;

/*
 * Whether a file that a letter of ours lists, and that has not gone yet, is not
 * kept here: deleted with an earlier letter, just when this one was sent.
 */
enum reason seal_lacks(struct sql *mailbox, const char *mailbox_path,
                       bool *lacks, struct fault *why) MUST_CHECK;

struct sealing {
    const struct registry *registry;
    const char *const *agencies; /* for whom */
    size_t count;
    const struct digest *sha256; /* what the file must be */
    instant now;
    atomic_bool *stop; /* gives up soon: R_TIMED_OUT */
};

/*
 * Seals the file `from` into `into`, durably; tells how large that got and its
 * digest. R_NO_FILE, R_DIGEST_MISMATCH (the file is not what was signed),
 * R_DISK_FAILED and what registry_encryption says of an agency.
 */
enum reason seal_file(const struct sealing *sealing, const char *from,
                      const char *into, int64_t *size, struct digest *sealed,
                      struct fault *why) MUST_CHECK;

/*
 * Opens the sealed file `from` into `into`, durably (an empty file is made
 * without any: nothing was sealed), and compares size and
 * both digests. R_DIGEST_MISMATCH and the reasons of envelope_open; `into` is
 * worth nothing then.
 */
struct opened {
    int64_t size;
    struct digest sha256, sm3;
};
enum reason seal_open(const struct envelope_key *key, const char *from,
                      const char *into, const struct opened *must,
                      struct fault *why) MUST_CHECK;

#endif
