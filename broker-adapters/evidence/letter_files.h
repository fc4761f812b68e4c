/*
 * letter_files - the files of one letter, as its entries list them, and those
 * that came, opened.
 */
#ifndef YISONG_BROKER_ADAPTERS_LETTER_FILES_H
#define YISONG_BROKER_ADAPTERS_LETTER_FILES_H

#include "base/digest.h"
#include "base/sql.h"

/* Texts are borrowed until the next file, never NULL. */
struct letter_file {
    const char *name, *media_type; /* as the signed list has them */
    const char *state, *code;      /* evidence_rows.h */
    const char *folder, *file;     /* where it lies when it is whole */
    struct digest sha256;
    int64_t size;
    int percent; /* that is here (coming), or at the centre (going) */
};

/* Of incoming letter `row`, those that are carried, in their order. */
enum reason letter_files_came(struct sql *mailbox, int64_t row,
                              void (*use)(void *context,
                                          const struct letter_file *file),
                              void *context, struct fault *why) MUST_CHECK;

/* Of our letter with this id; there is no media type, folder and file. */
enum reason letter_files_going(struct sql *mailbox, const char *letter,
                               void (*use)(void *context,
                                           const struct letter_file *file),
                               void *context, struct fault *why) MUST_CHECK;

/*
 * Opens a whole file below `root` for reading. Nothing else is opened: no
 * link, nothing of another size. R_NOT_FOUND.
 */
enum reason letter_file_open(const char *root, const struct letter_file *file,
                             int *descriptor, struct fault *why) MUST_CHECK;

#endif
