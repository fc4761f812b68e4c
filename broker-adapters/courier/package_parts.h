/*
 * package_parts - names and ceilings that the writer and the reader of
 * packages share.
 */
#ifndef YISONG_BROKER_ADAPTERS_PACKAGE_PARTS_H
#define YISONG_BROKER_ADAPTERS_PACKAGE_PARTS_H

#include "broker-adapters/courier/package.h"
#include "broker-adapters/courier/tar.h"

#define PACKAGE_COVER "cover.xml"
#define PACKAGE_SUMS  "SHA256SUMS"

enum { PACKAGE_SUMS_CEILING = 16 * 1024 * 1024 };

/* "letters/000001-0.xml", counted from 0; `text` has TAR_NAME_MAX bytes. */
char *courier_package_name(size_t place, const struct package_letter *letter,
                           const char *end, char text[TAR_NAME_MAX]);

#endif
