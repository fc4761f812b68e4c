/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong: finds the command, reads its options by its table, runs it, turns
 * the reason into an exit status (0 done, 1 refused or not valid, 2 wrong use,
 * 3 temporary trouble).
 */
#include "program/command.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/mem.h"
#include "schemas/catalogue.h"

/* Every command has these. */
static const struct option common_options[] = {
    {"--catalogue", "PATH", "增加文书类型：目录文件或者文件夹",
     "add types of letters: a catalogue file, or a folder of them"},
};

/* How many words of the line the command's name takes; 0 if it is not it. */
static int name_matches(const char *name, int argc, char **argv)
{
    int words = 0;
    const char *rest = name;
    while (*rest) {
        size_t length = strcspn(rest, " ");
        if (words >= argc || strlen(argv[words]) != length ||
            strncmp(argv[words], rest, length) != 0)
            return 0;
        words++;
        rest += length + (rest[length] == ' ' ? 1 : 0);
    }
    return words;
}

static const struct command *command_find(int argc, char **argv, int *words)
{
    const struct command *best = NULL;
    *words = 0;
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = commands[i].command;
        int matched = command ? name_matches(command->name, argc, argv) : 0;
        if (matched > *words) {
            *words = matched;
            best = command;
        }
    }
    return best;
}

static void print_option(const struct option *option)
{
    char shown[64];
    snprintf(shown, sizeof shown, "%s%s%s", option->name,
             option->value ? " " : "", option->value ? option->value : "");
    printf("  %-24s %s\n", shown, say(option->chinese, option->english));
}

static void print_usage(const struct command *command)
{
    printf("%s: yisong %s [%s] %s\n\n  %s\n", say("用法", "usage"),
           command->name, say("选项", "OPTIONS"), command->operands,
           say(command->chinese, command->english));
    printf("\n%s:\n", say("选项", "options"));
    for (size_t i = 0; i < command->option_count; i++)
        print_option(&command->options[i]);
    for (size_t i = 0; i < COUNT_OF(common_options); i++)
        print_option(&common_options[i]);
    printf("\n%s:\n  %s\n", say("示例", "example"), command->example);
}

static void print_listed(FILE *out, const struct listed *row)
{
    if (row->command)
        fprintf(out, "  %-20s %s\n", row->command->name,
                say(row->command->chinese, row->command->english));
    else
        fprintf(out, "\n%s\n", say(row->chinese, row->english));
}

static void print_all(FILE *out)
{
    fprintf(out, "%s\n",
            say("移送：行政执法与刑事司法衔接、联合惩戒的公文交换系统",
                "yisong: official letters between agencies, signed, "
                "clocked and tracked"));
    for (size_t i = 0; i < command_count; i++)
        print_listed(out, &commands[i]);
    fprintf(out, "\n%s\n",
            say("每个命令都有 --help。退出码：0 完成，1 被拒绝或无效，"
                "2 用法有误，3 暂时故障。",
                "Every command has --help. Exit status: 0 done, 1 refused or "
                "not valid, 2 wrong use, 3 temporary trouble."));
}

static const struct option *common_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(common_options); i++)
        if (strcmp(common_options[i].name, name) == 0)
            return &common_options[i];
    return NULL;
}

static const struct option *option_find(const struct command *command,
                                        const char *name, size_t *place)
{
    for (*place = 0; *place < command->option_count; (*place)++)
        if (strcmp(command->options[*place].name, name) == 0)
            return &command->options[*place];
    return NULL;
}

/* "--json" and "-c", but not "-" (standard input) and not "-5". */
static bool looks_like_option(const char *word)
{
    return word[0] == '-' &&
           (word[1] == '-' || isalpha((unsigned char)word[1]));
}

static enum reason read_arguments(struct arguments *arguments, int argc,
                                  char **argv, struct fault *why)
{
    bool only_operands = false;
    for (int i = 0; i < argc; i++) {
        if (only_operands || !looks_like_option(argv[i])) {
            arguments->operands[arguments->count++] = argv[i];
            continue;
        }
        if (strcmp(argv[i], "--") == 0) {
            only_operands = true;
            continue;
        }
        size_t place;
        const struct option *option =
            option_find(arguments->command, argv[i], &place);
        const bool is_own = option != NULL;
        option = is_own ? option : common_find(argv[i]);
        if (!option)
            return fault(why, R_USAGE, "%s %s",
                         say("没有此选项", "no such option"), argv[i]);
        if (option->value && i + 1 == argc)
            return fault(why, R_USAGE, "%s %s %s", option->name,
                         say("需要", "needs"), option->value);
        const char *value = option->value ? argv[++i] : "yes";
        if (is_own)
            arguments->values[place] = value;
        arguments->repeated[arguments->repeated_count++] = option->name;
        arguments->repeated[arguments->repeated_count++] = value;
    }
    if (arguments->count < arguments->command->least ||
        arguments->count > arguments->command->most)
        return fault(why, R_USAGE, "yisong %s %s", arguments->command->name,
                     arguments->command->operands);
    return R_OK;
}

const char *arguments_value(const struct arguments *arguments, const char *name)
{
    size_t place;
    return option_find(arguments->command, name, &place)
               ? arguments->values[place]
               : NULL;
}

bool arguments_has(const struct arguments *arguments, const char *name)
{
    return arguments_value(arguments, name) != NULL;
}

const char *arguments_each(const struct arguments *arguments, const char *name,
                           size_t place)
{
    for (size_t i = 0; i < arguments->repeated_count; i += 2)
        if (strcmp(arguments->repeated[i], name) == 0 && place-- == 0)
            return arguments->repeated[i + 1];
    return NULL;
}

enum reason arguments_require(const struct arguments *arguments,
                              const char *name, const char **value,
                              struct fault *why)
{
    *value = arguments_value(arguments, name);
    if (*value)
        return R_OK;
    return fault(why, R_USAGE, "%s %s", say("必须给出", "must be given:"),
                 name);
}

enum reason arguments_int(const struct arguments *arguments, const char *name,
                          long least, long most, long standard, long *value,
                          struct fault *why)
{
    const char *text = arguments_value(arguments, name);
    *value = standard;
    if (!text)
        return R_OK;
    char *end;
    errno = 0;
    *value = strtol(text, &end, 10);
    if (errno || end == text || *end || *value < least || *value > most)
        return fault(why, R_USAGE, "%s %s (%ld ... %ld)", name, text, least,
                     most);
    return R_OK;
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0)
            return true;
    return false;
}

/* Before anything asks for a type of letter. */
static enum reason add_types(const struct arguments *arguments,
                             struct fault *why)
{
    const char *path;
    for (size_t i = 0; (path = arguments_each(arguments, "--catalogue", i));
         i++) {
        AUTO(buf) struct buf report = {0};
        enum reason reason = catalogue_add(path, &report, why);
        fputs(buf_text(&report), stderr);
        if (report.size)
            fault_clear(why); /* all was told already */
        TRY(reason);
    }
    return R_OK;
}

static int run(const struct command *command, int words, char **line)
{
    int argc = 0;
    char **argv = line + 1 + words;
    while (argv[argc])
        argc++;
    struct fault why = {0};
    struct arguments arguments = {
        .command = command,
        .line = line,
        .operands = mem_new((size_t)argc + 1, sizeof(char *)),
        .repeated = mem_new(2 * (size_t)argc + 1, sizeof(char *))};
    enum reason reason = read_arguments(&arguments, argc, argv, &why);
    if (reason == R_OK)
        reason = add_types(&arguments, &why);
    if (reason == R_OK)
        reason = command->run(&arguments, &why);
    if (reason != R_OK && why.reason != R_OK) {
        char where[64];
        snprintf(where, sizeof where, "yisong %s", command->name);
        fault_print(stderr, where, &why);
    }
    free(arguments.operands);
    free(arguments.repeated);
    if (fflush(stdout) != 0 && reason == R_OK)
        reason = R_DISK_FAILED;
    return reason_exit_status(reason);
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    int words;
    const struct command *command = command_find(argc - 1, argv + 1, &words);
    if (command && asks_for_help(argc - 1 - words, argv + 1 + words)) {
        print_usage(command);
        return 0;
    }
    if (command)
        return run(command, words, argv);
    bool wants_help = argc == 2 && (strcmp(argv[1], "--help") == 0 ||
                                    strcmp(argv[1], "help") == 0);
    print_all(wants_help ? stdout : stderr);
    return wants_help ? 0 : 2;
}
