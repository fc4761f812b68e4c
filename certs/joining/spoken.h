/*
 * spoken - a digest as two people compare it over the telephone: six groups
 * of four digits, "4821 0937 5526 1184 2093 7741". Whoever wants another
 * request or another authority to sound the same tries 10^24 keys.
 */
#ifndef YISONG_CERTS_JOINING_SPOKEN_H
#define YISONG_CERTS_JOINING_SPOKEN_H

#include "base/digest.h"

enum { SPOKEN_TEXT_MAX = 30, SPOKEN_CHINESE_MAX = 128 };

char *spoken_format(const struct digest *digest, char text[SPOKEN_TEXT_MAX]);

/* As it is read aloud: "四八二一 〇九三七 ...". */
char *spoken_chinese(const struct digest *digest,
                     char text[SPOKEN_CHINESE_MAX]);

/* Whether this was heard: digits in any grouping, Chinese numerals too. */
bool spoken_is(const char *heard, const struct digest *digest);

#endif
