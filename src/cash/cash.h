/* cash.h -- Notes and coins: tellers' drawers (尾箱), vaults (金库), what is on the road between
 * them.
 *
 * A box is one ledger account under 1001 in one currency; cash goes in or out of it only together
 * with a transfer on that account, in one transaction. So the box's book is the ledger's, and what
 * is counted can be held against it. A count is blind: who counts is not told what is expected.
 *
 *            cash_count(OPEN)              cash_count(CLOSE)
 *   CLOSED ────────────────────> OPEN ─────────────────────────> CLOSED
 *                                 │ ^        differs: COUNTING, nothing moves until it is settled
 *                 cash_hand_over  │ │ cash_count(OPEN) by the next teller, the first one's is over
 *                                 v │
 *                               HANDED
 *
 * A count that agrees with the book is done. One that differs is counted again, blind, by the same
 * person; if it is the same and within the tolerance, the difference is booked. Above it a second
 * person of grade 2 or more counts, too: what two people found is booked, to 长款 (2241) or 短款
 * (1221), never to nowhere. */
#ifndef CASH_CASH_H
#define CASH_CASH_H
#include "cash/cash_refusal.h"
#include "ledger/ledger.h"
#include "who/who.h"

typedef struct {
    int64_t n;
} box_id;
typedef struct {
    int64_t n;
} transit_id;

enum cash_kind { CASH_DRAWER = 1, CASH_VAULT, CASH_CENTRAL };
enum cash_state { BOX_CLOSED = 1, BOX_OPEN, BOX_COUNTING, BOX_HANDED };
struct cash_box {
    box_id id;
    int64_t outlet_id; /* 0: the central vault */
    enum cash_kind kind;
    int number; /* 1 .. 999, one of a kind, outlet and currency */
    enum currency currency;
    bool active;
    /* out */
    account_id account;
    enum cash_state state;
    staff_id holder;    /* who opened it; 0: nobody. Vaults have none and are always open */
    staff_id next;      /* HANDED: to whom */
    int64_t session_id; /* of the open one */
    int64_t book_minor; /* what must be in it */
    int64_t moves;
};
const char *cash_kind_code(enum cash_kind k);
const char *cash_state_code(enum cash_state s);

/* id 0: a new, empty one with its account. Others: active or not. CASH_BAD_BOX ... */
MUST_USE int cash_box_put(struct call *c, struct cash_box *b);
MUST_USE int cash_box_get(struct call *c, box_id id, struct cash_box *out);
/* Of an outlet (0: all), by kind and number. */
MUST_USE int cash_boxes(struct call *c, int64_t outlet_id, struct cash_box **out, int *n);
/* The caller's own open drawer in a currency: CASH_NOT_OPEN when there is none. */
MUST_USE int cash_mine(struct call *c, enum currency currency, struct cash_box *out);
/* The drawer in the caller's hands, also while it is counted. CASH_NOT_OPEN. */
MUST_USE int cash_held(struct call *c, enum currency currency, struct cash_box *out);
/* Drawers that are not closed (-1: of all outlets): for the day's end. */
MUST_USE int cash_not_closed(struct call *c, int64_t outlet_id, struct cash_box **out, int *n);

/* ---- denominations (券别) ---- */

enum { CASH_PIECES = 16 };
struct cash_pieces {
    int64_t face_minor; /* of one note or coin */
    int64_t n;
};
/* The faces of a currency, largest first; 0: no list is known, any will do. */
int cash_faces(enum currency currency, int64_t out[CASH_PIECES]);
/* Adds them up. CASH_BAD_PIECES: a face there is not, twice, fewer than 0, too many. */
MUST_USE int cash_sum(enum currency currency, const struct cash_pieces *p, int n, int64_t *minor);

/* ---- counting ---- */

enum cash_outcome {
    COUNT_AGREES = 1, /* done */
    COUNT_AGAIN,      /* differs: the same person counts again */
    COUNT_SECOND,     /* differs: a second person counts, too */
    COUNT_BOOKED,     /* done: what was found is booked as over or short */
};
enum cash_count_kind { COUNT_OPEN = 1, COUNT_CLOSE, COUNT_SPOT };
struct cash_counted {
    int64_t id;
    enum cash_outcome outcome;
    int64_t counted_minor;
    int64_t over_minor; /* > 0 long (长款), < 0 short (短款): told only once it is booked */
};
/* Opens, closes or checks a drawer by what was counted. A spot check (查库) is by a second person
 * of grade 2 or more, of any box, and leaves its state; a difference is then counted like a close.
 */
MUST_USE int cash_count(struct call *c, box_id box, enum cash_count_kind kind,
                        const struct cash_pieces *p, int n, struct cash_counted *out);
/* The second person's own, blind count of a drawer that waits for it. */
MUST_USE int cash_recount(struct call *c, box_id box, const struct cash_pieces *p, int n,
                          struct cash_counted *out);
/* The holder gives an open drawer to another teller, who takes it with cash_count(OPEN). next {0}:
 * takes the offer back. */
MUST_USE int cash_hand_over(struct call *c, box_id box, staff_id next);

struct cash_count_row { /* newest first */
    int64_t id, at_us;
    staff_id staff;
    enum cash_count_kind kind;
    enum cash_outcome outcome;
    int64_t counted_minor, book_minor;
    transfer_id booked;
};
MUST_USE int cash_counts(struct call *c, box_id box, int max, struct cash_count_row **out, int *n);

/* ---- moving ---- */

enum cash_move_kind {
    MOVE_IN = 1, /* from a customer's account */
    MOVE_OUT,
    MOVE_CHANGE, /* other notes for the same sum: no transfer */
    MOVE_SENT,   /* to another box */
    MOVE_RECEIVED,
    MOVE_OVER, /* a difference, booked */
    MOVE_SHORT,
    MOVE_REVERSED, /* takes an IN or OUT back */
};
const char *cash_move_code(enum cash_move_kind k);
struct cash_move {
    int64_t id, seq; /* seq 1, 2, 3 ... in its box */
    box_id box;
    enum cash_move_kind kind;
    int64_t minor;      /* signed: what the box has more */
    int64_t book_minor; /* in the box after it */
    int64_t at_us;
    date day; /* the business date */
    staff_id staff;
    int64_t second_id, session_id, other_id; /* other: the other box, or the move it takes back */
    int64_t customer_id;
    transfer_id transfer; /* zero: none */
    bool large;
    const char *note;
};
/* The transfer was or will be booked in this transaction by the caller: between box and account. */
struct cash_order {
    box_id box;
    int64_t minor;                    /* > 0 into the box, < 0 out of it */
    const struct cash_pieces *pieces; /* n 0: not recorded */
    int n_pieces;
    int64_t customer_id; /* 0: none; for the day's sum of large cash */
    const char *note;    /* source or purpose; NULL: none */
};
/* Before the transfer: may this box give or take it? Fills *box. All refusals are given here. */
MUST_USE int cash_ready(struct call *c, const struct cash_order *o, struct cash_box *box);
/* After it: notes the move with its transfer. Asked twice with one transfer it is the same move. */
MUST_USE int cash_moved(struct call *c, const struct cash_order *o, transfer_id transfer,
                        struct cash_move *out);
MUST_USE int cash_change(struct call *c, box_id box, const struct cash_pieces *p, int n);
MUST_USE int cash_move_get(struct call *c, int64_t id, struct cash_move *out); /* CASH_NO_BOX */
/* Takes a move of the caller's open session back, by reversing its transfer. */
MUST_USE int cash_reverse(struct call *c, int64_t move, struct cash_move *out);
MUST_USE int cash_moves(struct call *c, box_id box, int64_t before_seq, int max,
                        struct cash_move **out, int *n);
/* Moves of a day that were flagged as large, oldest first; outlet 0: all. */
MUST_USE int cash_large(struct call *c, int64_t outlet_id, date day, int max,
                        struct cash_move **out, int *n);

/* ---- between boxes: two people, always (call.second_id) ---- */

/* Inside an outlet: one transfer. */
MUST_USE int cash_transfer(struct call *c, box_id from, box_id to, int64_t minor,
                           const struct cash_pieces *p, int n, struct cash_move *out);
/* From the central bank into a vault (领现), or to it (缴现): minor > 0 in. The other side is 1003.
 */
MUST_USE int cash_supply(struct call *c, box_id vault, int64_t minor, const struct cash_pieces *p,
                         int n, struct cash_move *out);
struct cash_transit { /* 在途现金, between two vaults */
    transit_id id;
    box_id from, to;
    int64_t minor, sent_us, arrived_us;
    staff_id sent_by, arrived_by;
    int64_t sent_second, arrived_second;
};
MUST_USE int cash_send(struct call *c, box_id from, box_id to, int64_t minor,
                       const struct cash_pieces *p, int n, transit_id *out);
/* What was counted on arrival; a difference goes to over or short of the receiving outlet. */
MUST_USE int cash_arrive(struct call *c, transit_id id, const struct cash_pieces *p, int n,
                         int64_t *over_minor);
MUST_USE int cash_transits(struct call *c, int64_t outlet_id, bool open_only, int max,
                           struct cash_transit **out, int *n);

/* ---- the day's end (日终轧账) ---- */

/* May the business date be closed? CASH_DRAWERS_OPEN, and which: every drawer is to be counted and
 * closed first, unless the settings only list them, or somebody answers for that date. */
MUST_USE int cash_day_ready(struct call *c);
/* The caller answers for the drawers that are open: with a reason, for this business date alone.
 * Does nothing when none is. CASH_NO_REASON. Event cash.day_passed. */
MUST_USE int cash_day_pass(struct call *c, const char *reason);
struct cash_pass {
    staff_id by; /* 0: the command line */
    int64_t at_us;
    int drawers;
    const char *reason; /* in the arena */
};
MUST_USE int cash_day_passed(struct call *c, date day, struct cash_pass *out, bool *found);

/* ---- settings, proof ---- */

struct cash_settings {
    int64_t large_minor;     /* a customer's cash of a day, in or out, from which it is flagged */
    int64_t tolerance_minor; /* a difference up to it needs no second person */
    int64_t drawer_minor;    /* more than this in a drawer: take it to the vault */
    bool demand_closed;      /* the day does not end while a drawer is open */
};
MUST_USE int cash_settings_get(struct call *c, struct cash_settings *out);
MUST_USE int cash_settings_put(struct call *c, const struct cash_settings *s);
/* Is it a box's own account (or the one for cash on the road)? Others leave it alone. */
MUST_USE int cash_account(struct call *c, account_id id, bool *is);
/* Orders that come past this room may not touch such an account: CASH_NOT_OURS, with its order. */
MUST_USE int cash_untouched(struct call *c, const struct ledger_order *orders, size_t n);
/* Each box: book = ledger = counts + moves; nothing else touched its account. */
MUST_USE int cash_check(struct call *c, int64_t *count, int64_t *bad, char *text, size_t size);
MUST_USE int cash_last_id(struct db_tx *tx, int64_t *id);
extern const struct db_migration cash_migrations[];
extern const size_t cash_migrations_count;
#endif
