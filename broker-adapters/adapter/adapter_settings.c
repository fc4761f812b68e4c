/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * To add a setting: a member in the struct and a row here.
 */
#include "broker-adapters/adapter/adapter_settings.h"

#include <stddef.h>
#include <stdio.h>

#define PLACE(member) offsetof(struct adapter_settings, member)

static const struct setting table[] = {
    {"agency", SETTING_TEXT, PLACE(agency), NULL, 0, 0,
     "本机关在登记册中的编号", "id of this agency in the registry"},
    {"mailbox", SETTING_PATH, PLACE(mailbox), "mailbox.db", 0, 0,
     "信箱数据库文件", "the mailbox, an SQLite file"},
    {"spool", SETTING_PATH, PLACE(spool), "", 0, 0, "交换文件夹，空为不用",
     "folder out/, in/, ...; empty: none"},
    {"agencies", SETTING_PATH, PLACE(agencies), NULL, 0, 0, "机关登记册目录",
     "folder of the registry"},
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
    {"heartbeat", SETTING_INT, PLACE(heartbeat), "20", 3, 600, "心跳间隔（秒）",
     "AMQP heartbeat in seconds"},
    {"look_seconds", SETTING_INT, PLACE(look_seconds), "5", 1, 3600,
     "定期查看交换文件夹的间隔（秒）",
     "look into the folder at least this often"},
    {"gap_minutes", SETTING_INT, PLACE(gap_minutes), "60", 1, 100000,
     "案内缺件时最多等待（分钟）",
     "how long a letter waits for a missing earlier one of its case"},
    {"answer_cards", SETTING_FLAG, PLACE(answer_cards), "no", 0, 0,
     "红黄牌自动回复“已接收”（yes 或 no）",
     "answer cards with \"taken in\" by itself (yes or no)"},
};

enum reason adapter_settings_read(const char *path,
                                  struct adapter_settings *out,
                                  struct fault *why)
{
    AUTO(buf) struct buf report = {0};
    enum reason reason =
        settings_read(path, table, COUNT_OF(table), out, &report, why);
    if (report.size == 0)
        return reason;
    fputs(buf_text(&report), stderr);
    fault_clear(why); /* it was told, with all the others */
    return reason;
}

void adapter_settings_done(struct adapter_settings *settings)
{
    settings_done(table, COUNT_OF(table), settings);
}

void adapter_settings_help(void)
{
    settings_help(table, COUNT_OF(table));
}
