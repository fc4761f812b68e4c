/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/broker_settings.h"

struct amqp_settings broker_settings_amqp(
    const struct broker_settings *settings)
{
    return (struct amqp_settings){
        .host = settings->host,
        .port = settings->port,
        .vhost = settings->vhost,
        .ca_path = settings->tls_authority,
        .certificate_path = settings->tls_certificate,
        .key_path = settings->tls_key,
        .heartbeat_seconds = settings->heartbeat,
    };
}
