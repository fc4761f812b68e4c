/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "program/case_look.h"

#include <stdio.h>

enum reason case_look_open_names(struct case_look *out,
                                 const struct arguments *arguments,
                                 struct fault *why)
{
    const char *agencies = arguments_value(arguments, "--agencies");
    AUTO(buf) struct buf report = {0};
    if (agencies)
        TRY(registry_read(&out->registry, agencies, why));
    enum reason reason = procedures_load(
        &out->procedures, arguments_value(arguments, "--procedures"), &report,
        why);
    if (reason != R_OK)
        fputs(buf_text(&report), stderr);
    TRY(reason);
    out->names = (struct names){out->registry, out->procedures};
    return R_OK;
}

enum reason case_look_open(struct case_look *out,
                           const struct arguments *arguments, struct fault *why)
{
    const char *ledger;
    TRY(arguments_require(arguments, "--ledger", &ledger, why));
    TRY(ledger_open(&out->ledger, ledger, SQL_READ, why));
    return case_look_open_names(out, arguments, why);
}

void case_look_close(struct case_look *look)
{
    ledger_close(look->ledger);
    registry_free(look->registry);
    procedures_free(look->procedures);
    *look = (struct case_look){0};
}
