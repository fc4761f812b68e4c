/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The one form of AuthEnvelopedData that is read: no attributes, no originator
 * info, the content in one piece or in a row of pieces. What stands around the
 * content is short and is read at both ends, so that a file of any size is
 * opened with flat memory and in one pass; OpenSSL would read all of it.
 *
 *     SEQUENCE { id-ct-authEnvelopedData, [0] { SEQUENCE {
 *         0, SET receivers,
 *         SEQUENCE { id-data, algorithm, [0] content },
 *         OCTET STRING tag } } }
 *
 * Elements that hold others are ended by their size or by an end mark (two
 * zero bytes); how many end marks the tail must have follows from the head.
 */
#include "certs/envelope_frame.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

enum {
    TAG_INTEGER = 0x02,
    TAG_OCTETS = 0x04,
    TAG_SEQUENCE = 0x30,
    TAG_SET = 0x31,
    TAG_PART = 0xA0,  /* [0], holds others */
    TAG_PIECE = 0x80, /* [0], one piece */
    LONGEST_SIZE = 6  /* bytes of a size */
};

static const unsigned char sealed_type[] = {0x06, 0x0B, 0x2A, 0x86, 0x48,
                                            0x86, 0xF7, 0x0D, 0x01, 0x09,
                                            0x10, 0x01, 0x17};
static const unsigned char data_type[] = {0x06, 0x09, 0x2A, 0x86, 0x48, 0x86,
                                          0xF7, 0x0D, 0x01, 0x07, 0x01};
static const unsigned char version[] = {TAG_INTEGER, 1, 0};

size_t ber_head(const unsigned char *bytes, size_t room, unsigned char *tag,
                int64_t *size)
{
    if (room < 2 || (bytes[0] & 0x1F) == 0x1F)
        return 0;
    *tag = bytes[0];
    size_t more = bytes[1] & 0x7F;
    if (!(bytes[1] & 0x80)) {
        *size = bytes[1];
        return 2;
    }
    *size = more ? 0 : -1;
    if (more > LONGEST_SIZE || room < 2 + more)
        return 0;
    for (size_t i = 0; i < more; i++)
        *size = *size << 8 | bytes[2 + i];
    return 2 + more;
}

/* Reading the head of the file. */
struct walk {
    const unsigned char *bytes;
    size_t size, at;
    int marks_before, marks_behind; /* end marks before and behind the tag */
};

static bool take_bytes(struct walk *walk, const unsigned char *expected,
                       size_t size)
{
    if (walk->size - walk->at < size ||
        memcmp(walk->bytes + walk->at, expected, size) != 0)
        return false;
    walk->at += size;
    return true;
}

/* Steps into an element that holds others; counts the end mark it needs. */
static bool enter(struct walk *walk, unsigned char expected, int *marks)
{
    unsigned char tag;
    int64_t size;
    size_t head =
        ber_head(walk->bytes + walk->at, walk->size - walk->at, &tag, &size);
    if (head == 0 || tag != expected)
        return false;
    walk->at += head;
    *marks += size < 0;
    return true;
}

static bool take_whole(struct walk *walk, unsigned char expected,
                       struct buf *out)
{
    unsigned char tag;
    int64_t size;
    size_t left = walk->size - walk->at;
    size_t head = ber_head(walk->bytes + walk->at, left, &tag, &size);
    if (head == 0 || tag != expected || size < 0 ||
        (uint64_t)size > left - head)
        return false;
    buf_put(out, walk->bytes + walk->at, head + (size_t)size);
    walk->at += head + (size_t)size;
    return true;
}

/* The head of the content; `end` is -1 where only the tail can tell. */
static bool enter_content(struct walk *walk, struct envelope_frame *frame)
{
    unsigned char tag = 0;
    int64_t size = 0;
    size_t head =
        ber_head(walk->bytes + walk->at, walk->size - walk->at, &tag, &size);
    frame->is_chunked = tag == TAG_PART;
    if (head == 0 || (tag != TAG_PIECE && tag != TAG_PART) ||
        frame->is_chunked != (size < 0))
        return false;
    walk->at += head;
    walk->marks_before += frame->is_chunked;
    frame->content = (int64_t)walk->at;
    frame->end = size < 0 ? -1 : frame->content + size;
    return true;
}

static bool read_head(struct walk *walk, struct envelope_frame *frame)
{
    return enter(walk, TAG_SEQUENCE, &walk->marks_behind) &&
           take_bytes(walk, sealed_type, sizeof sealed_type) &&
           enter(walk, TAG_PART, &walk->marks_behind) &&
           enter(walk, TAG_SEQUENCE, &walk->marks_behind) &&
           take_bytes(walk, version, sizeof version) &&
           take_whole(walk, TAG_SET, &frame->receivers) &&
           enter(walk, TAG_SEQUENCE, &walk->marks_before) &&
           take_bytes(walk, data_type, sizeof data_type) &&
           take_whole(walk, TAG_SEQUENCE, &frame->algorithm) &&
           enter_content(walk, frame);
}

/* End marks, the tag, end marks, and then the file ends. */
static bool read_tail(const struct walk *walk, const unsigned char *tail,
                      struct envelope_frame *frame)
{
    static const unsigned char head[] = {TAG_OCTETS, ENVELOPE_TAG_SIZE};
    static const unsigned char marks[8];
    size_t before = 2 * (size_t)walk->marks_before;
    size_t behind = 2 * (size_t)walk->marks_behind;
    if (memcmp(tail, marks, before) != 0 ||
        memcmp(tail + before, head, sizeof head) != 0)
        return false;
    memcpy(frame->tag, tail + before + sizeof head, sizeof frame->tag);
    return memcmp(tail + before + sizeof head + sizeof frame->tag, marks,
                  behind) == 0;
}

static enum reason read_at(int descriptor, void *into, size_t size, int64_t at,
                           size_t *got, struct fault *why)
{
    for (*got = 0; *got < size;) {
        ssize_t count = pread(descriptor, (char *)into + *got, size - *got,
                              (off_t)(at + (int64_t)*got));
        if (count < 0)
            return fault_errno(why, R_DISK_FAILED, "reading an envelope");
        if (count == 0)
            break;
        *got += (size_t)count;
    }
    return R_OK;
}

enum reason envelope_frame_read(struct envelope_frame *out, int descriptor,
                                struct fault *why)
{
    struct stat status;
    if (fstat(descriptor, &status) != 0)
        return fault_errno(why, R_DISK_FAILED, "reading an envelope");
    AUTO(buf) struct buf head = {0};
    char *bytes = mem_new(1, ENVELOPE_HEAD_MAX);
    head.bytes = bytes;
    TRY(read_at(descriptor, bytes, ENVELOPE_HEAD_MAX, 0, &head.size, why));
    struct walk walk = {.bytes = (unsigned char *)bytes, .size = head.size};
    unsigned char tail[64] = {0};
    if (!read_head(&walk, out))
        return fault(why, R_NOT_WELL_FORMED, "not a sealed envelope");
    size_t length = 2 * (size_t)(walk.marks_before + walk.marks_behind) + 2 +
                    ENVELOPE_TAG_SIZE;
    size_t got = 0;
    int64_t end = status.st_size - (int64_t)length;
    if (end >= out->content)
        TRY(read_at(descriptor, tail, length, end, &got, why));
    if (got < length || (out->end >= 0 && out->end != end) ||
        !read_tail(&walk, tail, out))
        return fault(why, R_SEAL_BROKEN, "its end is missing");
    out->end = end;
    return R_OK;
}

void envelope_frame_done(struct envelope_frame *frame)
{
    buf_done(&frame->receivers);
    buf_done(&frame->algorithm);
}

/* --- in DER, without the content -------------------------------------------
 */

/* DER wants the shortest form of a size. */
static void put_element(struct buf *out, unsigned char tag,
                        const struct buf *inside)
{
    enum { ONE_BYTE = 0x80 };
    unsigned char sizes[sizeof inside->size];
    size_t first = sizeof sizes;
    for (size_t left = inside->size; left > 0; left >>= 8)
        sizes[--first] = (unsigned char)left;
    buf_put_char(out, (char)tag);
    if (inside->size >= ONE_BYTE)
        buf_put_char(out, (char)(ONE_BYTE | (sizeof sizes - first)));
    else if (inside->size == 0)
        buf_put_char(out, 0);
    buf_put(out, sizes + first, sizeof sizes - first);
    buf_put(out, buf_text(inside), inside->size);
}

void envelope_frame_put(const struct envelope_frame *frame, struct buf *out)
{
    static const unsigned char tag_head[] = {TAG_OCTETS, ENVELOPE_TAG_SIZE};
    AUTO(buf) struct buf content = {0}, data = {0}, part = {0}, all = {0};
    buf_put(&content, data_type, sizeof data_type);
    buf_put(&content, frame->algorithm.bytes, frame->algorithm.size);
    buf_put(&data, version, sizeof version);
    buf_put(&data, frame->receivers.bytes, frame->receivers.size);
    put_element(&data, TAG_SEQUENCE, &content);
    buf_put(&data, tag_head, sizeof tag_head);
    buf_put(&data, frame->tag, sizeof frame->tag);
    put_element(&part, TAG_SEQUENCE, &data);
    buf_put(&all, sealed_type, sizeof sealed_type);
    put_element(&all, TAG_PART, &part);
    put_element(out, TAG_SEQUENCE, &all);
}
