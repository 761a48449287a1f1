// The office's page, and the full visit: kiosk, board, window, end, the office's figures.
import { before, after } from 'node:test';
import test from './count.mjs';
import assert from 'node:assert/strict';
import { openPage, signInPage, until } from './server.mjs';
import { clean, closing, fits, stage } from './staff.mjs';

let s;
before(async () => {
    s = await stage();
    await s.open();
});
after(() => s.close());

const VIEWS = ['promise', 'days', 'flow', 'outlets', 'tellers', 'day', 'audit', 'live'];
const DONE = {
    promise: '.verdict',
    days: '.table, .empty',
    flow: '.heat, .empty',
    outlets: '.table',
    tellers: '.table, .empty',
    day: '.table, .empty',
    audit: '.audit-head',
    live: '.city-map',
    signins: '.table',
};
const done = (page, view) => page.waitForSelector('main ' + DONE[view].split(', ').join(', main '));

test('every view is there for the branch office, and axe-core finds nothing', async () => {
    const p = await s.page('office', '/office.html');
    for (const view of VIEWS) {
        await p.page.goto(s.url + '/office.html#view=' + view + '&period=weeks4');
        await done(p.page, view);
        await p.page.waitForTimeout(200);
        await clean(p.page, view);
        await fits(p.page, view);
    }
    await closing(p);
});

test('the verdict says its word, five definitions stand side by side with intervals', async () => {
    const p = await s.page('office', '/office.html#period=weeks4');
    await p.page.waitForSelector('.verdict');
    assert.match(await p.page.locator('.verdict-big').innerText(), /达标|暂无数据/);
    assert.equal(await p.page.locator('.def').count(), 5);
    assert.match(await p.page.locator('.verdict-pair').innerText(), /95% 区间/);
    await p.page.locator('.pickers button', { hasText: '昨天' }).click();
    await p.page.waitForURL(/period=yesterday/);
    await p.page.waitForSelector('.verdict');
    await closing(p);
});

test('the heat map is read with the arrow keys', async () => {
    const p = await s.page('office', '/office.html#view=flow&period=weeks4');
    await p.page.waitForSelector('.heat');
    await p.page.locator(".heat td[tabindex='0']").focus();
    await p.page.keyboard.press('ArrowDown');
    await p.page.keyboard.press('ArrowRight');
    assert.match(await p.page.locator('.heat-say').innerText(), /^周二 /);
    await closing(p);
});

test('drill down: an outlet, a day, a ticket, its life line', async () => {
    const p = await s.page('office', '/office.html#view=outlets&period=weeks4');
    await p.page.locator('tbody th a').first().click();
    await p.page.waitForSelector('.verdict');
    await p.page.locator('.tabs a', { hasText: '逐日' }).click();
    await p.page.locator('.table:not(.vs) tbody th a').first().click();
    await p.page.waitForSelector('#halves-title');
    const link = p.page.locator('section[aria-labelledby=tickets-title] tbody th a').first();
    await link.click();
    await p.page.waitForSelector('.timeline .tl');
    assert.ok((await p.page.locator('.timeline .tl').count()) >= 1);
    await clean(p.page, 'a life line');
    await closing(p);
});

test("the full visit: kiosk, board, window, end, the office's figures", async () => {
    if (s.mock) return; /* needs the kiosk's and the board's own server */
    await s.still();
    await s.clear();
    const office = await s.as('office');
    const today = new Date((await (await fetch(s.url + '/api/info')).json()).now_ms + 8 * 3600000)
        .toISOString()
        .slice(0, 10);
    const figures = async () =>
        (await office.get(`/api/promise?outlet=${s.outlet.id}&from=${today}&until=${today}`))
            .summary;
    const before_ = await figures();
    const kiosk = await openPage(s.browser, { width: 1080, height: 1920 });
    await signInPage(kiosk.page, s.url, 'floor');
    await kiosk.page.goto(`${s.url}/kiosk.html?o=${s.outlet.code}`);
    await kiosk.page.click('.k-tile >> nth=0');
    await kiosk.page.click('.k-actions .btn-primary');
    const number = await kiosk.page.locator('[data-number]').innerText();
    const board = await openPage(s.browser, { width: 1920, height: 1080 });
    await signInPage(board.page, s.url, 'floor');
    await board.page.goto(`${s.url}/board.html?o=${s.outlet.code}`);
    const w = await s.window();
    const teller = await s.page('teller', '/window.html?window=' + w.id);
    await teller.page.waitForSelector('.desk-signin');
    await teller.page.keyboard.press('Enter');
    await teller.page.waitForSelector('.desk');
    /* whoever waits longer is served first; ours is called by hand, with a reason, if many do */
    const c = await s.as('teller');
    const list = await c.get(`/api/windows/${w.id}/desk`);
    const mine = list.waiting.find((x) => x.number === number);
    if (list.next && list.next.number === number) await teller.page.keyboard.press(' ');
    else
        await c.post(`/api/windows/${w.id}/call`, {
            ticket_id: mine.id,
            reason: 'test of the full visit',
        });
    await teller.page.waitForSelector('.desk-called');
    assert.equal(await teller.page.locator('.desk-big').innerText(), number);
    await board.page.waitForSelector(`text=${number}`);
    await teller.page.keyboard.press('s');
    await teller.page.waitForSelector('.desk-serving');
    await teller.page.keyboard.press('e');
    await teller.page.waitForSelector('.desk-serving', { state: 'detached' });
    await until(async () => (await figures()).served >= before_.served + 1, "the office's figures");
    const p = await s.page('office', `/office.html#view=day&outlet=${s.outlet.id}&date=${today}`);
    await p.page.getByPlaceholder('查找号码').fill(number);
    await p.page
        .locator('section[aria-labelledby=tickets-title] tbody th a', { hasText: number })
        .click();
    await p.page.waitForSelector('.timeline .tl-ticket-done');
    await s.still(false);
    for (const q of [kiosk, board, teller, p]) await closing(q);
});

test('sign-ins are for the auditor, not for the branch office', async () => {
    const p = await s.page('auditor', '/office.html#view=signins');
    await done(p.page, 'signins');
    await clean(p.page, 'sign-ins');
    await closing(p);
    const q = await s.page('office', '/office.html');
    await q.page.waitForSelector('.tabs');
    assert.equal(await q.page.locator('.tabs a', { hasText: '登录记录' }).count(), 0);
    await closing(q);
});

test('a phone, English and large type fit', async () => {
    for (const o of [
        { width: 390, height: 844 },
        { width: 390, height: 844, lang: 'en' },
        { width: 1024, height: 768, large: true },
    ]) {
        const p = await s.page('office', '/office.html', o);
        for (const view of ['promise', 'days', 'flow', 'outlets', 'live']) {
            await p.page.goto(s.url + '/office.html#view=' + view + '&period=weeks4');
            await done(p.page, view);
            await fits(p.page, view + ' ' + JSON.stringify(o));
            await clean(p.page, view + ' ' + JSON.stringify(o));
        }
        await closing(p);
    }
});
