/* ledger_lines_priv.h -- Between ledger_lines.c, ledger_fill.c and ledger_merge.c: rows of lines
 * and rows of ids, read and written. */
#ifndef LEDGER_LEDGER_LINES_PRIV_H
#define LEDGER_LEDGER_LINES_PRIV_H
#include "ledger/ledger_lines.h"
#include <pthread.h>
#include <stdatomic.h>

struct lines_bad { /* runs that cannot be read or merged */
    bool some;
    int64_t from, to; /* the first and the last one's ids; 0: it is not known which */
};
struct lines {
    struct arena *arena;
    struct db *of;
    char path[1040]; /* "": beside it on a server */
    bool shared, sync_off;
    pthread_mutex_t making;
    _Atomic(struct db *) db; /* NULL: there is no file yet */
    pthread_mutex_t knowing; /* of what is below: the runs as read last */
    int64_t turn;
    int n;
    struct lines_run run[LINES_RUNS_MAX];
    pthread_mutex_t telling; /* of what is damaged */
    struct lines_bad bad;
    _Atomic bool given_up; /* damage that only the next start mends */
    lines_rest *rest;      /* of who fills; may be NULL */
    void *rest_ctx;
};
MUST_USE int lines_make(struct lines *l);
MUST_USE int lines_make_room(struct lines *l); /* for one more run, or a fault */

/* Damage was met, in runs from..to (their ids; 0: somewhere). lines_fault gives rc back. */
void lines_spoilt(struct lines *l, int64_t from, int64_t to);
MUST_USE int lines_fault(const struct history *h, int64_t run, int rc);
/* A run of what a tail has, without the mark. */
MUST_USE int lines_put_part(struct lines *l, struct db_tx *tx, const struct tail *t,
                            const struct tail_part *part, int64_t *rows);
void lines_rest_now(const struct lines *l); /* NULL: no */
MUST_USE int lines_run_drop(struct db_tx *tx, int64_t run);
MUST_USE int lines_empty(struct db_tx *tx);

/* ---- a row of lines, read ---- */

struct lines_row {
    const uint8_t *at, *end;
    struct ledger_entry e; /* before the next line */
    int64_t last_seq;
};
/* Columns of history_line: account_id before them where it matters. */
#define LINES_ROW "seq, last_seq, debits, credits, body"
void lines_row_begin(struct db_rows *r, int from, struct lines_row *row);
/* 1: row->e is the next one; 0: that was the last; RC_CORRUPT: damaged bytes. */
MUST_USE int lines_row_next(struct lines_row *row);

/* ---- lines in the order of a run, written ---- */

enum {
    LINES_ROW_LINES = 64,  /* at most */
    LINES_ROW_BYTES = 860, /* a row stays on its page: SQLite puts what is over 1,002 elsewhere */
    LINES_LINE_MAX = 1 + 10 * 10 + LEDGER_MEMO_MAX + 1,
    LINES_ROW_MAX = LINES_ROW_BYTES + LINES_LINE_MAX,
};
/* One packed line after another; before: the row's line before it, or zero totals' entry. */
uint8_t *lines_line_put(uint8_t *at, const struct ledger_entry *before,
                        const struct ledger_entry *e);

struct lines_batch; /* rows that are not written yet */
struct lines_writer {
    struct db_tx *tx;
    int64_t run, rows;
    struct lines_batch *batch;
    /* the row */
    int64_t account, back;
    int n;
    bool seen; /* before is a line */
    struct ledger_entry first, before;
    uint8_t *body, *at;
};
void lines_put_begin(struct lines_writer *w, struct arena *arena, struct db_tx *tx, int64_t run);
MUST_USE int lines_put(struct lines_writer *w, int64_t account, const struct ledger_entry *e);
MUST_USE int lines_put_end(struct lines_writer *w);

/* ---- rows of ids ---- */

struct lines_id {
    transfer_id id;
    int64_t number;
};
struct ids_row {
    const uint8_t *at, *end;
    struct lines_id before;
};
void ids_row_begin(struct db_rows *r, int column, struct ids_row *row);
/* 1: row->before is the next one; 0; RC_CORRUPT. */
MUST_USE int ids_row_next(struct ids_row *row);

enum { IDS_ROW_BYTES = 900, IDS_ROW_MAX = IDS_ROW_BYTES + 32 };
struct ids_writer {
    struct db_tx *tx;
    int64_t run;
    struct lines_batch *batch;
    struct lines_id first, before;
    uint8_t *body, *at; /* at NULL: no row begun */
};
void ids_put_begin(struct ids_writer *w, struct arena *arena, struct db_tx *tx, int64_t run);
MUST_USE int ids_put(struct ids_writer *w, const struct lines_id *id); /* ascending */
MUST_USE int ids_put_end(struct ids_writer *w);
int lines_id_order(transfer_id a, transfer_id b); /* < 0, 0, > 0 */

/* ---- rows of either, many a statement ---- */

enum { LINES_AT_ONCE = 512 };
struct lines_batch {
    const char *sql;
    int n_values, n;
    struct db_value *values;
    uint8_t *bodies; /* LINES_ROW_MAX bytes each */
};
struct lines_batch *lines_batch_new(struct arena *arena, const char *sql, int n_values);
uint8_t *lines_batch_body(struct lines_batch *b); /* of the row that is added next */
MUST_USE int lines_batch_add(struct lines_batch *b, struct db_tx *tx, const struct db_value *row);
MUST_USE int lines_batch_end(struct lines_batch *b, struct db_tx *tx);

/* Which of these, oldest first, are to become one: how many from *from on; 0: none. Of the smallest
 * size first; larger ones only when there is time. */
int lines_which(const struct lines_run *list, int n, bool idle, int *from);
/* The run itself, and that the runs are others now. */
MUST_USE int lines_run_put(struct db_tx *tx, const struct lines_run *run);
MUST_USE int lines_runs(struct db_tx *tx, struct lines_run *list, int *n);
#endif
