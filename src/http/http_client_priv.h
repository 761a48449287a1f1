/* http_client_priv.h -- What the client's two files share: connecting and reading replies. */
#ifndef HTTP_HTTP_CLIENT_PRIV_H
#define HTTP_HTTP_CLIENT_PRIV_H
#include "http/http_client.h"
#include <sys/types.h>

int http_client_connect(int port); /* a blocking socket, or RC_IO */

struct http_reader {
    struct buf in, head, body; /* unread bytes; the last reply's parts */
};
void http_reader_init(struct http_reader *r);
void http_reader_release(struct http_reader *r);
ssize_t http_reader_fill(struct http_reader *r, int fd); /* recv's answer */
/* 1 and a reply (borrowed until the next take), 0: more bytes are needed, RC_CORRUPT. */
int http_reader_take(struct http_reader *r, bool no_body, struct http_reply *out);
#endif
