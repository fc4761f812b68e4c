/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The proof of a feedback page: digest and place in the log of every letter
 * that it rests on, and the way from each to the newest head that the centre
 * has signed. What came after that head is listed without a way.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "routing/ledger/receipt.h"
#include "routing/ledger/survey.h"
#include "routing/supervision/feedback.h"

static void add_position(struct evidence *evidence, int64_t position)
{
    if (!position)
        return;
    evidence->lines = mem_resize(evidence->lines, evidence->count + 1,
                                 sizeof *evidence->lines);
    evidence->lines[evidence->count++] =
        (struct evidence_line){.position = position};
}

static void choose(struct evidence *evidence, const struct feedback *feedback)
{
    for (size_t i = 0; i < feedback->notice_count; i++) {
        const struct told_notice *notice = &feedback->notices[i];
        add_position(evidence, notice->letter->position);
        add_position(evidence, notice->letter->answer);
        for (size_t k = 0; k < notice->addressee_count; k++) {
            const struct addressee *addressee = &notice->addressees[k];
            add_position(evidence, addressee->delivery->receipt);
            for (size_t n = 0; n < addressee->answer_count; n++)
                add_position(evidence, addressee->answers[n].letter->position);
            for (size_t n = 0; n < addressee->reminding_count; n++)
                add_position(evidence,
                             addressee->remindings[n].letter->position);
        }
    }
}

static int by_position(const void *a, const void *b)
{
    const struct evidence_line *first = a, *second = b;
    return (first->position > second->position) -
           (first->position < second->position);
}

static void sort(struct evidence *evidence)
{
    size_t kept = 0;
    if (evidence->count > 0)
        qsort(evidence->lines, evidence->count, sizeof *evidence->lines,
              by_position);
    for (size_t i = 0; i < evidence->count; i++)
        if (kept == 0 ||
            evidence->lines[kept - 1].position != evidence->lines[i].position)
            evidence->lines[kept++] = evidence->lines[i];
    evidence->count = kept;
}

/* The head in the newest submission receipt, else that of the log as it is. */
static enum reason find_head(struct evidence *evidence, struct ledger *ledger,
                             struct fault *why)
{
    AUTO(letter_row) struct letter_row row = {0};
    TRY(survey_newest(ledger, RECEIPT_SUBMISSION, &evidence->receipt, why));
    if (evidence->receipt) {
        TRY(letters_get(ledger, evidence->receipt, &row, why));
        if (receipt_read_head(&row.letter, &evidence->head)) {
            evidence->receipt_id = mem_text(row.letter.id);
            return R_OK;
        }
    }
    evidence->receipt = 0;
    evidence->receipt_id = mem_text("");
    return log_head(ledger, &evidence->head, why);
}

static enum reason fill(struct evidence *evidence, struct ledger *ledger,
                        struct evidence_line *line, struct fault *why)
{
    AUTO(letter_row) struct letter_row row = {0};
    AUTO(buf) struct buf entry = {0};
    TRY(letters_get(ledger, line->position, &row, why));
    line->id = mem_text(row.letter.id);
    line->type = mem_text(row.letter.type);
    line->received_at = row.letter.received_at;
    line->digest = row.letter.digest;
    log_leaf(&row.letter, &entry);
    line->entry = mem_text(buf_text(&entry));
    line->is_proved = line->position <= evidence->head.size;
    return line->is_proved
               ? log_prove_inclusion(ledger, line->position - 1,
                                     evidence->head.size, &line->proof, why)
               : R_OK;
}

enum reason evidence_read(struct evidence **out, struct ledger *ledger,
                          const struct feedback *feedback, struct fault *why)
{
    AUTO(evidence) struct evidence *evidence = mem_new(1, sizeof *evidence);
    choose(evidence, feedback);
    sort(evidence);
    TRY(find_head(evidence, ledger, why));
    for (size_t i = 0; i < evidence->count; i++)
        TRY(fill(evidence, ledger, &evidence->lines[i], why));
    *out = TAKE(evidence);
    return R_OK;
}

void evidence_free(struct evidence *evidence)
{
    if (!evidence)
        return;
    for (size_t i = 0; i < evidence->count; i++) {
        free(evidence->lines[i].id);
        free(evidence->lines[i].type);
        free(evidence->lines[i].entry);
    }
    free(evidence->lines);
    free(evidence->receipt_id);
    free(evidence);
}
