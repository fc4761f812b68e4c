/*
 * registry_rows - the registry as it is in memory, shared by its reader, its
 * writer and its judge. For the files of this folder.
 */
#ifndef YISONG_CERTS_REGISTRY_ROWS_H
#define YISONG_CERTS_REGISTRY_ROWS_H

#include <stdatomic.h>
#include <stdint.h>
#include <threads.h>

#include "certs/registry.h"
#include "certs/trust.h"

struct document;

#define REGISTRY_NAMESPACE "urn:yisong:registry:1"

enum { REGISTRY_CERTIFICATES_MAX = 32 }; /* of one agency */

/* A certificate and, once somebody asked, its judgement. */
struct enrolled {
    struct certificate *certificate;
    instant until; /* after a renewal the old one signs no longer than this */
    struct standing standing;
    atomic_bool judged;
};

/* Certificates of one use, in the order of their issue. */
struct enrolments {
    struct enrolled **rows;
    size_t count;
};

struct registration {
    struct agency agency;         /* its texts are owned */
    struct enrolments signing;    /* letters are signed with them */
    struct enrolments encryption; /* what is sealed for the agency; P-256 */
    instant revoked_at;           /* INT64_MAX: never */
    char *revoked_text;           /* NULL: never */
};

struct registry {
    struct trust *trust;
    struct registration **rows; /* sorted by id */
    size_t count;
    int64_t number; /* grows with each signing, so that an old one shows */
    instant issued_at;
    mtx_t judging;
};

/* The texts of an agency: element name, member, and what may stand there. */
struct agency_field {
    const char *element;
    size_t offset;
    bool optional;
    bool (*fits)(const char *text);
};

enum { AGENCY_FIELDS = 7 };

extern const struct agency_field agency_fields[AGENCY_FIELDS];

/* The member of an agency that a field describes. */
const char **agency_text(struct agency *agency,
                         const struct agency_field *field);

/*
 * One "FIELD: what may stand there" line per fault of the agency's texts, ""
 * where all is well.
 */
void agency_check(const struct agency *agency, struct buf *faults);

/* A registration with copies of the agency's texts and no certificate. */
struct registration *registration_new(const struct agency *agency);
void registration_free(struct registration *registration);
AUTO_POINTER(registration, registration_free)

/* Takes the certificate over. */
void enrolments_put(struct enrolments *enrolments,
                    struct certificate *certificate);

/* An empty registry; takes the trust over. */
struct registry *registry_new(struct trust *trust);

/* Takes the registration over; its place is by id. */
void registry_put(struct registry *registry, struct registration *registration);

/* NULL if there is none. */
struct registration *registry_row(const struct registry *registry,
                                  const char *agency);

/* Reads the rows of a registry document; one line per fault. */
void registry_parse(struct registry *registry, const struct document *document,
                    struct buf *faults);

/* Signs the registry as of now with a new number and puts it in place. */
enum reason registry_write(struct registry *registry,
                           const struct signing_key *authority,
                           const char *folder, instant now,
                           struct fault *why) MUST_CHECK;

#endif
