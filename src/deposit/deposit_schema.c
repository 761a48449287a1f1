/* deposit_schema.c -- The room's tables. */
#include "deposit/deposit.h"
#include "base/banned.h"

static const char sold[] =
    "CREATE TABLE deposit_product (id {ID}, code {TEXT} NOT NULL UNIQUE, kind {I64} NOT NULL"
    " CHECK (kind BETWEEN 1 AND 5), name_zh {TEXT} NOT NULL, name_en {TEXT} NOT NULL,"
    " currency {I64} NOT NULL, subject {TEXT} NOT NULL, day_base {I64} NOT NULL,"
    " term_months {I64} NOT NULL, notice_days {I64} NOT NULL, min_minor {I64} NOT NULL,"
    " customers {I64} NOT NULL, active {I64} NOT NULL) {TABLE_END};\n"
    "CREATE TABLE deposit_rate (product_id {I64} NOT NULL REFERENCES deposit_product(id),"
    " side {I64} NOT NULL, from_day {I64} NOT NULL, ppm {I64} NOT NULL,"
    " PRIMARY KEY (product_id, side, from_day)) {NO_ROWID};\n"
    "CREATE TABLE deposit_fee (id {ID}, code {TEXT} NOT NULL UNIQUE, name_zh {TEXT} NOT NULL,"
    " name_en {TEXT} NOT NULL, cycle {I64} NOT NULL, currency {I64} NOT NULL,"
    " minor {I64} NOT NULL, active {I64} NOT NULL) {TABLE_END};\n"
    "CREATE TABLE deposit_setting (id {ID}, prefix {TEXT} NOT NULL, dormant_days {I64} NOT NULL,"
    " dormant_minor {I64} NOT NULL, order_tries {I64} NOT NULL, cut_off_s {I64} NOT NULL)"
    " {TABLE_END};\n"
    "CREATE TABLE deposit_own (outlet_id {I64} NOT NULL, currency {I64} NOT NULL,"
    " which {I64} NOT NULL, ledger_id {I64} NOT NULL,"
    " PRIMARY KEY (outlet_id, currency, which)) {NO_ROWID};\n";

static const char accounts[] =
    "CREATE TABLE deposit_account (id {ID}, number {TEXT} NOT NULL UNIQUE,"
    " customer_id {I64} NOT NULL, outlet_id {I64} NOT NULL,"
    " product_id {I64} NOT NULL REFERENCES deposit_product(id), kind {I64} NOT NULL,"
    " state {I64} NOT NULL CHECK (state BETWEEN 1 AND 3), currency {I64} NOT NULL,"
    " ledger_id {I64} NOT NULL UNIQUE, opened_day {I64} NOT NULL, closed_day {I64} NOT NULL,"
    " certificate {TEXT} NOT NULL, purpose {TEXT} NOT NULL, rollover {I64} NOT NULL,"
    " payout_id {I64} NOT NULL, overdraft_minor {I64} NOT NULL, fee_id {I64} NOT NULL,"
    " principal_minor {I64} NOT NULL CHECK (principal_minor>=0), rate_ppm {I64} NOT NULL,"
    " begins_day {I64} NOT NULL, matures_day {I64} NOT NULL, parts_drawn {I64} NOT NULL,"
    " released {I64} NOT NULL, settled_day {I64} NOT NULL, moved_day {I64} NOT NULL,"
    " moves {I64} NOT NULL) {TABLE_END};\n"
    "CREATE INDEX deposit_account_customer ON deposit_account (customer_id, id);\n"
    "CREATE INDEX deposit_account_certificate ON deposit_account (certificate);\n"
    "CREATE INDEX deposit_account_matures ON deposit_account (kind, matures_day, id);\n"
    "CREATE INDEX deposit_account_fee ON deposit_account (fee_id, id);\n"
    "CREATE INDEX deposit_account_settled ON deposit_account (settled_day, id);\n"
    "CREATE TABLE deposit_notice (account_id {I64} NOT NULL, notice_id {I64} NOT NULL,"
    " minor {I64} NOT NULL, told_day {I64} NOT NULL, due_day {I64} NOT NULL,"
    " state {I64} NOT NULL, PRIMARY KEY (account_id, notice_id)) {NO_ROWID};\n"
    "CREATE TABLE deposit_settlement (account_id {I64} NOT NULL, until_day {I64} NOT NULL,"
    " n {I64} NOT NULL, from_day {I64} NOT NULL, posted_day {I64} NOT NULL,"
    " credit_minor {I64} NOT NULL, debit_minor {I64} NOT NULL, adjusted_minor {I64} NOT NULL,"
    " credit_now {I64} NOT NULL, debit_now {I64} NOT NULL, id_high {I64} NOT NULL,"
    " id_low {I64} NOT NULL, PRIMARY KEY (account_id, until_day, n)) {NO_ROWID};\n"
    "CREATE TABLE deposit_due (id {ID}, account_id {I64} NOT NULL, kind {I64} NOT NULL,"
    " minor {I64} NOT NULL CHECK (minor>0), since_day {I64} NOT NULL, ended_day {I64} NOT NULL)"
    " {TABLE_END};\n"
    "CREATE INDEX deposit_due_open ON deposit_due (ended_day, id);\n"
    "CREATE INDEX deposit_due_account ON deposit_due (account_id, ended_day);\n";

static const char days[] =
    "CREATE TABLE deposit_standing (id {ID}, payer_id {I64} NOT NULL, payee_id {I64} NOT NULL,"
    " payee_bank {TEXT} NOT NULL, payee_account {TEXT} NOT NULL, payee_name {TEXT} NOT NULL,"
    " minor {I64} NOT NULL CHECK (minor>0), memo {TEXT} NOT NULL, cycle {I64} NOT NULL,"
    " first_day {I64} NOT NULL, until_day {I64} NOT NULL, state {I64} NOT NULL,"
    " nth {I64} NOT NULL, next_day {I64} NOT NULL, try_day {I64} NOT NULL,"
    " tries {I64} NOT NULL, paid {I64} NOT NULL) {TABLE_END};\n"
    "CREATE INDEX deposit_standing_payer ON deposit_standing (payer_id, id);\n"
    "CREATE INDEX deposit_standing_try ON deposit_standing (state, try_day, id);\n"
    "CREATE TABLE deposit_standing_run (order_id {I64} NOT NULL, due_day {I64} NOT NULL,"
    " tried_day {I64} NOT NULL, tries {I64} NOT NULL, rc {I64} NOT NULL, state {I64} NOT NULL,"
    " id_high {I64} NOT NULL, id_low {I64} NOT NULL, PRIMARY KEY (order_id, due_day)) {NO_ROWID};\n"
    "CREATE TABLE deposit_dayend (day {I64} NOT NULL PRIMARY KEY, step {I64} NOT NULL,"
    " cursor_id {I64} NOT NULL, begun_us {I64} NOT NULL, ended_us {I64} NOT NULL,"
    " proven {I64} NOT NULL, text {TEXT} NOT NULL) {NO_ROWID};\n"
    "CREATE TABLE deposit_dayend_step (day {I64} NOT NULL, step {I64} NOT NULL,"
    " done {I64} NOT NULL, chunks {I64} NOT NULL, ended_us {I64} NOT NULL,"
    " PRIMARY KEY (day, step)) {NO_ROWID};\n"
    "CREATE TABLE deposit_done (day {I64} NOT NULL, step {I64} NOT NULL, subject_id {I64} NOT NULL,"
    " PRIMARY KEY (day, step, subject_id)) {NO_ROWID};\n"
    "CREATE TABLE deposit_accrual (day {I64} NOT NULL, outlet_id {I64} NOT NULL,"
    " currency {I64} NOT NULL, minor {I64} NOT NULL, PRIMARY KEY (day, outlet_id, currency))"
    " {NO_ROWID};\n"
    "CREATE TABLE deposit_asked (id {ID}, asked_us {I64} NOT NULL) {TABLE_END};\n"
    "CREATE TABLE deposit_message (id {ID}, account_id {I64} NOT NULL, at_us {I64} NOT NULL,"
    " kind {TEXT} NOT NULL, subject_id {I64} NOT NULL, minor {I64} NOT NULL, day {I64} NOT NULL)"
    " {TABLE_END};\n"
    "CREATE INDEX deposit_message_account ON deposit_message (account_id, id);\n";

const struct db_migration deposit_migrations[] = {
    { "deposit-001-sold", sold },
    { "deposit-002-accounts", accounts },
    { "deposit-003-days", days },
    /* The day end walks accounts by id: these only cost. */
    { "deposit-004-indexes", "DROP INDEX deposit_account_settled;\n"
                             "DROP INDEX deposit_account_fee;\n"
                             "DROP INDEX deposit_standing_try;\n" },
    { "deposit-005-calendar",
      "ALTER TABLE deposit_standing ADD COLUMN holiday {I64} NOT NULL DEFAULT 1;\n"
      "ALTER TABLE deposit_setting ADD COLUMN accrual {I64} NOT NULL DEFAULT 1;\n" },
};
const size_t deposit_migrations_count = COUNT(deposit_migrations);

int deposit_last_id(struct db_tx *tx, int64_t *id)
{
    return db_one_i64(tx,
                      "SELECT MAX(t.last) FROM (SELECT MAX(id) AS last FROM deposit_product"
                      " UNION ALL SELECT MAX(id) FROM deposit_fee"
                      " UNION ALL SELECT MAX(id) FROM deposit_account"
                      " UNION ALL SELECT MAX(id) FROM deposit_due"
                      " UNION ALL SELECT MAX(id) FROM deposit_standing"
                      " UNION ALL SELECT MAX(id) FROM deposit_message) AS t",
                      DB_NO_ARGS, 0, id);
}
