/* model.h -- An outlet as the planner's model: from its own settings and its tickets' history.
 *
 * Services, windows, hours, calling rule and promises are the outlet's own; how long services take,
 * who comes and how patient they are is measured on its tickets of the last weeks, shrunk towards
 * the settings while there are few. Reads a snapshot and writes nothing. Times in the model are
 * minutes from opening. */
#ifndef ROSTER_MODEL_H
#define ROSTER_MODEL_H
#include "branch/branch.h"
#include "plan/sim.h"

enum { ROSTER_WEEKS = 4, ROSTER_SLOT_S = 1800 };

struct roster_window {
    window_id id;
    int number;
    bool corporate;
    char name_zh[48], name_en[48];
    uint8_t preference[26]; /* as struct rule_caller */
};
/* Holds pointers into itself (the rule's class codes): fill it where it stays. */
struct roster_model {
    struct plan_model model; /* 30-minute slots; expected[] of the day asked for */
    bool open;               /* closed on that day: nothing else is filled */
    int open_s, close_s;     /* seconds of the civil day */
    int n_windows;           /* the active ones, by number */
    struct roster_window windows[PLAN_WINDOWS];
    double mix[48][PLAN_KINDS]; /* customers seen, by half-hour and kind, on days of this sort */
    int kind_of[26];            /* model kind of a service letter; -1: not offered */
    bool corporate[PLAN_KINDS]; /* kinds that are for companies */
    int class_of[BRANCH_CLASSES_MAX]; /* model class of a class index; -1: none */
    int history_days;                 /* days the arrivals are the mean of; 0: no history */
    int64_t measured;                 /* services the handling times are measured on */
    double beside;  /* minutes of a window a visit takes beyond its service: in takes already */
    int64_t visits; /* of the weeks before, the population of shares */
};
/* The outlet on a day, as the weeks before it were. 0, BRANCH_NO_OUTLET, or a fault. */
MUST_USE int roster_model(struct call *c, outlet_id outlet, date day, struct roster_model *out);

/* Puts other arrivals in: customers expected in each half-hour of the civil day (48 numbers), by a
 * forecast. What lies outside the opening hours is added to the nearest slot. */
void roster_model_expect(struct roster_model *m, const double half_hours[48]);

/* What those want who come between two seconds of the day (kinds' shares) and in each slot of the
 * model given, whose first begins at from_s: companies come in the afternoon. Drawn to the days of
 * this sort, and those to all days. */
void roster_model_mix(const struct roster_model *m, int from_s, int until_s,
                      struct plan_model *out);

enum roster_part { ROSTER_ALL, ROSTER_PERSONAL, ROSTER_CORPORATE };
/* The model of one kind of customers alone: its services, its share of the arrivals. False when
 * nobody of that kind comes. out keeps pointers into itself, too. */
MUST_USE bool roster_model_part(const struct roster_model *m, enum roster_part part,
                                struct plan_model *out);
/* The windows that are open, as a crew: bit i of open[slot] is windows[i]. Windows open in the last
 * slot stay until nobody waits. */
void roster_model_crew(const struct roster_model *m, const uint64_t *open, struct plan_crew *out);
#endif
