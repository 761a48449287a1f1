/* patience.h -- How long people wait before they give up, measured, and drawn. Pure.
 *
 * Whoever is called has shown only that her patience was longer; whoever was called and was not
 * there gave up at some time before, or had gone at once. The hazard of giving up is taken as level
 * within a few stretches of the wait and estimated with both kept in mind (expectation and
 * maximisation over the unseen times); a stretch with little to see leans on the mean of all.
 *
 * A law is in units of the mean time at risk for one who gives up, so that a model's patience may
 * be made longer or shorter without it. */
#ifndef PLAN_PATIENCE_H
#define PLAN_PATIENCE_H

enum { PATIENCE_PARTS = 10 };
struct plan_patience {
    int n; /* stretches; 0: exponential */
    double from[PATIENCE_PARTS], rate[PATIENCE_PARTS];
    double silent; /* share of those who give up that says nothing: called in turn, and not there */
    double never;  /* share of all who had gone at once, without a word: beside the law */
};
/* How much longer one stays who has waited so long, both in the law's units; e: a unit exponential
 * drawn for it. */
double plan_patience_after(const struct plan_patience *p, double waited, double e);

/* The share that is still there after so long, in the law's units: of those who ever were. */
double plan_patience_stays(const struct plan_patience *p, double waited);

enum patience_end { PATIENCE_CALLED, PATIENCE_LEFT, PATIENCE_NOT_THERE };
struct patience_seen {
    double risk[PATIENCE_PARTS]; /* minutes waited in each stretch, those not there left out */
    double left[PATIENCE_PARTS], not_there[PATIENCE_PARTS];
    double passed[PATIENCE_PARTS]; /* of those not there: minutes of that stretch at their call */
    double at_once;                /* not there, and called as soon as they came */
    double people;
};
/* One wait: minutes until the call or until she left. */
void patience_add(struct patience_seen *s, double minutes, enum patience_end end);
/* The mean patience in minutes and the law; 0 when fewer than ten gave up. */
double patience_fit(const struct patience_seen *s, struct plan_patience *out);
#endif
