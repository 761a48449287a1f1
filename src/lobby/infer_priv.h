/* infer_priv.h -- The choices of a log, as the rules are asked about them. */
#ifndef LOBBY_INFER_PRIV_H
#define LOBBY_INFER_PRIV_H
#include "lobby/infer.h"

/* One call. With n_heads > 0 it is a choice: heads[first] is the one who was called, the others are
 * the heads of the queues that waited beside. */
struct infer_choice {
    int call; /* index into the log */
    int first, n_heads;
    int staff;      /* index into staff */
    bool contested; /* at least two classes */
    int counts;     /* index */
};
struct infer_choices {
    struct infer_choice *at; /* every call, by place and time */
    size_t n;
    int *contested; /* indexes of the contested choices */
    size_t n_contested;
    struct rule_waiter *heads;
    int *who; /* of each head: index into the log */
    struct rule_counts *counts;
    size_t n_heads, n_counts, heads_room, counts_room;
    const char **staff; /* [0] is "" */
    struct rule_caller *callers;
    size_t n_staff;
};
void infer_choices_of(const struct infer_log *log, struct arena *arena, struct infer_choices *out);
/* How many contested choices the rule explains. */
int64_t infer_explained(const struct infer_log *log, const struct infer_choices *c,
                        const struct lobby_rule *rule);
/* Goes through all calls with the rule; tell is called at every choice. */
struct infer_walk {
    const struct infer_log *log;
    const struct infer_choices *choices;
    const struct lobby_rule *rule;
    bool contested_only;
    void (*tell)(void *ctx, const struct infer_choice *at, const struct rule_choice *got);
    void *ctx;
};
void infer_walk(const struct infer_walk *w);
#endif
