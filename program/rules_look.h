/*
 * rules_look - what the commands of supervision open beside the ledger: the
 * rules, judged against the procedures. Option --rule-files DIR.
 */
#ifndef YISONG_PROGRAM_RULES_LOOK_H
#define YISONG_PROGRAM_RULES_LOOK_H

#include "program/case_look.h"
#include "routing/supervision/rules.h"

#define RULES_LOOK_OPTION                                                      \
    {                                                                          \
        "--rule-files", "DIR", "替换内置规则的目录（supervision.xml 等）",     \
            "folder with rule files in place of those carried"                 \
    }

/* Free with rules_free. */
enum reason rules_look_open(struct rules **out,
                            const struct arguments *arguments,
                            const struct procedures *procedures,
                            struct fault *why) MUST_CHECK;

/* The instant of --at; now if it is not given. R_USAGE. */
enum reason look_read_at(const struct arguments *arguments, instant *at,
                         struct fault *why) MUST_CHECK;

#endif
