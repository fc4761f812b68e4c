/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading a timeline out of the ledger. What a refused letter said is told
 * only as far as it can be read.
 */
#include "routing/timeline.h"
#include "routing/timeline_moves.h"

#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/mem.h"
#include "schemas/catalogue.h"

static void fill_row(struct timeline_letter *out, const struct letter *letter,
                     const char *case_id)
{
    out->position = letter->position;
    out->outcome = letter->outcome;
    out->authenticated = letter->authenticated;
    out->id = mem_text(letter->id);
    out->type = mem_text(letter->type);
    out->sender = mem_text(letter->sender);
    out->code = mem_text(letter->code);
    out->media_type = mem_text(letter->media_type);
    out->linked =
        mem_text(strcmp(letter->case_id, case_id) ? letter->case_id : "");
    out->digest = letter->digest;
    out->sequence = letter->sequence;
    out->received_at = letter->received_at;
    out->answer = letter->answer;
}

/* What only the letter itself says. */
static void fill_content(struct timeline_letter *out,
                         const struct letter *letter)
{
    AUTO(message) struct message *message = NULL;
    enum reason reason =
        message_parse(&message, letter->bytes, letter->size, NULL);
    bool readable = reason == R_OK;
    out->number = mem_text(readable ? message_number(message) : "");
    out->answers = mem_text(readable ? message_answers(message) : "");
}

static enum reason fill_answer(struct ledger *ledger,
                               struct timeline_letter *out, struct fault *why)
{
    AUTO(letter_row) struct letter_row row = {0};
    if (!out->answer)
        return R_OK;
    TRY(letters_get(ledger, out->answer, &row, why));
    out->answered_at = row.letter.received_at;
    return R_OK;
}

static enum reason fill(struct ledger *ledger, const char *case_id,
                        int64_t position, struct timeline_letter *out,
                        struct fault *why)
{
    AUTO(letter_row) struct letter_row row = {0};
    bool found;
    TRY(letters_get(ledger, position, &row, why));
    fill_row(out, &row.letter, case_id);
    fill_content(out, &row.letter);
    if (row.letter.size == 0)
        TRY(deletions_find(ledger, position, &out->deletion, &found, why));
    TRY(fill_answer(ledger, out, why));
    TRY(history_step(ledger, case_id, position, &out->step, &found, why));
    return history_deliveries(ledger, position, &out->deliveries,
                              &out->delivery_count, why);
}

static enum reason fill_all(struct timeline *timeline, struct ledger *ledger,
                            const int64_t *positions, size_t count,
                            struct fault *why)
{
    timeline->letters = mem_new(count, sizeof *timeline->letters);
    for (size_t i = 0; i < count; i++) {
        timeline->count++;
        TRY(fill(ledger, timeline->casefile->id, positions[i],
                 &timeline->letters[i], why));
    }
    return R_OK;
}

/* The casefile knows the clocks that run; a timeline shows all. */
static enum reason read_clocks(struct timeline *timeline, struct ledger *ledger,
                               struct fault *why)
{
    struct casefile *casefile = timeline->casefile;
    for (size_t i = 0; i < casefile->deadline_count; i++) {
        free(casefile->deadlines[i].limit);
        free(casefile->deadlines[i].owner);
    }
    casefile->deadline_count = 0;
    return history_deadlines(ledger, casefile, why);
}

enum reason timeline_read(struct timeline **out, struct ledger *ledger,
                          const char *case_id, struct fault *why)
{
    AUTO(timeline) struct timeline *timeline = mem_new(1, sizeof *timeline);
    int64_t *positions = NULL;
    size_t count = 0;
    TRY(cases_find(ledger, case_id, &timeline->casefile, why));
    if (!timeline->casefile)
        return fault(why, R_NOT_FOUND, "%s", case_id);
    TRY(read_clocks(timeline, ledger, why));
    TRY(moves_read(timeline, ledger, case_id, why));
    TRY(history_children(ledger, case_id, &timeline->children,
                         &timeline->child_count, why));
    TRY(history_positions(ledger, case_id, &positions, &count, why));
    enum reason reason = fill_all(timeline, ledger, positions, count, why);
    free(positions);
    TRY(reason);
    *out = TAKE(timeline);
    return R_OK;
}

static void letter_done(struct timeline_letter *letter)
{
    free(letter->id);
    free(letter->type);
    free(letter->sender);
    free(letter->code);
    free(letter->number);
    free(letter->media_type);
    free(letter->linked);
    free(letter->answers);
    step_row_done(&letter->step);
    deliveries_free(letter->deliveries, letter->delivery_count);
}

void timeline_free(struct timeline *timeline)
{
    if (!timeline)
        return;
    for (size_t i = 0; i < timeline->count; i++)
        letter_done(&timeline->letters[i]);
    casefile_free(timeline->casefile);
    children_free(timeline->children, timeline->child_count);
    moves_free(timeline->moves, timeline->move_count);
    free(timeline->letters);
    free(timeline);
}

const char *names_agency(const struct names *names, const char *agency)
{
    const struct agency *known =
        names->registry ? registry_find(names->registry, agency) : NULL;
    return known ? say(known->chinese, known->english) : agency;
}

const char *names_type(const char *type)
{
    const struct message_type *known = catalogue_find(type);
    return known ? say(known->chinese, known->english) : type;
}

const char *names_state(const struct names *names, const char *procedure,
                        const char *state)
{
    return names->procedures
               ? procedure_state_name(names->procedures, procedure, state)
               : state;
}

const char *names_role(const struct names *names, const char *procedure,
                       const char *role)
{
    return names->procedures
               ? procedure_role_name(names->procedures, procedure, role)
               : role;
}

const char *names_limit(const struct names *names, const char *procedure,
                        const char *limit)
{
    struct limit_facts facts;
    return names->procedures &&
                   procedure_limit(names->procedures, procedure, limit, &facts)
               ? say(facts.chinese, facts.english)
               : limit;
}
