/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/http_client.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

#include "base/mem.h"

enum { CONNECT_SECONDS = 10, WHOLE_SECONDS = 30, ANSWER_MAX = 4096 };

struct http_client {
    CURL *easy;
    char *address;
    char error[CURL_ERROR_SIZE];
};

static once_flag started = ONCE_FLAG_INIT;

static void start(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
    atexit(curl_global_cleanup);
}

/* What is beyond the ceiling is read and dropped. */
static size_t take_answer(char *bytes, size_t size, size_t count, void *answer)
{
    buf_put(answer, bytes, size * count);
    return size * count;
}

static int look_at_stop(void *stop, curl_off_t a, curl_off_t b, curl_off_t c,
                        curl_off_t d)
{
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    return atomic_load((const atomic_bool *)stop);
}

static bool is_lawful(const char *address)
{
    return strncmp(address, "http://", 7) == 0 ||
           strncmp(address, "https://", 8) == 0;
}

enum reason http_client_open(struct http_client **out, const char *address,
                             const char *authority_path, struct fault *why)
{
    if (!is_lawful(address))
        return fault(why, R_BAD_SETTINGS, "'%s' is no http(s) address",
                     address);
    call_once(&started, start);
    AUTO(http_client) struct http_client *client = mem_new(1, sizeof *client);
    client->address = mem_text(address);
    client->easy = curl_easy_init();
    if (!client->easy)
        return fault(why, R_SYSTEM_FAILED, "libcurl");
    CURL *easy = client->easy;
    curl_easy_setopt(easy, CURLOPT_URL, address);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)WHOLE_SECONDS);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, client->error);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, look_at_stop);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    if (*authority_path)
        curl_easy_setopt(easy, CURLOPT_CAINFO, authority_path);
    *out = TAKE(client);
    return R_OK;
}

void http_client_close(struct http_client *client)
{
    if (!client)
        return;
    curl_easy_cleanup(client->easy);
    free(client->address);
    free(client);
}

/* curl's own additions that receivers trip over are left out. */
static struct curl_slist *list_headers(const struct http_post *post)
{
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    for (size_t i = 0; i < HTTP_POST_HEADERS_MAX && post->headers[i]; i++)
        list = curl_slist_append(list, post->headers[i]);
    return list;
}

enum reason http_client_post(struct http_client *client,
                             const struct http_post *post,
                             const atomic_bool *stop, int *status,
                             struct buf *answer, struct fault *why)
{
    CURL *easy = client->easy;
    long code = 0;
    struct curl_slist *headers = list_headers(post);
    answer->ceiling = ANSWER_MAX;
    client->error[0] = '\0';
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post->size);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, post->body);
    if (!post->body)
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, answer);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, (void *)stop);
    CURLcode result = curl_easy_perform(easy);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &code);
    curl_slist_free_all(headers);
    if (result != CURLE_OK)
        return fault(why, R_PARTNER_DOWN, "%s: %s", client->address,
                     client->error[0] ? client->error
                                      : curl_easy_strerror(result));
    *status = (int)code;
    return R_OK;
}
