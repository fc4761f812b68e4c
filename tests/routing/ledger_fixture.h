/*
 * A ledger in a folder of its own, and letters without a router: what the
 * batteries of the ledger tests share.
 */
#ifndef YISONG_TESTS_ROUTING_LEDGER_FIXTURE_H
#define YISONG_TESTS_ROUTING_LEDGER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "base/mem.h"
#include "routing/ledger/ledger.h"
#include "routing/ledger/tree.h"

#define NOON INT64_C(1763697600000)

struct fixture {
    char folder[64];
    char *path;
    struct ledger *ledger;
    struct fault why;
};

static inline void remove_folder(const char *folder)
{
    AUTO(io_names) struct io_names names = {0};
    if (io_list(folder, &names, NULL) != R_OK)
        return;
    for (size_t i = 0; i < names.count; i++) {
        AUTO(text) char *path = io_join(folder, names.names[i]);
        unlink(path);
    }
    rmdir(folder);
}

static inline int fixture_open(void **state)
{
    struct fixture *made = mem_new(1, sizeof *made);
    strcpy(made->folder, "/tmp/yisong-ledger-XXXXXX");
    assert_non_null(mkdtemp(made->folder));
    made->path = io_join(made->folder, "ledger.db");
    assert_int_equal(
        ledger_open(&made->ledger, made->path, SQL_CREATE, &made->why), R_OK);
    *state = made;
    return 0;
}

static inline int fixture_close(void **state)
{
    struct fixture *made = *state;
    sql_fail_after(0);
    ledger_close(made->ledger);
    remove_folder(made->folder);
    free(made->path);
    free(made);
    return 0;
}

static inline void fixture_reopen(struct fixture *in)
{
    ledger_close(in->ledger);
    in->ledger = NULL;
    assert_int_equal(ledger_open(&in->ledger, in->path, SQL_WRITE, &in->why),
                     R_OK);
}

#define MUST(call)                                                             \
    do {                                                                       \
        struct fault must_ = {0};                                              \
        enum reason reason_ = (call);                                          \
        if (reason_ != R_OK)                                                   \
            fail_msg("%s: %s", #call, reason_code(reason_));                   \
        (void)must_;                                                           \
    } while (0)

/* The n-th letter: id and bytes follow from the number. */
static inline struct letter letter_make(int n, char id[40], char body[64])
{
    snprintf(id, 40, "01930000-0000-7000-8000-%012d", n);
    snprintf(body, 64, "<letter n='%d'/>", n);
    return (struct letter){
        .outcome = LETTER_ACCEPTED,
        .id = id,
        .type = "criminal-case-transfer",
        .case_id = "CASE-1",
        .sender = "ecology-nanchang",
        .authenticated = true,
        .media_type = "application/xml",
        .jws = "",
        .bytes = body,
        .size = strlen(body),
        .digest = digest_of(DIGEST_SHA256, body, strlen(body)),
        .sequence = n,
        .received_at = NOON + n,
        .code = "",
    };
}

static inline int64_t letter_add(struct ledger *ledger, int n)
{
    char id[40], body[64];
    struct letter letter = letter_make(n, id, body);
    MUST(letters_put(ledger, &letter, NULL));
    return letter.position;
}

/* Letters first ... last in one transaction. */
static inline void letters_add(struct ledger *ledger, int first, int last)
{
    MUST(ledger_begin(ledger, NULL));
    for (int n = first; n <= last; n++)
        letter_add(ledger, n);
    MUST(ledger_commit(ledger, NULL));
}

/* Behind the ledger's back. */
static inline void tamper(const struct fixture *in, const char *text)
{
    AUTO(sql) struct sql *db = NULL;
    MUST(sql_open(&db, in->path, SQL_WRITE, "", SQL_ANY_VERSION, NULL));
    MUST(sql_run(db, text, SQL_NO_VALUES, NULL));
}

#endif
