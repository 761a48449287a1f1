/* slip.h -- The paper slip as ESC/POS bytes, and the way to the printer.
 *
 * Text goes out in GB18030, which the printers sold for Chinese banks speak (FS & switches their
 * Chinese mode on); the QR is drawn as a raster (GS v 0), which every model since 2000 knows. */
#ifndef API_SLIP_H
#define API_SLIP_H
#include "base/buf.h"
#include "base/jsonw.h"
#include "lobby/queue.h"

MUST_USE int slip_escpos(const struct ticket *t, const struct lobby_scene *s, const char *bank,
                         const char *url, bool english, struct buf *out);
/* printer: "tcp:HOST:PORT" (9100 is usual) or "file:PATH". Waits at most 3 s; on false error says
 * what failed. */
bool slip_send(const char *printer, const void *bytes, size_t n, char *error, size_t error_size);
void slip_base64(struct jsonw *w, const char *key, const void *bytes, size_t n);
#endif
