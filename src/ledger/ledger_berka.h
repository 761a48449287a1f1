/* ledger_berka.h -- Reads and books a real bank's first months: the Czech bank of PKDD'99 (Berka).
 *
 * Its transactions carry the balance after each row, but neither the order in the file nor the ids
 * tell the order of booking inside a day. ledger_berka_read() finds, for each account and day, the
 * order that closes the chain of printed balances; so the rows may come shuffled. The source is
 * rounded to 0.10 now and then: what that leaves is booked to an account of its own, row by row, so
 * that every balance is the printed one. */
#ifndef LEDGER_LEDGER_BERKA_H
#define LEDGER_LEDGER_BERKA_H
#include "base/buf.h"
#include "ledger/ledger_books.h"

struct ledger_berka_row {
    int64_t id, account;
    date day;
    bool credit, loan; /* loan: a payment of one */
    char operation;    /* V cash, P transfer, K card, I interest, F fee, S penalty */
    char bank[3];      /* of a transfer, or "" */
    int64_t minor, balance;
    int64_t rounded; /* balance - (the one before + the amount): booked to the rounding account */
    int32_t nth;     /* inside its account's day, from 1 */
    int64_t line;    /* in the file */
};
struct ledger_berka {
    struct ledger_berka_row *rows; /* by day, account and order of booking */
    size_t n, later;               /* later: rows after `until`, left out */
    int64_t accounts, credits, debits;
    int64_t broken;     /* links that look broken in file order */
    int64_t exact, off; /* links that close, and those that close but for rounding */
    int64_t unsolved;   /* account-days that no order closes: left in the order of their ids */
    int64_t rounding;   /* sum of all `rounded`, turned round: what the account of it holds */
    int64_t overdrawn_rows, overdrawn_accounts;
    /* after booking */
    int64_t booked, existed;
};
/* text: trans.asc. Rows after `until` are left out. BASE_BAD_INPUT: *line is not a row. */
MUST_USE int ledger_berka_read(struct arena *a, const char *text, size_t len, date until,
                               struct ledger_berka *out, int64_t *line);
/* What other files of that bank say about the rows. A file may be missing: NULL. */
struct ledger_berka_files {
    const struct buf *loans, *cards, *disps; /* loan.asc; card.asc and disp.asc */
};
struct ledger_berka_explained {
    int64_t loan_payments, loan_agreed, loan_exact; /* agreed: within 0.50 of what the loan says */
    int64_t card_withdrawals, card_held;            /* held: the account had a card by then */
};
/* BASE_BAD_INPUT: *why names the file, and *line is not a row of it. */
MUST_USE int ledger_berka_explain(struct arena *a, const struct ledger_berka *b,
                                  const struct ledger_berka_files *files,
                                  struct ledger_berka_explained *out, const char **why,
                                  int64_t *line);
/* Books what is not there yet; opens the accounts it needs. Booking dates are the rows'. */
MUST_USE int ledger_berka_book(struct call *c, struct ledger_berka *b);
#endif
