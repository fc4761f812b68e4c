/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Findings and rules as JSON: codes and ids, instants in RFC 3339, spans in
 * seconds, what is not known left out. The same in every language.
 */
#include <inttypes.h>

#include "base/json.h"
#include "base/mask.h"
#include "routing/supervision/supervise.h"

static void put_words(struct buf *out, const char *name, const char *text)
{
    struct words words = words_parse(text);
    buf_print(out, ", \"%s\": [", name);
    for (size_t i = 0; i < words.count; i++) {
        buf_put_text(out, i ? ", \"" : "\"");
        mask_put_json(out, words.items[i]);
        buf_put_char(out, '"');
    }
    buf_put_char(out, ']');
    words_done(&words);
}

static void put_thresholds(struct buf *out, const struct rules *rules,
                           uint64_t met)
{
    const char *separator = "";
    buf_put_text(out, ", \"thresholds\": [");
    for (size_t i = 0; i < rules->threshold_count; i++) {
        const struct threshold *threshold = &rules->thresholds[i];
        if (!(met & (UINT64_C(1) << i)))
            continue;
        buf_print(out,
                  "%s{\"id\": \"%s\", \"article\": \"%s\", "
                  "\"reads\": \"%s\"%s}",
                  separator, threshold->id, threshold->article,
                  threshold->words ? "words" : "figures",
                  threshold->grave ? ", \"grave\": true" : "");
        separator = ", ";
    }
    buf_put_char(out, ']');
}

static void put_letter(struct buf *out, const struct finding *finding)
{
    buf_print(out, ", \"letter\": {\"position\": %" PRId64, finding->position);
    json_put_text(out, "id", finding->letter_id);
    json_put_text(out, "type", finding->letter_type);
    if (finding->undelivered)
        buf_put_text(out, ", \"delivered\": false");
    buf_put_char(out, '}');
}

static void put_finding(struct buf *out, const struct findings *findings,
                        const struct finding *finding)
{
    instant end = finding->done ? finding->done : findings->at;
    buf_print(out, "{\"reason\": \"%s\", \"heading\": \"%s\"",
              finding->rule->id, finding->rule->heading->id);
    json_put_text(out, "article", finding->article);
    json_put_text(out, "caseId", finding->case_id);
    json_put_text(out, "procedure", finding->procedure);
    json_put_text(out, "state", finding->state);
    json_put_text(out, "agency", finding->agency);
    put_words(out, "parties", finding->parties);
    json_put_text(out, "limit", finding->limit);
    json_put_text(out, "subject", finding->subject);
    if (finding->thresholds)
        put_thresholds(out, findings->rules, finding->thresholds);
    if (finding->position)
        put_letter(out, finding);
    json_put_instant(out, "since", finding->since);
    buf_print(out, ", \"ageSeconds\": %" PRId64,
              (end - finding->since) / INSTANT_SECOND);
    json_put_instant(out, "due", finding->due);
    if (finding->due)
        buf_print(out, ", \"lateSeconds\": %" PRId64,
                  (end - finding->due) / INSTANT_SECOND);
    json_put_instant(out, "done", finding->done);
    buf_put_char(out, '}');
}

void findings_put_json(const struct findings *findings,
                       const struct words *only, struct buf *out)
{
    char at[INSTANT_TEXT_MAX];
    const char *separator = "\n ";
    buf_print(out, "{\"at\": \"%s\", \"findings\": [",
              instant_format(findings->at, at));
    for (size_t i = 0; i < findings->count; i++) {
        if (!rules_wants(only, findings->items[i].rule->id))
            continue;
        buf_put_text(out, separator);
        put_finding(out, findings, &findings->items[i]);
        separator = ",\n ";
    }
    buf_put_text(out, "]}\n");
}

static void put_label(struct buf *out, const struct label *label)
{
    json_put_text(out, "zh", label->zh);
    json_put_text(out, "en", label->en);
}

void rules_put_json(const struct rules *rules, struct buf *out)
{
    buf_put_text(out, "{\"rules\": [");
    for (size_t i = 0; i < rules->rule_count; i++) {
        const struct rule *rule = &rules->rules[i];
        buf_print(out, "%s\n {\"id\": \"%s\", \"heading\": \"%s\"",
                  i ? "," : "", rule->id, rule->heading->id);
        json_put_text(out, "article", rule->article);
        put_label(out, &rule->name);
        json_put_text(out, "blindZh", rule->blind.zh);
        json_put_text(out, "blindEn", rule->blind.en);
        buf_put_char(out, '}');
    }
    buf_put_text(out, "],\n \"thresholds\": [");
    for (size_t i = 0; i < rules->threshold_count; i++) {
        const struct threshold *threshold = &rules->thresholds[i];
        buf_print(out, "%s\n {\"id\": \"%s\", \"article\": \"%s\"",
                  i ? "," : "", threshold->id, threshold->article);
        json_put_text(out, "reads", threshold->words ? "words" : "figures");
        put_label(out, &threshold->name);
        buf_put_char(out, '}');
    }
    buf_put_text(out, "]}\n");
}
