/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Lists, index and feed must say the same as the reckoning of listing_storm.h,
 * at every moment of a storm of letters.
 */
#include "tests/broker-adapters/listing_storm.h"

/* --- what is asked -----------------------------------------------------------
 */

/* Letters, sorted, as one text. */
struct answer {
    char *letters[LETTERS];
    size_t count;
};

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void note(void *context, const struct listing *listing)
{
    struct answer *answer = context;
    answer->letters[answer->count++] = mem_text(listing->letter);
}

static char *settle(struct answer *answer)
{
    struct buf out = {0};
    if (answer->count > 1)
        qsort(answer->letters, answer->count, sizeof(char *), by_text);
    buf_put_text(&out, "-");
    for (size_t i = 0; i < answer->count; i++) {
        buf_print(&out, " %s", answer->letters[i]);
        free(answer->letters[i]);
    }
    return buf_take(&out);
}

static char *reckoned(struct storm *storm, int subject, int day,
                      instant known_at)
{
    struct answer answer = {0};
    for (size_t i = 0; i < storm->count; i++)
        if (storm->facts[i].subject == subject &&
            held(&storm->facts[i], day, known_at))
            answer.letters[answer.count++] = mem_text(storm->facts[i].letter);
    return settle(&answer);
}

static char *listed(struct storm *storm, int subject, int day, instant known_at)
{
    char text[16];
    struct fault why = {0};
    struct answer answer = {0};
    AUTO(text) char *name = mem_print("某公司%d", subject);
    struct listing_query query = {
        .name = name, .day = day_text(day, text), .known_at = known_at};
    must(listing_each(storm->mailbox, &query, note, &answer, &why), &why);
    return settle(&answer);
}

static char *indexed(struct listing_index *index, int subject, int day)
{
    char text[16];
    struct civil_day civil;
    struct answer answer = {0};
    struct fault why = {0};
    AUTO(listing_key) struct listing_key key = {0};
    AUTO(text) char *name = mem_print(" 某公司　%d", subject);
    assert_true(civil_day_parse(day_text(day, text), &civil));
    must(listing_index_refresh(index, &why), &why);
    must(*codes[subject] ? listing_key_code(&key, codes[subject], &why)
                         : listing_key_name(&key, name, &why),
         &why);
    listing_index_find(index, &key, civil_day_number(civil), note, &answer);
    return settle(&answer);
}

/* --- tests -------------------------------------------------------------------
 */

static int begin(void **state)
{
    struct fault why = {0};
    void *folder;
    if (scratch_make(&folder) != 0)
        return -1;
    struct storm *storm = mem_new(1, sizeof *storm);
    AUTO(text) char *path = io_join(folder, "mailbox.db");
    log_open("test", LOG_ERROR + 1);
    must(mailbox_open(&storm->mailbox, path, SQL_CREATE, &why), &why);
    must(mailbox_open(&storm->watcher, path, SQL_WRITE, &why), &why);
    storm->index = listing_index_new(storm->watcher);
    storm->seed = 20260503;
    storm->now = storm->known = INT64_C(1767225600000);
    storm->folder = folder;
    *state = storm;
    return 0;
}

static int end(void **state)
{
    struct storm *storm = *state;
    listing_index_free(storm->index);
    sql_close(storm->watcher);
    sql_close(storm->mailbox);
    void *folder = storm->folder;
    free(storm);
    return scratch_remove(&folder);
}

static void test_lists__say_what_was_known_then_of_any_day(void **state)
{
    struct storm *storm = *state;
    const instant start = storm->now;
    for (int i = 0; i < LETTERS - 1; i++)
        step(storm);
    for (int i = 0; i < QUESTIONS; i++) {
        int subject = below(storm, CODES), day = below(storm, DAYS + 30);
        instant at = start + below(storm, 1000) * (storm->known - start) / 999;
        AUTO(text) char *expected = reckoned(storm, subject, day, at);
        AUTO(text) char *found = listed(storm, subject, day, at);
        assert_string_equal(found, expected);
    }
    assert_true(storm->count > LETTERS / 4);
}

static void test_index__is_never_behind_a_commit(void **state)
{
    struct storm *storm = *state;
    for (int i = 0; i < LETTERS - 1; i++) {
        step(storm);
        int subject = below(storm, CODES), day = today(storm);
        AUTO(text) char *expected = reckoned(storm, subject, day, storm->known);
        AUTO(text) char *found = indexed(storm->index, subject, day);
        assert_string_equal(found, expected);
    }
}

static void test_index__is_the_same_when_it_is_made_anew(void **state)
{
    struct storm *storm = *state;
    for (int i = 0; i < LETTERS / 2; i++)
        step(storm);
    AUTO(listing_index) struct listing_index *fresh =
        listing_index_new(storm->watcher);
    for (int subject = 0; subject < CODES; subject++)
        for (int day = today(storm); day < DAYS + 60; day += 7) {
            AUTO(text) char *expected = indexed(storm->index, subject, day);
            AUTO(text) char *found = indexed(fresh, subject, day);
            assert_string_equal(found, expected);
        }
}

struct feed {
    struct storm *storm;
    int64_t last;
    size_t open;
};

static void follow(void *context, const struct listing_change *change)
{
    struct feed *feed = context;
    assert_int_equal(change->number, feed->last + 1);
    assert_true(change->ended == (*change->listing.end != '\0'));
    feed->last = change->number;
    feed->open += change->ended ? (size_t)-1 : 1;
}

static void test_feed__has_every_change_once_in_pages(void **state)
{
    struct storm *storm = *state;
    struct feed feed = {.storm = storm};
    size_t open = 0;
    for (int i = 0; i < LETTERS / 2; i++) {
        struct fault why = {0};
        step(storm);
        if (i % 5 == 0)
            must(listing_changes(storm->watcher, feed.last, 0, 3, follow, &feed,
                                 &why),
                 &why);
    }
    for (int64_t before = -1; before != feed.last;) {
        struct fault why = {0};
        before = feed.last;
        must(listing_changes(storm->watcher, feed.last, 0, 7, follow, &feed,
                             &why),
             &why);
    }
    for (size_t i = 0; i < storm->count; i++)
        open += is_open(&storm->facts[i]);
    assert_int_equal(feed.last, storm->changes);
    assert_int_equal(feed.open, open);
}

#define STORM_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORM_TEST(test_lists__say_what_was_known_then_of_any_day),
        STORM_TEST(test_index__is_never_behind_a_commit),
        STORM_TEST(test_index__is_the_same_when_it_is_made_anew),
        STORM_TEST(test_feed__has_every_change_once_in_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
