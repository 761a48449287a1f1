// server.mjs -- What the browser tests share: a server on a fresh demo bank, a browser, axe.
//
//   PIAOHAO_URL   a server that runs already (./check starts one for each test file)
//   PIAOHAO_BIN   otherwise this binary is started on a demo bank of its own (default build/piaohao)
//   PIAOHAO_MAKER makes that bank (default PIAOHAO_BIN)
//   PIAOHAO_MOCK  =1: the stand-in server instead, for working on pages without building anything
//   CHROMIUM      the browser, default chromium-headless-shell (two thirds of chromium's work)
import { spawn, execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { randomUUID } from 'node:crypto';

export const top = normalize(new URL('../..', import.meta.url).pathname);
const require = createRequire(join(top, 'web/package.json'));
const { chromium } = require('playwright-core');
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const freePort = () =>
    new Promise((done) => {
        const s = createServer().listen(0, '127.0.0.1', () => {
            const { port } = s.address();
            s.close(() => done(port));
        });
    });
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** A server of this test alone, on a fresh demo bank; stop() ends it by its pid, start() starts it again. */
export async function ownServer(days = 2) {
    if (process.env.PIAOHAO_MOCK) {
        const m = await import('./mock.mjs');
        m.fill();
        await new Promise((done) => m.server.listen(0, '127.0.0.1', done));
        const timer = setInterval(() => m.step(1), 1000);
        return {
            url: 'http://127.0.0.1:' + m.server.address().port,
            mock: m,
            stop: async () => {
                clearInterval(timer);
                m.server.closeAllConnections();
                m.server.close();
            },
        };
    }
    const bin = process.env.PIAOHAO_BIN || join(top, 'build/piaohao');
    if (!existsSync(bin)) throw new Error(`${bin} is missing: build first, or set PIAOHAO_BIN`);
    const dir = mkdtempSync(join(tmpdir(), 'piaohao-browser-'));
    const db = 'sqlite:' + join(dir, 'demo.db');
    execFileSync(process.env.PIAOHAO_MAKER || bin, ['demo', '--days', String(days), '--db', db], {
        stdio: ['ignore', 'ignore', 'inherit'],
        timeout: 300000,
    });
    const port = await freePort();
    const url = 'http://127.0.0.1:' + port;
    let child = null,
        said = '';
    const start = async () => {
        child = spawn(bin, ['serve', '--db', db, '--port', String(port)], {
            stdio: ['ignore', 'ignore', 'pipe'],
        });
        child.stderr.on('data', (bytes) => (said += bytes));
        for (let n = 0; n < 200; n++) {
            try {
                if ((await fetch(url + '/healthz')).ok) return;
            } catch {
                await pause(100);
            }
        }
        throw new Error('the server does not answer');
    };
    const halt = () =>
        new Promise((done) => {
            if (!child || child.exitCode !== null) return done();
            const hard = setTimeout(() => child.kill('SIGKILL'), 5000);
            child.once('close', () => {
                clearTimeout(hard);
                done();
            });
            child.kill('SIGTERM');
        });
    await start();
    return {
        url,
        start,
        halt,
        stop: async () => {
            await halt();
            rmSync(dir, { recursive: true, force: true });
            if (/ERROR: (Address|Leak)Sanitizer|runtime error:/.test(said))
                throw new Error('the server had a finding:\n' + said);
        },
    };
}

/** The server of ./check, or one of our own. */
export async function anyServer() {
    return process.env.PIAOHAO_URL
        ? { url: process.env.PIAOHAO_URL, stop: async () => {} }
        : ownServer();
}

export const openBrowser = () =>
    chromium.launch({
        executablePath: process.env.CHROMIUM || '/usr/bin/chromium-headless-shell',
        args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
    });

/**
 * A page in a fresh context. errors collects what the console complains about: a policy broken, a
 * script that failed.
 */
export async function openPage(
    browser,
    { lang = 'zh', large = false, width = 1280, height = 900, init, ...more } = {},
) {
    const context = await browser.newContext({ viewport: { width, height }, ...more });
    await context.addInitScript(
        ([l, g]) => {
            if (!localStorage.getItem('piaohao.lang')) localStorage.setItem('piaohao.lang', l);
            if (g) localStorage.setItem('piaohao.large', '1');
        },
        [lang, large],
    );
    if (init) await context.addInitScript(init);
    const page = await context.newPage();
    page.setDefaultTimeout(15000);
    const errors = [];
    page.on('pageerror', (e) => errors.push('script: ' + e.message));
    page.on('console', (m) => {
        if (m.type() === 'error' && !/Failed to load resource|net::ERR_/.test(m.text()))
            errors.push('console: ' + m.text());
    });
    return { context, page, errors };
}

/** axe-core's findings as lines; none is right. */
export async function axe(page) {
    /* once a document: what it has run of itself already is compiled then */
    if (!(await page.evaluate(() => !!window.axe))) await page.evaluate(axeSource);
    const r = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    return r.violations.map(
        (v) =>
            `${v.id}: ${v.nodes.length} x ${v.nodes[0].html.slice(0, 140)} -- ` +
            v.nodes[0].failureSummary.replace(/\s+/g, ' ').slice(0, 160),
    );
}

/** The API as a signed-in person; without a name as anybody. */
export async function client(url, username, password) {
    let cookie = '',
        csrf = '';
    const call = async (method, path, body) => {
        const headers = { Accept: 'application/json' };
        if (cookie) headers.Cookie = cookie;
        if (csrf) headers['X-CSRF'] = csrf;
        if (method !== 'GET') {
            headers['Content-Type'] = 'application/json';
            headers['Idempotency-Key'] = randomUUID();
        }
        const r = await fetch(url + path, {
            method,
            headers,
            body: method === 'GET' ? undefined : JSON.stringify(body || {}),
        });
        const set = r.headers.get('set-cookie');
        if (set) cookie = set.split(';')[0];
        const data = await r.json();
        if (!r.ok)
            throw Object.assign(
                new Error(
                    `${method} ${path}: ${r.status} ${data.code} ${data.title} ${data.detail || ''}`,
                ),
                data,
            );
        return data;
    };
    if (username) {
        const s = await call('POST', '/api/session', { username, password });
        csrf = s.csrf;
    }
    return {
        get: (p) => call('GET', p),
        post: (p, b) => call('POST', p, b),
        put: (p, b) => call('PUT', p, b),
        call,
    };
}

/** A demo account of a role. */
export async function account(url, role) {
    const info = await (await fetch(url + '/api/info')).json();
    const all = info.demo_accounts.filter((x) => x.role === role);
    const a = all.find((x) => x.username === role) || all[0]; // a relief is a teller without a seat
    if (!a) throw new Error('no demo account for ' + role);
    return a;
}

/**
 * Stops or starts the clock of a server's demo. While it stands, its customers and tellers do and
 * nothing is looked at anew: what goes on beside a test costs it a processor and proves nothing.
 */
export async function demoClock({ url, mock }, paused) {
    if (mock) return;
    const a = await account(url, 'admin');
    const c = await client(url, a.username, a.password);
    await c.post('/api/demo/clock', { speed: paused ? 1 : 20, paused });
}

/** Signs a page in as a role, or as a person, by the API with the page's own cookies. */
export async function signInPage(page, url, role, username) {
    const a = username ? { username, password: 'demo' } : await account(url, role);
    const r = await page.request.post(url + '/api/session', {
        data: { username: a.username, password: a.password },
        headers: { 'Idempotency-Key': randomUUID() },
    });
    if (!r.ok()) throw new Error('sign-in as ' + role + ': ' + r.status() + ' ' + (await r.text()));
    return a;
}

/** Waits until the function gives something true. */
export async function until(f, what = 'it', ms = 15000) {
    const end = Date.now() + ms;
    for (;;) {
        const v = await f();
        if (v) return v;
        if (Date.now() > end) throw new Error('waited in vain for ' + what);
        await pause(100);
    }
}
