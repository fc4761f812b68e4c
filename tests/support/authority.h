/*
 * authority - a throw-away authority and registry for the tests of any layer
 * from certs upwards:
 *
 *     struct office office = office_open();     six agencies and `exchange`
 *     office.registry                               read from its folder
 *     office_key(&office, "ecology-nanchang")       borrowed
 *     office_close(&office);                        removes the folder
 *
 * Every second agency has SM2, so that whatever is tested sees both suites.
 * Everything was issued at OFFICE_OPENED; judge at a time soon after it.
 */
#ifndef YISONG_TESTS_SUPPORT_AUTHORITY_H
#define YISONG_TESTS_SUPPORT_AUTHORITY_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certs/authority.h"
#include "certs/signature.h"
#include "tests/base/scratch.h"

/* 2026-11-21T09:00:00+08:00, and one minute later. */
#define OFFICE_OPENED ((instant)1795222800000)
#define OFFICE_LATER  (OFFICE_OPENED + INSTANT_MINUTE)

static const struct office_row {
    struct agency agency;
    enum suite suite;
} office_rows[] = {
    {{.id = "ecology-nanchang",
      .role = "ecology",
      .chinese = "南昌市生态环境局",
      .english = "Nanchang Ecology and Environment Bureau",
      .region = "360100",
      .level = "city"},
     SUITE_P256},
    {{.id = "police-nanchang",
      .role = "police",
      .chinese = "南昌市公安局",
      .english = "Nanchang Public Security Bureau",
      .region = "360100",
      .level = "city"},
     SUITE_SM2},
    {{.id = "procuratorate-nanchang",
      .role = "procuratorate",
      .chinese = "南昌市人民检察院",
      .english = "Nanchang People's Procuratorate",
      .region = "360100",
      .level = "city"},
     SUITE_P256},
    {{.id = "court-nanchang",
      .role = "court",
      .chinese = "南昌市中级人民法院",
      .english = "Nanchang Intermediate People's Court",
      .region = "360100",
      .level = "city"},
     SUITE_SM2},
    {{.id = "credit-jiangxi",
      .role = "credit-platform",
      .chinese = "江西省公共信用信息平台",
      .english = "Jiangxi Public Credit Platform",
      .region = "360000",
      .level = "province"},
     SUITE_P256},
    {{.id = "bank-nanchang",
      .role = "bank",
      .chinese = "南昌银行",
      .english = "Bank of Nanchang",
      .region = "360100",
      .level = "city"},
     SUITE_SM2},
    {{.id = "transport-nanchang",
      .role = "transport",
      .chinese = "南昌市交通运输局",
      .english = "Nanchang Transport Bureau",
      .region = "360100",
      .level = "city"},
     SUITE_P256},
    {{.id = "exchange",
      .role = "exchange",
      .chinese = "江西省移送交换中心",
      .english = "Jiangxi Exchange Centre",
      .region = "360000",
      .level = "province"},
     SUITE_P256},
};

enum { OFFICE_AGENCIES = COUNT_OF(office_rows) };

struct office {
    char *folder;
    struct registry *registry;
    struct signing_key *keys[OFFICE_AGENCIES];
};

/* A fault in the set-up of a test ends it. */
static inline void office_must(enum reason reason, const struct fault *why)
{
    if (reason == R_OK)
        return;
    fault_print(stderr, "tests/support/authority.h", why);
    abort();
}

/* "FOLDER/keys/AGENCY/NAME"; free it. */
static inline char *office_path(const struct office *office, const char *agency,
                                const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/keys/%s/%s", office->folder, agency, name);
    return strdup(path);
}

/* Reads the registry again, after a change to its folder. */
static inline void office_reload(struct office *office)
{
    struct fault why = {0};
    registry_free(office->registry);
    office_must(registry_read(&office->registry, office->folder, &why), &why);
}

static inline void office_add(struct office *office,
                              struct authority *authority, size_t place)
{
    struct fault why = {0};
    const struct office_row *row = &office_rows[place];
    char *folder = office_path(office, row->agency.id, "");
    char *key = office_path(office, row->agency.id, "signing.key");
    char *certificate = office_path(office, row->agency.id, "signing.pem");
    office_must(authority_add(authority, &row->agency, row->suite, folder,
                              OFFICE_OPENED, &why),
                &why);
    office_must(signing_key_read(&office->keys[place], key, certificate, &why),
                &why);
    free(folder);
    free(key);
    free(certificate);
}

static inline struct office office_open(void)
{
    struct fault why = {0};
    struct office office = {0};
    char folder[] = "/tmp/yisong-office.XXXXXX";
    office.folder = strdup(mkdtemp(folder) ? folder : "");
    office_must(authority_create(office.folder, OFFICE_OPENED, &why), &why);
    AUTO(authority) struct authority *authority = NULL;
    office_must(authority_open(&authority, office.folder, &why), &why);
    for (size_t i = 0; i < OFFICE_AGENCIES; i++)
        office_add(&office, authority, i);
    office_reload(&office);
    return office;
}

static inline void office_close(struct office *office)
{
    for (size_t i = 0; i < OFFICE_AGENCIES; i++)
        signing_key_free(office->keys[i]);
    registry_free(office->registry);
    scratch_remove_folder(office->folder);
    free(office->folder);
}

static inline const struct signing_key *office_key(const struct office *office,
                                                   const char *agency)
{
    for (size_t i = 0; i < OFFICE_AGENCIES; i++)
        if (strcmp(office_rows[i].agency.id, agency) == 0)
            return office->keys[i];
    abort();
}

/* As of OFFICE_OPENED + 1 h. */
static inline void office_revoke(struct office *office, const char *agency)
{
    struct fault why = {0};
    AUTO(authority) struct authority *authority = NULL;
    office_must(authority_open(&authority, office->folder, &why), &why);
    office_must(authority_revoke(authority, agency, "机构撤并",
                                 OFFICE_OPENED + INSTANT_HOUR, &why),
                &why);
    office_reload(office);
}

#endif
