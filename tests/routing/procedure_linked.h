/*
 * procedure_linked - the <follow> rows of a chart: what a letter said in a
 * linked case does to the case at hand. Include after cmocka.h.
 */
#ifndef YISONG_TESTS_ROUTING_PROCEDURE_LINKED_H
#define YISONG_TESTS_ROUTING_PROCEDURE_LINKED_H

#include "tests/routing/procedure_letter.h"

/* The letter of a row, said in a case of that procedure. */
static inline struct following follow(struct bench *bench, instant now,
                                      const char *procedure, const char *type,
                                      const char *body)
{
    const struct draft draft = {.type = type,
                                .case_id = "LINKED-1",
                                .from = "ecology-a",
                                .to = "credit-platform-a",
                                .body = body,
                                .at = now};
    AUTO(message) struct message *message = bench_message(bench, &draft);
    struct casefile other = {.id = (char *)(size_t) "LINKED-1",
                             .procedure = (char *)(size_t)procedure,
                             .state = (char *)(size_t) ""};
    const struct followed followed = {&other, message, now, ++bench->position};
    struct following out = {0};
    assert_int_equal(procedure_follow(bench->procedures, bench->registry,
                                      bench->casefile, &followed, &out, NULL),
                     R_OK);
    return out;
}

static inline void must_not_follow(struct bench *bench, instant now,
                                   const char *procedure, const char *type,
                                   const char *body)
{
    AUTO(text) char *before = mem_text(bench_state(bench));
    AUTO(following) struct following got =
        follow(bench, now, procedure, type, body);
    assert_null(got.effect.state_after);
    assert_int_equal(got.effect.recipient_count, 0);
    assert_string_equal(bench_state(bench), before);
}

/* All parties that the row tells, and nobody else. */
static inline void check_told(const struct bench *bench, const struct row *row,
                              const struct effect *effect)
{
    const struct casefile *casefile = bench->casefile;
    for (size_t i = 0; i < casefile->party_count; i++) {
        const struct party *party = &casefile->parties[i];
        bool told = false;
        for (size_t k = 0; k < effect->recipient_count; k++)
            told = told || strcmp(effect->recipients[k], party->agency) == 0;
        assert_int_equal(told, has_word(row->to, party->as) &&
                                   strcmp(party->agency, "ecology-a") != 0);
    }
}

static inline void check_stopped(const struct bench *bench,
                                 const struct row *row)
{
    const struct casefile *casefile = bench->casefile;
    for (size_t i = 0; i < casefile->deadline_count; i++) {
        const struct deadline *clock = &casefile->deadlines[i];
        bool met = has_word(attribute(row->accept, "meets"), clock->limit) &&
                   strcmp(clock->owner, "ecology-a") == 0;
        if ((met ||
             has_word(attribute(row->accept, "cancels"), clock->limit)) &&
            !has_word(attribute(row->accept, "starts"), clock->limit))
            assert_false(deadline_is_open(clock));
    }
}

static inline void take_linked(struct bench *bench, struct row *row,
                               instant now)
{
    AUTO(text) char *before = mem_text(bench_state(bench));
    must_not_follow(bench, now, "no-such-procedure", row->type, row->body);
    must_not_follow(bench, now, row->follows, "clue-feedback", row->body);
    if (*attribute(row->accept, "when"))
        must_not_follow(bench, now, row->follows, row->type, "<other/>");

    AUTO(following)
    struct following got =
        follow(bench, now, row->follows, row->type, row->body);

    assert_string_equal(got.effect.state_before, before);
    assert_string_equal(bench_state(bench), row->next);
    assert_string_equal(got.article, attribute(row->accept, "article"));
    assert_true(got.told_zh.size > 0 && got.told_en.size > 0);
    check_told(bench, row, &got.effect);
    check_stopped(bench, row);
    row->taken++;
    for (size_t i = 0; i < got.effect.recipient_count; i++)
        procedure_delivered(bench->procedures, bench->registry, bench->casefile,
                            bench->position, got.effect.recipients[i], now);
}

/* Those of this state that were not taken yet, and now and then any. */
static inline void linked_here(struct bench *bench, struct chart *chart,
                               instant now)
{
    for (size_t i = 0; i < chart->row_count; i++) {
        struct row *row = &chart->rows[i];
        if (*row->follows && strcmp(row->state, bench_state(bench)) == 0 &&
            random_below(row->taken ? 16 : 2) == 0)
            take_linked(bench, row, now);
    }
}

#endif
