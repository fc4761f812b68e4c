/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The socket of the server. Addresses are written as numbers ("127.0.0.1:80",
 * "[::1]:80"): what is listened on must not depend on a name service.
 */
#include "base/http_state.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 256, HOST_MAX = 64 };

static bool split(const char *address, char host[HOST_MAX], const char **port)
{
    const char *colon = strrchr(address, ':');
    if (!colon || !colon[1])
        return false;
    const char *begin = address, *end = colon;
    if (*begin == '[' && end > begin && end[-1] == ']') {
        begin++;
        end--;
    }
    if (end <= begin || end - begin >= HOST_MAX)
        return false;
    memcpy(host, begin, (size_t)(end - begin));
    host[end - begin] = '\0';
    *port = colon + 1;
    return true;
}

static bool is_loopback(const struct addrinfo *found)
{
    if (found->ai_family == AF_INET) {
        const struct sockaddr_in *at = (const void *)found->ai_addr;
        return ntohl(at->sin_addr.s_addr) >> 24 == 127;
    }
    const struct sockaddr_in6 *at = (const void *)found->ai_addr;
    return IN6_IS_ADDR_LOOPBACK(&at->sin6_addr);
}

static int port_of(int socket)
{
    struct sockaddr_storage at = {0};
    socklen_t size = sizeof at;
    if (getsockname(socket, (struct sockaddr *)&at, &size) != 0)
        return 0;
    return at.ss_family == AF_INET
               ? ntohs(((struct sockaddr_in *)&at)->sin_port)
               : ntohs(((struct sockaddr_in6 *)&at)->sin6_port);
}

static enum reason bind_to(const struct addrinfo *found, const char *address,
                           int *out, struct fault *why)
{
    int yes = 1;
    int made =
        socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (made < 0)
        return fault_errno(why, R_SYSTEM_FAILED, "socket");
    (void)setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(made, found->ai_addr, found->ai_addrlen) != 0 ||
        listen(made, BACKLOG) != 0) {
        enum reason reason =
            fault_errno(why, R_SYSTEM_FAILED, "listen on %s", address);
        close(made);
        return reason;
    }
    *out = made;
    return R_OK;
}

enum reason http_listen(const char *address, bool plain, int *out, int *port,
                        struct fault *why)
{
    char host[HOST_MAX];
    const char *service;
    struct addrinfo *found = NULL;
    const struct addrinfo wanted = {.ai_flags = AI_NUMERICHOST |
                                                AI_NUMERICSERV | AI_PASSIVE,
                                    .ai_socktype = SOCK_STREAM};
    if (!split(address, host, &service) ||
        getaddrinfo(host, service, &wanted, &found) != 0)
        return fault(why, R_BAD_SETTINGS, "'%s' is no ADDRESS:PORT", address);
    enum reason reason =
        plain && !is_loopback(found)
            ? fault(why, R_BAD_SETTINGS,
                    "%s is not a loopback address: that needs a certificate",
                    address)
            : bind_to(found, address, out, why);
    freeaddrinfo(found);
    if (reason == R_OK)
        *port = port_of(*out);
    return reason;
}
