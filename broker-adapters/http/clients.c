/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Tokens are compared by their digests: how long that takes tells nothing of
 * the token.
 */
#include "broker-adapters/http/clients.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/csv.h"
#include "base/encode.h"
#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"

enum { FILE_MAX = 1024 * 1024, CLIENTS_MAX = 1000, TOKEN_BYTES = 32 };

enum client_kind { CLIENT_TOKEN, CLIENT_CERTIFICATE, CLIENT_KINDS };

static const char *const kinds[CLIENT_KINDS] = {"token", "certificate"};

struct client {
    char name[CLIENT_NAME_MAX];
    enum client_kind kind;
    struct digest digest;
};

bool client_name_is_valid(const char *name)
{
    static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz0123456789";
    size_t begin = strspn(name, first);
    size_t length = strlen(name);
    for (size_t i = begin; i < length; i++)
        if (!strchr(first, name[i]) && !strchr("._-", name[i]))
            return false;
    return begin > 0 && length < CLIENT_NAME_MAX;
}

static bool parse_client(char *const cells[], size_t count, struct client *out)
{
    if (count != 3 || !client_name_is_valid(cells[0]) ||
        !digest_parse(cells[2], &out->digest))
        return false;
    snprintf(out->name, sizeof out->name, "%s", cells[0]);
    for (out->kind = 0; out->kind < CLIENT_KINDS; out->kind++)
        if (strcmp(kinds[out->kind], cells[1]) == 0)
            return true;
    return false;
}

static enum reason read_rows(struct clients *clients, struct csv *csv,
                             struct fault *why)
{
    char *cells[CSV_CELLS_MAX];
    bool heading = true;
    for (size_t count; (count = csv_next(csv, cells)) > 0;) {
        struct client client;
        bool is_heading = heading && strcmp(cells[0], "name") == 0;
        heading = false;
        if (is_heading)
            continue;
        if (clients->count == CLIENTS_MAX ||
            !parse_client(cells, count, &client))
            return fault(why, R_BAD_SETTINGS,
                         "%s:%d: name,token|certificate,sha256", clients->path,
                         csv->line);
        clients->rows = mem_resize(clients->rows, clients->count + 1,
                                   sizeof *clients->rows);
        clients->rows[clients->count++] = client;
    }
    return R_OK;
}

static enum reason read_file(struct clients *clients, struct fault *why)
{
    AUTO(buf) struct buf text = {.ceiling = FILE_MAX};
    AUTO(csv) struct csv csv = {0};
    clients->count = 0;
    if (!io_exists(clients->path))
        return R_OK;
    TRY(io_read(clients->path, &text, why));
    csv_open(&csv, buf_text(&text), text.size);
    enum reason reason = read_rows(clients, &csv, why);
    if (reason != R_OK)
        clients->count = 0;
    return reason;
}

/* Whether the file is another one than at the last look. */
static bool is_changed(struct clients *clients)
{
    struct stat status = {0};
    (void)stat(clients->path, &status);
    bool changed = status.st_mtim.tv_sec != clients->seen.tv_sec ||
                   status.st_mtim.tv_nsec != clients->seen.tv_nsec ||
                   status.st_size != clients->size;
    clients->seen = status.st_mtim;
    clients->size = status.st_size;
    return changed;
}

enum reason clients_open(struct clients *clients, const char *path,
                         struct fault *why)
{
    clients->path = path;
    (void)is_changed(clients);
    return read_file(clients, why);
}

void clients_done(struct clients *clients)
{
    free(clients->rows);
    *clients = (struct clients){0};
}

void clients_look(struct clients *clients)
{
    struct fault why = {0};
    if (is_changed(clients) && read_file(clients, &why) != R_OK)
        log_fault(LOG_ERROR, "http clients", &why);
}

static const char *find(const struct clients *clients, enum client_kind kind,
                        const struct digest *digest)
{
    for (size_t i = 0; i < clients->count; i++)
        if (clients->rows[i].kind == kind &&
            digest_is_equal(&clients->rows[i].digest, digest))
            return clients->rows[i].name;
    return NULL;
}

const char *clients_find_token(const struct clients *clients, const char *token)
{
    struct digest digest = digest_of(DIGEST_SHA256, token, strlen(token));
    return find(clients, CLIENT_TOKEN, &digest);
}

const char *clients_find_certificate(const struct clients *clients,
                                     const struct digest *fingerprint)
{
    return find(clients, CLIENT_CERTIFICATE, fingerprint);
}

char *client_token_new(char token[CLIENT_TOKEN_MAX])
{
    unsigned char bytes[TOKEN_BYTES];
    AUTO(buf) struct buf text = {0};
    random_fill(bytes, sizeof bytes);
    base64url_put(&text, bytes, sizeof bytes);
    snprintf(token, CLIENT_TOKEN_MAX, "yisong_%s", buf_text(&text));
    return token;
}
