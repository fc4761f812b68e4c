/*
 * progress - how far long work has come, on standard error: a line that is
 * written over on a terminal, else a plain line now and then. Work that is done
 * within a second says nothing.
 */
#ifndef YISONG_PROGRAM_PROGRESS_H
#define YISONG_PROGRAM_PROGRESS_H

#include <stdint.h>

/* So much of all is done. */
void progress_tell(int64_t done, int64_t all);

/* Takes the line away. */
void progress_end(void);

#endif
