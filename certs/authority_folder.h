/*
 * authority_folder - the open authority and its folder, shared by the files
 * authority*.c.
 */
#ifndef YISONG_CERTS_AUTHORITY_FOLDER_H
#define YISONG_CERTS_AUTHORITY_FOLDER_H

#include "certs/authority.h"
#include "certs/certificate.h"
#include "certs/issue.h"

struct authority {
    char *folder;
    int lock;
    struct signing_key *keys[SUITE_COUNT];
    struct registry *registry;
};

/* DIR/authority/NAME; free it. */
char *authority_path(const char *folder, const char *name);

/* DIR/authority/issued/AGENCY, where copies of its certificates lie. */
char *authority_issued(const char *folder, const char *agency);

/* R_BAD_FIELD if the texts of the agency are not what they must be. */
enum reason authority_check_texts(const struct agency *agency,
                                  struct fault *why) MUST_CHECK;

/* Keeps what was issued, as PEM, so that it can be revoked. */
enum reason authority_keep_copy(const struct authority *authority,
                                const struct issue *wanted,
                                const struct buf *certificate,
                                struct fault *why) MUST_CHECK;

/* Signs and writes the registry as it is in memory, and reads it anew. */
enum reason authority_write(struct authority *authority, instant now,
                            struct fault *why) MUST_CHECK;

/* Reads the registry anew, after it was written. */
enum reason authority_reload(struct authority *authority,
                             struct fault *why) MUST_CHECK;

#endif
