/*
 * mapping_parts - what the mapping_*.c files share and nobody else sees.
 */
#ifndef YISONG_BROKER_ADAPTERS_MAPPING_PARTS_H
#define YISONG_BROKER_ADAPTERS_MAPPING_PARTS_H

#include "broker-adapters/mapping/mapping.h"
#include "schemas/catalogue.h"
#include "schemas/schema.h"

/* A code table: what people write, and what the letter says. */
struct code_row {
    char *written, *code;
};

struct code_table {
    struct code_row *rows;
    size_t count;
};

/* One <column> or <constant>; texts are borrowed from the file, or NULL. */
struct mapping_column {
    int line;
    const char *name, *also; /* NULL: a constant */
    const char *path, *value;
    enum field_kind kind; /* FIELD_KIND_COUNT: none */
    const char *unit, *after, *split, *keep;
    const char *when, *is;
    bool required;
    struct code_table table;
    char *place; /* "/message/body/card/unit/name": without numbers */
    const struct schema_type *type;
};

struct mapping {
    char *file; /* for faults */
    struct document *document;
    const char *id, *files, *group;
    const struct message_type *type;
    size_t rows; /* that one letter may hold */
    const char *send_to;
    struct mapping_column *columns;
    size_t count;
};

/*
 * Follows "entries[row].unit.name" through the schema: where it leads (without
 * numbers), and the type there. R_BAD_SETTINGS if it leads nowhere.
 */
enum reason mapping_place(const struct message_type *type, const char *path,
                          struct buf *place, const struct schema_type **leads,
                          struct fault *why) MUST_CHECK;

/* One step of a path; false if it is no path. */
struct mapping_step {
    char name[64];
    char index[16]; /* "row", "part", "2", or "" */
};
bool mapping_step_read(const char **path, struct mapping_step *step);

/* The cell of the first column of the sheet that has one of the names. */
size_t mapping_find_cell(const struct sheet *sheet,
                         const struct mapping_column *column);

/* One text of a list "a|b|c" at a time; false at the end. Free it. */
bool mapping_next_of(const char **list, char **one);

/*
 * mapping_value.c: what the letter says for a cell. R_OK, or a mistake was
 * added. `out` stays empty where there is nothing to say.
 */
struct mapping_cell {
    const struct mapping_column *column;
    const char *label; /* of the column in the sheet */
    int line;
};
bool mapping_value(const struct mapping_cell *cell, const char *text,
                   struct buf *out, struct mistakes *mistakes);

#endif
