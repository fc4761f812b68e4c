/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * So that whoever reads a case sees why a limit ends on another day than its
 * letter said.
 */
#include "routing/timeline_moves.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/language.h"
#include "base/mem.h"

enum reason moves_read(struct timeline *timeline, struct ledger *ledger,
                       const char *case_id, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(recounts_of(ledger, case_id, &rows, why));
    while (sql_next(rows)) {
        struct recount move;
        recounts_read(rows, &move);
        move.limit = mem_text(move.limit);
        move.owner = mem_text(move.owner);
        timeline->moves = mem_resize(timeline->moves, timeline->move_count + 1,
                                     sizeof *timeline->moves);
        timeline->moves[timeline->move_count++] = move;
    }
    return sql_check(rows, why);
}

void moves_free(struct recount *moves, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free((char *)moves[i].limit);
        free((char *)moves[i].owner);
    }
    free(moves);
}

void moves_put_text(const struct page *page)
{
    const struct timeline *timeline = page->timeline;
    if (timeline->move_count)
        buf_put_text(page->out, say("\n因放假安排调整而重新计算的期限\n",
                                    "\nlimits moved by a revised calendar\n"));
    for (size_t i = 0; i < timeline->move_count; i++) {
        const struct recount *move = &timeline->moves[i];
        char before[INSTANT_TEXT_MAX], after[INSTANT_TEXT_MAX];
        char at[INSTANT_TEXT_MAX];
        buf_print(page->out,
                  say("  %s  %s  %s → %s（%s 计算）\n",
                      "  %s  %s  %s -> %s (counted %s)\n"),
                  names_limit(page->names, timeline->casefile->procedure,
                              move->limit),
                  names_agency(page->names, move->owner),
                  page_show_instant(move->due_before, before),
                  page_show_instant(move->due_after, after),
                  page_show_instant(move->at, at));
    }
}

void moves_put_json(const struct timeline *timeline, struct buf *out)
{
    if (timeline->move_count == 0)
        return;
    buf_put_text(out, ",\n  \"moved\": [");
    for (size_t i = 0; i < timeline->move_count; i++) {
        const struct recount *move = &timeline->moves[i];
        char before[INSTANT_TEXT_MAX], after[INSTANT_TEXT_MAX];
        char at[INSTANT_TEXT_MAX];
        buf_print(out,
                  "%s{\"limit\": \"%s\", \"owner\": \"%s\", \"from\": %" PRId64
                  ", \"dueBefore\": \"%s\", \"dueAfter\": \"%s\", "
                  "\"at\": \"%s\"}",
                  i ? ", " : "", move->limit, move->owner, move->from,
                  instant_format(move->due_before, before),
                  instant_format(move->due_after, after),
                  instant_format(move->at, at));
    }
    buf_put_char(out, ']');
}
