/* assets_test.c -- The pages inside the binary, as tools/embed-web put them there. */
#include "test.h"
#include "app/assets.h"

static void every_page_is_found_by_its_path(void **state)
{
    UNUSED(state);
    assert_true(asset_count() > 10);
    for (size_t i = 0; i < asset_count(); i++)
        assert_ptr_equal(asset_find(asset_at(i)->path), asset_at(i));
}

static void a_path_is_found_only_exactly(void **state)
{
    UNUSED(state);
    static const struct {
        const char *path, *why;
    } row[] = {
        { "", "nothing" },
        { "/", "a folder" },
        { "lib/vendor.js", "no slash at the front" },
        { "/lib/vendor.js/", "a slash behind" },
        { "/LIB/VENDOR.JS", "letters of another size" },
        { "/lib/../lib/vendor.js", "a way around" },
        { "/package.json", "not a page" },
        { "/lib/vendor/preact.js.map", "not embedded" },
        { "~", "after the last" },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        if (asset_find(row[i].path))
            fail_msg("'%s' was found: %s", row[i].path, row[i].why);
}

/* gzip's first bytes, and its last four: the plain length (RFC 1952, 2.3.1). */
static void packed_bytes_are_gzip_of_the_same_length(void **state)
{
    UNUSED(state);
    size_t packed = 0;
    for (size_t i = 0; i < asset_count(); i++) {
        const struct asset *a = asset_at(i);
        if (!a->gz)
            continue;
        const unsigned char *gz = a->gz, *end = gz + a->gz_len;
        assert_true(a->gz_len > 18 && a->gz_len < a->len);
        assert_memory_equal(gz, "\x1f\x8b\x08", 3);
        size_t len =
            (size_t)end[-4] | (size_t)end[-3] << 8 | (size_t)end[-2] << 16 | (size_t)end[-1] << 24;
        assert_int_equal(len, a->len);
        packed++;
    }
    assert_true(packed > 5);
}

static void every_page_has_a_type_and_a_quoted_tag(void **state)
{
    UNUSED(state);
    for (size_t i = 0; i < asset_count(); i++) {
        const struct asset *a = asset_at(i);
        assert_non_null(strchr(a->type, '/'));
        assert_int_equal(strlen(a->etag), 18);
        assert_int_equal(a->etag[0], '"');
        assert_int_equal(a->etag[17], '"');
        assert_true(a->len > 0);
    }
}

static bool contains(const struct asset *a, const char *text)
{
    return memmem(a->bytes, a->len, text, strlen(text)) != NULL;
}

/* A browser resolves paths, not names: one bare import left and no page starts. */
static void no_library_import_is_bare(void **state)
{
    UNUSED(state);
    static const char *const bare[] = { "from\"preact",    "from \"preact", "from\"htm",
                                        "from \"htm",      "from\"@preact", "from \"@preact",
                                        "sourceMappingURL" };
    const struct asset *hooks = asset_find("/lib/vendor/preact-hooks.js");
    assert_non_null(hooks);
    assert_true(contains(hooks, "\"/lib/vendor/preact.js\""));
    for (size_t i = 0; i < asset_count(); i++)
        for (size_t k = 0; k < COUNT(bare); k++)
            if (strstr(asset_at(i)->type, "javascript") && contains(asset_at(i), bare[k]))
                fail_msg("%s has %s", asset_at(i)->path, bare[k]);
}

/* The pages' policy is script-src 'self' and style-src 'self'. */
static void no_page_has_an_inline_script(void **state)
{
    UNUSED(state);
    for (size_t i = 0; i < asset_count(); i++) {
        const struct asset *a = asset_at(i);
        if (!strstr(a->type, "html"))
            continue;
        if (contains(a, "<script>") || contains(a, " onclick=") || contains(a, " onload=") ||
            contains(a, "<style") || contains(a, "importmap"))
            fail_msg("%s has an inline script or style", a->path);
    }
}

SUITE(assets, cmocka_unit_test(every_page_is_found_by_its_path),
      cmocka_unit_test(a_path_is_found_only_exactly),
      cmocka_unit_test(packed_bytes_are_gzip_of_the_same_length),
      cmocka_unit_test(every_page_has_a_type_and_a_quoted_tag),
      cmocka_unit_test(no_library_import_is_bare), cmocka_unit_test(no_page_has_an_inline_script))
