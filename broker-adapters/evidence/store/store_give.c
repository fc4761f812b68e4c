/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Files that go. An agency is given one file at a time, a window ahead of what
 * it says that it has; whoever asks again only starts its own file again.
 * Chunks go out to all in turn, one each, so that nobody waits for another.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "broker-adapters/evidence/manifest.h"
#include "broker-adapters/evidence/store/store_state.h"

enum { CHUNKS_PER_TURN = 8, IDLE_MS = 60 * 1000 };

static void free_session(struct store_session *session)
{
    if (*session->agency)
        close(session->fd);
    *session = (struct store_session){0};
}

void store_give_close(struct store *store)
{
    for (size_t i = 0; i < STORE_SESSIONS; i++)
        free_session(&store->sessions[i]);
}

static struct store_session *find_session(struct store *store,
                                          const char *agency)
{
    for (size_t i = 0; i < STORE_SESSIONS; i++)
        if (strcmp(store->sessions[i].agency, agency) == 0)
            return &store->sessions[i];
    return NULL;
}

void store_lost(struct store *store, const char *agency)
{
    struct store_session *session = find_session(store, agency);
    if (session && *agency)
        free_session(session);
}

/* Its own, a free one, or the one that has been idle for longest. */
static struct store_session *take_session(struct store *store,
                                          const char *agency)
{
    struct store_session *best = find_session(store, agency);
    if (!best)
        best = find_session(store, "");
    if (!best)
        best = &store->sessions[0];
    bool is_strange = *best->agency && strcmp(best->agency, agency) != 0;
    for (size_t i = 0; is_strange && i < STORE_SESSIONS; i++)
        if (store->sessions[i].used_at < best->used_at)
            best = &store->sessions[i];
    free_session(best);
    return best;
}

static enum reason begin_session(struct store *store, const char *agency,
                                 const struct store_row *row,
                                 const struct word *word, instant now,
                                 struct fault *why)
{
    AUTO(text) char *path = store_path(store, &row->transfer);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        log_event(LOG_ERROR, "open %s: %s", path, strerror(errno));
        return store_say(store, agency, WORD_REFUSED, &row->transfer, 0,
                         reason_code(R_NOT_FOUND), why);
    }
    struct store_session *session = take_session(store, agency);
    *session = (struct store_session){.transfer = row->transfer,
                                      .fd = fd,
                                      .next = word->number,
                                      .upto = word->number + TRANSFER_WINDOW,
                                      .total = row->total,
                                      .used_at = now};
    snprintf(session->agency, sizeof session->agency, "%s", agency);
    return store_say_whole(store, agency, row, why);
}

/* A file that nobody offered yet: the agency waits if the letter is for it. */
static enum reason answer_early(struct store *store, const char *agency,
                                const struct transfer *transfer,
                                struct fault *why)
{
    struct fault found = {0};
    AUTO(store_claim) struct store_claim claim = {0};
    enum reason reason = store_claim_find(store, transfer, &claim, &found);
    if (reason_class(reason) == REASON_RETRY)
        return fault(why, reason, "%s", found.text);
    if (reason == R_OK && manifest_is_for(claim.letter, agency))
        return store_say(store, agency, WORD_WAIT, transfer, 0, NULL, why);
    return store_say(store, agency, WORD_REFUSED, transfer, 0,
                     reason_code(R_NOT_PERMITTED), why);
}

enum reason store_asked(struct store *store, const char *agency,
                        const struct word *word, instant now, struct fault *why)
{
    struct store_row row;
    bool allowed = false;
    const struct transfer *transfer = &word->transfer;
    TRY(store_rows_find(store->db, transfer, &row, why));
    if (row.row == 0)
        return answer_early(store, agency, transfer, why);
    TRY(store_rows_is_allowed(store->db, row.row, agency, &allowed, why));
    if (!allowed)
        return store_say(store, agency, WORD_REFUSED, transfer, 0,
                         reason_code(R_NOT_PERMITTED), why);
    if (word->kind == WORD_GOT && word->number >= row.total)
        return R_OK; /* the last one of a file that it has */
    if (row.state == STORE_WHOLE && word->number <= row.total)
        return begin_session(store, agency, &row, word, now, why);
    if (row.state == STORE_GONE && strcmp(row.gone_why, "stalled") != 0)
        return store_say(store, agency, WORD_REFUSED, transfer, 0,
                         reason_code(R_NOT_FOUND), why);
    return store_say(store, agency, WORD_WAIT, transfer,
                     row.state == STORE_GONE ? 0 : row.have, NULL, why);
}

enum reason store_got(struct store *store, const char *agency,
                      const struct word *word, instant now, struct fault *why)
{
    struct store_session *session = find_session(store, agency);
    if (!session || !transfer_is_equal(&session->transfer, &word->transfer))
        return store_asked(store, agency, word, now, why); /* we were away */
    if (word->number > session->next)
        return R_OK;
    session->upto = word->number + TRANSFER_WINDOW;
    session->used_at = now;
    return R_OK;
}

/* --- that it was opened ----------------------------------------------------
 */

static enum reason judge_receipt(const struct store *store, const char *agency,
                                 const struct word *word, instant now,
                                 struct fault *why)
{
    const struct certificate *certificate;
    AUTO(buf) struct buf statement = {0};
    if (word->size != SIGNATURE_SIZE)
        return fault(why, R_NOT_SIGNED, "%s", agency);
    TRY(registry_certificate(store->registry, agency, word->code, now,
                             &certificate, why));
    transfer_statement(&word->transfer, agency, &statement);
    return certificate_verify(certificate, statement.bytes, statement.size,
                              word->bytes, why);
}

static enum reason put_receipt(struct store *store, const char *agency,
                               const struct store_row *row,
                               const struct word *word, instant now, bool *last,
                               struct fault *why)
{
    bool first;
    struct store_receipt receipt = {.row = row->row,
                                    .agency = agency,
                                    .fingerprint = word->code,
                                    .signature = word->bytes,
                                    .size = word->size};
    TRY(store_rows_receipt(store->db, &receipt, now, &first, last, why));
    return first ? store_log_put(store->db, now, "received", &row->transfer,
                                 agency, why)
                 : R_OK;
}

enum reason store_has(struct store *store, const char *agency,
                      const struct word *word, instant now, struct fault *why)
{
    struct store_row row;
    struct fault found = {0};
    bool allowed = false, last = false;
    TRY(store_rows_find(store->db, &word->transfer, &row, why));
    if (row.row)
        TRY(store_rows_is_allowed(store->db, row.row, agency, &allowed, why));
    if (!allowed)
        return R_OK;
    if (judge_receipt(store, agency, word, now, &found) != R_OK) {
        log_fault(LOG_WARN, "evidence: a receipt does not hold", &found);
        return R_OK;
    }
    STORE_CHANGE(store, put_receipt(store, agency, &row, word, now, &last, why),
                 why);
    if (last && row.state == STORE_WHOLE)
        TRY(store_delete(store, &row, "received", now, why));
    return store_say(store, agency, WORD_NOTED, &word->transfer, 0, NULL, why);
}

/* --- chunks ----------------------------------------------------------------
 */

static enum reason give_chunk(struct store *store,
                              struct store_session *session, instant now,
                              struct fault *why)
{
    static unsigned char bytes[TRANSFER_CHUNK];
    ssize_t size = pread(session->fd, bytes, sizeof bytes, session->next);
    if (size <= 0) { /* deleted meanwhile: it will ask, and be told */
        free_session(session);
        return R_OK;
    }
    struct word word = {.kind = WORD_CHUNK,
                        .transfer = session->transfer,
                        .number = session->next,
                        .digest = digest_of(DIGEST_SHA256, bytes, (size_t)size),
                        .code = "",
                        .bytes = bytes,
                        .size = (size_t)size};
    session->next += size;
    session->used_at = now;
    return store->settings.face.say(store->settings.face.self, session->agency,
                                    &word, why);
}

static bool wants_chunk(const struct store_session *session)
{
    return *session->agency && session->next < session->upto &&
           session->next < session->total;
}

enum reason store_give_turn(struct store *store, instant now, bool *busy,
                            struct fault *why)
{
    const struct store_face *face = &store->settings.face;
    size_t given = 0;
    for (size_t i = 0; i < STORE_SESSIONS && given < CHUNKS_PER_TURN; i++) {
        struct store_session *session =
            &store->sessions[store->turn++ % STORE_SESSIONS];
        if (*session->agency && now - session->used_at > IDLE_MS)
            free_session(session);
        if (!wants_chunk(session))
            continue;
        if (!face->has_room(face->self))
            return R_OK;
        TRY(give_chunk(store, session, now, why));
        given++;
    }
    *busy |= given > 0;
    return R_OK;
}
