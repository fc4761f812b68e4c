/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * parse -> complete -> check -> sign -> keep; or, for a letter that is signed
 * already, parse -> check -> verify -> keep.
 *
 * Promise: a letter is either kept whole, with number and signature, or the
 * transaction holds nothing of it.
 */
#include "broker-adapters/adapter/intake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "broker-adapters/evidence/evidence_rows.h"
#include "broker-adapters/mailbox/incoming.h"
#include "certs/signature.h"
#include "schemas/catalogue.h"

void intake_done(struct intake *intake)
{
    mistakes_done(&intake->mistakes);
}

/* What the header of the letter will hold; owns the texts that it made. */
struct completion {
    struct message_header header;
    char id[UUID_TEXT_MAX];
    char answers_digest[DIGEST_TEXT_MAX];
    char *case_id;
};

static void completion_done(struct completion *completion)
{
    free(completion->case_id);
}
AUTO_VALUE(completion, completion_done)

/* Case and digest of the letter that is answered, if we have it. */
static enum reason complete_answer(const struct desk *desk,
                                   const struct message *message,
                                   struct completion *into, struct fault *why)
{
    AUTO(incoming_letter) struct incoming_letter answered = {0};
    if (!*message_answers(message))
        return R_OK;
    struct fault found = {0};
    enum reason reason = incoming_find(desk->mailbox, message_answers(message),
                                       &answered, &found);
    if (reason_class(reason) == REASON_RETRY)
        return fault(why, reason, "%s", found.text);
    if (reason != R_OK)
        return R_OK; /* not here: what the letter says of it must do */
    if (!*message_case(message))
        into->case_id = mem_text(answered.case_id);
    if (!*message_answers_digest(message)) {
        into->header.answers = message_answers(message);
        into->header.answers_digest =
            digest_format(&answered.digest, into->answers_digest);
    }
    return R_OK;
}

static enum reason complete_header(const struct desk *desk,
                                   const struct message *message, instant now,
                                   struct completion *into, struct fault *why)
{
    struct message_header *header = &into->header;
    const struct message_type *type = catalogue_find(message_type(message));
    bool cross_cutting = type && type->cross_cutting;
    const char *id = message_id(message);
    if (!*id)
        header->id = id = uuid_new(now, into->id);
    TRY(complete_answer(desk, message, into, why));
    if (!*message_case(message) && !into->case_id)
        into->case_id = mem_text(id);
    header->case_id = into->case_id;
    header->from = desk->agency;
    header->sent_at = now;
    header->certificate =
        certificate_fingerprint(signing_key_certificate(desk->key));
    const char *case_id = into->case_id ? into->case_id : message_case(message);
    return cross_cutting ? R_OK
                         : outgoing_next_sequence(desk->mailbox, case_id,
                                                  &header->sequence, why);
}

static enum reason complete(const struct desk *desk,
                            const struct message *message, instant now,
                            struct message **out, struct fault *why)
{
    AUTO(completion) struct completion completion = {0};
    AUTO(buf) struct buf bytes = {.ceiling = MESSAGE_CEILING};
    TRY(complete_header(desk, message, now, &completion, why));
    TRY(message_complete(message, &completion.header, &bytes, why));
    TRY(buf_check(&bytes, why));
    return message_parse(out, bytes.bytes, bytes.size, why);
}

/* What is kept: the letter as it goes, and how the source is known again. */
static enum reason keep(const struct desk *desk, const struct message *message,
                        const char *jws, const struct intake_letter *letter,
                        instant now, struct intake *out, struct fault *why)
{
    struct digest digest =
        digest_of(DIGEST_SHA256, letter->bytes, letter->size);
    struct outgoing_source source = {.name = letter->source, .digest = &digest};
    TRY(outgoing_put(desk->mailbox, message, jws, &source, now, why));
    TRY(evidence_promise(desk->mailbox, message, why));
    out->digest = *message_digest(message);
    return R_OK;
}

static enum reason sign_and_keep(const struct desk *desk,
                                 const struct message *message,
                                 const struct intake_letter *letter,
                                 instant now, struct intake *out,
                                 struct fault *why)
{
    AUTO(buf) struct buf bytes = {.ceiling = MESSAGE_CEILING};
    AUTO(buf) struct buf jws = {0};
    AUTO(message) struct message *final = NULL;
    TRY(signature_sign(desk->key, message, &bytes, &jws, why));
    TRY(buf_check(&bytes, why));
    TRY(message_parse(&final, bytes.bytes, bytes.size, why));
    return keep(desk, final, buf_text(&jws), letter, now, out, why);
}

static bool is_signed(const struct message *message,
                      const struct intake_letter *letter)
{
    return message_encoding(message) == MESSAGE_XML
               ? message_signature(message) != NULL
               : *letter->jws != '\0';
}

static void name_letter(const struct message *message, struct intake *out)
{
    snprintf(out->id, sizeof out->id, "%s", message_id(message));
    snprintf(out->case_id, sizeof out->case_id, "%s", message_case(message));
}

/*
 * The same source again (a copy, or a file put back by hand) is no second
 * letter. Only what carries its own id can be known again.
 */
static enum reason find_repeat(const struct desk *desk,
                               const struct message *message,
                               const struct intake_letter *letter,
                               struct intake *out, struct fault *why)
{
    if (!*message_id(message))
        return R_OK;
    struct digest digest =
        digest_of(DIGEST_SHA256, letter->bytes, letter->size);
    return outgoing_is_repeat(desk->mailbox, message_id(message), &digest,
                              &out->repeat, why);
}

/*
 * The letter was written anew before it was judged: a mistake is told with the
 * line that it has in the text that the person sees.
 */
static void tell_lines(const struct message *message, struct mistakes *mistakes)
{
    AUTO(mistakes) struct mistakes original = {0};
    bool lawful = message_check(message, &original, NULL) == R_OK;
    for (size_t i = 0; i < mistakes->count; i++) {
        mistakes->rows[i].line = 0;
        for (size_t j = 0; !lawful && j < original.count; j++)
            if (strcmp(original.rows[j].path, mistakes->rows[i].path) == 0)
                mistakes->rows[i].line = original.rows[j].line;
    }
}

static enum reason put_unsigned(const struct desk *desk,
                                const struct message *message,
                                const struct intake_letter *letter, instant now,
                                struct intake *out, struct fault *why)
{
    AUTO(message) struct message *whole = NULL;
    TRY(complete(desk, message, now, &whole, why));
    name_letter(whole, out);
    enum reason reason = message_check(whole, &out->mistakes, why);
    if (reason != R_OK)
        tell_lines(message, &out->mistakes);
    TRY(reason);
    return sign_and_keep(desk, whole, letter, now, out, why);
}

static enum reason put_signed(const struct desk *desk,
                              const struct message *message,
                              const struct intake_letter *letter, instant now,
                              struct intake *out, struct fault *why)
{
    const char *jws =
        message_encoding(message) == MESSAGE_JSON ? letter->jws : "";
    name_letter(message, out);
    TRY(message_check(message, &out->mistakes, why));
    if (!desk->registry)
        return fault(why, R_UNKNOWN_AGENCY, "%s", desk->agency);
    TRY(signature_verify(desk->registry, message, jws, now, why));
    return keep(desk, message, jws, letter, now, out, why);
}

enum reason intake_put(const struct desk *desk,
                       const struct intake_letter *letter, instant now,
                       struct intake *out, struct fault *why)
{
    AUTO(message) struct message *message = NULL;
    TRY(message_parse(&message, letter->bytes, letter->size, why));
    name_letter(message, out);
    const char *from = message_from(message);
    if (*from && strcmp(from, desk->agency) != 0)
        return fault(why, R_WRONG_CHANNEL, "from '%s', this is '%s'", from,
                     desk->agency);
    TRY(find_repeat(desk, message, letter, out, why));
    if (out->repeat)
        return R_OK;
    return is_signed(message, letter)
               ? put_signed(desk, message, letter, now, out, why)
               : put_unsigned(desk, message, letter, now, out, why);
}
