/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong blacklist check and blacklist proof: a file of customers against the
 * lists, and what can be shown for an entry.
 */
#include "program/command.h"

#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/language.h"
#include "broker-adapters/projections/customers.h"
#include "broker-adapters/projections/proof.h"
#include "program/desk_look.h"

enum { FILE_CEILING = 512 * 1024 * 1024 };

static void print_counts(const struct customers_check *check)
{
    fprintf(stderr,
            say("在册 %zu，仅名称相同 %zu，未列入 %zu，代码有误 %zu\n",
                "listed %zu, name only %zu, clear %zu, bad code %zu\n"),
            check->counts[CUSTOMER_LISTED], check->counts[CUSTOMER_NAME_ONLY],
            check->counts[CUSTOMER_CLEAR], check->counts[CUSTOMER_BAD_CODE]);
}

static enum reason run_check(const struct arguments *arguments,
                             struct fault *why)
{
    AUTO(desk_look) struct desk_look look = {0};
    AUTO(listing_index) struct listing_index *index = NULL;
    AUTO(buf) struct buf bytes = {.ceiling = FILE_CEILING};
    AUTO(buf) struct buf out = {.ceiling = 2 * (size_t)FILE_CEILING};
    struct customers_check check = {
        .day = civil_day_number(civil_day_of(instant_now())),
        .as_json = arguments_has(arguments, "--json")};
    TRY(desk_look_open(&look, arguments, why));
    TRY(io_read(arguments->operands[0], &bytes, why));
    check.index = index = listing_index_new(look.desk.mailbox);
    TRY(listing_index_refresh(index, why));
    TRY(customers_check(&check, buf_text(&bytes), bytes.size, &out, why));
    fwrite(buf_text(&out), 1, out.size, stdout);
    print_counts(&check);
    return R_OK;
}

static enum reason run_proof(const struct arguments *arguments,
                             struct fault *why)
{
    AUTO(desk_look) struct desk_look look = {0};
    const char *folder;
    struct proof proof = {0};
    TRY(arguments_require(arguments, "--out", &folder, why));
    TRY(desk_look_open(&look, arguments, why));
    TRY(proof_write(look.desk.mailbox, arguments->operands[0], folder, &proof,
                    why));
    printf("%s: %s %s, %zu %s\n", folder, say("原件", "letter"), proof.letter,
           proof.rows, say("条名单记录", "entries"));
    if (proof.is_answered)
        printf("%s %lld\n",
               say("本机关答复在交换中心日志中的位置",
                   "our answer stands in the log of the exchange at"),
               (long long)proof.position);
    if (proof.log_size)
        printf(say("日志规模 %lld，根 %s\n", "log of %lld letters, root %s\n"),
               (long long)proof.log_size, proof.log_root);
    else
        puts(say("此后尚未收到交换中心的提交回执",
                 "no receipt of the exchange came since"));
    return R_OK;
}

static const struct option check_options[] = {
    DESK_OPTION,
    DESK_JSON,
};

const struct command command_blacklist_check = {
    .name = "blacklist check",
    .operands = "FILE.csv",
    .chinese = "批量核对客户名单（CSV，UTF-8 或 GB18030；或 JSON）",
    .english = "check a file of customers (CSV, UTF-8 or GB18030; or JSON)",
    .example = "yisong blacklist check -c bank.conf 客户.csv >结果.csv",
    .options = check_options,
    .option_count = COUNT_OF(check_options),
    .least = 1,
    .most = 1,
    .run = run_check,
};

static const struct option proof_options[] = {
    DESK_OPTION,
    {"--out", "DIR", "输出目录（不得已存在）", "folder, not there yet"},
};

const struct command command_blacklist_proof = {
    .name = "blacklist proof",
    .operands = "LETTER",
    .chinese = "导出名单记录的证据：原件、回执、日志位置",
    .english = "write what proves an entry: letter, receipts, place in the log",
    .example = "yisong blacklist proof -c bank.conf 019a5f --out proof-019a5f",
    .options = proof_options,
    .option_count = COUNT_OF(proof_options),
    .least = 1,
    .most = 1,
    .run = run_proof,
};
