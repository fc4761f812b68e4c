/*
 * planted - a centre with one case for every thing that supervision, statistics
 * and feedback must find, and one beside it that they must leave alone. Include
 * after cmocka.h.
 *
 * The story begins 2026-11-21T09:01+08:00, a Saturday; PLANTED_AT is
 * 2026-12-12, three weeks later.
 */
#ifndef YISONG_TESTS_ROUTING_PLANTED_H
#define YISONG_TESTS_ROUTING_PLANTED_H

#include "tests/support/centre.h"

#define ECOLOGY    "ecology-nanchang"
#define POLICE     "police-nanchang"
#define PROCURATE  "procuratorate-nanchang"
#define CREDIT     "credit-jiangxi"
#define BANK       "bank-nanchang"
#define PLANTED_AT (OFFICE_LATER + 21 * INSTANT_DAY)

#define DIRTY_UNIT                                                             \
    "<unit><name>南昌某电镀有限公司</name>"                           \
    "<creditCode>91360100MA00000234</creditCode></unit>"
#define CLEAN_UNIT "<unit><name>南昌某食品有限公司</name></unit>"

static inline void planted_submit(struct centre *centre,
                                  const struct draft *draft)
{
    centre_clock += INSTANT_MINUTE;
    centre_submit(centre, draft);
    centre_run(centre);
}

/* The newest letter of a type and case that reached the recipient. */
static inline const struct message *planted_got(const struct centre *centre,
                                                const char *recipient,
                                                const char *type,
                                                const char *case_id)
{
    for (size_t i = centre->inbox_count; i-- > 0;) {
        const struct received *got = &centre->inbox[i];
        if (strcmp(got->recipient, recipient) == 0 &&
            strcmp(message_type(got->message), type) == 0 &&
            strcmp(message_case(got->message), case_id) == 0)
            return got->message;
    }
    fprintf(stderr, "planted: no %s of %s at %s\n", type, case_id, recipient);
    abort();
}

/* The adapter of `agency` signs for the letter. */
static inline void planted_sign(struct centre *centre, const char *agency,
                                const struct message *letter)
{
    char digest[DIGEST_TEXT_MAX], at[INSTANT_TEXT_MAX];
    AUTO(text) char *body = mem_print(
        "<receipts><entry><id>%s</id><digest>%s</digest><type>%s</type>"
        "<caseId>%s</caseId><at>%s</at></entry></receipts>",
        message_id(letter), digest_format(message_digest(letter), digest),
        message_type(letter), message_case(letter),
        instant_format(centre_clock, at));
    struct draft receipt = {.type = "delivery-receipt",
                            .case_id = "none",
                            .from = agency,
                            .to = message_from(letter),
                            .body = body};
    planted_submit(centre, &receipt);
}

static inline void planted_transfer(struct centre *centre, const char *case_id,
                                    bool delivered)
{
    struct draft transfer = {.type = "criminal-case-transfer",
                             .case_id = case_id,
                             .from = ECOLOGY,
                             .to = POLICE,
                             .copy_to = PROCURATE,
                             .sequence = 1};
    planted_submit(centre, &transfer);
    if (delivered)
        planted_sign(centre, POLICE,
                     planted_got(centre, POLICE, transfer.type, case_id));
}

/* An act of the police that answers the transfer. */
static inline void planted_police(struct centre *centre, const char *case_id,
                                  const char *type, int sequence)
{
    const struct message *transfer =
        planted_got(centre, POLICE, "criminal-case-transfer", case_id);
    bool decision = strstr(type, "filing") != NULL;
    char at[INSTANT_TEXT_MAX];
    AUTO(text) char *accepted =
        mem_print("<acceptance><acceptedAt>%s</acceptedAt><officers><officer>"
                  "<name>钱某</name></officer></officers></acceptance>",
                  instant_format(centre_clock, at));
    struct draft draft = {.type = type,
                          .case_id = case_id,
                          .from = POLICE,
                          .to = ECOLOGY,
                          .copy_to = decision ? PROCURATE : NULL,
                          .answers = transfer,
                          .sequence = sequence,
                          .body = decision ? NULL : accepted,
                          .encoding = decision ? MESSAGE_XML : MESSAGE_JSON};
    planted_submit(centre, &draft);
}

static inline void planted_card(struct centre *centre, const char *case_id,
                                const char *colour, const char *subject,
                                const char *reason)
{
    AUTO(text) char *body = mem_print(
        "<card><colour>%s</colour><scheme>环保红（黄）牌警示</scheme>"
        "<number>洪环牌〔2026〕7号</number><decidedOn>2026-11-17</decidedOn>"
        "<authority>南昌市生态环境局</authority>%s<reason>%s</reason>"
        "<penalties><penalty><number>洪环罚〔2026〕31号</number>"
        "<decidedOn>2026-11-10</decidedOn><authority>南昌市生态环境局"
        "</authority><kinds><kind>fine</kind></kinds><content>罚款十万元。"
        "</content><fine>100000</fine></penalty></penalties></card>",
        colour, subject, reason);
    struct draft card = {.type = "card-credit-push",
                         .case_id = case_id,
                         .from = ECOLOGY,
                         .to = CREDIT,
                         .copy_to = BANK,
                         .sequence = 1,
                         .body = body};
    planted_submit(centre, &card);
}

static inline void planted_feedback(struct centre *centre, const char *case_id,
                                    const char *from, const char *stage,
                                    int sequence)
{
    const struct message *card =
        planted_got(centre, from, "card-credit-push", case_id);
    bool ingested = strcmp(stage, "ingested") == 0;
    AUTO(text) char *body = mem_print(
        "<feedback><stage>%s</stage>" CLEAN_UNIT
        "<measures><measure><name>限制新增贷款</name><status>%s</status>%s"
        "</measure></measures></feedback>",
        stage, strcmp(stage, "refused") == 0 ? "refused" : "applied",
        strcmp(stage, "refused") == 0
            ? "<reason>该措施不在国家清单内。</reason>"
            : "<amount>3000000</amount>");
    struct draft draft = {.type = ingested ? "punishment-acceptance"
                                           : "punishment-feedback",
                          .case_id = case_id,
                          .from = from,
                          .to = ECOLOGY,
                          .answers = card,
                          .sequence = sequence,
                          .body = body};
    planted_submit(centre, &draft);
}

static inline void planted_remove(struct centre *centre, const char *case_id)
{
    struct draft draft = {
        .type = "card-removal-decision",
        .case_id = case_id,
        .from = ECOLOGY,
        .to = CREDIT,
        .copy_to = BANK,
        .sequence = 2,
        .body = "<cardRemoval><outcome>removed</outcome><colour>yellow</colour>"
                "<number>洪环牌〔2026〕9号</number>"
                "<decidedOn>2026-12-01</decidedOn>"
                "<authority>南昌市生态环境局</authority>" CLEAN_UNIT
                "<reason>整改合格。</reason></cardRemoval>"};
    planted_submit(centre, &draft);
}

static inline void planted_transfers(struct centre *centre)
{
    planted_transfer(centre, "TR-NO-RECEIPT", true);
    planted_transfer(centre, "TR-UNDELIVERED", false);
    planted_transfer(centre, "TR-NO-DECISION", true);
    planted_police(centre, "TR-NO-DECISION", "acceptance-receipt", 1);
    planted_transfer(centre, "TR-LATE", true);
    planted_police(centre, "TR-LATE", "acceptance-receipt", 1);
    planted_transfer(centre, "TR-GOOD", true);
    planted_police(centre, "TR-GOOD", "acceptance-receipt", 1);
    planted_police(centre, "TR-GOOD", "filing-decision-notice", 2);
    planted_transfer(centre, "TR-NOT-FILED", true);
    planted_police(centre, "TR-NOT-FILED", "acceptance-receipt", 1);
    planted_police(centre, "TR-NOT-FILED", "non-filing-notice", 2);
}

/* The first card is of a unit that a transfer names: see the example letter. */
static inline void planted_cards(struct centre *centre)
{
    planted_card(centre, "CARD-TRANSFERRED", "red",
                 "<unit><name>枣阳某再生资源有限公司</name></unit>",
                 "通过暗管排放含铅废水。");
    planted_card(centre, "CARD-CRIME", "red", DIRTY_UNIT,
                 "通过暗管排放含铬废水。");
    planted_card(centre, "CARD-MINOR", "yellow", CLEAN_UNIT, "废水超标0.4倍。");
    planted_feedback(centre, "CARD-MINOR", CREDIT, "ingested", 1);
    planted_feedback(centre, "CARD-MINOR", BANK, "measured", 1);
    planted_card(centre, "CARD-REFUSED", "yellow", CLEAN_UNIT,
                 "废水超标0.5倍。");
    planted_sign(
        centre, CREDIT,
        planted_got(centre, CREDIT, "card-credit-push", "CARD-REFUSED"));
    planted_feedback(centre, "CARD-REFUSED", BANK, "refused", 1);
    planted_card(centre, "CARD-REMOVED", "yellow", CLEAN_UNIT,
                 "废水超标0.3倍。");
}

/* Nine days on, a decision comes late; the clocks ring; a card is removed. */
static inline struct centre *planted_open(void)
{
    struct centre *centre = centre_open();
    planted_transfers(centre);
    planted_cards(centre);
    centre_clock = OFFICE_LATER + 9 * INSTANT_DAY;
    centre_run(centre);
    planted_police(centre, "TR-LATE", "filing-decision-notice", 2);
    centre_clock = OFFICE_LATER + 12 * INSTANT_DAY;
    planted_remove(centre, "CARD-REMOVED");
    centre_clock = PLANTED_AT;
    centre_run(centre);
    return centre;
}

/* Leaves ledger and registry in the folder, for the node tests. */
static inline int planted_leave(struct centre *centre, const char *folder)
{
    AUTO(text) char *command =
        mem_print("cp -r %s/. %s", centre->office.folder, folder);
    centre_stop(centre);
    int status = system(command);
    centre_start(centre);
    centre_close(centre);
    return status == 0 ? 0 : 1;
}

#endif
