/* infer_choices.c -- A sweep over the log: who waited at the moment of each call. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "lobby/infer_priv.h"

#include "base/banned.h"

struct sweep {
    const struct infer_log *log;
    struct infer_choices *out;
    struct arena *arena;
    int *arrivals; /* indexes by place and since */
    size_t n_arrivals, next;
    int *waiting; /* indexes of those who wait */
    size_t n_waiting;
    const int *staff_of;
};
struct order_key {
    int place, index;
    int64_t at_us;
};

static int compare_keys(const void *a, const void *b)
{
    const struct order_key *x = a, *y = b;
    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    if (x->at_us != y->at_us)
        return x->at_us < y->at_us ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

/* The indexes of the calls that were called (or that queued), by place and time. */
static int *sorted(const struct infer_log *log, struct arena *arena, bool by_call, size_t *n)
{
    struct order_key *keys = arena_alloc(arena, (log->n + 1) * sizeof *keys);
    int *index = arena_alloc(arena, (log->n + 1) * sizeof *index);
    *n = 0;
    for (size_t i = 0; i < log->n; i++) {
        const struct infer_call *c = &log->calls[i];
        if (by_call ? c->called : c->queued)
            keys[(*n)++] =
                (struct order_key){ c->place, (int)i, by_call ? c->left_us : c->since_us };
    }
    qsort(keys, *n, sizeof *keys, compare_keys);
    for (size_t i = 0; i < *n; i++)
        index[i] = keys[i].index;
    return index;
}

static void grow(struct arena *arena, void **at, size_t size, size_t n, size_t need, size_t *room)
{
    if (n + need <= *room)
        return;
    size_t more = *room ? *room * 2 : 1024;
    while (more < n + need)
        more *= 2;
    void *bigger = arena_alloc(arena, more * size);
    if (n > 0)
        memcpy(bigger, *at, n * size);
    *at = bigger;
    *room = more;
}

static void bring_in(struct sweep *s, const struct infer_call *c)
{
    const struct infer_call *calls = s->log->calls;
    for (; s->next < s->n_arrivals; s->next++) {
        const struct infer_call *a = &calls[s->arrivals[s->next]];
        if (a->place > c->place ||
            (a->place == c->place && a->since_us > c->left_us - s->log->tolerance_us))
            break;
        if (a->place == c->place)
            s->waiting[s->n_waiting++] = s->arrivals[s->next];
    }
    size_t kept = 0;
    for (size_t i = 0; i < s->n_waiting; i++) {
        const struct infer_call *w = &calls[s->waiting[i]];
        if (w->place == c->place && w->left_us >= c->left_us)
            s->waiting[kept++] = s->waiting[i];
    }
    s->n_waiting = kept;
}

static bool same_queue(const struct rule_waiter *a, const struct infer_call *b)
{
    return a->class_index == b->class_index && a->service == b->service &&
           a->courtesy == b->courtesy;
}

static struct rule_waiter waiter_of(const struct infer_call *c, int index)
{
    return (struct rule_waiter){ .since_us = c->since_us,
                                 .order = index + 1,
                                 .class_index = c->class_index,
                                 .service = c->service,
                                 .courtesy = c->courtesy };
}

/* Adds one who waited to the heads of the choice at hand. */
static void add_head(struct infer_choices *o, struct infer_choice *choice, int index,
                     const struct infer_call *c)
{
    struct rule_waiter *heads = &o->heads[choice->first];
    int h = 1;
    while (h < choice->n_heads && !same_queue(&heads[h], c))
        h++;
    if (h < choice->n_heads && (heads[h].since_us < c->since_us ||
                                (heads[h].since_us == c->since_us && heads[h].order <= index)))
        return;
    heads[h] = waiter_of(c, index);
    o->who[choice->first + h] = index;
    if (h == choice->n_heads)
        choice->n_heads++;
    choice->contested = choice->contested || c->class_index != heads[0].class_index;
}

static void count_one(struct rule_counts *counts, const struct infer_call *c)
{
    counts->all++;
    counts->of_class[c->class_index]++;
    counts->of_service[c->service - 'A']++;
}

/* The choice of call i, which had to wait. */
static void see_choice(struct sweep *s, int i, struct infer_choice *choice)
{
    struct infer_choices *o = s->out;
    const struct infer_call *calls = s->log->calls, *c = &calls[i];
    const struct rule_caller *caller = &o->callers[choice->staff];
    size_t need = s->n_waiting + 1, room = o->heads_room;
    struct rule_counts counts = { 0 };
    grow(s->arena, (void **)&o->heads, sizeof *o->heads, o->n_heads, need, &room);
    grow(s->arena, (void **)&o->who, sizeof *o->who, o->n_heads, need, &o->heads_room);
    grow(s->arena, (void **)&o->counts, sizeof *o->counts, o->n_counts, 1, &o->counts_room);
    choice->first = (int)o->n_heads;
    choice->n_heads = 1;
    o->heads[choice->first] = waiter_of(c, -1); /* order 0: of equals, the one who was called */
    o->heads[choice->first].since_us -= s->log->tolerance_us;
    o->who[choice->first] = i;
    count_one(&counts, c);
    for (size_t k = 0; k < s->n_waiting; k++) {
        int j = s->waiting[k];
        if (j == i)
            continue;
        count_one(&counts, &calls[j]);
        if (caller->preference[calls[j].service - 'A'])
            add_head(o, choice, j, &calls[j]);
    }
    if (choice->n_heads == 1) {
        choice->n_heads = 0;
        return;
    }
    o->n_heads += (size_t)choice->n_heads;
    choice->counts = (int)o->n_counts;
    o->counts[o->n_counts++] = counts;
}

/* Of calls at one instant of an exact clock, those before in the order are gone. */
static void take_out(struct sweep *s, int i)
{
    if (s->log->tolerance_us > 0)
        return;
    for (size_t k = 0; k < s->n_waiting; k++)
        if (s->waiting[k] == i) {
            s->waiting[k] = s->waiting[--s->n_waiting];
            return;
        }
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int staff_index(const struct infer_choices *o, const char *name)
{
    size_t low = 0, high = o->n_staff;
    while (low + 1 < high) {
        size_t mid = (low + high) / 2;
        if (strcmp(o->staff[mid], name) <= 0)
            low = mid;
        else
            high = mid;
    }
    return (int)low;
}

/* Who may call what: every service one has called in this log; nobody's name: all. */
static int *read_staff(const struct infer_log *log, struct arena *arena, struct infer_choices *o)
{
    int *of = arena_alloc(arena, (log->n + 1) * sizeof *of);
    o->staff = arena_alloc(arena, (log->n + 1) * sizeof *o->staff);
    o->staff[0] = "";
    size_t n = 1;
    for (size_t i = 0; i < log->n; i++)
        if (log->calls[i].called)
            o->staff[n++] = log->calls[i].staff;
    qsort(o->staff, n, sizeof *o->staff, compare_texts);
    for (size_t i = 1; i < n; i++)
        if (strcmp(o->staff[i], o->staff[o->n_staff]) != 0)
            o->staff[++o->n_staff] = o->staff[i];
    o->n_staff++;
    o->callers = arena_alloc(arena, o->n_staff * sizeof *o->callers);
    memset(o->callers[0].preference, 1, sizeof o->callers[0].preference);
    for (size_t i = 0; i < log->n; i++) {
        if (!log->calls[i].called)
            continue;
        CHECK(log->calls[i].service >= 'A' && log->calls[i].service <= 'Z');
        of[i] = staff_index(o, log->calls[i].staff);
        o->callers[of[i]].preference[log->calls[i].service - 'A'] = 1;
    }
    for (size_t i = 0; i < o->n_staff; i++)
        o->callers[i].staff = (int64_t)i + 1;
    return of;
}

void infer_choices_of(const struct infer_log *log, struct arena *arena, struct infer_choices *out)
{
    *out = (struct infer_choices){ 0 };
    struct sweep s = { .log = log, .out = out, .arena = arena };
    s.staff_of = read_staff(log, arena, out);
    s.arrivals = sorted(log, arena, false, &s.n_arrivals);
    s.waiting = arena_alloc(arena, (log->n + 1) * sizeof *s.waiting);
    int *order = sorted(log, arena, true, &out->n);
    out->at = arena_alloc(arena, (out->n + 1) * sizeof *out->at);
    out->contested = arena_alloc(arena, (out->n + 1) * sizeof *out->contested);
    for (size_t k = 0; k < out->n; k++) {
        const struct infer_call *c = &log->calls[order[k]];
        struct infer_choice *choice = &out->at[k];
        *choice = (struct infer_choice){ .call = order[k], .staff = s.staff_of[order[k]] };
        if (!c->queued)
            continue;
        bring_in(&s, c);
        see_choice(&s, order[k], choice);
        take_out(&s, order[k]);
        if (choice->contested)
            out->contested[out->n_contested++] = (int)k;
    }
}

static void ask(const struct infer_walk *w, const struct infer_choice *at,
                const struct rule_turns *turns)
{
    const struct infer_choices *c = w->choices;
    struct rule_choice got = rule_choose_heads(
        w->rule, &w->log->classes, &c->heads[at->first], at->n_heads, &c->counts[at->counts],
        &c->callers[at->staff], turns, w->log->calls[at->call].left_us);
    w->tell(w->ctx, at, &got);
}

void infer_walk(const struct infer_walk *w)
{
    struct rule_turns turns = { 0 };
    const struct infer_choices *choices = w->choices;
    int place = -1;
    if (w->contested_only && w->rule->base != RULE_RATIO) {
        for (size_t k = 0; k < choices->n_contested; k++)
            ask(w, &choices->at[choices->contested[k]], NULL);
        return;
    }
    for (size_t k = 0; k < choices->n; k++) {
        const struct infer_choice *at = &choices->at[k];
        const struct infer_call *c = &w->log->calls[at->call];
        if (c->place != place)
            turns = (struct rule_turns){ 0 };
        place = c->place;
        if (at->n_heads > 0 && (at->contested || !w->contested_only))
            ask(w, at, &turns);
        rule_called(w->rule, c->class_index, &turns);
    }
}

static void count_explained(void *ctx, const struct infer_choice *at, const struct rule_choice *got)
{
    UNUSED(at);
    *(int64_t *)ctx += got->index == 0;
}

int64_t infer_explained(const struct infer_log *log, const struct infer_choices *c,
                        const struct lobby_rule *rule)
{
    int64_t explained = 0;
    struct infer_walk w = { log, c, rule, true, count_explained, &explained };
    infer_walk(&w);
    return explained;
}
