/* demo_city_data.c -- The demo city's outlets, hours, windows and who sits there when. */
#include "branch/demo_city.h"
#include "branch/branch_priv.h"

#include <string.h>

#include "base/banned.h"

const char demo_bank_zh[] = "票号示范银行", demo_bank_en[] = "Piaohao Demo Bank";

/* Windows: E elderly-friendly, P personal, V wealth and VIP (helps out with personal business),
 * L wealth and loans, K corporate (helps out with cash and transfers), C corporate only. */
#define AT(lat, lon) (lat), (lon)
const struct demo_outlet demo_outlets[DEMO_OUTLETS] = {
    { "JZ01", "焦作分行营业部", "Jiaozuo Main Branch", "解放区", "Jiefang District",
      "焦作市解放区人民路288号", "288 Renmin Road, Jiefang District, Jiaozuo",
      AT(35226400, 113228900), "EPPPVLLKK", 400, MIX_MAIN, WEEKEND_BOTH },
    { "JZ02", "解放路支行", "Jiefang Road Sub-branch", "解放区", "Jiefang District",
      "焦作市解放区解放中路519号", "519 Middle Jiefang Road, Jiefang District, Jiaozuo",
      AT(35240800, 113231500), "EPPPVLK", 302, MIX_CITY, WEEKEND_BOTH },
    { "JZ03", "塔南路支行", "Tanan Road Sub-branch", "解放区", "Jiefang District",
      "焦作市解放区塔南路166号", "166 Tanan Road, Jiefang District, Jiaozuo",
      AT(35231700, 113241800), "EPPVLK", 252, MIX_CITY, WEEKEND_BOTH },
    { "JZ04", "焦东路支行", "Jiaodong Road Sub-branch", "山阳区", "Shanyang District",
      "焦作市山阳区焦东中路77号", "77 Middle Jiaodong Road, Shanyang District, Jiaozuo",
      AT(35235200, 113255600), "EPPPVLK", 308, MIX_CITY, WEEKEND_BOTH },
    { "JZ05", "中站支行", "Zhongzhan Sub-branch", "中站区", "Zhongzhan District",
      "焦作市中站区跃进路93号", "93 Yuejin Road, Zhongzhan District, Jiaozuo",
      AT(35236900, 113182600), "EPVLK", 204, MIX_COUNTY, WEEKEND_SATURDAY },
    { "JZ06", "马村支行", "Macun Sub-branch", "马村区", "Macun District",
      "焦作市马村区解放东路1860号", "1860 East Jiefang Road, Macun District, Jiaozuo",
      AT(35265800, 113322400), "EPVLK", 196, MIX_COUNTY, WEEKEND_SATURDAY },
    { "JZ07", "示范区龙源湖支行", "Longyuan Lake Sub-branch", "城乡一体化示范区",
      "Urban-Rural Integration Demonstration Zone", "焦作市示范区神州路2066号",
      "2066 Shenzhou Road, Demonstration Zone, Jiaozuo", AT(35202500, 113238700), "EPPVLK", 252,
      MIX_CITY, WEEKEND_BOTH },
    { "JZ08", "示范区大学城支行", "University Town Sub-branch", "城乡一体化示范区",
      "Urban-Rural Integration Demonstration Zone", "焦作市示范区世纪大道1266号",
      "1266 Shiji Avenue, Demonstration Zone, Jiaozuo", AT(35188600, 113265300), "EPPVLK", 225,
      MIX_CAMPUS, WEEKEND_SATURDAY },
    { "JZ09", "修武支行", "Xiuwu Sub-branch", "修武县", "Xiuwu County", "焦作市修武县竹林大道108号",
      "108 Zhulin Avenue, Xiuwu County, Jiaozuo", AT(35223600, 113447700), "EPPVLK", 268,
      MIX_COUNTY, WEEKEND_BOTH },
    { "JZ10", "博爱支行", "Bo'ai Sub-branch", "博爱县", "Bo'ai County", "焦作市博爱县中山路136号",
      "136 Zhongshan Road, Bo'ai County, Jiaozuo", AT(35171300, 113064400), "EPPVLK", 268,
      MIX_COUNTY, WEEKEND_SATURDAY },
    { "JZ11", "武陟支行", "Wuzhi Sub-branch", "武陟县", "Wuzhi County", "焦作市武陟县兴华路351号",
      "351 Xinghua Road, Wuzhi County, Jiaozuo", AT(35098600, 113401600), "EPPPVLK", 342,
      MIX_COUNTY, WEEKEND_BOTH },
    { "JZ12", "温县支行", "Wenxian Sub-branch", "温县", "Wen County", "焦作市温县黄河路260号",
      "260 Huanghe Road, Wen County, Jiaozuo", AT(34941000, 113080600), "EPPVLK", 264, MIX_COUNTY,
      WEEKEND_BOTH },
    { "JZ13", "沁阳支行", "Qinyang Sub-branch", "沁阳市", "Qinyang City", "沁阳市怀府中路229号",
      "229 Middle Huaifu Road, Qinyang City", AT(35087300, 112950400), "EPPPVLK", 336, MIX_COUNTY,
      WEEKEND_BOTH },
    { "JZ14", "孟州支行", "Mengzhou Sub-branch", "孟州市", "Mengzhou City", "孟州市大定路175号",
      "175 Dading Road, Mengzhou City", AT(34907700, 112791200), "EPPVLK", 264, MIX_COUNTY,
      WEEKEND_BOTH },
};

const int demo_handling_s[DEMO_SERVICES] = { 240, 300, 900, 480, 900, 1080, 540, 420 };
const int demo_mix_permille[DEMO_MIXES][DEMO_SERVICES] = {
    [MIX_MAIN] = { 240, 150, 115, 150, 95, 45, 155, 50 },
    [MIX_CITY] = { 300, 160, 100, 150, 70, 40, 120, 60 },
    [MIX_CAMPUS] = { 220, 160, 200, 220, 50, 40, 60, 50 },
    [MIX_COUNTY] = { 360, 150, 90, 140, 40, 50, 90, 80 },
};

const struct demo_outlet *demo_outlet_find(const char *code)
{
    for (size_t i = 0; i < DEMO_OUTLETS; i++)
        if (!strcmp(demo_outlets[i].code, code))
            return &demo_outlets[i];
    return NULL;
}

struct branch_hours demo_hours(const struct demo_outlet *o, enum branch_day_kind kind, int weekday)
{
    static const struct branch_hours work = { 8 * 3600 + 1800, 17 * 3600 + 1800 };
    static const struct branch_hours short_day = { 9 * 3600, 16 * 3600 + 1800 };
    static const struct branch_hours closed = { 0, 0 };
    int as = branch_rule_weekday(kind, weekday);
    if (as < 6)
        return work;
    return as == 7 && o->weekend == WEEKEND_SATURDAY ? closed : short_day;
}

/* preference[window letter][service]; the letters in the order of window_letters. */
static const char window_letters[] = "EPVLKC";
static const uint8_t preferences[6][DEMO_SERVICES] = {
    /*        cash transfer account card wealth loan company social */
    [0] = { 1, 1, 2, 1, 0, 0, 0, 1 }, [1] = { 1, 1, 1, 1, 0, 0, 0, 1 },
    [2] = { 3, 3, 3, 3, 1, 2, 4, 3 }, [3] = { 0, 0, 3, 0, 1, 1, 0, 0 },
    [4] = { 3, 2, 0, 0, 0, 0, 1, 0 }, [5] = { 0, 0, 0, 0, 0, 0, 1, 0 },
};
static size_t window_type(const struct demo_outlet *o, int number)
{
    CHECK(number >= 1 && (size_t)number <= strlen(o->windows));
    const char *at = strchr(window_letters, o->windows[number - 1]);
    CHECK(at && *at);
    return (size_t)(at - window_letters);
}

int demo_preference(const struct demo_outlet *o, int window_number, int service_index)
{
    CHECK(service_index >= 0 && service_index < DEMO_SERVICES);
    return preferences[window_type(o, window_number)][service_index];
}

enum { LUNCH_S = 11 * 3600 + 1800, TURN_S = 45 * 60, TURNS = 3 };

/* The last personal window of an outlet with several is opened when it is usually busy. */
static bool flexible(const struct demo_outlet *o, int window_number)
{
    const char *first = strchr(o->windows, 'P'), *last = strrchr(o->windows, 'P');
    return first != last && window_number == (int)(last - o->windows) + 1;
}

bool demo_at_lunch(const struct demo_outlet *o, date d, int window_number, int second_of_day)
{
    int turn = (second_of_day - LUNCH_S) / TURN_S;
    UNUSED(o);
    return branch_is_work_day(branch_calendar(d)) && second_of_day >= LUNCH_S && turn < TURNS &&
           turn == window_number % TURNS;
}

/* Work days: every window, the flexible one in its hours, lunch of 45 minutes in three turns from
 * 11:30. Other days: the elderly-friendly and the VIP window, every second personal one, nothing
 * corporate, no turns. */
bool demo_staffed(const struct demo_outlet *o, date d, int window_number, int second_of_day)
{
    enum { A = 9 * 3600 + 1800, B = 11 * 3600 + 1800, C = 14 * 3600, D = 16 * 3600 + 1800 };
    enum branch_day_kind kind = branch_calendar(d);
    struct branch_hours h = demo_hours(o, kind, date_weekday(d));
    char letter = window_letters[window_type(o, window_number)];
    if (second_of_day < h.open_s || second_of_day >= h.close_s)
        return false;
    if (!branch_is_work_day(kind))
        return letter == 'E' || letter == 'V' || (letter == 'P' && window_number % 2 == 0);
    if (flexible(o, window_number))
        return (second_of_day >= A && second_of_day < B) ||
               (second_of_day >= C && second_of_day < D);
    return !demo_at_lunch(o, d, window_number, second_of_day);
}
