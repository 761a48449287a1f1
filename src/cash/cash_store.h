/* cash_store.h -- The room's SQL, and what its files share. */
#ifndef CASH_CASH_STORE_H
#define CASH_CASH_STORE_H
#include "cash/cash.h"
#include "cash/cash_rules.h"
#include "store/event.h"

enum cash_own { CASH_OVER = 1, CASH_UNDER, CASH_ROAD, CASH_RESERVE }; /* 长款, 短款, 在途, 央行 */

MUST_USE int cash_row_box(struct call *c, box_id id, struct cash_box *out, bool *found);
MUST_USE int cash_row_box_add(struct call *c, const struct cash_box *b);
MUST_USE int cash_row_box_save(struct call *c, const struct cash_box *b);
MUST_USE int cash_row_boxes(struct call *c, int64_t outlet_id, struct cash_box **out, int *n);
MUST_USE int cash_row_held(struct call *c, int64_t staff_id, enum currency currency,
                           struct cash_box *out, bool *found);
MUST_USE int cash_row_move_add(struct call *c, const struct cash_move *m);
MUST_USE int cash_row_move(struct call *c, int64_t id, struct cash_move *out, bool *found);
MUST_USE int cash_row_moved(struct call *c, box_id box, transfer_id transfer, struct cash_move *out,
                            bool *found);
MUST_USE int cash_row_taken_back(struct call *c, int64_t move, bool *found);
MUST_USE int cash_row_moves(struct call *c, box_id box, int64_t before_seq, int max,
                            struct cash_move **out, int *n);
MUST_USE int cash_row_large(struct call *c, int64_t outlet_id, date day, int max,
                            struct cash_move **out, int *n);
/* What a customer brought (in) or took on a day so far, without what was taken back. */
MUST_USE int cash_row_day_sum(struct call *c, int64_t customer_id, date day, bool in,
                              int64_t *minor);
MUST_USE int cash_row_pieces_add(struct call *c, int64_t owner, const struct cash_pieces *p, int n);
MUST_USE int cash_row_session_add(struct call *c, int64_t id, const struct cash_box *b,
                                  int64_t count_id);
MUST_USE int cash_row_session_end(struct call *c, int64_t id, int64_t count_id);
MUST_USE int cash_row_count_add(struct call *c, const struct cash_box *b, int64_t round,
                                const struct cash_count_row *r);
MUST_USE int cash_row_counts(struct call *c, box_id box, int64_t round, int max,
                             struct cash_count_row **out, int *n); /* round 0: all */
/* The round of counts that is going on; 0: none. */
MUST_USE int cash_row_round(struct call *c, box_id box, int64_t *round, int64_t *kind);
MUST_USE int cash_row_round_set(struct call *c, box_id box, int64_t round, int64_t kind);
MUST_USE int cash_row_own(struct call *c, enum cash_own which, int64_t outlet_id,
                          enum currency currency, account_id *out, bool *found);
MUST_USE int cash_row_own_add(struct call *c, enum cash_own which, int64_t outlet_id,
                              enum currency currency, account_id a);
MUST_USE int cash_row_transit(struct call *c, transit_id id, struct cash_transit *out, bool *found);
MUST_USE int cash_row_transit_add(struct call *c, const struct cash_transit *t);
MUST_USE int cash_row_transit_end(struct call *c, const struct cash_transit *t);
MUST_USE int cash_row_transits(struct call *c, int64_t outlet_id, bool open_only, int max,
                               struct cash_transit **out, int *n);
MUST_USE int cash_setting(struct call *c, const char *name, int64_t otherwise, int64_t *out);
MUST_USE int cash_setting_put(struct call *c, const char *name, int64_t value);

/* ---- cash.c ---- */

/* The box, or why the caller may not touch it: CASH_NO_BOX, WHO_OTHER_OUTLET. */
MUST_USE int cash_box_load(struct call *c, box_id id, struct cash_box *out);
MUST_USE int cash_own_account(struct call *c, enum cash_own which, int64_t outlet_id,
                              enum currency currency, account_id *out);
/* Checks notes against an amount (n 0: none were written down), and writes them down. */
MUST_USE int cash_pieces_fit(struct call *c, enum currency currency, int64_t minor,
                             const struct cash_pieces *p, int n);
/* One transfer between two accounts: > 0 from credit to debit. */
MUST_USE int cash_post(struct call *c, account_id debit, account_id credit, money amount,
                       const char *memo, transfer_id *out);
/* Writes the move and the box's new book, with an event; fills seq, book and who. */
MUST_USE int cash_note_move(struct call *c, struct cash_box *b, struct cash_move *m,
                            const struct cash_pieces *p, int n);
/* A difference to over or short, as a move of the box. minor > 0: over. */
MUST_USE int cash_difference(struct call *c, struct cash_box *b, int64_t minor, transfer_id *out);
#endif
