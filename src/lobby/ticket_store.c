/* ticket_store.c -- The rows of tickets and legs. */
#include "lobby/queue.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

const struct db_migration lobby_migrations[] = {
    { "lobby-001-ticket",
      "CREATE TABLE ticket ("
      " id {ID}, outlet_id {I64} NOT NULL, business_date {I64} NOT NULL, number {TEXT} NOT NULL,"
      " service_id {I64} NOT NULL, prefix {I64} NOT NULL, class_index {I64} NOT NULL,"
      " courtesy {I64} NOT NULL, first_in_line {I64} NOT NULL, inaccurate {I64} NOT NULL,"
      " state {I64} NOT NULL CHECK (state BETWEEN 1 AND 10), source {I64} NOT NULL,"
      " taken_us {I64} NOT NULL, since_us {I64} NOT NULL, queued_us {I64} NOT NULL,"
      " called_us {I64} NOT NULL, serving_us {I64} NOT NULL, ended_us {I64} NOT NULL,"
      " waited_us {I64} NOT NULL, window_id {I64} NOT NULL, staff_id {I64} NOT NULL,"
      " only_window {I64} NOT NULL, only_staff {I64} NOT NULL, recalls {I64} NOT NULL,"
      " recalled_us {I64} NOT NULL, slot_us {I64} NOT NULL, checked_in_us {I64} NOT NULL,"
      " notify_ahead {I64} NOT NULL, forecast_low_s {I64} NOT NULL, forecast_high_s {I64} NOT NULL,"
      " services {TEXT} NOT NULL, phone_tail {TEXT} NOT NULL, choice {TEXT} NOT NULL,"
      " reason {TEXT} NOT NULL, undo {TEXT} NOT NULL, phone_key {TEXT}"
      ") {TABLE_END};\n"
      "CREATE UNIQUE INDEX ticket_number ON ticket (outlet_id, business_date, number);\n"
      "CREATE INDEX ticket_live ON ticket (outlet_id, state) WHERE state >= 2 AND state <= 6;\n"
      "CREATE UNIQUE INDEX ticket_at_window ON ticket (window_id)"
      " WHERE state >= 3 AND state <= 4;\n"
      "CREATE INDEX ticket_slot ON ticket (outlet_id, slot_us) WHERE slot_us > 0;\n"
      "CREATE INDEX ticket_phone ON ticket (phone_key, taken_us) WHERE phone_key IS NOT NULL;\n"
      "CREATE TABLE leg ("
      " ticket_id {I64} NOT NULL, n {I64} NOT NULL, outlet_id {I64} NOT NULL,"
      " business_date {I64} NOT NULL, service_id {I64} NOT NULL, prefix {I64} NOT NULL,"
      " class_index {I64} NOT NULL, courtesy {I64} NOT NULL, first_in_line {I64} NOT NULL,"
      " only_window {I64} NOT NULL, only_staff {I64} NOT NULL, since_us {I64} NOT NULL,"
      " queued_us {I64} NOT NULL, called_us {I64} NOT NULL, serving_us {I64} NOT NULL,"
      " ended_us {I64} NOT NULL, window_id {I64} NOT NULL, staff_id {I64} NOT NULL,"
      " outcome {I64} NOT NULL, by_hand {I64} NOT NULL, inaccurate {I64} NOT NULL,"
      " reason {TEXT} NOT NULL, PRIMARY KEY (ticket_id, n)) {NO_ROWID};\n"
      "CREATE INDEX leg_day ON leg (outlet_id, business_date);\n"
      "CREATE TABLE lobby_sequence (outlet_id {I64} NOT NULL, business_date {I64} NOT NULL,"
      " prefix {TEXT} NOT NULL, last {I64} NOT NULL,"
      " PRIMARY KEY (outlet_id, business_date, prefix)) {NO_ROWID};\n" },
    { "lobby-002-window",
      "CREATE TABLE window_session ("
      " id {ID}, outlet_id {I64} NOT NULL, window_id {I64} NOT NULL, staff_id {I64} NOT NULL,"
      " state {I64} NOT NULL CHECK (state BETWEEN 1 AND 3), opened_us {I64} NOT NULL,"
      " ended_us {I64} NOT NULL, paused_us {I64} NOT NULL, last_us {I64} NOT NULL,"
      " paused_total_us {I64} NOT NULL, pause_reason {TEXT} NOT NULL, ticket_id {I64} NOT NULL,"
      " last_ticket_id {I64} NOT NULL) {TABLE_END};\n"
      "CREATE UNIQUE INDEX window_session_window ON window_session (window_id) WHERE state < 3;\n"
      "CREATE UNIQUE INDEX window_session_staff ON window_session (staff_id)"
      " WHERE state < 3 AND staff_id > 0;\n"
      "CREATE INDEX window_session_live ON window_session (outlet_id) WHERE state < 3;\n"
      "CREATE INDEX window_session_outlet ON window_session (outlet_id, opened_us);\n"
      "CREATE TABLE lobby_day (outlet_id {I64} NOT NULL, business_date {I64} NOT NULL,"
      " state {I64} NOT NULL, opened_us {I64} NOT NULL, stopped_us {I64} NOT NULL,"
      " closed_us {I64} NOT NULL, reason {TEXT} NOT NULL, turns {TEXT} NOT NULL,"
      " PRIMARY KEY (outlet_id, business_date)) {NO_ROWID};\n"
      "CREATE TABLE lobby_settings (outlet_id {ID}, rule {TEXT} NOT NULL,"
      " numbers {TEXT} NOT NULL, printer {TEXT} NOT NULL) {TABLE_END};\n"
      "CREATE TABLE window_rule (window_id {ID}, outlet_id {I64} NOT NULL, rule {TEXT} NOT NULL)"
      " {TABLE_END};\n"
      "CREATE TABLE blackout (id {ID}, outlet_id {I64} NOT NULL, from_us {I64} NOT NULL,"
      " until_us {I64} NOT NULL, reason {TEXT} NOT NULL) {TABLE_END};\n"
      "CREATE TABLE lobby_secret (id {ID}, secret {TEXT} NOT NULL) {TABLE_END};\n" },
    { "lobby-003-figures",
      "CREATE TABLE window_pause ("
      " session_id {I64} NOT NULL, from_us {I64} NOT NULL, until_us {I64} NOT NULL,"
      " outlet_id {I64} NOT NULL, window_id {I64} NOT NULL, staff_id {I64} NOT NULL,"
      " reason {TEXT} NOT NULL, PRIMARY KEY (session_id, from_us)) {NO_ROWID};\n"
      "CREATE INDEX window_pause_outlet ON window_pause (outlet_id, from_us);\n"
      /* Over all outlets, rows are read in the order of their ids: each page once. */
      "CREATE INDEX ticket_date ON ticket (business_date);\n"
      "CREATE INDEX leg_date ON leg (business_date);\n" },
    { "lobby-004-import",
      "CREATE TABLE lobby_import (row_key {TEXT} NOT NULL PRIMARY KEY, ticket_id {I64} NOT NULL)"
      " {NO_ROWID};\n" },
    { "lobby-005-live",
      /* With the state in it this index wins over the one of all sessions ever. */
      "DROP INDEX window_session_live;\n"
      "CREATE INDEX window_session_open ON window_session (outlet_id, state) WHERE state < 3;\n"
      "CREATE INDEX ticket_passed ON ticket (outlet_id, business_date, ended_us)"
      " WHERE state = 8;\n"
      "CREATE INDEX leg_teller ON leg (staff_id, business_date);\n" },
    { "lobby-006-rule-history", /* window 0: the outlet's rule */
      "CREATE TABLE rule_history (outlet_id {I64} NOT NULL, window_id {I64} NOT NULL,"
      " from_us {I64} NOT NULL, rule {TEXT} NOT NULL,"
      " PRIMARY KEY (outlet_id, window_id, from_us)) {NO_ROWID};\n"
      "INSERT INTO rule_history (outlet_id, window_id, from_us, rule)"
      " SELECT outlet_id, 0, 0, rule FROM lobby_settings;\n"
      "INSERT INTO rule_history (outlet_id, window_id, from_us, rule)"
      " SELECT outlet_id, window_id, 0, rule FROM window_rule;\n" },
    { "lobby-007-told",
      "CREATE TABLE told (outlet_id {ID}, at_us {I64} NOT NULL, body {TEXT} NOT NULL)"
      " {TABLE_END};\n"
      "CREATE TABLE told_ticket (ticket_id {ID}, outlet_id {I64} NOT NULL,"
      " business_date {I64} NOT NULL, prefix {I64} NOT NULL, class_index {I64} NOT NULL,"
      " at_us {I64} NOT NULL, p50_s {I64} NOT NULL, p90_s {I64} NOT NULL,"
      " outcome {I64} NOT NULL, waited_s {I64} NOT NULL) {TABLE_END};\n"
      "CREATE INDEX told_ticket_open ON told_ticket (outlet_id, ticket_id) WHERE outcome=0;\n"
      "CREATE INDEX told_ticket_day ON told_ticket (outlet_id, business_date);\n"
      "CREATE INDEX told_ticket_date ON told_ticket (business_date);\n" },
};
const size_t lobby_migrations_count = COUNT(lobby_migrations);

int lobby_last_id(struct db_tx *tx, int64_t *id)
{
    return db_one_i64(tx,
                      "SELECT MAX(t.last) FROM (SELECT MAX(id) AS last FROM ticket UNION ALL"
                      " SELECT MAX(id) FROM window_session UNION ALL SELECT MAX(id) FROM blackout)"
                      " AS t",
                      DB_NO_ARGS, 0, id);
}

#define COLUMNS                                                                                \
    "id, outlet_id, business_date, number, service_id, prefix, class_index, courtesy,"         \
    " first_in_line, inaccurate, state, source, taken_us, since_us, queued_us, called_us,"     \
    " serving_us, ended_us, waited_us, window_id, staff_id, only_window, only_staff, recalls," \
    " recalled_us, slot_us, checked_in_us, notify_ahead, forecast_low_s, forecast_high_s,"     \
    " services, phone_tail, choice, reason, undo"

static void copy(char *out, size_t size, const char *s)
{
    snprintf(out, size, "%s", s ? s : "");
}

static void choice_print(const struct ticket *t, char out[96])
{
    snprintf(out, 96, "%d,%d,%d,%lld,%lld,%d", (int)t->choice.why, t->choice.when,
             t->choice.eligible, (long long)t->choice.waited_us, (long long)t->choice.credit_us,
             t->by_hand ? 1 : 0);
}

static void choice_read(const char *text, struct ticket *t)
{
    int why = 0, hand = 0;
    long long waited = 0, credit = 0;
    t->choice = (struct rule_choice){ .index = -1 };
    if (sscanf(text, "%d,%d,%d,%lld,%lld,%d", &why, &t->choice.when, &t->choice.eligible, &waited,
               &credit, &hand) == 6) {
        t->choice.why = (enum rule_why)why;
        t->choice.waited_us = waited;
        t->choice.credit_us = credit;
        t->choice.class_index = t->class_index;
        t->by_hand = hand != 0;
    }
}

static void ticket_read(struct call *c, struct db_rows *r, struct ticket *t)
{
    int i = 0;
    memset(t, 0, sizeof *t);
    t->id.n = db_i64(r, i++);
    t->outlet.n = db_i64(r, i++);
    t->day.days = (int32_t)db_i64(r, i++);
    copy(t->number, sizeof t->number, db_text(r, i++));
    t->service.n = db_i64(r, i++);
    t->prefix = (int)db_i64(r, i++);
    t->class_index = (int)db_i64(r, i++);
    t->courtesy = db_i64(r, i++) != 0;
    t->first_in_line = db_i64(r, i++) != 0;
    t->inaccurate = db_i64(r, i++) != 0;
    t->state = (enum ticket_state)db_i64(r, i++);
    t->source = (enum ticket_source)db_i64(r, i++);
    int64_t *const times[] = { &t->taken_us,   &t->since_us, &t->queued_us, &t->called_us,
                               &t->serving_us, &t->ended_us, &t->waited_us };
    for (size_t k = 0; k < COUNT(times); k++)
        *times[k] = db_i64(r, i++);
    t->window.n = db_i64(r, i++);
    t->staff.n = db_i64(r, i++);
    t->only_window = db_i64(r, i++);
    t->only_staff = db_i64(r, i++);
    t->recalls = (int)db_i64(r, i++);
    t->recalled_us = db_i64(r, i++);
    t->slot_us = db_i64(r, i++);
    t->checked_in_us = db_i64(r, i++);
    t->notify_ahead = (int)db_i64(r, i++);
    t->forecast_low_s = (int)db_i64(r, i++);
    t->forecast_high_s = (int)db_i64(r, i++);
    copy(t->services, sizeof t->services, db_text(r, i++));
    copy(t->phone_tail, sizeof t->phone_tail, db_text(r, i++));
    choice_read(db_text(r, i++), t);
    copy(t->reason, sizeof t->reason, db_text(r, i++));
    const char *undo = db_text(r, i++);
    t->undo = undo && *undo ? arena_text(c->arena, undo) : "";
}

int ticket_insert(struct call *c, const struct ticket *t, const char *phone_key)
{
    char choice[96];
    CHECK(t->id.n > 0 && t->outlet.n > 0 && t->service.n > 0);
    choice_print(t, choice);
    return db_exec(
        c->tx,
        "INSERT INTO ticket (" COLUMNS ", phone_key) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,"
        "$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,$29,$30,$31,$32,$33,"
        "$34,$35,$36)",
        DB_ARGS(DB_I(t->id.n), DB_I(t->outlet.n), DB_I(t->day.days), DB_T(t->number),
                DB_I(t->service.n), DB_I(t->prefix), DB_I(t->class_index), DB_I(t->courtesy),
                DB_I(t->first_in_line), DB_I(t->inaccurate), DB_I(t->state), DB_I(t->source),
                DB_I(t->taken_us), DB_I(t->since_us), DB_I(t->queued_us), DB_I(t->called_us),
                DB_I(t->serving_us), DB_I(t->ended_us), DB_I(t->waited_us), DB_I(t->window.n),
                DB_I(t->staff.n), DB_I(t->only_window), DB_I(t->only_staff), DB_I(t->recalls),
                DB_I(t->recalled_us), DB_I(t->slot_us), DB_I(t->checked_in_us),
                DB_I(t->notify_ahead), DB_I(t->forecast_low_s), DB_I(t->forecast_high_s),
                DB_T(t->services), DB_T(t->phone_tail), DB_T(choice), DB_T(t->reason),
                DB_T(t->undo ? t->undo : ""), DB_T(phone_key)));
}

int ticket_update(struct call *c, const struct ticket *t)
{
    char choice[96];
    choice_print(t, choice);
    int rc = db_exec(
        c->tx,
        "UPDATE ticket SET service_id=$2, prefix=$3, class_index=$4, courtesy=$5,"
        " first_in_line=$6, inaccurate=$7, state=$8, since_us=$9, queued_us=$10, called_us=$11,"
        " serving_us=$12, ended_us=$13, waited_us=$14, window_id=$15, staff_id=$16,"
        " only_window=$17, only_staff=$18, recalls=$19, recalled_us=$20, slot_us=$21,"
        " checked_in_us=$22, notify_ahead=$23, services=$24, choice=$25, reason=$26, undo=$27,"
        " business_date=$28, number=$29 WHERE id=$1",
        DB_ARGS(DB_I(t->id.n), DB_I(t->service.n), DB_I(t->prefix), DB_I(t->class_index),
                DB_I(t->courtesy), DB_I(t->first_in_line), DB_I(t->inaccurate), DB_I(t->state),
                DB_I(t->since_us), DB_I(t->queued_us), DB_I(t->called_us), DB_I(t->serving_us),
                DB_I(t->ended_us), DB_I(t->waited_us), DB_I(t->window.n), DB_I(t->staff.n),
                DB_I(t->only_window), DB_I(t->only_staff), DB_I(t->recalls), DB_I(t->recalled_us),
                DB_I(t->slot_us), DB_I(t->checked_in_us), DB_I(t->notify_ahead), DB_T(t->services),
                DB_T(choice), DB_T(t->reason), DB_T(t->undo ? t->undo : ""), DB_I(t->day.days),
                DB_T(t->number)));
    if (!rc)
        CHECK(db_changed(c->tx) == 1);
    return rc;
}

int ticket_one(struct call *c, ticket_id id, struct ticket *out)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r, "SELECT " COLUMNS " FROM ticket WHERE id=$1", DB_ARGS(DB_I(id.n)));
    if (!rc) {
        rc = db_next(&r);
        if (rc == DB_ROW) {
            ticket_read(c, &r, out);
            rc = 0;
        } else if (!rc) {
            rc = LOBBY_NO_TICKET;
        }
    }
    db_done(&r);
    return rc;
}

/* Collects the rows of a running query into an arena array that doubles. */
static int tickets_collect(struct call *c, struct db_rows *r, struct ticket **out, int *n)
{
    int cap = 16, rc = 0;
    struct ticket *list = arena_alloc(c->arena, sizeof *list * (size_t)cap);
    *n = 0;
    while (!rc && (rc = db_next(r)) == DB_ROW) {
        rc = 0;
        if (*n == cap) {
            struct ticket *more = arena_alloc(c->arena, sizeof *list * (size_t)cap * 2);
            memcpy(more, list, sizeof *list * (size_t)cap);
            list = more;
            cap *= 2;
        }
        ticket_read(c, r, &list[(*n)++]);
    }
    *out = list;
    return rc;
}

int ticket_states(struct call *c, outlet_id o, int from, int until, struct ticket **out, int *n)
{
    struct db_rows r;
    /* The constants repeat the partial index's condition: that is how the planner finds it. */
    int rc = db_query(c->tx, &r,
                      "SELECT " COLUMNS " FROM ticket WHERE outlet_id=$1 AND state >= 2"
                      " AND state <= 6 AND state >= $2 AND state <= $3 ORDER BY since_us, id",
                      DB_ARGS(DB_I(o.n), DB_I(from), DB_I(until)));
    CHECK(from >= TICKET_WAITING && until <= TICKET_TRANSFERRED);
    *n = 0;
    if (!rc)
        rc = tickets_collect(c, &r, out, n);
    db_done(&r);
    return rc;
}

int ticket_light(struct call *c, outlet_id o, bool waiting_only, struct ticket **out, int *n)
{
    struct db_rows r;
    int cap = 32;
    struct ticket *list = arena_alloc(c->arena, sizeof *list * (size_t)cap);
    int rc = db_query(c->tx, &r,
                      "SELECT id, state, service_id, prefix, class_index, courtesy, first_in_line,"
                      " since_us, only_window, only_staff FROM ticket WHERE outlet_id=$1"
                      " AND state >= 2 AND state <= 6",
                      DB_ARGS(DB_I(o.n)));
    *n = 0;
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        enum ticket_state state = (enum ticket_state)db_i64(&r, 1);
        if (waiting_only && !ticket_waits(state))
            continue;
        if (*n == cap) {
            struct ticket *more = arena_alloc(c->arena, sizeof *list * (size_t)cap * 2);
            memcpy(more, list, sizeof *list * (size_t)cap);
            list = more;
            cap *= 2;
        }
        struct ticket *t = &list[(*n)++];
        t->id.n = db_i64(&r, 0);
        t->outlet = o;
        t->state = state;
        t->service.n = db_i64(&r, 2);
        t->prefix = (int)db_i64(&r, 3);
        t->class_index = (int)db_i64(&r, 4);
        t->courtesy = db_i64(&r, 5) != 0;
        t->first_in_line = db_i64(&r, 6) != 0;
        t->since_us = db_i64(&r, 7);
        t->only_window = db_i64(&r, 8);
        t->only_staff = db_i64(&r, 9);
        t->undo = "";
    }
    db_done(&r);
    *out = list;
    return rc;
}

int ticket_bookings(struct call *c, outlet_id o, int64_t from_us, int64_t until_us,
                    struct ticket **out, int *n)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT " COLUMNS " FROM ticket WHERE outlet_id=$1 AND slot_us > 0"
                      " AND slot_us >= $2 AND slot_us < $3 ORDER BY slot_us, id",
                      DB_ARGS(DB_I(o.n), DB_I(from_us), DB_I(until_us)));
    *n = 0;
    if (!rc)
        rc = tickets_collect(c, &r, out, n);
    db_done(&r);
    return rc;
}

int ticket_day(struct call *c, outlet_id o, date d, struct ticket **out, int *n)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT " COLUMNS " FROM ticket WHERE outlet_id=$1 AND business_date=$2"
                      " ORDER BY taken_us, id",
                      DB_ARGS(DB_I(o.n), DB_I(d.days)));
    *n = 0;
    if (!rc)
        rc = tickets_collect(c, &r, out, n);
    db_done(&r);
    return rc;
}

int ticket_sequence(struct call *c, outlet_id o, date d, char prefix, int64_t *out)
{
    char p[2] = { prefix, 0 };
    int rc = db_exec(c->tx,
                     "INSERT INTO lobby_sequence (outlet_id, business_date, prefix, last)"
                     " VALUES ($1,$2,$3,1) ON CONFLICT (outlet_id, business_date, prefix)"
                     " DO UPDATE SET last = lobby_sequence.last + 1",
                     DB_ARGS(DB_I(o.n), DB_I(d.days), DB_T(p)));
    if (rc)
        return rc;
    return db_one_i64(c->tx,
                      "SELECT last FROM lobby_sequence WHERE outlet_id=$1 AND business_date=$2"
                      " AND prefix=$3",
                      DB_ARGS(DB_I(o.n), DB_I(d.days), DB_T(p)), 0, out);
}

int ticket_phone_count(struct call *c, const char *phone_key, int state, int64_t since_us,
                       bool booked, int64_t *out)
{
    return db_one_i64(c->tx,
                      "SELECT COUNT(*) FROM ticket WHERE phone_key=$1 AND taken_us >= $2"
                      " AND state=$3 AND (slot_us > 0 OR $4=0)",
                      DB_ARGS(DB_T(phone_key), DB_I(since_us), DB_I(state), DB_I(booked)), 0, out);
}

static const char *const outcomes[] = { "done", "transferred", "parked",  "no_show", "left",
                                        "void", "next",        "changed", "undone",  "carried" };
_Static_assert(COUNT(outcomes) == LEG_OUTCOMES, "a word for each outcome");

const char *leg_outcome_code(int outcome)
{
    CHECK(outcome >= 0 && outcome < (int)COUNT(outcomes));
    return outcomes[outcome];
}

int leg_insert(struct call *c, const struct ticket *t, int64_t ended_us, enum leg_outcome outcome)
{
    int64_t n = 0;
    int rc = db_one_i64(c->tx, "SELECT MAX(n) FROM leg WHERE ticket_id=$1", DB_ARGS(DB_I(t->id.n)),
                        0, &n);
    if (rc)
        return rc;
    return db_exec(
        c->tx,
        "INSERT INTO leg (ticket_id, n, outlet_id, business_date, service_id, prefix, class_index,"
        " courtesy, first_in_line, only_window, only_staff, since_us, queued_us, called_us,"
        " serving_us, ended_us, window_id, staff_id, outcome, by_hand, inaccurate, reason)"
        " VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22)",
        DB_ARGS(DB_I(t->id.n), DB_I(n + 1), DB_I(t->outlet.n), DB_I(t->day.days),
                DB_I(t->service.n), DB_I(t->prefix), DB_I(t->class_index), DB_I(t->courtesy),
                DB_I(t->first_in_line), DB_I(t->only_window), DB_I(t->only_staff),
                DB_I(t->since_us), DB_I(t->queued_us), DB_I(t->called_us), DB_I(t->serving_us),
                DB_I(ended_us), DB_I(t->window.n), DB_I(t->staff.n), DB_I(outcome),
                DB_I(t->by_hand), DB_I(t->inaccurate), DB_T(t->reason)));
}

int leg_drop_last(struct call *c, ticket_id t)
{
    return db_exec(c->tx,
                   "DELETE FROM leg WHERE ticket_id=$1 AND n="
                   "(SELECT MAX(l.n) FROM leg l WHERE l.ticket_id=$1)",
                   DB_ARGS(DB_I(t.n)));
}

int lobby_day_tickets(struct call *c, outlet_id o, date d, struct ticket **out, int *n)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT " COLUMNS " FROM ticket WHERE outlet_id=$1 AND business_date=$2"
                      " ORDER BY taken_us, id",
                      DB_ARGS(DB_I(o.n), DB_I(d.days)));
    *n = 0;
    if (!rc)
        rc = tickets_collect(c, &r, out, n);
    db_done(&r);
    return rc;
}

int ticket_phone_key(struct call *c, ticket_id id, const char **out)
{
    struct db_rows r;
    *out = NULL;
    int rc = db_query(c->tx, &r, "SELECT phone_key FROM ticket WHERE id=$1", DB_ARGS(DB_I(id.n)));
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        const char *key = db_text(&r, 0);
        rc = 0;
        *out = key && *key ? arena_text(c->arena, key) : NULL;
    }
    db_done(&r);
    return rc;
}
