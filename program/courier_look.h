/*
 * courier_look - what the courier commands work with, on either side: at an
 * agency the mailbox, at the centre the ledger and a store of its own beside
 * it. Which side it is, the settings file (-c) says: only a centre's names a
 * ledger.
 */
#ifndef YISONG_PROGRAM_COURIER_LOOK_H
#define YISONG_PROGRAM_COURIER_LOOK_H

#include "broker-adapters/courier/courier.h"
#include "program/desk_look.h"
#include "program/router_settings.h"
#include "routing/ledger/ledger.h"

struct courier_look {
    bool is_centre;
    struct desk_look desk;         /* of an agency */
    struct router_settings centre; /* of a centre */
    struct registry *registry;
    struct signing_key *key;
    struct sql *db;
    char *shelf;
    struct courier courier;
};

enum reason courier_look_open(struct courier_look *look,
                              const struct arguments *arguments,
                              struct fault *why) MUST_CHECK;
void courier_look_done(struct courier_look *look);
AUTO_VALUE(courier_look, courier_look_done)

/* The key that opens what is sealed for this side. Free it. */
enum reason courier_look_key(const struct courier_look *look,
                             struct envelope_key **out,
                             struct fault *why) MUST_CHECK;

/* That of before the last renewal; NULL if there is none. Free it. */
enum reason courier_look_former(const struct courier_look *look,
                                struct envelope_key **out,
                                struct fault *why) MUST_CHECK;

/* The centre of an agency: the one with the role "exchange". R_BAD_REGISTRY. */
enum reason courier_look_centre(const struct courier_look *look,
                                const char **out, struct fault *why) MUST_CHECK;

/* --- the centre's side (courier_centre.c) -----------------------------------
 */

/* What waits in the outbox for an agency and is in no package yet. */
struct centre_waiting {
    struct ledger *ledger;
    struct outbox_row *rows;
    int64_t *numbers; /* of the rows */
    size_t count;
};
enum reason centre_find_waiting(struct centre_waiting *out,
                                const struct courier_look *look,
                                const char *agency, size_t most,
                                struct fault *why) MUST_CHECK;
void centre_waiting_done(struct centre_waiting *waiting);
AUTO_VALUE(centre_waiting, centre_waiting_done)
struct courier_load centre_load_of(struct centre_waiting *waiting);

/*
 * Hands every letter to the router over the broker, as the agency that packed
 * it, and waits until all are confirmed. Letters of anybody else:
 * R_WRONG_CHANNEL before the first one is handed over.
 */
enum reason centre_submit(const struct courier_look *look,
                          const struct courier_package *package,
                          struct fault *why) MUST_CHECK;

#endif
