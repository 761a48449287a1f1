/* cli_input.c -- Files and instants that a verb is given, and what is said when they are no good.
 */
#include "app/cli.h"
#include "app/clock.h"
#include "base/date.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool cli_now(struct cli *c, int64_t *now_us)
{
    const char *text = cli_flag(c, "now");
    char day[DATE_TEXT] = "";
    struct clock *clock = clock_real();
    date d;
    int second = 0;
    *now_us = clock_now_us(clock);
    clock_free(clock);
    if (!text)
        return true;
    d = date_of_instant(*now_us);
    snprintf(day, sizeof day, "%.10s", text);
    if (strlen(text) == 16 && text[10] == 'T' && date_parse(day, &d))
        text += 11;
    if (!date_parse_hm(text, &second)) {
        cli_fail(CLI_USAGE, "--now: '%s' is not written 2026-11-23T11:30 or 11:30",
                 cli_flag(c, "now"));
        return false;
    }
    *now_us = date_instant(d, second);
    return true;
}

int cli_read_file(const char *path, size_t max, struct arena *arena, char **text, size_t *len)
{
    char block[65536];
    struct buf b;
    FILE *f = fopen(path, "rb");
    if (!f)
        return cli_fail(CLI_FAULT, "%s: %s", path, strerror(errno));
    buf_init(&b, max);
    for (size_t n; !b.overflow && (n = fread(block, 1, sizeof block, f)) > 0;)
        buf_add(&b, block, n);
    int status = CLI_DONE;
    if (ferror(f))
        status = cli_fail(CLI_FAULT, "%s: %s", path, strerror(errno));
    else if (b.overflow)
        status = cli_fail(CLI_FINDING, "%s: longer than %zu MiB", path, max >> 20);
    (void)fclose(f);
    if (!status) {
        size_t mark = b.len >= 3 && !memcmp(b.at, "\xEF\xBB\xBF", 3) ? 3 : 0; /* Windows' */
        *text = arena_dup(arena, b.len ? b.at + mark : "", b.len - mark);
        *len = b.len - mark;
    }
    buf_release(&b);
    return status;
}

FILE *cli_create(const char *path, int mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "wb");
    if (fd >= 0 && !f)
        (void)close(fd);
    return f;
}

/* A file that is not whole is taken away (but never a device): half a page is worse than none. */
int cli_write_out(struct cli *c, const struct buf *out, int mode)
{
    const char *path = cli_flag(c, "out");
    bool to_file = path && strcmp(path, "-") != 0;
    FILE *f = to_file ? cli_create(path, mode) : stdout;
    if (!f)
        return cli_fail(CLI_FAULT, "%s: %s", path, strerror(errno));
    bool good = fwrite(out->at, 1, out->len, f) == out->len;
    good = fflush(f) == 0 && good;
    int why = errno;
    struct stat st;
    bool plain = to_file && fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode);
    if (to_file)
        good = fclose(f) == 0 && good;
    if (!good && plain)
        (void)unlink(path);
    return good ? CLI_DONE : cli_fail(CLI_FAULT, "%s: %s", to_file ? path : "-", strerror(why));
}
