/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * From the timeline of a case to what became of each notice. Nothing is read
 * twice: what is told of letters points into the timeline.
 */
#include "routing/supervision/feedback.h"

#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/mem.h"

#define REMINDER "overdue-reminder"

/* What is at hand while a case is read. */
struct tracing {
    struct feedback *feedback;
    struct ledger *ledger;
    const struct feedback_request *request;
};

static enum reason read_message(const struct tracing *tracing, int64_t position,
                                struct message **out, struct fault *why)
{
    AUTO(letter_row) struct letter_row row = {0};
    *out = NULL;
    TRY(letters_get(tracing->ledger, position, &row, why));
    if (message_parse(out, row.letter.bytes, row.letter.size, NULL) != R_OK)
        *out = NULL; /* accepted once, under a schema of another day */
    return R_OK;
}

static bool is_there(const struct tracing *tracing,
                     const struct timeline_letter *letter)
{
    return letter->outcome != LETTER_REFUSED &&
           letter->received_at <= tracing->feedback->at;
}

/* --- what an answer says ---------------------------------------------------
 */

static char *text_of(const struct element *parent, const char *name)
{
    const char *text = element_child_text(parent, name);
    return mem_text(text ? text : "");
}

static void read_measures(struct answer *answer, const struct element *body)
{
    const struct element *list = element_first(body, "measures");
    const struct element *row = list ? element_first(list, "measure") : NULL;
    for (; row; row = element_next(row, "measure")) {
        answer->measures =
            mem_resize(answer->measures, answer->measure_count + 1,
                       sizeof *answer->measures);
        answer->measures[answer->measure_count++] =
            (struct measure_said){.name = text_of(row, "name"),
                                  .status = text_of(row, "status"),
                                  .reason = text_of(row, "reason"),
                                  .amount = text_of(row, "amount"),
                                  .from = text_of(row, "from")};
    }
}

static const struct standing *judge(const struct rules *rules,
                                    const struct message *message)
{
    for (size_t i = 0; i < rules->standing_count; i++)
        if (any_of_holds(&rules->standings[i].when, message))
            return &rules->standings[i];
    return NULL;
}

static enum reason add_answer(const struct tracing *tracing,
                              struct addressee *addressee,
                              const struct timeline_letter *letter,
                              struct fault *why)
{
    const struct rules *rules = tracing->feedback->rules;
    AUTO(message) struct message *message = NULL;
    TRY(read_message(tracing, letter->position, &message, why));
    const struct element *body = message ? message_body(message) : NULL;
    if (!body)
        return R_OK;
    addressee->answers =
        mem_resize(addressee->answers, addressee->answer_count + 1,
                   sizeof *addressee->answers);
    struct answer *answer = &addressee->answers[addressee->answer_count++];
    *answer = (struct answer){.letter = letter,
                              .standing = judge(rules, message),
                              .effect = text_of(body, "effect"),
                              .remarks = text_of(body, "remarks")};
    read_measures(answer, body);
    const struct standing *weakest =
        &rules->standings[rules->standing_count - 1];
    if (answer->standing &&
        (answer->standing != weakest || !addressee->standing))
        addressee->standing = answer->standing;
    return R_OK;
}

/* --- who was told ----------------------------------------------------------
 */

static struct addressee *find_addressee(struct told_notice *notice,
                                        const char *agency)
{
    for (size_t i = 0; i < notice->addressee_count; i++)
        if (strcmp(notice->addressees[i].agency, agency) == 0)
            return &notice->addressees[i];
    return NULL;
}

static enum reason add_reminding(const struct tracing *tracing,
                                 struct told_notice *notice,
                                 const struct timeline_letter *letter,
                                 struct fault *why)
{
    AUTO(message) struct message *message = NULL;
    TRY(read_message(tracing, letter->position, &message, why));
    const struct element *body = message ? message_body(message) : NULL;
    const struct element *about = body ? element_first(body, "about") : NULL;
    const char *id = about ? element_child_text(about, "id") : NULL;
    const char *agency = body ? element_child_text(body, "agency") : NULL;
    struct addressee *addressee =
        agency && id && strcmp(id, notice->letter->id) == 0
            ? find_addressee(notice, agency)
            : NULL;
    if (!addressee)
        return R_OK;
    addressee->remindings =
        mem_resize(addressee->remindings, addressee->reminding_count + 1,
                   sizeof *addressee->remindings);
    addressee->remindings[addressee->reminding_count++] =
        (struct reminding){.letter = letter, .limit = text_of(body, "limit")};
    return R_OK;
}

static enum reason read_followers(const struct tracing *tracing,
                                  struct told_notice *notice, struct fault *why)
{
    const struct timeline *timeline = tracing->feedback->timeline;
    for (size_t i = 0; i < timeline->count; i++) {
        const struct timeline_letter *letter = &timeline->letters[i];
        if (!is_there(tracing, letter))
            continue;
        struct addressee *addressee = find_addressee(notice, letter->sender);
        if (letter->outcome == LETTER_OWN &&
            strcmp(letter->type, REMINDER) == 0) {
            if (!tracing->request->no_remindings)
                TRY(add_reminding(tracing, notice, letter, why));
        } else if (addressee &&
                   strcmp(letter->answers, notice->letter->id) == 0)
            TRY(add_answer(tracing, addressee, letter, why));
    }
    return R_OK;
}

/* A letter may also have gone to the parties of a linked case. */
static void read_addressees(const struct casefile *casefile,
                            struct told_notice *notice)
{
    const struct timeline_letter *letter = notice->letter;
    notice->addressees =
        mem_new(letter->delivery_count + 1, sizeof *notice->addressees);
    for (size_t i = 0; i < letter->delivery_count; i++) {
        const struct delivery *delivery = &letter->deliveries[i];
        if (strcmp(delivery->recipient, letter->sender) == 0 ||
            !casefile_party(casefile, delivery->recipient))
            continue;
        notice->addressees[notice->addressee_count++] = (struct addressee){
            .agency = delivery->recipient, .delivery = delivery};
    }
}

static void find_silent(struct told_notice *notice)
{
    for (size_t i = 0; i < notice->addressee_count; i++) {
        struct addressee *addressee = &notice->addressees[i];
        instant there = addressee->delivery->delivered_at;
        if (!addressee->standing)
            addressee->silent_since =
                there ? there : notice->letter->received_at;
    }
}

static enum reason is_notice(const struct tracing *tracing,
                             const struct timeline_letter *letter, bool *found,
                             struct fault *why)
{
    const struct rules *rules = tracing->feedback->rules;
    *found = false;
    for (size_t i = 0; i < rules->notice_count; i++) {
        const struct notice *notice = &rules->notices[i];
        AUTO(message) struct message *message = NULL;
        if (strcmp(notice->type, letter->type) != 0)
            continue;
        if (notice->when)
            TRY(read_message(tracing, letter->position, &message, why));
        *found = *found || !notice->when ||
                 (message &&
                  condition_holds(notice->when, message_document(message)));
    }
    return R_OK;
}

static enum reason read_notices(const struct tracing *tracing,
                                struct fault *why)
{
    struct feedback *feedback = tracing->feedback;
    const struct timeline *timeline = feedback->timeline;
    feedback->notices = mem_new(timeline->count + 1, sizeof *feedback->notices);
    for (size_t i = 0; i < timeline->count; i++) {
        const struct timeline_letter *letter = &timeline->letters[i];
        bool found = false;
        if (letter->outcome == LETTER_ACCEPTED && is_there(tracing, letter))
            TRY(is_notice(tracing, letter, &found, why));
        if (!found || (tracing->request->only &&
                       strcmp(letter->id, tracing->request->only) != 0))
            continue;
        struct told_notice *notice =
            &feedback->notices[feedback->notice_count++];
        notice->letter = letter;
        read_addressees(timeline->casefile, notice);
        TRY(read_followers(tracing, notice, why));
        find_silent(notice);
    }
    return R_OK;
}

enum reason feedback_read(struct feedback **out, struct ledger *ledger,
                          const struct rules *rules,
                          const struct feedback_request *request,
                          struct fault *why)
{
    AUTO(feedback) struct feedback *feedback = mem_new(1, sizeof *feedback);
    const struct tracing tracing = {feedback, ledger, request};
    feedback->rules = rules;
    feedback->at = request->at;
    TRY(timeline_read(&feedback->timeline, ledger, request->case_id, why));
    TRY(read_notices(&tracing, why));
    *out = TAKE(feedback);
    return R_OK;
}

static void addressee_done(struct addressee *addressee)
{
    for (size_t i = 0; i < addressee->answer_count; i++) {
        struct answer *answer = &addressee->answers[i];
        for (size_t k = 0; k < answer->measure_count; k++) {
            free(answer->measures[k].name);
            free(answer->measures[k].status);
            free(answer->measures[k].reason);
            free(answer->measures[k].amount);
            free(answer->measures[k].from);
        }
        free(answer->measures);
        free(answer->effect);
        free(answer->remarks);
    }
    for (size_t i = 0; i < addressee->reminding_count; i++)
        free(addressee->remindings[i].limit);
    free(addressee->answers);
    free(addressee->remindings);
}

void feedback_free(struct feedback *feedback)
{
    if (!feedback)
        return;
    for (size_t i = 0; i < feedback->notice_count; i++) {
        for (size_t k = 0; k < feedback->notices[i].addressee_count; k++)
            addressee_done(&feedback->notices[i].addressees[k]);
        free(feedback->notices[i].addressees);
    }
    free(feedback->notices);
    timeline_free(feedback->timeline);
    free(feedback);
}

const char *addressee_standing(const struct addressee *addressee)
{
    return addressee->standing ? addressee->standing->id : RULES_SILENT;
}

const char *addressee_standing_name(const struct rules *rules,
                                    const struct addressee *addressee)
{
    return label_say(addressee->standing ? &addressee->standing->name
                                         : &rules->silent);
}

const struct deadline *addressee_clock(const struct feedback *feedback,
                                       const struct told_notice *notice,
                                       const struct addressee *addressee,
                                       const struct deadline *after)
{
    const struct casefile *casefile = feedback->timeline->casefile;
    size_t place = after ? (size_t)(after - casefile->deadlines) + 1 : 0;
    for (; place < casefile->deadline_count; place++) {
        const struct deadline *deadline = &casefile->deadlines[place];
        if (deadline->from == notice->letter->position &&
            strcmp(deadline->owner, addressee->agency) == 0)
            return deadline;
    }
    return NULL;
}
