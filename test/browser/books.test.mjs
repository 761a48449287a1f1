// The books' page and an account's page: every figure opens to what is under it, and the sums agree.
import { before, after } from 'node:test';
import test from './count.mjs';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { clean, closing, fits, stage } from './staff.mjs';

let s, mock, account;
before(async () => {
    s = await stage();
    mock = !!s.mock;
    if (mock) return; /* the stand-in keeps no books */
    const c = await s.as('auditor');
    const d = await c.get('/api/books/subject?code=2011');
    account = d.items.find((x) => x.entries > 1) || d.items[0];
});
after(() => s.close());

const PAGES = {
    trial: ['/books.html', '.trial'],
    sheet: ['/books.html#view=sheet', '.sheet'],
    subject: ['/books.html#view=subject&code=2011', '.explain'],
    search: ['/books.html#view=search&min=1.00&go=1', '.table, .empty'],
    proofs: ['/books.html#view=proofs', '.proofs'],
};

test('every view is there in both languages and on a phone, and axe-core finds nothing', async () => {
    if (mock) return;
    for (const size of [{}, { width: 390, height: 844 }]) {
        const p = await s.page('auditor', '/books.html', size);
        for (const [name, [path, ready]] of Object.entries(PAGES)) {
            await p.page.goto(s.url + path);
            await p.page.waitForSelector(ready);
            await clean(p.page, name);
            await fits(p.page, name);
        }
        await p.page.goto(s.url + '/account.html?no=' + account.id);
        await p.page.waitForSelector('.acct-lines');
        await p.page.waitForSelector('.acct-states');
        await clean(p.page, 'an account');
        await fits(p.page, 'an account');
        await closing(p);
    }
});

test('a figure opens to accounts, lines, legs and the event with its hash', async () => {
    if (mock) return;
    const p = await s.page('auditor', '/books.html');
    await p.page.waitForSelector('.trial');
    assert.match(await p.page.locator('main').innerText(), /借贷平衡/);
    await p.page.locator('.trial tr', { hasText: '2011' }).locator('.figure').first().click();
    await p.page.waitForSelector('.explain .badge-ok');
    await p.page.locator(`a.figure[href$="no=${account.id}"]`).first().click();
    await p.page.waitForSelector('.acct-lines .figure');
    await p.page.locator('.acct-lines .figure').first().click();
    await p.page.waitForSelector('.hash');
    assert.match(await p.page.locator('main').innerText(), /借方合计/);
    assert.match(await p.page.locator('main').innerText(), /[0-9a-f]{64}/);
    await clean(p.page, 'a transfer');
    await closing(p);
});

test('both sides of the balance sheet are one figure', async () => {
    if (mock) return;
    const p = await s.page('office', '/books.html#view=sheet');
    await p.page.waitForSelector('.sheet');
    assert.equal(await p.page.locator('.badge-danger').count(), 0);
    assert.equal(await p.page.locator('main .badge-ok').count(), 1);
    await closing(p);
});

test('the proofs are run by who may', async () => {
    if (mock) return;
    const p = await s.page('auditor', '/books.html#view=proofs');
    await p.page.waitForSelector('.proofs');
    await p.page.locator('.btn-primary', { hasText: '现在运行' }).click();
    await p.page.waitForSelector('.proofs .badge-ok', { timeout: 120000 });
    assert.equal(await p.page.locator('.proofs .badge-ok').count(), 4);
    await closing(p);
    const head = await s.page('head', '/books.html#view=proofs');
    await head.page.waitForSelector('.proofs');
    assert.equal(await head.page.locator('main .btn-primary').count(), 0);
    await closing(head);
});

test('a statement is downloaded, and looking leaves an event', async () => {
    if (mock) return;
    const p = await s.page('auditor', '/account.html?no=' + account.id);
    await p.page.waitForSelector('.acct-formats');
    await p.page.locator('.chip', { hasText: '开户以来' }).click();
    const [file] = await Promise.all([
        p.page.waitForEvent('download'),
        p.page.locator('.acct-formats a', { hasText: 'PDF' }).click(),
    ]);
    assert.match(file.suggestedFilename(), /^statement-\d+-.*\.pdf$/);
    assert.equal(
        readFileSync(await file.path())
            .subarray(0, 5)
            .toString(),
        '%PDF-',
    );
    const [csv] = await Promise.all([
        p.page.waitForEvent('download'),
        p.page.locator('.acct-formats a', { hasText: '表格软件' }).click(),
    ]);
    assert.match(readFileSync(await csv.path(), 'utf8'), /期初余额[\s\S]*期末余额/);
    await closing(p);
});

test('search by number finds the transfer; nonsense finds nothing', async () => {
    if (mock) return;
    const c = await s.as('auditor');
    const line = (await c.get(`/api/books/accounts/${account.id}/lines`)).items[0];
    const p = await s.page('auditor', '/books.html#view=search');
    await p.page.waitForSelector('.find-form');
    await p.page.locator('.find-form input').first().fill(String(line.number));
    await p.page.keyboard.press('Enter');
    await p.page.waitForSelector('tbody tr');
    assert.match(await p.page.locator('tbody').innerText(), new RegExp(String(line.number)));
    await p.page.locator('.find-form input').first().fill('999');
    await p.page.keyboard.press('Enter');
    await p.page.waitForSelector('.empty');
    await closing(p);
});
