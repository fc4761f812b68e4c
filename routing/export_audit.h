/*
 * export_audit - what the rules of a check work on: the files of an export as
 * they were read. Private to export_*.c.
 */
#ifndef YISONG_ROUTING_EXPORT_AUDIT_H
#define YISONG_ROUTING_EXPORT_AUDIT_H

#include "certs/registry.h"
#include "routing/export.h"
#include "routing/ledger/proof.h"
#include "routing/ledger/receipt.h"
#include "schemas/retention_plan.h"

/* One file with what the log says of it. */
struct item {
    const char *file;        /* in the folder; borrowed from the JSON */
    struct entry entry;      /* .line is NULL if it could not be read */
    struct log_proof proof;  /* of the entry */
    struct digest digest;    /* of the bytes */
    struct message *message; /* NULL if it cannot be parsed */
    struct buf jws;
    bool whole;         /* file, entry and digests agree */
    bool is_signed;     /* its signature holds */
    int64_t deleted_by; /* its body is gone: position of the record; 0: not */
};

struct audit {
    const char *folder, *authority;
    struct json_text *json;
    const struct json *index;
    struct log_head head;
    struct item *items;
    size_t count;
    struct registry *registry;
    struct export_findings *findings;
    struct fault first; /* the first fault that was found */
};

void audit_done(struct audit *audit);
AUTO_VALUE(audit, audit_done)

/* Adds a fault about a file; `detail` may be NULL. */
void audit_fault(struct audit *audit, const char *file,
                 const struct fault *found);
void audit_say(struct audit *audit, const char *file, enum reason reason,
               const char *format, ...) PRINTF_LIKE(4, 5);

/* Whether the letter went through the log like this. */
bool item_is(const struct item *item, enum letter_outcome outcome);
/* It is there, with this id; NULL if not. */
const struct item *audit_find(const struct audit *audit, const char *id);

/*
 * Reads case.json, the files that it names, and the registry. Fails only where
 * nothing can be checked at all; everything else becomes a fault in the
 * findings.
 */
enum reason audit_read(struct audit *audit, struct fault *why) MUST_CHECK;

/* Each letter without its body has a record (export_deletions.c). */
void audit_check_deletions(struct audit *audit);

/* The rules, in the order in which they are applied (export_rules.c). */
extern const struct audit_rule {
    const char *name;
    void (*apply)(struct audit *audit);
} audit_rules[];
extern const size_t audit_rule_count;

#endif
