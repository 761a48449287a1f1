// The customers' pages in a real browser: home, kiosk, board, phone.
import { before, after } from 'node:test';
import test from './count.mjs';
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import {
    anyServer,
    ownServer,
    openBrowser,
    openPage,
    axe,
    client,
    demoClock,
    account,
    signInPage,
    until,
} from './server.mjs';
import { announceZh } from '../../web/lib/reading.js';

let server, url, browser, outlet;

before(async () => {
    server = await anyServer();
    url = server.url;
    await demoClock(server, true);
    browser = await openBrowser();
    /* the outlet of the demo's floor manager: he may do on paper what a test needs done */
    const a = await account(url, 'floor');
    const list = await (await fetch(url + '/api/outlets')).json();
    outlet = list.items.find((o) => o.id === a.outlet_id);
    assert.ok(outlet, "the floor manager's outlet is in the list");
});
after(async () => {
    if (browser) await browser.close();
    if (server) await server.stop();
});

const floor = async () => {
    const a = await account(url, 'floor');
    return client(url, a.username, a.password);
};
/** A page signed in as the floor manager, who may use the kiosk. */
async function kiosk(o = {}) {
    const p = await openPage(browser, { width: 1080, height: 1920, ...o });
    await signInPage(p.page, url, 'floor');
    await p.page.goto(`${url}/kiosk.html?o=${outlet.code}`);
    await p.page.waitForSelector('.k-tile');
    return p;
}
const closing = async (p) => {
    assert.deepEqual(p.errors, []);
    await p.context.close();
};

test('home lists the outlets, finds one by name, and opens its pages', async () => {
    const p = await openPage(browser);
    await p.page.goto(url + '/');
    await p.page.waitForSelector('.outlet-row');
    const n = await p.page.locator('.outlet-row').count();
    assert.ok(n >= 12, n + ' outlets');
    await p.page.fill('input[type=search]', outlet.name_zh);
    assert.equal(await p.page.locator('.outlet-row').count(), 1);
    await p.page.click('.outlet-row');
    assert.match(await p.page.locator('#chosen').innerText(), new RegExp(outlet.name_zh));
    assert.equal(await p.page.locator(`a[href^="/kiosk.html?o=${outlet.code}"]`).count(), 1);
    assert.match(await p.page.locator('.demo-ribbon').innerText(), /演示银行 · 虚构数据/);
    await closing(p);
});

test('one click signs in to the demo bank; a wrong password is refused', async () => {
    const p = await openPage(browser);
    await p.page.goto(url + '/signin.html?back=/me.html');
    await p.page.fill('input[name=username]', 'nobody');
    await p.page.fill('input[name=password]', 'wrong-password');
    await p.page.click('form button[type=submit]');
    await p.page.waitForSelector('.error[role=alert]');
    await p.page.click('section .card >> nth=0');
    await p.page.waitForURL(/me\.html/);
    await closing(p);
});

test('the kiosk gives a number for two services, after a card and with courtesy', async () => {
    const p = await kiosk();
    await p.page.click('.k-tile >> nth=0');
    await p.page.click('.k-chip >> nth=0');
    await p.page.click('.k-option[aria-pressed]');
    await p.page.keyboard.type(';6217000010001234567=2512?');
    await p.page.keyboard.press('Enter');
    await p.page.waitForSelector('.k-option.on');
    await p.page.click('.k-actions .btn-primary');
    const number = await p.page.locator('[data-number]').innerText();
    assert.match(number, /^[A-Z]\d{3,4}$/);
    const api = await floor();
    const f = await api.get(`/api/outlets/${outlet.id}/floor`).catch(() => null);
    if (f) {
        const row = f.tickets.find((x) => x.number === number);
        assert.ok(row, number + " is on the floor's list");
        assert.equal(row.courtesy, true);
        const k = await api.get('/api/tickets/id/' + row.id);
        assert.equal(k.services.length, 2);
        /* the slip's print page, from the server */
        const s = await openPage(browser, { width: 500, height: 900 });
        await signInPage(s.page, url, 'floor');
        await s.page.goto(`${url}/slip.html?id=${row.id}`);
        assert.equal(await s.page.locator('.slip .number').innerText(), number);
        await closing(s);
    }
    assert.ok(await p.page.locator('.k-scan svg').count(), 'the slip shows a QR code');
    /* printing: the paper stands beside the page */
    await p.page.evaluate(() => {
        window.print = () => {
            window.printed = document.querySelector('.print-only .number')?.textContent;
        };
    });
    await p.page.click('.k-actions .btn >> nth=0');
    assert.equal(await until(() => p.page.evaluate(() => window.printed), 'the print'), number);
    await p.page.click('.k-actions .btn-primary');
    await p.page.waitForSelector('.k-tile');
    await closing(p);
});

test(
    "the outlet's printer gets the slip; a dead printer is said, and the number stands",
    { skip: !!process.env.PIAOHAO_MOCK },
    async () => {
        const got = [];
        const printer = createServer((c) => c.on('data', (d) => got.push(d)));
        await new Promise((done) => printer.listen(0, '127.0.0.1', done));
        const a = await account(url, 'head');
        const head = await client(url, a.username, a.password);
        const was = await head.get(`/api/outlets/${outlet.id}/settings`);
        const set = (to) => head.put(`/api/outlets/${outlet.id}/settings`, { printer: to });
        const p = await kiosk();
        try {
            await set('tcp:127.0.0.1:' + printer.address().port);
            await p.page.click('.k-tile >> nth=0');
            await p.page.click('.k-actions .btn-primary');
            await p.page.waitForSelector('.banner-ok');
            const number = await p.page.locator('[data-number]').innerText();
            await until(() => Buffer.concat(got).includes(number), 'the number on paper');
            assert.deepEqual(await axe(p.page), []);
            await new Promise((done) => printer.close(done));
            await p.page.click('.k-actions .btn-primary');
            await p.page.click('.k-tile >> nth=0');
            await p.page.click('.k-actions .btn-primary');
            await p.page.waitForSelector('.banner-danger');
            assert.match(await p.page.locator('[data-number]').innerText(), /^[A-Z]\d{3}/);
            assert.deepEqual(await axe(p.page), []);
        } finally {
            await set(was.printer || '');
            printer.close();
        }
        await closing(p);
    },
);

test('the slip goes away by itself, and the kiosk forgets language and choices', async () => {
    const p = await kiosk();
    await p.page.clock.install();
    await p.page.reload();
    await p.page.waitForSelector('.k-tile');
    await p.page.click('.k-head .btn-bar >> nth=1');
    assert.match(await p.page.locator('h1').innerText(), /Which service/);
    await p.page.click('.k-tile >> nth=0');
    await p.page.click('.k-actions .btn-primary');
    await p.page.waitForSelector('[data-number]');
    await p.page.clock.runFor(17000);
    await p.page.waitForSelector('.k-tile');
    assert.match(await p.page.locator('h1').innerText(), /请选择/);
    /* idle with a choice made */
    await p.page.click('.k-tile >> nth=0');
    await p.page.waitForSelector('.k-chip');
    await p.page.clock.runFor(62000);
    await p.page.waitForSelector('.k-tile');
    await closing(p);
});

test('an answer lost on the way is asked for again under the same key: one number, not two', async () => {
    const p = await kiosk();
    const keys = [];
    let first = null;
    await p.page.route('**/api/outlets/*/tickets', async (route) => {
        keys.push(route.request().headers()['idempotency-key']);
        if (keys.length === 1) {
            const r = await route.fetch();
            first = await r.json();
            await route.abort('connectionreset');
        } else {
            await route.continue();
        }
    });
    await p.page.click('.k-tile >> nth=0');
    await p.page.click('.k-actions .btn-primary');
    const number = await p.page.locator('[data-number]').innerText();
    assert.equal(keys.length, 2);
    assert.equal(keys[0], keys[1]);
    if (!server.mock) assert.equal(number, first.number);
    await closing(p);
});

/** A browser that notes what it is asked to say, and whether two sentences overlap. */
const SPEECH = () => {
    window.said = [];
    let active = 0;
    window.overlap = false;
    const voices = [
        { lang: 'zh-CN', name: 'test' },
        { lang: 'en-US', name: 'test' },
    ];
    class Utterance {
        constructor(text) {
            this.text = text;
        }
    }
    Object.defineProperty(window, 'SpeechSynthesisUtterance', { value: Utterance });
    Object.defineProperty(window, 'speechSynthesis', {
        value: {
            getVoices: () => voices,
            cancel() {},
            speak(u) {
                if (!u.text) return;
                active++;
                window.overlap = window.overlap || active > 1;
                window.said.push(u.text);
                setTimeout(() => {
                    active--;
                    u.onend && u.onend();
                }, 200);
            },
        },
    });
};

test('the board shows a call, flashes, and says it in Chinese reading rules', async () => {
    const p = await openPage(browser, { width: 1920, height: 1080, init: SPEECH });
    await p.page.goto(`${url}/board.html?o=${outlet.code}`);
    await p.page.click('.b-start .btn >> nth=0');
    await p.page.waitForSelector('.b-queue');
    const api = await floor();
    const k = await api.post(`/api/outlets/${outlet.id}/tickets`, {
        service_id: (await api.get('/api/outlets/' + outlet.id)).services[0].id,
    });
    const end = await callTicket(api, k, 3);
    const board = await until(
        async () =>
            (await api.get(`/api/outlets/${outlet.id}/board`)).calling.find(
                (c) => c.number === k.number,
            ),
        'the call in the snapshot',
    );
    const want = announceZh({ number: k.number, window: board.window });
    await until(
        () => p.page.evaluate((w) => window.said.includes(w), want),
        'the voice to say ' + want,
        60000,
    );
    assert.equal(await p.page.locator('[data-first]').innerText(), k.number);
    assert.equal(await p.page.locator('.b-first.flash').count(), 1);
    assert.equal(await p.page.evaluate(() => window.overlap), false);
    /* muted: nothing more is said */
    await p.page.click('.b-head .tools .btn-bar >> nth=0');
    assert.deepEqual(await axe(p.page), []);
    await closing(p);
    await end();
});

/** Calls a ticket; the stand-in server does it at the window given. */
async function callTicket(api, k, window) {
    if (!server.mock) return callAtSomeWindow(api, k);
    server.mock.call(
        server.mock.bank.tickets.find((x) => x.id === k.id),
        server.mock.bank.windows[outlet.id][window],
    );
    return async () => {};
}

/** As a teller at his window calls the ticket while the demo's clock stands; gives what ends it again. */
async function callAtSomeWindow(api, k) {
    const info = await api.get('/api/info');
    const { speed, paused } = info.clock;
    const go = () => api.post('/api/demo/clock', { speed, paused });
    await api.post('/api/demo/clock', { speed, paused: true });
    const windows = (await api.get(`/api/outlets/${outlet.id}/windows`)).items;
    for (const a of info.demo_accounts.filter(
        (x) => x.role === 'teller' && x.outlet_id === outlet.id,
    )) {
        const teller = await client(url, a.username, a.password);
        let w = windows.find((x) => x.session && x.session.staff_name === a.name);
        if (!w) {
            w = windows.find((x) => !x.session);
            if (!w) continue;
            await teller.post(`/api/windows/${w.id}/sign-in`);
            w.session = { staff_name: a.name, state: 'open' };
        }
        const step = (what, body) => teller.post(`/api/windows/${w.id}/${what}`, body);
        let desk = await teller.get(`/api/windows/${w.id}/desk`);
        if (desk.session.state === 'paused') desk = await step('resume');
        if (desk.ticket && desk.ticket.state === 'called') desk = await step('serve');
        /* a visit of several services may go on here */
        while (desk.ticket) desk = await step(desk.ticket.state === 'called' ? 'serve' : 'end');
        try {
            await step('call', { ticket_id: k.id, reason: '浏览器测试' });
        } catch (e) {
            if (e.code !== 'LOBBY_NOT_HANDLED') throw e;
            continue;
        }
        return async () => {
            await step('no-show');
            await go();
        };
    }
    await go();
    throw new Error('no window handles it');
}

/** The lobby's pass of the day. */
async function pass() {
    const api = await floor();
    return (await api.get(`/api/outlets/${outlet.id}/pass`)).pass;
}

test('the phone joins the queue by the QR pass, follows its place, is told, and leaves', async () => {
    const word = await pass();
    const p = await openPage(browser, { width: 390, height: 844 });
    await p.page.goto(`${url}/me.html?o=${outlet.code}#${word}`);
    await p.page.click('.pick .card >> nth=0');
    await p.page.click('.btn-big');
    const number = await p.page.locator('.t-number').innerText();
    assert.match(number, /^[A-Z]\d{3,4}$/);
    assert.match(p.page.url(), /me\.html#\w/);
    await p.page.click('section[aria-labelledby=notify] .btn >> nth=1');
    await p.page.waitForSelector('.row-s .btn-primary[aria-pressed=true]');
    assert.deepEqual(await axe(p.page), []);
    /* the phone remembers: a fresh visit lists the ticket */
    await p.page.goto(url + '/me.html');
    await p.page.waitForSelector(`.pick strong:text-is("${number}")`);
    await p.page.click('.pick .card');
    await p.page.click('.btn-danger');
    await p.page.click('dialog[open] .btn-danger-solid');
    await p.page.waitForSelector(".badge:text-is('已离开')");
    await closing(p);
});

test('the phone rings when its number is called: title, banner, window', async () => {
    const word = await pass();
    const p = await openPage(browser, {
        width: 390,
        height: 844,
        init: () => {
            window.rung = [];
            navigator.vibrate = (x) => window.rung.push(x);
        },
    });
    await p.page.goto(`${url}/me.html?o=${outlet.code}#${word}`);
    await p.page.click('.pick .card >> nth=0');
    await p.page.click('.btn-big');
    const number = await p.page.locator('.t-number').innerText();
    const token = decodeURIComponent(new URL(p.page.url()).hash.slice(1));
    const k = await (await fetch(`${url}/api/tickets/${token}`)).json();
    const end = await callTicket(await floor(), k, 2);
    await p.page.waitForSelector('.t-call.pulse');
    const is = await (await fetch(`${url}/api/tickets/${token}`)).json();
    assert.match(
        await p.page.locator('.t-call h1').innerText(),
        new RegExp(`请到 ${is.window.number} 号窗口`),
    );
    assert.match(await p.page.title(), new RegExp(`请到 ${is.window.number} 号窗口`));
    assert.equal(await p.page.locator('.t-call .t-number').innerText(), number);
    assert.ok((await p.page.evaluate(() => window.rung.length)) > 0, 'it vibrates');
    assert.deepEqual(await axe(p.page), []);
    await closing(p);
    await end();
});

test('two boards in one browser share one event stream; the second goes on when the first closes', async () => {
    const p = await openPage(browser, { width: 1280, height: 720 });
    let streams = 0;
    p.context.on('request', (r) => {
        if (r.url().includes('/stream')) streams++;
    });
    const at = `${url}/board.html?o=${outlet.code}&sound=off`;
    await p.page.goto(at);
    await p.page.waitForSelector('.b-queue');
    const second = await p.context.newPage();
    await second.goto(at);
    await second.waitForSelector('.b-queue');
    const total = () =>
        second
            .locator('.b-queue h2 span')
            .innerText()
            .then((s) => Number(/\d+/.exec(s)[0]));
    const api = await floor();
    const service_id = (await api.get('/api/outlets/' + outlet.id)).services.at(-1).id;
    const counts = async () =>
        (await api.get(`/api/outlets/${outlet.id}/board`)).waiting.reduce((n, w) => n + w.count, 0);
    await api.post(`/api/outlets/${outlet.id}/tickets`, { service_id });
    await until(async () => (await total()) === (await counts()), 'the second board to follow');
    assert.equal(streams, 1);
    await p.page.close();
    await until(() => streams === 2, 'the second board to open its own stream');
    await api.post(`/api/outlets/${outlet.id}/tickets`, { service_id });
    await until(
        async () => (await total()) === (await counts()),
        'the second board to follow alone',
    );
    assert.deepEqual(p.errors, []);
    await p.context.close();
});

test('a quicker outlet is shown at the kiosk and on the phone only when it is surely quicker', async () => {
    if (server.mock) return; /* the stand-in knows no other outlets */
    const f = await floor();
    const there = (await f.get('/api/outlets')).items.find((o) => o.id !== outlet.id);
    /* the answer in its own shape, with the chance under test */
    const nearby = (page, sooner, simulated = true) =>
        page.route('**/api/nearby?*', (route) =>
            route.fulfill({
                json: {
                    here: {
                        ...outlet,
                        open: true,
                        offers: true,
                        total_min: 41,
                        metres: 0,
                        simulated,
                    },
                    suggested_id: sooner >= 0.8 ? there.id : 0,
                    items: [
                        {
                            ...there,
                            metres: 640,
                            open: true,
                            offers: true,
                            trip_min: 9,
                            p50_min: 2.1,
                            p90_min: 5.4,
                            total_min: 18,
                            sooner,
                            suggested: sooner >= 0.8,
                        },
                    ],
                },
            }),
        );
    const k = await kiosk();
    await k.page.waitForSelector('[data-flow] svg'); /* the code of the flow chart */
    await nearby(k.page, 0.93);
    await k.page.locator('.k-tile').first().click();
    await k.page.waitForSelector('.qk .qk-scan svg');
    const said = await k.page.locator('.qk').innerText();
    assert.match(said, new RegExp(`去${there.name_zh}更快`));
    assert.match(said, /640 米 · 步行 9 分钟 · 等 2–6 分钟 · 共约 18 分钟[^]*约 41 分钟[^]*93%/);
    assert.deepEqual(await axe(k.page), []);
    /* going there from the kiosk: the place that is held, with the code that takes it along */
    const service_id = (await f.get(`/api/outlets/${there.id}`)).services[0].id;
    const slots = `/api/outlets/${there.id}/slots?service=${service_id}`;
    const last = (await f.get(slots)).latest_date;
    const slot = (await f.get(`${slots}&date=${last}`)).items.find((x) => x.free > 0);
    const ticket = await f.post(`/api/outlets/${there.id}/bookings`, {
        ...{ service_id, slot_ms: slot.slot_ms, phone: '13900000777' },
    });
    const held = (page) =>
        page.route('**/api/nearby/go', (route) => {
            went = route.request().postDataJSON();
            return route.fulfill({ json: { url: '', to_id: there.id, ticket } });
        });
    let went = null;
    await held(k.page);
    await k.page.locator('.qk .qk-go').click();
    await k.page.waitForSelector('[data-held] svg');
    assert.match(await k.page.locator('[data-held]').innerText(), new RegExp(ticket.number));
    assert.match(await k.page.locator('[data-held]').innerText(), /640 米 · 步行 9 分钟/);
    assert.deepEqual(await axe(k.page), []);
    /* who has no phone takes it along on paper */
    await k.page.evaluate(() => (window.print = () => (document.title = 'printed')));
    await k.page.locator('.k-actions .btn').first().click();
    await k.page.waitForFunction(() => document.title === 'printed');
    assert.match(
        await k.page.locator('.slip').textContent(),
        new RegExp(`${ticket.number}[^]*保留到[^]*到了先签到`),
    );
    await k.page.locator('.k-actions .btn-primary').click();
    await k.page.waitForSelector('.k-tile');
    await closing(k);

    const { url: join } = await f.get(`/api/outlets/${outlet.id}/pass`);
    const p = await openPage(browser, { width: 390, height: 844 });
    await nearby(p.page, 0.79);
    const answer = p.page.waitForResponse(/api\/nearby/);
    await p.page.goto(join);
    await p.page.locator('.pick button').first().click();
    await answer;
    assert.equal(await p.page.locator('.qk').count(), 0, '79 % is not sure enough');
    await nearby(p.page, 0.88);
    await p.page.locator('.pick button').nth(1).click();
    await p.page.waitForSelector('.qk');
    went = null;
    await p.page.route('**/api/nearby/go', (route) => {
        went = route.request().postDataJSON();
        return route.fulfill({ json: { url: '', to: {} } });
    });
    await p.page.locator('.qk .btn-primary').click();
    await p.page.waitForSelector('.qk .banner-ok');
    assert.equal(went.to_id, there.id);
    assert.equal(went.from_id, outlet.id);
    assert.ok(went.pass && !went.token);
    assert.match(await p.page.locator('.qk a').getAttribute('href'), /^\/map\.html\?o=/);
    assert.deepEqual(await axe(p.page), []);

    /* with a number in hand the server is asked about that number, not about a newcomer; an estimate is not enough */
    const own = await f.post(`/api/outlets/${outlet.id}/tickets`, {
        service_id: (await f.get(`/api/outlets/${outlet.id}`)).services[0].id,
    });
    for (const [sooner, simulated, shown] of [
        [0.79, true, 0],
        [0.95, false, 0],
        [0.95, true, 1],
    ]) {
        await p.page.unroute('**/api/nearby?*');
        await nearby(p.page, sooner, simulated);
        const asked = p.page.waitForResponse(/api\/nearby\?/);
        await p.page.goto(`${url}/me.html?t=${sooner}${simulated}#${own.token}`);
        const q = new URL((await asked).url()).searchParams;
        assert.equal(q.get('token'), own.token);
        assert.equal(q.get('from'), null);
        if (shown) await p.page.waitForSelector('.qk');
        assert.equal(await p.page.locator('.qk').count(), shown);
    }
    /* the number in hand goes with it, and the page goes over to the new one */
    await p.page.unroute('**/api/nearby/go');
    await held(p.page);
    await p.page.locator('.qk .btn-primary').click();
    await p.page.waitForURL((u) => u.hash === '#' + ticket.token);
    assert.ok(went.token && !went.pass);
    await p.page.locator('.t-number', { hasText: ticket.number }).waitFor();
    const keeps = () => p.page.evaluate(() => localStorage.getItem('piaohao.tickets'));
    assert.ok(!(await keeps()).includes(own.token));
    /* the old number's page loaded again (its slip, a phone that slept): where she stands now, and Back leads home */
    await p.page.goto(url + '/me.html');
    await p.page.route('**/api/tickets/' + own.token, (route) =>
        route.fulfill({ json: { ...own, state: 'left', reason: 'guided', went: ticket } }),
    );
    await p.page.goto(url + '/me.html#' + own.token);
    await p.page.waitForURL((u) => u.hash === '#' + ticket.token);
    await p.page.locator('.t-number', { hasText: ticket.number }).waitFor();
    assert.match(await p.page.locator('body').innerText(), new RegExp(`号已换到${there.name_zh}`));
    /* a place held is for its minute: there is no other slot for it */
    const moves = p.page.locator('.t-actions .btn', { hasText: '改期' });
    assert.equal(await moves.count(), 1);
    await p.page.route('**/api/tickets/' + ticket.token, (route) =>
        route.fulfill({ json: { ...ticket, source: 'guided' } }),
    );
    await p.page.goto(`${url}/me.html?t=held#${ticket.token}`);
    await p.page.waitForSelector('.t-actions .btn');
    assert.equal(await moves.count(), 0);
    await closing(p);
});

test('a wrong pass is refused with a clear word', async () => {
    const p = await openPage(browser, { width: 390, height: 844 });
    await p.page.goto(`${url}/me.html?o=${outlet.code}#nonsense`);
    await p.page.click('.pick .card >> nth=0');
    await p.page.click('.btn-big');
    assert.match(await p.page.locator('.banner-danger').innerText(), /二维码/);
    await closing(p);
});

test('an appointment is booked, moved and cancelled on the phone', async () => {
    const p = await openPage(browser, { width: 390, height: 844 });
    await p.page.goto(`${url}/me.html?o=${outlet.code}&book=1`);
    await p.page.click('.pick .card >> nth=0');
    await p.page.waitForSelector('.day');
    /* the first day with a free slot */
    const days = await p.page.locator('.day').count();
    for (let i = 1; i < days; i++) {
        await p.page.locator('.day').nth(i).click();
        await p.page.waitForFunction(
            (n) =>
                document.querySelectorAll('.day')[n].getAttribute('aria-pressed') === 'true' &&
                !document.querySelector('.loading'),
            i,
        );
        if ((await p.page.locator('.slot:not([disabled])').count()) >= 2) break;
    }
    assert.deepEqual(await axe(p.page), []);
    await p.page.locator('.slot:not([disabled])').first().click();
    await p.page.click('.btn-big');
    assert.match(await p.page.locator('.error').innerText(), /手机/);
    await p.page.fill('input[type=tel]', '139' + String(Date.now()).slice(-8));
    await p.page.click('.btn-big');
    await p.page.waitForSelector('.t-number');
    const was = await p.page.locator('h1').innerText();
    await p.page.click('.t-actions .btn >> nth=1');
    await p.page.waitForSelector('.day');
    for (let i = 2; i < days; i++) {
        await p.page.locator('.day').nth(i).click();
        await p.page.waitForFunction(
            (n) =>
                document.querySelectorAll('.day')[n].getAttribute('aria-pressed') === 'true' &&
                !document.querySelector('.loading'),
            i,
        );
        if (await p.page.locator('.slot:not([disabled])').count()) break;
    }
    await p.page.locator('.slot:not([disabled])').last().click();
    await p.page.click('.btn-big');
    await until(
        async () =>
            (await p.page.locator('.t-number').count()) &&
            (await p.page.locator('h1').innerText()) !== was,
        'the new time',
    );
    assert.deepEqual(await axe(p.page), []);
    await p.page.click('.btn-danger');
    await p.page.click('dialog[open] .btn-danger-solid');
    await p.page.waitForSelector(".badge:text-is('已离开')");
    await closing(p);
});

test('a lost connection is said, and the page goes on by itself', async () => {
    const p = await openPage(browser, { width: 390, height: 844 });
    const word = await pass();
    await p.page.goto(`${url}/me.html?o=${outlet.code}#${word}`);
    await p.page.click('.pick .card >> nth=0');
    await p.page.click('.btn-big');
    await p.page.waitForSelector('.t-number');
    await p.context.setOffline(true);
    await p.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await p.page.waitForSelector('.conn-banner');
    assert.match(
        await p.page.locator('.t-number').innerText(),
        /^[A-Z]/,
        'the last state stays on the screen',
    );
    await p.context.setOffline(false);
    await p.page.waitForSelector('.conn-banner', { state: 'detached' });
    assert.deepEqual(p.errors, []);
    await p.context.close();
});

test(
    'the kiosk covers itself while the server is away and comes back',
    { skip: !!process.env.PIAOHAO_MOCK },
    async () => {
        const own = await ownServer();
        const p = await openPage(browser, { width: 1080, height: 1920 });
        try {
            const a = await signInPage(p.page, own.url, 'floor');
            await p.page.goto(`${own.url}/kiosk.html?o=${a.outlet_id}`);
            await p.page.waitForSelector('.k-tile');
            await own.halt();
            await p.page.waitForSelector('.k-offline', { timeout: 30000 });
            assert.deepEqual(await axe(p.page), []);
            await own.start();
            await p.page.waitForSelector('.k-offline', { state: 'detached', timeout: 60000 });
            await p.page.click('.k-tile >> nth=0');
            await p.page.click('.k-actions .btn-primary');
            await p.page.waitForSelector('[data-number]');
        } finally {
            await p.context.close();
            await own.stop();
        }
    },
);
