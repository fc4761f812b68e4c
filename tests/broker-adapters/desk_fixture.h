/*
 * desk_fixture - adapters without a broker: the desks of desk_world.h, and an
 * exchange in memory that numbers and delivers what they queue.
 *
 *     struct world *world = world_open(state, NULL);
 *     struct post *ecology = world_post(world, "ecology-nanchang");
 *     world_drop(ecology, "a.xml", text);   a file into out/
 *     world_turns(world, 1);                take, deliver, hand over
 *     world_close(world);
 */
#ifndef YISONG_TESTS_BROKER_ADAPTERS_DESK_FIXTURE_H
#define YISONG_TESTS_BROKER_ADAPTERS_DESK_FIXTURE_H

#include "tests/broker-adapters/desk_world.h"

static inline int64_t place_of(struct world *world, const char *agency,
                               const struct queued_letter *letter)
{
    int64_t last = 0;
    for (size_t i = 0; i < world->place_count; i++) {
        struct world_place *row = &world->places[i];
        if (strcmp(row->agency, agency) != 0 ||
            strcmp(row->case_id, letter->case_id) != 0)
            continue;
        last = row->place;
        if (strcmp(row->id, letter->id) == 0)
            return row->place;
    }
    struct world_place *row = &world->places[world->place_count++];
    row->agency = agency;
    snprintf(row->id, sizeof row->id, "%s", letter->id);
    snprintf(row->case_id, sizeof row->case_id, "%s", letter->case_id);
    return row->place = last + 1;
}

static inline struct unjudged came_of(const struct queued_letter *letter,
                                      int64_t place)
{
    return (struct unjudged){.message_id = letter->id,
                             .case_id = letter->case_id,
                             .media_type = letter->media_type,
                             .jws = letter->jws,
                             .body = letter->bytes,
                             .size = letter->size,
                             .place = place};
}

static inline enum reason receive_in(const struct desk *desk,
                                     const struct unjudged *came,
                                     enum receiving *outcome, struct fault *why)
{
    int written;
    TRY(receiving_take(desk, came, OFFICE_LATER, outcome, why));
    return receipts_write(desk, OFFICE_LATER, &written, why);
}

/* As wire.c does for a batch of one. */
static inline enum reason receive(const struct desk *desk,
                                  const struct unjudged *came,
                                  enum receiving *outcome, struct fault *why)
{
    TRY(sql_begin(desk->mailbox, why));
    return mailbox_end(desk->mailbox, receive_in(desk, came, outcome, why),
                       why);
}

static inline bool is_addressee(const struct queued_letter *letter,
                                const char *agency)
{
    AUTO(message) struct message *message = NULL;
    must(message_parse(&message, letter->bytes, letter->size, NULL), NULL);
    for (size_t i = 0; i < message_to_count(message); i++)
        if (strcmp(message_to(message, i), agency) == 0)
            return true;
    for (size_t i = 0; i < message_copy_count(message); i++)
        if (strcmp(message_copy(message, i), agency) == 0)
            return true;
    return false;
}

static inline enum reason deliver(struct world *world,
                                  const struct queued_letter *letter,
                                  struct fault *why)
{
    for (size_t i = 0; i < world->post_count; i++) {
        struct desk *desk = &world->posts[i].desk;
        enum receiving outcome;
        if (!is_addressee(letter, desk->agency))
            continue;
        struct unjudged came =
            came_of(letter, place_of(world, desk->agency, letter));
        TRY(receive(desk, &came, &outcome, why));
    }
    return R_OK;
}

/* Every queued letter of every desk to its addressees. */
static inline enum reason world_carry(struct world *world, struct fault *why)
{
    for (size_t i = 0; i < world->post_count; i++) {
        struct sql *mailbox = world->posts[i].desk.mailbox;
        struct queued_row rows[64];
        size_t count;
        TRY(outgoing_queued(mailbox, 0, rows, COUNT_OF(rows), &count, why));
        for (size_t j = 0; j < count; j++) {
            AUTO(queued_letter) struct queued_letter letter = {0};
            TRY(outgoing_get(mailbox, rows[j].row, &letter, why));
            TRY(deliver(world, &letter, why));
            TRY(outgoing_mark_sent(mailbox, rows[j].row, OFFICE_LATER, why));
        }
    }
    return R_OK;
}

/* One turn of everybody; the clock goes on by a second. */
static inline enum reason world_turn(struct world *world, struct fault *why)
{
    world->monotonic += INSTANT_SECOND;
    for (size_t i = 0; i < world->post_count; i++) {
        struct post *post = &world->posts[i];
        struct taking taking;
        TRY(taking_turn(&post->desk, post->spool, OFFICE_LATER,
                        world->monotonic, &taking, why));
    }
    TRY(world_carry(world, why));
    for (size_t i = 0; i < world->post_count; i++) {
        struct post *post = &world->posts[i];
        int count;
        TRY(handover_turn(&post->desk, post->spool, OFFICE_LATER, &count, why));
        TRY(taking_finish(&post->desk, post->spool, why));
        TRY(handover_quarantine(&post->desk, post->spool, why));
    }
    return R_OK;
}

static inline void world_turns(struct world *world, int turns)
{
    for (int i = 0; i < turns; i++) {
        struct fault why = {0};
        must(world_turn(world, &why), &why);
    }
}

/* --- looking ---------------------------------------------------------------
 */

/* The first column of the first row of a query, as a number. */
static inline int64_t number_of(const struct post *post, const char *query)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    struct fault why = {0};
    must(sql_select(post->desk.mailbox, query, SQL_NO_VALUES, &rows, &why),
         &why);
    return sql_next(rows) ? sql_integer(rows, 0) : -1;
}

static inline bool query_holds(const struct post *post, const char *query,
                               const char *text)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    struct fault why = {0};
    must(sql_select(post->desk.mailbox, query, SQL_NO_VALUES, &rows, &why),
         &why);
    return sql_next(rows) && sql_text(rows, 0) &&
           strcmp(sql_text(rows, 0), text) == 0;
}

/* Names in a folder of the spool, drafts not counted. */
static inline size_t files_in(const struct post *post, const char *folder)
{
    struct fault why = {0};
    AUTO(io_names) struct io_names names = {0};
    AUTO(text) char *path = mem_print("%s/%s", post->spool_path, folder);
    size_t count = 0;
    must(io_list(path, &names, &why), &why);
    for (size_t i = 0; i < names.count; i++)
        count += names.names[i][0] != '.';
    return count;
}

static inline bool file_is_there(const struct post *post, const char *name)
{
    AUTO(text) char *path = mem_print("%s/%s", post->spool_path, name);
    return access(path, F_OK) == 0;
}

/* --- what most tests begin with ----------------------------------------------
 */

/* For cmocka: *state is a world of its own. */
static inline int make_world(void **state)
{
    void *folder;
    if (scratch_make(&folder) != 0)
        return -1;
    *state = world_open(&folder, NULL);
    return 0;
}

static inline int remove_world(void **state)
{
    struct world *world = *state;
    char *folder = (char *)world->folder;
    world_close(world);
    void *scratch = folder;
    return scratch_remove(&scratch);
}

/* The letter that a desk queued last. */
static inline struct queued_letter last_queued(const struct post *post)
{
    struct queued_letter letter = {0};
    struct fault why = {0};
    must(outgoing_get(post->desk.mailbox,
                      number_of(post, "SELECT max(row) FROM outgoing"), &letter,
                      &why),
         &why);
    return letter;
}

static inline struct queued_letter queue_letter(struct post *post,
                                                const char *case_id,
                                                const char *to)
{
    struct fault why = {0};
    AUTO(intake) struct intake made = {0};
    AUTO(text) char *text = letter_text(NULL, case_id, to);
    must(put_letter(post, text, &made, &why), &why);
    return last_queued(post);
}

static inline enum receiving arrive(struct post *post,
                                    const struct queued_letter *letter,
                                    int64_t place)
{
    struct fault why = {0};
    enum receiving outcome;
    struct unjudged came = came_of(letter, place);
    must(receive(&post->desk, &came, &outcome, &why), &why);
    return outcome;
}

#define SIGNED_ID "019c0000-0000-7000-8000-000000000001"

/* A letter that the agency's own system signed: made by another desk of it. */
static inline char *signed_text(struct world *world, const char *id)
{
    struct post *system = world_post(world, "ecology-nanchang");
    struct fault why = {0};
    AUTO(intake) struct intake made = {0};
    AUTO(text) char *text = letter_text(id, "NC-1", "police-nanchang");
    must(put_letter(system, text, &made, &why), &why);
    AUTO(queued_letter) struct queued_letter letter = last_queued(system);
    must(sql_run(system->desk.mailbox, "DELETE FROM addressee", SQL_NO_VALUES,
                 &why),
         &why);
    must(sql_run(system->desk.mailbox, "DELETE FROM outgoing", SQL_NO_VALUES,
                 &why),
         &why);
    must(sql_run(system->desk.mailbox, "DELETE FROM counter", SQL_NO_VALUES,
                 &why),
         &why);
    return mem_copy(letter.bytes, letter.size);
}

#define WORLD_TEST(name)                                                       \
    cmocka_unit_test_setup_teardown(name, make_world, remove_world)

#endif
