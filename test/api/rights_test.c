/* rights_test.c -- Every route against every role, over a real socket: rights.txt says who may. */
#include "world.h"
#include <stdlib.h>

static const char *const method_names[] = { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE" };
static char floor_token[TOKEN_TEXT], office[TOKEN_TEXT], auditor[TOKEN_TEXT];
static const struct {
    int role;
    const char *token;
} askers[] = { { ROLE_KIOSK, w.kiosk },     { ROLE_BOARD, w.board }, { ROLE_TELLER, w.teller },
               { ROLE_FLOOR, floor_token }, { ROLE_HEAD, w.head },   { ROLE_OFFICE, office },
               { ROLE_AUDITOR, auditor },   { ROLE_ADMIN, w.admin } };

static void sign(const char *username, int role, int64_t outlet, char token[TOKEN_TEXT])
{
    struct who_staff s = { .role = role, .outlet_id = outlet, .active = true };
    (void)snprintf(s.username, sizeof s.username, "%s", username);
    (void)snprintf(s.name, sizeof s.name, "%s", username);
    BANK_OK(who_staff_put(&w.b.c, &s, "no password opens this"));
    world_sign(s.id, username, token, NULL);
}

static int open_all(void **state)
{
    world_open(state);
    BANK_OK(db_begin(w.b.db, &w.b.c.tx));
    sign("floor9", ROLE_FLOOR, w.b.outlet.n, floor_token);
    sign("office9", ROLE_OFFICE, 0, office);
    sign("auditor9", ROLE_AUDITOR, 0, auditor);
    BANK_OK(db_commit(&w.b.c.tx));
    return 0;
}

/* ---- rights.txt ---- */

struct right {
    char method[8], path[80];
    int roles; /* 0: everybody */
};
static struct right rights[400];
static size_t rights_count;

static int roles_of(const char *words)
{
    char text[120], *rest = NULL;
    int roles = 0;
    (void)snprintf(text, sizeof text, "%s", words);
    for (char *word = strtok_r(text, " \n", &rest); word; word = strtok_r(NULL, " \n", &rest)) {
        int role = who_role_parse(word);
        if (!role && strcmp(word, "everybody"))
            fail_msg("rights.txt: no role is called %s", word);
        roles |= role;
    }
    return roles;
}

static void rights_read(void)
{
    char path[300], line[200];
    (void)snprintf(path, sizeof path, "%s/api/rights.txt", TEST_SOURCES);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    rights_count = 0;
    while (fgets(line, sizeof line, f)) {
        struct right *r = &rights[rights_count];
        int at = 0;
        if (*line == '#')
            continue;
        assert_true(rights_count < COUNT(rights));
        assert_int_equal(sscanf(line, "%7s %79s %n", r->method, r->path, &at), 2);
        r->roles = roles_of(line + at);
        rights_count++;
    }
    fclose(f);
}

static const struct right *right_of(const struct route *r)
{
    for (size_t i = 0; i < rights_count; i++)
        if (!strcmp(rights[i].path, r->path) && !strcmp(rights[i].method, method_names[r->method]))
            return &rights[i];
    fail_msg("rights.txt has no line for %s %s", method_names[r->method], r->path);
    return NULL;
}

static void the_table_gives_the_rights_that_are_written_down(void **state)
{
    UNUSED(state);
    rights_read();
    assert_int_equal(rights_count, api_routes_count);
    for (size_t i = 0; i < api_routes_count; i++)
        if (right_of(&api_routes[i])->roles != api_routes[i].roles)
            fail_msg("%s %s: other roles than in rights.txt", method_names[api_routes[i].method],
                     api_routes[i].path);
}

/* ---- asked ---- */

/* The table's paths with every parameter replaced by 1. */
static const char *plain_path(const char *path)
{
    static char out[160];
    size_t n = 0;
    for (const char *s = path; *s; s++) {
        if (*s == '{') {
            out[n++] = '1';
            s = strchr(s, '}');
        } else {
            out[n++] = *s;
        }
    }
    out[n] = 0;
    return out;
}

static bool says(const struct http_reply *r, int status, const char *code)
{
    return r->status == status && strstr(r->body, code);
}

static void ask_as(const struct route *r, const struct right *right, size_t who)
{
    const char *body = r->method == HTTP_GET ? "" : "{}", *method = method_names[r->method];
    bool may = !right->roles || right->roles & askers[who].role;
    struct http_reply a = ask(method, plain_path(r->path), askers[who].token, NULL, body);
    bool refused = says(&a, 403, "WHO_NOT_ALLOWED"), unknown = says(&a, 401, "WHO_NO_SESSION");
    if (may ? refused || unknown : !refused)
        fail_msg("%s %s as %s: %d %.200s", method, r->path, who_role_code(askers[who].role),
                 a.status, a.body);
}

static void every_route_asks_who_it_is(void **state)
{
    UNUSED(state);
    rights_read();
    for (size_t i = 0; i < api_routes_count; i++) {
        const struct route *r = &api_routes[i];
        const struct right *right = right_of(r);
        const char *body = r->method == HTTP_GET ? "" : "{}", *method = method_names[r->method];
        if (strstr(r->path, "/stream"))
            continue;           /* everybody's, and it does not end */
        world_later(US_MINUTE); /* not the rate's turn */
        struct http_reply a = ask(method, plain_path(r->path), NULL, NULL, body);
        if (says(&a, 401, "WHO_NO_SESSION") != (right->roles != 0))
            fail_msg("%s %s as nobody: %d %.200s", method, r->path, a.status, a.body);
        for (size_t k = 0; k < COUNT(askers); k++)
            ask_as(r, right, k);
    }
}

/* A browser sends a cookie by itself, and a proxy's Basic sign-in too. */
static void every_write_by_cookie_asks_for_the_csrf_word(void **state)
{
    static const char *const heads[] = { "", "Authorization: Basic eDp5\r\n" };
    char head[400];
    UNUSED(state);
    for (size_t i = 0; i < api_routes_count; i++) {
        const struct route *r = &api_routes[i];
        if (r->method == HTTP_GET || !r->roles)
            continue;
        for (size_t k = 0; k < COUNT(askers); k++) {
            if (!(r->roles & askers[k].role) || strstr(r->path, "/outlets/{outlet}"))
                continue;
            for (size_t h = 0; h < COUNT(heads); h++) {
                (void)snprintf(head, sizeof head, "Cookie: piaohao=%s\r\n%s", askers[k].token,
                               heads[h]);
                struct http_reply a =
                    ask(method_names[r->method], plain_path(r->path), NULL, head, "{}");
                if (!says(&a, 403, "WHO_BAD_CSRF"))
                    fail_msg("%s as %s: %d %.200s", r->path, who_role_code(askers[k].role),
                             a.status, a.body);
            }
        }
    }
}

#define IN_WORLD(f) cmocka_unit_test_setup_teardown(f, open_all, world_close)
SUITE(api_rights, cmocka_unit_test(the_table_gives_the_rights_that_are_written_down),
      IN_WORLD(every_route_asks_who_it_is), IN_WORLD(every_write_by_cookie_asks_for_the_csrf_word))
