/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A closed case whose retention ended: the bodies are gone from the files, and
 * everything that was proved before is still proved. A case that is open, held
 * or linked with an open one is not touched.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "routing/deletion.h"
#include "routing/export.h"
#include "routing/timeline.h"
#include "tests/support/centre.h"

#define CASE  "NC-2026-0001"
#define OTHER "NC-2026-0002"

static const char at_once[] =
    "<retention xmlns=\"urn:yisong:retention:1\">"
    "<rule id=\"receipts\" keep=\"ever\" force=\"none\" certainty=\"N\""
    " types=\"submission-receipt delivery-receipt deletion-record\">"
    "<chinese>x</chinese><english>x</english><basis>x</basis></rule>"
    "<rule id=\"at-once\" keep=\"P0D\" force=\"none\" certainty=\"N\">"
    "<chinese>x</chinese><english>x</english><basis>x</basis></rule>"
    "</retention>";

struct archive {
    struct centre *centre;
    struct retention *retention;
    struct deletion_parts parts;
    struct fault why;
};

static void submit(struct centre *centre, const struct draft *draft)
{
    centre_submit(centre, draft);
    centre_run(centre);
}

static void transfer(struct centre *centre, const char *case_id)
{
    struct draft draft = {.type = "criminal-case-transfer",
                          .case_id = case_id,
                          .from = "ecology-nanchang",
                          .to = "police-nanchang",
                          .copy_to = "procuratorate-nanchang",
                          .sequence = 1};
    submit(centre, &draft);
}

/* Accepted, and returned to the bureau: the case is closed. */
static void close_case(struct centre *centre)
{
    const struct message *got =
        centre_find(centre, "police-nanchang", "criminal-case-transfer", 0);
    struct draft draft = {.type = "acceptance-receipt",
                          .case_id = CASE,
                          .from = "police-nanchang",
                          .to = "ecology-nanchang",
                          .answers = got,
                          .sequence = 1};
    submit(centre, &draft);
    draft.type = "non-filing-notice";
    draft.copy_to = "procuratorate-nanchang";
    draft.sequence = 2;
    submit(centre, &draft);
}

static int open_archive(void **state)
{
    struct archive *made = mem_new(1, sizeof *made);
    AUTO(buf) struct buf report = {0};
    made->centre = centre_open();
    struct centre *centre = made->centre;
    transfer(centre, CASE);
    close_case(centre);
    transfer(centre, OTHER);
    AUTO(text) char *path = io_join(centre->office.folder, "retention.xml");
    office_must(io_write(path, at_once, strlen(at_once), 0600, &made->why),
                &made->why);
    if (retention_read(&made->retention, path, &report, &made->why) != R_OK)
        fail_msg("%s", buf_text(&report));
    /* rights that lapse have lapsed */
    AUTO(sql) struct sql *db = NULL;
    office_must(sql_open(&db, centre->ledger_path, SQL_WRITE, "",
                         SQL_ANY_VERSION, &made->why),
                &made->why);
    office_must(sql_run(db,
                        "UPDATE deadlines SET reminded = 1, status = 5"
                        " WHERE case_id = '" CASE "'",
                        SQL_NO_VALUES, &made->why),
                &made->why);
    made->parts = (struct deletion_parts){
        .ledger = centre->ledger,
        .procedures = centre->procedures,
        .retention = made->retention,
        .registry = centre->office.registry,
        .key = office_key(&centre->office, "exchange"),
        .agency = "exchange",
    };
    *state = made;
    return 0;
}

static int close_archive(void **state)
{
    struct archive *made = *state;
    retention_free(made->retention);
    centre_close(made->centre);
    free(made);
    return 0;
}

static size_t delete_case(struct archive *in, const char *case_id)
{
    size_t count = 0;
    int64_t record = 0;
    office_must(deletion_run(&in->parts, case_id, centre_clock, &count, &record,
                             &in->why),
                &in->why);
    return count;
}

static bool file_holds(const char *path, const char *suffix, const char *needle)
{
    AUTO(text) char *name = mem_print("%s%s", path, suffix);
    AUTO(buf) struct buf bytes = {0};
    if (io_read(name, &bytes, NULL) != R_OK || bytes.size == 0)
        return false;
    return memmem(bytes.bytes, bytes.size, needle, strlen(needle)) != NULL;
}

static bool is_in_files(const struct archive *in, const char *needle)
{
    const char *path = in->centre->ledger_path;
    return file_holds(path, "", needle) || file_holds(path, "-wal", needle) ||
           file_holds(path, "-journal", needle);
}

/* A piece of the transfer that stands nowhere else: its signature. */
static char *piece_of(struct archive *in, int64_t position)
{
    AUTO(letter_row) struct letter_row row = {0};
    office_must(letters_get(in->parts.ledger, position, &row, &in->why),
                &in->why);
    const char *at =
        memmem(row.letter.bytes, row.letter.size, "SignatureValue>", 15);
    assert_non_null(at);
    return mem_print("%.40s", at + 15);
}

static void test_deletion__takes_the_bytes_out_of_the_files(void **state)
{
    struct archive *in = *state;
    AUTO(text) char *piece = piece_of(in, 1);
    assert_true(is_in_files(in, piece));
    assert_true(delete_case(in, CASE) >= 3);
    office_must(deletions_sweep(in->parts.ledger, true, &in->why), &in->why);
    assert_false(is_in_files(in, piece));
}

static void test_deletion__without_a_rebuild_takes_them_out_too(void **state)
{
    struct archive *in = *state;
    AUTO(text) char *piece = piece_of(in, 1);
    delete_case(in, CASE);
    office_must(deletions_sweep(in->parts.ledger, false, &in->why), &in->why);
    assert_false(is_in_files(in, piece));
}

static void test_deletion__leaves_a_log_that_holds(void **state)
{
    struct archive *in = *state;
    struct log_head before, head;
    struct log_proof proof;
    office_must(log_head(in->parts.ledger, &before, &in->why), &in->why);
    delete_case(in, CASE);
    office_must(log_verify(in->parts.ledger, NULL, &head, &in->why), &in->why);
    assert_int_equal(head.size, before.size + 1);
    office_must(log_prove_consistency(in->parts.ledger, before.size, head.size,
                                      &proof, &in->why),
                &in->why);
    office_must(log_check_consistency(&before, &head, &proof, &in->why),
                &in->why);
    transfer(in->centre, "NC-2026-0003");
    office_must(log_verify(in->parts.ledger, NULL, &head, &in->why), &in->why);
}

static void test_deletion__of_which_no_record_tells_is_found(void **state)
{
    struct archive *in = *state;
    struct log_head head;
    AUTO(sql) struct sql *db = NULL;
    office_must(sql_open(&db, in->centre->ledger_path, SQL_WRITE, "",
                         SQL_ANY_VERSION, &in->why),
                &in->why);
    office_must(sql_run(db, "UPDATE letters SET bytes = x'' WHERE position = 1",
                        SQL_NO_VALUES, &in->why),
                &in->why);
    assert_int_equal(log_verify(in->parts.ledger, NULL, &head, &in->why),
                     R_PROOF_FAILED);
    assert_non_null(strstr(in->why.text, "position 1"));
    office_must(sql_run(db, "INSERT INTO deletions VALUES (1, 1, 1, 'x', 2)",
                        SQL_NO_VALUES, &in->why),
                &in->why);
    assert_int_equal(log_verify(in->parts.ledger, NULL, &head, &in->why),
                     R_PROOF_FAILED);
}

static void test_deletion__is_told_by_the_timeline(void **state)
{
    struct archive *in = *state;
    AUTO(timeline) struct timeline *timeline = NULL;
    AUTO(buf) struct buf out = {0};
    delete_case(in, CASE);
    office_must(timeline_read(&timeline, in->parts.ledger, CASE, &in->why),
                &in->why);
    timeline_put_json(timeline, &out);
    assert_non_null(strstr(buf_text(&out), "\"deletedByRule\": \"at-once\""));
    assert_non_null(strstr(buf_text(&out), "\"type\": \"deletion-record\""));
    assert_non_null(strstr(buf_text(&out), "\"state\": \"NOT_FILED\""));
}

static enum reason export_and_check(struct archive *in, struct buf *faults)
{
    const char *home = in->centre->office.folder;
    AUTO(text) char *folder = io_join(home, "evidence");
    AUTO(text) char *authority = io_join(home, "authority.pem");
    AUTO(export_findings) struct export_findings found = {0};
    size_t count;
    struct export_request request = {.case_id = CASE,
                                     .agencies = home,
                                     .folder = folder,
                                     .now = centre_clock};
    office_must(export_case(in->parts.ledger, &request, &count, &in->why),
                &in->why);
    enum reason reason = export_check(folder, authority, &found, &in->why);
    buf_put_text(faults, buf_text(&found.faults));
    return reason;
}

static void test_deletion__leaves_an_export_that_is_whole(void **state)
{
    struct archive *in = *state;
    AUTO(buf) struct buf faults = {0};
    delete_case(in, CASE);
    if (export_and_check(in, &faults) != R_OK)
        fail_msg("%s", buf_text(&faults));
}

static void test_deletion__does_not_touch_an_open_case(void **state)
{
    struct archive *in = *state;
    assert_int_equal(delete_case(in, OTHER), 0);
    AUTO(retention_plan) struct retention_plan plan = {0};
    office_must(deletion_plan(&in->parts, OTHER, &plan, &in->why), &in->why);
    assert_int_equal(plan.lines[0].hold, RETENTION_OPEN);
}

static void test_deletion__does_not_touch_a_case_that_is_held(void **state)
{
    struct archive *in = *state;
    office_must(holds_put(in->parts.ledger, CASE, "诉讼", 1, &in->why),
                &in->why);
    assert_int_equal(delete_case(in, CASE), 0);
    office_must(holds_end(in->parts.ledger, CASE, 2, &in->why), &in->why);
    assert_true(delete_case(in, CASE) > 0);
}

static void test_deletion__does_not_touch_a_case_with_an_open_child(
    void **state)
{
    struct archive *in = *state;
    AUTO(sql) struct sql *db = NULL;
    office_must(sql_open(&db, in->centre->ledger_path, SQL_WRITE, "",
                         SQL_ANY_VERSION, &in->why),
                &in->why);
    office_must(sql_run(db,
                        "UPDATE cases SET parent = '" CASE
                        "' WHERE id = '" OTHER "'",
                        SQL_NO_VALUES, &in->why),
                &in->why);
    assert_int_equal(delete_case(in, CASE), 0);
    AUTO(retention_plan) struct retention_plan plan = {0};
    office_must(deletion_plan(&in->parts, CASE, &plan, &in->why), &in->why);
    assert_int_equal(plan.lines[0].hold, RETENTION_LINKED);
    assert_string_equal(plan.lines[0].detail, OTHER);
}

/* The n-th call to the store fails: all of it is done, or nothing. */
static void test_deletion__is_whole_or_not_at_all(void **state)
{
    struct archive *in = *state;
    for (int nth = 1;; nth++) {
        struct log_head head;
        size_t count = 0;
        int64_t record = 0;
        sql_fail_after(nth);
        enum reason reason =
            deletion_run(&in->parts, CASE, centre_clock, &count, &record, NULL);
        sql_fail_after(0);
        office_must(log_verify(in->parts.ledger, NULL, &head, &in->why),
                    &in->why);
        if (reason == R_OK)
            break;
        AUTO(text) char *piece = piece_of(in, 1);
        assert_true(*piece);
    }
}

static void test_deletion__done_once_is_not_done_again(void **state)
{
    struct archive *in = *state;
    assert_true(delete_case(in, CASE) > 0);
    assert_int_equal(delete_case(in, CASE), 0);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_archive, close_archive)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_deletion__takes_the_bytes_out_of_the_files),
        TEST(test_deletion__without_a_rebuild_takes_them_out_too),
        TEST(test_deletion__leaves_a_log_that_holds),
        TEST(test_deletion__of_which_no_record_tells_is_found),
        TEST(test_deletion__is_told_by_the_timeline),
        TEST(test_deletion__leaves_an_export_that_is_whole),
        TEST(test_deletion__does_not_touch_an_open_case),
        TEST(test_deletion__does_not_touch_a_case_that_is_held),
        TEST(test_deletion__does_not_touch_a_case_with_an_open_child),
        TEST(test_deletion__is_whole_or_not_at_all),
        TEST(test_deletion__done_once_is_not_done_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
