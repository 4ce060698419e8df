// The ceiling: the least a FastCGI responder on libfcgi can do. It reads the request to its end, answers a constant of
// the size of ours, and stores nothing. One acceptor, one epoll set, two workers, kept connections; no part of Tollgate.
//
//     ceiling SOCKET

#define _GNU_SOURCE
#include <errno.h>
#include <fcgiapp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { WORKERS = 2, BACKLOG = 4096 };

static const char answer[] =
    "Status: 200 OK\r\n"
    "Content-Type: application/json\r\n"
    "Content-Length: 48\r\n"
    "\r\n"
    "{\"message\":\"Transaction processed successfully\"}";

static int listening;
static int ready;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void arm(int operation, int connection) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT | EPOLLRDHUP, .data.fd = connection};
    if (epoll_ctl(ready, operation, connection, &event) != 0) close(connection);
}

static void respond(FCGX_Request *request) {
    char body[8192];
    // To the end: what is left would be taken for the next request of a kept connection.
    while (FCGX_GetStr(body, sizeof body, request->in) == sizeof body) {}
    FCGX_PutStr(answer, sizeof answer - 1, request->out);
    FCGX_Finish_r(request);
}

static void *work(void *unused) {
    FCGX_Request request;
    FCGX_InitRequest(&request, -1, 0);
    for (;;) {
        struct epoll_event event;
        if (epoll_wait(ready, &event, 1, -1) != 1) continue;
        // libfcgi accepts only when it has no connection: given one, FCGX_Accept_r parses the next request on it.
        request.ipcFd = event.data.fd;
        request.keepConnection = 1;
        FCGX_Detach(&request);
        if (FCGX_Accept_r(&request) < 0) continue;
        respond(&request);
        if (request.ipcFd >= 0) {
            request.ipcFd = -1;
            arm(EPOLL_CTL_MOD, event.data.fd);
        }
    }
    return unused;
}

static void *accept_all(void *unused) {
    for (;;) {
        int connection = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
        if (connection >= 0) arm(EPOLL_CTL_ADD, connection);
        else if (errno != EINTR) usleep(10000);
    }
    return unused;
}

int main(int count, char **arguments) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (count != 2 || strlen(arguments[1]) >= sizeof address.sun_path) {
        fprintf(stderr, "usage: ceiling SOCKET\n");
        return 2;
    }
    strcpy(address.sun_path, arguments[1]);
    unlink(address.sun_path);
    listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listening, (struct sockaddr *)&address, sizeof address) != 0) fail("bind");
    if (listen(listening, BACKLOG) != 0) fail("listen");
    if (FCGX_Init() != 0) fail("FCGX_Init");
    ready = epoll_create1(EPOLL_CLOEXEC);
    if (ready < 0) fail("epoll_create1");

    sigset_t signals;
    sigfillset(&signals);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    pthread_t thread;
    if (pthread_create(&thread, NULL, accept_all, NULL) != 0) fail("pthread_create");
    for (int index = 0; index < WORKERS; index++)
        if (pthread_create(&thread, NULL, work, NULL) != 0) fail("pthread_create");

    int received;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigwait(&signals, &received);
    return 0;
}
