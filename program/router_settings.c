/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "program/router_settings.h"

#include <stdio.h>

#define PLACE(member) offsetof(struct router_settings, member)

static const struct setting table[] = {
    {"agency", SETTING_TEXT, PLACE(agency), "exchange", 0, 0,
     "交换中心在登记册中的编号", "id of the centre in the registry"},
    {"ledger", SETTING_PATH, PLACE(ledger), NULL, 0, 0, "台账数据库文件",
     "the ledger, an SQLite file"},
    {"agencies", SETTING_PATH, PLACE(agencies), NULL, 0, 0, "机关登记册目录",
     "folder of the registry"},
    {"procedures", SETTING_PATH, PLACE(procedures), "", 0, 0,
     "程序文件目录，空为内置", "folder of procedure files; empty: built in"},
    {"catalogue", SETTING_PATH, PLACE(catalogue), "", 0, 0,
     "增加的文书类型：目录文件或者文件夹，空为没有",
     "types of letters to add: a catalogue file or folder; empty: none"},
    {"key", SETTING_PATH, PLACE(key), NULL, 0, 0, "签名私钥",
     "signing key, PEM"},
    {"certificate", SETTING_PATH, PLACE(certificate), NULL, 0, 0, "签名证书",
     "signing certificate, PEM"},
    {"tls_authority", SETTING_PATH, PLACE(tls_authority), NULL, 0, 0,
     "TLS 根证书", "TLS authority, PEM"},
    {"tls_certificate", SETTING_PATH, PLACE(tls_certificate), NULL, 0, 0,
     "TLS 客户端证书", "TLS client certificate, PEM"},
    {"tls_key", SETTING_PATH, PLACE(tls_key), NULL, 0, 0, "TLS 客户端私钥",
     "TLS client key, PEM"},
    {"broker_host", SETTING_TEXT, PLACE(host), "localhost", 0, 0,
     "消息服务器主机", "host of RabbitMQ"},
    {"broker_port", SETTING_INT, PLACE(port), "5671", 1, 65535,
     "消息服务器端口", "TLS port of RabbitMQ"},
    {"broker_vhost", SETTING_TEXT, PLACE(vhost), "yisong", 0, 0, "虚拟主机",
     "virtual host"},
    {"shards", SETTING_INT, PLACE(shards), "2", 1, 64, "提交队列个数",
     "number of submit queues"},
    {"threads", SETTING_INT, PLACE(threads), "2", 1, 64, "核验线程数",
     "threads that examine letters"},
    {"heartbeat", SETTING_INT, PLACE(heartbeat), "20", 2, 600, "心跳间隔（秒）",
     "AMQP heartbeat in seconds"},
};

enum reason router_settings_read(const char *path, struct router_settings *out,
                                 struct fault *why)
{
    AUTO(buf) struct buf report = {0};
    enum reason reason =
        settings_read(path, table, COUNT_OF(table), out, &report, why);
    fputs(buf_text(&report), stderr);
    return reason;
}

void router_settings_done(struct router_settings *settings)
{
    settings_done(table, COUNT_OF(table), settings);
}

struct amqp_settings router_settings_broker(
    const struct router_settings *settings)
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
