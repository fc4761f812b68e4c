/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Opening the ledger, and its transactions. Another process may write to the
 * same file between two transactions: what is kept in memory of the log is
 * compared with the store at each begin, behind the write lock.
 */
#include "routing/ledger/store.h"

#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/mem.h"
#include "base/sql_upgrade.h"

/*
 * Up to version 4 the number in the file stayed 1 whatever the tables were:
 * the signs say which they are.
 */
static const struct sql_step steps[] = {
    {2, "SELECT 1 FROM sqlite_master WHERE name = 'deadlines_waiting'",
     "routing/ledger/ledger_to_2.sql"},
    {3, "SELECT 1 FROM pragma_table_info('cases') WHERE name = 'parent'",
     "routing/ledger/ledger_to_3.sql"},
    {4, "SELECT 1 FROM sqlite_master WHERE name = 'recounts'",
     "routing/ledger/ledger_to_4.sql"},
    {LEDGER_VERSION, NULL, "routing/ledger/ledger_to_5.sql"},
};

enum reason ledger_open(struct ledger **out, const char *path,
                        enum sql_mode mode, struct fault *why)
{
    AUTO(ledger) struct ledger *ledger = mem_new(1, sizeof *ledger);
    ledger->tile_place = -1;
    if (mode != SQL_READ)
        TRY(sql_upgrade(path, steps, COUNT_OF(steps), why));
    TRY(sql_open(&ledger->db, path, mode,
                 asset_get("routing/ledger/ledger.sql")->bytes, LEDGER_VERSION,
                 why));
    *out = TAKE(ledger);
    return R_OK;
}

void ledger_close(struct ledger *ledger)
{
    if (!ledger)
        return;
    sql_close(ledger->db);
    free(ledger);
}

enum reason ledger_begin(struct ledger *ledger, struct fault *why)
{
    TRY(sql_begin(ledger->db, why));
    enum reason loaded = log_load(ledger, why);
    if (loaded != R_OK) {
        sql_rollback(ledger->db);
        return loaded;
    }
    ledger->writing = true;
    return R_OK;
}

enum reason ledger_commit(struct ledger *ledger, struct fault *why)
{
    if (ledger->grown)
        TRY(log_store_head(ledger, why));
    TRY(sql_commit(ledger->db, why));
    ledger->writing = false;
    ledger->grown = false;
    return R_OK;
}

void ledger_rollback(struct ledger *ledger)
{
    sql_rollback(ledger->db);
    if (ledger->grown)
        ledger->tree_known = false;
    ledger->tile_place = -1;
    ledger->grown = false;
    ledger->writing = false;
}

enum reason row_digest(const struct sql_rows *rows, int column,
                       struct digest *out, struct fault *why)
{
    size_t size;
    const void *bytes = sql_bytes(rows, column, &size);
    if (size != DIGEST_SIZE)
        return fault(why, R_STORE_FAILED, "a digest of %zu bytes", size);
    memcpy(out->bytes, bytes, DIGEST_SIZE);
    return R_OK;
}
