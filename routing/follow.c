/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The cases that follow a letter of another one: its parent and those that
 * came from it, as the procedures say (procedure_follow.c). They are read,
 * changed and written in the transaction of the letter itself, so that either
 * all of it happened or nothing. The letter goes to those whom the following
 * case tells, and with it, in that case, a notice of the centre which names
 * the letter: whoever is told finds his own case, and whoever checks the case
 * finds the letter that changed it.
 *
 * Only linked cases follow, not those linked with them in turn. A case cannot
 * be followed by more than FOLLOW_CHILDREN_MAX: no more may come from one.
 */
#include "routing/work.h"

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "routing/ledger/history.h"

#define NOTICE "linked-case-notice"

enum { COPIES_MAX = 64 /* of one letter */ };

struct follower {
    struct casefile *casefile;
    struct following following;
};

void followers_free(struct follower *followers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        casefile_free(followers[i].casefile);
        following_done(&followers[i].following);
    }
    free(followers);
}

/* --- what changes -----------------------------------------------------------
 */

static enum reason advance_one(struct router *router, struct work *work,
                               const char *case_id, struct fault *why)
{
    const struct followed followed = {work->casefile, work->message,
                                      work->received, router->next_position};
    AUTO(casefile) struct casefile *casefile = NULL;
    AUTO(following) struct following following = {0};
    TRY(cases_find(router->parts.ledger, case_id, &casefile, why));
    if (!casefile)
        return R_OK;
    TRY(procedure_follow(router->parts.procedures, router->parts.registry,
                         casefile, &followed, &following, why));
    if (!following.effect.state_after)
        return R_OK;
    work->followers = mem_resize(work->followers, work->follower_count + 1,
                                 sizeof *work->followers);
    work->followers[work->follower_count++] =
        (struct follower){TAKE(casefile), following};
    following = (struct following){0};
    return R_OK;
}

enum reason follow_advance(struct router *router, struct work *work,
                           struct fault *why)
{
    char **children;
    size_t count;
    const struct casefile *casefile = work->casefile;
    if (!work->effect.followed)
        return R_OK;
    TRY(history_children(router->parts.ledger, casefile->id, &children, &count,
                         why));
    enum reason reason = R_OK;
    for (size_t i = 0; i < count && reason == R_OK; i++)
        reason = advance_one(router, work, children[i], why);
    children_free(children, count);
    TRY(reason);
    return casefile->parent ? advance_one(router, work, casefile->parent, why)
                            : R_OK;
}

/* --- who is told ------------------------------------------------------------
 */

/* The letter itself, to those who do not get it already. */
static enum reason send_letter(struct router *router, const struct work *work,
                               const struct effect *effect, struct fault *why)
{
    for (size_t i = 0; i < effect->recipient_count; i++) {
        char *recipient = effect->recipients[i];
        enum reason known =
            outbox_check(router->parts.ledger, work->position, recipient, why);
        if (known == R_NOT_FOUND)
            known = record_recipients(router, work, &recipient, 1, why);
        if (known != R_OK)
            return known;
    }
    return R_OK;
}

static void put_notice(struct buf *out, const struct work *work,
                       const struct follower *follower)
{
    const struct following *following = &follower->following;
    AUTO(text) char *content = mem_print(
        "%s\n%s", buf_text(&following->told_zh), buf_text(&following->told_en));
    AUTO(text) char *subject =
        mem_print("关联案件 %s / linked case %s", work->casefile->id,
                  follower->casefile->id);
    buf_put_text(out, "<notice>");
    buf_put_element(out, "subject", subject);
    buf_put_element(out, "content", content);
    buf_put_text(out, "</notice>");
}

/* To those who were told and to the sender, so many in one letter. */
static enum reason send_notice(struct router *router, const struct work *work,
                               const struct follower *follower,
                               struct fault *why)
{
    char digest[DIGEST_TEXT_MAX];
    const struct effect *effect = &follower->following.effect;
    AUTO(buf) struct buf body = {0};
    put_notice(&body, work, follower);
    struct own_letter letter = {
        .type = NOTICE,
        .case_id = follower->casefile->id,
        .parent = work->casefile->id,
        .to = message_from(work->message),
        .answers = message_id(work->message),
        .answers_digest = digest_format(message_digest(work->message), digest),
        .body_xml = buf_text(&body),
        .encoding = MESSAGE_XML,
    };
    size_t told = 0;
    do {
        int64_t position;
        size_t rest = effect->recipient_count - told;
        letter.copies = effect->recipients + told;
        letter.copy_count = rest < COPIES_MAX ? rest : COPIES_MAX;
        told += letter.copy_count;
        TRY(own_send(router, &letter, &position, why));
    } while (told < effect->recipient_count);
    return R_OK;
}

static enum reason record_one(struct router *router, const struct work *work,
                              struct follower *follower, struct fault *why)
{
    const struct effect *effect = &follower->following.effect;
    struct step_record step = {
        .case_id = follower->casefile->id,
        .position = work->position,
        .state_before = effect->state_before,
        .state_after = effect->state_after,
        .at = work->received,
        .late = effect->late,
    };
    (void)message_has_decided_at(work->message, &step.decided_at);
    TRY(cases_put(router->parts.ledger, follower->casefile, why));
    TRY(cases_put_step(router->parts.ledger, &step, why));
    TRY(send_letter(router, work, effect, why));
    return send_notice(router, work, follower, why);
}

enum reason follow_record(struct router *router, struct work *work,
                          struct fault *why)
{
    for (size_t i = 0; i < work->follower_count; i++)
        TRY(record_one(router, work, &work->followers[i], why));
    return R_OK;
}

/* --- how many may come from one case ----------------------------------------
 */

enum reason follow_check_room(struct router *router, const char *parent,
                              struct fault *why)
{
    char **children;
    size_t count;
    TRY(history_children(router->parts.ledger, parent, &children, &count, why));
    children_free(children, count);
    return count < FOLLOW_CHILDREN_MAX
               ? R_OK
               : fault(why, R_TOO_LARGE, "parentCase %s: %d", parent,
                       FOLLOW_CHILDREN_MAX);
}
