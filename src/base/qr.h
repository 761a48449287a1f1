/* qr.h -- QR codes for slips, pages and printers (libqrencode is named in qr.c only).
 * Byte mode, error correction M: a slip that is creased still reads. */
#ifndef BASE_QR_H
#define BASE_QR_H
#include "base/buf.h"
#include "base/rc.h"

/* Appends an <svg> with a quiet zone of four modules. 0, BASE_MISSING (empty) or BASE_TOO_LONG. */
MUST_USE int qr_svg(const char *text, struct buf *out);
/* One byte a module, 1 is dark, row by row; *side modules a row. BASE_TOO_LONG: also when the
 * modules do not fit cap; *side is then untouched. */
MUST_USE int qr_modules(const char *text, uint8_t *out, size_t cap, int *side);
#endif
