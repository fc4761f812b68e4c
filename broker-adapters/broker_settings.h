/*
 * broker_settings - the settings by which every process of ours reaches the
 * broker, once for all settings files.
 */
#ifndef YISONG_BROKER_ADAPTERS_BROKER_SETTINGS_H
#define YISONG_BROKER_ADAPTERS_BROKER_SETTINGS_H

#include <stddef.h>

#include "base/settings.h"
#include "broker-adapters/amqp.h"

struct broker_settings {
    char *host, *vhost;
    char *tls_authority, *tls_certificate, *tls_key;
    int port, heartbeat;
};

/* Rows of the table of `type`, which has a broker_settings named `member`. */
#define BROKER_SETTINGS(type, member)                                          \
    {"tls_authority",                                                          \
     SETTING_PATH,                                                             \
     offsetof(type, member.tls_authority),                                     \
     NULL,                                                                     \
     0,                                                                        \
     0,                                                                        \
     "TLS 根证书",                                                             \
     "TLS authority, PEM"},                                                    \
        {"tls_certificate",                                                    \
         SETTING_PATH,                                                         \
         offsetof(type, member.tls_certificate),                               \
         NULL,                                                                 \
         0,                                                                    \
         0,                                                                    \
         "TLS 客户端证书",                                                     \
         "TLS client certificate, PEM"},                                       \
        {"tls_key", SETTING_PATH,     offsetof(type, member.tls_key), NULL, 0, \
         0,         "TLS 客户端私钥", "TLS client key, PEM"},                  \
        {"broker_host",                                                        \
         SETTING_TEXT,                                                         \
         offsetof(type, member.host),                                          \
         "localhost",                                                          \
         0,                                                                    \
         0,                                                                    \
         "消息服务器主机",                                                     \
         "host of RabbitMQ"},                                                  \
        {"broker_port",                                                        \
         SETTING_INT,                                                          \
         offsetof(type, member.port),                                          \
         "5671",                                                               \
         1,                                                                    \
         65535,                                                                \
         "消息服务器端口",                                                     \
         "TLS port of RabbitMQ"},                                              \
        {"broker_vhost",                                                       \
         SETTING_TEXT,                                                         \
         offsetof(type, member.vhost),                                         \
         "yisong",                                                             \
         0,                                                                    \
         0,                                                                    \
         "虚拟主机",                                                           \
         "virtual host"},                                                      \
    {                                                                          \
        "heartbeat", SETTING_INT, offsetof(type, member.heartbeat), "20", 2,   \
            600, "心跳间隔（秒）", "AMQP heartbeat in seconds"                 \
    }

/* Borrows from the settings. */
struct amqp_settings broker_settings_amqp(
    const struct broker_settings *settings);

#endif
