/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading published cases. What was not published stays empty: a date of a
 * month, or with a digit missing, is no day.
 */
#include "simulation/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/buf.h"
#include "base/io.h"
#include "base/mem.h"

enum { RECORDS_MAX = 10000, STEPS_MAX = 200, FILE_MAX = 16 * 1024 * 1024 };

static enum reason get_text(const struct json *object, const char *name,
                            const char **out, struct fault *why)
{
    const struct json *member = json_find(object, name);
    if (!member || member->kind != JSON_STRING)
        return fault(why, R_NOT_VALID, "line %d: \"%s\"", object->line, name);
    *out = member->text;
    return R_OK;
}

/* "day" or no word about it; "not-later-than" is no date. */
static bool is_exact(const struct json *object)
{
    const struct json *precision = json_find(object, "precision");
    return !precision || precision->kind != JSON_STRING || !*precision->text ||
           strcmp(precision->text, "day") == 0;
}

static enum reason read_step(const struct json *object, struct record_step *out,
                             struct fault *why)
{
    TRY(get_text(object, "date", &out->date, why));
    TRY(get_text(object, "step", &out->kind, why));
    TRY(get_text(object, "actor", &out->actor, why));
    TRY(get_text(object, "text", &out->text, why));
    out->dated = is_exact(object) && civil_day_parse(out->date, &out->day);
    return R_OK;
}

static enum reason get_array(const struct json *object, const char *name,
                             size_t most, const struct json **out,
                             struct fault *why)
{
    *out = object->kind == JSON_OBJECT ? json_find(object, name) : NULL;
    if (!*out || (*out)->kind != JSON_ARRAY)
        return fault(why, R_NOT_VALID, "line %d: \"%s\"", object->line, name);
    if ((*out)->count > most)
        return fault(why, R_TOO_LARGE, "line %d: \"%s\"", object->line, name);
    return R_OK;
}

static enum reason read_record(const struct json *object, struct record *out,
                               struct fault *why)
{
    const struct json *steps;
    TRY(get_array(object, "steps", STEPS_MAX, &steps, why));
    TRY(get_text(object, "id", &out->id, why));
    TRY(get_text(object, "title", &out->title, why));
    TRY(get_text(object, "region", &out->region, why));
    TRY(get_text(object, "transferor", &out->transferor, why));
    TRY(get_text(object, "police", &out->police, why));
    TRY(get_text(object, "crime", &out->charge, why));
    TRY(get_text(object, "source", &out->source, why));
    out->steps = mem_new(steps->count, sizeof *out->steps);
    for (const struct json *step = steps->first; step; step = step->next)
        TRY(read_step(step, &out->steps[out->step_count++], why));
    return R_OK;
}

static enum reason read_bytes(const char *path, struct buf *out,
                              struct fault *why)
{
    if (strcmp(path, "builtin") != 0)
        return io_read(path, out, why);
    const struct asset *asset = asset_get("simulation/cases.json");
    buf_put(out, asset->bytes, asset->size);
    return R_OK;
}

enum reason records_read(struct records *out, const char *path,
                         struct fault *why)
{
    AUTO(buf) struct buf bytes = {.ceiling = FILE_MAX};
    TRY(read_bytes(path, &bytes, why));
    TRY(json_parse(&out->text, bytes.bytes, bytes.size, why));
    const struct json *cases;
    TRY(get_array(json_root(out->text), "cases", RECORDS_MAX, &cases, why));
    out->records = mem_new(cases->count, sizeof *out->records);
    for (const struct json *one = cases->first; one; one = one->next)
        TRY(read_record(one, &out->records[out->count++], why));
    return R_OK;
}

void records_done(struct records *records)
{
    for (size_t i = 0; i < records->count; i++)
        free(records->records[i].steps);
    free(records->records);
    json_free(records->text);
    *records = (struct records){0};
}

enum step_column {
    STEP_KIND,
    STEP_CHARGE,
    STEP_TYPE,
    STEP_FROM,
    STEP_TO,
    STEP_COPIES,
    STEP_ANSWERS,
    STEP_SET,
    STEP_CHINESE,
    STEP_ENGLISH,
    STEP_COLUMNS
};

void step_letters_load(struct step_letters *out)
{
    const struct asset *asset = asset_get("simulation/steps.csv");
    char *cells[CSV_CELLS_MAX];
    csv_open(&out->rows, asset->bytes, asset->size);
    while (csv_next(&out->rows, cells) == STEP_COLUMNS) {
        out->cells = mem_resize(out->cells, out->count + 1, sizeof *out->cells);
        memcpy(out->cells[out->count++], cells, sizeof cells);
    }
}

void step_letters_done(struct step_letters *letters)
{
    free(letters->cells);
    csv_done(&letters->rows);
}

bool step_letters_find(const struct step_letters *letters,
                       const struct record *record,
                       const struct record_step *step, struct step_letter *out)
{
    for (size_t i = 0; i < letters->count; i++) {
        char *const *row = letters->cells[i];
        if (strcmp(row[STEP_KIND], step->kind) != 0 ||
            !strstr(record->charge, row[STEP_CHARGE]))
            continue;
        *out = (struct step_letter){
            .type = row[STEP_TYPE],
            .from = row[STEP_FROM],
            .to = row[STEP_TO],
            .copies = row[STEP_COPIES],
            .answers = row[STEP_ANSWERS],
            .set = row[STEP_SET],
            .chinese = row[STEP_CHINESE],
            .english = row[STEP_ENGLISH],
        };
        return true;
    }
    return false;
}
