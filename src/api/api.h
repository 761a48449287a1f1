/* api.h -- Where the web meets the rooms: the route table, JSON <-> structs, event streams.
 *
 * One table row a route (routes.c): method, path, roles, read or write, limits, handler. Sign-in,
 * CSRF, request keys, rate limits and /api/openapi.json all come from that table. */
#ifndef API_API_H
#define API_API_H
#include "base/rc.h"
#include "http/http.h"
#include "store/door.h"

struct api;

struct db;

struct api_clock { /* the demo bank's clock may run faster; a real bank's does not */
    int speed;
    bool paused;
    bool controllable;
};
struct api_settings {
    struct db *db;
    struct door *door;
    int64_t (*now_us)(void *ctx);
    void (*clock_get)(void *ctx, struct api_clock *out);
    void (*clock_set)(void *ctx, int speed, bool paused); /* NULL: not controllable */
    void *clock_ctx;
    bool demo;
    /* Demo: a person sits down at a window that the simulation may hold; NULL: nobody to ask. */
    int (*before_sit)(void *ctx, struct call *c, int64_t window);
    void *sit_ctx;
    bool secure;              /* served over TLS: cookies are Secure */
    const char *demo_devices; /* demo: a JSON array for /api/info, or NULL */
    const char *bank_zh, *bank_en;
    const char *version;
    const char *origin;  /* "http://127.0.0.1:8080": what QR codes point to */
    const char *web_dir; /* serve pages from disk while developing; NULL: from the binary */
    bool (*asset)(void *ctx, struct http_exchange *x); /* answers a page; false: no such page */
    void *asset_ctx;
    void (*more_metrics)(void *ctx, struct buf *out); /* Prometheus text; may be NULL */
    void *more_ctx;
    const char *map_tiles;       /* a URL with {z} {x} {y}, or NULL */
    int walk_m_min, drive_m_min; /* for outlets nearby; 0: plan/guide.h's */
};
MUST_USE int api_open(const struct api_settings *s, struct api **out);
void api_close(struct api *a); /* after the server stopped: ends streams, joins the workers */

/* For http_settings. ctx is the api. */
void api_handle(void *ctx, struct http_exchange *x);
int64_t api_body_limit(void *ctx, enum http_method method, const char *path);
/* For door_settings.listener: sends committed events to the streams. ctx is the api. */
void api_events(void *ctx, const struct event *events, size_t count);
/* The demo clock changed: tells every stream. */
void api_clock_changed(struct api *a);

/* The refusal or fault of a code: name, HTTP status, texts. NULL: no such code. */
const struct rc_info *api_rc(int rc);
size_t api_rc_count(void);
const struct rc_info *api_rc_at(size_t i);
/* The OpenAPI 3.1 document, made from the route table. */
void api_openapi(struct buf *out);
#endif
