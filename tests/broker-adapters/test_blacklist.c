/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The cards in force, from letters that came from a bureau; and what goes back
 * by itself.
 */
#include "tests/broker-adapters/desk_fixture.h"

#include "broker-adapters/mailbox/listing.h"

static const char code[] = "91420683MA0000015G";

/* What listing_each told. */
struct seen {
    size_t count;
    char colour[16], letter[UUID_TEXT_MAX], end_letter[UUID_TEXT_MAX];
};

static void see(void *context, const struct listing *card)
{
    struct seen *seen = context;
    seen->count++;
    snprintf(seen->colour, sizeof seen->colour, "%s", card->kind);
    snprintf(seen->letter, sizeof seen->letter, "%s", card->letter);
    snprintf(seen->end_letter, sizeof seen->end_letter, "%s", card->end_letter);
}

static struct seen look_up(const struct post *post, bool history)
{
    struct seen seen = {0};
    struct fault why = {0};
    struct listing_query query = {.lists = 1u << LISTING_CARD,
                                  .credit_code = code,
                                  .day = "2026-11-21",
                                  .history = history};
    must(listing_each(post->desk.mailbox, &query, see, &seen, &why), &why);
    return seen;
}

/* Replaces the first `from` in a text by `to`; frees the old one. */
static char *with(char *text, const char *from, const char *to)
{
    char *place = strstr(text, from);
    assert_non_null(place);
    char *made = mem_print("%.*s%s%s", (int)(place - text), text, to,
                           place + strlen(from));
    free(text);
    return made;
}

static void send_text(struct world *world, const char *from, char *text)
{
    struct fault why = {0};
    AUTO(intake) struct intake made = {0};
    must(put_letter(world_post(world, from), text, &made, &why), &why);
    free(text);
    world_turns(world, 2);
}

static char *card_text(const char *from, const char *colour)
{
    return with(sample_text("card-credit-push.xml", from, "credit-jiangxi"),
                "<colour>red", colour);
}

static char *removal_text(const char *from, const char *outcome)
{
    char *text =
        sample_text("card-removal-decision.xml", from, "credit-jiangxi");
    return with(text, "<outcome>removed", outcome);
}

static const char card_id[] = "019306e0-0007-7a10-8b20-5c0de0000007";

static void test_blacklist__shows_a_card_once_it_is_handed_over(void **state)
{
    struct world *world = *state;
    struct post *credit = world_post(world, "credit-jiangxi");
    assert_int_equal(look_up(credit, true).count, 0);

    send_text(world, "ecology-nanchang",
              card_text("ecology-nanchang", "<colour>red"));

    struct seen seen = look_up(credit, false);
    assert_int_equal(seen.count, 1);
    assert_string_equal(seen.colour, "red");
    assert_string_equal(seen.letter, card_id);
}

static void test_blacklist__keeps_a_removed_card_in_the_history(void **state)
{
    struct world *world = *state;
    struct post *credit = world_post(world, "credit-jiangxi");
    send_text(world, "ecology-nanchang",
              card_text("ecology-nanchang", "<colour>red"));

    send_text(world, "ecology-nanchang",
              removal_text("ecology-nanchang", "<outcome>removed"));

    assert_int_equal(look_up(credit, false).count, 0);
    struct seen seen = look_up(credit, true);
    assert_int_equal(seen.count, 1);
    assert_true(*seen.end_letter);
}

static void test_blacklist__leaves_a_card_that_the_review_kept(void **state)
{
    struct world *world = *state;
    struct post *credit = world_post(world, "credit-jiangxi");
    send_text(world, "ecology-nanchang",
              card_text("ecology-nanchang", "<colour>red"));

    send_text(world, "ecology-nanchang",
              removal_text("ecology-nanchang", "<outcome>kept"));

    assert_int_equal(look_up(credit, false).count, 1);
}

static void test_blacklist__turns_a_yellow_card_into_a_red_one(void **state)
{
    struct world *world = *state;
    struct post *credit = world_post(world, "credit-jiangxi");
    send_text(world, "ecology-nanchang",
              card_text("ecology-nanchang", "<colour>yellow"));

    send_text(world, "ecology-nanchang",
              removal_text("ecology-nanchang", "<outcome>upgraded"));

    struct seen seen = look_up(credit, false);
    assert_int_equal(seen.count, 1);
    assert_string_equal(seen.colour, "red");
    assert_int_equal(look_up(credit, true).count, 2);
}

static void test_blacklist__lets_nobody_else_take_a_card_off(void **state)
{
    struct world *world = *state;
    struct post *credit = world_post(world, "credit-jiangxi");
    send_text(world, "ecology-nanchang",
              card_text("ecology-nanchang", "<colour>red"));

    send_text(world, "police-nanchang",
              removal_text("police-nanchang", "<outcome>removed"));

    assert_int_equal(look_up(credit, false).count, 1);
}

static void test_blacklist__finds_a_code_however_the_letter_wrote_it(
    void **state)
{
    struct world *world = *state;
    struct post *credit = world_post(world, "credit-jiangxi");
    char *text = card_text("ecology-nanchang", "<colour>red");

    send_text(world, "ecology-nanchang",
              with(text, code, "９１４20683ma0000015g"));

    assert_int_equal(look_up(credit, false).count, 1);
}

static void test_cards__are_answered_once_where_the_settings_say_so(
    void **state)
{
    struct world *world = *state;
    struct post *credit = world_post(world, "credit-jiangxi");
    struct post *bureau = world_post(world, "ecology-nanchang");
    credit->desk.answers_cards = true;
    AUTO(queued_letter) struct queued_letter letter = {0};

    send_text(world, "ecology-nanchang",
              card_text("ecology-nanchang", "<colour>red"));
    letter = last_queued(bureau);
    arrive(credit, &letter, 1); /* the broker repeats it */
    world_turns(world, 2);

    assert_int_equal(number_of(bureau, "SELECT count(*) FROM incoming"
                                       " WHERE type = 'punishment-acceptance'"),
                     1);
    AUTO(text) char *answers =
        mem_print("SELECT answers FROM incoming"
                  " WHERE type = 'punishment-acceptance'");
    assert_true(query_holds(bureau, answers, card_id));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_blacklist__shows_a_card_once_it_is_handed_over),
        WORLD_TEST(test_blacklist__keeps_a_removed_card_in_the_history),
        WORLD_TEST(test_blacklist__leaves_a_card_that_the_review_kept),
        WORLD_TEST(test_blacklist__turns_a_yellow_card_into_a_red_one),
        WORLD_TEST(test_blacklist__lets_nobody_else_take_a_card_off),
        WORLD_TEST(test_blacklist__finds_a_code_however_the_letter_wrote_it),
        WORLD_TEST(test_cards__are_answered_once_where_the_settings_say_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
