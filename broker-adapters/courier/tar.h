/*
 * tar - the heads of files in a POSIX archive (ustar, IEEE 1003.1), in one
 * spelling: plain files, one after the other, nothing else. What tar(1)
 * unpacks, and nothing that could surprise who unpacks it.
 */
#ifndef YISONG_BROKER_ADAPTERS_TAR_H
#define YISONG_BROKER_ADAPTERS_TAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"

enum { TAR_BLOCK = 512, TAR_NAME_MAX = 100, TAR_END = 2 * TAR_BLOCK };

/* The head of a plain file. `name` fits into TAR_NAME_MAX with its NUL. */
void tar_head(unsigned char block[TAR_BLOCK], const char *name, size_t size,
              instant at);

/* How many zero bytes fill the last block of a file of that size. */
size_t tar_padding(uint64_t size);

/*
 * Reads a head that tar_head could have written: false for links, devices,
 * long names, other modes, a wrong sum.
 */
bool tar_read_head(const unsigned char block[TAR_BLOCK],
                   char name[TAR_NAME_MAX], int64_t *size);

#endif
