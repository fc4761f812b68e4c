/*
 * random_message - valid letters made at random from the schema itself: every
 * body form, every element, awkward texts. The same seed gives the same letter.
 */
#ifndef YISONG_TESTS_SCHEMAS_RANDOM_MESSAGE_H
#define YISONG_TESTS_SCHEMAS_RANDOM_MESSAGE_H

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "schemas/message.h"
#include "schemas/schema.h"

struct random_message {
    unsigned seed;
    size_t depth;
};

static inline size_t random_below(struct random_message *random, size_t most)
{
    return (size_t)rand_r(&random->seed) % most;
}

/* Texts that are valid for a type, by its name. */
static const struct {
    const char *type;
    const char *texts[4];
} random_samples[] = {
    {"MessageId",
     {"019306e0-0001-7a10-8b20-0005c0de0001",
      "019306e0-ffff-7fff-bfff-ffffffffffff"}},
    {"AgencyId", {"ecology-nanchang", "p0", "exchange"}},
    {"TypeId", {"criminal-case-transfer", "x1"}},
    {"CaseId", {"none", "NC-2026_1.a", "7"}},
    {"Code", {"COD", "a.b-c_d"}},
    {"ReasonCode", {"NOT_VALID", "A1"}},
    {"Digest",
     {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}},
    {"Instant",
     {"2026-11-21T17:00:00+08:00", "2024-02-29T23:59:59.123456789Z",
      "2000-01-01T00:00:00-05:30"}},
    {"Date", {"2026-11-21", "2024-02-29", "1999-12-31"}},
    {"Count", {"0", "7", "9007199254740991"}},
    {"Flag", {"true", "false"}},
    {"Amount", {"0", "12000.50", "99999999999999.9"}},
    {"Quantity", {"57.21", "0.000001", "1"}},
    {"Reading", {"-0.5", "17.46", "0"}},
    {"Coordinate", {"112.77154", "-7.5"}},
    {"Line",
     {"枣阳某再生资源有限公司", "a \" < > & ' b", "𠮷田 café",
      "\\u0041 {} [] null"}},
    {"Cell", {"", " ", "12", "甲\t乙"}},
    {"Text",
     {"第一行\n第二行", " 前后空白 ", "行尾\r\n制表\t]]> <b>&amp;", "😀"}},
    {"DocumentNumber", {"枣环移〔2023〕3号", "赣环罚〔2026〕12号"}},
    {"CreditCode", {"91350100M000100Y43"}},
    {"CitizenId", {"11010519491231002X"}},
    {"RegionCode", {"420683", "360100"}},
    {"StockCode", {"600000"}},
    {"Phone", {"0710-6222345", "+86 (0710) 6222345"}},
    {"Email", {"a.b@example.gov.cn"}},
    {"FileName", {"调查报告.pdf", "a b.c"}},
    {"MediaType", {"application/pdf", "image/svg+xml"}},
};

static inline const char *random_text(struct random_message *random,
                                      const struct schema_type *type)
{
    if (type->value_count)
        return type->values[random_below(random, type->value_count)].text;
    for (size_t i = 0; i < COUNT_OF(random_samples); i++) {
        if (strcmp(random_samples[i].type, type->name) != 0)
            continue;
        size_t count = 0;
        while (count < 4 && random_samples[i].texts[count])
            count++;
        return random_samples[i].texts[random_below(random, count)];
    }
    return NULL; /* a new simple type needs a row above */
}

static inline void random_element(struct random_message *random,
                                  const struct schema_element *rule,
                                  struct buf *out);

static inline void random_children(struct random_message *random,
                                   const struct schema_type *type,
                                   struct buf *out)
{
    for (size_t i = 0; i < type->slot_count; i++) {
        const struct schema_slot *slot = &type->slots[i];
        const struct schema_element *rule =
            &type->elements[slot->first + random_below(random, slot->count)];
        size_t count = slot->count > 1 ? slot->least : rule->least;
        if (random_below(random, 2) && count < rule->most)
            count += 1 + (rule->most > 2 ? random_below(random, 2) : 0);
        while (count-- > 0)
            random_element(random, rule, out);
    }
}

static inline void random_element(struct random_message *random,
                                  const struct schema_element *rule,
                                  struct buf *out)
{
    buf_print(out, "<%s>", rule->name);
    if (rule->type->is_simple)
        buf_put_xml(out, random_text(random, rule->type));
    else
        random_children(random, rule->type, out);
    buf_print(out, "</%s>", rule->name);
}

/* One letter as XML, valid by the schema (its type and form need not fit). */
static inline void random_message_put(unsigned seed, struct buf *out)
{
    struct random_message random = {.seed = seed};
    buf_put_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                      "<message xmlns=\"" MESSAGE_NAMESPACE "\">");
    random_children(&random, schema_root(schema_of_messages())->type, out);
    buf_put_text(out, "</message>\n");
}

#endif
