/* statement_camt.c -- ISO 20022: BankToCustomerStatementV08 (camt.053.001.08).
 *
 * Clauses are those of the message's schema and of "ISO 20022 Payments: Bank-to-Customer Cash
 * Management": OPBD and CLBD are the booked balances at the begin and end of the period; an
 * entry's AcctSvcrRef is the bank's own number of it. */
#include "statement/statement_priv.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

/* Text of XML 1.0: what its grammar forbids (control characters) becomes a space; at most max
 * characters, as the schema says. */
static void escaped(struct buf *out, const char *s, int max)
{
    const char *from = s; /* of what goes out as it is */
    for (int n = 0; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if ((c & 0xC0) != 0x80 && ++n > max)
            break;
        if (c >= 0x20 && c != '&' && c != '<' && c != '>' && c != 0x7F)
            continue;
        buf_add(out, from, (size_t)(s - from));
        buf_text(out, c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : " ");
        from = s + 1;
    }
    buf_add(out, from, (size_t)(s - from));
}

static void element(struct buf *out, const char *name, const char *text, int max)
{
    if (!*text)
        return; /* Max..Text types have a minLength of 1 */
    buf_char(out, '<');
    buf_text(out, name);
    buf_char(out, '>');
    escaped(out, text, max);
    buf_text(out, "</");
    buf_text(out, name);
    buf_char(out, '>');
}

static const char *code_of(const struct statement *s)
{
    return currency_find((int)s->account.currency)->code;
}

static void amount_of(const struct statement *s, struct buf *out, int64_t minor, bool credit)
{
    char text[MONEY_TEXT];
    money_print((money){ minor < 0 ? -minor : minor, s->account.currency }, text);
    buf_text(out, "<Amt Ccy=\"");
    buf_text(out, code_of(s));
    buf_text(out, "\">");
    buf_text(out, text);
    buf_text(out,
             credit ? "</Amt><CdtDbtInd>CRDT</CdtDbtInd>" : "</Amt><CdtDbtInd>DBIT</CdtDbtInd>");
}

static void instant_of(struct buf *out, const char *name, int64_t us)
{
    char at[INSTANT_TEXT];
    instant_print(us, at);
    buf_printf(out, "<%s>%.19s%s</%s>", name, at, at + 26, name);
}

static void balance(const struct statement *s, struct buf *out, const char *kind, int64_t minor,
                    date d)
{
    char day[DATE_TEXT];
    date_print(d, day);
    buf_printf(out, "<Bal><Tp><CdOrPrtry><Cd>%s</Cd></CdOrPrtry></Tp>", kind);
    amount_of(s, out, minor, statement_is_credit(s, minor));
    buf_printf(out, "<Dt><Dt>%s</Dt></Dt></Bal>\n", day);
}

static void sums(const struct statement *s, struct buf *out, const char *name, int64_t n,
                 int64_t minor)
{
    char text[MONEY_TEXT];
    money_print((money){ minor, s->account.currency }, text);
    buf_printf(out, "<%s><NbOfNtries>%" PRId64 "</NbOfNtries><Sum>%s</Sum></%s>", name, n, text,
               name);
}

static void account_of(const struct statement *s, struct buf *out)
{
    buf_text(out, "<Acct><Id><Othr>");
    element(out, "Id", s->party.number, 34);
    buf_printf(out, "</Othr></Id><Ccy>%s</Ccy>", code_of(s));
    element(out, "Nm", s->query.english ? s->party.product_en : s->party.product_zh, 70);
    if (s->party.name[0]) {
        buf_text(out, "<Ownr>");
        element(out, "Nm", s->party.name, 140);
        buf_text(out, "</Ownr>");
    }
    buf_text(out, "<Svcr><FinInstnId>");
    element(out, "Nm", s->query.english ? s->query.bank.en : s->query.bank.zh, 140);
    buf_text(out, "</FinInstnId></Svcr></Acct>\n");
}

/* The other side is the debtor of what comes in and the creditor of what goes out. */
static void parties(struct buf *out, const struct statement_line *l)
{
    bool in = l->side == LEDGER_CREDIT;
    if (!l->other_name[0] && !l->other_number[0])
        return;
    buf_text(out, "<RltdPties>");
    if (l->other_name[0]) {
        buf_text(out, in ? "<Dbtr><Pty>" : "<Cdtr><Pty>");
        element(out, "Nm", l->other_name, 140);
        buf_text(out, in ? "</Pty></Dbtr>" : "</Pty></Cdtr>");
    }
    if (l->other_number[0]) {
        buf_text(out, in ? "<DbtrAcct><Id><Othr>" : "<CdtrAcct><Id><Othr>");
        element(out, "Id", l->other_number, 34);
        buf_text(out, in ? "</Othr></Id></DbtrAcct>" : "</Othr></Id></CdtrAcct>");
    }
    buf_text(out, "</RltdPties>");
}

static void entry(const struct statement *s, const struct statement_line *l, struct buf *out)
{
    char booked[DATE_TEXT], value[DATE_TEXT], id[TRANSFER_TEXT];
    bool credit = l->side == LEDGER_CREDIT;
    date_print(l->booked, booked);
    date_print(l->value, value);
    ledger_id_print(l->transfer, id);
    buf_text(out, "<Ntry><NtryRef>");
    buf_i64(out, l->seq);
    buf_text(out, "</NtryRef>");
    amount_of(s, out, l->minor, credit);
    if (l->kind == LEDGER_REVERSE)
        buf_text(out, "<RvslInd>true</RvslInd>");
    buf_text(out, "<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>");
    buf_text(out, booked);
    buf_text(out, "</Dt></BookgDt><ValDt><Dt>");
    buf_text(out, value);
    buf_text(out, "</Dt></ValDt><AcctSvcrRef>");
    buf_i64(out, l->number);
    buf_text(out, "</AcctSvcrRef><BkTxCd><Prtry><Cd>");
    buf_i64(out, l->code);
    buf_text(out, "</Cd></Prtry></BkTxCd><NtryDtls><TxDtls><Refs><AcctSvcrRef>");
    buf_i64(out, l->number);
    buf_text(out, "</AcctSvcrRef><TxId>");
    buf_text(out, id);
    buf_text(out, "</TxId></Refs>");
    amount_of(s, out, l->minor, credit);
    parties(out, l);
    if (l->memo[0]) {
        buf_text(out, "<RmtInf>");
        element(out, "Ustrd", l->memo, 140);
        buf_text(out, "</RmtInf>");
    }
    buf_text(out, "</TxDtls></NtryDtls></Ntry>\n");
}

static void statement_head(const struct statement *s, struct buf *out)
{
    buf_text(out, "<Stmt>");
    element(out, "Id", s->code, 35);
    instant_of(out, "CreDtTm", s->made_us);
    buf_text(out, "<FrToDt>");
    instant_of(out, "FrDtTm", date_instant(s->query.from, 0));
    instant_of(out, "ToDtTm", date_instant(s->query.until, 86399));
    buf_text(out, "</FrToDt>");
    account_of(s, out);
    balance(s, out, "OPBD", s->opening, s->query.from);
    balance(s, out, "CLBD", s->closing, s->query.until);
    buf_text(out, "<TxsSummry>");
    sums(s, out, "TtlCdtNtries", s->n_credits, s->credits);
    sums(s, out, "TtlDbtNtries", s->n_debits, s->debits);
    buf_text(out, "</TxsSummry>\n");
}

void statement_camt053(const struct statement *s, struct buf *out)
{
    buf_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                  "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">"
                  "<BkToCstmrStmt><GrpHdr>");
    buf_printf(out, "<MsgId>%.32s</MsgId>", s->digest);
    instant_of(out, "CreDtTm", s->made_us);
    buf_text(out, "</GrpHdr>\n");
    statement_head(s, out);
    for (int i = 0; i < s->n; i++)
        entry(s, &s->lines[i], out);
    buf_text(out, "</Stmt></BkToCstmrStmt></Document>\n");
}
