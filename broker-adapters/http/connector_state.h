/*
 * connector_state - what the .c files of the HTTP connector share; nobody else.
 *
 *   http_connector.c  opens everything, the thread and its loop, who is let in
 *   http_submit.c     POST /letters: collected, then kept in one transaction
 *   http_read.c       GET and POST for what is in the mailbox
 *   http_files.c      GET for the files of a letter that came
 *   http_upload.c     PUT for the files of a letter to come
 *   http_blacklist.c  GET and POST for the lists, out of memory
 *   http_mapped.c     letters as objects of the agency's own system
 *   http_health.c     GET /health: probes what it tells of
 *   http_problem.c    reasons as answers
 */
#ifndef YISONG_BROKER_ADAPTERS_CONNECTOR_STATE_H
#define YISONG_BROKER_ADAPTERS_CONNECTOR_STATE_H

#include "base/http.h"
#include "base/side.h"
#include "broker-adapters/adapter/adapter_settings.h"
#include "broker-adapters/adapter/desk.h"
#include "broker-adapters/adapter/registry_watch.h"
#include "broker-adapters/http/clients.h"
#include "broker-adapters/projections/listing_index.h"
#include "schemas/mistake.h"
#include "certs/key_watch.h"

enum { SUBMIT_BATCH = 64, HEALTH_MAX = 16 };

/* A probe of the path to the broker, in a thread of its own: it may wait. */
struct probe {
    struct side side;
    atomic_bool done;
    enum reason reason;
    struct fault fault;
    struct http_request *askers[HEALTH_MAX];
    size_t asker_count;
};

struct mappings;

struct http_connector {
    const struct adapter_settings *settings;
    struct http *http;
    struct desk desk; /* with a mailbox connection of this thread's own */
    struct registry_watch registry;
    struct key_watch key;
    struct clients clients;
    struct listing_index *blacklist; /* in memory */
    struct mappings *mappings;
    struct side side;
    struct http_request *submitted[SUBMIT_BATCH]; /* in this turn */
    size_t submitted_count;
    struct probe probe;
    instant now; /* of this turn */
};

/* --- handlers --------------------------------------------------------------
 */
void http_submit(void *connector, struct http_request *request);
void http_sent(void *connector, struct http_request *request);
void http_sent_page(void *connector, struct http_request *request);
void http_inbox_page(void *connector, struct http_request *request);
void http_inbox_letter(void *connector, struct http_request *request);
void http_inbox_taken(void *connector, struct http_request *request);
void http_inbox_files(void *connector, struct http_request *request);
void http_inbox_file(void *connector, struct http_request *request);
void http_file_put(void *connector, struct http_request *request);
void http_file_get(void *connector, struct http_request *request);
void http_blacklist(void *connector, struct http_request *request);
void http_blacklist_by(void *connector, struct http_request *request);
void http_blacklist_check(void *connector, struct http_request *request);
void http_blacklist_changes(void *connector, struct http_request *request);
void http_list(void *connector, struct http_request *request);
void http_health(void *connector, struct http_request *request);
void http_openapi(void *connector, struct http_request *request);

/* Before the body of a PUT: where it goes. */
void http_file_take(void *connector, struct http_request *request);

/* The incoming letter that the path and "from" name. R_NOT_FOUND,
 * R_AMBIGUOUS. */
enum reason http_find_letter(const struct http_connector *connector,
                             const struct http_request *request, int64_t *row,
                             struct fault *why) MUST_CHECK;

/* Keeps what was submitted in this turn, and answers. */
void http_submit_flush(struct http_connector *connector);

/* Answers those who asked for the health, when the probe is through. */
void http_health_settle(struct http_connector *connector);
void http_health_close(struct http_connector *connector);

/* Answers with a failure: the same codes, sentences and mistakes as in the
 * reason sheets of the folder refused/. */
void http_refuse(struct http_request *request, const struct fault *found,
                 const struct mistakes *mistakes);

/* --- ?mapping=NAME (http_mapped.c) ------------------------------------------
 */
struct inbox_letter;

/* The letter that the one row of the body makes, as XML. */
enum reason http_mapped_read(const struct http_connector *connector,
                             const struct http_request *request,
                             struct buf *letter, struct mistakes *mistakes,
                             struct fault *why) MUST_CHECK;

/* The rows that a letter makes, as JSON objects. */
enum reason http_mapped_put(const struct http_connector *connector,
                            const struct http_request *request,
                            const struct inbox_letter *letter, struct buf *out,
                            struct fault *why) MUST_CHECK;

/* A whole number from 0 on; the parameter may be missing. R_BAD_REQUEST. */
enum reason http_read_number(const struct http_request *request,
                             const char *name, int64_t most, int64_t *out,
                             struct fault *why) MUST_CHECK;

/* 200 with the JSON, or the failure. */
void http_give(struct http_request *request, enum reason reason,
               struct buf *json, const struct fault *found);

#endif
