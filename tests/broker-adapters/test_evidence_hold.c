/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A letter whose files are awaited: who waits with it, and for how long.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/io.h"
#include "broker-adapters/evidence/evidence_rows.h"
#include "broker-adapters/evidence/place.h"
#include "broker-adapters/mailbox/incoming.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "tests/base/scratch.h"

#define SHA "f63d88b72ca68fedd7d25da44f885084be536f6a87ff06f9e7e9022f9feb6c83"

static const instant start = 1795000000000;

static struct message *letter_of(const char *case_id, int number,
                                 const char *to, bool carries)
{
    struct message *message = NULL;
    AUTO(buf) struct buf text = {0};
    buf_print(&text,
              "<message xmlns=\"urn:yisong:message:1\"><header>"
              "<schemaVersion>1</schemaVersion>"
              "<id>019306e0-0001-7a10-8b20-5c0de000000%d</id><type>t</type>"
              "<caseId>%s</caseId><from>ecology-x</from><to>%s</to>"
              "<sequence>1</sequence><sentAt>2026-11-20T10:00:00+08:00</sentAt>"
              "<urgency>normal</urgency></header><body><request/></body>"
              "<attachments><attachment><name>a.bin</name>"
              "<mediaType>a/b</mediaType><size>5</size><sha256>" SHA
              "</sha256><sm3>" SHA "</sm3>%s</attachment></attachments>"
              "</message>",
              number, case_id, to, carries ? "<carried>true</carried>" : "");
    assert_int_equal(message_parse(&message, buf_text(&text), text.size, NULL),
                     R_OK);
    return message;
}

/* As receiving.c keeps it. */
static int64_t keep(struct sql *mailbox, struct message *made, int64_t place)
{
    AUTO(message) struct message *message = made;
    AUTO(text) char *folder = place_folder_name(message, place);
    enum incoming_outcome outcome;
    int64_t row;
    assert_int_equal(sql_begin(mailbox, NULL), R_OK);
    assert_int_equal(incoming_put(mailbox, message, "", place, false, start,
                                  &outcome, &row, NULL),
                     R_OK);
    struct evidence_letter letter = {message, "police-x", folder, row};
    assert_int_equal(evidence_expect(mailbox, &letter, start, NULL), R_OK);
    assert_int_equal(
        incoming_fill(mailbox, message_case(message), place, row, NULL), R_OK);
    assert_int_equal(sql_commit(mailbox, NULL), R_OK);
    return row;
}

static void assert_state(struct sql *mailbox, int64_t row, const char *state)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    assert_int_equal(sql_select(mailbox,
                                "SELECT state FROM incoming WHERE row = ?1",
                                SQL_VALUES(SQL_INT(row)), &rows, NULL),
                     R_OK);
    assert_true(sql_next(rows));
    assert_string_equal(sql_text(rows, 0), state);
}

static void mark_whole(struct sql *mailbox, int number)
{
    struct transfer transfer;
    AUTO(text) char *text = mem_print(
        "ecology-x/019306e0-0001-7a10-8b20-5c0de000000%d/" SHA, number);
    assert_true(transfer_parse(text, &transfer));
    assert_int_equal(evidence_in_mark(mailbox, &transfer, "whole", start, NULL),
                     R_OK);
}

static int release(struct sql *mailbox, instant since)
{
    int late;
    assert_int_equal(evidence_release(mailbox, since, &late, NULL), R_OK);
    return late;
}

static struct sql *open_box(void **state)
{
    struct sql *mailbox = NULL;
    assert_int_equal(mailbox_open(&mailbox, scratch_path(state, "mailbox.db"),
                                  SQL_CREATE, NULL),
                     R_OK);
    return mailbox;
}

static void test_hold__keeps_its_case_in_order_and_no_other(void **state)
{
    AUTO(sql) struct sql *mailbox = open_box(state);
    int64_t first = keep(mailbox, letter_of("a", 1, "police-x", false), 1);
    int64_t held = keep(mailbox, letter_of("a", 2, "police-x", true), 2);
    int64_t behind = keep(mailbox, letter_of("a", 3, "police-x", false), 3);
    int64_t other = keep(mailbox, letter_of("b", 4, "police-x", false), 1);
    assert_state(mailbox, first, "ready");
    assert_state(mailbox, held, "waiting");
    assert_state(mailbox, behind, "waiting");
    assert_state(mailbox, other, "ready");
    assert_int_equal(release(mailbox, start - 1), 0);
    assert_state(mailbox, held, "waiting");
    mark_whole(mailbox, 2);
    assert_int_equal(release(mailbox, start - 1), 0);
    assert_state(mailbox, held, "ready");
    assert_state(mailbox, behind, "ready");
}

static void test_hold__of_a_later_letter_outlives_that_of_an_earlier(
    void **state)
{
    AUTO(sql) struct sql *mailbox = open_box(state);
    int64_t rows[] = {keep(mailbox, letter_of("a", 1, "police-x", true), 1),
                      keep(mailbox, letter_of("a", 2, "police-x", false), 2),
                      keep(mailbox, letter_of("a", 3, "police-x", true), 3),
                      keep(mailbox, letter_of("a", 4, "police-x", false), 4)};
    mark_whole(mailbox, 3);
    (void)release(mailbox, start - 1);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_state(mailbox, rows[i], "waiting");
    mark_whole(mailbox, 1);
    (void)release(mailbox, start - 1);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_state(mailbox, rows[i], "ready");
}

static void test_hold__ends_when_it_has_lasted_too_long(void **state)
{
    AUTO(sql) struct sql *mailbox = open_box(state);
    int64_t held = keep(mailbox, letter_of("a", 1, "police-x", true), 1);
    assert_int_equal(release(mailbox, start), 0);
    assert_state(mailbox, held, "waiting");
    assert_int_equal(release(mailbox, start + 1), 1);
    assert_state(mailbox, held, "ready");
}

static void test_hold__is_not_for_files_that_are_not_for_us(void **state)
{
    AUTO(sql) struct sql *mailbox = open_box(state);
    int64_t row = keep(mailbox, letter_of("a", 1, "court-x", true), 1);
    assert_state(mailbox, row, "ready");
}

static void test_hold__of_a_letter_that_came_early_begins_with_its_turn(
    void **state)
{
    AUTO(sql) struct sql *mailbox = open_box(state);
    int64_t second = keep(mailbox, letter_of("a", 2, "police-x", true), 2);
    assert_state(mailbox, second, "held");
    int64_t first = keep(mailbox, letter_of("a", 1, "police-x", false), 1);
    assert_state(mailbox, first, "ready");
    assert_state(mailbox, second, "waiting");
}

#define IN_FOLDER(test)                                                        \
    cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_hold__keeps_its_case_in_order_and_no_other),
        IN_FOLDER(test_hold__of_a_later_letter_outlives_that_of_an_earlier),
        IN_FOLDER(test_hold__ends_when_it_has_lasted_too_long),
        IN_FOLDER(test_hold__is_not_for_files_that_are_not_for_us),
        IN_FOLDER(test_hold__of_a_letter_that_came_early_begins_with_its_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
