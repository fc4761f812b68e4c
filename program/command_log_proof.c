/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong log prove|check: a proof out of the ledger, and its check by someone
 * who has none.
 */
#include "program/command.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/language.h"
#include "routing/ledger/proof.h"

static const struct option prove_options[] = {
    {"--ledger", "FILE", "交换中心的台账", "the ledger of the centre"},
    {"--position", "N", "证明第 N 条在日志中", "that letter N is in the log"},
    {"--letter", "ID", "证明该编号或该摘要（SHA-256）的公文在日志中",
     "that the letter with this id, or with this SHA-256, is in the log"},
    {"--size", "M", "以日志有 M 条时的根为准", "in the log of M letters"},
    {"--consistency", NULL, "证明后者是前者的延续",
     "that the log of LATER continues that of EARLIER"},
};

static const struct option check_options[] = {
    {"--json", NULL, "输出 JSON", "print JSON"},
};

static enum reason read_size(const char *text, int64_t *out, struct fault *why)
{
    char *end;
    errno = 0;
    *out = strtoll(text, &end, 10);
    if (errno || end == text || *end || *out < 0)
        return fault(why, R_USAGE, "%s", text);
    return R_OK;
}

static enum reason find_position(const struct arguments *arguments,
                                 struct ledger *ledger, int64_t *position,
                                 struct fault *why)
{
    const char *letter = arguments_value(arguments, "--letter");
    long number;
    if (arguments->count ||
        arguments_has(arguments, "--position") == (letter != NULL))
        return fault(why, R_USAGE, "%s --position N / --letter ID",
                     say("必须给出其一：", "one must be given:"));
    if (letter)
        return letters_locate(ledger, letter, position, why);
    TRY(arguments_int(arguments, "--position", 1, LONG_MAX, 0, &number, why));
    *position = number;
    return R_OK;
}

static enum reason prove(const struct arguments *arguments,
                         struct ledger *ledger, struct buf *out,
                         struct fault *why)
{
    struct log_head head;
    long size;
    int64_t position, earlier, later;
    TRY(log_head(ledger, &head, why));
    if (arguments_has(arguments, "--consistency")) {
        if (arguments->count != 2)
            return fault(why, R_USAGE, "--consistency EARLIER LATER");
        TRY(read_size(arguments->operands[0], &earlier, why));
        TRY(read_size(arguments->operands[1], &later, why));
        return proof_put_consistency(ledger, earlier, later, out, why);
    }
    TRY(find_position(arguments, ledger, &position, why));
    TRY(arguments_int(arguments, "--size", 1, LONG_MAX, head.size, &size, why));
    return proof_put_inclusion(ledger, position, size, out, why);
}

static enum reason run_prove(const struct arguments *arguments,
                             struct fault *why)
{
    AUTO(ledger) struct ledger *ledger = NULL;
    AUTO(buf) struct buf out = {0};
    const char *path;
    TRY(arguments_require(arguments, "--ledger", &path, why));
    TRY(ledger_open(&ledger, path, SQL_READ, why));
    TRY(prove(arguments, ledger, &out, why));
    fputs(buf_text(&out), stdout);
    return R_OK;
}

/* The file is the letter of which the proof speaks. */
static enum reason check_file(const struct entry *entry, enum entry_word word,
                              const char *path, struct fault *why)
{
    struct digest found;
    char hex[DIGEST_TEXT_MAX];
    TRY(digest_of_file(DIGEST_SHA256, path, &found, why));
    if (strcmp(entry->words[word], digest_format(&found, hex)) == 0)
        return R_OK;
    return fault(why, R_DIGEST_MISMATCH, "%s", path);
}

static void tell_inclusion(const struct entry *entry,
                           const struct log_head *head)
{
    char at[INSTANT_TEXT_MAX];
    instant_format(entry->received_at, at);
    printf(say("证明成立：第 %" PRId64 " 条（%s，%s，%s，%s）在 %" PRId64
               " 条的日志中\n",
               "the proof holds: letter %" PRId64 " (%s, %s, %s, %s) is in "
               "the log of %" PRId64 " letters\n"),
           entry->position, at, entry->words[ENTRY_SENDER],
           entry->words[ENTRY_TYPE], entry->words[ENTRY_OUTCOME], head->size);
}

static void tell(const struct proved *proved, bool json)
{
    char hex[DIGEST_TEXT_MAX];
    digest_format(&proved->head.root, hex);
    if (json && proved->inclusion)
        printf("{\"position\": %" PRId64 ", \"size\": %" PRId64
               ", \"root\": \"%s\"}\n",
               proved->entry.position, proved->head.size, hex);
    else if (json)
        printf("{\"earlierSize\": %" PRId64 ", \"size\": %" PRId64
               ", \"root\": \"%s\"}\n",
               proved->earlier.size, proved->head.size, hex);
    else if (proved->inclusion)
        tell_inclusion(&proved->entry, &proved->head);
    else
        printf(say("证明成立：%2$" PRId64 " 条的日志是 %1$" PRId64
                   " 条的日志的延续\n",
                   "the proof holds: after %1$" PRId64
                   " letters the log went on to %2$" PRId64 "\n"),
               proved->earlier.size, proved->head.size);
}

static enum reason run_check(const struct arguments *arguments,
                             struct fault *why)
{
    AUTO(buf) struct buf bytes = {.ceiling = PROOF_CEILING};
    AUTO(proved) struct proved proved = {0};
    TRY(io_read(arguments->operands[0], &bytes, why));
    TRY(proof_check(bytes.bytes, bytes.size, &proved, why));
    static const enum entry_word words[] = {ENTRY_DIGEST, ENTRY_JWS};
    for (size_t i = 1; i < arguments->count; i++) {
        if (!proved.inclusion)
            return fault(why, R_USAGE, "%s", arguments->operands[i]);
        TRY(check_file(&proved.entry, words[i - 1], arguments->operands[i],
                       why));
    }
    tell(&proved, arguments_has(arguments, "--json"));
    return R_OK;
}

const struct command command_log_prove = {
    .name = "log prove",
    .operands = "[EARLIER LATER]",
    .chinese = "给出一份公文在日志中、或日志前后一致的证明",
    .english = "prove that a letter is in the log, or that the log only grew",
    .example = "yisong log prove --ledger ledger.db --position 17 > proof.json",
    .options = prove_options,
    .option_count = COUNT_OF(prove_options),
    .most = 2,
    .run = run_prove,
};

const struct command command_log_check = {
    .name = "log check",
    .operands = "PROOF.json [LETTER [JWS]]",
    .chinese = "不用台账核验一份证明",
    .english = "check a proof without a ledger",
    .example = "yisong log check proof.json letter.xml",
    .options = check_options,
    .option_count = COUNT_OF(check_options),
    .least = 1,
    .most = 3,
    .run = run_check,
};
