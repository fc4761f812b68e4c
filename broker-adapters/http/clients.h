/*
 * clients - who may call the HTTP connector: a CSV file, one client a line,
 *
 *     name,kind,sha256
 *     case-system,token,9f86d081884c7d659a2feaa0c55ad015...
 *     gateway,certificate,4bf5122f344554c53bde2ebb8cd2b7e3...
 *
 * A token is kept as its SHA-256: it is 256 random bits, so nothing slower is
 * needed, and who reads the file cannot call. A certificate is named by the
 * SHA-256 of its DER. The file is read again when it changed; removing a line
 * ends that client's access at once.
 */
#ifndef YISONG_BROKER_ADAPTERS_CLIENTS_H
#define YISONG_BROKER_ADAPTERS_CLIENTS_H

#include <time.h>

#include "base/digest.h"

enum { CLIENT_NAME_MAX = 65, CLIENT_TOKEN_MAX = 64 };

struct clients {
    const char *path; /* borrowed */
    struct timespec seen;
    int64_t size;
    struct client *rows;
    size_t count;
};

/* Reads the file; one that is not there has no clients. R_BAD_SETTINGS with
 * the first line that is wrong. */
enum reason clients_open(struct clients *clients, const char *path,
                         struct fault *why) MUST_CHECK;
void clients_done(struct clients *clients);

/* Reads it again if it changed; one that does not hold lets nobody in. */
void clients_look(struct clients *clients);

/* The name of the client, or NULL. Borrowed until clients_look. */
const char *clients_find_token(const struct clients *clients,
                               const char *token);
const char *clients_find_certificate(const struct clients *clients,
                                     const struct digest *fingerprint);

/* [A-Za-z0-9][A-Za-z0-9._-]{0,63} */
bool client_name_is_valid(const char *name);

/* A new token. */
char *client_token_new(char token[CLIENT_TOKEN_MAX]);

#endif
