/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A mailbox as an earlier program made it (data/stores: its tables, to the
 * letter) is opened by this one: no letter is lost, the lists are made again
 * from what came, work goes on, and the store as it was lies beside.
 */
#include "tests/broker-adapters/desk_fixture.h"

#include "broker-adapters/projections/listing_write.h"
#include "broker-adapters/projections/project.h"

#define CREDIT "credit-jiangxi"
#define BUREAU "ecology-nanchang"

/* --- a mailbox of version 1 -------------------------------------------------
 */

/* The card as the earlier program kept it goes with its table. */
static const char *const copies[] = {
    "INSERT INTO outgoing SELECT * FROM now.outgoing",
    "INSERT INTO addressee SELECT * FROM now.addressee",
    "INSERT INTO counter SELECT * FROM now.counter",
    "INSERT INTO incoming SELECT * FROM now.incoming",
    "INSERT INTO turn SELECT * FROM now.turn",
    "INSERT INTO early SELECT * FROM now.early",
    "INSERT INTO quarantine SELECT * FROM now.quarantine",
    "INSERT INTO taken SELECT * FROM now.taken",
    ("INSERT INTO card SELECT 1, '', 'n', 'red', '', '', '', '', '', case_id,"
     " sender, id, digest, received_at, NULL, NULL, NULL FROM incoming LIMIT "
     "1"),
};

/* The letters of the mailbox at `now`, as version 1 had them, at `path`. */
static void put_earlier(const char *now, const char *path)
{
    struct fault why = {0};
    AUTO(buf) struct buf schema = {0};
    AUTO(sql) struct sql *db = NULL;
    must(io_read("data/stores/mailbox-1.sql", &schema, &why), &why);
    must(sql_open(&db, path, SQL_CREATE, buf_text(&schema), 1, &why), &why);
    must(sql_run(db, "ATTACH ?1 AS now", SQL_VALUES(SQL_TEXT(now)), &why),
         &why);
    for (size_t i = 0; i < COUNT_OF(copies); i++)
        must(sql_run(db, copies[i], SQL_NO_VALUES, &why), &why);
}

/* Receipts went, a card came and stands on the list, another letter is held. */
static struct post *fill(struct world *world)
{
    struct fault why = {0};
    struct post *credit = world_post(world, CREDIT);
    struct post *bureau = world_post(world, BUREAU);
    AUTO(intake) struct intake made = {0};
    AUTO(text) char *text = sample_text("card-credit-push.xml", BUREAU, CREDIT);
    must(put_letter(bureau, text, &made, &why), &why);
    world_turns(world, 2);
    AUTO(queued_letter) struct queued_letter early =
        queue_letter(bureau, "NC-9", CREDIT);
    arrive(credit, &early, 2);
    return credit;
}

/* The post's mailbox is one of version 1 from now on; it is not opened. */
static void go_back(struct post *post)
{
    AUTO(text) char *now = mem_print("%s.now", post->mailbox_path);
    post_shut(post);
    assert_int_equal(rename(post->mailbox_path, now), 0);
    put_earlier(now, post->mailbox_path);
}

/* --- looking ----------------------------------------------------------------
 */

/* The one text that a query gives. */
static char *told(const char *path, const char *query)
{
    struct fault why = {0};
    AUTO(sql) struct sql *db = NULL;
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    must(sql_open(&db, path, SQL_READ, "", SQL_ANY_VERSION, &why), &why);
    must(sql_select(db, query, SQL_NO_VALUES, &rows, &why), &why);
    assert_true(sql_next(rows));
    return mem_text(mailbox_text(rows, 0));
}

static const char columns[] =
    "SELECT group_concat(name || '.' || column) FROM (SELECT m.name, c.name"
    " AS column FROM sqlite_master AS m, pragma_table_info(m.name) AS c"
    " WHERE m.type = 'table' ORDER BY 1, 2)";
static const char indexes[] =
    "SELECT group_concat(name) FROM (SELECT name FROM sqlite_master"
    " WHERE type = 'index' AND sql IS NOT NULL ORDER BY name)";

/* Every row of every table in which letters lie, in one text. */
static const char *const letters[] = {
    "SELECT count(*) || ':' || group_concat(id || state || sequence ||"
    " hex(digest) || hex(bytes) || jws) FROM outgoing",
    "SELECT count(*) || ':' || group_concat(id || state || place ||"
    " hex(digest) || hex(bytes) || jws || owes_receipt) FROM incoming",
    "SELECT group_concat(letter || agency) FROM addressee",
    "SELECT group_concat(case_id || last) FROM counter",
    "SELECT group_concat(case_id || next) FROM turn",
    "SELECT group_concat(case_id || place || coalesce(letter, '')) FROM early",
};

static void check_same(const char *one, const char *other, const char *query)
{
    AUTO(text) char *first = told(one, query);
    AUTO(text) char *second = told(other, query);
    assert_string_equal(first, second);
}

static void put_listing(void *context, const struct listing *listing)
{
    listing_put_json(context, listing);
}

static char *cards(const struct post *post)
{
    struct fault why = {0};
    struct buf out = {0};
    const struct listing_query query = {.lists = 1u << LISTING_CARD,
                                        .day = "2026-06-01"};
    must(listing_each(post->desk.mailbox, &query, put_listing, &out, &why),
         &why);
    buf_put_text(&out, "");
    return buf_take(&out);
}

/* --- the upgrade ------------------------------------------------------------
 */

static void test_mailbox_open__brings_an_earlier_mailbox_up(void **state)
{
    struct post *post = fill(*state);
    go_back(post);
    post_open(post);
    AUTO(text) char *now = mem_print("%s.now", post->mailbox_path);
    check_same(post->mailbox_path, now, "PRAGMA user_version");
    check_same(post->mailbox_path, now, columns);
    check_same(post->mailbox_path, now, indexes);
    for (size_t i = 0; i < COUNT_OF(letters); i++)
        check_same(post->mailbox_path, now, letters[i]);
}

static void test_mailbox_open__lets_the_lists_be_made_again(void **state)
{
    struct fault why = {0};
    struct post *post = fill(*state);
    AUTO(text) char *before = cards(post);
    assert_non_null(strstr(before, "\"list\""));
    go_back(post);
    post_open(post);
    assert_int_equal(number_of(post, "SELECT count(*) FROM listing"), 0);
    must(project_past(post->desk.mailbox, CREDIT, &why), &why);
    AUTO(text) char *after = cards(post);
    assert_string_equal(after, before);
}

/* What was held goes on waiting, and is handed over when its turn comes. */
static void test_mailbox_open__lets_work_go_on(void **state)
{
    struct world *world = *state;
    struct post *post = fill(world);
    go_back(post);
    post_open(post);
    assert_int_equal(
        number_of(post, "SELECT count(*) FROM incoming WHERE state = 'held'"),
        1);
    AUTO(queued_letter) struct queued_letter first =
        queue_letter(world_post(world, BUREAU), "NC-9", CREDIT);
    arrive(post, &first, 1);
    assert_int_equal(
        number_of(post, "SELECT count(*) FROM incoming WHERE state = 'held'"),
        0);
    assert_int_equal(number_of(post, "SELECT count(*) FROM incoming"), 3);
}

static void test_mailbox_open__leaves_the_earlier_mailbox_beside(void **state)
{
    struct post *post = fill(*state);
    go_back(post);
    AUTO(text) char *before = told(post->mailbox_path, columns);
    post_open(post);
    AUTO(text) char *backup = mem_print("%s.version-1", post->mailbox_path);
    AUTO(text) char *kept = told(backup, columns);
    AUTO(text) char *number = told(backup, "PRAGMA user_version");
    AUTO(text) char *card = told(backup, "SELECT colour FROM card");
    assert_string_equal(kept, before);
    assert_string_equal(number, "1");
    assert_string_equal(card, "red");
    for (size_t i = 0; i < COUNT_OF(letters); i++)
        check_same(backup, post->mailbox_path, letters[i]);
}

static void test_mailbox_open__changes_nothing_where_a_step_fails(void **state)
{
    struct post *post = fill(*state);
    post_shut(post);
    for (int nth = 1;; nth++) {
        AUTO(text) char *path = mem_print("%s.%d", post->mailbox_path, nth);
        put_earlier(post->mailbox_path, path);
        AUTO(text) char *before = told(path, columns);
        AUTO(sql) struct sql *mailbox = NULL;
        sql_fail_after(nth);
        enum reason reason = mailbox_open(&mailbox, path, SQL_WRITE, NULL);
        sql_fail_after(0);
        if (reason == R_OK)
            break;
        AUTO(text) char *after = told(path, columns);
        AUTO(text) char *number = told(path, "PRAGMA user_version");
        if (strcmp(number, "1") == 0)
            assert_string_equal(after, before);
        for (size_t i = 0; i < COUNT_OF(letters); i++)
            check_same(path, post->mailbox_path, letters[i]);
        assert_true(nth < 100);
    }
    post_open(post);
}

static void test_mailbox_open__does_not_upgrade_for_a_reader(void **state)
{
    struct fault why = {0};
    struct post *post = fill(*state);
    struct sql *mailbox = NULL;
    go_back(post);
    assert_int_equal(mailbox_open(&mailbox, post->mailbox_path, SQL_READ, &why),
                     R_STORE_VERSION);
    assert_non_null(strstr(why.text, "older version 1"));
    AUTO(text) char *number = told(post->mailbox_path, "PRAGMA user_version");
    assert_string_equal(number, "1");
    post_open(post);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_mailbox_open__brings_an_earlier_mailbox_up),
        WORLD_TEST(test_mailbox_open__lets_the_lists_be_made_again),
        WORLD_TEST(test_mailbox_open__lets_work_go_on),
        WORLD_TEST(test_mailbox_open__leaves_the_earlier_mailbox_beside),
        WORLD_TEST(test_mailbox_open__changes_nothing_where_a_step_fails),
        WORLD_TEST(test_mailbox_open__does_not_upgrade_for_a_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
