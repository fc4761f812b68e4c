/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The commands, in the order in which the help shows them.
 */
#include "program/command.h"

extern const struct command command_router;
extern const struct command command_adapter;
extern const struct command command_doctor;
extern const struct command command_send;
extern const struct command command_evidence_list;
extern const struct command command_evidence_add;
extern const struct command command_evidence_history;
extern const struct command command_evidence_store;
extern const struct command command_inbox;
extern const struct command command_inbox_show;
extern const struct command command_inbox_export;
extern const struct command command_outbox;
extern const struct command command_reply;
extern const struct command command_courier_pack;
extern const struct command command_courier_unpack;
extern const struct command command_courier_list;
extern const struct command command_http_token;
extern const struct command command_table_ddl;
extern const struct command command_table_check;
extern const struct command command_blacklist_list;
extern const struct command command_blacklist_lookup;
extern const struct command command_blacklist_changes;
extern const struct command command_blacklist_check;
extern const struct command command_blacklist_proof;
extern const struct command command_list;
extern const struct command command_publish;
extern const struct command command_map_try;
extern const struct command command_map_back;
extern const struct command command_map_check;
extern const struct command command_map_list;
extern const struct command command_map_show;
extern const struct command command_validate;
extern const struct command command_convert;
extern const struct command command_asyncapi;
extern const struct command command_schema;
extern const struct command command_catalogue;
extern const struct command command_cards;
extern const struct command command_example;
extern const struct command command_check;
extern const struct command command_due;
extern const struct command command_case_list;
extern const struct command command_case_show;
extern const struct command command_case_export;
extern const struct command command_case_check;
extern const struct command command_supervise;
extern const struct command command_simulate;
extern const struct command command_stats;
extern const struct command command_feedback;
extern const struct command command_log_head;
extern const struct command command_log_prove;
extern const struct command command_log_verify;
extern const struct command command_log_check;
extern const struct command command_retention_plan;
extern const struct command command_retention_run;
extern const struct command command_retention_prove;
extern const struct command command_retention_hold;
extern const struct command command_retention_release;
extern const struct command command_sign;
extern const struct command command_verify;
extern const struct command command_agencies_init;
extern const struct command command_agencies_add;
extern const struct command command_agencies_list;
extern const struct command command_agencies_renew;
extern const struct command command_agencies_revoke;
extern const struct command command_agencies_broker;
extern const struct command command_agencies_enrol;
extern const struct command command_agencies_approve;
extern const struct command command_agencies_join;
extern const struct command command_agencies_package;
extern const struct command command_agencies_issuer;
extern const struct command command_topology;
extern const struct command command_procedures_check;
extern const struct command command_procedures_list;
extern const struct command command_procedures_show;
extern const struct command command_procedures_draw;
extern const struct command command_version;

const struct command *const commands[] = {
    &command_router,
    &command_adapter,
    &command_evidence_store,
    &command_evidence_history,
    &command_doctor,
    &command_send,
    &command_inbox,
    &command_inbox_show,
    &command_inbox_export,
    &command_outbox,
    &command_evidence_list,
    &command_evidence_add,
    &command_reply,
    &command_courier_pack,
    &command_courier_unpack,
    &command_courier_list,
    &command_http_token,
    &command_table_ddl,
    &command_table_check,
    &command_blacklist_list,
    &command_blacklist_lookup,
    &command_blacklist_changes,
    &command_blacklist_check,
    &command_blacklist_proof,
    &command_list,
    &command_publish,
    &command_map_try,
    &command_map_back,
    &command_map_check,
    &command_map_list,
    &command_map_show,
    &command_validate,
    &command_convert,
    &command_asyncapi,
    &command_schema,
    &command_catalogue,
    &command_example,
    &command_cards,
    &command_check,
    &command_due,
    &command_case_list,
    &command_case_show,
    &command_case_export,
    &command_case_check,
    &command_supervise,
    &command_simulate,
    &command_stats,
    &command_feedback,
    &command_log_head,
    &command_log_prove,
    &command_log_verify,
    &command_log_check,
    &command_retention_plan,
    &command_retention_run,
    &command_retention_prove,
    &command_retention_hold,
    &command_retention_release,
    &command_sign,
    &command_verify,
    &command_agencies_init,
    &command_agencies_add,
    &command_agencies_list,
    &command_agencies_renew,
    &command_agencies_revoke,
    &command_agencies_broker,
    &command_agencies_enrol,
    &command_agencies_approve,
    &command_agencies_join,
    &command_agencies_package,
    &command_agencies_issuer,
    &command_topology,
    &command_procedures_check,
    &command_procedures_list,
    &command_procedures_show,
    &command_procedures_draw,
    &command_version,
};

const size_t command_count = sizeof commands / sizeof commands[0];
