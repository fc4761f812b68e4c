/*
 * catalogue - the message types: which there are, what they are called, and
 * which body form each uses. The rows are in catalogue.xml; adding a type
 * needs no C.
 */
#ifndef YISONG_SCHEMAS_CATALOGUE_H
#define YISONG_SCHEMAS_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>

/* A place in the letter that this type must fill, beyond its body form. */
struct message_need {
    const char *path;  /* "body/decision/reasons" */
    const char *value; /* the only value allowed there, or NULL for any */
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
};

/* NULL if there is no such type. The catalogue is loaded at the first call. */
const struct message_type *catalogue_find(const char *id);

size_t catalogue_count(void);
const struct message_type *catalogue_get(size_t place);

#endif
