/* http_server.c -- Start, the loop, and the stop.
 *
 * The library runs on a thread of ours and is entered by MHD_run() only (its own epoll set is one
 * member of ours). Its internal thread would take each resume from outside with a lock, an eventfd
 * write and a futex; here one write wakes the loop for all that lies in the mailbox. */
#include "base/log.h"
#include "http/http_priv.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 128, FDS_SPARE = 128, TICK_MS = 1000, LOOK_MS = 4000, PEM_MAX = 1 << 20 };

void link_init(struct link *l)
{
    l->prev = l->next = l;
}

void link_add(struct link *list, struct link *l)
{
    CHECK(l->next == l);
    l->prev = list->prev;
    l->next = list;
    list->prev->next = l;
    list->prev = l;
}

void link_remove(struct link *l)
{
    l->prev->next = l->next;
    l->next->prev = l->prev;
    link_init(l);
}

bool link_empty(const struct link *list)
{
    return list->next == list;
}

int64_t http_monotonic_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void http_wake_locked(struct http *h)
{
    uint64_t one = 1;
    if (h->awake)
        return;
    h->awake = true;
    CHECK(write(h->wake_fd, &one, sizeof(one)) == sizeof(one));
}

void http_unref(struct http *h)
{
    pthread_mutex_lock(&h->lock);
    int left = --h->refs;
    pthread_mutex_unlock(&h->lock);
    if (left > 0)
        return;
    pthread_mutex_destroy(&h->lock);
    pthread_cond_destroy(&h->told);
    if (h->epoll_fd >= 0)
        close(h->epoll_fd);
    if (h->wake_fd >= 0)
        close(h->wake_fd);
    free(h->address);
    free(h);
}

/* --- the loop --- */

static void deliver_mail(struct http *h)
{
    struct link answers, streams;
    uint64_t count;
    link_init(&answers);
    link_init(&streams);
    pthread_mutex_lock(&h->lock);
    if (h->awake && read(h->wake_fd, &count, sizeof(count)) < 0)
        CHECK(errno == EAGAIN);
    h->awake = false;
    h->turns++;
    bool beat = h->beat_now;
    h->beat_now = false;
    while (!link_empty(&h->mail_answers)) {
        struct link *l = h->mail_answers.next;
        link_remove(l);
        link_add(&answers, l);
    }
    while (!link_empty(&h->mail_streams)) {
        struct link *l = h->mail_streams.next;
        link_remove(l);
        link_add(&streams, l);
    }
    pthread_mutex_unlock(&h->lock);
    while (!link_empty(&answers)) {
        struct http_exchange *x = LINK_OF(answers.next, struct http_exchange, mail);
        link_remove(&x->mail);
        http_resume(x, http_queue(x));
    }
    for (;;) {
        /* a sender looks at s->mail under the lock, so it is taken off under the lock */
        pthread_mutex_lock(&h->lock);
        struct http_stream *s =
            link_empty(&streams) ? NULL : LINK_OF(streams.next, struct http_stream, mail);
        if (s)
            link_remove(&s->mail);
        pthread_mutex_unlock(&h->lock);
        if (!s)
            break;
        http_stream_deliver(s);
    }
    if (beat)
        http_streams_beat(h);
}

/* The library takes no notice of an end that comes together with half a request. */
static bool has_left(const struct http_conn *c)
{
    char byte;
    return recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* The library's idle limit starts again with every byte, so a head or a body that drips in would
 * hold its connection for ever. */
static void end_drippers(struct http *h)
{
    bool look = h->now_ms >= h->look_ms; /* a call a connection: not each second */
    if (look)
        h->look_ms = h->now_ms + LOOK_MS;
    for (struct link *l = h->conns.next; l != &h->conns; l = l->next) {
        struct http_conn *c = LINK_OF(l, struct http_conn, link);
        bool reading = !c->x || c->x->state == X_HEAD || c->x->state == X_BODY;
        bool late = h->now_ms - c->since_ms > h->s.idle_s * 1000 + HTTP_HEAD_GRACE_MS;
        if (reading && (late || (look && has_left(c))))
            shutdown(c->fd, SHUT_RDWR);
    }
}

static void tick(struct http *h)
{
    if (h->now_ms < h->tick_ms)
        return;
    h->tick_ms = h->now_ms + TICK_MS;
    http_linger_sweep(h, false);
    end_drippers(h);
    if (h->now_ms >= h->beat_ms) {
        h->beat_ms = h->now_ms + HTTP_BEAT_MS;
        http_streams_beat(h);
    }
}

static int wait_ms(struct http *h)
{
    unsigned long long library;
    int64_t ms = h->tick_ms - h->now_ms;
    if (MHD_get_timeout(h->daemon, &library) == MHD_YES && (int64_t)library < ms)
        ms = (int64_t)library;
    if (h->stop_ms && ms > 20)
        ms = 20;
    return ms < 0 ? 0 : (int)ms;
}

static void turn(struct http *h)
{
    struct epoll_event events[EVENTS];
    int n = epoll_wait(h->epoll_fd, events, EVENTS, wait_ms(h));
    h->now_ms = http_monotonic_ms();
    for (int i = 0; i < n; i++) {
        struct watch *w = events[i].data.ptr;
        if (w->kind == WATCH_LINGER) {
            http_linger_event(h, w);
        } else if (w->kind == WATCH_CONN) {
            struct http_conn *c = LINK_OF(w, struct http_conn, watch);
            if (c->x && c->x->stream)
                http_stream_drop(c->x->stream);
        }
    }
    /* Connections are freed in here only, after the events that point to them are done with. */
    deliver_mail(h);
    CHECK(MHD_run(h->daemon) == MHD_YES);
    tick(h);
}

static bool busy(struct http *h)
{
    for (struct link *l = h->exchanges.next; l != &h->exchanges; l = l->next)
        if (LINK_OF(l, struct http_exchange, link)->state >= X_HANDLING)
            return true;
    return false;
}

/* Whoever has not answered by now finds an abandoned exchange, which his answer will free. */
static void abandon(struct http *h)
{
    h->forced = true;
    deliver_mail(h);
    for (struct link *l = h->exchanges.next; l != &h->exchanges; l = l->next) {
        struct http_exchange *x = LINK_OF(l, struct http_exchange, link);
        pthread_mutex_lock(&h->lock);
        bool late = x->state == X_WAITING && !x->answered;
        x->abandoned = late;
        struct http_stream *stream = late ? NULL : x->stream;
        pthread_mutex_unlock(&h->lock);
        if (late)
            http_resume(x, http_queue_refusal(x, HTTP_REFUSE_STOPPING));
        else if (stream)
            http_stream_drop(stream);
    }
    /* answers that came in between: their exchanges were not late */
    deliver_mail(h);
    CHECK(MHD_run(h->daemon) == MHD_YES);
    CHECK(MHD_run(h->daemon) == MHD_YES);
}

static void stop_listening(struct http *h)
{
    pthread_mutex_lock(&h->lock);
    h->stop_ms = h->now_ms + h->patience_ms;
    pthread_mutex_unlock(&h->lock);
    MHD_quiesce_daemon(h->daemon);
    close(h->listen_fd);
    h->listen_fd = -1;
    http_streams_end(h);
}

static void *loop(void *ctx)
{
    struct http *h = ctx;
    bool stopping = false;
    while (!stopping) {
        turn(h);
        pthread_mutex_lock(&h->lock);
        stopping = h->stopping;
        pthread_mutex_unlock(&h->lock);
    }
    stop_listening(h);
    while (busy(h) && h->now_ms < h->stop_ms)
        turn(h);
    abandon(h);
    MHD_stop_daemon(h->daemon); /* nothing is suspended any more */
    http_linger_sweep(h, true);
    CHECK(link_empty(&h->exchanges) && link_empty(&h->conns) && link_empty(&h->streams));
    return NULL;
}

/* --- start --- */

static int fail(struct http *h, char *error, size_t size, const char *fmt, const char *what,
                const char *why)
{
    if (size > 0 && !error[0])
        snprintf(error, size, fmt, what, why);
    h->log_at = NULL;
    if (h->listen_fd >= 0)
        close(h->listen_fd);
    http_unref(h);
    return RC_IO;
}

static void library_log(void *cls, const char *fmt, va_list args)
{
    struct http *h = cls;
    char line[512];
    vsnprintf(line, sizeof(line), fmt, args);
    line[strcspn(line, "\n")] = '\0';
    /* the few refusals the library makes by itself are counted with ours */
    static const char refused[] = "Error processing request (HTTP response code is ";
    if (strncmp(line, refused, sizeof(refused) - 1) == 0)
        http_count_refusal(h, (int)strtol(line + sizeof(refused) - 1, NULL, 10));
    if (h->log_at && !h->log_at[0]) /* the first word is the cause */
        snprintf(h->log_at, h->log_size, "%s", line);
    log_line(LOG_DEBUG, "http.library", "%s", line);
}

static int raise_files(int wanted)
{
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r))
        return wanted;
    r.rlim_cur = r.rlim_max;
    setrlimit(RLIMIT_NOFILE, &r);
    if (r.rlim_max == RLIM_INFINITY || r.rlim_max > (rlim_t)wanted + FDS_SPARE)
        return wanted;
    return r.rlim_max > 2 * FDS_SPARE ? (int)r.rlim_max - FDS_SPARE : FDS_SPARE;
}

static int read_pem(const char *path, struct buf *out)
{
    char piece[4096];
    ssize_t n = -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && (n = read(fd, piece, sizeof(piece))) > 0)
        buf_add(out, piece, (size_t)n);
    int why = errno;
    if (fd >= 0)
        close(fd);
    errno = out->overflow ? EFBIG : why;
    return n < 0 || out->overflow ? RC_IO : 0;
}

/* Numeric addresses only: a name would have to be asked for, and could answer anything. */
static int listen_on(struct http *h, char *error, size_t size)
{
    struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)h->s.port) };
    struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons((uint16_t)h->s.port) };
    struct sockaddr *a = (struct sockaddr *)(void *)&four;
    socklen_t len = sizeof(four);
    int yes = 1;
    if (h->s.port < 0 || h->s.port > 65535) {
        snprintf(error, size, "%d is not a port", h->s.port);
        return RC_IO;
    }
    if (inet_pton(AF_INET, h->address, &four.sin_addr) != 1) {
        if (inet_pton(AF_INET6, h->address, &six.sin6_addr) != 1) {
            snprintf(error, size, "%s is not a numeric address", h->address);
            return RC_IO;
        }
        a = (struct sockaddr *)(void *)&six;
        len = sizeof(six);
    }
    h->listen_fd = socket(a->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    /* connections inherit TCP_NODELAY from the socket that listens */
    if (h->listen_fd < 0 || setsockopt(h->listen_fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) ||
        setsockopt(h->listen_fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes)) ||
        bind(h->listen_fd, a, len) || listen(h->listen_fd, 4096) ||
        getsockname(h->listen_fd, a, &len)) {
        snprintf(error, size, "cannot listen on %s port %d: %s", h->address, h->s.port,
                 strerror(errno));
        return RC_IO;
    }
    h->port = ntohs(a->sa_family == AF_INET ? four.sin_port : six.sin6_port);
    return 0;
}

static struct MHD_Daemon *start_library(struct http *h, const char *certificate, const char *key,
                                        int connections)
{
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    struct MHD_OptionItem tls[] = {
        { MHD_OPTION_HTTPS_MEM_CERT, 0, http_unconst(certificate) },
        { MHD_OPTION_HTTPS_MEM_KEY, 0, http_unconst(key) },
        { MHD_OPTION_HTTPS_PRIORITIES, 0,
          http_unconst("NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2") },
        { MHD_OPTION_END, 0, NULL },
    };
    if (h->tls)
        flags |= MHD_USE_TLS;
    else
        tls[0].option = MHD_OPTION_END;
    return MHD_start_daemon(
        flags, (uint16_t)h->port, NULL, NULL, http_on_request, h, MHD_OPTION_EXTERNAL_LOGGER,
        library_log, h, MHD_OPTION_LISTEN_SOCKET, h->listen_fd, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)connections, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_POOL_BYTES,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)h->s.idle_s, MHD_OPTION_URI_LOG_CALLBACK,
        http_on_target, h, MHD_OPTION_UNESCAPE_CALLBACK, http_no_unescape, h,
        MHD_OPTION_NOTIFY_COMPLETED, http_on_completed, h, MHD_OPTION_NOTIFY_CONNECTION,
        http_on_connection, h, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
}

static int watch_all(struct http *h)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    h->library.kind = WATCH_LIBRARY;
    h->wake.kind = WATCH_WAKE;
    struct epoll_event library = { .events = EPOLLIN, .data.ptr = &h->library };
    struct epoll_event wake = { .events = EPOLLIN, .data.ptr = &h->wake };
    if (epoll_ctl(h->epoll_fd, EPOLL_CTL_ADD, info->epoll_fd, &library) ||
        epoll_ctl(h->epoll_fd, EPOLL_CTL_ADD, h->wake_fd, &wake))
        return RC_IO;
    return 0;
}

static int start_thread(struct http *h)
{
    sigset_t all, before; /* signals are the main thread's */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = pthread_create(&h->thread, NULL, loop, h);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc ? RC_IO : 0;
}

static struct http *new_http(const struct http_settings *s)
{
    struct http *h = calloc(1, sizeof(*h));
    CHECK(h != NULL);
    h->s = *s;
    h->s.idle_s = s->idle_s ? s->idle_s : 60;
    h->address = strdup(s->address ? s->address : "127.0.0.1");
    CHECK(h->address != NULL);
    h->s.address = h->s.proxy = NULL; /* the caller's texts are not kept */
    h->tls = s->tls_certificate != NULL;
    h->refs = 1;
    h->patience_ms = HTTP_STOP_MS;
    h->listen_fd = -1;
    h->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    h->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->told, NULL);
    link_init(&h->conns);
    link_init(&h->exchanges);
    link_init(&h->streams);
    link_init(&h->lingers);
    link_init(&h->mail_answers);
    link_init(&h->mail_streams);
    h->now_ms = http_monotonic_ms();
    h->beat_ms = h->now_ms + HTTP_BEAT_MS;
    return h;
}

int http_start(const struct http_settings *s, struct http **out, char *error, size_t error_size)
{
    CHECK(s->handler && error_size > 0);
    CHECK((s->tls_certificate == NULL) == (s->tls_key == NULL));
    struct http *h = new_http(s);
    struct buf certificate, key;
    int rc = 0;
    error[0] = '\0';
    int connections = raise_files(s->connections_max ? s->connections_max : 16384);
    buf_init(&certificate, PEM_MAX);
    buf_init(&key, PEM_MAX);
    if (h->epoll_fd < 0 || h->wake_fd < 0) {
        rc = fail(h, error, error_size, "%s: %s", "epoll", strerror(errno));
    } else if (s->proxy && !http_address(s->proxy, h->proxy)) {
        rc = fail(h, error, error_size, "%s is not a numeric address%s", s->proxy, "");
    } else if (h->tls && read_pem(s->tls_certificate, &certificate)) {
        rc = fail(h, error, error_size, "cannot read %s: %s", s->tls_certificate, strerror(errno));
    } else if (h->tls && read_pem(s->tls_key, &key)) {
        rc = fail(h, error, error_size, "cannot read %s: %s", s->tls_key, strerror(errno));
    } else if (listen_on(h, error, error_size)) {
        rc = fail(h, error, error_size, "%s%s", "", "");
    } else {
        char said[256] = "";
        h->log_at = said;
        h->log_size = sizeof(said);
        h->daemon = start_library(h, certificate.at, key.at, connections);
        h->log_at = NULL;
        if (!h->daemon)
            rc = fail(h, error, error_size, "cannot start%s: %s",
                      h->tls ? " with this certificate and key" : "", said);
    }
    explicit_bzero(key.at, key.len);
    buf_release(&certificate);
    buf_release(&key);
    if (rc)
        return rc;
    if (watch_all(h) || start_thread(h)) {
        MHD_stop_daemon(h->daemon);
        h->listen_fd = -1; /* the library closed it */
        return fail(h, error, error_size, "%s: %s", "no thread", strerror(errno));
    }
    *out = h;
    return 0;
}

int http_port(struct http *h)
{
    return h->port;
}

void http_stop(struct http *h)
{
    if (!h)
        return;
    pthread_mutex_lock(&h->lock);
    CHECK(!h->stopping && !pthread_equal(pthread_self(), h->thread));
    h->stopping = true;
    http_wake_locked(h);
    pthread_mutex_unlock(&h->lock);
    pthread_join(h->thread, NULL);
    http_unref(h);
}

void http_beat(struct http *h)
{
    pthread_mutex_lock(&h->lock);
    h->beat_now = true;
    http_wake_locked(h);
    pthread_mutex_unlock(&h->lock);
}

void http_set_patience(struct http *h, int ms)
{
    pthread_mutex_lock(&h->lock);
    h->patience_ms = ms;
    pthread_mutex_unlock(&h->lock);
}

void http_numbers(struct http *h, struct http_numbers *out)
{
    *out = (struct http_numbers){
        .requests = atomic_load(&h->requests),
        .connections = atomic_load(&h->connections),
        .streams = atomic_load(&h->streams_open),
        .refused_413 = atomic_load(&h->refused_413),
        .refused_431 = atomic_load(&h->refused_431),
        .refused_400 = atomic_load(&h->refused_400),
    };
}
