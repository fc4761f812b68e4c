/*
 * procedure_law - the legal texts that procedures stand on, from law.xml: what
 * each article says in one line, when it is in force, and how sure we are.
 *
 * An article is named as procedures write it: "W17-9". Law is never invented:
 * what no text says is a limit of force "none".
 */
#ifndef YISONG_ROUTING_PROCEDURE_LAW_H
#define YISONG_ROUTING_PROCEDURE_LAW_H

#include "base/buf.h"
#include "schemas/document.h"

struct laws;
struct complaints;

struct article {
    char *id;       /* "W17-9" */
    char *basis_zh; /* "《...办法》（环环监〔2017〕17号）第九条" */
    char *basis_en;   /* "Measures on linking ..., art. 9" */
    const char *gist; /* one line, Chinese */
    const char *law_zh, *law_en, *number, *cite;
    const char *from, *until; /* "2017-01-25", or the year; "" not known */
    const char *certainty;    /* R, R2, S, M, N: see law.xsd */
};

/* Takes the document; faults go to `complaints`. Never NULL. */
struct laws *laws_read(struct document *document,
                       struct complaints *complaints);
void laws_free(struct laws *laws);
AUTO_POINTER(laws, laws_free)

/* NULL if there is none. */
const struct article *laws_find(const struct laws *laws, const char *article);

/* All articles, sorted by id. */
size_t laws_count(const struct laws *laws);
const struct article *laws_get(const struct laws *laws, size_t place);

#endif
