/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A case with its whole kin: up to the case that everything came from, then
 * down, parents before children. A case is opened after its parent, so the
 * chain has no rings; a ceiling keeps a long one from filling a disk unseen.
 */
#include "routing/export.h"

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "routing/ledger/history.h"

enum { CHAIN_MAX = 1000 };

struct chain {
    char **ids;
    char **parents; /* NULL: the first */
    size_t count;
};

static void chain_done(struct chain *chain)
{
    for (size_t i = 0; i < chain->count; i++) {
        free(chain->ids[i]);
        free(chain->parents[i]);
    }
    free(chain->ids);
    free(chain->parents);
}
AUTO_VALUE(chain, chain_done)

static enum reason add(struct chain *chain, const char *id, const char *parent,
                       struct fault *why)
{
    if (chain->count == CHAIN_MAX)
        return fault(why, R_TOO_LARGE, "%d", CHAIN_MAX);
    size_t place = chain->count++;
    chain->ids = mem_resize(chain->ids, chain->count, sizeof *chain->ids);
    chain->parents =
        mem_resize(chain->parents, chain->count, sizeof *chain->parents);
    chain->ids[place] = mem_text(id);
    chain->parents[place] = parent ? mem_text(parent) : NULL;
    return R_OK;
}

/* The case that everything came from. Free it. */
static enum reason find_first(struct ledger *ledger, const char *id, char **out,
                              struct fault *why)
{
    AUTO(text) char *at = mem_text(id);
    for (;;) {
        AUTO(casefile) struct casefile *casefile = NULL;
        TRY(cases_find(ledger, at, &casefile, why));
        if (!casefile)
            return fault(why, R_NOT_FOUND, "%s", at);
        if (!casefile->parent) {
            *out = TAKE(at);
            return R_OK;
        }
        free(at);
        at = mem_text(casefile->parent);
    }
}

static enum reason add_children(struct ledger *ledger, struct chain *chain,
                                size_t place, struct fault *why)
{
    char **children;
    size_t count;
    enum reason reason = R_OK;
    TRY(history_children(ledger, chain->ids[place], &children, &count, why));
    for (size_t i = 0; i < count && reason == R_OK; i++)
        reason = add(chain, children[i], chain->ids[place], why);
    children_free(children, count);
    return reason;
}

static enum reason read_chain(struct ledger *ledger, const char *id,
                              struct chain *chain, struct fault *why)
{
    AUTO(text) char *first = NULL;
    TRY(find_first(ledger, id, &first, why));
    TRY(add(chain, first, NULL, why));
    for (size_t i = 0; i < chain->count; i++)
        TRY(add_children(ledger, chain, i, why));
    return R_OK;
}

static enum reason write_chain(const struct chain *chain, const char *folder,
                               struct fault *why)
{
    AUTO(buf) struct buf out = {0};
    AUTO(text) char *path = io_join(folder, EXPORT_CHAIN);
    for (size_t i = 0; i < chain->count; i++) {
        buf_put_text(&out, i ? ",\n {\"id\": \"" : "[{\"id\": \"");
        buf_put_json(&out, chain->ids[i]);
        if (chain->parents[i]) {
            buf_put_text(&out, "\", \"parent\": \"");
            buf_put_json(&out, chain->parents[i]);
        }
        buf_put_text(&out, "\"}");
    }
    buf_put_text(&out, "]\n");
    return io_write(path, buf_text(&out), out.size, 0644, why);
}

enum reason export_chain(struct ledger *ledger,
                         const struct export_request *request, size_t *cases,
                         size_t *count, struct fault *why)
{
    AUTO(chain) struct chain chain = {0};
    AUTO(io_names) struct io_names found = {0};
    TRY(read_chain(ledger, request->case_id, &chain, why));
    TRY(io_make_folder(request->folder, why));
    TRY(io_list(request->folder, &found, why));
    if (found.count)
        return fault(why, R_EXISTS, "%s", request->folder);
    *cases = chain.count;
    *count = 0;
    for (size_t i = 0; i < chain.count; i++) {
        AUTO(text) char *folder = io_join(request->folder, chain.ids[i]);
        struct export_request one = *request;
        size_t letters;
        one.case_id = chain.ids[i];
        one.folder = folder;
        TRY(export_case(ledger, &one, &letters, why));
        *count += letters;
    }
    return write_chain(&chain, request->folder, why);
}
