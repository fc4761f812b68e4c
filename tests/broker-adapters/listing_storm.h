/*
 * listing_storm - cards, replacements, upgrades and removals, out of order and
 * under a clock that is set back; and beside them the plainest reckoning of
 * what was known when. Included by test_listing_storm.c.
 */
#ifndef YISONG_TESTS_BROKER_ADAPTERS_LISTING_STORM_H
#define YISONG_TESTS_BROKER_ADAPTERS_LISTING_STORM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "broker-adapters/projections/listing_index.h"
#include "broker-adapters/projections/project.h"
#include "tests/base/scratch.h"

enum {
    LETTERS = 1500,
    CASES = 60,
    CODES = 12,
    NUMBERS = 25,
    SENDERS = 2,
    DAYS = 60,
    QUESTIONS = 600
};

static const char *const codes[CODES] = {"91420683MA0000015G",
                                         "9136010809107512XX",
                                         "913601007814989713",
                                         "91110108551385082Q",
                                         "91350100M000100Y43",
                                         "",
                                         "",
                                         "",
                                         "",
                                         "",
                                         "",
                                         ""};

/* One card as the reckoning sees it. */
struct fact {
    int subject, number, sender, case_id;
    bool red;
    int from, until, end_on; /* days; until, end_on 0: open */
    instant known_at, end_known_at;
    char letter[UUID_TEXT_MAX];
};

struct storm {
    void *folder;
    struct sql *mailbox;
    struct listing_index *index; /* on a connection of its own */
    struct sql *watcher;
    struct fact facts[LETTERS];
    size_t count, changes;
    unsigned seed;
    instant now, known; /* the clock; what it was at most */
    int64_t turn;
};

static inline int below(struct storm *storm, int limit)
{
    storm->seed = storm->seed * 1103515245u + 12345u;
    return (int)((storm->seed >> 16) % (unsigned)limit);
}

static inline void must(enum reason reason, const struct fault *why)
{
    if (reason != R_OK)
        fail_msg("%s: %s", reason_code(reason), why->text);
}

/* Days are counted from 2026-01-01. */
enum { FIRST_DAY = 20454 };

static inline const char *day_text(int day, char text[16])
{
    struct civil_day civil = civil_day_of_number(FIRST_DAY + day);
    snprintf(text, 16, "%04u-%02u-%02u", (unsigned)civil.year % 10000,
             (unsigned)civil.month % 100, (unsigned)civil.day % 100);
    return text;
}

/* --- the reckoning -----------------------------------------------------------
 */

static inline bool is_open(const struct fact *fact)
{
    return fact->end_known_at == 0;
}

static inline void end_fact(struct storm *storm, struct fact *fact, int day)
{
    fact->end_on = day;
    fact->end_known_at = storm->known;
    storm->changes++;
}

static inline void reckon_card(struct storm *storm, const struct fact *card)
{
    for (size_t i = 0; i < storm->count; i++) {
        const struct fact *old = &storm->facts[i];
        if (is_open(old) && old->number == card->number &&
            old->red == card->red && old->sender == card->sender &&
            old->subject == card->subject)
            return; /* the same card again */
    }
    for (size_t i = 0; i < storm->count; i++) {
        struct fact *old = &storm->facts[i];
        if (is_open(old) && old->case_id == card->case_id &&
            old->sender == card->sender)
            end_fact(storm, old, card->from);
    }
    storm->facts[storm->count] = *card;
    storm->facts[storm->count++].known_at = storm->known;
    storm->changes++;
}

/* What a removal says: the card it answers (-1: none), and what it names. */
struct lifting {
    int answers;
    struct fact about;
    bool upgrades;
};

static inline bool same_subject(const struct fact *a, const struct fact *b)
{
    return a->subject == b->subject;
}

static inline struct fact *find_lifted(struct storm *storm,
                                       const struct lifting *lifting)
{
    const struct fact *about = &lifting->about;
    struct fact *only = NULL;
    int under_number = 0;
    for (int pass = 0; pass < 4; pass++)
        for (size_t i = 0; i < storm->count; i++) {
            struct fact *fact = &storm->facts[i];
            if (!is_open(fact) || fact->sender != about->sender)
                continue;
            if (pass == 0 && lifting->answers >= 0 &&
                strcmp(fact->letter, storm->facts[lifting->answers].letter) ==
                    0)
                return fact;
            if (pass == 1 && fact->number == about->number &&
                same_subject(fact, about))
                return fact;
            if (pass == 2 && fact->red == about->red &&
                same_subject(fact, about))
                return fact;
            if (pass == 3 && fact->number == about->number) {
                only = fact;
                under_number++;
            }
        }
    return under_number == 1 ? only : NULL;
}

static inline void reckon_lifting(struct storm *storm,
                                  const struct lifting *lifting,
                                  const char *letter)
{
    struct fact *fact = find_lifted(storm, lifting);
    if (!fact)
        return;
    struct fact red = *fact;
    end_fact(storm, fact, lifting->about.from);
    if (!lifting->upgrades)
        return;
    red.red = true;
    red.number = lifting->about.number;
    red.from = lifting->about.from;
    red.until = 0;
    red.case_id = lifting->about.case_id;
    red.known_at = storm->known;
    snprintf(red.letter, sizeof red.letter, "%s", letter);
    storm->facts[storm->count++] = red;
    storm->changes++;
}

static inline bool held(const struct fact *fact, int day, instant known_at)
{
    bool ended = fact->end_known_at != 0 && fact->end_known_at <= known_at &&
                 fact->end_on <= day;
    return fact->known_at <= known_at && fact->from <= day &&
           (fact->until == 0 || day <= fact->until) && !ended;
}

/* --- letters -----------------------------------------------------------------
 */

static inline void put_subject(struct buf *out, int subject)
{
    buf_print(out, "<unit><name>某公司%d</name>", subject);
    if (*codes[subject])
        buf_print(out, "<creditCode>%s</creditCode>", codes[subject]);
    buf_put_text(out, "</unit>");
}

static inline void put_header(struct buf *out, const char *type, const char *id,
                              const struct fact *about, const char *answers)
{
    buf_print(out,
              "<message xmlns=\"urn:yisong:message:1\"><header>"
              "<schemaVersion>1</schemaVersion><id>%s</id><type>%s</type>"
              "<caseId>C-%d</caseId><from>ecology-%d</from><to>bank</to>"
              "<sequence>1</sequence>"
              "<sentAt>2026-01-01T00:00:00+08:00</sentAt>",
              id, type, about->case_id, about->sender);
    if (*answers)
        buf_print(out,
                  "<inReplyTo><id>%s</id><digest>%064d</digest></inReplyTo>",
                  answers, 0);
    buf_put_text(out, "<urgency>normal</urgency></header><body>");
}

static inline void give(struct storm *storm, const struct buf *text)
{
    struct fault why = {0};
    AUTO(message) struct message *message = NULL;
    struct projected done = {0};
    must(message_parse(&message, buf_text(text), text->size, &why), &why);
    struct project_letter letter = {.agency = "bank",
                                    .message = message,
                                    .turn = ++storm->turn,
                                    .now = storm->now};
    must(sql_begin(storm->mailbox, &why), &why);
    must(mailbox_end(storm->mailbox,
                     project_letter(storm->mailbox, &letter, &done, &why),
                     &why),
         &why);
}

static inline struct fact any_fact(struct storm *storm)
{
    int from = 1 + below(storm, DAYS);
    return (struct fact){.subject = below(storm, CODES),
                         .number = below(storm, NUMBERS),
                         .sender = below(storm, SENDERS),
                         .case_id = below(storm, CASES),
                         .red = below(storm, 2) == 0,
                         .from = from,
                         .until =
                             below(storm, 4) ? 0 : from + below(storm, 20)};
}

static inline void send_card(struct storm *storm)
{
    char from[16], until[16];
    AUTO(buf) struct buf text = {0};
    struct fact card = any_fact(storm);
    uuid_new(storm->now, card.letter);
    put_header(&text, "card-credit-push", card.letter, &card, "");
    buf_print(&text,
              "<card><colour>%s</colour><scheme>s</scheme><number>环牌〔2026〕"
              "%d号</number><decidedOn>%s</decidedOn><authority>局</authority>",
              card.red ? "red" : "yellow", card.number,
              day_text(card.from, from));
    put_subject(&text, card.subject);
    buf_put_text(&text, "<reason>r</reason>");
    if (card.until)
        buf_print(&text, "<validUntil>%s</validUntil>",
                  day_text(card.until, until));
    buf_put_text(&text, "</card></body></message>");
    give(storm, &text);
    reckon_card(storm, &card);
}

static inline void send_lifting(struct storm *storm)
{
    char day[16], id[UUID_TEXT_MAX];
    AUTO(buf) struct buf text = {0};
    struct lifting lifting = {.answers = -1, .about = any_fact(storm)};
    lifting.upgrades = below(storm, 4) == 0;
    if (storm->count > 0 && below(storm, 3)) {
        int chosen = below(storm, (int)storm->count);
        int from = lifting.about.from;
        lifting.about = storm->facts[chosen];
        lifting.about.from = from;
        lifting.answers = below(storm, 2) ? chosen : -1;
        lifting.about.number =
            below(storm, 3) ? lifting.about.number : below(storm, NUMBERS);
    }
    uuid_new(storm->now, id);
    put_header(&text, "card-removal-decision", id, &lifting.about,
               lifting.answers >= 0 ? storm->facts[lifting.answers].letter
                                    : "");
    buf_print(&text,
              "<cardRemoval><outcome>%s</outcome><colour>%s</colour><number>"
              "环牌〔2026〕%d号</number><decidedOn>%s</decidedOn>"
              "<authority>局</authority>",
              lifting.upgrades ? "upgraded" : "removed",
              lifting.about.red ? "red" : "yellow", lifting.about.number,
              day_text(lifting.about.from, day));
    put_subject(&text, lifting.about.subject);
    buf_put_text(&text, "<reason>r</reason></cardRemoval></body></message>");
    give(storm, &text);
    reckon_lifting(storm, &lifting, id);
}

static inline void step(struct storm *storm)
{
    storm->now +=
        below(storm, 10) == 0 ? -INSTANT_HOUR : below(storm, 3) * INSTANT_HOUR;
    storm->known = storm->now > storm->known ? storm->now : storm->known;
    if (below(storm, 5) < 3)
        send_card(storm);
    else
        send_lifting(storm);
}

/* The day of the last thing known. */
static inline int today(const struct storm *storm)
{
    return (int)(civil_day_number(civil_day_of(storm->known)) - FIRST_DAY);
}

#endif
