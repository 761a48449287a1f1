/* log.c -- One write(2) a line, so that lines of several threads do not mix. Wall clock, not the
 * call's instant: a log tells when the program did something, also in a simulated year. */
#include "base/log.h"
#include "base/date.h"
#include "base/jsonw.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { LOG_TEXT_MAX = 2048, LOG_LINE_MAX = 16384 };
static _Atomic int least_level = LOG_INFO;

void log_set_level(enum log_level least)
{
    atomic_store(&least_level, (int)least);
}

static int64_t wall_clock_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * US_SECOND + t.tv_nsec / 1000;
}

void log_line(enum log_level level, const char *what, const char *fmt, ...)
{
    static const char *const names[] = { "debug", "info", "warn", "error" };
    if ((int)level < atomic_load(&least_level))
        return;
    char text[LOG_TEXT_MAX], at[INSTANT_TEXT];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    instant_print(wall_clock_us(), at);

    struct buf line;
    struct jsonw w;
    buf_init(&line, LOG_LINE_MAX);
    jw_init(&w, &line);
    jw_object(&w, NULL);
    jw_text(&w, "at", at);
    jw_text(&w, "level", names[level]);
    jw_text(&w, "what", what);
    jw_text(&w, "text", text);
    jw_end(&w);
    buf_char(&line, '\n');
    ssize_t n = write(STDERR_FILENO, line.at, line.len);
    UNUSED(n); /* nobody is left to tell */
    buf_release(&line);
}
