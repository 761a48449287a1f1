// api.js -- The one way from a page to the server.
//
// Every write carries an Idempotency-Key made once per action of the user. When the network fails
// the same key is sent again, so that a number is never taken twice: the server answers a repeated
// key with the first answer. Errors are Problem objects made from application/problem+json.
import { signal } from './vendor.js';
import { lang, t } from './texts.js';

/**
 * @typedef {{signed_in: boolean, id?: number, name?: string, role?: string, kind?: "staff"|"device",
 *   outlet_id?: number, csrf?: string, expires_ms?: number}} Session
 */

/** Who uses this browser. null: not asked yet. @type {{value: Session|null}} */
export const session = signal(/** @type {Session|null} */ (null));

/** The bank, from GET /api/info. @type {{value: any}} */
export const info = signal(/** @type {any} */ (null));

export class Problem extends Error {
    /** @param {{title?: string, status?: number, code?: string, detail?: string, field?: string}} p */
    constructor(p) {
        const title = p.title || t('problem.unknown');
        super(title);
        this.title = title[0].toUpperCase() + title.slice(1);
        this.status = p.status || 0;
        this.code = p.code || '';
        this.detail = p.detail || '';
        this.field = p.field || '';
    }
    /** What the detail adds for who reads the page: never the title again, never English in a Chinese page. */
    get more() {
        const same = this.detail.toLowerCase() === this.title.toLowerCase();
        const foreign = lang.value !== 'en' && /[a-z]{2,}[ ,]+[a-z]{2,}/i.test(this.detail);
        return same || foreign ? '' : this.detail;
    }
    /** The title and what is to be added, as one line. */
    get line() {
        return this.more ? this.title + t('colon') + this.more : this.title;
    }
    /** The server was not reached at all. */
    get network() {
        return this.status === 0;
    }
}

/** A key for one action of the user. crypto.randomUUID needs https, this does not. */
export function newKey() {
    const b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 0x0f) | 0x40;
    b[8] = (b[8] & 0x3f) | 0x80;
    const x = [...b].map((v) => v.toString(16).padStart(2, '0')).join('');
    return `${x.slice(0, 8)}-${x.slice(8, 12)}-${x.slice(12, 16)}-${x.slice(16, 20)}-${x.slice(20)}`;
}

/* In the demo one browser is the kiosk, the board and a teller at the same time: there the device's
 * token belongs to the tab. A real kiosk keeps it in the cookie, which outlives the browser. */
const TAB_TOKEN = 'piaohao.device';
const devicePage = /^\/(kiosk|board)(\.html)?$/.test(location.pathname);

/** @returns {string} */
function tabToken() {
    try {
        return (devicePage && sessionStorage.getItem(TAB_TOKEN)) || '';
    } catch {
        return '';
    }
}

/** @param {number} ms */
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/**
 * @param {string} method @param {string} path @param {any} body @param {Record<string,string>} headers
 * @param {number} timeout_ms
 */
async function once(method, path, body, headers, timeout_ms) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), timeout_ms);
    const token = tabToken();
    if (token) headers = { ...headers, Authorization: `Bearer ${token}` };
    try {
        const answer = await fetch(path, {
            method,
            headers,
            body,
            signal: stop.signal,
            credentials: 'same-origin',
            cache: 'no-store',
        });
        const text = await answer.text();
        let data = null;
        try {
            data = text ? JSON.parse(text) : {};
        } catch {
            data = null;
        }
        if (!answer.ok || data === null) {
            const p = new Problem({ ...(data || {}), status: answer.status });
            if (answer.status === 401 && session.value && session.value.signed_in)
                session.value = { signed_in: false };
            throw p;
        }
        return data;
    } catch (e) {
        if (e instanceof Problem) throw e;
        throw new Problem({ title: t('problem.network'), status: 0, code: 'NETWORK' });
    } finally {
        clearTimeout(timer);
    }
}

/** @param {string} path @param {{timeout_ms?: number}} [o] @returns {Promise<any>} */
export function get(path, o = {}) {
    return once(
        'GET',
        path,
        undefined,
        { 'Accept': 'application/json', 'Accept-Language': lang.value },
        o.timeout_ms || 15000,
    );
}

/**
 * A write. Tries again with the same key after a lost connection or a busy server (503).
 * @param {"POST"|"PUT"|"PATCH"|"DELETE"} method @param {string} path @param {any} [body]
 * @param {{key?: string, tries?: number, timeout_ms?: number}} [o] @returns {Promise<any>}
 */
export async function send(method, path, body = {}, o = {}) {
    /** @type {Record<string,string>} */
    const headers = {
        'Accept': 'application/json',
        'Accept-Language': lang.value,
        'Content-Type': 'application/json',
        'Idempotency-Key': o.key || newKey(),
    };
    const tries = o.tries || 4;
    let asked = false;
    for (let n = 1; ; n++) {
        if (session.value && session.value.csrf) headers['X-CSRF'] = session.value.csrf;
        try {
            return await once(method, path, JSON.stringify(body), headers, o.timeout_ms || 10000);
        } catch (e) {
            const p = /** @type {Problem} */ (e);
            /* Another tab signed in, or this page never asked who is signed in. Sent again only if that
             * does not make it another person's act. */
            if (p.code === 'WHO_BAD_CSRF' && !asked) {
                asked = true;
                const was = session.value;
                const is = await loadSession();
                if (!was || !was.signed_in || (is && is.name === was.name && is.role === was.role))
                    continue;
                throw p;
            }
            if (n >= tries || !(p.network || p.status === 503)) throw p;
            await pause(400 * 2 ** (n - 1));
        }
    }
}

/** @param {string} path @param {any} [body] @param {{key?: string, tries?: number}} [o] @returns {Promise<any>} */
export const post = (path, body, o) => send('POST', path, body, o);
/** @param {string} path @param {any} [body] @returns {Promise<any>} */
export const put = (path, body) => send('PUT', path, body);
/** @param {string} path @param {any} [body] @returns {Promise<any>} */
export const patch = (path, body) => send('PATCH', path, body);

export async function loadSession() {
    session.value = await get('/api/session');
    return session.value;
}

/** @param {string} username @param {string} password */
export async function signIn(username, password) {
    session.value = await post('/api/session', { username, password }, { tries: 2 });
    return session.value;
}

export async function signOut() {
    await send('DELETE', '/api/session', {});
    session.value = { signed_in: false };
}

/** Kiosk and board devices: the token comes once in the address (#device=TOKEN), then it is removed. */
export async function signInDevice() {
    const m = /[#&]device=([^&]+)/.exec(location.hash);
    if (!m) return;
    history.replaceState(null, '', location.pathname + location.search);
    const token = decodeURIComponent(m[1]);
    const bank = info.value || (await get('/api/info'));
    if (bank.demo && devicePage) {
        try {
            sessionStorage.setItem(TAB_TOKEN, token);
            await loadSession();
            return;
        } catch {
            /* no storage in this tab: the cookie then */
        }
    }
    session.value = await post('/api/session/device', { token });
}
