/* demo_sim.h -- One outlet of the demo bank, acted out event by event with the lobby's own
 * functions: the same code writes weeks of history and goes on live.
 *
 * A window of the simulation:
 *
 *   AWAY --sign in--> NEXT --call--> CALLED --serve--> SERVING --end, park, transfer--> NEXT
 *    ^                 |  \             \--recall, recall, no-show--> NEXT
 *    |                 |   nobody: IDLE (woken by an arrival) --> NEXT
 *    |                 +-- lunch --> PAUSED --> NEXT
 *    +---- the day closes ----        HUMAN: a person is signed in; looked at again later
 *
 * Live (`careful`), each step first looks at what is really there: a teller who is signed in to
 * the pages has the window to herself, and what a floor manager did to a ticket is accepted. */
#ifndef APP_DEMO_SIM_H
#define APP_DEMO_SIM_H
#include "base/call.h"
#include "base/date.h"
#include "branch/demo_flow.h"
#include "lobby/lobby.h"

enum { SIM_WINDOWS = 16, SIM_SERVICES = 8, SIM_PEOPLE = 48 };
#define SIM_NEVER INT64_MAX

enum sim_state { SIM_AWAY, SIM_IDLE, SIM_NEXT, SIM_CALLED, SIM_SERVING, SIM_PAUSED, SIM_HUMAN };

/* A customer with a ticket, as the simulation knows her. */
struct sim_guest {
    ticket_id ticket;
    int service; /* enum demo_service */
    int64_t service_us;
    int64_t act_us; /* gives up at; parked: comes back at; SIM_NEVER: neither */
    bool parked, gone, parks, moves;
    bool visitor; /* not one of ours: took the number on a page, and wants to see what happens */
};
struct sim_window {
    window_id id;
    staff_id teller, sitter; /* whose window it is; who sits there, or sat there last */
    staff_id next;           /* who should sit there now; 0: nobody */
    staff_id human;          /* SIM_HUMAN: who works here on the pages */
    int number;
    int preference[SIM_SERVICES]; /* 0: not handled */
    enum sim_state state;
    int64_t at_us; /* when it acts next */
    int recalls;
    int64_t extra_us; /* live: as advised, somebody sits here until then */
    bool foreign;     /* somebody else's session is left behind here: finish it, sign it out */
    struct sim_guest guest;
};
/* Somebody at work today, by the published roster; seconds of the day as they really will be. */
struct sim_person {
    staff_id staff;
    unsigned skills;
    int from_s, until_s, break_from_s, break_until_s;
};
struct sim {
    outlet_id outlet;
    int at; /* of demo_outlets */
    date day;
    int64_t open_us, close_us;
    bool careful;  /* live: others act here, too */
    bool over;     /* nothing more happens today */
    double volume; /* of customers; 1 is usual */
    struct rng rng;
    struct arena *arena; /* the day's */
    struct demo_arrival *arrivals;
    ticket_id *booked; /* of the arrivals: made in the morning */
    int n_arrivals, next_arrival;
    struct sim_guest *guests; /* waiting or parked */
    int n_guests;
    struct sim_window windows[SIM_WINDOWS];
    int n_windows;
    bool by_roster; /* people come, break and go by the published roster */
    struct sim_person people[SIM_PEOPLE];
    int n_people;
    uint8_t corporate[48]; /* companies' windows needed, by half-hour */
    service_id services[SIM_SERVICES];
    int64_t tick_us; /* the next look at staffing and the day */
    int64_t kiosk, floor;
    int64_t tickets, steps; /* done, to be told */
};

/* Learns the outlet: windows, services, people, devices. */
MUST_USE int sim_open(struct call *c, struct sim *s, int at);
void sim_close(struct sim *s);
/* The day's customers; what came before from_us has happened already. */
MUST_USE int sim_begin(struct call *c, struct sim *s, date d, int64_t from_us, uint64_t seed);
/* Makes the day's appointments, early in the morning; in history it sets c->now_us. */
MUST_USE int sim_book(struct call *c, struct sim *s);
int64_t sim_next_us(const struct sim *s); /* SIM_NEVER when the day is over */
/* Does the one thing that is due next; c->now_us is its moment or later. Refusals are accepted:
 * 0, or a fault. live_* below is what it does when careful. */
MUST_USE int sim_step(struct call *c, struct sim *s);

/* demo_staff.c: the day's people, by the roster; who should sit at each window now, into next;
 * whether the one who goes from a window comes back to it. */
MUST_USE int sim_people(struct call *c, struct sim *s);
void sim_seats(struct sim *s, int64_t now_us);
bool sim_at_lunch(const struct sim *s, const struct sim_window *w, int64_t now_us);
bool sim_on_duty(const struct sim *s, staff_id staff);

/* demo_look.c: what is really at the window, into w. Gives false when it must not act now. */
MUST_USE int sim_look(struct call *c, struct sim *s, struct sim_window *w, bool *act);
/* Live: what a floor manager said should be done is done: somebody sits at that window. */
MUST_USE int sim_advised(struct call *c, struct sim *s);
/* Back to waiting for a caller: somebody for this service came. */
void sim_wake(struct sim *s, int service, int64_t now_us);
int64_t sim_between(struct sim *s, int least_s, int most_s); /* microseconds */
int64_t sim_service_us(struct sim *s, int service);
#endif
