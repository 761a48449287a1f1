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
    chart: ['/books.html#view=chart', '.chart-table'],
    products: ['/books.html#view=products', '.prod-table'],
    dayend: ['/books.html#view=dayend', '.dayend-steps'],
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

test('a statement is taken home in every format and seen on the screen', async () => {
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
    const taken = async (name) => {
        const [f] = await Promise.all([
            p.page.waitForEvent('download'),
            p.page.locator('.acct-formats a', { hasText: name }).click(),
        ]);
        return readFileSync(await f.path(), 'utf8');
    };
    assert.match(
        await taken('表格软件'),
        /^\uFEFF[\s\S]*\d{19}\t,CNY,,,[\s\S]*期初余额[\s\S]*期末余额/,
    );
    assert.match(await taken(/^CSV$/), /^账号[\s\S]*\d{19},CNY,,,/);
    assert.match(await taken('camt.053'), /urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.08/);
    /* the same period on the screen: what stood, what moved, what stands */
    await p.page.locator('.acct-formats .btn', { hasText: '在此查看' }).click();
    await p.page.waitForFunction(() => document.activeElement.id === 'lines-title');
    const c = await s.as('auditor');
    const d = await c.get(
        `/api/books/accounts/${account.id}/statement?from=2020-01-01&until=2099-12-31&format=json`,
    );
    const fen = (/** @type {string} */ x) => BigInt(x.replace('.', ''));
    assert.equal(fen(d.opening) + fen(d.credits) - fen(d.debits), fen(d.closing));
    const said = (await p.page.locator('.acct-period').innerText()).replace(/[,\s]/g, '');
    assert.match(said, new RegExp('增加\\+' + d.credits + '减少−' + d.debits));
    assert.match(said, new RegExp('期末余额=' + d.closing));
    await closing(p);
});

test('a teller sees an account and what a line is made of, and is told a number that is none', async () => {
    if (mock) return;
    const p = await s.page('teller', '/account.html?no=' + account.id);
    await p.page.waitForSelector('.acct-lines .figure');
    assert.equal(await p.page.locator('main a[href*="view=subject"]').count(), 0);
    await p.page.locator('.acct-lines .figure').first().click();
    await p.page.waitForSelector('.hash');
    assert.equal(await p.page.locator('.tabs').count(), 0);
    await p.page.goto(s.url + '/account.html?no=8803001613497369081');
    await p.page.waitForSelector('.acct-ask .error');
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

test('a rate is asked for by one, approved by another, and then stands among the dated rates', async () => {
    if (mock) return;
    const p = await s.page('office', '/books.html#view=products', { width: 1024 });
    await p.page.waitForSelector('.prod-table');
    const row = p.page.locator('.prod-table tbody tr', { hasText: 'term-12' });
    await row.locator('.btn', { hasText: '利率' }).click();
    await p.page.waitForSelector('.prod-dialog[open] form');
    const fields = p.page.locator('.prod-dialog form input');
    await fields.nth(0).fill('101');
    assert.match(await p.page.locator('.prod-dialog .error').innerText(), /最多四位小数/);
    await fields.nth(0).fill('3.10');
    assert.match(await p.page.locator('.prod-dialog form').innerText(), /低 15 个基点/);
    await clean(p.page, 'a product');
    await p.page.keyboard.press('Enter');
    await p.page.waitForSelector('.prod-waiting');
    assert.match(await p.page.locator('.prod-waiting').innerText(), /整存整取一年.*3\.10 %/);
    assert.equal(await row.locator('.badge-info').count(), 0);
    await clean(p.page, 'a change that waits');
    await fits(p.page, 'a change that waits');
    await closing(p);
    const a = await s.page('admin', '/books.html#view=products');
    await a.page.locator('.prod-waiting .btn').first().click();
    await a.page.waitForSelector('dialog[open] .btn-primary');
    await a.page.locator('dialog[open] .btn-primary').click();
    await a.page.waitForSelector('dialog[open]', { state: 'detached' });
    await a.page.goto(s.url + '/books.html#view=products');
    await a.page.waitForSelector('.prod-table .badge-info');
    assert.match(await a.page.locator('.prod-table .badge-info').innerText(), /3\.10 %/);
    await closing(a);
    const t = await s.page('auditor', '/books.html#view=products');
    await t.page.waitForSelector('.prod-table .badge-info');
    assert.equal(await t.page.locator('main .btn', { hasText: '修改' }).count(), 0);
    await closing(t);
});

test('a customer is found, masked, with the accounts; the look stands in the record', async () => {
    if (mock) return;
    const c = await s.as('auditor');
    const a = await c.get('/api/books/accounts/' + account.id);
    const all = async () => (await c.get(`/api/customers/${a.customer_id}/looks`)).items;
    const before = (await all()).filter((x) => x.body.what === 'search').length;
    const p = await s.page('auditor', '/books.html#view=search');
    await p.page.locator('.find-form input').first().fill(String(a.customer_id));
    await p.page.keyboard.press('Enter');
    await p.page.waitForSelector('.table');
    assert.match(await p.page.locator('.table').first().innerText(), /证件号码/);
    await p.page.locator(`.table a[href$="no=${account.id}"]`).first().waitFor();
    await clean(p.page, 'a customer found');
    await fits(p.page, 'a customer found');
    assert.ok((await all()).filter((x) => x.body.what === 'search').length > before);
    await closing(p);
    const q = await s.page('admin', '/books.html#view=search');
    await q.page.locator('.find-form input').first().fill(String(a.customer_id));
    await q.page.keyboard.press('Enter');
    await q.page.waitForSelector('.empty');
    await closing(q);
});

test('the day end is begun on its page, watched, and stands in the history', async () => {
    if (mock) return;
    const p = await s.page('office', '/books.html#view=dayend');
    await p.page.waitForSelector('.dayend-steps');
    const before = (await (await s.as('office')).get('/api/dayend?days=1')).business_date;
    await p.page.locator('main .btn-primary').click();
    const reason = p.page.locator('dialog[open] input');
    if (await reason.count()) await reason.fill('一个柜员已离岗，次日轧账');
    await p.page.locator('dialog[open] .btn-primary').click();
    await p.page.waitForFunction(
        (day) =>
            document.querySelector('#steps-title')?.textContent.includes(day) &&
            document.querySelectorAll('.dayend-steps .dayend-done').length === 11,
        before,
        { timeout: 60000 },
    );
    await p.page.waitForSelector('.banner-warn strong'); /* tomorrow cannot be closed today */
    assert.ok(await p.page.locator('main .btn-primary').isDisabled());
    await clean(p.page, 'a closed day');
    await closing(p);
});

test('the interest of an account is explained day by day, and who looked stands below', async () => {
    if (mock) return;
    const p = await s.page('auditor', '/account.html?no=' + account.id, { width: 1024 });
    await p.page.waitForSelector('#interest-title');
    await p.page.waitForSelector('.explain-sum strong');
    await p.page.waitForSelector('#looks-title');
    const c = await s.as('auditor');
    const a = await c.get('/api/books/accounts/' + account.id);
    const d = await c.get(`/api/deposits/${a.number}/interest`);
    const sum = d.spans.reduce((n, x) => n + (x.debit ? 0 : x.unit_days), 0);
    assert.equal(
        sum,
        d.sums.filter((x) => !x.debit).reduce((n, x) => n + x.unit_days, 0),
    );
    for (const x of d.spans) assert.equal(x.unit_days, x.units * x.days);
    assert.match(await p.page.locator('main').innerText(), /积数合计/);
    await clean(p.page, 'interest explained');
    await fits(p.page, 'interest explained');
    await closing(p);
});
