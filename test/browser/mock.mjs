// mock.mjs -- A small stand-in for the server: the shapes of the API with a queue that moves, for
// working on the pages without building anything. Not a test of the server, and not served to anybody.
//
//   node test/browser/mock.mjs [PORT]     pages from web/, libraries from tools/embed-web --stage
import { createServer } from 'node:http';
import { readFileSync, existsSync, mkdtempSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join, extname, normalize } from 'node:path';
import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';

const top = normalize(new URL('../..', import.meta.url).pathname);
const CSP =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const TYPES = {
    '.html': 'text/html; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
    '.css': 'text/css; charset=utf-8',
    '.svg': 'image/svg+xml',
    '.png': 'image/png',
    '.json': 'application/json',
};

/* ---- the bank ---- */
export const bank = {
    clock: {
        base: Date.parse('2026-11-23T10:12:00+08:00'),
        local: Date.now(),
        speed: 1,
        paused: false,
    },
    seq: 100,
    outlets: [],
    services: [],
    classes: [],
    windows: {},
    tickets: [],
    streams: new Set(),
};
export const nowMs = () =>
    bank.clock.base + (bank.clock.paused ? 0 : (Date.now() - bank.clock.local) * bank.clock.speed);
const NAMES = [
    [
        '解放中路支行',
        'Jiefang Middle Road',
        '解放区',
        'Jiefang',
        '解放中路 128 号',
        '128 Jiefang Middle Rd',
        35.2397,
        113.2312,
    ],
    [
        '民主南路支行',
        'Minzhu South Road',
        '解放区',
        'Jiefang',
        '民主南路 36 号',
        '36 Minzhu South Rd',
        35.2306,
        113.2401,
    ],
    [
        '塔南路支行',
        'Tanan Road',
        '山阳区',
        'Shanyang',
        '塔南路 219 号',
        '219 Tanan Rd',
        35.2152,
        113.2533,
    ],
    [
        '建设东路支行',
        'Jianshe East Road',
        '山阳区',
        'Shanyang',
        '建设东路 77 号',
        '77 Jianshe East Rd',
        35.2421,
        113.2678,
    ],
    [
        '人民路支行',
        'Renmin Road',
        '山阳区',
        'Shanyang',
        '人民路 501 号',
        '501 Renmin Rd',
        35.2219,
        113.2456,
    ],
    [
        '焦东路支行',
        'Jiaodong Road',
        '山阳区',
        'Shanyang',
        '焦东中路 12 号',
        '12 Jiaodong Middle Rd',
        35.2334,
        113.2589,
    ],
    [
        '中站支行',
        'Zhongzhan',
        '中站区',
        'Zhongzhan',
        '跃进路 65 号',
        '65 Yuejin Rd',
        35.2368,
        113.1825,
    ],
    ['马村支行', 'Macun', '马村区', 'Macun', '文昌路 18 号', '18 Wenchang Rd', 35.2662, 113.3209],
    [
        '沁阳支行',
        'Qinyang',
        '沁阳市',
        'Qinyang',
        '怀府中路 90 号',
        '90 Huaifu Middle Rd',
        35.0872,
        112.9506,
    ],
    [
        '孟州支行',
        'Mengzhou',
        '孟州市',
        'Mengzhou',
        '韩愈大街 41 号',
        '41 Hanyu St',
        34.9075,
        112.7911,
    ],
    ['博爱支行', "Bo'ai", '博爱县', "Bo'ai", '中山路 23 号', '23 Zhongshan Rd', 35.1707, 113.0646],
    ['武陟支行', 'Wuzhi', '武陟县', 'Wuzhi', '朝阳大道 8 号', '8 Chaoyang Ave', 35.0991, 113.4014],
];
NAMES.forEach((n, i) =>
    bank.outlets.push({
        id: i + 1,
        code: 'JZ' + String(i + 1).padStart(2, '0'),
        name_zh: n[0],
        name_en: n[1] + ' Outlet',
        district_zh: n[2],
        district_en: n[3],
        address_zh: '焦作市' + n[2] + n[4],
        address_en: n[5],
        phone: '0391-555 01' + String(i + 1).padStart(2, '0'),
        lat: n[6],
        lon: n[7],
        open_now: i !== 10,
        opens_s: i === 10 ? 0 : 30600,
        closes_s: i === 10 ? 0 : 61200,
        issuing: i !== 10 && i !== 7,
    }),
);
bank.services = [
    [
        1,
        'A',
        'cash',
        '现金存取',
        'Cash',
        300,
        '本人身份证、银行卡或存折',
        'ID card, bank card or passbook',
        '5 万元以内可在自助存取款机办理',
        'Up to 50,000 yuan: the cash machine can do it',
        false,
    ],
    [
        2,
        'B',
        'account',
        '开户与银行卡',
        'Accounts and cards',
        780,
        '本人身份证原件；代办另带代办人身份证',
        "Original ID card; an agent's too",
        '借记卡可在智能柜台自助开立',
        'Debit cards: the smart counter',
        false,
    ],
    [
        3,
        'C',
        'transfer',
        '转账汇款',
        'Transfers',
        360,
        '本人身份证、收款人户名与账号',
        "ID card, the payee's name and account",
        '手机银行全天可办',
        'The mobile bank, day and night',
        false,
    ],
    [
        4,
        'D',
        'wealth',
        '理财与基金',
        'Wealth',
        900,
        '本人身份证、银行卡；首次购买须做风险测评',
        'ID card, bank card; a risk test first',
        '手机银行可办',
        'The mobile bank can do it',
        false,
    ],
    [
        5,
        'E',
        'loss',
        '挂失与密码重置',
        'Loss and PIN reset',
        540,
        '本人身份证原件',
        'Original ID card',
        '',
        '',
        false,
    ],
    [
        6,
        'P',
        'corporate',
        '对公业务',
        'Corporate',
        900,
        '营业执照、经办人身份证、授权书',
        "Business licence, agent's ID, letter of authority",
        '',
        '',
        true,
    ],
].map((s) => ({
    id: s[0],
    prefix: s[1],
    code: s[2],
    name_zh: s[3],
    name_en: s[4],
    handling_s: s[5],
    documents_zh: s[6],
    documents_en: s[7],
    machine_zh: s[8],
    machine_en: s[9],
    corporate: s[10],
    bookable: s[0] !== 1,
}));
bank.classes = [
    {
        index: 0,
        code: 'normal',
        name_zh: '普通客户',
        name_en: 'Standard',
        target_s: 1200,
        goal_ppm: 950000,
        mid_high: false,
    },
    {
        index: 1,
        code: 'mid',
        name_zh: '中端客户',
        name_en: 'Preferred',
        target_s: 600,
        goal_ppm: 900000,
        mid_high: true,
    },
    {
        index: 2,
        code: 'high',
        name_zh: '高端客户',
        name_en: 'Premier',
        target_s: 600,
        goal_ppm: 900000,
        mid_high: true,
    },
];
for (const o of bank.outlets)
    bank.windows[o.id] = [1, 2, 3, 4, 5].map((n) => ({
        id: o.id * 100 + n,
        number: n,
        name_zh: n === 5 ? '对公窗口' : '综合窗口',
        name_en: n === 5 ? 'Corporate' : 'General',
        corporate: n === 5,
        state: n === 4 ? 'paused' : 'open',
    }));

const by = (list, id) => list.find((x) => x.id === Number(id));
const waiting = (o) => bank.tickets.filter((t) => t.outlet.id === o && t.state === 'waiting');
const span = (n) =>
    n < 0 ? null : { low_s: Math.round(n * 55), high_s: Math.round(n * 110 + 180) };
const QR = () => {
    let s =
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 29 29" shape-rendering="crispEdges">' +
        '<path fill="#fff" d="M0 0h29v29H0z"/><path fill="#000" d="';
    for (let y = 4; y < 25; y++)
        for (let x = 4; x < 25; x++)
            if ((x * 7 + y * 13 + x * y) % 3 === 0) s += `M${x} ${y}h1v1h-1z`;
    return s + '"/></svg>';
};
let nextId = 5000;
const counters = {};
export function take(o, body = {}) {
    const s = by(bank.services, body.service_id) || bank.services[0];
    const key = o + s.prefix;
    counters[key] = (counters[key] || 0) + 1;
    const out = by(bank.outlets, o);
    const cls = body.card
        ? bank.classes[1]
        : bank.classes.find((c) => c.code === body.class) || bank.classes[0];
    const t = {
        id: ++nextId,
        number: s.prefix + String(counters[key]).padStart(3, '0'),
        state: 'waiting',
        outlet: { id: out.id, name_zh: out.name_zh, name_en: out.name_en, code: out.code },
        service: s,
        services: [s.id, ...(body.more_service_ids || [])].map((id, i) => ({
            id,
            name_zh: by(bank.services, id).name_zh,
            name_en: by(bank.services, id).name_en,
            state: i ? 'todo' : 'now',
        })),
        class: cls,
        courtesy: !!body.courtesy,
        source: body.source || 'kiosk',
        taken_ms: nowMs(),
        since_ms: nowMs(),
        called_ms: null,
        serving_ms: null,
        ended_ms: null,
        window: null,
        booking: null,
        recalls: 0,
        recalls_left: 3,
        reason: null,
        inaccurate: false,
        token: Math.random().toString(36).slice(2, 12) + Math.random().toString(36).slice(2, 12),
        end_at: 0,
    };
    bank.tickets.push(t);
    t.forecast_at_take = span(waiting(o).filter((x) => x.id < t.id).length);
    emit(o, 'ticket.taken', t);
    return t;
}
export function show(t, extra = {}) {
    const q = waiting(t.outlet.id);
    const ahead = t.state === 'waiting' ? q.filter((x) => x.id < t.id).length : null;
    return {
        ...t,
        token: undefined,
        end_at: undefined,
        ahead,
        ahead_class:
            ahead === null
                ? null
                : q.filter((x) => x.id < t.id && x.class.index === t.class.index).length,
        forecast: ahead === null ? null : span(ahead),
        waited_s: Math.round(((t.called_ms || nowMs()) - t.since_ms) / 1000),
        ...extra,
    };
}
export function emit(o, topic, t, more = {}) {
    bank.seq++;
    const data = {
        seq: bank.seq,
        at_ms: nowMs(),
        topic,
        subject: t ? t.id : 0,
        number: t && t.number,
        window: t && t.window && t.window.number,
        window_name_zh: t && t.window && t.window.name_zh,
        window_name_en: t && t.window && t.window.name_en,
        ...more,
    };
    for (const s of bank.streams)
        if (s.outlet === o || s.ticket === (t && t.id) || topic === 'clock')
            s.res.write(`id: ${bank.seq}\nevent: ${topic}\ndata: ${JSON.stringify(data)}\n\n`);
}
/* One step of the day: ends who is done, calls who is next, lets somebody in. */
export function step(o = 1) {
    const t_ms = nowMs();
    for (const t of bank.tickets)
        if (t.outlet.id === o && t.state === 'called' && t_ms - t.called_ms > 12000) {
            t.state = 'serving';
            t.serving_ms = t_ms;
            t.end_at = t_ms + 120000 + ((t.id * 7919) % 300) * 1000;
            emit(o, 'ticket.serving', t);
        } else if (t.outlet.id === o && t.state === 'serving' && t_ms > t.end_at) {
            t.state = 'done';
            t.ended_ms = t_ms;
            emit(o, 'ticket.done', t);
        }
    for (const w of bank.windows[o])
        if (
            w.state === 'open' &&
            !bank.tickets.some(
                (t) =>
                    t.window &&
                    t.window.id === w.id &&
                    (t.state === 'called' || t.state === 'serving'),
            )
        ) {
            const t = waiting(o).find((x) => !!x.service.corporate === w.corporate);
            if (t) call(t, w);
        }
}
export function call(t, w) {
    t.state = 'called';
    t.called_ms = nowMs();
    t.window = { id: w.id, number: w.number, name_zh: w.name_zh, name_en: w.name_en };
    emit(t.outlet.id, 'ticket.called', t);
}
const outletRow = (o) => {
    const q = waiting(o.id);
    const n = o.id === 1 ? q.length : (o.id * 5) % 17;
    return {
        ...o,
        waiting: n,
        longest_wait_s: q.length ? Math.round((nowMs() - q[0].since_ms) / 1000) : n * 70,
        windows_open: 4,
        forecast: o.open_now ? span(n) : null,
    };
};

/* ---- routes: [method, pattern, handler(match, body, request)]; more may be pushed ---- */
export class Refusal extends Error {
    constructor(status, code, title, field) {
        super(title);
        Object.assign(this, { status, code, title, field });
    }
}
const token = (k) =>
    bank.tickets.find((t) => t.token === k) || refuse(404, 'LOBBY_NO_TICKET', '没有这张票');
const refuse = (...a) => {
    throw new Refusal(...a);
};
const link = (t) => ({ token: t.token, url: `/me.html#${t.token}`, qr_svg: QR() });
const session = (name, role, cookie) => ({
    signed_in: true,
    name,
    role,
    kind: ['kiosk', 'board'].includes(role) ? 'device' : 'staff',
    outlet_id: 1,
    csrf: 'c',
    expires_ms: nowMs() + 3.6e6,
    ...(cookie ? { cookie } : {}),
});
const ROLES = {
    kiosk1: 'kiosk',
    board1: 'board',
    teller1: 'teller',
    floor1: 'floor',
    head1: 'head',
    office: 'office',
    auditor: 'auditor',
    admin: 'admin',
};
export const routes = [
    [
        'GET',
        /^\/api\/info$/,
        () => ({
            bank_zh: '票号示范银行',
            bank_en: 'Piaohao Demo Bank',
            version: '0.1.0',
            demo: true,
            setup_needed: false,
            lang: 'zh',
            now_ms: nowMs(),
            clock: { speed: bank.clock.speed, paused: bank.clock.paused, controllable: true },
            demo_accounts: [
                ['teller1', 'teller', '柜员 周雨'],
                ['floor1', 'floor', '大堂经理 林夏'],
                ['head1', 'head', '网点负责人 沈安'],
                ['office', 'office', '行长室'],
                ['auditor', 'auditor', '审计'],
                ['admin', 'admin', '管理员'],
            ].map((a) => ({
                username: a[0],
                password: 'demo',
                role: a[1],
                outlet_id: a[1] === 'office' ? 0 : 1,
                name: a[2],
            })),
        }),
    ],
    [
        'GET',
        /^\/api\/session$/,
        (m, b, q, who) => (who ? session(who, ROLES[who] || who) : { signed_in: false }),
    ],
    [
        'POST',
        /^\/api\/session$/,
        (m, b) =>
            b.password !== 'demo' || !ROLES[b.username]
                ? refuse(401, 'WHO_BAD_SIGN_IN', '用户名或密码不对')
                : session(b.username, ROLES[b.username], b.username),
    ],
    ['DELETE', /^\/api\/session$/, () => ({ cookie: '' })],
    ['POST', /^\/api\/session\/device$/, (m, b) => session(b.token, b.token, b.token)],
    [
        'POST',
        /^\/api\/setup$/,
        (m, b) => (b.token === 'T' ? {} : refuse(403, 'WHO_BAD_TOKEN', '链接已失效')),
    ],
    ['GET', /^\/api\/outlets$/, () => ({ items: bank.outlets.map(outletRow) })],
    [
        'GET',
        /^\/api\/outlets\/(\d+)$/,
        (m) => {
            const o = by(bank.outlets, m[1]) || refuse(404, 'BRANCH_NO_OUTLET', '没有这个网点');
            return {
                ...outletRow(o),
                day_kind: 'WN',
                day_name_zh: '',
                week: [1, 2, 3, 4, 5, 6, 7].map((d) => ({
                    weekday: d,
                    opens_s: d > 5 ? 32400 : 30600,
                    closes_s: d > 5 ? 57600 : 61200,
                })),
                services: bank.services.map((s) => {
                    const n = waiting(o.id).filter((t) => t.service.id === s.id).length;
                    return { ...s, waiting: n, forecast: span(n) };
                }),
                classes: bank.classes,
                windows: bank.windows[o.id],
                alarms: { wait_s: 1200, count: 20 },
                seq: bank.seq,
                now_ms: nowMs(),
            };
        },
    ],
    [
        'GET',
        /^\/api\/outlets\/(\d+)\/board$/,
        (m) => {
            const o = by(bank.outlets, m[1]);
            const here = bank.tickets.filter((t) => t.outlet.id === o.id);
            return {
                outlet: { id: o.id, name_zh: o.name_zh, name_en: o.name_en },
                now_ms: nowMs(),
                seq: bank.seq,
                day: { open: o.open_now, issuing: o.issuing, closes_s: o.closes_s },
                calling: here
                    .filter((t) => t.state === 'called' || t.state === 'serving')
                    .sort((a, b) => b.called_ms - a.called_ms)
                    .slice(0, 12)
                    .map((t) => ({
                        number: t.number,
                        window: t.window.number,
                        window_name_zh: t.window.name_zh,
                        window_name_en: t.window.name_en,
                        state: t.state,
                        called_ms: t.called_ms,
                    })),
                windows: bank.windows[o.id].map((w) => {
                    const t = here.find(
                        (x) =>
                            x.window &&
                            x.window.id === w.id &&
                            (x.state === 'called' || x.state === 'serving'),
                    );
                    return {
                        number: w.number,
                        name_zh: w.name_zh,
                        name_en: w.name_en,
                        state: t ? t.state : w.state,
                        number_now: t ? t.number : null,
                    };
                }),
                waiting: bank.services.map((s) => {
                    const q = waiting(o.id).filter((t) => t.service.id === s.id);
                    return {
                        prefix: s.prefix,
                        name_zh: s.name_zh,
                        name_en: s.name_en,
                        count: q.length,
                        longest_wait_s: q.length ? Math.round((nowMs() - q[0].since_ms) / 1000) : 0,
                        forecast: span(q.length),
                    };
                }),
                passed: ['A003', 'C002'],
            };
        },
    ],
    [
        'GET',
        /^\/api\/outlets\/(\d+)\/pass$/,
        (m) => ({
            pass: 'PASS',
            url: `http://127.0.0.1/me.html?o=${by(bank.outlets, m[1]).code}#PASS`,
            qr_svg: QR(),
        }),
    ],
    [
        'POST',
        /^\/api\/outlets\/(\d+)\/tickets$/,
        (m, b) => {
            if (!by(bank.outlets, m[1]).issuing) refuse(409, 'LOBBY_NOT_ISSUING', '已停止发号');
            const t = take(Number(m[1]), b);
            return show(t, { url: 'http://127.0.0.1/me.html#' + t.token, qr_svg: QR() });
        },
    ],
    [
        'POST',
        /^\/api\/outlets\/(\d+)\/join$/,
        (m, b) => {
            if (b.pass !== 'PASS') refuse(403, 'LOBBY_BAD_PASS', '二维码已过期，请重新扫码');
            const t = take(Number(m[1]), { ...b, source: 'phone' });
            return show(t, link(t));
        },
    ],
    [
        'GET',
        /^\/api\/tickets\/id\/(\d+)$/,
        (m) => show(by(bank.tickets, m[1]) || refuse(404, 'LOBBY_NO_TICKET', '没有这张票')),
    ],
    ['POST', /^\/api\/tickets\/id\/(\d+)\/print$/, () => ({ bytes_base64: '' })],
    [
        'GET',
        /^\/api\/tickets\/(\w+)$/,
        (m) => ({ ...show(token(m[1]), link(token(m[1]))), seq: bank.seq, now_ms: nowMs() }),
    ],
    [
        'POST',
        /^\/api\/tickets\/(\w+)\/leave$/,
        (m) => {
            const t = token(m[1]);
            t.state = 'left';
            t.ended_ms = nowMs();
            emit(t.outlet.id, 'ticket.left', t);
            return show(t);
        },
    ],
    ['POST', /^\/api\/tickets\/(\w+)\/notify$/, (m) => show(token(m[1]))],
    [
        'POST',
        /^\/api\/tickets\/(\w+)\/checkin$/,
        (m) => {
            const t = token(m[1]);
            t.booking.checked_in = true;
            t.state = 'waiting';
            t.since_ms = t.booking.slot_ms;
            return show(t, link(t));
        },
    ],
    [
        'POST',
        /^\/api\/tickets\/(\w+)\/cancel$/,
        (m) => {
            const t = token(m[1]);
            t.state = 'left';
            t.ended_ms = nowMs();
            t.reason = 'cancelled';
            return show(t, link(t));
        },
    ],
    [
        'POST',
        /^\/api\/tickets\/(\w+)\/reschedule$/,
        (m, b) => {
            const t = token(m[1]);
            Object.assign(t.booking, {
                slot_ms: b.slot_ms,
                from_ms: b.slot_ms - 6e5,
                until_ms: b.slot_ms + 6e5,
            });
            return show(t, link(t));
        },
    ],
    [
        'GET',
        /^\/api\/outlets\/(\d+)\/slots$/,
        (m, b, q) => {
            const date = q.get('date');
            const items = [];
            const free = [3, 4, 0, 2, 1, 3, 4, 4];
            for (let s = 32400, i = 0; s < 61200; s += 1800, i++) {
                const slot_ms = Date.parse(date + 'T00:00:00+08:00') + s * 1000;
                const blocked = s === 43200;
                items.push({
                    slot_ms,
                    capacity: 4,
                    taken: 4 - free[i % 8],
                    free: slot_ms < nowMs() + 3.6e6 || blocked ? 0 : free[i % 8],
                    blocked,
                    reason_zh: blocked ? '内部培训' : '',
                });
            }
            return {
                items,
                earliest_date: '2026-11-23',
                latest_date: '2026-12-07',
                min_notice_s: 3600,
                checkin_early_s: 900,
                checkin_late_s: 600,
            };
        },
    ],
    [
        'POST',
        /^\/api\/outlets\/(\d+)\/bookings$/,
        (m, b) => {
            if (!/^1\d{10}$/.test(b.phone || ''))
                refuse(422, 'BASE_BAD_INPUT', '手机号码有误', 'phone');
            const t = take(Number(m[1]), { ...b, source: 'booking' });
            t.state = 'booked';
            t.booking = {
                slot_ms: b.slot_ms,
                from_ms: b.slot_ms - 9e5,
                until_ms: b.slot_ms + 6e5,
                checked_in: false,
            };
            return show(t, link(t));
        },
    ],
    [
        'POST',
        /^\/api\/demo\/clock$/,
        (m, b) => {
            const t = nowMs();
            Object.assign(bank.clock, {
                base: t,
                local: Date.now(),
                speed: b.speed,
                paused: b.paused,
            });
            emit(0, 'clock', null, { speed: b.speed, paused: b.paused, now_ms: t });
            return { speed: b.speed, paused: b.paused, now_ms: t, controllable: true };
        },
    ],
];

function stream(req, res, url, m) {
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    const s = {
        res,
        outlet: m[1] === 'outlets' ? Number(m[2]) : 0,
        ticket: m[1] === 'tickets' ? (token(m[2]) || {}).id : -1,
    };
    if (m[1] === 'tickets') s.outlet = token(m[2]).outlet.id;
    bank.streams.add(s);
    res.write(
        `retry: 1000\nevent: hello\ndata: ${JSON.stringify({
            seq: bank.seq,
            now_ms: nowMs(),
            clock: { speed: bank.clock.speed, paused: bank.clock.paused },
        })}\n\n`,
    );
    req.on('close', () => bank.streams.delete(s));
}

export const server = createServer(async (req, res) => {
    const url = new URL(req.url, 'http://x');
    const json = (status, o, type = 'application/json') => {
        res.writeHead(status, { 'Content-Type': type, 'Content-Security-Policy': CSP });
        res.end(JSON.stringify(o));
    };
    try {
        const m = /^\/api\/(outlets|tickets)\/(\w+)\/stream$/.exec(url.pathname);
        if (m) return stream(req, res, url, m);
        if (url.pathname.startsWith('/api/')) {
            let text = '';
            for await (const chunk of req) text += chunk;
            const body = text ? JSON.parse(text) : {};
            for (const [method, pattern, handle] of routes) {
                const hit = pattern.exec(url.pathname);
                if (hit && method === req.method) {
                    const answer = await handle(
                        hit,
                        body,
                        url.searchParams,
                        (/piaohao=(\w+)/.exec(req.headers.cookie || '') || [])[1],
                    );
                    if ('cookie' in answer)
                        res.setHeader('Set-Cookie', `piaohao=${answer.cookie}; Path=/`);
                    return json(200, answer);
                }
            }
            return json(
                404,
                { title: '没有这个地址', status: 404, code: 'API_NO_ROUTE' },
                'application/problem+json',
            );
        }
        const path = url.pathname === '/' ? '/index.html' : url.pathname;
        for (const root of [join(top, 'web'), staged()]) {
            const file = join(root, normalize(path));
            if (file.startsWith(root) && existsSync(file)) {
                res.writeHead(200, {
                    'Content-Type': TYPES[extname(file)] || 'application/octet-stream',
                    'Content-Security-Policy': CSP,
                    'X-Content-Type-Options': 'nosniff',
                });
                return res.end(readFileSync(file));
            }
        }
        res.writeHead(404);
        return res.end('no such page');
    } catch (e) {
        if (e instanceof Refusal)
            return json(
                e.status,
                {
                    type: 'about:blank',
                    title: e.title,
                    status: e.status,
                    code: e.code,
                    field: e.field,
                },
                'application/problem+json',
            );
        return json(
            500,
            { title: String(e.stack), status: 500, code: 'MOCK' },
            'application/problem+json',
        );
    }
});

let stage = '';
function staged() {
    if (!stage) {
        stage = mkdtempSync(join(tmpdir(), 'piaohao-web-'));
        execFileSync(join(top, 'tools/embed-web'), ['--stage', stage]);
    }
    return stage;
}

/* A morning already under way. */
export function fill() {
    const when = bank.clock.base;
    for (let i = 0; i < 22; i++) {
        bank.clock.base = when - (22 - i) * 60000;
        take(1, {
            service_id: [1, 1, 3, 2, 1, 4, 1, 6, 5, 3][i % 10],
            class: i % 7 === 3 ? 'mid' : 'normal',
        });
        if (i > 6) step(1);
    }
    bank.clock.base = when;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
    fill();
    setInterval(() => {
        step(1);
        if (waiting(1).length < 12 && Math.random() < 0.3)
            take(1, { service_id: 1 + Math.floor(Math.random() * 6) });
    }, 2000);
    server.listen(Number(process.argv[2]) || 0, '127.0.0.1', () =>
        console.log('http://127.0.0.1:' + server.address().port),
    );
}
