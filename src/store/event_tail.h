/* event_tail.h -- The last link of every outlet's chain, kept in memory by the one writer.
 *
 * event_add() needs seq and hash of the outlet's last event. They are read once (event_head) and
 * then remembered over transactions, because no other process writes this database (PATH.lock),
 * or the engine says when one did (event_tail_forget).
 * What an undone savepoint or a rolled back transaction added is taken back link by link.
 *
 *   event_tail_begin -> (mark -> keep | undo)* -> event_tail_heads -> done | rollback
 *   db_begin            db_savepoint, db_release   db_commit before   db_commit after,
 *                       db_undo                    COMMIT             db_rollback      */
#ifndef STORE_EVENT_TAIL_H
#define STORE_EVENT_TAIL_H
#include "store/db.h"
#include "store/event.h"

struct event_tail;

/* The committed-to-be events of a transaction, for the door's listener. Owned by the caller;
 * what is undone disappears from it again. Start from zero with an arena. */
struct event_list {
    struct arena *arena;
    struct event *at;
    size_t count, room;
};

struct event_tail *event_tail_new(void);
void event_tail_free(struct event_tail *t); /* NULL is fine */
void event_tail_begin(struct event_tail *t);
/* Another process wrote: every last link is read again. Before event_tail_begin. */
void event_tail_forget(struct event_tail *t);
void event_tail_mark(struct event_tail *t);
void event_tail_keep(struct event_tail *t);
void event_tail_undo(struct event_tail *t);
/* On a server: writes the events that wait (event_tail_waits). */
MUST_USE int event_tail_flush(struct event_tail *t, struct db_tx *tx);
bool event_tail_waits(const struct event_tail *t);
MUST_USE int event_tail_heads(struct event_tail *t, struct db_tx *tx);
void event_tail_done(struct event_tail *t);
void event_tail_rollback(struct event_tail *t);

/* The events added to this transaction from now on are also put in list. */
void event_collect(struct db_tx *tx, struct event_list *list);

/* db.c: the tail of a writing transaction, NULL in a reading one. */
struct event_tail *db_tail(struct db_tx *tx);
/* db.c: the fault with which the engine itself ended this transaction, or 0. */
int db_dead(struct db_tx *tx);
#endif
