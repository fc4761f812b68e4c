/*
 * settings - a file of `name = value` lines, read straight into a struct by a
 * table. All faults are reported at once, with file and line.
 *
 * Lines that are empty or begin with '#' are skipped. A name that the table
 * does not know, one given twice, and one that is required and missing are
 * faults. Relative paths are meant from the folder of the settings file; an
 * address (SCHEME://...) stays as it is.
 */
#ifndef YISONG_BASE_SETTINGS_H
#define YISONG_BASE_SETTINGS_H

#include <stddef.h>

#include "base/buf.h"

enum setting_kind {
    SETTING_TEXT, /* char *, owned by the struct */
    SETTING_PATH, /* char *, made absolute from the file's folder */
    SETTING_INT,  /* int, within least and most */
    SETTING_FLAG  /* bool, "yes" or "no" */
};

struct setting {
    const char *name;
    enum setting_kind kind;
    size_t offset;        /* of the member in the struct */
    const char *standard; /* value if not given; NULL: it must be given */
    long least, most;     /* SETTING_INT */
    const char *help_zh, *help_en;
};

/*
 * Fills `into` (zeroed by the caller) from the file. R_NO_FILE or
 * R_BAD_SETTINGS; then `report` holds one "FILE:LINE: text" line per fault and
 * `why` the first of them. Free with settings_done in either case.
 */
enum reason settings_read(const char *path, const struct setting *table,
                          size_t count, void *into, struct buf *report,
                          struct fault *why) MUST_CHECK;

void settings_done(const struct setting *table, size_t count, void *into);

/* A value for a template. */
struct setting_value {
    const char *name, *value;
};

/*
 * A settings file to begin with: every setting with its meaning in both
 * languages, those with a value here set, the others commented out with their
 * standard.
 */
void settings_template(const struct setting *table, size_t count,
                       const struct setting_value *values, size_t value_count,
                       struct buf *out);

/* Prints the table as help: name, standard, meaning, in the reader's language.
 */
void settings_help(const struct setting *table, size_t count);

#endif
