/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Regions of GB/T 2260: a code, or a full name that only one region has, or a
 * name behind those of its province and city. A withdrawn code is read as its
 * one successor. The tables are loaded once and never change afterwards.
 */
#include "schemas/field_rules.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/csv.h"
#include "base/language.h"
#include "base/mem.h"

enum { CODE_SIZE = 6, CHAIN_MAX = 8, NAMES_SHOWN = 8 };

/* A row of either table: "successors" is NULL for a present region. */
struct region {
    const char *code, *name, *successors;
};

struct table {
    struct csv text; /* what the rows point into */
    struct region *rows;
    size_t count;
};

static struct table present, withdrawn;
static pthread_once_t loaded = PTHREAD_ONCE_INIT;

static int compare_codes(const void *left, const void *right)
{
    return strcmp(((const struct region *)left)->code,
                  ((const struct region *)right)->code);
}

static void load_table(struct table *table, const char *name, bool gone)
{
    const struct asset *asset = asset_get(name);
    csv_open(&table->text, asset->bytes, asset->size);
    char *cells[CSV_CELLS_MAX];
    size_t room = 0;
    while (csv_next(&table->text, cells) >= 3) {
        if (strlen(cells[0]) != CODE_SIZE) /* the heading */
            continue;
        if (table->count == room) {
            room = room ? room * 2 : 512;
            table->rows = mem_resize(table->rows, room, sizeof *table->rows);
        }
        table->rows[table->count++] =
            (struct region){cells[0], cells[1], gone ? cells[2] : NULL};
    }
    qsort(table->rows, table->count, sizeof *table->rows, compare_codes);
}

static void load(void)
{
    load_table(&present, "schemas/tables/regions.csv", false);
    load_table(&withdrawn, "schemas/tables/region_changes.csv", true);
}

static const struct region *find_code(const struct table *table,
                                      const char *code)
{
    struct region wanted = {.code = code};
    return bsearch(&wanted, table->rows, table->count, sizeof *table->rows,
                   compare_codes);
}

/* "620502 秦州区, 620503 麦积区" for "620502|620503". */
static enum reason many_successors(const struct region *region,
                                   struct fault *why)
{
    AUTO(buf) struct buf names = {0};
    for (const char *code = region->successors; *code;
         code += strcspn(code, "|"), code += *code == '|' ? 1 : 0) {
        char one[CODE_SIZE + 1] = {0};
        memcpy(one, code, strnlen(code, CODE_SIZE));
        const struct region *successor = find_code(&present, one);
        buf_print(&names, "%s%s %s", names.size ? ", " : "", one,
                  successor ? successor->name : "");
    }
    return fault(why, R_AMBIGUOUS,
                 say("%s（%s）已撤销，分为 %s", "%s (%s) was divided into %s"),
                 region->code, region->name, buf_text(&names));
}

/* Follows a withdrawn code to the region of today. */
static enum reason read_code(const char *code, struct buf *out,
                             struct fault *why)
{
    const char *now = code;
    for (int i = 0; i < CHAIN_MAX; i++) {
        if (find_code(&present, now)) {
            buf_put_text(out, now);
            return R_OK;
        }
        const struct region *gone = find_code(&withdrawn, now);
        if (!gone)
            break;
        if (strchr(gone->successors, '|'))
            return many_successors(gone, why);
        now = gone->successors;
    }
    return fault(why, R_BAD_FIELD,
                 now == code ? say("没有行政区划 %s", "there is no region %s")
                             : say("%s 已撤销，没有现行区划与之对应",
                                   "%s is withdrawn and nothing succeeds it"),
                 code);
}

/* The name of the province or prefecture that holds a code, or "". */
static const char *holder_name(const char *code, size_t digits)
{
    char holder[] = "000000";
    memcpy(holder, code, digits);
    const struct region *region = find_code(&present, holder);
    return region && strcmp(holder, code) != 0 ? region->name : "";
}

/* Whether `name` is the region's, alone or behind those of its holders. */
static bool is_named(const struct region *region, const char *name)
{
    size_t length = strlen(name), own = strlen(region->name);
    if (length < own || strcmp(name + length - own, region->name) != 0)
        return false;
    size_t before = length - own;
    for (size_t digits = 2; digits <= 4 && before > 0; digits += 2) {
        const char *holder = holder_name(region->code, digits);
        size_t size = strlen(holder);
        if (size > 0 && size <= before && strncmp(name, holder, size) == 0) {
            name += size;
            before -= size;
        }
    }
    return before == 0;
}

static enum reason withdrawn_name(const char *name, struct fault *why)
{
    for (size_t i = 0; i < withdrawn.count; i++)
        if (strcmp(withdrawn.rows[i].name, name) == 0)
            return fault(why, R_AMBIGUOUS,
                         say("“%s”已撤销，见 %s", "%s is withdrawn, see %s"),
                         name, withdrawn.rows[i].successors);
    return fault(why, R_BAD_FIELD,
                 say("“%s”不是现行行政区划的全称或六位代码",
                     "'%s' is no six-digit code or full name of a region"),
                 name);
}

static enum reason read_name(const char *name, struct buf *out,
                             struct fault *why)
{
    AUTO(buf) struct buf codes = {0};
    const struct region *found = NULL;
    size_t count = 0;
    for (size_t i = 0; i < present.count; i++) {
        if (!is_named(&present.rows[i], name))
            continue;
        found = &present.rows[i];
        if (count++ < NAMES_SHOWN)
            buf_print(&codes, "%s%s %s", count > 1 ? ", " : "", found->code,
                      holder_name(found->code, 2));
    }
    if (!found)
        return withdrawn_name(name, why);
    if (count > 1)
        return fault(why, R_AMBIGUOUS,
                     say("有 %zu 个“%s”：%s%s", "there are %zu named %s: %s%s"),
                     count, name, buf_text(&codes),
                     count > NAMES_SHOWN ? ", ..." : "");
    buf_put_text(out, found->code);
    return R_OK;
}

enum reason field_region(const struct field_text *text, struct buf *out,
                         struct fault *why)
{
    pthread_once(&loaded, load);
    struct field_text region = *text;
    field_text_drop_spaces(&region);
    AUTO(buf) struct buf written = {0};
    field_text_put(&region, 0, region.count, &written);
    const char *name = buf_text(&written);
    for (size_t i = 0; i < region.count; i++)
        if (field_is_mask(region.at[i]))
            return fault(why, R_AMBIGUOUS, "%s",
                         say("代码被遮盖，不完整", "masked, not whole"));
    if (strspn(name, "0123456789") < written.size)
        return read_name(name, out, why);
    if (written.size == CODE_SIZE)
        return read_code(name, out, why);
    return fault(why, R_BAD_FIELD,
                 say("有 %zu 位数字，应为 6 位", "%zu digits, not 6"),
                 written.size);
}
