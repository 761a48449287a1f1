/* http_stream.c -- Event streams. A stream has a buffer of its own; the library asks for bytes when
 * the socket takes some, and while there are none the connection is suspended, out of its sight.
 *
 *   PENDING --queued--> OPEN <--deliver/empty--> SUSPENDED --> OVER (closed() is told once)
 */
#include "http/http_priv.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

static const char retry_line[] = "retry: 2000\n\n";

struct http_stream *http_stream_open(struct http_exchange *x, void (*closed)(void *user),
                                     void *user)
{
    struct http *h = x->http;
    struct http_stream *s = calloc(1, sizeof(*s));
    CHECK(s != NULL);
    s->http = h;
    s->x = x;
    s->closed = closed;
    s->user = user;
    /* room for the part the library has taken already, which is moved away late */
    buf_init(&s->out, 2 * HTTP_STREAM_MAX + 64);
    link_init(&s->link);
    link_init(&s->mail);
    pthread_mutex_lock(&h->lock);
    h->refs++;
    if (x->abandoned)
        s->over = s->told = true; /* the server has gone: as if the client had at once */
    pthread_mutex_unlock(&h->lock);
    http_answer_stream(x, s);
    return s;
}

static void stream_free(struct http_stream *s)
{
    struct http *h = s->http;
    buf_release(&s->out);
    free(s);
    http_unref(h);
}

static void post(struct http_stream *s)
{
    if (s->mail.next != &s->mail || s->over)
        return; /* lies there already */
    link_add(&s->http->mail_streams, &s->mail);
    http_wake_locked(s->http);
}

static size_t waiting(const struct http_stream *s)
{
    return s->out.len - s->sent;
}

/* Nothing of it will be sent any more: its memory is for the others. */
static void forget(struct http_stream *s)
{
    s->http->streams_waiting -= waiting(s);
    s->sent = 0;
    buf_release(&s->out);
    buf_init(&s->out, 2 * HTTP_STREAM_MAX + 64);
}

static void append(struct http_stream *s, const void *bytes, size_t len)
{
    if (waiting(s) == 0) {
        s->moved_ms = http_monotonic_ms();
        s->moved_turn = s->http->turns;
    }
    s->http->streams_waiting += len;
    if (s->sent > HTTP_STREAM_MAX / 4 && s->sent > s->out.len / 2) {
        memmove(s->out.at, s->out.at + s->sent, s->out.len - s->sent);
        s->out.len -= s->sent;
        s->sent = 0;
    }
    buf_add(&s->out, bytes, len);
}

/* Its own backlog is too long; or all together are, and this one takes nothing while it could. */
static bool too_slow(const struct http_stream *s, size_t len)
{
    const struct http *h = s->http;
    if (waiting(s) + len > HTTP_STREAM_MAX)
        return true;
    return h->streams_waiting + len > HTTP_STREAMS_MAX && waiting(s) > 0 &&
           h->turns - s->moved_turn > HTTP_STREAM_STUCK_TURNS &&
           http_monotonic_ms() - s->moved_ms > HTTP_STREAM_STUCK_MS;
}

bool http_stream_send(struct http_stream *s, const void *bytes, size_t len)
{
    struct http *h = s->http;
    pthread_mutex_lock(&h->lock);
    CHECK(!s->owner_gone);
    bool ok = !s->over && !s->dropped && !s->ending;
    if (ok && too_slow(s, len)) {
        s->dropped = true;
        forget(s);
        ok = false;
        post(s);
    }
    if (ok) {
        append(s, bytes, len);
        CHECK(!s->out.overflow);
        if (s->suspended)
            post(s);
    }
    pthread_mutex_unlock(&h->lock);
    return ok;
}

void http_stream_close(struct http_stream *s)
{
    struct http *h = s->http;
    pthread_mutex_lock(&h->lock);
    CHECK(!s->owner_gone);
    while (s->telling && !pthread_equal(pthread_self(), h->thread))
        pthread_cond_wait(&h->told, &h->lock);
    s->owner_gone = true;
    s->told = true;
    s->ending = true;
    /* While closed() runs on this very thread, the loop frees the stream when it comes back. */
    bool free_it = s->over && !s->telling;
    if (!s->over)
        post(s);
    pthread_mutex_unlock(&h->lock);
    if (free_it)
        stream_free(s);
}

/* The library asks for bytes. */
static ssize_t read_stream(void *cls, uint64_t pos, char *out, size_t max)
{
    struct http_stream *s = cls;
    struct http *h = s->http;
    UNUSED(pos);
    pthread_mutex_lock(&h->lock);
    size_t n = waiting(s);
    ssize_t result;
    if (n > max)
        n = max;
    if (s->dropped) {
        result = MHD_CONTENT_READER_END_WITH_ERROR;
    } else if (n > 0) {
        memcpy(out, s->out.at + s->sent, n);
        s->sent += n;
        s->moved_ms = h->now_ms;
        s->moved_turn = h->turns;
        h->streams_waiting -= n;
        result = (ssize_t)n;
        if (s->sent == s->out.len) {
            s->sent = 0;
            buf_clear(&s->out);
            if (s->out.cap > HTTP_STREAM_KEEP) {
                buf_release(&s->out);
                buf_init(&s->out, 2 * HTTP_STREAM_MAX + 64);
            }
        }
    } else if (s->ending || h->forced) {
        result = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        s->suspended = true;
        result = 0;
    }
    pthread_mutex_unlock(&h->lock);
    if (result == 0)
        MHD_suspend_connection(s->x->mhd);
    return result;
}

struct MHD_Response *http_stream_response(struct http_stream *s)
{
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 1024, read_stream, s, NULL);
}

/* From here on the loop watches the socket itself: the library does not see a client leave while
 * its connection is suspended. */
void http_stream_begin(struct http_stream *s)
{
    struct http *h = s->http;
    struct http_conn *c = s->x->conn;
    int bytes = HTTP_STREAM_SNDBUF;
    setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
    struct epoll_event e = { .events = EPOLLRDHUP | EPOLLET, .data.ptr = &c->watch };
    c->watched = epoll_ctl(h->epoll_fd, EPOLL_CTL_ADD, c->fd, &e) == 0;
    link_add(&h->streams, &s->link);
    atomic_fetch_add(&h->streams_open, 1);
    if (h->stop_ms)
        http_streams_end(h);
}

void http_stream_over(struct http_stream *s)
{
    struct http *h = s->http;
    if (!link_empty(&s->link)) {
        link_remove(&s->link);
        atomic_fetch_sub(&h->streams_open, 1);
    }
    pthread_mutex_lock(&h->lock);
    link_remove(&s->mail);
    s->over = true;
    forget(s);
    s->x = NULL;
    bool tell = !s->told && s->closed;
    s->told = true;
    s->telling = tell;
    pthread_mutex_unlock(&h->lock);
    if (tell)
        s->closed(s->user);
    pthread_mutex_lock(&h->lock);
    s->telling = false;
    pthread_cond_broadcast(&h->told);
    bool free_it = s->owner_gone;
    pthread_mutex_unlock(&h->lock);
    if (free_it)
        stream_free(s);
}

/* On the loop. The shutdown makes the library see an end even while it waits for the socket. */
void http_stream_drop(struct http_stream *s)
{
    pthread_mutex_lock(&s->http->lock);
    s->dropped = true;
    pthread_mutex_unlock(&s->http->lock);
    shutdown(s->x->conn->fd, SHUT_RDWR);
    http_stream_deliver(s);
}

void http_stream_deliver(struct http_stream *s)
{
    pthread_mutex_lock(&s->http->lock);
    bool resume = s->suspended, dropped = s->dropped;
    s->suspended = false;
    pthread_mutex_unlock(&s->http->lock);
    if (dropped)
        shutdown(s->x->conn->fd, SHUT_RDWR);
    if (resume)
        MHD_resume_connection(s->x->mhd);
}

/* A stream with nothing to say gets a comment, so that a dead peer, and a proxy, notice. */
void http_streams_beat(struct http *h)
{
    for (struct link *l = h->streams.next; l != &h->streams; l = l->next) {
        struct http_stream *s = LINK_OF(l, struct http_stream, link);
        pthread_mutex_lock(&h->lock);
        if (s->suspended && s->out.len == 0) {
            append(s, ":\n\n", 3);
            post(s);
        }
        pthread_mutex_unlock(&h->lock);
    }
}

void http_streams_end(struct http *h)
{
    for (struct link *l = h->streams.next; l != &h->streams; l = l->next) {
        struct http_stream *s = LINK_OF(l, struct http_stream, link);
        pthread_mutex_lock(&h->lock);
        if (!s->ending) {
            append(s, retry_line, sizeof(retry_line) - 1);
            s->ending = true;
            post(s);
        }
        pthread_mutex_unlock(&h->lock);
    }
}
