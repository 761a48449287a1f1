// staff.js -- What the pages of the staff share: who may use which, the outlet they look at, actions
// that are never sent twice, reasons, choices, classes and waits as words and colours.
import { html, signal, useEffect, useId, useRef, useState } from './vendor.js';
import { t, pick, has } from './texts.js';
import { get, post, newKey, session, Problem } from './api.js';
import { now } from './live.js';
import { Dialog, NoOutlets, param, toastProblem } from './ui.js';
import { stopwatch } from './format.js';

/** Whom each page is for. */
export const ROLES = {
    window: ['teller', 'floor', 'head', 'admin'],
    counter: ['teller', 'floor', 'head', 'office', 'auditor', 'admin'],
    floor: ['floor', 'head', 'office', 'auditor', 'admin'],
    office: ['head', 'office', 'auditor', 'admin'],
    books: ['head', 'office', 'auditor', 'admin'],
    planner: ['head', 'office', 'admin'],
    admin: ['admin', 'head'],
};

/** What the browser remembers for one page. @param {string} key */
export function kept(key) {
    try {
        return localStorage.getItem('piaohao.' + key);
    } catch {
        return null;
    }
}
/** @param {string} key @param {string} value */
export function keep(key, value) {
    try {
        localStorage.setItem('piaohao.' + key, value);
    } catch {
        /* storage is off: only forgets */
    }
}

/** Links to the pages this person may use. @param {{here: string}} p */
export function StaffNav({ here }) {
    const s = session.value;
    if (!s || !s.signed_in || !s.role) return null;
    const role = s.role;
    const pages = Object.entries(ROLES)
        .filter(([, roles]) => roles.includes(role))
        .map(([page]) => page);
    if (pages.length < 2) return null;
    return html`
      <nav class="staff-nav" aria-label=${t('staff.pages')}>
        ${pages.map(
            (page) => html`
              <a
                  key=${page} class="btn-bar" href=${'/' + page + '.html'}
                  aria-current=${page === here ? 'page' : undefined}>
                ${t('staff.page.' + page)}
              </a>
            `,
        )}
      </nav>
    `;
}

/* ---- the outlet ---- */

/** @type {{value: any[]|null}} */
export const outlets = signal(/** @type {any[]|null} */ (null));
/** The outlet chosen by somebody of the branch office; people of an outlet have their own. */
const chosen = signal(Number(param('outlet') || kept('outlet') || 0));

/** The outlet this page is about; 0: none chosen yet. */
export function outletId() {
    const s = session.value;
    return s && s.outlet_id ? s.outlet_id : chosen.value;
}
/** @param {number} id */
export function chooseOutlet(id) {
    chosen.value = id;
    keep('outlet', String(id));
}
export async function loadOutlets() {
    if (outlets.value) return;
    outlets.value = (await get('/api/outlets')).items;
    /* ?o= names the outlet by its code, as on the customers' pages */
    const named = param('o');
    const found =
        named && (outlets.value || []).find((x) => x.code === named || String(x.id) === named);
    if (found) chooseOutlet(found.id);
}
/** @param {{onChoose?: (id: number) => void}} p */
export function OutletPicker({ onChoose }) {
    useEffect(() => {
        loadOutlets().catch(toastProblem);
    }, []);
    const id = useId();
    if (!outlets.value || !session.value || !session.value.signed_in || session.value.outlet_id)
        return null;
    return html`
      <span class="outlet-picker">
        <label class="sr-only" for=${id}>${t('staff.outlet')}</label>
        <select
            id=${id} class="select select-bar" value=${outletId()}
            onChange=${(/** @type {any} */ e) => {
                chooseOutlet(Number(e.target.value));
                if (onChoose) onChoose(Number(e.target.value));
            }}>
          ${!outletId() && html`<option value="0">${t('problem.choose')}</option>`}
          ${outlets.value.map(
              (o) =>
                  html`
                    <option key=${o.id} value=${o.id} selected=${o.id === outletId()}>
                      ${pick(o)}
                    </option>
                  `,
          )}
        </select>
      </span>
    `;
}
/** Shown while a person of the branch office has chosen no outlet. @param {{title?: boolean}} p */
export function ChooseOutlet({ title = true }) {
    useEffect(() => {
        loadOutlets().catch(toastProblem);
    }, []);
    if (outlets.value && outlets.value.length === 0) return html`<${NoOutlets} />`;
    return html`
      <div class="stack choose">
        ${
          title
              ? html`<h1>${t('problem.choose')}</h1>`
              : html`<p class="muted">${t('problem.choose')}</p>`
        }
        <div class="grid">
          ${(outlets.value || []).map(
              (o) => html`
                <button key=${o.id} type="button" class="card" onClick=${() => chooseOutlet(o.id)}>
                  <strong>${pick(o)}</strong>
                  <div class="small muted">${pick(o, 'district')}</div>
                </button>
              `,
          )}
        </div>
      </div>
    `;
}

/* ---- actions ---- */

/**
 * One action at a time, each with one key. While the network is down the same request is repeated
 * until it is answered, so it is done once, or until the person gives up waiting.
 */
export class Actions {
    constructor() {
        /** The name of the action under way, "" when idle. */
        this.busy = signal('');
        /** The action under way has not been answered because the network is down. */
        this.stuck = signal(false);
        this.given_up = false;
    }
    /**
     * @template T
     * @param {string} name @param {(key: string) => Promise<T>} work @returns {Promise<T|null>} null: not done
     */
    async run(name, work) {
        if (this.busy.value) return null;
        this.busy.value = name;
        this.given_up = false;
        const key = newKey();
        try {
            for (;;) {
                try {
                    return await work(key);
                } catch (e) {
                    if (!(e instanceof Problem) || !e.network || this.given_up) throw e;
                    this.stuck.value = true;
                    await new Promise((done) => setTimeout(done, 1500));
                    if (this.given_up) throw e;
                }
            }
        } catch (e) {
            toastProblem(e);
            return null;
        } finally {
            this.busy.value = '';
            this.stuck.value = false;
        }
    }
    /** @param {string} name @param {string} path @param {any} [body] @returns {Promise<any>} */
    post(name, path, body = {}) {
        return this.run(name, (key) => post(path, body, { key, tries: 3 }));
    }
    giveUp() {
        this.given_up = true;
    }
}
/** Says that an action waits for the network. @param {{actions: Actions}} p */
export const StuckBanner = ({ actions }) =>
    html`
      <div role="status" aria-live="polite">
        ${actions.stuck.value && html`
          <div class="banner banner-warn">
            <strong>${t('staff.stuck')}</strong>
            <span>${t('staff.stuck.hint')}</span>
            <button type="button" class="btn btn-small" onClick=${() => actions.giveUp()}>
              ${t('staff.stuck.stop')}
            </button>
          </div>
        `}
      </div>
    `;

/* ---- choices and reasons ---- */

/**
 * Radio buttons as tiles; digits choose while the dialog is open.
 * @param {{label: string, value: any, onInput: (v: any) => void, options: {value: any, text: any, hint?: any}[],
 *   digits?: boolean, columns?: boolean}} p
 */
export function Choice({ label, value, onInput, options, digits = true, columns }) {
    const id = useId();
    const ref = useRef(/** @type {any} */ (null));
    useEffect(() => {
        const dialog = ref.current && ref.current.closest('dialog');
        if (!digits || !dialog) return undefined;
        /** @param {KeyboardEvent} e */
        const key = (e) => {
            const at = Number(e.key) - 1;
            if (
                /** @type {any} */ (e.target).matches(
                    'input:not([type=radio]):not([type=checkbox]),textarea,select',
                ) ||
                !(at >= 0) ||
                !options[at]
            )
                return;
            e.preventDefault();
            onInput(options[at].value);
            ref.current.querySelectorAll('input')[at].focus();
        };
        dialog.addEventListener('keydown', key);
        return () => dialog.removeEventListener('keydown', key);
    }, [options.map((o) => o.value).join(), digits]);
    return html`
      <fieldset ref=${ref} class="choice">
        <legend>${label}</legend>
        <div class=${columns ? 'choice-grid' : 'stack-s'}>
          ${options.map(
              (o, i) => html`
                <label key=${String(o.value)} class="choice-tile">
                  <input
                      type="radio" name=${id} value=${String(o.value)} checked=${o.value === value}
                      onChange=${() => onInput(o.value)} />
                  <span class="grow">
                    ${o.text}
                    ${o.hint && html`<span class="small muted"> ${o.hint}</span>`}
                  </span>
                  ${digits && i < 9 && html`<span class="kbd" aria-hidden="true">${i + 1}</span>`}
                </label>
              `,
          )}
        </div>
      </fieldset>
    `;
}

/**
 * A dialog that asks for something and does it: Enter does, Escape leaves. It stays open with the
 * answer's refusal as a toast when it was not done.
 * @param {{open: boolean, onClose: () => void, title: string, go: string, danger?: boolean, wide?: boolean,
 *   ready?: boolean, busy?: boolean, onGo: () => any, children?: any}} p
 */
export function ActDialog({
    open,
    onClose,
    title,
    go,
    danger,
    wide,
    ready = true,
    busy,
    onGo,
    children,
}) {
    const form = useId();
    return html`
      <${Dialog}
          open=${open} onClose=${onClose} title=${title} wide=${wide}
          actions=${html`
            <button type="button" class="btn" onClick=${onClose}>
              ${t('dialog.cancel')}
              <span class="kbd" aria-hidden="true">Esc</span>
            </button>
            <button
                type="submit" form=${form}
                class=${'btn ' + (danger ? 'btn-danger-solid' : 'btn-primary')}
                disabled=${!ready || busy}>
              ${go}
              <span class="kbd" aria-hidden="true">Enter</span>
            </button>
          `}>
        <form
            id=${form} class="stack"
            onSubmit=${(/** @type {any} */ e) => {
                e.preventDefault();
                if (ready && !busy) onGo();
            }}>
          ${children}
        </form>
      <//>
    `;
}

/**
 * A reason in one's own words, with the usual ones ready.
 * @param {{value: string, onInput: (v: string) => void, usual?: string[], required?: boolean}} p
 */
export function Reason({ value, onInput, usual = [], required }) {
    const id = useId();
    return html`
      <div class="field">
        <label for=${id}>${t(required ? 'staff.reason' : 'staff.reason.optional')}</label>
        <input
            id=${id} class="input" value=${value} maxlength="120" required=${required}
            autocomplete="off" onInput=${(/** @type {any} */ e) => onInput(e.target.value)} />
        ${usual.length > 0 && html`
          <div class="row-s">
            ${usual.map(
                (key) => html`
                  <button key=${key} type="button" class="chip" onClick=${() => onInput(t(key))}>
                    ${t(key)}
                  </button>
                `,
            )}
          </div>
        `}
      </div>
    `;
}

/* ---- words and colours ---- */

/** A customer's class; everybody's own class needs no mark. @param {{of: any, always?: boolean}} p */
export const ClassBadge = ({ of, always }) =>
    !of || (!always && (of.index === 0 || of.code === 'normal'))
        ? null
        : html`
            <span class=${'badge ' + (of.mid_high || of.code !== 'normal' ? 'badge-gold' : '')}>
              ${pick(of)}
            </span>
          `;
export const CourtesyBadge = () =>
    html`<span class="badge badge-accent">${t('staff.courtesy')}</span>`;

/** How a wait stands against its target: "over", "near" or "fine". @param {number} s @param {number} target_s */
export const risk = (s, target_s) =>
    !target_s ? 'fine' : s > target_s ? 'over' : s > target_s * 0.75 ? 'near' : 'fine';
/** A running wait with its state in words as well as in colour. @param {{s: number, state: string}} p */
export const Wait = ({ s, state }) => html`
  <span class=${'wait wait-' + state}>
    <span class="num">${stopwatch(s)}</span>
    ${state !== 'fine' && html` <span class="wait-word">${t('staff.wait.' + state)}</span>`}
  </span>
`;

/** Seconds since an instant, on the bank's clock. @param {number|null|undefined} ms */
export const ago = (ms) => (ms ? Math.max(0, (now.value - ms) / 1000) : 0);

/** Is it in the queue? A transferred ticket is, in another one. @param {any} x */
export const waits = (x) => x.state === 'waiting' || x.state === 'transferred';
/** The wait so far: what the snapshot said, and the time since, if it still waits. Parked time does
 * not count. @param {any} x @param {any} snapshot */
export const waited = (x, snapshot) => x.waited_s + (waits(x) ? ago(snapshot.now_ms) : 0);

/** A word for an outcome, verdict and the like; the code itself if there is none. @param {string} group @param {string} code */
export const word = (group, code) => (has(group + '.' + code) ? t(group + '.' + code) : code);

/** Keeps a value that is typed, and a name for its error. @template T @param {T} first @returns {[T, (v: T) => void]} */
export function useTyped(first) {
    const [v, set] = useState(first);
    return [v, (/** @type {T} */ x) => set(() => x)];
}
