/* http_client_streams.c -- Readers of event streams (WHATWG HTML, 9.2.6), many on one epoll. The
 * chunks are undone byte by byte, so nothing but the line in progress is kept of a stream. */
#include "http/http_client_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1 << 20, EVENTS = 256, OPEN_MS = 5000 };
enum chunk_state { CHUNK_SIZE, CHUNK_DATA, CHUNK_END, CHUNK_OVER };

struct stream {
    int fd, number;
    bool head_done, chunked;
    enum chunk_state state;
    size_t left; /* of the chunk */
    struct buf line, id, event, data;
    bool has_data;
};

struct http_load_streams {
    int epoll_fd, count, alive, answered, events;
    bool refused;
    struct stream *streams;
    void (*on_event)(void *ctx, const struct http_load_event *e);
    void *ctx;
    int64_t now_us;
};

static void end_stream(struct http_load_streams *s, struct stream *t)
{
    if (t->fd < 0)
        return;
    close(t->fd);
    t->fd = -1;
    s->alive--;
}

static void dispatch(struct http_load_streams *s, struct stream *t)
{
    if (t->has_data) {
        struct http_load_event e = { .stream = t->number,
                                     .id = t->id.at,
                                     .event = t->event.at,
                                     .data = t->data.at,
                                     .at_us = s->now_us };
        s->events++;
        s->on_event(s->ctx, &e);
    }
    buf_clear(&t->event);
    buf_clear(&t->data);
    t->has_data = false;
}

static void take_line(struct http_load_streams *s, struct stream *t)
{
    const char *line = t->line.at;
    const char *colon = strchr(line, ':');
    if (t->line.len == 0) {
        dispatch(s, t);
    } else if (colon != line) {
        size_t name = colon ? (size_t)(colon - line) : t->line.len;
        const char *value = colon ? colon + 1 + (colon[1] == ' ') : "";
        if (name == 4 && !memcmp(line, "data", 4)) {
            if (t->has_data)
                buf_char(&t->data, '\n');
            t->has_data = true;
            buf_text(&t->data, value);
        } else if (name == 5 && !memcmp(line, "event", 5)) {
            buf_clear(&t->event);
            buf_text(&t->event, value);
        } else if (name == 2 && !memcmp(line, "id", 2)) {
            buf_clear(&t->id);
            buf_text(&t->id, value);
        }
    }
    buf_clear(&t->line);
}

static void take_body(struct http_load_streams *s, struct stream *t, const char *p, size_t n)
{
    while (n > 0) {
        const char *end = memchr(p, '\n', n);
        size_t part = end ? (size_t)(end - p) : n;
        buf_add(&t->line, p, part);
        if (end)
            take_line(s, t);
        part += end != NULL;
        p += part;
        n -= part;
    }
}

/* A line of chunk framing ends here: the size of the next chunk, or the empty line after one. */
static void chunk_line(struct stream *t)
{
    if (t->state == CHUNK_END) {
        t->state = CHUNK_SIZE;
    } else {
        t->state = t->left ? CHUNK_DATA : CHUNK_OVER;
    }
}

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;
    return at ? (int)(at - digits) : -1;
}

static void take_chunks(struct http_load_streams *s, struct stream *t, const char *p, size_t n)
{
    for (size_t i = 0; i < n && t->state != CHUNK_OVER;) {
        if (t->state == CHUNK_DATA) {
            size_t part = n - i < t->left ? n - i : t->left;
            take_body(s, t, p + i, part);
            t->left -= part;
            i += part;
            if (t->left == 0)
                t->state = CHUNK_END;
            continue;
        }
        char c = p[i++];
        if (c == '\n')
            chunk_line(t);
        else if (t->state == CHUNK_SIZE && hex_digit(c) >= 0)
            t->left = t->left * 16 + (size_t)hex_digit(c);
    }
    if (t->state == CHUNK_OVER)
        end_stream(s, t);
}

/* True once the head is behind; *p and *n are then what follows it. */
static bool take_head(struct http_load_streams *s, struct stream *t, const char **p, size_t *n)
{
    if (t->head_done)
        return true;
    size_t had = t->line.len;
    buf_add(&t->line, *p, *n);
    const char *end = strstr(t->line.at, "\r\n\r\n");
    if (!end)
        return false;
    size_t used = (size_t)(end - t->line.at) + 4 - had;
    *p += used;
    *n -= used;
    s->answered++;
    if (strncmp(t->line.at, "HTTP/1.1 200", 12) != 0)
        s->refused = true;
    t->chunked = strstr(t->line.at, "ransfer-Encoding: chunked") != NULL;
    t->head_done = true;
    buf_clear(&t->line);
    return true;
}

static void read_one(struct http_load_streams *s, struct stream *t)
{
    char piece[16 * 1024];
    ssize_t got = recv(t->fd, piece, sizeof(piece), MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0) {
        end_stream(s, t);
        return;
    }
    const char *p = piece;
    size_t n = (size_t)got;
    if (!take_head(s, t, &p, &n))
        return;
    if (t->chunked)
        take_chunks(s, t, p, n);
    else
        take_body(s, t, p, n);
}

int http_load_streams_poll(struct http_load_streams *s, int wait_ms)
{
    struct epoll_event events[EVENTS];
    s->events = 0;
    int n = epoll_wait(s->epoll_fd, events, EVENTS, wait_ms);
    s->now_us = http_load_now_us();
    for (int i = 0; i < n; i++)
        read_one(s, events[i].data.ptr);
    return s->events;
}

int http_load_streams_alive(const struct http_load_streams *s)
{
    return s->alive;
}

static int open_one(struct http_load_streams *s, struct stream *t, int port, const char *target,
                    const char *head)
{
    struct buf request;
    const char *number = strstr(target, "%d");
    t->fd = http_client_connect(port);
    if (t->fd < 0)
        return RC_IO;
    s->alive++;
    buf_init(&request, 64 * 1024);
    buf_text(&request, "GET ");
    buf_add(&request, target, number ? (size_t)(number - target) : strlen(target));
    if (number)
        buf_printf(&request, "%d%s", t->number, number + 2);
    buf_printf(&request, " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n%s\r\n",
               head ? head : "");
    ssize_t n = send(t->fd, request.at, request.len, MSG_NOSIGNAL);
    bool ok = n == (ssize_t)request.len;
    buf_release(&request);
    struct epoll_event e = { .events = EPOLLIN, .data.ptr = t };
    return ok && !epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, t->fd, &e) ? 0 : RC_IO;
}

int http_load_streams_open(int port, int count, const char *target, const char *head,
                           void (*on_event)(void *ctx, const struct http_load_event *e), void *ctx,
                           struct http_load_streams **out)
{
    struct http_load_streams *s = calloc(1, sizeof(*s));
    CHECK(s != NULL && count > 0);
    s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    s->streams = calloc((size_t)count, sizeof(*s->streams));
    CHECK(s->streams != NULL && s->epoll_fd >= 0);
    s->count = count;
    s->on_event = on_event;
    s->ctx = ctx;
    int rc = 0;
    for (int i = 0; i < count; i++) {
        struct stream *t = &s->streams[i];
        t->fd = -1;
        t->number = i;
        buf_init(&t->line, LINE_MAX_BYTES);
        buf_init(&t->id, 4096);
        buf_init(&t->event, 4096);
        buf_init(&t->data, LINE_MAX_BYTES);
        if (!rc)
            rc = open_one(s, t, port, target, head);
    }
    int64_t until = http_load_now_us() + OPEN_MS * 1000;
    while (!rc && s->answered < count && http_load_now_us() < until && s->alive == count)
        http_load_streams_poll(s, 100);
    if (rc || s->answered < count || s->refused) {
        http_load_streams_close(s);
        return RC_IO;
    }
    *out = s;
    return 0;
}

void http_load_streams_close(struct http_load_streams *s)
{
    if (!s)
        return;
    for (int i = 0; i < s->count; i++) {
        struct stream *t = &s->streams[i];
        end_stream(s, t);
        buf_release(&t->line);
        buf_release(&t->id);
        buf_release(&t->event);
        buf_release(&t->data);
    }
    close(s->epoll_fd);
    free(s->streams);
    free(s);
}
