/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Steps 1 to 3 on one core: parse, verify, validate a letter, beside the bare
 * signature check of the same key over the same number of bytes.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "bench/bench.h"

enum { LETTERS = 200, TURNS = 10 };

static double time_whole(const struct registry *registry,
                         const struct letters *letters)
{
    struct fault why = {0};
    double start = seconds_now();
    for (int turn = 0; turn < TURNS; turn++) {
        for (size_t i = 0; i < letters->count; i++) {
            const struct ready_letter *letter = &letters->rows[i];
            AUTO(message) struct message *message = NULL;
            AUTO(mistakes) struct mistakes mistakes = {0};
            must(message_parse(&message, letter->bytes, letter->size, &why),
                 &why);
            must(signature_verify(registry, message, letter->jws, instant_now(),
                                  &why),
                 &why);
            must(message_check(message, &mistakes, &why), &why);
        }
    }
    return (seconds_now() - start) / (double)(TURNS * letters->count);
}

/* A signature made for this; the bytes are those of the first letter. */
static double time_bare(const struct signing_key *key,
                        const struct letters *letters)
{
    struct fault why = {0};
    unsigned char signature[SIGNATURE_SIZE];
    const struct ready_letter *letter = &letters->rows[0];
    must(signing_key_sign(key, letter->bytes, letter->size, signature, &why),
         &why);
    double start = seconds_now();
    for (int i = 0; i < TURNS * LETTERS; i++)
        must(certificate_verify(signing_key_certificate(key), letter->bytes,
                                letter->size, signature, &why),
             &why);
    return (seconds_now() - start) / (TURNS * LETTERS);
}

static void run_kind(const struct stage *stage, const struct registry *registry,
                     const struct kind *kind, int rounds)
{
    double whole[ROUNDS_MAX], bare[ROUNDS_MAX], ratio[ROUNDS_MAX];
    char key_path[512], certificate_path[512];
    struct fault why = {0};
    AUTO(signing_key) struct signing_key *key = NULL;
    snprintf(key_path, sizeof key_path, "%s/%s/keys/signing.key", stage->folder,
             kind->sender);
    snprintf(certificate_path, sizeof certificate_path,
             "%s/%s/keys/signing.pem", stage->folder, kind->sender);
    must(signing_key_read(&key, key_path, certificate_path, &why), &why);
    struct letters letters = letters_make(stage, kind, LETTERS);
    for (int i = 0; i < rounds; i++) {
        whole[i] = time_whole(registry, &letters);
        bare[i] = time_bare(key, &letters);
        ratio[i] = bare[i] / whole[i];
    }
    size_t n = (size_t)rounds;
    printf("%-12s %6zu B %8.0f %10.0f %8.2f\n", kind->name,
           letters.rows[0].size, 1 / quantile(whole, n, 0.5),
           1 / quantile(bare, n, 0.5), quantile(ratio, n, 0.5));
    letters_done(&letters);
}

int verify_run(const struct stage *stage, int rounds)
{
    struct fault why = {0};
    char folder[512];
    AUTO(registry) struct registry *registry = NULL;
    snprintf(folder, sizeof folder, "%s/centre", stage->folder);
    must(registry_read(&registry, folder, &why), &why);
    printf("\nper second on one core, %d rounds\n%-12s %8s %8s %10s %8s\n",
           rounds, "", "letter", "examined", "bare check", "ratio");
    for (int i = 0; i < KIND_COUNT; i++)
        run_kind(stage, registry, &kinds[i], rounds);
    return 0;
}
