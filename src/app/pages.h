/* pages.h -- Answers for the pages: embedded ones, or from a folder while they are worked on. */
#ifndef APP_PAGES_H
#define APP_PAGES_H
#include "http/http.h"

/* api_settings.asset; ctx is the folder's path or NULL. "/" is index.html, "/kiosk" kiosk.html. */
/* Before the first page: where the map's tiles come from ("https://host/{z}/{x}/{y}.png"; "":
 * none). The map's page may then show pictures of that host. */
void pages_tiles(const char *url);
bool pages_answer(void *ctx, struct http_exchange *x);
#endif
