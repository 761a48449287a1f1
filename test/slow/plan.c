/* plan.c -- The simulator against formulas and reference tables, long enough for 1 %. */
#include "plan/sim.h"
#include "slow.h"
#include <math.h>
#include <string.h>

static struct plan_model model(double an_hour, enum plan_service_kind kind, double cs2)
{
    struct plan_model m = { .slots = 1, .slot = 1e6, .n_kinds = 1, .n_classes = 2, .within = 20 };
    m.expected[0] = an_hour / 60 * 1e6;
    memcpy(m.classes[0].code, "normal", 7);
    memcpy(m.classes[1].code, "mid", 4);
    m.classes[0].share = .8;
    m.classes[1].share = .2;
    m.classes[1].within = 10;
    m.kinds[0].prefix = 'A';
    m.kinds[0].share = 1;
    m.kinds[0].takes = (struct plan_service_time){ .kind = kind, .mean = 8, .cs2 = cs2 };
    return m;
}

static void close_to(double got, double want, double part, const char *what)
{
    slow_expect(fabs(got / want - 1) <= part, "%s: %.5g, wanted %.5g within %g %%", what, got, want,
                part * 100);
}

/* 60 days of a million minutes: 27 million customers. */
static struct plan_tally *run(struct plan_model *m, const char *rule)
{
    static struct plan_tally t;
    struct plan_crew crew;
    char error[200] = "";
    slow_expect(!plan_model_rule(m, rule, error, sizeof error), "%s is a rule %s", rule, error);
    memset(&t, 0, sizeof t);
    plan_crew_of(m, (int[]){ 4 }, &crew);
    plan_simulate(m, &crew, 17, 0, 60, &t);
    return &t;
}

static double mean(const struct plan_cell *c)
{
    return c->wait / (double)c->n;
}

static void classes(void)
{
    double rates[2] = { .09, .36 }, w[2], high, low;
    struct plan_model m = model(27, PLAN_EXPONENTIAL, 1);
    struct plan_tally *t = run(&m, "fcfs");
    close_to(mean(&t->whole[0]), plan_wait_mean(.45, 8, 4), .01, "first come");
    close_to(plan_late_share(&t->whole[0]), plan_wait_tail(.45, 8, 4, 20), .01, "P(W > 20)");
    plan_wait_priority(rates, 2, 8, 4, w);
    t = run(&m, "strict");
    close_to(mean(&t->whole[2]), w[0], .01, "strict, high");
    close_to(mean(&t->whole[1]), w[1], .01, "strict, low");
    for (int b = 2; b <= 4; b += 2) {
        plan_wait_accumulating(rates[0], rates[1], b, 8, 4, &high, &low);
        t = run(&m, b == 2 ? "accumulate:normal=1,mid=2" : "accumulate:normal=1,mid=4");
        close_to(mean(&t->whole[2]), high, .01, "accumulating, high");
        close_to(mean(&t->whole[1]), low, .01, "accumulating, low");
    }
    t = run(&m, "head:mid=20m");
    close_to(mean(&t->whole[2]), 8.16, .01, "head start 20 min, high");
    close_to(mean(&t->whole[1]), 17.73, .01, "head start 20 min, low");
}

static void impatience(void)
{
    struct plan_chain_answer a;
    struct plan_model m = model(27, PLAN_EXPONENTIAL, 1);
    m.patience = 30;
    struct plan_tally *t = run(&m, "fcfs");
    slow_expect(plan_chain_solve(&(struct plan_chain){ .45, 8, 4, 0, 1. / 30 }, &a), "Erlang A");
    close_to(mean(&t->whole[0]), a.wait, .01, "Erlang A, wait");
    close_to((double)t->whole[0].gave_up / (double)t->whole[0].n, a.p_abandon, .01,
             "Erlang A, giving up");
}

static void lognormal(void)
{
    static const double row[][3] = {
        { 0, 7.99, .105 }, { .5, 11.85, .208 }, { 1.5, 19.30, .335 }, { 2.2, 24.41, .387 }
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct plan_model m = model(27, PLAN_LOGNORMAL, row[i][0]);
        struct plan_tally *t = run(&m, "fcfs");
        close_to(mean(&t->whole[0]), row[i][1], .015, "M/G/4, wait");
        close_to(plan_late_share(&t->whole[0]), row[i][2], .015, "M/G/4, P(W > 20)");
    }
}

int main(void)
{
    classes();
    impatience();
    lognormal();
    return slow_finish();
}
