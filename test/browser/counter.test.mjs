// The teller's counter: a customer found, money in and out by keys, what waits for a second person, the
// drawer. What is booked is first shown, and is booked once.
import { before, after } from 'node:test';
import test from './count.mjs';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { client, demoClock, openPage, ownServer, openBrowser, until } from './server.mjs';
import { clean, closing, fits } from './staff.mjs';

let server, browser, teller, verifier, person, number, customer;

/** A page signed in by its user name. */
async function page(username, path = '/counter.html', o = {}) {
    const p = await openPage(browser, { width: 1440, height: 900, ...o });
    const r = await p.page.request.post(server.url + '/api/session', {
        data: { username, password: 'demo' },
        headers: { 'Idempotency-Key': randomUUID() },
    });
    assert.ok(r.ok(), await r.text());
    await p.page.goto(server.url + path);
    await p.page.waitForSelector('.counter');
    return p;
}
const balance = async () =>
    (await teller.get('/api/counter/account?number=' + number)).account.balance;
const tab = (p, name) => p.page.locator('#tab-' + name).click();
const amount = (p, text) => p.page.locator('.counter-work .counter-amount').fill(text);
const next = (p) => p.page.locator('.counter-work button[type=submit]').click();
const book = async (p) => {
    await p.page.waitForSelector('.confirm-amount');
    await p.page.keyboard.press('Enter');
};

before(async () => {
    server = await ownServer(1);
    browser = await openBrowser();
    teller = await client(server.url, 'teller', 'demo');
    verifier = await client(server.url, 'verifier', 'demo');
    await demoClock(server, true);
    person = (
        await teller.post('/api/counter/customers', {
            paper: 2,
            paper_number: 'X' + Date.now(),
            name: '试验客户',
        })
    ).customer;
    customer = person.id;
    number = (
        await teller.post('/api/counter/accounts', { customer_id: customer, product: 'demand' })
    ).account.number;
});
after(async () => {
    await browser.close();
    await server.stop();
});

test('a customer is found by the account number, by keys alone, and masked', async () => {
    const p = await page('teller');
    await p.page.keyboard.press('/');
    await p.page.keyboard.type(number);
    await p.page.keyboard.press('Enter');
    await p.page.waitForSelector('.counter-person');
    assert.equal(await p.page.locator('.counter-name').innerText(), '试*');
    assert.equal(await p.page.locator('.counter-account').count(), 1);
    await clean(p.page, 'a customer');
    await fits(p.page, 'the counter');
    await closing(p);
});

test('cash in: shown in words, checked, booked once, with a slip', async () => {
    const p = await page('teller', '/counter.html?account=' + number + '&tab=in');
    await p.page.waitForSelector('.counter-work .counter-amount');
    await amount(p, '1,234.50');
    assert.match(await p.page.locator('.counter-words').innerText(), /壹仟贰佰叁拾肆元伍角/);
    await p.page.keyboard.press('Enter');
    await p.page.waitForSelector('.confirm-legs');
    await clean(p.page, 'what will be booked');
    assert.equal(await balance(), '0.00');
    await p.page.keyboard.press('Enter');
    await p.page.waitForSelector('.counter-slip');
    assert.match(
        await p.page.locator('.slip-amount').innerText(),
        /1,234\.50\s+壹仟贰佰叁拾肆元伍角/,
    );
    assert.match(
        await p.page.locator('.counter-slip').innerText(),
        /时间\s+20\d\d-\d\d-\d\d \d\d:\d\d:\d\d/,
    );
    await clean(p.page, 'the slip');
    assert.equal(await balance(), '1234.50');
    await closing(p);
});

test('a refusal names the field: more than there is', async () => {
    const p = await page('teller', '/counter.html?account=' + number + '&tab=out');
    await p.page.waitForSelector('.counter-work .counter-amount');
    await amount(p, '1234.51');
    assert.match(await p.page.locator('.counter-over').innerText(), /超过可用余额 1,234\.50/);
    await next(p);
    await book(p);
    await p.page.waitForSelector('.toast-danger, .counter-work .error');
    assert.equal(await balance(), '1234.50');
    await closing(p);
});

test('a payee is told wrong before anything is asked: letters, too short, the same account', async () => {
    const p = await page('teller', '/counter.html?account=' + number + '&tab=transfer');
    const to = p.page.getByLabel('收款账号');
    const said = async (typed, want) => {
        await to.fill(typed);
        await until(
            async () => want.test(await p.page.locator('.counter-work form').innerText()),
            String(want),
        );
    };
    await said('8803abc', /账号只有数字/);
    await said('880300', /还差 13 位/);
    await said(number, /不能转给同一账户/);
    await said('8803003426941712428', /账号校验位不对/);
    await p.page.locator('#tab-transfer').focus();
    await p.page.keyboard.press('ArrowRight');
    assert.equal(
        await p.page.locator('[role=tab][aria-selected=true]').getAttribute('id'),
        'tab-open',
    );
    await closing(p);
});

test('a standing order goes to another bank: looked over, made, and shown masked', async () => {
    const p = await page('teller', '/counter.html?account=' + number + '&tab=standing');
    const work = p.page.locator('.counter-work');
    await p.page.getByLabel('收款行', { exact: true }).selectOption('away');
    await p.page.getByLabel('收款行行号').fill('102 491');
    await p.page.getByLabel('收款账号').fill('6222 0200 0000 0000 000');
    await p.page.getByLabel('收款户名').fill('欧阳锋');
    await amount(p, '50');
    assert.ok(await work.locator('button[type=submit]').isDisabled());
    assert.match(await work.innerText(), /不能有空格/);
    await clean(p.page, 'a payee at another bank');
    await p.page.getByLabel('收款行行号').fill('102491000019');
    await next(p);
    await p.page.waitForSelector('.confirm-amount');
    assert.match(await p.page.locator('dialog[open]').innerText(), /102491000019[^]*欧阳锋/);
    await p.page.keyboard.press('Enter');
    await work.locator('tbody tr').waitFor();
    const row = await work.locator('tbody tr').innerText();
    assert.match(row, /欧\*/);
    assert.match(row, /102491000019 6222\*+0000/);
    await fits(p.page, 'standing orders');
    await closing(p);
});

test('above the limit it waits, rings at the supervisor, and is booked when approved', async () => {
    const v = await page('verifier');
    const p = await page('teller', '/counter.html?account=' + number + '&tab=in');
    await p.page.waitForSelector('.counter-work .counter-amount');
    await amount(p, '260000');
    await p.page.getByLabel('现金来源或用途').fill('卖房款');
    await next(p);
    await p.page.waitForSelector('.banner-warn');
    await book(p);
    await v.page.waitForSelector('.counter-waiting');
    assert.equal(await balance(), '1234.50');
    assert.match(await v.page.locator('#tab-approve .badge').innerText(), /^1/);
    await v.page.locator('.counter-waiting').first().click();
    const yes = v.page.getByRole('button', { name: '复核通过' });
    await yes.waitFor();
    assert.ok(await yes.isDisabled(), 'the amount is typed first');
    await clean(v.page, 'an approval');
    await v.page.locator('dialog .counter-amount').fill('260,000.00');
    await yes.click();
    await until(async () => (await balance()) === '261234.50', 'the booking');
    await p.page.locator('.counter-waiting', { hasText: '已通过' }).first().click();
    await p.page.getByRole('button', { name: '打印回单' }).click();
    await p.page.waitForSelector('.counter-slip');
    assert.match(await p.page.locator('.counter-slip').innerText(), /贰拾陆万元整/);
    assert.equal(await balance(), '261234.50');
    await closing(v);
    await closing(p);
});

test('a supervisor rejects with a reason, and the teller reads it', async () => {
    const p = await page('teller', '/counter.html?account=' + number + '&tab=manage');
    await p.page.waitForSelector('.counter-work .chip');
    await p.page.getByRole('button', { name: '挂失', exact: true }).click();
    await p.page.locator('.counter-work').getByLabel('原因').fill('存折遗失');
    await next(p);
    await book(p);
    const v = await page('verifier');
    await v.page.locator('.counter-waiting').first().click();
    await v.page.getByRole('button', { name: '不通过' }).click();
    await v.page.getByRole('button', { name: '证件不符' }).click();
    await v.page.locator('.dialog-actions .btn-danger-solid').click();
    await p.page.locator('.counter-waiting', { hasText: '未通过' }).first().click();
    await p.page.waitForSelector('dialog .counter-facts');
    await until(
        async () => /证件不符/.test(await p.page.locator('dialog[open]').innerText()),
        'the reason',
    );
    await closing(v);
    await closing(p);
});

test('the drawer is counted blind: a difference is not told, the second count settles it', async () => {
    const p = await page('teller', '/counter.html?tab=drawer');
    await p.page.getByRole('button', { name: '清点轧账' }).click();
    await p.page.getByLabel('100.00 元张数').fill('1');
    await clean(p.page, 'a count');
    await p.page.getByRole('button', { name: /清点完毕/ }).click();
    await p.page.waitForSelector('.toast-danger');
    const box = (await teller.get('/api/cash/boxes')).items.find((b) => b.mine);
    assert.equal(box.state, 'counting');
    assert.equal(box.book, null);
    const seen = await teller.get('/api/cash/boxes/' + box.id);
    const fen = Math.round(Number(seen.demo_book) * 100);
    await p.page.getByLabel('100.00 元张数').fill(String(Math.floor(fen / 10000)));
    await p.page.getByLabel('0.01 元张数').fill(String(fen % 10000));
    await p.page.getByRole('button', { name: /清点完毕/ }).click();
    await until(
        async () =>
            (await teller.get('/api/cash/boxes')).items.find((b) => b.id === box.id).state ===
            'closed',
        'the closing',
    );
    await closing(p);
});

test('the counter in English on a narrow screen fits, and so do the limits', async () => {
    const p = await page('teller', '/counter.html?account=' + number, {
        lang: 'en',
        width: 400,
        height: 850,
    });
    await p.page.waitForSelector('.counter-person');
    await fits(p.page, 'the narrow counter');
    await clean(p.page, 'the narrow counter');
    await tab(p, 'limits');
    await p.page.waitForSelector('.limits');
    await fits(p.page, 'the narrow limits');
    await closing(p);
    const o = await page('office', '/counter.html?tab=limits');
    await o.page.waitForSelector('.limits-cell');
    await clean(o.page, 'the limits');
    await closing(o);
});
void verifier;

test('a customer made twice is found, shown beside the other, and merged by two people', async () => {
    const c = await client(server.url, 'head', 'demo');
    const made = [];
    for (const n of ['E1234567', 'E7654321'])
        made.push(
            (
                await c.post('/api/counter/customers', {
                    paper: 2,
                    paper_number: n,
                    name: '钱重复',
                    mobile: '13800138000',
                })
            ).customer.id,
        );
    const p = await page('head', '/counter.html?customer=' + made[0], { width: 1024 });
    await p.page.locator('.counter-person .chip', { hasText: '重复客户' }).click();
    await p.page.waitForSelector('.counter-beside');
    const words = await p.page.locator('dialog[open]').innerText();
    assert.match(words, /同名[\s\S]*同手机/);
    assert.ok(!words.includes('钱重复') && !words.includes('13800138000'), 'masked');
    await clean(p.page, 'two customers side by side');
    await p.page.locator('dialog[open] input.input').fill('同一人，换了护照');
    await p.page.keyboard.press('Enter');
    await p.page.waitForSelector('dialog[open]', { state: 'detached' });
    await closing(p);
    const office = await client(server.url, 'office', 'demo');
    const waiting = (await office.get('/api/approvals?which=me')).items.find((a) =>
        a.what.endsWith('/merge'),
    );
    assert.ok(waiting, 'it waits for a second person');
    await office.post(`/api/approvals/${waiting.id}/approve`, { digest: waiting.digest });
    for (const id of made) {
        const found = (await c.get('/api/counter/customers?find=' + id)).items;
        assert.deepEqual([found.length, found[0].id], [1, made[0]]);
    }
    const looks = await office.get(`/api/customers/${made[0]}/looks`);
    assert.ok(looks.items.some((x) => x.topic === 'customer.merged'));
});
