/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "program/rules_look.h"

#include <stdio.h>

enum reason rules_look_open(struct rules **out,
                            const struct arguments *arguments,
                            const struct procedures *procedures,
                            struct fault *why)
{
    AUTO(buf) struct buf report = {0};
    const struct rules_source source = {
        .folder = arguments_value(arguments, "--rule-files"),
        .procedures = procedures,
        .own_procedures = arguments_has(arguments, "--procedures")};
    enum reason reason = rules_load(out, &source, &report, why);
    if (reason != R_OK)
        fputs(buf_text(&report), stderr);
    return reason;
}

enum reason look_read_at(const struct arguments *arguments, instant *at,
                         struct fault *why)
{
    const char *text = arguments_value(arguments, "--at");
    struct fault inner = {0};
    *at = instant_now();
    if (text && instant_parse(text, at, &inner) != R_OK)
        return fault(why, R_USAGE, "--at: %s", inner.text);
    return R_OK;
}
