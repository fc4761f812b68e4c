/*
 * idiom - the four words that every .c file uses.
 *
 *   MUST_CHECK     the caller may not ignore what comes back
 *   TRY(call)      pass a failure up; the only macro that returns
 *   AUTO(kind)     release at the end of the scope
 *   TAKE(pointer)  hand over what AUTO would have released
 *
 * A kind is made releasable once, beside its free or done function:
 *   AUTO_POINTER(message, message_free)   for   AUTO(message) struct message *m
 *   AUTO_VALUE(buf, buf_done)             for   AUTO(buf) struct buf b
 */
#ifndef YISONG_BASE_IDIOM_H
#define YISONG_BASE_IDIOM_H

#include "base/reason.h"

#define MUST_CHECK __attribute__((warn_unused_result))

#define PRINTF_LIKE(place, first) __attribute__((format(printf, place, first)))

#define TRY(call)                                                              \
    do {                                                                       \
        enum reason tried_ = (call);                                           \
        if (tried_ != R_OK)                                                    \
            return tried_;                                                     \
    } while (0)

#define AUTO(kind) __attribute__((cleanup(kind##_auto)))

#define AUTO_POINTER(kind, release)                                            \
    static inline void kind##_auto(struct kind **held)                         \
    {                                                                          \
        release(*held);                                                        \
    }

#define AUTO_VALUE(kind, release)                                              \
    static inline void kind##_auto(struct kind *held)                          \
    {                                                                          \
        release(held);                                                         \
    }

#define TAKE(pointer)                                                          \
    __extension__({                                                            \
        __typeof__(pointer) taken_ = (pointer);                                \
        (pointer) = NULL;                                                      \
        taken_;                                                                \
    })

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
