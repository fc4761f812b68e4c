/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What happens when a clock runs low or out. A while before the end its owner
 * alone is warned, once. At the end the late party is reminded, those who must
 * see it get a copy, and the letter names what the law now offers. The state of
 * the case is not touched: a late act is still accepted.
 */
#include "routing/work.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { EXPIRIES_PER_TURN = 64 };

/* The letter that started the clock. */
static enum reason put_about(struct router *router, int64_t position,
                             struct buf *out, struct fault *why)
{
    AUTO(letter_row) struct letter_row from = {0};
    TRY(letters_get(router->parts.ledger, position, &from, why));
    char digest[DIGEST_TEXT_MAX];
    buf_put_text(out, "<about>");
    buf_put_element(out, "id", from.letter.id);
    buf_put_element(out, "digest", digest_format(&from.letter.digest, digest));
    buf_put_text(out, "</about>");
    return R_OK;
}

/* "立案审查期限（《...》第九条）": what a reader needs is the law's own words.
 */
static void put_words(struct buf *out, const char *name, const char *words,
                      const char *basis, bool chinese)
{
    const char *const brackets[2][2] = {{" (", ")"}, {"（", "）"}};
    AUTO(buf) struct buf text = {0};
    buf_put_text(&text, words);
    if (*basis)
        buf_print(&text, "%s%s%s", brackets[chinese][0], basis,
                  brackets[chinese][1]);
    buf_put_element(out, name, buf_text(&text));
}

/* Else it is only a warning. */
static bool is_over(const struct router *router,
                    const struct deadline *deadline)
{
    return deadline->due < router->now;
}

static enum reason write_reminder(struct router *router,
                                  const struct deadline *deadline,
                                  const struct limit_facts *facts,
                                  struct buf *out, struct fault *why)
{
    char at[INSTANT_TEXT_MAX];
    buf_put_text(out, "<reminder>");
    buf_put_element(out, "limit", deadline->limit);
    if (*facts->article)
        buf_put_element(out, "article", facts->article);
    buf_put_element(out, "statutory", facts->statutory ? "true" : "false");
    buf_put_element(out, "agency", deadline->owner);
    TRY(put_about(router, deadline->from, out, why));
    buf_put_element(out, "startedAt", instant_format(deadline->start, at));
    buf_put_element(out, "dueAt", instant_format(deadline->due, at));
    put_words(out, "chinese", facts->chinese, facts->basis_zh, true);
    put_words(out, "english", facts->english, facts->basis_en, false);
    if (*facts->offers && is_over(router, deadline))
        buf_put_element(out, "escalation", facts->offers);
    buf_put_text(out, "</reminder>");
    return R_OK;
}

/* Those whom the procedure file names see the lateness. */
static size_t choose_copies(const struct router *router,
                            const struct casefile *casefile,
                            const struct deadline *deadline, char **copies)
{
    size_t count = 0;
    for (size_t i = 0; i < casefile->party_count; i++) {
        const struct party *party = &casefile->parties[i];
        if (strcmp(party->agency, deadline->owner) != 0 &&
            procedure_limit_tells(router->parts.procedures, casefile->procedure,
                                  deadline->limit, party))
            copies[count++] = party->agency;
    }
    return count;
}

static enum reason remind(struct router *router,
                          const struct casefile *casefile,
                          const struct deadline *deadline, struct fault *why)
{
    struct limit_facts facts;
    if (!procedure_clock(router->parts.procedures, router->parts.registry,
                         casefile, deadline, &facts) ||
        !facts.duty)
        return R_OK; /* no longer in the file, or a right that has lapsed */
    AUTO(buf) struct buf body = {0};
    TRY(write_reminder(router, deadline, &facts, &body, why));
    char **copies = mem_new(casefile->party_count, sizeof *copies);
    struct own_letter letter = {
        .type = "overdue-reminder",
        .case_id = casefile->id,
        .to = deadline->owner,
        .copies = copies,
        .copy_count = is_over(router, deadline)
                          ? choose_copies(router, casefile, deadline, copies)
                          : 0,
        .body_xml = buf_text(&body),
        .encoding = MESSAGE_XML,
    };
    int64_t position;
    enum reason reason = own_send(router, &letter, &position, why);
    free(copies);
    return reason;
}

static bool is_awake(const struct router *router,
                     const struct deadline *deadline)
{
    return is_over(router, deadline) ||
           (deadline->warn && deadline->warn < router->now);
}

static enum reason act_on_case(struct router *router, struct casefile *casefile,
                               struct fault *why)
{
    for (size_t i = 0; i < casefile->deadline_count; i++) {
        struct deadline *deadline = &casefile->deadlines[i];
        if (deadline->status != DEADLINE_RUNNING || deadline->reminded ||
            !is_awake(router, deadline))
            continue;
        TRY(remind(router, casefile, deadline, why));
        deadline->warn = 0;
        if (!is_over(router, deadline))
            continue;
        deadline->reminded = router->now;
        router->counts.overdue++;
    }
    return cases_put(router->parts.ledger, casefile, why);
}

enum reason expiry_act(struct router *router, struct fault *why)
{
    for (int i = 0; i < EXPIRIES_PER_TURN; i++) {
        AUTO(casefile) struct casefile *casefile = NULL;
        TRY(cases_overdue(router->parts.ledger, router->now, &casefile, why));
        if (!casefile)
            break;
        TRY(act_on_case(router, casefile, why));
    }
    return cases_next_due(router->parts.ledger, &router->next_due, why);
}
