/*
 * authority_folder - the open authority and its folder, shared by the files
 * authority*.c.
 */
#ifndef YISONG_CERTS_AUTHORITY_FOLDER_H
#define YISONG_CERTS_AUTHORITY_FOLDER_H

#include "certs/authority.h"
#include "certs/certificate.h"

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

/* Reads the registry anew, after it was written. */
enum reason authority_reload(struct authority *authority,
                             struct fault *why) MUST_CHECK;

#endif
