/* slip.c -- See slip.h. Commands: Epson ESC/POS reference, ESC @, ESC a, GS !, FS &, GS v 0, GS V.
 */
#include "api/slip.h"
#include "base/qr.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <iconv.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/banned.h"

static void command(struct buf *b, const char *bytes, size_t n)
{
    buf_add(b, bytes, n);
}
#define COMMAND(b, s) command((b), (s), sizeof(s) - 1)

/* UTF-8 to GB18030; what it cannot say becomes '?'. */
static void text(struct buf *b, const char *utf8)
{
    iconv_t cd = iconv_open("GB18030", "UTF-8");
    CHECK(cd != (iconv_t)-1);
    char *in = (char *)(uintptr_t)utf8;
    size_t left = strlen(utf8);
    while (left) {
        char out[256], *at = out;
        size_t room = sizeof out;
        size_t rc = iconv(cd, &in, &left, &at, &room);
        buf_add(b, out, sizeof out - room);
        if (rc == (size_t)-1 && left && room >= 8) {
            buf_char(b, '?');
            in++;
            left--;
        }
    }
    iconv_close(cd);
}

static void line(struct buf *b, const char *utf8)
{
    text(b, utf8);
    buf_char(b, '\n');
}

/* The QR as a raster, four dots a module. */
static int raster(struct buf *b, const char *url)
{
    enum { SIDE_MAX = 177, SCALE = 4 };
    static _Thread_local uint8_t modules[SIDE_MAX * SIDE_MAX];
    int side = 0;
    int rc = qr_modules(url, modules, sizeof modules, &side);
    if (rc)
        return rc;
    int dots = side * SCALE, bytes = (dots + 7) / 8;
    const char head[8] = { 0x1d,
                           'v',
                           '0',
                           0,
                           (char)(bytes & 255),
                           (char)(bytes >> 8),
                           (char)(dots & 255),
                           (char)(dots >> 8) };
    command(b, head, sizeof head);
    for (int y = 0; y < dots; y++)
        for (int x = 0; x < bytes; x++) {
            unsigned char eight = 0;
            for (int bit = 0; bit < 8; bit++) {
                int dot = x * 8 + bit;
                if (dot < dots && modules[(y / SCALE) * side + dot / SCALE])
                    eight |= (unsigned char)(0x80 >> bit);
            }
            buf_char(b, (char)eight);
        }
    return 0;
}

static void place_lines(const struct ticket *t, const struct lobby_scene *s, bool en, struct buf *b)
{
    char row[160];
    struct queue_place place;
    if (!ticket_waits(t->state))
        return;
    queue_place(s, t, &place);
    snprintf(row, sizeof row, en ? "Ahead of you in your class: %d" : "同类客户在您前面: %d 人",
             place.ahead_class);
    line(b, row);
    if (place.range.low_s < 0)
        return;
    snprintf(row, sizeof row, en ? "Wait: about %d to %d min" : "预计等候: %d 至 %d 分钟",
             place.range.low_s / 60, (place.range.high_s + 59) / 60);
    line(b, row);
}

int slip_escpos(const struct ticket *t, const struct lobby_scene *s, const char *bank,
                const char *url, bool en, struct buf *b)
{
    const struct branch_service *service = plan_service(s->plan, t->service);
    char at[INSTANT_TEXT];
    CHECK(service);
    instant_print(t->taken_us, at);
    at[16] = 0; /* to the minute */
    at[10] = ' ';
    COMMAND(b, "\x1b@\x1c&\x1b"
               "a\x01"); /* reset, Chinese mode, centred */
    line(b, bank);
    line(b, en ? s->outlet.name_en : s->outlet.name_zh);
    COMMAND(b, "\x1d!\x33"); /* four times as wide and high */
    line(b, t->number);
    COMMAND(b, "\x1d!\x11");
    line(b, en ? service->name_en : service->name_zh);
    COMMAND(b, "\x1d!\x00");
    place_lines(t, s, en, b);
    COMMAND(b, "\x1b"
               "a\x00");
    line(b, en ? "Please have ready:" : "请准备:");
    line(b, en ? service->documents_en : service->documents_zh);
    if (service->machine_zh[0]) {
        line(b, en ? "Quicker without waiting:" : "不用排队也能办:");
        line(b, en ? service->machine_en : service->machine_zh);
    }
    COMMAND(b, "\x1b"
               "a\x01");
    int rc = raster(b, url);
    buf_char(b, '\n');
    line(b, en ? "Scan to follow your place" : "扫码查看排队进度");
    line(b, at);
    COMMAND(b, "\n\n\n\x1dV\x01"); /* feed and cut */
    return rc ? rc : b->overflow ? RC_FULL : 0;
}

/* ---- the way to the printer ---- */

static bool write_all(int fd, const char *at, size_t n)
{
    while (n) {
        struct pollfd p = { .fd = fd, .events = POLLOUT };
        if (poll(&p, 1, 3000) <= 0)
            return false;
        ssize_t done = write(fd, at, n);
        if (done <= 0)
            return false;
        at += done;
        n -= (size_t)done;
    }
    return true;
}

static int tcp_open(const char *place)
{
    char host[80], port[8];
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list = NULL;
    if (sscanf(place, "%79[^:]:%7[0-9]", host, port) != 2 || getaddrinfo(host, port, &hints, &list))
        return -1;
    int fd = socket(list->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, list->ai_addr, list->ai_addrlen)) {
        struct pollfd p = { .fd = fd, .events = POLLOUT };
        int error = 0;
        socklen_t len = sizeof error;
        if (poll(&p, 1, 3000) <= 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) || error) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(list);
    return fd;
}

/* A device or a pipe. The head of an outlet names it, and the service may write more than that
 * person: a slip at the end of a file would be the end of the store. A pipe that nobody reads must
 * not hold the worker. */
static int device_open(const char *path)
{
    struct stat st;
    int fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd >= 0 && (fstat(fd, &st) || !(S_ISCHR(st.st_mode) || S_ISFIFO(st.st_mode)))) {
        close(fd);
        fd = -1;
    }
    return fd;
}

bool slip_send(const char *printer, const void *bytes, size_t n, char *error, size_t error_size)
{
    bool tcp = !strncmp(printer, "tcp:", 4);
    int fd = tcp ? tcp_open(printer + 4) : device_open(printer + 5);
    if (fd < 0) {
        snprintf(error, error_size, "cannot open %s", printer);
        return false;
    }
    bool done = write_all(fd, bytes, n);
    if (!done)
        snprintf(error, error_size, "%s does not take the slip", printer);
    close(fd);
    return done;
}

void slip_base64(struct jsonw *w, const char *key, const void *bytes, size_t n)
{
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint8_t *in = bytes;
    struct buf b;
    buf_init(&b, 256 << 10);
    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)in[i] << 16 | (i + 1 < n ? (uint32_t)in[i + 1] << 8 : 0) |
                     (i + 2 < n ? in[i + 2] : 0);
        buf_char(&b, set[v >> 18]);
        buf_char(&b, set[v >> 12 & 63]);
        buf_char(&b, i + 1 < n ? set[v >> 6 & 63] : '=');
        buf_char(&b, i + 2 < n ? set[v & 63] : '=');
    }
    jw_text_n(w, key, b.at ? b.at : "", b.len);
    buf_release(&b);
}
