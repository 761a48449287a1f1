// The floor manager's page: everything on one screen, every change with its reason.
import { before, after } from 'node:test';
import test from './count.mjs';
import assert from 'node:assert/strict';
import { client, until } from './server.mjs';
import { clean, closing, fits, stage } from './staff.mjs';

let s;
before(async () => {
    s = await stage();
    await s.open();
});
after(() => s.close());

async function floor(o = {}) {
    const p = await s.page('floor', '/floor.html', o);
    await p.page.waitForSelector('.floor');
    return p;
}
const ticket = async (id) => (await s.as('floor')).get('/api/tickets/id/' + id);
/** Opens the dialog of a number. */
async function handle(p, number) {
    const row = p.page.locator('.floor-table tbody tr', {
        has: p.page.locator(`th:text-is("${number}")`),
    });
    await row.locator('button').click();
    await p.page.waitForSelector('dialog[open]');
}

test('windows, tickets, alarms and the promise are on one screen', async () => {
    const t = await s.take();
    const p = await floor();
    assert.ok((await p.page.locator('.wcard').count()) >= 2);
    await p.page.waitForSelector(`.floor-table th:text-is("${t.number}")`);
    assert.ok((await p.page.locator('.meter').count()) >= 2);
    assert.equal(await p.page.locator('.buckets li').count(), 7);
    await clean(p.page, 'the floor');
    await fits(p.page, 'the floor');
    await closing(p);
});

test('a number taken elsewhere appears by itself', async () => {
    const p = await floor();
    const t = await s.take();
    await p.page.waitForSelector(`.floor-table th:text-is("${t.number}")`);
    await closing(p);
});

test('a number is taken for somebody, with courtesy', async () => {
    const p = await floor();
    await p.page.locator('.floor-day .btn-primary').last().click();
    await p.page.waitForSelector('dialog[open]');
    await p.page.keyboard.press('1');
    await p.page.locator('dialog[open] input[type=checkbox]').check();
    await clean(p.page, 'the dialog of taking a number');
    await p.page.keyboard.press('Enter');
    const number = await p.page.locator('dialog[open] .desk-big').innerText();
    assert.match(number, /^[A-Z]\d+/);
    await clean(p.page, 'the number that was taken');
    await p.page.keyboard.press('Escape');
    const row = p.page.locator('.floor-table tr', { hasText: number });
    await row.waitFor();
    assert.match(await row.innerText(), /优先/);
    await closing(p);
});

test('class, courtesy, first in line, void: each with a reason, each kept', async () => {
    const t = await s.take();
    const p = await floor();
    await handle(p, t.number);
    await clean(p.page, "a ticket's dialog");
    assert.ok(
        await p.page.locator('dialog[open] button[type=submit]').isDisabled(),
        'no reason, no change',
    );
    await p.page.keyboard.press('2');
    await p.page.locator('dialog[open] .chip').first().click();
    await p.page.locator('dialog[open] button[type=submit]').click();
    await p.page.waitForSelector('dialog[open]', { state: 'detached' });
    assert.equal((await ticket(t.id)).courtesy, true);
    await handle(p, t.number);
    await p.page.keyboard.press('3');
    await p.page.locator('dialog[open] select').selectOption({ index: 1 });
    await p.page.locator('dialog[open] .chip').first().click();
    await p.page.locator('dialog[open] button[type=submit]').click();
    await p.page.waitForSelector('dialog[open]', { state: 'detached' });
    assert.notEqual((await ticket(t.id)).class.code, 'normal');
    await handle(p, t.number);
    await p.page.locator('dialog[open] input[type=checkbox]').check();
    await p.page.locator('dialog[open] .chip').first().click();
    await p.page.locator('dialog[open] button[type=submit]').click();
    await p.page.waitForSelector('dialog[open]', { state: 'detached' });
    await handle(p, t.number);
    await p.page.keyboard.press('5');
    await p.page.locator('dialog[open] input:not([type=radio])').last().fill('测试作废');
    await p.page.locator('dialog[open] button[type=submit]').click();
    await p.page.waitForSelector(`.floor-table th:text-is("${t.number}")`, { state: 'detached' });
    const end = await ticket(t.id);
    assert.equal(end.state, 'void');
    assert.equal(end.reason, '测试作废');
    await closing(p);
});

test('a number that was passed comes back, first in line', async () => {
    await s.clear();
    const w = await s.window();
    const c = await s.as('teller');
    const passed = await s.take();
    await c.post(`/api/windows/${w.id}/sign-in`);
    await c.post(`/api/windows/${w.id}/call`, { ticket_id: passed.id, reason: 'test' });
    await c.post(`/api/windows/${w.id}/no-show`);
    const p = await floor();
    await p.page.locator('.floor-tickets .seg button', { hasText: '过号' }).click();
    await handle(p, passed.number);
    await p.page.locator('dialog[open] input[type=checkbox]').check();
    await clean(p.page, 'the return of a passed number');
    await p.page.locator('dialog[open] button[type=submit]').click();
    await p.page.waitForSelector('dialog[open]', { state: 'detached' });
    assert.notEqual((await ticket(passed.id)).state, 'no_show');
    await s.clear();
    await closing(p);
});

test('paper rolls are entered later; a line that is refused stays, with why', async () => {
    const p = await floor();
    const d = await (await s.as('floor')).get(`/api/outlets/${s.outlet.id}/floor`);
    const number = s.mock ? 'A777' : 'A' + (700 + Math.floor(Math.random() * 200));
    await p.page.locator('.floor-day button', { hasText: '纸号补录' }).click();
    await p.page.waitForSelector('dialog[open] .rolls');
    await clean(p.page, 'paper rolls');
    const time = (ms) => new Date(ms + 8 * 3600000).toISOString().slice(11, 16);
    const fill = async (i, n, taken) => {
        const row = p.page.locator('dialog[open] .rolls tbody tr').nth(i);
        await row.locator('input').nth(0).fill(n);
        await row.locator('select').selectOption({ index: 1 });
        await row.locator('input[type=time]').nth(0).fill(taken);
    };
    await fill(0, number, time(d.now_ms - 600000));
    await fill(1, s.mock ? 'Z999' : number, time(d.now_ms - 540000));
    await p.page.locator('dialog[open] button[type=submit]').click();
    await p.page.waitForSelector('dialog[open] .roll-error');
    assert.equal(await p.page.locator('dialog[open] .rolls tbody tr').count(), 2);
    await p.page.keyboard.press('Escape');
    await closing(p);
});

test('the QR for phones is shown', async () => {
    const p = await floor();
    await p.page.locator('.floor-day button', { hasText: '手机取号码' }).click();
    await p.page.waitForSelector('dialog[open] .qr svg');
    await clean(p.page, 'the QR');
    await closing(p);
});

test('the published roster says who is on duty, and where they are', async () => {
    if (s.mock) return; /* the stand-in knows no rosters */
    const f = await s.as('floor');
    const { windows } = await f.get(`/api/outlets/${s.outlet.id}/floor`);
    const at = windows.find((w) => w.session);
    const p = await s.page('floor', '/');
    const duty = (staff_id, name, on_break) => ({
        ...{ staff_id, name, on_break, from: 510, until: 1020, lent: false },
        ...{ break_from: 720, break_minutes: 45 },
    });
    await p.page.route('**/api/outlets/*/duty', (route) =>
        route.fulfill({
            json: {
                items: [
                    ...(at ? [duty(at.session.staff_id, at.session.staff_name, false)] : []),
                    duty(999998, '甲午休', true),
                    duty(999999, '乙不在', false),
                ],
            },
        }),
    );
    await p.page.goto(s.url + '/floor.html');
    await p.page.waitForSelector('.duty');
    const rows = (await p.page.locator('.duty li').allInnerTexts()).map((x) =>
        x.replace(/\s+/g, ' '),
    );
    if (at) assert.match(rows[0], new RegExp(`${at.session.staff_name}.*${at.number} 号窗口`));
    assert.match(rows.at(-2), /甲午休 08:30–17:00 休息到 12:45/);
    assert.match(rows.at(-1), /乙不在.*不在窗口/);
    await clean(p.page, 'who is on duty');
    /* and the server's own answer has this shape, or nobody */
    for (const x of (await f.get(`/api/outlets/${s.outlet.id}/duty`)).items)
        assert.ok(x.name && x.until > x.from);
    await closing(p);
});

/**
 * In every outlet but the first somebody at a window goes for a moment, and people take numbers: to
 * call her back is worth advising in some of them, however well the day is staffed.
 */
async function shortOfHands(outlets) {
    for (const [i, o] of outlets.entries()) {
        if (o.id === s.outlet.id) continue;
        const number = o.code.slice(-2);
        const head = await client(s.url, `floor-${number}`, 'demo');
        const { services } = await head.get(`/api/outlets/${o.id}`);
        const wanted = services.filter((x) => !x.corporate);
        for (let n = 0; n < 2 + 2 * (i % 5); n++)
            await head.post(`/api/outlets/${o.id}/tickets`, {
                service_id: wanted[n % wanted.length].id,
            });
        const { items } = await head.get(`/api/outlets/${o.id}/windows`);
        for (const w of items.filter((x) => x.session && !x.corporate)) {
            const who = await client(s.url, `teller-${number}-${w.number}`, 'demo');
            const desk = await who.get(`/api/windows/${w.id}/desk`);
            if (desk.session?.staff_name !== (await who.get('/api/session')).name) continue;
            if (desk.session.state === 'paused') break;
            if (desk.ticket?.state === 'called') await who.post(`/api/windows/${w.id}/serve`);
            for (let n = 0; n < 6 && (await who.get(`/api/windows/${w.id}/desk`)).ticket; n++)
                await who.post(`/api/windows/${w.id}/end`);
            await who.post(`/api/windows/${w.id}/pause`, { reason: 'short' });
            break;
        }
    }
}

/**
 * An outlet with open advice, at a moment that lasts: the clock stands still. Whose it is does not
 * matter.
 */
async function advised() {
    const admin = await s.as('admin');
    const { items } = await admin.get('/api/outlets');
    const open = async (o) => {
        const d = await admin.get(`/api/outlets/${o.id}/advice`);
        const row = d.now && d.items.find((x) => x.id === d.now.advice_id);
        return row && row.state === 'open' && d.now.best && d.fresh ? { outlet: o, row } : null;
    };
    await shortOfHands(items);
    for (let tries = 0; tries < 10; tries++) {
        await s.still(false);
        const found = await until(
            async () => {
                for (const o of items) {
                    const x = await open(o);
                    if (x) return x;
                }
                return null;
            },
            'advice in any outlet',
            90000,
        );
        await s.still(); /* a look that was under way may have ended it */
        if (await open(found.outlet)) return found;
    }
    throw new Error('advice never lasted until it could be read');
}

test('advice is followed by a click: it is recorded, and decided once', async () => {
    if (s.mock) return; /* the stand-in simulates no futures */
    const { outlet, row } = await advised();
    const number = outlet.code.slice(-2);
    const name = outlet.id === s.outlet.id ? 'floor' : `floor-${number}`;
    const p = await s.page('floor', '/', { as: name });
    await p.page.goto(s.url + '/floor.html');
    const go = p.page.locator('.adv-buttons .btn-primary');
    await go.waitFor();
    await clean(p.page, 'advice');
    await go.click();
    await p.page.waitForSelector('.adv .badge-ok:has-text("照办")');
    const f = await client(s.url, name, 'demo');
    const kept = (await f.get(`/api/outlets/${outlet.id}/advice`)).items.find(
        (x) => x.id === row.id,
    );
    assert.equal(kept.state, 'followed');
    assert.ok(kept.decided_ms > 0);
    assert.equal(kept.kind, row.kind);
    assert.equal(await go.count(), 0, 'it is decided once');
    await clean(p.page, 'advice that was followed');
    await closing(p);
});

test('a window that somebody opens is open on the screen', async () => {
    await s.clear();
    const w = await s.window();
    const p = await floor();
    const shown = (closed) =>
        p.page.waitForFunction(
            ([n, c]) =>
                [...document.querySelectorAll('.wcard')].some(
                    (e) =>
                        e.querySelector('.wcard-number [aria-hidden]').textContent === n &&
                        e.classList.contains('wcard-closed') === c,
                ),
            [String(w.number), closed],
        );
    await shown(true);
    await (await s.as('teller')).post(`/api/windows/${w.id}/sign-in`);
    await shown(false);
    await s.clear();
    await closing(p);
});

test('issuing stops with a reason and goes on', async () => {
    const p = await floor();
    await p.page.locator('.floor-day button', { hasText: '停止发号' }).click();
    await p.page.locator('dialog[open] .chip').first().click();
    await p.page.locator('dialog[open] button[type=submit]').click();
    await p.page.waitForSelector('.day-issuing_stopped');
    await p.page.locator('.floor-day button', { hasText: '恢复发号' }).click();
    await p.page.waitForSelector('.day-open');
    await p.page.locator('.floor-day button', { hasText: '日终收市' }).click();
    await p.page.waitForSelector('dialog[open]');
    await clean(p.page, 'closing the day');
    await p.page.keyboard.press('Escape');
    await closing(p);
});

test('after a lost connection the screen is true again', async () => {
    const p = await floor();
    await p.context.setOffline(true);
    await p.page.waitForSelector('.conn-banner', { timeout: 90000 });
    const t = await s.take();
    await p.context.setOffline(false);
    await p.page.waitForSelector(`.floor-table th:text-is("${t.number}")`, { timeout: 30000 });
    await until(
        async () => (await p.page.locator('.conn-banner').count()) === 0,
        'the banner to go',
    );
    await closing(p);
});

test('a tablet, English and large type fit', async () => {
    const p = await floor({ width: 1024, height: 768, lang: 'en' });
    await fits(p.page, 'the floor on a tablet');
    await clean(p.page, 'the floor in English');
    await closing(p);
    const q = await floor({ width: 1024, height: 768, large: true });
    await fits(q.page, 'the floor in large type');
    await clean(q.page, 'the floor in large type');
    await closing(q);
});
