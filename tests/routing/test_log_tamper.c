/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whoever changes, drops, adds, swaps or forks an entry of the log is found,
 * with the position of the first entry that differs. 600 letters: two full
 * tiles and one that is being filled.
 */
#include "tests/routing/ledger_fixture.h"

enum { LETTERS = 600 };

static int open_filled(void **state)
{
    fixture_open(state);
    struct fixture *in = *state;
    letters_add(in->ledger, 1, LETTERS);
    struct log_head head;
    MUST(log_verify(in->ledger, NULL, &head, NULL));
    return 0;
}

static void assert_found(struct fixture *in, const char *position)
{
    struct log_head head;
    assert_int_equal(log_verify(in->ledger, NULL, &head, &in->why),
                     R_PROOF_FAILED);
    if (strncmp(in->why.text, position, strlen(position)) != 0)
        fail_msg("found '%s' where '%s' was bent", in->why.text, position);
}

/* One row for each way to bend the store: what is done, what must be found. */
static const struct bend {
    const char *name, *sql, *found;
} bends[] = {
    {"a byte of a letter",
     "UPDATE letters SET bytes = CAST(bytes AS TEXT) || ' ' "
     "WHERE position = 42",
     "position 42:"},
    {"bytes and digest of a letter",
     "UPDATE letters SET (bytes, digest) = (SELECT bytes, digest FROM letters "
     "WHERE position = 43) WHERE position = 42",
     "position 42:"},
    {"the time of a letter",
     "UPDATE letters SET received_at = received_at - 1 WHERE position = 300",
     "position 300:"},
    {"an outcome", "UPDATE letters SET outcome = 1 WHERE position = 600",
     "position 600:"},
    {"a sender", "UPDATE letters SET sender = 'bank' WHERE position = 1",
     "position 1:"},
    {"a jws that is taken away or added",
     "UPDATE letters SET jws = 'x' WHERE position = 512", "position 512:"},
    {"a leaf in a full tile",
     "UPDATE letters SET leaf = zeroblob(32) WHERE position = 77",
     "position 77:"},
    {"a letter dropped", "DELETE FROM letters WHERE position = 100",
     "position 100:"},
    {"the last letter dropped", "DELETE FROM letters WHERE position = 600",
     "position 600:"},
    {"a letter added behind",
     "INSERT INTO letters SELECT 601, outcome, 0, 0, id, type, case_id, sender,"
     " media_type, sequence, received_at, code, digest, leaf, jws, bytes "
     "FROM letters WHERE position = 600",
     "position 601:"},
    {"a tile", "UPDATE tiles SET nodes = zeroblob(8192) WHERE place = 1",
     "position 257:"},
    {"a root of a tile", "UPDATE tiles SET root = zeroblob(32) WHERE place = 0",
     "position 1:"},
    {"a tile dropped", "DELETE FROM tiles WHERE level = 0 AND place = 0",
     "position 1:"},
    {"the head", "UPDATE head SET root = zeroblob(32)", "position 513 to 600:"},
    {"a shorter head", "UPDATE head SET size = 599", "position 600:"},
    {"a longer head", "UPDATE head SET size = 601", "position 601:"},
};

static void test_log__finds_every_bent_entry(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bends); i++) {
        struct fixture *in = NULL;
        open_filled((void **)&in);
        tamper(in, bends[i].sql);
        assert_found(in, bends[i].found);
        fixture_close((void **)&in);
    }
}

static void test_log__finds_two_entries_that_were_swapped(void **state)
{
    struct fixture *in = *state;
    tamper(in, "UPDATE letters SET position = "
               "CASE position WHEN 9 THEN -10 ELSE -9 END "
               "WHERE position IN (9, 10)");
    tamper(in, "UPDATE letters SET position = -position WHERE position < 0");
    assert_found(in, "position 9:");
}

/* A forger who knows the format: entry, digest and leaf agree again. */
static void forge(struct fixture *in, int n, int64_t position)
{
    char id[40], body[64];
    AUTO(sql) struct sql *db = NULL;
    AUTO(buf) struct buf line = {0};
    struct letter letter = letter_make(n, id, body);
    letter.position = position;
    log_leaf(&letter, &line);
    struct digest leaf = tree_leaf(line.bytes, line.size);
    MUST(sql_open(&db, in->path, SQL_WRITE, "", SQL_ANY_VERSION, NULL));
    MUST(sql_run(db,
                 "UPDATE letters SET id = ?2, bytes = ?3, digest = ?4, "
                 "leaf = ?5, received_at = ?6, sequence = ?7 "
                 "WHERE position = ?1",
                 SQL_VALUES(SQL_INT(position), SQL_TEXT(id),
                            SQL_BYTES(letter.bytes, letter.size),
                            SQL_DIGEST(&letter.digest), SQL_DIGEST(&leaf),
                            SQL_INT(letter.received_at),
                            SQL_INT(letter.sequence)),
                 NULL));
}

static void test_log__finds_a_forged_entry_below_a_full_tile(void **state)
{
    struct fixture *in = *state;
    forge(in, 4711, 300);
    assert_found(in, "position 300:");
}

static void test_log__finds_a_forged_entry_at_the_growing_end(void **state)
{
    struct fixture *in = *state;
    forge(in, 4711, 550);
    assert_found(in, "position 513 to 600:");
}

static void test_log__is_not_continued_on_a_forged_end(void **state)
{
    struct fixture *in = *state;
    fixture_reopen(in);
    forge(in, 4711, 550);
    assert_int_equal(ledger_begin(in->ledger, &in->why), R_STORE_FAILED);
    assert_int_equal(ledger_begin(in->ledger, &in->why), R_STORE_FAILED);
}

/* All of it rewritten: only a head that is held elsewhere can tell. */
static void test_log__that_is_forked_whole_fails_against_an_old_head(
    void **state)
{
    struct fixture *in = *state;
    struct log_head held, head;
    MUST(log_head_at(in->ledger, 400, &held, NULL));
    struct fixture *fork = NULL;
    fixture_open((void **)&fork);
    letters_add(fork->ledger, 1, 350);
    letters_add(fork->ledger, 5000, 5000 + LETTERS - 351);
    MUST(log_verify(fork->ledger, NULL, &head, NULL));
    assert_int_equal(head.size, LETTERS);
    struct log_proof proof;
    MUST(log_prove_consistency(fork->ledger, 400, LETTERS, &proof, NULL));
    assert_int_equal(log_check_consistency(&held, &head, &proof, NULL),
                     R_PROOF_FAILED);
    fixture_close((void **)&fork);
}

static int64_t told_done, told_all;

static void tell(int64_t done, int64_t all)
{
    assert_true(done >= told_done);
    told_done = done;
    told_all = all;
}

static void test_log__tells_how_far_it_is(void **state)
{
    struct fixture *in = *state;
    struct log_head head;
    MUST(log_verify(in->ledger, tell, &head, NULL));
    assert_int_equal(told_done, LETTERS);
    assert_int_equal(told_all, LETTERS);
}

static void test_log__writes_a_leaf_as_one_line_without_doubt(void **state)
{
    (void)state;
    AUTO(buf) struct buf line = {0};
    struct letter letter = {.position = 17,
                            .outcome = LETTER_REFUSED,
                            .code = "NOT_WELL_FORMED",
                            .sender = "a b%\n\xE7",
                            .id = "",
                            .type = "-",
                            .case_id = "\x7F",
                            .jws = "x..y",
                            .digest = digest_of(DIGEST_SHA256, "", 0),
                            .received_at = NOON};
    log_leaf(&letter, &line);
    assert_string_equal(
        buf_text(&line),
        "yisong-letter-1 17 1763697600000 refused NOT_WELL_FORMED "
        "a%20b%25%0A%E7 - %2D %7F "
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 "
        "c0e705fab1073ff0201d702be3e101cadef0f63748615a3b302da240e9cd83c6");
}

int main(void)
{
#define IN_LOG(test)                                                           \
    cmocka_unit_test_setup_teardown(test, open_filled, fixture_close)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_log__finds_every_bent_entry),
        IN_LOG(test_log__finds_two_entries_that_were_swapped),
        IN_LOG(test_log__finds_a_forged_entry_below_a_full_tile),
        IN_LOG(test_log__finds_a_forged_entry_at_the_growing_end),
        IN_LOG(test_log__is_not_continued_on_a_forged_end),
        IN_LOG(test_log__that_is_forked_whole_fails_against_an_old_head),
        IN_LOG(test_log__tells_how_far_it_is),
        cmocka_unit_test(test_log__writes_a_leaf_as_one_line_without_doubt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
