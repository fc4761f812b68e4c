/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "program/courier_look.h"

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "broker-adapters/mailbox/mailbox.h"

enum { SETTINGS_CEILING = 1024 * 1024 };

/* Whether the settings file gives this name a value. */
static enum reason has_setting(const char *path, const char *name, bool *has,
                               struct fault *why)
{
    AUTO(buf) struct buf text = {.ceiling = SETTINGS_CEILING};
    size_t length = strlen(name);
    TRY(io_read(path, &text, why));
    *has = false;
    for (const char *line = buf_text(&text); line && !*has;) {
        line += strspn(line, " \t\n");
        const char *behind = line + length;
        *has = strncmp(line, name, length) == 0 &&
               behind[strspn(behind, " \t")] == '=';
        line = strchr(line, '\n');
    }
    return R_OK;
}

static enum reason open_agency(struct courier_look *look,
                               const struct arguments *arguments,
                               struct fault *why)
{
    TRY(desk_look_open_to_send(&look->desk, arguments, why));
    look->shelf = mem_print("%s.courier", look->desk.settings.mailbox);
    look->courier = (struct courier){.agency = look->desk.settings.agency,
                                     .key = look->desk.key,
                                     .registry = look->desk.registry,
                                     .db = look->desk.desk.mailbox,
                                     .shelf = look->shelf};
    return R_OK;
}

static enum reason open_centre(struct courier_look *look, const char *path,
                               struct fault *why)
{
    enum { STORE_VERSION = 1 };
    const struct router_settings *settings = &look->centre;
    TRY(router_settings_read(path, &look->centre, why));
    TRY(registry_read(&look->registry, settings->agencies, why));
    TRY(signing_key_read(&look->key, settings->key, settings->certificate,
                         why));
    look->shelf = mem_print("%s.courier", settings->ledger);
    TRY(io_make_folder(look->shelf, why));
    AUTO(text) char *store = io_join(look->shelf, "courier.db");
    TRY(sql_open(&look->db, store, SQL_CREATE, "", STORE_VERSION, why));
    look->courier = (struct courier){.agency = settings->agency,
                                     .key = look->key,
                                     .registry = look->registry,
                                     .db = look->db,
                                     .shelf = look->shelf};
    return R_OK;
}

enum reason courier_look_open(struct courier_look *look,
                              const struct arguments *arguments,
                              struct fault *why)
{
    const char *path;
    TRY(arguments_require(arguments, "-c", &path, why));
    TRY(has_setting(path, "ledger", &look->is_centre, why));
    TRY(look->is_centre ? open_centre(look, path, why)
                        : open_agency(look, arguments, why));
    struct sql *db = look->courier.db;
    TRY(sql_begin(db, why));
    return mailbox_end(db, courier_store_open(db, why), why);
}

void courier_look_done(struct courier_look *look)
{
    if (!look->is_centre)
        desk_look_done(&look->desk);
    sql_close(look->db);
    signing_key_free(look->key);
    registry_free(look->registry);
    if (look->is_centre)
        router_settings_done(&look->centre);
    free(look->shelf);
}

static char *beside(const char *key, const char *given, const char *name)
{
    AUTO(text) char *folder = io_folder_of(key);
    return given && *given ? mem_text(given) : io_join(folder, name);
}

enum reason courier_look_key(const struct courier_look *look,
                             struct envelope_key **out, struct fault *why)
{
    const struct adapter_settings *agency = &look->desk.settings;
    const char *key = look->is_centre ? look->centre.key : agency->key;
    AUTO(text)
    char *secret = beside(key, agency->encryption_key, "encryption.key");
    AUTO(text)
    char *open = beside(key, agency->encryption_certificate, "encryption.pem");
    return envelope_key_read(out, secret, open, why);
}

enum reason courier_look_former(const struct courier_look *look,
                                struct envelope_key **out, struct fault *why)
{
    const char *key =
        look->is_centre ? look->centre.key : look->desk.settings.key;
    AUTO(text) char *secret = beside(key, NULL, "before/encryption.key");
    AUTO(text) char *open = beside(key, NULL, "before/encryption.pem");
    *out = NULL;
    return io_exists(secret) ? envelope_key_read(out, secret, open, why) : R_OK;
}

enum reason courier_look_centre(const struct courier_look *look,
                                const char **out, struct fault *why)
{
    const struct registry *registry = look->courier.registry;
    *out = NULL;
    for (size_t i = 0; i < registry_count(registry); i++) {
        const struct agency *agency = registry_get(registry, i);
        if (strcmp(agency->role, "exchange") != 0 || agency->revoked)
            continue;
        if (*out)
            return fault(why, R_BAD_REGISTRY, "two centres: '%s', '%s'", *out,
                         agency->id);
        *out = agency->id;
    }
    return *out ? R_OK : fault(why, R_BAD_REGISTRY, "no exchange centre");
}
