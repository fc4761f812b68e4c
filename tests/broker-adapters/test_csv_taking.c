/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Rows of a CSV file from the folder to the other side: exactly once whatever
 * call of the store fails, and back again where the exchange refuses.
 */
#include "broker-adapters/mapping/mappings.h"
#include "tests/broker-adapters/desk_fixture.h"

enum { TURNS = 4, GOOD = 3 };

static const char table[] =
    "company,uscc,colour,scheme,number,publish_date,authority,reason\n"
    "甲公司,,红牌,环境信用评价,洪环牌〔2026〕1号,2026-01-05,某局,超标\n"
    "乙公司,1.2E+17,红牌,环境信用评价,洪环牌〔2026〕2号,2026-01-05,某局,超标\n"
    "丙公司,,黄牌,环境信用评价,洪环牌〔2026〕3号,2026-01-05,某局,超标\n"
    "甲公司,,红牌,环境信用评价,洪环牌〔2026〕1号,2026-01-05,某局,超标\n"
    "丁公司,,绿牌,环境信用评价,洪环牌〔2026〕4号,2026-01-05,某局,超标\n"
    "戊公司,,黄牌,环境信用评价,洪环牌〔2026〕5号,2026-01-05,某局,超标\n";

static struct mappings *open_mappings(void)
{
    AUTO(buf) struct buf report = {0};
    struct mappings *mappings;
    struct fault why = {0};
    must(mappings_open(&mappings, "", "bank-nanchang", &report, &why), &why);
    return mappings;
}

static struct post *post_with(struct world *world,
                              const struct mappings *mappings)
{
    struct post *post = world_post(world, "ecology-nanchang");
    post->desk.mappings = mappings;
    return post;
}

static enum reason start_again(struct world *world, struct fault *why)
{
    for (size_t i = 0; i < world->post_count; i++) {
        struct post *post = &world->posts[i];
        post_shut(post);
        post_open(post);
        TRY(handover_finish(&post->desk, post->spool, why));
        TRY(taking_finish(&post->desk, post->spool, why));
    }
    return R_OK;
}

/* Turns until nothing is left to do; how often the store failed. */
static int play(struct world *world)
{
    int failures = 0;
    for (int done = 0; done < TURNS;) {
        struct fault why = {0};
        if (world_turn(world, &why) == R_OK) {
            done++;
            continue;
        }
        assert_true(++failures < 20);
        sql_fail_after(0);
        must(start_again(world, &why), &why);
    }
    sql_fail_after(0);
    return failures;
}

static void check_exactly_once(const struct post *sender,
                               const struct post *recipient)
{
    assert_int_equal(number_of(sender, "SELECT count(*) FROM outgoing"
                                       " WHERE type = 'card-credit-push'"),
                     GOOD);
    assert_int_equal(number_of(sender, "SELECT count(*) FROM csv_row"), GOOD);
    assert_int_equal(number_of(sender, "SELECT count(*) FROM csv_refused"), 0);
    assert_int_equal(number_of(recipient, "SELECT count(*) FROM listing"),
                     GOOD);
    assert_int_equal(files_in(sender, "out"), 0);
    assert_true(file_is_there(sender, "sent/cards.csv"));
    assert_int_equal(files_in(sender, "refused"), 3);
    assert_true(file_is_there(sender, "refused/cards.rows.csv"));
    assert_true(file_is_there(sender, "refused/cards.rows.csv.reason.txt"));
}

/* In memory where there is such a folder: a thousand commits are waited for. */
static char *make_folder(void)
{
    char *folder =
        mem_print("%s/yisong-csv.XXXXXX",
                  access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(folder));
    return folder;
}

static void test_rows__go_exactly_once_whatever_call_fails(void **state)
{
    AUTO(mappings) struct mappings *mappings = open_mappings();
    struct office office = office_open();
    int failures = 1;
    for (int nth = 1; failures > 0; nth++) {
        char *folder = make_folder();
        void *scratch = folder;
        struct world *world = world_open(&scratch, &office);
        struct post *sender = post_with(world, mappings);
        struct post *recipient = world_post(world, "bank-nanchang");
        world_drop(sender, "cards.csv", table);
        sql_fail_after(nth);
        failures = play(world);
        check_exactly_once(sender, recipient);
        assert_true(failures > 0 || nth > 20);
        world_close(world);
        scratch_remove_folder(folder);
        free(folder);
    }
    office_close(&office);
    (void)state;
}

static void refuse_letter(struct world *world,
                          const struct queued_letter *letter)
{
    struct fault why = {0};
    char digest[DIGEST_TEXT_MAX];
    AUTO(intake) struct intake made = {0};
    struct digest of = digest_of(DIGEST_SHA256, letter->bytes, letter->size);
    AUTO(text) char *text = mem_print(
        "<message xmlns=\"urn:yisong:message:1\"><header><schemaVersion>1"
        "</schemaVersion><type>refusal</type><caseId>%s</caseId>"
        "<to>ecology-nanchang</to><urgency>normal</urgency></header><body>"
        "<refusal><id>%s</id><digest>%s</digest><code>NOT_PERMITTED</code>"
        "<chinese>无权</chinese><english>may not</english></refusal></body>"
        "</message>",
        letter->case_id, letter->id, digest_format(&of, digest));
    must(put_letter(world_post(world, "exchange"), text, &made, &why), &why);
}

static void test_rows__come_back_when_the_exchange_refuses_and_may_go_again(
    void **state)
{
    AUTO(mappings) struct mappings *mappings = open_mappings();
    struct world *world = *state;
    struct post *sender = post_with(world, mappings);
    world_drop(sender, "cards.csv", table);
    world_turns(world, 1);
    AUTO(queued_letter) struct queued_letter letter = {0};
    struct fault why = {0};
    must(outgoing_get(sender->desk.mailbox, 1, &letter, &why), &why);
    AUTO(text) char *back = mem_print("refused/cards-%s.rows.csv", letter.id);

    refuse_letter(world, &letter);
    world_turns(world, 2);
    assert_true(file_is_there(sender, back));
    assert_true(file_is_there(sender, "sent/cards.csv"));
    assert_int_equal(number_of(sender, "SELECT count(*) FROM csv_row"),
                     GOOD - 1);

    world_drop(sender, "cards.csv", table);
    world_turns(world, 2);
    assert_int_equal(number_of(sender, "SELECT count(*) FROM outgoing"
                                       " WHERE type = 'card-credit-push'"),
                     GOOD + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows__go_exactly_once_whatever_call_fails),
        WORLD_TEST(
            test_rows__come_back_when_the_exchange_refuses_and_may_go_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
