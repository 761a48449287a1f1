/* demo_city.c -- Writes the demo city into an empty database. */
#include "branch/demo_city.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

static const char window_letters[] = "EPVLKC"; /* the kinds of windows: demo_city_data.c */
static const char *const window_zh[] = { "爱心窗口",     "个人窗口",     "贵宾理财窗口",
                                         "贷款理财窗口", "对公综合窗口", "对公窗口" };
static const char *const window_en[] = { "Elderly-friendly window", "Personal window",
                                         "VIP and wealth window",   "Loans and wealth window",
                                         "Corporate and cash",      "Corporate window" };

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
        char letter = o->windows[number - 1];
        size_t type = (size_t)(strchr(window_letters, letter) - window_letters);
        struct branch_window w = { .outlet = outlet, .number = number, .active = true };
        w.corporate = letter == 'K' || letter == 'C';
        PUT(w.name_zh, window_zh[type]);
        PUT(w.name_en, window_en[type]);
        for (int s = 0; s < DEMO_SERVICES; s++) {
            int preference = demo_preference(o, number, s);
            if (!preference)
                continue;
            w.services[w.n_services].service = ids[s];
            w.services[w.n_services++].preference = preference;
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
