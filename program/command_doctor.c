/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong doctor: tests every link and says in words what is wrong. The
 * settings tell which side it is: a centre has a ledger.
 */
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "program/agency.h"
#include "program/doctor_centre.h"
#include "program/doctor_report.h"

enum { WAIT_STANDARD = 10, WAIT_MOST = 600 };

enum reason doctor_wait(const struct arguments *arguments, long *seconds,
                        struct fault *why)
{
    return arguments_int(arguments, "--wait", 1, WAIT_MOST, WAIT_STANDARD,
                         seconds, why);
}

enum reason doctor_tell(const struct report *report, const char *agency,
                        instant at, const struct arguments *arguments)
{
    AUTO(buf) struct buf out = {0};
    if (arguments_has(arguments, "--json"))
        report_print_json(report, agency, at, &out);
    else
        report_print(report, &out);
    fputs(buf_text(&out), stdout);
    return report_outcome(report);
}

/* Whether a line of the settings sets the ledger. */
static enum reason is_centre(const char *path, bool *centre, struct fault *why)
{
    static const char name[] = "ledger";
    AUTO(buf) struct buf text = {0};
    TRY(io_read(path, &text, why));
    *centre = false;
    for (const char *line = buf_text(&text); line && !*centre;
         line = strchr(line, '\n')) {
        line += strspn(line, " \t\r\n");
        const char *rest = line + strlen(name);
        *centre = strncmp(line, name, strlen(name)) == 0 &&
                  rest[strspn(rest, " \t")] == '=';
    }
    return R_OK;
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    const char *path;
    bool centre;
    TRY(arguments_require(arguments, "-c", &path, why));
    TRY(is_centre(path, &centre, why));
    return centre ? doctor_centre(arguments, path, why)
                  : agency_doctor(arguments, why);
}

static const struct option options[] = {
    {"-c", "FILE", "机关或交换中心的配置文件",
     "settings file of an agency or of the centre"},
    {"--wait", "SECONDS", "等待检测公文答复的秒数（默认 10）",
     "how long the probe may take (10)"},
    {"--json", NULL, "输出 JSON", "print JSON"},
};

const struct command command_doctor = {
    .name = "doctor",
    .operands = "",
    .chinese =
        "逐项实测链路：证书、时钟、权限、磁盘、队列、往返，指出问题和办法",
    .english = "try every link and say what is wrong and what to do",
    .example = "yisong doctor -c /var/lib/yisong/ecology-nanchang/adapter.conf",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
