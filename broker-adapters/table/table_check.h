/*
 * table_check - whether the tables of an agency's own database and the rights
 * on them are as the connector needs them, in words. Nothing is changed.
 */
#ifndef YISONG_BROKER_ADAPTERS_TABLE_CHECK_H
#define YISONG_BROKER_ADAPTERS_TABLE_CHECK_H

#include "broker-adapters/adapter/adapter_settings.h"

enum table_mark { TABLE_FINE, TABLE_WARNING, TABLE_WRONG };

struct table_finding {
    const char *check; /* "connection", "outgoing read", ...: stable */
    enum table_mark mark;
    char *text; /* in the reader's language */
};

struct table_findings {
    struct table_finding *rows;
    size_t count;
};
void table_findings_done(struct table_findings *findings);
AUTO_VALUE(table_findings, table_findings_done)

/*
 * Connects and tries each thing that the connector does, on no row. R_OK if it
 * could work, else the reason of the first thing that is wrong; all of them are
 * in `out`. R_NOT_FOUND if the settings name no database.
 */
enum reason table_check(const struct adapter_settings *settings,
                        struct table_findings *out,
                        struct fault *why) MUST_CHECK;

#endif
