/* outlets_test.c -- A bank's list of outlets: read, refused with the reason, and by distance. */
#include "test.h"
#include "advise/outlets.h"

#include <math.h>

static char *file_of(const char *path, struct arena *arena, size_t *len)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char *text = arena_alloc(arena, 1 << 20);
    *len = fread(text, 1, (1 << 20) - 1, f);
    fclose(f);
    return text;
}

static void a_city_banks_outlets_are_35_places_in_the_order_of_their_distance(void **state)
{
    UNUSED(state);
    static const struct {
        double km;
        const char *part;
        int outlets;
    } want[] = {
        { .605, "船山", 1 },     { .626, "遂州商场", 1 }, { .722, "德胜路", 1 },
        { .844, "凯旋下路", 1 }, { .961, "公园西路", 1 }, { .965, "商业银行", 2 },
    };
    const char *path = test_data("service/cn_branches/cn_city_bank_outlets.csv");
    if (!path)
        return;
    struct arena *arena = arena_new(64 << 20);
    struct outlet_list list;
    struct outlet_places near;
    char error[OUTLETS_ERROR];
    size_t len = 0;
    char *text = file_of(path, arena, &len);
    assert_int_equal(outlets_read(text, len, arena, &list, error), 0);
    assert_int_equal(list.n, 199);
    assert_true(list.tells_hours && !list.tells_services);
    struct outlet_ask ask = { .kind = "outlet", .at_s = -1 };
    assert_true(outlets_point("30.512822,105.591054", &ask.lat_e6, &ask.lon_e6, error));
    outlets_near(&list, &ask, arena, &near);
    assert_int_equal(near.outlets, 48);
    assert_int_equal(near.n, 35);
    for (size_t i = 0; i < COUNT(want); i++) {
        const struct outlet_place *p = &near.place[i];
        assert_true(fabs(p->metres / 1000 - want[i].km) < .0005);
        assert_int_equal(p->n, want[i].outlets);
        assert_non_null(strstr(near.by[p->first]->outlet.name_zh, want[i].part));
    }
    int all = 0;
    for (int i = 0; i < near.n; i++) {
        assert_int_equal(near.place[i].first, all);
        all += near.place[i].n;
        assert_true(i == 0 || near.place[i].metres >= near.place[i - 1].metres);
    }
    assert_int_equal(all, 48);
    ask.at_s = 18 * 3600; /* they close at six */
    outlets_near(&list, &ask, arena, &near);
    assert_int_equal(near.n, 0);
    ask = (struct outlet_ask){ .lat_e6 = ask.lat_e6, .lon_e6 = ask.lon_e6, .at_s = 63000 };
    outlets_near(&list, &ask, arena, &near);
    assert_int_equal(near.outlets, 199);
    arena_free(arena);
}

static void places_keep_together_what_lies_equally_far(void **state)
{
    UNUSED(state);
    /* East and west of the asker, equally far, their codes taking turns. */
    char text[] = "code,lat,lon,name\n1,0,1,E\n2,0,-1,W\n3,0,1,E2\n4,0,-1,W2\n5,0,1,E3\n6,1,0,N\n";
    struct arena *arena = arena_new(1 << 20);
    struct outlet_list list;
    struct outlet_places near;
    char error[OUTLETS_ERROR];
    assert_int_equal(outlets_read(text, strlen(text), arena, &list, error), 0);
    outlets_near(&list, &(struct outlet_ask){ .at_s = -1 }, arena, &near);
    assert_int_equal(near.n, 3);
    int east = near.place[0].lon_e6 > 0 ? 0 : 1;
    const struct outlet_place *e = &near.place[east], *w = &near.place[!east];
    assert_int_equal(e->n, 3);
    assert_int_equal(w->n, 2);
    for (int i = 0; i < e->n; i++)
        assert_int_equal(near.by[e->first + i]->outlet.code[0], "135"[i]);
    for (int i = 0; i < w->n; i++)
        assert_int_equal(near.by[w->first + i]->outlet.code[0], "24"[i]);
    assert_int_equal(near.by[near.place[2].first]->outlet.code[0], '6');
    arena_free(arena);
}

static void what_is_offered_and_open_is_told_by_the_list(void **state)
{
    UNUSED(state);
    char text[] = "\xEF\xBB\xBFlat,lon,name,work_time,services\r\n"
                  "30.1,105,a,8:30-18:00,cash loan\r\n\r\n"
                  "30.2,105,\"b, too\",9:00-12:00,loan\r\n"
                  "30.3,105,c,,cashier";
    static const struct {
        const char *service;
        int at_s, n;
        const char *first, *why;
    } row[] = {
        { NULL, -1, 3, "a", "whatever, whenever" },
        { "loan", -1, 2, "a", "two have loans" },
        { "cash", -1, 1, "a", "cashier is another word" },
        { "loan", 12 * 3600, 1, "a", "b has closed at twelve" },
        { NULL, 9 * 3600, 3, "a", "open, just opened, not told" },
        { NULL, 3600, 1, "c", "nobody says that c is closed" },
        { "gold", -1, 0, "", "nobody has gold" },
    };
    struct arena *arena = arena_new(4 << 20);
    struct outlet_list list;
    struct outlet_places near;
    char error[OUTLETS_ERROR];
    assert_int_equal(outlets_read(text, strlen(text), arena, &list, error), 0);
    assert_int_equal(list.row[1].line, 4);
    assert_string_equal(list.row[1].outlet.name_zh, "b, too");
    for (size_t i = 0; i < COUNT(row); i++) {
        struct outlet_ask ask = { 30000000, 105000000, NULL, row[i].service, row[i].at_s };
        outlets_near(&list, &ask, arena, &near);
        if (near.n != row[i].n || (near.n && strcmp(near.by[0]->outlet.name_zh, row[i].first) != 0))
            fail_msg("%s: %d", row[i].why, near.n);
    }
    arena_free(arena);
}

static void a_row_that_cannot_be_right_is_refused_with_line_and_column(void **state)
{
    UNUSED(state);
    static const struct {
        const char *text, *says;
    } row[] = {
        { "", "is empty; the first row names the columns" },
        { "lat,lon\n", "no row after" },
        { "a,b\n1,2\n", "line 1: no column 'lat'" },
        { "lat,name\n1,2\n", "line 1: no column 'lon'" },
        { "lat,lon,lat\n1,2,3\n", "'lat' is there twice" },
        { "lat,lon\n1,2\n,2\n", "line 3: lat: '' is not degrees" },
        { "lat,lon\n1,2x\n", "line 2: lon: '2x' is not degrees" },
        { "lat,lon\n1,181\n", "line 2: lon: '181'" },
        { "lat,lon\nnan,1\n", "line 2: lat: 'nan'" },
        { "lat,lon\n1,inf\n", "line 2: lon: 'inf'" },
        { "lat,lon\n0x10,1\n", "line 2: lat: '0x10'" },
        { "lat,lon\n1e300,1\n", "line 2: lat: '1e300'" },
        { "lat,lon\n105.5,30.5\n", "lat and lon look exchanged" },
        { "lat,lon\n0,0\n", "no place of an outlet" },
        { "lat,lon\n1,2,3\n", "line 2: 3 columns, the first row has 2" },
        { "lat,lon,name\n1,2,\"x\n", "line 2: a quote is not closed" },
        { "lat,lon,work_time\n1,2,8:30\n", "is not written 8:30-18:00" },
        { "lat,lon,work_time\n1,2,18:00-8:30\n", "is not written 8:30-18:00" },
        { "lat,lon,work_time\n1,2,8:61-9:00\n", "is not written 8:30-18:00" },
        { "lat,lon,code\n1,2,12345678901234567\n", "branch_id: '12345678901234567' is too long" },
    };
    struct arena *arena = arena_new(16 << 20);
    for (size_t i = 0; i < COUNT(row); i++) {
        struct outlet_list list;
        char error[OUTLETS_ERROR], *text = arena_text(arena, row[i].text);
        int rc = outlets_read(text, strlen(text), arena, &list, error);
        if (rc != BASE_BAD_INPUT || !strstr(error, row[i].says))
            fail_msg("%s: %d, %s", row[i].text, rc, error);
    }
    struct outlet_list list;
    char error[OUTLETS_ERROR], zero[] = "lat,lon\n1,\0"
                                        "2\n";
    assert_int_equal(outlets_read(zero, sizeof zero - 1, arena, &list, error), BASE_BAD_INPUT);
    assert_non_null(strstr(error, "zero byte"));
    arena_free(arena);
}

static void a_point_is_latitude_then_longitude(void **state)
{
    UNUSED(state);
    static const struct {
        const char *text;
        int32_t lat, lon;
        const char *says; /* NULL: it is one */
    } row[] = {
        { "30.512822,105.591054", 30512822, 105591054, NULL },
        { "-33.9, 18.4", -33900000, 18400000, NULL },
        { "90,-180", 90000000, -180000000, NULL },
        { "105.591054,30.512822", 0, 0, "latitude comes first: 30.512822,105.591054" },
        { "30.5", 0, 0, "is not LAT,LON" },
        { "", 0, 0, "is not LAT,LON" },
        { ",", 0, 0, "is not LAT,LON" },
        { "nan,1", 0, 0, "is not LAT,LON" },
        { "1,2,3", 0, 0, "is not LAT,LON" },
        { "200,200", 0, 0, "is not LAT,LON" },
        { "1111111111111111111111111111111111111111111,1", 0, 0, "is not LAT,LON" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        int32_t lat = 0, lon = 0;
        char error[OUTLETS_ERROR] = "";
        bool good = outlets_point(row[i].text, &lat, &lon, error);
        if (good != !row[i].says || lat * good != row[i].lat || lon * good != row[i].lon ||
            (!good && !strstr(error, row[i].says)))
            fail_msg("%s: %d,%d %s", row[i].text, lat, lon, error);
    }
}

SUITE(advise_outlets,
      cmocka_unit_test(a_city_banks_outlets_are_35_places_in_the_order_of_their_distance),
      cmocka_unit_test(places_keep_together_what_lies_equally_far),
      cmocka_unit_test(what_is_offered_and_open_is_told_by_the_list),
      cmocka_unit_test(a_row_that_cannot_be_right_is_refused_with_line_and_column),
      cmocka_unit_test(a_point_is_latitude_then_longitude))
