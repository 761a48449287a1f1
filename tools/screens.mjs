#!/usr/bin/env node
// screens.mjs -- The screenshots of the README, from the running program: docs/screens/*.png.
//
//     node tools/screens.mjs [NAME...]      needs build/piaohao (or PIAOHAO_BIN, or PIAOHAO_URL)
//
// A demo bank with eight weeks behind it is made for the purpose, unless PIAOHAO_URL names one.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
    account,
    client,
    openBrowser,
    openPage,
    ownServer,
    signInPage,
    top,
} from '../test/browser/server.mjs';

const server = process.env.PIAOHAO_URL
    ? { url: process.env.PIAOHAO_URL, stop: async () => {} }
    : await ownServer(56);
const { url } = server;
const wanted = process.argv.slice(2);
const folder = join(top, 'docs/screens');
mkdirSync(folder, { recursive: true });
const browser = await openBrowser();

const floor = await account(url, 'floor');
const outlets = (await (await fetch(url + '/api/outlets')).json()).items;
const outlet = outlets.find((o) => o.id === floor.outlet_id);
const o = '?o=' + outlet.code;

/** One picture. ready: what must be there; act: what is done first. */
async function shot(name, path, { width = 1280, height = 800, role, ready, act, settle = 1500 }) {
    if (wanted.length && !wanted.includes(name)) return;
    const { context, page, errors } = await openPage(browser, { width, height });
    if (role) await signInPage(page, url, role);
    await page.goto(url + path);
    await page.waitForSelector(ready);
    if (act) await act(page);
    await page.waitForTimeout(settle);
    await page.screenshot({ path: join(folder, name + '.png') });
    await context.close();
    console.log(name + '.png', errors.length ? errors.join('; ') : '');
}

const api = await client(url, floor.username, floor.password);
const pass = (await api.get(`/api/outlets/${outlet.id}/pass`)).pass;

await shot('home', '/' + o, { ready: '.outlet-row' });
await shot('kiosk', '/kiosk.html' + o, {
    height: 760,
    role: 'floor',
    ready: '.k-tile',
});
await shot('board', '/board.html' + o + '&sound=off', {
    width: 1280,
    height: 720,
    role: 'floor',
    ready: '.b-queue',
});
await shot('me', `/me.html${o}#${pass}`, {
    width: 390,
    height: 844,
    ready: '.pick .card',
    act: async (page) => {
        await page.click('.pick .card >> nth=0');
        await page.click('.btn-big');
        await page.waitForSelector('.t-ring, .t-call');
    },
});
await shot('floor', '/floor.html' + o, { height: 900, role: 'floor', ready: 'main h1, main h2' });
await shot('office', '/office.html', { height: 900, role: 'office', ready: 'main h1, main h2' });
await shot('flow', '/office.html#view=flow', {
    height: 900,
    role: 'office',
    ready: 'main h1, main h2',
});
await shot('admin', '/admin.html' + o, { height: 900, role: 'admin', ready: 'main h1, main h2' });
await shot('window', '/window.html' + o, {
    role: 'teller',
    ready: 'main h1',
    settle: 4000,
    act: async (page) => {
        await page.click('main .card >> nth=0'); /* his own window */
    },
});

await browser.close();
await server.stop();
