/*
 * envelope_frame - where the parts of a sealed file lie (RFC 5083, BER), found
 * from its head and its tail without reading what is between. For the files
 * of this folder.
 */
#ifndef YISONG_CERTS_ENVELOPE_FRAME_H
#define YISONG_CERTS_ENVELOPE_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum { ENVELOPE_HEAD_MAX = 64 * 1024, ENVELOPE_TAG_SIZE = 16 };

struct envelope_frame {
    struct buf receivers; /* RecipientInfos, DER */
    struct buf algorithm; /* of the content, DER */
    int64_t content, end; /* what is sealed: from, up to */
    bool is_chunked;      /* as a row of OCTET STRINGs */
    unsigned char tag[ENVELOPE_TAG_SIZE];
};

/* R_NOT_WELL_FORMED, R_DISK_FAILED. Free with envelope_frame_done. */
enum reason envelope_frame_read(struct envelope_frame *out, int descriptor,
                                struct fault *why) MUST_CHECK;
void envelope_frame_done(struct envelope_frame *frame);
AUTO_VALUE(envelope_frame, envelope_frame_done)

/* The same envelope without its content, in DER: what CMS calls detached. */
void envelope_frame_put(const struct envelope_frame *frame, struct buf *out);

/*
 * Reads the head of one element: its tag and its size (-1: up to an end mark)
 * from `bytes`; returns how long the head is, 0 if it is none.
 */
size_t ber_head(const unsigned char *bytes, size_t room, unsigned char *tag,
                int64_t *size);

#endif
