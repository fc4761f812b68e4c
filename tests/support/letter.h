/*
 * letter - small letters for the tests of signatures: a filing decision in
 * both encodings, signed by an office of tests/support/authority.h.
 */
#ifndef YISONG_TESTS_SUPPORT_LETTER_H
#define YISONG_TESTS_SUPPORT_LETTER_H

#include "tests/support/authority.h"

static const char letter_xml[] =
    "<message xmlns=\"urn:yisong:message:1\"><header>"
    "<schemaVersion>1</schemaVersion>"
    "<id>019c0000-0000-7000-8000-000000000001</id>"
    "<type>acceptance-receipt</type><caseId>NC-2026-0001</caseId>"
    "<from>%s</from><to>exchange</to>"
    "<sequence>1</sequence>"
    "<sentAt>2026-11-21T09:00:30+08:00</sentAt>"
    "<inReplyTo><id>019c0000-0000-7000-8000-000000000000</id>"
    "<digest>e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    "</digest></inReplyTo>"
    "<urgency>normal</urgency><certificate>%s</certificate></header>"
    "<body><acceptance>"
    "<acceptedAt>2026-11-21T09:00:00+08:00</acceptedAt>"
    "<officers><officer><name>张某</name></officer></officers>"
    "<remarks>amount=42.50; a &lt; b &amp; c</remarks>"
    "</acceptance></body></message>";

static const char letter_json[] =
    "{\"header\":{\"schemaVersion\":\"1\","
    "\"id\":\"019c0000-0000-7000-8000-000000000001\","
    "\"type\":\"acceptance-receipt\",\"caseId\":\"NC-2026-0001\","
    "\"from\":\"%s\",\"to\":[\"exchange\"],\"sequence\":1,"
    "\"sentAt\":\"2026-11-21T09:00:30+08:00\","
    "\"inReplyTo\":{\"id\":\"019c0000-0000-7000-8000-000000000000\","
    "\"digest\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852"
    "b855\"},\"urgency\":\"normal\",\"certificate\":\"%s\"},"
    "\"body\":{\"acceptance\":{"
    "\"acceptedAt\":\"2026-11-21T09:00:00+08:00\","
    "\"officers\":[{\"name\":\"张某\"}]}}}";

/* A signed letter as a sender has it. */
struct letter {
    struct buf bytes, jws;
};

static inline void letter_done(struct letter *letter)
{
    buf_done(&letter->bytes);
    buf_done(&letter->jws);
}
AUTO_VALUE(letter, letter_done)

/* Signs the letter with the key, as `from`, which need not be the key's. */
static inline struct letter letter_sign(const struct signing_key *key,
                                        enum message_encoding encoding,
                                        const char *from)
{
    struct fault why = {0};
    struct letter made = {0};
    AUTO(buf) struct buf text = {0};
    const char *own = certificate_fingerprint(signing_key_certificate(key));
    if (encoding == MESSAGE_XML)
        buf_print(&text, letter_xml, from, own);
    else
        buf_print(&text, letter_json, from, own);
    AUTO(message) struct message *message = NULL;
    office_must(message_parse(&message, text.bytes, text.size, &why), &why);
    office_must(signature_sign(key, message, &made.bytes, &made.jws, &why),
                &why);
    return made;
}

/* What a recipient makes of it: parse, then signature_verify. */
static inline enum reason letter_judge(const struct office *office,
                                       const struct letter *letter, instant at,
                                       struct fault *why)
{
    AUTO(message) struct message *message = NULL;
    TRY(message_parse(&message, buf_text(&letter->bytes), letter->bytes.size,
                      why));
    return signature_verify(office->registry, message, buf_text(&letter->jws),
                            at, why);
}

/* Replaces the first `from` in the text; ends the test if there is none. */
static inline void letter_replace(struct buf *text, const char *from,
                                  const char *to)
{
    const char *found = strstr(buf_text(text), from);
    if (!found) {
        fprintf(stderr, "letter_replace: no '%s'\n", from);
        abort();
    }
    size_t before = (size_t)(found - text->bytes);
    struct buf made = {0};
    buf_put(&made, text->bytes, before);
    buf_put_text(&made, to);
    buf_put_text(&made, found + strlen(from));
    buf_done(text);
    *text = made;
}

#endif
