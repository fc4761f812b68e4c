/*
 * spool - the folder by which an agency's own system and the adapter meet:
 *
 *     out/         letters to send; the adapter takes what is whole
 *     sent/        taken and signed
 *     refused/     not sent, with NAME.reason.txt and NAME.reason.json beside
 *     in/          letters that came, for the agency's system to take
 *     receipts/    receipts and refusals of the exchange and of addressees
 *     quarantine/  what came and could not be trusted, with its reason
 *
 * Nothing that lies in out/ stops the adapter: subfolders are passed over;
 * links, pipes, devices, huge and unreadable files go to refused/. A file is
 * never taken while somebody writes it: names with a leading dot and *.part,
 * *.tmp, *~ are drafts, a file open for writing is left alone (a read lease
 * tells), and where leases do not work a file must have stayed the same for
 * SPOOL_SETTLED_MS. The signature of NAME.json is NAME.json.jws, put there
 * first.
 */
#ifndef YISONG_BROKER_ADAPTERS_SPOOL_H
#define YISONG_BROKER_ADAPTERS_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum {
    SPOOL_SETTLED_MS = 2000,
    SPOOL_FILE_CEILING = 1024 * 1024, /* as schemas/message.h */
    SPOOL_IDENTITY_MAX = 96,
    SPOOL_TARGET_MAX = 201
};

struct spool;

/* Makes the folders that are missing. */
enum reason spool_open(struct spool **out, const char *folder,
                       struct fault *why) MUST_CHECK;
void spool_close(struct spool *spool);
AUTO_POINTER(spool, spool_close)

/* The folder itself. */
const char *spool_path(const struct spool *spool);

/* Becomes readable when something happens in out/. */
int spool_descriptor(const struct spool *spool);

/* A file of out/, read whole. */
struct spool_file {
    char *name;
    char identity[SPOOL_IDENTITY_MAX]; /* device, inode, size, time */
    struct buf bytes;
    struct buf jws;
    bool settled;       /* unchanged for a while: it will not get better */
    struct fault fault; /* why it cannot be read, or no reason */
};
void spool_file_done(struct spool_file *file);
AUTO_VALUE(spool_file, spool_file_done)

/*
 * The next file of out/ by name; file->name is NULL if there is none left.
 * Looks into the folder when the last look is used up and something happened,
 * or when files wait to settle. `now` is monotonic, in milliseconds.
 */
enum reason spool_next(struct spool *spool, int64_t now,
                       struct spool_file *file, struct fault *why) MUST_CHECK;

/* Whether spool_next would look at anything; saves an empty transaction. */
bool spool_has_work(struct spool *spool, int64_t now);

/* Not yet: look at this file again later. */
void spool_postpone(struct spool *spool, const struct spool_file *file);

/* Something may have happened: look again at the next spool_next. */
void spool_look(struct spool *spool);

/* How many milliseconds until files that wait should be looked at; -1: none. */
int spool_patience(const struct spool *spool);

/*
 * A name for a file in `folder`: readable, valid UTF-8, without control
 * characters, short enough for the reason files, and not in use.
 */
void spool_target(const struct spool *spool, const char *folder,
                  const char *name, char target[SPOOL_TARGET_MAX]);

/*
 * Moves NAME of out/ (with its .jws) to `folder`/`target`, unless it was
 * changed or moved meanwhile. Doing it again does nothing.
 */
enum reason spool_move(struct spool *spool, const char *name,
                       const char *identity, const char *folder,
                       const char *target, struct fault *why) MUST_CHECK;

/* Makes the moves so far survive a power cut. */
enum reason spool_sync(struct spool *spool, struct fault *why) MUST_CHECK;

/* Moves sent/NAME to refused/TARGET; a file that is gone is fine. */
enum reason spool_send_back(struct spool *spool, const char *name,
                            const char *target, struct fault *why) MUST_CHECK;

/* Writes a whole file, there at once or not at all. */
enum reason spool_write(struct spool *spool, const char *folder,
                        const char *name, const void *bytes, size_t size,
                        struct fault *why) MUST_CHECK;

/*
 * The same in two steps, for "exactly once": a durable draft that nobody
 * takes, and its rename. spool_reveal of what is revealed already is fine.
 */
enum reason spool_draft(struct spool *spool, const char *folder,
                        const char *name, const void *bytes, size_t size,
                        struct fault *why) MUST_CHECK;
enum reason spool_reveal(struct spool *spool, const char *folder,
                         const char *name, struct fault *why) MUST_CHECK;

#endif
