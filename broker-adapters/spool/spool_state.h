/*
 * spool_state - what the three .c files of the spool share; nobody else.
 */
#ifndef YISONG_BROKER_ADAPTERS_SPOOL_STATE_H
#define YISONG_BROKER_ADAPTERS_SPOOL_STATE_H

#include <sys/stat.h>

#include "base/io.h"
#include "broker-adapters/spool/spool.h"

/* The folders below the spool; their names are in spool.c. */
enum { SPOOL_OUT, SPOOL_FOLDERS = 6 };
extern const char *const spool_folders[SPOOL_FOLDERS];

/* A file that may still change: taken or refused when it has settled. */
struct spool_waiting {
    char *name;
    char identity[SPOOL_IDENTITY_MAX];
    int64_t since;
    bool seen; /* in the present look */
};

enum { SPOOL_WAITING_MAX = 1000 };

struct spool {
    char *path;
    int folders[SPOOL_FOLDERS]; /* descriptors */
    int notify;
    struct io_names names; /* of the present look */
    size_t at;
    bool look; /* something happened */
    int64_t looked, now;
    struct spool_waiting waiting[SPOOL_WAITING_MAX];
    size_t waiting_count;
};

/* The descriptor of a folder by its name. */
int spool_folder(const struct spool *spool, const char *name);

void spool_identity(const struct stat *status,
                    char identity[SPOOL_IDENTITY_MAX]);

enum spool_state {
    SPOOL_TAKEN,    /* bytes are there, or the fault that keeps them away */
    SPOOL_GROWING,  /* somebody writes it, or may do so */
    SPOOL_NO_LETTER /* gone, or a folder */
};

/*
 * Opens and reads file->name without waiting for anybody. `settled`: it has
 * not changed for a while.
 */
enum spool_state spool_examine(const struct spool *spool,
                               struct spool_file *file);

#endif
