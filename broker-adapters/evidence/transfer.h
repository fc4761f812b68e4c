/*
 * transfer - one file on its way to those whom its letter names: which one it
 * is, and the words by which an agency's adapter and the store at the centre
 * speak of it over AMQP.
 *
 *     SENDER/LETTER/SHA256      ecology-zaoyang/0193...-...-.../3f7a...
 *
 * The file that its sender attached is known by its SHA-256, which stands in
 * the signed manifest. What travels is that file sealed (certs/envelope.h):
 * offsets and sizes below are of the sealed bytes.
 *
 *     agency -> centre (exchange evidence.out.AGENCY)
 *       offer  size, digest   I have it whole: from where on?
 *       chunk  offset, digest, bytes
 *       ask    offset         give it to me from here on
 *       got    offset         I have it up to here: go on
 *       have   fingerprint, signature   it was opened here and is what the
 *                             manifest says
 *     centre -> agency (exchange evidence.in, routing key AGENCY)
 *       go     offset         send from here on, TRANSFER_WINDOW ahead
 *       got    offset         it came up to here: go on
 *       whole  size, digest   it lies here whole
 *       wait   offset         not now: the letter, the rest or room is missing
 *       refused code          never
 *       chunk  offset, digest, bytes
 *       noted                 what you have is on record
 *
 * A word is an AMQP message: `type` is "evidence-" and the word,
 * correlation-id the transfer, header "sequence" the number, message-id the
 * digest, the fingerprint or the code. Nothing depends on a word being there:
 * whoever hears nothing for a while says it again, and every answer tells the
 * offset.
 */
#ifndef YISONG_BROKER_ADAPTERS_TRANSFER_H
#define YISONG_BROKER_ADAPTERS_TRANSFER_H

#include "base/buf.h"
#include "base/digest.h"
#include "broker-adapters/amqp.h"

enum {
    TRANSFER_AGENCY_MAX = 64,
    TRANSFER_TEXT_MAX =
        TRANSFER_AGENCY_MAX + UUID_TEXT_MAX + DIGEST_TEXT_MAX + 1,
    TRANSFER_CHUNK = 256 * 1024,
    TRANSFER_WINDOW = 4 * 1024 * 1024,
    /* After so long without an answer a word is said again, after twice as
     * long the next time: on a slow line one chunk takes its while. */
    TRANSFER_SILENCE_MS = 5 * 1000,
    TRANSFER_SILENCE_MOST_MS = 5 * 60 * 1000
};

struct transfer {
    char sender[TRANSFER_AGENCY_MAX];
    char letter[UUID_TEXT_MAX];
    char sha256[DIGEST_TEXT_MAX];
};

/* False for texts that are none; what is read can stand in a path. */
bool transfer_parse(const char *text, struct transfer *out);
char *transfer_format(const struct transfer *transfer,
                      char text[TRANSFER_TEXT_MAX]);
bool transfer_is_equal(const struct transfer *a, const struct transfer *b);

enum word_kind {
    WORD_OFFER,
    WORD_CHUNK,
    WORD_ASK,
    WORD_GOT,
    WORD_HAVE,
    WORD_GO,
    WORD_WHOLE,
    WORD_WAIT,
    WORD_REFUSED,
    WORD_NOTED,
    WORD_KINDS
};

struct word {
    enum word_kind kind;
    struct transfer transfer;
    int64_t number;       /* offset or size */
    struct digest digest; /* of the chunk or of the whole */
    const char *code;     /* of a refusal, fingerprint; never NULL */
    const void *bytes;    /* WORD_CHUNK, WORD_HAVE */
    size_t size;
};

/* False for a message that is no word. Borrows from the message. */
bool word_parse(const struct amqp_letter *letter, struct word *out);

/*
 * What an agency signs that has opened a file (the signature of WORD_HAVE):
 * one line of text.
 */
void transfer_statement(const struct transfer *transfer, const char *agency,
                        struct buf *out);

/* Publishes it; *tag as amqp_publish. */
enum reason word_send(struct amqp *amqp, const struct word *word,
                      const char *exchange, const char *routing_key,
                      const char *user_id, uint64_t *tag,
                      struct fault *why) MUST_CHECK;

#endif
