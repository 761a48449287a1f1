// staff.mjs -- What the tests of the staff's pages share: a server (or their stand-in with
// PIAOHAO_MOCK=1), people signed in, a window that is free, customers with numbers.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import {
    account,
    anyServer,
    axe,
    client,
    demoClock,
    openBrowser,
    openPage,
    signInPage,
    top,
} from './server.mjs';

const TYPES = {
    html: 'text/html; charset=utf-8',
    js: 'text/javascript',
    css: 'text/css',
    svg: 'image/svg+xml',
    png: 'image/png',
};

/** The server of these tests; .mock is there when it is the stand-in. */
export async function staffServer() {
    if (!process.env.PIAOHAO_MOCK) return anyServer();
    const { startMock } = await import('./mock-staff.mjs');
    const stage = mkdtempSync(join(tmpdir(), 'piaohao-web-'));
    execFileSync(join(top, 'tools/embed-web'), ['--stage', stage]);
    const mock = await startMock({
        serve: async (path) => {
            for (const root of [join(top, 'web'), stage])
                if (existsSync(join(root, path)) && TYPES[path.split('.').pop()])
                    return {
                        body: readFileSync(join(root, path)),
                        type: TYPES[path.split('.').pop()],
                    };
            return null;
        },
    });
    return { url: mock.url, mock, stop: () => mock.close() };
}

/** A server whose demo stands still at a busy half past ten, a browser and people, for one test file. */
export async function stage() {
    const server = await staffServer();
    const { url } = server;
    const browser = await openBrowser();
    const people = new Map();
    const as = async (role) => {
        if (!people.has(role)) {
            const a = await account(url, role);
            people.set(role, await client(url, a.username, a.password));
        }
        return people.get(role);
    };
    const floor = await account(url, 'floor');
    const outlet = (await (await fetch(url + '/api/outlets')).json()).items.find(
        (o) => o.id === floor.outlet_id,
    );
    assert.ok(outlet, "the floor manager's outlet is in the list");
    const now = (await (await fetch(url + '/api/info')).json()).now_ms;
    await demoClock(server, true);
    return {
        server,
        url,
        browser,
        outlet,
        as,
        now,
        mock: server.mock,
        /** A page signed in as a role; o.as: as this person. */
        async page(role, path, { as: username, ...o } = {}) {
            const p = await openPage(browser, { width: 1440, height: 900, ...o });
            await signInPage(p.page, url, role, username);
            await p.page.goto(url + path);
            return p;
        },
        /** A customer with a number, given by the floor manager. */
        async take(o = {}) {
            const f = await as('floor');
            const about = await f.get(`/api/outlets/${outlet.id}`);
            const s = about.services.find((x) => !x.corporate) || about.services[0];
            return f.post(`/api/outlets/${outlet.id}/tickets`, { service_id: s.id, ...o });
        },
        /** The demo's own customers and tellers stand still, or go on. */
        still: (paused = true) => demoClock(server, paused),
        async open() {
            const f = await as('floor');
            const d = await f.get(`/api/outlets/${outlet.id}/floor`);
            if (d.day.state === 'before' || d.day.state === 'closed')
                await f.post(`/api/outlets/${outlet.id}/day/open`);
            if (d.day.state === 'issuing_stopped')
                await f.post(`/api/outlets/${outlet.id}/day/resume-issuing`);
        },
        /** The window where the demo's teller may work: the own one, or a free one. */
        async window(role = 'teller') {
            const c = await as(role);
            const me = (await c.get('/api/session')).name;
            const list = (await c.get(`/api/outlets/${outlet.id}/windows`)).items;
            const w =
                list.find((x) => x.session && x.session.staff_name === me) ||
                list.find((x) => !x.session && !x.corporate);
            assert.ok(w, 'a window for ' + me);
            return w;
        },
        /** Nobody at the teller's window, and the teller at no other. */
        async clear(role = 'teller') {
            const c = await as(role);
            const me = (await c.get('/api/session')).name;
            for (const w of (await c.get(`/api/outlets/${outlet.id}/windows`)).items) {
                if (!w.session || w.session.staff_name !== me) continue;
                const d = await c.get(`/api/windows/${w.id}/desk`);
                if (d.session.state === 'paused') await c.post(`/api/windows/${w.id}/resume`);
                if (d.ticket && d.ticket.state === 'called')
                    await c.post(`/api/windows/${w.id}/serve`);
                for (let n = 0; n < 6 && (await c.get(`/api/windows/${w.id}/desk`)).ticket; n++)
                    await c.post(`/api/windows/${w.id}/end`);
                await c.post(`/api/windows/${w.id}/sign-out`);
            }
        },
        async close() {
            await browser.close();
            await server.stop();
        },
    };
}

/** Nothing was complained about, and the page closes. */
export async function closing(p) {
    assert.deepEqual(p.errors, []);
    await p.context.close();
}
/** Nothing is being loaded, and whatever moves has arrived (what turns for ever does not count). */
export async function settled(page) {
    await page.waitForFunction(
        () =>
            !document.querySelector('main .spinner') &&
            document.getAnimations().every((a) => {
                const e = a.effect && a.effect.getComputedTiming();
                return a.playState !== 'running' || !e || e.endTime === Infinity;
            }),
    );
}
/** axe-core finds nothing. */
export async function clean(page, what) {
    await settled(page);
    assert.deepEqual(await axe(page), [], 'axe-core on ' + what);
}
/** The page does not need to be scrolled sideways. */
export async function fits(page, what) {
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(over <= 0, `${what} is ${over} px too wide`);
}
