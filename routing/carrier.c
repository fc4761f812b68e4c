/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "routing/carrier.h"

#include <stdlib.h>

void arrival_done(struct arrival *arrival)
{
    free(arrival->user_id);
    free(arrival->message_id);
    free(arrival->media_type);
    free(arrival->jws);
    free(arrival->body);
    *arrival = (struct arrival){0};
}
