/* openapi.c -- The OpenAPI 3.1 document, made from the route table and nothing else. */
#include "api/handlers.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

static const char *const methods[] = { "get", "head", "post", "put", "patch", "delete", "options" };

/* "service_id:int! class:text" becomes a schema: name, type, ! for required. */
static void body_schema(struct jsonw *w, const char *fields)
{
    char required[16][40];
    size_t n_required = 0;
    jw_object(w, "schema");
    jw_text(w, "type", "object");
    jw_bool(w, "additionalProperties", false);
    jw_object(w, "properties");
    for (const char *s = fields; *s; s += strspn(s, " ")) {
        size_t len = strcspn(s, " "), name = strcspn(s, ":");
        bool needed = s[len - 1] == '!';
        char key[40];
        snprintf(key, sizeof key, "%.*s", (int)(name < 39 ? name : 39), s);
        const char *type = s + name + 1;
        jw_object(w, key);
        if (!strncmp(type, "ints", 4)) {
            jw_text(w, "type", "array");
            jw_object(w, "items");
            jw_text(w, "type", "integer");
            jw_end(w);
        } else if (!strncmp(type, "list", 4)) {
            jw_text(w, "type", "array");
            jw_object(w, "items");
            jw_text(w, "type", "object");
            jw_end(w);
        } else {
            jw_text(w, "type",
                    !strncmp(type, "int", 3)    ? "integer"
                    : !strncmp(type, "bool", 4) ? "boolean"
                    : !strncmp(type, "num", 3)  ? "number"
                    : !strncmp(type, "obj", 3)  ? "object"
                                                : "string");
        }
        jw_end(w);
        if (needed && n_required < COUNT(required))
            memcpy(required[n_required++], key, sizeof key);
        s += len;
    }
    jw_end(w);
    jw_array(w, "required");
    for (size_t i = 0; i < n_required; i++)
        jw_text(w, NULL, required[i]);
    jw_end(w);
    jw_end(w);
}

static void path_parameters(struct jsonw *w, const struct route *r)
{
    jw_array(w, "parameters");
    for (const char *s = strchr(r->path, '{'); s; s = strchr(s + 1, '{')) {
        jw_object(w, NULL);
        jw_text_n(w, "name", s + 1, strcspn(s + 1, "}"));
        jw_text(w, "in", "path");
        jw_bool(w, "required", true);
        jw_object(w, "schema");
        jw_text(w, "type", "string");
        jw_end(w);
        jw_end(w);
    }
    if (r->kind == ROUTE_WRITE && !(r->flags & ROUTE_NO_KEY)) {
        jw_object(w, NULL);
        jw_text(w, "name", "Idempotency-Key");
        jw_text(w, "in", "header");
        jw_bool(w, "required", true);
        jw_object(w, "schema");
        jw_text(w, "type", "string");
        jw_i64(w, "minLength", 8);
        jw_i64(w, "maxLength", KEY_MAX - 1);
        jw_end(w);
        jw_end(w);
    }
    jw_end(w);
}

static void roles_json(struct jsonw *w, int roles)
{
    jw_array(w, "x-roles");
    for (int bit = 1; bit <= ROLE_ADMIN; bit <<= 1)
        if (roles & bit)
            jw_text(w, NULL, who_role_code(bit));
    jw_end(w);
}

static void responses_json(struct jsonw *w, const struct route *r)
{
    jw_object(w, "responses");
    jw_object(w, "200");
    jw_text(w, "description", r->answer ? r->answer : "done");
    jw_end(w);
    jw_object(w, "default");
    jw_text(w, "description", "RFC 9457 problem details");
    jw_object(w, "content");
    jw_object(w, "application/problem+json");
    jw_object(w, "schema");
    jw_text(w, "$ref", "#/components/schemas/Problem");
    jw_end(w);
    jw_end(w);
    jw_end(w);
    jw_end(w);
    jw_end(w);
}

static void operation_json(struct jsonw *w, const struct route *r)
{
    jw_object(w, methods[r->method]);
    jw_text(w, "summary", r->summary);
    roles_json(w, r->roles);
    path_parameters(w, r);
    if (r->body) {
        jw_object(w, "requestBody");
        jw_object(w, "content");
        jw_object(w, "application/json");
        body_schema(w, r->body);
        jw_end(w);
        jw_end(w);
        jw_end(w);
    }
    responses_json(w, r);
    jw_end(w);
}

static void problem_schema(struct jsonw *w)
{
    static const char *const fields[] = { "type", "title", "code", "detail", "field" };
    jw_object(w, "components");
    jw_object(w, "schemas");
    jw_object(w, "Problem");
    jw_text(w, "type", "object");
    jw_object(w, "properties");
    for (size_t i = 0; i < COUNT(fields); i++) {
        jw_object(w, fields[i]);
        jw_text(w, "type", "string");
        if (!strcmp(fields[i], "code")) {
            jw_array(w, "enum");
            for (size_t k = 0; k < api_rc_count(); k++)
                jw_text(w, NULL, api_rc_at(k)->name);
            jw_end(w);
        }
        jw_end(w);
    }
    jw_object(w, "status");
    jw_text(w, "type", "integer");
    jw_end(w);
    jw_end(w);
    jw_end(w);
    jw_end(w);
    jw_end(w);
}

void api_openapi(struct buf *out)
{
    struct jsonw w;
    jw_init(&w, out);
    jw_object(&w, NULL);
    jw_text(&w, "openapi", "3.1.0");
    jw_object(&w, "info");
    jw_text(&w, "title", "Piaohao 票号");
    jw_text(&w, "version", "1");
    jw_end(&w);
    jw_object(&w, "paths");
    for (size_t i = 0; i < api_routes_count; i++) {
        bool seen = false;
        for (size_t k = 0; k < i; k++)
            seen = seen || !strcmp(api_routes[k].path, api_routes[i].path);
        if (seen)
            continue;
        jw_object(&w, api_routes[i].path);
        for (size_t k = i; k < api_routes_count; k++)
            if (!strcmp(api_routes[k].path, api_routes[i].path))
                operation_json(&w, &api_routes[k]);
        jw_end(&w);
    }
    jw_end(&w);
    problem_schema(&w);
    jw_end(&w);
}
