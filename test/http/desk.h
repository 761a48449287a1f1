/* desk.h -- A little server for the tests of the room: what it does with a request is in its path.
 *
 *   /hello   answers at once            /later    answers from another thread
 *   /echo    answers with the body      /keep     keeps the exchange for the test: desk_kept()
 *   /static  without a copy             /stream   opens an event stream: desk_streams()
 *   /read    what it read of the request: query a, cookie s, header X-A, peer
 * Paths below /no have no body limit (-1); the limit elsewhere is 1,000 bytes. */
#ifndef TEST_HTTP_DESK_H
#define TEST_HTTP_DESK_H
#include "test.h"
#include <pthread.h>
#include "http/http.h"
#include "http/http_client.h"

enum { DESK_LIMIT = 1000, DESK_MOST = 64 };

struct desk_stream {
    struct http_stream *s;
    struct desk *desk;
    int closed;
};

struct desk {
    struct http *http;
    int port;
    pthread_mutex_t lock;
    pthread_cond_t news;
    pthread_t later;
    bool quit;
    struct http_exchange *waiting[DESK_MOST], *kept[DESK_MOST];
    int waiting_count, kept_count, streams_count, ends, handled;
    struct desk_stream streams[DESK_MOST];
};

void desk_open(struct desk *d);
void desk_open_with(struct desk *d, const struct http_settings *more); /* tls, idle_s */
void desk_shut(struct desk *d); /* stops the server if that was not done, closes the streams */
struct http_client *desk_client(struct desk *d);
/* Waits (5 s) until *number, which the desk counts, is at least n. */
void desk_await(struct desk *d, const int *number, int n);
int desk_read(struct desk *d, const int *number); /* under the desk's lock */
void desk_await_number(struct desk *d, int64_t (*get)(const struct http_numbers *), int64_t n);
/* Sends raw bytes on a new connection and wants this status; then the end of the connection. */
void desk_raw(struct desk *d, const char *bytes, size_t len, int status, const char *code);
#endif
