// The ceiling made durable: it reads the request, appends a constant line of the size of a purchase's to a file written
// beforehand, and answers when an fdatasync has covered it. The journal's way of doing it in the fewest steps, without
// deciding anything: what of Tollgate's time is the kernel's, libfcgi's and the waking of threads.
//
//     durable SOCKET FILE
//
// In the benchmark's place of the ceiling: docs/performance.md.

#define _GNU_SOURCE
#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { WORKERS = 1, BACKLOG = 4096, LINE = 700, FILE_SIZE = 256 << 20, MOST = 4096 };

static const char answer[] =
    "Status: 200 OK\r\n"
    "Content-Type: application/json\r\n"
    "Content-Length: 48\r\n"
    "\r\n"
    "{\"message\":\"Transaction processed successfully\"}";

static int listening, ready, journal;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work_waits = PTHREAD_COND_INITIALIZER;
static FCGX_Request *waiting[MOST], *spare[MOST];
static int waiting_count, spare_count;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void arm(int operation, int connection) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT | EPOLLRDHUP, .data.fd = connection};
    if (epoll_ctl(ready, operation, connection, &event) != 0) close(connection);
}

static FCGX_Request *take(void) {
    pthread_mutex_lock(&lock);
    FCGX_Request *request = spare_count > 0 ? spare[--spare_count] : NULL;
    pthread_mutex_unlock(&lock);
    if (!request) {
        request = malloc(sizeof *request);
        FCGX_InitRequest(request, -1, 0);
    }
    return request;
}

static void *work(void *unused) {
    for (;;) {
        struct epoll_event event;
        if (epoll_wait(ready, &event, 1, -1) != 1) continue;
        FCGX_Request *request = take();
        request->ipcFd = event.data.fd;
        request->keepConnection = 1;
        FCGX_Detach(request);
        int isRead = FCGX_Accept_r(request) >= 0;
        char body[8192];
        while (isRead && FCGX_GetStr(body, sizeof body, request->in) == sizeof body) {}
        pthread_mutex_lock(&lock);
        if (isRead) waiting[waiting_count++] = request; else spare[spare_count++] = request;
        if (isRead && waiting_count == 1) pthread_cond_signal(&work_waits);
        pthread_mutex_unlock(&lock);
    }
    return unused;
}

static void *commit(void *unused) {
    static FCGX_Request *batch[MOST];
    static char lines[LINE * MOST];
    off_t offset = 0;
    memset(lines, 'x', sizeof lines);
    for (;;) {
        pthread_mutex_lock(&lock);
        while (waiting_count == 0) pthread_cond_wait(&work_waits, &lock);
        int count = waiting_count;
        memcpy(batch, waiting, count * sizeof *batch);
        waiting_count = 0;
        pthread_mutex_unlock(&lock);
        if (offset + count * LINE > FILE_SIZE) offset = 0;
        if (pwrite(journal, lines, count * LINE, offset) < 0 || fdatasync(journal) != 0) fail("journal");
        offset += count * LINE;
        for (int index = 0; index < count; index++) {
            FCGX_Request *request = batch[index];
            int connection = request->ipcFd;
            FCGX_PutStr(answer, sizeof answer - 1, request->out);
            FCGX_Finish_r(request);
            if (request->ipcFd >= 0) {
                request->ipcFd = -1;
                arm(EPOLL_CTL_MOD, connection);
            }
        }
        pthread_mutex_lock(&lock);
        for (int index = 0; index < count; index++) spare[spare_count++] = batch[index];
        pthread_mutex_unlock(&lock);
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

static void fill(const char *path) {
    static char blank[1 << 20];
    memset(blank, '\n', sizeof blank);
    journal = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (journal < 0) fail(path);
    for (off_t offset = 0; offset < FILE_SIZE; offset += sizeof blank)
        if (pwrite(journal, blank, sizeof blank, offset) != sizeof blank) fail(path);
    if (fsync(journal) != 0) fail(path);
}

int main(int count, char **arguments) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (count != 3 || strlen(arguments[1]) >= sizeof address.sun_path) {
        fprintf(stderr, "usage: durable SOCKET FILE\n");
        return 2;
    }
    fill(arguments[2]);
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
    if (pthread_create(&thread, NULL, commit, NULL) != 0) fail("pthread_create");
    for (int index = 0; index < WORKERS; index++)
        if (pthread_create(&thread, NULL, work, NULL) != 0) fail("pthread_create");
    int received;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigwait(&signals, &received);
    return 0;
}
