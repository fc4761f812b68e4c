/*
 * command - one command of `yisong`: its name, options, help and what it does.
 * commands.def is the list of commands and the order of the help.
 *
 * To add one: write `const struct command command_x` in command_x.c and name
 * it in commands.def.
 */
#ifndef YISONG_PROGRAM_COMMAND_H
#define YISONG_PROGRAM_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"

struct option {
    const char *name;  /* "--key" */
    const char *value; /* "FILE", or NULL for a flag */
    const char *chinese, *english;
};

enum { OPTIONS_MAX = 16 };

struct arguments {
    const struct command *command;
    const char *values[OPTIONS_MAX]; /* one per option of the command */
    const char **operands;           /* what is not an option, in order */
    size_t count;
    const char **repeated; /* name and value of each option, in order */
    size_t repeated_count;
    char **line; /* the whole line, ends with NULL */
};

struct command {
    const char *name;              /* "validate", "agencies add" */
    const char *operands;          /* "FILE...", "" */
    const char *chinese, *english; /* one line */
    const char *example;           /* a line that works, without the prompt */
    const struct option *options;
    size_t option_count;
    size_t least, most; /* number of operands */

    /*
     * R_OK or the failure. Main prints `why` if it holds a reason; a command
     * that has told its faults itself clears it (fault_clear) and returns.
     */
    enum reason (*run)(const struct arguments *arguments, struct fault *why);
};

/* The value given for an option, or NULL; whether a flag was given. */
const char *arguments_value(const struct arguments *arguments,
                            const char *name);
bool arguments_has(const struct arguments *arguments, const char *name);

/*
 * Options that may be given several times: the value at `place`, counted from
 * 0 in the order of the line, or NULL behind the last.
 */
const char *arguments_each(const struct arguments *arguments, const char *name,
                           size_t place);

/* The same as arguments_value, but R_USAGE if it is missing. */
enum reason arguments_require(const struct arguments *arguments,
                              const char *name, const char **value,
                              struct fault *why) MUST_CHECK;

/* An integer option within bounds; `standard` if it is not given. */
enum reason arguments_int(const struct arguments *arguments, const char *name,
                          long least, long most, long standard, long *value,
                          struct fault *why) MUST_CHECK;

/* A row of the help: a command, or the chapter that begins here. */
struct listed {
    const struct command *command; /* NULL: a chapter */
    const char *chinese, *english; /* of the chapter */
};

extern const struct listed commands[];
extern const size_t command_count;

#endif
