/* statement_priv.h -- What the room's files share. */
#ifndef STATEMENT_STATEMENT_PRIV_H
#define STATEMENT_STATEMENT_PRIV_H
#include "statement/statement.h"

/* An amount with thousands separated, "-1,234.50"; minor 0 may be "". */
#define STATEMENT_AMOUNT 48
void statement_amount(int64_t minor, enum currency currency, char out[STATEMENT_AMOUNT]);
/* The canonical text that the digest is of; lines in order. */
void statement_canonical(const struct statement *s, struct buf *out);
void statement_seal(struct statement *s); /* fills code and digest */
void statement_code_of(const uint8_t digest[32], char out[STATEMENT_CODE]);
/* Signed by ledger side: what CdtDbtInd says. */
bool statement_is_credit(const struct statement *s, int64_t own_side_minor);

void statement_json(const struct statement *s, struct buf *out);
void statement_plain(const struct statement *s, struct buf *out);
void statement_csv(const struct statement *s, bool bom, struct buf *out);
void statement_camt053(const struct statement *s, struct buf *out);
MUST_USE int statement_pdf(const struct statement *s, struct buf *out);
#endif
