/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * ?mapping=NAME: an object of the agency's own system becomes a letter, and a
 * letter that came becomes such an object. The mappings are those of the
 * settings and those that the program carries (broker-adapters/mapping/).
 */
#include "broker-adapters/http/connector_state.h"

#include <string.h>

#include "base/io.h"
#include "broker-adapters/http/letters_view.h"
#include "broker-adapters/mapping/mappings.h"

static enum reason find_mapping(const struct http_connector *connector,
                                const struct http_request *request,
                                const struct mapping **out, struct fault *why)
{
    const char *name = http_request_parameter(request, "mapping");
    *out = mappings_get(connector->mappings, name);
    return *out ? R_OK : fault(why, R_BAD_REQUEST, "mapping: %s", name);
}

enum reason http_mapped_read(const struct http_connector *connector,
                             const struct http_request *request,
                             struct buf *letter, struct mistakes *mistakes,
                             struct fault *why)
{
    const struct buf *body = http_request_body(request);
    const struct mapping *mapping;
    const size_t row = 0;
    AUTO(sheet) struct sheet sheet = {0};
    TRY(find_mapping(connector, request, &mapping, why));
    TRY(sheet_read(&sheet, buf_text(body), body->size, why));
    if (sheet.row_count != 1)
        return fault(why, R_NOT_VALID, "%zu rows: one letter, one object",
                     sheet.row_count);
    TRY(mapping_check_heading(mapping, &sheet, mistakes, why));
    TRY(mapping_check_row(mapping, &sheet, row, mistakes, why));
    return mapping_write(mapping, &sheet, &row, 1, letter, why);
}

/* Rows of a CSV text as JSON objects; cells as they were meant. */
static void put_objects(const struct buf *text, struct buf *out)
{
    AUTO(csv) struct csv rows = {0};
    char *names[CSV_CELLS_MAX], *cells[CSV_CELLS_MAX];
    csv_open(&rows, buf_text(text), text->size);
    rows.no_comments = true;
    size_t name_count = csv_next(&rows, names);
    buf_put_char(out, '[');
    for (size_t count, row = 0; (count = csv_next(&rows, cells)) > 0; row++) {
        size_t put = 0;
        buf_put_text(out, row ? ",\n{" : "{");
        for (size_t i = 0; i < count && i < name_count; i++) {
            AUTO(text) char *cell = sheet_clean(cells[i]);
            if (!*cell)
                continue;
            buf_put_text(out, put++ ? ",\"" : "\"");
            buf_put_json(out, names[i]);
            buf_put_text(out, "\":\"");
            buf_put_json(out, cell);
            buf_put_char(out, '"');
        }
        buf_put_char(out, '}');
    }
    buf_put_text(out, "]\n");
}

enum reason http_mapped_put(const struct http_connector *connector,
                            const struct http_request *request,
                            const struct inbox_letter *letter, struct buf *out,
                            struct fault *why)
{
    const struct mapping *mapping;
    AUTO(message) struct message *message = NULL;
    AUTO(buf) struct buf text = {0};
    TRY(find_mapping(connector, request, &mapping, why));
    TRY(message_parse(&message, letter->bytes, letter->size, why));
    if (strcmp(message_type(message), mapping_type(mapping)) != 0)
        return fault(why, R_WRONG_FORM, "%s: %s, %s", mapping_id(mapping),
                     mapping_type(mapping), message_type(message));
    mapping_put_heading(mapping, &text);
    mapping_put_rows(mapping, message, &text);
    put_objects(&text, out);
    return buf_check(out, why);
}
