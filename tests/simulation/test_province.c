/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A small province for a year: both books agree, the same seed gives the same
 * year, and a ledger that was changed behind the generator's back is noticed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "simulation/province.h"
#include "tests/base/scratch.h"

static struct procedures *procedures;

static struct province *live(const char *ledger, uint64_t seed)
{
    struct province_plan plan = {.region = "21",
                                 .cities = 2,
                                 .counties = 5,
                                 .cases = 90,
                                 .seed = seed,
                                 .from = {2025, 4, 1},
                                 .to = {2025, 10, 31},
                                 .ledger = ledger,
                                 .threads = 2,
                                 .procedures = procedures};
    struct province *province = NULL;
    assert_int_equal(province_open(&province, &plan, NULL), R_OK);
    assert_int_equal(province_run(province, NULL), R_OK);
    return province;
}

static struct audit audit_of(struct province *province)
{
    struct audit audit;
    assert_int_equal(province_audit(province, &audit, NULL), R_OK);
    return audit;
}

static void check_agreement(const struct audit *audit)
{
    assert_string_equal(audit->first, "");
    for (size_t i = 0; i < audit->count; i++)
        if (audit->rows[i].expected != audit->rows[i].found)
            fail_msg("%s: %lld, not %lld", audit->rows[i].name,
                     (long long)audit->rows[i].found,
                     (long long)audit->rows[i].expected);
    assert_false(audit->differs);
}

static const struct audit_row *find_row(const struct audit *audit,
                                        const char *name)
{
    for (size_t i = 0; i < audit->count; i++)
        if (strcmp(audit->rows[i].name, name) == 0)
            return &audit->rows[i];
    fail_msg("no row %s", name);
    return NULL;
}

static void test_province__agrees_with_the_generators_book(void **state)
{
    (void)state;
    AUTO(province) struct province *province = live(NULL, 1);
    struct audit audit = audit_of(province);
    check_agreement(&audit);
    static const char *const happened[] = {"cases", "late", "refused",
                                           "expired", "reminders"};
    for (size_t i = 0; i < COUNT_OF(happened); i++)
        assert_true(find_row(&audit, happened[i])->found > 0);
}

static void test_province__is_the_same_for_the_same_seed(void **state)
{
    (void)state;
    AUTO(province) struct province *first = live(NULL, 42);
    struct audit one = audit_of(first);
    AUTO(province) struct province *second = live(NULL, 42);
    struct audit two = audit_of(second);
    for (size_t i = 0; i < one.count; i++)
        assert_int_equal(one.rows[i].found, two.rows[i].found);
}

static void change(const char *path, const char *statement)
{
    AUTO(sql) struct sql *db = NULL;
    assert_int_equal(sql_open(&db, path, SQL_WRITE, "", SQL_ANY_VERSION, NULL),
                     R_OK);
    assert_int_equal(sql_run(db, statement, SQL_NO_VALUES, NULL), R_OK);
    assert_int_equal(sql_changes(db), 1);
}

static void test_audit__notices_what_was_changed_in_the_ledger(void **state)
{
    const char *path = scratch_path(state, "ledger.db");
    AUTO(province) struct province *province = live(path, 3);
    struct audit audit = audit_of(province);
    check_agreement(&audit);
    static const char *const changes[] = {
        "UPDATE cases SET state = 'NOWHERE' WHERE id = (SELECT max(id) FROM "
        "cases)",
        "UPDATE deadlines SET due = due + 1000 WHERE row = (SELECT min(row) "
        "FROM deadlines WHERE status = 3)",
        "UPDATE steps SET late = 1 WHERE (case_id, position) "
        "= (SELECT case_id, position FROM steps WHERE late = 0 LIMIT 1)",
        "DELETE FROM cases WHERE id = (SELECT min(id) FROM cases)",
    };
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        change(path, changes[i]);
        audit = audit_of(province);
        assert_true(audit.differs);
    }
    change(path, "UPDATE letters SET type = 'refusal' WHERE position = 2");
    assert_int_equal(province_audit(province, &audit, NULL), R_PROOF_FAILED);
}

/* What only the tables and lists of the public commands show. */
static void test_audit__notices_a_bent_table_and_a_bent_list(void **state)
{
    static const struct {
        const char *statement, *row;
    } bends[] = {
        {"UPDATE parties SET agency = 'water-210000' WHERE place = 0 AND "
         "case_id = (SELECT min(case_id) FROM parties)",
         "cells"},
        {"UPDATE letters SET type = 'circular' WHERE position = (SELECT "
         "max(position) FROM letters WHERE outcome = 0 AND type = "
         "'card-credit-push')",
         "statistics"},
        {"UPDATE deadlines SET owner = 'water-210000' WHERE row = (SELECT "
         "min(row) FROM deadlines WHERE status = 4)",
         "equal"},
        {"UPDATE deadlines SET status = 5 WHERE row = (SELECT max(row) FROM "
         "deadlines WHERE status = 4)",
         "findings"},
    };
    const char *path = scratch_path(state, "bent.db");
    AUTO(province) struct province *province = live(path, 7);
    struct audit audit = audit_of(province);
    check_agreement(&audit);
    for (size_t i = 0; i < COUNT_OF(bends); i++) {
        int64_t before = find_row(&audit, bends[i].row)->found;
        change(path, bends[i].statement);
        enum reason reason = province_audit(province, &audit, NULL);
        assert_true(reason == R_OK || reason == R_PROOF_FAILED);
        assert_true(audit.differs);
        if (find_row(&audit, bends[i].row)->found == before)
            fail_msg("%s did not notice: %s", bends[i].row, bends[i].statement);
    }
}

static int load_rules(void **state)
{
    AUTO(buf) struct buf report = {0};
    (void)state;
    return procedures_load(&procedures, NULL, &report, NULL) == R_OK ? 0 : -1;
}

static int free_rules(void **state)
{
    (void)state;
    procedures_free(procedures);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_province__agrees_with_the_generators_book),
        cmocka_unit_test(test_province__is_the_same_for_the_same_seed),
        cmocka_unit_test_setup_teardown(
            test_audit__notices_what_was_changed_in_the_ledger, scratch_make,
            scratch_remove),
        cmocka_unit_test_setup_teardown(
            test_audit__notices_a_bent_table_and_a_bent_list, scratch_make,
            scratch_remove),
    };
    return cmocka_run_group_tests_name("province", tests, load_rules,
                                       free_rules);
}
