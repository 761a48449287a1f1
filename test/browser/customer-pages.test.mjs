// The customers' pages as they look: each in Chinese, and in English with large type. axe-core finds
// nothing, nothing is cut off sideways, no text is left in the other language.
import { before, after } from 'node:test';
import test from './count.mjs';
import assert from 'node:assert/strict';
import {
    anyServer,
    demoClock,
    openBrowser,
    openPage,
    axe,
    account,
    signInPage,
} from './server.mjs';

let server, url, browser, outlet;

before(async () => {
    server = await anyServer();
    url = server.url;
    await demoClock(server, true);
    browser = await openBrowser();
    const a = await account(url, 'floor');
    outlet = (await (await fetch(url + '/api/outlets')).json()).items.find(
        (o) => o.id === a.outlet_id,
    );
});
after(async () => {
    if (browser) await browser.close();
    if (server) await server.stop();
});
const closing = async (p) => {
    assert.deepEqual(p.errors, []);
    await p.context.close();
};

const PAGES = [
    { name: 'home', path: () => '/', wait: '.outlet-row', size: [1280, 900] },
    { name: 'home on a phone', path: () => '/', wait: '.outlet-row', size: [390, 844] },
    { name: 'sign-in', path: () => '/signin.html', wait: 'form', size: [1280, 900] },
    { name: 'set-up', path: () => '/setup.html#token', wait: 'form', size: [1280, 900] },
    {
        name: 'kiosk',
        path: () => `/kiosk.html?o=${outlet.code}`,
        wait: '.k-tile',
        size: [1080, 1920],
        role: 'floor',
    },
    {
        name: 'kiosk in landscape',
        path: () => `/kiosk.html?o=${outlet.code}`,
        wait: '.k-tile',
        size: [1920, 1080],
        role: 'floor',
    },
    {
        name: 'kiosk, confirming',
        path: () => `/kiosk.html?o=${outlet.code}`,
        wait: '.k-tile',
        click: '.k-tile',
        size: [1280, 800],
        role: 'floor',
    },
    {
        name: 'kiosk without a session',
        path: () => `/kiosk.html?o=${outlet.code}`,
        wait: 'form',
        size: [1080, 1920],
    },
    {
        name: 'board',
        path: () => `/board.html?o=${outlet.code}&sound=off`,
        wait: '.b-queue',
        size: [1920, 1080],
    },
    {
        name: "board's start",
        path: () => `/board.html?o=${outlet.code}`,
        wait: '.b-start',
        size: [1920, 1080],
    },
    { name: 'phone', path: () => '/me.html', wait: 'h1', size: [390, 844] },
    {
        name: 'phone, booking',
        path: () => `/me.html?o=${outlet.code}&book=1`,
        wait: '.pick',
        click: '.pick .card',
        after: '.slot',
        size: [390, 844],
    },
];
for (const page of PAGES)
    for (const [lang, large] of [
        ['zh', false],
        ['en', true],
    ])
        test(`${page.name} in ${lang}${
            large ? ', large type' : ''
        }: axe finds nothing, nothing is cut off sideways`, async () => {
            const p = await openPage(browser, {
                width: page.size[0],
                height: page.size[1],
                lang,
                large,
            });
            if (page.role) await signInPage(p.page, url, page.role);
            await p.page.goto(url + page.path());
            await p.page.waitForSelector(page.wait);
            if (page.click) {
                await p.page.locator(page.click).first().click();
                await p.page.waitForSelector(page.after || 'h1');
            }
            assert.equal(
                await p.page.evaluate(() => document.documentElement.lang),
                lang === 'en' ? 'en' : 'zh-CN',
            );
            assert.deepEqual(await axe(p.page), []);
            assert.ok(
                await p.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth + 1),
                'no sideways scrolling',
            );
            if (lang === 'en') {
                /* no Chinese left, but for names, the language button, and the tiles' second line */
                const left = await p.page.evaluate(() =>
                    [
                        ...document.querySelectorAll(
                            'main h1, main h2, main button, main th, main label, main p',
                        ),
                    ]
                        .filter(
                            (e) =>
                                !e.closest("[lang='zh-CN']") && !e.querySelector("[lang='zh-CN']"),
                        )
                        .map((e) => e.textContent || '')
                        .filter((s) => /[一-鿿]/.test(s) && s.length < 60),
                );
                assert.deepEqual(left, []);
            }
            await closing(p);
        });

test('an address that is none answers 404, with a page for people and a problem for programs', async () => {
    const p = await openPage(browser, { width: 390, height: 844 });
    const r = await p.page.goto(server.url + '/no/such.html');
    assert.equal(r.status(), 404);
    await p.page.waitForSelector('h1');
    assert.match(await p.page.locator('main').innerText(), /没有这个页面/);
    assert.deepEqual(await axe(p.page), []);
    const a = await fetch(server.url + '/no/such.html', {
        headers: { Accept: 'application/json' },
    });
    assert.equal(a.status, 404);
    assert.equal((await a.json()).code, 'API_NO_ROUTE');
    await closing(p);
});

test('a server that is away when a page opens is asked again by itself', async () => {
    const p = await openPage(browser, { width: 1280, height: 800 });
    await p.page.route('**/api/**', (route) => route.abort());
    await p.page.goto(server.url + '/floor.html');
    await p.page.waitForSelector('.problem');
    await p.page.unroute('**/api/**');
    await p.page.waitForSelector('main form'); /* to sign in */
    await closing(p);
});
