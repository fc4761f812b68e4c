/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A case as evidence: what the real router recorded, exported, judged, and
 * judged again with one thing bent. Called as `test_ledger_export make FOLDER`
 * it only leaves the ledger and the registry there, for tests/ledger.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "routing/export.h"
#include "routing/ledger/tree.h"
#include "tests/support/centre.h"

#define ECOLOGY   "ecology-nanchang"
#define POLICE    "police-nanchang"
#define PROCURATE "procuratorate-nanchang"
#define CASE      "NC-2026-0001"
#define OPEN_CASE "NC-2026-0002"

static void submit(struct centre *centre, const struct draft *draft,
                   instant later)
{
    centre_clock += later;
    centre_submit(centre, draft);
    centre_run(centre);
}

/* The adapter of `agency` signs for a letter. */
static void sign_for(struct centre *centre, const char *agency,
                     const struct message *letter)
{
    char digest[DIGEST_TEXT_MAX], at[INSTANT_TEXT_MAX];
    AUTO(text) char *body = mem_print(
        "<receipts><entry><id>%s</id><digest>%s</digest><type>%s</type>"
        "<caseId>%s</caseId><at>%s</at></entry></receipts>",
        message_id(letter), digest_format(message_digest(letter), digest),
        message_type(letter), message_case(letter),
        instant_format(centre_clock, at));
    struct draft receipt = {.type = "delivery-receipt",
                            .case_id = "none",
                            .from = agency,
                            .to = message_from(letter),
                            .body = body};
    submit(centre, &receipt, INSTANT_SECOND);
}

static const struct message *hand_over(struct centre *centre)
{
    struct draft transfer = {.type = "criminal-case-transfer",
                             .case_id = CASE,
                             .from = ECOLOGY,
                             .to = POLICE,
                             .copy_to = PROCURATE,
                             .sequence = 1};
    submit(centre, &transfer, 0);
    const struct message *got =
        centre_find(centre, POLICE, "criminal-case-transfer", 0);
    sign_for(centre, POLICE, got);
    sign_for(centre, PROCURATE, got);
    return got;
}

/* Transfer, an attempt out of turn, acceptance (JSON), a late decision. */
static void play(struct centre *centre)
{
    const struct message *got = hand_over(centre);
    struct draft draft = {.type = "filing-decision-notice",
                          .case_id = CASE,
                          .from = POLICE,
                          .to = ECOLOGY,
                          .copy_to = PROCURATE,
                          .answers = got,
                          .sequence = 1};
    submit(centre, &draft, INSTANT_HOUR);
    draft.type = "acceptance-receipt";
    draft.sequence = 2;
    draft.encoding = MESSAGE_JSON;
    draft.copy_to = NULL;
    submit(centre, &draft, INSTANT_HOUR);
    sign_for(centre, ECOLOGY,
             centre_find(centre, ECOLOGY, "acceptance-receipt", 0));
    draft.type = "filing-decision-notice";
    draft.sequence = 3;
    draft.encoding = MESSAGE_XML;
    draft.copy_to = PROCURATE;
    submit(centre, &draft, 9 * INSTANT_DAY);
}

/* Another case, whose clocks run. */
static void play_open(struct centre *centre)
{
    struct draft transfer = {.type = "criminal-case-transfer",
                             .case_id = OPEN_CASE,
                             .from = ECOLOGY,
                             .to = POLICE,
                             .copy_to = PROCURATE,
                             .sequence = 1};
    submit(centre, &transfer, 0);
    sign_for(centre, POLICE,
             centre_find(centre, POLICE, "criminal-case-transfer", 1));
}

struct evidence {
    struct centre *centre;
    char *folder, *authority;
    struct export_findings found;
    struct fault why;
};

static char *in_folder(const struct evidence *in, const char *name)
{
    return io_join(in->folder, name);
}

static int open_evidence(void **state)
{
    struct evidence *made = mem_new(1, sizeof *made);
    size_t count;
    made->centre = centre_open();
    play(made->centre);
    made->folder = io_join(made->centre->office.folder, "evidence");
    made->authority = io_join(made->centre->office.folder, "authority.pem");
    struct export_request request = {.case_id = CASE,
                                     .agencies = made->centre->office.folder,
                                     .folder = made->folder,
                                     .now = centre_clock};
    office_must(export_case(made->centre->ledger, &request, &count, &made->why),
                &made->why);
    *state = made;
    return 0;
}

static int close_evidence(void **state)
{
    struct evidence *made = *state;
    export_findings_done(&made->found);
    centre_close(made->centre);
    free(made->folder);
    free(made->authority);
    free(made);
    return 0;
}

static enum reason judge(struct evidence *in)
{
    export_findings_done(&in->found);
    in->found = (struct export_findings){0};
    return export_check(in->folder, in->authority, &in->found, &in->why);
}

static void test_export__of_a_real_case_is_whole(void **state)
{
    struct evidence *in = *state;
    enum reason reason = judge(in);
    if (reason != R_OK)
        fail_msg("%s %s\n%s", reason_code(reason), in->why.text,
                 buf_text(&in->found.faults));
    assert_string_equal(in->found.case_id, CASE);
    assert_int_equal(in->found.accepted, 3);
    assert_int_equal(in->found.refused, 1);
    assert_int_equal(in->found.receipts, 3 + 3);
    assert_true(in->found.signed_size > 0);
    assert_true(in->found.log_size > in->found.signed_size);
}

static void test_export__does_not_overwrite(void **state)
{
    struct evidence *in = *state;
    size_t count;
    struct export_request request = {.case_id = CASE, .folder = in->folder};
    assert_int_equal(
        export_case(in->centre->ledger, &request, &count, &in->why), R_EXISTS);
    request.case_id = "NONE";
    assert_int_equal(
        export_case(in->centre->ledger, &request, &count, &in->why),
        R_NOT_FOUND);
}

/* The file of the export whose name holds this. */
static char *find_file(const struct evidence *in, const char *folder,
                       const char *part)
{
    AUTO(text) char *path = in_folder(in, folder);
    AUTO(io_names) struct io_names names = {0};
    assert_int_equal(io_list(path, &names, NULL), R_OK);
    for (size_t i = 0; i < names.count; i++)
        if (strstr(names.names[i], part))
            return io_join(path, names.names[i]);
    fail_msg("no %s in %s", part, folder);
    return NULL;
}

/* Puts `to` in place of the first `from`, of the same length or not. */
static void bend(const char *path, const char *from, const char *to)
{
    AUTO(buf) struct buf bytes = {0};
    AUTO(buf) struct buf bent = {0};
    assert_int_equal(io_read(path, &bytes, NULL), R_OK);
    const char *place = strstr(buf_text(&bytes), from);
    assert_non_null(place);
    buf_put(&bent, bytes.bytes, (size_t)(place - bytes.bytes));
    buf_put_text(&bent, to);
    buf_put_text(&bent, place + strlen(from));
    assert_int_equal(io_write(path, bent.bytes, bent.size, 0644, NULL), R_OK);
}

static void assert_faulty(struct evidence *in, const char *expected)
{
    assert_int_not_equal(judge(in), R_OK);
    if (!strstr(buf_text(&in->found.faults), expected))
        fail_msg("'%s' is not among:\n%s", expected,
                 buf_text(&in->found.faults));
}

/* One row for each way to bend an export: where, what, what must be found. */
static const struct bent {
    const char *folder, *file, *from, *to, *found;
} bends[] = {
    {"letters", "criminal-case-transfer", "<urgency>normal", "<urgency>urgent",
     "DIGEST_MISMATCH"},
    {"letters", "acceptance-receipt", "\"urgency\":\"normal\"",
     "\"urgency\":\"urgent\"", "DIGEST_MISMATCH"},
    {"letters", ".json.jws", "..", "..A", "DIGEST_MISMATCH"},
    {"receipts", "submission-receipt", "<logSize>1", "<logSize>2",
     "DIGEST_MISMATCH"},
    {"", "case.json", "\"yisong-case-1\"", "\"yisong-case-9\"", ""},
    {"", "case.json", " accepted - ", " refused - ", "PROOF_FAILED"},
    {"", "case.json", "yisong-letter-1 1 ", "yisong-letter-1 2 ",
     "PROOF_FAILED"},
    {"", "case.json", "\"nodes\": [\"", "\"nodes\": [\"0", "PROOF_FAILED"},
    {"", "case.json", "\"stateAfter\": \"FILED\"", "\"stateAfter\": \"CLOSED\"",
     "OUT_OF_TURN"},
    {"", "case.json", "\"file\": \"letters/", "\"file\": \"../letters/",
     "NOT_FOUND"},
    {"", "case.json", "\"caseId\": \"NC-2026-0001\"",
     "\"caseId\": \"NC-2026-0002\"", "UNKNOWN_CASE"},
};

static void test_export__that_is_bent_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bends); i++) {
        const struct bent *row = &bends[i];
        struct evidence *in = NULL;
        open_evidence((void **)&in);
        AUTO(text) char *path = *row->folder
                                    ? find_file(in, row->folder, row->file)
                                    : in_folder(in, row->file);
        bend(path, row->from, row->to);
        if (*row->found)
            assert_faulty(in, row->found);
        else
            assert_int_not_equal(judge(in), R_OK);
        close_evidence((void **)&in);
    }
}

static void test_export__from_which_a_file_was_taken_is_found(void **state)
{
    struct evidence *in = *state;
    AUTO(text) char *path = find_file(in, "letters", "acceptance-receipt");
    unlink(path);
    assert_faulty(in, "NOT_FOUND");
}

static void test_export__with_a_file_that_nothing_proves_is_found(void **state)
{
    struct evidence *in = *state;
    AUTO(text) char *path = in_folder(in, "letters/099-slipped-in.xml");
    assert_int_equal(io_write(path, "<x/>", 4, 0644, NULL), R_OK);
    assert_faulty(in, "letters/099-slipped-in.xml: PROOF_FAILED");
}

static void test_export__under_another_authority_is_refused(void **state)
{
    struct evidence *in = *state;
    struct office stranger = office_open();
    free(in->authority);
    in->authority = io_join(stranger.folder, "authority.pem");
    assert_int_equal(judge(in), R_BAD_REGISTRY);
    office_close(&stranger);
}

/* A forger swaps the authority too: then the registry's signature fails. */
static void test_export__with_a_registry_of_a_stranger_is_refused(void **state)
{
    struct evidence *in = *state;
    struct office stranger = office_open();
    AUTO(buf) struct buf bytes = {0};
    AUTO(text) char *from = io_join(stranger.folder, "registry.xml");
    AUTO(text) char *to = in_folder(in, "registry/registry.xml");
    assert_int_equal(io_read(from, &bytes, NULL), R_OK);
    assert_int_equal(io_write(to, bytes.bytes, bytes.size, 0644, NULL), R_OK);
    assert_int_equal(judge(in), R_BAD_REGISTRY);
    office_close(&stranger);
}

static void test_log__of_a_real_ledger_keeps_the_promised_heads(void **state)
{
    struct evidence *in = *state;
    struct log_head head;
    assert_int_equal(log_verify(in->centre->ledger, NULL, &head, &in->why),
                     R_OK);
}

/* The time of the first letter, its leaf and the head: all agree again. */
static void rewrite_whole(const char *path, int64_t size)
{
    AUTO(ledger) struct ledger *ledger = NULL;
    AUTO(sql) struct sql *db = NULL;
    struct tree *tree = mem_new(1, sizeof *tree);
    struct digest forged = {0};
    assert_int_equal(ledger_open(&ledger, path, SQL_READ, NULL), R_OK);
    for (int64_t position = 1; position <= size; position++) {
        AUTO(letter_row) struct letter_row row = {0};
        AUTO(buf) struct buf line = {0};
        assert_int_equal(letters_get(ledger, position, &row, NULL), R_OK);
        row.letter.received_at -= position == 1;
        log_leaf(&row.letter, &line);
        struct digest leaf = tree_leaf(line.bytes, line.size);
        forged = position == 1 ? leaf : forged;
        tree_append(tree, &leaf);
    }
    struct digest root = tree_root(tree);
    free(tree);
    assert_int_equal(sql_open(&db, path, SQL_WRITE, "", SQL_ANY_VERSION, NULL),
                     R_OK);
    assert_int_equal(sql_run(db,
                             "UPDATE letters SET leaf = ?1, "
                             "received_at = received_at - 1 "
                             "WHERE position = 1",
                             SQL_VALUES(SQL_DIGEST(&forged)), NULL),
                     R_OK);
    assert_int_equal(sql_run(db, "UPDATE head SET root = ?1",
                             SQL_VALUES(SQL_DIGEST(&root)), NULL),
                     R_OK);
}

static void test_log__rewritten_whole_meets_what_a_receipt_promised(
    void **state)
{
    struct evidence *in = *state;
    struct log_head head;
    assert_int_equal(log_head(in->centre->ledger, &head, NULL), R_OK);
    rewrite_whole(in->centre->ledger_path, head.size);
    assert_int_equal(log_verify(in->centre->ledger, NULL, &head, &in->why),
                     R_PROOF_FAILED);
    assert_non_null(strstr(in->why.text, "position 2: the head in this"));
}

/* Leaves ledger and registry in FOLDER, for a test in another language. */
static int make(const char *folder)
{
    struct fault why = {0};
    struct centre *centre = centre_open();
    play(centre);
    play_open(centre);
    centre_stop(centre);
    static const char *const names[] = {"ledger.db", "registry.xml",
                                        "authority.pem"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        AUTO(text) char *from = io_join(centre->office.folder, names[i]);
        AUTO(text) char *to = io_join(folder, names[i]);
        AUTO(buf) struct buf bytes = {0};
        office_must(io_read(from, &bytes, &why), &why);
        office_must(io_write(to, bytes.bytes, bytes.size, 0644, &why), &why);
    }
    centre_start(centre);
    centre_close(centre);
    return 0;
}

#define IN_EVIDENCE(test)                                                      \
    cmocka_unit_test_setup_teardown(test, open_evidence, close_evidence)

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "make") == 0)
        return make(argv[2]);
    const struct CMUnitTest tests[] = {
        IN_EVIDENCE(test_export__of_a_real_case_is_whole),
        IN_EVIDENCE(test_export__does_not_overwrite),
        cmocka_unit_test(test_export__that_is_bent_is_found),
        IN_EVIDENCE(test_export__from_which_a_file_was_taken_is_found),
        IN_EVIDENCE(test_export__with_a_file_that_nothing_proves_is_found),
        IN_EVIDENCE(test_export__under_another_authority_is_refused),
        IN_EVIDENCE(test_export__with_a_registry_of_a_stranger_is_refused),
        IN_EVIDENCE(test_log__of_a_real_ledger_keeps_the_promised_heads),
        IN_EVIDENCE(test_log__rewritten_whole_meets_what_a_receipt_promised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
