/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong log head|verify: what the log is, and whether all of it still is what
 * it was. The proofs are in command_log_proof.c.
 */
#include "program/command.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/io.h"
#include "base/language.h"
#include "routing/ledger/ledger.h"
#include "routing/ledger/receipt.h"

static const struct option head_options[] = {
    {"--ledger", "FILE", "交换中心的台账", "the ledger of the centre"},
    {"--size", "N", "日志有 N 条时的状态", "as it was with N letters"},
    {"--json", NULL, "输出 JSON", "print JSON"},
};

static const struct option verify_options[] = {
    {"--ledger", "FILE", "交换中心的台账", "the ledger of the centre"},
    {"--receipt", "FILE", "并与该提交回执所载的日志根核对",
     "also against the head in this submission receipt"},
    {"--size", "N", "并与已知的日志根核对（条数）",
     "also against a head held elsewhere: its size"},
    {"--root", "HEX", "并与已知的日志根核对（根摘要）",
     "also against a head held elsewhere: its root"},
    {"--json", NULL, "输出 JSON", "print JSON"},
};

static void print_head(const struct arguments *arguments,
                       const struct log_head *head)
{
    char hex[DIGEST_TEXT_MAX];
    digest_format(&head->root, hex);
    if (arguments_has(arguments, "--json"))
        printf("{\"size\": %" PRId64 ", \"root\": \"%s\"}\n", head->size, hex);
    else
        printf("%" PRId64 " %s\n", head->size, hex);
}

static enum reason open_ledger(const struct arguments *arguments,
                               struct ledger **out, struct fault *why)
{
    const char *path;
    TRY(arguments_require(arguments, "--ledger", &path, why));
    return ledger_open(out, path, SQL_READ, why);
}

static enum reason run_head(const struct arguments *arguments,
                            struct fault *why)
{
    AUTO(ledger) struct ledger *ledger = NULL;
    struct log_head head;
    long size;
    TRY(arguments_int(arguments, "--size", 0, LONG_MAX, -1, &size, why));
    TRY(open_ledger(arguments, &ledger, why));
    if (size < 0)
        TRY(log_head(ledger, &head, why));
    else
        TRY(log_head_at(ledger, size, &head, why));
    print_head(arguments, &head);
    return R_OK;
}

static void show_progress(int64_t done, int64_t all)
{
    fprintf(stderr, "\r%s %" PRId64 " / %" PRId64 " (%d%%) ",
            say("核验", "verifying"), done, all,
            all ? (int)(done * 100 / all) : 100);
    if (done >= all)
        fputs("\r\033[K", stderr);
}

static enum reason read_receipt(const char *path, struct log_head *out,
                                struct fault *why)
{
    AUTO(buf) struct buf bytes = {.ceiling = MESSAGE_CEILING};
    AUTO(message) struct message *receipt = NULL;
    TRY(io_read(path, &bytes, why));
    TRY(message_parse(&receipt, bytes.bytes, bytes.size, why));
    if (receipt_head(receipt, out))
        return R_OK;
    return fault(why, R_NOT_FOUND, "%s: %s", path,
                 say("其中没有日志根", "carries no head of the log"));
}

/* The heads that the caller holds; size -1 where there is none. */
static enum reason read_held(const struct arguments *arguments,
                             struct log_head held[2], struct fault *why)
{
    const char *receipt = arguments_value(arguments, "--receipt");
    const char *root = arguments_value(arguments, "--root");
    long size;
    held[0].size = held[1].size = -1;
    TRY(arguments_int(arguments, "--size", 0, LONG_MAX, -1, &size, why));
    if ((size >= 0) != (root != NULL))
        return fault(why, R_USAGE, "%s",
                     say("--size 与 --root 须同时给出",
                         "--size and --root belong together"));
    if (root && !digest_parse(root, &held[0].root))
        return fault(why, R_USAGE, "--root %s", root);
    held[0].size = size;
    return receipt ? read_receipt(receipt, &held[1], why) : R_OK;
}

/* All of the log was recomputed: an older head must be in it. */
static enum reason check_held(struct ledger *ledger,
                              const struct log_head *held, struct fault *why)
{
    struct log_head then;
    if (held->size < 0)
        return R_OK;
    enum reason reason = log_head_at(ledger, held->size, &then, NULL);
    if (reason == R_OK && digest_is_equal(&then.root, &held->root))
        return R_OK;
    return fault(why, R_PROOF_FAILED, "%s (%" PRId64 ")",
                 say("台账不是该日志根的延续",
                     "the ledger does not continue the head that was given"),
                 held->size);
}

static enum reason run_verify(const struct arguments *arguments,
                              struct fault *why)
{
    AUTO(ledger) struct ledger *ledger = NULL;
    struct log_head head, held[2];
    TRY(read_held(arguments, held, why));
    TRY(open_ledger(arguments, &ledger, why));
    bool watched = isatty(STDERR_FILENO);
    enum reason reason =
        log_verify(ledger, watched ? show_progress : NULL, &head, why);
    if (reason != R_OK && watched)
        fputs("\r\033[K", stderr);
    TRY(reason);
    for (size_t i = 0; i < COUNT_OF(held); i++)
        TRY(check_held(ledger, &held[i], why));
    if (arguments_has(arguments, "--json")) {
        print_head(arguments, &head);
        return R_OK;
    }
    char hex[DIGEST_TEXT_MAX];
    printf(say("日志完整：%" PRId64 " 条，根 %s\n",
               "the log is whole: %" PRId64 " letters, root %s\n"),
           head.size, digest_format(&head.root, hex));
    return R_OK;
}

const struct command command_log_head = {
    .name = "log head",
    .operands = "",
    .chinese = "显示日志的条数与根摘要",
    .english = "print the size and the root of the log",
    .example = "yisong log head --ledger ledger.db",
    .options = head_options,
    .option_count = COUNT_OF(head_options),
    .run = run_head,
};

const struct command command_log_verify = {
    .name = "log verify",
    .operands = "",
    .chinese = "重新计算整个日志并逐条核验",
    .english = "recompute the whole log and check every letter",
    .example = "yisong log verify --ledger ledger.db --receipt receipt.xml",
    .options = verify_options,
    .option_count = COUNT_OF(verify_options),
    .run = run_verify,
};
