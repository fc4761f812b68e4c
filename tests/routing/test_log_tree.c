/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The tree and its proofs against the published vectors of RFC 6962/9162
 * implementations, and against the definition, for every tree of 1 to 70.
 */
#include "tests/routing/ledger_fixture.h"

enum { TREES = 70 };

/* The leaves of the well-known 8-leaf test tree. */
static const char *const vector_leaves[] = {"",
                                            "00",
                                            "10",
                                            "2021",
                                            "3031",
                                            "40414243",
                                            "5051525354555657",
                                            "606162636465666768696a6b6c6d6e6f"};

static const char *const vector_roots[] = {
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

static size_t unhex(const char *text, unsigned char *bytes)
{
    size_t size = strlen(text) / 2;
    for (size_t i = 0; i < size; i++)
        sscanf(text + 2 * i, "%2hhx", &bytes[i]);
    return size;
}

static void test_tree__gives_the_published_roots(void **state)
{
    (void)state;
    struct tree *tree = mem_new(1, sizeof *tree);
    for (size_t i = 0; i < COUNT_OF(vector_leaves); i++) {
        unsigned char bytes[32];
        char hex[DIGEST_TEXT_MAX];
        struct digest leaf = tree_leaf(bytes, unhex(vector_leaves[i], bytes));
        tree_append(tree, &leaf);
        struct digest root = tree_root(tree);
        assert_string_equal(digest_format(&root, hex), vector_roots[i]);
    }
    free(tree);
}

static void test_tree__without_leaves_has_the_digest_of_nothing(void **state)
{
    (void)state;
    char hex[DIGEST_TEXT_MAX];
    struct tree *tree = mem_new(1, sizeof *tree);
    struct digest root = tree_root(tree);
    assert_string_equal(
        digest_format(&root, hex),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    free(tree);
}

/* MTH as RFC 9162 writes it down. */
static struct digest root_by_definition(const struct digest *leaves,
                                        size_t count)
{
    if (count == 1)
        return leaves[0];
    size_t split = 1;
    while (split * 2 < count)
        split *= 2;
    struct digest left = root_by_definition(leaves, split);
    struct digest right = root_by_definition(leaves + split, count - split);
    return tree_node(&left, &right);
}

static void test_tree__agrees_with_the_definition_past_two_tile_levels(
    void **state)
{
    (void)state;
    enum { SIZE = 66000 };
    struct digest *leaves = mem_new(SIZE, sizeof *leaves);
    struct tree *tree = mem_new(1, sizeof *tree);
    int full_levels = 0;
    for (int i = 0; i < SIZE; i++) {
        leaves[i] = tree_leaf(&i, sizeof i);
        int full = tree_append(tree, &leaves[i]);
        full_levels = full > full_levels ? full : full_levels;
        if (i % 4999 && i != SIZE - 1)
            continue;
        struct digest root = tree_root(tree);
        struct digest expected = root_by_definition(leaves, (size_t)i + 1);
        assert_true(digest_is_equal(&root, &expected));
    }
    assert_int_equal(full_levels, 2);
    free(leaves);
    free(tree);
}

static struct log_head heads[TREES + 1];

static void know_heads(struct ledger *ledger)
{
    for (int64_t size = 0; size <= TREES; size++)
        MUST(log_head_at(ledger, size, &heads[size], NULL));
}

static struct digest leaf_of(struct ledger *ledger, int64_t position)
{
    AUTO(letter_row) struct letter_row row = {0};
    AUTO(buf) struct buf line = {0};
    MUST(letters_get(ledger, position, &row, NULL));
    log_leaf(&row.letter, &line);
    return tree_leaf(line.bytes, line.size);
}

static void test_log__proves_every_letter_in_every_tree_to_70(void **state)
{
    struct fixture *in = *state;
    letters_add(in->ledger, 1, TREES);
    know_heads(in->ledger);
    for (int64_t size = 1; size <= TREES; size++)
        for (int64_t index = 0; index < size; index++) {
            struct log_proof proof;
            struct digest leaf = leaf_of(in->ledger, index + 1);
            MUST(log_prove_inclusion(in->ledger, index, size, &proof, NULL));
            MUST(log_check_inclusion(&leaf, index, &heads[size], &proof, NULL));
        }
}

/* Every way to bend one thing must be seen. */
static void assert_bent_inclusion_fails(const struct digest *leaf,
                                        int64_t index,
                                        const struct log_head *head,
                                        const struct log_proof *proof)
{
    struct digest other = *leaf;
    other.bytes[7] ^= 1;
    assert_int_equal(log_check_inclusion(&other, index, head, proof, NULL),
                     R_PROOF_FAILED);
    for (int64_t wrong = 0; wrong < head->size; wrong++)
        if (wrong != index)
            assert_int_equal(
                log_check_inclusion(leaf, wrong, head, proof, NULL),
                R_PROOF_FAILED);
    for (size_t i = 0; i < proof->count; i++) {
        struct log_proof bent = *proof;
        bent.nodes[i].bytes[31] ^= 0x80;
        assert_int_equal(log_check_inclusion(leaf, index, head, &bent, NULL),
                         R_PROOF_FAILED);
    }
    struct log_proof longer = *proof, shorter = *proof;
    longer.nodes[longer.count++] = head->root;
    assert_int_equal(log_check_inclusion(leaf, index, head, &longer, NULL),
                     R_PROOF_FAILED);
    if (shorter.count--)
        assert_int_equal(log_check_inclusion(leaf, index, head, &shorter, NULL),
                         R_PROOF_FAILED);
}

static void test_log__sees_every_bent_proof_of_inclusion(void **state)
{
    struct fixture *in = *state;
    letters_add(in->ledger, 1, TREES);
    know_heads(in->ledger);
    for (int64_t size = 1; size <= TREES; size++)
        for (int64_t index = 0; index < size; index += 3) {
            struct log_proof proof;
            struct digest leaf = leaf_of(in->ledger, index + 1);
            MUST(log_prove_inclusion(in->ledger, index, size, &proof, NULL));
            assert_bent_inclusion_fails(&leaf, index, &heads[size], &proof);
        }
}

static void test_log__proves_that_every_tree_continues_the_earlier(void **state)
{
    struct fixture *in = *state;
    letters_add(in->ledger, 1, TREES);
    know_heads(in->ledger);
    for (int64_t size = 0; size <= TREES; size++)
        for (int64_t earlier = 0; earlier <= size; earlier++) {
            struct log_proof proof;
            MUST(
                log_prove_consistency(in->ledger, earlier, size, &proof, NULL));
            MUST(log_check_consistency(&heads[earlier], &heads[size], &proof,
                                       NULL));
        }
}

static void assert_bent_consistency_fails(const struct log_head *earlier,
                                          const struct log_head *head,
                                          const struct log_proof *proof)
{
    struct log_head fork = *earlier, later = *head;
    fork.root.bytes[0] ^= 1;
    later.root.bytes[0] ^= 1;
    assert_int_equal(log_check_consistency(&fork, head, proof, NULL),
                     R_PROOF_FAILED);
    if (earlier->size)
        assert_int_equal(log_check_consistency(earlier, &later, proof, NULL),
                         R_PROOF_FAILED);
    struct log_proof longer = *proof;
    longer.nodes[longer.count++] = head->root;
    assert_int_equal(log_check_consistency(earlier, head, &longer, NULL),
                     R_PROOF_FAILED);
    for (size_t i = 0; i < proof->count; i++) {
        struct log_proof bent = *proof;
        bent.nodes[i].bytes[3] ^= 4;
        assert_int_equal(log_check_consistency(earlier, head, &bent, NULL),
                         R_PROOF_FAILED);
        bent = *proof;
        bent.count = i;
        assert_int_equal(log_check_consistency(earlier, head, &bent, NULL),
                         R_PROOF_FAILED);
    }
}

static void test_log__sees_every_bent_proof_of_consistency(void **state)
{
    struct fixture *in = *state;
    letters_add(in->ledger, 1, TREES);
    know_heads(in->ledger);
    for (int64_t size = 0; size <= TREES; size++)
        for (int64_t earlier = 0; earlier <= size; earlier++) {
            struct log_proof proof;
            MUST(
                log_prove_consistency(in->ledger, earlier, size, &proof, NULL));
            assert_bent_consistency_fails(&heads[earlier], &heads[size],
                                          &proof);
        }
}

static void test_log__does_not_prove_what_it_does_not_hold(void **state)
{
    struct fixture *in = *state;
    struct log_proof proof;
    letters_add(in->ledger, 1, 9);
    assert_int_equal(log_prove_inclusion(in->ledger, 9, 9, &proof, NULL),
                     R_NOT_FOUND);
    assert_int_equal(log_prove_inclusion(in->ledger, -1, 9, &proof, NULL),
                     R_NOT_FOUND);
    assert_int_equal(log_prove_inclusion(in->ledger, 3, 10, &proof, NULL),
                     R_NOT_FOUND);
    assert_int_equal(log_prove_consistency(in->ledger, 5, 4, &proof, NULL),
                     R_NOT_FOUND);
}

int main(void)
{
#define IN_LEDGER(test)                                                        \
    cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tree__gives_the_published_roots),
        cmocka_unit_test(test_tree__without_leaves_has_the_digest_of_nothing),
        cmocka_unit_test(
            test_tree__agrees_with_the_definition_past_two_tile_levels),
        IN_LEDGER(test_log__proves_every_letter_in_every_tree_to_70),
        IN_LEDGER(test_log__sees_every_bent_proof_of_inclusion),
        IN_LEDGER(test_log__proves_that_every_tree_continues_the_earlier),
        IN_LEDGER(test_log__sees_every_bent_proof_of_consistency),
        IN_LEDGER(test_log__does_not_prove_what_it_does_not_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
