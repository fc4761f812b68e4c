/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Regions: the tables the program carries, and names that are not unique.
 */
#include "tests/schemas/test_field.h"

#include <pthread.h>

#include "base/asset.h"

static void open_table(struct csv *rows, const char *name)
{
    const struct asset *asset = asset_get(name);
    csv_open(rows, asset->bytes, asset->size);
    char *cells[CSV_CELLS_MAX];
    assert_int_equal(csv_next(rows, cells), 3);
}

static void test_region__reads_every_present_code_as_itself(void **state)
{
    (void)state;
    AUTO(csv) struct csv rows = {0};
    open_table(&rows, "schemas/tables/regions.csv");
    char *cells[CSV_CELLS_MAX];
    int read = 0;
    for (; csv_next(&rows, cells) == 3; read++)
        assert_reads(FIELD_REGION, cells[0], cells[0]);
    assert_int_equal(read, 3433);
}

/* A name alone, unless several have it; behind its province always. */
static void test_region__reads_every_full_name(void **state)
{
    (void)state;
    AUTO(csv) struct csv rows = {0};
    open_table(&rows, "schemas/tables/regions.csv");
    char *cells[CSV_CELLS_MAX];
    char province[64] = "", city[64] = "";
    int ambiguous = 0;
    while (csv_next(&rows, cells) == 3) {
        bool is_province = strcmp(cells[2], "province") == 0;
        bool is_city = strcmp(cells[2], "prefecture") == 0;
        if (is_province)
            snprintf(province, sizeof province, "%s", cells[1]);
        if (is_province || is_city)
            snprintf(city, sizeof city, "%s", is_city ? cells[1] : "");
        bool direct = is_province || is_city || cells[0][2] == '9';
        char path[256];
        snprintf(path, sizeof path, "%s%s%s", is_province ? "" : province,
                 direct ? "" : city, cells[1]);
        assert_reads(FIELD_REGION, path, cells[0]);
        if (field_check(FIELD_REGION, cells[1], NULL, NULL) == R_AMBIGUOUS)
            ambiguous++;
        else
            assert_reads(FIELD_REGION, cells[1], cells[0]);
    }
    assert_in_range(ambiguous, 48 * 2, 200);
}

static void test_region__follows_every_withdrawn_code(void **state)
{
    (void)state;
    AUTO(csv) struct csv rows = {0};
    open_table(&rows, "schemas/tables/region_changes.csv");
    char *cells[CSV_CELLS_MAX];
    int followed = 0, divided = 0, ended = 0;
    while (csv_next(&rows, cells) == 3) {
        AUTO(buf) struct buf now = {0};
        enum reason reason = field_check(FIELD_REGION, cells[0], &now, NULL);
        if (strchr(cells[2], '|')) {
            assert_int_equal(reason, R_AMBIGUOUS);
            assert_non_null(strstr(refusal(FIELD_REGION, cells[0]), "620503"));
            divided++;
        } else if (!cells[2][0]) {
            assert_int_equal(reason, R_BAD_FIELD);
            ended++;
        } else {
            assert_int_equal(reason, R_OK);
            assert_reads(FIELD_REGION, cells[2], buf_text(&now));
            followed++;
        }
    }
    assert_int_equal(followed, 391);
    assert_int_equal(divided, 2);
    assert_int_equal(ended, 1);
}

static void *check_often(void *failures)
{
    for (int i = 0; i < 2000; i++)
        if (field_check(FIELD_REGION, "360122", NULL, NULL) != R_OK)
            *(int *)failures += 1;
    return NULL;
}

static void test_region__is_looked_up_by_many_threads(void **state)
{
    (void)state;
    pthread_t threads[4];
    int failures[4] = {0};
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, check_often, &failures[i]), 0);
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(failures[i], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_region__is_looked_up_by_many_threads),
        cmocka_unit_test(test_region__reads_every_present_code_as_itself),
        cmocka_unit_test(test_region__reads_every_full_name),
        cmocka_unit_test(test_region__follows_every_withdrawn_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
