/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/courier/tar.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct head {
    char name[TAR_NAME_MAX], mode[8], uid[8], gid[8], size[12], time[12];
    char sum[8], kind, link[100], magic[6], version[2], user[32], group[32];
    char major[8], minor[8], prefix[155], rest[12];
};
_Static_assert(sizeof(struct head) == TAR_BLOCK, "a head is one block");

/* The sum counts its own field as blanks. */
static unsigned sum_of(const struct head *head)
{
    struct head copy = *head;
    unsigned sum = 0;
    memset(copy.sum, ' ', sizeof copy.sum);
    for (size_t i = 0; i < TAR_BLOCK; i++)
        sum += ((const unsigned char *)&copy)[i];
    return sum;
}

static void put_octal(char *field, size_t room, unsigned long long number)
{
    char text[24];
    snprintf(text, sizeof text, "%0*llo", (int)room - 1, number);
    memcpy(field, text, room);
}

void tar_head(unsigned char block[TAR_BLOCK], const char *name, size_t size,
              instant at)
{
    struct head head = {.kind = '0', .magic = "ustar", .version = {'0', '0'}};
    assert(strlen(name) < sizeof head.name);
    memcpy(head.name, name, strlen(name));
    put_octal(head.mode, sizeof head.mode, 0644);
    put_octal(head.uid, sizeof head.uid, 0);
    put_octal(head.gid, sizeof head.gid, 0);
    put_octal(head.size, sizeof head.size, size);
    put_octal(head.time, sizeof head.time,
              (unsigned long long)(at / INSTANT_SECOND));
    put_octal(head.major, sizeof head.major, 0);
    put_octal(head.minor, sizeof head.minor, 0);
    put_octal(head.sum, sizeof head.sum - 1, sum_of(&head));
    head.sum[sizeof head.sum - 1] = ' ';
    memcpy(block, &head, TAR_BLOCK);
}

size_t tar_padding(uint64_t size)
{
    return (TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK;
}

static bool read_octal(const char *field, size_t room, int64_t *out)
{
    *out = 0;
    for (size_t i = 0; i + 1 < room; i++) {
        if (field[i] < '0' || field[i] > '7')
            return false;
        *out = *out * 8 + (field[i] - '0');
    }
    return field[room - 1] == '\0';
}

bool tar_read_head(const unsigned char block[TAR_BLOCK],
                   char name[TAR_NAME_MAX], int64_t *size)
{
    struct head head;
    unsigned char again[TAR_BLOCK];
    int64_t at;
    memcpy(&head, block, sizeof head);
    if (!memchr(head.name, '\0', sizeof head.name) ||
        !read_octal(head.size, sizeof head.size, size) ||
        !read_octal(head.time, sizeof head.time, &at))
        return false;
    memcpy(name, head.name, sizeof head.name);
    tar_head(again, name, (size_t)*size, at * INSTANT_SECOND);
    return memcmp(block, again, TAR_BLOCK) == 0;
}
