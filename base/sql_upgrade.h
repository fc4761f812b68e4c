/*
 * sql_upgrade - brings a store of an earlier version to the present one, step
 * by step, in one transaction, with a backup beside it.
 *
 * The steps are data: one script a version. A store keeps its version number
 * only as well as those who made it did; where a number was not raised when
 * the tables changed, a step's `sign` says whether it was done already.
 */
#ifndef YISONG_BASE_SQL_UPGRADE_H
#define YISONG_BASE_SQL_UPGRADE_H

#include "base/sql.h"

struct sql_step {
    int version;        /* to which it leads */
    const char *sign;   /* a query with a row where it was done; or NULL */
    const char *script; /* name of an asset */
};

/*
 * Nothing to do where there is no store, or none that is older than the last
 * step. Else "PATH.version-N" is the store as it was, whole and durable, before
 * the first step is committed. Others may have the store open, if they can work
 * with the new tables.
 */
enum reason sql_upgrade(const char *path, const struct sql_step *steps,
                        size_t count, struct fault *why) MUST_CHECK;

#endif
