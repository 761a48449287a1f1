// The settings page: rules with help, limits, hours, windows, services, staff, devices, calendar.
import { before, after } from 'node:test';
import test from './count.mjs';
import assert from 'node:assert/strict';
import { clean, closing, fits, stage } from './staff.mjs';

let s, o;
before(async () => {
    s = await stage();
    o = s.outlet.id;
});
after(() => s.close());

async function admin(section, more = {}) {
    const p = await s.page('admin', `/admin.html?o=${o}#${section}`, more);
    await p.page.waitForSelector('.admin-body h1');
    return p;
}
const settings = async () => (await s.as('admin')).get(`/api/outlets/${o}/settings`);
const saved = (p) => p.page.waitForSelector('.toast-ok');

test('every section is there, and axe-core finds nothing', async () => {
    const p = await admin('rule');
    for (const x of [
        'rule',
        'limits',
        'hours',
        'windows',
        'blackout',
        'tips',
        'outlet',
        'outlets',
        'classes',
        'services',
        'staff',
        'devices',
        'calendar',
    ]) {
        await p.page.goto(`${s.url}/admin.html?o=${o}#${x}`);
        await p.page.waitForSelector('.admin-body .card, .admin-body .table');
        await clean(p.page, x);
        await fits(p.page, x);
    }
    await closing(p);
});

test('the helper writes the rule; the server keeps it', async () => {
    const was = (await settings()).rule;
    const p = await admin('rule');
    await p.page.waitForSelector('.rule-builder');
    await p.page.locator('.rule-builder .choice-tile', { hasText: '等级优先' }).click();
    assert.match(await p.page.locator('textarea').inputValue(), /^strict/);
    await p.page.locator('.save-bar .btn-primary').click();
    await saved(p);
    assert.match((await settings()).rule, /^strict/);
    await p.page.locator('textarea').fill(was);
    await p.page.locator('.save-bar .btn-primary').click();
    await p.page.waitForSelector('.save-bar-on', { state: 'detached' });
    await closing(p);
});

test('a rule that is not understood says why while it is typed, and cannot be saved', async () => {
    const p = await admin('rule');
    await p.page.waitForSelector('textarea');
    await p.page.locator('textarea').fill('hed:mid=5m');
    await p.page.waitForSelector('.field .error');
    assert.match(await p.page.locator('.field .error').innerText(), /hed/);
    assert.ok(await p.page.locator('.save-bar .btn-primary').isDisabled());
    await clean(p.page, 'a rule in error');
    await p.context.close();
});

test('a limit is changed in the unit people think in', async () => {
    const was = await settings();
    const p = await admin('limits');
    const f = p.page.getByLabel('等候提醒（分钟）');
    await f.fill('17');
    await p.page.locator('.save-bar .btn-primary').click();
    await saved(p);
    assert.equal((await settings()).alarm_wait_s, 1020);
    await (
        await s.as('admin')
    ).put(`/api/outlets/${o}/settings`, { alarm_wait_s: was.alarm_wait_s });
    await f.fill('-1');
    await p.page.waitForSelector('.field .error');
    await p.context.close();
});

test('opening hours of a weekday are changed', async () => {
    const p = await admin('hours');
    await p.page.waitForSelector('.hours');
    const seven = p.page.locator('.hours li').nth(6);
    const open = await seven.locator('input[type=checkbox]').isChecked();
    await seven.locator('input[type=checkbox]').setChecked(!open);
    await p.page.locator('.save-bar .btn-primary').click();
    await saved(p);
    if (!s.mock) {
        const week = (await (await s.as('admin')).get(`/api/outlets/${o}`)).week;
        assert.equal(week[6].opens_s === week[6].closes_s, open);
        await p.page.locator('.hours li').nth(6).locator('input[type=checkbox]').setChecked(open);
        await p.page.locator('.save-bar .btn-primary').click();
        await p.page.waitForSelector('.save-bar-on', { state: 'detached' });
    }
    await closing(p);
});

test('a blackout tells whose bookings it hits before it cancels them', async () => {
    const p = await admin('blackout');
    await p.page.getByLabel('原因（客户会看到）').fill('内部培训');
    await p.page.locator('.admin-body button', { hasText: '查看影响' }).click();
    const go = p.page.locator('.admin-body button', { hasText: '确认暂停' });
    await go.waitFor();
    await clean(p.page, 'a blackout');
    await go.click();
    await saved(p);
    await closing(p);
});

test("a window's services and their order", async () => {
    const p = await admin('windows');
    await p.page.locator('.window-card').first().click();
    await p.page.waitForSelector('dialog[open] .prefer');
    await clean(p.page, "a window's dialog");
    const second = await p.page
        .locator('dialog[open] .prefer li')
        .nth(1)
        .locator('.grow')
        .innerText();
    await p.page.locator('dialog[open] .prefer li').nth(1).locator('button').first().click();
    assert.equal(
        await p.page.locator('dialog[open] .prefer li').nth(0).locator('.grow').innerText(),
        second,
    );
    await p.page.locator('dialog[open] button[type=submit]').click();
    await saved(p);
    await closing(p);
});

test('a member of staff is added, and a weak password is refused', async () => {
    const name = 'test' + Math.floor(Math.random() * 1e6);
    const p = await admin('staff');
    await p.page.locator('.admin-body .btn-primary').click();
    await p.page.waitForSelector('dialog[open]');
    await clean(p.page, 'a new member of staff');
    await p.page.getByLabel('用户名').fill(name);
    await p.page.locator('dialog[open]').getByLabel('姓名').fill('测试员');
    await p.page.locator('dialog[open]').getByLabel('网点').selectOption(String(o));
    await p.page.locator('dialog[open]').getByLabel('密码').fill('short');
    assert.ok(await p.page.locator('dialog[open] button[type=submit]').isDisabled());
    await p.page.locator('dialog[open]').getByLabel('密码').fill('Blaue-Lampe-774');
    await p.page.locator('dialog[open] button[type=submit]').click();
    await saved(p);
    await p.page.waitForSelector(`th:text-is("${name}")`);
    await closing(p);
});

test("a device's link is shown once", async () => {
    const p = await admin('devices');
    await p.page.locator('.admin-body .btn-primary').click();
    await p.page.locator('dialog[open]').getByLabel('名称').fill('测试屏');
    await p.page.locator('dialog[open]').getByLabel('类型').selectOption('board');
    await p.page.locator('dialog[open] button[type=submit]').click();
    const link = await p.page.locator('dialog[open] code').innerText();
    assert.match(link, /#device=.+/);
    await clean(p.page, "a device's link");
    await p.page.keyboard.press('Escape');
    await p.page.waitForSelector("td:text-is('叫号屏')");
    assert.equal(await p.page.locator('text=#device=').count(), 0);
    await closing(p);
});

test("the calendar shows the year's holidays, and a day is changed", async () => {
    const p = await admin('calendar');
    await p.page.waitForSelector('.month');
    assert.equal(await p.page.locator('.month').count(), 12);
    await p.page.locator('.month').nth(11).locator('.cal-day').nth(23).click();
    await p.page.waitForSelector('dialog[open]');
    await clean(p.page, "a day's dialog");
    await p.page.locator('dialog[open] select').selectOption('NH');
    await p.page.locator('dialog[open]').getByLabel('名称').fill('行庆');
    await p.page.locator('dialog[open] button[type=submit]').click();
    await saved(p);
    await closing(p);
});

test("the head of an outlet sees the outlet's settings only", async () => {
    const p = await s.page('head', '/admin.html');
    await p.page.waitForSelector('.admin-nav');
    assert.equal(await p.page.locator('.admin-nav a').count(), 6);
    await p.page.waitForSelector('.rule-builder, textarea');
    await closing(p);
});

test('the head writes a tip: refused at its field, then read by customers', async () => {
    const p = await s.page('head', '/admin.html#tips');
    await p.page.locator('.btn', { hasText: '新增提示' }).click();
    const go = p.page.locator('dialog .btn-primary');
    assert.ok(await go.isDisabled(), 'a tip has a title');
    const service = (await (await s.as('head')).get('/api/services')).items[0];
    await p.page.getByLabel('业务', { exact: true }).selectOption(String(service.id));
    await p.page.getByLabel('标题（中文）').fill('带孩子来开户');
    await p.page.getByLabel('标题（英文）').fill('An account for a child');
    await p.page.getByLabel('怎么办理（中文）').fill('取号\n核对\n开户');
    await p.page.getByLabel('还可以在哪办（中文）').fill('任何网点');
    assert.equal(await p.page.locator('dialog .tip-steps li').count(), 3);
    await clean(p.page, 'a tip being written');
    await p.page.getByLabel('显示到').fill('2020-01-01');
    await go.click();
    await p.page.waitForSelector('dialog .field .error');
    assert.equal(await p.page.getByLabel('显示到').getAttribute('aria-invalid'), 'true');
    await p.page.getByLabel('显示到').fill('');
    await go.click();
    await saved(p);
    await p.page.waitForSelector('tr:has-text("带孩子来开户") .badge-ok');
    await p.page.goto(`${s.url}/map.html?o=${s.outlet.code}&service=${service.id}`);
    const shown = p.page.locator('.tip', { hasText: '带孩子来开户' });
    assert.match(await shown.innerText(), /取号[^]*核对[^]*开户[^]*任何网点/);
    await p.context.close(); /* the refusal is in its console */
});

test('English and a tablet fit', async () => {
    const p = await admin('rule', { width: 1024, height: 768, lang: 'en' });
    for (const x of ['rule', 'limits', 'windows', 'staff', 'calendar']) {
        await p.page.goto(`${s.url}/admin.html?o=${o}#${x}`);
        await p.page.waitForSelector('.admin-body .card, .admin-body .table');
        await fits(p.page, x);
        await clean(p.page, x + ' in English');
    }
    await closing(p);
});
