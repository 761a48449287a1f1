/* cli_test.c -- The line a person types: what it means, and what is said when it means nothing. */
#include "test.h"
#include "app/cli.h"
#include <fcntl.h>
#include <unistd.h>

enum { SAID_MAX = 2000 };

/* Parses the words of a line; what was said on standard error goes to said. */
static int parse(const char *line, struct cli *c, char said[SAID_MAX])
{
    static char text[400];
    char *argv[24] = { "piaohao" }, path[400];
    int argc = 1;
    snprintf(text, sizeof text, "%s", line);
    for (char *p = text; *p && argc < 24;) {
        argv[argc++] = p;
        p += strcspn(p, " ");
        if (*p)
            *p++ = '\0';
    }
    snprintf(path, sizeof path, "%s/said", test_dir());
    int old = dup(STDERR_FILENO), file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(old >= 0 && file >= 0);
    fflush(stderr);
    dup2(file, STDERR_FILENO);
    int status = cli_parse(argc, argv, c);
    fflush(stderr);
    dup2(old, STDERR_FILENO);
    close(old);
    ssize_t n = pread(file, said, SAID_MAX - 1, 0);
    said[n > 0 ? n : 0] = '\0';
    close(file);
    return status;
}

static void flags_are_read_in_both_spellings(void **state)
{
    UNUSED(state);
    static struct cli c;
    char said[SAID_MAX];
    assert_int_equal(parse("serve --port 81 --db=a.db --allow-plain", &c, said), CLI_DONE);
    assert_int_equal(c.config.port, 81);
    assert_string_equal(c.config.db, "a.db");
    assert_true(c.config.allow_plain);
    assert_int_equal(parse("demo --days=3 --seed 9 --json", &c, said), CLI_DONE);
    assert_string_equal(cli_flag(&c, "days"), "3");
    assert_string_equal(cli_flag(&c, "seed"), "9");
    assert_true(c.json);
    assert_int_equal(parse("backup -- --odd-name", &c, said), CLI_DONE);
    assert_string_equal(c.args[0], "--odd-name");
    assert_int_equal(parse("check --port 81", &c, said), CLI_USAGE);
}

static void what_nobody_knows_is_named_with_the_nearest(void **state)
{
    UNUSED(state);
    static const struct {
        const char *line, *says;
    } row[] = {
        { "srve", "no such verb: srve; did you mean serve?" },
        { "lobby imprt x", "did you mean lobby import?" },
        { "lobby", "lobby what?" },
        { "xyzzy", "no such verb: xyzzy; see: piaohao help" },
        { "serve --prot 1", "no such option: --prot; did you mean --port?" },
        { "serve --port", "--port needs a value" },
        { "serve --port -1", "'-1' is not a number" },
        { "serve -p 1", "no such option: -p" },
        { "serve --json=1", "--json takes no value" },
        { "serve extra", "one argument too many: extra" },
        { "backup", "backup needs FILE" },
        { "check --db postgres:x", "postgres://USER@HOST:PORT/NAME" },
        { "check --config /nowhere.json", "/nowhere.json" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        static struct cli c;
        char said[SAID_MAX];
        int status = parse(row[i].line, &c, said);
        if (status != CLI_USAGE || !strstr(said, row[i].says))
            fail_msg("piaohao %s: %d, %s", row[i].line, status, said);
    }
}

static void numbers_have_bounds(void **state)
{
    UNUSED(state);
    static struct cli c;
    char said[SAID_MAX];
    int64_t n = 7;
    assert_int_equal(parse("demo", &c, said), CLI_DONE);
    assert_true(cli_number(&c, "days", 0, 366, &n));
    assert_int_equal(n, 7); /* not given: as it was */
    assert_int_equal(parse("demo --days 30", &c, said), CLI_DONE);
    assert_true(cli_number(&c, "days", 0, 366, &n));
    assert_int_equal(n, 30);
}

static void the_nearest_word_is_near(void **state)
{
    UNUSED(state);
    static const char *const words[] = { "serve", "init", "demo", "check" };
    assert_string_equal(cli_nearest("sever", words, COUNT(words)), "serve");
    assert_string_equal(cli_nearest("chek", words, COUNT(words)), "check");
    assert_null(cli_nearest("backup", words, COUNT(words)));
    assert_null(cli_nearest("", words, COUNT(words)));
}

SUITE(cli, cmocka_unit_test(flags_are_read_in_both_spellings),
      cmocka_unit_test(what_nobody_knows_is_named_with_the_nearest),
      cmocka_unit_test(numbers_have_bounds), cmocka_unit_test(the_nearest_word_is_near))
