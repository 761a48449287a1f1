/* refusal_test.c -- Every refusal is unique, is given by the program, and is named by a test. */
#include "api/api_priv.h"
#include "test.h"
#include <ctype.h>
#include <dirent.h>
#include <sys/stat.h>

enum { CODES_MAX = 600 };
static bool in_tests[CODES_MAX], in_program[CODES_MAX];

/* Marks every code whose name stands in the text as a whole word. */
static void mark(const char *text, bool *found)
{
    char word[64];
    while (*text) {
        size_t n = 0;
        while (text[n] == '_' || isalnum((unsigned char)text[n]))
            n++;
        if (n > 3 && n < sizeof word) {
            memcpy(word, text, n);
            word[n] = 0;
            for (size_t i = 0; i < api_rc_count(); i++)
                found[i] = found[i] || !strcmp(api_rc_at(i)->name, word);
        }
        text += n ? n : 1;
    }
}

static bool ends(const char *name, const char *with)
{
    size_t n = strlen(name), m = strlen(with);
    return n >= m && !strcmp(name + n - m, with);
}

static char *file_text(const char *path)
{
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    long size = ftell(f);
    rewind(f);
    char *text = calloc(1, (size_t)size + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, (size_t)size, f), size);
    (void)fclose(f);
    return text;
}

static void mark_file(const char *path, bool *found)
{
    char *text = file_text(path);
    mark(text, found);
    free(text);
}

/* All files below the directory whose names end so; this file names none. */
static void mark_below(const char *directory, const char *const *endings, bool *found)
{
    DIR *d = opendir(directory);
    assert_non_null(d);
    for (struct dirent *e = readdir(d); e; e = readdir(d)) {
        char path[1024];
        struct stat st;
        if (e->d_name[0] == '.' || !strcmp(e->d_name, "node_modules"))
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", directory, e->d_name);
        assert_int_equal(stat(path, &st), 0);
        if (S_ISDIR(st.st_mode))
            mark_below(path, endings, found);
        for (size_t i = 0; !S_ISDIR(st.st_mode) && endings[i]; i++)
            if (ends(e->d_name, endings[i]))
                mark_file(path, found);
    }
    closedir(d);
}

static void codes_and_names_are_unique(void **state)
{
    UNUSED(state);
    assert_true(api_rc_count() < CODES_MAX);
    for (size_t i = 0; i < api_rc_count(); i++) {
        const struct rc_info *a = api_rc_at(i);
        assert_true(a->code != 0);
        assert_true(a->http >= 400 && a->http < 600);
        assert_true(a->zh[0] && a->en[0]);
        assert_ptr_equal(api_rc(a->code), a);
        for (size_t k = 0; k < i; k++) {
            assert_int_not_equal(api_rc_at(k)->code, a->code);
            assert_string_not_equal(api_rc_at(k)->name, a->name);
        }
    }
    assert_null(api_rc(0));
    assert_null(api_rc(99999));
}

static void each_code_is_in_the_range_of_its_room(void **state)
{
    static const struct {
        const char *prefix;
        int from, until;
        /* clang-format off */
    } rooms[] = {
        { "BASE_", 1, 19 },
        { "DOOR_", 20, 99 },
        { "WHO_", 100, 119 },
        { "CUSTOMER_", 120, 149 },
        { "BRANCH_", 200, 299 },
        { "LOBBY_", 300, 499 },
        { "API_", 500, 599 },
        { "LEDGER_", 600, 699 },
        { "DEPOSIT_", 700, 769 },
        { "APPROVE_", 770, 799 },
        { "CASH_", 800, 829 },
        { "STATEMENT_", 830, 859 },
        { "PRINT_", 860, 869 },
        { "ROSTER_", 870, 899 },
        { "ADVISE_", 900, 929 },
    };
    /* clang-format on */
    UNUSED(state);
    for (size_t i = 0; i < api_rc_count(); i++) {
        const struct rc_info *a = api_rc_at(i);
        bool fits = a->code < 0;
        for (size_t r = 0; r < COUNT(rooms); r++)
            if (!strncmp(a->name, rooms[r].prefix, strlen(rooms[r].prefix)))
                fits = a->code >= rooms[r].from && a->code <= rooms[r].until;
        if (!fits)
            fail_msg("%s %d", a->name, a->code);
    }
}

static void every_refusal_is_named_by_a_test(void **state)
{
    static const char *const endings[] = { ".c", ".txt", NULL };
    int missing = 0;
    UNUSED(state);
    mark_below(TEST_SOURCES, endings, in_tests);
    for (size_t i = 0; i < api_rc_count(); i++)
        if (api_rc_at(i)->code > 0 && !in_tests[i]) {
            print_message("no test names %s\n", api_rc_at(i)->name);
            missing++;
        }
    assert_int_equal(missing, 0);
}

static void every_refusal_is_given_somewhere(void **state)
{
    static const char *const endings[] = { ".c", NULL }; /* the lists themselves are in headers */
    int idle = 0;
    UNUSED(state);
    mark_below(TEST_SOURCES "/../src", endings, in_program);
    for (size_t i = 0; i < api_rc_count(); i++)
        if (api_rc_at(i)->code > 0 && !in_program[i]) {
            print_message("nothing refuses with %s\n", api_rc_at(i)->name);
            idle++;
        }
    assert_int_equal(idle, 0);
}

/* ---- what a refusal says besides ---- */

/* The end of a call's arguments, or of one of them (at a comma), from behind its bracket. */
static const char *end_of(const char *p, bool comma)
{
    int depth = 0;
    for (bool quoted = false; *p; p++) {
        if (*p == '"' && p[-1] != '\\')
            quoted = !quoted;
        else if (!quoted && (*p == '(' || *p == '{'))
            depth++;
        else if (!quoted && *p == ')' && !depth)
            return p;
        else if (!quoted && (*p == ')' || *p == '}'))
            depth--;
        else if (!quoted && comma && *p == ',' && !depth)
            return p;
    }
    return p;
}

/* The texts of an argument as one: its literals joined, "%lld" and the like as "%". */
static void literal_of(const char *from, const char *until, char *out, size_t size)
{
    size_t n = 0;
    bool quoted = false;
    for (const char *p = from; p < until && n + 1 < size; p++) {
        if (*p == '"' && p[-1] != '\\') {
            quoted = !quoted;
        } else if (quoted && *p == '%') {
            out[n++] = '%';
            while (p[1] != '"' && strchr("lzth*.0123456789", p[1]))
                p++;
            p += p[1] != '"' && p[1] != ' ';
        } else if (quoted) {
            out[n++] = *p;
        }
    }
    out[n] = '\0';
}

/* "once, weekly, monthly": words of the interface, which are the same in every language. */
static bool words_only(const char *text)
{
    for (const char *p = strchr(text, ' '); p; p = strchr(p + 1, ' '))
        if (p[-1] != ',')
            return false;
    return true;
}

static int untold(const char *path, const char *text)
{
    int missing = 0;
    for (const char *p = strstr(text, "call_refuse("); p; p = strstr(p + 1, "call_refuse(")) {
        const char *at = p + strlen("call_refuse("), *end = end_of(at, false);
        char said[300];
        for (int i = 0; at < end; i++, at = *at == ',' ? at + 1 : end) {
            const char *stop = end_of(at, true);
            literal_of(at, stop, said, sizeof said);
            at = stop;
            if (!strcmp(said, "byte %: %")) /* of a program's bytes, for its programmer */
                continue;
            bool prose = i >= 3 && strpbrk(said, "abcdefghijklmnopqrstuvwxyz") && strchr(said, ' ');
            struct arena *arena = prose && !words_only(said) ? arena_new(4096) : NULL;
            if (arena && !detail_zh(arena, said)) {
                print_message("%s: no Chinese for \"%s\"\n", path, said);
                missing++;
            }
            if (arena)
                arena_free(arena);
        }
    }
    return missing;
}

static int untold_below(const char *directory)
{
    int missing = 0;
    DIR *d = opendir(directory);
    assert_non_null(d);
    for (struct dirent *e = readdir(d); e; e = readdir(d)) {
        char path[1024];
        struct stat st;
        (void)snprintf(path, sizeof path, "%s/%s", directory, e->d_name);
        if (e->d_name[0] == '.' || stat(path, &st))
            continue;
        if (S_ISDIR(st.st_mode) && strcmp(e->d_name, "app") != 0) /* the command line is English */
            missing += untold_below(path);
        if (!ends(e->d_name, ".c"))
            continue;
        char *text = file_text(path);
        missing += untold(path, text);
        free(text);
    }
    closedir(d);
    return missing;
}

static void every_detail_in_words_is_said_in_chinese(void **state)
{
    struct arena *arena = arena_new(1 << 16);
    UNUSED(state);
    assert_int_equal(untold_below(TEST_SOURCES "/../src"), 0);
    assert_string_equal(detail_zh(arena, "at most 64 bytes"), "最多 64 个字节");
    assert_string_equal(detail_zh(arena, "7 accounts have it"), "已有 7 个账户使用");
    assert_string_equal(detail_zh(arena, "3 is not between 4 and 9"), "3 不在 4 与 9 之间");
    assert_null(detail_zh(arena, "byte 17: no string"));
    assert_null(detail_zh(arena, "nobody says this"));
    arena_free(arena);
}

static bool has_han(const char *text)
{
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p >= 0xE4 && (unsigned char)*p <= 0xE9)
            return true;
    return false;
}

/* The title's two texts are what they say they are. */
static void every_refusal_is_told_in_both_languages(void **state)
{
    UNUSED(state);
    for (size_t i = 0; i < api_rc_count(); i++) {
        const struct rc_info *a = api_rc_at(i);
        if (!has_han(a->zh) || has_han(a->en) || strpbrk(a->en, "%") || strpbrk(a->zh, "%"))
            fail_msg("%s: \"%s\" \"%s\"", a->name, a->zh, a->en);
    }
}

SUITE(refusal, cmocka_unit_test(codes_and_names_are_unique),
      cmocka_unit_test(each_code_is_in_the_range_of_its_room),
      cmocka_unit_test(every_refusal_is_named_by_a_test),
      cmocka_unit_test(every_refusal_is_told_in_both_languages),
      cmocka_unit_test(every_detail_in_words_is_said_in_chinese),
      cmocka_unit_test(every_refusal_is_given_somewhere))
