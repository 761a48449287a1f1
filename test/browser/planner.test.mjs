// The planner's page: a week by hand and by the solver, a day's certificate and what-if, people.
import { before, after } from 'node:test';
import test from './count.mjs';
import assert from 'node:assert/strict';
import { clean, closing, fits, stage } from './staff.mjs';

let s;
before(async () => {
    s = await stage();
    await s.open();
});
after(() => s.close());

test('every view is there, and axe-core finds nothing', async () => {
    if (s.mock) return; /* the stand-in knows no rosters */
    const p = await s.page('head', '/planner.html');
    for (const [view, sign, simulated] of [
        ['week', '.gantt', true],
        ['day', '[data-what]', true],
        ['people', '.absence-form', false],
    ]) {
        /* the simulation's answer comes after the view stands, and is part of what is looked at */
        const answer = simulated && p.page.waitForResponse(/plan\/simulate$/);
        await p.page.goto(s.url + '/planner.html#view=' + view);
        await p.page.waitForSelector(sign);
        await answer;
        await clean(p.page, view);
        await fits(p.page, view);
    }
    await closing(p);
});

test('a shift is moved and resized by keys and mouse, judged at once, and taken back', async () => {
    if (s.mock) return;
    const p = await s.page('head', '/planner.html');
    const bar = p.page.locator('.bar').first();
    await bar.waitFor();
    const before_ = await bar.getAttribute('aria-label');
    await bar.focus();
    await p.page.keyboard.press('Shift+ArrowLeft');
    const shorter = await bar.getAttribute('aria-label');
    assert.notEqual(shorter, before_);
    const asked = p.page.waitForResponse((r) => r.url().endsWith('/roster/check'));
    await p.page.keyboard.press('ArrowRight');
    assert.equal((await asked).status(), 200);
    assert.notEqual(await bar.getAttribute('aria-label'), shorter);
    await p.page.keyboard.press('Control+z');
    await p.page.keyboard.press('Control+z');
    assert.equal(await bar.getAttribute('aria-label'), before_);
    const box = await bar.boundingBox();
    await p.page.mouse.move(box.x + 60, box.y + box.height / 2);
    await p.page.mouse.down();
    await p.page.mouse.move(box.x + 160, box.y + box.height / 2, { steps: 4 });
    await p.page.mouse.up();
    assert.notEqual(await bar.getAttribute('aria-label'), before_);
    await closing(p);
});

test('the solver makes a lawful roster, which is saved as a draft', async () => {
    if (s.mock) return;
    const p = await s.page('head', '/planner.html');
    const judged = p.page.waitForResponse((r) => r.url().endsWith('/roster/check'), {
        timeout: 60000,
    });
    await p.page.locator('.toolbar .btn', { hasText: '自动排班' }).click();
    await p.page.waitForSelector('.badge-warn', { timeout: 60000 });
    const report = await (await judged).json();
    assert.equal(report.broken_rules, 0);
    await p.page.waitForFunction(
        () => !/违反规则 \d/.test(document.querySelector('[data-judged]').textContent),
    );
    await p.page.locator('.toolbar .btn', { hasText: '保存草稿' }).click();
    await p.page.waitForSelector('text=草稿已保存');
    await closing(p);
});

test('a phone and a tablet in English: nothing is cut off, shifts and figures scroll together', async () => {
    if (s.mock) return;
    for (const width of [390, 1024]) {
        const p = await s.page('head', '/planner.html', { width, height: 844, lang: 'en' });
        for (const [view, sign] of [
            ['week', '.gantt'],
            ['day', '[data-what]'],
            ['people', '.absence-form'],
        ]) {
            await p.page.goto(s.url + '/planner.html#view=' + view);
            await p.page.waitForSelector(sign);
            await clean(p.page, view);
            await fits(p.page, view + ' at ' + width);
        }
        await closing(p);
    }
});

test('the certified plan and the textbooks stand beside the windows', async () => {
    if (s.mock) return;
    const p = await s.page('head', '/planner.html#view=day');
    await p.page.waitForSelector('[data-curve="0"]');
    const slots = await p.page.locator('details tbody tr').count();
    /* the answer of a job in its own shape, done at once */
    const plan = (n, late) => ({
        ...{ sum: n * slots, windows: Array(slots).fill(n), whole_late: late },
        ...{ worst_late: 2 * late, worst_slot: 3, slots_over: late > 0.05 ? 4 : 0 },
    });
    const part = (n) => ({
        ...{ certified: true, lower_bound: n * slots - 2, plan: plan(n, 0.02) },
        ...{ sipp: plan(n + 1, 0.01), day_only: plan(n - 1, 0.06) },
    });
    const windows = Array(48).fill(3);
    const done = { state: 'done', result: { items: [] } };
    await p.page.route('**/plan/staff', (route) => {
        const { day } = route.request().postDataJSON();
        done.result.items = [
            {
                day,
                need: { personal: windows, corporate: windows },
                parts: { personal: part(3), corporate: part(2) },
            },
        ];
        return route.fulfill({ json: { job: 1 } });
    });
    await p.page.route('**/plan/jobs/1*', (route) => route.fulfill({ json: { job: 1, ...done } }));
    await p.page.locator('section[aria-labelledby=staff-title] .btn').first().click();
    await p.page.waitForSelector('[data-curve="3"]');
    const legend = await p.page.locator('[data-curve]').innerText();
    for (const n of [5, 7, 3]) assert.match(legend, new RegExp(`（${n * slots}`));
    assert.match(legend, /SIPP[^]*95%/);
    /* the bound from below, and the gap */
    const gaps = await p.page.locator('[data-gap]').allInnerTexts();
    assert.equal(gaps.length, 2);
    assert.match(gaps[0], new RegExp(`方案 ${3 * slots}，下限 ${3 * slots - 2}，差 2`));
    await clean(p.page, 'the plans beside each other');
    await closing(p);
});

test('a day that is over is not planned: the page opens on the next working day', async () => {
    if (s.mock) return;
    const p = await s.page('head', '/planner.html#view=day');
    await p.page.waitForSelector('[data-what]');
    const shown = () => p.page.locator('.day-grid').locator('xpath=preceding::h2[1]').innerText();
    const open = await shown();
    const close = (/** @type {(d: any, i: number) => boolean} */ over) =>
        p.page.route('**/roster?week=*', async (route) => {
            const r = await route.fetch();
            const w = await r.json();
            w.days = w.days.map((d, i) => (over(d, i) ? { ...d, opens: 0, closes: 0 } : d));
            await route.fulfill({ response: r, json: w });
        });
    const day = open.slice(-10);
    await close((d) => d.day <= day);
    await p.page.reload();
    await p.page.waitForSelector('[data-what]');
    const next = (await shown()).slice(-10);
    assert.ok(next > day, `${next} after ${day}`);
    /* nothing left in this week: the first open day of the one after */
    await p.page.unroute('**/roster?week=*');
    const weeks = [];
    await p.page.route('**/roster?week=*', async (route) => {
        const r = await route.fetch();
        const w = await r.json();
        if (!weeks.length) w.days = w.days.map((d) => ({ ...d, opens: 0, closes: 0 }));
        weeks.push(w.week);
        await route.fulfill({ response: r, json: w });
    });
    await p.page.reload();
    await p.page.waitForSelector('[data-what]');
    assert.equal(weeks.length, 2);
    assert.ok((await shown()).slice(-10) >= weeks[1]);
    await closing(p);
});

test('what a certificate proposes makes it better, from what stands there', async () => {
    if (s.mock) return;
    const api = await s.as('head');
    const p = await s.page('head', '/planner.html#view=day');
    await p.page.waitForSelector('[data-cert]');
    const day = (
        await p.page.locator('.day-grid').locator('xpath=preceding::h2[1]').innerText()
    ).slice(-10);
    const outlet = s.outlet.id;
    let fixes = 0;
    for (const at of [3, 6, 9]) {
        const personal = Array.from({ length: 48 }, (_, i) => (i === 22 ? at - 2 : at));
        const r = await api.post(`/api/outlets/${outlet}/plan/simulate`, {
            ...{ day, use: 'windows', personal, corporate: Array(48).fill(2) },
            ...{ fix: true, days: 400 },
        });
        const worst = Math.max(...r.slots.map((x) => x.late));
        if (!r.fix) continue;
        fixes++;
        assert.ok(Math.abs(r.fix.worst_before - worst) < 1e-4);
        assert.ok(Math.abs(r.fix.late_before - r.whole.late) < 1e-4);
        assert.ok(r.fix.late_after < r.fix.late_before);
    }
    console.log(`# ${fixes} fixes`);
    await closing(p);
});

test('somebody who may be lent goes to another outlet for a day, and is a guest there', async () => {
    if (s.mock) return;
    const api = await s.as('head');
    const p = await s.page('head', '/planner.html');
    await p.page.waitForSelector('.gantt .bar');
    assert.equal(await p.page.locator('.lend').count(), 0, 'nobody may be lent yet');
    const staff_id = Number(await p.page.locator('.bar').first().getAttribute('data-bar'));
    const day = (await p.page.locator('#gantt-title').innerText()).match(/\d{4}-\d\d-\d\d/)[0];
    const monday = (await p.page.locator('.pickers .strong').innerText()).slice(0, 10);
    const path = `/api/outlets/${s.outlet.id}/roster?week=${monday}`;
    const person = (await api.get(path)).people.find((x) => x.staff_id === staff_id);
    await p.page.goto(s.url + '/planner.html#view=people');
    const box = p.page.locator(`input[type=checkbox][aria-label^="${person.name}"]`);
    const saved = p.page.waitForResponse((r) => /contract/.test(r.url()));
    await box.check();
    assert.ok((await saved).ok());
    await p.page.goto(s.url + '/planner.html#view=week&day=' + day);
    await p.page.reload();
    const choice = p.page.locator('.lend select').first();
    await choice.waitFor();
    await clean(p.page, 'lending');
    await fits(p.page, 'lending');
    const other = (await api.get('/api/outlets')).items.find((o) => o.id !== s.outlet.id);
    const judged = p.page.waitForResponse((r) => r.url().endsWith('/roster/check'));
    await choice.selectOption(String(other.id));
    const report = await (await judged).json();
    assert.match(
        await p.page.locator(`[data-bar="${staff_id}"]`).innerText(),
        new RegExp('→ ' + other.name_zh),
    );
    assert.equal(report.broken_rules, 0, JSON.stringify(report.faults.filter((f) => f.hard)));
    await p.page.locator('.toolbar .btn', { hasText: '保存草稿' }).click();
    await p.page.waitForSelector('text=草稿已保存');
    const kept = await api.get(path);
    assert.ok(kept.work.some((x) => x.staff_id === staff_id && x.outlet_id === other.id));
    /* published, the other outlet sees a guest */
    await api.post(`/api/outlets/${s.outlet.id}/roster/publish`, {
        ...{ week: monday, revision: kept.draft.revision },
    });
    const there = await (
        await s.as('office')
    ).get(`/api/outlets/${other.id}/roster?week=${monday}`);
    assert.ok(there.people.some((x) => x.staff_id === staff_id && x.guest));
    await closing(p);
});

test('a slider gives its answer in under a second', async () => {
    if (s.mock) return;
    const p = await s.page('head', '/planner.html#view=day');
    await p.page.waitForSelector('[data-what]');
    const answer = p.page.waitForResponse(
        (r) => r.url().endsWith('/plan/simulate') && /"arrivals":1\.3/.test(r.request().postData()),
    );
    await p.page.locator('.slider input').first().fill('130');
    const body = await (await answer).json();
    assert.ok(body.slots.length > 0 && body.whole.late >= 0);
    console.log(`# what-if: ${body.ms} ms for ${body.days} days`);
    await closing(p);
});
