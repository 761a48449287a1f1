/* json_test.c -- JSON in: the first error with its path, and nothing left unread. */
#include "base/json.h"
#include "test.h"

static struct json_doc *parse(const char *text)
{
    struct json_doc *d = NULL;
    char error[160] = "";
    if (json_parse(text, strlen(text), &d, error, sizeof(error)))
        fail_msg("%s: %s", text, error);
    return d;
}

/* One handler for all rows: {"name":text<=8, "n":0..9?, "ok":bool?, "x":0..1?,
 * "services":[{"id":1..99}]?, "place":{"city":text}?, "tags":[text]?} */
static int handle(const char *text, char path[64])
{
    struct json_doc *d = parse(text);
    struct json_node *root = json_root(d);
    const char *name = NULL, *tag = NULL, *where = NULL;
    int64_t n = 0, id = 0;
    bool ok = false;
    double x = 0;
    size_t count = 0;
    json_need_text(d, root, "name", 8, &name);
    json_want_i64(d, root, "n", 0, 9, &n);
    json_want_bool(d, root, "ok", &ok);
    json_want_f64(d, root, "x", 0, 1, &x);
    struct json_node *list = json_want_array(d, root, "services", 3, &count);
    for (size_t i = 0; i < count; i++)
        json_need_i64(d, json_item(list, i), "id", 1, 99, &id);
    struct json_node *place = json_want_object(d, root, "place");
    if (place)
        json_need_text(d, place, "city", 8, &name);
    list = json_want_array(d, root, "tags", 3, &count);
    for (size_t i = 0; i < count; i++)
        if (!json_is_text(json_item(list, i), &tag))
            json_note(d, BASE_BAD_INPUT, "tags");
    int rc = json_finish(d, &where);
    snprintf(path, 64, "%s", where ? where : "");
    json_free(d);
    return rc;
}

static void the_first_error_is_given_with_its_path(void **state)
{
    UNUSED(state);
    static const struct {
        const char *text;
        int rc;
        const char *path, *why;
    } row[] = {
        { "{\"name\":\"a\"}", 0, "", "only what is needed" },
        { "{\"name\":\"a\",\"n\":9,\"ok\":true,\"x\":1,\"services\":[{\"id\":1},{\"id\":99}],"
          "\"place\":{\"city\":\"焦作\"},\"tags\":[\"x\"]}",
          0, "", "everything; 焦作 is six bytes" },
        { "{\"name\":\"a\",\"n\":null}", 0, "", "null is as good as absent" },
        { "{}", BASE_MISSING, "name", "needed" },
        { "{\"name\":null}", BASE_MISSING, "name", "null is not a name" },
        { "{\"name\":5}", BASE_BAD_INPUT, "name", "not text" },
        { "{\"name\":\"123456789\"}", BASE_TOO_LONG, "name", "nine bytes" },
        { "{\"name\":\"a\",\"n\":10}", BASE_RANGE, "n", "above" },
        { "{\"name\":\"a\",\"n\":-1}", BASE_RANGE, "n", "below" },
        { "{\"name\":\"a\",\"n\":1.0}", BASE_BAD_INPUT, "n", "a real is no integer" },
        { "{\"name\":\"a\",\"n\":\"1\"}", BASE_BAD_INPUT, "n", "text is no integer" },
        { "{\"name\":\"a\",\"ok\":1}", BASE_BAD_INPUT, "ok", "1 is not true" },
        { "{\"name\":\"a\",\"x\":1.5}", BASE_RANGE, "x", "above" },
        { "{\"name\":\"a\",\"services\":{}}", BASE_BAD_INPUT, "services", "not an array" },
        { "{\"name\":\"a\",\"services\":[{},{},{},{}]}", BASE_TOO_LONG, "services", "four" },
        { "{\"name\":\"a\",\"services\":[{\"id\":1},{\"id\":2},{\"id\":0}]}", BASE_RANGE,
          "services[2].id", "in the third" },
        { "{\"name\":\"a\",\"services\":[{\"id\":1},{}]}", BASE_MISSING, "services[1].id",
          "missing in the second" },
        { "{\"name\":\"a\",\"services\":[7]}", BASE_BAD_INPUT, "services[0]",
          "an item that is no object" },
        { "{\"name\":\"a\",\"place\":[]}", BASE_BAD_INPUT, "place", "not an object" },
        { "{\"name\":\"a\",\"place\":{\"city\":\"a\",\"zip\":1}}", BASE_UNKNOWN_FIELD, "place.zip",
          "unknown, inside" },
        { "{\"name\":\"a\",\"services\":[{\"id\":1,\"ID\":2}]}", BASE_UNKNOWN_FIELD,
          "services[0].ID", "keys are exact" },
        { "{\"nmae\":\"a\",\"name\":\"b\"}", BASE_UNKNOWN_FIELD, "nmae", "a typing error" },
        { "{\"name\":\"a\",\"tags\":[\"x\",3]}", BASE_BAD_INPUT, "tags", "noted by the handler" },
        { "{\"n\":99,\"zzz\":1}", BASE_MISSING, "name", "the first of three errors" },
        { "[]", BASE_BAD_INPUT, "", "the document is no object" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        char path[64];
        int rc = handle(row[i].text, path);
        if (rc != row[i].rc || strcmp(path, row[i].path))
            fail_msg("%s: rc %d at '%s'", row[i].why, rc, path);
    }
}

static void text_that_is_not_json_is_refused_with_line_and_column(void **state)
{
    UNUSED(state);
    static const struct {
        const char *text;
        size_t len;
        const char *why;
    } row[] = {
        { "", 0, "nothing" },
        { "{\"a\":1,\"a\":2}", 13, "a key twice: two readers could see two orders" },
        { "{\"a\":1} x", 9, "something behind" },
        { "{\"a\":01}", 8, "leading zero" },
        { "{\"a\":1,}", 8, "trailing comma" },
        { "{a:1}", 5, "key without quotes" },
        { "{\"a\":NaN}", 9, "NaN" },
        { "\"text\"", 6, "a bare value" },
        { "{\"a\":\"\xFF\"}", 9, "broken UTF-8" },
        { "{\"a\":\"\\ud800\"}", 14, "lone surrogate" },
        { "{\"a\":\"\\u0000\"}", 14, "NUL in a text" },
        { "{\"a\":9223372036854775808}", 25, "integer past int64" },
        { "{\"a\":\"x\n\"}", 10, "raw line break in a text" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct json_doc *d = NULL;
        char error[160] = "";
        int rc = json_parse(row[i].text, row[i].len, &d, error, sizeof(error));
        if (rc != BASE_BAD_INPUT || d || strncmp(error, "line ", 5) != 0)
            fail_msg("%s: rc %d %s", row[i].why, rc, error);
    }
}

static void a_zero_byte_is_refused_wherever_it_stands(void **state)
{
    UNUSED(state);
    static const char text[] = "{\"a\":12,\"b\":[true]}";
    for (size_t i = 0; i < sizeof(text) - 1; i++) {
        char broken[sizeof(text) + 1], error[160];
        struct json_doc *d = NULL;
        memcpy(broken, text, i);
        broken[i] = '\0';
        memcpy(broken + i + 1, text + i, sizeof(text) - i);
        assert_int_equal(json_parse(broken, sizeof(text), &d, error, sizeof(error)),
                         BASE_BAD_INPUT);
    }
}

static void an_error_text_does_not_quote_the_input(void **state)
{
    UNUSED(state);
    struct json_doc *d = NULL;
    char error[160];
    const char *text = "{\"password\":\"correct horse\" oops}";
    assert_int_equal(json_parse(text, strlen(text), &d, error, sizeof(error)), BASE_BAD_INPUT);
    assert_null(strstr(error, "horse"));
    assert_null(strstr(error, "oops"));
}

static void nesting_is_bounded_and_brackets_in_text_do_not_count(void **state)
{
    UNUSED(state);
    char deep[2 * (JSON_DEPTH_MAX + 1) + 1] = "";
    char error[160];
    struct json_doc *d = NULL;
    for (size_t n = JSON_DEPTH_MAX; n <= JSON_DEPTH_MAX + 1; n++) {
        memset(deep, '[', n);
        memset(deep + n, ']', n);
        int rc = json_parse(deep, 2 * n, &d, error, sizeof(error));
        assert_int_equal(rc, n > JSON_DEPTH_MAX ? BASE_BAD_INPUT : 0);
        json_free(d);
    }
    char text[128] = "{\"name\":\"\\\"";
    memset(text + 11, '[', 60);
    memcpy(text + 71, "\"}", 2);
    d = parse(text);
    json_free(d);
}

static void a_document_prints_as_it_was_read(void **state)
{
    UNUSED(state);
    const char *text =
        "{\"b\":[1,-2.5,1e+300,\"票\\n\",true,false,null,{}],\"a\":0.10000000000000001}";
    struct json_doc *d = parse(text);
    struct buf b;
    struct jsonw w;
    buf_init(&b, 1024);
    jw_init(&w, &b);
    json_print(d, json_root(d), &w, NULL);
    assert_string_equal(b.at,
                        "{\"b\":[1,-2.5,1.0000000000000001e+300,\"票\\n\",true,false,null,{}],"
                        "\"a\":0.10000000000000001}");
    assert_int_equal(json_finish(d, NULL), 0);
    json_free(d);
    buf_release(&b);
    json_free(NULL);
}

static void a_thousand_fields_are_all_tracked(void **state)
{
    UNUSED(state);
    struct buf b;
    buf_init(&b, 1 << 16);
    for (int i = 0; i < 1000; i++)
        buf_printf(&b, "%c\"k%d\":%d", i ? ',' : '{', i, i);
    buf_char(&b, '}');
    struct json_doc *d = parse(b.at);
    for (int i = 0; i < 1000; i++) {
        char key[8];
        int64_t n = -1;
        if (i == 777)
            continue;
        snprintf(key, sizeof(key), "k%d", i);
        json_need_i64(d, json_root(d), key, i, i, &n);
        assert_int_equal(n, i);
    }
    const char *path = NULL;
    assert_int_equal(json_finish(d, &path), BASE_UNKNOWN_FIELD);
    assert_string_equal(path, "k777");
    json_free(d);
    buf_release(&b);
}

SUITE(json, cmocka_unit_test(the_first_error_is_given_with_its_path),
      cmocka_unit_test(text_that_is_not_json_is_refused_with_line_and_column),
      cmocka_unit_test(a_zero_byte_is_refused_wherever_it_stands),
      cmocka_unit_test(an_error_text_does_not_quote_the_input),
      cmocka_unit_test(nesting_is_bounded_and_brackets_in_text_do_not_count),
      cmocka_unit_test(a_document_prints_as_it_was_read),
      cmocka_unit_test(a_thousand_fields_are_all_tracked))
