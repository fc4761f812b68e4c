/*
 * follow_fixture - a red card, and a joint punishment that was built on it, at
 * a whole exchange centre. Include after cmocka.h.
 */
#ifndef YISONG_TESTS_ROUTING_FOLLOW_FIXTURE_H
#define YISONG_TESTS_ROUTING_FOLLOW_FIXTURE_H

#include "routing/export.h"
#include "routing/timeline.h"
#include "tests/support/centre.h"

#define ECOLOGY   "ecology-nanchang"
#define CREDIT    "credit-jiangxi"
#define BANK      "bank-nanchang"
#define TRANSPORT "transport-nanchang"
#define CARD      "NC-CARD-1"
#define LIST      "NC-LIST-1"
#define REMOVAL   "card-removal-decision"
#define NOTICE    "linked-case-notice"

static inline int open_centre(void **state)
{
    *state = centre_open();
    return 0;
}

static inline int close_centre(void **state)
{
    centre_close(*state);
    return 0;
}

static inline void say_all(struct centre *centre, const struct draft *draft)
{
    centre_submit(centre, draft);
    centre_run(centre);
}

static const struct draft card = {.type = "card-credit-push",
                                  .case_id = CARD,
                                  .from = ECOLOGY,
                                  .to = CREDIT,
                                  .sequence = 1};

/* The transport bureau is told to punish; it has no part in the card. */
static const struct draft list = {.type = "punishment-list",
                                  .case_id = LIST,
                                  .parent = CARD,
                                  .from = ECOLOGY,
                                  .to = CREDIT,
                                  .copy_to = TRANSPORT,
                                  .sequence = 1};

static const struct draft removal = {.type = REMOVAL,
                                     .case_id = CARD,
                                     .from = ECOLOGY,
                                     .to = CREDIT,
                                     .sequence = 2};

static inline void punish(struct centre *centre)
{
    say_all(centre, &card);
    say_all(centre, &list);
    assert_int_equal(centre_count(centre, TRANSPORT, "punishment-list"), 1);
}

static inline struct casefile *read_case(const struct centre *centre,
                                         const char *id)
{
    struct casefile *casefile = NULL;
    assert_int_equal(cases_find(centre->ledger, id, &casefile, NULL), R_OK);
    assert_non_null(casefile);
    return casefile;
}

static inline void check_state(const struct centre *centre, const char *id,
                               const char *expected)
{
    AUTO(casefile) struct casefile *casefile = read_case(centre, id);
    assert_string_equal(casefile->state, expected);
}

/* The open clocks of a case: "limit/owner/status ...", in order. */
static inline char *clocks_of(const struct centre *centre, const char *id)
{
    AUTO(casefile) struct casefile *casefile = read_case(centre, id);
    struct buf out = {0};
    for (size_t i = 0; i < casefile->deadline_count; i++)
        buf_print(&out, "%s%s/%s/%s", i ? " " : "",
                  casefile->deadlines[i].limit, casefile->deadlines[i].owner,
                  deadline_status_name(casefile->deadlines[i].status));
    return buf_take(&out);
}

static inline void check_clocks(const struct centre *centre, const char *id,
                                const char *expected)
{
    AUTO(text) char *found = clocks_of(centre, id);
    assert_string_equal(found, expected);
}

/* The delivery receipt of one agency for one letter. */
static inline void sign_for(struct centre *centre, const char *agency,
                            const struct message *message)
{
    char digest[DIGEST_TEXT_MAX], at[INSTANT_TEXT_MAX];
    digest_format(message_digest(message), digest);
    AUTO(text) char *body = mem_print(
        "<receipts><entry><id>%s</id><digest>%s</digest><type>%s</type>"
        "<caseId>%s</caseId><at>%s</at></entry></receipts>",
        message_id(message), digest, message_type(message),
        message_case(message), instant_format(centre_clock, at));
    const struct draft receipt = {.type = "delivery-receipt",
                                  .case_id = "none",
                                  .from = agency,
                                  .to = message_from(message),
                                  .body = body};
    say_all(centre, &receipt);
}

#endif
