/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The reader's language, by the rules of setlocale(3) but without needing the
 * locale to be installed: old servers often have LANG=zh_CN.UTF-8 and no data.
 */
#include "base/language.h"

#include <stdlib.h>
#include <string.h>

static _Thread_local enum language spoken = LANGUAGE_OF_READER;

void language_speak(enum language language)
{
    spoken = language;
}

bool language_is_chinese(void)
{
    if (spoken != LANGUAGE_OF_READER)
        return spoken == LANGUAGE_CHINESE;
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return strncmp(value, "zh", 2) == 0;
    }
    return false;
}

const char *say(const char *chinese, const char *english)
{
    return language_is_chinese() ? chinese : english;
}
