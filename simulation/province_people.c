/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Who lives in the province: its real cities and counties (GB/T 2260), each
 * with the offices of offices.csv. A home without an office of its own is
 * served by that of its city, else of the province.
 */
#include "simulation/province_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/csv.h"
#include "base/io.h"
#include "base/mem.h"

/* --- homes ------------------------------------------------------------------
 */

enum { REGION_CODE, REGION_NAME, REGION_LEVEL, REGION_COLUMNS };
enum { OFFICE_ROLE, OFFICE_LEVELS = 1, OFFICE_COLUMNS = 4 };

struct csv_text {
    const char *bytes;
    size_t size;
};

static const char *const levels[] = {"province", "city", "county"};

static size_t level_of(const struct home *home)
{
    if (strcmp(home->code + 2, "0000") == 0)
        return 0;
    return strcmp(home->code + 4, "00") == 0 ? 1 : 2;
}

static bool is_under(const char *code, const char *above, size_t digits)
{
    return strncmp(code, above, digits) == 0;
}

static size_t find_city(const struct province *province, const char *code)
{
    for (size_t i = 1; i < province->home_count; i++)
        if (level_of(&province->homes[i]) == 1 &&
            is_under(code, province->homes[i].code, 4))
            return i;
    return 0;
}

static void add_home(struct province *province, const char *code,
                     const char *name)
{
    struct home *home = &province->homes[province->home_count];
    snprintf(home->code, sizeof home->code, "%s", code);
    home->city =
        level_of(home) == 2 ? find_city(province, code) : province->home_count;
    const char *above = level_of(home) == 2 ? province->homes[home->city].name
                        : province->home_count > 0 ? province->homes[0].name
                                                   : "";
    home->name = mem_print("%s%s", above, name);
    province->home_count++;
}

/* The county of this city that comes in this round; false if it has no more. */
static bool add_county(struct province *province, const struct csv_text *text,
                       const char *city, size_t digits, size_t round)
{
    AUTO(csv) struct csv csv = {0};
    char *cells[CSV_CELLS_MAX];
    size_t seen = 0;
    csv_open(&csv, text->bytes, text->size);
    while (csv_next(&csv, cells) >= REGION_COLUMNS)
        if (strcmp(cells[REGION_LEVEL], "county") == 0 &&
            is_under(cells[REGION_CODE], city, digits) && seen++ == round) {
            add_home(province, cells[REGION_CODE], cells[REGION_NAME]);
            return true;
        }
    return false;
}

/*
 * One round gives each city one of its counties, as long as there are any. A
 * municipality such as Shanghai has no cities below it.
 */
static void add_counties(struct province *province, const struct csv_text *text,
                         size_t most)
{
    const size_t cities = province->home_count;
    const size_t first = cities > 1 ? 1 : 0;
    size_t added = 0, before = SIZE_MAX;
    for (size_t round = 0; added < most && added != before; round++) {
        before = added;
        for (size_t city = first; city < cities && added < most; city++)
            added += add_county(province, text, province->homes[city].code,
                                first ? 4 : 2, round);
    }
}

static void make_homes(struct province *province)
{
    const struct asset *asset = asset_get("schemas/tables/regions.csv");
    const struct province_plan *plan = &province->plan;
    AUTO(csv) struct csv csv = {0};
    char *cells[CSV_CELLS_MAX];
    province->homes =
        mem_new(plan->cities + plan->counties + 1, sizeof(struct home));
    csv_open(&csv, asset->bytes, asset->size);
    while (csv_next(&csv, cells) >= REGION_COLUMNS)
        if (is_under(cells[REGION_CODE], plan->region, 2) &&
            strcmp(cells[REGION_LEVEL], "county") != 0 &&
            province->home_count <= plan->cities)
            add_home(province, cells[REGION_CODE], cells[REGION_NAME]);
    const struct csv_text text = {asset->bytes, asset->size};
    add_counties(province, &text, plan->counties);
}

/* --- offices ----------------------------------------------------------------
 */

static void add_office(struct province *province, size_t role, size_t home,
                       const char *name)
{
    const struct home *at = &province->homes[home];
    size_t place = province->agency_count++;
    char *id = mem_print("%s-%s", province->roles[role], at->code);
    province->agencies[place] =
        (struct agency){.id = id,
                        .role = province->roles[role],
                        .chinese = mem_print("%s%s", at->name, name),
                        .english = mem_text(id),
                        .region = at->code,
                        .level = levels[level_of(at)]};
    province->offices[role * province->home_count + home] = place;
}

static void read_roles(struct province *province, struct csv *rows,
                       char *names[][OFFICE_COLUMNS], size_t most)
{
    char *cells[CSV_CELLS_MAX];
    (void)csv_next(rows, cells);
    while (csv_next(rows, cells) == OFFICE_COLUMNS &&
           province->role_count < most) {
        memcpy(names[province->role_count], cells,
               OFFICE_COLUMNS * sizeof *cells);
        province->roles[province->role_count++] = mem_text(cells[OFFICE_ROLE]);
    }
}

enum { ROLES_MAX = 100 };

/* The last city signs with SM2: its offices stand at the end. */
static void make_offices(struct province *province,
                         char *names[][OFFICE_COLUMNS])
{
    size_t last_city = 0;
    for (size_t i = 1; i < province->home_count; i++)
        last_city = level_of(&province->homes[i]) == 1 ? i : last_city;
    for (int sm2 = 0; sm2 < 2; sm2++) {
        size_t before = province->agency_count;
        for (size_t home = 0; home < province->home_count; home++)
            for (size_t role = 0; role < province->role_count; role++) {
                const char *name =
                    names[role]
                         [OFFICE_LEVELS + level_of(&province->homes[home])];
                if (*name && (home == last_city) == (sm2 == 1))
                    add_office(province, role, home, name);
            }
        province->sm2_count = province->agency_count - before;
    }
}

/* Every third city and its counties write JSON. */
static void choose_tongues(struct province *province)
{
    for (size_t role = 0; role < province->role_count; role++)
        for (size_t home = 0; home < province->home_count; home++) {
            size_t agency =
                province->offices[role * province->home_count + home];
            if (agency != BOOK_NONE)
                province->speaks_json[agency] =
                    province->homes[home].city % 3 == 2;
        }
}

void people_make(struct province *province)
{
    const struct asset *asset = asset_get("simulation/offices.csv");
    char *(*names)[OFFICE_COLUMNS] = mem_new(ROLES_MAX, sizeof *names);
    AUTO(csv) struct csv rows = {0};
    make_homes(province);
    csv_open(&rows, asset->bytes, asset->size);
    province->roles = mem_new(ROLES_MAX, sizeof(char *));
    read_roles(province, &rows, names, ROLES_MAX);
    size_t most = province->role_count * province->home_count;
    province->offices = mem_new(most + 1, sizeof(size_t));
    memset(province->offices, 0xff, most * sizeof(size_t));
    province->agencies = mem_new(most + 1, sizeof(struct agency));
    province->speaks_json = mem_new(most + 1, sizeof(bool));
    make_offices(province, names);
    province->agencies[province->agency_count] =
        (struct agency){.id = "nobody-known", .role = "", .region = ""};
    choose_tongues(province);
    free(names);
}

enum reason people_take_keys(struct province *province, struct fault *why)
{
    province->keys =
        mem_new(province->agency_count + 1, sizeof *province->keys);
    for (size_t i = 0; i < province->agency_count; i++) {
        province->keys[i] =
            world_key(province->world, province->agencies[i].id);
        if (!province->keys[i])
            return fault(why, R_BAD_KEY, "%s", province->agencies[i].id);
    }
    return R_OK;
}

void people_free(struct province *province)
{
    for (size_t i = 0; i < province->agency_count; i++) {
        free((char *)(size_t)province->agencies[i].id);
        free((char *)(size_t)province->agencies[i].chinese);
        free((char *)(size_t)province->agencies[i].english);
    }
    for (size_t i = 0; i < province->home_count; i++)
        free(province->homes[i].name);
    for (size_t i = 0; i < province->role_count; i++)
        free(province->roles[i]);
    free(province->agencies);
    free(province->speaks_json);
    free(province->offices);
    free(province->homes);
    free(province->roles);
    free(province->keys);
}

size_t people_role(const struct province *province, const char *role)
{
    for (size_t i = 0; i < province->role_count; i++)
        if (strcmp(province->roles[i], role) == 0)
            return i;
    return SIZE_MAX;
}

size_t people_office(const struct province *province, size_t role, size_t home)
{
    const size_t serving[] = {home, province->homes[home].city, 0};
    for (size_t i = 0; i < COUNT_OF(serving); i++) {
        size_t agency =
            province->offices[role * province->home_count + serving[i]];
        if (agency != BOOK_NONE)
            return agency;
    }
    return BOOK_NONE;
}

/* "police-210102" */
size_t people_find(const struct province *province, const char *id)
{
    const char *code = strrchr(id, '-');
    for (size_t home = 0; code && home < province->home_count; home++) {
        if (strcmp(province->homes[home].code, code + 1) != 0)
            continue;
        AUTO(text) char *role = mem_print("%.*s", (int)(code - id), id);
        size_t place = people_role(province, role);
        return place == SIZE_MAX
                   ? BOOK_NONE
                   : province->offices[place * province->home_count + home];
    }
    return BOOK_NONE;
}

/* --- units ------------------------------------------------------------------
 */

char *unit_name(size_t unit, char text[CODE_TEXT_MAX * 3])
{
    snprintf(text, CODE_TEXT_MAX * 3, "辽宁第%06zu化工有限公司", unit);
    return text;
}

/* The check character of an organisation code (GB 11714). */
static char organisation_check(const char *digits)
{
    static const int weights[] = {3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (size_t i = 0; i < COUNT_OF(weights); i++)
        sum += (digits[i] - '0') * weights[i];
    return "0X987654321"[sum % 11];
}

char *unit_code(size_t unit, char text[CODE_TEXT_MAX])
{
    static const char signs[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    snprintf(text, CODE_TEXT_MAX, "91210100%08zu", unit);
    text[16] = organisation_check(text + 8);
    int sum = 0, weight = 1;
    for (size_t i = 0; i < 17; i++) {
        sum += (int)(strchr(signs, text[i]) - signs) * weight;
        weight = weight * 3 % 31;
    }
    text[17] = signs[(31 - sum % 31) % 31];
    text[18] = '\0';
    return text;
}
