/*
 * confirm - what the adapter of a recipient does when a letter is there: a
 * signed delivery receipt to its sender.
 */
#ifndef YISONG_SIMULATION_CONFIRM_H
#define YISONG_SIMULATION_CONFIRM_H

#include "simulation/letter_make.h"

/* A letter that is there. Texts are borrowed. */
struct arrived {
    const char *id, *digest, *type, *case_id;
};

/* Some letters of one sender that reached one recipient at `at`. */
struct arrivals {
    const char *recipient, *sender;
    const struct arrived *letters;
    size_t count;
    instant at;
    bool json;
};

/* Writes and signs the receipt with the recipient's key. Thread-safe. */
enum reason confirm_make(const struct arrivals *arrivals,
                         const struct signing_key *key, struct sealed *out,
                         struct fault *why) MUST_CHECK;

#endif
