/* ledger_schema.c -- The room's tables and the standard chart of accounts. */
#include "ledger/ledger_books.h"

#include "base/banned.h"

/* A posting's debits and credits are the account's totals after it, so a balance at any instant is
 * one row. A hot account's legs wait in ledger_tail until ledger_fold() numbers them. */
static const char tables[] =
    "CREATE TABLE ledger_subject (code {TEXT} NOT NULL PRIMARY KEY, class {I64} NOT NULL"
    " CHECK (class BETWEEN 1 AND 7), name_zh {TEXT} NOT NULL, name_en {TEXT} NOT NULL)"
    " {NO_ROWID};\n"
    "CREATE TABLE ledger_account (id {ID}, outlet_id {I64} NOT NULL, currency {I64} NOT NULL,"
    " subject {TEXT} NOT NULL REFERENCES ledger_subject(code), debit_side {I64} NOT NULL,"
    " name {TEXT} NOT NULL, flags {I64} NOT NULL, min_minor {I64} NOT NULL,"
    " max_minor {I64} NOT NULL, state {I64} NOT NULL CHECK (state BETWEEN 1 AND 3),"
    " freeze {I64} NOT NULL, frozen_minor {I64} NOT NULL CHECK (frozen_minor>=0),"
    " stopped {I64} NOT NULL, debits {I64} NOT NULL CHECK (debits>=0),"
    " credits {I64} NOT NULL CHECK (credits>=0),"
    " debits_pending {I64} NOT NULL CHECK (debits_pending>=0),"
    " credits_pending {I64} NOT NULL CHECK (credits_pending>=0), entries {I64} NOT NULL,"
    " last_us {I64} NOT NULL, opened_us {I64} NOT NULL, opened_day {I64} NOT NULL)"
    " {TABLE_END};\n"
    "CREATE INDEX ledger_account_outlet ON ledger_account (outlet_id, subject);\n"
    "CREATE TABLE ledger_transfer (id_high {I64} NOT NULL, id_low {I64} NOT NULL,"
    " number {I64} NOT NULL, kind {I64} NOT NULL CHECK (kind BETWEEN 1 AND 6),"
    " debit_id {I64} NOT NULL, credit_id {I64} NOT NULL, currency {I64} NOT NULL,"
    " minor {I64} NOT NULL CHECK (minor>0), asked {I64} NOT NULL, of_high {I64} NOT NULL,"
    " of_low {I64} NOT NULL, timeout_s {I64} NOT NULL, asked_value {I64} NOT NULL,"
    " code {I64} NOT NULL, memo {TEXT} NOT NULL, booked_us {I64} NOT NULL,"
    " booked_day {I64} NOT NULL, value_day {I64} NOT NULL, outlet_id {I64} NOT NULL,"
    " PRIMARY KEY (id_high, id_low)) {NO_ROWID};\n"
    "CREATE TABLE ledger_leg (id_high {I64} NOT NULL, id_low {I64} NOT NULL, n {I64} NOT NULL,"
    " account_id {I64} NOT NULL, side {I64} NOT NULL, minor {I64} NOT NULL,"
    " PRIMARY KEY (id_high, id_low, n)) {NO_ROWID};\n"
    "CREATE TABLE ledger_posting (account_id {I64} NOT NULL REFERENCES ledger_account(id),"
    " seq {I64} NOT NULL, id_high {I64} NOT NULL, id_low {I64} NOT NULL,"
    " side {I64} NOT NULL CHECK (side BETWEEN 1 AND 2), minor {I64} NOT NULL CHECK (minor>0),"
    " debits {I64} NOT NULL, credits {I64} NOT NULL, booked_us {I64} NOT NULL,"
    " booked_day {I64} NOT NULL, value_day {I64} NOT NULL,"
    " PRIMARY KEY (account_id, seq)) {NO_ROWID};\n"
    "CREATE TABLE ledger_tail (number {ID}, account_id {I64} NOT NULL REFERENCES"
    " ledger_account(id), id_high {I64} NOT NULL, id_low {I64} NOT NULL, side {I64} NOT NULL,"
    " minor {I64} NOT NULL CHECK (minor>0), booked_us {I64} NOT NULL, booked_day {I64} NOT NULL,"
    " value_day {I64} NOT NULL) {TABLE_END};\n"
    "CREATE INDEX ledger_tail_account ON ledger_tail (account_id, number);\n"
    "CREATE TABLE ledger_hold (id_high {I64} NOT NULL, id_low {I64} NOT NULL,"
    " debit_id {I64} NOT NULL, credit_id {I64} NOT NULL, currency {I64} NOT NULL,"
    " minor {I64} NOT NULL CHECK (minor>0), state {I64} NOT NULL CHECK (state BETWEEN 1 AND 4),"
    " expires_us {I64} NOT NULL, captured {I64} NOT NULL CHECK (captured BETWEEN 0 AND minor),"
    " by_high {I64} NOT NULL, by_low {I64} NOT NULL, ended_us {I64} NOT NULL,"
    " PRIMARY KEY (id_high, id_low)) {NO_ROWID};\n"
    "CREATE INDEX ledger_hold_due ON ledger_hold (state, expires_us);\n"
    "CREATE INDEX ledger_hold_debit ON ledger_hold (debit_id, state);\n"
    "CREATE INDEX ledger_hold_credit ON ledger_hold (credit_id, state);\n"
    "CREATE TABLE ledger_reversal (of_high {I64} NOT NULL, of_low {I64} NOT NULL,"
    " by_high {I64} NOT NULL, by_low {I64} NOT NULL, PRIMARY KEY (of_high, of_low)) {NO_ROWID};\n"
    "CREATE TABLE ledger_meta (owner {I64} NOT NULL, id_high {I64} NOT NULL,"
    " id_low {I64} NOT NULL, meta_key {TEXT} NOT NULL, meta_value {TEXT} NOT NULL,"
    " PRIMARY KEY (owner, id_high, id_low, meta_key)) {NO_ROWID};\n"
    "CREATE INDEX ledger_meta_value ON ledger_meta (meta_key, meta_value, owner, id_high,"
    " id_low);\n"
    "CREATE TABLE ledger_day (id {ID}, business_day {I64} NOT NULL) {TABLE_END};\n";

/* The fast layout (ledger_fast.h). body: ledger_pack.h. */
static const char fast[] =
    "CREATE TABLE ledger_layout (id {ID}, layout {I64} NOT NULL) {TABLE_END};\n"
    "CREATE TABLE ledger_chunk (first {ID}, last {I64} NOT NULL, n {I64} NOT NULL,"
    " at_us {I64} NOT NULL, day {I64} NOT NULL, chain {I64} NOT NULL, body {BYTES} NOT NULL)"
    " {TABLE_END};\n";

/* On a server: changed whenever rows or holds of accounts were, so that an instance knows whether
 * what it remembers of them is true. */
static const char news[] =
    "CREATE TABLE ledger_news (id {ID}, changes {I64} NOT NULL) {TABLE_END};\n";

const struct db_migration ledger_migrations[] = { { "ledger-001-tables", tables },
                                                  { "ledger-002-fast", fast },
                                                  { "ledger-003-news", news } };
const size_t ledger_migrations_count = COUNT(ledger_migrations);

/* From the appendix to 企业会计准则——应用指南 (财会〔2006〕18号): what a city branch books on. */
static const struct ledger_subject chart[] = {
    { "1001", SUBJECT_ASSET, "库存现金", "Cash in hand" },
    { "1003", SUBJECT_ASSET, "存放中央银行款项", "Balances with the central bank" },
    { "1011", SUBJECT_ASSET, "存放同业", "Due from banks" },
    { "1132", SUBJECT_ASSET, "应收利息", "Interest receivable" },
    { "1221", SUBJECT_ASSET, "其他应收款", "Other receivables" },
    { "1301", SUBJECT_ASSET, "贴现资产", "Bills discounted" },
    { "1303", SUBJECT_ASSET, "贷款", "Loans" },
    { "2011", SUBJECT_LIABILITY, "吸收存款", "Customers' deposits" },
    { "2012", SUBJECT_LIABILITY, "同业存放", "Due to banks" },
    { "2231", SUBJECT_LIABILITY, "应付利息", "Interest payable" },
    { "2241", SUBJECT_LIABILITY, "其他应付款", "Other payables" },
    { "3001", SUBJECT_COMMON, "清算资金往来", "Clearing" },
    { "3002", SUBJECT_COMMON, "货币兑换", "Currency exchange" },
    { "4001", SUBJECT_EQUITY, "实收资本", "Paid-in capital" },
    { "4103", SUBJECT_EQUITY, "本年利润", "Profit of the year" },
    { "4104", SUBJECT_EQUITY, "利润分配", "Profit distribution" },
    { "6011", SUBJECT_INCOME, "利息收入", "Interest income" },
    { "6021", SUBJECT_INCOME, "手续费及佣金收入", "Fee and commission income" },
    { "6051", SUBJECT_INCOME, "其他业务收入", "Other operating income" },
    { "6301", SUBJECT_INCOME, "营业外收入", "Non-operating income" },
    { "6411", SUBJECT_EXPENSE, "利息支出", "Interest expense" },
    { "6421", SUBJECT_EXPENSE, "手续费及佣金支出", "Fee and commission expense" },
    { "6711", SUBJECT_EXPENSE, "营业外支出", "Non-operating expense" },
};

int ledger_prepare(struct call *c)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < COUNT(chart); i++)
        rc = db_exec(c->tx,
                     "INSERT INTO ledger_subject (code, class, name_zh, name_en)"
                     " VALUES ($1, $2, $3, $4) ON CONFLICT (code) DO NOTHING",
                     DB_ARGS(DB_T(chart[i].code), DB_I(chart[i].class), DB_T(chart[i].name_zh),
                             DB_T(chart[i].name_en)));
    return rc;
}

int ledger_last_id(struct db_tx *tx, int64_t *id)
{
    /* A transfer's number is in its id's order only roughly, so the greatest is asked for as such.
     */
    return db_one_i64(tx,
                      "SELECT MAX(t.last) FROM (SELECT MAX(id) AS last FROM ledger_account"
                      " UNION ALL SELECT MAX(number) FROM ledger_transfer"
                      " UNION ALL SELECT MAX(number) FROM ledger_tail"
                      " UNION ALL SELECT x.last FROM (SELECT last FROM ledger_chunk ORDER BY first"
                      " DESC LIMIT 1) AS x) AS t",
                      DB_NO_ARGS, 0, id);
}
