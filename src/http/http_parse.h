/* http_parse.h -- The pure part: what the bytes of a request head mean, and what is refused.
 * No socket, no clock, no library: tests and the fuzzer call it directly. */
#ifndef HTTP_HTTP_PARSE_H
#define HTTP_HTTP_PARSE_H
#include "base/rc.h"
#include "base/buf.h"

/* Why a request is refused before any handler: X(NAME, status, code, title). The code is what a
 * program reads in the problem document (RFC 9457), the title is for people. */
#define HTTP_REFUSALS(X)                                                                    \
    X(TARGET, 400, "bad_target", "The request target must start with a slash")              \
    X(PERCENT, 400, "bad_percent", "A percent escape is broken or stands for NUL")          \
    X(UTF8, 400, "bad_utf8", "The request target is not valid UTF-8")                       \
    X(CONTROL, 400, "control_character", "A control character stands where none may")       \
    X(DOTS, 400, "dot_segment", "The path may not climb with ..")                           \
    X(LAYOUT, 400, "loose_head", "A line of the head is folded, bare or holds a NUL")       \
    X(NAME, 400, "bad_field_name", "A header name has a character that is not allowed")     \
    X(NO_HOST, 400, "no_host", "HTTP/1.1 needs one Host header")                            \
    X(TWO_HOSTS, 400, "two_hosts", "More than one Host header")                             \
    X(TWO_LENGTHS, 400, "two_content_lengths", "More than one Content-Length header")       \
    X(LENGTH, 400, "bad_content_length", "Content-Length is not a number")                  \
    X(LENGTH_AND_CHUNKS, 400, "length_and_chunks", "Content-Length with Transfer-Encoding") \
    X(CODING, 400, "bad_transfer_encoding", "Transfer-Encoding may only be chunked, once")  \
    X(PAIRS, 400, "too_many_parameters", "The query has too many parameters")               \
    X(METHOD, 501, "method_not_implemented", "This method is not implemented here")         \
    X(BODY_SIZE, 413, "body_too_large", "The body is larger than this address takes")       \
    X(HEAD_SIZE, 431, "head_too_large", "The head of the request is larger than 16 KiB")    \
    X(STOPPING, 503, "stopping", "The server is stopping")
#define HTTP_REFUSAL_ENUM(name, status, code, title) HTTP_REFUSE_##name,
enum http_refusal { HTTP_FINE, HTTP_REFUSALS(HTTP_REFUSAL_ENUM) HTTP_REFUSALS_END };

struct http_refusal_info {
    int status;
    const char *code, *title;
};
const struct http_refusal_info *http_refusal_info(enum http_refusal why);

enum { HTTP_HEAD_MAX = 16 * 1024, HTTP_PAIRS_MAX = 128, HTTP_PEER_TEXT = 48 };

/* Decodes percent escapes (and, for queries, plus) of raw[0..n) into out. HTTP_FINE or why not. */
MUST_USE enum http_refusal http_decode(const char *raw, size_t n, bool plus, struct buf *out);
MUST_USE bool http_utf8_ok(const char *s, size_t n);
/* The path of a request target (up to '?'), decoded, checked, with its NUL into out. */
MUST_USE enum http_refusal http_parse_path(const char *target, struct buf *out);

/* Names and values are added to a buf as "name\0value\0"; find gives the first value of a name. */
MUST_USE enum http_refusal http_parse_query(const char *target, struct buf *out);
void http_parse_cookies(const char *header, size_t n, struct buf *out);
const char *http_pair_find(const char *pairs, size_t n, const char *name, bool ignore_case);

struct http_field {
    const char *name, *value;
    size_t name_len, value_len;
};
/* The framing of a message must have one meaning only (RFC 9112, 6.3 and 11.2): a proxy that
 * reads it in another way is how requests are smuggled. */
MUST_USE enum http_refusal http_check_fields(const struct http_field *f, size_t count,
                                             bool version_1_1);
/* The declared length of the body, -1 if it comes in chunks. Fields have been checked. */
int64_t http_declared_length(const struct http_field *f, size_t count);

/* An address of a family (struct in_addr, in6_addr), one text for one client. */
bool http_address_print(int family, const void *bytes, char out[HTTP_PEER_TEXT]);
/* A numeric address, as that writes it. False: it is none. */
MUST_USE bool http_address(const char *text, char out[HTTP_PEER_TEXT]);
/* The address that X-Forwarded-For ends with: what the nearest proxy saw. What stands before it
 * came from outside and may be invented. False: it ends with none. */
MUST_USE bool http_forwarded(const char *value, size_t n, char out[HTTP_PEER_TEXT]);

/* The text of a response header: no CR, LF, NUL or other control character but tab. */
bool http_header_text_ok(const char *s);
bool http_header_name_ok(const char *s, size_t n);
#endif
