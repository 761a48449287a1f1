/* forecast_priv.h -- What a fit knows (inside the room only). See README.md, Forecast. */
#ifndef PLAN_FORECAST_PRIV_H
#define PLAN_FORECAST_PRIV_H
#include "plan/forecast.h"

enum {
    FC_FLAGS = 10,
    FC_LEVEL = 0, /* places in the state */
    FC_WEEKDAY = 1,
    FC_DRIFT = 8,
    FC_FLAG = 9,
    FC_STATES = FC_FLAG + FC_FLAGS,
    FC_KINDS = 9,  /* 0 holidays, 1 to 7 weekdays, 8 make-up days */
    FC_BINS = 241, /* of standard residuals, -12 to 12 */
    FC_SLOTS = PLAN_FORECAST_SLOTS
};

/* Knobs of the model, as deviations of the logarithm of a day's total unless said otherwise. */
struct fc_knobs {
    double level;        /* a day's step of the level */
    double weekday;      /* a day's step of each weekday's worth */
    double keep;         /* of the drift from one day to the next, 0..1 */
    double drift;        /* a day's step of the drift */
    double noise;        /* of one day alone */
    double weekday_wide; /* how far apart weekdays are to begin with */
    double flag_wide;    /* what a kind of day may be worth */
    double outlier;      /* residuals beyond so many deviations count less */
    double shape_all;    /* a day's weight in the shape after one more day, 0..1 */
    double shape_weekday;
    double shape_pool; /* days of its own at which a weekday's shape counts half */
};
enum { FC_KNOBS = sizeof(struct fc_knobs) / sizeof(double) };

struct fc_level {
    bool started;
    double a[FC_STATES], p[FC_STATES][FC_STATES];
};
/* Weighted sums of log((count + c) / total). */
struct fc_shape {
    double sum[FC_SLOTS], weight;
};
/* Weighted counts of standard residuals: their quantiles. */
struct fc_errors {
    double weight[FC_BINS];
};
/* The rest of a day against its morning: log residuals, weighted sums. */
struct fc_morning {
    double xx, xy, yy, n;
    double wider, wider_day; /* what the ranges of slots and of the sum lacked: log factors */
};
/* One day as the model sees it before it comes. */
struct fc_view {
    double x[FC_STATES];
    double mu, v; /* of log total: mean, and variance with the day's own noise */
    int kind, group;
    unsigned flags;
    bool closed;
    double mean[FC_SLOTS];
};

struct plan_forecast_model {
    struct plan_calendar calendar; /* with the holes so far */
    date *holes;                   /* room of its list */
    size_t room;
    const date *part; /* of the history */
    int n_part;
    struct arena *arena;
    int slots;
    bool mean_only; /* while knobs are tried: no ranges */
    struct fc_knobs k;
    bool alone[FC_KINDS];               /* a weekday far from the others */
    int seen[FC_KINDS], zero[FC_KINDS]; /* days learnt; of these the last without anybody */
    int days;
    date last;
    bool last_low; /* the last day was far below its forecast */
    struct fc_level level;
    struct fc_shape all[2], own[FC_KINDS]; /* all: usual weekdays, and those that stand alone */
    double spread[FC_SLOTS], spread_n[FC_SLOTS]; /* squared standard residuals by slot */
    double ever[FC_SLOTS];                       /* anybody, weighted by age */
    struct fc_errors slot_errors, day_errors;
    struct fc_morning morning[FC_SLOTS + 1];
    struct fc_view saw; /* the last day learnt, before it came */
};

/* forecast_level.c */
extern const struct fc_knobs fc_usual;
void fc_level_start(struct plan_forecast_model *m, double log_total);
void fc_level_pass(struct plan_forecast_model *m); /* a day goes by */
void fc_level_see(const struct plan_forecast_model *m, struct fc_view *v);
/* Gives the weight of the day, 1 for a usual one. */
double fc_level_learn(struct plan_forecast_model *m, const struct fc_view *v, double log_total);

/* forecast_shape.c */
void fc_shape_see(const struct plan_forecast_model *m, struct fc_view *v);
void fc_shape_learn(struct plan_forecast_model *m, const struct fc_view *v, const double *count,
                    double total, double weight);

/* forecast_range.c */
void fc_range_start(struct plan_forecast_model *m);
void fc_range_learn(struct plan_forecast_model *m, const struct fc_view *v, const double *count,
                    double total, double weight);
void fc_range_day(const struct plan_forecast_model *m, const struct fc_view *v,
                  const double *so_far, double cover, struct plan_forecast *out);
#endif
