/*
 * desk - what every step of the adapter works with: who this agency is, its
 * key, whom it knows, and its mailbox. Borrowed by all, owned by the adapter
 * or by a command.
 */
#ifndef YISONG_BROKER_ADAPTERS_DESK_H
#define YISONG_BROKER_ADAPTERS_DESK_H

#include "base/sql.h"
#include "certs/registry.h"

struct mappings;

struct desk {
    const char *agency;
    const struct signing_key *key;   /* NULL: nothing is signed here */
    const struct registry *registry; /* NULL: nothing is verified here */
    const char *agencies; /* folder of the registry; NULL: none is laid down */
    struct sql *mailbox;
    const struct mappings *mappings; /* NULL: no CSV files are taken */
    const char *evidence;            /* place_root, NULL: no files are laid */
    int evidence_hours;              /* letters wait for files; 0: for ever */
    bool answers_cards;              /* what is ingested is answered at once */
    const char *card_measure;        /* applied by itself; NULL or "": none */
};

/*
 * For what concerns one letter alone and must not stop the others behind it:
 * logs a permanent failure and passes on only a temporary one.
 */
enum reason desk_survive(enum reason reason, const char *doing,
                         const struct fault *found,
                         struct fault *why) MUST_CHECK;

#endif
