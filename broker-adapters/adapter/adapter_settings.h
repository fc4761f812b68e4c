/*
 * adapter_settings - the settings file of an agency's machine, read by the
 * running adapter and by the commands that work on the mailbox.
 */
#ifndef YISONG_BROKER_ADAPTERS_ADAPTER_SETTINGS_H
#define YISONG_BROKER_ADAPTERS_ADAPTER_SETTINGS_H

#include <stdbool.h>

#include "broker-adapters/broker_settings.h"

struct adapter_settings {
    char *agency;
    char *mailbox, *spool, *agencies; /* spool "": no folder */
    char *catalogue;                  /* "": none is added */
    char *key, *certificate;
    char *encryption_key, *encryption_certificate; /* "": beside the key */
    struct broker_settings broker;
    int look_seconds, gap_minutes, evidence_hours, evidence_kbps;
    bool answer_cards;
    char *card_measure;         /* "": none is applied by itself */
    char *csv_mapping, *csv_to; /* "": none */
    char *http_listen;          /* "": nobody calls */
    char *http_certificate, *http_key, *http_client_authority, *http_clients;
    char *webhook_url; /* "": nobody is called */
    char *webhook_secret, *webhook_authority;
    char *table; /* "": no database of theirs */
    char *table_passfile, *table_outgoing, *table_incoming;
    bool table_receipts;
    int table_look, table_wait; /* seconds */
    char *table_columns;        /* "": no table of columns */
    char *table_key, *table_mapping, *table_to;
    char *table_columns_in; /* "": none */
    char *table_mapping_in;
};

/*
 * Reads the file, and adds the types of letters that it names (catalogue);
 * faults are printed to standard error, one line each. Free with
 * adapter_settings_done in either case.
 */
enum reason adapter_settings_read(const char *path,
                                  struct adapter_settings *out,
                                  struct fault *why) MUST_CHECK;
void adapter_settings_done(struct adapter_settings *settings);
AUTO_VALUE(adapter_settings, adapter_settings_done)

/*
 * Settings to begin with, for an agency whose folder has the layout of
 * certs/joining/join.h. `answers_cards`: a recipient of cards.
 */
struct adapter_beginning {
    const char *agency, *host;
    int port;
    bool answers_cards;
};
void adapter_settings_template(const struct adapter_beginning *beginning,
                               struct buf *out);

/* Prints the table as help. */
void adapter_settings_help(void);

#endif
