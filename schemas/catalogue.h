/*
 * catalogue - the message types: which there are, what they are called, and
 * which body form each uses. The rows are in catalogue.xml, which the program
 * carries, and in files of the same form that are added when it starts; adding
 * a type needs no C.
 */
#ifndef YISONG_SCHEMAS_CATALOGUE_H
#define YISONG_SCHEMAS_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* A place in the letter that this type must fill, beyond its body form. */
struct message_need {
    const char *path;  /* "body/decision/reasons" */
    const char *value; /* the only value allowed there, or NULL for any */
};

/* What stands at a place in the example of this type. */
struct message_sample {
    const char *path; /* "body/reply/result" */
    const char *text; /* "": the place is left out */
};

/* Texts are never NULL; empty where there is nothing to say. */
struct message_type {
    const char *id;      /* "criminal-case-transfer" */
    const char *form;    /* body form element, "caseTransfer" */
    const char *chinese; /* "案件移送书" */
    const char *english;
    const char *basis;     /* articles of law.xml, "W17-6 W310-6" */
    const char *certainty; /* how sure the basis is: R, R2, S, M or N */
    const char *scope;     /* "network", "internal", "enterprise", "public" */
    const char *from, *to; /* roles of the registry, "police procuratorate" */
    const char *copy;      /* roles that usually get a copy */
    bool coined;           /* the texts name no such document; we did */
    bool cross_cutting;    /* receipts, refusals: belongs to no procedure */
    const struct message_need *needs;
    size_t need_count;
    const struct message_sample *samples; /* of added types */
    size_t sample_count;
};

/* NULL if there is no such type. The catalogue is loaded at the first call. */
const struct message_type *catalogue_find(const char *id);

size_t catalogue_count(void);
const struct message_type *catalogue_get(size_t place);

/*
 * Adds the types of a file *.xml, or of all of them in a folder, for this
 * process: before anything else asks for a type. Every fault is told in
 * `report`, one "FILE:LINE: CODE: text" line each: what does not keep to
 * catalogue.xsd, a type that is there already, a body form or a place that
 * message.xsd does not know, an example that would not be valid.
 * R_BAD_SETTINGS, R_NO_FILE.
 */
enum reason catalogue_add(const char *path, struct buf *report,
                          struct fault *why) MUST_CHECK;

#endif
