/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Counting. One walk over the letters of the period serves all columns that
 * count letters; a body is parsed only where a column has a condition on it.
 */
#include "routing/supervision/statistics.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* --- rows ------------------------------------------------------------------
 */

static struct stat_row *find_row(struct stat_table *table, const char *key)
{
    size_t low = 0, high = table->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(table->rows[middle].key, key);
        if (order == 0)
            return &table->rows[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    table->rows =
        mem_resize(table->rows, table->count + 1, sizeof *table->rows);
    memmove(&table->rows[low + 1], &table->rows[low],
            (table->count - low) * sizeof *table->rows);
    table->count++;
    table->rows[low] = (struct stat_row){.key = mem_text(key)};
    return &table->rows[low];
}

/* "" where the registry does not know the agency's region. */
static const char *key_of(const struct statistics *statistics,
                          const char *agency)
{
    const struct registry *registry = statistics->request.registry;
    if (!statistics->request.by_region)
        return agency;
    const struct agency *known =
        registry ? registry_find(registry, agency) : NULL;
    return known ? known->region : "";
}

static void keep_case(struct statistics *statistics, const char *key,
                      const struct stat_item *item)
{
    statistics->cases =
        mem_resize(statistics->cases, statistics->case_count + 1,
                   sizeof *statistics->cases);
    statistics->cases[statistics->case_count++] =
        (struct stat_case){.key = mem_text(key),
                           .case_id = mem_text(item->case_id),
                           .letter_id = mem_text(item->letter_id),
                           .letter_type = mem_text(item->letter_type),
                           .about = mem_text(item->about ? item->about : ""),
                           .position = item->position,
                           .at = item->at};
}

void statistics_count(struct statistics *statistics, size_t table,
                      size_t column, const struct stat_item *item)
{
    struct stat_table *counting = &statistics->tables[table];
    const char *key = key_of(statistics, item->agency);
    find_row(counting, key)->cells[column]++;
    if (statistics->explained == counting->table &&
        statistics->explained_column == column &&
        (!statistics->explained_row ||
         strcmp(statistics->explained_row, key) == 0))
        keep_case(statistics, key, item);
}

/* --- letters ---------------------------------------------------------------
 */

/* A letter that is looked at, parsed when the first condition asks for it. */
struct looking {
    struct statistics *statistics;
    struct ledger *ledger;
    const struct letter_line *line;
    struct message *message;
    bool parsed;
};

static enum reason parse(struct looking *looking, struct fault *why)
{
    AUTO(letter_row) struct letter_row row = {0};
    if (looking->parsed)
        return R_OK;
    looking->parsed = true;
    TRY(letters_get(looking->ledger, looking->line->position, &row, why));
    if (message_parse(&looking->message, row.letter.bytes, row.letter.size,
                      NULL) != R_OK)
        looking->message = NULL; /* accepted once, under another schema */
    return R_OK;
}

static enum reason try_column(struct looking *looking, size_t table,
                              size_t column, struct fault *why)
{
    const struct letter_line *line = looking->line;
    const struct table *counting = looking->statistics->tables[table].table;
    const struct column *rule = &counting->columns[column];
    if (rule->count != COUNT_LETTERS ||
        !rules_wants(&rule->types, line->type) ||
        !rules_wants(&rule->procedures, line->procedure) ||
        (rule->late && !line->late))
        return R_OK;
    if (rule->when) {
        TRY(parse(looking, why));
        if (!looking->message ||
            !condition_holds(rule->when, message_document(looking->message)))
            return R_OK;
    }
    statistics_count(looking->statistics, table, column,
                     &(struct stat_item){.agency = counting->of_actor
                                                       ? line->sender
                                                       : line->opener,
                                         .case_id = line->case_id,
                                         .letter_id = line->id,
                                         .letter_type = line->type,
                                         .position = line->position,
                                         .at = line->received_at});
    return R_OK;
}

static enum reason try_columns(struct looking *looking, struct fault *why)
{
    const struct statistics *statistics = looking->statistics;
    for (size_t i = 0; i < statistics->table_count; i++)
        for (size_t k = 0; k < statistics->tables[i].table->column_count; k++)
            TRY(try_column(looking, i, k, why));
    return R_OK;
}

/* What survey_letters gives back to see_letter. */
struct walk {
    struct statistics *statistics;
    struct ledger *ledger;
    struct gathering *gathering;
};

static void tell(const struct statistics *statistics, int64_t position)
{
    enum { LETTERS_PER_WORD = 1000 };
    if (statistics->request.progress && position % LETTERS_PER_WORD == 0)
        statistics->request.progress(position, statistics->head.size);
}

static enum reason see_letter(void *context, const struct letter_line *line,
                              struct fault *why)
{
    const struct walk *walk = context;
    struct looking looking = {
        .statistics = walk->statistics, .ledger = walk->ledger, .line = line};
    enum reason reason = R_OK;
    if (line->received_at >= walk->statistics->request.season.from)
        reason = try_columns(&looking, why);
    message_free(looking.message);
    TRY(reason);
    tell(walk->statistics, line->position);
    return gathering_see(walk->gathering, line, why);
}

/* Those before the period are only gathered. */
static enum reason walk_letters(struct statistics *statistics,
                                struct ledger *ledger,
                                struct gathering *gathering, struct fault *why)
{
    struct walk walk = {statistics, ledger, gathering};
    const struct span span = {0, statistics->request.season.until,
                              statistics->head.size};
    return survey_letters(ledger, &span, see_letter, &walk, why);
}

/* --- what is asked for -----------------------------------------------------
 */

static const struct table *find_table(const struct rules *rules, const char *id,
                                      size_t length)
{
    for (size_t i = 0; i < rules->table_count; i++)
        if (strlen(rules->tables[i].id) == length &&
            strncmp(rules->tables[i].id, id, length) == 0)
            return &rules->tables[i];
    return NULL;
}

static enum reason find_explained(struct statistics *statistics,
                                  struct fault *why)
{
    const char *text = statistics->request.explain;
    if (!text)
        return R_OK;
    size_t length = strcspn(text, ".");
    const struct table *table = find_table(statistics->rules, text, length);
    const char *column = text[length] ? text + length + 1 : "";
    size_t column_length = strcspn(column, ".");
    for (size_t i = 0; table && i < table->column_count; i++)
        if (strlen(table->columns[i].id) == column_length &&
            strncmp(table->columns[i].id, column, column_length) == 0) {
            statistics->explained = table;
            statistics->explained_column = i;
        }
    if (!statistics->explained)
        return fault(why, R_USAGE, "--explain %s (TABLE.COLUMN[.ROW])", text);
    statistics->explained_row =
        column[column_length] ? column + column_length + 1 : NULL;
    return R_OK;
}

static enum reason choose_tables(struct statistics *statistics,
                                 struct fault *why)
{
    const struct rules *rules = statistics->rules;
    const char *only = statistics->request.table;
    statistics->tables =
        mem_new(rules->table_count + 1, sizeof *statistics->tables);
    for (size_t i = 0; i < rules->table_count; i++)
        if (!only || strcmp(rules->tables[i].id, only) == 0)
            statistics->tables[statistics->table_count++].table =
                &rules->tables[i];
    if (statistics->table_count == 0)
        return fault(why, R_USAGE, "--table %s", only);
    return find_explained(statistics, why);
}

enum reason statistics_read(struct statistics **out, struct ledger *ledger,
                            const struct rules *rules,
                            const struct stat_request *request,
                            struct fault *why)
{
    AUTO(statistics) struct statistics *statistics =
        mem_new(1, sizeof *statistics);
    statistics->rules = rules;
    statistics->request = *request;
    TRY(choose_tables(statistics, why));
    TRY(log_head(ledger, &statistics->head, why));
    AUTO(gathering)
    struct gathering *gathering = gathering_new(statistics, ledger);
    TRY(walk_letters(statistics, ledger, gathering, why));
    TRY(statistics_count_expired(statistics, ledger, why));
    TRY(gathering_count(gathering, why));
    *out = TAKE(statistics);
    return R_OK;
}

void statistics_free(struct statistics *statistics)
{
    if (!statistics)
        return;
    for (size_t i = 0; i < statistics->table_count; i++) {
        for (size_t k = 0; k < statistics->tables[i].count; k++)
            free(statistics->tables[i].rows[k].key);
        free(statistics->tables[i].rows);
    }
    for (size_t i = 0; i < statistics->case_count; i++) {
        free(statistics->cases[i].key);
        free(statistics->cases[i].case_id);
        free(statistics->cases[i].letter_id);
        free(statistics->cases[i].letter_type);
        free(statistics->cases[i].about);
    }
    free(statistics->tables);
    free(statistics->cases);
    free(statistics);
}
