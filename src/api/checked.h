/* checked.h -- Writes that one person may not always do alone (approve/approve.h).
 *
 * A row of api_checked names a route of the table and says how its orders are weighed: kind,
 * outlet, amount, a summary to read. When the maker's grade does not reach, the order is tried (and
 * undone, so that what would be refused is refused now), kept, and answered 202 with its approval.
 * Who asks again with the same key gets the true state: 202, or the order's own answer once it was
 * approved, or why it was not. */
#ifndef API_CHECKED_H
#define API_CHECKED_H
#include "api/api_priv.h"
#include "approve/approve.h"

struct weight {
    bool alone; /* nothing in it needs a second person */
    enum approve_kind kind;
    int64_t outlet_id;
    money amount;                                  /* minor 0: not about an amount */
    char zh[APPROVE_SUMMARY], en[APPROVE_SUMMARY]; /* no full names, no full numbers */
    const struct ledger_order *orders; /* what it asks of the ledger; NULL: its ids are our own */
    size_t n_orders;
};
/* Reads the order, changes nothing. A refusal is the maker's answer. */
typedef int api_weigh(struct call *c, struct request *q, struct weight *out);
struct api_checked {
    enum http_method method;
    const char *path; /* as in the route table */
    api_weigh *weigh;
};
/* Beside the routes they weigh. */
api_weigh weigh_account_step, weigh_deposit_patch, weigh_standing;
api_weigh weigh_rate, weigh_product, weigh_fee, weigh_deposit_settings, weigh_subject;
api_weigh weigh_cash_transfer, weigh_cash_supply, weigh_cash_arrive, weigh_cash_settings,
    weigh_counter_in, weigh_counter_out, weigh_counter_transfer, weigh_counter_reverse,
    weigh_counter_state, weigh_counter_close, weigh_counter_customer;
api_weigh weigh_transfer, weigh_transfers; /* ledger_api.c */
extern const struct api_checked api_checked[];
extern const size_t api_checked_count;

/* In the writer's transaction: runs the order, or keeps it for a second person. */
MUST_USE int checked_run(struct call *c, struct request *q, struct buf *answer);
/* Is this the answer of an order that was kept? Then its id. */
bool checked_kept(const struct buf *answer, int64_t *approval);
/* Answers the maker with what became of the order; on a worker. */
void checked_answer(void *request);
/* An id that nothing was booked under: 202 and who is asked while it waits, why not when that is
 * over, else `otherwise`. */
MUST_USE int checked_about(struct call *c, struct request *q, const char *about, struct buf *answer,
                           int otherwise);
/* Runs an approved order: approve_run. ctx is the checker's request. */
approve_run checked_replay;
void approval_json(struct call *c, struct jsonw *w, const char *key, const struct approval *a);
#endif
