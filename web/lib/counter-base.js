// counter-base.js -- What the teller's counter knows: the customer in front of it, the chosen account,
// what waits for a second person; amounts as they are typed, in words and in notes; one order, one key.
import { html, signal, useId } from './vendor.js';
import { t, lang } from './texts.js';
import { get, post, newKey, session, Problem } from './api.js';
import { toast, toastProblem } from './ui.js';
import { info } from './api.js';

/** The customer's view from the server, or null. @type {{value: any}} */
export const customer = signal(/** @type {any} */ (null));
/** The number of the chosen account. */
export const chosen = signal('');
/** Which form is open. */
export const tab = signal('view');
/** Limits of authority, from GET /api/approve-limits. @type {{value: any}} */
export const limits = signal(/** @type {any} */ (null));
/** Settings of cash. @type {{value: any}} */
export const cashSettings = signal(/** @type {any} */ (null));
/** The live desk: {for_me, mine, box_id}. @type {{live: any}} */
export const desk = { live: null };
/** The slip that is shown. @type {{value: any}} */
export const slip = signal(/** @type {any} */ (null));
/** Is an order on its way? */
export const busy = signal('');

export const account = () =>
    customer.value
        ? customer.value.accounts.find((/** @type {any} */ a) => a.number === chosen.value)
        : null;

/** @param {number} id @param {string} [reason] */
export async function openCustomer(id, reason = '') {
    const q = reason ? '?reason=' + encodeURIComponent(reason) : '';
    const d = await get(`/api/counter/customers/${id}${q}`);
    const same = customer.value && customer.value.customer.id === d.customer.id;
    if (!same) chosen.value = '';
    customer.value = d;
    const usable = d.accounts.filter((/** @type {any} */ a) => a.state !== 'closed');
    if (!usable.some((/** @type {any} */ a) => a.number === chosen.value))
        chosen.value = usable.length ? usable[0].number : '';
    return d;
}
/** Balances as they are now, without asking for the whole again. */
export function refreshCustomer() {
    if (customer.value) openCustomer(customer.value.customer.id).catch(toastProblem);
}
export function leaveCustomer() {
    customer.value = null;
    chosen.value = '';
    tab.value = 'view';
}

/* ---- amounts ---- */

/**
 * What somebody typed as an amount: separators and full-width digits are understood. Null: not one.
 * @param {string} typed @returns {{text: string, fen: bigint}|null}
 */
export function amount(typed) {
    const plain = typed
        .replace(/[０-９]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
        .replace(/[．。]/g, '.')
        .replace(/[\s,，]/g, '');
    const m = /^(\d{1,13})(?:\.(\d{0,2}))?$/.exec(plain);
    if (!m) return null;
    const fen = BigInt(m[1]) * 100n + BigInt((m[2] || '').padEnd(2, '0'));
    return fen > 0n ? { fen, text: fenText(fen) } : null;
}
/** 12850n -> "128.50" @param {bigint} fen */
export function fenText(fen) {
    const minus = fen < 0n;
    const v = minus ? -fen : fen;
    return `${minus ? '-' : ''}${v / 100n}.${String(v % 100n).padStart(2, '0')}`;
}
/** "1234567.50" -> "1,234,567.50" @param {string|null|undefined} text */
export function yuan(text) {
    if (text === null || text === undefined) return '';
    const [whole, rest] = text.split('.');
    return whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',') + (rest === undefined ? '' : '.' + rest);
}
/** @param {string} text */
export const fenOf = (text) => {
    const minus = text.startsWith('-');
    const [a, b = ''] = text.replace('-', '').split('.');
    const v = BigInt(a) * 100n + BigInt(b.padEnd(2, '0').slice(0, 2));
    return minus ? -v : v;
};

const DIGITS = '零壹贰叁肆伍陆柒捌玖';
/** Four digits below ten thousand in words, without a zero at the beginning. @param {number} n */
function four(n) {
    const unit = ['', '拾', '佰', '仟'];
    let out = '',
        zero = false;
    for (let i = 3; i >= 0; i--) {
        const d = Math.floor(n / 10 ** i) % 10;
        if (d) {
            if (zero && out) out += '零';
            out += DIGITS[d] + unit[i];
            zero = false;
        } else {
            zero = true;
        }
    }
    return out;
}
/** 壹佰贰拾捌元整, by the rules of 支付结算办法, as the server prints it. @param {bigint} fen */
export function capitals(fen) {
    const yuans = fen / 100n;
    const jiao = Number((fen / 10n) % 10n),
        cents = Number(fen % 10n);
    const groups = ['', '万', '亿', '万亿'];
    let out = '';
    for (let g = 3; g >= 0; g--) {
        const n = Number((yuans / 10000n ** BigInt(g)) % 10000n);
        if (!n) {
            if (out && !out.endsWith('零')) out += '零';
            continue;
        }
        if (out && n < 1000 && !out.endsWith('零')) out += '零';
        out += four(n) + groups[g];
    }
    out = out.replace(/零+$/, '');
    if (yuans > 0n) out += '元';
    if (!jiao && !cents) return out + '整';
    if (jiao) out += DIGITS[jiao] + '角';
    else if (yuans > 0n) out += '零';
    return cents ? out + DIGITS[cents] + '分' : out;
}

/**
 * An amount: what is typed, and below it how it reads.
 * @param {{label: string, value: string, onInput: (v: string) => void, error?: string, autofocus?: boolean,
 *   words?: boolean, hint?: any}} p
 */
export function AmountField({ label, value, onInput, error, autofocus, words = true, hint }) {
    const id = useId();
    const a = amount(value);
    const wrong = value && !a ? t('counter.amount.bad') : error;
    return html`
      <div class="field">
        <label for=${id}>${label}</label>
        <input
            id=${id} class="input counter-amount num" inputmode="decimal" autocomplete="off"
            maxlength="24" value=${value} autofocus=${autofocus}
            aria-invalid=${wrong ? 'true' : undefined} aria-describedby=${id + 'w'}
            onInput=${(/** @type {any} */ e) => onInput(e.target.value)} />
        <span class=${wrong ? 'error' : 'hint counter-words'} id=${id + 'w'}>
          ${wrong || (a && words ? yuan(a.text) + ' · ' + capitals(a.fen) : hint || '\u00a0')}
        </span>
      </div>
    `;
}

/* ---- notes ---- */

/** Typed pieces as the server reads them. @param {Record<string, string>} typed */
export const piecesOf = (typed) =>
    Object.entries(typed)
        .filter(([, n]) => /^-?\d+$/.test(n) && Number(n) !== 0)
        .map(([face, n]) => ({ face, n: Number(n) }));
/** @param {Record<string, string>} typed */
export const piecesFen = (typed) =>
    piecesOf(typed).reduce((sum, p) => sum + fenOf(p.face) * BigInt(p.n), 0n);

/**
 * How many of each note and coin, with the running sum. of: the amount it should be, if any.
 * @param {{faces: string[], typed: Record<string, string>, onTyped: (v: Record<string, string>) => void,
 *   of?: bigint|null, signed?: boolean}} p
 */
export function Pieces({ faces, typed, onTyped, of = null, signed }) {
    const sum = piecesFen(typed);
    const off = of === null ? 0n : sum - of;
    return html`
      <div class="pieces">
        ${faces.map((face) => {
            const fen = fenOf(face);
            const n = Number(typed[face] || 0);
            return html`
              <label key=${face} class="piece">
                <span class="piece-face num">
                  ${fen >= 100n ? String(fen / 100n) : fenText(fen)}
                </span>
                <input
                    class="input num" inputmode="numeric" autocomplete="off" maxlength="8"
                    aria-label=${t('counter.pieces.n', { face })} value=${typed[face] || ''}
                    onInput=${(/** @type {any} */ e) => {
                        const ok = signed ? /[^\d-]/g : /\D/g;
                        onTyped({ ...typed, [face]: e.target.value.replace(ok, '') });
                    }} />
                <span class="piece-sum num muted">
                  ${n ? yuan(fenText(fen * BigInt(n || 0))) : ''}
                </span>
              </label>
            `;
        })}
      </div>
      <p class="pieces-total" aria-live="polite">
        <span>${t('counter.pieces.sum')}</span>
        <strong class="num">${yuan(fenText(sum))}</strong>
        ${of !== null && sum !== 0n && html`
          <span class=${'badge ' + (off === 0n ? 'badge-ok' : 'badge-warn')}>
            ${
              off === 0n
                  ? t('counter.pieces.fits')
                  : t('counter.pieces.differs', { diff: yuan(fenText(off)) })
            }
          </span>
        `}
      </p>
    `;
}

/* ---- authority ---- */

/** Must a second person look at it? @param {string} kind @param {bigint} fen */
export function needsSecond(kind, fen) {
    const l = limits.value;
    if (!l) return false;
    const mine = l.items.find((/** @type {any} */ x) => x.kind === kind && x.grade === l.grade);
    if (!mine) return false;
    return mine.alone === 'never' || (mine.alone !== 'any' && fen > fenOf(mine.alone));
}

/* ---- orders ---- */

const PENDING = 'piaohao.counter.pending';
/** Orders of this browser that wait for a second person, by the approval's id. */
function kept() {
    try {
        return JSON.parse(sessionStorage.getItem(PENDING) || '{}');
    } catch {
        return {};
    }
}
/** @param {any} all */
function keep(all) {
    try {
        sessionStorage.setItem(PENDING, JSON.stringify(all));
    } catch {
        /* asked for in the list instead */
    }
}

/** An order whose outcome is not known yet. @type {{value: any}} */
export const unknown = signal(/** @type {any} */ (null));

/**
 * Gives one order. {slip}: it was booked; {approval}: it waits; null: refused or unknown (said already).
 * The same key is sent again after a lost line, so it is done once.
 * @param {string} path @param {any} body @param {{onProblem?: (p: Problem) => boolean, key?: string}} [o]
 */
export async function order(path, body, o = {}) {
    if (busy.value) return null;
    const key = o.key || newKey();
    busy.value = path;
    try {
        const d = await post(path, body, { key, tries: 3 });
        unknown.value = null;
        if (d.approval) {
            keep({
                ...kept(),
                [d.approval.id]: { key, path, body, who: session.value && session.value.name },
            });
            toast(t('counter.waits'), 'ok', 6000);
            if (desk.live) desk.live.refresh();
            return { approval: d.approval };
        }
        return { slip: d };
    } catch (e) {
        const p = /** @type {Problem} */ (e);
        if (p.network || p.status === 503) unknown.value = { path, body, key };
        if (!(o.onProblem && o.onProblem(p))) toastProblem(p);
        return null;
    } finally {
        busy.value = '';
    }
}

/** What became of an own order that waited: its slip, if this browser asked for it. @param {number} id */
export async function outcome(id) {
    const all = kept();
    const one = all[id];
    if (one && session.value && one.who === session.value.name) {
        const r = await order(one.path, one.body, { key: one.key });
        if (r && r.slip) {
            delete all[id];
            keep(all);
            return r.slip;
        }
        return null;
    }
    const d = await get('/api/approvals/' + id);
    return d.answer;
}

/* ---- the ring ---- */

/** @type {AudioContext|null} */
let sound = null;
/** Two soft tones: somebody waits. Browsers allow it only after a touch of the page. */
export function ring() {
    try {
        sound = sound || new AudioContext();
        const at = sound.currentTime;
        for (const [i, f] of [660, 880].entries()) {
            const o = sound.createOscillator(),
                g = sound.createGain();
            o.frequency.value = f;
            g.gain.setValueAtTime(0.0001, at + i * 0.2);
            g.gain.exponentialRampToValueAtTime(0.15, at + i * 0.2 + 0.02);
            g.gain.exponentialRampToValueAtTime(0.0001, at + i * 0.2 + 0.35);
            o.connect(g).connect(sound.destination);
            o.start(at + i * 0.2);
            o.stop(at + i * 0.2 + 0.4);
        }
    } catch {
        /* no sound: the toast says it */
    }
}

export const bankName = () =>
    info.value ? (lang.value === 'en' && info.value.bank_en) || info.value.bank_zh : '';
/** An account number in groups of four. @param {string} n */
export const grouped = (n) => n.replace(/(.{4})(?=.)/g, '$1 ');
