/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Single promises of the projections: codes and names as people write them,
 * customer files, what the public may read, what each kind of letter does, and
 * lists that are made again from the inbox.
 */
#include "tests/broker-adapters/desk_fixture.h"

#include "broker-adapters/projections/customers.h"
#include "broker-adapters/projections/listing_write.h"
#include "broker-adapters/projections/project.h"
#include "broker-adapters/projections/publicity.h"

/* --- keys --------------------------------------------------------------------
 */

static void test_key__reads_a_code_as_people_write_it(void **state)
{
    static const struct {
        const char *text;
        enum reason reason;
        enum listing_key_kind kind;
        const char *normal;
    } rows[] = {
        {"91420683MA0000015G", R_OK, LISTING_KEY_CODE, "91420683MA0000015G"},
        {"９１420683ma0000015ｇ", R_OK, LISTING_KEY_CODE, "91420683MA0000015G"},
        {"10910751-2", R_OK, LISTING_KEY_ORGANISATION, "109107512"},
        {"３６０１００２１０００１２３４", R_OK, LISTING_KEY_OTHER,
         "360100210001234"},
        {"91420683MA0000015H", R_BAD_FIELD, 0, NULL},
        {"911101085****5082Q", R_AMBIGUOUS, 0, NULL},
        {"", R_BAD_FIELD, 0, NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        AUTO(listing_key) struct listing_key key = {0};
        assert_int_equal(listing_key_code(&key, rows[i].text, NULL),
                         rows[i].reason);
        if (rows[i].reason != R_OK)
            continue;
        assert_int_equal(key.kind, rows[i].kind);
        assert_string_equal(buf_text(&key.text), rows[i].normal);
    }
}

static void test_key__compares_names_without_width_blanks_and_brackets(
    void **state)
{
    AUTO(listing_key) struct listing_key one = {0};
    AUTO(listing_key) struct listing_key other = {0};
    struct fault why = {0};
    (void)state;
    must(listing_key_name(&one, " 南昌ＡＢ（集团）　有限公司", &why), &why);
    must(listing_key_name(&other, "南昌ab(集团)有限公司", &why), &why);
    assert_string_equal(buf_text(&one.text), buf_text(&other.text));
    AUTO(listing_key) struct listing_key none = {0};
    assert_int_equal(listing_key_name(&none, " 　", NULL), R_BAD_FIELD);
}

/* --- what the public may read ------------------------------------------------
 */

static void check_public(const char *text, const char *expected)
{
    static const char *const names[] = {"陈志", "陈志强"};
    AUTO(buf) struct buf out = {0};
    publicity_put_text(&out, text, names, COUNT_OF(names));
    assert_string_equal(buf_text(&out), expected);
}

static void test_publicity__leaves_nothing_of_numbers_and_surnames_alone(
    void **state)
{
    (void)state;
    check_public("经查，陈志强（420683198001010015）倾倒废渣57.21吨。",
                 "经查，陈**（******）倾倒废渣57.21吨。");
    check_public("电话 138 0013 8000，代码91420683MA0000015G",
                 "电话 ******，代码91420683MA0000015G");
    check_public("罚款 100000 元，2026-05-03，〔2026〕7号",
                 "罚款 100000 元，2026-05-03，〔2026〕7号");
    check_public("已隐去的陈**和陈某", "已隐去的陈**和陈某");
}

/* --- a mailbox with letters --------------------------------------------------
 */

/* A letter without signature, straight to the lists; its fault or R_OK. */
static enum reason apply(struct post *post, const char *type,
                         const char *header, const char *body)
{
    static int64_t turn;
    static int number;
    struct fault why = {0};
    struct projected done = {0};
    AUTO(message) struct message *message = NULL;
    AUTO(text) char *text = mem_print(
        "<message xmlns=\"urn:yisong:message:1\"><header><schemaVersion>1"
        "</schemaVersion><id>019c0000-0000-7000-8000-%012d</id><type>%s</type>"
        "%s<sequence>1</sequence><sentAt>2026-05-03T09:00:00+08:00</sentAt>"
        "<urgency>normal</urgency></header><body>%s</body></message>",
        ++number, type, header, body);
    must(message_parse(&message, text, strlen(text), &why), &why);
    struct project_letter letter = {.agency = post->desk.agency,
                                    .message = message,
                                    .turn = ++turn,
                                    .now = OFFICE_LATER};
    must(sql_begin(post->desk.mailbox, &why), &why);
    must(mailbox_end(post->desk.mailbox,
                     project_letter(post->desk.mailbox, &letter, &done, &why),
                     &why),
         &why);
    return done.refused.reason;
}

static void put_listing(void *context, const struct listing *listing)
{
    listing_put_json(context, listing);
    buf_put_char(context, '\n');
}

static char *list_text(const struct post *post, enum listing_list list,
                       bool history)
{
    struct fault why = {0};
    struct buf out = {0};
    struct listing_query query = {
        .lists = 1u << list, .day = "2026-06-01", .history = history};
    must(listing_each(post->desk.mailbox, &query, put_listing, &out, &why),
         &why);
    buf_put_text(&out, "");
    return out.bytes ? buf_take(&out) : mem_text("");
}

#define FROM_TO(case_id, from, to)                                             \
    "<caseId>" case_id "</caseId><from>" from "</from><to>" to "</to>"
#define UNIT                                                                   \
    "<unit><name>甲公司</name><creditCode>91420683MA0000015G</creditCode>"  \
    "<stateOwned>true</stateOwned><stockCode>600001</stockCode></unit>"
#define PENALTY                                                                       \
    "<decision><outcome>penalised</outcome><parties>" UNIT                            \
    "</parties><charges><charge><name>超标排放</name></charge></charges>"         \
    "<reasons>经查实。</reasons><penalties><penalty><number>环罚〔2026〕1号" \
    "</number><decidedOn>2026-05-01</decidedOn><authority>某局</authority>"         \
    "<kinds><kind>fine</kind><kind>stop-production</kind></"                          \
    "kinds><content>罚款"                                                           \
    "</content><fine>50000</fine></penalty></penalties></decision>"

static void test_penalty__is_listed_until_it_is_repaired(void **state)
{
    struct post *credit = world_post(*state, "credit-jiangxi");
    const char *header = FROM_TO("P-1", "ecology-nanchang", "credit-jiangxi");
    assert_int_equal(apply(credit, "penalty-publication", header, PENALTY),
                     R_OK);
    AUTO(text) char *listed = list_text(credit, LISTING_PENALTY, false);
    assert_non_null(strstr(listed, "\"kind\": \"fine stop-production\""));
    assert_non_null(strstr(listed, "\"amount\": \"50000\""));
    assert_int_equal(apply(credit, "penalty-publication", header, PENALTY),
                     R_LISTED_ALREADY);
    assert_int_equal(apply(credit, "repair-notice", header, PENALTY), R_OK);

    apply(credit, "repair-decision", header,
          "<decision><outcome>not-repaired</outcome></decision>");
    AUTO(text) char *kept = list_text(credit, LISTING_PENALTY, false);
    assert_string_equal(kept, listed);
    apply(credit, "repair-decision", header,
          "<decision><outcome>repaired</outcome></decision>");
    AUTO(text) char *left = list_text(credit, LISTING_PENALTY, false);
    AUTO(text) char *past = list_text(credit, LISTING_PENALTY, true);
    assert_string_equal(left, "");
    assert_non_null(strstr(past, "\"end\": \"repaired\""));
}

static void test_notice__tells_a_regulator_of_state_owned_and_listed_units(
    void **state)
{
    struct post *post = world_post(*state, "credit-jiangxi");
    const char *header = "<caseId>N-1</caseId><parentCase>CARD-1</parentCase>"
                         "<from>ecology-nanchang</from><to>credit-jiangxi</to>";
    apply(post, "sasac-notice", header,
          "<notice><subject>抄告</subject><content>被挂红牌</"
          "content><parties>" UNIT "</parties></notice>");
    AUTO(text) char *listed = list_text(post, LISTING_NOTICE, false);
    assert_non_null(strstr(listed, "\"kind\": \"sasac-notice\""));
    assert_non_null(strstr(listed, "\"stateOwned\": true"));
    assert_non_null(strstr(listed, "\"stockCode\": \"600001\""));

    apply(post, "card-removal-decision",
          FROM_TO("CARD-1", "ecology-nanchang", "credit-jiangxi"),
          "<cardRemoval><outcome>removed</outcome><colour>red</colour><number>"
          "环牌〔2026〕1号</number><decidedOn>2026-05-20</decidedOn>" UNIT
          "</cardRemoval>");
    AUTO(text) char *left = list_text(post, LISTING_NOTICE, false);
    assert_string_equal(left, "");
}

static void test_procuratorate__sees_what_it_was_told(void **state)
{
    struct post *post = world_post(*state, "police-nanchang");
    apply(
        post, "overdue-reminder",
        FROM_TO("C-1", "exchange", "ecology-nanchang"),
        "<reminder><limit>filing</limit><article>W17-9</article><statutory>"
        "true</statutory><agency>ecology-nanchang</agency><startedAt>"
        "2026-05-01T00:00:00+08:00</startedAt><dueAt>2026-05-04T00:00:00+08:00"
        "</dueAt><chinese>立案期限届满</chinese><english>over</english>"
        "</reminder>");
    apply(post, "criminal-case-transfer",
          FROM_TO("C-1", "ecology-nanchang", "court-nanchang"),
          "<caseTransfer/>");
    apply(post, "delivery-receipt",
          FROM_TO("C-1", "ecology-nanchang", "court-nanchang"), "<receipts/>");
    AUTO(text) char *late = list_text(post, LISTING_REMINDER, false);
    AUTO(text) char *copies = list_text(post, LISTING_COPY, false);
    assert_non_null(strstr(late, "\"name\": \"ecology-nanchang\""));
    assert_non_null(strstr(late, "\"validFrom\": \"2026-05-04\""));
    assert_non_null(strstr(copies, "\"kind\": \"criminal-case-transfer\""));
    assert_null(strstr(copies, "receipt"));
}

#define ENTRY(change, more)                                                    \
    "<punishmentList><listName>名单</listName><asOf>2026-05-10</asOf>"       \
    "<authority>某局</authority><entries><entry>" UNIT "<change>" change       \
    "</change><reason>红牌</reason>" more                                      \
    "</entry></entries></punishmentList>"

static void test_punishment__is_listed_corrected_and_removed(void **state)
{
    struct post *post = world_post(*state, "credit-jiangxi");
    const char *header = FROM_TO("L-1", "ecology-nanchang", "credit-jiangxi");
    apply(post, "punishment-list", header,
          ENTRY("listed", "<until>2027-05-10</until>"));
    assert_int_equal(
        apply(post, "punishment-list", header, ENTRY("listed", "")),
        R_LISTED_ALREADY);
    apply(post, "punishment-list", header,
          ENTRY("corrected", "<until>2026-12-31</until>"));
    AUTO(text) char *listed = list_text(post, LISTING_PUNISHMENT, false);
    assert_non_null(strstr(listed, "\"validUntil\": \"2026-12-31\""));
    assert_null(strstr(listed, "2027-05-10"));
    assert_int_equal(apply(post, "list-removal", header, ENTRY("removed", "")),
                     R_OK);
    assert_int_equal(apply(post, "list-removal", header, ENTRY("removed", "")),
                     R_NOT_FOUND);
}

/* --- customers ---------------------------------------------------------------
 */

static char *check_file(struct post *post, const char *text, enum reason expect)
{
    struct fault why = {0};
    struct buf out = {0};
    AUTO(listing_index) struct listing_index *index =
        listing_index_new(post->desk.mailbox);
    struct customers_check check = {.index = index, .day = 20600};
    must(listing_index_refresh(index, &why), &why);
    assert_int_equal(customers_check(&check, text, strlen(text), &out, &why),
                     expect);
    buf_put_text(&out, "");
    return out.bytes ? buf_take(&out) : mem_text("");
}

static void test_customers__are_read_with_and_without_a_heading(void **state)
{
    struct post *post = world_post(*state, "credit-jiangxi");
    apply(post, "punishment-list",
          FROM_TO("L-1", "ecology-nanchang", "credit-jiangxi"),
          ENTRY("listed", ""));
    AUTO(text) char *bare =
        check_file(post, "91420683MA0000015G\n91110108551385082Q\n", R_OK);
    assert_non_null(strstr(bare, "1,91420683MA0000015G,,listed"));
    assert_non_null(strstr(bare, "2,91110108551385082Q,,clear"));
    AUTO(text) char *named =
        check_file(post, "序号,客户名称\r\n1, 甲 公司\r\n2,=1+1\r\n", R_OK);
    assert_non_null(strstr(named, "2,,甲 公司,name-only"));
    assert_non_null(strstr(named, "3,,'=1+1,clear"));
    AUTO(text) char *excel =
        check_file(post, "信用代码\n=\"91420683MA0000015G\"\n", R_OK);
    assert_non_null(strstr(excel, "listed"));
    static const struct {
        const char *text;
        enum reason reason;
    } wrong[] = {{"a,b\n1,2\n", R_NOT_VALID},
                 {"name\n\"x\n", R_NOT_WELL_FORMED},
                 {"", R_NOT_VALID}};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        free(check_file(post, wrong[i].text, wrong[i].reason));
}

/* --- made again --------------------------------------------------------------
 */

static void test_lists__are_made_again_from_the_inbox(void **state)
{
    struct world *world = *state;
    struct post *credit = world_post(world, "credit-jiangxi");
    struct post *bureau = world_post(world, "ecology-nanchang");
    struct fault why = {0};
    AUTO(intake) struct intake made = {0};
    AUTO(text) char *text = sample_text("card-credit-push.xml",
                                        "ecology-nanchang", "credit-jiangxi");
    must(put_letter(bureau, text, &made, &why), &why);
    world_turns(world, 2);
    AUTO(text) char *before = list_text(credit, LISTING_CARD, false);
    static const char *const wipes[] = {"DELETE FROM listing_change",
                                        "DELETE FROM listing",
                                        "DELETE FROM listing_state"};
    for (size_t i = 0; i < COUNT_OF(wipes); i++)
        must(sql_run(credit->desk.mailbox, wipes[i], SQL_NO_VALUES, &why),
             &why);

    must(project_past(credit->desk.mailbox, "credit-jiangxi", &why), &why);
    must(project_past(credit->desk.mailbox, "credit-jiangxi", &why), &why);

    AUTO(text) char *after = list_text(credit, LISTING_CARD, false);
    assert_int_equal(number_of(credit, "SELECT count(*) FROM listing"), 1);
    assert_string_equal(after, before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key__reads_a_code_as_people_write_it),
        cmocka_unit_test(
            test_key__compares_names_without_width_blanks_and_brackets),
        cmocka_unit_test(
            test_publicity__leaves_nothing_of_numbers_and_surnames_alone),
        WORLD_TEST(test_penalty__is_listed_until_it_is_repaired),
        WORLD_TEST(
            test_notice__tells_a_regulator_of_state_owned_and_listed_units),
        WORLD_TEST(test_procuratorate__sees_what_it_was_told),
        WORLD_TEST(test_punishment__is_listed_corrected_and_removed),
        WORLD_TEST(test_customers__are_read_with_and_without_a_heading),
        WORLD_TEST(test_lists__are_made_again_from_the_inbox),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
