/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The six steps of a letter. The table below is the whole policy engine:
 * three questions that need nothing but the letter and the registry, asked in
 * parallel, and three that need the ledger, asked one letter after the other.
 * The first step that says no ends it; the letter is then recorded as refused
 * and its sender told why.
 */
#include "routing/work.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "certs/signature.h"
#include "schemas/catalogue.h"

enum { CLOCK_SKEW_MAX = 5 * INSTANT_MINUTE };

static enum reason step_parse(struct router *router, struct work *work,
                              struct fault *why)
{
    (void)router;
    return message_parse(&work->message, work->arrival.body, work->arrival.size,
                         why);
}

/* The broker proved who is connected; the signature proves who wrote. */
static enum reason step_verify(struct router *router, struct work *work,
                               struct fault *why)
{
    const struct message *message = work->message;
    const char *channel = work->arrival.user_id;
    if (!channel || strcmp(channel, message_from(message)) != 0)
        return fault(why, R_WRONG_CHANNEL, "from '%s', user-id '%s'",
                     message_from(message), channel ? channel : "");
    TRY(signature_verify(router->parts.registry, message, work->arrival.jws,
                         work->received, why));
    work->authenticated = true;
    return R_OK;
}

static enum reason step_validate(struct router *router, struct work *work,
                                 struct fault *why)
{
    (void)router;
    TRY(message_check(work->message, &work->mistakes, why));
    if (message_sent_at(work->message) > work->received + CLOCK_SKEW_MAX) {
        char sent[INSTANT_TEXT_MAX], received[INSTANT_TEXT_MAX];
        return fault(why, R_CLOCK_SKEW, "sentAt %s > %s",
                     instant_format(message_sent_at(work->message), sent),
                     instant_format(work->received, received));
    }
    return R_OK;
}

static enum reason check_found(struct router *router, const struct work *work,
                               const struct letter *found, struct fault *why)
{
    char digest[DIGEST_TEXT_MAX];
    digest_format(&found->digest, digest);
    if (strcmp(digest, message_answers_digest(work->message)) != 0)
        return fault(why, R_DIGEST_MISMATCH, "inReplyTo %s", found->id);
    return procedure_check_answer(router->parts.procedures, work->casefile,
                                  work->message, found->type, why);
}

/*
 * The letter answered must be in the case, or have changed it from a linked
 * one, and be the one that was read.
 */
static enum reason check_answered(struct router *router, struct work *work,
                                  struct fault *why)
{
    const char *id = message_answers(work->message);
    const struct casefile *casefile = work->casefile;
    if (!*id)
        return R_OK;
    for (size_t i = 0; casefile && i < casefile->party_count; i++) {
        AUTO(letter_row) struct letter_row found = {0};
        enum reason reason = letters_find(
            router->parts.ledger, casefile->parties[i].agency, id, &found, why);
        if (reason == R_NOT_FOUND ||
            (reason == R_OK && strcmp(found.letter.case_id, casefile->id) != 0))
            continue;
        TRY(reason);
        return check_found(router, work, &found.letter, why);
    }
    AUTO(letter_row) struct letter_row found = {0};
    enum reason reason = letters_find_step(
        router->parts.ledger, casefile ? casefile->id : "", id, &found, why);
    if (reason == R_NOT_FOUND)
        return fault(why, R_UNKNOWN_MESSAGE, "inReplyTo %s", id);
    TRY(reason);
    return check_found(router, work, &found.letter, why);
}

static enum reason check_sequence(const struct work *work, struct fault *why)
{
    const struct party *sender =
        work->casefile
            ? casefile_party(work->casefile, message_from(work->message))
            : NULL;
    int64_t sequence = message_sequence(work->message);
    if (sender && sequence <= sender->sequence)
        return fault(why, R_OUT_OF_SEQUENCE, "%lld, %lld", (long long)sequence,
                     (long long)sender->sequence);
    return R_OK;
}

static enum reason check_parent(struct router *router, const struct work *work,
                                struct fault *why)
{
    AUTO(casefile) struct casefile *parent = NULL;
    if (!*message_parent(work->message))
        return R_OK;
    TRY(cases_find(router->parts.ledger, message_parent(work->message), &parent,
                   why));
    TRY(procedure_check_parent(router->parts.procedures, router->parts.registry,
                               work->casefile, parent, work->message, why));
    return work->casefile ? R_OK : follow_check_room(router, parent->id, why);
}

static enum reason step_authorise(struct router *router, struct work *work,
                                  struct fault *why)
{
    TRY(cases_find(router->parts.ledger, message_case(work->message),
                   &work->casefile, why));
    TRY(procedure_authorise(router->parts.procedures, router->parts.registry,
                            work->casefile, work->message, &work->ground, why));
    TRY(check_sequence(work, why));
    TRY(check_parent(router, work, why));
    return check_answered(router, work, why);
}

static enum reason step_advance(struct router *router, struct work *work,
                                struct fault *why)
{
    TRY(procedure_advance(router->parts.procedures, router->parts.registry,
                          &work->casefile, work->message, work->received,
                          router->next_position, &work->effect, why));
    struct party *sender =
        casefile_party(work->casefile, message_from(work->message));
    if (sender)
        sender->sequence = message_sequence(work->message);
    return follow_advance(router, work, why);
}

static enum reason step_record(struct router *router, struct work *work,
                               struct fault *why)
{
    TRY(record_letter(router, work, LETTER_ACCEPTED, why));
    TRY(cases_put(router->parts.ledger, work->casefile, why));
    struct step_record step = {
        .case_id = work->casefile->id,
        .position = work->position,
        .state_before = work->effect.state_before,
        .state_after = work->effect.state_after,
        .at = work->received,
        .late = work->effect.late,
    };
    (void)message_has_decided_at(work->message, &step.decided_at);
    TRY(cases_put_step(router->parts.ledger, &step, why));
    TRY(record_recipients(router, work, work->effect.recipients,
                          work->effect.recipient_count, why));
    answers_receipt(router, work);
    return follow_record(router, work, why);
}

enum phase { EXAMINE, DECIDE };

static const struct step {
    enum phase phase;
    const char *name;
    enum reason (*take)(struct router *, struct work *, struct fault *);
} steps[] = {
    {EXAMINE, "parse", step_parse},        /* is it well formed */
    {EXAMINE, "verify", step_verify},      /* who says it */
    {EXAMINE, "validate", step_validate},  /* is it a lawful form */
    {DECIDE, "authorise", step_authorise}, /* may they say it, about this */
    {DECIDE, "advance", step_advance},     /* what it changes */
    {DECIDE, "record", step_record},       /* so that it is never lost */
};

static enum reason take_steps(struct router *router, struct work *work,
                              enum phase phase)
{
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        if (steps[i].phase != phase)
            continue;
        work->reason = steps[i].take(router, work, &work->why);
        if (work->reason == R_OK)
            continue;
        log_fault(LOG_DEBUG, steps[i].name, &work->why);
        return work->reason;
    }
    return R_OK;
}

void steps_examine(struct router *router, struct work *work)
{
    (void)take_steps(router, work, EXAMINE);
}

/* The same letter again gets the same answer again. */
static enum reason find_repeat(struct router *router, struct work *work,
                               struct fault *why)
{
    AUTO(letter_row) struct letter_row first = {0};
    enum reason reason =
        letters_find(router->parts.ledger, message_from(work->message),
                     message_id(work->message), &first, why);
    if (reason == R_NOT_FOUND)
        return R_OK;
    TRY(reason);
    if (!digest_is_equal(&first.letter.digest, message_digest(work->message))) {
        work->authenticated = false; /* the id belongs to the first one */
        work->reason =
            fault(&work->why, R_ID_REUSED, "%s", message_id(work->message));
        return R_OK;
    }
    work->repeated = true;
    router->counts.repeated++;
    if (!first.letter.answer)
        return R_OK;
    AUTO(letter_row) struct letter_row answer = {0};
    TRY(letters_get(router->parts.ledger, first.letter.answer, &answer, why));
    if (answer.letter.size == 0)
        return R_OK; /* a refusal whose retention ended */
    AUTO(original) struct original *original = original_new(&answer.letter);
    return record_outbox(router, original, message_from(work->message), why);
}

static bool is_cross_cutting(const struct work *work)
{
    const struct message_type *type =
        catalogue_find(message_type(work->message));
    return type && type->cross_cutting;
}

enum reason steps_decide(struct router *router, struct work *work,
                         struct fault *why)
{
    if (work->authenticated)
        TRY(find_repeat(router, work, why));
    if (work->repeated)
        return R_OK;
    if (work->reason == R_OK && is_cross_cutting(work))
        work->reason = receipts_decide(router, work, &work->why);
    else if (work->reason == R_OK)
        (void)take_steps(router, work, DECIDE);

    if (reason_class(work->reason) == REASON_RETRY) {
        *why = work->why;
        return work->reason;
    }
    if (work->reason == R_OK) {
        router->counts.accepted++;
        return R_OK;
    }
    router->counts.refused++;
    return answers_refuse(router, work, why);
}

void work_done(struct work *work)
{
    arrival_done(&work->arrival);
    message_free(work->message);
    mistakes_done(&work->mistakes);
    casefile_free(work->casefile);
    followers_free(work->followers, work->follower_count);
    ground_done(&work->ground);
    effect_done(&work->effect);
    *work = (struct work){0};
}
