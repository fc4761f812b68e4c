/*
 * evidence_list - the files of a mailbox as a person looks through them, oldest
 * first.
 */
#ifndef YISONG_BROKER_ADAPTERS_EVIDENCE_LIST_H
#define YISONG_BROKER_ADAPTERS_EVIDENCE_LIST_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/sql.h"

/* Texts are borrowed until the next line, never NULL. */
struct evidence_line {
    bool is_coming;
    const char *letter, *peer; /* from whom; to whom, by blanks */
    const char *name, *state, *code;
    const char *path; /* of an opened file that was handed over, else "" */
    struct digest sha256;
    int64_t size;        /* of the file */
    int64_t have, total; /* sealed bytes across (coming: here; going: there) */
    int64_t there;       /* coming: at the centre */
    int64_t rate;        /* bytes per second, lately */
};

/* The folder around the folders of files. Free it. */
char *evidence_list_root(const char *mailbox_path, const char *spool);

/* The newest `most` of each way; nothing for a mailbox that has none. */
enum reason evidence_each(struct sql *mailbox, const char *root, int64_t most,
                          void (*use)(void *context,
                                      const struct evidence_line *line),
                          void *context, struct fault *why) MUST_CHECK;

/* How it stands with the evidence of one letter that came. */
struct evidence_standing {
    bool is_awaited;   /* not all of it is here */
    int percent;       /* of it, that is here */
    bool is_elsewhere; /* its sender did not mean it for us */
};
enum reason evidence_standing(struct sql *mailbox, const char *sender,
                              const char *letter, struct evidence_standing *out,
                              struct fault *why) MUST_CHECK;

/*
 * Appends what whoever finds the letter in a folder must know of its evidence,
 * in both languages: that it is not for us, or has not come. Nothing if all is
 * as the letter says.
 */
enum reason evidence_note(struct sql *mailbox, int64_t incoming,
                          struct buf *out, struct fault *why) MUST_CHECK;

#endif
