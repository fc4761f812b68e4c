/*
 * procedure_text - an act in words for a person, as refusals, `show` and
 * drawings write it.
 */
#ifndef YISONG_ROUTING_PROCEDURE_TEXT_H
#define YISONG_ROUTING_PROCEDURE_TEXT_H

#include "routing/procedure_model.h"

/* "生态环境部门→公安机关《案件移送书》（抄送检察机关）" */
void text_put_act(struct buf *out, const struct machine *machine,
                  const struct accept *accept, bool chinese);

/* "生态环境部门、检察机关" / "ecology bureau, procuratorate" */
void text_put_parties(struct buf *out, const struct machine *machine,
                      const struct words *parties, bool chinese);

/* "3日（节假日顺延）" / "3 days (moved past holidays)" */
void text_put_measure(struct buf *out, const struct measure *measure,
                      bool chinese);

/* The same of a limit as the file has it; "每月5日" for a fixed day. */
void text_put_limit(struct buf *out, const struct limit *limit, bool chinese);

/*
 * What an act does to clocks and cases beside what it starts, meets and
 * cancels: one line each, "中止计算：反向衔接审查期限". Each is given to `put`.
 */
void text_each_mark(const struct machine *machine, const struct accept *accept,
                    bool chinese, void (*put)(void *context, const char *line),
                    void *context);

/* The name of a message type; its id if the catalogue lacks it. */
const char *text_type(const char *type, bool chinese);

#endif
