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
    BROKER_SETTINGS(struct router_settings, broker),
    {"shards", SETTING_INT, PLACE(shards), "2", 1, 64, "提交队列个数",
     "number of submit queues"},
    {"threads", SETTING_INT, PLACE(threads), "2", 1, 64, "核验线程数",
     "threads that examine letters"},
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

void router_settings_help(void)
{
    settings_help(table, COUNT_OF(table));
}
