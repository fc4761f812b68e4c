/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * From jobs to letters: written and signed on all cores, handed over in order.
 */
#include "simulation/province_state.h"

#include <string.h>

#include "base/io.h"
#include "base/mem.h"

/* "police procuratorate" as the agencies of the place. */
static void address(const struct province *province, const char *roles,
                    size_t place, struct buf *texts)
{
    char agency[AGENCY_TEXT_MAX], role[AGENCY_TEXT_MAX];
    while (*roles) {
        size_t length = strcspn(roles, " ");
        memcpy(role, roles, length);
        role[length] = '\0';
        agency_of(province, role, place, agency);
        buf_print(texts, "%s ", agency);
        roles += length + strspn(roles + length, " ");
    }
}

static const struct book_letter *answered(const struct book_case *one,
                                          const char *type)
{
    for (size_t i = one->letter_count; i-- > 0;)
        if (strcmp(one->letters[i].step->type, type) == 0)
            return &one->letters[i];
    return NULL;
}

static const char *const roles[BOOK_ROLES] = {
    "ecology", "police", "procuratorate", "court", "credit", "bank"};

static int64_t sequence_of(const struct book_case *one, const char *role)
{
    for (size_t i = 0; i < BOOK_ROLES; i++)
        if (strcmp(roles[i], role) == 0)
            return one->sequences[i] + 1;
    return 1;
}

static enum reason write_step(const struct province *province, struct job *job)
{
    const struct book_case *one = &province->book.cases[job->place];
    const struct tale_step *step = job->step;
    char name[CASE_TEXT_MAX];
    AUTO(buf) struct buf to = {0}, copies = {0};
    address(province, step->to, one->place, &to);
    address(province, step->copies, one->place, &copies);
    instant now = world_clock(province->world);
    struct wish wish = {.type = step->type,
                        .case_id = case_name(job->place, name),
                        .from = job->sender,
                        .set = step->set,
                        .sequence = sequence_of(one, step->from),
                        .sent_at = now,
                        .decided_at = now - step->decided_before *
                                                (instant)INSTANT_MINUTE};
    const struct book_letter *letter = answered(one, step->answers);
    if (letter) {
        wish.answers = letter->id;
        wish.answers_digest = letter->digest;
    }
    AUTO(text) char *to_text = mem_text(buf_text(&to));
    AUTO(text) char *copies_text = mem_text(buf_text(&copies));
    wish_split(to_text, wish.to);
    wish_split(copies_text, wish.copies);
    return letter_make(&wish, job->key, &job->sealed, NULL);
}

static enum reason write_receipt(const struct province *province,
                                 struct job *job)
{
    const struct book_case *one = &province->book.cases[job->place];
    const struct book_letter *letter = &one->letters[job->receipt.letter];
    char name[CASE_TEXT_MAX];
    const struct arrived arrived = {.recipient = job->receipt.recipient,
                                    .sender = job->receipt.sender,
                                    .id = letter->id,
                                    .digest = letter->digest,
                                    .type = letter->step->type,
                                    .case_id = case_name(job->place, name),
                                    .at = world_clock(province->world)};
    return confirm_make(&arrived, job->key, &job->sealed, NULL);
}

static void write_one(void *context, size_t item)
{
    struct province *province = context;
    struct job *job = &province->jobs[item];
    job->reason =
        job->step ? write_step(province, job) : write_receipt(province, job);
}

/* The letter is on its way: what answers it must know it. */
static void keep_letter(struct province *province, const struct job *job)
{
    struct book_case *one = &province->book.cases[job->place];
    struct book_letter *letter = &one->letters[one->letter_count++];
    letter->step = job->step;
    memcpy(letter->id, job->sealed.id, sizeof letter->id);
    memcpy(letter->digest, job->sealed.digest, sizeof letter->digest);
    for (size_t i = 0; i < BOOK_ROLES; i++)
        if (strcmp(roles[i], job->step->from) == 0)
            one->sequences[i]++;
}

enum reason letters_write(struct province *province, struct fault *why)
{
    pool_run(world_pool(province->world), province->job_count, write_one,
             province);
    for (size_t i = 0; i < province->job_count; i++) {
        struct job *job = &province->jobs[i];
        if (job->reason != R_OK)
            return fault(why, job->reason, "letter of %s", job->sender);
        if (job->step && !*job->step->expect)
            keep_letter(province, job);
        world_submit(province->world, job->sender, &job->sealed);
        sealed_done(&job->sealed);
    }
    return R_OK;
}
