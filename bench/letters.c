/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Signed card letters of about 6.4 KB in XML (the size of a real case
 * transfer), to one recipient, so that router and shovel move one letter each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "bench/bench.h"

const struct kind kinds[KIND_COUNT] = {
    {"XML P-256", "sender-p256", MESSAGE_XML},
    {"XML SM2", "sender-sm2", MESSAGE_XML},
    {"JSON P-256", "sender-p256", MESSAGE_JSON},
    {"JSON SM2", "sender-sm2", MESSAGE_JSON},
};

enum { PROVISIONS = 13 };

static void put_body(struct buf *out)
{
    buf_put_text(
        out,
        "<body><card><colour>red</colour><scheme>环保红（黄）牌警示</scheme>"
        "<number>洪环红牌〔2026〕7号</number><decidedOn>2026-11-17"
        "</decidedOn><authority>南昌市生态环境局</authority><unit><name>"
        "南昌某再生资源有限公司</name><creditCode>91420683MA0000015G"
        "</creditCode><regionCode>360100</regionCode></unit><reason>"
        "无证经营危险废物，被责令关闭。</reason><legalBasis>");
    for (int i = 1; i <= PROVISIONS; i++)
        buf_print(out,
                  "<provision><law>水污染防治行动计划</law><article>第%d条"
                  "</article><text>自2016年起，定期公布环保“黄牌”“红牌”企业"
                  "名单。对超标和超总量的企业予以“黄牌”警示，一律限制生产或"
                  "停产整治；对整治仍不能达到要求且情节严重的企业予以“红牌”"
                  "处罚，一律停业、关闭。</text></provision>",
                  i);
    buf_put_text(out, "</legalBasis></card></body>");
}

static void put_letter(const struct kind *kind, const char *fingerprint,
                       const char *id, struct buf *out)
{
    char at[INSTANT_TEXT_MAX];
    instant now = instant_now();
    instant_format(now - now % INSTANT_SECOND, at);
    buf_put_text(out, "<message xmlns=\"" MESSAGE_NAMESPACE "\"><header>"
                      "<schemaVersion>1</schemaVersion>");
    buf_put_element(out, "id", id);
    buf_put_text(out, "<type>card-credit-push</type>");
    buf_put_element(out, "caseId", id);
    buf_put_element(out, "from", kind->sender);
    buf_put_text(out, "<to>receiver</to><sequence>1</sequence>");
    buf_put_element(out, "sentAt", at);
    buf_put_element(out, "decidedAt", at);
    buf_put_text(out, "<documentNumber>洪环红牌〔2026〕7号</documentNumber>"
                      "<urgency>normal</urgency>");
    buf_put_element(out, "certificate", fingerprint);
    buf_put_text(out, "</header>");
    put_body(out);
    buf_put_text(out, "</message>");
}

static void sign(const struct signing_key *key, const struct kind *kind,
                 struct ready_letter *letter)
{
    struct fault why = {0};
    AUTO(buf) struct buf plain = {0};
    AUTO(buf) struct buf bytes = {0};
    AUTO(buf) struct buf jws = {0};
    put_letter(kind, certificate_fingerprint(signing_key_certificate(key)),
               letter->id, &plain);
    AUTO(message) struct message *message = NULL;
    must(message_parse(&message, plain.bytes, plain.size, &why), &why);
    if (kind->encoding == MESSAGE_JSON) {
        buf_clear(&plain);
        must(message_write(message, MESSAGE_JSON, &plain, &why), &why);
        message_free(TAKE(message));
        must(message_parse(&message, plain.bytes, plain.size, &why), &why);
    }
    must(signature_sign(key, message, &bytes, &jws, &why), &why);
    letter->size = bytes.size;
    letter->bytes = buf_take(&bytes);
    letter->jws = jws.size ? buf_take(&jws) : NULL;
}

struct letters letters_make(const struct stage *stage, const struct kind *kind,
                            size_t count)
{
    char key_path[512], certificate_path[512];
    struct fault why = {0};
    AUTO(signing_key) struct signing_key *key = NULL;
    snprintf(key_path, sizeof key_path, "%s/%s/keys/signing.key", stage->folder,
             kind->sender);
    snprintf(certificate_path, sizeof certificate_path,
             "%s/%s/keys/signing.pem", stage->folder, kind->sender);
    must(signing_key_read(&key, key_path, certificate_path, &why), &why);
    struct letters letters = {
        .kind = kind,
        .rows = mem_new(count, sizeof *letters.rows),
        .count = count,
    };
    for (size_t i = 0; i < count; i++) {
        uuid_new(instant_now(), letters.rows[i].id);
        sign(key, kind, &letters.rows[i]);
    }
    return letters;
}

void letters_done(struct letters *letters)
{
    for (size_t i = 0; i < letters->count; i++) {
        free(letters->rows[i].bytes);
        free(letters->rows[i].jws);
    }
    free(letters->rows);
    *letters = (struct letters){0};
}
