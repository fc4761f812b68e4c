/*
 * report - what the doctor found, a line per check, in both languages, with
 * what to do. A line is OK only for what was looked at, or a path that was
 * gone, just now; what could not be is SKIPPED and says why.
 *
 * To add a check: a row in `titles` in report.c.
 */
#ifndef YISONG_BROKER_ADAPTERS_REPORT_H
#define YISONG_BROKER_ADAPTERS_REPORT_H

#include "base/buf.h"
#include "base/instant.h"

enum finding { FINDING_OK, FINDING_WARN, FINDING_FAIL, FINDING_SKIPPED };

enum { FINDINGS = FINDING_SKIPPED + 1, REPORT_TEXT_MAX = 1024 };

struct report_line {
    const char *check; /* its id, as in `titles` */
    enum finding finding;
    enum reason reason; /* of a failure; R_OK: not from a call */
    char zh[REPORT_TEXT_MAX], en[REPORT_TEXT_MAX];
    const char *advice_zh, *advice_en; /* NULL: none */
};

struct report {
    struct report_line *lines;
    size_t count;
};

/* The formats take the same arguments, in the same order or by %1$s. */
void report_put(struct report *report, const char *check, enum finding finding,
                const char *zh, const char *en, ...);

/* What to do about the last line. The texts are constants. */
void report_advise(struct report *report, const char *zh, const char *en);

/* FAIL with the sentence and the detail of a failed call, and the usual
 * advice for its reason. */
void report_fault(struct report *report, const char *check, enum reason reason,
                  const struct fault *found);

/* The worst of a check's lines; FINDING_SKIPPED if it has none. */
enum finding report_of(const struct report *report, const char *check);

void report_print(const struct report *report, struct buf *out);
void report_print_json(const struct report *report, const char *agency,
                       instant at, struct buf *out);

/*
 * R_OK (exit 0) without a failure; R_TIMED_OUT (exit 3) if all failures are
 * of what may come back by itself; else R_NOT_VALID (exit 1).
 */
enum reason report_outcome(const struct report *report);

void report_done(struct report *report);
AUTO_VALUE(report, report_done)

#endif
