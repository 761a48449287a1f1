/* cash_store.c -- See cash_store.h. */
#include "cash/cash_store.h"
#include "base/banned.h"

#define DB_ID(id) DB_I((id).high), DB_I((id).low)

const struct db_migration cash_migrations[] = {
    { "cash-001-boxes",
      "CREATE TABLE cash_box (id {ID}, outlet_id {I64} NOT NULL, kind {I64} NOT NULL"
      " CHECK (kind BETWEEN 1 AND 3), number {I64} NOT NULL, currency {I64} NOT NULL,"
      " active {I64} NOT NULL, account_id {I64} NOT NULL UNIQUE REFERENCES ledger_account(id),"
      " state {I64} NOT NULL CHECK (state BETWEEN 1 AND 4), holder_id {I64} NOT NULL,"
      " next_id {I64} NOT NULL, session_id {I64} NOT NULL,"
      " book_minor {I64} NOT NULL CHECK (book_minor>=0), moves {I64} NOT NULL,"
      " round {I64} NOT NULL, round_kind {I64} NOT NULL,"
      " UNIQUE (outlet_id, kind, number, currency)) {TABLE_END};\n"
      "CREATE TABLE cash_session (id {ID}, box_id {I64} NOT NULL REFERENCES cash_box(id),"
      " staff_id {I64} NOT NULL, opened_us {I64} NOT NULL, open_count {I64} NOT NULL,"
      " closed_us {I64} NOT NULL, close_count {I64} NOT NULL) {TABLE_END};\n"
      "CREATE INDEX cash_session_box ON cash_session (box_id, opened_us);\n"
      "CREATE TABLE cash_move (id {ID}, box_id {I64} NOT NULL REFERENCES cash_box(id),"
      " seq {I64} NOT NULL, kind {I64} NOT NULL CHECK (kind BETWEEN 1 AND 8),"
      " minor {I64} NOT NULL, book_minor {I64} NOT NULL, at_us {I64} NOT NULL,"
      " day {I64} NOT NULL, staff_id {I64} NOT NULL, second_id {I64} NOT NULL,"
      " session_id {I64} NOT NULL, other_id {I64} NOT NULL, customer_id {I64} NOT NULL,"
      " id_high {I64} NOT NULL, id_low {I64} NOT NULL, large {I64} NOT NULL,"
      " note {TEXT} NOT NULL, UNIQUE (box_id, seq)) {TABLE_END};\n"
      "CREATE INDEX cash_move_transfer ON cash_move (id_high, id_low, box_id);\n"
      "CREATE INDEX cash_move_customer ON cash_move (customer_id, day);\n"
      "CREATE INDEX cash_move_other ON cash_move (box_id, kind, other_id);\n"
      "CREATE INDEX cash_move_large ON cash_move (large, day);\n"
      "CREATE TABLE cash_piece (owner_id {I64} NOT NULL, face_minor {I64} NOT NULL,"
      " n {I64} NOT NULL, PRIMARY KEY (owner_id, face_minor)) {NO_ROWID};\n"
      "CREATE TABLE cash_count (id {ID}, box_id {I64} NOT NULL REFERENCES cash_box(id),"
      " session_id {I64} NOT NULL, round {I64} NOT NULL, at_us {I64} NOT NULL,"
      " staff_id {I64} NOT NULL, kind {I64} NOT NULL, outcome {I64} NOT NULL,"
      " counted_minor {I64} NOT NULL CHECK (counted_minor>=0), book_minor {I64} NOT NULL,"
      " moves {I64} NOT NULL, id_high {I64} NOT NULL, id_low {I64} NOT NULL) {TABLE_END};\n"
      "CREATE INDEX cash_count_box ON cash_count (box_id, id);\n"
      "CREATE TABLE cash_own (which {I64} NOT NULL, outlet_id {I64} NOT NULL,"
      " currency {I64} NOT NULL, account_id {I64} NOT NULL REFERENCES ledger_account(id),"
      " PRIMARY KEY (which, outlet_id, currency)) {NO_ROWID};\n"
      "CREATE TABLE cash_transit (id {ID}, from_id {I64} NOT NULL REFERENCES cash_box(id),"
      " to_id {I64} NOT NULL REFERENCES cash_box(id), minor {I64} NOT NULL CHECK (minor>0),"
      " sent_us {I64} NOT NULL, sent_by {I64} NOT NULL, sent_second {I64} NOT NULL,"
      " arrived_us {I64} NOT NULL, arrived_by {I64} NOT NULL, arrived_second {I64} NOT NULL)"
      " {TABLE_END};\n"
      "CREATE INDEX cash_transit_open ON cash_transit (arrived_us, sent_us);\n"
      "CREATE TABLE cash_setting (name {TEXT} NOT NULL PRIMARY KEY, value {I64} NOT NULL)"
      " {NO_ROWID};\n" },
    { "cash-002-day", "CREATE TABLE cash_day_pass (day {ID}, staff_id {I64} NOT NULL,"
                      " at_us {I64} NOT NULL, drawers {I64} NOT NULL, reason {TEXT} NOT NULL)"
                      " {TABLE_END};\n" },
};
const size_t cash_migrations_count = COUNT(cash_migrations);

int cash_last_id(struct db_tx *tx, int64_t *id)
{
    return db_one_i64(tx,
                      "SELECT MAX(t.last) FROM (SELECT MAX(id) AS last FROM cash_box UNION ALL"
                      " SELECT MAX(id) FROM cash_move UNION ALL SELECT MAX(id) FROM cash_count"
                      " UNION ALL SELECT MAX(id) FROM cash_session UNION ALL SELECT MAX(id)"
                      " FROM cash_transit) AS t",
                      DB_NO_ARGS, 0, id);
}

/* ---- boxes ---- */

#define BOX                                                                                 \
    "id, outlet_id, kind, number, currency, active, account_id, state, holder_id, next_id," \
    " session_id, book_minor, moves"

static void box_read(struct db_rows *r, struct cash_box *b)
{
    *b = (struct cash_box){
        .id = { db_i64(r, 0) },
        .outlet_id = db_i64(r, 1),
        .kind = (enum cash_kind)db_i64(r, 2),
        .number = (int)db_i64(r, 3),
        .currency = (enum currency)db_i64(r, 4),
        .active = db_i64(r, 5) != 0,
        .account = { db_i64(r, 6) },
        .state = (enum cash_state)db_i64(r, 7),
        .holder = { db_i64(r, 8) },
        .next = { db_i64(r, 9) },
        .session_id = db_i64(r, 10),
        .book_minor = db_i64(r, 11),
        .moves = db_i64(r, 12),
    };
}

static int one_box(struct db_rows *r, int rc, struct cash_box *out, bool *found)
{
    *found = false;
    if (!rc && (rc = db_next(r)) == DB_ROW) {
        rc = 0;
        box_read(r, out);
        *found = true;
    }
    db_done(r);
    return rc;
}

int cash_row_box(struct call *c, box_id id, struct cash_box *out, bool *found)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r, "SELECT " BOX " FROM cash_box WHERE id=$1", DB_ARGS(DB_I(id.n)));
    return one_box(&r, rc, out, found);
}

int cash_row_held(struct call *c, int64_t staff, enum currency currency, struct cash_box *out,
                  bool *found)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT " BOX " FROM cash_box WHERE holder_id=$1 AND currency=$2 AND kind=1",
                      DB_ARGS(DB_I(staff), DB_I(currency)));
    return one_box(&r, rc, out, found);
}

int cash_row_box_add(struct call *c, const struct cash_box *b)
{
    return db_exec(c->tx,
                   "INSERT INTO cash_box (id, outlet_id, kind, number, currency, active,"
                   " account_id, state, holder_id, next_id, session_id, book_minor, moves, round,"
                   " round_kind) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 0, 0, 0, 0, 0)"
                   " ON CONFLICT (outlet_id, kind, number, currency) DO NOTHING",
                   DB_ARGS(DB_I(b->id.n), DB_I(b->outlet_id), DB_I(b->kind), DB_I(b->number),
                           DB_I(b->currency), DB_I(b->active), DB_I(b->account.n), DB_I(b->state)));
}

int cash_row_box_save(struct call *c, const struct cash_box *b)
{
    return db_exec(c->tx,
                   "UPDATE cash_box SET active=$1, state=$2, holder_id=$3, next_id=$4,"
                   " session_id=$5, book_minor=$6, moves=$7 WHERE id=$8",
                   DB_ARGS(DB_I(b->active), DB_I(b->state), DB_I(b->holder.n), DB_I(b->next.n),
                           DB_I(b->session_id), DB_I(b->book_minor), DB_I(b->moves),
                           DB_I(b->id.n)));
}

int cash_row_boxes(struct call *c, int64_t outlet, struct cash_box **out, int *n)
{
    struct db_rows r;
    int64_t all = 0;
    int rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM cash_box WHERE $1=-1 OR outlet_id=$1",
                        DB_ARGS(DB_I(outlet)), 0, &all);
    *n = 0;
    *out = arena_alloc(c->arena, ((size_t)all + 1) * sizeof **out);
    if (!rc)
        rc = db_query(c->tx, &r,
                      "SELECT " BOX " FROM cash_box WHERE $1=-1 OR outlet_id=$1"
                      " ORDER BY outlet_id, kind DESC, number, currency",
                      DB_ARGS(DB_I(outlet)));
    else
        return rc;
    while (!rc && *n < all && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        box_read(&r, &(*out)[(*n)++]);
    }
    db_done(&r);
    return rc;
}

/* ---- moves ---- */

#define MOVE                                                                                 \
    "id, seq, box_id, kind, minor, book_minor, at_us, day, staff_id, second_id, session_id," \
    " other_id, customer_id, id_high, id_low, large, note"

static void move_read(struct call *c, struct db_rows *r, struct cash_move *m)
{
    *m = (struct cash_move){
        .id = db_i64(r, 0),
        .seq = db_i64(r, 1),
        .box = { db_i64(r, 2) },
        .kind = (enum cash_move_kind)db_i64(r, 3),
        .minor = db_i64(r, 4),
        .book_minor = db_i64(r, 5),
        .at_us = db_i64(r, 6),
        .day = { (int32_t)db_i64(r, 7) },
        .staff = { db_i64(r, 8) },
        .second_id = db_i64(r, 9),
        .session_id = db_i64(r, 10),
        .other_id = db_i64(r, 11),
        .customer_id = db_i64(r, 12),
        .transfer = { db_i64(r, 13), db_i64(r, 14) },
        .large = db_i64(r, 15) != 0,
        .note = arena_text(c->arena, db_text(r, 16)),
    };
}

static int one_move(struct call *c, struct db_rows *r, int rc, struct cash_move *out, bool *found)
{
    *found = false;
    if (!rc && (rc = db_next(r)) == DB_ROW) {
        rc = 0;
        move_read(c, r, out);
        *found = true;
    }
    db_done(r);
    return rc;
}

int cash_row_move_add(struct call *c, const struct cash_move *m)
{
    return db_exec(c->tx,
                   "INSERT INTO cash_move (" MOVE ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,"
                   " $10, $11, $12, $13, $14, $15, $16, $17)",
                   DB_ARGS(DB_I(m->id), DB_I(m->seq), DB_I(m->box.n), DB_I(m->kind), DB_I(m->minor),
                           DB_I(m->book_minor), DB_I(m->at_us), DB_I(m->day.days), DB_I(m->staff.n),
                           DB_I(m->second_id), DB_I(m->session_id), DB_I(m->other_id),
                           DB_I(m->customer_id), DB_ID(m->transfer), DB_I(m->large),
                           DB_T(m->note ? m->note : "")));
}

int cash_row_move(struct call *c, int64_t id, struct cash_move *out, bool *found)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r, "SELECT " MOVE " FROM cash_move WHERE id=$1", DB_ARGS(DB_I(id)));
    return one_move(c, &r, rc, out, found);
}

int cash_row_moved(struct call *c, box_id box, transfer_id transfer, struct cash_move *out,
                   bool *found)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT " MOVE " FROM cash_move WHERE id_high=$1 AND id_low=$2"
                      " AND box_id=$3",
                      DB_ARGS(DB_ID(transfer), DB_I(box.n)));
    return one_move(c, &r, rc, out, found);
}

int cash_row_taken_back(struct call *c, int64_t move, bool *found)
{
    int64_t n = 0;
    int rc = db_one_i64(c->tx,
                        "SELECT COUNT(*) FROM cash_move m JOIN cash_move b ON b.box_id=m.box_id"
                        " AND b.kind=8 AND b.other_id=m.id WHERE m.id=$1",
                        DB_ARGS(DB_I(move)), 0, &n);
    *found = n > 0;
    return rc;
}

static int many_moves(struct call *c, struct db_rows *r, int rc, int max, struct cash_move **out,
                      int *n)
{
    *n = 0;
    *out = arena_alloc(c->arena, ((size_t)max + 1) * sizeof **out);
    while (!rc && *n < max && (rc = db_next(r)) == DB_ROW) {
        rc = 0;
        move_read(c, r, &(*out)[(*n)++]);
    }
    db_done(r);
    return rc;
}

int cash_row_moves(struct call *c, box_id box, int64_t before_seq, int max, struct cash_move **out,
                   int *n)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT " MOVE " FROM cash_move WHERE box_id=$1 AND seq<$2"
                      " ORDER BY seq DESC LIMIT $3",
                      DB_ARGS(DB_I(box.n), DB_I(before_seq), DB_I(max)));
    return many_moves(c, &r, rc, max, out, n);
}

int cash_row_large(struct call *c, int64_t outlet, date day, int max, struct cash_move **out,
                   int *n)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT " MOVE " FROM cash_move WHERE large=1 AND day=$1"
                      " AND ($2=0 OR box_id IN (SELECT id FROM cash_box WHERE outlet_id=$2))"
                      " ORDER BY at_us, id LIMIT $3",
                      DB_ARGS(DB_I(day.days), DB_I(outlet), DB_I(max)));
    return many_moves(c, &r, rc, max, out, n);
}

int cash_row_day_sum(struct call *c, int64_t customer_id, date day, bool in, int64_t *minor)
{
    return db_one_i64(c->tx,
                      "SELECT CAST(COALESCE(SUM(CASE WHEN m.minor<0 THEN -m.minor ELSE m.minor END"
                      "), 0) AS BIGINT) FROM cash_move m WHERE m.customer_id=$1 AND m.day=$2"
                      " AND m.kind=$3 AND NOT EXISTS (SELECT 1 FROM cash_move b WHERE"
                      " b.box_id=m.box_id AND b.kind=8 AND b.other_id=m.id)",
                      DB_ARGS(DB_I(customer_id), DB_I(day.days), DB_I(in ? MOVE_IN : MOVE_OUT)), 0,
                      minor);
}

int cash_row_pieces_add(struct call *c, int64_t owner, const struct cash_pieces *p, int n)
{
    int rc = 0;
    for (int i = 0; !rc && i < n; i++)
        if (p[i].n)
            rc = db_exec(c->tx,
                         "INSERT INTO cash_piece (owner_id, face_minor, n) VALUES ($1, $2, $3)",
                         DB_ARGS(DB_I(owner), DB_I(p[i].face_minor), DB_I(p[i].n)));
    return rc;
}

/* ---- sessions and counts ---- */

int cash_row_session_add(struct call *c, int64_t id, const struct cash_box *b, int64_t count_id)
{
    return db_exec(
        c->tx,
        "INSERT INTO cash_session (id, box_id, staff_id, opened_us, open_count,"
        " closed_us, close_count) VALUES ($1, $2, $3, $4, $5, 0, 0)",
        DB_ARGS(DB_I(id), DB_I(b->id.n), DB_I(b->holder.n), DB_I(c->now_us), DB_I(count_id)));
}

int cash_row_session_end(struct call *c, int64_t id, int64_t count_id)
{
    return db_exec(c->tx, "UPDATE cash_session SET closed_us=$1, close_count=$2 WHERE id=$3",
                   DB_ARGS(DB_I(c->now_us), DB_I(count_id), DB_I(id)));
}

int cash_row_count_add(struct call *c, const struct cash_box *b, int64_t round,
                       const struct cash_count_row *r)
{
    return db_exec(c->tx,
                   "INSERT INTO cash_count (id, box_id, session_id, round, at_us, staff_id, kind,"
                   " outcome, counted_minor, book_minor, moves, id_high, id_low)"
                   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
                   DB_ARGS(DB_I(r->id), DB_I(b->id.n), DB_I(b->session_id), DB_I(round),
                           DB_I(r->at_us), DB_I(r->staff.n), DB_I(r->kind), DB_I(r->outcome),
                           DB_I(r->counted_minor), DB_I(r->book_minor), DB_I(b->moves),
                           DB_ID(r->booked)));
}

int cash_row_counts(struct call *c, box_id box, int64_t round, int max, struct cash_count_row **out,
                    int *n)
{
    struct db_rows r;
    *n = 0;
    *out = arena_alloc(c->arena, ((size_t)max + 1) * sizeof **out);
    int rc = db_query(c->tx, &r,
                      "SELECT id, at_us, staff_id, kind, outcome, counted_minor, book_minor,"
                      " id_high, id_low FROM cash_count WHERE box_id=$1 AND ($2=0 OR round=$2)"
                      " ORDER BY id DESC LIMIT $3",
                      DB_ARGS(DB_I(box.n), DB_I(round), DB_I(max)));
    while (!rc && *n < max && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        (*out)[(*n)++] = (struct cash_count_row){
            .id = db_i64(&r, 0),
            .at_us = db_i64(&r, 1),
            .staff = { db_i64(&r, 2) },
            .kind = (enum cash_count_kind)db_i64(&r, 3),
            .outcome = (enum cash_outcome)db_i64(&r, 4),
            .counted_minor = db_i64(&r, 5),
            .book_minor = db_i64(&r, 6),
            .booked = { db_i64(&r, 7), db_i64(&r, 8) },
        };
    }
    db_done(&r);
    return rc;
}

int cash_row_round(struct call *c, box_id box, int64_t *round, int64_t *kind)
{
    int rc =
        db_one_i64(c->tx, "SELECT round FROM cash_box WHERE id=$1", DB_ARGS(DB_I(box.n)), 0, round);
    if (!rc)
        rc = db_one_i64(c->tx, "SELECT round_kind FROM cash_box WHERE id=$1", DB_ARGS(DB_I(box.n)),
                        0, kind);
    return rc;
}

int cash_row_round_set(struct call *c, box_id box, int64_t round, int64_t kind)
{
    return db_exec(c->tx, "UPDATE cash_box SET round=$1, round_kind=$2 WHERE id=$3",
                   DB_ARGS(DB_I(round), DB_I(kind), DB_I(box.n)));
}

/* ---- own accounts, the road, settings ---- */

int cash_row_own(struct call *c, enum cash_own which, int64_t outlet, enum currency currency,
                 account_id *out, bool *found)
{
    int rc = db_one_i64(c->tx,
                        "SELECT account_id FROM cash_own WHERE which=$1 AND outlet_id=$2"
                        " AND currency=$3",
                        DB_ARGS(DB_I(which), DB_I(outlet), DB_I(currency)), 0, &out->n);
    *found = !rc && out->n;
    return rc;
}

int cash_row_own_add(struct call *c, enum cash_own which, int64_t outlet, enum currency currency,
                     account_id a)
{
    return db_exec(c->tx,
                   "INSERT INTO cash_own (which, outlet_id, currency, account_id)"
                   " VALUES ($1, $2, $3, $4)",
                   DB_ARGS(DB_I(which), DB_I(outlet), DB_I(currency), DB_I(a.n)));
}

#define TRANSIT                                                                         \
    "id, from_id, to_id, minor, sent_us, sent_by, sent_second, arrived_us, arrived_by," \
    " arrived_second"

static void transit_read(struct db_rows *r, struct cash_transit *t)
{
    *t = (struct cash_transit){
        .id = { db_i64(r, 0) },
        .from = { db_i64(r, 1) },
        .to = { db_i64(r, 2) },
        .minor = db_i64(r, 3),
        .sent_us = db_i64(r, 4),
        .sent_by = { db_i64(r, 5) },
        .sent_second = db_i64(r, 6),
        .arrived_us = db_i64(r, 7),
        .arrived_by = { db_i64(r, 8) },
        .arrived_second = db_i64(r, 9),
    };
}

int cash_row_transit(struct call *c, transit_id id, struct cash_transit *out, bool *found)
{
    struct db_rows r;
    *found = false;
    int rc = db_query(c->tx, &r, "SELECT " TRANSIT " FROM cash_transit WHERE id=$1",
                      DB_ARGS(DB_I(id.n)));
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        transit_read(&r, out);
        *found = true;
    }
    db_done(&r);
    return rc;
}

int cash_row_transit_add(struct call *c, const struct cash_transit *t)
{
    return db_exec(c->tx,
                   "INSERT INTO cash_transit (" TRANSIT ") VALUES ($1, $2, $3, $4, $5, $6, $7, 0,"
                   " 0, 0)",
                   DB_ARGS(DB_I(t->id.n), DB_I(t->from.n), DB_I(t->to.n), DB_I(t->minor),
                           DB_I(t->sent_us), DB_I(t->sent_by.n), DB_I(t->sent_second)));
}

int cash_row_transit_end(struct call *c, const struct cash_transit *t)
{
    return db_exec(c->tx,
                   "UPDATE cash_transit SET arrived_us=$1, arrived_by=$2, arrived_second=$3"
                   " WHERE id=$4",
                   DB_ARGS(DB_I(t->arrived_us), DB_I(t->arrived_by.n), DB_I(t->arrived_second),
                           DB_I(t->id.n)));
}

int cash_row_transits(struct call *c, int64_t outlet, bool open_only, int max,
                      struct cash_transit **out, int *n)
{
    struct db_rows r;
    *n = 0;
    *out = arena_alloc(c->arena, ((size_t)max + 1) * sizeof **out);
    int rc = db_query(c->tx, &r,
                      "SELECT " TRANSIT " FROM cash_transit WHERE ($1=-1 OR from_id IN (SELECT id"
                      " FROM cash_box WHERE outlet_id=$1) OR to_id IN (SELECT id FROM cash_box"
                      " WHERE outlet_id=$1)) AND ($2=0 OR arrived_us=0) ORDER BY id DESC LIMIT $3",
                      DB_ARGS(DB_I(outlet), DB_I(open_only), DB_I(max)));
    while (!rc && *n < max && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        transit_read(&r, &(*out)[(*n)++]);
    }
    db_done(&r);
    return rc;
}

int cash_setting(struct call *c, const char *name, int64_t otherwise, int64_t *out)
{
    return db_one_i64(c->tx, "SELECT value FROM cash_setting WHERE name=$1", DB_ARGS(DB_T(name)),
                      otherwise, out);
}

int cash_setting_put(struct call *c, const char *name, int64_t value)
{
    return db_exec(c->tx,
                   "INSERT INTO cash_setting (name, value) VALUES ($1, $2)"
                   " ON CONFLICT (name) DO UPDATE SET value=excluded.value",
                   DB_ARGS(DB_T(name), DB_I(value)));
}
