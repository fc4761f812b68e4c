/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Checking proofs without a ledger: RFC 9162 sections 2.1.3.2 and 2.1.4.2,
 * step by step.
 */
#include "routing/ledger/ledger.h"

#include <inttypes.h>

#include "routing/ledger/tree.h"

static enum reason not_proved(struct fault *why, const char *what)
{
    return fault(why, R_PROOF_FAILED, "%s", what);
}

enum reason log_check_inclusion(const struct digest *leaf, int64_t index,
                                const struct log_head *head,
                                const struct log_proof *proof,
                                struct fault *why)
{
    if (index < 0 || index >= head->size)
        return not_proved(why, "the position is not within the tree");
    int64_t fn = index, sn = head->size - 1;
    struct digest r = *leaf;
    for (size_t i = 0; i < proof->count; i++) {
        if (sn == 0)
            return not_proved(why, "the path is too long");
        bool from_left = (fn & 1) || fn == sn;
        r = from_left ? tree_node(&proof->nodes[i], &r)
                      : tree_node(&r, &proof->nodes[i]);
        while (from_left && !(fn & 1) && fn != 0) {
            fn >>= 1;
            sn >>= 1;
        }
        fn >>= 1;
        sn >>= 1;
    }
    if (sn != 0)
        return not_proved(why, "the path is too short");
    if (!digest_is_equal(&r, &head->root))
        return not_proved(why, "the path does not lead to the root");
    return R_OK;
}

/* Both roots are computed from the path; `next` is the first node to use. */
static enum reason follow(const struct log_head *earlier,
                          const struct log_head *head, struct digest start,
                          const struct log_proof *proof, size_t next,
                          struct fault *why)
{
    int64_t fn = earlier->size - 1, sn = head->size - 1;
    while (fn & 1) {
        fn >>= 1;
        sn >>= 1;
    }
    struct digest fr = start, sr = start;
    for (size_t i = next; i < proof->count; i++) {
        const struct digest *c = &proof->nodes[i];
        if (sn == 0)
            return not_proved(why, "the path is too long");
        bool from_left = (fn & 1) || fn == sn;
        fr = from_left ? tree_node(c, &fr) : fr;
        sr = from_left ? tree_node(c, &sr) : tree_node(&sr, c);
        while (from_left && !(fn & 1) && fn != 0) {
            fn >>= 1;
            sn >>= 1;
        }
        fn >>= 1;
        sn >>= 1;
    }
    if (sn != 0)
        return not_proved(why, "the path is too short");
    if (!digest_is_equal(&fr, &earlier->root))
        return not_proved(why, "the path does not lead to the earlier root");
    if (!digest_is_equal(&sr, &head->root))
        return not_proved(why, "the path does not lead to the later root");
    return R_OK;
}

enum reason log_check_consistency(const struct log_head *earlier,
                                  const struct log_head *head,
                                  const struct log_proof *proof,
                                  struct fault *why)
{
    if (earlier->size < 0 || earlier->size > head->size)
        return not_proved(why, "the sizes are in the wrong order");
    if (earlier->size == 0 || earlier->size == head->size) {
        struct digest expected =
            earlier->size ? head->root : digest_of(DIGEST_SHA256, "", 0);
        if (proof->count)
            return not_proved(why, "the path is too long");
        return digest_is_equal(&earlier->root, &expected)
                   ? R_OK
                   : not_proved(why, "the roots differ");
    }
    bool whole = (earlier->size & (earlier->size - 1)) == 0;
    if (!whole && proof->count == 0)
        return not_proved(why, "the path is too short");
    return whole ? follow(earlier, head, earlier->root, proof, 0, why)
                 : follow(earlier, head, proof->nodes[0], proof, 1, why);
}
