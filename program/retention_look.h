/*
 * retention_look - what the retention commands open: the rules, and one of two
 * stores: the centre's ledger (--ledger) or an agency's mailbox (-c).
 */
#ifndef YISONG_PROGRAM_RETENTION_LOOK_H
#define YISONG_PROGRAM_RETENTION_LOOK_H

#include "program/desk_look.h"
#include "routing/deletion.h"

#define RETENTION_OPTIONS                                                      \
    {"--ledger", "FILE", "交换中心的台账", "the ledger of the centre"},        \
        {"-c", "FILE", "或者：本机关的配置文件",                               \
         "or: settings file of an agency"},                                    \
        {"--rules", "FILE", "保管规则，缺省为内置",                            \
         "retention rules; built in if not given"},                            \
    {                                                                          \
        "--procedures", "DIR", "程序文件目录，缺省为内置",                     \
            "folder of procedure files; built in if not given"                 \
    }

struct retention_look {
    struct retention *retention;

    /* the centre */
    const char *ledger_path;
    struct ledger *ledger;
    struct procedures *procedures;
    struct registry *registry;
    struct signing_key *key;

    /* or an agency */
    struct desk_look desk;
};

/* Whether the store is the centre's. */
bool retention_look_is_centre(const struct retention_look *look);

/* Opens to read. R_USAGE unless exactly one store was named. */
enum reason retention_look_open(struct retention_look *look,
                                const struct arguments *arguments,
                                struct fault *why) MUST_CHECK;
/* Opens to write; with `sign` also what signs a record. */
enum reason retention_look_open_to_write(struct retention_look *look,
                                         const struct arguments *arguments,
                                         bool sign,
                                         struct fault *why) MUST_CHECK;
void retention_look_done(struct retention_look *look);
AUTO_VALUE(retention_look, retention_look_done)

/* The path of the store, for words. */
const char *retention_look_path(const struct retention_look *look);

/* `case_id` NULL: all cases. */
enum reason retention_look_plan(const struct retention_look *look,
                                const char *case_id, struct retention_plan *out,
                                struct fault *why) MUST_CHECK;
struct deletion_parts retention_look_parts(const struct retention_look *look,
                                           const char *agency);

/*
 * Copies of the store that this program left beside it (PATH.version-N), one
 * line each: bodies that were deleted in the store still stand in them.
 */
void retention_look_copies(const struct retention_look *look, struct buf *out);

#endif
