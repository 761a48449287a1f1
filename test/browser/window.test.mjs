// The teller's page: one key a step, each step once, also over a lost connection.
import { before, after, beforeEach } from 'node:test';
import test from './count.mjs';
import assert from 'node:assert/strict';
import { until } from './server.mjs';
import { clean, closing, fits, stage } from './staff.mjs';

let s, w;
before(async () => {
    s = await stage();
    await s.open();
});
after(() => s.close());
beforeEach(async () => {
    await s.clear();
    w = await s.window();
});

/** The desk, with the teller signed in at the window by the Enter key. */
async function desk(o = {}) {
    const p = await s.page('teller', '/window.html?window=' + w.id, o);
    await p.page.waitForSelector('.desk-signin');
    await p.page.keyboard.press('Enter');
    await p.page.waitForSelector('.desk');
    return p;
}
const number = (page) => page.locator('.desk-big').innerText();
const state = async () => await (await s.as('teller')).get(`/api/windows/${w.id}/desk`);

test('a teller chooses a window, and the browser remembers it', async () => {
    const p = await s.page('teller', '/window.html');
    await p.page.waitForSelector('.window-card');
    await clean(p.page, 'the choice of a window');
    await p.page
        .locator('.window-card', { has: p.page.locator(`.window-number:text-is("${w.number}")`) })
        .click();
    await p.page.waitForSelector('.desk-signin');
    await p.page.reload();
    await p.page.waitForSelector('.desk-signin');
    assert.match(await p.page.locator('h1').innerText(), new RegExp(`${w.number} 号窗口`));
    await closing(p);
});

test('next, serve, end: a key each, and the page says why this one was called', async () => {
    await s.take();
    const p = await desk();
    const before_ = (await state()).today.served;
    await p.page.keyboard.press(' ');
    await p.page.waitForSelector('.desk-called');
    const n = await number(p.page);
    assert.match(n, /^[A-Z]\d+/);
    assert.equal((await state()).ticket.number, n);
    assert.ok((await p.page.locator('.desk-why').innerText()).length > 10);
    await clean(p.page, 'a called ticket');
    await p.page.keyboard.press('s');
    await p.page.waitForSelector('.desk-serving');
    await clean(p.page, 'a ticket being served');
    await p.page.keyboard.press('e');
    await until(
        async () => (await state()).today.served > before_ || (await state()).ticket,
        'the end',
    );
    await closing(p);
});

test('the keys also work in English, and with a Chinese input method on', async () => {
    await s.take();
    const p = await desk({ lang: 'en' });
    await p.page.waitForSelector('text=Call next');
    await p.page.evaluate(() =>
        dispatchEvent(
            new KeyboardEvent('keydown', { key: 'Process', code: 'KeyN', bubbles: true }),
        ),
    );
    await p.page.waitForSelector('.desk-called');
    assert.match(await p.page.locator('.keys').innerText(), /Start serving/);
    await clean(p.page, 'the English desk');
    await closing(p);
});

test('a wrong key is taken back while the countdown runs', async () => {
    await s.take();
    const p = await desk();
    await p.page.keyboard.press('n');
    await p.page.waitForSelector('.desk-called');
    const n = await number(p.page);
    await p.page.keyboard.press('s');
    await p.page.waitForSelector('.desk-serving');
    await p.page.waitForSelector('.undo >> text=' + n);
    await p.page.keyboard.press('u');
    await p.page.waitForSelector('.desk-called');
    assert.equal(await number(p.page), n);
    await closing(p);
});

test('park for a form, and back first', async () => {
    await s.take();
    const p = await desk();
    await p.page.keyboard.press('n');
    await p.page.waitForSelector('.desk-called');
    const n = await number(p.page);
    await p.page.keyboard.press('s');
    await p.page.waitForSelector('.desk-serving');
    await p.page.keyboard.press('p');
    await p.page.waitForSelector('dialog[open]');
    await p.page.keyboard.press('2');
    await clean(p.page, 'the dialog of parking');
    await p.page.keyboard.press('Enter');
    const row = p.page.locator('.queue-parked', { hasText: n });
    await row.waitFor();
    await row.locator('button').first().click();
    await row.waitFor({ state: 'detached' });
    await until(async () => (await state()).next.number === n, n + ' to be next');
    await closing(p);
});

test('transfer to another service keeps the number', async () => {
    await s.take();
    const p = await desk();
    await p.page.keyboard.press('n');
    await p.page.waitForSelector('.desk-called');
    const id = (await state()).ticket.id;
    const n = await number(p.page);
    await p.page.keyboard.press('s');
    await p.page.waitForSelector('.desk-serving');
    await p.page.keyboard.press('t');
    await p.page.waitForSelector('dialog[open]');
    await clean(p.page, 'the dialog of transfers');
    await p.page.keyboard.press('2');
    await p.page.keyboard.press('Enter');
    await p.page.waitForSelector('dialog[open]', { state: 'detached' });
    const t = await (await s.as('floor')).get('/api/tickets/id/' + id);
    assert.equal(t.number, n);
    assert.ok(['waiting', 'transferred', 'called', 'serving'].includes(t.state), t.state);
    await closing(p);
});

test('calling out of turn needs a reason', async () => {
    await s.take();
    await s.take();
    const p = await desk();
    await p.page.locator('.queue-row').nth(1).click();
    await p.page.waitForSelector('dialog[open]');
    const go = p.page.locator('dialog[open] button[type=submit]');
    assert.ok(await go.isDisabled());
    await p.page.locator('dialog[open] .chip').first().click();
    await clean(p.page, 'the dialog of a call by hand');
    await go.click();
    await p.page.waitForSelector('.desk-called');
    await closing(p);
});

test('pause with a reason, and on again', async () => {
    const p = await desk();
    await p.page.keyboard.press('b');
    await p.page.waitForSelector('dialog[open]');
    await p.page.keyboard.press('2');
    await p.page.keyboard.press('Enter');
    await p.page.waitForSelector('.desk-paused');
    assert.equal((await state()).session.pause_reason, 'short');
    await clean(p.page, 'a paused window');
    await p.page.keyboard.press('b');
    await p.page.waitForSelector('.desk-paused', { state: 'detached' });
    assert.equal((await state()).session.state, 'open');
    await closing(p);
});

test('the help lists the keys, and single keys can be switched off', async () => {
    await s.take();
    const p = await desk();
    await p.page.keyboard.press('?');
    await p.page.waitForSelector('dialog[open] .help-keys');
    await clean(p.page, 'the help');
    await p.page.locator('dialog[open] input[type=checkbox]').uncheck();
    await p.page.keyboard.press('Escape');
    await p.page.waitForSelector('dialog[open]', { state: 'detached' });
    await p.page.keyboard.press('n');
    await new Promise((done) => setTimeout(done, 400));
    assert.equal(await p.page.locator('.desk-called').count(), 0);
    await closing(p);
});

test('over a lost connection a step is done once, when the network is back', async () => {
    await s.take();
    await s.take();
    const p = await desk();
    const waiting = async () => (await state()).waiting.length;
    const before_ = await waiting();
    await p.context.setOffline(true);
    await p.page.keyboard.press('n');
    await p.page.keyboard.press('n');
    await p.page.waitForSelector('.conn-banner, .banner-warn');
    assert.equal((await state()).ticket, null);
    await p.context.setOffline(false);
    await p.page.waitForSelector('.desk-called', { timeout: 30000 });
    assert.ok((await waiting()) >= before_ - 1, 'only one was called');
    await closing(p);
});

test('two presses of one key are one step', async () => {
    await s.take();
    const p = await desk();
    let steps = 0;
    p.page.on('request', (r) => {
        steps += r.method() === 'POST' && /\/next$/.test(r.url()) ? 1 : 0;
    });
    await p.page.evaluate(() => {
        for (let i = 0; i < 3; i++)
            dispatchEvent(new KeyboardEvent('keydown', { key: 'n', code: 'KeyN', bubbles: true }));
    });
    await p.page.waitForSelector('.desk-called');
    assert.equal(steps, 1);
    await closing(p);
});

test('large type and a small screen keep everything in reach', async () => {
    await s.take();
    const p = await desk({ width: 1024, height: 768, large: true });
    await fits(p.page, 'the desk in large type');
    await p.page.keyboard.press('n');
    await p.page.waitForSelector('.desk-called');
    await fits(p.page, 'a called ticket in large type');
    await clean(p.page, 'the desk in large type');
    await closing(p);
});
