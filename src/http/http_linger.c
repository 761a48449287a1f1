/* http_linger.c -- Sockets that were refused while their peer still wrote. Closing at once would
 * send a reset, and a reset wipes the answer that the peer has not read yet; so a copy of the
 * socket stays open, is drained, and closed at the peer's end or after a while (the lingering
 * close of nginx). */
#include "http/http_priv.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct lingerer {
    struct watch watch;
    struct link link; /* http.lingers, oldest first */
    int fd;
    int64_t until_ms;
    size_t drained;
};

static void linger_end(struct http *h, struct lingerer *g)
{
    link_remove(&g->link);
    h->lingers_count--;
    close(g->fd); /* takes it out of the epoll set too: no other copy is left */
    free(g);
}

void http_linger_take(struct http *h, int fd)
{
    if (h->lingers_count >= HTTP_LINGER_COUNT)
        return;
    struct lingerer *g = calloc(1, sizeof(*g));
    CHECK(g != NULL);
    g->watch.kind = WATCH_LINGER;
    g->until_ms = h->now_ms + HTTP_LINGER_MS;
    link_init(&g->link);
    g->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    struct epoll_event e = { .events = EPOLLIN | EPOLLRDHUP, .data.ptr = &g->watch };
    if (g->fd < 0 || epoll_ctl(h->epoll_fd, EPOLL_CTL_ADD, g->fd, &e)) {
        if (g->fd >= 0)
            close(g->fd);
        free(g);
        return;
    }
    shutdown(g->fd, SHUT_WR);
    link_add(&h->lingers, &g->link);
    h->lingers_count++;
}

void http_linger_event(struct http *h, struct watch *w)
{
    static char sink[16 * 1024]; /* the loop's alone, and nobody reads it */
    struct lingerer *g = LINK_OF(w, struct lingerer, watch);
    ssize_t n = recv(g->fd, sink, sizeof(sink), MSG_DONTWAIT);
    if (n > 0)
        g->drained += (size_t)n;
    if (n <= 0 || g->drained > HTTP_LINGER_BYTES)
        linger_end(h, g);
}

void http_linger_sweep(struct http *h, bool all)
{
    for (struct link *l = h->lingers.next, *next; l != &h->lingers; l = next) {
        struct lingerer *g = LINK_OF(l, struct lingerer, link);
        next = l->next;
        if (!all && g->until_ms > h->now_ms)
            break;
        linger_end(h, g);
    }
}
