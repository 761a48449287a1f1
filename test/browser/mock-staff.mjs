// A small stand-in for the server, for developing and testing the staff pages alone. It keeps one
// lobby in memory and answers as API.md says; the office's figures come from a seeded generator.
import http from 'node:http';

const MINUTE = 60_000;

/** A seeded generator (mulberry32), so that every run shows the same figures. */
export function rng(seed) {
    let a = seed >>> 0;
    return () => {
        a = (a + 0x6d2b79f5) | 0;
        let t = Math.imul(a ^ (a >>> 15), 1 | a);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
}

const OUTLETS = [
    ['解放路支行', 'Jiefang Road', '解放区', 'Jiefang', 35.2408, 113.2301],
    ['民主路支行', 'Minzhu Road', '解放区', 'Jiefang', 35.2467, 113.2423],
    ['塔南路支行', 'Tanan Road', '山阳区', 'Shanyang', 35.2205, 113.2467],
    ['山阳路支行', 'Shanyang Road', '山阳区', 'Shanyang', 35.2312, 113.2689],
    ['人民路支行', 'Renmin Road', '山阳区', 'Shanyang', 35.2139, 113.2352],
    ['中站支行', 'Zhongzhan', '中站区', 'Zhongzhan', 35.2388, 113.1766],
    ['马村支行', 'Macun', '马村区', 'Macun', 35.2669, 113.3247],
    ['修武支行', 'Xiuwu', '修武县', 'Xiuwu', 35.2237, 113.4477],
    ['博爱支行', "Bo'ai", '博爱县', "Bo'ai", 35.1711, 113.0655],
    ['武陟支行', 'Wuzhi', '武陟县', 'Wuzhi', 35.099, 113.4016],
    ['温县支行', 'Wenxian', '温县', 'Wenxian', 34.9412, 113.0806],
    ['孟州支行', 'Mengzhou', '孟州市', 'Mengzhou', 34.9071, 112.7914],
    ['沁阳支行', 'Qinyang', '沁阳市', 'Qinyang', 35.0875, 112.9448],
];
const SERVICES = [
    ['A', '个人现金', 'Cash, personal', 360],
    ['B', '个人综合', 'Accounts and cards', 540],
    ['C', '对公结算', 'Corporate settlement', 600],
    ['D', '贵宾理财', 'Wealth', 900],
    ['E', '贷款咨询', 'Loans', 780],
];
const CLASSES = [
    ['normal', '普通客户', 'Standard', 1200, 950_000, false],
    ['mid', '中端客户', 'Gold', 600, 900_000, true],
    ['high', '高端客户', 'Private', 600, 900_000, true],
];
const STAFF = ['陈静', '王磊', '李娜', '赵敏', '孙伟', '周洁'];

const service = (i) => ({
    id: 11 + i,
    prefix: SERVICES[i][0],
    code: 's' + i,
    name_zh: SERVICES[i][1],
    name_en: SERVICES[i][2],
    handling_s: SERVICES[i][3],
    documents_zh: '本人身份证件、银行卡',
    documents_en: 'ID card, bank card',
    machine_zh: i < 2 ? '智能柜台' : '',
    machine_en: i < 2 ? 'Smart counter' : '',
    corporate: i === 2,
    bookable: i > 0,
});
const klass = (i) => ({
    index: i,
    code: CLASSES[i][0],
    name_zh: CLASSES[i][1],
    name_en: CLASSES[i][2],
    target_s: CLASSES[i][3],
    goal_ppm: CLASSES[i][4],
    mid_high: CLASSES[i][5],
});

/** Wilson's 95 % interval, as the server gives it. */
function share(kept, of) {
    if (!of) return { kept, of, value: null, low: null, high: null };
    const z = 1.96,
        p = kept / of,
        d = 1 + (z * z) / of;
    const mid = (p + (z * z) / (2 * of)) / d;
    const half = (z * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of))) / d;
    return { kept, of, value: p, low: Math.max(0, mid - half), high: Math.min(1, mid + half) };
}

class Lobby {
    constructor() {
        this.seq = 100;
        this.next_id = 1000;
        this.random = rng(7);
        this.tickets = [];
        this.listeners = new Set();
        this.undo = {};
        this.day = { state: 'open', stop_reason: '' };
        this.log = [];
        this.delay = 0;
        this.rules = {};
        this.devices = [
            {
                id: 71,
                role: 'kiosk',
                outlet_id: 1,
                name: '大厅取号机',
                active: true,
                seen_ms: Date.now() - 60000,
            },
            {
                id: 72,
                role: 'board',
                outlet_id: 1,
                name: '叫号屏',
                active: true,
                seen_ms: Date.now() - 60000,
            },
        ];
        this.windows = [1, 2, 3, 4, 5, 6].map((n) => ({
            id: 30 + n,
            number: n,
            name_zh: n === 5 ? '对公' : '个人',
            name_en: n === 5 ? 'Corporate' : 'Personal',
            corporate: n === 5,
            services: n === 5 ? ['C'] : ['A', 'B', 'D', 'E'],
            session: null,
            ticket: null,
        }));
        const now = Date.now();
        [2, 3, 4, 5].forEach((n) => {
            this.windows[n - 1].session = {
                staff_id: 200 + n,
                staff_name: STAFF[n - 1],
                state: n === 4 ? 'paused' : 'open',
                since_ms: now - 95 * MINUTE,
                pause_reason: n === 4 ? 'lunch' : null,
                idle_s: n === 5 ? 312 : 0,
            };
        });
        for (let i = 0; i < 13; i++)
            this.take(11 + [0, 0, 1, 0, 3, 1, 0, 4, 1, 0, 0, 2, 1][i], {
                since: now - (27 - 2.1 * i) * MINUTE,
                cls: [0, 0, 1, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0][i],
                courtesy: i === 5,
            });
        this.tickets[0].state = 'waiting';
        const c = this.pick(this.windows[1]);
        if (c)
            (this.call(this.windows[1], c, now - 4 * MINUTE),
                (c.state = 'serving'),
                (c.serving_ms = now - 3.5 * MINUTE));
        const d = this.pick(this.windows[2]);
        if (d) this.call(this.windows[2], d, now - 20_000);
        this.undo = {};
    }
    emit(topic, subject, body = {}) {
        this.seq++;
        const e = { seq: this.seq, at_ms: Date.now(), topic, subject, ...body };
        this.log.push(e);
        for (const l of this.listeners) l(e);
        return e;
    }
    take(service_id, o = {}) {
        const s = service(service_id - 11);
        const n = this.tickets.filter((t) => t.service.prefix === s.prefix).length + 1;
        const t = {
            id: this.next_id++,
            number: s.prefix + String(n).padStart(3, '0'),
            state: 'waiting',
            service: s,
            services: [
                { ...s, state: 'todo' },
                ...(o.more || []).map((m) => ({ ...service(m - 11), state: 'todo' })),
            ],
            class: klass(o.cls || 0),
            courtesy: !!o.courtesy,
            source: o.source || 'kiosk',
            taken_ms: o.since || Date.now(),
            since_ms: o.since || Date.now(),
            called_ms: null,
            serving_ms: null,
            ended_ms: null,
            window: null,
            recalls: 0,
            recalls_left: 3,
            reason: null,
            inaccurate: false,
            booking: null,
            bound: null,
        };
        this.tickets.push(t);
        this.emit('ticket.taken', t.id, { number: t.number });
        return t;
    }
    waiting() {
        return this.tickets
            .filter((t) => t.state === 'waiting')
            .sort((a, b) => Number(b.first || 0) - Number(a.first || 0) || a.since_ms - b.since_ms);
    }
    fits(w, t) {
        return w.services.includes(t.service.prefix) && (!t.bound || t.bound === w.id);
    }
    pick(w) {
        return this.waiting().find((t) => this.fits(w, t));
    }
    call(w, t, at = Date.now()) {
        t.state = 'called';
        t.called_ms = at;
        t.window = { id: w.id, number: w.number, name_zh: w.name_zh, name_en: w.name_en };
        t.waited_s = Math.round((at - t.since_ms) / 1000);
        w.ticket = t;
        t.services[0].state = 'now';
        this.emit('ticket.called', t.id, {
            number: t.number,
            window: w.number,
            window_name_zh: w.name_zh,
            window_name_en: w.name_en,
        });
    }
    remember(w, what, t) {
        const before = { ...t, window: t.window },
            had = w.ticket;
        this.undo[w.id] = {
            what,
            number: t.number,
            until_ms: Date.now() + 12_000,
            back: () => {
                Object.assign(t, before);
                w.ticket = had;
            },
        };
    }
    full(t) {
        const now = Date.now();
        return {
            ...t,
            outlet: { id: 1, name_zh: OUTLETS[0][0], name_en: OUTLETS[0][1], code: 'JZ01' },
            waited_s: t.waited_s ?? Math.round((now - t.since_ms) / 1000),
            ahead: t.state === 'waiting' ? this.waiting().indexOf(t) : null,
            ahead_class: null,
            forecast: t.state === 'waiting' ? { low_s: 240, high_s: 660 } : null,
            forecast_at_take: null,
        };
    }
    line(t) {
        const waited = Math.round((Date.now() - t.since_ms) / 1000);
        return {
            id: t.id,
            number: t.number,
            prefix: t.service.prefix,
            service_name_zh: t.service.name_zh,
            service_name_en: t.service.name_en,
            class: t.class,
            courtesy: t.courtesy,
            waited_s: waited,
            over: waited > t.class.target_s,
            near: waited > t.class.target_s * 0.75 && waited <= t.class.target_s,
            state: t.state,
            source: t.source,
            since_ms: t.since_ms,
            window: t.window,
            bound: t.bound
                ? { window: this.windows.find((w) => w.id === t.bound).number, staff_name: null }
                : null,
        };
    }
    desk(w) {
        const u = this.undo[w.id],
            n = this.pick(w);
        const served = this.tickets.filter((t) => t.state === 'done' && t.window?.id === w.id);
        return {
            window: { id: w.id, number: w.number, name_zh: w.name_zh, name_en: w.name_en },
            outlet: { id: 1, name_zh: OUTLETS[0][0], name_en: OUTLETS[0][1] },
            seq: this.seq,
            now_ms: Date.now(),
            session: w.session,
            ticket: w.ticket ? this.full(w.ticket) : null,
            why: w.ticket
                ? {
                      text_zh: '先到先叫：在本窗口可办的 9 位中等候最久（12 分 40 秒）。',
                      text_en:
                          'First come: the longest wait of the 9 people this window may call (12 min 40 s).',
                  }
                : null,
            next: n
                ? {
                      number: n.number,
                      service_name_zh: n.service.name_zh,
                      service_name_en: n.service.name_en,
                      class_code: n.class.code,
                      waited_s: Math.round((Date.now() - n.since_ms) / 1000),
                  }
                : null,
            waiting: this.waiting().map((t) => ({ ...this.line(t), eligible: this.fits(w, t) })),
            parked: this.tickets
                .filter((t) => t.state === 'parked')
                .map((t) => ({ ...this.line(t), parked_by: STAFF[0] })),
            undo:
                u && u.until_ms > Date.now()
                    ? { what: u.what, number: u.number, until_ms: u.until_ms }
                    : null,
            today: {
                served: served.length + 23,
                no_shows: 2,
                mean_handling_s: 372,
                mean_wait_s: 418,
            },
            recall: {
                left: w.ticket ? 3 - w.ticket.recalls : 0,
                ready_ms: w.ticket?.called_ms ? w.ticket.called_ms + 5000 : 0,
            },
            windows: this.windows.map((x) => ({ id: x.id, number: x.number, name_zh: x.name_zh })),
            staff: STAFF.map((name, i) => ({ id: 201 + i, name })),
            services: SERVICES.map((_, i) => ({
                id: 11 + i,
                prefix: SERVICES[i][0],
                name_zh: SERVICES[i][1],
                name_en: SERVICES[i][2],
            })),
        };
    }
    promise(seed, of) {
        const r = rng(seed);
        return [
            ['mid_high', '中高端客户', 'Gold and private', 600, 900_000, 0.25],
            ['all', '全部客户', 'Everybody', 1200, 950_000, 1],
            ...CLASSES.map((c, i) => [c[0], c[1], c[2], c[3], c[4], i ? 0.12 : 0.76]),
        ].map(([class_code, name_zh, name_en, target_s, goal_ppm, part]) => {
            const n = Math.max(0, Math.round(of * part)),
                gone = Math.round(n * 0.06),
                base = Number(goal_ppm) / 1e6 + (r() - 0.35) * 0.05;
            const kept = Math.min(n - gone, Math.round((n - gone) * base));
            const defs = [
                ['served', '仅计已办', 'Served only', kept, n - gone],
                [
                    'own_time',
                    '含离开者（按其自身等候）',
                    'All, leavers by own time',
                    kept + Math.round(gone * 0.8),
                    n,
                ],
                ['abandon_fails', '离开即失败', 'Leaving is a failure', kept, n],
                [
                    'drop_early',
                    '早离不计、晚离失败',
                    'Early leavers dropped',
                    kept,
                    n - Math.round(gone * 0.8),
                ],
                ['kaplan_meier', '删失估计', 'Kaplan-Meier', kept + Math.round(gone * 0.5), n],
            ];
            return {
                class_code,
                name_zh,
                name_en,
                target_s,
                goal_ppm,
                n_taken: n,
                definitions: defs.map(([code, zh, en, k, m]) => {
                    const s = share(k, m);
                    return {
                        code,
                        name_zh: zh,
                        name_en: en,
                        ...s,
                        verdict: !m
                            ? 'none'
                            : s.value >= Number(goal_ppm) / 1e6
                              ? 'met'
                              : 'not_met',
                        sure:
                            !!m &&
                            (s.low > Number(goal_ppm) / 1e6 || s.high < Number(goal_ppm) / 1e6),
                    };
                }),
            };
        });
    }
    floor() {
        const waits = this.waiting();
        const longest = waits.length
            ? Math.round((Date.now() - Math.min(...waits.map((t) => t.since_ms))) / 1000)
            : 0;
        const p = this.promise(5, 160);
        return {
            outlet: { id: 1, name_zh: OUTLETS[0][0], name_en: OUTLETS[0][1] },
            seq: this.seq,
            now_ms: Date.now(),
            day: {
                date: '2026-11-23',
                state: this.day.state,
                opened_ms: Date.now() - 150 * MINUTE,
                closes_s: 61200,
                stop_reason: this.day.stop_reason,
            },
            windows: this.windows.map((w) => ({
                id: w.id,
                number: w.number,
                name_zh: w.name_zh,
                name_en: w.name_en,
                session: w.session,
                ticket: w.ticket
                    ? {
                          id: w.ticket.id,
                          number: w.ticket.number,
                          state: w.ticket.state,
                          since_ms: w.ticket.serving_ms || w.ticket.called_ms,
                      }
                    : null,
                idle_s: w.session?.idle_s || 0,
                not_calling: !!w.session && w.session.idle_s > 180,
            })),
            tickets: this.tickets
                .filter((t) => ['waiting', 'called', 'serving', 'parked'].includes(t.state))
                .map((t) => this.line(t)),
            alarms: [
                {
                    kind: 'wait',
                    level: 'alarm',
                    text_zh: 'A001 已等候超过 20 分钟',
                    text_en: 'A001 has waited more than 20 minutes',
                    ticket_id: 1000,
                },
                {
                    kind: 'not_calling',
                    level: 'warn',
                    text_zh: '5 号窗口已开放但 5 分钟未叫号',
                    text_en: 'Window 5 is open but has not called for 5 minutes',
                    window_id: 35,
                },
            ],
            numbers: {
                waiting: waits.length,
                longest_wait_s: longest,
                served: 131,
                left: 6,
                no_show: 4,
                taken: 156,
                windows_open: 3,
                within_ppm_today: 937_000,
                promise: p.map((c) => ({
                    class_code: c.class_code,
                    name_zh: c.name_zh,
                    name_en: c.name_en,
                    target_s: c.target_s,
                    goal_ppm: c.goal_ppm,
                    ...share(c.definitions[0].kept, c.definitions[0].of),
                    verdict: c.definitions[0].verdict,
                })),
            },
            buckets: [3, 5, 10, 15, 20, 30, null].map((m, i) => ({
                up_to_min: m,
                count: [41, 22, 33, 18, 9, 6, 2][i],
            })),
        };
    }
}

const dates = (from, until) => {
    const out = [];
    for (
        let d = new Date(from + 'T00:00:00Z');
        d <= new Date(until + 'T00:00:00Z');
        d = new Date(+d + 86_400_000)
    )
        out.push(d.toISOString().slice(0, 10));
    return out;
};
const shape = (h) =>
    Math.max(0, Math.exp(-((h - 20.5) ** 2) / 9) + 0.85 * Math.exp(-((h - 29) ** 2) / 14));

function figures(from, until, outlet, seed) {
    const r = rng(seed + Number(outlet || 0) * 31),
        taken = 140 + Math.round(r() * 160),
        left = Math.round(taken * 0.05),
        n = taken - left;
    const mid = share(Math.round(n * 0.2 * (0.84 + r() * 0.15)), Math.round(n * 0.2)),
        w20 = share(Math.round(n * (0.9 + r() * 0.1)), n);
    return {
        taken,
        served: n,
        abandoned: left,
        no_show: 3,
        mean_wait_s: 240 + r() * 400,
        p95_s: 700 + r() * 900,
        within_20: w20,
        within_10_mid_high: mid,
        verdict_1020: w20.value >= 0.95 && mid.value >= 0.9 ? 'met' : 'not_met',
    };
}

/** Starts the mock; answers {port, url, lobby, close()}. serve(path) gives a static file or null. */
export async function startMock({ port = 0, serve }) {
    let lobby = new Lobby();
    let session = null;
    const seen = new Map();
    const accounts = [
        ['admin', 'admin', 0, '系统管理员'],
        ['office', 'office', 0, '分行行长'],
        ['head', 'head', 1, '网点负责人'],
        ['auditor', 'auditor', 0, '审计员'],
        ['floor', 'floor', 1, '大堂经理'],
        ['teller1', 'teller', 1, '陈静'],
    ];
    const settings = {
        rule: 'head:mid=5m,high=10m; finally 40m; courtesy first',
        recall_min_s: 5,
        recall_max: 3,
        undo_s: 12,
        notify_ahead: 3,
        alarm_wait_s: 1080,
        alarm_count: 25,
        idle_alarm_s: 180,
        booking: {
            days_ahead: 7,
            min_notice_s: 1800,
            slot_s: 1800,
            capacity: 2,
            early_s: 900,
            late_s: 600,
            per_customer_max: 2,
            missed_max: 3,
        },
        carry_over: false,
        printer: '',
    };
    const staff = accounts.map((a, i) => ({
        id: 200 + i,
        username: a[0],
        name: a[3],
        role: a[1],
        outlet_id: a[2],
        active: true,
    }));

    const problem = (status, code, title, extra = {}) => ({
        status,
        body: { type: 'about:blank', title, status, code, ...extra },
    });
    const ok = (body) => ({ status: 200, body });

    function outlet_row(i) {
        const o = OUTLETS[i],
            r = rng(i + 3);
        return {
            id: i + 1,
            code: 'JZ' + String(i + 1).padStart(2, '0'),
            name_zh: o[0],
            name_en: o[1],
            district_zh: o[2],
            district_en: o[3],
            address_zh: o[2] + o[0].slice(0, 3) + '1号',
            address_en: '1 ' + o[1],
            phone: '0391-000000' + i,
            lat: o[4],
            lon: o[5],
            open_now: i !== 8,
            opens_s: 30600,
            closes_s: 61200,
            issuing: true,
            waiting: i ? Math.round(r() * 22) : lobby.waiting().length,
            longest_wait_s: Math.round(r() * 1500),
            windows_open: 2 + Math.round(r() * 3),
            forecast: { low_s: 300, high_s: 900 },
        };
    }
    function lite(t) {
        return {
            id: t.id,
            number: t.number,
            state: t.state,
            service_name_zh: t.service.name_zh,
            service_name_en: t.service.name_en,
            class: t.class,
            taken_ms: t.taken_ms,
            called_ms: t.called_ms,
            ended_ms: t.ended_ms,
            waited_s: lobby.full(t).waited_s,
            window_number: t.window?.number ?? null,
            staff_name: t.window ? STAFF[1] : null,
            inaccurate: t.inaccurate,
        };
    }

    function windowAct(w, act, b) {
        const t = w.ticket,
            now = Date.now();
        const refuse = (code, title) => problem(409, code, title);
        if (act === 'sign-in')
            w.session = {
                staff_id: 201,
                staff_name: '陈静',
                state: 'open',
                since_ms: now,
                pause_reason: null,
                idle_s: 0,
            };
        else if (act === 'sign-out') {
            if (t) return refuse('LOBBY_BUSY', '还有客户在办理');
            w.session = null;
        } else if (act === 'pause') {
            if (t) return refuse('LOBBY_BUSY', '还有客户在办理');
            w.session.state = 'paused';
            w.session.pause_reason = b.reason;
            w.session.since_ms = now;
        } else if (act === 'resume') {
            w.session.state = 'open';
            w.session.pause_reason = null;
        } else if (act === 'next' || act === 'call') {
            if (t) return refuse('LOBBY_BUSY', '请先结束当前客户');
            const n =
                act === 'call' ? lobby.tickets.find((x) => x.id === b.ticket_id) : lobby.pick(w);
            if (n) {
                lobby.remember(w, 'call', n);
                lobby.call(w, n);
            }
        } else if (act === 'undo') {
            const u = lobby.undo[w.id];
            if (!u || u.until_ms < now) return refuse('LOBBY_UNDO_LATE', '撤销时间已过');
            u.back();
            delete lobby.undo[w.id];
        } else if (act === 'return') {
            const p = lobby.tickets.find((x) => x.id === b.ticket_id);
            p.state = 'waiting';
            p.window = null;
            p.first = b.first;
        } else {
            if (!t) return refuse('LOBBY_NO_TICKET', '窗口没有客户');
            if (act !== 'recall') lobby.remember(w, act.replace('-', '_'), t);
            if (act === 'recall') {
                t.recalls++;
                t.recalls_left--;
                t.called_ms = now;
            } else if (act === 'serve') {
                t.state = 'serving';
                t.serving_ms = now;
            } else if (act === 'end') {
                t.state = 'done';
                t.ended_ms = now;
                t.services.forEach((s) => (s.state = 'done'));
                w.ticket = null;
            } else if (act === 'no-show') {
                t.state = 'no_show';
                t.ended_ms = now;
                w.ticket = null;
            } else if (act === 'park') {
                t.state = 'parked';
                w.ticket = null;
            } else if (act === 'transfer') {
                t.state = 'waiting';
                t.first = b.first;
                t.bound = b.window_id || null;
                if (b.service_id) t.service = service(b.service_id - 11);
                t.window = null;
                w.ticket = null;
            } else return problem(404, 'API_NO_ROUTE', '没有这个地址');
        }
        lobby.emit('window.' + act, w.id, { window: w.number });
        return ok(lobby.desk(w));
    }

    function answer(method, path, q, b) {
        let m;
        if (path === '/api/info')
            return ok({
                bank_zh: '票号示范银行',
                bank_en: 'Piaohao Demo Bank',
                version: '0.1.0',
                demo: true,
                setup_needed: false,
                lang: 'zh',
                now_ms: Date.now(),
                clock: { speed: 1, paused: false, controllable: true },
                demo_accounts: accounts.map(([username, role, outlet_id, name]) => ({
                    username,
                    password: 'demo',
                    role,
                    outlet_id,
                    name,
                })),
            });
        if (path === '/api/session' && method === 'POST') {
            const a = accounts.find((x) => x[0] === b.username);
            if (!a || b.password !== 'demo')
                return problem(401, 'WHO_BAD_PASSWORD', '用户名或密码不对');
            session = {
                signed_in: true,
                name: a[3],
                role: a[1],
                kind: 'staff',
                outlet_id: a[2],
                csrf: 'c',
                expires_ms: Date.now() + 8 * 3600_000,
            };
            return ok(session);
        }
        if (path === '/api/session' && method === 'DELETE') {
            session = null;
            return ok({});
        }
        if (path === '/api/session') return ok(session || { signed_in: false });
        if (path === '/api/outlets') return ok({ items: OUTLETS.map((_, i) => outlet_row(i)) });
        if (!session) return problem(401, 'WHO_SIGN_IN', '请先登录');
        if ((m = path.match(/^\/api\/outlets\/(\d+)$/)) && method === 'GET')
            return ok({
                ...outlet_row(Number(m[1]) - 1),
                day_kind: 'WN',
                day_name_zh: '工作日',
                week: [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({
                    weekday,
                    opens_s: weekday > 5 ? 32400 : 30600,
                    closes_s: weekday > 5 ? 57600 : 61200,
                })),
                services: SERVICES.map((_, i) => ({
                    ...service(i),
                    waiting: 2,
                    forecast: { low_s: 200, high_s: 500 },
                })),
                classes: CLASSES.map((_, i) => klass(i)),
                windows: lobby.windows.map(({ id, number, name_zh, name_en, corporate }) => ({
                    id,
                    number,
                    name_zh,
                    name_en,
                    corporate,
                })),
                alarms: { wait_s: 1080, count: 25 },
                seq: lobby.seq,
            });
        if ((m = path.match(/^\/api\/outlets\/(\d+)\/settings$/))) {
            if (method === 'PUT') {
                if (b.rule && !/^(fcfs|strict|promise|head:|accumulate:|ratio:)/.test(b.rule))
                    return problem(422, 'BASE_BAD_INPUT', '输入有误', {
                        field: 'rule',
                        detail: `不认识的规则 "${b.rule.split(/[:;]/)[0]}"；可用：fcfs strict head accumulate ratio promise`,
                    });
                Object.assign(settings, b);
            }
            return ok(settings);
        }
        if (/^\/api\/outlets\/\d+\/(windows|window-settings)$/.test(path))
            return ok({
                items: lobby.windows.map(
                    ({ id, number, name_zh, name_en, corporate, session: s, services }) => ({
                        id,
                        number,
                        name_zh,
                        name_en,
                        corporate,
                        session: s,
                        active: true,
                        rule: '',
                        services: services.map((p, i) => ({
                            service_id: 11 + SERVICES.findIndex((x) => x[0] === p),
                            preference: i + 1,
                        })),
                    }),
                ),
            });
        if (/^\/api\/outlets\/\d+\/floor$/.test(path)) return ok(lobby.floor());
        if (/^\/api\/outlets\/\d+\/pass$/.test(path))
            return ok({
                pass: 'p',
                url: 'http://127.0.0.1:8080/me.html?o=JZ01#p',
                qr_svg:
                    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 3">' +
                    '<rect width="3" height="3" fill="#fff"/>' +
                    '<path d="M0 0h1v1H0zM2 0h1v1H2zM1 1h1v1H1zM0 2h1v1H0z"/></svg>',
            });
        if (/^\/api\/outlets\/\d+\/tickets$/.test(path))
            return ok({
                ...lobby.full(
                    lobby.take(b.service_id, {
                        cls:
                            CLASSES.findIndex((c) => c[0] === b.class) > 0
                                ? CLASSES.findIndex((c) => c[0] === b.class)
                                : 0,
                        courtesy: b.courtesy,
                        source: 'floor',
                        more: b.more_service_ids,
                    }),
                ),
                qr_svg: '',
            });
        if (/^\/api\/outlets\/\d+\/rolls$/.test(path)) {
            const bad = b.items.findIndex((x) => x.number === 'Z999');
            b.items.forEach(
                (x, i) =>
                    i !== bad && lobby.take(x.service_id, { since: x.taken_ms, source: 'roll' }),
            );
            return ok({
                added: b.items.length - (bad >= 0 ? 1 : 0),
                refused:
                    bad >= 0
                        ? [{ index: bad, code: 'LOBBY_BAD_NUMBER', title: '号码格式不对' }]
                        : [],
            });
        }
        if ((m = path.match(/^\/api\/outlets\/\d+\/day\/(.+)$/))) {
            lobby.day.state = {
                'open': 'open',
                'stop-issuing': 'issuing_stopped',
                'resume-issuing': 'open',
                'close': 'closed',
            }[m[1]];
            lobby.day.stop_reason = b.reason || '';
            lobby.emit('day.' + m[1], 1);
            return ok(lobby.floor());
        }
        if ((m = path.match(/^\/api\/windows\/(\d+)\/(.+)$/))) {
            const w = lobby.windows.find((x) => x.id === Number(m[1]));
            if (!w) return problem(404, 'BRANCH_NO_WINDOW', '没有这个窗口');
            return m[2] === 'desk' ? ok(lobby.desk(w)) : windowAct(w, m[2], b);
        }
        if ((m = path.match(/^\/api\/tickets\/id\/(\d+)(?:\/(.+))?$/))) {
            const t = lobby.tickets.find((x) => x.id === Number(m[1]));
            if (!t) return problem(404, 'LOBBY_NO_TICKET', '没有这个号');
            if (!m[2]) return ok(lobby.full(t));
            if (m[2] === 'life')
                return ok({
                    ticket: lobby.full(t),
                    why: {
                        text_zh: '先到先叫：等候最久。',
                        text_en: 'First come: the longest wait.',
                    },
                    events: [
                        {
                            seq: 1,
                            at_ms: t.taken_ms,
                            topic: 'ticket.taken',
                            actor_kind: 'device',
                            actor_name: '大厅取号机',
                            body: { number: t.number },
                        },
                        ...(t.called_ms
                            ? [
                                  {
                                      seq: 2,
                                      at_ms: t.called_ms,
                                      topic: 'ticket.called',
                                      actor_kind: 'staff',
                                      actor_name: STAFF[1],
                                      body: { window: 2 },
                                  },
                              ]
                            : []),
                        ...(t.serving_ms
                            ? [
                                  {
                                      seq: 3,
                                      at_ms: t.serving_ms,
                                      topic: 'ticket.serving',
                                      actor_kind: 'staff',
                                      actor_name: STAFF[1],
                                      body: { window: 2 },
                                  },
                              ]
                            : []),
                    ],
                    legs: [
                        {
                            service_name_zh: t.service.name_zh,
                            service_name_en: t.service.name_en,
                            queued_ms: t.taken_ms,
                            called_ms: t.called_ms,
                            serving_ms: t.serving_ms,
                            ended_ms: t.ended_ms,
                            window_number: t.window?.number ?? null,
                            staff_name: t.window ? STAFF[1] : null,
                            outcome: t.state,
                        },
                    ],
                });
            if (m[2] === 'print') return ok({ bytes_base64: '' });
            if (m[2] === 'void') t.state = 'void';
            if (m[2] === 'left') t.state = 'left';
            if (m[2] === 'courtesy') t.courtesy = b.courtesy;
            if (m[2] === 'class') t.class = klass(CLASSES.findIndex((c) => c[0] === b.class));
            if (m[2] === 'move') {
                t.first = b.first;
                t.bound = b.window_id || null;
                if (b.service_id) t.service = service(b.service_id - 11);
            }
            if (m[2] === 'return') {
                t.state = 'waiting';
                t.first = b.first;
            }
            if (m[2] === 'correct') {
                t.ended_ms = b.ended_ms;
                t.inaccurate = true;
            }
            t.reason = b.reason || null;
            lobby.emit('ticket.' + m[2], t.id);
            return ok(lobby.full(t));
        }
        const outlet = q.get('outlet') || '0',
            from = q.get('from') || '2026-11-23',
            until = q.get('until') || from,
            nd = dates(from, until).length;
        if (path === '/api/promise') {
            const p = lobby.promise(11 + nd + Number(outlet), 190 * nd * (outlet === '0' ? 13 : 1)),
                all = p[1].definitions[0];
            return ok({
                from,
                until,
                outlet_id: Number(outlet),
                classes: p,
                verdict_1020:
                    p[0].definitions[0].verdict === 'met' && all.verdict === 'met'
                        ? 'met'
                        : 'not_met',
                summary: {
                    taken: p[1].n_taken,
                    served: all.of,
                    abandoned: p[1].n_taken - all.of - 5,
                    no_show: 4,
                    void: 1,
                    mean_wait_s: 428,
                    median_s: 311,
                    p90_s: 1002,
                    p95_s: 1190,
                    max_s: 2204,
                    within_5min: share(Math.round(all.of * 0.61), all.of),
                    buckets: [3, 5, 10, 15, 20, 30, null].map((x, i) => ({
                        up_to_min: x,
                        count: Math.round(all.of * [0.38, 0.23, 0.2, 0.09, 0.05, 0.03, 0.02][i]),
                    })),
                    handling: { n: all.of, mean_s: 391, median_s: 322 },
                },
            });
        }
        if (path === '/api/days')
            return ok({
                items: dates(from, until).map((date, i) => ({
                    date,
                    day_kind: new Date(date).getUTCDay() % 6 ? 'WN' : 'NH',
                    ...figures(from, until, outlet, i + 40),
                })),
            });
        if (path === '/api/outlets-compare')
            return ok({
                items: OUTLETS.map((o, i) => ({
                    outlet_id: i + 1,
                    name_zh: o[0],
                    name_en: o[1],
                    ...figures(from, until, i + 1, 9),
                })).sort((a, b2) => b2.within_20.value - a.within_20.value),
            });
        if (path === '/api/flow') {
            const r = rng(3),
                cells = [];
            for (let wd = 1; wd <= 7; wd++)
                for (let h = 17; h < 34; h++) {
                    const v = shape(h) * (wd > 5 ? 9 : 17) * (0.85 + 0.3 * r());
                    if (v > 0.4)
                        cells.push({
                            weekday: wd,
                            half_hour: h,
                            taken_mean: v,
                            wait_mean_s: 120 + v * 38,
                            days: 4,
                        });
                }
            return ok({ cells });
        }
        if (path === '/api/half-hours') {
            const r = rng(4);
            return ok({
                items: [...Array(17).keys()].map((i) => {
                    const h = 17 + i,
                        v = shape(h) * 17 * (0.8 + 0.4 * r());
                    return {
                        half_hour: h,
                        taken: Math.round(v),
                        served: Math.round(v * 0.95),
                        waiting_max: Math.round(v * 0.7),
                        mean_wait_s: 80 + v * 40,
                        p95_s: 200 + v * 90,
                        windows_open_mean: 2 + v / 6,
                        over: Math.round(Math.max(0, v - 13)),
                    };
                }),
            });
        }
        if (path === '/api/tellers')
            return ok({
                items: STAFF.map((name, i) => {
                    const r = rng(i + 90);
                    return {
                        staff_id: 201 + i,
                        name,
                        served: 20 + Math.round(r() * 40),
                        mean_wait_s: 300 + r() * 300,
                        mean_handling_s: 300 + r() * 200,
                        no_shows: Math.round(r() * 4),
                        open_s: 20000 + r() * 6000,
                        busy_ppm: Math.round(600000 + r() * 300000),
                    };
                }),
            });
        if (path === '/api/tickets')
            return ok({
                items: lobby.tickets
                    .filter(
                        (t) =>
                            (!q.get('state') || t.state === q.get('state')) &&
                            (!q.get('class') || t.class.code === q.get('class')),
                    )
                    .map(lite),
            });
        if (path === '/api/audit')
            return ok({
                rule: settings.rule,
                decisions: 131,
                explained: 127,
                broke: lobby.tickets.slice(2, 4).map((t, i) => ({
                    ticket_id: t.id,
                    number: t.number,
                    window_number: 2,
                    staff_name: STAFF[1],
                    at_ms: t.taken_ms + 500_000,
                    should_have: 'A00' + (i + 4),
                    reason: i ? null : '客户急事',
                })),
            });
        if (path === '/api/live')
            return ok({
                items: OUTLETS.map((o, i) => {
                    const x = outlet_row(i);
                    return {
                        outlet_id: i + 1,
                        name_zh: o[0],
                        name_en: o[1],
                        lat: o[4],
                        lon: o[5],
                        open_now: x.open_now,
                        waiting: x.waiting,
                        longest_wait_s: x.longest_wait_s,
                        windows_open: x.windows_open,
                        within_ppm_today: 880_000 + i * 9000,
                        level:
                            x.longest_wait_s > 1200
                                ? 'alarm'
                                : x.longest_wait_s > 900
                                  ? 'warn'
                                  : 'ok',
                    };
                }),
            });
        if (path === '/api/sign-ins')
            return ok({
                items: [...Array(9).keys()].map((i) => ({
                    at_ms: Date.now() - i * 47 * MINUTE,
                    username: accounts[i % 6][0],
                    peer: '127.0.0.1',
                    ok: i !== 3,
                })),
            });
        if (path === '/api/services' && method === 'GET')
            return ok({
                items: SERVICES.map((_, i) => ({ ...service(i), active: true, sort: i })),
            });
        if (/\/rule-check$/.test(path))
            return /^(fcfs|strict|promise|head:|accumulate:|ratio:)/.test(q.get('rule'))
                ? ok({ rule: q.get('rule') })
                : problem(422, 'LOBBY_BAD_RULE', '叫号规则有误', {
                      field: 'rule',
                      detail: `不认识的规则 "${q.get('rule').split(/[:;]/)[0]}"`,
                  });
        if (path === '/api/classes' && method === 'GET')
            return ok({ items: CLASSES.map((_, n) => ({ ...klass(n), rank: n })) });
        if (/\/blackouts$/.test(path)) {
            const hit = [
                { id: 9, number: 'Y001', slot_ms: b.from_ms + 600000, phone_tail: '0001' },
            ];
            return ok(b.confirm ? { cancelled: hit } : { would_cancel: hit });
        }
        if (path === '/api/staff' && method === 'GET') return ok({ items: staff });
        if (path === '/api/staff') {
            const s = { id: 300 + staff.length, active: true, ...b };
            delete s.password;
            staff.push(s);
            return ok(s);
        }
        if ((m = path.match(/^\/api\/staff\/(\d+)$/))) {
            const s = staff.find((x) => x.id === Number(m[1]));
            Object.assign(s, b);
            delete s.password;
            return ok(s);
        }
        if (path === '/api/devices' && method === 'GET') return ok({ items: lobby.devices });
        if (path === '/api/devices') {
            const d = { id: 80 + lobby.devices.length, active: true, seen_ms: null, ...b };
            lobby.devices.push(d);
            return ok({
                device: d,
                token: 'demo-token-once',
                url: '/kiosk.html#device=demo-token-once',
            });
        }
        if ((m = path.match(/^\/api\/devices\/(\d+)$/))) {
            const d = lobby.devices.find((x) => x.id === Number(m[1]));
            Object.assign(d, b);
            return ok(d);
        }
        if (path === '/api/calendar')
            return ok(
                method === 'PUT'
                    ? b
                    : {
                          items: [
                              { date: '2026-01-01', kind: 'SS', name_zh: '元旦' },
                              { date: '2026-02-14', kind: 'WS', name_zh: '春节调休' },
                              { date: '2026-02-17', kind: 'SS', name_zh: '春节' },
                              { date: '2026-10-01', kind: 'SS', name_zh: '国庆节' },
                          ],
                      },
            );
        if (/^\/api\/(windows|services|outlets)\//.test(path) && method === 'PUT') return ok(b);
        return problem(404, 'API_NO_ROUTE', '没有这个地址 ' + method + ' ' + path);
    }

    const streams = new Set();
    const server = http.createServer(async (req, res) => {
        const url = new URL(req.url, 'http://x');
        if (/\/stream$/.test(url.pathname)) {
            res.writeHead(200, {
                'content-type': 'text/event-stream',
                'cache-control': 'no-store',
            });
            res.write(
                `event: hello\ndata: ${JSON.stringify({
                    seq: lobby.seq,
                    now_ms: Date.now(),
                    clock: { speed: 1, paused: false },
                })}\n\n`,
            );
            const send = (e) =>
                res.write(`id: ${e.seq}\nevent: ${e.topic}\ndata: ${JSON.stringify(e)}\n\n`);
            lobby.listeners.add(send);
            streams.add(res);
            res.on('close', () => {
                lobby.listeners.delete(send);
                streams.delete(res);
            });
            return;
        }
        if (url.pathname.startsWith('/api/')) {
            let text = '';
            for await (const c of req) text += c;
            const key = req.headers['idempotency-key'];
            let a = key ? seen.get(key) : null;
            if (!a) {
                if (req.method !== 'GET' && !key) a = problem(400, 'API_NO_KEY', '缺少请求标识');
                else
                    try {
                        a = answer(
                            req.method,
                            url.pathname,
                            url.searchParams,
                            text ? JSON.parse(text) : {},
                        );
                    } catch (e) {
                        a = problem(500, 'FAULT', String(e));
                        console.error(e);
                    }
                if (key) seen.set(key, a);
            }
            if (lobby.delay) await new Promise((done) => setTimeout(done, lobby.delay));
            res.writeHead(a.status, {
                'content-type': a.status < 400 ? 'application/json' : 'application/problem+json',
            });
            res.end(JSON.stringify(a.body));
            return;
        }
        const file = await serve(url.pathname);
        if (!file) {
            res.writeHead(404);
            res.end();
            return;
        }
        res.writeHead(200, {
            'content-type': file.type,
            'content-security-policy':
                "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; " +
                "base-uri 'none'; frame-ancestors 'none'",
        });
        res.end(file.body);
    });
    await new Promise((done) => server.listen(port, '127.0.0.1', () => done(undefined)));
    const at = /** @type {import('node:net').AddressInfo} */ (server.address()).port;
    return {
        port: at,
        url: `http://127.0.0.1:${at}`,
        get lobby() {
            return lobby;
        },
        signIn: (username) => {
            answer('POST', '/api/session', new URLSearchParams(), { username, password: 'demo' });
        },
        reset: () => {
            lobby = new Lobby();
            session = null;
        },
        cut: () => {
            for (const s of streams) s.destroy();
        },
        close: () =>
            new Promise((done) => {
                for (const s of streams) s.destroy();
                server.closeAllConnections();
                server.close(done);
            }),
    };
}
