/* check.c -- The end of a process whose own invariant broke: one line for the operator, then abort,
 * so that the open transaction dies with us and a core file remains. */
#include "base/log.h"
#include "base/rc.h"

#include <stdlib.h>

_Noreturn void check_failed(const char *file, int line, const char *what)
{
    log_line(LOG_ERROR, "check.failed", "%s:%d: %s", file, line, what);
    abort();
}
