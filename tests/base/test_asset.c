/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The program carries the files of the source tree byte for byte.
 */
#include "base/asset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/io.h"

static void test_asset__is_the_file_of_its_name(void **state)
{
    (void)state;
    const char *source = getenv("YISONG_SOURCE");
    if (!source)
        skip();
    for (size_t i = 0; i < asset_count; i++) {
        AUTO(buf) struct buf bytes = {0};
        AUTO(text) char *path = io_join(source, assets[i].name);
        assert_int_equal(io_read(path, &bytes, NULL), R_OK);
        assert_int_equal(assets[i].size, bytes.size);
        assert_memory_equal(assets[i].bytes, bytes.bytes, bytes.size);
        assert_int_equal(assets[i].bytes[bytes.size], '\0');
        assert_ptr_equal(asset_get(assets[i].name), &assets[i]);
    }
}

static void test_asset__next_walks_through_a_folder(void **state)
{
    (void)state;
    size_t all = 0, schemas = 0;
    for (const struct asset *a = NULL; (a = asset_next("", a));)
        all++;
    for (const struct asset *a = NULL; (a = asset_next("schemas/", a));) {
        assert_memory_equal(a->name, "schemas/", 8);
        schemas++;
    }
    assert_int_equal(all, asset_count);
    assert_true(schemas <= all);
    assert_null(asset_next("no/such/folder/", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_asset__is_the_file_of_its_name),
        cmocka_unit_test(test_asset__next_walks_through_a_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
