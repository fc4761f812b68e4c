/*
 * package - a courier package: letters in one file, for a way that no network
 * goes. Sealed to its receiver (certs/envelope.h); inside is a tar archive:
 *
 *     cover.xml            signed by the packer (cover.h)
 *     SHA256SUMS              a line per file below, as sha256sum -c reads it
 *     letters/000001-0.xml    the letters, in their order, as they were signed
 *     letters/000002-4.json   after the dash: the place in its case that the
 *     letters/000002-4.json.jws    exchange gave it, 0 if none
 *
 * A package is judged whole before one letter of it is given out.
 */
#ifndef YISONG_BROKER_ADAPTERS_PACKAGE_H
#define YISONG_BROKER_ADAPTERS_PACKAGE_H

#include "broker-adapters/courier/cover.h"
#include "certs/envelope.h"

/* A letter on its way; owns what it points to. */
struct package_letter {
    bool is_json;
    char *jws; /* "" for XML */
    void *bytes;
    size_t size;
    int64_t place; /* in its case; 0: none */
};
void package_letter_done(struct package_letter *letter);
AUTO_VALUE(package_letter, package_letter_done)

/* The letters of a package that is written; each is asked for twice. */
struct package_source {
    void *self;
    size_t count;
    enum reason (*get)(void *self, size_t place, struct package_letter *out,
                       struct fault *why);
};

/*
 * Writes a package into `descriptor`, not synced; the letters and sums of the
 * cover are filled in.
 */
enum reason courier_package_write(struct cover *cover,
                                  const struct signing_key *key,
                                  const struct certificate *receiver,
                                  const struct package_source *source,
                                  int descriptor, struct fault *why) MUST_CHECK;

/* Who opens packages, and where what is in them may lie meanwhile. */
struct package_reader {
    const char *agency;
    const struct envelope_key *key;
    const struct envelope_key *former; /* before the last renewal, or NULL */
    const struct registry *registry;
    const char *scratch; /* folder; an unnamed file, gone with the process */
};

struct courier_package;

/*
 * Opens a package and judges all of it: the seal, the signature of the cover,
 * every sum. The reasons of envelope_open and cover_read; R_NO_FILE,
 * R_TOO_LARGE, R_NOT_FOR_US, R_NOT_WELL_FORMED (not our archive),
 * R_DIGEST_MISMATCH (a letter is another one).
 */
enum reason courier_package_open(struct courier_package **out, const char *path,
                                 const struct package_reader *reader,
                                 instant now, struct fault *why) MUST_CHECK;
void courier_package_close(struct courier_package *package);
AUTO_POINTER(courier_package, courier_package_close)

const struct cover *courier_package_cover(
    const struct courier_package *package);

/* The letter at `place`, counted from 0. */
enum reason courier_package_letter(const struct courier_package *package,
                                   size_t place, struct package_letter *out,
                                   struct fault *why) MUST_CHECK;

#endif
