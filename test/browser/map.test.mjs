// What everybody may see before they come: where it is quickest, and when it is quiet.
import { before, after } from 'node:test';
import test from './count.mjs';
import assert from 'node:assert/strict';
import { account, anyServer, axe, demoClock, openBrowser, openPage, ownServer } from './server.mjs';

let url, server, browser, outlet, outlets, service;

before(async () => {
    /* two weeks, so that each day of the week has a history */
    server = process.env.PIAOHAO_URL ? await anyServer() : await ownServer(14);
    url = server.url;
    await demoClock(server, true);
    browser = await openBrowser();
    const a = await account(url, 'floor');
    outlets = (await (await fetch(url + '/api/outlets')).json()).items;
    outlet = outlets.find((o) => o.id === a.outlet_id);
    service = (await (await fetch(`${url}/api/outlets/${outlet.code}`)).json()).services[0];
});
after(async () => {
    if (browser) await browser.close();
    if (server) await server.stop();
});

async function open(path, o = {}) {
    const p = await openPage(browser, { width: 1440, height: 900, ...o });
    await p.page.goto(url + path);
    await p.page.waitForSelector(path.startsWith('/map') ? '.mp-row' : '.fl-chart');
    return p;
}
const closing = async (p) => {
    assert.deepEqual(p.errors, []);
    await p.context.close();
};
/** The rows as they stand, with what the page says of each. */
const rows = (page) =>
    page.locator('.mp-row').evaluateAll((list) =>
        list.map((e) => ({
            name: e.querySelector('strong').textContent.trim(),
            whole: (e.querySelector('.mp-total') || { textContent: '' }).textContent.trim(),
            off: e.classList.contains('mp-off'),
            praised: !!e.querySelector('.badge-ok'),
        })),
    );
/** "about 95 min" or "about 2 h 5 min" in minutes. @param {string} s */
const minutes = (s) => {
    const n = s.match(/\d+/g).map(Number);
    return n.length > 1 ? n[0] * 60 + n[1] : n[0];
};

for (const [lang, width, height] of [
    ['zh', 1440, 900],
    ['en', 1440, 900],
    ['zh', 390, 844],
    ['en', 390, 844],
    ['en', 820, 1180],
])
    test(`the map and the flow chart in ${lang} at ${width}: axe finds nothing, nothing is cut off`, async () => {
        for (const path of [
            `/map.html?o=${outlet.code}`,
            `/flow.html?o=${outlet.code}&service=${service.id}`,
        ]) {
            const p = await open(path, { lang, width, height });
            assert.deepEqual(await axe(p.page), []);
            assert.ok(
                await p.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
                path + ' does not scroll sideways',
            );
            const text = await p.page.locator('main').innerText();
            assert.doesNotMatch(text, /[{}]|\b(map|flow|tip|dur)\.[a-z_]+/, 'no text is missing');
            if (lang === 'en') assert.doesNotMatch(text, /[一-鿿]/);
            await closing(p);
        }
    });

test('a name on the map is whole or not there, and covers no pin', async () => {
    for (const o of [{}, { lang: 'en' }, { width: 390, height: 844, lang: 'en' }]) {
        const p = await open(`/map.html?o=${outlet.code}`, o);
        const found = await p.page.evaluate(() => {
            const map = document.querySelector('.mp-map').getBoundingClientRect();
            const inside = (r) => r.left >= map.left && r.right <= map.right;
            const pins = [...document.querySelectorAll('.mp-pin b')];
            const labels = [...document.querySelectorAll('.mp-label')].filter((e) => {
                const r = e.getBoundingClientRect();
                return r.right > map.left && r.left < map.right; /* not of an outlet far away */
            });
            const clipped = labels.filter((e) => !inside(e.getBoundingClientRect()));
            const covers = labels.filter((e) => {
                const r = e.getBoundingClientRect();
                return pins.some((b) => {
                    const q = b.getBoundingClientRect();
                    return (
                        r.left < q.right - 1 &&
                        q.left < r.right - 1 &&
                        r.top < q.bottom - 1 &&
                        q.top < r.bottom - 1
                    );
                });
            });
            return {
                labels: labels.length,
                clipped: clipped.map((e) => e.textContent),
                covers: covers.map((e) => e.textContent),
            };
        });
        assert.ok(found.labels >= 2, 'some outlets are named');
        assert.deepEqual(found.clipped, []);
        assert.deepEqual(found.covers, []);
        await closing(p);
    }
});

test('every outlet is listed, the soonest done first; a closed one is never praised', async () => {
    const p = await open(`/map.html?o=${outlet.code}&service=${service.id}`);
    const list = await rows(p.page);
    assert.equal(list.length, outlets.length);
    const times = list.filter((x) => !x.off && x.whole).map((x) => minutes(x.whole));
    assert.ok(times.length >= 1, 'some outlet is open');
    assert.deepEqual(
        times,
        [...times].sort((a, b) => a - b),
    );
    for (const x of list) if (x.off) assert.ok(!x.whole && !x.praised, x.name);
    const last = list.findLastIndex((x) => !x.off && x.whole);
    assert.ok(
        list.every((x, i) => i > last || (!x.off && x.whole)),
        'those that are no choice come last',
    );
    assert.match(p.page.url(), new RegExp(`o=${outlet.code}.*service=${service.id}`));
    await closing(p);
});

test('an outlet that is closed is listed, says so, and is not suggested', async () => {
    const p = await openPage(browser, { width: 1440, height: 900 });
    /* the answer as it is, but for the nearest outlet: closed, though it was said to be quick */
    let closed = '';
    await p.page.route('**/api/nearby?*', async (route) => {
        const r = await route.fetch();
        const d = await r.json();
        const x = d.items[0];
        closed = x.name_zh;
        d.items[0] = { ...x, open: false, total_min: 0, p50_min: 0, suggested: false };
        await route.fulfill({ response: r, json: d });
    });
    await p.page.goto(`${url}/map.html?o=${outlet.code}`);
    await p.page.waitForSelector('.mp-row');
    const x = (await rows(p.page)).find((y) => y.name === closed);
    assert.ok(x && x.off && !x.whole && !x.praised);
    assert.notEqual(await p.page.locator('#picked').innerText(), closed);
    await closing(p);
});

test('the order is by distance on request; by car the way is shorter; another outlet is picked', async () => {
    const p = await open(`/map.html?o=${outlet.code}&service=${service.id}`);
    const far = () =>
        p.page.locator('.mp-row').evaluateAll((list) =>
            list
                .map((e) => /([\d.]+) (公里|米)/.exec(e.textContent))
                .filter(Boolean)
                .map((m) => Number(m[1]) * (m[2] === '公里' ? 1000 : 1)),
        );
    await p.page.locator('.seg button', { hasText: '距离最近' }).click();
    const metres = await far();
    assert.deepEqual(
        metres,
        [...metres].sort((a, b) => a - b),
    );
    const longest = async () =>
        Math.max(...(await rows(p.page)).filter((x) => x.whole).map((x) => minutes(x.whole)));
    const walked = await longest();
    const answer = p.page.waitForResponse(/api\/nearby\?.*mode=drive/);
    await p.page.locator('.seg button', { hasText: '开车' }).click();
    await answer;
    await p.page.waitForFunction(
        (before_) =>
            Math.max(
                ...[...document.querySelectorAll('.mp-total')].map((e) => {
                    const n = e.textContent.match(/\d+/g).map(Number);
                    return n.length > 1 ? n[0] * 60 + n[1] : n[0];
                }),
            ) < before_,
        walked,
    );
    const third = p.page.locator('.mp-row').nth(2);
    const name = await third.locator('strong').innerText();
    await third.click();
    assert.equal(await p.page.locator('#picked').innerText(), name);
    assert.equal(await third.getAttribute('aria-pressed'), 'true');
    await closing(p);
});

test('from a place instead of an outlet', async () => {
    const p = await open('/map.html?place=35.2264,113.2289&service=' + service.id);
    assert.equal((await rows(p.page)).length, outlets.length);
    assert.equal(await p.page.locator('.mp-me').count(), 1);
    await closing(p);
});

test('the flow chart: bars of today, a row for each kind of day, and it prints', async () => {
    const p = await open(`/flow.html?o=${outlet.code}`);
    const bars = await p.page
        .locator('.fl-day i')
        .evaluateAll((list) => list.map((e) => e.getBoundingClientRect().height));
    const d = await (await fetch(`${url}/api/outlets/${outlet.code}/flow-chart`)).json();
    const today = d.rows.find((r) => r.code === d.today);
    assert.equal(bars.length, today ? today.cells.length : 0);
    if (today) assert.ok(Math.max(...bars) > 30 && Math.min(...bars) < Math.max(...bars));
    assert.equal(await p.page.locator('.fl-chart tbody tr').count(), d.rows.length);
    const cells = d.rows.reduce((n, r) => n + r.cells.length, 0);
    assert.ok(cells >= 20);
    assert.equal(await p.page.locator('.fl-cell').count(), cells);
    for (const [text, type, start] of [
        ['A4', 'application/pdf', '%PDF-'],
        ['SVG', 'image/svg+xml', '<'],
    ]) {
        const href = await p.page.locator('a.btn', { hasText: text }).getAttribute('href');
        const r = await p.page.request.get(url + href);
        assert.equal(r.status(), 200);
        assert.equal(r.headers()['content-type'], type);
        assert.ok((await r.body()).toString('latin1').startsWith(start));
    }
    const answer = p.page.waitForResponse(/flow-chart\?service=/);
    await p.page.locator('select').selectOption(String(service.id));
    assert.equal((await answer).status(), 200);
    await closing(p);
});

test('the chart says when to come instead, or that no time is quieter', async () => {
    /* the answer as it is, with each of the three things it may say of today */
    let better = null,
        late = {};
    const p = await openPage(browser, { width: 820, height: 1180 });
    await p.page.route('**/flow-chart*', async (route) => {
        const r = await route.fetch();
        await route.fulfill({ response: r, json: { ...(await r.json()), better, ...late } });
    });
    for (const [x, said] of [
        [
            { at_s: 52200, p50_s: 340, p90_s: 700 },
            /今天 14:30 来：约 6 分钟，十人中九人不超过 12 分钟/,
        ],
        [
            { at_s: 55800, p50_s: 20, p90_s: 170 },
            /今天 15:30 来：基本不用等，十人中九人不超过 3 分钟/,
        ],
        [null, /没有明显更清静的时段|现在不营业|已下班|未营业/],
    ]) {
        better = x;
        await p.page.goto(`${url}/flow.html?o=${outlet.code}`);
        await p.page.waitForSelector('.fl-chart');
        await p.page.waitForFunction(
            (re) => new RegExp(re).test(document.querySelector('.fl-better').textContent),
            said.source,
        );
    }
    /* after hours: the next day it is open, as the server knows it */
    const next = (await (await fetch(`${url}/api/outlets/${outlet.code}/flow-chart`)).json()).next;
    late = { now_s: 80000 };
    await p.page.goto(`${url}/flow.html?o=${outlet.code}`);
    await p.page.waitForSelector('.fl-chart');
    const said = await p.page.locator('.fl-better p').first().innerText();
    const at = [Math.floor(next.at_s / 3600), (next.at_s % 3600) / 60].map((n) =>
        String(n).padStart(2, '0'),
    );
    assert.match(said, new RegExp(`^现在不营业。.*周. ${at.join(':')} 人少：`));
    assert.ok(said.includes(`${Number(next.date.slice(5, 7))}月${Number(next.date.slice(8))}日`));
    await closing(p);
});

test('without an outlet the flow chart asks for one, and the map shows all', async () => {
    const p = await openPage(browser, { width: 390, height: 844 });
    await p.page.goto(url + '/flow.html');
    await p.page.locator('.outlet-row').first().click();
    await p.page.waitForSelector('.fl-chart');
    await p.page.locator('a.btn', { hasText: '附近网点' }).click();
    await p.page.waitForSelector('.mp-row');
    await closing(p);
});
