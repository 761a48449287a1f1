/* http_client.c -- One connection, and many of them on one epoll. See http_client.h. */
#include "http/http_client.h"
#include "http/http_client_priv.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { REPLY_MAX = 64 << 20, REQUEST_MAX = 16 << 20, WAIT_MS = 5000, EVENTS = 256 };

int64_t http_load_now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int http_client_connect(int port)
{
    struct sockaddr_in a = { .sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int yes = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return RC_IO;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    if (connect(fd, (struct sockaddr *)(void *)&a, sizeof(a))) {
        close(fd);
        return RC_IO;
    }
    return fd;
}

/* --- reading replies --- */

void http_reader_init(struct http_reader *r)
{
    *r = (struct http_reader){ 0 };
    buf_init(&r->in, REPLY_MAX);
    buf_init(&r->body, REPLY_MAX);
    buf_init(&r->head, 64 * 1024);
}

void http_reader_release(struct http_reader *r)
{
    buf_release(&r->in);
    buf_release(&r->body);
    buf_release(&r->head);
}

bool http_reply_header(const struct http_reply *r, const char *name, char *out, size_t size)
{
    size_t n = strlen(name);
    for (const char *p = strstr(r->head, "\r\n"); p; p = strstr(p + 2, "\r\n")) {
        if (strncasecmp(p + 2, name, n) != 0 || p[2 + n] != ':')
            continue;
        const char *value = p + 3 + n + strspn(p + 3 + n, " ");
        snprintf(out, size, "%.*s", (int)strcspn(value, "\r"), value);
        return true;
    }
    return false;
}

/* The chunks from at on: the bytes they take when all are there, 0 when not yet, -1 if broken. */
static ssize_t join_chunks(const struct buf *in, size_t at, struct buf *body)
{
    size_t start = at;
    buf_clear(body);
    for (;;) {
        const char *line = in->at + at;
        const char *end = strstr(line, "\r\n");
        char *after;
        if (!end)
            return 0;
        size_t n = strtoul(line, &after, 16);
        if (after == line)
            return -1;
        at = (size_t)(end - in->at) + 2;
        if (in->len < at + n + 2)
            return 0;
        buf_add(body, in->at + at, n);
        at += n + 2;
        if (n == 0)
            return (ssize_t)(at - start);
    }
}

int http_reader_take(struct http_reader *r, bool no_body, struct http_reply *out)
{
    char value[64];
    const char *end = r->in.len ? strstr(r->in.at, "\r\n\r\n") : NULL;
    if (!end)
        return 0;
    size_t head = (size_t)(end - r->in.at) + 4, body = 0;
    buf_clear(&r->head);
    buf_add(&r->head, r->in.at, head);
    *out = (struct http_reply){ .head = r->head.at };
    if (strncmp(r->head.at, "HTTP/1.", 7) != 0)
        return RC_CORRUPT;
    out->status = (int)strtol(r->head.at + 8, NULL, 10);
    bool bodiless = no_body || out->status < 200 || out->status == 204 || out->status == 304;
    if (!bodiless && http_reply_header(out, "Transfer-Encoding", value, sizeof(value))) {
        ssize_t n = join_chunks(&r->in, head, &r->body);
        if (n <= 0)
            return n < 0 ? RC_CORRUPT : 0;
        body = (size_t)n;
    } else {
        if (!bodiless && http_reply_header(out, "Content-Length", value, sizeof(value)))
            body = strtoul(value, NULL, 10);
        if (r->in.len < head + body)
            return 0;
        buf_clear(&r->body);
        buf_add(&r->body, r->in.at + head, body);
    }
    r->in.len -= head + body;
    memmove(r->in.at, r->in.at + head + body, r->in.len + 1);
    out->body = r->body.at;
    out->body_len = r->body.len;
    return 1;
}

ssize_t http_reader_fill(struct http_reader *r, int fd)
{
    char piece[16 * 1024];
    ssize_t n = recv(fd, piece, sizeof(piece), MSG_DONTWAIT);
    if (n > 0)
        buf_add(&r->in, piece, (size_t)n);
    return n;
}

void http_load_write(struct buf *out, const char *method, const char *target, const char *head,
                     const void *body, size_t len)
{
    buf_printf(out, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s", method, target, head ? head : "");
    if (len > 0 || strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0)
        buf_printf(out, "Content-Length: %zu\r\n", len);
    buf_text(out, "\r\n");
    if (len > 0)
        buf_add(out, body, len);
}

/* --- one connection --- */

struct http_client {
    int fd;
    bool no_body;
    int64_t sent_us;
    struct http_reader reader;
};

int http_client_open(int port, struct http_client **out)
{
    int fd = http_client_connect(port);
    if (fd < 0)
        return RC_IO;
    struct http_client *c = calloc(1, sizeof(*c));
    CHECK(c != NULL);
    c->fd = fd;
    http_reader_init(&c->reader);
    *out = c;
    return 0;
}

void http_client_close(struct http_client *c)
{
    if (!c)
        return;
    close(c->fd);
    http_reader_release(&c->reader);
    free(c);
}

int http_client_fd(struct http_client *c)
{
    return c->fd;
}

int http_client_write(struct http_client *c, const void *bytes, size_t len)
{
    c->sent_us = http_load_now_us();
    for (size_t done = 0; done < len;) {
        ssize_t n = send(c->fd, (const char *)bytes + done, len - done, MSG_NOSIGNAL);
        if (n < 0)
            return RC_IO;
        done += (size_t)n;
    }
    return 0;
}

int http_client_read(struct http_client *c, struct http_reply *out)
{
    for (;;) {
        int rc = http_reader_take(&c->reader, c->no_body, out);
        if (rc < 0)
            return rc;
        if (rc > 0) {
            out->latency_us = http_load_now_us() - c->sent_us;
            return 0;
        }
        struct pollfd p = { .fd = c->fd, .events = POLLIN };
        if (poll(&p, 1, WAIT_MS) <= 0 || http_reader_fill(&c->reader, c->fd) <= 0)
            return RC_IO;
    }
}

int http_client_call(struct http_client *c, const char *method, const char *target,
                     const char *head, const void *body, size_t len, struct http_reply *out)
{
    struct buf request;
    buf_init(&request, REQUEST_MAX);
    http_load_write(&request, method, target, head, body, len);
    c->no_body = strcmp(method, "HEAD") == 0;
    int rc = http_client_write(c, request.at, request.len);
    buf_release(&request);
    return rc ? rc : http_client_read(c, out);
}

int http_client_bytes(struct http_client *c, char *out, size_t max)
{
    struct pollfd p = { .fd = c->fd, .events = POLLIN };
    if (c->reader.in.len > 0) { /* what was read beyond the last reply */
        size_t n = c->reader.in.len < max ? c->reader.in.len : max;
        memcpy(out, c->reader.in.at, n);
        c->reader.in.len -= n;
        memmove(c->reader.in.at, c->reader.in.at + n, c->reader.in.len + 1);
        return (int)n;
    }
    if (poll(&p, 1, WAIT_MS) <= 0)
        return RC_IO;
    ssize_t n = recv(c->fd, out, max, 0);
    return n < 0 ? RC_IO : (int)n;
}

/* --- many connections --- */

struct load_conn {
    int fd;
    int64_t sent_us;
    size_t sent;
    bool waits_to_write;
    struct buf request;
    struct http_reader reader;
};

struct load_run {
    const struct http_load *l;
    struct load_conn *conns;
    int epoll_fd, open;
};

static void finish(struct load_run *r, struct load_conn *c)
{
    close(c->fd);
    c->fd = -1;
    r->open--;
}

static int watch(struct load_run *r, struct load_conn *c, int op, uint32_t events)
{
    struct epoll_event e = { .events = events, .data.ptr = c };
    return epoll_ctl(r->epoll_fd, op, c->fd, &e) ? RC_IO : 0;
}

static int push(struct load_run *r, struct load_conn *c)
{
    while (c->sent < c->request.len) {
        ssize_t n = send(c->fd, c->request.at + c->sent, c->request.len - c->sent,
                         MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno != EAGAIN)
            return RC_IO;
        if (n < 0) {
            c->waits_to_write = true;
            return watch(r, c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
        }
        c->sent += (size_t)n;
    }
    if (!c->waits_to_write)
        return 0;
    c->waits_to_write = false;
    return watch(r, c, EPOLL_CTL_MOD, EPOLLIN);
}

static int ask(struct load_run *r, struct load_conn *c)
{
    buf_clear(&c->request);
    c->sent = 0;
    if (!r->l->next(r->l->ctx, (int)(c - r->conns), &c->request)) {
        finish(r, c);
        return 0;
    }
    CHECK(!c->request.overflow);
    c->sent_us = http_load_now_us();
    return push(r, c);
}

static int take(struct load_run *r, struct load_conn *c)
{
    struct http_reply reply;
    ssize_t n = http_reader_fill(&c->reader, c->fd);
    if (n == 0 || (n < 0 && errno != EAGAIN))
        return RC_IO;
    int rc = http_reader_take(&c->reader, strncmp(c->request.at, "HEAD ", 5) == 0, &reply);
    if (rc <= 0)
        return rc;
    reply.latency_us = http_load_now_us() - c->sent_us;
    if (r->l->done)
        r->l->done(r->l->ctx, (int)(c - r->conns), &reply);
    return ask(r, c);
}

static int open_all(struct load_run *r)
{
    for (int i = 0; i < r->l->connections; i++) {
        struct load_conn *c = &r->conns[i];
        c->fd = http_client_connect(r->l->port);
        if (c->fd < 0)
            return RC_IO;
        r->open++;
        if (watch(r, c, EPOLL_CTL_ADD, EPOLLIN))
            return RC_IO;
    }
    for (int i = 0; i < r->l->connections; i++) {
        int rc = ask(r, &r->conns[i]);
        if (rc)
            return rc;
    }
    return 0;
}

static int pump(struct load_run *r)
{
    struct epoll_event events[EVENTS];
    while (r->open > 0) {
        int n = epoll_wait(r->epoll_fd, events, EVENTS, r->l->patience_ms);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return RC_IO;
        for (int i = 0; i < n; i++) {
            struct load_conn *c = events[i].data.ptr;
            int rc = 0;
            if (events[i].events & EPOLLOUT)
                rc = push(r, c);
            if (!rc && (events[i].events & ~(uint32_t)EPOLLOUT))
                rc = take(r, c);
            if (rc)
                return rc;
        }
    }
    return 0;
}

int http_load_run(const struct http_load *l)
{
    CHECK(l->connections > 0 && l->next);
    struct load_run r = { .l = l, .epoll_fd = epoll_create1(EPOLL_CLOEXEC) };
    r.conns = calloc((size_t)l->connections, sizeof(*r.conns));
    CHECK(r.conns != NULL && r.epoll_fd >= 0);
    for (int i = 0; i < l->connections; i++) {
        r.conns[i].fd = -1;
        buf_init(&r.conns[i].request, REQUEST_MAX);
        http_reader_init(&r.conns[i].reader);
    }
    int rc = open_all(&r);
    if (!rc)
        rc = pump(&r);
    for (int i = 0; i < l->connections; i++) {
        if (r.conns[i].fd >= 0)
            close(r.conns[i].fd);
        buf_release(&r.conns[i].request);
        http_reader_release(&r.conns[i].reader);
    }
    close(r.epoll_fd);
    free(r.conns);
    return rc;
}
