/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * To add a setting: a member in the struct and a row here.
 */
#include "broker-adapters/adapter/adapter_settings.h"

#include <stddef.h>
#include <stdio.h>

#include "schemas/catalogue.h"

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
    {"catalogue", SETTING_PATH, PLACE(catalogue), "", 0, 0,
     "增加的文书类型：目录文件或者文件夹，空为没有",
     "types of letters to add: a catalogue file or folder; empty: none"},
    {"key", SETTING_PATH, PLACE(key), NULL, 0, 0, "签名私钥",
     "signing key, PEM"},
    {"certificate", SETTING_PATH, PLACE(certificate), NULL, 0, 0, "签名证书",
     "signing certificate, PEM"},
    {"encryption_key", SETTING_PATH, PLACE(encryption_key), "", 0, 0,
     "解密私钥；空为签名私钥旁的 encryption.key",
     "key that opens evidence, PEM; empty: encryption.key beside the key"},
    {"encryption_certificate", SETTING_PATH, PLACE(encryption_certificate), "",
     0, 0, "其证书；空为签名私钥旁的 encryption.pem",
     "its certificate, PEM; empty: encryption.pem beside the key"},
    BROKER_SETTINGS(struct adapter_settings, broker),
    {"look_seconds", SETTING_INT, PLACE(look_seconds), "5", 1, 3600,
     "定期查看交换文件夹的间隔（秒）",
     "look into the folder at least this often"},
    {"gap_minutes", SETTING_INT, PLACE(gap_minutes), "60", 1, 100000,
     "案内缺件时最多等待（分钟）",
     "how long a letter waits for a missing earlier one of its case"},
    {"evidence_hours", SETTING_INT, PLACE(evidence_hours), "72", 1, 10000,
     "公文最多等待其证据文件（小时）",
     "how long a letter waits for its files of evidence"},
    {"evidence_kbps", SETTING_INT, PLACE(evidence_kbps), "0", 0, 10000000,
     "上传证据文件的限速（KB/秒），0 为不限",
     "KB per second that evidence may take of the line, 0: all of it"},
    {"answer_cards", SETTING_FLAG, PLACE(answer_cards), "no", 0, 0,
     "红黄牌自动回复“已接收”（yes 或 no）",
     "answer cards with \"taken in\" by itself (yes or no)"},
    {"card_measure", SETTING_TEXT, PLACE(card_measure), "", 0, 0,
     "收到红黄牌、惩戒名单即自动实施并反馈的措施，空为不用",
     "measure that is applied to cards and lists and reported at once; empty: "
     "none"},
    {"csv_mapping", SETTING_PATH, PLACE(csv_mapping), "", 0, 0,
     "CSV 文件的映射：文件、文件夹或内置映射的名称",
     "mapping of CSV files: a file, a folder, or the name of a carried one"},
    {"csv_to", SETTING_TEXT, PLACE(csv_to), "", 0, 0,
     "CSV 各行的收件机关，以逗号分隔（映射未写明时）",
     "addressees of CSV rows, by commas, where the mapping names none"},
    {"http_listen", SETTING_TEXT, PLACE(http_listen), "", 0, 0,
     "HTTP 接口的地址和端口，如 127.0.0.1:8480，空为不用",
     "address and port of the HTTP interface, 127.0.0.1:8480; empty: none"},
    {"http_certificate", SETTING_PATH, PLACE(http_certificate), "", 0, 0,
     "HTTP 接口的 TLS 证书；空为不加密，仅限本机",
     "its TLS certificate, PEM; empty: plain, on loopback only"},
    {"http_key", SETTING_PATH, PLACE(http_key), "", 0, 0,
     "HTTP 接口的 TLS 私钥", "its TLS key, PEM"},
    {"http_client_authority", SETTING_PATH, PLACE(http_client_authority), "", 0,
     0, "签发调用方证书的根证书；空为只用令牌",
     "authority of client certificates, PEM; empty: tokens only"},
    {"http_clients", SETTING_PATH, PLACE(http_clients), "http-clients.csv", 0,
     0, "调用方名单（yisong http-token 写入）",
     "who may call; yisong http-token writes it"},
    {"webhook_url", SETTING_TEXT, PLACE(webhook_url), "", 0, 0,
     "来文推送地址，空为不用",
     "where letters that came are posted to; empty: none"},
    {"webhook_secret", SETTING_PATH, PLACE(webhook_secret), "", 0, 0,
     "推送签名密钥文件（whsec_…）", "file with the secret that signs them"},
    {"webhook_authority", SETTING_PATH, PLACE(webhook_authority), "", 0, 0,
     "推送地址的 TLS 根证书；空为系统信任的",
     "its TLS authority, PEM; empty: those that the machine trusts"},
    {"table", SETTING_PATH, PLACE(table), "", 0, 0,
     "前置库：postgresql://用户@主机:端口/库 或 SQLite 文件；空为不用",
     "database with tables of letters: postgresql://USER@HOST:PORT/DATABASE, "
     "or an SQLite file; empty: none"},
    {"table_passfile", SETTING_PATH, PLACE(table_passfile), "", 0, 0,
     "PostgreSQL 口令文件（格式同 .pgpass，权限 0600）",
     "file with its password, as .pgpass, mode 0600"},
    {"table_outgoing", SETTING_TEXT, PLACE(table_outgoing), "yisong_outgoing",
     0, 0, "发文表", "table of letters to send"},
    {"table_incoming", SETTING_TEXT, PLACE(table_incoming), "yisong_incoming",
     0, 0, "收文表", "table of letters that came"},
    {"table_receipts", SETTING_FLAG, PLACE(table_receipts), "no", 0, 0,
     "回执和退回通知也写入收文表（yes 或 no）",
     "receipts and refusals go there too (yes or no)"},
    {"table_look", SETTING_INT, PLACE(table_look), "2", 1, 3600,
     "定期查看前置库的间隔（秒）", "look into it at least this often, seconds"},
    {"table_wait", SETTING_INT, PLACE(table_wait), "10", 1, 300,
     "等待前置库的最长时间（秒）", "how long it may take to answer, seconds"},
    {"table_columns", SETTING_TEXT, PLACE(table_columns), "", 0, 0,
     "业务系统自有的表或视图，按映射逐行生成公文；空为不用",
     "a table or view of the system's own whose rows become letters by a "
     "mapping; empty: none"},
    {"table_key", SETTING_TEXT, PLACE(table_key), "id", 0, 0,
     "该表中不重复的列", "its column that is never the same twice"},
    {"table_mapping", SETTING_PATH, PLACE(table_mapping), "", 0, 0,
     "该表的映射：文件或内置映射的名称",
     "its mapping: a file, or the name of a carried one"},
    {"table_to", SETTING_TEXT, PLACE(table_to), "", 0, 0,
     "其收件机关，以逗号分隔（映射未写明时）",
     "its addressees, by commas, where the mapping names none"},
    {"table_columns_in", SETTING_TEXT, PLACE(table_columns_in), "", 0, 0,
     "来文按映射写入的自有表；空为不用",
     "a table of the system's own that letters are written into by a mapping; "
     "empty: none"},
    {"table_mapping_in", SETTING_PATH, PLACE(table_mapping_in), "", 0, 0,
     "来文的映射", "the mapping of letters that come"},
};

enum reason adapter_settings_read(const char *path,
                                  struct adapter_settings *out,
                                  struct fault *why)
{
    AUTO(buf) struct buf report = {0};
    enum reason reason =
        settings_read(path, table, COUNT_OF(table), out, &report, why);
    if (reason == R_OK && *out->catalogue)
        reason = catalogue_add(out->catalogue, &report, why);
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

void adapter_settings_template(const struct adapter_beginning *beginning,
                               struct buf *out)
{
    char port[16];
    snprintf(port, sizeof port, "%d", beginning->port);
    const struct setting_value values[] = {
        {"agency", beginning->agency},
        {"mailbox", "mailbox.db"},
        {"spool", "spool"},
        {"agencies", "agencies"},
        {"key", "keys/signing.key"},
        {"certificate", "keys/signing.pem"},
        {"tls_authority", "keys/authority.pem"},
        {"tls_certificate", "keys/tls.pem"},
        {"tls_key", "keys/tls.key"},
        {"broker_host", beginning->host},
        {"broker_port", port},
        {"answer_cards", beginning->answers_cards ? "yes" : "no"},
    };
    buf_put_text(out, "# 前置机配置。以“#”开头的行是说明或未启用的设置。\n"
                      "# Settings of the adapter. Lines that begin with # are "
                      "remarks, or settings not in use.\n\n");
    settings_template(table, COUNT_OF(table), values, COUNT_OF(values), out);
}

void adapter_settings_help(void)
{
    settings_help(table, COUNT_OF(table));
}
