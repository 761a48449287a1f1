/* http_client.h -- A small HTTP/1.1 client for our own tests and benchmarks: loopback, no TLS,
 * keep-alive. It believes what our own server writes and is not meant for any other.
 *
 *   one connection, blocking     http_client_*
 *   many connections, a thread   http_load_run: each asks again as soon as it is answered
 *   many event streams, a thread http_load_streams_*
 *
 * A run of 64 connections that post what `next` writes:
 *
 *     static bool next(void *ctx, int connection, struct buf *request)
 *     {
 *         http_load_write(request, "POST", "/api/x", "Cookie: s=1\r\n", body, body_len);
 *         return --left > 0;          false: this connection has nothing more to ask
 *     }
 *     static void done(void *ctx, int connection, const struct http_reply *r)
 *     {
 *         note(r->status, r->latency_us);
 *     }
 *     rc = http_load_run(&(struct http_load){ .port = p, .connections = 64, .next = next,
 *                                             .done = done, .patience_ms = 5000 });
 */
#ifndef HTTP_HTTP_CLIENT_H
#define HTTP_HTTP_CLIENT_H
#include "base/buf.h"
#include "base/rc.h"

struct http_reply {
    int status;
    const char *head; /* "HTTP/1.1 200 OK\r\n...\r\n", NUL-terminated */
    const char *body;
    size_t body_len;
    int64_t latency_us; /* from the request's first byte out to the reply's last byte in */
};
/* Copies the value of a header of the reply; false: it has none. */
bool http_reply_header(const struct http_reply *r, const char *name, char *out, size_t size);
int64_t http_load_now_us(void); /* the monotonic clock that latencies are measured with */
/* Writes a whole request; head is NULL or lines with their CR LF. Content-Length is set. */
void http_load_write(struct buf *out, const char *method, const char *target, const char *head,
                     const void *body, size_t len);

/* --- one connection --- */
struct http_client;
MUST_USE int http_client_open(int port, struct http_client **out); /* 0 or RC_IO */
void http_client_close(struct http_client *c);                     /* NULL is fine */
/* Asks and waits (5 s at most). The reply is borrowed until the next use of c. 0 or RC_IO. */
MUST_USE int http_client_call(struct http_client *c, const char *method, const char *target,
                              const char *head, const void *body, size_t len,
                              struct http_reply *out);
/* The same in two halves and in raw bytes, to write what a good client never would. */
MUST_USE int http_client_write(struct http_client *c, const void *bytes, size_t len);
MUST_USE int http_client_read(struct http_client *c, struct http_reply *out);
/* The next bytes of whatever comes (an event stream), at most max: how many, 0 at the end of the
 * connection, RC_IO after 5 s of silence or when it was reset. */
MUST_USE int http_client_bytes(struct http_client *c, char *out, size_t max);
int http_client_fd(struct http_client *c);

/* --- many connections, each with one request on its way --- */
struct http_load {
    int port, connections;
    /* Writes the next request of this connection. False: it has none, and is closed. */
    bool (*next)(void *ctx, int connection, struct buf *request);
    void (*done)(void *ctx, int connection, const struct http_reply *r);
    void *ctx;
    int patience_ms; /* this long without any reply: RC_IO */
};
/* Returns when every connection has finished: 0; RC_IO when one was lost or patience ran out. */
MUST_USE int http_load_run(const struct http_load *l);

/* --- many event streams --- */
struct http_load_event {
    int stream;
    const char *id, *event, *data; /* "" when not given; lines of data joined with \n */
    int64_t at_us;
};
struct http_load_streams;
/* Opens count streams of GET target (%d in target is replaced by the stream's number) and waits
 * until each was answered with 200. 0 or RC_IO. */
MUST_USE int http_load_streams_open(int port, int count, const char *target, const char *head,
                                    void (*on_event)(void *ctx, const struct http_load_event *e),
                                    void *ctx, struct http_load_streams **out);
/* Waits at most wait_ms for bytes and hands on the events in them. The number of events. */
int http_load_streams_poll(struct http_load_streams *s, int wait_ms);
int http_load_streams_alive(const struct http_load_streams *s);
void http_load_streams_close(struct http_load_streams *s); /* NULL is fine */
#endif
