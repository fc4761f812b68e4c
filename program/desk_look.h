/*
 * desk_look - what the commands of an agency's machine share: the settings
 * file (-c), the mailbox, and where a letter is to be signed the key.
 */
#ifndef YISONG_PROGRAM_DESK_LOOK_H
#define YISONG_PROGRAM_DESK_LOOK_H

#include "broker-adapters/adapter/adapter_settings.h"
#include "broker-adapters/adapter/desk.h"
#include "broker-adapters/adapter/intake.h"
#include "program/command.h"

#define DESK_OPTION                                                            \
    {                                                                          \
        "-c", "FILE", "本机关的配置文件", "settings file of the agency"        \
    }

/* "…, as JSON" for the commands that list. */
#define DESK_JSON                                                              \
    {                                                                          \
        "--json", NULL, "输出 JSON", "print JSON"                              \
    }

struct desk_look {
    struct adapter_settings settings;
    struct desk desk;
    struct signing_key *key;
    struct registry *registry;
};

/* Opens the mailbox to read it. */
enum reason desk_look_open(struct desk_look *look,
                           const struct arguments *arguments,
                           struct fault *why) MUST_CHECK;

/* Opens it to put letters into it: with key and registry. */
enum reason desk_look_open_to_send(struct desk_look *look,
                                   const struct arguments *arguments,
                                   struct fault *why) MUST_CHECK;
void desk_look_done(struct desk_look *look);
AUTO_VALUE(desk_look, desk_look_done)

struct desk_letter {
    const struct buf *bytes;
    const char *jws;   /* its detached signature, or "" */
    const char *where; /* it comes from */
};

/*
 * Puts a letter into the mailbox, tells the running adapter, and prints what
 * became of it; all mistakes go to standard error as "WHERE: ..." lines, or
 * with --json to standard output, as in the folder refused/.
 */
enum reason desk_look_send(const struct desk_look *look,
                           const struct arguments *arguments,
                           const struct desk_letter *letter,
                           struct fault *why) MUST_CHECK;

/* The name of a message type in the reader's language; the id if unknown. */
const char *desk_type_name(const char *type);

/* "2026-11-21 09:00", or "" for 0. */
const char *desk_minute(instant at, char text[INSTANT_TEXT_MAX]);

/* A row of a list for people. */
void desk_put_cells(struct buf *out, const char *const cells[],
                    const size_t widths[], size_t count);

/* ,"name":"text" inside a JSON object. */
void desk_put_member(struct buf *out, const char *name, const char *text);
/* The same for a time; nothing for 0. */
void desk_put_time(struct buf *out, const char *name, instant at);

#endif
