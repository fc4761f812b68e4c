/*
 * province - a province in memory for some months: its real cities and
 * counties, each with its agencies, and cases of all procedures. What is done
 * in a case is drawn from what its procedure file allows there and then. Most
 * act in time, some late, some never, some unlawfully. The same seed gives the
 * same province.
 */
#ifndef YISONG_SIMULATION_PROVINCE_H
#define YISONG_SIMULATION_PROVINCE_H

#include "simulation/book.h"
#include "simulation/world.h"

struct province_plan {
    const char *region; /* two digits, "21" */
    size_t cities, counties, cases;
    uint64_t seed;
    struct civil_day from, to; /* both included */
    const char *ledger;        /* a new file to keep; NULL: none */
    const char *registry;      /* a new folder to keep; NULL: none */
    unsigned threads;
    const struct procedures *procedures;
    bool own_procedures; /* not those that the program carries */
    void (*progress)(size_t done, size_t all); /* NULL: none */
};

struct province;

/* Makes the agencies and throws the dice. R_EXISTS for the ledger. */
enum reason province_open(struct province **out,
                          const struct province_plan *plan,
                          struct fault *why) MUST_CHECK;
void province_close(struct province *province);
AUTO_POINTER(province, province_close)

/* Lives through all of it. */
enum reason province_run(struct province *province,
                         struct fault *why) MUST_CHECK;

struct book *province_book(struct province *province);
struct world *province_world(struct province *province);
instant province_end(const struct province *province);
size_t province_agencies(const struct province *province);
const char *province_name(const struct province *province); /* "辽宁省" */
size_t province_places(const struct province *province);

/* What both books say of one thing. */
struct audit_row {
    const char *chinese, *english, *name;
    int64_t expected, found;
};
enum { AUDIT_ROWS_MAX = 24 };

/* Holds the book of the simulation against the ledger. */
struct audit {
    struct audit_row rows[AUDIT_ROWS_MAX];
    size_t count;
    bool differs;
    bool without_rules; /* the carried rules do not fit these procedures */
    char first[400];    /* the first thing that differs, in words */
};
enum reason province_audit(struct province *province, struct audit *out,
                           struct fault *why) MUST_CHECK;
void audit_put(struct audit *audit, struct audit_row row);
/* Keeps the first difference in words. */
void audit_tell(struct audit *audit, const char *where, const char *what);

/* How often each act of the procedures was done: "PROCEDURE TYPE NEXT". */
void province_put_acts(struct province *province, struct buf *out);

#endif
