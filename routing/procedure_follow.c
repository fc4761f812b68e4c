/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Links that act: a letter in one case may mean something for a case that it
 * came from or that came from it. The procedure of the case that follows says
 * what (<follow>): a card that is removed lifts the joint punishment that was
 * built on it. It is one more effect of the same recorded letter, with the same
 * instant and the same position; the letter takes no sequence in this case. It
 * ends the clocks that its sender has here if the file says so (`meets`).
 */
#include "routing/procedure_clock.h"

#include <string.h>

#include "base/mem.h"
#include "routing/procedure_text.h"

static const struct accept *find_follow(const struct machine *machine,
                                        const struct casefile *casefile,
                                        const struct followed *followed)
{
    for (size_t i = 0; machine && i < machine->accept_count; i++) {
        const struct accept *accept = &machine->accepts[i];
        if (accept->follows &&
            strcmp(accept->follows, followed->casefile->procedure) == 0 &&
            strcmp(accept->type, message_type(followed->message)) == 0 &&
            words_has(&accept->in, casefile->state) &&
            (!accept->when.condition ||
             condition_holds(accept->when.condition,
                             message_document(followed->message))))
            return accept;
    }
    return NULL;
}

/* The parties that the file names; the sender knows already. */
static void choose_told(struct act *act)
{
    const struct casefile *casefile = act->casefile;
    struct effect *effect = act->effect;
    effect->recipients =
        mem_new(casefile->party_count + 1, sizeof *effect->recipients);
    for (size_t i = 0; i < casefile->party_count; i++) {
        const struct party *party = &casefile->parties[i];
        if (words_has(&act->choice.accept->to, party->as) &&
            strcmp(party->agency, message_from(act->question.message)) != 0)
            effect->recipients[effect->recipient_count++] =
                mem_text(party->agency);
    }
}

/* --- in words ---------------------------------------------------------------
 */

static const char *pick(const struct label *label, bool chinese)
{
    return chinese ? label->zh : label->en;
}

enum change { ENDED, MET, STARTED, CHANGE_COUNT };

static const struct label changes[CHANGE_COUNT] = {
    [ENDED] = {"终止计算：", " Ended: "},
    [MET] = {"已履行：", " Done: "},
    [STARTED] = {"起算：", " Started: "},
};

/* Whether the limit changes now: an open clock, for MET the sender's own. */
static bool is_touched(const struct act *act, const char *limit,
                       enum change change)
{
    const char *sender = message_from(act->question.message);
    if (change == STARTED)
        return true;
    for (size_t i = 0; i < act->casefile->deadline_count; i++) {
        const struct deadline *deadline = &act->casefile->deadlines[i];
        if (deadline_is_open(deadline) && strcmp(deadline->limit, limit) == 0 &&
            (change == ENDED || strcmp(deadline->owner, sender) == 0))
            return true;
    }
    return false;
}

static void put_limits(struct buf *out, const struct act *act,
                       const struct words *limits, enum change change,
                       bool chinese)
{
    size_t count = 0;
    for (size_t i = 0; i < limits->count; i++) {
        const struct limit *limit =
            machine_limit(act->choice.machine, limits->items[i]);
        if (!is_touched(act, limit->id, change))
            continue;
        buf_put_text(out, count++ ? (chinese ? "、" : ", ")
                                  : pick(&changes[change], chinese));
        buf_put_text(out, pick(&limit->name, chinese));
        if (change != STARTED || limit->variant_count)
            continue;
        buf_put_text(out, chinese ? "（" : " (");
        text_put_limit(out, limit, chinese);
        buf_put_text(out, chinese ? "）" : ")");
    }
    if (count)
        buf_put_text(out, chinese ? "。" : ".");
}

static void put_state(struct buf *out, const struct act *act, bool chinese)
{
    const struct machine *machine = act->choice.machine;
    const struct state *before = machine_state(machine, act->choice.state);
    const struct state *after = machine_state(
        machine, accept_next(act->choice.accept, act->choice.state));
    if (before == after)
        buf_print(out,
                  chinese ? "本案（%s）状态仍为“%s”。"
                          : " This case (%s) stays \"%s\".",
                  pick(&machine->name, chinese), pick(&after->name, chinese));
    else
        buf_print(out,
                  chinese ? "本案（%s）随之由“%s”转为“%s”。"
                          : " This case (%s) follows: from \"%s\" to \"%s\".",
                  pick(&machine->name, chinese), pick(&before->name, chinese),
                  pick(&after->name, chinese));
}

static void put_basis(struct buf *out, const struct act *act, bool chinese)
{
    const struct article *article =
        laws_find(act->question.procedures->laws, act->choice.accept->article);
    if (article)
        buf_print(out, chinese ? "依据：%s。" : " Basis: %s.",
                  chinese ? article->basis_zh : article->basis_en);
}

/* Before the clocks are run, so that it is known which of them were open. */
static void put_told(struct buf *out, const struct act *act,
                     const struct followed *followed, bool chinese)
{
    const struct machine *other =
        machine_find(act->question.procedures, followed->casefile->procedure);
    buf_print(out,
              chinese ? "关联案件%s（%s）已有《%s》。"
                      : "In the linked case %s (%s) there is a letter: %s.",
              followed->casefile->id, pick(&other->name, chinese),
              text_type(act->choice.accept->type, chinese));
    put_state(out, act, chinese);
    put_limits(out, act, &act->choice.accept->meets, MET, chinese);
    put_limits(out, act, &act->choice.accept->cancels, ENDED, chinese);
    put_limits(out, act, &act->choice.accept->starts, STARTED, chinese);
    put_basis(out, act, chinese);
}

/* --- the effect -------------------------------------------------------------
 */

static void move(struct act *act)
{
    const char *next = accept_next(act->choice.accept, act->choice.state);
    act->effect->state_before = mem_text(act->choice.state);
    act->effect->state_after = mem_text(next);
    casefile_set_state(act->casefile, act->effect->state_after);
    act->casefile->changed_at = act->received;
}

enum reason procedure_follow(const struct procedures *procedures,
                             const struct registry *registry,
                             struct casefile *casefile,
                             const struct followed *followed,
                             struct following *out, struct fault *why)
{
    const struct machine *machine =
        machine_find(procedures, casefile->procedure);
    struct act act = {
        .question = {procedures, registry, casefile, followed->message},
        .choice = {.machine = machine,
                   .state = casefile->state,
                   .accept = find_follow(machine, casefile, followed)},
        .casefile = casefile,
        .received = followed->received,
        .position = followed->position,
        .effect = &out->effect,
    };
    if (!act.choice.accept)
        return R_OK;
    const struct state *state = machine_state(machine, casefile->state);
    act.choice.state = state->id; /* outlives the text in the case */
    out->article = act.choice.accept->article;
    choose_told(&act);
    put_told(&out->told_zh, &act, followed, true);
    put_told(&out->told_en, &act, followed, false);
    TRY(clocks_run(&act, why));
    move(&act);
    return R_OK;
}

void following_done(struct following *following)
{
    effect_done(&following->effect);
    buf_done(&following->told_zh);
    buf_done(&following->told_en);
    *following = (struct following){0};
}
