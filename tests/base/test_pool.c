/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>

#include <cmocka.h>

enum { ITEMS_MAX = 1000 };

struct counts {
    atomic_int done[ITEMS_MAX];
};

static void count_item(void *context, size_t item)
{
    struct counts *counts = context;
    atomic_fetch_add(&counts->done[item], 1);
}

static void assert_each_once(unsigned threads, size_t items)
{
    struct counts counts = {0};
    AUTO(pool) struct pool *pool = pool_new(threads);
    pool_run(pool, items, count_item, &counts);
    for (size_t i = 0; i < ITEMS_MAX; i++)
        assert_int_equal(atomic_load(&counts.done[i]), i < items ? 1 : 0);
}

static void test_pool__works_once_on_every_item(void **state)
{
    (void)state;
    for (unsigned threads = 0; threads <= 5; threads++)
        for (size_t items = 0; items <= ITEMS_MAX; items = items * 2 + 1)
            assert_each_once(threads, items);
}

static void test_pool__has_finished_a_batch_when_it_returns(void **state)
{
    (void)state;
    AUTO(pool) struct pool *pool = pool_new(3);
    struct counts counts = {0};
    for (int batch = 1; batch <= 2000; batch++) {
        pool_run(pool, 16, count_item, &counts);
        for (size_t i = 0; i < 16; i++)
            assert_int_equal(atomic_load(&counts.done[i]), batch);
    }
}

static void test_pool__free_accepts_null_and_a_pool_that_never_worked(
    void **state)
{
    (void)state;
    pool_free(NULL);
    pool_free(pool_new(4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pool__works_once_on_every_item),
        cmocka_unit_test(test_pool__has_finished_a_batch_when_it_returns),
        cmocka_unit_test(
            test_pool__free_accepts_null_and_a_pool_that_never_worked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
