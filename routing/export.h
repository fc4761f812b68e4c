/*
 * export - a case as a folder that a stranger can judge: the signed bytes of
 * every letter, the receipts, the registry, and the proof that all of it is in
 * the log; and the check of such a folder, for which nothing else is needed
 * but the authority's certificate.
 *
 *     case.json               what is here, proofs, timeline; written last
 *     letters/NNN-TYPE-ID.xml (.json with .json.jws)
 *     receipts/NNN-TYPE-ID.xml
 *     registry/               registry.xml, authority.pem, revoked/
 *
 * The form of case.json is described in ledger/README.md.
 */
#ifndef YISONG_ROUTING_EXPORT_H
#define YISONG_ROUTING_EXPORT_H

#include "routing/ledger/ledger.h"

#define EXPORT_FORMAT   "yisong-case-1"
#define EXPORT_INDEX    "case.json"
#define EXPORT_CHAIN    "chain.json"
#define EXPORT_LETTERS  "letters"
#define EXPORT_RECEIPTS "receipts"
#define EXPORT_REGISTRY "registry"

struct export_request {
    const char *case_id;
    const char *agencies; /* folder of the registry; NULL: leave it out */
    const char *folder;   /* made; R_EXISTS if something is in it */
    instant now;
};

/* R_NOT_FOUND if there is no such case. *count: letters and receipts. */
enum reason export_case(struct ledger *ledger,
                        const struct export_request *request, size_t *count,
                        struct fault *why) MUST_CHECK;

/*
 * The case, those that it came from and all that came of them: each in a
 * folder of its own, named by its id, that stands alone like that of
 * export_case; and chain.json, which says how they hang together. *cases: how
 * many.
 */
enum reason export_chain(struct ledger *ledger,
                         const struct export_request *request, size_t *cases,
                         size_t *count, struct fault *why) MUST_CHECK;

/* What a check found; `faults` has one "FILE: CODE: text" line each. */
struct export_findings {
    char *case_id;
    size_t accepted, refused, own, receipts;
    size_t signatures, proofs;
    int64_t log_size, signed_size; /* of the log, and of its signed head */
    size_t fault_count;
    struct buf faults;
    struct buf notes; /* what a reader should know, but no fault */
};
void export_findings_done(struct export_findings *findings);
AUTO_VALUE(export_findings, export_findings_done)

/*
 * Checks the folder against the authority's certificates (a PEM file that the
 * reader got elsewhere): digests, proofs, signatures, receipts, the chain of
 * answers and sequences. Finds everything; R_OK only if there is no fault,
 * else the reason of the first.
 */
enum reason export_check(const char *folder, const char *authority,
                         struct export_findings *out,
                         struct fault *why) MUST_CHECK;

#endif
