/* qr.c -- See qr.h. */
#include "base/qr.h"

#include <errno.h>
#include <qrencode.h>

enum { QUIET = 4 }; /* ISO/IEC 18004, 6.3.8 */

static int encode(const char *text, QRcode **out)
{
    *out = NULL;
    if (text[0] == '\0')
        return BASE_MISSING;
    *out = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    if (*out)
        return 0;
    CHECK(errno == ERANGE); /* the only other reasons are no memory and our own arguments */
    return BASE_TOO_LONG;
}

int qr_svg(const char *text, struct buf *out)
{
    QRcode *code;
    int rc = encode(text, &code);
    if (rc)
        return rc;
    int side = code->width + 2 * QUIET;
    buf_printf(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
        "shape-rendering=\"crispEdges\" role=\"img\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/>"
        "<path d=\"",
        side, side, side, side);
    for (int y = 0; y < code->width; y++) {
        const unsigned char *row = code->data + (size_t)y * (size_t)code->width;
        for (int x = 0; x < code->width;) {
            int run = 0;
            while (x + run < code->width && (row[x + run] & 1))
                run++;
            if (run > 0)
                buf_printf(out, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, run, run);
            x += run + 1;
        }
    }
    buf_text(out, "\"/></svg>");
    QRcode_free(code);
    return 0;
}

int qr_modules(const char *text, uint8_t *out, size_t cap, int *side)
{
    QRcode *code;
    int rc = encode(text, &code);
    if (rc)
        return rc;
    size_t n = (size_t)code->width * (size_t)code->width;
    if (n <= cap) {
        for (size_t i = 0; i < n; i++)
            out[i] = code->data[i] & 1;
        *side = code->width;
    } else {
        rc = BASE_TOO_LONG;
    }
    QRcode_free(code);
    return rc;
}
