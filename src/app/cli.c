/* cli.c -- See cli.h. */
#include "app/cli.h"
#include "api/api.h"
#include "app/bank.h"
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int run_version(struct cli *c)
{
    if (c->json)
        printf("{\"version\":\"%s\"}\n", PIAOHAO_VERSION);
    else
        printf("piaohao %s\n", PIAOHAO_VERSION);
    return CLI_DONE;
}

static int run_help(struct cli *c);
static const struct cli_verb own_verbs[] = {
    { "version", NULL, "print the version", NULL, 0, 0, 0, NULL, run_version },
    { "help", "[VERB]", "print the verbs, or one verb's options", NULL, 0, 0, 2, NULL, run_help },
};
static const size_t own_verbs_count = COUNT(own_verbs);

static const struct {
    const struct cli_verb *verbs;
    const size_t *count;
} groups[] = {
    { cli_serve_verbs, &cli_serve_verbs_count },
    { cli_bank_verbs, &cli_bank_verbs_count },
    { cli_lobby_verbs, &cli_lobby_verbs_count },
    { cli_ledger_verbs, &cli_ledger_verbs_count },
    { cli_books_verbs, &cli_books_verbs_count },
    { cli_deposit_verbs, &cli_deposit_verbs_count },
    { cli_statement_verbs, &cli_statement_verbs_count },
    { cli_plan_verbs, &cli_plan_verbs_count },
    { cli_forecast_verbs, &cli_forecast_verbs_count },
    { cli_shift_verbs, &cli_shift_verbs_count },
    { cli_roster_verbs, &cli_roster_verbs_count },
    { cli_check_verbs, &cli_check_verbs_count },
    { cli_move_verbs, &cli_move_verbs_count },
    { cli_bench_verbs, &cli_bench_verbs_count },
    { own_verbs, &own_verbs_count },
};

/* The i-th verb of all groups, or NULL after the last. */
static const struct cli_verb *verb_at(size_t i)
{
    for (size_t g = 0; g < COUNT(groups); g++) {
        if (i < *groups[g].count)
            return &groups[g].verbs[i];
        i -= *groups[g].count;
    }
    return NULL;
}

static const struct cli_verb *verb_find(const char *name)
{
    const struct cli_verb *v;
    for (size_t i = 0; (v = verb_at(i)); i++)
        if (!strcmp(v->name, name))
            return v;
    return NULL;
}

int cli_fail(int status, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fputs("piaohao: ", stderr);
    vfprintf(stderr, fmt, args);
    fputc('\n', stderr);
    va_end(args);
    return status;
}

int cli_rc(int rc, const char *what, const char *detail)
{
    const struct rc_info *info = api_rc(rc);
    if (!rc)
        return CLI_DONE;
    bool more = detail && *detail;
    return cli_fail(rc > 0 ? CLI_FINDING : CLI_FAULT, "%s: %s (%s)%s%s", what,
                    info ? info->en : "failed", info ? info->name : "?", more ? ": " : "",
                    more ? detail : "");
}

/* ---- the nearest known word ---- */

static size_t distance(const char *a, const char *b)
{
    enum { LONGEST = 40 };
    size_t n = strlen(a), m = strlen(b), row[LONGEST + 1];
    if (n > LONGEST || m > LONGEST)
        return SIZE_MAX;
    for (size_t k = 0; k <= m; k++)
        row[k] = k;
    for (size_t i = 1; i <= n; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t k = 1; k <= m; k++) {
            size_t best = corner + (a[i - 1] != b[k - 1]);
            corner = row[k];
            if (row[k] + 1 < best)
                best = row[k] + 1;
            if (row[k - 1] + 1 < best)
                best = row[k - 1] + 1;
            row[k] = best;
        }
    }
    return row[m];
}

const char *cli_nearest(const char *word, const char *const *words, size_t n)
{
    const char *best = NULL;
    size_t least = strlen(word) / 2 + 1; /* further away it is another word */
    for (size_t i = 0; i < n; i++) {
        size_t d = distance(word, words[i]);
        if (d < least) {
            least = d;
            best = words[i];
        }
    }
    return best;
}

static int unknown(const char *what, const char *word, const char *const *words, size_t n,
                   const char *dashes)
{
    const char *near = cli_nearest(word, words, n);
    if (near)
        return cli_fail(CLI_USAGE, "no such %s: %s%s; did you mean %s%s?", what, dashes, word,
                        dashes, near);
    return cli_fail(CLI_USAGE, "no such %s: %s%s; see: piaohao help", what, dashes, word);
}

static int unknown_verb(const char *word)
{
    const char *words[64];
    const struct cli_verb *v;
    size_t n = 0;
    for (size_t i = 0; (v = verb_at(i)) && n < COUNT(words); i++)
        words[n++] = v->name;
    return unknown("verb", word, words, n, "");
}

static bool is_noun(const char *word)
{
    const struct cli_verb *v;
    size_t n = strlen(word);
    for (size_t i = 0; (v = verb_at(i)); i++)
        if (!strncmp(v->name, word, n) && v->name[n] == ' ')
            return true;
    return false;
}

static int unknown_after(const char *noun, const char *word)
{
    char name[80];
    snprintf(name, sizeof name, "%s %s", noun, word);
    return unknown_verb(name);
}

/* ---- help ---- */

static bool takes_key(const struct cli_verb *v, const char *name)
{
    size_t len = strlen(name);
    if (!v->run || v->run == run_version || v->run == run_help)
        return false;
    if (!strcmp(name, "db") || !strcmp(name, "log_level"))
        return true;
    for (const char *p = v->keys; p && *p; p += strspn(p, " ")) {
        size_t l = strcspn(p, " ");
        if (l == len && !memcmp(p, name, l))
            return true;
        p += l;
    }
    return false;
}

static void dashed(const char *name, char out[64])
{
    size_t i = 0;
    for (; name[i] && i < 63; i++)
        out[i] = name[i] == '_' ? '-' : name[i];
    out[i] = '\0';
}

static void print_flag(const char *name, const char *value, const char *help)
{
    char left[80];
    snprintf(left, sizeof left, "--%s%s%s", name, value ? " " : "", value ? value : "");
    printf("  %-24s %s\n", left, help);
}

static void help_verb(const struct cli_verb *v)
{
    bool config = false;
    printf("usage: piaohao %s%s%s [options]\n\n  %s\n\n", v->name, v->args ? " " : "",
           v->args ? v->args : "", v->help);
    for (size_t i = 0; i < v->n_flags; i++)
        print_flag(v->flags[i].name, v->flags[i].value, v->flags[i].help);
    for (size_t i = 0; i < config_keys_count; i++) {
        const struct config_key *k = &config_keys[i];
        char name[64], help[200];
        if (!takes_key(v, k->name))
            continue;
        config = true;
        dashed(k->name, name);
        bool told = *k->otherwise && k->value;
        snprintf(help, sizeof help, "%s%s%s%s", k->help, told ? " (" : "", told ? k->otherwise : "",
                 told ? ")" : "");
        print_flag(name, k->value, help);
    }
    if (config)
        print_flag("config", "FILE", "read the configuration (JSON); flags and PIAOHAO_KEY win");
    print_flag("json", NULL, "print for programs");
    print_flag("help", NULL, "print this");
}

static void help_all(FILE *out)
{
    const struct cli_verb *v;
    fprintf(out, "usage: piaohao VERB [options]\n\n");
    for (size_t i = 0; (v = verb_at(i)); i++) {
        char left[80];
        snprintf(left, sizeof left, "%s %s", v->name, v->args ? v->args : "");
        fprintf(out, "  %-24s %s\n", left, v->help);
    }
    fprintf(out, "\npiaohao VERB --help prints a verb's options.\n");
}

/* "lobby": all of "lobby import", "lobby promise" ... False: no verb begins so. */
static bool help_noun(const char *noun)
{
    const struct cli_verb *v;
    size_t n = strlen(noun);
    bool any = false;
    for (size_t i = 0; (v = verb_at(i)); i++) {
        if (strncmp(v->name, noun, n) || v->name[n] != ' ')
            continue;
        if (any)
            putchar('\n');
        help_verb(v);
        any = true;
    }
    return any;
}

static int run_help(struct cli *c)
{
    char name[80];
    if (c->n_args == 0) {
        help_all(stdout);
        return CLI_DONE;
    }
    snprintf(name, sizeof name, "%s%s%s", c->args[0], c->n_args > 1 ? " " : "",
             c->n_args > 1 ? c->args[1] : "");
    const struct cli_verb *v = verb_find(name);
    if (!v && help_noun(name))
        return CLI_DONE;
    if (!v)
        return unknown_verb(name);
    help_verb(v);
    return CLI_DONE;
}

/* ---- reading the line ---- */

const char *cli_flag(struct cli *c, const char *name)
{
    for (int i = c->n_given - 1; i >= 0; i--)
        if (!strcmp(c->given[i].name, name))
            return c->given[i].value;
    return NULL;
}

bool cli_number(struct cli *c, const char *name, int64_t min, int64_t max, int64_t *out)
{
    const char *text = cli_flag(c, name);
    char *end;
    if (!text)
        return true;
    errno = 0;
    int64_t n = strtoll(text, &end, 10);
    if (*text && !*end && !errno && n >= min && n <= max) {
        *out = n;
        return true;
    }
    cli_fail(CLI_USAGE, "--%s: '%s' is not a number of %" PRId64 "..%" PRId64, name, text, min,
             max);
    return false;
}

static const struct cli_flag *flag_find(const struct cli_verb *v, const char *name)
{
    static const struct cli_flag common[] = { { "json", NULL, NULL },
                                              { "help", NULL, NULL },
                                              { "config", "FILE", NULL } };
    for (size_t i = 0; i < v->n_flags; i++)
        if (!strcmp(v->flags[i].name, name))
            return &v->flags[i];
    for (size_t i = 0; i < COUNT(common); i++)
        if (!strcmp(common[i].name, name))
            return &common[i];
    return NULL;
}

/* The configuration key behind --tls-key, if the verb takes it. */
static const struct config_key *key_of_flag(const struct cli_verb *v, const char *flag)
{
    for (size_t i = 0; i < config_keys_count; i++) {
        char name[64];
        dashed(config_keys[i].name, name);
        if (!strcmp(name, flag) && takes_key(v, config_keys[i].name))
            return &config_keys[i];
    }
    return NULL;
}

static int unknown_flag(const struct cli_verb *v, const char *flag)
{
    static char names[64][64];
    const char *words[64];
    size_t n = 0;
    for (size_t i = 0; i < v->n_flags && n < COUNT(words); i++)
        words[n++] = v->flags[i].name;
    for (size_t i = 0; i < config_keys_count && n < COUNT(words) - 3; i++) {
        if (!takes_key(v, config_keys[i].name))
            continue;
        dashed(config_keys[i].name, names[n]);
        words[n] = names[n];
        n++;
    }
    words[n++] = "json";
    words[n++] = "help";
    words[n++] = "config";
    return unknown("option", flag, words, n, "--");
}

/* One --flag, --flag VALUE or --flag=VALUE at argv[*i]. */
static int take_flag(struct cli *c, int argc, char **argv, int *i)
{
    static char names[CLI_FLAGS_MAX][64];
    const char *text = argv[*i] + 2, *equals = strchr(text, '='), *value = NULL;
    char *name = names[c->n_given % CLI_FLAGS_MAX];
    snprintf(name, 64, "%.*s", equals ? (int)(equals - text) : (int)strlen(text), text);
    const struct cli_flag *f = flag_find(c->verb, name);
    const struct config_key *k = f ? NULL : key_of_flag(c->verb, name);
    if (!f && !k)
        return unknown_flag(c->verb, name);
    bool wants = f ? f->value != NULL : k->value != NULL;
    if (equals)
        value = equals + 1;
    else if (wants && *i + 1 < argc)
        value = argv[++*i];
    if (wants && !value)
        return cli_fail(CLI_USAGE, "--%s needs a value", name);
    if (!wants && equals && f)
        return cli_fail(CLI_USAGE, "--%s takes no value", name);
    if (c->n_given == CLI_FLAGS_MAX)
        return cli_fail(CLI_USAGE, "too many options");
    c->given[c->n_given].name = name;
    c->given[c->n_given++].value = value ? value : k ? "yes" : "";
    return CLI_DONE;
}

static int configure(struct cli *c)
{
    char error[400] = "";
    const char *file = cli_flag(c, "config");
    bool good = true;
    config_default(&c->config);
    if (!file)
        file = getenv("PIAOHAO_CONFIG");
    if (file)
        good = config_file(&c->config, file, error, sizeof error);
    if (good)
        good = config_environment(&c->config, error, sizeof error);
    for (int i = 0; good && i < c->n_given; i++) {
        const struct config_key *k = key_of_flag(c->verb, c->given[i].name);
        if (k)
            good = config_put(&c->config, k, c->given[i].value, error, sizeof error);
    }
    if (good)
        good = config_fit(&c->config, error, sizeof error);
    if (good)
        app_bank_new_books(!strcmp(c->config.books, "plain") ? LEDGER_PLAIN : LEDGER_FAST);
    return good ? CLI_DONE : cli_fail(CLI_USAGE, "%s", error);
}

static const struct cli_verb *take_verb(int argc, char **argv, int *i)
{
    char two[80];
    if (argc > 2 && argv[2][0] != '-') {
        snprintf(two, sizeof two, "%s %s", argv[1], argv[2]);
        const struct cli_verb *v = verb_find(two);
        *i = 3;
        if (v)
            return v;
    }
    *i = 2;
    return verb_find(argv[1]);
}

int cli_parse(int argc, char **argv, struct cli *c)
{
    int i = 1, rc = CLI_DONE;
    bool only_args = false;
    memset(c, 0, sizeof *c);
    if (argc < 2) {
        help_all(stderr);
        return CLI_USAGE;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
        c->verb = verb_find("help");
    else if (!strcmp(argv[1], "--version"))
        c->verb = verb_find("version");
    else
        c->verb = take_verb(argc, argv, &i);
    if (!c->verb && is_noun(argv[1]))
        return argc > 2 && argv[2][0] != '-'
                   ? unknown_after(argv[1], argv[2])
                   : cli_fail(CLI_USAGE, "%s what? see: piaohao help %s", argv[1], argv[1]);
    if (!c->verb)
        return unknown_verb(argv[1]);
    if (i == 1)
        i = 2;
    for (; !rc && i < argc; i++) {
        if (!only_args && !strcmp(argv[i], "--"))
            only_args = true;
        else if (!only_args && !strcmp(argv[i], "-h"))
            c->given[c->n_given++].name = "help", c->given[c->n_given - 1].value = "";
        else if (!only_args && !strncmp(argv[i], "--", 2))
            rc = take_flag(c, argc, argv, &i);
        else if (!only_args && argv[i][0] == '-' && argv[i][1])
            rc = cli_fail(CLI_USAGE, "no such option: %s; options begin with --", argv[i]);
        else if (c->n_args == c->verb->args_max && !cli_flag(c, "help"))
            rc = cli_fail(CLI_USAGE, "%s: one argument too many: %s", c->verb->name, argv[i]);
        else if (c->n_args < CLI_ARGS_MAX)
            c->args[c->n_args++] = argv[i];
    }
    c->json = cli_flag(c, "json") != NULL;
    if (rc || cli_flag(c, "help"))
        return rc;
    if (c->n_args < c->verb->args_min)
        return cli_fail(CLI_USAGE, "%s needs %s", c->verb->name, c->verb->args);
    return configure(c);
}

int cli_main(int argc, char **argv)
{
    static struct cli c;
    int rc = cli_parse(argc, argv, &c);
    if (rc)
        return rc;
    if (cli_flag(&c, "help")) {
        help_verb(c.verb);
        return CLI_DONE;
    }
    rc = c.verb->run(&c);
    if (fflush(stdout) || ferror(stdout))
        return cli_fail(CLI_FAULT, "standard output: %s", strerror(errno));
    return rc;
}

/* ---- progress ---- */

static struct timespec progress_begun, progress_told;
static bool progress_shown;

static double seconds_between(const struct timespec *a, const struct timespec *b)
{
    return (double)(b->tv_sec - a->tv_sec) + (double)(b->tv_nsec - a->tv_nsec) / 1e9;
}

void cli_progress(const char *what, int64_t done, int64_t all)
{
    struct timespec now;
    if (!isatty(STDERR_FILENO))
        return;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (!progress_begun.tv_sec)
        progress_begun = progress_told = now;
    if (seconds_between(&progress_begun, &now) < 1 || seconds_between(&progress_told, &now) < 0.2)
        return;
    progress_told = now;
    progress_shown = true;
    double part = all > 0 ? (double)done / (double)all : 0;
    double left = part > 0 ? seconds_between(&progress_begun, &now) * (1 - part) / part : 0;
    fprintf(stderr, "\r%s: %" PRId64 " of %" PRId64 " (%.0f %%), %.0f s left   ", what, done, all,
            part * 100, left);
}

void cli_progress_end(void)
{
    if (progress_shown)
        fputs("\r\033[K", stderr);
    progress_shown = false;
    progress_begun = (struct timespec){ 0 };
}
