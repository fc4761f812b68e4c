/*
 * store_line - the evidence store's two connections to the broker: words of
 * all agencies come on one, answers and chunks go on the other.
 */
#ifndef YISONG_BROKER_ADAPTERS_STORE_LINE_H
#define YISONG_BROKER_ADAPTERS_STORE_LINE_H

#include "broker-adapters/evidence/store/store.h"

struct store_line;

/* `agency` is the centre's own id, the user at the broker. */
struct store_line *store_line_new(const struct amqp_settings *settings,
                                  const char *agency);
void store_line_free(struct store_line *line);
AUTO_POINTER(store_line, store_line_free)

/* How the store speaks: for store_settings. */
struct store_face store_line_face(struct store_line *line);

/*
 * Opens the connections and listens to every agency of the registry; one
 * whose queue the broker does not have yet is left out for a while.
 */
enum reason store_line_open(struct store_line *line,
                            const struct registry *registry,
                            struct fault *why) MUST_CHECK;
void store_line_close(struct store_line *line);

/* Hears what there is, lets the store work, waits for up to `wait_ms` if there
 * is nothing to do. After a failure: close, wait, open. */
enum reason store_line_turn(struct store_line *line, struct store *store,
                            int wait_ms, struct fault *why) MUST_CHECK;

/* Agencies were left out, and it is time to look for them again. */
bool store_line_is_incomplete(const struct store_line *line);

#endif
