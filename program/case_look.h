/*
 * case_look - what the case commands open: the ledger, and where names come
 * from. Options --ledger, --agencies, --procedures.
 */
#ifndef YISONG_PROGRAM_CASE_LOOK_H
#define YISONG_PROGRAM_CASE_LOOK_H

#include "program/command.h"
#include "routing/timeline.h"

#define CASE_LOOK_OPTIONS                                                      \
    {"--ledger", "FILE", "交换中心的台账", "the ledger of the centre"},        \
        {"--agencies", "DIR", "机关登记册，用于显示名称",                      \
         "the registry, for the names of agencies"},                           \
    {                                                                          \
        "--procedures", "DIR", "程序文件目录，缺省为内置",                     \
            "folder of procedure files; built in if not given"                 \
    }

struct case_look {
    struct ledger *ledger;
    struct registry *registry;     /* NULL without --agencies */
    struct procedures *procedures; /* NULL where it cannot be read */
    struct names names;
};

/*
 * Opens for reading. A registry or procedure folder that was named must be
 * right; without one, ids are shown.
 */
enum reason case_look_open(struct case_look *out,
                           const struct arguments *arguments,
                           struct fault *why) MUST_CHECK;
/* The same without a ledger. */
enum reason case_look_open_names(struct case_look *out,
                                 const struct arguments *arguments,
                                 struct fault *why) MUST_CHECK;
void case_look_close(struct case_look *look);
AUTO_VALUE(case_look, case_look_close)

#endif
