#pragma once
#include <fcgiapp.h>
/* Not in Swift's Glibc module. */
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

/* glibc declares these for _GNU_SOURCE only, which Swift's importer does not define. */
int accept4(int, struct sockaddr *, socklen_t *, int);
int pthread_setname_np(pthread_t, const char *);
