/* rc.h -- One result code for the whole program.
 *
 *   0        done
 *   < 0      fault: disk, peer, memory, busy. Roll back; only RC_BUSY is tried again.
 *   > 0      refusal: the rules say no. Roll back; the person reads the text; never tried again.
 *
 * A broken invariant of ours is neither: it is a bug, and CHECK() ends the process.
 * Every room lists its refusals once, in an X-macro ROOM_REFUSALS(X) with rows
 * X(NAME, code, http status, "Chinese", "English"), in the order in which they are checked.
 * Ranges: base 1-99, who 100-199, branch 200-299, lobby 300-499, api 500-599,
 * ledger 600-699, deposit 700-769, statement 830-859, print 860-869, roster 870-899,
 * advise 900-929.
 */
#ifndef BASE_RC_H
#define BASE_RC_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rc_fault {
    RC_OK = 0,
    RC_IO = -1,       /* the disk or a peer failed */
    RC_BUSY = -2,     /* somebody else holds it: try again, at most three times */
    RC_CORRUPT = -3,  /* what we read cannot have been written by us */
    RC_FULL = -4,     /* no room left: disk, queue or table */
    RC_UNKNOWN = -5,  /* the commit's answer was lost: ask for the request key */
    RC_CONFLICT = -6, /* a unique key exists already: the caller turns it into its refusal */
    RC_STOPPING = -7, /* the server is going down */
};

#define RC_ENUM(name, code, http, zh, en) name = code,

struct rc_info {
    int code;
    int http;
    const char *name;
    const char *zh;
    const char *en;
};
#define RC_ROW(name_, code_, http_, zh_, en_) \
    { .code = (code_), .http = (http_), .name = #name_, .zh = (zh_), .en = (en_) },

/* Refusals that any parser of outside input may give. call.field names the field. */
#define BASE_REFUSALS(X)                                                                       \
    X(BASE_BAD_INPUT, 1, 422, "输入有误", "the input is not valid")                            \
    X(BASE_MISSING, 2, 422, "缺少必填项", "a required field is missing")                       \
    X(BASE_UNKNOWN_FIELD, 3, 422, "有不认识的字段", "the input has a field that is not known") \
    X(BASE_TOO_LONG, 4, 422, "内容太长", "the text is too long")                               \
    X(BASE_RANGE, 5, 422, "数值超出范围", "the number is out of range")
enum base_refusal { BASE_REFUSALS(RC_ENUM) };

#define MUST_USE  __attribute__((warn_unused_result))
#define COUNT(a)  (sizeof(a) / sizeof((a)[0]))
#define UNUSED(x) ((void)(x))

/* Ends the process: our own invariant broke. On in release. */
_Noreturn void check_failed(const char *file, int line, const char *what);
#define CHECK(cond) ((cond) ? (void)0 : check_failed(__FILE__, __LINE__, #cond))
#endif
