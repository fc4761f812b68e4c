/*
 * message - one official letter, in either encoding.
 *
 * A message keeps the exact bytes that were signed and one tree that was made
 * from them; everything is read from that tree, and the bytes are never
 * written again. XML and JSON give the same tree (message.xsd is the only
 * source), so whoever reads a message does not see which one it was.
 *
 *     /message/header/{schemaVersion,id,type,caseId,parentCase?,from,to+,copyTo*,
 *                      sequence,sentAt,decidedAt?,inReplyTo?{id,digest},
 *                      documentNumber?,urgency,certificate?}
 *     /message/body/<one body form>
 *     /message/attachments?/attachment+{name,mediaType,size,sha256,sm3}
 *     /message/ds:Signature?            (XML only; JSON carries a JWS beside)
 *
 * Terms: id, type, from, to, inReplyTo as in AS4 and enterprise integration;
 * documentNumber is the 文号.
 */
#ifndef YISONG_SCHEMAS_MESSAGE_H
#define YISONG_SCHEMAS_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/instant.h"
#include "schemas/document.h"
#include "schemas/mistake.h"

#define MESSAGE_NAMESPACE "urn:yisong:message:1"
#define MESSAGE_VERSION   "1"

enum message_encoding { MESSAGE_XML, MESSAGE_JSON };

enum {
    MESSAGE_CEILING = 1024 * 1024, /* bytes of one message */
    MESSAGE_ADDRESSEES_MAX = 64
};

struct message;

/*
 * Step 1, "is it well formed": parses the bytes (copied) into the tree and
 * reads the header. XML or JSON is known from the first character that is not
 * white space. What is checked here is only what the later steps need to find
 * sender and signature; message_check does the rest. Thread-safe.
 * R_TOO_LARGE, R_NOT_WELL_FORMED, R_FORBIDDEN_CONSTRUCT, R_NOT_VALID (no
 * header, or JSON that does not fit the schema's tree).
 */
enum reason message_parse(struct message **out, const void *bytes, size_t size,
                          struct fault *why) MUST_CHECK;
void message_free(struct message *message);
AUTO_POINTER(message, message_free)

/*
 * Step 3, "is it a lawful form": the XSD, then what an XSD cannot say (credit
 * codes, document numbers, dates, regions, body form of the type, ...). Finds
 * all mistakes. R_OK or the reason of the first. Thread-safe.
 */
enum reason message_check(const struct message *message,
                          struct mistakes *mistakes,
                          struct fault *why) MUST_CHECK;

enum message_encoding message_encoding(const struct message *message);
const char *message_media_type(const struct message *message);

/* The bytes as they came (JSON: what the JWS signs), and their SHA-256. */
const void *message_bytes(const struct message *message, size_t *size);
const struct digest *message_digest(const struct message *message);
const struct document *message_document(const struct message *message);

/* Header; texts are borrowed, never NULL, "" where the element is missing. */
const char *message_id(const struct message *message);
const char *message_type(const struct message *message);
const char *message_case(const struct message *message);
const char *message_parent(const struct message *message); /* parentCase */
const char *message_from(const struct message *message);
size_t message_to_count(const struct message *message);
const char *message_to(const struct message *message, size_t place);
size_t message_copy_count(const struct message *message);
const char *message_copy(const struct message *message, size_t place);
const char *message_answers(const struct message *message); /* inReplyTo/id */
const char *message_answers_digest(const struct message *message);
const char *message_number(const struct message *message); /* documentNumber */
const char *message_certificate(const struct message *message); /* SHA-256 */
int64_t message_sequence(const struct message *message); /* 0 if missing */
instant message_sent_at(const struct message *message);  /* 0 if not a time */
bool message_has_decided_at(const struct message *message, instant *at);

/* Body form element ("caseTransfer"), or NULL. */
const struct element *message_body(const struct message *message);

/* The ds:Signature element, last child of the root, or NULL. */
const struct element *message_signature(const struct message *message);

/*
 * The same message in an encoding, without signature: XML, or JSON by the
 * schema. Lossless: converting back gives the same tree.
 */
enum reason message_write(const struct message *message,
                          enum message_encoding encoding, struct buf *out,
                          struct fault *why) MUST_CHECK;

/*
 * What an adapter fills in before signing. Members that are NULL or 0 are left
 * as they are; a header element that is there already is replaced.
 */
struct message_header {
    const char *id, *case_id, *from, *certificate;
    const char *answers, *answers_digest;
    int64_t sequence;
    instant sent_at;
};

/*
 * Writes the message anew with these header values, in the encoding it has
 * and without a signature. R_SIGNATURE_PROFILE if it is signed already: what
 * is signed is never changed.
 */
enum reason message_complete(const struct message *message,
                             const struct message_header *header,
                             struct buf *out, struct fault *why) MUST_CHECK;

/* The published JSON Schema (2020-12), generated from the XSD. */
enum reason message_json_schema(struct buf *out, struct fault *why) MUST_CHECK;

#endif
