/* demo_city.c -- The demo city's tables, and the one function that writes them. */
#include "branch/demo_city.h"
#include "branch/branch_priv.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

const char demo_bank_zh[] = "票号示范银行", demo_bank_en[] = "Piaohao Demo Bank";

/* Windows: E elderly-friendly, P personal, V wealth and VIP (helps out with personal business),
 * L wealth and loans, K corporate (helps out with cash and transfers), C corporate only. */
#define AT(lat, lon) (lat), (lon)
const struct demo_outlet demo_outlets[DEMO_OUTLETS] = {
    { "JZ01", "焦作分行营业部", "Jiaozuo Main Branch", "解放区", "Jiefang District",
      "焦作市解放区人民路288号", "288 Renmin Road, Jiefang District, Jiaozuo",
      AT(35226400, 113228900), "EPPPVLKK", 385, MIX_MAIN, WEEKEND_BOTH },
    { "JZ02", "解放路支行", "Jiefang Road Sub-branch", "解放区", "Jiefang District",
      "焦作市解放区解放中路519号", "519 Middle Jiefang Road, Jiefang District, Jiaozuo",
      AT(35240800, 113231500), "EPPPVK", 285, MIX_CITY, WEEKEND_BOTH },
    { "JZ03", "塔南路支行", "Tanan Road Sub-branch", "解放区", "Jiefang District",
      "焦作市解放区塔南路166号", "166 Tanan Road, Jiefang District, Jiaozuo",
      AT(35231700, 113241800), "EPPVK", 235, MIX_CITY, WEEKEND_BOTH },
    { "JZ04", "焦东路支行", "Jiaodong Road Sub-branch", "山阳区", "Shanyang District",
      "焦作市山阳区焦东中路77号", "77 Middle Jiaodong Road, Shanyang District, Jiaozuo",
      AT(35235200, 113255600), "EPPPVK", 280, MIX_CITY, WEEKEND_BOTH },
    { "JZ05", "中站支行", "Zhongzhan Sub-branch", "中站区", "Zhongzhan District",
      "焦作市中站区跃进路93号", "93 Yuejin Road, Zhongzhan District, Jiaozuo",
      AT(35236900, 113182600), "EPVK", 175, MIX_COUNTY, WEEKEND_SATURDAY },
    { "JZ06", "马村支行", "Macun Sub-branch", "马村区", "Macun District",
      "焦作市马村区解放东路1860号", "1860 East Jiefang Road, Macun District, Jiaozuo",
      AT(35265800, 113322400), "EPVK", 165, MIX_COUNTY, WEEKEND_SATURDAY },
    { "JZ07", "示范区龙源湖支行", "Longyuan Lake Sub-branch", "城乡一体化示范区",
      "Urban-Rural Integration Demonstration Zone", "焦作市示范区神州路2066号",
      "2066 Shenzhou Road, Demonstration Zone, Jiaozuo", AT(35202500, 113238700), "EPPVK", 225,
      MIX_CITY, WEEKEND_BOTH },
    { "JZ08", "示范区大学城支行", "University Town Sub-branch", "城乡一体化示范区",
      "Urban-Rural Integration Demonstration Zone", "焦作市示范区世纪路2001号",
      "2001 Shiji Road, Demonstration Zone, Jiaozuo", AT(35188600, 113265300), "EPPVK", 205,
      MIX_CAMPUS, WEEKEND_SATURDAY },
    { "JZ09", "修武支行", "Xiuwu Sub-branch", "修武县", "Xiuwu County", "焦作市修武县竹林大道108号",
      "108 Zhulin Avenue, Xiuwu County, Jiaozuo", AT(35223600, 113447700), "EPPVK", 230, MIX_COUNTY,
      WEEKEND_BOTH },
    { "JZ10", "博爱支行", "Bo'ai Sub-branch", "博爱县", "Bo'ai County", "焦作市博爱县中山路136号",
      "136 Zhongshan Road, Bo'ai County, Jiaozuo", AT(35171300, 113064400), "EPPVK", 235,
      MIX_COUNTY, WEEKEND_SATURDAY },
    { "JZ11", "武陟支行", "Wuzhi Sub-branch", "武陟县", "Wuzhi County", "焦作市武陟县兴华路351号",
      "351 Xinghua Road, Wuzhi County, Jiaozuo", AT(35098600, 113401600), "EPPPVK", 300, MIX_COUNTY,
      WEEKEND_BOTH },
    { "JZ12", "温县支行", "Wenxian Sub-branch", "温县", "Wen County", "焦作市温县黄河路260号",
      "260 Huanghe Road, Wen County, Jiaozuo", AT(34941000, 113080600), "EPPVK", 230, MIX_COUNTY,
      WEEKEND_BOTH },
    { "JZ13", "沁阳支行", "Qinyang Sub-branch", "沁阳市", "Qinyang City", "沁阳市怀府中路229号",
      "229 Middle Huaifu Road, Qinyang City", AT(35087300, 112950400), "EPPPVK", 290, MIX_COUNTY,
      WEEKEND_BOTH },
    { "JZ14", "孟州支行", "Mengzhou Sub-branch", "孟州市", "Mengzhou City", "孟州市大定路175号",
      "175 Dading Road, Mengzhou City", AT(34907700, 112791200), "EPPVK", 235, MIX_COUNTY,
      WEEKEND_BOTH },
};

const int demo_handling_s[DEMO_SERVICES] = { 240, 300, 900, 480, 900, 1080, 540, 420 };
const int demo_mix_permille[DEMO_MIXES][DEMO_SERVICES] = {
    [MIX_MAIN] = { 260, 160, 100, 150, 80, 40, 160, 50 },
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
static const char *const window_zh[] = { "爱心窗口",     "个人窗口",     "贵宾理财窗口",
                                         "贷款理财窗口", "对公综合窗口", "对公窗口" };
static const char *const window_en[] = { "Elderly-friendly window", "Personal window",
                                         "VIP and wealth window",   "Loans and wealth window",
                                         "Corporate and cash",      "Corporate window" };

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

/* Work days: every window, lunch of 45 minutes in three turns from 11:30. Other days: the
 * elderly-friendly and the VIP window, every second personal one, nothing corporate, no turns. */
bool demo_staffed(const struct demo_outlet *o, date d, int window_number, int second_of_day)
{
    enum { LUNCH_S = 11 * 3600 + 1800, TURN_S = 45 * 60, TURNS = 3 };
    enum branch_day_kind kind = branch_calendar(d);
    struct branch_hours h = demo_hours(o, kind, date_weekday(d));
    char letter = window_letters[window_type(o, window_number)];
    if (second_of_day < h.open_s || second_of_day >= h.close_s)
        return false;
    if (!branch_is_work_day(kind))
        return letter == 'E' || letter == 'V' || (letter == 'P' && window_number % 2 == 0);
    int turn = (second_of_day - LUNCH_S) / TURN_S;
    return second_of_day < LUNCH_S || turn >= TURNS || turn != window_number % TURNS;
}

static const struct branch_service services[DEMO_SERVICES] = {
    { .prefix = 'A',
      .code = "cash",
      .name_zh = "现金存取",
      .name_en = "Cash in and out",
      .documents_zh = "银行卡或存折；单笔5万元以上请带本人身份证；取款20万元以上请提前一天预约",
      .documents_en = "Bank card or passbook; ID card above 50,000 yuan; book a day ahead to take "
                      "out more than 200,000 yuan",
      .machine_zh = "自助存取款机（单日5万元以内，无需取号）",
      .machine_en = "Cash machine (up to 50,000 yuan a day, no ticket needed)",
      .bookable = true },
    { .prefix = 'B',
      .code = "transfer",
      .name_zh = "转账汇款",
      .name_en = "Transfers",
      .documents_zh = "本人身份证、银行卡；收款人姓名、账号和开户行",
      .documents_en = "ID card and bank card; payee's name, account number and bank",
      .machine_zh = "手机银行或智能柜台",
      .machine_en = "Mobile bank or smart counter",
      .bookable = true },
    { .prefix = 'C',
      .code = "account",
      .name_zh = "开户开卡",
      .name_en = "Account opening",
      .documents_zh = "本人身份证原件、本人实名手机；未成年人须监护人陪同并带户口簿",
      .documents_en = "Original ID card and own registered mobile phone; minors come with a "
                      "guardian and the household register",
      .machine_zh = "智能柜台可开借记卡",
      .machine_en = "Smart counter opens debit cards",
      .bookable = true },
    { .prefix = 'D',
      .code = "card",
      .name_zh = "银行卡业务/挂失",
      .name_en = "Cards and loss reports",
      .documents_zh = "本人身份证原件；换卡请带旧卡；挂失可先拨打客服电话口头挂失",
      .documents_en = "Original ID card; the old card for a replacement; a loss can be reported by "
                      "phone first",
      .machine_zh = "智能柜台可换卡、改密；手机银行可临时挂失",
      .machine_en = "Smart counter replaces cards and changes PINs; mobile bank for a first loss "
                    "report",
      .bookable = true },
    { .prefix = 'E',
      .code = "wealth",
      .name_zh = "理财",
      .name_en = "Wealth management",
      .documents_zh = "本人身份证、银行卡；首次购买须现场做风险评估",
      .documents_en = "ID card and bank card; a risk assessment on site before the first purchase",
      .machine_zh = "已做过风险评估的客户可用手机银行购买",
      .machine_en = "Mobile bank, once the risk assessment is done",
      .bookable = true },
    { .prefix = 'F',
      .code = "loan",
      .name_zh = "贷款咨询",
      .name_en = "Loan advice",
      .documents_zh = "身份证、户口簿、婚姻证明、收入证明；经营贷款另带营业执照和近六个月流水",
      .documents_en = "ID card, household register, marriage and income certificates; for business "
                      "loans the licence and six months of statements",
      .machine_zh = "手机银行可查询额度、预约客户经理",
      .machine_en = "Mobile bank shows limits and books an adviser",
      .bookable = true },
    { .prefix = 'G',
      .code = "corporate",
      .name_zh = "对公结算",
      .name_en = "Corporate settlement",
      .documents_zh = "经办人身份证、预留印鉴；支票、进账单等凭证；开户另带营业执照正本和公章",
      .documents_en = "Agent's ID card and registered seals; cheques and pay-in slips; for an "
                      "account the licence and company seal",
      .machine_zh = "企业网银；回单自助打印机",
      .machine_en = "Corporate web bank; self-service receipt printer",
      .corporate = true,
      .bookable = true },
    { .prefix = 'H',
      .code = "social",
      .name_zh = "医保社保卡",
      .name_en = "Social-security card",
      .documents_zh = "本人身份证；代办另带代办人身份证；补换卡请带旧卡",
      .documents_en =
          "ID card; also the agent's ID card when acting for somebody; the old card for "
          "a replacement",
      .machine_zh = "社保卡即时制卡机；电子社保卡可在手机申领",
      .machine_en = "Instant card machine; the electronic card by phone" },
};

static const struct branch_class classes[DEMO_CLASSES] = {
    { 0, "normal", "普通客户", "Regular", 0, 1200, 950000, false },
    { 1, "mid", "金卡客户", "Gold", 1, 600, 900000, true },
    { 2, "high", "贵宾客户", "VIP", 2, 600, 900000, true },
};

static void put_text(char *to, size_t size, const char *from)
{
    CHECK(strlen(from) < size);
    memcpy(to, from, strlen(from) + 1);
}
#define PUT(field, text) put_text((field), sizeof(field), (text))

static int put_windows(struct call *c, const struct demo_outlet *o, outlet_id outlet,
                       const service_id *ids)
{
    int rc = 0, n = (int)strlen(o->windows);
    for (int number = 1; !rc && number <= n; number++) {
        size_t type = window_type(o, number);
        char letter = window_letters[type];
        struct branch_window w = { .outlet = outlet, .number = number, .active = true };
        w.corporate = letter == 'K' || letter == 'C';
        PUT(w.name_zh, window_zh[type]);
        PUT(w.name_en, window_en[type]);
        for (int s = 0; s < DEMO_SERVICES; s++) {
            if (!preferences[type][s])
                continue;
            w.services[w.n_services].service = ids[s];
            w.services[w.n_services++].preference = preferences[type][s];
        }
        rc = branch_window_put(c, &w);
    }
    return rc;
}

static int put_outlet(struct call *c, const struct demo_outlet *d, const service_id *ids)
{
    struct branch_outlet o = { .lat_e6 = d->lat_e6, .lon_e6 = d->lon_e6, .active = true };
    PUT(o.code, d->code);
    PUT(o.name_zh, d->name_zh);
    PUT(o.name_en, d->name_en);
    PUT(o.district_zh, d->district_zh);
    PUT(o.district_en, d->district_en);
    PUT(o.address_zh, d->address_zh);
    PUT(o.address_en, d->address_en);
    snprintf(o.phone, sizeof o.phone, "0391-0001%03d", (int)(d - demo_outlets) + 1);
    int rc = branch_outlet_put(c, &o);
    for (int weekday = 1; !rc && weekday <= 7; weekday++) {
        enum branch_day_kind kind = weekday < 6 ? DAY_WORK : DAY_WEEKEND;
        rc = branch_hours_put(c, o.id, weekday, demo_hours(d, kind, weekday));
    }
    return rc ? rc : put_windows(c, d, o.id, ids);
}

int branch_demo_city(struct call *c)
{
    service_id ids[DEMO_SERVICES];
    int rc = 0;
    for (int i = 0; !rc && i < DEMO_CLASSES; i++) {
        struct branch_class k = classes[i];
        rc = branch_class_put(c, &k);
    }
    for (int i = 0; !rc && i < DEMO_SERVICES; i++) {
        struct branch_service s = services[i];
        s.handling_s = demo_handling_s[i];
        s.sort = i;
        s.active = true;
        rc = branch_service_put(c, &s);
        ids[i] = s.id;
    }
    for (size_t i = 0; !rc && i < DEMO_OUTLETS; i++)
        rc = put_outlet(c, &demo_outlets[i], ids);
    return rc;
}
