/* infer_log.c -- From the rows of a log to the calls that the inference looks at. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "lobby/infer.h"

#include "base/banned.h"

enum { TEXTS_MAX = 64 };

struct naming {
    int n; /* class texts known */
    struct {
        const char *text;
        int class_index;
        int64_t served, wait_us;
    } at[TEXTS_MAX];
};

static int find_text(const struct naming *m, const char *text)
{
    for (int i = 0; i < m->n; i++)
        if (strcmp(m->at[i].text, text) == 0)
            return i;
    return -1;
}

static bool taken_in(const struct callog_row *row, const char *service)
{
    return callog_offered(row) && row->queued_us != CALLOG_NEVER &&
           (!service || strcmp(service, row->service) == 0);
}

static int collect(const struct callog *log, const char *service, struct naming *m,
                   char error[CALLOG_ERROR])
{
    m->n = 0;
    for (size_t i = 0; i < log->n; i++) {
        const struct callog_row *row = &log->rows[i];
        if (!taken_in(row, service))
            continue;
        int k = find_text(m, row->class_code);
        if (k < 0 && m->n == TEXTS_MAX) {
            snprintf(error, CALLOG_ERROR, "the log names more than %d classes", TEXTS_MAX);
            return BASE_BAD_INPUT;
        }
        if (k < 0) {
            k = m->n++;
            m->at[k].text = row->class_code;
            m->at[k].class_index = -1;
            m->at[k].served = m->at[k].wait_us = 0;
        }
        if (row->outcome == CALLOG_SERVED && row->queued) {
            m->at[k].served++;
            m->at[k].wait_us += row->wait_us / 1000;
        }
    }
    return 0;
}

/* A word that a rule's text can name. */
static const char *code_of(struct arena *arena, const char *text)
{
    char *code = arena_text(arena, *text ? text : "none");
    for (char *c = code; *c; c++)
        if ((unsigned char)*c <= ' ' || strchr(",;=:>+", *c))
            *c = '_';
    return code;
}

static int add_class(struct arena *arena, struct rule_classes *classes, const char *text,
                     char error[CALLOG_ERROR])
{
    if (classes->count == RULE_CLASSES) {
        snprintf(error, CALLOG_ERROR, "more than %d classes; put some together: low+lower,high",
                 RULE_CLASSES);
        return BASE_BAD_INPUT;
    }
    int i = classes->count++;
    classes->at[i].code = code_of(arena, text);
    classes->at[i].rank = i;
    return 0;
}

/* "1+0,2": texts in ranks from the lowest. */
static int name_by_text(struct arena *arena, const char *text, struct naming *m,
                        struct rule_classes *classes, char error[CALLOG_ERROR])
{
    bool fresh = true;
    for (const char *at = text;;) {
        size_t len = strcspn(at, "+,");
        const char *word = arena_dup(arena, at, len);
        int k = find_text(m, word);
        if (fresh) {
            int rc = add_class(arena, classes, word, error);
            if (rc)
                return rc;
        }
        if (k >= 0 && m->at[k].class_index >= 0) {
            snprintf(error, CALLOG_ERROR, "the class \"%.40s\" is named twice", word);
            return BASE_BAD_INPUT;
        }
        if (k >= 0)
            m->at[k].class_index = classes->count - 1;
        if (at[len] == '\0')
            break;
        fresh = at[len] == ',';
        at += len + 1;
    }
    for (int k = 0; k < m->n; k++)
        if (m->at[k].class_index < 0) {
            snprintf(error, CALLOG_ERROR, "the log's class \"%.40s\" is not among \"%.80s\"",
                     m->at[k].text, text);
            return BASE_BAD_INPUT;
        }
    return 0;
}

/* Classes that everybody names alike, lowest first. */
static int usual_rank(const char *text)
{
    static const char *const usual[] = { "", "normal", "mid", "high", "vip" };
    for (size_t i = 0; i < COUNT(usual); i++)
        if (strcmp(usual[i], text) == 0)
            return (int)i;
    return -1;
}

static bool goes_before(const struct naming *m, int a, int b, bool usual)
{
    if (usual)
        return usual_rank(m->at[a].text) < usual_rank(m->at[b].text);
    double x = (double)m->at[a].wait_us / (double)(m->at[a].served + 1);
    double y = (double)m->at[b].wait_us / (double)(m->at[b].served + 1);
    return x != y ? x > y : strcmp(m->at[a].text, m->at[b].text) < 0;
}

static int name_by_waits(struct arena *arena, struct naming *m, struct rule_classes *classes,
                         char error[CALLOG_ERROR])
{
    bool usual = true;
    for (int i = 0; i < m->n; i++)
        usual = usual && usual_rank(m->at[i].text) >= 0;
    for (int done = 0; done < m->n; done++) {
        int next = -1;
        for (int i = 0; i < m->n; i++)
            if (m->at[i].class_index < 0 && (next < 0 || goes_before(m, i, next, usual)))
                next = i;
        int rc = add_class(arena, classes, m->at[next].text, error);
        if (rc)
            return rc;
        m->at[next].class_index = classes->count - 1;
    }
    return 0;
}

/* A letter for a service: its own when its name is one letter. */
static int letter_of(struct infer_log *out, const char *service)
{
    if (service[0] >= 'A' && service[0] <= 'Z' && service[1] == '\0')
        return service[0];
    for (int i = 0; i < 26; i++)
        if (out->services[i] && strcmp(out->services[i], service) == 0)
            return 'A' + i;
    for (int i = 0; i < 26; i++)
        if (!out->services[i])
            return 'A' + i;
    return 0;
}

static int place_of(const char **places, int *n, const char *outlet)
{
    for (int i = 0; i < *n; i++)
        if (strcmp(places[i], outlet) == 0)
            return i;
    places[*n] = outlet;
    return (*n)++;
}

static int64_t left_of(const struct callog_row *row)
{
    if (row->called_us != CALLOG_NEVER)
        return row->called_us;
    return row->outcome == CALLOG_SERVED ? row->served_us : row->ended_us;
}

static int fill(const struct callog *log, const char *service, const struct naming *m,
                struct arena *arena, struct infer_log *out, char error[CALLOG_ERROR])
{
    struct infer_call *calls = arena_alloc(arena, (log->n + 1) * sizeof *calls);
    const char **places = arena_alloc(arena, (log->n + 1) * sizeof *places);
    int n_places = 0, letter;
    /* one-letter names first: they keep their letter */
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < log->n; i++) {
            const char *name = log->rows[i].service;
            bool own = name[0] >= 'A' && name[0] <= 'Z' && name[1] == '\0';
            if (!taken_in(&log->rows[i], service) || own != (pass == 0))
                continue;
            if ((letter = letter_of(out, name)) == 0) {
                snprintf(error, CALLOG_ERROR, "the log names more than 26 services; choose one");
                return BASE_BAD_INPUT;
            }
            out->services[letter - 'A'] = name;
        }
    for (size_t i = 0; i < log->n; i++) {
        const struct callog_row *row = &log->rows[i];
        int64_t left = left_of(row);
        if (!taken_in(row, service) || left == CALLOG_NEVER)
            continue;
        calls[out->n++] = (struct infer_call){
            .name = row->number,
            .staff = row->staff,
            .line = row->line,
            .since_us = row->queued_us,
            .left_us = left,
            .place = place_of(places, &n_places, row->outlet),
            .class_index = m->at[find_text(m, row->class_code)].class_index,
            .service = letter_of(out, row->service),
            .called = row->outcome != CALLOG_ABANDONED,
            .queued = row->wait_us > 0 || log->format == CALLOG_CSV,
        };
    }
    out->calls = calls;
    return 0;
}

int infer_log_of(const struct callog *log, const char *service, const char *classes,
                 struct arena *arena, struct infer_log *out, char error[CALLOG_ERROR])
{
    struct naming m;
    *out =
        (struct infer_log){ .tolerance_us = log->resolution_us > 1 ? 2 * log->resolution_us : 0 };
    error[0] = '\0';
    if (!classes && log->format == CALLOG_TECHNION)
        classes = "1+0,2";
    int rc = collect(log, service, &m, error);
    if (!rc)
        rc = classes ? name_by_text(arena, classes, &m, &out->classes, error)
                     : name_by_waits(arena, &m, &out->classes, error);
    if (!rc)
        rc = fill(log, service, &m, arena, out, error);
    if (!rc && out->n == 0) {
        snprintf(error, CALLOG_ERROR,
                 service ? "the log has no calls of service \"%.40s\""
                         : "the log has no calls with times%s",
                 service ? service : "");
        rc = BASE_BAD_INPUT;
    }
    return rc;
}
