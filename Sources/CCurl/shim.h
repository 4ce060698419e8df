#pragma once
#include <curl/curl.h>
#include <dlfcn.h>
#include <stddef.h>

/* libcurl is loaded by the first call and not with the program: it brings thirty libraries, a third of the time of a start
   (docs/decisions/0029-libcurl-when-it-is-called.md). It is never unloaded. Each function does nothing, or says
   CURLE_FAILED_INIT, where libcurl is not installed. */
static inline void *libcurl_function(const char *name) {
    static void *library;
    void *loaded = __atomic_load_n(&library, __ATOMIC_ACQUIRE);
    if (!loaded) {
        loaded = dlopen("libcurl.so.4", RTLD_NOW);
        if (!loaded) return NULL;
        __atomic_store_n(&library, loaded, __ATOMIC_RELEASE);
    }
    return dlsym(loaded, name);
}
#define LIBCURL(name) __typeof__(&name) function = (__typeof__(&name))libcurl_function(#name)

static inline CURLcode libcurl_global_init(long flags) {
    LIBCURL(curl_global_init);
    return function ? function(flags) : CURLE_FAILED_INIT;
}
static inline CURL *libcurl_easy_init(void) {
    LIBCURL(curl_easy_init);
    return function ? function() : NULL;
}
static inline void libcurl_easy_cleanup(CURL *handle) {
    LIBCURL(curl_easy_cleanup);
    if (function) function(handle);
}
static inline CURLcode libcurl_easy_perform(CURL *handle) {
    LIBCURL(curl_easy_perform);
    return function ? function(handle) : CURLE_FAILED_INIT;
}
static inline const char *libcurl_easy_strerror(CURLcode code) {
    LIBCURL(curl_easy_strerror);
    return function ? function(code) : "libcurl.so.4 cannot be loaded; install the package libcurl4";
}
static inline struct curl_slist *libcurl_slist_append(struct curl_slist *list, const char *text) {
    LIBCURL(curl_slist_append);
    return function ? function(list, text) : NULL;
}
static inline void libcurl_slist_free_all(struct curl_slist *list) {
    LIBCURL(curl_slist_free_all);
    if (function) function(list);
}

/* curl_easy_setopt and curl_easy_getinfo are variadic, which Swift cannot call: one function for each kind of value. */
static inline CURLcode libcurl_set_long(CURL *handle, CURLoption option, long value) {
    LIBCURL(curl_easy_setopt);
    return function ? function(handle, option, value) : CURLE_FAILED_INIT;
}
static inline CURLcode libcurl_set_text(CURL *handle, CURLoption option, const char *value) {
    LIBCURL(curl_easy_setopt);
    return function ? function(handle, option, value) : CURLE_FAILED_INIT;
}
static inline CURLcode libcurl_set_pointer(CURL *handle, CURLoption option, void *value) {
    LIBCURL(curl_easy_setopt);
    return function ? function(handle, option, value) : CURLE_FAILED_INIT;
}
/* libcurl copies the bytes. */
static inline CURLcode libcurl_set_bytes(CURL *handle, CURLoption option, const void *bytes, size_t count) {
    LIBCURL(curl_easy_setopt);
    struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
    return function ? function(handle, option, &blob) : CURLE_FAILED_INIT;
}
static inline CURLcode libcurl_set_writer(
    CURL *handle, CURLoption option, size_t (*writer)(char *, size_t, size_t, void *)) {
    LIBCURL(curl_easy_setopt);
    return function ? function(handle, option, writer) : CURLE_FAILED_INIT;
}
static inline CURLcode libcurl_info_long(CURL *handle, CURLINFO info, long *value) {
    LIBCURL(curl_easy_getinfo);
    return function ? function(handle, info, value) : CURLE_FAILED_INIT;
}
static inline CURLcode libcurl_info_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    LIBCURL(curl_easy_getinfo);
    return function ? function(handle, info, value) : CURLE_FAILED_INIT;
}
static inline CURLcode libcurl_info_text(CURL *handle, CURLINFO info, const char **value) {
    LIBCURL(curl_easy_getinfo);
    return function ? function(handle, info, value) : CURLE_FAILED_INIT;
}

#undef LIBCURL
