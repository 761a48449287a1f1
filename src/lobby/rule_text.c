/* rule_text.c -- A calling rule as one line of text, both ways, and a choice as one sentence.
 *
 * The canonical text: base, finally, courtesy (unless first, which is the default), when clauses in
 * their order, prefer service; joined by "; ". Fields a base rule does not use are 0. */
#include "lobby/rule.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/date.h"

#include "base/banned.h"

enum { SEGMENT_WORDS = 6, DURATION_MAX_S = 86400, TURNS_MAX = 1000, PEOPLE_MAX = 100000 };
#define RATE_MAX_PPM INT64_C(1000000000)

struct word {
    const char *at;
    int len;
};
struct parser {
    const struct rule_classes *classes;
    char *error;
    size_t error_size;
    unsigned seen; /* clauses that may be given once: a bit each */
};
enum clause { CLAUSE_FINALLY = 1, CLAUSE_COURTESY = 2, CLAUSE_PREFER = 4 };

static const char *const base_names[] = {
    [RULE_FCFS] = "fcfs",   [RULE_STRICT] = "strict",
    [RULE_HEAD] = "head",   [RULE_ACCUMULATE] = "accumulate",
    [RULE_RATIO] = "ratio", [RULE_PROMISE] = "promise",
};

/* "mid" is not a class; allowed: ... */
static int refuse(const struct parser *p, struct word w, const char *is, const char *allowed)
{
    snprintf(p->error, p->error_size, "\"%.*s\" %s; allowed: %s", w.len > 40 ? 40 : w.len, w.at, is,
             allowed);
    return BASE_BAD_INPUT;
}

static bool is_word(struct word w, const char *text)
{
    return (size_t)w.len == strlen(text) && memcmp(w.at, text, (size_t)w.len) == 0;
}

static bool starts(struct word w, const char *text, struct word *rest)
{
    size_t n = strlen(text);
    if ((size_t)w.len < n || memcmp(w.at, text, n) != 0)
        return false;
    *rest = (struct word){ w.at + n, w.len - (int)n };
    return true;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct word trim(struct word w)
{
    while (w.len > 0 && blank(w.at[0])) {
        w.at++;
        w.len--;
    }
    while (w.len > 0 && blank(w.at[w.len - 1]))
        w.len--;
    return w;
}

/* Takes what stands before the mark off *rest; at the end of the text all of it. */
static struct word take_until(struct word *rest, char mark)
{
    struct word w = { rest->at, 0 };
    while (w.len < rest->len && rest->at[w.len] != mark)
        w.len++;
    int used = w.len < rest->len ? w.len + 1 : w.len;
    rest->at += used;
    rest->len -= used;
    return trim(w);
}

static int split_words(struct word w, struct word *words)
{
    int n = 0;
    for (w = trim(w); w.len > 0 && n < SEGMENT_WORDS; w = trim(w)) {
        int len = 0;
        while (len < w.len && !blank(w.at[len]))
            len++;
        words[n++] = (struct word){ w.at, len };
        w.at += len;
        w.len -= len;
    }
    return n;
}

static bool whole_number(struct word w, int64_t max, int64_t *out)
{
    int64_t n = 0;
    if (w.len < 1 || w.len > 12)
        return false;
    for (int i = 0; i < w.len; i++) {
        if (w.at[i] < '0' || w.at[i] > '9')
            return false;
        n = n * 10 + (w.at[i] - '0');
    }
    *out = n;
    return n <= max;
}

static int parse_duration(const struct parser *p, struct word w, int64_t *out_us)
{
    static const struct {
        char letter;
        int64_t seconds;
    } unit[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 } };
    int64_t n;
    for (size_t i = 0; i < COUNT(unit); i++)
        if (w.len > 1 && w.at[w.len - 1] == unit[i].letter &&
            whole_number((struct word){ w.at, w.len - 1 }, DURATION_MAX_S / unit[i].seconds, &n)) {
            *out_us = n * unit[i].seconds * US_SECOND;
            return 0;
        }
    return refuse(p, w, "is not a duration", "a whole number and s, m or h, at most 24h");
}

/* A rate with at most six decimals: "2", "1.5". */
static int parse_rate(const struct parser *p, struct word w, int32_t *out_ppm)
{
    struct word rest = w;
    struct word whole = take_until(&rest, '.');
    int64_t n, fraction = 0, ppm = -1;
    bool dot = whole.len < w.len;
    if (whole_number(whole, RATE_MAX_PPM, &n) &&
        (!dot || (rest.len <= 6 && whole_number(rest, 999999, &fraction)))) {
        for (int i = rest.len; dot && i < 6; i++)
            fraction *= 10;
        ppm = n <= 1000 ? n * 1000000 + fraction : -1;
    }
    if (ppm < 1 || ppm > RATE_MAX_PPM)
        return refuse(p, w, "is not a rate", "0.000001 to 1000, at most six decimals");
    *out_ppm = (int32_t)ppm;
    return 0;
}

static int parse_turns(const struct parser *p, struct word w, int32_t *out)
{
    int64_t n;
    if (!whole_number(w, TURNS_MAX, &n))
        return refuse(p, w, "is not a number of turns", "0 to 1000");
    *out = (int32_t)n;
    return 0;
}

static int parse_class(const struct parser *p, struct word w, int *out)
{
    char allowed[160];
    int at = 0;
    allowed[0] = '\0';
    for (int i = 0; i < p->classes->count; i++) {
        if (is_word(w, p->classes->at[i].code)) {
            *out = i;
            return 0;
        }
        if (at < (int)sizeof allowed - 20)
            at += snprintf(allowed + at, sizeof allowed - (size_t)at, "%s%.15s", i ? ", " : "",
                           p->classes->at[i].code);
    }
    return refuse(p, w, "is not a class", at ? allowed : "none is defined");
}

/* "mid=5m,high=10m" for the base rules that take a value a class. */
static int parse_values(const struct parser *p, struct word list, struct lobby_rule *out)
{
    unsigned given = 0;
    do {
        struct word value = take_until(&list, ',');
        struct word whole = value;
        struct word code = take_until(&value, '=');
        int class_index = 0;
        if (code.len == whole.len)
            return refuse(p, whole, "has no value", "class=value, class=value, ...");
        int rc = parse_class(p, code, &class_index);
        if (rc)
            return rc;
        if (given & 1u << class_index)
            return refuse(p, code, "is given twice", "each class once");
        given |= 1u << class_index;
        if (out->base == RULE_HEAD)
            rc = parse_duration(p, trim(value), &out->head_us[class_index]);
        else if (out->base == RULE_ACCUMULATE)
            rc = parse_rate(p, trim(value), &out->rate_ppm[class_index]);
        else
            rc = parse_turns(p, trim(value), &out->turns[class_index]);
        if (rc)
            return rc;
    } while (list.len > 0);
    return 0;
}

static int parse_base(const struct parser *p, struct word w, struct lobby_rule *out)
{
    struct word list = w;
    struct word name = take_until(&list, ':');
    size_t base = 0;
    while (base < COUNT(base_names) && !is_word(name, base_names[base]))
        base++;
    if (base == COUNT(base_names))
        return refuse(p, name, "is not a rule", "fcfs, strict, head, accumulate, ratio, promise");
    out->base = (enum rule_base)base;
    for (int i = 0; out->base == RULE_ACCUMULATE && i < p->classes->count; i++)
        out->rate_ppm[i] = 1000000;
    bool takes = out->base == RULE_HEAD || out->base == RULE_ACCUMULATE || out->base == RULE_RATIO;
    bool colon = name.len < w.len;
    if (!takes)
        return colon ? refuse(p, w, "takes no values", base_names[base]) : 0;
    list = trim(list);
    if (list.len == 0)
        return out->base == RULE_RATIO || colon
                   ? refuse(p, w, "has no values", "class=value, class=value, ... after a colon")
                   : 0;
    int rc = parse_values(p, list, out);
    if (rc || out->base != RULE_RATIO)
        return rc;
    for (int i = 0; i < RULE_CLASSES; i++)
        if (out->turns[i] > 0)
            return 0;
    return refuse(p, list, "gives nobody a turn", "at least one class with 1 or more");
}

static int parse_queue(const struct parser *p, struct word w, enum rule_queue *queue, int *key)
{
    struct word rest;
    *key = 0;
    *queue = QUEUE_ANY;
    if (is_word(w, "any"))
        return 0;
    if (starts(w, "class:", &rest)) {
        *queue = QUEUE_CLASS;
        return parse_class(p, rest, key);
    }
    if (!starts(w, "service:", &rest))
        return refuse(p, w, "is not a queue", "any, class:CODE, service:LETTER");
    *queue = QUEUE_SERVICE;
    if (rest.len != 1 || rest.at[0] < 'A' || rest.at[0] > 'Z')
        return refuse(p, rest, "is not a service", "one letter, A to Z");
    *key = (unsigned char)rest.at[0];
    return 0;
}

static int parse_when(const struct parser *p, const struct word *words, int n,
                      struct lobby_rule *out)
{
    static const char *const shape = "when QUEUE count>N call QUEUE, when QUEUE wait>5m call QUEUE";
    struct word rest;
    if (n != 5 || !is_word(words[3], "call"))
        return refuse(p, words[n > 5 ? 5 : n > 3 ? 3 : n - 1], "does not fit here", shape);
    if (out->n_whens == RULE_WHENS)
        return refuse(p, words[0], "is given too often", "six times");
    struct rule_when *when = &out->whens[out->n_whens];
    int rc = parse_queue(p, words[1], &when->watch, &when->watch_key);
    if (rc)
        return rc;
    if (starts(words[2], "count>", &rest)) {
        if (!whole_number(rest, PEOPLE_MAX, &when->more_than))
            return refuse(p, rest, "is not a number of people", "0 to 100000");
    } else if (starts(words[2], "wait>", &rest)) {
        when->by_wait = true;
        rc = parse_duration(p, rest, &when->more_than);
    } else {
        rc = refuse(p, words[2], "is not a condition", "count>N, wait>DURATION");
    }
    if (!rc)
        rc = parse_queue(p, words[4], &when->call, &when->call_key);
    if (!rc)
        out->n_whens++;
    return rc;
}

static int parse_courtesy(const struct parser *p, const struct word *words, int n,
                          struct lobby_rule *out)
{
    static const char *const shape = "courtesy first, courtesy head 10m, courtesy off";
    if (n == 3 && is_word(words[1], "head")) {
        out->courtesy = COURTESY_HEAD;
        return parse_duration(p, words[2], &out->courtesy_us);
    }
    out->courtesy = n == 2 && is_word(words[1], "off") ? COURTESY_OFF : COURTESY_FIRST;
    if (n == 2 && (is_word(words[1], "off") || is_word(words[1], "first")))
        return 0;
    return refuse(p, words[n - 1], "does not fit here", shape);
}

static int parse_clause(struct parser *p, struct word segment, struct lobby_rule *out)
{
    struct word words[SEGMENT_WORDS];
    int n = split_words(segment, words);
    unsigned clause = 0;
    if (n == 0)
        return refuse(p, segment, "is an empty clause", "finally, courtesy, when, prefer");
    if (is_word(words[0], "when"))
        return parse_when(p, words, n, out);
    if (is_word(words[0], "finally"))
        clause = CLAUSE_FINALLY;
    else if (is_word(words[0], "courtesy"))
        clause = CLAUSE_COURTESY;
    else if (is_word(words[0], "prefer"))
        clause = CLAUSE_PREFER;
    else
        return refuse(p, words[0], "is not a clause", "finally, courtesy, when, prefer");
    if (p->seen & clause)
        return refuse(p, words[0], "is given twice", "once");
    p->seen |= clause;
    if (clause == CLAUSE_COURTESY)
        return parse_courtesy(p, words, n, out);
    if (clause == CLAUSE_PREFER) {
        out->prefer_service = true;
        return n == 2 && is_word(words[1], "service")
                   ? 0
                   : refuse(p, words[n - 1], "does not fit here", "prefer service");
    }
    if (n != 2)
        return refuse(p, words[n - 1], "does not fit here", "finally 40m");
    int rc = parse_duration(p, words[1], &out->finally_us);
    if (!rc && out->finally_us == 0)
        return refuse(p, words[1], "is no time at all", "1s to 24h");
    return rc;
}

static void add_duration(struct buf *b, int64_t us)
{
    int64_t s = us / US_SECOND;
    if (s > 0 && s % 3600 == 0)
        buf_printf(b, "%lldh", (long long)(s / 3600));
    else if (s > 0 && s % 60 == 0)
        buf_printf(b, "%lldm", (long long)(s / 60));
    else
        buf_printf(b, "%llds", (long long)s);
}

static void add_rate(struct buf *b, int32_t ppm)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%d.%06d", ppm / 1000000, ppm % 1000000);
    while (digits[n - 1] == '0')
        n--;
    if (digits[n - 1] == '.')
        n--;
    buf_add(b, digits, (size_t)n);
}

static void add_base(struct buf *b, const struct lobby_rule *rule,
                     const struct rule_classes *classes)
{
    buf_text(b, base_names[rule->base]);
    const char *mark = ":";
    for (int i = 0; i < classes->count; i++) {
        bool say = (rule->base == RULE_HEAD && rule->head_us[i] != 0) ||
                   (rule->base == RULE_ACCUMULATE && rule->rate_ppm[i] != 1000000) ||
                   (rule->base == RULE_RATIO && rule->turns[i] != 0);
        if (!say)
            continue;
        buf_printf(b, "%s%s=", mark, classes->at[i].code);
        mark = ",";
        if (rule->base == RULE_HEAD)
            add_duration(b, rule->head_us[i]);
        else if (rule->base == RULE_ACCUMULATE)
            add_rate(b, rule->rate_ppm[i]);
        else
            buf_i64(b, rule->turns[i]);
    }
}

static void add_queue(struct buf *b, enum rule_queue queue, int key,
                      const struct rule_classes *classes)
{
    if (queue == QUEUE_ANY)
        buf_text(b, "any");
    else if (queue == QUEUE_SERVICE)
        buf_printf(b, "service:%c", key);
    else
        buf_printf(b, "class:%s", classes->at[key].code);
}

static void add_clauses(struct buf *b, const struct lobby_rule *rule,
                        const struct rule_classes *classes)
{
    if (rule->finally_us > 0) {
        buf_text(b, "; finally ");
        add_duration(b, rule->finally_us);
    }
    if (rule->courtesy == COURTESY_OFF)
        buf_text(b, "; courtesy off");
    if (rule->courtesy == COURTESY_HEAD) {
        buf_text(b, "; courtesy head ");
        add_duration(b, rule->courtesy_us);
    }
    for (int i = 0; i < rule->n_whens; i++) {
        const struct rule_when *when = &rule->whens[i];
        buf_text(b, "; when ");
        add_queue(b, when->watch, when->watch_key, classes);
        buf_text(b, when->by_wait ? " wait>" : " count>");
        if (when->by_wait)
            add_duration(b, when->more_than);
        else
            buf_i64(b, when->more_than);
        buf_text(b, " call ");
        add_queue(b, when->call, when->call_key, classes);
    }
    if (rule->prefer_service)
        buf_text(b, "; prefer service");
}

static bool print_into(const struct lobby_rule *rule, const struct rule_classes *classes,
                       char out[RULE_TEXT])
{
    struct buf b;
    buf_init(&b, 4096);
    add_base(&b, rule, classes);
    add_clauses(&b, rule, classes);
    bool fits = !b.overflow && b.len < RULE_TEXT;
    if (fits)
        memcpy(out, b.at, b.len + 1);
    buf_release(&b);
    return fits;
}

int rule_parse(const char *text, const struct rule_classes *classes, struct lobby_rule *out,
               char *error, size_t error_size)
{
    CHECK(classes->count >= 0 && classes->count <= RULE_CLASSES);
    struct parser p = { .classes = classes, .error = error, .error_size = error_size };
    struct lobby_rule rule = { 0 };
    char printed[RULE_TEXT];
    size_t len = strnlen(text, 4096);
    struct word rest = { text, (int)len };
    int rc = 0;
    if (error_size > 0)
        error[0] = '\0';
    bool more = memchr(rest.at, ';', len) != NULL;
    rc = parse_base(&p, take_until(&rest, ';'), &rule);
    while (!rc && more) {
        more = memchr(rest.at, ';', (size_t)rest.len) != NULL;
        struct word segment = take_until(&rest, ';');
        if (segment.len > 0 || more) /* one closing semicolon is fine */
            rc = parse_clause(&p, segment, &rule);
    }
    if (!rc && (len >= 4096 || !print_into(&rule, classes, printed)))
        rc = refuse(&p, trim((struct word){ text, (int)len }), "... is too long",
                    "319 bytes in the canonical form");
    if (!rc)
        *out = rule;
    return rc;
}

void rule_print(const struct lobby_rule *rule, const struct rule_classes *classes,
                char out[RULE_TEXT])
{
    CHECK(print_into(rule, classes, out));
}
