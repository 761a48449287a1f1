// counter-base.js -- What the teller's counter knows: the customer in front of it, the chosen account,
// what waits for a second person; amounts as they are typed, in words and in notes; one order, one key.
import { html, signal, useEffect, useId, useState } from './vendor.js';
import { t, lang } from './texts.js';
import { get, post, newKey, session, Problem } from './api.js';
import { Field, toast, toastProblem } from './ui.js';
import { info } from './api.js';
import { amount, fenOf, fenText, typedAmount, typedWrong } from './amount.js';
import { capitals } from './capitals.js';

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
 * An amount: what is typed, and below it how it reads.
 * @param {{label: string, value: string, onInput: (v: string) => void, error?: string, autofocus?: boolean,
 *   words?: boolean, hint?: any, warn?: string}} p
 */
export function AmountField({ label, value, onInput, error, autofocus, words = true, hint, warn }) {
    const id = useId();
    const a = typedAmount(value);
    const wrong = typedWrong(value) || error;
    return html`
      <div class="field">
        <label for=${id}>${label}</label>
        <input
            id=${id} class="input counter-amount num" inputmode="decimal" autocomplete="off"
            maxlength="24" value=${value} autofocus=${autofocus}
            aria-invalid=${wrong ? 'true' : undefined} aria-describedby=${id + 'w'}
            onInput=${(/** @type {any} */ e) => onInput(e.target.value)} />
        <span class=${wrong ? 'error' : 'hint counter-words'} id=${id + 'w'}>
          ${wrong || (a && words ? amount(a.text) + ' · ' + capitals(a.fen) : hint || '\u00a0')}
          ${!wrong && a && warn && html`<strong class="counter-over">${warn}</strong>`}
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
                  ${n ? amount(fenText(fen * BigInt(n || 0))) : ''}
                </span>
              </label>
            `;
        })}
      </div>
      <p class="pieces-total" aria-live="polite">
        <span>${t('counter.pieces.sum')}</span>
        <strong class="num">${amount(fenText(sum))}</strong>
        ${of !== null && sum !== 0n && html`
          <span class=${'badge ' + (off === 0n ? 'badge-ok' : 'badge-warn')}>
            ${
              off === 0n
                  ? t('counter.pieces.fits')
                  : t('counter.pieces.differs', { diff: amount(fenText(off)) })
            }
          </span>
        `}
      </p>
    `;
}

/* ---- the payee ---- */

/** So many digits has an account number of this bank. */
const NUMBER_DIGITS = 19;
/**
 * Whose account a typed number is, asked for as soon as it is whole.
 * @param {string} typed @param {string} own the number that is paid from
 */
export function usePayee(typed, own) {
    const [found, setFound] = useState(/** @type {any} */ (null));
    const digits = typed.replace(/[\s-]/g, '');
    const letters = /\D/.test(digits);
    const whole = !letters && digits.length >= NUMBER_DIGITS;
    useEffect(() => {
        setFound(null);
        if (!whole) return undefined;
        let gone = false;
        get('/api/counter/payee?number=' + digits).then(
            (d) => !gone && setFound(d),
            (e) => !gone && setFound({ problem: e.title }),
        );
        return () => {
            gone = true;
        };
    }, [whole && digits]);
    const self = whole && digits === own;
    return {
        digits,
        name: (found && found.name) || '',
        ready: !!found && !found.problem && !self,
        error: letters
            ? t('counter.payee.letters')
            : self
              ? t('counter.payee.self')
              : (found && found.problem) || undefined,
        hint:
            digits && !letters && !whole
                ? t('counter.payee.short', { n: NUMBER_DIGITS - digits.length })
                : undefined,
    };
}
/**
 * The payee's number, and the name to be checked with the customer.
 * @param {{payee: any, value: string, onInput: (v: string) => void, error?: string}} p
 */
export const PayeeField = ({ payee, value, onInput, error }) => html`
  <div class="field">
    <${Field}
        label=${t('counter.payee')} value=${value} onInput=${onInput} inputmode="numeric"
        autocomplete="off" maxlength="26" error=${error || payee.error} hint=${payee.hint} />
    ${payee.name && !payee.error && html`
      <p class="counter-payee" role="status">
        ${t('counter.payee.name')} <strong lang="zh-CN">${payee.name}</strong>
        <span class="small muted">${t('counter.payee.check')}</span>
      </p>
    `}
  </div>
`;

/** What each field's refusal says, under the field. @param {() => void} [close] what covers the form goes away */
export function useProblem(close) {
    const [problem, setProblem] = useState(/** @type {Problem|null} */ (null));
    return {
        clear: () => setProblem(null),
        /** @param {string[]} fields */
        taker: (fields) => (/** @type {Problem} */ p) => {
            if (close) close();
            setProblem(p);
            return fields.includes(p.field);
        },
        /** @param {string} field */
        of: (field) => (problem && problem.field === field ? problem.line : undefined),
    };
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
