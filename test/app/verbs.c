/* verbs.c -- See verbs.h. The verb runs in this process: a sanitizer sees all it does. */
#include "app/verbs.h"
#include "app/cli.h"
#include <fcntl.h>
#include <unistd.h>

static void take_back(int old, int as, int file, char *out, size_t size)
{
    dup2(old, as);
    close(old);
    ssize_t n = pread(file, out, size - 1, 0);
    out[n > 0 ? n : 0] = '\0';
    close(file);
}

static int give_away(int fd, const char *name)
{
    char path[400];
    snprintf(path, sizeof path, "%s/%s", test_dir(), name);
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(file >= 0);
    dup2(file, fd);
    return file;
}

void verb_run(const char *line, struct verb_run *r)
{
    static char text[8000];
    char *argv[40] = { "piaohao" };
    int argc = 1;
    size_t at = 0;
    for (const char *p = line; *p;) {
        size_t n = strcspn(p, " ");
        assert_true(argc < 39 && at + n + 300 < sizeof text);
        argv[argc++] = text + at;
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%.*s", *p == '@' ? test_dir() : "",
                               (int)(n - (*p == '@')), p + (*p == '@')) +
              1;
        p += n + (p[n] == ' ');
    }
    argv[argc] = NULL;
    fflush(NULL);
    int out = dup(STDOUT_FILENO), said = dup(STDERR_FILENO);
    int out_file = give_away(STDOUT_FILENO, "out"), said_file = give_away(STDERR_FILENO, "said");
    r->status = cli_main(argc, argv);
    fflush(NULL);
    take_back(out, STDOUT_FILENO, out_file, r->out, sizeof r->out);
    take_back(said, STDERR_FILENO, said_file, r->said, sizeof r->said);
}

void verb_file(const char *name, const char *text)
{
    char path[400];
    snprintf(path, sizeof path, "%s/%s", test_dir(), name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
    assert_int_equal(fclose(f), 0);
}

void verb_says(const char *line, int status, const char *words)
{
    static struct verb_run r;
    verb_run(line, &r);
    if (r.status != status || !strstr(r.said, words))
        fail_msg("piaohao %s: %d instead of %d, '%s' instead of '%s'", line, r.status, status,
                 r.said, words);
}
