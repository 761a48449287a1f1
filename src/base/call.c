/* call.c -- See call.h. */
#include "base/call.h"
#include "base/rc.h"

#include <stdarg.h>
#include <stdio.h>

int call_refuse(struct call *c, int rc, const char *field, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(c->detail, sizeof(c->detail), fmt, args);
    va_end(args);
    c->field = field;
    return rc;
}

int64_t call_id(struct call *c)
{
    CHECK(c->ids != NULL); /* a read asks for no ids */
    return ids_next(c->ids, c->now_us);
}
