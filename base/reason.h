/*
 * reason - the one type for what came of a call, from the lowest function up
 * to the refusal that a sender reads. The rows are in reason.def; add an
 * outcome there.
 */
#ifndef YISONG_BASE_REASON_H
#define YISONG_BASE_REASON_H

/*
 * Both define R_OK for access(2), which nothing here calls. Included now, so
 * that including them later cannot bring it back.
 */
#include <fcntl.h>
#include <unistd.h>
#undef R_OK

enum reason {
#define REASON(name, class, zh, en) R_##name,
#include "base/reason.def"
#undef REASON
    REASON_COUNT
};

enum reason_class { REASON_DONE, REASON_REFUSE, REASON_RETRY, REASON_MISUSE };

/* The public code, "UNKNOWN_AGENCY". Never NULL. */
const char *reason_code(enum reason reason);

/* What must happen next; a column of the table, never judged at the call. */
enum reason_class reason_class(enum reason reason);

/* One sentence for a person. Never NULL. */
const char *reason_chinese(enum reason reason);
const char *reason_english(enum reason reason);

/* The reason with this public code, or REASON_COUNT if there is none. */
enum reason reason_find(const char *code);

/* The exit status of a command: 0 done, 1 refused, 2 wrong use, 3 temporary. */
int reason_exit_status(enum reason reason);

#endif
