/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What an agency may say stands in one table; a word that is not for the
 * centre, or is about a file of somebody else, changes nothing. Nothing an
 * agency says makes the store do more than a bounded piece of work for it.
 */
#include "broker-adapters/evidence/store/store.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "broker-adapters/evidence/manifest.h"
#include "broker-adapters/evidence/store/store_state.h"
#include "broker-adapters/mailbox/mailbox.h"

char *store_path(const struct store *store, const struct transfer *transfer)
{
    return mem_print("%s/%s/%s.%s", store->settings.folder, transfer->sender,
                     transfer->letter, transfer->sha256);
}

enum reason store_open(struct store **out,
                       const struct store_settings *settings, struct fault *why)
{
    AUTO(store) struct store *store = mem_new(1, sizeof *store);
    AUTO(text) char *path = io_join(settings->folder, "evidence.db");
    store->settings = *settings;
    store->claim = -1;
    TRY(io_make_folder(settings->folder, why));
    TRY(mailbox_claim(path, &store->claim, why));
    TRY(store_rows_open(&store->db, path, SQL_CREATE, why));
    *out = TAKE(store);
    return R_OK;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    if (store->db)
        store_take_close(store);
    store_give_close(store);
    digest_run_free(store->digest);
    sql_close(store->db);
    if (store->claim >= 0)
        close(store->claim);
    free(store);
}

void store_set_registry(struct store *store, const struct registry *registry)
{
    store->registry = registry;
}

enum reason store_say(struct store *store, const char *agency,
                      enum word_kind kind, const struct transfer *transfer,
                      int64_t number, const char *code, struct fault *why)
{
    struct word word = {.kind = kind,
                        .transfer = *transfer,
                        .number = number,
                        .code = code ? code : ""};
    return store->settings.face.say(store->settings.face.self, agency, &word,
                                    why);
}

enum reason store_say_whole(struct store *store, const char *agency,
                            const struct store_row *row, struct fault *why)
{
    struct word word = {.kind = WORD_WHOLE,
                        .transfer = row->transfer,
                        .number = row->total,
                        .digest = row->sealed,
                        .code = ""};
    return store->settings.face.say(store->settings.face.self, agency, &word,
                                    why);
}

/* --- the letter behind a file ----------------------------------------------
 */

void store_claim_done(struct store_claim *claim)
{
    message_free(claim->letter);
    claim->letter = NULL;
}

enum reason store_claim_find(struct store *store,
                             const struct transfer *transfer,
                             struct store_claim *out, struct fault *why)
{
    const struct store_ground *ground = &store->settings.ground;
    AUTO(buf) struct buf bytes = {.ceiling = MESSAGE_CEILING};
    struct manifest_entry entry;
    const struct element *place = NULL;
    TRY(ground->find(ground->self, transfer->sender, transfer->letter, &bytes,
                     why));
    TRY(message_parse(&out->letter, buf_text(&bytes), bytes.size, why));
    struct digest wanted = {0}, listed;
    (void)digest_parse(transfer->sha256, &wanted);
    while (manifest_next(out->letter, &place, &entry))
        if (digest_parse(entry.sha256, &listed) &&
            digest_is_equal(&wanted, &listed)) {
            out->size = entry.size;
            return R_OK;
        }
    return fault(why, R_NOT_PERMITTED, "letter %s lists no such file",
                 transfer->letter);
}

/* --- words and turns -------------------------------------------------------
 */

enum reason store_hear(struct store *store, const char *agency,
                       const struct word *word, instant now, struct fault *why)
{
    static enum reason (*const hears[WORD_KINDS])(struct store *, const char *,
                                                  const struct word *, instant,
                                                  struct fault *) = {
        [WORD_OFFER] = store_offered, [WORD_CHUNK] = store_chunk,
        [WORD_ASK] = store_asked,     [WORD_GOT] = store_got,
        [WORD_HAVE] = store_has,
    };
    return hears[word->kind] ? hears[word->kind](store, agency, word, now, why)
                             : R_OK;
}

enum reason store_turn(struct store *store, instant now, bool *busy,
                       struct fault *why)
{
    *busy = false;
    TRY(store_take_turn(store, now, why));
    TRY(store_keep_turn(store, now, busy, why));
    return store_give_turn(store, now, busy, why);
}
