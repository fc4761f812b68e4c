/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A file, or one part of it, as an answer: read a piece at a time, when the
 * piece before has gone out. Each piece that goes gives the connection its
 * time anew, so a large file may take its time and a deaf reader may not.
 */
#include "base/http_state.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

struct part {
    struct http *http;
    struct MHD_Connection *connection;
    int descriptor;
    int64_t first, count;
};

static ssize_t read_part(void *state, uint64_t place, char *out, size_t most)
{
    const struct part *part = state;
    http_peer_touch(part->http, part->connection);
    ssize_t got = pread(part->descriptor, out, most,
                        (off_t)(part->first + (int64_t)place));
    return got > 0 ? got : MHD_CONTENT_READER_END_WITH_ERROR;
}

static void close_part(void *state)
{
    struct part *part = state;
    close(part->descriptor);
    free(part);
}

/* Digits and no more; what is beyond any file is just that. */
static bool read_place(const char **text, int64_t *out)
{
    const char *begin = *text;
    for (*out = 0; **text >= '0' && **text <= '9'; (*text)++)
        *out = *out > INT64_MAX / 10 - 1 ? *out : *out * 10 + (**text - '0');
    return *text > begin;
}

enum range { RANGE_NONE, RANGE_ONE, RANGE_BEYOND };

/* "bytes=A-B", "bytes=A-", "bytes=-N". Everything else asks for the whole, as
 * the RFC lets a server read it. */
static enum range read_range(const char *text, int64_t size, int64_t *first,
                             int64_t *last)
{
    if (!text || strncmp(text, "bytes=", 6) != 0)
        return RANGE_NONE;
    text += 6;
    bool has_first = read_place(&text, first);
    if (*text++ != '-')
        return RANGE_NONE;
    bool has_last = read_place(&text, last);
    if (*text || (!has_first && !has_last) ||
        (has_first && has_last && *last < *first))
        return RANGE_NONE;
    if (!has_first) {
        if (*last == 0)
            return RANGE_BEYOND;
        *first = *last < size ? size - *last : 0;
    }
    if (!has_first || !has_last || *last >= size)
        *last = size - 1;
    return *first < size ? RANGE_ONE : RANGE_BEYOND;
}

static enum range find_range(const struct http_request *request,
                             const struct http_file *file, int64_t *first,
                             int64_t *last)
{
    const char *unless = http_request_header(request, "If-Range");
    if (unless && strcmp(unless, file->tag) != 0)
        return RANGE_NONE;
    return read_range(http_request_header(request, "Range"), file->size, first,
                      last);
}

static void put_range_header(struct http_request *request, enum range range,
                             const struct part *part, int64_t size)
{
    AUTO(buf) struct buf text = {0};
    if (range == RANGE_BEYOND)
        buf_print(&text, "bytes */%lld", (long long)size);
    else
        buf_print(&text, "bytes %lld-%lld/%lld", (long long)part->first,
                  (long long)(part->first + part->count - 1), (long long)size);
    http_answer_header(request, "Content-Range", buf_text(&text));
}

void http_answer_file(struct http_request *request,
                      const struct http_file *file)
{
    struct part *part = mem_new(1, sizeof *part);
    int64_t first = 0, last = 0;
    enum range range = find_range(request, file, &first, &last);
    *part = (struct part){.http = request->http,
                          .connection = request->connection,
                          .descriptor = file->descriptor,
                          .count = file->size};
    if (range == RANGE_ONE) {
        part->first = first;
        part->count = last - first + 1;
    }
    if (range != RANGE_NONE)
        put_range_header(request, range, part, file->size);
    if (range == RANGE_BEYOND) {
        close_part(part);
        http_answer_problem(request, MHD_HTTP_RANGE_NOT_SATISFIABLE,
                            R_BAD_REQUEST, "Range");
        return;
    }
    http_answer_header(request, "Accept-Ranges", "bytes");
    http_answer_header(request, "ETag", file->tag);
    struct MHD_Response *response = MHD_create_response_from_callback(
        (uint64_t)part->count, HTTP_PIECE, read_part, part, close_part);
    (void)MHD_add_response_header(response, "Content-Type", file->media_type);
    http_request_finish(
        request, range == RANGE_ONE ? MHD_HTTP_PARTIAL_CONTENT : MHD_HTTP_OK,
        response);
}
