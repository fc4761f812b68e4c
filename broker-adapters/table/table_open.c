/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The agency's database: PostgreSQL by its address, SQLite by its path.
 */
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sql_postgres.h"
#include "broker-adapters/table/table_state.h"

/* Our trigger's channel, and what SQLite is watched for. */
#define CHANNEL "yisong_outgoing"

static bool is_postgres(const char *address)
{
    return strncmp(address, "postgresql://", 13) == 0 ||
           strncmp(address, "postgres://", 11) == 0;
}

/* A mapping that is wrong is told whole, at the start. */
static enum reason read_mapping(struct mapping **out, const char *name,
                                const char *send_to, struct fault *why)
{
    AUTO(buf) struct buf report = {0};
    enum reason reason = mapping_read(out, name, &report, why);
    if (report.size > 0) {
        fputs(buf_text(&report), stderr);
        fault_clear(why);
    }
    if (reason == R_OK)
        mapping_send_to(*out, send_to);
    return reason;
}

enum reason table_place_init(struct table_place *place,
                             const struct adapter_settings *settings,
                             struct fault *why)
{
    *place = (struct table_place){.settings = settings};
    TRY(table_words_check(settings, why));
    if (strstr(settings->table, "://") && !is_postgres(settings->table))
        return fault(why, R_BAD_SETTINGS,
                     "table: postgresql://USER@HOST:PORT/DATABASE, or the path "
                     "of an SQLite file");
    if (*settings->table_columns)
        TRY(read_mapping(&place->mapping, settings->table_mapping,
                         settings->table_to, why));
    if (*settings->table_columns_in)
        TRY(read_mapping(&place->mapping_in, settings->table_mapping_in, "",
                         why));
    return R_OK;
}

void table_place_disconnect(struct table_place *place)
{
    sql_close(place->db);
    place->db = NULL;
    table_words_done(&place->words);
}

void table_place_done(struct table_place *place)
{
    table_place_disconnect(place);
    mapping_free(place->mapping);
    mapping_free(place->mapping_in);
}

static enum reason open_database(struct table_place *place,
                                 const atomic_bool *stop, struct fault *why)
{
    const struct adapter_settings *settings = place->settings;
    struct sql_patience patience = {
        .wait_ms = settings->table_wait * INSTANT_SECOND, .stop = stop};
    return is_postgres(settings->table)
               ? sql_postgres_open(&place->db, settings->table,
                                   settings->table_passfile, &patience, why)
               : sql_open_foreign(&place->db, settings->table, &patience, why);
}

/* Who cannot listen (a pooler, a network drive) looks now and then. */
enum reason table_place_connect(struct table_place *place,
                                const atomic_bool *stop, struct fault *why)
{
    struct fault found = {0};
    TRY(open_database(place, stop, why));
    if (sql_listen(place->db, CHANNEL, &found) != R_OK)
        log_fault(LOG_WARN, "table: listen", &found);
    table_words_make(&place->words, place->settings, sql_dialect(place->db));
    return R_OK;
}

enum reason table_place_end(struct table_place *place, enum reason reason,
                            struct fault *why)
{
    if (reason == R_OK)
        reason = sql_commit(place->db, why);
    if (reason != R_OK)
        sql_rollback(place->db);
    return reason;
}

/* Without user and password: they end at the last '@' before the path. */
void table_place_print(const struct table_place *place, struct buf *out)
{
    const char *address = place->settings->table;
    if (!is_postgres(address)) {
        buf_print(out, "SQLite %s", address);
        return;
    }
    const char *host = strstr(address, "://") + 3;
    size_t size = strcspn(host, "?");
    for (size_t i = size; i > 0; i--)
        if (host[i - 1] == '@') {
            host += i;
            size -= i;
            break;
        }
    buf_put_text(out, "PostgreSQL ");
    buf_put(out, host, size);
}
