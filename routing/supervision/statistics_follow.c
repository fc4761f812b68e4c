/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The columns that need more than one letter: duties that ran out (from the
 * centre's reminders), cards in force (opened and not ended), and addressees
 * of joint-punishment notices (with what they answered).
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "routing/supervision/feedback.h"
#include "routing/supervision/statistics.h"

#define REMINDER "overdue-reminder"

/* One thing among which repeats are dropped, or the last one counts. */
struct sight {
    char *key; /* things with one key are one */
    size_t table, column;
    char *case_id, *letter_id, *letter_type, *agency, *opener, *about;
    char *procedure;
    int64_t position;
    instant at;
    bool open;
};

struct sights {
    struct statistics *statistics;
    struct ledger *ledger;
    struct sight *items;
    size_t count;
};

static void sights_done(struct sights *sights)
{
    for (size_t i = 0; i < sights->count; i++) {
        const struct sight *sight = &sights->items[i];
        char *const texts[] = {
            sight->key,    sight->case_id, sight->letter_id, sight->letter_type,
            sight->agency, sight->opener,  sight->about,     sight->procedure};
        for (size_t k = 0; k < COUNT_OF(texts); k++)
            free(texts[k]);
    }
    free(sights->items);
}
AUTO_VALUE(sights, sights_done)

/* Takes `key`; other texts are copied from the line. */
static struct sight *add_sight(struct sights *sights, char *key,
                               const struct letter_line *line)
{
    sights->items =
        mem_resize(sights->items, sights->count + 1, sizeof *sights->items);
    struct sight *sight = &sights->items[sights->count++];
    *sight = (struct sight){.key = key,
                            .case_id = mem_text(line->case_id),
                            .letter_id = mem_text(line->id),
                            .letter_type = mem_text(line->type),
                            .procedure = mem_text(line->procedure),
                            .opener = mem_text(line->opener),
                            .position = line->position,
                            .at = line->received_at};
    return sight;
}

static int by_key(const void *a, const void *b)
{
    const struct sight *first = a, *second = b;
    int keys = strcmp(first->key, second->key);
    if (keys)
        return keys;
    return (first->position > second->position) -
           (first->position < second->position);
}

static void sort(struct sights *sights)
{
    if (sights->count > 0)
        qsort(sights->items, sights->count, sizeof *sights->items, by_key);
}

static bool is_last_of_key(const struct sights *sights, size_t place)
{
    return place + 1 == sights->count ||
           strcmp(sights->items[place].key, sights->items[place + 1].key) != 0;
}

static void count_sight(struct statistics *statistics, size_t table,
                        size_t column, const struct sight *sight)
{
    bool of_actor = statistics->tables[table].table->of_actor;
    statistics_count(
        statistics, table, column,
        &(struct stat_item){.agency = of_actor ? sight->agency : sight->opener,
                            .case_id = sight->case_id,
                            .letter_id = sight->letter_id,
                            .letter_type = sight->letter_type,
                            .about = sight->about,
                            .position = sight->position,
                            .at = sight->at});
}

static enum reason read_message(struct ledger *ledger, int64_t position,
                                struct message **out, struct fault *why)
{
    AUTO(letter_row) struct letter_row row = {0};
    *out = NULL;
    TRY(letters_get(ledger, position, &row, why));
    if (message_parse(out, row.letter.bytes, row.letter.size, NULL) != R_OK)
        *out = NULL;
    return R_OK;
}

/* --- duties that ran out ---------------------------------------------------
 */

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

/* Only reminders sent after the limit had ended within the period count. */
static enum reason see_reminder(void *context, const struct letter_line *line,
                                struct fault *why)
{
    struct sights *sights = context;
    const struct season *season = &sights->statistics->request.season;
    AUTO(message) struct message *message = NULL;
    instant due;
    TRY(read_message(sights->ledger, line->position, &message, why));
    const struct element *body = message ? message_body(message) : NULL;
    const char *text = body ? element_child_text(body, "dueAt") : NULL;
    if (!text || instant_parse(text, &due, NULL) != R_OK ||
        due < season->from || due >= season->until || line->received_at <= due)
        return R_OK;
    const char *limit = or_empty(element_child_text(body, "limit"));
    const char *agency = or_empty(element_child_text(body, "agency"));
    const struct element *about = element_first(body, "about");
    const char *id = about ? or_empty(element_child_text(about, "id")) : "";
    struct sight *sight = add_sight(
        sights, mem_print("%s %s %s %s", line->case_id, limit, agency, id),
        line);
    sight->agency = mem_text(agency);
    sight->about = mem_text(limit);
    sight->at = due;
    return R_OK;
}

static void count_expired(struct statistics *statistics,
                          const struct sight *sight)
{
    for (size_t i = 0; i < statistics->table_count; i++)
        for (size_t k = 0; k < statistics->tables[i].table->column_count; k++) {
            const struct column *column =
                &statistics->tables[i].table->columns[k];
            if (column->count == COUNT_EXPIRED &&
                rules_wants(&column->procedures, sight->procedure) &&
                rules_wants(&column->limits, sight->about))
                count_sight(statistics, i, k, sight);
        }
}

/* Whether a table that was asked for counts such things. */
static bool counts(const struct statistics *statistics, enum count kind)
{
    for (size_t i = 0; i < statistics->table_count; i++)
        for (size_t k = 0; k < statistics->tables[i].table->column_count; k++)
            if (statistics->tables[i].table->columns[k].count == kind)
                return true;
    return false;
}

enum reason statistics_count_expired(struct statistics *statistics,
                                     struct ledger *ledger, struct fault *why)
{
    AUTO(sights) struct sights sights = {.statistics = statistics,
                                         .ledger = ledger};
    const struct span span = {statistics->request.season.from, INT64_MAX,
                              statistics->head.size};
    if (!counts(statistics, COUNT_EXPIRED))
        return R_OK;
    TRY(survey_reminders(ledger, &span, REMINDER, see_reminder, &sights, why));
    sort(&sights);
    for (size_t i = 0; i < sights.count; i++)
        if (is_last_of_key(&sights, i))
            count_expired(statistics, &sights.items[i]);
    return R_OK;
}

/* --- in force --------------------------------------------------------------
 */

static enum reason holds(struct sights *sights,
                         const struct condition *condition,
                         const struct letter_line *line, bool *out,
                         struct fault *why)
{
    AUTO(message) struct message *message = NULL;
    *out = true;
    if (!condition)
        return R_OK;
    TRY(read_message(sights->ledger, line->position, &message, why));
    *out = message && condition_holds(condition, message_document(message));
    return R_OK;
}

static enum reason see_change(struct sights *sights, size_t table, size_t place,
                              const struct letter_line *line, struct fault *why)
{
    const struct column *column =
        &sights->statistics->tables[table].table->columns[place];
    bool opens = words_has(&column->types, line->type);
    bool ends = words_has(&column->ends, line->type);
    if (opens)
        TRY(holds(sights, column->when, line, &opens, why));
    if (ends)
        TRY(holds(sights, column->ends_when, line, &ends, why));
    if (!opens && !ends)
        return R_OK;
    struct sight *sight = add_sight(
        sights, mem_print("%zu %zu %s", table, place, line->case_id), line);
    sight->table = table;
    sight->column = place;
    sight->agency = mem_text(line->sender);
    sight->about = mem_text("");
    sight->open = opens && !ends;
    return R_OK;
}

static enum reason see_card(void *context, const struct letter_line *line,
                            struct fault *why)
{
    struct sights *sights = context;
    const struct statistics *statistics = sights->statistics;
    for (size_t i = 0; i < statistics->table_count; i++)
        for (size_t k = 0; k < statistics->tables[i].table->column_count; k++)
            if (statistics->tables[i].table->columns[k].count == COUNT_IN_FORCE)
                TRY(see_change(sights, i, k, line, why));
    return R_OK;
}

static void count_in_force(struct sights *sights)
{
    sort(sights);
    for (size_t i = 0; i < sights->count; i++)
        if (is_last_of_key(sights, i) && sights->items[i].open)
            count_sight(sights->statistics, sights->items[i].table,
                        sights->items[i].column, &sights->items[i]);
}

/* --- addressees of notices -------------------------------------------------
 */

static enum reason see_notice(void *context, const struct letter_line *line,
                              struct fault *why)
{
    struct sights *sights = context;
    const struct rules *rules = sights->statistics->rules;
    (void)why;
    for (size_t i = 0; i < rules->notice_count; i++)
        if (strcmp(rules->notices[i].type, line->type) == 0) {
            struct sight *sight =
                add_sight(sights, mem_text(line->case_id), line);
            sight->agency = mem_text(line->sender);
            sight->about = mem_text("");
            break;
        }
    return R_OK;
}

static void count_addressee(struct statistics *statistics,
                            const struct told_notice *notice,
                            const struct addressee *addressee,
                            const char *case_id)
{
    const struct timeline_letter *letter = notice->letter;
    for (size_t i = 0; i < statistics->table_count; i++) {
        const struct table *table = statistics->tables[i].table;
        for (size_t k = 0; k < table->column_count; k++)
            if (table->columns[k].count == COUNT_TOLD &&
                rules_wants(&table->columns[k].standings,
                            addressee_standing(addressee)))
                statistics_count(
                    statistics, i, k,
                    &(struct stat_item){.agency = table->of_actor
                                                      ? addressee->agency
                                                      : letter->sender,
                                        .case_id = case_id,
                                        .letter_id = letter->id,
                                        .letter_type = letter->type,
                                        .about = addressee->agency,
                                        .position = letter->position,
                                        .at = letter->received_at});
    }
}

static enum reason count_case(struct statistics *statistics,
                              struct ledger *ledger, const char *case_id,
                              struct fault *why)
{
    const struct season *season = &statistics->request.season;
    AUTO(feedback) struct feedback *feedback = NULL;
    const struct feedback_request request = {
        .case_id = case_id, .at = season->until - 1, .no_remindings = true};
    TRY(feedback_read(&feedback, ledger, statistics->rules, &request, why));
    for (size_t i = 0; i < feedback->notice_count; i++) {
        const struct told_notice *notice = &feedback->notices[i];
        if (notice->letter->received_at < season->from ||
            notice->letter->position > statistics->head.size)
            continue;
        for (size_t k = 0; k < notice->addressee_count; k++)
            count_addressee(statistics, notice, &notice->addressees[k],
                            case_id);
    }
    return R_OK;
}

static enum reason count_told(struct sights *sights, struct fault *why)
{
    sort(sights);
    for (size_t i = 0; i < sights->count; i++)
        if (is_last_of_key(sights, i))
            TRY(count_case(sights->statistics, sights->ledger,
                           sights->items[i].case_id, why));
    return R_OK;
}

/* --- all of it in one walk -------------------------------------------------
 */

struct gathering {
    struct sights cards, notices;
};

struct gathering *gathering_new(struct statistics *statistics,
                                struct ledger *ledger)
{
    struct gathering *gathering = mem_new(1, sizeof *gathering);
    gathering->cards.statistics = gathering->notices.statistics = statistics;
    gathering->cards.ledger = gathering->notices.ledger = ledger;
    return gathering;
}

void gathering_free(struct gathering *gathering)
{
    if (!gathering)
        return;
    sights_done(&gathering->cards);
    sights_done(&gathering->notices);
    free(gathering);
}

enum reason gathering_see(struct gathering *gathering,
                          const struct letter_line *line, struct fault *why)
{
    const struct stat_request *request = &gathering->cards.statistics->request;
    if (line->received_at >= request->season.from)
        TRY(see_notice(&gathering->notices, line, why));
    return see_card(&gathering->cards, line, why);
}

enum reason gathering_count(struct gathering *gathering, struct fault *why)
{
    struct sights *notices = &gathering->notices;
    const struct statistics *statistics = notices->statistics;
    const struct span span = {statistics->request.season.from,
                              statistics->request.season.until,
                              statistics->head.size};
    count_in_force(&gathering->cards);
    if (!counts(statistics, COUNT_TOLD))
        return R_OK;
    TRY(survey_followed(notices->ledger, &span, see_notice, notices, why));
    return count_told(notices, why);
}
