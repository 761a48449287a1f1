/* payers.h -- Clients of a bank that dies all the time: eight pay each other by keyed transfers
 * over HTTP, ask by the id what became of an order when they are in doubt, and a reader watches the
 * sum of all accounts, one answer a look. Shared by instances.c (PostgreSQL) and bank.c (SQLite).
 */
#ifndef TEST_SLOW_PAYERS_H
#define TEST_SLOW_PAYERS_H
#include "slow.h"
#include "ledger/ledger_books.h"

enum { PAYERS_ACCOUNTS = 50, PAYERS_PORTS = 3 };
#define PAYERS_MINOR INT64_C(1000000000) /* in each account at first */

/* A bank with the accounts, and a clerk who is signed in. Ends the process when it cannot. */
void payers_bank(const char *url, enum ledger_layout layout);
/* Where a server answers, 0 .. n - 1; 0: it is dead just now. */
void payers_port(int n, int port);
void payers_start(int n_ports);
void payers_stop(void);
int64_t payers_done(void); /* acknowledged so far */
/* After the servers' end: what was acknowledged is there once, no account differs, the sum never
 * did. */
void payers_compare(void);
#endif
