/* world.h -- The small bank of ../lobby/bank.h behind its door, its api and a real socket. */
#ifndef TEST_API_WORLD_H
#define TEST_API_WORLD_H
#include "../lobby/bank.h"
#include "api/api_priv.h"
#include "http/http_client.h"
#include "ledger/ledger_books.h"
#include "store/door.h"

struct world {
    struct bank b;
    struct door *door;
    struct api *api;
    struct http *http;
    struct http_client *client;
    char teller[TOKEN_TEXT], csrf[TOKEN_TEXT], kiosk[TOKEN_TEXT], board[TOKEN_TEXT];
    char head[TOKEN_TEXT], head_csrf[TOKEN_TEXT], admin[TOKEN_TEXT], admin_csrf[TOKEN_TEXT];
    int key;
};
extern struct world w;
extern enum ledger_layout world_layout; /* of the next world; 0: the usual one */

/* For a group of tests: T01 is open, and it is 10:00; each look at the clock is 1 ms later. */
int world_open(void **state);
int world_close(void **state);
void world_later(int64_t us);
/* A session, without its password; csrf may be NULL. Before world_open() has begun serving. */
void world_sign(staff_id id, const char *username, char token[TOKEN_TEXT], char csrf[TOKEN_TEXT]);

/* Asks as the bearer of token (NULL: nobody) with a new key; more: further head lines. */
struct http_reply ask(const char *method, const char *target, const char *token, const char *more,
                      const char *body);
void expect(struct http_reply r, int status, const char *code); /* code: a part of the body */
/* Head and office may change accounts alone: for tests of what they do, not of who looks at it. */
void world_alone(void);
const char *at_outlet(const char *rest); /* of T01 */
const char *at_window(int i, const char *rest);
const char *take_body(void); /* an order for service A */
const char *field_of(const char *body, const char *key, char *out, size_t size);
#endif
