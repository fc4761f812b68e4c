/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The result of a replay: freeing it, and what people and programs read.
 */
#include "simulation/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/width.h"

const char *step_outcome_name(enum step_outcome outcome)
{
    static const char *const names[STEP_OUTCOMES] = {
        "lawful", "late", "refused", "no-letter", "no-date"};
    return names[outcome];
}

const char *step_outcome_words(enum step_outcome outcome)
{
    static const char *const words[STEP_OUTCOMES][2] = {
        {"合法", "lawful"},          {"逾期", "late"},
        {"退回", "refused"},         {"无对应文书", "no letter"},
        {"日期不明", "day unknown"},
    };
    return language_is_chinese() ? words[outcome][0] : words[outcome][1];
}

/* "1 day 02:03", for a lateness. */
static void put_span(struct buf *out, int64_t seconds)
{
    int64_t days = seconds / 86400, rest = seconds % 86400;
    AUTO(buf) struct buf hours = {0};
    buf_print(&hours, "%02d:%02d", (int)(rest / 3600), (int)(rest / 60 % 60));
    if (language_is_chinese())
        buf_print(out, "%lld天%s", (long long)days, buf_text(&hours));
    else
        buf_print(out, "%lld d %s", (long long)days, buf_text(&hours));
}

static void put_late(struct buf *out, const struct step_result *result)
{
    if (!result->limit) {
        buf_put_text(out, say("迟于作出决定后的期限", "after its decision"));
        return;
    }
    char due[INSTANT_TEXT_MAX];
    buf_print(out, "%s %s (%s %s) ", result->limit, result->limit_article,
              say("届满于", "due"), instant_format(result->due, due));
    put_span(out, result->late_seconds);
}

static void put_refusal(struct buf *out, const struct step_result *result)
{
    buf_print(out, "%s", result->code);
    if (*result->rule)
        buf_print(out, " %s", result->rule);
    if (*result->article)
        buf_print(out, " %s", result->article);
    const char *lawful =
        language_is_chinese() ? result->lawful_zh : result->lawful_en;
    if (*lawful)
        buf_print(out, "; %s", lawful);
}

static void put_remark(struct buf *out, const struct step_result *result)
{
    if (result->outcome == STEP_NO_LETTER)
        buf_put_text(out, language_is_chinese() ? result->letter.chinese
                                                : result->letter.english);
    if (result->outcome == STEP_LATE)
        put_late(out, result);
    if (result->outcome == STEP_REFUSED)
        put_refusal(out, result);
}

static void print_step(const struct step_result *result)
{
    AUTO(buf) struct buf line = {0}, remark = {0}, clean = {0};
    const struct record_step *step = result->step;
    buf_put_text(&line, "  ");
    width_put_in(&line, *step->date ? step->date : "-", 12);
    width_put_in(&line, step->kind, 23);
    width_put_in(&line, *result->letter.type ? result->letter.type : "-", 26);
    width_put_in(&line, step_outcome_words(result->outcome), 12);
    put_remark(&remark, result);
    width_put(&clean, buf_text(&remark));
    printf("%s%s\n", buf_text(&line), buf_text(&clean));
}

void replay_print(const struct replay *replay)
{
    const struct record *record = replay->record;
    AUTO(buf) struct buf head = {0};
    width_put(&head, record->id);
    buf_put_text(&head, "  ");
    width_put(&head, record->title);
    printf("%s\n", buf_text(&head));
    for (size_t i = 0; i < record->step_count; i++)
        print_step(&replay->steps[i]);
    for (size_t i = 0; i < replay->expired_count; i++) {
        const struct expired_clock *clock = &replay->expired[i];
        char due[INSTANT_TEXT_MAX];
        printf("  ! %s %s: %s %s\n", clock->limit, clock->article, clock->owner,
               say("届满，未见公布", "ran out, nothing was published"));
        printf("    %s %s\n", say("届满于", "due"),
               instant_format(clock->due, due));
    }
    if (*replay->state)
        printf("  = %s/%s\n", replay->procedure, replay->state);
    putchar('\n');
}

static void put_member(struct buf *out, const char *name, const char *text)
{
    buf_print(out, ",\"%s\":\"", name);
    buf_put_json(out, text ? text : "");
    buf_put_char(out, '"');
}

static void put_step(struct buf *out, const struct step_result *result)
{
    char due[INSTANT_TEXT_MAX];
    buf_print(out, "{\"outcome\":\"%s\"", step_outcome_name(result->outcome));
    put_member(out, "date", result->step->date);
    put_member(out, "step", result->step->kind);
    put_member(out, "actor", result->step->actor);
    put_member(out, "text", result->step->text);
    put_member(out, "type", result->letter.type);
    if (result->outcome == STEP_REFUSED) {
        put_member(out, "code", result->code);
        put_member(out, "rule", result->rule);
        put_member(out, "article", result->article);
        put_member(out, "lawfulChinese", result->lawful_zh);
        put_member(out, "lawfulEnglish", result->lawful_en);
    }
    if (result->limit) {
        put_member(out, "limit", result->limit);
        put_member(out, "article", result->limit_article);
        put_member(out, "due", instant_format(result->due, due));
        buf_print(out, ",\"lateSeconds\":%lld",
                  (long long)result->late_seconds);
    }
    if (result->outcome == STEP_NO_LETTER) {
        put_member(out, "chinese", result->letter.chinese);
        put_member(out, "english", result->letter.english);
    }
    buf_put_char(out, '}');
}

static void put_expired(struct buf *out, const struct expired_clock *clock)
{
    char due[INSTANT_TEXT_MAX];
    buf_print(out, "{\"due\":\"%s\"", instant_format(clock->due, due));
    put_member(out, "limit", clock->limit);
    put_member(out, "owner", clock->owner);
    put_member(out, "article", clock->article);
    buf_put_char(out, '}');
}

void replay_put_json(const struct replay *replay, struct buf *out)
{
    buf_put_text(out, "{\"id\":\"");
    buf_put_json(out, replay->record->id);
    buf_put_char(out, '"');
    put_member(out, "title", replay->record->title);
    put_member(out, "procedure", replay->procedure);
    put_member(out, "state", replay->state);
    buf_put_text(out, ",\"steps\":[");
    for (size_t i = 0; i < replay->record->step_count; i++) {
        buf_put_text(out, i ? "," : "");
        put_step(out, &replay->steps[i]);
    }
    buf_put_text(out, "],\"expired\":[");
    for (size_t i = 0; i < replay->expired_count; i++) {
        buf_put_text(out, i ? "," : "");
        put_expired(out, &replay->expired[i]);
    }
    buf_put_text(out, "]}");
}

static void step_result_done(struct step_result *result)
{
    free(result->code);
    free(result->rule);
    free(result->article);
    free(result->lawful_zh);
    free(result->lawful_en);
    free(result->limit);
    free(result->limit_article);
}

void replay_done(struct replay *replay)
{
    for (size_t i = 0; replay->record && i < replay->record->step_count; i++)
        step_result_done(&replay->steps[i]);
    for (size_t i = 0; i < replay->expired_count; i++) {
        free(replay->expired[i].limit);
        free(replay->expired[i].owner);
        free(replay->expired[i].article);
    }
    free(replay->steps);
    free(replay->expired);
    free(replay->procedure);
    free(replay->state);
    *replay = (struct replay){0};
}
