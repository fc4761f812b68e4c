/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A transaction is there whole or not at all: with every statement failing
 * once, with the process killed, with two processes at one file.
 */
#include "tests/routing/ledger_fixture.h"

#include <signal.h>
#include <sys/wait.h>

/* So that the batch fills a tile, which is one more statement. */
enum { BEFORE = 254, BATCH = 4 };

static enum reason put_letter(struct ledger *ledger, int n)
{
    char id[40], body[64];
    struct outbox_row row = {0};
    struct letter letter = letter_make(n, id, body);
    TRY(letters_put(ledger, &letter, NULL));
    TRY(outbox_put(ledger, letter.position, "police-nanchang", "CASE-1", &row,
                   NULL));
    free(row.recipient);
    free(row.case_id);
    TRY(cases_put_step(ledger,
                       &(struct step_record){.case_id = "CASE-1",
                                             .position = letter.position,
                                             .state_before = "",
                                             .state_after = "TRANSFERRED"},
                       NULL));
    return letters_answer(ledger, letter.position, letter.position + 1, NULL);
}

/* What the router does for a batch. */
static enum reason put_batch(struct ledger *ledger, int first)
{
    AUTO(casefile) struct casefile *casefile = NULL;
    TRY(ledger_begin(ledger, NULL));
    TRY(cases_find(ledger, "CASE-1", &casefile, NULL));
    if (!casefile) {
        casefile = mem_new(1, sizeof *casefile);
        casefile->id = mem_text("CASE-1");
        casefile->procedure = mem_text("case-transfer");
        casefile_set_state(casefile, "TRANSFERRED");
    }
    casefile_add_party(casefile, "ecology-nanchang", "transferor")->sequence =
        first;
    casefile_add_deadline(casefile,
                          &(struct deadline){.limit = "acceptance",
                                             .owner = "police-nanchang",
                                             .due = NOON,
                                             .status = DEADLINE_RUNNING});
    TRY(cases_put(ledger, casefile, NULL));
    for (int n = first; n < first + BATCH; n++)
        TRY(put_letter(ledger, n));
    return ledger_commit(ledger, NULL);
}

static void assert_as_before(struct fixture *in, const struct log_head *before)
{
    struct log_head head;
    AUTO(letter_row) struct letter_row row = {0};
    AUTO(casefile) struct casefile *casefile = NULL;
    struct outbox_row *rows = NULL;
    size_t count = 0;
    MUST(log_head(in->ledger, &head, NULL));
    assert_int_equal(head.size, before->size);
    assert_true(digest_is_equal(&head.root, &before->root));
    assert_int_equal(letters_get(in->ledger, before->size + 1, &row, NULL),
                     R_NOT_FOUND);
    MUST(cases_find(in->ledger, "CASE-1", &casefile, NULL));
    assert_null(casefile);
    MUST(outbox_unsent(in->ledger, 0, 100, &rows, &count, NULL));
    assert_int_equal(count, 0);
    MUST(log_verify(in->ledger, NULL, &head, NULL));
}

static void test_ledger__undoes_a_transaction_that_fails_at_any_statement(
    void **state)
{
    struct fixture *in = *state;
    struct log_head before, after;
    int failures = 0;
    letters_add(in->ledger, 1, BEFORE);
    MUST(log_head(in->ledger, &before, NULL));
    for (int nth = 1; nth < 200; nth++) {
        sql_fail_after(nth);
        enum reason reason = put_batch(in->ledger, BEFORE + 1);
        sql_fail_after(0);
        if (reason == R_OK)
            break;
        failures++;
        ledger_rollback(in->ledger);
        assert_as_before(in, &before);
    }
    assert_in_range(failures, 20, 60);
    MUST(log_verify(in->ledger, NULL, &after, NULL));
    assert_int_equal(after.size, BEFORE + BATCH);
    struct log_proof proof;
    MUST(log_prove_consistency(in->ledger, before.size, after.size, &proof,
                               NULL));
    MUST(log_check_consistency(&before, &after, &proof, NULL));
}

static void test_ledger__gives_the_same_log_whatever_failed_before(void **state)
{
    struct fixture *in = *state;
    struct log_head plain, troubled;
    for (int n = 1; n <= 600; n++) {
        MUST(ledger_begin(in->ledger, NULL));
        letter_add(in->ledger, n);
        if (n % 7 == 0) {
            letter_add(in->ledger, n + 1000);
            ledger_rollback(in->ledger);
            n--;
            MUST(ledger_begin(in->ledger, NULL));
            letter_add(in->ledger, ++n);
        }
        MUST(ledger_commit(in->ledger, NULL));
        if (n % 50 == 0)
            fixture_reopen(in);
    }
    MUST(log_head(in->ledger, &troubled, NULL));
    struct fixture *other = NULL;
    fixture_open((void **)&other);
    letters_add(other->ledger, 1, 600);
    MUST(log_head(other->ledger, &plain, NULL));
    fixture_close((void **)&other);
    assert_int_equal(troubled.size, 600);
    assert_true(digest_is_equal(&troubled.root, &plain.root));
}

static void write_until_killed(const char *path, int out)
{
    struct ledger *ledger = NULL;
    if (ledger_open(&ledger, path, SQL_WRITE, NULL) != R_OK)
        _exit(1);
    for (int n = 1;; n += BATCH) {
        int last = n + BATCH - 1;
        if (put_batch(ledger, n) != R_OK ||
            write(out, &last, sizeof last) != sizeof last)
            _exit(1);
    }
}

/* Reads the sizes that the child promised until it has promised `enough`. */
static int promised_by(int in, int enough)
{
    int last = 0, seen;
    while (last < enough && read(in, &seen, sizeof seen) == sizeof seen)
        last = seen;
    return last;
}

static void test_ledger__holds_after_a_kill_what_was_committed(void **state)
{
    struct fixture *in = *state;
    int ends[2];
    ledger_close(in->ledger);
    in->ledger = NULL;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0)
        write_until_killed(in->path, ends[1]);
    close(ends[1]);
    int promised = promised_by(ends[0], 400);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    int later = promised_by(ends[0], INT32_MAX);
    promised = later > promised ? later : promised;
    close(ends[0]);
    assert_true(promised >= 400);
    MUST(ledger_open(&in->ledger, in->path, SQL_WRITE, NULL));
    struct log_head head;
    MUST(log_verify(in->ledger, NULL, &head, NULL));
    assert_true(head.size >= promised);
    assert_int_equal(head.size % BATCH, 0);
    letters_add(in->ledger, 900001, 900003);
    MUST(log_verify(in->ledger, NULL, &head, NULL));
}

static void test_ledger__sees_what_another_process_wrote(void **state)
{
    struct fixture *in = *state;
    AUTO(ledger) struct ledger *other = NULL;
    struct log_head head;
    MUST(ledger_open(&other, in->path, SQL_WRITE, NULL));
    for (int n = 1; n <= 300; n++)
        letters_add(n % 2 ? in->ledger : other, n, n);
    MUST(log_head(in->ledger, &head, NULL));
    assert_int_equal(head.size, 300);
    MUST(log_verify(other, NULL, &head, NULL));
}

static void test_ledger__can_be_read_while_it_is_written(void **state)
{
    struct fixture *in = *state;
    AUTO(ledger) struct ledger *reader = NULL;
    struct log_head head;
    letters_add(in->ledger, 1, 5);
    MUST(ledger_open(&reader, in->path, SQL_READ, NULL));
    MUST(ledger_begin(in->ledger, NULL));
    letter_add(in->ledger, 6);
    MUST(log_verify(reader, NULL, &head, NULL));
    assert_int_equal(head.size, 5);
    MUST(ledger_commit(in->ledger, NULL));
    MUST(log_head(reader, &head, NULL));
    assert_int_equal(head.size, 6);
}

static void test_ledger__refuses_a_file_of_another_version(void **state)
{
    struct fixture *in = *state;
    struct ledger *other = NULL;
    tamper(in, "PRAGMA user_version = 99");
    assert_int_equal(ledger_open(&other, in->path, SQL_WRITE, &in->why),
                     R_STORE_VERSION);
    assert_non_null(strstr(in->why.text, "99"));
    assert_null(other);
}

static void test_ledger__is_not_made_by_a_reader(void **state)
{
    struct fixture *in = *state;
    struct ledger *other = NULL;
    AUTO(text) char *path = io_join(in->folder, "none.db");
    assert_int_equal(ledger_open(&other, path, SQL_READ, &in->why), R_NO_FILE);
    assert_false(io_exists(path));
}

#define IN_LEDGER(test)                                                        \
    cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_LEDGER(
            test_ledger__undoes_a_transaction_that_fails_at_any_statement),
        IN_LEDGER(test_ledger__gives_the_same_log_whatever_failed_before),
        IN_LEDGER(test_ledger__holds_after_a_kill_what_was_committed),
        IN_LEDGER(test_ledger__sees_what_another_process_wrote),
        IN_LEDGER(test_ledger__can_be_read_while_it_is_written),
        IN_LEDGER(test_ledger__refuses_a_file_of_another_version),
        IN_LEDGER(test_ledger__is_not_made_by_a_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
