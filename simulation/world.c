/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Keys and, unless it is to be kept, the ledger lie in a folder of their own,
 * in memory where the machine offers that, and are removed at the end.
 */
#include "simulation/world.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "certs/authority.h"

#define CENTRE "exchange"

struct world {
    char *folder;
    struct registry *registry;
    struct signing_key **keys; /* in the order of the registry */
    struct ledger *ledger;
    struct pool *pool;
    struct router *router;
    struct carrier_memory *memory;
};

static instant clock_now;

static instant read_clock(void)
{
    return clock_now;
}

void world_set_clock(struct world *world, instant now)
{
    (void)world;
    if (now > clock_now)
        clock_now = now;
}

instant world_clock(const struct world *world)
{
    (void)world;
    return clock_now;
}

static int remove_entry(const char *path, const struct stat *status, int type,
                        struct FTW *place)
{
    (void)status, (void)type, (void)place;
    return remove(path);
}

static enum reason make_folder(struct world *world, struct fault *why)
{
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    char *folder = mem_print("%s/yisong-world.XXXXXX", base);
    if (!mkdtemp(folder)) {
        free(folder);
        return fault_errno(why, R_DISK_FAILED, "%s", base);
    }
    world->folder = folder;
    return R_OK;
}

static enum reason make_agencies(const struct world *world,
                                 const struct world_plan *plan,
                                 struct fault *why)
{
    const struct agency centre = {.id = CENTRE,
                                  .role = "exchange",
                                  .chinese = "交换中心",
                                  .english = "Exchange Centre",
                                  .level = "province"};
    AUTO(text) char *keys = io_join(world->folder, "keys");
    TRY(authority_create(world->folder, plan->opened, why));
    AUTO(authority) struct authority *authority = NULL;
    TRY(authority_open(&authority, world->folder, why));
    const size_t plain = plan->agency_count - plan->sm2_count;
    TRY(authority_add_all(authority, &centre, 1, keys, plan->opened, why));
    for (size_t i = plain; i < plan->agency_count; i++) {
        AUTO(text) char *folder = io_join(keys, plan->agencies[i].id);
        TRY(authority_add(authority, &plan->agencies[i], SUITE_SM2, folder,
                          plan->opened, why));
    }
    return authority_add_all(authority, plan->agencies, plain, keys,
                             plan->opened, why);
}

/* What others need to read the ledger: no keys. */
static enum reason keep_registry(const struct world *world, const char *folder,
                                 struct fault *why)
{
    static const char *const files[] = {"registry.xml", "authority.pem"};
    if (!folder)
        return R_OK;
    if (io_exists(folder))
        return fault(why, R_EXISTS, "%s", folder);
    TRY(io_make_folder(folder, why));
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        AUTO(text) char *from = io_join(world->folder, files[i]);
        AUTO(text) char *to = io_join(folder, files[i]);
        AUTO(buf) struct buf bytes = {0};
        TRY(io_read(from, &bytes, why));
        TRY(io_write(to, bytes.bytes, bytes.size, 0644, why));
    }
    return R_OK;
}

static enum reason read_keys(struct world *world, struct fault *why)
{
    size_t count = registry_count(world->registry);
    world->keys = mem_new(count, sizeof(struct signing_key *));
    for (size_t i = 0; i < count; i++) {
        const char *id = registry_get(world->registry, i)->id;
        AUTO(text)
        char *key = mem_print("%s/keys/%s/signing.key", world->folder, id);
        AUTO(text)
        char *pem = mem_print("%s/keys/%s/signing.pem", world->folder, id);
        TRY(signing_key_read(&world->keys[i], key, pem, why));
    }
    return R_OK;
}

static enum reason open_ledger(struct world *world, const char *path,
                               struct fault *why)
{
    AUTO(text) char *own = io_join(world->folder, "ledger.db");
    if (path && io_exists(path))
        return fault(why, R_EXISTS, "%s", path);
    return ledger_open(&world->ledger, path ? path : own, SQL_CREATE, why);
}

enum reason world_open(struct world **out, const struct world_plan *plan,
                       struct fault *why)
{
    AUTO(world) struct world *world = mem_new(1, sizeof *world);
    clock_now = plan->opened;
    world->memory = carrier_memory_new(&plan->ear);
    TRY(make_folder(world, why));
    TRY(make_agencies(world, plan, why));
    TRY(registry_read(&world->registry, world->folder, why));
    TRY(keep_registry(world, plan->registry, why));
    TRY(read_keys(world, why));
    TRY(open_ledger(world, plan->ledger, why));
    world->pool = pool_new(plan->threads);
    struct router_parts parts = {
        .agency = CENTRE,
        .registry = world->registry,
        .procedures = plan->procedures,
        .key = world_key(world, CENTRE),
        .ledger = world->ledger,
        .pool = world->pool,
    };
    TRY(router_open(&world->router, &parts, why));
    *out = TAKE(world);
    return R_OK;
}

void world_close(struct world *world)
{
    if (!world)
        return;
    router_close(world->router);
    ledger_close(world->ledger);
    pool_free(world->pool);
    carrier_memory_free(world->memory);
    for (size_t i = 0; world->keys && i < registry_count(world->registry); i++)
        signing_key_free(world->keys[i]);
    free(world->keys);
    registry_free(world->registry);
    if (world->folder)
        (void)nftw(world->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(world->folder);
    free(world);
}

const struct signing_key *world_key(const struct world *world,
                                    const char *agency)
{
    for (size_t i = 0; i < registry_count(world->registry); i++)
        if (strcmp(registry_get(world->registry, i)->id, agency) == 0)
            return world->keys[i];
    return NULL;
}

void world_submit(struct world *world, const char *user,
                  const struct sealed *sealed)
{
    carrier_memory_submit(world->memory, user, &sealed->bytes,
                          buf_text(&sealed->jws));
}

static bool is_quiet(const struct world *world)
{
    return carrier_memory_waiting(world->memory) == 0 &&
           router_is_idle(world->router);
}

enum reason world_settle(struct world *world, struct fault *why)
{
    struct carrier carrier = carrier_memory_carrier(world->memory);
    instant next;
    do {
        TRY(router_turn(world->router, &carrier, read_clock, 0, why));
        TRY(cases_next_due(world->ledger, &next, why));
    } while (!is_quiet(world) || next <= clock_now);
    return R_OK;
}

enum reason world_next_due(struct world *world, instant *out, struct fault *why)
{
    return cases_next_due(world->ledger, out, why);
}

struct ledger *world_ledger(struct world *world)
{
    return world->ledger;
}

const struct registry *world_registry(const struct world *world)
{
    return world->registry;
}

struct pool *world_pool(struct world *world)
{
    return world->pool;
}

struct router_counts world_counts(const struct world *world)
{
    return router_counts(world->router);
}
