/* visit.c -- A visit may hold several services; and how long a visit has waited. Pure. */
#include "lobby/queue.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

int64_t ticket_wait_us(const struct ticket *t, int64_t now_us)
{
    int64_t until = t->called_us ? t->called_us : ticket_ended(t->state) ? t->ended_us : now_us;
    int64_t present = t->queued_us && until > t->queued_us ? until - t->queued_us : 0;
    CHECK(t->waited_us >= 0);
    return t->waited_us + present;
}

int ticket_services(const struct ticket *t, struct visit_service out[TICKET_SERVICES])
{
    int n = 0, used = 0;
    int64_t id;
    char state;
    for (const char *s = t->services;
         n < TICKET_SERVICES && sscanf(s, "%" SCNd64 "%c%n", &id, &state, &used) == 2;
         s += s[used] == ',' ? used + 1 : used)
        out[n++] = (struct visit_service){ .service = { id }, .state = state };
    if (n == 0) {
        out[0] = (struct visit_service){ .service = t->service,
                                         .state = ticket_ended(t->state) ? 'd' : 'n' };
        n = 1;
    }
    return n;
}

static void visit_print(const struct visit_service *v, int n, char out[64])
{
    size_t len = 0;
    out[0] = 0;
    for (int i = 0; i < n; i++)
        len += (size_t)snprintf(out + len, 64 - len, "%s%" PRId64 "%c", i ? "," : "",
                                v[i].service.n, v[i].state);
    CHECK(len < 64);
}

int visit_write(struct call *c, const service_id *list, int n, char out[64])
{
    struct visit_service v[TICKET_SERVICES];
    out[0] = 0;
    if (n < 1 || n > TICKET_SERVICES)
        return call_refuse(c, BASE_RANGE, "services", "1..%d", TICKET_SERVICES);
    for (int i = 0; i < n; i++)
        v[i] = (struct visit_service){ .service = list[i], .state = i ? 't' : 'n' };
    if (n > 1)
        visit_print(v, n, out);
    return 0;
}

service_id visit_next(const struct ticket *t)
{
    struct visit_service v[TICKET_SERVICES];
    int n = ticket_services(t, v);
    for (int i = 0; i < n; i++)
        if (v[i].state == 't')
            return v[i].service;
    return (service_id){ 0 };
}

static void visit_step(struct ticket *t, bool go_on)
{
    struct visit_service v[TICKET_SERVICES];
    int n = ticket_services(t, v);
    bool next = go_on;
    if (!t->services[0])
        return;
    for (int i = 0; i < n; i++)
        if (v[i].state == 'n') {
            v[i].state = 'd';
        } else if (v[i].state == 't' && next) {
            v[i].state = 'n';
            next = false;
        }
    visit_print(v, n, t->services);
}

void visit_advance(struct ticket *t)
{
    visit_step(t, true);
}

void visit_finish(struct ticket *t)
{
    visit_step(t, false);
}

bool ticket_guided(const struct ticket *t)
{
    return t->state == TICKET_LEFT && !strcmp(t->reason, LOBBY_GUIDED);
}

bool ticket_wait(const struct ticket *t, int64_t now_us, struct wait *out)
{
    if (t->state == TICKET_VOID || t->state == TICKET_BOOKED)
        return false;
    if (!t->queued_us && !t->waited_us && t->state != TICKET_PARKED)
        return false; /* a booking that was cancelled or missed: nobody stood in the lobby */
    out->us = ticket_wait_us(t, now_us);
    bool gave_up = t->state == TICKET_LEFT || t->state == TICKET_NO_SHOW;
    out->end = ticket_guided(t) || ticket_waits(t->state) ? WAIT_STILL
               : gave_up                                  ? WAIT_ABANDONED
                                                          : WAIT_SERVED;
    return true;
}
