/* live.h -- The next hour and a half, many times over, from the lobby as it is now. Pure.
 *
 * Time 0 is now, in minutes. A future draws who will come, how long each service takes and when
 * those at the windows will be done, and runs under the lobby's own calling rule (sim.h). Ghosts,
 * who take no time at a window, measure the wait of a newcomer of every service and class without
 * disturbing anybody. What could be done is tried on the same futures (common random numbers), so
 * that a difference is the action's and not chance's.
 *
 * The promise over the next h minutes, as it is told and later scored: of those who wait now or
 * come within h, and are called (who gives up is not counted), at most the share `late` waits
 * longer than `within`; and of the mid/high-end ones among them likewise. Who has waited too long
 * already is lost and not counted: nothing can be done about it. */
#ifndef PLAN_LIVE_H
#define PLAN_LIVE_H
#include "plan/sim.h"

enum {
    LIVE_WAITING = 400, /* people who wait now; more are cut off, the youngest first */
    LIVE_HORIZONS = 3,
    LIVE_LATER = 6,      /* instants at which a newcomer's wait is measured */
    LIVE_QUANTILES = 10, /* 5 %, 15 % ... 95 % */
    LIVE_FUTURES = 1000,
    LIVE_ACTIONS = 48,
    LIVE_SLOT = 5, /* minutes: the arrivals' slots from now on */
};
extern const int live_horizon[LIVE_HORIZONS]; /* 30, 60, 90 */
extern const int live_later[LIVE_LATER];      /* 0, 10, 20, 30, 45, 60 */

struct live_waiting {
    int64_t id;
    double since;  /* as the rule sees it: 0 or less */
    double waited; /* as the promise counts it */
    int class_index, kind;
    bool courtesy, first;
    int only_window; /* 1 + index into windows; 0: any; -1: one that is not there */
};
struct live_window {
    int64_t id;
    int number;
    uint8_t preference[26];
    const struct lobby_rule *rule; /* its own, or NULL */
    bool open, paused;
    double back;                 /* paused: minutes until it calls again */
    double pause_at, pause_long; /* the next break that is known; pause_long 0: none */
    double closes;               /* minutes until it closes for today; INFINITY: stays */
    double opens;                /* closed: minutes until it usually opens; 0: it does not */
    int64_t person;              /* closed, by roster: who is free and could sit here; 0: nobody */
    double person_for;           /* minutes that person has until a break or the end of the shift */
    bool at_lunch;               /* paused, by roster: a break that is due */
    bool busy;
    int kind;             /* of whom it serves */
    double elapsed, more; /* minutes since the call; of further services of the same visit */
};
struct live_state {
    struct plan_model
        model; /* slots of LIVE_SLOT minutes from now; classes, kinds, rule, promise */
    bool mid_high[RULE_CLASSES];
    double mid_within, mid_late;
    struct live_waiting waiting[LIVE_WAITING];
    int n_waiting;
    struct live_window windows[PLAN_WINDOWS];
    int n_windows;
    struct rule_turns turns;
    bool by_roster; /* a published roster says who comes: only its people can open a window */
    double level;   /* how the day compares with what was expected: told, not used */
};

struct live_range {
    double p50, p90; /* minutes from now; INFINITY: no window will do it */
};
struct live_promise {
    double kept;           /* share of the futures that keep it */
    double late, mid_late; /* expected people */
    double counted, mid_counted;
};
struct live_answer {
    int futures;
    int lost; /* wait longer than promised already */
    struct live_range waiting[LIVE_WAITING];
    struct live_range newcomer[PLAN_KINDS][RULE_CLASSES];
    /* Minutes a newcomer of the lowest class will wait who comes at live_later[k]. */
    double later[LIVE_LATER][PLAN_KINDS][LIVE_QUANTILES];
    struct live_promise promise[LIVE_HORIZONS];
};
/* Same state and seed: the same answer, bit for bit. */
void live_look(const struct live_state *s, uint64_t seed, int futures, struct live_answer *out);

enum live_kind {
    LIVE_NOTHING,
    LIVE_OPEN,   /* open a closed window for so many minutes */
    LIVE_RESUME, /* end a pause now */
    LIVE_DELAY,  /* put a break off by so many minutes */
    LIVE_HELP,   /* let a window help with one more service for so many minutes */
    LIVE_CLOSE,  /* a window may close for so many minutes */
    LIVE_KINDS
};
const char *live_kind_code(enum live_kind k);

struct live_action {
    enum live_kind kind;
    int window; /* index into the state's */
    int minutes;
    int service; /* LIVE_HELP: index of the model's kinds */
    double cost; /* minutes of work it takes, as weighed: see live_advice.c */
};
struct live_effect {
    struct live_action action;
    int futures;
    double before, after; /* P(promise kept) over the horizon, on the same futures */
    double late_before, late_after;
    int gained, undone; /* futures that keep the promise only with it, only without it */
};
enum live_verdict {
    LIVE_WELL,   /* the promise holds as it is */
    LIVE_ADVICE, /* best reaches the goal */
    LIVE_BETTER, /* nothing reaches the goal; best helps most */
    LIVE_NO_HELP /* nothing tried changes it by more than chance would */
};
struct live_advice {
    enum live_verdict verdict;
    int horizon;              /* index into live_horizon the comparison is about */
    double goal, base;        /* wanted, and what it is without doing anything */
    struct live_effect best;  /* LIVE_ADVICE, LIVE_BETTER; else kind LIVE_NOTHING */
    struct live_effect spare; /* well: a window that may close; else kind LIVE_NOTHING */
    struct live_effect tried[LIVE_ACTIONS];
    int n_tried;
};
struct live_wish {
    double goal;                      /* 0.9 */
    int horizon;                      /* index */
    int screen;                       /* futures for the last to be left out; 0: 200 */
    int confirm;                      /* for the best few; 0: LIVE_FUTURES */
    bool no_new_people;               /* nobody is free to open a window */
    const struct live_answer *looked; /* what was said of the same state: its promise is the base.
                                         NULL: it is computed */
    int n_skip;                       /* not these: they were declined, or are being done */
    struct {
        enum live_kind kind;
        int window;
    } skip[8];
};
void live_advise(const struct live_state *s, const struct live_wish *wish, uint64_t seed,
                 struct live_advice *out);

/* P(a + trip < b) for two sets of quantiles as in later[]. */
double live_sooner(const double a[LIVE_QUANTILES], double trip, double trip_sd,
                   const double b[LIVE_QUANTILES]);
#endif
